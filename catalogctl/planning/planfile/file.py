"""Plan JSON and the saved plan: one file, shown and executed, and never believed when a byte of it is not as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import orjson
from jsonschema_rs import Draft4Validator

from catalogctl import __version__
from catalogctl.model import value
from catalogctl.model.diagnostics import CatalogError, Refusal, SourceRange, error
from catalogctl.model.shape import check, judge
from catalogctl.model.title import Origin
from catalogctl.model.value import bearable, canonical, canonical_lines, plainly
from catalogctl.planning.json_values import Json
from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile.decode import Types, origin, rebuild
from catalogctl.planning.planfile.encode import FORMAT, Place, deeds, document
from catalogctl.planning.planfile.schema import plan_schema
from catalogctl.planning.review.basis import again
from catalogctl.system.file import SizeLimit, largest_of

_IS_YAML = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s*(?:#[^\n]*|---[^\n]*|%[^\n]*)?\n)*[A-Za-z_-]+:(?:[ \r\n]|$)")
"""How a file of a catalog begins that someone gave for a plan."""
_BEGINNING = b'{\n  "assets": {'
"""Of what `encode` writes."""
PLAN_LIMIT = SizeLimit(256 * 1024**2, 2 * 1024**3, lambda beginning: beginning.startswith(_BEGINNING))
"""How large a saved plan may be: what does not begin as one is read for the message alone."""


def encode(plan: Plan, *, place: Place) -> bytes:
    """Write a plan as plan JSON; equal plans give equal bytes.

    Shapes:  as `planfile_document.document`, with `digest` over what the plan does and `checksum` over all the rest of the
             document's content. Assets are written by their identity; a local one that will be sent also by its path, under `assets`.
    Raises:  TypeError for what must never be written: a Secret.
             CatalogError (plan-too-large) for one that could not be read again.
    Source:  PRODUCT.md 4.
    """
    rest = document(plan, place, __version__)
    rest["digest"] = digest(plan)
    data = plainly(canonical_lines({**rest, "checksum": value.digest(rest)}))
    if len(data) > PLAN_LIMIT.own:
        detail = f"It would have {len(data):,} bytes; a file of more than {PLAN_LIMIT.own:,} is not read again. Nothing was written."
        hint = "Plan it in parts:\ncatalogctl plan --target 'ACCOUNT/*/*'"
        raise CatalogError(error("plan-too-large", "The plan is too large for one file", detail, hint))
    return data


def decode(data: bytes, types: Types) -> Plan:
    """Read a saved plan back: equal to the one that was written.

    Shapes:  an asset that is a URL comes back without its signature, and equal all the same; who sends it takes the URL from the
             files. `encode` with the places that `sources` gives writes the same bytes again.
    Raises:  CatalogError: stale (plan-damaged, plan-format-unknown, plan-type-unknown) for what cannot be believed.
    """
    stored = _document(data)
    ours = stored.get("catalogctl_version") == __version__
    try:
        check(stored, _judge())
        plan = rebuild(stored, types)
        again = document(plan, _sources(stored).get, stored["catalogctl_version"])
        again["digest"] = digest(plan)
    except CatalogError as problem:
        raise CatalogError(*problem.diagnostics, refusal=Refusal.STALE) from problem
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as problem:
        if not ours and isinstance(stored.get("catalogctl_version"), str):
            raise _unknown_format(f"catalogctl {stored['catalogctl_version']} wrote this plan; this is {__version__}.") from problem
        raise _damaged(f"It holds what no version of catalogctl writes: {str(problem)[:400]}.") from problem
    if canonical(again) != canonical({name: part for name, part in stored.items() if name != "checksum"}):
        raise _damaged("What it says it does is not what it would do.")
    return plan


@cache
def _judge() -> Draft4Validator:
    return judge(plan_schema())


def sources(data: bytes) -> Mapping[Origin, SourceRange]:
    """Tell where the resources of a saved plan stood in their files when it was made: file and line, no column.

    Raises:  CatalogError: stale (plan-damaged, plan-format-unknown).
    """
    return _sources(_document(data))


def digest(plan: Plan) -> str:
    """Return the digest of what a plan does, 64 hex digits: two plans with one digest make the same requests and leave the same state.

    It covers the accounts with their URLs and, of each change that is not a plain no-op, the address, actions, id, natural key,
    fingerprint, `after`, the names of what differs, dependencies, protection and whether it takes a book from sale; of a no-op that only
    takes note, also what it notes.
    It does not cover reads, estimate, drift, diagnostics, sources or reasons.
    """
    return value.digest(deeds(plan))


def _sources(stored: Json) -> dict[Origin, SourceRange]:
    found = [entry["source"] for entry in stored["resource_changes"] if entry["source"] is not None]
    return {origin(source): SourceRange(source["file"], source["line"], 1, 1, "") for source in found if source["line"] is not None}


def _document(data: bytes) -> Json:
    largest = largest_of(PLAN_LIMIT, data)
    if len(data) > largest:
        raise _damaged(f"It has more than {largest:,} bytes, which no plan has.")
    if not data or data.isspace():
        raise _damaged("It is empty.")
    if _IS_YAML.match(data):
        raise _no_plan("a file of the catalog or of the project")
    if not data.startswith(_BEGINNING) and not bearable(data):
        raise _damaged("It begins as no plan does.")
    try:
        stored = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise _damaged(f"It is not whole JSON: {problem}.") from problem
    if isinstance(stored, dict) and {"lineage", "serial"} <= stored.keys():
        raise _no_plan("the state file")
    if not isinstance(stored, dict) or not isinstance(stored.get("format_version"), str):
        raise _damaged("It is JSON, but no plan.")
    if stored["format_version"] != FORMAT:
        raise _unknown_format(f"The plan has format version {stored['format_version']!r}; this catalogctl knows {FORMAT}.")
    try:
        checksum = value.digest({name: part for name, part in stored.items() if name != "checksum"})
    except TypeError as problem:
        raise _damaged("It is nested more deeply than any plan is.") from problem
    if stored.get("checksum") != checksum:
        raise _damaged("Its content does not match its checksum: a byte was changed.")
    return stored


def _no_plan(what: str) -> CatalogError:
    detail = f"It is {what}, and no saved plan. Nothing was done."
    hint = "Save a plan, and apply that:\ncatalogctl plan --out plan.json\ncatalogctl apply plan.json"
    return CatalogError(error("not-a-plan", "Not a saved plan", detail, hint), refusal=Refusal.STALE)


def _unknown_format(detail: str) -> CatalogError:
    hint = "Apply it with the catalogctl that made it, or plan again."
    return CatalogError(
        error("plan-format-unknown", "A plan of another format", f"{detail} Nothing was done.", hint), refusal=Refusal.STALE
    )


def _damaged(detail: str) -> CatalogError:
    return CatalogError(
        error("plan-damaged", "The saved plan is damaged", f"{detail} Nothing was done.", again("plan")), refusal=Refusal.STALE
    )
