"""Ask the stores what they hold, all accounts side by side, each in as few requests as it allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TypeAlias

from catalogctl.engine.absence import Questions, believable
from catalogctl.events import Listener, RefreshFinished, RefreshProgressed
from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal
from catalogctl.model.resource import Identity, Observed, Recorded
from catalogctl.model.value import fill
from catalogctl.planning.catalog import Catalog
from catalogctl.provider.failure import CredentialsRefused, StoreFailure
from catalogctl.provider.pace import Timing
from catalogctl.provider.protocol import Lookup, Reader
from catalogctl.provider.service import ReadClient

Readers: TypeAlias = Callable[[str], AbstractAsyncContextManager[tuple[Reader, ReadClient]]]
"""Opens the reader of an account, and closes it in the end."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What the stores hold now."""

    observed: Mapping[Address, Observed] = field(default_factory=dict)
    """What is not in it does not exist."""
    requests: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    uncertain: frozenset[Address] = frozenset()
    """What was not found in a listing that does not add up: it is not created."""
    present: Mapping[Address, frozenset[str]] = field(default_factory=dict)
    """Where a store keeps no keys: the ids that are there in the place of what was not found."""
    failed: Mapping[str, CatalogError] = field(default_factory=dict)
    """The accounts whose stores could not be asked, and why."""


def remembered(recorded: Mapping[Address, Recorded]) -> Refreshed:
    """Take state's word for what the stores hold, without asking them."""
    there = {address: have for address, have in recorded.items() if not have.half_replaced}
    return Refreshed({address: Observed(have.id, have.key, {**have.attributes, **have.observed}) for address, have in there.items()})


async def refresh(
    catalog: Catalog,
    recorded: Mapping[Address, Recorded],
    selected: Callable[[Address], bool],
    readers: Readers,
    timing: Timing,
    listen: Listener,
) -> Refreshed:
    """Read every selected object that the files or state know.

    Shapes:  an account whose store could not be asked is in `failed`; nothing of what it holds is reported.
    Source:  PRODUCT.md 5.10, 6.6, 6.8.
    """
    imports = {entry.address: entry.id for entry in catalog.imports}
    ids = {address: have.id for address, have in recorded.items()}
    held = _held(recorded)
    wanted: dict[str, dict[Address, Lookup]] = {}
    for address in sorted({*catalog.resources, *recorded}, key=in_order):
        if not selected(address):
            continue
        want, have = catalog.resources.get(address), recorded.get(address)
        known = want or have
        if known is None:
            continue
        id_ = have.id if have is not None and not (have.half_replaced and address in imports) else imports.get(address)
        expected = fill(want.attributes, ids.get) if want is not None and want.dependencies else known.attributes
        taken = frozenset[str]() if id_ is not None else held.get((address.account, known.type.name), frozenset())
        wanted.setdefault(address.account, {})[address] = Lookup(
            address, known.type, known.key, id_, expected, taken, {} if have is None else have.attributes, declared=want is not None
        )
    read = await asyncio.gather(
        *(_account(account, objects, recorded, readers, timing, listen) for account, objects in wanted.items()), return_exceptions=True
    )
    return _gathered(wanted, read)


def _held(recorded: Mapping[Address, Recorded]) -> dict[tuple[str, str], frozenset[str]]:
    """List the ids that state knows, by account and type, where the store keeps no keys: what has one of them is not what is looked for."""
    held: dict[tuple[str, str], set[str]] = {}
    for address, have in recorded.items():
        if have.type.identity is Identity.UNTOLD:
            held.setdefault((address.account, have.type.name), set()).add(have.id)
    return {place: frozenset(ids) for place, ids in held.items()}


async def _account(
    account: str,
    wanted: Mapping[Address, Lookup],
    recorded: Mapping[Address, Recorded],
    readers: Readers,
    timing: Timing,
    listen: Listener,
) -> Refreshed:
    async with readers(account) as (reader, service):
        asked = Questions(account, tuple(wanted.values()), recorded, service.width, timing)
        listing = await believable(reader, asked, lambda done, total: listen(RefreshProgressed(account, done, total)))
        listen(RefreshFinished(account, service.pace.requests))
        observed = {address: seen for address, seen in zip(wanted, listing.objects, strict=True) if seen is not None}
        return Refreshed(observed, service.pace.requests, listing.diagnostics, listing.uncertain, listing.present)


def _gathered(accounts: Iterable[str], results: Sequence[Refreshed | BaseException]) -> Refreshed:
    observed: dict[Address, Observed] = {}
    requests = 0
    diagnostics: list[Diagnostic] = []
    uncertain: set[Address] = set()
    present: dict[Address, frozenset[str]] = {}
    failed: dict[str, CatalogError] = {}
    for account, result in zip(accounts, results, strict=True):
        match result:
            case Refreshed():
                observed.update(result.observed)
                requests += result.requests
                diagnostics.extend(result.diagnostics)
                uncertain |= result.uncertain
                present.update(result.present)
            case StoreFailure():
                refusal = Refusal.CREDENTIALS if isinstance(result, CredentialsRefused) else Refusal.UNAVAILABLE
                failed[account] = CatalogError(result.diagnostic, refusal=refusal)
            case CatalogError():
                failed[account] = result
            case _:
                raise result
    return Refreshed(observed, requests, tuple(diagnostics), frozenset(uncertain), present, failed)


def together(failed: Mapping[str, CatalogError]) -> CatalogError:
    """Make one problem of those of several accounts; refused credentials are the gravest."""
    problems = [problem for one in failed.values() for problem in one.diagnostics]
    refusals = [one.refusal for one in failed.values()]
    return CatalogError(*problems, refusal=Refusal.CREDENTIALS if Refusal.CREDENTIALS in refusals else refusals[0])
