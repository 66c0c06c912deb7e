"""Blocks 4 and 5 of a product: who publishes it, when and where, and what it is related to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from catalogctl.model import vocabulary
from catalogctl.model.facts import Copyright
from catalogctl.model.region import every_country
from catalogctl.model.title import Edition, Title
from catalogctl.onix.codes_of import country_code
from catalogctl.onix.compose import Composer, Made, clean

_DATES: Final = {"on_sale": "02", "preorder_from": "27", "announced": "09", "first_published": "11", "print": "19"}
"""List 163."""
_FORM_OF_LENGTH: Final = {4: "05", 6: "01", 8: "00"}
"""List 55, by the digits of a date."""
FORTHCOMING: Final = "02"
ACTIVE: Final = "04"
_NON_EXCLUSIVE: Final = "02"


def publishing_detail(make: Composer, edition: Edition, sent: date) -> Made:
    """Return <PublishingDetail>."""
    said, facts = edition.metadata, edition.metadata.facts
    publisher = (
        make.group("Publisher", make.leaf("PublishingRole", "01"), make.leaf("PublisherName", said.publisher))
        if clean(said.publisher or "")
        else None
    )
    return make.group(
        "PublishingDetail",
        make.group("Imprint", make.leaf("ImprintName", said.imprint)),
        publisher,
        make.leaf("CityOfPublication", facts.place),
        make.leaf("CountryOfPublication", country_code(facts.country)),
        make.leaf("PublishingStatus", status(edition, sent)),
        _dates(make, edition),
        _copyright(make, facts.copyright, edition),
        _sales_rights(make, edition),
    )


def status(edition: Edition, sent: date) -> str:
    """Return the publishing status: as declared, else by the publication date; empty where neither is there."""
    declared = edition.metadata.facts.status
    if declared:
        return vocabulary.STATUSES[declared]
    published = edition.metadata.publication_date
    return "" if published is None else FORTHCOMING if published > sent else ACTIVE


def dated(make: Composer, text: str) -> Made:
    """Return a <Date> of a day, a month or a year in ISO 8601."""
    digits = text.replace("-", "")
    form = _FORM_OF_LENGTH[len(digits)]
    return make.leaf("Date", digits, {"dateformat": form})


def _dates(make: Composer, edition: Edition) -> Iterator[Made]:
    published = edition.metadata.publication_date
    told = [("01", published.isoformat())] if published is not None else []
    told += [(_DATES[name], text) for name, text in edition.metadata.facts.dates.items()]
    for role, text in sorted(told):
        yield make.group("PublishingDate", make.leaf("PublishingDateRole", role), dated(make, text))


def _copyright(make: Composer, notice: Copyright | None, edition: Edition) -> Made:
    if notice is None:
        return None
    is_person = any(person.name == notice.owner and not person.corporate for person in edition.metadata.contributors)
    owner = make.group("CopyrightOwner", make.leaf("PersonName" if is_person else "CorporateName", notice.owner))
    return make.group("CopyrightStatement", make.leaf("CopyrightYear", notice.year), owner)


def _sales_rights(make: Composer, edition: Edition) -> Made:
    """Return where it may be sold. What is not said to be exclusive is not claimed to be."""
    countries = edition.metadata.territories
    place = territory(make, countries)
    if place is None:
        return None
    kind = vocabulary.SALES_RIGHTS.get(edition.metadata.facts.rights, _NON_EXCLUSIVE)
    return make.group("SalesRights", make.leaf("SalesRightsType", kind), place)


def territory(make: Composer, countries: tuple[str, ...]) -> Made:
    """Return a <Territory>, by what it leaves out where that is shorter; nothing where no country is named."""
    if "ALL" in countries:
        return make.group("Territory", make.leaf("RegionsIncluded", "WORLD"))
    left = set(every_country()) - set(countries)
    if len(left) < len(countries):
        return make.group("Territory", make.leaf("RegionsIncluded", "WORLD"), make.leaf("CountriesExcluded", _codes(left)))
    return make.group("Territory", make.leaf("CountriesIncluded", _codes(countries)))


def _codes(countries: Iterable[str]) -> str:
    return " ".join(sorted({code for one in countries if (code := country_code(one))}))


def related_material(make: Composer, title: Title, edition: Edition) -> Made:
    """Return <RelatedMaterial>: what it replaces, what replaces it, and the other editions of its title."""
    others = [other.isbn for other in title.editions if other.id != edition.id and other.isbn]
    related = [("03", isbn) for isbn in edition.facts.replaces] + [("05", isbn) for isbn in edition.facts.replaced_by]
    related += [("06", isbn) for isbn in sorted(set(others)) if isbn != edition.isbn]
    return make.group(
        "RelatedMaterial",
        (
            make.group(
                "RelatedProduct",
                make.leaf("ProductRelationCode", code),
                make.group("ProductIdentifier", make.leaf("ProductIDType", "15"), make.leaf("IDValue", isbn)),
            )
            for code, isbn in dict.fromkeys(related)
        ),
    )
