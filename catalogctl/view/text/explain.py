"""An edition or a code explained, for people: each value with the lines it comes from, and what each account makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from catalogctl.config.yaml_writer import with_role_words
from catalogctl.query.explained import ExplainedEdition, OnAccount, fields_at
from catalogctl.query.provenance import Statement, Traced
from catalogctl.view.paint.layout import cells, pad, paragraph, plain
from catalogctl.view.paint.style import Piece, Style, Tone
from catalogctl.view.words.codes import ExplainedCode

PlaceText = Callable[[Statement], str]
"""Tells `file:line` of where something is said."""

_MARGIN: Final = 2
_NAME: Final = 26
"""Cells that the column of names has at most."""
_SHOWN: Final = 240
"""Characters of a value that are shown where a whole edition is."""


def render_code(code: ExplainedCode, *, width: int, style: Style) -> Iterator[str]:
    """Write what a code means and what to do about it."""
    yield from paragraph([(code.code, Tone.STRONG), (f"  {code.section}", Tone.FAINT)], width, style)
    yield from paragraph([plain(style.safe(_sentence(code.meaning)))], width, style, margin=_MARGIN, hanging=0)
    lead = "What to do: "
    yield from paragraph([(lead, Tone.NOTE), plain(style.safe(_sentence(code.remedy)))], width, style, margin=_MARGIN, hanging=0)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', ':')) else '.'}" if text else ""


def render_edition(one: ExplainedEdition, field: tuple[str, ...], place: PlaceText, *, width: int, style: Style) -> Iterator[str]:
    """Write all of an edition, or one of its fields."""
    asked = ".".join(field)
    head: list[Piece] = [(style.safe(f"{one.title}.{one.edition}"), Tone.STRONG), (f"  {style.safe(asked or one.name)}", Tone.FAINT)]
    yield from paragraph(head, width, style)
    shown = fields_at(one.fields, field)
    if not field:
        shown = tuple(traced for traced in shown if traced.path[0] != "publish" or len(traced.path) == 2)
    yield from _values(shown, place, width, style, margin=_MARGIN, brief=not field)
    if field and not shown:
        yield from paragraph([plain("Not said anywhere.")], width, style, margin=_MARGIN)
    for account in one.accounts:
        yield ""
        yield from _account(one, account, field, place, width, style)
    if not one.accounts:
        yield ""
        yield from paragraph([plain("No account sells it.")], width, style, margin=_MARGIN)


def _values(shown: Sequence[Traced], place: PlaceText, width: int, style: Style, *, margin: int, brief: bool = False) -> Iterator[str]:
    """Write values, each with the line that says it and those that it is said over."""
    column = _column([str(traced) for traced in shown])
    for traced in shown:
        value = with_role_words(traced.said.value, traced.path[-1])
        yield from _row(str(traced), value_text(value, brief), column, width, style, margin=margin)
        yield from _where(f"from {place(traced.said)} ({traced.said.layer})", margin + column + 2, width, style)
        for over in traced.over:
            yield from _where(f"over {_short(over.value)} from {place(over)} ({over.layer})", margin + column + 2, width, style)


def _column(names: Sequence[str]) -> int:
    return min(_NAME, max(map(cells, names), default=0))


def _row(name: str, value: str, column: int, width: int, style: Style, *, margin: int = _MARGIN) -> Iterator[str]:
    pieces = [(f"{pad(style.safe(name), column)}  ", Tone.FAINT), plain(style.safe(value))]
    yield from paragraph(pieces, width, style, margin=margin, hanging=column + 2)


def _where(text: str, margin: int, width: int, style: Style) -> Iterator[str]:
    yield from paragraph([(style.safe(text), Tone.FAINT)], width, style, margin=margin)


def value_text(value: Any, brief: bool = False) -> str:
    """Write a canonical value in one line."""
    match value:
        case None:
            text = "(nothing)"
        case str():
            text = value
        case list() if all(isinstance(item, str) for item in value):
            text = ", ".join(value) or "(none)"
        case {} if not value:
            text = "{}"
        case _:
            text = _json(value)
    return f"{text[:_SHOWN]}… ({len(text) - _SHOWN:,} characters more)" if brief and len(text) > _SHOWN else text


def _json(value: Any) -> str:
    """Write JSON as one reads it, with blanks behind commas and colons."""
    match value:
        case dict():
            return f"{{{', '.join(f'{json.dumps(name, ensure_ascii=False)}: {_json(inner)}' for name, inner in value.items())}}}"
        case list():
            return f"[{', '.join(map(_json, value))}]"
        case Decimal():
            return format(value, "f")
        case _:
            return json.dumps(value, ensure_ascii=False)


def _short(value: Any) -> str:
    text = value_text(value)
    return text if len(text) <= 40 else f"{text[:39].rstrip()}…"


def _account(
    one: ExplainedEdition, account: OnAccount, field: tuple[str, ...], place: PlaceText, width: int, style: Style
) -> Iterator[str]:
    yield from paragraph([(style.safe(account.account), Tone.STRONG), (f"  {account.service}", Tone.FAINT)], width, style, margin=_MARGIN)
    yield from _values(account.settings, place, width, style, margin=2 * _MARGIN)
    if field and field[0] != "publish":
        own = fields_at(one.fields, ("publish", account.account, *field))
        yield from _values(own, place, width, style, margin=2 * _MARGIN)
    for made in account.requests:
        yield from paragraph([plain(style.safe(made.request))], width, style, margin=2 * _MARGIN)
        fields = made.fields
        column = _column(list(fields))
        for name, value in fields.items():
            yield from _row(name, value_text(value, not field), column, width, style, margin=3 * _MARGIN)
    if account.unsupported:
        text = f"Unsupported, not sent: {', '.join(dict.fromkeys(account.unsupported.values()))}."
        yield from paragraph([(style.safe(text), Tone.WARNING)], width, style, margin=2 * _MARGIN)
    elif not account.compiles:
        yield from paragraph([(style.safe("Nothing can be sent: it has a mistake."), Tone.ERROR)], width, style, margin=2 * _MARGIN)
    elif not account.requests:
        yield from paragraph([plain("Not part of any request.")], width, style, margin=2 * _MARGIN)
