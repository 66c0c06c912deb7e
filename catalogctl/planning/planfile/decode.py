"""The JSON document of a saved plan → the plan, to the last value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any, TypeAlias, TypeVar, cast

from catalogctl.model.address import Address, AttributePath, print_path
from catalogctl.model.asset import Asset, is_url
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, Severity, SourceRange, error
from catalogctl.model.resource import Attribute, Deposed, ResourceType, Shape
from catalogctl.model.shape import shown, shown_path
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import UNKNOWN, Reference, Scalar, Value
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Change, Drift, LeftAlone, Missing
from catalogctl.planning.json_values import Json, lookup
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Estimate, Plan, PlannedRequest, Refresh, Revert
from catalogctl.planning.planfile.encode import reason_name
from catalogctl.planning.scope import Purpose

Types: TypeAlias = Callable[[str, str], ResourceType | None]
"""Provider and type name → the resource type; `None` for one that no one here knows."""

_T = TypeVar("_T")

_ACTIONS: Mapping[tuple[str, ...], Action] = {
    **{(action.value,): action for action in Action if action is not Action.REPLACE},
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("adopt", "update"): Action.ADOPT,
}
_REASONS = {reason_name(reason): reason for reason in Reason}
_PURPOSES = {purpose.name.lower(): purpose for purpose in Purpose}
_REFRESHES = {refresh.name.lower(): refresh for refresh in Refresh}


def rebuild(stored: Json, types: Types) -> Plan:
    """Make the plan that a document is of; its graph is ordered again from the changes.

    Raises:  CatalogError: stale (plan-type-unknown) naming each type that `types` does not know, error (dependency-cycle);
             KeyError, IndexError, TypeError, ValueError, AttributeError or ArithmeticError for what no plan is written as.
    """
    kinds = Kinds.of([*stored["resource_changes"], *stored["drift"]], types)
    files = files_of(stored["assets"])
    changes = tuple(change_of(entry, kinds, files) for entry in stored["resource_changes"])
    base = stored["base"]
    return Plan(
        changes=changes,
        graph=order(changes),
        drift=tuple(_drift(entry, kinds) for entry in stored["drift"]),
        base=Base(
            environment=_a(str, base["environment"]),
            lineage=_a(str, base["lineage"]),
            serial=_a(int, base["serial"]),
            configuration=_a(str, base["configuration"]),
            accounts=_texts(base["accounts"]),
            documents=_texts(base["documents"]),
        ),
        requests=tuple(
            PlannedRequest(_a(str, call["method"]), _a(str, call["path"]), Address.parse(call["address"]), _a(str, call["operation"]))
            for call in stored["requests"]
        ),
        estimate=Estimate(_a(int, stored["estimate"]["requests"]), _a(float, stored["estimate"]["seconds"])),
        reads=_a(int, stored["reads"]),
        diagnostics=tuple(_diagnostic(entry) for entry in stored["diagnostics"]),
        titles=_texts(stored["titles"]),
        purpose=_PURPOSES[stored["purpose"]],
        refresh=_REFRESHES[stored["refresh"]],
        reverts=revert_of(stored["reverts"]) if "reverts" in stored else None,
    )


def revert_of(stored: Json) -> Revert:
    """Read back which run is reverted.

    Raises:  as `rebuild`.
    """
    return Revert(
        run=_a(str, stored["run"]),
        started=moment(stored["started"]),
        actor=_a(str, stored["actor"]),
        commit=_a(str, stored["commit"]),
        force=_a(bool, stored["force"]),
        impossible=_a(int, stored["impossible"]),
        left=_a(int, stored["left"]),
    )


def moment(text: object) -> datetime:
    """Read a date and time with its zone.

    Raises:  ValueError or TypeError.
    """
    found = datetime.fromisoformat(_a(str, text))
    if found.tzinfo is None:
        message = f"{shown(text)} has no time zone"
        raise ValueError(message)
    return found


def origin(source: Json) -> Origin:
    """Make the origin that the `source` of a change is of."""
    return Origin(_a(str, source["file"]), _a(int, source["document"]), tuple(source["pointer"]))


@dataclass(frozen=True, slots=True)
class Kinds:
    """The resource types that entries name."""

    known: Mapping[tuple[str, str], ResourceType]

    @classmethod
    def of(cls, entries: Iterable[Json], types: Types) -> Kinds:
        """Find the types of entries.

        Raises:  CatalogError: stale (plan-type-unknown), naming each that `types` does not know.
        """
        first = {(_a(str, entry["provider_name"]), _a(str, entry["type"])): _a(str, entry["address"]) for entry in reversed(list(entries))}
        found = {pair: types(*pair) for pair in first}
        unknown = sorted(pair for pair, kind in found.items() if kind is None)
        if unknown:
            raise CatalogError(*(_unknown(*pair, first[pair]) for pair in unknown), refusal=Refusal.STALE)
        return cls({pair: kind for pair, kind in found.items() if kind is not None})

    def kind(self, entry: Json) -> ResourceType:
        """Return the type of one entry."""
        return self.known[entry["provider_name"], entry["type"]]


def _unknown(provider: str, name: str, address: str) -> Diagnostic:
    return error(
        "plan-type-unknown",
        f"No provider here knows {shown_path((provider,))}/{shown_path((name,))}",
        f"The file is about a resource of type {shown(name)} of provider {shown(provider)}, which is not installed or has no such type.",
        "Compare with the providers that are installed, and install nothing only because this file names it:\ncatalogctl providers",
        address=address,
    )


def files_of(stored: Json) -> dict[str, Asset]:
    """Read the local files of `assets` back, by identity.

    Raises:  as `rebuild`.
    """
    return {identity: _file(identity, entry) for identity, entry in stored.items()}


def change_of(entry: Json, kinds: Kinds, files: Mapping[str, Asset]) -> Change:
    """Read one of `resource_changes` back.

    Raises:  as `rebuild`.
    """
    kind = kinds.kind(entry)
    if Address.parse(entry["address"]).type != kind.name:
        message = f"{shown(entry['address'])} is not an address of type {shown(kind.name)}"
        raise ValueError(message)
    sides = entry["change"]
    after = _attributes(kind, sides["after"], sides["after_unknown"], sides.get("references", {}))
    if after is not None:
        after = {name: _with_files(value, files) for name, value in after.items()}
    if "before" in sides:
        before = _attributes(kind, sides["before"], sides.get("before_unknown", {}), sides.get("before_references", {}))
    else:
        before = after
    observed = _attributes(kind, entry["observed"], {}, {}) or {}
    return Change(
        address=Address.parse(entry["address"]),
        type=kind,
        action=_ACTIONS[tuple(sides["actions"])],
        reason=_REASONS[entry.get("action_reason", reason_name(Reason.NONE))],
        id=None if entry["id"] is None else _a(str, entry["id"]),
        key=_a(str, entry["natural_key"]),
        before=before,
        after=after,
        attributes=tuple(
            AttributeChange(
                path=_path(item["path"]),
                attribute=kind.attributes[item["path"][0]],
                before=_side(item, "before", kind, lookup(before, _path(item["path"]))),
                after=_side(item, "after", kind, lookup(after, _path(item["path"]))),
            )
            for item in entry["attributes"]
        ),
        dependencies=tuple(Address.parse(other) for other in entry["dependencies"]),
        protect=_a(bool, entry["protect"]),
        fingerprint=_a(str, entry["fingerprint"]),
        observed={**{name: (before or {})[name] for name in entry["observed_as_before"]}, **observed},
        origin=None if entry["source"] is None else origin(entry["source"]),
        owner=Address.parse(entry["owner"]) if "owner" in entry else None,
        moved_from=Address.parse(entry["previous_address"]) if "previous_address" in entry else None,
        follows=tuple(Address.parse(other) for other in entry.get("follows", ())),
        withdraws=_a(bool, entry.get("withdraws", False)),
        deposed=tuple(Deposed(_a(str, one["id"]), _a(str, one["key"])) for one in entry.get("deposed", ())),
        parts=_parts(entry),
        ignored=tuple(_left_alone(item) for item in entry.get("ignored", ())),
        updates_state_only=_a(bool, entry["record"]),
    )


def _parts(entry: Json) -> dict[str, Address]:
    return {id_: Address.parse(address) for id_, address in entry.get("parts", {}).items()}


def _left_alone(item: Json) -> LeftAlone:
    until = None if item["until"] is None else date.fromisoformat(_a(str, item["until"]))
    return LeftAlone(_path(item["path"]), Ignore(_a(str, item["by"]), _a(str, item["reason"]), until))


def _attributes(type_: ResourceType, stored: Json | None, unknown: Json, references: Mapping[str, str]) -> dict[str, Value] | None:
    if stored is None:
        return None
    values = {name: type_.attributes[name].decode(value) for name, value in stored.items()}
    for name, mark in unknown.items():
        values[name] = _unfilled((name,), values[name], mark, references)
    return values


def _unfilled(path: AttributePath, value: Value, mark: object, references: Mapping[str, str]) -> Value:
    """Put back what is not known yet: a reference where one is reported, else UNKNOWN."""
    if mark is True and value is None:
        address = references.get(print_path(path))
        return UNKNOWN if address is None else Reference(Address.parse(address))
    if isinstance(mark, list) and isinstance(value, tuple):
        return tuple(
            cast("Scalar", _unfilled((*path, index), item, True, references)) if marked else item
            for index, (item, marked) in enumerate(zip(value, mark, strict=True))
        )
    if isinstance(mark, dict) and isinstance(value, Mapping):
        return {**value, **{name: cast("Scalar", _unfilled((*path, name), value[name], True, references)) for name in mark}}
    message = f"{print_path(path)} cannot both be known and not"
    raise ValueError(message)


def _side(item: Json, name: str, type_: ResourceType, otherwise: Value | Missing) -> Value | Missing:
    match item.get(f"{name}_missing"):
        case "unreadable":
            return UNREADABLE
        case "absent":
            return ABSENT
        case None if name not in item:
            return otherwise
    path = _path(item["path"])
    attribute = type_.attributes[str(path[0])]
    value = _entry(attribute, item[name]) if len(path) > 1 else attribute.decode(item[name])
    mark = item.get(f"{name}_unknown")
    return value if mark is None else _unfilled(path, value, mark, item.get(f"{name}_references", {}))


def _entry(attribute: Attribute, stored: object) -> Value:
    """Read one entry of a mapping."""
    if attribute.shape is not Shape.MAP:
        message = f"{attribute.name} is no mapping"
        raise TypeError(message)
    entries = attribute.decode({"": stored})
    assert isinstance(entries, Mapping)
    return entries[""]


def _with_files(value: Value, files: Mapping[str, Asset]) -> Value:
    match value:
        case Asset():
            return files.get(value.identity, value)
        case tuple():
            return tuple(files.get(item.identity, item) if isinstance(item, Asset) else item for item in value)
        case Mapping():
            return {name: files.get(item.identity, item) if isinstance(item, Asset) else item for name, item in value.items()}
        case _:
            return value


def _file(identity: str, entry: Json) -> Asset:
    path = _a(str, entry["path"])
    if is_url(path) or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        message = f"{path!r} is no path inside the project"
        raise ValueError(message)
    return Asset(path, identity.removeprefix("sha256:"), _a(int, entry["size"]), _a(str, entry["sha1"]))


def _drift(entry: Json, kinds: Kinds) -> Drift:
    kind = kinds.kind(entry)
    changes = tuple(
        AttributeChange(
            _path(item["path"]), kind.attributes[item["path"][0]], _side(item, "before", kind, ABSENT), _side(item, "after", kind, ABSENT)
        )
        for item in entry["attributes"]
    )
    return Drift(Address.parse(entry["address"]), kind, changes, _a(bool, entry["gone"]), _a(bool, entry["matters"]), _parts(entry))


def _diagnostic(entry: Json) -> Diagnostic:
    source = entry["source"]
    return Diagnostic(
        severity=Severity(entry["severity"]),
        code=_a(str, entry["code"]),
        summary=_a(str, entry["summary"]),
        detail=_a(str, entry["detail"]),
        hint=_a(str, entry["hint"]),
        address=entry["address"],
        attribute=entry["attribute"],
        source=None if source is None else _range(source),
    )


def _range(source: Json) -> SourceRange:
    line, column, end = (_a(int, source[name]) for name in ("line", "column", "end_column"))
    return SourceRange(_a(str, source["file"]), line, column, end, _a(str, source["text"]))


def _path(steps: list[Any]) -> AttributePath:
    return tuple(steps)


def _texts(stored: Any) -> dict[str, str]:
    return {name: _a(str, text) for name, text in stored.items()}


def _a(wanted: type[_T], value: object) -> _T:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        message = f"{value!r} is no {wanted.__name__}"
        raise TypeError(message)
    return value
