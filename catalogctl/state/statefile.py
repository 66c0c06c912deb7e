"""A snapshot as bytes, and back: versioned, the same for equal states, and never believed when a byte of it is not as it was written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter, lt
from typing import Any, Final, TypeAlias

import orjson

from catalogctl.model.address import Address, in_order
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import UPGRADE, CatalogError, Refusal, error
from catalogctl.model.resource import Attribute, Deposed, Kind, Recorded, ResourceType, Shape
from catalogctl.model.shape import MisshapenError, misshapen, shown, shown_path
from catalogctl.model.value import UNKNOWN, Attributes, Value, bearable, canonical_lines
from catalogctl.state.durable import LARGEST_FOREIGN, LARGEST_OWN
from catalogctl.state.shapes import EntryModel, StateModel, entry_fits
from catalogctl.state.snapshot import Snapshot
from catalogctl.system.file import SizeLimit
from catalogctl.system.gc_pause import keeping_all

VERSION: Final = 1
"""Of the format written here; a reader refuses a newer one."""

Types: TypeAlias = Callable[[str, str], ResourceType | None]
"""Provider and type name → the resource type; `None` for one that no one here knows."""

RESTORE: Final = """\
Put the file back from version control, or one of the states that are kept:
catalogctl state history
catalogctl state show --serial N --format json > kept.json
catalogctl state push --force kept.json
Or make it again from what the stores hold:
catalogctl state rebuild"""

UNKNOWN_PROVIDER: Final = """\
Compare with the providers that are installed, and install nothing only because this file names it:
catalogctl providers
If this project never used such a provider, put the file back as it was."""
"""The hint about a provider or type that no one here knows; a package by a name from the file may be anybody's."""

CONSEQUENCE: Final = "Going on without it would create everything a second time, so nothing was done."
"""What the detail of a damaged state ends with."""

_BEFORE_CHECKSUM: Final = b'{\n  "checksum": "'
_AFTER_CHECKSUM: Final = b'",\n'
_REST: Final = len(_BEFORE_CHECKSUM) + 64 + len(_AFTER_CHECKSUM)

_BEGINNING: Final = re.compile(rb'\{\s*"checksum": "[0-9a-f]{64}",')
"""Of a state as it was written, or as version control laid its lines out again."""

STATE_LIMIT: Final = SizeLimit(LARGEST_FOREIGN, LARGEST_OWN, lambda beginning: _BEGINNING.match(beginning) is not None)
"""How large the file of a state may be."""

_by_address = attrgetter("address.account", "address.type", "address.title", "address.edition", "address.key")


@dataclass(frozen=True, slots=True)
class StateStamp:
    """Which stored state one has in hand, to the last byte of its content."""

    lineage: str
    serial: int
    checksum: str
    """As it is in the file, 64 hex digits; empty before the first state was stored."""


def encode(snapshot: Snapshot, environment: str) -> bytes:
    """Write a snapshot as the content of a state file; equal snapshots give equal bytes.

    Raises:  TypeError for a value that must never be stored: a Secret, an unfilled Reference, UNKNOWN.
    """
    rest = canonical_lines(
        {
            "version": VERSION,
            "environment": environment,
            "lineage": snapshot.lineage,
            "serial": snapshot.serial,
            "resources": [entry(recorded) for recorded in sorted(snapshot.resources.values(), key=_by_address)],
        }
    )
    # "checksum" sorts before all other names, so that the whole is canonical as well and the rest of it one piece.
    checksum = hashlib.sha256(rest).hexdigest().encode()
    return b"".join((_BEFORE_CHECKSUM, checksum, _AFTER_CHECKSUM, memoryview(rest)[2:]))


def entry(recorded: Recorded) -> dict[str, object]:
    """Return one resource as state and journal hold it, ready for `canonical`.

    Raises:  TypeError for UNKNOWN among its attributes.
    """
    stored: dict[str, object] = {
        "address": str(recorded.address),
        "provider": recorded.type.provider,
        "account": {"name": recorded.address.account, "base_url": recorded.base_url},
        "type": recorded.type.name,
        "id": recorded.id,
        "key": recorded.key,
        "attributes": _known(recorded.attributes),
        "observed": _known(recorded.observed),
        "dependencies": [str(address) for address in recorded.dependencies],
        "protect": recorded.protect,
    }
    if recorded.deposed:
        stored["deposed"] = [{"id": one.id, "key": one.key} for one in recorded.deposed]
    if recorded.half_replaced:
        stored["half_replaced"] = True
    return stored


_FLAT: Final = frozenset({type(None), bool, int, str, Decimal, date, datetime, Asset})


def _known(attributes: Attributes) -> Attributes:
    # UNKNOWN needs a look of its own: the encoder would write an enum's text, which reads back as if the store had said it.
    for name, value in attributes.items():
        if value.__class__ in _FLAT:
            continue
        if value is UNKNOWN or UNKNOWN in (value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()):
            message = f"{name} is not known yet and cannot be written down"
            raise TypeError(message)
    return attributes


def decode(data: bytes, types: Types, environment: str) -> Snapshot:
    """Read a snapshot back from the content of a state file.

    Raises:  CatalogError: stale (state-damaged, state-too-new, state-of-another-environment) for what cannot be believed,
             error (state-type-unknown) naming each type that `types` does not know.
    """
    with keeping_all():
        return _decode(_document(data, environment), types, environment)


def _decode(document: Mapping[str, Any], types: Types, environment: str) -> Snapshot:
    if document.get("environment") != environment:
        raise CatalogError(
            error(
                "state-of-another-environment",
                "State of another environment",
                f"This is the state of environment {document.get('environment')!r}, and it lies where that of {environment!r} belongs.",
                RESTORE,
            ),
            refusal=Refusal.STALE,
        )
    try:
        StateModel.check(document)
        recorded = Entries(types).read(document["resources"], "resources")
        _ascending(one.address for one in recorded)
        _identified(recorded)
    except MisshapenError as problem:
        raise damaged(environment, f"It holds what no version of catalogctl writes: {problem}.") from problem
    return Snapshot(document["lineage"], document["serial"], {one.address: one for one in recorded})


def _identified(recorded: Iterable[Recorded]) -> None:
    """Make sure that each resource has an id.

    Raises:  MisshapenError.
    """
    number = next((number for number, one in enumerate(recorded) if not one.id), None)
    if number is not None:
        raise misshapen("the id is empty", "resources", number)


def _ascending(addresses: Iterable[Address]) -> None:
    """Make sure that addresses ascend, so that none is there twice.

    Raises:  MisshapenError.
    """
    keys = list(map(in_order, addresses))
    if all(map(lt, keys, keys[1:])):
        return
    number = next(number for number, (one, other) in enumerate(pairwise(keys)) if not one < other) + 1
    what = "is there twice" if keys[number] in keys[:number] else "is out of order"
    raise misshapen(f"this address {what}", "resources", number, "address")


def stamp(data: bytes, snapshot: Snapshot) -> StateStamp:
    """Tell which stored state a snapshot is, given the content that it was decoded from or encoded to."""
    if data.startswith(_BEFORE_CHECKSUM):
        checksum = data[len(_BEFORE_CHECKSUM) : len(_BEFORE_CHECKSUM) + 64].decode()
    else:
        checksum = orjson.loads(data)["checksum"]
    return StateStamp(snapshot.lineage, snapshot.serial, checksum)


def damaged(environment: str, detail: str) -> CatalogError:
    """Make the refusal of a state that is not as it was written."""
    problem = error(
        "state-damaged",
        f"The state of environment {environment} is damaged",
        f"{detail} {CONSEQUENCE}",
        RESTORE,
    )
    return CatalogError(problem, refusal=Refusal.STALE)


def _document(data: bytes, environment: str) -> dict[str, Any]:
    if not data or data.isspace():
        raise damaged(environment, "It is empty.")
    as_written = _is_as_written(data)
    if not as_written and not bearable(data):
        raise damaged(environment, "It is not as it was written, and larger than what is looked into all the same.")
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as problem:
        raise damaged(environment, f"It is not whole JSON: {problem}.") from problem
    if not isinstance(document, dict):
        raise damaged(environment, "It is JSON, but no state.")
    version = document.get("version")
    if type(version) is int and version > VERSION:
        raise CatalogError(
            error(
                "state-too-new",
                "State of a newer catalogctl",
                f"The state of environment {environment} has format version {version}; this catalogctl knows versions up to {VERSION}.",
                UPGRADE,
            ),
            refusal=Refusal.STALE,
        )
    if type(version) is not int or version != VERSION:
        raise damaged(environment, f"Its format version is {version!r}.")
    if not as_written and not _says_what_was_written(document):
        raise damaged(environment, "Its content does not match its checksum: a byte was changed.")
    return document


def _is_as_written(data: bytes) -> bool:
    if not data.startswith(_BEFORE_CHECKSUM):
        return False
    whole = hashlib.sha256(b"{\n")
    whole.update(memoryview(data)[_REST:])
    return data[len(_BEFORE_CHECKSUM) : _REST] == whole.hexdigest().encode() + _AFTER_CHECKSUM


def _says_what_was_written(document: Mapping[str, Any]) -> bool:
    # Line ends and indentation are not content: a state that version control or an editor laid out again is the same state.
    checksum = document.get("checksum")
    rest = {name: value for name, value in document.items() if name != "checksum"}
    try:
        written = canonical_lines(rest)
    except TypeError:  # it is nested more deeply than is ever written
        return False
    return isinstance(checksum, str) and checksum == hashlib.sha256(written).hexdigest()


class Entries:
    """Reads resources back from what `entry` gave."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._kinds: dict[tuple[str, str], _Decoder | None] = {}

    def read(self, stored: Sequence[Any], *at: str | int) -> list[Recorded]:
        """Read many.

        Shapes:  `at` is the way from the root of the file to the list.
        Raises:  MisshapenError for what `entry` never gives, and CatalogError as `kind`.
        """
        fits = entry_fits()
        for number, item in enumerate(stored):
            if not fits(item):
                raise _misfit(item, *at, number)
        names = {(item["provider"], item["type"]): item["address"] for item in reversed(stored)}
        unknown = {pair: address for pair, address in names.items() if self._decoder(*pair) is None}
        if unknown:
            raise _unknown(unknown)
        recorded: list[Recorded] = []
        for item in stored:
            try:
                recorded.append(self._one(item))
            except (ValueError, TypeError, ArithmeticError) as problem:
                raise misshapen(str(problem)[:300], *at, len(recorded)) from problem
        return recorded

    def read_one(self, stored: object, *at: str | int) -> Recorded:
        """Read one; `at` is the way to it.

        Raises:  as `read`.
        """
        if not entry_fits()(stored):
            raise _misfit(stored, *at)
        assert isinstance(stored, dict)
        self.kind(stored["provider"], stored["type"], stored["address"])
        try:
            return self._one(stored)
        except (ValueError, TypeError, ArithmeticError) as problem:
            raise misshapen(str(problem)[:300], *at) from problem

    def kind(self, provider: str, name: str, address: str) -> ResourceType:
        """Find the resource type that an entry names.

        Raises:  CatalogError (state-type-unknown).
        """
        decoder = self._decoder(provider, name)
        if decoder is None:
            raise _unknown({(provider, name): address})
        return decoder.type

    def _decoder(self, provider: str, name: str) -> _Decoder | None:
        pair = (provider, name)
        if pair not in self._kinds:
            kind = self._types(provider, name)
            self._kinds[pair] = None if kind is None else _Decoder(kind)
        return self._kinds[pair]

    def _one(self, stored: Mapping[str, Any]) -> Recorded:
        decoder = self._kinds[stored["provider"], stored["type"]]
        assert decoder is not None
        attributes, observed, account = stored["attributes"], stored["observed"], stored["account"]
        address = Address.parse(stored["address"])
        if address.account != account["name"] or address.type != stored["type"]:
            message = f"{shown(stored['address'])} is not an address of account {shown(account['name'])} and type {shown(stored['type'])}"
            raise ValueError(message)
        decoded = decoder.decode(attributes)
        return Recorded(
            address,
            decoder.type,
            account["base_url"],
            stored["id"],
            stored["key"],
            decoded,
            decoder.decode_like(observed, attributes, decoded),
            tuple(map(Address.parse, stored["dependencies"])),
            stored["protect"],
            tuple([Deposed(one["id"], one["key"]) for one in stored.get("deposed", ())]),
            stored.get("half_replaced", False),
        )


def _misfit(stored: object, *at: str | int) -> MisshapenError:
    """Say what is wrong with an entry that does not have the shape of one."""
    try:
        EntryModel.check(stored, *at)
    except MisshapenError as problem:
        return problem
    return misshapen("this is not an entry", *at)


_PLAIN: Final = {Kind.TEXT: str, Kind.LONG_TEXT: str, Kind.JSON: str, Kind.INTEGER: int, Kind.BOOLEAN: bool}


class _Decoder:
    """`ResourceType.decode`, several times as fast: what JSON itself has a form for is looked at and left as it is."""

    def __init__(self, type_: ResourceType) -> None:
        self.type = type_
        plain = {name: _PLAIN[one.kind] for name, one in type_.attributes.items() if one.kind in _PLAIN}
        self._one = {name: form for name, form in plain.items() if type_.attributes[name].shape is Shape.ONE}
        self._many = {name: {form} for name, form in plain.items() if type_.attributes[name].shape in {Shape.LIST, Shape.SET}}
        self._attributes: Mapping[str, Attribute] = type_.attributes

    def decode(self, stored: Mapping[str, object]) -> dict[str, Value]:
        one, many, attributes = self._one, self._many, self._attributes
        values: dict[str, Any] = {}
        for name, value in stored.items():
            form = value.__class__
            if form is one.get(name):
                values[name] = value
            elif isinstance(value, list) and name in many and set(map(type, value)) == many[name]:
                values[name] = tuple(value)
            elif name in attributes:
                values[name] = attributes[name].decode(value)
        return values

    def decode_like(self, stored: Mapping[str, object], other: Mapping[str, object], decoded: Mapping[str, Value]) -> dict[str, Value]:
        """Decode what is mostly the same as `other`, which came to `decoded`: equal values are made once, and are one object."""
        values: dict[str, Any] = {}
        rest: dict[str, object] = {}
        for name, value in stored.items():
            if name in decoded and other[name] == value:
                values[name] = decoded[name]
            else:
                rest[name] = value
        values.update(self.decode(rest))
        return values


def _unknown(types: Mapping[tuple[str, str], str]) -> CatalogError:
    return CatalogError(
        *(
            error(
                "state-type-unknown",
                f"No provider here knows {shown_path((provider,))}/{shown_path((name,))}",
                f"The state or its journal holds a resource of type {shown(name)} of provider {shown(provider)}, "
                "which is not installed or has no such type. Nothing was done.",
                UNKNOWN_PROVIDER,
                address=address,
            )
            for (provider, name), address in sorted(types.items())
        ),
        refusal=Refusal.STALE,
    )
