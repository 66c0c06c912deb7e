"""Edits and layouts of files that are written in any way: what they say is what is meant, and no comment is lost."""

from __future__ import annotations

import os
import re
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalogctl.config.syntax.source import Source, parse
from catalogctl.editing.layout import laid_out
from catalogctl.editing.patch import Wish, patch, same
from catalogctl.model.diagnostics import CatalogError, Severity
from properties.written import documents, written

EXAMPLES = int(os.environ.get("EDITING_EXAMPLES", "40"))


def said(text: str) -> Any:
    """Read a file of one document, which must be one without an error."""
    parsed = parse(Source("a.yaml", text.encode()))
    assume(not any(found.severity is Severity.ERROR for found in parsed.diagnostics))
    [value] = parsed.documents
    return value


def comments(text: str) -> list[str]:
    return re.findall(r"# (?:note|why|in)|#x|#!", text)


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_a_layout_keeps_values_and_comments_and_is_its_own_layout(data: st.DataObject) -> None:
    text = data.draw(documents.flatmap(written))
    before = said(text)
    once = laid_out(Source("a.yaml", text.encode()))
    assert same(said(once.decode()), before)
    assert sorted(comments(once.decode())) == sorted(comments(text))
    assert laid_out(Source("a.yaml", once)) == once
    assert not any(line != line.rstrip() for line in once.decode().split("\n") if "# " in line)


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_an_edit_writes_what_is_meant_and_keeps_the_comments_elsewhere(data: st.DataObject) -> None:
    text = data.draw(documents.flatmap(written))
    before = said(text)
    wanted = data.draw(documents)
    kept = {name: value for name, value in before.items() if name not in wanted or data.draw(st.booleans())}
    wanted = {**wanted, **kept}
    try:
        after = patch(Source("a.yaml", text.encode()), {0: Wish(wanted)}).decode()
    except CatalogError as refused:
        if refused.diagnostics[0].code != "edit-refused":
            raise
        return
    assert same(said(after), wanted)
    if all(name in wanted and same(wanted[name], value) for name, value in before.items()):
        assert sorted(comments(after)) == sorted(comments(text))


@settings(max_examples=EXAMPLES)
@given(documents.flatmap(written))
def test_an_edit_of_nothing_changes_no_byte(text: str) -> None:
    before = said(text)
    assert patch(Source("a.yaml", text.encode()), {0: Wish(before)}) == text.encode()
