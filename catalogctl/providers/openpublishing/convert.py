"""Our attributes ↔ Open Publishing's JSON, exactly. Pure.

Source: the service's pages on authentication, products, product files and distribution, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from catalogctl.provider import strict
from catalogctl.provider.envelope import says_more
from catalogctl.providers.openpublishing import answers
from catalogctl.providers.openpublishing.answers import LONGEST_ID
from catalogctl.providers.openpublishing.assumptions import (
    ENABLED_PARAMETER,
    ERROR_WORDS,
    OTHER_ERRORS,
    TEMPORARY_ERRORS,
    TRUE_WORDS,
)

if TYPE_CHECKING:
    from catalogctl.provider.answer import Answer

_OK = 200
_BUSY = 503


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a product, as an answer shows it."""

    id: str
    type: str
    labels: tuple[str, ...]
    """Sorted."""
    name: str
    sha1: str
    """40 lower-case hex digits."""
    size: int
    """Bytes."""
    timestamp: int
    """Seconds since 1970."""
    validation: object
    """What the service has found in it; `None`: nothing, or nothing yet."""

    @property
    def age(self) -> tuple[int, int, str]:
        """What the files of a product are sorted by, from the oldest to the newest."""
        return (self.timestamp, int(self.id) if self.id.isdecimal() else 0, self.id)


def read_file(row: object, where: str = "") -> StoredFile:
    """Read one file; `where` is its place in the answer.

    Raises:  ValueError when it is not what the documents promise.
    """
    told = strict.read(answers.File, row, where)
    return StoredFile(
        id=told.id,
        type=told.type,
        labels=tuple(sorted(set(told.labels))),
        name=told.file_name,
        sha1=told.sha1.lower(),
        size=told.file_size,
        timestamp=told.timestamp,
        validation=told.validation,
    )


def read_product(row: object, where: str = "") -> answers.Product:
    """Read one product; `where` is its place in the answer.

    Raises:  as `read_file`.
    """
    return strict.read(answers.Product, row, where)


def read_list(answer: Answer) -> Sequence[object]:
    """Take a list out of its envelope, if it is in one.

    Raises:  ValueError when there is none, or when it says that it is not all.
    """
    whole = answer.json()
    if isinstance(whole, list):
        demand_whole({}, whole, answer)
        return whole
    if not isinstance(whole, Mapping) or not isinstance(whole.get("items"), list):
        message = "has no list"
        raise ValueError(message)  # noqa: TRY004 -- as in `read_file`
    items: list[object] = whole["items"]
    demand_whole({name: value for name, value in whole.items() if name != "items"}, items, answer)
    return items


def demand_whole(envelope: Mapping[str, object], items: Sequence[object], answer: Answer) -> None:
    """Make sure that nothing beside a list says that it is not all: how to ask for the rest is not documented.

    Raises:  ValueError.
    """
    field = says_more(envelope, len(items), answer.headers)
    if field is not None:
        message = f"shows {len(items)} of more objects, as its {field!r} says, and how to ask for the others is not documented"
        raise ValueError(message)


def read_enabled(answer: Answer) -> bool:
    """Read a switch.

    Raises:  ValueError when it is neither on nor off.
    """
    whole = answer.json()
    said = whole.get(ENABLED_PARAMETER) if isinstance(whole, Mapping) else None
    state = TRUE_WORDS.get(said.lower() if isinstance(said, str) else said) if isinstance(said, bool | int | str) else None
    if state is None:
        message = "does not say whether distribution is enabled"
        raise ValueError(message)
    return state


def product_filter(selector: str) -> dict[str, str]:
    """Return the parameters that look for a product which is not named by its id."""
    scheme, _, rest = selector.partition(":")
    if scheme == "ean":
        return {"ean": rest}
    type_, _, value = rest.partition(":")
    # Always both: a value alone only finds identifiers that have no type.
    return {"external_identifier_type": type_, "external_identifier_value": value}


def is_meant(row: answers.Product, selector: str) -> bool | None:
    """Return whether a product that was found is the one looked for; `None` where its row does not repeat what was asked for."""
    sought = product_filter(selector)
    if "ean" in sought:
        return None if row.ean is None else row.ean.replace("-", "") == sought["ean"]
    if not row.identifiers:
        return None
    wanted = (sought["external_identifier_type"], sought["external_identifier_value"])
    return any((one.type, one.value) == wanted for one in row.identifiers)


# ── what is said in an answer that refuses ──


def _error(answer: Answer) -> Mapping[str, object] | None:
    """Find the error in an answer, which may come with any status."""
    try:
        whole = answer.json()
    except ValueError:
        return None
    if not isinstance(whole, Mapping):
        return None
    done = whole.get("OK")
    failures = done.get("FAILURES") if isinstance(done, Mapping) else None
    holder = failures[0] if isinstance(failures, list) and failures else whole
    found = holder.get("ERROR") if isinstance(holder, Mapping) else None
    if found is None:
        return None
    return found if isinstance(found, Mapping) else {"ID": found}


def status(answer: Answer) -> int:
    """Return the status that an answer stands for: an error may come as 200."""
    if answer.status != _OK or (b'"ERROR"' not in answer.body):
        return answer.status
    error = _error(answer)
    if error is None:
        return answer.status
    said = str(error.get("ID") or "").lower()
    number = int(said) if said.isdecimal() and len(said) <= LONGEST_ID else 0
    if number in TEMPORARY_ERRORS:
        return _BUSY
    if 400 <= number < 500:
        return number
    return next((stands_for for word, stands_for in ERROR_WORDS if word in said), OTHER_ERRORS)


def explain(answer: Answer) -> str:
    """Put into words what the service says in an answer that refuses."""
    error = _error(answer)
    if error is None:
        try:
            whole = answer.json()
        except ValueError:
            return ""
        said = [whole.get(name) for name in ("message", "error")] if isinstance(whole, Mapping) else []
        return " ".join(one for one in said if isinstance(one, str))
    parts = [str(error[name]) for name in ("LOCALE_STR", "ID") if error.get(name)]
    parameters = error.get("PARAMETERS")
    if isinstance(parameters, Mapping) and parameters:
        parts.append(orjson.dumps(parameters, option=orjson.OPT_SORT_KEYS, default=str).decode())
    return " ".join(parts)
