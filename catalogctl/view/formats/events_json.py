"""Events for programs: one JSON object a line, as they happen, in the shape of Terraform's machine-readable UI.

Source:  opentofu.org/docs/internals/machine-readable-ui, version "1.2". What Terraform has no word for has a type of its own, and stands
         beside what it has one for: a reader that knows Terraform's members alone finds them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, TypeAlias, assert_never

from catalogctl import __version__
from catalogctl.events import (
    ApplyFinished,
    ApplyStarted,
    AssetCutOff,
    AssetPublished,
    AssetRead,
    AssetSent,
    CallFinished,
    CallStarted,
    Event,
    LoadFinished,
    ObjectRefused,
    ObjectSettled,
    OperationFailed,
    OperationFinished,
    OperationProgressed,
    OperationSkipped,
    OperationStarted,
    OperationWithheld,
    PlanMade,
    Recovered,
    RefreshFinished,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, Severity
from catalogctl.model.value import canonical, plainly
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.plan import Plan
from catalogctl.planning.planfile.encode import reason_name
from catalogctl.view.formats.diagnostics_json import record
from catalogctl.view.paint.escape import json_text
from catalogctl.view.paint.hint import hint_text
from catalogctl.view.paint.style import PROGRAM, Style
from catalogctl.view.words.events import event_line

UI: Final = "1.2"
"""The version of Terraform's format."""

Json: TypeAlias = dict[str, Any]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warn", Severity.NOTE: "info"}
_REASONS = {
    Reason.REQUESTED: "requested",
    Reason.CANNOT_CHANGE_IN_PLACE: "cannot_update",
    Reason.NO_LONGER_DECLARED: "delete_because_no_resource_config",
}
_DOING = {"create": "Creating", "update": "Modifying", "delete": "Destroying"}
_DONE = {"create": "Creation", "update": "Modifications", "delete": "Destruction"}


class EventStream:
    """Writes what happens in one run, line by line; it knows of a step what was reported before it."""

    def __init__(self, write: Callable[[str], None], now: Callable[[], datetime], command: str = PROGRAM) -> None:
        """Begin a stream; its first line says who writes it. `command` is how the commands of hints begin."""
        self._write = write
        self._now = now
        self._command = command
        self._providers: dict[str, str] = {}
        self._reading: set[str] = set()
        self._done: Counter[Address] = Counter()
        self._plan: Plan | None = None
        self._told: set[Diagnostic] = set()
        self._put("info", f"catalogctl {__version__}", "version", {"catalogctl": __version__, "ui": UI})

    def __call__(self, event: Event) -> None:
        """Write an event; of some it takes several lines."""
        match event:
            case RefreshProgressed() | RefreshFinished():
                self._refreshing(event)
            case PlanMade():
                self._planned(event.plan)
            case OperationStarted():
                message = f"{event.address}: {_DOING[event.verb]}..."
                self._put("info", message, "apply_start", {"hook": self._hook(event), "operation": event.name})
            case OperationProgressed():
                elapsed = round(event.seconds)
                message = f"{event.address}: Still {_DOING[event.verb].lower()}... [{elapsed}s elapsed]"
                hook = {**self._hook(event), "elapsed_seconds": elapsed}
                self._put("info", message, "apply_progress", {"hook": hook, "operation": event.name})
            case OperationFinished():
                self._done[event.address] += 1
                elapsed = round(event.seconds)
                message = f"{event.address}: {_DONE[event.verb]} complete after {elapsed}s [id={event.id}]"
                hook = {**self._hook(event), "id_key": "id", "id_value": event.id, "elapsed_seconds": elapsed}
                links = {what: json_text(link) for what, link in event.links.items()}
                told = {"hook": hook, "operation": event.name, "seconds": event.seconds, "links": links}
                self._put("info", message, "apply_complete", told)
            case OperationFailed():
                message = f"{event.address}: {_DONE[event.verb]} errored"
                also = {"hook": self._hook(event), "operation": event.name, "unknown": event.unknown}
                self._put("info", message, "apply_errored", also)
                self.problems([event.diagnostic])
            case ApplyFinished():
                self._applied(event)
            case CallStarted() | CallFinished():
                return  # for eyes only: there would be more of them than of everything else
            case _:
                self._others(event)

    def problems(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Write problems, a line each; one that was written is not written again."""
        for item in diagnostics:
            if item in self._told:
                continue
            self._told.add(item)
            message = f"{item.severity.value.capitalize()}: {item.summary}"
            self._put(_LEVELS[item.severity], message, "diagnostic", {"diagnostic": _diagnostic(item, self._command)})

    def _put(self, level: str, message: str, kind: str, members: Json) -> None:
        common = {
            "@level": level,
            "@message": json_text(message),
            "@module": "catalogctl.ui",
            "@timestamp": self._now().isoformat(timespec="microseconds"),
            "type": kind,
        }
        self._write(plainly(canonical({**members, **common})).decode())

    def _hook(self, event: _Step) -> Json:
        return {"resource": self._resource(event.address), "action": event.verb}

    def _resource(self, address: Address) -> Json:
        addr = json_text(str(address))
        return {
            "addr": addr,
            "module": "",
            "resource": addr,
            "implied_provider": self._providers.get(address.account, ""),
            "resource_type": json_text(address.type),
            "resource_name": json_text(f"{address.title}.{address.edition}"),
            "resource_key": json_text(address.key) or None,
            "account": json_text(address.account),
        }

    def _refreshing(self, event: RefreshProgressed | RefreshFinished) -> None:
        """Tell of an account as Terraform tells of a resource: a store is read as a whole."""
        name = json_text(event.account)
        resource = {"addr": name, "module": "", "resource": name, "implied_provider": "", "resource_type": "account"}
        hook = {"resource": {**resource, "resource_name": name, "resource_key": None, "account": name}}
        if event.account not in self._reading:
            self._reading.add(event.account)
            self._put("info", f"{event.account}: Refreshing state...", "refresh_start", {"hook": hook})
        if isinstance(event, RefreshProgressed):
            message = f"{event.account}: Refreshing state, {event.done} of {event.total}"
            self._put("info", message, "refresh_progress", {"hook": hook, "done": event.done, "total": event.total})
        else:
            message = f"{event.account}: Refresh complete after {event.requests} requests"
            self._put("info", message, "refresh_complete", {"hook": hook, "requests": event.requests})
            self._reading.discard(event.account)

    def _planned(self, plan: Plan) -> None:
        self._plan = plan
        self._providers.update({item.address.account: item.type.provider for item in plan.drift})
        self._providers.update({change.address.account: change.type.provider for change in plan.changes})
        self.problems(plan.diagnostics)
        for item in plan.drift:
            self._drifted(item)
        for change in plan.changes:
            if change.action.changes_anything:
                self._change(change)
        counts = plan.summary
        changed = sum(change.actions[-1] == "update" for change in plan.changes)
        changes = {
            "add": counts.create + counts.replace,
            "change": changed,
            "import": counts.adopt,
            "remove": counts.delete + counts.replace,
            "operation": "plan",
        }
        message = f"Plan: {changes['import']} to import, {changes['add']} to add, {changed} to change, {changes['remove']} to destroy."
        cost = {"requests": plan.estimate.requests, "seconds": plan.estimate.seconds}
        also = {"summary": asdict(counts), "drift": len(plan.drift), "reads": plan.reads, "estimate": cost}
        self._put("info", message, "change_summary", {"changes": changes, **also})

    def _change(self, change: Change) -> None:
        action = _terraforms(change)
        told: Json = {"resource": self._resource(change.address), "action": action, "actions": list(change.actions)}
        if change.reason in _REASONS:
            told["reason"] = _REASONS[change.reason]
        if change.reason is not Reason.NONE:
            told["action_reason"] = reason_name(change.reason)
        if change.action is Action.ADOPT:
            told["importing"] = {"id": json_text(change.id or "")}
        self._put("info", f"{change.address}: Plan to {action}", "planned_change", {"change": told})

    def _drifted(self, item: Drift) -> None:
        action = "delete" if item.gone else "update"
        told = {"resource": self._resource(item.address), "action": action}
        self._put("info", f"{item.address}: Drift detected ({action})", "resource_drift", {"change": told, "matters": item.matters})

    def _applied(self, event: ApplyFinished) -> None:
        done = {} if self._plan is None else self._plan.done(self._done, noted=True)
        counts = Counter(done.values())
        add, remove = (counts[action] + counts[Action.REPLACE] for action in (Action.CREATE, Action.DELETE))
        change = sum(item.address in done and item.actions[-1] == "update" for item in self._plan.changes) if self._plan else 0
        changes = {"add": add, "change": change, "import": counts[Action.ADOPT], "remove": remove, "operation": "apply"}
        verdict = "complete" if not event.failed and not event.skipped and not event.refused else "incomplete"
        joined = f"{changes['import']} imported, " if changes["import"] else ""
        message = f"Apply {verdict}! Resources: {joined}{add} added, {change} changed, {remove} destroyed."
        self._put("info", message, "change_summary", {"changes": changes, **asdict(event)})

    def _others(self, event: _Ours) -> None:
        """Write an event that Terraform has no word for."""
        said = "".join(text for text, _ in event_line(event, Style()))
        match event:
            case OperationSkipped() | OperationWithheld():
                kind = "apply_skipped" if isinstance(event, OperationSkipped) else "apply_withheld"
                members: Json = {"hook": self._hook(event), "operation": event.name, "because": json_text(event.because)}
                said = said or f"{event.address}: skipped"
            case ObjectSettled() | ObjectRefused():
                kind = "object_settled" if isinstance(event, ObjectSettled) else "object_refused"
                members = {"hook": {"resource": self._resource(event.address), "action": event.action}}
                said = said or f"{event.address}: {kind.removeprefix('object_')}"
            case LoadFinished():
                kind, members = "load_complete", asdict(event)
            case Recovered():
                kind, members = "recovered", asdict(event)
            case ApplyStarted():
                kind, members = "operations_start", {"operations": event.operations, "accounts": dict(event.accounts)}
            case Waited():
                kind, members = "waited", _plain(event)
            case AssetPublished():
                kind, members = "asset_published", _plain(event)
            case AssetRead():
                kind, members = "asset_read", _plain(event)
                said = f"reading {event.path}: {event.read} of {event.size} bytes"
            case AssetCutOff():
                kind, members = "asset_cut_off", _plain(event)
            case AssetSent():
                kind, members = "asset_progress", _plain(event)
                said = said or f"sending {event.path}: {event.sent} of {event.size} bytes"
            case _:
                assert_never(event)
        self._put("info", said, kind, members)
        if isinstance(event, ObjectRefused):
            self.problems([event.diagnostic])


_Ours: TypeAlias = (
    LoadFinished
    | Recovered
    | ObjectSettled
    | ObjectRefused
    | OperationWithheld
    | ApplyStarted
    | OperationSkipped
    | Waited
    | AssetPublished
    | AssetSent
    | AssetCutOff
    | AssetRead
)


_Step: TypeAlias = OperationStarted | OperationProgressed | OperationFinished | OperationFailed | OperationSkipped | OperationWithheld


def _plain(event: Waited | AssetPublished | AssetRead | AssetSent | AssetCutOff) -> Json:
    return {name: json_text(value) if isinstance(value, str) else value for name, value in asdict(event).items()}


def _terraforms(change: Change) -> str:
    """Return the word that Terraform has for what a plan does about one address."""
    match change.action:
        case Action.ADOPT:
            return "update" if change.attributes else "import"
        case Action.FORGET:
            return "remove"
        case Action.NO_OP:
            return "noop"
        case Action.CREATE | Action.UPDATE | Action.REPLACE | Action.DELETE:
            return change.action.name.lower()


def _diagnostic(item: Diagnostic, command: str) -> Json:
    """Return a problem with Terraform's members, and ours beside them."""
    ours = record(replace(item, hint=hint_text(item.hint, command)))
    told: Json = {**ours, "severity": "error" if item.severity is Severity.ERROR else "warning"}
    source = item.source
    if source is not None:
        line, end = source.line, source.end_column
        start = {"line": line, "column": source.column, "byte": 0}
        told["range"] = {"filename": ours["file"], "start": start, "end": {"line": line, "column": end, "byte": 0}}
        highlight = {"highlight_start_offset": source.column - 1, "highlight_end_offset": end - 1}
        told["snippet"] = {"context": None, "code": json_text(source.text), "start_line": line, **highlight, "values": []}
    return told
