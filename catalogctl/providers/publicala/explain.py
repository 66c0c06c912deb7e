"""What the store says in an answer that refuses, in either of its APIs."""

from __future__ import annotations

from collections.abc import Mapping

from catalogctl.provider.answer import Answer


def explain(answer: Answer) -> str:
    """Put into words what the store says in an answer that refuses."""
    try:
        whole = answer.json()
    except ValueError:
        return ""
    if not isinstance(whole, Mapping):
        return ""
    inner = whole.get("data")
    said = {**inner, **whole} if isinstance(inner, Mapping) else whole
    errors = said.get("errors")
    parts = [str(said["message"])] if isinstance(said.get("message"), str) else []
    if isinstance(errors, Mapping):
        parts += [f"{name}: {' '.join(map(str, texts)) if isinstance(texts, list) else texts}" for name, texts in errors.items()]
    return " ".join(parts)
