"""What becomes of one title, in Markdown: a row of a table, and a part that unfolds, at several lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from catalogctl.model.quantity import counted
from catalogctl.model.resource import ReplaceOrder
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import attribute_name, by_name, edits
from catalogctl.planning.change import Change
from catalogctl.planning.risk.risk import Assessed, Risk
from catalogctl.view.markdown.marks import STYLE, Markup, clipped, fold, line, strong
from catalogctl.view.paint.escape import markdown, markdown_code, markdown_prose
from catalogctl.view.paint.style import Piece
from catalogctl.view.text.attributes import brief, change_blocks
from catalogctl.view.words.changes import why, word
from catalogctl.view.words.risks import RISKS

_ROOM = 10_000
"""Cells of a line before it is broken: Markdown is broken by who shows it."""
_NAME_SHOWN = 80
_FACT_SHOWN = 120
_EDITS_SHOWN = 5
_ORDER = (Action.DELETE, Action.REPLACE, Action.CREATE, Action.UPDATE, Action.ADOPT, Action.FORGET)
"""What matters most comes first."""


@dataclass(frozen=True, slots=True)
class Length:
    """How much is reported of each change of a title."""

    changes: int
    """So many of them, the riskiest first; the rest are counted."""
    attributes: int
    """So many of each; 0 for their names only."""
    lines: int
    """So many of each attribute."""
    characters: int
    """So many of each line."""


class Detail(Enum):
    """The lengths at which a title can be shown, from the shortest."""

    NAMES = Length(changes=25, attributes=0, lines=0, characters=0)
    SHORT = Length(changes=40, attributes=20, lines=5, characters=300)
    FULL = Length(changes=100_000, attributes=100_000, lines=100_000, characters=100_000)


@dataclass(frozen=True, slots=True)
class TitleSection:
    """One title and what happens to it."""

    id: str
    name: str
    """Empty where no one knows it."""
    changes: tuple[Assessed, ...]
    """The riskiest first."""
    alone: tuple[Assessed, ...]
    """Those of them that are reported here, and not with others that are equal."""

    @property
    def risks(self) -> Counter[Risk]:
        """How many of its changes carry each risk that is not reported by their action."""
        return _besides(self.changes)

    @property
    def is_risky(self) -> bool:
        """Return whether any of its changes is risky."""
        return any(one.risks for one in self.changes)

    @property
    def edits(self) -> Counter[str]:
        """How many of its changes are about each attribute, of what is changed and not made or lost as a whole."""
        return _edits(self.changes)

    @property
    def own_edits(self) -> Counter[str]:
        """The same of the changes that are reported here."""
        return _edits(self.alone)

    def safe(self) -> str:
        """Its name and id, fit for a line of Markdown and for the inside of an HTML element."""
        id_ = markdown(clipped(self.id, _NAME_SHOWN))
        return f"{markdown(clipped(self.name, _NAME_SHOWN))} ({id_})" if self.name and self.name != self.id else id_


def _besides(changes: Iterable[Assessed]) -> Counter[Risk]:
    return Counter(risk for one in changes for risk in one.risks if risk.value != one.change.action.value)


def _edits(changes: Iterable[Assessed]) -> Counter[str]:
    edited = [one.change for one in changes if _is_edit(one.change)]
    return Counter(word for change in edited for word in {change.type.word(name) for name in change.changed})


def counts_text(actions: Iterable[Action]) -> str:
    """Return how many of each action there are: `1 delete, 12 updates`; empty for none."""
    counts = Counter(actions)
    return ", ".join(counted(counts[action], action.value) for action in _ORDER if counts[action])


def risks_text(risks: Mapping[Risk, int], joint: str = ", ") -> str:
    """Return how many of each risk there are, the worst first; empty for none."""
    return joint.join(counted(risks[risk], *RISKS[risk]) for risk in Risk if risks.get(risk))


def edits_text(edits: Counter[str], noun: str = "") -> str:
    """Return how often each attribute is edited, the most frequent first: `9,812 description, prices`, once goes without saying.

    Shapes:  with a noun `9,812 description edits, 1 prices edit`.
    """
    most = sorted(edits.items(), key=lambda item: (-item[1], item[0]))[:_EDITS_SHOWN]
    named = [_times(count, markdown(clipped(name, _NAME_SHOWN)), noun) for name, count in most]
    others = edits.total() - sum(count for _, count in most)
    return ", ".join([*named, *([counted(others, "other")] if others else [])])


def _times(count: int, name: str, noun: str) -> str:
    if noun:
        return counted(count, f"{name} {noun}")
    return f"{count:,} {name}" if count > 1 else name


def row(title: TitleSection, columns: Sequence[Callable[[str], bool]]) -> str:
    """Write the row of one title: its name, a cell for each column of accounts, what else is risky about it, and what is edited."""
    cells = [counts_text(one.change.action for one in title.changes if of(one.change.address.account)) for of in columns]
    return table_row(title.safe(), *cells, risks_text(title.risks), edits_text(title.edits))


def table_row(*cells: str) -> str:
    """Write a row of safe cells, with its line break."""
    return f"| {' | '.join(cells)} |\n"


def section(title: TitleSection, detail: Detail, place: Callable[[Change], str], markup: Markup) -> str:
    """Write what happens to a title by itself, as a part that unfolds."""
    said = counts_text(one.change.action for one in title.alone)
    risky = risks_text(_besides(title.alone))
    summary = f"{strong(title.safe(), markup)}: {said}" + (f" — {risky}" if risky else "")
    return fold(summary, list(_body(title.alone, detail.value, place, markup)), markup)


def _body(changes: Sequence[Assessed], length: Length, place: Callable[[Change], str], markup: Markup) -> Iterator[str]:
    alone = [one.change for one in changes if not one.goes_along]
    company = [one.change for one in changes if one.goes_along]
    for change in alone[: length.changes]:
        yield _head(change, length, place)
        yield from losses(change, length)
        if length.attributes:
            yield from attribute_lines(change, length, markup)
    if len(alone) > length.changes:
        yield f"- {STYLE.ellipsis} and {counts_text(change.action for change in alone[length.changes :])} more"
    groups = Counter((change.action, change.type.name, change.address.account) for change in company)
    for (action, kind, account), count in sorted(groups.items(), key=lambda item: (_ORDER.index(item[0][0]), item[0][1:])):
        of = f"{markdown_code(clipped(kind, _NAME_SHOWN))} on {markdown_code(clipped(account, _NAME_SHOWN))}"
        yield f"- **{action.value}** {count:,} {of}, with what they are part of"


def _head(change: Change, length: Length, place: Callable[[Change], str]) -> str:
    facts = [markdown(why(change, STYLE))]
    if change.protect:
        facts.append("protected")
    if change.id is not None:
        facts.append(f"id {markdown_code(clipped(change.id, _NAME_SHOWN))}")
    where = place(change)
    if where:
        facts.append(markdown_code(where))
    if not length.attributes and _is_edit(change) and change.attributes:
        names = sorted(attribute_name(change.type, name) for name in change.changed)
        facts.append("changes " + ", ".join(map(markdown_code, names)))
    return f"- **{word(change)}** {markdown_code(str(change.address))}: {f' {STYLE.dot} '.join(facts)}"


def losses(change: Change, length: Length) -> Iterator[str]:
    """Write what is lost for good by a change."""
    created_first = change.action is Action.REPLACE and change.type.replace_order is ReplaceOrder.CREATE_FIRST
    lost = [change.type.loss] if change.action.destroys and not created_first else []
    if change.takes_away:
        lost.append(f"{counted(change.takes_away, 'object')} that the files do not declare, deleted from the store.")
    for loss in lost:
        yield f"  - **LOST FOR GOOD:** {markdown(clipped(loss, length.characters or _NAME_SHOWN))}"


def _is_edit(change: Change) -> bool:
    return change.action in {Action.UPDATE, Action.REPLACE, Action.ADOPT}


def attribute_lines(change: Change, length: Length, markup: Markup) -> Iterator[str]:
    """Write what an object is or what changes in it, in so many lines."""
    if change.action is Action.FORGET:
        return
    if not _is_edit(change):
        facts = brief(by_name(change.after or change.before or {}, change.parts), change.type, STYLE)
        shown = [markdown_prose(clipped(fact, _FACT_SHOWN)) for fact in facts[: length.attributes]]
        rest = [f"{len(facts) - len(shown):,} more"] if len(facts) > len(shown) else []
        if facts:
            yield f"  - {f' {STYLE.dot} '.join([*shown, *rest])}"
        return
    blocks = list(change_blocks(edits(change), change.type, _ROOM, STYLE))
    for name, lines in blocks[: length.attributes]:
        yield from _block(name, list(lines), length, markup)
    if len(blocks) > length.attributes:
        yield f"  - {STYLE.ellipsis} and {len(blocks) - length.attributes:,} more"


def _block(name: str, lines: list[list[Piece]], length: Length, markup: Markup) -> Iterator[str]:
    """Write the lines of one attribute: beside its name where it is one, else below it."""
    head = f"  - {markdown_code(name)}:"
    if len(lines) == 1:
        yield f"{head} {line(lines[0], markup, length.characters)}"
        return
    yield head
    for pieces in lines[: length.lines]:
        yield f"    - {line(pieces, markup, length.characters)}"
    if len(lines) > length.lines:
        yield f"    - {STYLE.ellipsis} and {len(lines) - length.lines:,} more"


def inline(attributes: Iterable[Sequence[Piece]], most: int, markup: Markup) -> str:
    """Write the lines of one attribute as one, the first characters of it."""
    return line(list(chain.from_iterable((*pieces, (" ", pieces[-1][1])) for pieces in attributes if pieces)), markup, most)
