"""Titles → what their documents would say: with nothing twice, what most say said once, and nothing that defaults say already. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from catalogctl.config.defaults import METADATA, lay_over
from catalogctl.config.fact_file import amount_text, said_of_edition, said_of_work, said_subjects
from catalogctl.model.measure import Measure
from catalogctl.model.title import Contributor, Edition, Ignore, Metadata, Series, Title

_SHARED: Final = ("language", "publisher", "imprint", "territories")
"""What a house says of all its titles, and a person would write into defaults; anything else that is equal is so by chance."""
_MOST, _OF = 2, 3
"""How many of how many are most: where fewer agree, a default would mislead whoever reads a file without it."""
_MEASURES: Final = ("height", "width", "weight", "thickness", "pages", "binding", "editing_location")


def document_of(title: Title, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """Say what a title's document says, in canonical form.

    Shapes:  `inherited` is what the defaults of its folder say. What all editions have is on the title; files are left out.
    """
    return document_saying(title.id, {edition.id: said_of(title.id, edition) for edition in title.editions}, inherited)


def document_saying(title: str, wanted: Mapping[str, Mapping[str, Any]], inherited: Mapping[str, Any]) -> dict[str, Any]:
    """Say what the document of a title says, in canonical form.

    Shapes:  `wanted` is all that is true of each edition, by its name; `inherited` is what the defaults of its folder say.
    """
    said: dict[str, Any] = {}
    first, *others = wanted.values()
    for name in METADATA:
        if name in first and all(name in other for other in others):
            if inherited.get(name) != first[name]:
                said[name] = first[name]
        elif name in inherited and all(name not in one for one in wanted.values()):
            said[name] = None
    said["title"] = first["title"]
    outer = lay_over(said, inherited)
    editions = {name: {"format": one["format"], **over(one, outer)} for name, one in wanted.items()}
    return {"kind": "title", "id": title, **said, "editions": editions}


def shared(editions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Say what a defaults document could say in the stead of all these editions, or of most; empty where there is nothing."""
    values: dict[str, list[Any]] = {name: [] for name in _SHARED}
    published: list[Mapping[str, Any]] = []
    for edition in editions:
        for name, told in values.items():
            told.append(edition.get(name))
        published.append(edition.get("publish") or {})
    if len(published) < 2:
        return {}
    said: dict[str, Any] = {name: value for name, told in values.items() if (value := _usual(told)) is not None}
    first, *others = published
    accounts = {account for account in first if all(account in other for other in others)}
    if accounts:
        common = {account: _common([options[account] for options in published]) for account in sorted(accounts)}
        said["edition"] = {"publish": common}
    return {"kind": "defaults", **said} if said else {}


def _usual(values: list[Any]) -> Any:
    """Return the value that most have, where saying it once is shorter; `None` where there is none.

    Those that have another say theirs, and those that have none have to take it back.
    """
    counts = Counter(tuple(value) if isinstance(value, list) else value for value in values if isinstance(value, (str, list)))
    if not counts:
        return None
    [(usual, count)] = counts.most_common(1)
    lacking = sum(value is None for value in values)
    if count * _OF < len(values) * _MOST or count - lacking < 2:
        return None
    return list(usual) if isinstance(usual, tuple) else usual


def _common(options: list[Mapping[str, Any]]) -> dict[str, Any]:
    first, *others = options
    return {name: value for name, value in first.items() if all(name in other and other[name] == value for other in others)}


def over(wanted: Mapping[str, Any], lower: Mapping[str, Any], *, taken_back: object = None) -> dict[str, Any]:
    """Say the least that makes `wanted` of what stands further out."""
    block: dict[str, Any] = {}
    for name, value in wanted.items():
        below = lower.get(name)
        if name not in lower:
            block[name] = value
        elif value != below:
            if isinstance(value, dict) and isinstance(below, dict) and name not in {"series", "ages"}:
                block[name] = over(value, below, taken_back=False if name == "publish" else None)
            else:
                block[name] = value
    for name in lower:
        if name not in wanted and lower[name] is not taken_back:
            block[name] = taken_back
    return block


def said_of(title: str, edition: Edition) -> dict[str, Any]:
    """Say all that is true of an edition, in canonical form."""
    said: dict[str, Any] = {"format": edition.format.value, **_metadata(edition.metadata)}
    if edition.isbn:
        said["isbn"] = edition.isbn
    if edition.external_id and edition.external_id != (edition.isbn or f"{title}-{edition.id}"):
        said["external_id"] = edition.external_id
    if edition.prices:
        said["prices"] = {currency: amount_text(currency, amount) for currency, amount in edition.prices.items()}
    said |= {name: _measure(value) for name in _MEASURES if (value := getattr(edition, name)) is not None}
    said |= dict(said_of_edition(edition.facts))
    if edition.tracks:
        said["tracks"] = [{"id": track.id, "title": track.title} for track in edition.tracks]
    said["publish"] = {account: dict(options) for account, options in edition.publish.items()}
    lifecycle: dict[str, Any] = {"protect": True} if edition.lifecycle.protect else {}
    if edition.lifecycle.ignore_changes:
        lifecycle["ignore_changes"] = [_ignored(one) for one in edition.lifecycle.ignore_changes]
    return said | ({"lifecycle": lifecycle} if lifecycle else {})


def _ignored(one: Ignore) -> dict[str, Any]:
    said = {"path": one.path, "reason": one.reason, "until": one.until and one.until.isoformat()}
    return {name: value for name, value in said.items() if value}


def _measure(value: Any) -> Any:
    """Write a measure with its unit; one without any as the number that it is."""
    if not isinstance(value, Measure):
        return value
    return str(value) if value.unit else int(value.amount)


def _person(one: Contributor) -> dict[str, Any]:
    role = [one.role, *one.further_roles] if one.further_roles else one.role
    if one.unnamed:
        return {"unnamed": one.unnamed, **({"label": one.name} if one.name else {}), "role": role}
    ids = {name: value for name, value in (("orcid", one.orcid), ("isni", one.isni)) if value}
    said = {name: getattr(one, name) for name in ("first_name", "last_name", "sort_name", "corporate", "bio", "website", "from_language")}
    return {"name": one.name, "role": role, **{name: value for name, value in said.items() if value}, **({"ids": ids} if ids else {})}


def _series(one: Series) -> dict[str, Any]:
    said = {"name": one.name, "number": one.number, "subtitle": one.subtitle, "issn": one.issn}
    return {name: value for name, value in said.items() if value}


def _metadata(about: Metadata) -> dict[str, Any]:
    return dict(_facts(about))


def _facts(about: Metadata) -> Iterator[tuple[str, Any]]:
    yield "title", about.title
    for name in ("subtitle", "language", "publisher", "imprint", "description"):
        if value := getattr(about, name):
            yield name, value
    if about.contributors:
        yield "contributors", [_person(one) for one in about.contributors]
    if about.series is not None:
        series = [_series(one) for one in (about.series, *about.further_series)]
        yield "series", series if about.further_series else series[0]
    if about.publication_date is not None:
        yield "publication_date", about.publication_date.isoformat()
    yield from said_of_work(about.facts)
    subjects = {name: list(codes) for name, codes in (("bisac", about.bisac), ("thema", about.thema)) if codes}
    subjects |= said_subjects(about.facts)
    if subjects:
        yield "subjects", subjects
    for name, terms in (("keywords", about.keywords), ("territories", about.territories)):
        if terms:
            yield name, list(terms)
