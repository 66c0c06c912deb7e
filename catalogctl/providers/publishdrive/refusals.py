"""How PublishDrive's answers are read when they refuse: three shapes of them, one of which hides what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from catalogctl.provider.answer import Answer

_FAILED_VALIDATION = "Response message failed validation"
_EXTERNAL_ID = "bookExternalId"
"""The parameter of the look-up by external id; a field of that name is in no body."""
_HIDDEN_STATUS = re.compile(r"\b([1-5][0-9]{2})\]?\W*$")


def problem(answer: Answer) -> Mapping[str, object]:
    """Return the object in an answer; empty where its body is something else, or is empty, as that of 401 and 403 is."""
    try:
        whole = answer.json()
    except ValueError:
        return {}
    return whole if isinstance(whole, Mapping) else {}


def faults(answer: Answer) -> Iterator[tuple[str, str]]:
    """List what a refusal says is wrong: a field, a place such as `0.role` or a parameter, and why."""
    listed = problem(answer).get("invalidParams")
    for fault in listed if isinstance(listed, list) else []:
        if isinstance(fault, Mapping):
            yield str(fault.get("name", "")), str(fault.get("reason", ""))


def status(answer: Answer) -> int:
    """Return the status that an answer stands for.

    A 400 that complains of the service's own response names at the end of its words the status that this response had. A 422
    about the external id that was asked for says, as 404 does, that no book has it.
    """
    if answer.status == 422 and any(name == _EXTERNAL_ID for name, _ in faults(answer)):
        return 404
    if answer.status != 400:
        return answer.status
    told = problem(answer)
    if not str(told.get("title", "")).startswith(_FAILED_VALIDATION):
        return 400
    hidden = _HIDDEN_STATUS.search(str(told.get("detail", "")))
    return int(hidden[1]) if hidden else 400


def explain(answer: Answer) -> str:
    """Put into words what the store says in an answer that refuses."""
    told = problem(answer)
    parts = [str(told[name]).strip() for name in ("title", "detail", "message") if isinstance(told.get(name), str) and told[name]]
    parts += [f"{name}: {reason}" for name, reason in faults(answer)]
    return " ".join(part if part.endswith((".", "!", "?", "]")) else f"{part}." for part in parts)
