"""Editions and codes explained, for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import orjson

from catalogctl.config.yaml_writer import with_role_words
from catalogctl.model.diagnostics import SourceRange
from catalogctl.query.explained import ExplainedEdition, OnAccount, fields_at
from catalogctl.query.provenance import Statement, Traced
from catalogctl.view.paint.escape import json_text
from catalogctl.view.words.codes import ExplainedCode

SourceOf = Callable[[Statement], SourceRange]
"""Finds the line on which something is said."""


def code_json(code: ExplainedCode) -> bytes:
    """Write what a code means as an object."""
    return _written({"code": code.code, "section": code.section, "meaning": code.meaning, "remedy": code.remedy})


def editions_json(editions: Iterable[ExplainedEdition], field: tuple[str, ...], source: SourceOf) -> bytes:
    """Write editions, or one field of each, as a list of objects."""
    return _written([_edition(one, field, source) for one in editions])


def _edition(one: ExplainedEdition, field: tuple[str, ...], source: SourceOf) -> dict[str, object]:
    return {
        "title": one.title,
        "edition": one.edition,
        "name": one.name,
        "fields": [_traced(traced, source) for traced in fields_at(one.fields, field)],
        "accounts": [_account(one, account, field, source) for account in one.accounts],
    }


def _traced(traced: Traced, source: SourceOf) -> dict[str, object]:
    name = traced.path[-1]
    return {"field": str(traced), **_said(traced.said, name, source), "over": [_said(one, name, source) for one in traced.over]}


def _said(said: Statement, name: str, source: SourceOf) -> dict[str, object]:
    place = source(said)
    return {
        "value": with_role_words(said.value, name),
        "layer": said.layer,
        "file": json_text(place.path),
        "line": place.line,
        "column": place.column,
    }


def _account(one: ExplainedEdition, account: OnAccount, field: tuple[str, ...], source: SourceOf) -> dict[str, object]:
    own = fields_at(one.fields, ("publish", account.account, *field)) if field and field[0] != "publish" else ()
    return {
        "account": account.account,
        "service": account.service,
        "settings": [_traced(traced, source) for traced in account.settings],
        "own": [_traced(traced, source) for traced in own],
        "requests": [{"request": made.request, "address": str(made.address), "fields": made.fields} for made in account.requests],
        "unsupported": account.unsupported,
        "compiles": account.compiles,
    }


def _written(value: Any) -> bytes:
    return orjson.dumps(value, default=_number, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError
