"""The small language of conditions in workflows and templates, as far as ours use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<name>\$?[A-Za-z_][\w.-]*(?:\(\))?)|(?P<sign>\|\||&&|==|!=|!|\(|\)))""")


@dataclass
class Reader:
    """Evaluates one expression; what it names is looked up, and a name that no one knows is a mistake."""

    text: str
    look_up: Callable[[str], Any]

    def __post_init__(self) -> None:
        self._tokens = []
        at = 0
        text = self.text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            assert found, f"cannot read {text[at:]!r}"
            self._tokens.append((found.lastgroup, found[found.lastgroup or 0]))
            at = found.end()

    def value(self) -> Any:
        result = self._either()
        assert not self._tokens, f"{self.text!r} goes on: {self._tokens}"
        return result

    def _sign(self, *signs: str) -> str | None:
        if self._tokens and self._tokens[0][0] == "sign" and self._tokens[0][1] in signs:
            return self._tokens.pop(0)[1]
        return None

    def _either(self) -> Any:
        result = self._both()
        while self._sign("||"):
            other = self._both()
            result = result or other
        return result

    def _both(self) -> Any:
        result = self._compared()
        while self._sign("&&"):
            other = self._compared()
            result = result and other
        return result

    def _compared(self) -> Any:
        result = self._one()
        sign = self._sign("==", "!=")
        if sign is None:
            return result
        return (result == self._one()) is (sign == "==")

    def _one(self) -> Any:
        if self._sign("!"):
            return not self._one()
        if self._sign("("):
            result = self._either()
            assert self._sign(")")
            return result
        kind, token = self._tokens.pop(0)
        return token[1:-1] if kind == "text" else self.look_up(token)


def evaluated(text: str, look_up: Callable[[str], Any]) -> Any:
    """Give the value of an expression."""
    return Reader(text, look_up).value()


def filled(text: str, look_up: Callable[[str], Any]) -> str:
    """Put the values of the `${{ }}` in a text in their places."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(evaluated(found[1], look_up) or ""), text)


def within(context: Mapping[str, Any]) -> Callable[[str], Any]:
    """Look names up in nested mappings: `steps.plan.outputs.digest`. What a step has not put out is empty."""

    def look_up(name: str) -> Any:
        found: Any = context
        for part in name.split("."):
            assert isinstance(found, Mapping), f"{name} names nothing"
            if part not in found:
                assert name.startswith(("steps.", "secrets.", "vars.", "inputs.", "github.event.")), f"{name} names nothing"
                return ""
            found = found[part]
        return found() if callable(found) else found

    return look_up
