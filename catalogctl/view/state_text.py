"""What state remembers, for people: the addresses, or one resource with all its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from catalogctl.model.resource import Recorded, Shape
from catalogctl.planning.change import AttributeChange
from catalogctl.view.attribute_text import attribute_lines, change_lines
from catalogctl.view.layout import pad, paragraph, plain
from catalogctl.view.style import Piece, Style, Tone

_MARGIN = 2
_LABEL_WIDTH = 18
_LONG_LINES = 6


def render_list(resources: Iterable[Recorded], style: Style) -> Iterator[str]:
    """Write the address of each resource, a line each and never broken: made to be selected, counted and piped."""
    for resource in sorted(resources, key=lambda resource: resource.address):
        yield style.safe(str(resource.address))


def render_one(resource: Recorded, *, width: int, style: Style) -> Iterator[str]:
    """Write what state remembers of one resource, and where the store last told otherwise than was applied."""
    yield from paragraph([(style.safe(str(resource.address)), Tone.STRONG)], width, style)
    account = f"{resource.address.account} ({resource.type.provider}, {resource.base_url})"
    about = [("id", resource.id), ("key", resource.key), ("account", account)]
    if resource.protect:
        about.append(("protected", "yes: no plan may delete or replace it"))
    about += [("depends on", str(address)) for address in resource.dependencies]
    for label, text in about:
        pieces: list[Piece] = [(f"{pad(label, _LABEL_WIDTH)}  ", Tone.FAINT), plain(style.safe(text))]
        yield from paragraph(pieces, width, style, margin=_MARGIN, hanging=_LABEL_WIDTH + 2)
    if resource.attributes:
        yield ""
        yield from paragraph([plain("As last applied")], width, style)
        yield from attribute_lines(resource.attributes, resource.type, width, _MARGIN, style, long_lines=_LONG_LINES)
    differences = _differences(resource)
    if differences:
        yield ""
        yield from paragraph([plain(f"Told otherwise by the store when it was last read, applied {style.arrow} told")], width, style)
        yield from change_lines(differences, resource.type, width, _MARGIN, style)


def _differences(resource: Recorded) -> list[AttributeChange]:
    found: list[AttributeChange] = []
    for name, attribute in resource.type.attributes.items():
        if name not in resource.attributes or name not in resource.observed:
            continue
        applied, told = resource.attributes[name], resource.observed[name]
        if attribute.shape is Shape.MAP and isinstance(applied, Mapping) and isinstance(told, Mapping):
            # Only what is declared is managed: an entry that the store has beside ours is nobody's difference.
            told = {key: value for key, value in told.items() if key in applied}
        if not attribute.same(applied, told):
            found.append(AttributeChange((name,), attribute, applied, told))
    return found
