"""Judge whether what state records may really be gone: a store that shows nothing of many objects is not believed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.model.resource import Recorded

SUSPICIOUS = 10
"""From how many recorded objects on a store that shows none of them is not believed. Source: PRODUCT.md 6.8."""


def vanished(account: str, recorded: Mapping[Address, Recorded], seen: Mapping[Address, str]) -> list[Diagnostic]:
    """Find where an account shows not one of many objects: of all, of those of one type, of the parts of one whole. Pure.

    What went with its owner is reported of the owner.
    Shapes:  `recorded`: what the account was asked for of all that state records on it; `seen`: what it shows, with the ids it has there.
    Source:  PRODUCT.md 5.10, 6.8.
    """
    if _gone(recorded, seen):
        types = {have.type.name for have in recorded.values()}
        what, where = (f"objects of type {min(types)}", f"{min(types)}/") if len(types) == 1 else ("resources", "")
        return [
            _not_believed(f"The store shows not one of {len(recorded)} {what} that state records on {account!r}", f"{account}/{where}*")
        ]
    there = frozenset(seen.values())
    made: dict[str, list[Address]] = {}
    parts: dict[tuple[str, str], list[Address]] = {}
    for address, have in recorded.items():
        if have.type.singleton is not None:
            continue
        owner = str(have.attributes.get(have.type.owner)) if have.type.owner else ""
        if owner and owner not in there:
            continue
        made.setdefault(have.type.name, []).append(address)
        if owner:
            parts.setdefault((have.type.name, owner), []).append(address)
    types = {kind for kind, addresses in made.items() if _gone(addresses, seen)}
    problems = [
        _not_believed(
            f"The store shows not one of {len(made[kind])} objects of type {kind} that state records on {account!r}, and does show others",
            f"{account}/{kind}/*",
        )
        for kind in sorted(types)
    ]
    for (kind, _), addresses in parts.items():
        if kind not in types and _gone(addresses, seen):
            whole = f"{addresses[0].title}.{addresses[0].edition}"
            said = f"The store shows {whole} on {account!r}, and not one of {len(addresses)} objects of type {kind} that are part of it"
            problems.append(_not_believed(said, f"{account}/{kind}/{whole}/*"))
    return problems


def _gone(addresses: Collection[Address], seen: Mapping[Address, str]) -> bool:
    return len(addresses) >= SUSPICIOUS and not any(address in seen for address in addresses)


def _not_believed(said: str, glob: str) -> Diagnostic:
    hint = (
        "Look whether the account points at the right store, and whether that is in order.\n"
        f"If they really are gone, have state forget them:\ncatalogctl state rm '{glob}'"
    )
    return error("store-suddenly-empty", "A store suddenly shows nothing", f"{said}. They are not taken to be gone.", hint)
