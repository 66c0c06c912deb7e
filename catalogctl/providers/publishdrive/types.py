"""The resource types of PublishDrive, their attributes and their traits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
from stdnum import isbn as isbns

from catalogctl.model.language import same_language
from catalogctl.model.resource import Attribute, Identity, Kind, ReadBy, RemovalRule, ReplaceOrder, ResourceType, Shape, Trait
from catalogctl.model.role import role_title
from catalogctl.model.value import Attributes, Value
from catalogctl.providers.publishdrive.assumptions import CONTRIBUTOR_ROLES, LISTS_ARE_REPLACED, WHOLE_DETAILS

AUDIO_CONTENT: Final = "audio_content"
"""The one role of which a book has many files: one for each chapter."""

ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "ebook": ("ebook_content", "ebook_cover"),
    "audio": (AUDIO_CONTENT, "audio_cover"),
    "print": ("pod_content", "pod_cover"),
}
"""Format → what its files can be. Source: the service's overview and its page on upload addresses, 2026-11-22."""

DETAILS: Final[Mapping[str, Mapping[str, str]]] = {
    "ebook": {"page_count": "pageCount", "kdp_enrolled": "kdpEnrolled", "published_on_amazon": "publishedOnAmazon"},
    "audio": {"audio_edition": "audioEdition"},
    "print": {
        "page_count": "pageCount",
        "trim_size_id": "trimSizeId",
        "binding_type": "bindingType",
        "cover_laminate_type": "coverLaminateType",
        "interior_color_type": "interiorColorType",
        "paper_color_type": "paperColorType",
    },
}
"""Format → our names of its details → the service's."""


_ROLES: Final = {word: role_title(code) for code, word in CONTRIBUTOR_ROLES.items()}
"""The service's words for roles → those of title files."""


def plain_text(value: Value) -> str:
    """Return a text as it can be compared: line breaks and blanks at the ends do not count, and an empty text may come back as null."""
    return "\n".join(value.splitlines()).strip() if isinstance(value, str) else ""


def _folded(value: Value) -> Value:
    """Return codes of languages as they can be compared: samples send `en` and get `EN`."""
    return tuple(sorted({item.casefold() for item in value if isinstance(item, str)})) if isinstance(value, tuple) else ()


def _are_languages(there: Value, wanted: Value) -> bool:
    had, want = _folded(there), _folded(wanted)
    if not isinstance(had, tuple) or not isinstance(want, tuple) or len(had) != len(want):
        return False
    return all(same_language(str(one), str(other)) for one, other in zip(had, want, strict=True))


def _truth(value: Value) -> Value:
    return bool(value)


def _sorted(value: Value) -> Value:
    return tuple(sorted({item for item in value if isinstance(item, str)})) if isinstance(value, tuple) else ()


def _trimmed(value: Value) -> Value:
    """Take blanks away at the ends of names, and make one blank of several: they do not count."""
    if not isinstance(value, tuple):
        return ()
    rows = ({key: " ".join(text.split()) for key, text in orjson.loads(str(one)).items()} for one in value)
    return tuple(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in rows)


def _people(value: Value) -> tuple[str, ...]:
    """Write contributors as people do, in their order: `Petra Holm (author)`."""
    return tuple(_person(item) for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()


def _person(text: str) -> str:
    one = orjson.loads(text)
    name = " ".join(part for part in (one["firstName"], one["lastName"]) if part)
    return f"{name} ({_ROLES.get(one['role'], one['role'].lower())})"


def _stays(there: Value, wanted: Value) -> str:
    """Return why something cannot be taken out of a list, where lists are merged; empty where they are replaced."""
    if LISTS_ARE_REPLACED or not isinstance(there, tuple | Mapping) or not isinstance(wanted, tuple | Mapping):
        return ""
    kept = {str(item).casefold() for item in wanted}
    gone = [item for item in there if str(item).casefold() not in kept]
    if not gone:
        return ""
    return f"PublishDrive adds what an update sends to a list and takes nothing out: {', '.join(map(str, gone))} would stay."


def same_isbn(value: Value) -> Value:
    """Return the thirteen digits of an ISBN, however it is written; any other value as it is."""
    return isbns.to_isbn13(isbns.compact(value)) if isinstance(value, str) and isbns.is_valid(value) else value


def _of_one_format(there: Value, before: Attributes, after: Attributes) -> Value:
    """Return what belongs to the format of a book, for one of the same format that is made in its place."""
    return there if before.get("format") == after.get("format") else None


def _detail(name: str, kind: Kind, groups: str = "") -> Attribute:
    """Make one detail of a book; an update of another one of its format may replace it."""

    def replaced(after: Attributes, changed: frozenset[str]) -> bool:
        group = DETAILS.get(str(after.get("format")), {})
        return WHOLE_DETAILS and name in group and not changed.isdisjoint(group) and "format" not in changed

    return Attribute(name, kind, replaced=replaced, carried=_of_one_format, declared=f"publish.{{account}}.{groups}" if groups else "")


def _by_name(*attributes: Attribute) -> Mapping[str, Attribute]:
    return {attribute.name: attribute for attribute in attributes}


_OWNER = Attribute("book", Kind.TEXT, traits=frozenset({Trait.REPLACES}))

BOOK: Final = ResourceType(
    provider="publishdrive",
    name="book",
    attributes=_by_name(
        Attribute("external_id", Kind.TEXT, declared="external_id"),
        Attribute("format", Kind.TEXT, traits=frozenset({Trait.REPLACES}), declared="format"),
        Attribute("title", Kind.TEXT, normal=plain_text, declared="title"),
        Attribute("subtitle", Kind.TEXT, unset=None, normal=plain_text, declared="subtitle"),
        Attribute("language", Kind.TEXT, Shape.SET, impossible=_stays, normal=_folded, alike=_are_languages, declared="language"),
        Attribute("description", Kind.LONG_TEXT, normal=plain_text, declared="description"),
        Attribute("contributor", Kind.JSON, Shape.LIST, impossible=_stays, normal=_trimmed, items=_people, declared="contributors"),
        Attribute("category", Kind.TEXT, Shape.SET, impossible=_stays, normal=_sorted, declared="subjects.bisac"),
        Attribute("keyword", Kind.TEXT, Shape.SET, unset=(), impossible=_stays, normal=_sorted, declared="keywords"),
        Attribute("isbn", Kind.TEXT, normal=same_isbn, carried=_of_one_format, declared="isbn"),
        Attribute("copyright", Kind.TEXT, normal=plain_text, declared="publish.{account}.copyright"),
        Attribute(
            "sale_territory",
            Kind.TEXT,
            Shape.SET,
            frozenset({Trait.TERRITORIES}),
            normal=_sorted,
            impossible=_stays,
            everywhere=("ALL",),
            declared="territories",
        ),
        Attribute("publication_date", Kind.DATE, declared="publication_date"),
        Attribute("price", Kind.MONEY, Shape.MAP, impossible=_stays, declared="prices"),
        Attribute("final_version", Kind.BOOLEAN, unset=False, normal=_truth, declared="publish.{account}.final_version"),
        _detail("audio_edition", Kind.TEXT, "audio_details.audio_edition"),
        _detail("page_count", Kind.INTEGER),
        _detail("kdp_enrolled", Kind.BOOLEAN, "ebook_details.kdp_enrolled"),
        _detail("published_on_amazon", Kind.BOOLEAN, "ebook_details.published_on_amazon"),
        _detail("trim_size_id", Kind.INTEGER, "pod_details.trim_size_id"),
        _detail("binding_type", Kind.TEXT, "pod_details.binding_type"),
        _detail("cover_laminate_type", Kind.TEXT, "pod_details.cover_laminate_type"),
        _detail("interior_color_type", Kind.TEXT, "pod_details.interior_color_type"),
        _detail("paper_color_type", Kind.TEXT, "pod_details.paper_color_type"),
    ),
    key="external_id",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="It is taken from every store and library that it was delivered to, with its files, reviews and links there.",
    resubmission="publish: {{{account}: {{published: true, final_version: true}}}}",
)

FILE: Final = ResourceType(
    provider="publishdrive",
    name="file",
    attributes=_by_name(
        _OWNER,
        Attribute("role", Kind.TEXT, traits=frozenset({Trait.REPLACES})),
        Attribute("filename", Kind.TEXT, traits=frozenset({Trait.RENEWS})),
        Attribute("file", Kind.ASSET, traits=frozenset({Trait.WRITE_ONLY, Trait.RENEWS, Trait.UPLOADED})),
    ),
    key="",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="The service keeps a file until another takes its role or its chapter.",
    owner="book",
    removal=RemovalRule.LEFT,
    read_by=ReadBy.OWNER,
)


def _too_few(there: Value, wanted: Value) -> str:
    had, want = (len(value) if isinstance(value, tuple) else 0 for value in (there, wanted))
    if had <= want:
        return ""
    return (
        f"The book has chapters up to number {had} in the store, and the files declare {want}. PublishDrive writes chapters by number and "
        "has no way to take one away: the listeners would go on getting those beyond."
    )


def _as_far_as_said(there: Value, wanted: Value) -> bool:
    """Return whether a list is as wanted; where an item is not said, whatever is there will do.

    No title in ASCII is said where the title itself is ASCII, and no file where a track names none.
    """
    if not isinstance(there, tuple) or not isinstance(wanted, tuple) or len(there) != len(wanted):
        return False
    return all(want is None or had == want for had, want in zip(there, wanted, strict=True))


NO_CHAPTERS: Final[Attributes] = {"titles": (), "ascii_titles": (), "files": ()}

CHAPTERS: Final = ResourceType(
    provider="publishdrive",
    name="chapters",
    attributes=_by_name(
        _OWNER,
        Attribute("titles", Kind.TEXT, Shape.LIST, impossible=_too_few, declared="tracks"),
        Attribute("ascii_titles", Kind.TEXT, Shape.LIST, alike=_as_far_as_said, declared="tracks"),
        Attribute("files", Kind.TEXT, Shape.LIST, alike=_as_far_as_said, declared="tracks"),
    ),
    key="",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="Chapters cannot be taken out of a book that stays: PublishDrive has no request for that.",
    owner="book",
    singleton=NO_CHAPTERS,
    removal=RemovalRule.REFUSED,
)

PUBLICATION: Final = ResourceType(
    provider="publishdrive",
    name="publication",
    attributes=_by_name(
        _OWNER,
        Attribute("published", Kind.BOOLEAN, traits=frozenset({Trait.UNDONE, Trait.ON_SALE}), declared="publish.{account}.published"),
    ),
    key="",
    identity=Identity.KEPT,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="The book is withdrawn from every store and library that it was delivered to.",
    owner="book",
    singleton={"published": False},
    removal=RemovalRule.DELETED,
)

TYPES: Final[Mapping[str, ResourceType]] = {kind.name: kind for kind in (BOOK, FILE, CHAPTERS, PUBLICATION)}
