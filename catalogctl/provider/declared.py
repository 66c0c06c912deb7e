"""The facts of an edition that few services have a place for, in words: for telling what a store goes without. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from catalogctl.model.title import Contributor, Edition, Metadata
from catalogctl.provider.protocol import UnsupportedField

_OF_WORK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "title_prefix": "the prefix of the title",
        "original_title": "the original title",
        "original_language": "the original language",
        "edition_statement": "the edition statement",
        "edition_number": "the edition number",
        "edition_types": "the types of edition",
        "edition_year": "the year of the edition",
        "audience": "the audience",
        "ages": "the readers' ages",
        "short_description": "the short description",
        "tagline": "the tagline",
        "table_of_contents": "the table of contents",
        "reviews": "reviews",
        "awards": "awards",
        "place": "the place of publication",
        "country": "the country of publication",
        "copyright": "the copyright notice",
        "status": "the publishing status",
        "rights": "the kind of sales rights",
    }
)
"""Field of a work → what it is in words."""
_OF_EDITION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "parts": "the parts of a set",
        "accessibility": "accessibility",
        "duration": "the duration",
        "replaces": "the product it replaces",
        "replaced_by": "the product that replaces it",
        "prices_in": "prices by country",
        "price_changes": "price changes to come",
        "promotions": "promotions",
        "drm": "the protection of the file",
        "form": "the form beside the format",
    }
)
"""Field of an edition alone → what it is in words."""
_OF_PRINT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pages": "the number of pages",
        "height": "the height",
        "width": "the width",
        "weight": "the weight",
        "binding": "the binding",
        "editing_location": "the editing location",
    }
)
"""Field of a printed book → what it is in words."""
_DATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "on_sale": "the first day of sale",
        "preorder_from": "the first day of pre-orders",
        "announced": "the day of the announcement",
        "first_published": "the day of the first publication of the work",
        "print": "the publication date of the printed book",
    }
)
_DETAILS: Final = ("sort_name", "bio", "orcid", "isni", "website", "from_language")
_NO_SALE: Final = frozenset({"status"})


def facts_without_place(edition: Edition, sent: Collection[str] = ()) -> Iterator[UnsupportedField]:
    """List the declared facts that a service has no place for, but for those whose fields are among `sent`.

    Shapes:  `sent` names fields as `UnsupportedField` does: `audience`, `dates.on_sale`, `identifiers.uuid`. What `onix` says is for an
             ONIX record alone and no fact for a store.
    """
    yield from (found for found in _declared(edition) if found.field not in sent)


def print_facts(edition: Edition) -> Iterator[UnsupportedField]:
    """List the facts of a printed book that an edition declares: for a service that has a place for them on print editions alone."""
    for name, what in _OF_PRINT.items():
        if getattr(edition, name) is not None:
            yield UnsupportedField(name, f"{what}, which print editions alone have there")


def _declared(edition: Edition) -> Iterator[UnsupportedField]:
    about = edition.metadata
    for name, what in _OF_WORK.items():
        if getattr(about.facts, name):
            yield UnsupportedField(name, f"{what} {about.facts.status}" if name in _NO_SALE else what)
    for name in about.facts.dates:
        yield UnsupportedField(f"dates.{name}", _DATES[name])
    for name, what in _OF_EDITION.items():
        if getattr(edition.facts, name):
            yield UnsupportedField(name, what)
    for name in edition.facts.identifiers:
        yield UnsupportedField(f"identifiers.{name}", f"the identifier {name}")
    if edition.thickness is not None:
        yield UnsupportedField("thickness", "the thickness")
    if edition.extract is not None:
        yield UnsupportedField("files.extract", "the extract")
    yield from _subjects(about)
    yield from _people(about.contributors)


def _subjects(about: Metadata) -> Iterator[UnsupportedField]:
    for scheme in about.facts.subjects:
        yield UnsupportedField(f"subjects.{scheme}", f"subjects by {scheme}")
    if about.facts.own_subjects:
        yield UnsupportedField("subjects.proprietary", f"subjects by schemes of your own ({', '.join(about.facts.own_subjects)})")


def _people(people: tuple[Contributor, ...]) -> Iterator[UnsupportedField]:
    details = [name for name in _DETAILS if any(getattr(person, name) for person in people)]
    if details:
        yield UnsupportedField("contributors", f"details of contributors ({', '.join(details)})")
    if nameless := sorted({person.unnamed for person in people if not person.name}):
        yield UnsupportedField("contributors", f"contributors without a name or a `label` ({', '.join(nameless)})")
