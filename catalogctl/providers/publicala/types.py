"""publica.la's resource types, their attributes and their traits."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.model.language import same_language
from catalogctl.model.resource import Attribute, Identity, Kind, ReadBy, RemovalRule, ReplaceOrder, ResourceType, Shape, Trait
from catalogctl.model.value import Attributes, Value
from catalogctl.providers.publicala.assumptions import AUDIO_NAMES, CLEARED_BY, OMITTED_FIELDS_STAY, V3_SHOWS_ALL_PRICES, ZERO_MAY_VANISH
from catalogctl.providers.publicala.identifiers import written_identifiers
from catalogctl.providers.publicala.windows import not_ours, window_amounts, written_windows

_UNREADABLE = frozenset({Trait.WRITE_ONLY})
_LATE = frozenset({Trait.WRITE_ONLY, Trait.AFTER_CREATE})
_BOUND = frozenset({Trait.WRITE_ONLY, Trait.REPLACES})

TAXONOMIES = ("author", "bisac", "category", "collection", "country", "keyword", "publisher")
"""Lists of terms. "When updating a publication, make sure to send all the desired final taxonomies and terms" (the page on content,
Update): an update by v1 replaces them, so what is not declared is sent as observed."""

PHYSICAL = ("pages", "height", "width", "weight", "binding_type", "editing_location")
"""Facts that the service uses for physical content only."""

V1_ALONE = ("country", "published_at", "table_of_contents", "stock", "preorder_from", "sale_from")
"""What v3 has no place for; the countries, which it shows and has no documented field for, are sent by v1 alone as well."""

V3_ALONE = (
    *("sftp_file", "cover", "subtitle", "audience", "free_until", "require_login", "preview", "preview_require_login"),
    "price_windows",
)
"""What v1 has no place for."""

UNREAD = ("cover", "price_windows", "table_of_contents", "preorder_from", "sale_from", "share_with_tenants_ids")
"""What a content may have and neither API returns: a cover is shown whether or not one was given, of prices only those of today, and
with which other stores it is shared nowhere."""
UNREAD_OF_PRINT = ("pages", "height", "width", "weight", "binding_type", "stock")
"""The same for physical content."""
SETTINGS = ("subtitle", "audience", "free_until", "require_login", "preview", "preview_require_login", "edition_year")
"""What v3 returns, and v1 neither returns nor takes."""

FILES = ("file", "sftp_file")
"""The two ways to a content's file; a content by v3 declares both, one of them as none."""


def plain_text(value: Value) -> str:
    """Return a text as it can be compared.

    Line breaks come back as they please, blanks at the ends are trimmed, and an empty text comes back as null.
    """
    return "\n".join(value.splitlines()).strip() if isinstance(value, str) else ""


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _is_language(there: Value, wanted: Value) -> bool:
    return isinstance(there, str) and isinstance(wanted, str) and same_language(there, wanted)


def _file_type(value: Value) -> Value:
    return "audio" if value in AUDIO_NAMES else _folded(value)


def _truth(value: Value) -> Value:
    return bool(value)


def _without_zeros(value: Value) -> Value:
    entries = value if isinstance(value, Mapping) else {}
    return {currency: amount for currency, amount in entries.items() if amount or not ZERO_MAY_VANISH}


def _written_whole(after: Attributes, changed: frozenset[str]) -> bool:
    """Return whether a content is written whole: by v1 always, by v3 where it is created again, since its type never changes in place."""
    return after.get("api") != "v3" or "type" in changed


_UNREAD = None if OMITTED_FIELDS_STAY else _written_whole
"""When an update replaces what no answer tells."""


def _with_windows(after: Attributes, changed: frozenset[str]) -> bool:
    """Return whether a content's prices are replaced: by v1 always, by v3 together with those that hold for a time."""
    return _written_whole(after, changed) or "price_windows" in changed


def _with_prices(after: Attributes, changed: frozenset[str]) -> bool:
    """Return whether prices that hold for a time are replaced: v3 has one list for them and for those that hold at all times."""
    return after.get("api") == "v3" and not changed.isdisjoint({"prices", "price_windows"})


def _with_key(after: Attributes, changed: frozenset[str]) -> bool:
    """Return whether a content's identifiers are replaced: v3 has one list for the external id and for those beside it."""
    return after.get("api") == "v3" and not changed.isdisjoint({"external_id", "own_identifiers"})


def _published_already(there: Value, wanted: Value) -> str:
    """Return why a moment of publication cannot become another one: it is in a sample of a create and in no table of the update."""
    if there == wanted:
        return ""
    return (
        f"publica.la takes `published_at` when a content is created, and no update has a field for it: it was {there} and would be "
        f"{wanted}. To change the day, take `published_at` out and change `publication_date`."
    )


def _taxonomy(name: str, shape: Shape, declared: str, *traits: Trait) -> Attribute:
    return Attribute(name, Kind.TEXT, shape, _UNREADABLE.union(traits), unset=(), replaced=_written_whole, declared=declared)


def in_line(there: Value, wanted: Value) -> bool:
    """Return whether tracks stand as wanted once those that are still to be made have been added at the end.

    Shapes:  ids in the store's order, and ids or references in ours. Tracks of others between them do not matter.
    """
    held, ours = (value if isinstance(value, tuple) else () for value in (there, wanted))
    known = [track for track in ours if track in held]
    return [track for track in held if track in known] == known and list(ours[: len(known)]) == known


_WINDOWS = "publish.{account}.price_windows"
_UNSEEN = (
    "By v3 prices and those that hold for a time are one list, which is replaced, and the store shows only those that hold today: one "
    "that is scheduled for later there, and that `price_windows` does not name, is cancelled."
)
_UNSENDABLE = (
    "The store shows prices that hold for a time and that the files do not declare. They begin or end at a time of day, and v3 takes days "
    "alone, so that they cannot be sent as they are."
)
_CONTENT = (
    Attribute("external_id", Kind.TEXT, declared="external_id"),
    Attribute("identifiers", Kind.JSON, traits=frozenset({Trait.FOREIGN}), unset=CLEARED_BY, replaced=_with_key),
    Attribute("api", Kind.TEXT, traits=_UNREADABLE, declared="publish.{account}.content_api"),
    Attribute("type", Kind.TEXT, traits=frozenset({Trait.REPLACES}), normal=_file_type, declared="format"),
    Attribute("file", Kind.ASSET, traits=_BOUND, declared="files.content"),
    Attribute("sftp_file", Kind.TEXT, traits=_BOUND, declared="publish.{account}.sftp_file"),
    Attribute("cover", Kind.ASSET, traits=_UNREADABLE, declared="files.cover"),
    Attribute("name", Kind.TEXT, normal=plain_text, declared="title"),
    Attribute("subtitle", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY, normal=plain_text, declared="subtitle"),
    Attribute("lang", Kind.TEXT, normal=_folded, alike=_is_language, replaced=_written_whole, declared="language"),
    Attribute("publication_date", Kind.DATE, declared="publication_date"),
    Attribute(
        "published_at",
        Kind.DATETIME,
        traits=frozenset({Trait.WRITE_ONLY, Trait.AT_CREATION}),
        impossible=_published_already,
        declared="publish.{account}.published_at",
    ),
    Attribute("description", Kind.LONG_TEXT, unset=CLEARED_BY, normal=plain_text, replaced=_written_whole, declared="description"),
    Attribute("audience", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY, normal=plain_text, declared="publish.{account}.audience"),
    Attribute("own_identifiers", Kind.JSON, traits=_UNREADABLE, items=written_identifiers, declared="identifiers"),
    Attribute("edition_year", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, declared="edition_year"),
    Attribute(
        "free",
        Kind.BOOLEAN,
        traits=frozenset({Trait.FREE}),
        unset=False,
        normal=_truth,
        replaced=_written_whole,
        declared="publish.{account}.free",
    ),
    Attribute("free_until", Kind.DATE, traits=_UNREADABLE, unset=CLEARED_BY, declared="publish.{account}.free_until"),
    Attribute("require_login", Kind.BOOLEAN, traits=_UNREADABLE, unset=False, declared="publish.{account}.require_login"),
    Attribute("preview", Kind.BOOLEAN, traits=_UNREADABLE, declared="publish.{account}.preview"),
    Attribute("preview_require_login", Kind.BOOLEAN, traits=_UNREADABLE, unset=False, declared="publish.{account}.preview_require_login"),
    Attribute("prices", Kind.MONEY, Shape.MAP, unset={}, normal=_without_zeros, replaced=_with_windows, declared="prices"),
    Attribute(
        "price_windows",
        Kind.JSON,
        traits=_UNREADABLE,
        unset=CLEARED_BY,
        amounts=window_amounts,
        items=written_windows,
        replaced=_with_prices,
        declared=_WINDOWS,
    ),
    Attribute(
        "shown_windows",
        Kind.JSON,
        traits=frozenset({Trait.FOREIGN}),
        unset=CLEARED_BY,
        replaced=_with_prices,
        carried=not_ours,
        items=written_windows,
        unseen="" if V3_SHOWS_ALL_PRICES else _UNSEEN,
        unsendable=_UNSENDABLE,
        declared=_WINDOWS,
    ),
    _taxonomy("author", Shape.LIST, "contributors"),
    _taxonomy("publisher", Shape.LIST, "publisher"),
    _taxonomy("bisac", Shape.SET, "subjects.bisac"),
    _taxonomy("category", Shape.SET, "publish.{account}.categories"),
    _taxonomy("collection", Shape.SET, "publish.{account}.collections"),
    # None at all is a sale without borders, which is what `everywhere` is by default.
    _taxonomy("country", Shape.SET, "publish.{account}.countries", Trait.TERRITORIES),
    _taxonomy("keyword", Shape.SET, "keywords"),
    Attribute(
        "table_of_contents",
        Kind.JSON,
        traits=_UNREADABLE,
        unset=CLEARED_BY,
        replaced=_UNREAD,
        declared="publish.{account}.table_of_contents",
    ),
    Attribute("pages", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, replaced=_UNREAD, declared="pages"),
    Attribute("height", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, replaced=_UNREAD, declared="height"),
    Attribute("width", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, replaced=_UNREAD, declared="width"),
    Attribute("weight", Kind.INTEGER, traits=_UNREADABLE, unset=CLEARED_BY, replaced=_UNREAD, declared="weight"),
    Attribute("binding_type", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY, replaced=_UNREAD, declared="binding"),
    Attribute("editing_location", Kind.TEXT, traits=_UNREADABLE, unset=CLEARED_BY, replaced=_UNREAD, declared="editing_location"),
    Attribute("stock", Kind.INTEGER, traits=frozenset({Trait.WRITE_ONLY, Trait.ON_DECISION}), declared="publish.{account}.stock"),
    Attribute(
        "preorder_from",
        Kind.DATETIME,
        traits=_LATE,
        unset=CLEARED_BY,
        replaced=_UNREAD,
        declared="publish.{account}.preorder_from",
    ),
    Attribute(
        "sale_from",
        Kind.DATETIME,
        traits=_LATE,
        unset=CLEARED_BY,
        replaced=_UNREAD,
        declared="publish.{account}.sale_from",
    ),
)

_OWNER = Attribute("content", Kind.TEXT, traits=frozenset({Trait.REPLACES}))

_TRACK = (
    _OWNER,
    Attribute("title", Kind.TEXT, normal=plain_text, declared="tracks"),
    Attribute("file", Kind.ASSET, traits=_UNREADABLE, declared="tracks"),
    Attribute("sftp_file", Kind.TEXT, traits=_UNREADABLE, declared="publish.{account}.sftp_files"),
)

_TRACK_ORDER = (
    _OWNER,
    Attribute("tracks", Kind.TEXT, Shape.LIST, alike=in_line, declared="tracks"),
    Attribute("foreign", Kind.TEXT, Shape.SET, traits=_UNREADABLE | {Trait.TAKES_AWAY}, declared="publish.{account}.foreign_tracks"),
)

CONTENT = ResourceType(
    provider="publicala",
    name="content",
    attributes={attribute.name: attribute for attribute in _CONTENT},
    key="external_id",
    identity=Identity.ENFORCED,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="Its page, its address and its id in the store are lost, and past orders point to the old one.",
)
TRACK = ResourceType(
    provider="publicala",
    name="track",
    attributes={attribute.name: attribute for attribute in _TRACK},
    key="",
    identity=Identity.UNTOLD,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="Who bought the audiobook can no longer listen to it.",
    owner="content",
    read_by=ReadBy.OWNER,
)
TRACK_ORDER = ResourceType(
    provider="publicala",
    name="track_order",
    attributes={attribute.name: attribute for attribute in _TRACK_ORDER},
    key="",
    identity=Identity.ENFORCED,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="The tracks stay in the order they have.",
    owner="content",
    singleton={"tracks": (), "foreign": ()},
    removal=RemovalRule.LEFT,
)
