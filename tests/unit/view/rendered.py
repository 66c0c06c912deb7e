"""Markdown as a host renders it: CommonMark with tables and HTML, and what a reader sees of it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2068\u2069"))
"""What our escape adds and no one sees."""
VOID = {"br", "hr", "img", "input"}


def html(markdown: str) -> str:
    return str(_MARKDOWN.render(markdown))


class Page(HTMLParser):
    """The text of a page, and its elements: which there are, and whether each is closed where it must be."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.comments: list[str] = []
        self.open: list[str] = []
        self.balanced = True
        self.feed(html(markdown))
        self.close()
        self.balanced = self.balanced and not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.balanced = False

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(text: str) -> str:
    """Give a text as a reader compares it: without what no one sees, whatever the width of its spaces."""
    return re.sub(r"\s+", " ", text.translate(INVISIBLE)).strip()
