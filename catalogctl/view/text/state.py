"""What state remembers, for people: the addresses, or one resource with all its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalogctl.model.address import Address
from catalogctl.model.quantity import counted
from catalogctl.model.resource import Kind, Recorded, Shape, Trait
from catalogctl.planning.attribute_words import by_name
from catalogctl.planning.blocks.state_edits import Amendment
from catalogctl.planning.change import AttributeChange
from catalogctl.state.backend import Kept
from catalogctl.view.paint.layout import pad, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.text.attributes import attribute_lines, change_lines

_MARGIN = 2
_LABEL_WIDTH = 18
_LONG_LINES = 6
_SHOWN = 20
"""Addresses that a summary lists before it only counts."""


def render_list(resources: Iterable[Recorded], style: Style) -> Iterator[str]:
    """Write the address of each resource, a line each and never broken: made to be selected, counted and piped."""
    for resource in sorted(resources, key=lambda resource: resource.address):
        yield style.safe(str(resource.address))


def render_history(kept: Iterable[Kept], present: int, width: int, style: Style) -> Iterator[str]:
    """Write the states that can be had back as a table, newest first; `present` is the serial of the one that counts, 0 for none."""
    rows = [(str(one.serial), f"{one.time:%Y-%m-%d %H:%M:%S} UTC", f"{one.size:,}", one.serial == present) for one in kept]
    widths = [max(len(text) for text in column) for column in zip(("serial", "", ""), *(row[:3] for row in rows), strict=True)]
    head = f"{'serial'.rjust(widths[0])}  {'written'.ljust(widths[1])}  {'bytes'.rjust(widths[2])}"
    yield from paragraph([(head.rstrip(), Tone.FAINT)], width, style)
    for serial, written, size, is_present in rows:
        line = f"{serial.rjust(widths[0])}  {written.ljust(widths[1])}  {size.rjust(widths[2])}"
        yield from paragraph([plain(line), ("  present" if is_present else "", Tone.STRONG)], width, style)


def render_moves(amendment: Amendment, width: int, style: Style) -> Iterator[str]:
    """Write where entries went: their new address, or the new address of their store."""
    for source, entry in amendment.entries.items():
        if entry is not None:
            line = [plain(style.safe(str(source))), (f" {style.arrow} ", Tone.FAINT), plain(style.safe(str(entry.address)))]
            yield from paragraph([plain(style.safe(str(source)))] if source == entry.address else line, width, style, margin=_MARGIN)


def render_forgotten(forgotten: Iterable[Recorded], width: int, style: Style) -> Iterator[str]:
    """Write what was forgotten, with the ids under which it stays in its store."""
    for have in forgotten:
        left = "no longer in the store: a replace deleted it" if have.half_replaced else f"stays in the store as {style.safe(have.id)}"
        pieces: list[Piece] = [plain(style.safe(str(have.address))), (f"  {left}", Tone.FAINT)]
        yield from paragraph(pieces, width, style, margin=_MARGIN)


def render_addresses(what: str, addresses: Sequence[Address], width: int, style: Style) -> Iterator[str]:
    """Write how many resources something is true of, and the first of them."""
    if addresses:
        yield from paragraph([plain(f"{counted(len(addresses), 'resource')} {what}")], width, style)
        for address in addresses[:_SHOWN]:
            yield from paragraph([plain(style.safe(str(address)))], width, style, margin=_MARGIN)
        if len(addresses) > _SHOWN:
            yield from paragraph([plain(f"and {len(addresses) - _SHOWN:,} more")], width, style, margin=_MARGIN)


def render_one(resource: Recorded, parts: Mapping[str, Address], *, width: int, style: Style) -> Iterator[str]:
    """Write what state remembers of one resource, and where the store last reported otherwise than was applied.

    Shapes:  `parts` has the addresses of what it depends on, by id.
    """
    yield from paragraph([(style.safe(str(resource.address)), Tone.STRONG)], width, style)
    account = f"{resource.address.account} ({resource.type.provider}, {resource.base_url})"
    about = [("id", resource.id), ("key", resource.key), ("account", account)]
    if resource.protect:
        about.append(("protected", "yes: no plan may delete or replace it"))
    if resource.half_replaced:
        about.append(("half replaced", "deleted by a replace and not created again; the next apply creates it with what it had"))
    about += [("depends on", str(address)) for address in resource.dependencies]
    for label, text in about:
        pieces: list[Piece] = [(f"{pad(label, _LABEL_WIDTH)}  ", Tone.FAINT), plain(style.safe(text))]
        yield from paragraph(pieces, width, style, margin=_MARGIN, hanging=_LABEL_WIDTH + 2)
    if resource.attributes:
        yield ""
        yield from paragraph([plain("As last applied")], width, style)
        yield from attribute_lines(by_name(resource.attributes, parts), resource.type, width, _MARGIN, style, long_lines=_LONG_LINES)
    differences = _differences(resource)
    if differences:
        yield ""
        yield from paragraph([plain(f"Different in the store at the last read, applied {style.arrow} told")], width, style)
        yield from change_lines(differences, resource.type, width, _MARGIN, style)


def _differences(resource: Recorded) -> list[AttributeChange]:
    found: list[AttributeChange] = []
    for name, attribute in resource.type.attributes.items():
        if name not in resource.attributes or name not in resource.observed:
            continue
        if attribute.kind is Kind.ASSET and Trait.NORMALISED in attribute.traits:
            continue  # the store tells a file by another digest, or keeps it in a form of its own
        applied, told = resource.attributes[name], resource.observed[name]
        if attribute.shape is Shape.MAP and isinstance(applied, Mapping) and isinstance(told, Mapping):
            # Only what is declared is managed: an entry that the store has beside ours is no one's difference.
            told = {key: value for key, value in told.items() if key in applied}
        if not attribute.same(applied, told):
            found.append(AttributeChange((name,), attribute, applied, told))
    return found
