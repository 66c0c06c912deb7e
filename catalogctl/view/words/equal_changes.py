"""What equal changes are, in a line: of how many editions, and what changes in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.quantity import counted
from catalogctl.model.resource import Kind, ResourceType
from catalogctl.model.value import Attributes, decimal_text
from catalogctl.planning.attribute_words import attribute_name, changes_as_written, edits, scalar_words
from catalogctl.planning.change import AttributeChange
from catalogctl.view.diff.equal_changes import EqualChanges
from catalogctl.view.paint.style import Style
from catalogctl.view.paint.values import is_long, percent_text

_TOLD: Final = 3
"""So many changes of attributes are reported in a headline; more of them are counted."""
_SEVERAL: Final = (tuple, Mapping)
_LONGEST: Final = 40
"""Characters of a value that is reported in a headline."""


def members_text(addresses: Iterable[Address], names: Mapping[str, str]) -> str:
    """Count what equal changes are about: `35 editions of 35 titles`, `3 editions of The Long Quay`, `70 objects of 35 editions`.

    Shapes:  `addresses` of one title, and in it of one edition, come one after the other. `names` are those of titles, by id. Foreign
             text as it is, not yet escaped.
    """
    objects = editions = titles = 0
    last: Address | None = None
    for address in addresses:
        new = last is None or address.title != last.title
        objects, titles = objects + 1, titles + new
        editions += new or (last is not None and address.edition != last.edition)
        last = address
    id_ = "" if last is None else last.title
    of = counted(titles, "title") if titles > 1 else names.get(id_) or id_
    if editions < objects:
        return f"{counted(objects, 'object')} of {counted(editions, 'edition')} of {of}"
    return f"{counted(editions, 'edition')} of {of}"


def short_changes(changes: Sequence[AttributeChange], type_: ResourceType, style: Style) -> tuple[str, bool]:
    """Tell changes of attributes in a headline: `USD 9.99 → 6.99, -30 %`, of what is longer the names of its attributes.

    Shapes:  foreign text as it is, not yet escaped; and whether all of them are reported with their values.
    """
    told: dict[str, bool] = {}
    for one in changes_as_written(changes):
        said = _short_change(one, type_, style)
        told.setdefault(said or attribute_name(type_, str(one.path[0])), bool(said))
    shown = list(told)[:_TOLD]
    more = [f"{len(told) - _TOLD:,} more"] if len(told) > _TOLD else []
    return "; ".join([*shown, *more]), all(told.values()) and not more


def _short_change(one: AttributeChange, type_: ResourceType, style: Style) -> str:
    attribute = one.attribute
    if attribute.kind is Kind.JSON or is_long(attribute) or isinstance(one.before, _SEVERAL) or isinstance(one.after, _SEVERAL):
        return ""
    before, after = scalar_words(one.before, style.ellipsis), scalar_words(one.after, style.ellipsis)
    if max(len(before), len(after)) > _LONGEST:
        return ""
    name = str(one.path[-1]) if len(one.path) > 1 else attribute_name(type_, attribute.name)
    percent = percent_text(one.before, one.after).replace(".0 %", " %")
    return f"{name} {before} {style.arrow} {after}{f', {percent}' if percent else ''}"


def parts_text(parts: Mapping[str, int]) -> str:
    """Count the parts that come or go with what they are part of: `2,000 files, 1,000 publications`; empty for none."""
    return ", ".join(counted(count, name) for name, count in sorted(parts.items()))


def member_name(address: Address) -> str:
    """Return what a member is called where account and type are known: `TITLE.EDITION`, and its key where it has one."""
    return f"{address.title}.{own_name(address)}"


def own_name(address: Address) -> str:
    """Return what a member is called among those of its title: `EDITION`, and its key where it has one."""
    return f"{address.edition}/{address.key}" if address.key else address.edition


def price_ranges(several: Iterable[Attributes]) -> list[str]:
    """Return from where to where the prices of each currency go: `USD 2.00 to 24.99`; the first of them, and how many more."""
    amounts: dict[str, tuple[Decimal, Decimal]] = {}
    for attributes in several:
        for value in attributes.values():
            for currency, amount in value.items() if isinstance(value, Mapping) else ():
                if isinstance(amount, Decimal):
                    least, most = amounts.get(currency, (amount, amount))
                    amounts[currency] = (min(least, amount), max(most, amount))
    told = [
        f"{currency} {decimal_text(least)}" + (f" to {decimal_text(most)}" if most > least else "")
        for currency, (least, most) in sorted(amounts.items())
    ]
    return [*told[:_TOLD], *([counted(len(told) - _TOLD, "more currency", "more currencies")] if len(told) > _TOLD else [])]


def headline(group: EqualChanges, names: Mapping[str, str], style: Style) -> tuple[str, bool]:
    """Tell a group in a line: `35 editions of 35 titles: USD 9.99 → 6.99, -30 %`.

    Shapes:  `names` are those of titles, by id. Foreign text as it is, not yet escaped; and whether the line holds all that changes.
    """
    told = members_text(group.addresses, names)
    if group.is_bulk:
        return told, True
    change = group.sample.change
    said, whole = short_changes(edits(change), change.type, style)
    return f"{told}: {said}" if said else told, whole
