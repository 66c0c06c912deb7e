"""The order in which the fields of a document are written, and read best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from catalogctl.model.diagnostics import Pointer

FIELDS: Final = tuple(
    (
        "kind id format isbn external_id identifiers form title title_prefix subtitle original_title series language original_language "
        "contributors publisher imprint publication_date dates status place country copyright territories rights description "
        "short_description tagline table_of_contents subjects keywords audience ages reviews awards edition_number edition_types "
        "edition_statement edition_year prices prices_in price_changes promotions drm accessibility height width thickness weight pages "
        "duration binding editing_location files tracks parts replaces replaced_by onix publish lifecycle acknowledge edition editions "
        "moved removed import"
    ).split()
)
"""Of a document and of its editions."""

_INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "contributors": tuple("name unnamed label role first_name last_name sort_name corporate ids website from_language bio".split()),
    "series": ("name", "number", "subtitle", "issn"),
    "subjects": ("bisac", "thema"),
    "files": ("content", "cover", "extract"),
    "tracks": ("id", "title", "file"),
    "ages": ("from", "to"),
    "copyright": ("year", "owner"),
    "dates": ("announced", "preorder_from", "on_sale", "first_published", "print"),
    "reviews": ("text", "author", "source"),
    "awards": ("name", "year", "country", "code"),
    "parts": ("isbn", "format", "count"),
    "accessibility": ("conforms", "features", "hazards", "summary", "exemption", "certifier", "contact"),
    "prices_in": ("territories", "currency", "amount", "tax"),
    "tax": ("included", "rate", "level"),
    "price_changes": ("from", "prices"),
    "promotions": ("id", "from", "until", "prices", "territories"),
    "onix": ("reference", "availability", "unpriced", "record"),
    "lifecycle": ("protect", "ignore_changes"),
    "ignore_changes": ("path", "reason", "until"),
    "acknowledge": ("code", "field", "reason", "until"),
    "moved": ("from", "to"),
    "removed": ("address", "destroy"),
    "import": ("address", "id"),
}
"""Of what is inside a field."""


BLOCKS: Final = frozenset({"moved", "removed", "import"})
"""What a document without a kind may say."""


def order_at(pointer: Pointer) -> Sequence[str]:
    """Return the order of the fields of a mapping of a title, of defaults or of blocks; empty where it has none of its own."""
    match pointer:
        case () | ("edition",) | ("editions", str()):
            return FIELDS
        case ("edition", *below) | ("editions", str(), *below):
            return _inside(below)
        case _:
            return _inside(pointer)


def _inside(pointer: Sequence[str | int]) -> Sequence[str]:
    names = [step for step in pointer if isinstance(step, str)]
    return () if "publish" in names or not names else _INSIDE.get(names[-1], ())


Ordering: TypeAlias = Callable[[Pointer], Sequence[str]]
"""Gives the order of the fields of the mapping at a place."""


def in_order(names: Sequence[str], order: Sequence[str]) -> list[str]:
    """Sort names by an order; one that the order does not have stays behind the name before it."""
    places = {name: place for place, name in enumerate(order)}
    at, keyed = -1, []
    for name in names:
        at = places.get(name, at)
        keyed.append((at, name))
    return [name for _, name in sorted(keyed, key=lambda item: item[0])]
