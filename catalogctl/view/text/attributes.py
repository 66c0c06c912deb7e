"""Attributes in aligned lines: what they are (of a create, a delete, in state), and what changes in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, groupby

from catalogctl.model.asset import Asset
from catalogctl.model.quantity import counted, size_text
from catalogctl.model.resource import Attribute, Kind, ResourceType, Shape
from catalogctl.model.value import Attributes, Reference, Scalar, Value, has_reference
from catalogctl.planning.attribute_words import as_written, attribute_name, changes_as_written, json_entries, shown_attributes
from catalogctl.planning.change import ABSENT, AttributeChange, Missing
from catalogctl.view.diff.json_text import json_change, json_summary
from catalogctl.view.diff.long_text import beginning, long_text_change
from catalogctl.view.paint.escape import has_right_to_left, looks_alike, revealed
from catalogctl.view.paint.layout import cells, indent, pad, pad_left, plain, wrap
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.paint.values import align_amounts, is_long, is_nothing, item_text, mapping_of, percent_text, scalar_text, sequence_of

_NAME_WIDTH = 21
"""Cells for the names of attributes, unless one of the block is shorter than all that; a longer name has a line of its own."""
_NARROW = 60
"""On lines shorter than this every name has one of its own."""
_ITEMS_ON_LINES = 6
"""Up to so many items of a list have a line each; more of them flow, separated by commas."""
_ENTRIES_IN_BRIEF = 6
_RECORDS = 12
"""Up to so many entries of a JSON document have a line each."""
_LIST_WITH_PLACES = 12
"""In an ordered list of up to so many items the place of an added one is reported."""
Lines = Iterator[list[Piece]]


# -- what attributes are -------------------------------------------------------------------------------------------------


def attribute_lines(
    attributes: Attributes, type_: ResourceType, width: int, margin: int, style: Style, *, long_lines: int
) -> Iterator[str]:
    """Show attributes with their values, in the order of their type, each beside its name.

    Shapes:  long texts take `long_lines` lines; every line begins with `margin` spaces and is at most `width` cells wide. What it is part
             of is left out: its address says that.
    """
    told = list(_told(attributes, type_))
    column = _column([name for name, _, _ in told], width)
    room = _room(width, margin, column)
    for name, attribute, value in told:
        yield from _beside(name, _value_lines(value, attribute, room, style, long_lines), column, margin, width, style)


def brief(attributes: Attributes, type_: ResourceType, style: Style) -> list[str]:
    """Say in a line each what attributes hold; of mappings the first entries."""
    return [f"{style.safe(name)} {_in_brief(value, attribute, style)}" for name, attribute, value in _told(attributes, type_)]


def _told(attributes: Attributes, type_: ResourceType) -> Iterator[tuple[str, Attribute, Value]]:
    """List the attributes that hold something, as people call and write them; what it is part of is left out."""
    for name, declared in shown_attributes(type_):
        attribute, value = as_written(declared, attributes.get(name))
        if not is_nothing(value):
            yield attribute_name(type_, name), attribute, value


def _in_brief(value: Value, attribute: Attribute, style: Style) -> str:
    if isinstance(value, Asset) and value.size:
        return f"{style.safe(value.name)} ({size_text(value.size)})"
    if isinstance(value, Mapping):
        shown = [f"{style.safe(name)} {scalar_text(value[name], style)}" for name in sorted(value)[:_ENTRIES_IN_BRIEF]]
        rest = [f"{len(value) - _ENTRIES_IN_BRIEF:,} more"] if len(value) > _ENTRIES_IN_BRIEF else []
        return ", ".join([*shown, *rest])
    if attribute.kind is Kind.JSON and isinstance(value, str):
        return _record(value, style)
    if isinstance(value, tuple):
        one = _record if attribute.kind is Kind.JSON else item_text
        return ", ".join(one(item, style) for item in value if item is not None)
    return _one(value, style)


def _value_lines(value: Value, attribute: Attribute, room: int, style: Style, long_lines: int) -> Lines:
    if isinstance(value, str) and is_long(attribute):
        return _long_value(value, room, style, long_lines)
    if isinstance(value, str) and attribute.kind is Kind.JSON:
        return _records(value, room, style) or wrap([plain(json_summary(value, style))], room)
    if isinstance(value, tuple) and attribute.kind is Kind.JSON:
        return chain.from_iterable(wrap([plain(_record(item, style))], room) for item in value)
    if isinstance(value, tuple):
        return _flowing(value, room, style, Tone.PLAIN)
    if isinstance(value, Mapping):
        return _grid(value, room, style)
    return wrap([plain(scalar_text(value, style))], room)


def _record(item: Scalar, style: Style) -> str:
    """Show one JSON document of a list in words."""
    entries = json_entries(item) if isinstance(item, str) else None
    return style.safe("; ".join(entries)) if entries else item_text(item, style)


def _records(text: str, room: int, style: Style) -> Lines | None:
    """Show a short JSON document as a line for each entry; `None` for a long one, and for what has no entries."""
    entries = json_entries(text)
    if not entries or len(entries) > _RECORDS:
        return None
    return chain.from_iterable(wrap([plain(style.safe(entry))], room) for entry in entries)


def _long_value(value: str, room: int, style: Style, lines: int) -> Lines:
    shown = beginning(value, room, lines, style)
    for line in shown:
        yield [plain(line)]
    if shown and shown[-1].endswith(style.ellipsis):
        yield [(f"({counted(len(value), 'character')})", Tone.FAINT)]


def _flowing(
    items: Iterable[Scalar], room: int, style: Style, tone: Tone, *, first: Sequence[Piece] = (), rest: Sequence[Piece] = ()
) -> Lines:
    shown = [item_text(item, style) for item in items if item is not None]
    pieces = [(f"{text}, " if number < len(shown) else text, tone) for number, text in enumerate(shown, 1)]
    return wrap(pieces, room, first=first, rest=rest)


def _grid(entries: Mapping[str, Scalar], room: int, style: Style) -> Lines:
    """Lay entries out in as many columns as fit, amounts aligned at their decimal points."""
    names = sorted(entries)
    values = _aligned([entries[name] for name in names], style)
    keys = [style.safe(name) for name in names]
    key_width = max(map(cells, keys))
    shown = [f"{pad(key, key_width)}  {value}" for key, value in zip(keys, values, strict=True)]
    each = max(map(cells, shown)) + 4
    columns = max(1, (room + 4) // each)
    for start in range(0, len(shown), columns):
        row = shown[start : start + columns]
        yield from wrap([plain("".join(pad(text, each) for text in row).rstrip())], room)


def _aligned(values: Sequence[Scalar | Missing], style: Style) -> list[str]:
    amounts = iter(align_amounts([value for value in values if isinstance(value, Decimal)]))
    texts = [next(amounts) if isinstance(value, Decimal) else scalar_text(value, style) for value in values]
    width = max(map(cells, texts))
    return [pad_left(text, width) if any(isinstance(value, Decimal) for value in values) else pad(text, width) for text in texts]


# -- what changes in attributes ------------------------------------------------------------------------------------------


def change_lines(changes: Sequence[AttributeChange], type_: ResourceType, width: int, margin: int, style: Style) -> Iterator[str]:
    """Show changes of attributes, those of one attribute together, `before → after` below each other where both are short."""
    changes = changes_as_written(changes)
    blocks = _blocks(changes, type_)
    column = _column([name for name, _ in blocks], width)
    room = _room(width, margin, column)
    beside = _before_width(changes, room, style)
    for name, block in blocks:
        yield from _beside(name, _change_body(block, room, beside, style), column, margin, width, style)


def change_blocks(changes: Sequence[AttributeChange], type_: ResourceType, room: int, style: Style) -> Iterator[tuple[str, Lines]]:
    """Tell changes of attributes by name, in the order of their type: the lines that `change_lines` sets beside each name."""
    for name, block in _blocks(changes_as_written(changes), type_):
        yield name, _change_body(block, room, 0, style)


def _blocks(changes: Sequence[AttributeChange], type_: ResourceType) -> list[tuple[str, list[AttributeChange]]]:
    order = {name: number for number, name in enumerate(type_.attributes)}
    ordered = sorted(changes, key=lambda change: order.get(str(change.path[0]), len(order)))
    return [(attribute_name(type_, name), list(group)) for name, group in groupby(ordered, key=lambda change: str(change.path[0]))]


def _change_body(block: Sequence[AttributeChange], room: int, beside: int, style: Style) -> Lines:
    [first, *_] = block
    attribute, before, after = first.attribute, first.before, first.after
    if len(first.path) > 1:
        return _entries_change(block, room, style)
    if attribute.shape is Shape.MAP and (isinstance(before, Mapping) or isinstance(after, Mapping)):
        return _entries_change(_by_entry(first), room, style)
    if attribute.shape in {Shape.LIST, Shape.SET} and (isinstance(before, tuple) or isinstance(after, tuple)):
        return _items_change(first, room, style)
    if isinstance(before, str) and isinstance(after, str):
        if attribute.kind is Kind.JSON:
            return json_change(before, after, room, style) or long_text_change(before, after, room, style)
        if is_long(attribute):
            return long_text_change(_as_compared(attribute, before), _as_compared(attribute, after), room, style)
    if is_long(attribute) or attribute.kind is Kind.JSON:
        return _long_appears(first, room, style)
    return _scalar_change(first, room, beside, style)


def _texts(change: AttributeChange, style: Style) -> tuple[str, str]:
    before, after = change.before, change.after
    if isinstance(before, str) and isinstance(after, str) and looks_alike(before, after):
        return f'"{revealed(before)}"', f'"{revealed(after)}"'
    return _one(before, style), _one(after, style)


def _one(value: Value | Missing, style: Style) -> str:
    if isinstance(value, tuple | Mapping):
        return counted(len(value), "item") if value else "(no items)"
    return scalar_text(value, style)


def _is_short(change: AttributeChange) -> bool:
    attribute = change.attribute
    return len(change.path) == 1 and attribute.shape is Shape.ONE and not is_long(attribute) and attribute.kind is not Kind.JSON


def _before_width(changes: Sequence[AttributeChange], room: int, style: Style) -> int:
    """Find how wide the `before` column is: as wide as can be with every `after` that is in it still on its line."""
    short = [(change, *_texts(change, style)) for change in changes if _is_short(change)]
    rows = ((cells(before), _tail_width(change, after, style)) for change, before, after in short)
    fitting = sorted(row for row in rows if sum(row) <= room)
    for count in range(len(fitting), 0, -1):
        width = fitting[count - 1][0]
        if all(width + tail <= room for _, tail in fitting[:count]):
            return width
    return 0


def _tail_width(change: AttributeChange, after: str, style: Style) -> int:
    more = percent_text(change.before, change.after)
    return cells(f" {style.arrow} {after}") + (cells(more) + 2 if more else 0)


def _scalar_change(change: AttributeChange, room: int, beside: int, style: Style) -> Lines:
    before, after = _texts(change, style)
    more = percent_text(change.before, change.after)
    tail: list[Piece] = [(f"  {more}", Tone.FAINT)] if more else []
    if cells(before) + _tail_width(change, after, style) <= room and not has_right_to_left(before + after):
        left = _toned(pad(before, beside), change.before, Tone.REMOVED)
        yield [*left, (f" {style.arrow} ", Tone.FAINT), *_toned(after, change.after, Tone.ADDED), *tail]
        return
    if isinstance(change.before, str) and isinstance(change.after, str) and max(cells(before), cells(after)) + 2 > room:
        yield from long_text_change(change.before, change.after, room, style)
        return
    under = [plain("  ")]
    yield from wrap(_toned(before, change.before, Tone.REMOVED), room, first=[("- ", Tone.REMOVED)], rest=under)
    yield from wrap([*_toned(after, change.after, Tone.ADDED), *tail], room, first=[("+ ", Tone.ADDED)], rest=under)


def _as_compared(attribute: Attribute, text: str) -> str:
    """Show a text in the form in which it was compared: a line break that the store drops is no change to be shown."""
    normal = attribute.normal(text) if attribute.normal else text
    return normal if isinstance(normal, str) else text


def _toned(text: str, value: Value | Missing, tone: Tone) -> list[Piece]:
    return [(text, Tone.FAINT if isinstance(value, Missing) else tone)]


def _long_appears(change: AttributeChange, room: int, style: Style) -> Lines:
    for sign, value, tone in (("- ", change.before, Tone.REMOVED), ("+ ", change.after, Tone.ADDED)):
        if isinstance(value, str):
            body = _value_lines(value, change.attribute, room - 2, style, 2)
            for number, line in enumerate(body):
                yield [(sign if number == 0 else "  ", tone), *line]
        elif value is not ABSENT:
            yield [(sign, tone), (_one(value, style), Tone.FAINT)]


def _by_entry(change: AttributeChange) -> list[AttributeChange]:
    """Take a mapping that changes as a whole apart into its entries."""
    before, after = mapping_of(change.before), mapping_of(change.after)
    missing_before = change.before if isinstance(change.before, Missing) else ABSENT
    entries = [
        AttributeChange((*change.path, name), change.attribute, before.get(name, missing_before), after.get(name, ABSENT))
        for name in sorted({*before, *after})
        if name not in before or name not in after or before[name] != after[name]
    ]
    return entries or [change]


def _entries_change(block: Sequence[AttributeChange], room: int, style: Style) -> Lines:
    """One entry of a mapping a line; amounts right-aligned, with the change in percent."""
    names = [style.safe(str(change.path[-1])) if len(change.path) > 1 else "" for change in block]
    befores = _aligned([_scalar(change.before) for change in block], style)
    afters = _aligned([_scalar(change.after) for change in block], style)
    key_width = max(map(cells, names))
    for change, name, before, after in zip(block, names, befores, afters, strict=True):
        sign, tone = _entry_sign(change)
        more = percent_text(change.before, change.after)
        fits = cells(f"{sign} {before} {style.arrow} {after}  {more}") + key_width + 2 <= room
        if not fits or has_right_to_left(before + after):
            yield from wrap([(f"{sign} {name}", tone)], room)
            yield from _scalar_change(replace(change, before=_scalar(change.before), after=_scalar(change.after)), room, 0, style)
            continue
        yield [
            (f"{sign} {pad(name, key_width)}  ", tone),
            *_toned(before, change.before, Tone.REMOVED),
            (f" {style.arrow} ", Tone.FAINT),
            *_toned(after, change.after, Tone.ADDED),
            (f"  {more}", Tone.FAINT),
        ]


def _scalar(value: Value | Missing) -> Scalar | Missing:
    return None if isinstance(value, tuple | Mapping) else value


def _entry_sign(change: AttributeChange) -> tuple[str, Tone]:
    if change.before is ABSENT:
        return "+", Tone.ADDED
    return ("-", Tone.REMOVED) if change.after is ABSENT else ("~", Tone.UPDATE)


def _items_change(change: AttributeChange, room: int, style: Style) -> Lines:
    """The items that go and come, a count of those that stay, and the order where that is what changes."""
    before, after = sequence_of(change.before), sequence_of(change.after)
    if isinstance(change.before, Missing) and change.before is not ABSENT:
        lead: Piece = (f"{scalar_text(change.before, style)} {style.arrow} ", Tone.FAINT)
        if after:
            yield from _flowing(after, room, style, Tone.ADDED, first=[lead], rest=[plain("  ")])
        else:
            yield [lead, ("(no items)", Tone.FAINT)]
        return
    removed, added = _left_over(before, after), _left_over(after, before)
    if has_reference(*added):
        # Ids that no one knows by sight, of the very objects whose new ids come in their place.
        removed = [item for item in removed if isinstance(item, Reference)]
    spelled = bool(removed and added) and looks_alike("\n".join(map(str, removed)), "\n".join(map(str, added)))
    places = {}
    if change.attribute.shape is Shape.LIST and len(after) <= _LIST_WITH_PLACES and before:
        places = {item: f"  (now {number} of {len(after)})" for number, item in enumerate(after, 1)}
    for sign, differing, tone in (("- ", removed, Tone.REMOVED), ("+ ", added, Tone.ADDED)):
        items = [item for item in differing if item is not None]
        shown = [revealed(item) if spelled and isinstance(item, str) else item for item in items]
        if len(items) > _ITEMS_ON_LINES:
            yield from _flowing(shown, room, style, tone, first=[(sign, tone)], rest=[plain("  ")])
            continue
        for item, seen in zip(items, shown, strict=True):
            pieces: list[Piece] = [(item_text(seen, style), tone)]
            if tone is Tone.ADDED and item in places and len(after) > 1:
                pieces.append((places[item], Tone.FAINT))
            yield from wrap(pieces, room, first=[(sign, tone)], rest=[plain("  ")])
    if not after:
        yield [("all of them; none is left" if before else "(no items)", Tone.FAINT)]
        return
    kept = len(after) - len(added)
    stayed_before, stayed_after = _without(before, removed), _without(after, added)
    if change.attribute.shape is Shape.LIST and stayed_before != stayed_after:
        yield from _flowing(after, room, style, Tone.ADDED, first=[("order becomes: ", Tone.FAINT)], rest=[plain("  ")])
    elif kept:
        yield [(f"{counted(kept, 'other')} unchanged", Tone.FAINT)]


def _left_over(items: Sequence[Scalar], others: Sequence[Scalar]) -> list[Scalar]:
    """Return the items that are not, or not as often, among the others."""
    there = Counter(others)
    left: list[Scalar] = []
    for item in items:
        if there[item]:
            there[item] -= 1
        else:
            left.append(item)
    return left


def _without(items: Sequence[Scalar], gone: Sequence[Scalar]) -> list[Scalar]:
    going = Counter(gone)
    kept: list[Scalar] = []
    for item in items:
        if going[item]:
            going[item] -= 1
        else:
            kept.append(item)
    return kept


# -- names and columns ---------------------------------------------------------------------------------------------------


def _column(names: Sequence[str], width: int) -> int:
    return min(_NAME_WIDTH if width >= _NARROW else 0, max(map(cells, names), default=0))


def _room(width: int, margin: int, column: int) -> int:
    return max(16, width - margin - column - 2)


def _beside(name: str, body: Lines, column: int, margin: int, width: int, style: Style) -> Iterator[str]:
    """Set a block of lines beside its name."""
    shown = style.safe(name)
    head: list[Piece] = [*indent(margin), (pad(shown, column), Tone.PLAIN), plain("  ")]
    if cells(shown) > column:
        for line in wrap([plain(shown)], width, first=indent(margin), rest=indent(margin + 2)):
            yield style.paint(line)
        head = indent(margin + column + 2)
    for pieces in body:
        for line in wrap(pieces, width, first=head, rest=indent(margin + column + 4)):
            yield style.paint(line)
        head = indent(margin + column + 2)
