"""What a revert says about what it does not put back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from catalogctl.history.run import Begun
from catalogctl.model.address import Address, in_order
from catalogctl.model.diagnostics import Diagnostic, Severity, warning

MOST_NAMED = 20
"""So many addresses are named in one problem; of more, the rest is counted."""


def at_most(problems: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the first of some problems, and count the others of each kind."""
    yield from problems[:MOST_NAMED]
    rest = problems[MOST_NAMED:]
    for code, summary in dict.fromkeys((item.code, item.summary) for item in rest):
        others = [item for item in rest if item.code == code]
        detail = "\n".join(address_lines([item.address for item in others]))
        yield replace(others[0], summary=f"{summary}, {len(others):,} times more", detail=detail, address=None)


def address_lines(addresses: Sequence[Address | str | None]) -> Iterator[str]:
    """Name the first of some addresses, a line each, and count the others."""
    yield from (f"- {address}" for address in addresses[:MOST_NAMED])
    if len(addresses) > MOST_NAMED:
        yield f"- and {len(addresses) - MOST_NAMED:,} more"


@dataclass(slots=True)
class RevertFindings:
    """What there is to say about what a revert does not put back."""

    run: Begun
    unknown: dict[Address, list[str]] = field(default_factory=dict)
    """What the store never returned of an object, and no one had recorded before the run."""
    conflicts: list[Diagnostic] = field(default_factory=list)
    impossible: list[Diagnostic] = field(default_factory=list)
    incomplete: list[Diagnostic] = field(default_factory=list)
    lost: set[Address] = field(default_factory=set)
    """What cannot be put back as it was."""
    nothing_left: list[Address] = field(default_factory=list)
    still_said: set[Address] = field(default_factory=set)
    """Where the files say what the run did."""

    def note_still(self, address: Address, said: bool) -> None:
        """Note an address where the files say what the run did."""
        if said:
            self.still_said.add(address)

    def conflict(self, address: Address, what: str, lines: list[str]) -> None:
        """Note what was changed since the run, so that it is left as it is."""
        detail = "\n".join([f"{address} {what}. It is left unchanged.", *lines])
        hint = "To put it back all the same:\n" + f"catalogctl revert {self.run.id} --force --target {address}"
        self.conflicts.append(warning("revert-conflict", "Changed since the run", detail, hint, address=str(address)))

    def cannot(self, address: Address, why: str, attribute: str | None = None) -> None:
        """Note what cannot be put back as it was."""
        self.lost.add(address)
        self.tell(address, why, attribute)

    def tell(self, address: Address, why: str, attribute: str | None = None, hint: str = "") -> None:
        """Note why something is not put back."""
        summary = "Something cannot be put back"
        self.impossible.append(warning("revert-impossible", summary, why, hint, address=str(address), attribute=attribute))

    def may_lose(self, address: Address, names: list[str]) -> None:
        """Note what an object may have had that is created again, and that no file declared and no run recorded."""
        detail = (
            f"{address} is created with what was declared when the run deleted it. What else it had is not recorded, so it is created "
            f"without: {', '.join(names)}."
        )
        if "countries" in names:
            detail += " If it was sold in some countries alone, it would be sold in all of them."
        hint = "Where the deleted object had any of these, set them in the store's own panel, or declare them and apply."
        self.incomplete.append(warning("revert-may-lose", "Values that are not recorded", detail, hint, address=str(address)))

    def is_told(self, address: Address) -> bool:
        """Return whether it was said already why something is not put back."""
        return address in self.unknown or any(item.address == str(address) for item in self.impossible)

    def git_revert(self) -> str:
        """Return the command that takes back the commit that was applied; empty where the files were not just as in one."""
        commit = self.run.commit
        return "" if commit is None or commit.edited else f"git revert {commit.id[:12]}"

    def diagnostics(self, wanted: Collection[Address]) -> Iterator[Diagnostic]:
        """Report what is not put back, and why.

        Shapes:  `wanted` has the addresses about which the revert wants something.
        """
        for address, unknown in self.unknown.items():
            self.cannot(address, f"Its earlier values are unknown, because the store does not return them: {', '.join(unknown)}.")
        yield from at_most(self.conflicts)
        yield from at_most(self.impossible)
        created = set(map(str, wanted))
        yield from at_most([one for one in self.incomplete if one.address in created])
        if self.nothing_left:
            lead = "These are as they were before the run already, or no longer managed or not there to be put back:"
            yield Diagnostic(
                Severity.NOTE,
                "revert-nothing-left",
                "Nothing to put back",
                "\n".join([lead, *address_lines(sorted(self.nothing_left, key=in_order))]),
            )
        still = sorted(self.still_said.intersection(wanted), key=in_order)
        if still:
            lead = f"The next plan would do again what run {self.run.id} did, since the files still say so, here:"
            revert = self.git_revert()
            hint = f"To take it back for good, take it back in the files as well:\n{revert}" if revert else "Change the files back as well."
            yield warning("revert-not-in-files", "The files still say what the run did", "\n".join([lead, *address_lines(still)]), hint)
