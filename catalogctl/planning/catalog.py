"""Everything the files want, ready to be compared: resources, and what was said about moving, releasing and importing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from catalogctl.model.address import Address, in_order
from catalogctl.model.blocks import Import, Move, Removal, Rename
from catalogctl.model.diagnostics import Diagnostic, SourceRange, warning
from catalogctl.model.resource import Resource
from catalogctl.model.title import Origin
from catalogctl.provider.protocol import UnsupportedField

__all__ = ["Catalog", "Import", "Move", "Removal"]


_NAMED = 3
"""Editions that are named where many have the same thing about them."""


FieldPlace: TypeAlias = Callable[[Address, str], SourceRange | None]
"""Finds where an attribute of an address was declared, by its path (`prices.USD`); empty: where the edition was."""


def no_field_place(_address: Address, _attribute: str) -> SourceRange | None:
    """Return no place, for a catalog that did not come out of files."""
    return None


def nowhere(_: Origin) -> SourceRange | None:
    """Return no place, for a catalog that did not come out of files."""
    return None


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the files want of all accounts."""

    resources: Mapping[Address, Resource]
    moved: tuple[Move, ...] = ()
    removed: tuple[Removal, ...] = ()
    imports: tuple[Import, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    """Title id → its name, for people."""
    unsupported: Callable[[Callable[[Address], bool]], tuple[Diagnostic, ...]] = field(default=lambda _: ())
    """Tells, account by account, which declared facts of the editions of some addresses the stores have no place for. Asked only for
    what is shown: where something was declared is found at a cost."""
    count_unsupported: Callable[[Callable[[Address], bool]], int] = field(default=lambda _: 0)
    """Counts these facts."""
    unsupported_fields: Callable[[str, str, str], tuple[UnsupportedField, ...]] = field(default=lambda _title, _edition, _account: ())
    """Lists those of a title's edition on an account, whatever the account's rule about them."""
    place: Callable[[Origin], SourceRange | None] = nowhere
    """Finds where something was declared, at the same cost: for problems only."""

    field_place: FieldPlace = no_field_place
    """Finds where an attribute of an address was declared, at the same cost."""
    document_digests: Callable[[Collection[str]], Mapping[str, str]] = field(default=lambda _: {})
    """Returns the digest of what is said of some titles and to all of them, under the name of what says it: a saved plan is bound to
    these."""
    renamed: tuple[Rename, ...] = ()
    """Titles and editions that got another name; `moved` has a move for each of their resources."""

    @property
    def released(self) -> frozenset[Address]:
        """Addresses that state forgets while their objects stay."""
        return frozenset(removal.address for removal in self.removed if not removal.destroy)

    def located(self, problem: Diagnostic) -> Diagnostic:
        """Return a problem with the place of what it is about, where it has none and is about an address that the files declare.

        Shapes:  its attribute becomes the path in the title file that it comes from.
        """
        if problem.source is not None or problem.address is None:
            return problem
        try:
            address = Address.parse(problem.address)
        except ValueError:
            return problem
        place = self.field_place(address, problem.attribute or "")
        resource = self.resources.get(address)
        if resource is None or not problem.attribute:
            return problem.at(place)
        name, *entry = problem.attribute.split(".")
        declared = resource.type.attributes[name].declared if name in resource.type.attributes else ""
        return replace(problem, source=place, attribute=".".join([declared.format(account=address.account) or name, *entry]))

    def incomplete(self) -> tuple[Diagnostic, ...]:
        """Tell which editions could not be made from what is declared, account by account: that is fine where they are in the store."""
        lacking: dict[tuple[str, str], list[Resource]] = {}
        for address, resource in sorted(self.resources.items(), key=lambda item: in_order(item[0])):
            for problem in resource.create_errors:
                lacking.setdefault((address.account, problem.summary), []).append(resource)
        return tuple(self._told(account, summary, resources) for (account, summary), resources in lacking.items())

    def _told(self, account: str, summary: str, resources: list[Resource]) -> Diagnostic:
        editions = list(dict.fromkeys(f"{one.address.title}.{one.address.edition}" for one in resources))
        named = ", ".join(editions[:_NAMED]) + (f" and {len(editions) - _NAMED:,} more" if len(editions) > _NAMED else "")
        what = f"{summary[0].lower()}{summary[1:]}"
        detail = f"For {account}: {what} ({named}). That is fine as long as the store has them: catalogctl could not create them again."
        first = resources[0]
        problem = next(one for one in first.create_errors if one.summary == summary)
        place = self.field_place(first.address, problem.attribute or "") or self.place(first.origin)
        return warning("only-if-there", "Editions that have to be in the store already", detail).at(place)
