"""Decide whether what a listing lacks is gone: only a second, independent reading that agrees makes it so.

    listing                      has every recorded object           → believed, and no further request is sent
    an object is missing         read by its id: not there either    → it is gone
    a part is missing that only  the list is read twice more, after  → it is gone
    its owner's list tells       a pause each: it lacks it as well
    any reading shows it         the account is listed again, at most READINGS times; then nothing is believed

A store that gives the same wrong answer to all of these readings is believed.
Source:  PRODUCT.md 5.10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from catalogctl.engine.missing import vanished
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import CatalogError, Refusal, error
from catalogctl.model.resource import ReadBy, Recorded, ResourceType
from catalogctl.model.value import Reference
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.pace import Timing
from catalogctl.provider.protocol import Listing, Lookup, Reader

READINGS: Final = 3
"""How often an account is listed before a listing that other readings contradict is given up."""
PAUSE: Final = 1.0
"""Seconds before the same question is asked again, so that no cache answers it from a moment ago."""
ONE_BY_ONE: Final = 100
"""How many missing objects are read by their ids; what is missing beyond these is listed a second time, which takes fewer requests."""
_LOOKS: Final[Mapping[ReadBy, int]] = {ReadBy.ID: 2, ReadBy.OWNER: 3}


def looks(type_: ResourceType) -> int:
    """Return how many readings must lack an object of a type before it counts as gone."""
    return _LOOKS[type_.read_by]


@dataclass(frozen=True, slots=True)
class Questions:
    """One account's objects and how to ask for them."""

    account: str
    wanted: tuple[Lookup, ...]
    recorded: Mapping[Address, Recorded]
    """What state records on the account."""
    width: int
    """How many requests may be under way at once."""
    timing: Timing


async def believable(reader: Reader, asked: Questions, progress: Callable[[int, int], None]) -> Listing:
    """List an account's objects, and read again what state records and the listing lacks.

    Raises:  StoreFailure; CatalogError: unavailable (store-suddenly-empty, store-disagrees).
    """
    shown = None
    for reading in range(READINGS):
        if reading:
            await asked.timing.sleep(PAUSE)
        listing = await reader.list_objects(asked.wanted, progress)
        seen = {want.address: one.id for want, one in zip(asked.wanted, listing.objects, strict=True) if one is not None}
        held = {want.address: asked.recorded[want.address] for want in asked.wanted if want.address in asked.recorded}
        known = {address: have for address, have in held.items() if not have.half_replaced}
        problems = vanished(asked.account, known, seen)
        if problems:
            raise CatalogError(*problems, refusal=Refusal.UNAVAILABLE)
        shown = await _shown_after_all(reader, asked, _lacking(asked, seen), _suspicious(asked, seen))
        if shown is None:
            return listing
    raise disagrees(asked.account, _name(shown))


def disagrees(account: str, shown: str) -> CatalogError:
    """Make the failure for a store that shows an object in one answer and lacks it in another, however often it is asked."""
    detail = f"{account}: one answer of the store shows {shown}, and another one lacks it. Nothing is taken to be gone."
    hint = "Run the same command again in a while. If the store goes on contradicting itself, ask its support."
    return CatalogError(error("store-disagrees", "A store contradicts itself", detail, hint), refusal=Refusal.UNAVAILABLE)


def _name(want: Lookup | None) -> str:
    return "an object" if want is None else f"{want.address} (id {want.id})" if want.id else str(want.address)


def _lacking(asked: Questions, seen: Mapping[Address, str]) -> list[Lookup]:
    """List the recorded objects that a listing lacks, but for parts of one that it lacks as well: they go with it."""
    missing = [want for want in asked.wanted if want.address in asked.recorded and seen.get(want.address) != want.id]
    ids = {want.id for want in missing}
    return [want for want in missing if not want.type.owner or want.expected.get(want.type.owner) not in ids]


def _suspicious(asked: Questions, seen: Mapping[Address, str]) -> list[Lookup]:
    """List the parts without an id whose owner is there and, as the listing has it, without one part of their type."""
    # An object that was found by a key which another one still has is not the owner: nothing is missing from it.
    holders = {(have.type.name, have.id): address for address, have in asked.recorded.items()}
    others = {
        want.address for want in asked.wanted if holders.get((want.type.name, seen.get(want.address, "")), want.address) != want.address
    }
    there = {*seen, *seen.values()} - others
    parts = [want for want in asked.wanted if want.type.read_by is ReadBy.OWNER and want.type.singleton is None]
    has_some = {(want.type.name, _owner(want)) for want in parts if want.address in seen}
    return [want for want in parts if want.id is None and _owner(want) in there and (want.type.name, _owner(want)) not in has_some]


def _owner(want: Lookup) -> Address | str:
    """Return the id of the object that a part belongs to, or its address where it has no id yet."""
    owner = want.expected.get(want.type.owner)
    return owner.address if isinstance(owner, Reference) else str(owner)


async def _shown_after_all(reader: Reader, asked: Questions, lacking: Sequence[Lookup], suspicious: Sequence[Lookup]) -> Lookup | None:
    """Ask again for what a listing lacks, and return an object that another answer shows; `None` where all agree."""
    alone = [want for want in lacking if want.type.read_by is ReadBy.ID]
    shown: list[Lookup] = []

    async def read(want: Lookup) -> None:
        if not shown and want.id is not None and await reader.read(want.type, want.id) is not None:
            shown.append(want)

    await for_each(alone[:ONE_BY_ONE], asked.width, read)
    if not shown and alone[ONE_BY_ONE:]:
        shown += await _listed_again(reader, alone[ONE_BY_ONE:])
    parts = [*(want for want in lacking if want.type.read_by is ReadBy.OWNER), *suspicious]
    if parts:
        owners = {_owner(want) for want in suspicious}
        whole = (*(want for want in asked.wanted if want.address in owners), *parts)
        for _ in range(_LOOKS[ReadBy.OWNER] - 1):
            await asked.timing.sleep(PAUSE)
            shown += [want for want in await _listed_again(reader, whole) if want in parts]
    return shown[0] if shown else None


async def _listed_again(reader: Reader, wanted: Sequence[Lookup]) -> list[Lookup]:
    """List some objects once more, and return those that are there."""
    listing = await reader.list_objects(wanted, lambda _done, _total: None)
    return [want for want, one in zip(wanted, listing.objects, strict=True) if one is not None and want.id in {None, one.id}]
