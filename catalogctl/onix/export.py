"""A catalog as ONIX messages: made of resolved titles, and held against schema and rules before a byte is written.

A message is a function of the titles, the settings, the recipient and the moment: the same give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from lxml import etree

from catalogctl.config.project import OnixSettings
from catalogctl.model.diagnostics import CatalogError, Diagnostic, error, note
from catalogctl.model.title import Edition, Title
from catalogctl.onix.canonical import indent
from catalogctl.onix.check import faults
from catalogctl.onix.collateral import collateral_detail
from catalogctl.onix.compose import Composer, Made, clean
from catalogctl.onix.describe import MissingUnitError, descriptive_detail
from catalogctl.onix.from_record import KeptRecord, merge
from catalogctl.onix.publishing import publishing_detail, related_material
from catalogctl.onix.read_identity import PUBLIC_SCHEMES
from catalogctl.onix.recipients import Recipient
from catalogctl.onix.schemas import Release
from catalogctl.onix.supply import product_supply

_CONFIRMED: Final = timedelta(days=30)
"""Before the publication date, from which on a record is confirmed."""
_OWN_SCHEME: Final = "01"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be exported, and how."""

    settings: OnixSettings
    sent: datetime
    """When the message is sent, as it says; with a zone."""
    release: Release = Release.V31
    to: Recipient | None = None
    early: bool = False
    """Whether books that are not confirmed yet are early notifications."""
    deleted: Mapping[str, str] | None = None
    """Records to delete: reference → ISBN."""
    kept: Callable[[Title, Edition], KeptRecord | None] = lambda _title, _edition: None
    """Gives the record that an edition came from, or `None`. Raises CatalogError where it cannot be read."""

    @property
    def day(self) -> date:
        """The day of the message, in its own zone."""
        return self.sent.date()


@dataclass(frozen=True, slots=True)
class ExportFault:
    """What keeps an edition from being exported."""

    item: Diagnostic
    title: Title | None = None
    """`None`: it is about the message."""
    edition: str = ""
    field: str = ""
    """What of the edition it is about, as a title file calls it; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Export:
    """Products that can be sent, and what keeps others from it."""

    products: tuple[bytes, ...]
    """Each as XML, ordered by record reference."""
    faults: tuple[ExportFault, ...]


_FIELDS: Final = {
    "onix-publisher-missing": ("publisher", "Add `imprint:` or `publisher:`, to the title or to the defaults of its folder."),
    "onix-availability-date": ("onix.availability", "Add `publication_date:`, or `on_sale` to `dates:`."),
    "onix-forthcoming-date": ("status", "Write another status, or the new date."),
    "onix-price-duplicate": ("prices_in", "Keep one of the two prices."),
}
"""What of an edition a rule is about, and what helps there."""


def reference(title: Title, edition: Edition, settings: OnixSettings) -> str:
    """Return the record reference of an edition, which never changes as long as its names do not."""
    return clean(edition.facts.onix.reference) or f"{settings.namespace}.{title.id}.{edition.id}"


def export(chosen: Iterable[tuple[Title, Edition]], request: ExportRequest) -> Export:
    """Make the records of editions.

    Raises:  nothing: what keeps an edition from being exported is among the faults.
    """
    if not clean(request.settings.sender):
        detail = "A message says who sends it, and the project file does not."
        return Export(
            (),
            (
                ExportFault(
                    error(
                        "onix-sender-missing",
                        "No sender",
                        detail,
                        "Add to catalogctl.yaml:\nonix: {sender: YOUR NAME, namespace: com.example}",
                    )
                ),
            ),
        )
    made: list[tuple[str, bytes]] = []
    found: list[ExportFault] = []
    known: dict[str, str] = {}
    for title, edition in chosen:
        if not edition.facts.onix.reference and not request.settings.namespace:
            detail = (
                "A record needs a reference that never changes: `onix.reference` on the edition, or made of a namespace of the project."
            )
            hint = "Add a domain of yours, turned round, to catalogctl.yaml:\nonix: {namespace: com.example}"
            found.append(ExportFault(error("onix-no-reference", "No record reference", detail, hint), title, edition.id))
            continue
        name, where = reference(title, edition, request.settings), f"{title.id}.{edition.id}"
        if known.setdefault(name, where) != where:
            detail = f"{known[name]} has the record reference `{name}` too; recipients would take the one for the other."
            found.append(
                ExportFault(
                    error("onix-reference-twice", "A record reference twice", detail, "Give one of them another reference."),
                    title,
                    edition.id,
                    "onix.reference",
                )
            )
            continue
        wrong, data = _checked(title, edition, request)
        found.extend(wrong)
        if data is not None:
            made.append((name, data))
    for name, isbn in (request.deleted or {}).items():
        made.append((name, _bytes(_deletion(Composer(request.release), name, isbn))))
    return Export(tuple(data for _, data in sorted(made)), tuple(found))


def _checked(title: Title, edition: Edition, request: ExportRequest) -> tuple[list[ExportFault], bytes | None]:
    """Make a record, hold it against schema and rules as ONIX has it, and give it as the recipient wants it."""
    left_out: tuple[str, ...] = ()
    try:
        kept = request.kept(title, edition)
        plain, left_out = _made(title, edition, replace(request, to=None), kept)
    except CatalogError as unusable:
        return [ExportFault(item, title, edition.id, "onix.record") for item in unusable.diagnostics], None
    except MissingUnitError as missing:
        unit = "weight: g" if missing.field == "weight" else "length: mm"
        detail = f"`{missing.field}` is a number alone; ONIX measures have a unit."
        hint = f"Write the unit behind it, or say it for all in catalogctl.yaml:\nonix: {{units: {{{unit}}}}}"
        return [ExportFault(error("onix-unit-missing", "A measure without a unit", detail, hint), title, edition.id, missing.field)], None
    message = _message(request)
    message.append(plain)
    wrong = [_fault(item, title, edition, kept) for item in faults(message, request.release, request.day)]
    if left_out:
        detail = f"ONIX {request.release.value} does not have what the record beside the title says by {', '.join(left_out[:8])}."
        item = note("onix-not-in-release", "Elements of another release", f"{detail} It is left out.")
        wrong.append(ExportFault(item, title, edition.id, "onix.record"))
    if any(fault.item.severity == "error" for fault in wrong):
        return wrong, None
    return wrong, _bytes(plain if request.to is None else _made(title, edition, request, kept)[0])


def _made(title: Title, edition: Edition, request: ExportRequest, kept: KeptRecord | None) -> tuple[etree._Element, tuple[str, ...]]:
    """Return the record of an edition, and what of the one that it came from has no place in the release."""
    if kept is None:
        return _product(title, edition, request), ()
    other = None if request.to is None else _product(title, edition, request)
    merged = merge(kept, request.release, request.settings, lambda: _product(title, edition, replace(request, to=None)), other)
    name = merged.product.find(f"{{{request.release.namespace}}}RecordReference")
    if name is not None:
        name.text = reference(title, edition, request.settings)
    return merged.product, merged.left_out


def _fault(item: Diagnostic, title: Title, edition: Edition, kept: KeptRecord | None) -> ExportFault:
    field, hint = _FIELDS.get(item.code, ("", item.hint))
    if kept is not None and not field:
        detail = f"{item.detail} The record that it came from says so: {kept.path}."
        hint = f"{hint}\nOr take `record` out of its `onix:`, to write it from its title alone.".strip()
        return ExportFault(replace(item, detail=detail, hint=hint), title, edition.id, "onix.record")
    return ExportFault(replace(item, hint=hint), title, edition.id, field)


def messages(export: Export, request: ExportRequest, split: int | None) -> Iterator[bytes]:
    """Write whole messages, each with at most so many products.

    Shapes:  with no product there is one message, which says so.
    """
    size = split or max(len(export.products), 1)
    head = _bytes(_message(request)).rstrip()
    # The header is the message's only element: what comes behind it goes before the end tag.
    start, _, end = head.rpartition(b"</ONIXMessage>")
    for first in range(0, max(len(export.products), 1), size):
        some = export.products[first : first + size] or (b"  <NoProduct/>\n",)
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n' + start + b"".join(some) + b"</ONIXMessage>" + end + b"\n"


def _message(request: ExportRequest) -> etree._Element:
    make, settings = Composer(request.release), request.settings
    header = make.group(
        "Header",
        make.group(
            "Sender",
            make.leaf("SenderName", settings.sender),
            make.leaf("ContactName", settings.contact),
            make.leaf("EmailAddress", settings.email),
        ),
        make.group("Addressee", make.leaf("AddresseeName", request.to.name)) if request.to is not None else None,
        make.leaf("SentDateTime", _stamp(request.sent)),
    )
    message = etree.Element(
        f"{{{request.release.namespace}}}ONIXMessage", {"release": request.release.value}, nsmap={None: request.release.namespace}
    )
    if header is not None:
        message.append(header)
    return message


def _stamp(moment: datetime) -> str:
    stamp = f"{moment.year:04}{moment:%m%dT%H%M%S}"
    return f"{stamp}Z" if moment.utcoffset() == UTC.utcoffset(None) else f"{stamp}{moment.strftime('%z')}"


def _product(title: Title, edition: Edition, request: ExportRequest) -> etree._Element:
    make = Composer(request.release)
    made = make.group(
        "Product",
        make.leaf("RecordReference", reference(title, edition, request.settings)),
        make.leaf("NotificationType", notification(edition, request)),
        _identifiers(make, edition),
        descriptive_detail(make, edition, request.settings),
        collateral_detail(make, edition),
        publishing_detail(make, edition, request.day),
        related_material(make, title, edition),
        product_supply(make, edition, request.settings, request.day, request.to),
    )
    assert made is not None, "a product has a reference"
    return made


def notification(edition: Edition, request: ExportRequest) -> str:
    """Return the notification type: confirmed from 30 days before publication on, advance before that, or early where asked for."""
    published = edition.metadata.publication_date
    is_near = edition.metadata.facts.status != "forthcoming" if published is None else published - request.day <= _CONFIRMED
    return "03" if is_near else "01" if request.early else "02"


def _identifiers(make: Composer, edition: Edition) -> Iterator[Made]:
    """Yield the ISBN, what other schemes call it, and where there is none of these the key under which stores know it."""
    told = [("15", "", edition.isbn), ("03", "", edition.isbn)] if edition.isbn else []
    for name, value in sorted(edition.facts.identifiers.items()):
        kind = PUBLIC_SCHEMES.get(name.casefold(), _OWN_SCHEME)
        told.append((kind, name if kind == _OWN_SCHEME else "", value))
    if not told:
        told = [(_OWN_SCHEME, "external_id", edition.external_id)]
    for kind, name, number in told:
        if clean(number):
            yield make.group(
                "ProductIdentifier", make.leaf("ProductIDType", kind), make.leaf("IDTypeName", name), make.leaf("IDValue", number)
            )


def _deletion(make: Composer, name: str, isbn: str) -> etree._Element:
    made = make.group(
        "Product",
        make.leaf("RecordReference", name),
        make.leaf("NotificationType", "05"),
        make.group("ProductIdentifier", make.leaf("ProductIDType", "15"), make.leaf("IDValue", isbn)),
    )
    assert made is not None, "a product has a reference"
    return made


def _bytes(element: etree._Element) -> bytes:
    """Write an element, indented, without the namespace that the message says; HTML goes into CDATA sections where it can."""
    for one in element.iter("*"):
        text = one.text or ""
        if one.get("textformat") == "02" and "]]>" not in text:
            one.text = etree.CDATA(text)
    indent(element, 0 if str(element.tag).endswith("ONIXMessage") else 1)
    data = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    if str(element.tag).endswith("ONIXMessage"):
        return data
    return b"  " + data.replace(f' xmlns="{element.nsmap[None]}"'.encode(), b"", 1).rstrip() + b"\n"
