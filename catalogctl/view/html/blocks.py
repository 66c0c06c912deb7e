"""What is said of one attribute: each kind of value has a block of its own form, which a template knows by its `form`."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import ClassVar, Final, TypeAlias

from catalogctl.model.asset import Asset
from catalogctl.model.picture import Picture, Preview, Previews
from catalogctl.model.quantity import size_text
from catalogctl.model.resource import Attribute, Kind, ResourceType, Shape, Trait
from catalogctl.model.value import Attributes, Reference, Scalar, Value, decimal_text, has_reference
from catalogctl.planning.attribute_words import as_written, changes_as_written, json_entries, shown_attributes
from catalogctl.planning.change import ABSENT, AttributeChange, Missing
from catalogctl.view.diff.json_text import json_place, json_steps
from catalogctl.view.diff.long_text import Stretch, stretches
from catalogctl.view.html.prose import as_read
from catalogctl.view.paint.escape import looks_alike, revealed
from catalogctl.view.paint.style import Style
from catalogctl.view.paint.values import asset_text, is_long, is_nothing, mapping_of, percent_text, scalar_text, sequence_of
from catalogctl.view.words import names

_STYLE: Final = Style()
_PATHS_SHOWN: Final = 60
"""Places of a JSON document that are listed."""
_ITEMS_SHOWN: Final = 200
"""Items of one list that are listed on each side."""


@dataclass(frozen=True, slots=True)
class One:
    """A single value, before and after; `None` on the side where there is none to speak of."""

    form: ClassVar[str] = "one"
    name: str
    before: str | None
    after: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What is paid in one currency."""

    currency: str
    currency_name: str
    before: str
    """Empty where there is no such price."""
    after: str
    percent: str
    direction: str
    """`up`, `down`, `new`, `gone`, `same`."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices, a currency each."""

    form: ClassVar[str] = "prices"
    name: str
    rows: tuple[PriceRow, ...]
    both_sides: bool
    """Whether there is something before and after; else only `after` is said."""


@dataclass(frozen=True, slots=True)
class Items:
    """Items that go and come; of a list that is only reported, all of them come."""

    form: ClassVar[str] = "items"
    name: str
    gone: tuple[str, ...]
    come: tuple[str, ...]
    kept: int
    changes: bool
    """Whether this is a change, so that what comes is marked."""
    ordered: tuple[str, ...] = ()
    """All items in their new order, where that is what changes."""
    more: int = 0
    """Items that are not listed."""
    places: bool = False
    """Whether the items are countries."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A long text, as it is read and as it is written."""

    form: ClassVar[str] = "prose"
    name: str
    read: tuple[Stretch, ...] | None
    """`None` where another text took its place."""
    written: tuple[Stretch, ...] | None
    before: str
    after: str
    markup: bool
    """Whether it is written otherwise than it is read."""


@dataclass(frozen=True, slots=True)
class FileSide:
    """One side of an attribute that holds a file."""

    name: str
    facts: tuple[str, ...] = ()
    image: str = ""
    """A data URL of a small picture; empty where there is none."""
    width: int = 0
    height: int = 0
    is_known: bool = False
    """Whether what it shows, or how long it runs, could be found out."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file, old and new."""

    form: ClassVar[str] = "files"
    name: str
    before: FileSide | None
    after: FileSide | None
    changes: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where a JSON document changes."""

    form: ClassVar[str] = "places"
    name: str
    rows: tuple[tuple[str, str, str], ...]
    """Path, what stood there and what shall; empty where there is nothing."""
    more: int


Block: TypeAlias = One | Prices | Items | Prose | FileChange | Places


class Album:
    """The pictures of one page: so many bytes of them and no more, so that the page can still be mailed."""

    def __init__(self, previews: Previews, limit: int) -> None:
        self._previews = previews
        self._left = limit
        self._shown: dict[str, str] = {}

    def preview(self, asset: Asset) -> Preview:
        """Return what there is to see and hear of a file."""
        return self._previews.get(asset.sha256, Preview())

    def image(self, asset: Asset, picture: Picture) -> str:
        """Return a picture as a data URL; empty when the page has as many as it may."""
        if asset.sha256 not in self._shown and len(picture.data) <= self._left:
            self._left -= len(picture.data)
            self._shown[asset.sha256] = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"
        return self._shown.get(asset.sha256, "")


# -- what attributes are ------------------------------------------------------------------------------------------------


def facts(attributes: Attributes, type_: ResourceType, album: Album) -> Iterator[Block]:
    """Tell the attributes of what will be created or is deleted, in the order of their type.

    Shapes:  what it is part of is left out: its address says that.
    """
    for name, declared in shown_attributes(type_):
        attribute, value = as_written(declared, attributes.get(name))
        if not is_nothing(value):
            yield _fact(names.label(type_.word(name)), attribute, value, album)


def _fact(title: str, attribute: Attribute, value: Value, album: Album) -> Block:
    match value:
        case Mapping() if attribute.kind is Kind.MONEY:
            rows = tuple(PriceRow(code, names.currency(code), "", _text(value[code]), "", "same") for code in sorted(value))
            return Prices(title, rows, both_sides=False)
        case Mapping():
            return Items(title, (), tuple(f"{key}: {_text(value[key])}" for key in sorted(value)), 0, changes=False)
        case tuple():
            said = _items(attribute, value)
            return Items(title, (), said[:_ITEMS_SHOWN], 0, changes=False, more=_beyond(said), places=_is_places(attribute))
        case Asset():
            return FileChange(title, None, _file(value, album), changes=False)
        case str() if is_long(attribute):
            return Prose(title, None, None, "", as_read(value), markup=False)
        case str() if attribute.kind is Kind.JSON:
            said = tuple(json_entries(value) or [value])
            return Items(title, (), said[:_ITEMS_SHOWN], 0, changes=False, more=_beyond(said))
        case _:
            return One(title, None, _text(value))


# -- what changes in them ------------------------------------------------------------------------------------------------


def differences(changes: Sequence[AttributeChange], type_: ResourceType, album: Album) -> Iterator[Block]:
    """Tell changes of attributes, in the order of their type; those of one attribute are one block."""
    order = {name: number for number, name in enumerate(type_.attributes)}
    ordered = sorted(changes_as_written(changes), key=lambda change: order.get(str(change.path[0]), len(order)))
    for name, group in groupby(ordered, key=lambda change: str(change.path[0])):
        yield _difference(names.label(type_.word(name)), list(group), album)


def _difference(title: str, group: Sequence[AttributeChange], album: Album) -> Block:
    [first, *_] = group
    attribute, before, after = first.attribute, first.before, first.after
    if len(first.path) > 1 or isinstance(before, Mapping) or isinstance(after, Mapping):
        return _entries(title, attribute, group)
    if attribute.shape in {Shape.LIST, Shape.SET} and (isinstance(before, tuple) or isinstance(after, tuple)):
        return _list(title, first)
    if isinstance(before, Asset) or isinstance(after, Asset):
        return _pair(title, before, after, album)
    if attribute.kind is Kind.JSON and isinstance(before, str) and isinstance(after, str):
        steps = json_steps(before, after)
        if steps:
            rows = tuple((json_place(path), old, new) for path, old, new in steps[:_PATHS_SHOWN])
            return Places(title, rows, max(0, len(steps) - _PATHS_SHOWN))
    if (is_long(attribute) or attribute.kind is Kind.JSON) and (isinstance(before, str) or isinstance(after, str)):
        return _prose(title, attribute, before, after)
    if isinstance(before, str) and isinstance(after, str) and looks_alike(before, after):
        return One(title, revealed(before), revealed(after), "They look the same; what differs is spelled out.")
    return One(title, _text(before), _text(after), percent_text(before, after))


def _prose(title: str, attribute: Attribute, before: Value | Missing, after: Value | Missing) -> Prose:
    old, new = (_compared(attribute, side) if isinstance(side, str) else "" for side in (before, after))
    old_read, new_read = as_read(old), as_read(new)
    markup = (old_read, new_read) != (old.strip(), new.strip())
    return Prose(title, stretches(old_read, new_read), stretches(old, new) if markup else None, old_read, new_read, markup)


def _compared(attribute: Attribute, text: str) -> str:
    """Show a text in the form in which it was compared: a line break that the store drops is no change to be shown."""
    normal = attribute.normal(text) if attribute.normal else text
    return normal if isinstance(normal, str) else text


def _entries(title: str, attribute: Attribute, group: Sequence[AttributeChange]) -> Block:
    pairs: list[tuple[str, Scalar | Missing, Scalar | Missing]] = []
    for change in group:
        if len(change.path) > 1:
            pairs.append((str(change.path[-1]), _scalar(change.before), _scalar(change.after)))
            continue
        before, after = mapping_of(change.before), mapping_of(change.after)
        untold = change.before if isinstance(change.before, Missing) else ABSENT
        pairs += [(name, before.get(name, untold), after.get(name, ABSENT)) for name in sorted({*before, *after})]
    if attribute.kind is Kind.MONEY:
        return Prices(title, tuple(_price(*pair) for pair in pairs), both_sides=True)
    rows = tuple((name, "" if old is ABSENT else _text(old), "" if new is ABSENT else _text(new)) for name, old, new in pairs)
    return Places(title, rows, 0)


def _price(code: str, before: Scalar | Missing, after: Scalar | Missing) -> PriceRow:
    direction = "same"
    if before is ABSENT:
        direction = "new"
    elif after is ABSENT:
        direction = "gone"
    elif isinstance(before, Decimal) and isinstance(after, Decimal):
        direction = "up" if after > before else "down" if after < before else "same"
    old, new = ("" if side is ABSENT else _text(side) for side in (before, after))
    return PriceRow(code, names.currency(code), old, new, percent_text(before, after), direction)


def _scalar(value: Value | Missing) -> Scalar | Missing:
    return None if isinstance(value, tuple | Mapping) else value


def _list(title: str, change: AttributeChange) -> Items:
    attribute = change.attribute
    before, after = (_items(attribute, sequence_of(side)) for side in (change.before, change.after))
    gone, come = _left_over(before, after), _left_over(after, before)
    stayed_before, stayed_after = _left_over(before, gone), _left_over(after, come)
    if has_reference(*sequence_of(change.after)):
        gone = ()  # ids that no one knows by sight, of the very objects whose new ids come in their place
    turned = attribute.shape is Shape.LIST and stayed_before != stayed_after
    return Items(
        title,
        gone[:_ITEMS_SHOWN],
        come[:_ITEMS_SHOWN],
        len(stayed_after),
        changes=True,
        ordered=after[:_ITEMS_SHOWN] if turned else (),
        more=_beyond(gone) + _beyond(come) + (_beyond(after) if turned else 0),
        places=_is_places(attribute),
    )


def _left_over(items: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Return the items that are not, or not as often, among the others."""
    there = Counter(others)
    left: list[str] = []
    for item in items:
        if there[item]:
            there[item] -= 1
        else:
            left.append(item)
    return tuple(left)


def _beyond(items: Sequence[str]) -> int:
    return max(0, len(items) - _ITEMS_SHOWN)


def _is_places(attribute: Attribute) -> bool:
    return Trait.TERRITORIES in attribute.traits


def _items(attribute: Attribute, items: Sequence[Scalar]) -> tuple[str, ...]:
    if _is_places(attribute):
        return tuple(names.country(str(item)) for item in items)
    return tuple(
        item.address.key if isinstance(item, Reference) and item.address.key else _text(item) for item in items if item is not None
    )


# -- single values -------------------------------------------------------------------------------------------------------


def _text(value: Value | Missing) -> str:
    """Write a value as people would; text stays as it is."""
    match value:
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case Decimal():
            whole, _, fraction = decimal_text(value).partition(".")
            return f"{int(whole):,}.{fraction}" if whole.lstrip("-").isdecimal() else decimal_text(value)
        case tuple() | Mapping():
            return ", ".join(map(str, value))
        case _:
            return scalar_text(value, _STYLE)


def _pair(title: str, before: Value | Missing, after: Value | Missing, album: Album) -> FileChange:
    """Tell a file and the one that takes its place; where the new one is seen or heard and the old one is not at hand, that it is not."""
    old, new = _side(before, album), _side(after, album)
    if isinstance(before, Asset) and old is not None and new is not None and before.sha256 and not old.is_known and new.is_known:
        old = replace(old, facts=(*old.facts, "no copy of it at hand"))
    return FileChange(title, old, new, changes=True)


def _side(value: Value | Missing, album: Album) -> FileSide | None:
    if isinstance(value, Asset):
        return _file(value, album)
    return None if value is ABSENT or value is None else FileSide(_text(value))


def _file(asset: Asset, album: Album) -> FileSide:
    preview = album.preview(asset)
    picture, seconds = preview.picture, preview.seconds
    told = (
        size_text(asset.size) if asset.size else "",
        "" if seconds is None else f"{names.clock(seconds)} running time",
        f"sha256 {asset.sha256[:12]}…" if asset.sha256 else "fetched by the store",
    )
    name = asset.location if asset.sha256 and asset.location else "as recorded" if asset.sha256 else asset_text(asset, _STYLE)
    image = "" if picture is None else album.image(asset, picture)
    sized = (0, 0) if picture is None else (picture.width, picture.height)
    return FileSide(name, tuple(part for part in told if part), image, *sized, is_known=picture is not None or seconds is not None)
