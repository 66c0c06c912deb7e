"""Elements of a message, made of what is declared: nothing is written for nothing, and the schema says the order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, TypeAlias

from lxml import etree

from catalogctl.onix.record import local_name
from catalogctl.onix.schemas import Release, child_order
from catalogctl.onix.text import has_tags

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML does not have."""

Made: TypeAlias = "etree._Element | None"  # noqa: SLF001 -- what lxml calls the type of an element
"""An element, or nothing where nothing is declared."""


class Composer:
    """Makes elements of one release, in its reference tags."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._space = f"{{{release.namespace}}}"

    def leaf(self, name: str, text: object, attributes: Mapping[str, str] | None = None) -> Made:
        """Return an element with a text; nothing for an empty one."""
        said = clean(str(text)) if text is not None else ""
        if not said:
            return None
        made = self._element(name, attributes)
        made.text = said
        return made

    def html(self, name: str, text: str) -> Made:
        """Return an element with a text that may be HTML, and say which it is."""
        return self.leaf(name, text, {"textformat": "02" if has_tags(text) else "06"})

    def flag(self, name: str) -> etree._Element:
        """Return an empty element, whose presence says something."""
        return self._element(name, None)

    def group(self, name: str, *parts: Made | Iterable[Made]) -> Made:
        """Return an element with others in it, in the order of the schema; nothing where there are none."""
        children = [one for part in parts for one in ([part] if part is None or etree.iselement(part) else part) if one is not None]
        if not children:
            return None
        order = _ranks(self.release, name)
        made = self._element(name, None)
        made.extend(sorted(children, key=lambda one: order.get(local_name(one), len(order))))
        return made

    def _element(self, name: str, attributes: Mapping[str, str] | None) -> etree._Element:
        return etree.Element(self._space + name, attributes or {}, nsmap={None: self.release.namespace})


def clean(text: str) -> str:
    """Return a text without the characters that XML does not have, and without blanks at its ends."""
    return _FORBIDDEN.sub("", text).strip()


@cache
def _ranks(release: Release, name: str) -> Mapping[str, int]:
    return {child: place for place, child in enumerate(child_order(release, name))}
