"""The providers as a person reads them: what each holds, attribute by attribute, and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogctl.model.resource import Attribute, ResourceType, Shape, Trait
from catalogctl.planning.attribute_words import attribute_name
from catalogctl.provider.protocol import Provider
from catalogctl.view.paint.layout import cells, pad, paragraph, plain
from catalogctl.view.paint.style import Style, Tone

_WORDS = {
    Trait.WRITE_ONLY: "write-only",
    Trait.REPLACES: "a change replaces",
    Trait.ON_DECISION: "sent when its declaration changes",
    Trait.FOREIGN: "added by others, not declared",
    Trait.AT_CREATION: "sent at creation alone",
    Trait.AFTER_CREATE: "sent after creation",
    Trait.TAKES_AWAY: "what goes out of it is deleted",
    Trait.UPLOADED: "sent as bytes",
    Trait.COMPOSED: "put together from the others",
    Trait.NORMALISED: "may be kept in another form",
    Trait.UNDONE: "taken back by other changes, and set again after them",
    Trait.INHERITED: "inherited until it is set, and set after a change of what it is inherited from",
    Trait.RENEWS: "a change gives a new id",
    Trait.TERRITORIES: "countries of sale",
    Trait.ON_SALE: "offered while it is true",
    Trait.FREE: "nothing is paid while it is true",
}


def render(providers: Iterable[Provider], width: int, style: Style) -> Iterator[str]:
    """Write what each provider can do."""
    for provider in providers:
        limits = provider.limits
        rate = "no known rate" if limits.requests_per_minute is None else f"{limits.requests_per_minute} requests a minute"
        yield from paragraph([(provider.name, Tone.STRONG), plain(f"  {provider.service}")], width, style)
        usual = f"{limits.concurrency} calls at once, {rate}, {limits.timeout:g} s a call, unless the account says otherwise"
        yield from paragraph([(usual, Tone.FAINT)], width, style, margin=2)
        for kind in provider.types.values():
            yield from paragraph([(kind.name, Tone.STRONG), plain(f"  {_found(kind)}")], width, style, margin=2)
            names = {name: attribute_name(kind, name) for name in kind.attributes}
            longest = max(map(cells, names.values()))
            for attribute in kind.attributes.values():
                text = ", ".join([_form(attribute), *(_WORDS[trait] for trait in Trait if trait in attribute.traits)])
                named = f"{pad(names[attribute.name], longest)}  "
                yield from paragraph([plain(f"{named}{text}")], width, style, margin=4, hanging=min(longest + 2, width // 2))
        yield ""


def _found(type_: ResourceType) -> str:
    """Return how one is found, and what it is part of."""
    if type_.singleton is not None:
        return f"of each {type_.owner}, from its beginning"
    part = f"part of a {type_.owner}, " if type_.owner else ""
    return part + (f"found by its {type_.key}" if type_.key else "found by its id")


def _form(attribute: Attribute) -> str:
    match attribute.shape:
        case Shape.ONE:
            return attribute.kind.value
        case Shape.LIST:
            return f"list of {attribute.kind.value}"
        case Shape.SET:
            return f"unordered list of {attribute.kind.value}"
        case Shape.MAP:
            return f"{attribute.kind.value} by name"
