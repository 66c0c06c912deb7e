"""The record of a run: JSON lines that are only ever added to, and never believed when they are not what a run writes.

    {"begun": {…}}            first, and durable with all the changes before any request is sent
    {"change": {…}, …}        for each change of its plan, in the shape of `resource_changes` in plan JSON
    {"recovered": {…}}        a step of an earlier run whose end this one found out
    {"noted": true}           state has learned what it learns without any request
    {"call": {…}}             a request, once it is over
    {"step": {…}}             what became of a step
    {"ended": {…}}            last; a run that was cut off gets it from the next one

A line that was cut short at the end counts as never written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cache
from typing import Any

import orjson
from jsonschema_rs import Draft4Validator

from catalogctl.history.run import FORMAT, Begun, Ended, Fate, Fates, Heading, Run, RunCall, RunChange, RunOutcome, RunStep
from catalogctl.history.run_file_schema import line_schemas
from catalogctl.model.address import Address
from catalogctl.model.commit import Commit
from catalogctl.model.diagnostics import UPGRADE, CatalogError, Refusal, error
from catalogctl.model.resource import Recorded
from catalogctl.model.shape import MisshapenError, check, judge, misshapen, shown
from catalogctl.model.value import Attributes, canonical
from catalogctl.planning.action import Action
from catalogctl.planning.change import Change
from catalogctl.planning.json_values import Json
from catalogctl.planning.plan import Summary
from catalogctl.planning.planfile.decode import Kinds, Types, change_of, files_of, moment, revert_of
from catalogctl.planning.planfile.encode import Place, assets_document, change_document, revert_document


@cache
def _judges() -> Mapping[str, Draft4Validator]:
    return {kind: judge(schema) for kind, schema in line_schemas().items()}


def begun_line(begun: Begun) -> bytes:
    """Write how a run begins."""
    return _line({"begun": {"format_version": FORMAT, **begun_document(begun)}})


def begun_document(begun: Begun) -> Json:
    """Return what is known of a run before its first step, as plain JSON values."""
    reverts = None if begun.reverts is None else revert_document(begun.reverts)
    return {**asdict(begun), "started": begun.started.isoformat(), "reverts": reverts}


def change_line(change: Change, have: Recorded | None, operations: Iterable[str], place: Place) -> bytes:
    """Write what is to be done about an address: of an update only the attributes that differ, and what there was before.

    Shapes:  `have` is what state remembers of it; an object that is created again loses also what is declared no more.

    Raises:  TypeError for what must never be written: a Secret.
    """
    lost = have.attributes if change.action is Action.REPLACE and have is not None else {}
    kept = _shortened(replace(change, before={**lost, **(change.before or {})}) if lost else change)
    return _line({"change": change_document(kept, place), "operations": list(operations), "assets": assets_document([kept])})


def step_line(step: RunStep) -> bytes:
    """Write what became of a step."""
    return _line({"recovered" if step.recovered else "step": step_document(step)})


def settled_line(step: RunStep) -> bytes:
    """Write what became of a step of a run that was cut off, as the next one found out."""
    return _line({"step": step_document(step)})


def step_document(step: RunStep) -> Json:
    """Return a step as plain JSON values."""
    return {**asdict(step), "address": str(step.address), "fate": step.fate.value}


def call_line(call: RunCall) -> bytes:
    """Write a request."""
    return _line({"call": call_document(call)})


def call_document(call: RunCall) -> Json:
    """Return a request as plain JSON values."""
    return {**asdict(call), "address": None if call.address is None else str(call.address), "seconds": round(call.seconds, 4)}


def noted_line() -> bytes:
    """Write that state has learned what it learns without any request."""
    return _line({"noted": True})


def ended_line(ended: Ended) -> bytes:
    """Write how a run ended."""
    return _line({"ended": ended_document(ended)})


def ended_document(ended: Ended) -> Json:
    """Return the end of a run as plain JSON values."""
    return {**asdict(ended), "at": ended.at.isoformat(), "outcome": ended.outcome.value}


def document(run: Run, outcome: RunOutcome) -> Json:
    """Return a run as one JSON document, by its schema `run`; `outcome` is how it ended as far as that is known now."""
    begun = begun_document(run.begun)
    changes = [
        {**change_document(one.change, lambda _: None), "operations": list(one.operations), "fate": one.fate.value} for one in run.changes
    ]
    return {
        "format_version": FORMAT,
        "run": {name: value for name, value in begun.items() if name not in {"summary", "operations", "hold"}},
        "outcome": outcome.value,
        "ended": None if run.ended is None else ended_document(run.ended),
        "summary": begun["summary"],
        "resource_changes": changes,
        "steps": [_without(step_document(step), "recovered") for step in run.steps],
        "recovered": [_without(step_document(step), "recovered") for step in run.recovered],
        "calls": [call_document(call) for call in run.calls],
    }


def heading_document(heading: Heading, outcome: RunOutcome) -> Json:
    """Return a run without its changes and requests as one JSON document."""
    begun = begun_document(heading.begun)
    return {
        "run": {name: value for name, value in begun.items() if name not in {"summary", "operations", "hold"}},
        "outcome": outcome.value,
        "ended": None if heading.ended is None else ended_document(heading.ended),
        "summary": begun["summary"],
        "steps": {fate.value: heading.steps.get(fate, 0) for fate in Fate},
        "calls": heading.calls,
    }


def _without(document: Json, name: str) -> Json:
    return {key: value for key, value in document.items() if key != name}


def heading(data: bytes, name: str) -> Heading:
    """Read a run without its changes and requests: the cost is that of finding its lines.

    Raises:  CatalogError: stale (run-damaged, run-too-new).
    """
    with _believing(name):
        lines = _whole_lines(data)
        begun = _begun(_document(next(lines, b""), 1))
        steps: dict[str, Fate] = {}
        calls = 0
        ended: Ended | None = None
        for number, line in enumerate(lines, 2):
            if line.startswith(b'{"call"'):
                calls += 1
            elif line.startswith(b'{"step"'):
                stored = _document(line, number)["step"]
                steps[stored["operation"]] = Fate(stored["fate"])
            elif line.startswith(b'{"ended"'):
                ended = _ended(_document(line, number)["ended"])
        return Heading(begun, Counter(steps.values()), calls, ended)


def decode(data: bytes, name: str, types: Types) -> Run:
    """Read all of a run.

    Raises:  CatalogError: stale (run-damaged, run-too-new, plan-type-unknown).
    """
    with _believing(name):
        lines = list(_whole_lines(data))
        parts = [_document(line, number) for number, line in enumerate(lines, 1)]
        begun = _begun(parts[0] if parts else {})
        stored = [part for part in parts if "change" in part]
        kinds = Kinds.of([part["change"] for part in stored], types)
        steps = {step.operation: step for step in (_step(part["step"]) for part in parts if "step" in part)}
        ends = [_ended(part["ended"]) for part in parts if "ended" in part]
        fates = Fates(
            {operation: step.fate for operation, step in steps.items()},
            {step.address: step.fate for step in steps.values() if step.fate in {Fate.SETTLED, Fate.REFUSED}},
            noted=any("noted" in part for part in parts),
        )
        changes = [_change(part, kinds, fates) for part in stored]
        return Run(
            begun=begun,
            changes=tuple(changes),
            steps=tuple(steps.values()),
            calls=tuple(_call(part["call"]) for part in parts if "call" in part),
            recovered=tuple(_step(part["recovered"]) for part in parts if "recovered" in part),
            ended=ends[-1] if ends else None,
            digest=hashlib.sha256(b"\n".join(line for line in lines if line.startswith((b'{"assets"', b'{"begun"')))).hexdigest(),
        )


def steps_wanted(data: bytes, name: str) -> frozenset[str]:
    """List the steps that a record announces and tells no end of.

    Raises:  CatalogError: stale (run-damaged).
    """
    announced: set[str] = set()
    told: set[str] = set()
    with _believing(name):
        for number, line in enumerate(_whole_lines(data), 1):
            if line.startswith(b'{"assets"'):
                announced.update(_document(line, number)["operations"])
            elif line.startswith(b'{"step"'):
                told.add(_document(line, number)["step"]["operation"])
    return frozenset(announced - told)


def _shortened(change: Change) -> Change:
    """Leave out what a change does not touch, and what only a plan is judged by; of what changes by itself, keep what there was."""
    bare = replace(change, ignored=(), present=frozenset(), observed=_of_before(change))
    if change.action not in {Action.UPDATE, Action.ADOPT, Action.NO_OP}:
        return bare
    before, after = change.before or {}, change.after or {}
    # What is alike to the store need not be the same: it goes along with what is sent, and has to come back with it.
    names = change.changed | {name for name, value in after.items() if name in before and before[name] != value}
    return replace(bare, before=_only(change.before, names), after=_only(change.after, names))


def _of_before(change: Change) -> Attributes:
    along = change.type.moves_along
    return {name: value for name, value in change.observed.items() if name in along}


def _only(attributes: Attributes | None, names: frozenset[str]) -> Attributes | None:
    return None if attributes is None else {name: value for name, value in attributes.items() if name in names}


def _line(content: object) -> bytes:
    return canonical(content) + b"\n"


def _whole_lines(data: bytes) -> Iterator[bytes]:
    """Return the lines, but for a last one that was cut short."""
    *whole, _ = data.split(b"\n")
    return iter(whole)


def _document(line: bytes, number: int) -> dict[str, Any]:
    """Read a line, which is judged by the schema of its kind before anything in it is used; `number` counts from 1.

    Raises:  MisshapenError.
    """
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        raise misshapen(f"line {number} is not JSON: {problem}") from problem
    kind = next((kind for kind in _judges() if kind in content), None) if isinstance(content, dict) else None
    if kind is None:
        raise misshapen(f"line {number} is not one of a record")
    if kind == "begun" and _version(content) != FORMAT:
        return {"begun": content["begun"]}
    try:
        check(content, _judges()[kind])
    except MisshapenError as problem:
        raise misshapen(f"line {number}, {problem}") from problem
    return dict(content)


def _version(content: Mapping[str, Any]) -> object:
    begun = content["begun"]
    return begun.get("format_version") if isinstance(begun, dict) else FORMAT


@contextmanager
def _believing(name: str) -> Iterator[None]:
    """Turn what no run writes into a diagnostic."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as problem:
        detail = f"The record {name} is truncated or changed. Its content is not as catalogctl writes it: {str(problem)[:400]}."
        hint = "Put it back from a copy of the state's folder, if there is one. Only history and revert need it."
        raise CatalogError(error("run-damaged", "The record of a run is damaged", detail, hint), refusal=Refusal.STALE) from problem


def _begun(line: Json) -> Begun:
    stored = line["begun"]
    if stored["format_version"] != FORMAT:
        detail = f"This record has format version {shown(stored['format_version'])}; this catalogctl knows {FORMAT}."
        raise CatalogError(
            error("run-too-new", "A record of a newer catalogctl", detail, UPGRADE),
            refusal=Refusal.STALE,
        )
    rest = {name: value for name, value in stored.items() if name != "format_version"}
    return Begun(
        **{
            **rest,
            "started": moment(rest["started"]),
            "commit": None if rest["commit"] is None else Commit(**rest["commit"]),
            "reverts": None if rest["reverts"] is None else revert_of(rest["reverts"]),
            "summary": Summary(**rest["summary"]),
        }
    )


def _change(part: Mapping[str, Any], kinds: Kinds, fates: Fates) -> RunChange:
    change = change_of(part["change"], kinds, files_of(part["assets"]))
    operations = tuple(part["operations"])
    return RunChange(change, operations, fates.of(change.address, operations))


def _step(stored: Json) -> RunStep:
    return RunStep(**{**stored, "address": Address.parse(stored["address"]), "fate": Fate(stored["fate"])})


def _call(stored: Json) -> RunCall:
    return RunCall(**{**stored, "address": None if stored["address"] is None else Address.parse(stored["address"])})


def _ended(stored: Json) -> Ended:
    return Ended(**{**stored, "at": moment(stored["at"]), "outcome": RunOutcome(stored["outcome"])})
