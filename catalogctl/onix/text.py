"""The texts of a feed: what they say of their format, and what they are."""

from __future__ import annotations

import html
import re
from typing import Final

from lxml import etree

from catalogctl.model.diagnostics import Diagnostic, warning

_HTML: Final = frozenset({"02", "05"})
"""Codes of list 34 for HTML and for XHTML; in the texts of 2.1 too."""
_KNOWN: Final = "p|br|em|strong|b|i|u|ul|ol|li|dl|dt|dd|h[1-6]|blockquote|a|div|span|sub|sup|cite|table|tr|td|th|img|font|center|hr"
_TAG: Final = re.compile(rf"</?(?:{_KNOWN})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE)


def has_tags(text: str) -> bool:
    """Return whether a text has tags of HTML in it."""
    return _TAG.search(text) is not None


def text_problem(element: etree._Element) -> Diagnostic | None:
    """Return what is wrong with the format that a text says; the content is believed, not the attribute."""
    said = element.get("textformat")
    text = element.text or ""
    name = str(element.tag).rpartition("}")[2]
    if "&lt;" in text and has_tags(html.unescape(text)) and not has_tags(text):
        detail = f"The tags of <{name}> are escaped twice, so that readers would show `<p>` as text. It is read as escaped once."
        return warning("onix-text-format", "A text that is escaped twice", detail, "Escape it once, or put it into a CDATA section.")
    if len(element):
        if said is not None and said not in {"05", "03"}:
            detail = f"<{name}> has elements of XHTML in it and says textformat {said}. It is read as XHTML."
            return warning("onix-text-format", "A text in another format than it says", detail, 'Write\ntextformat="05"')
        return None
    if said == "05" and has_tags(text):
        detail = f"<{name}> says that it is XHTML, and its tags are escaped or in a CDATA section, which makes it HTML. It is read as that."
        return warning("onix-text-format", "A text in another format than it says", detail, 'Write\ntextformat="02"')
    if said not in _HTML and has_tags(text):
        told = "says no format, which means plain text" if said is None else f"says textformat {said}"
        detail = f"<{name}> {told}, and has tags of HTML in it. It is read as HTML."
        return warning("onix-text-format", "A text in another format than it says", detail, 'Write\ntextformat="02"')
    return None
