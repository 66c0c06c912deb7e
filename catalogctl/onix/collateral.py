"""Block 2 of a product: texts, pictures and prizes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogctl.model import vocabulary
from catalogctl.model.asset import Asset
from catalogctl.model.facts import Review
from catalogctl.model.title import Edition
from catalogctl.onix.codes_of import country_code
from catalogctl.onix.compose import Composer, Made, clean

_YEARS_END: Final = 2100
"""The first year that the schema does not take for a year."""


def collateral_detail(make: Composer, edition: Edition) -> Made:
    """Return <CollateralDetail>; nothing where nothing of it is declared."""
    said, facts = edition.metadata, edition.metadata.facts
    texts = (("03", said.description), ("02", facts.short_description), ("10", facts.tagline), ("04", facts.table_of_contents))
    return make.group(
        "CollateralDetail",
        (_text(make, kind, text) for kind, text in texts if text and clean(text)),
        (_review(make, review) for review in facts.reviews if clean(review.text)),
        _resources(make, edition),
        (
            make.group(
                "Prize",
                make.leaf("PrizeName", award.name),
                make.leaf("PrizeYear", award.year if award.year is not None and award.year < _YEARS_END else None),
                make.leaf("PrizeCountry", country_code(award.country)),
                make.leaf("PrizeCode", vocabulary.PRIZE_ACHIEVEMENTS.get(award.achievement)),
            )
            for award in facts.awards
        ),
    )


def _text(make: Composer, kind: str, text: str) -> Made:
    return make.group("TextContent", make.leaf("TextType", kind), make.leaf("ContentAudience", "00"), make.html("Text", text))


def _review(make: Composer, review: Review) -> Made:
    return make.group(
        "TextContent",
        make.leaf("TextType", "06"),
        make.leaf("ContentAudience", "00"),
        make.html("Text", review.text),
        make.leaf("TextAuthor", review.author),
        make.leaf("SourceTitle", review.source),
    )


def _resources(make: Composer, edition: Edition) -> Iterator[Made]:
    """Yield the cover and the extract, where they have an address."""
    for kind, mode, asset in (("01", "03", edition.cover), ("15", "04", edition.extract)):
        if asset is not None and is_addressed(asset):
            version = make.group("ResourceVersion", make.leaf("ResourceForm", "02"), make.leaf("ResourceLink", asset.location))
            yield make.group(
                "SupportingResource",
                make.leaf("ResourceContentType", kind),
                make.leaf("ContentAudience", "00"),
                make.leaf("ResourceMode", mode),
                version,
            )


def is_addressed(asset: Asset) -> bool:
    """Return whether a recipient can fetch a file: it has an address of its own, which is not signed for a time."""
    return not asset.is_local and asset.identity == asset.location
