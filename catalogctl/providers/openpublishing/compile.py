"""An edition and its options → the files that a product shall have, and the switches of its distribution. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from pydantic import ValidationError

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.resource import Resource
from catalogctl.model.title import Edition, Format
from catalogctl.model.value import Value
from catalogctl.provider.declared import facts_without_place
from catalogctl.provider.protocol import Compiled, Offer, UnsupportedField
from catalogctl.providers.openpublishing.options import ByEan, ByIdentifier, Options
from catalogctl.providers.openpublishing.types import DISTRIBUTION, FILE, file_key, switch_key

CONTENT_TYPES: Mapping[Format, str] = {
    Format.EPUB: "ebook_epub",
    Format.PDF: "ebook_pdf",
    Format.AUDIOBOOK: "audiobook",
    Format.PRINT: "pod_bookblock",
}
"""The type of file that an edition's content is."""
COVER_TYPE = "cover_marketing"
EXTRACT_TYPE = "extract"
_KINDS = {"ebook_epub": ("epub", "an EPUB"), "ebook_pdf": ("pdf", "a PDF")}
"""Types whose description names a format: what the first bytes must be, and its name."""


@dataclass(frozen=True, slots=True)
class _Declared:
    """A file that an edition wants a product to have."""

    type: str
    asset: Asset
    field: str
    """Path within the edition."""


@dataclass(frozen=True, slots=True)
class _Side:
    """An edition as it is offered to one account."""

    account: str
    edition: Edition
    options: Options
    off_sale: bool = False
    """Whether the product is taken from sale: all of the title's editions on it are."""

    @property
    def selector(self) -> str:
        return selector_of(self.options)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.options.labels)))

    @property
    def files(self) -> tuple[_Declared, ...]:
        """What it declares, by type; what its options say of a type goes before what all accounts are given."""
        found: dict[str, _Declared] = {}
        edition = self.edition
        if edition.content is not None:
            type_ = CONTENT_TYPES[edition.format]
            found[type_] = _Declared(type_, edition.content, "files.content")
        if edition.extract is not None:
            found[EXTRACT_TYPE] = _Declared(EXTRACT_TYPE, edition.extract, "files.extract")
        if edition.cover is not None:
            found[COVER_TYPE] = _Declared(COVER_TYPE, edition.cover, "files.cover")
        for type_, asset in edition.files.get(self.account, {}).items():
            found[type_] = _Declared(type_, asset, f"publish.{self.account}.files.{type_}")
        return tuple(found[type_] for type_ in sorted(found))

    @property
    def switches(self) -> Mapping[str, bool]:
        """Return whether each switch is to be on, by channel; the product's own has no channel."""
        said = self.options.distribution
        if self.off_sale:
            return dict.fromkeys(("", *sorted(said.channels if said is not None else ())), False)
        if said is None:
            return {}
        own = {} if said.enabled is None else {"": said.enabled}
        return {**own, **{channel: said.channels[channel] for channel in sorted(said.channels)}}


def selector_of(options: Options) -> str:
    """Write in one text which product is meant: `4711`, `ean:9781496822482`, `id:TYPE:VALUE`."""
    match options.product:
        case ByEan(ean=ean):
            return f"ean:{ean}"
        case ByIdentifier(external_identifier=identifier):
            return f"id:{identifier.type}:{identifier.value}"
        case number:
            return str(number)


_METADATA: Mapping[str, str] = MappingProxyType(
    {
        "title": "titles",
        "subtitle": "subtitles",
        "language": "languages",
        "contributors": "contributors",
        "publisher": "publishers",
        "imprint": "imprints",
        "series": "series",
        "publication_date": "publication dates",
        "description": "descriptions",
        "bisac": "BISAC subjects",
        "thema": "Thema subjects",
        "keywords": "keywords",
        "territories": "territories",
    }
)
"""What can be said of a title and has no place in a request about a product's files or its distribution, in words."""
_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "isbn": "ISBNs",
        "prices": "prices",
        "height": "heights",
        "width": "widths",
        "weight": "weights",
        "pages": "numbers of pages",
        "binding": "bindings",
        "editing_location": "editing locations",
    }
)
"""The same, of what is an edition's own."""


def compile_edition(offer: Offer, options: Options) -> Compiled:
    """Say which files and switches an edition is; each diagnostic's `attribute` is a path within the edition.

    A product has all the editions of a title: what several of them declare alike is declared by the first of them.
    """
    side = _Side(offer.account.name, offer.edition, options)
    sides = _on_one_product(offer, side)
    if all(one.edition.metadata.is_off_sale for one in sides):
        taken = {one.edition.id: replace(one, off_sale=True) for one in sides}
        side, sides = taken[side.edition.id], list(taken.values())
    problems = [*_refused(side), *_contradicting(side, sides)]
    if problems:
        return Compiled((), tuple(problems))
    first_files = {(one.labels, file.type): one for one in reversed(sides) for file in one.files}
    first_switches = {channel: one for one in reversed(sides) for channel in one.switches}
    files = [_file(offer, side, file) for file in side.files if first_files[side.labels, file.type] is side]
    all_files = tuple(sorted(_address(offer, one, FILE.name, type_) for (_, type_), one in first_files.items()))
    own = (_address(offer, first_switches[""], DISTRIBUTION.name, ""),) if "" in first_switches else ()
    switches = [
        _switch(offer, side, channel, (*all_files, *own) if channel else all_files)
        for channel in side.switches
        if first_switches[channel] is side
    ]
    return Compiled((*files, *switches), unsupported=tuple(_unsupported_fields(side)))


def _on_one_product(offer: Offer, side: _Side) -> list[_Side]:
    """List the title's editions that are on the same product of the account, in their order, this one among them."""
    found: list[_Side] = []
    for edition in offer.title.editions:
        raw = edition.publish.get(side.account)
        if edition.id == side.edition.id:
            found.append(side)
        elif raw is not None:
            try:
                other = _Side(side.account, edition, Options.model_validate(raw))
            except ValidationError:
                continue  # it is refused for itself
            if other.selector == side.selector:
                found.append(other)
    return found


def _address(offer: Offer, side: _Side, type_: str, key: str) -> Address:
    return Address(offer.account.name, type_, offer.title.id, side.edition.id, key)


def _file(offer: Offer, side: _Side, declared: _Declared) -> Resource:
    key = file_key(side.selector, declared.type, side.labels)
    attributes: dict[str, Value] = {
        "slot": key,
        "product": side.selector,
        "type": declared.type,
        "labels": side.labels,
        "file_name": declared.asset.name,
        "file": declared.asset,
    }
    return Resource(
        address=_address(offer, side, FILE.name, declared.type),
        type=FILE,
        key=key,
        attributes=attributes,
        origin=offer.origin,
        protect=side.edition.lifecycle.protect,
        ignore=side.edition.lifecycle.ignore_changes,
    )


def _switch(offer: Offer, side: _Side, channel: str, needs: tuple[Address, ...]) -> Resource:
    """Return a switch; it is set after all files are there, and a channel's after the product's own, which it inherits until it is set."""
    key = switch_key(side.selector, channel)
    attributes: dict[str, Value] = {"switch": key, "product": side.selector, "channel": channel, "enabled": side.switches[channel]}
    return Resource(
        address=_address(offer, side, DISTRIBUTION.name, channel),
        type=DISTRIBUTION,
        key=key,
        attributes=attributes,
        origin=offer.origin,
        dependencies=tuple(sorted(needs)),
        protect=side.edition.lifecycle.protect,
        ignore=side.edition.lifecycle.ignore_changes,
    )


def _refused(side: _Side) -> Iterator[Diagnostic]:
    """List what the service cannot hold, before any call could find out. Source: its page on product files, 2026-11."""
    for file in side.files:
        if not file.asset.is_local:
            detail = f"Open Publishing is sent the bytes of a file; it does not fetch `{file.type}` from a URL."
            hint = "Put the file into the repository and give its path."
            yield error("upload-needs-local-file", "A file that would have to be sent", detail, hint, attribute=file.field)
        elif file.type in _KINDS and file.asset.kind not in {"", _KINDS[file.type][0]}:
            detail = f"`{file.asset.location}` should be {_KINDS[file.type][1]} for `{file.type}`, and is {file.asset.kind}."
            yield error("asset-kind", "File of another kind", detail, "Name the right file, or another type.", attribute=file.field)
    type_ = CONTENT_TYPES[side.edition.format]
    if side.edition.tracks and all(file.type != type_ for file in side.files):
        detail = "Open Publishing takes an audiobook as one file; this one has tracks and no content file."
        hint = "Give it one `files.content`, for instance an archive of the tracks."
        yield error("tracks-unsupported", "An audiobook of tracks", detail, hint, attribute="tracks")
    elif not side.files and not side.switches:
        detail = "Open Publishing holds the files of a product and the switches of its distribution; this edition declares none of them."
        hint = "Add `files: {content: …}`, or take the edition off this account."
        yield error("content-required", "No content file", detail, hint, attribute=f"publish.{side.account}")


def _contradicting(side: _Side, sides: list[_Side]) -> Iterator[Diagnostic]:
    """List what an earlier edition of the title on the same product says otherwise."""
    earlier = sides[: sides.index(side)]
    files = {(one.labels, file.type): (one, file) for one in reversed(earlier) for file in one.files}
    for file in side.files:
        other, first = files.get((side.labels, file.type), (None, None))
        if other is not None and first is not None and first.asset != file.asset:
            detail = (
                f"The edition `{other.edition.id}` declares another `{file.type}` for the product {side.selector} with the same labels: "
                "the two would be taken for one file."
            )
            hint = "Declare one of them only, or give the editions labels of their own."
            yield error("file-declared-twice", "Two files in one place", detail, hint, attribute=file.field)
    for other in earlier:
        for channel, enabled in side.switches.items():
            if other.switches.get(channel, enabled) is not enabled:
                what = f"distribution on {channel}" if channel else "distribution"
                there, here = ("off", "on") if enabled else ("on", "off")
                detail = f"The edition `{other.edition.id}` wants {what} of the product {side.selector} {there}, this one wants it {here}."
                yield error(
                    "distribution-disagrees",
                    "Two settings of one switch",
                    detail,
                    "Say it in one edition only.",
                    attribute=f"publish.{side.account}.distribution",
                )


def _unsupported_fields(side: _Side) -> Iterator[UnsupportedField]:
    """List what is declared and is no file: the single tracks of an audiobook, and what a product has by other ways than this API."""
    edition = side.edition
    if edition.tracks:
        yield UnsupportedField("tracks", "the single tracks of an audiobook")
    for name, what in _METADATA.items():
        field = f"subjects.{name}" if name in {"bisac", "thema"} else name
        if getattr(edition.metadata, name):
            yield UnsupportedField(field, what, always=True)
    for name, what in _FACTS.items():
        if getattr(edition, name):
            yield UnsupportedField(name, what, always=True)
    for fact in facts_without_place(edition, {"files.extract", "status"} if side.off_sale else {"files.extract"}):
        if fact.field == "status" and edition.metadata.is_off_sale:
            what = f"the publishing status {edition.metadata.facts.status} of one edition, beside others on its product"
            yield UnsupportedField("status", what)
        else:
            yield replace(fact, always=True)
