"""A plan as the HTML report tells it: all that its templates need to know, in the order in which it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, Diagnostics, Severity
from catalogctl.model.picture import Previews
from catalogctl.model.quantity import counted
from catalogctl.planning.action import Action
from catalogctl.planning.attribute_words import by_name, edits
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.plan import Plan, Refresh
from catalogctl.planning.risk.risk import Assessed, Risk, assess
from catalogctl.view.diff.equal_changes import EqualChanges, find_equal, group_drift
from catalogctl.view.html.blocks import Album, Block, differences, facts
from catalogctl.view.paint.style import Style
from catalogctl.view.paint.values import duration_text
from catalogctl.view.words.changes import because
from catalogctl.view.words.equal_changes import headline, members_text, parts_text
from catalogctl.view.words.ignored import by_rule, rule_parts
from catalogctl.view.words.moves import moves
from catalogctl.view.words.plan_facts import unasked
from catalogctl.view.words.problem_kinds import by_kind
from catalogctl.view.words.reverts import moved_back, not_put_back, revert_words
from catalogctl.view.words.risks import RISK_NAMES, SLUGS, Concern, concerns
from catalogctl.view.words.title_name import title_name

Where = Callable[[Change], str]
"""Tells `file:line` of what one would open to see why; empty where there is no such place."""

_STYLE: Final = Style()
_PICTURES: Final = 6_000_000
"""Bytes of all pictures of a page together."""
_RISKS_LISTED: Final = 8
"""Titles with a risk of one kind that are at the top of the page; the filter finds the others."""
_ORDER: Final = (Action.DELETE, Action.REPLACE, Action.CREATE, Action.UPDATE, Action.ADOPT, Action.FORGET)
"""What matters most comes first."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many resources meet with one action."""

    action: Action
    sign: str
    number: int


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What becomes of one resource."""

    change: Change
    sign: str
    word: str
    why: str
    where: str
    blocks: tuple[Block, ...]
    concerns: tuple[Concern, ...]
    whole: bool
    """Whether the blocks tell what it is, and not what changes in it."""

    @property
    def risks(self) -> str:
        """The kinds of its concerns, each a word."""
        return " ".join(dict.fromkeys(SLUGS[concern.risk] for concern in self.concerns))


@dataclass(frozen=True, slots=True)
class AccountView:
    """What becomes of one title on one account."""

    name: str
    number: int
    """Its place among the accounts of the page."""
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True)
class TitleView:
    """One title: a row of the table, and a section of the page."""

    anchor: str
    id: str
    name: str
    cells: tuple[tuple[Count, ...] | None, ...]
    """By account: what happens there, nothing where it is as declared, `None` where the title is not sold there."""
    accounts: tuple[AccountView, ...]
    """With the changes that stand by themselves; where there are none, the title has no section."""

    @property
    def risky(self) -> bool:
        """Return whether there is a concern about any of them."""
        return any(view.concerns for account in self.accounts for view in account.changes)


@dataclass(frozen=True, slots=True)
class MemberView:
    """One of several equal changes."""

    change: Change
    number: int
    """The place of its account among those of the page."""
    name: str
    """What its title is called."""
    where: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Equal changes: a section of the page."""

    anchor: str
    headline: str
    kind: str
    """Account and type: `store/content`."""
    sample: ChangeView
    """What is true of all of them."""
    members: tuple[MemberView, ...]
    parts: str
    """How many parts come or go with them; empty for none."""


@dataclass(frozen=True, slots=True)
class ListedRisk:
    """A title or equal changes with a risk, and where it is."""

    anchor: str
    name: str
    places: tuple[tuple[str, str], ...]
    """Editions and accounts; of equal changes none."""
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskView:
    """Concerns of one kind, over all titles."""

    slug: str
    name: str
    changes: int
    """How many changes have one."""
    listed: tuple[ListedRisk, ...]
    more: int
    """How many titles are not listed."""


@dataclass(frozen=True, slots=True)
class DriftView:
    """An object that was changed outside catalogctl, or several that were changed alike."""

    name: str
    addresses: tuple[Address, ...]
    gone: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class AloneView:
    """An entry of `ignore_changes`, and what it keeps from being changed."""

    path: str
    remarks: tuple[str, ...]
    """Its reason and its last day, as far as it has them."""
    places: tuple[tuple[Address, str], ...]
    """Objects, each with the paths that are left alone in it."""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The whole report."""

    plan: Plan
    digest: str
    headline: str
    lead: str
    counts: tuple[Count, ...]
    risks: tuple[RiskView, ...]
    drift: tuple[DriftView, ...]
    drift_besides: int
    """Objects that differ from the state in ways that change nothing here."""
    alone: tuple[AloneView, ...]
    moves: tuple[tuple[Address, Address], ...]
    """Addresses that state gives up, each with the one that takes its place."""
    refusals: tuple[Diagnostic, ...]
    """Why it cannot be applied as it is."""
    warnings: tuple[tuple[Diagnostic, ...], ...]
    """By their kinds."""
    accounts: tuple[str, ...]
    groups: tuple[GroupView, ...]
    titles: tuple[TitleView, ...]
    number: int
    """How many changes the page shows."""
    duration: str
    reverts: tuple[str, str] | None
    """Which run it takes back: its name, and what is known of it."""


def page(plan: Plan, digest: str, where: Where, previews: Previews) -> ReportPage:
    """Collect what the report says of a plan.

    Shapes:  titles by their ids, and below each accounts by their names; what changes nothing is counted and no more.
    """
    album = Album(previews, _PICTURES)
    shown = sorted((change for change in plan.changes if change.action.changes_anything), key=_position)
    accounts = tuple(sorted({change.address.account for change in plan.changes}))
    numbers = {name: number for number, name in enumerate(accounts)}
    by_title: dict[str, list[Assessed]] = {}
    risky = assess(plan.changes, plan.steep)
    for one in risky:
        by_title.setdefault(one.change.address.title, []).append(one)
    equal = find_equal(by_title.values, bulk=False)
    assessed = {one.change.address: one for ones in by_title.values() for one in equal.alone(ones)}
    groups = tuple(_group(number, group, plan, numbers, where, album) for number, group in enumerate(equal.groups, 1))
    anchors = {member.change.address.title: group.anchor for group in groups for member in group.members}
    held = {(change.address.title, change.address.account) for change in plan.changes}
    titles: list[TitleView] = []
    for number, (title, group) in enumerate(groupby(shown, key=lambda change: change.address.title), 1):
        changes = list(group)
        alone = [change for change in changes if change.address in assessed]
        views = tuple(
            AccountView(name, numbers[name], tuple(_view(assessed[change.address], where, album) for change in several))
            for name, several in groupby(alone, key=lambda change: change.address.account)
        )
        cells = tuple(
            _counts(change for change in changes if change.address.account == account) if (title, account) in held else None
            for account in accounts
        )
        anchor = f"t{number}" if alone else anchors[title]
        titles.append(TitleView(anchor, title, title_name(plan.titles, title, changes) or title, cells, views))
    problems = Diagnostics.of(plan.diagnostics)
    return ReportPage(
        plan=plan,
        digest=digest,
        headline=_headline(plan, len(shown), len(titles)),
        lead=_lead(plan),
        counts=_counts(shown),
        risks=tuple(_risks(groups, titles, risky)),
        drift=tuple(_drifted(several, plan, album) for several in group_drift(item for item in plan.drift if item.matters)),
        drift_besides=sum(not item.matters for item in plan.drift),
        alone=tuple(_alone(plan.changes)),
        moves=tuple(moves(plan.changes)),
        refusals=problems.errors,
        warnings=tuple(by_kind(problem for problem in problems if problem.severity is not Severity.ERROR)),
        accounts=accounts,
        groups=groups,
        titles=tuple(titles),
        number=len(shown),
        duration=duration_text(plan.estimate.seconds),
        reverts=None if plan.reverts is None else revert_words(plan.reverts, str, str),
    )


def _position(change: Change) -> tuple[str, str, str, str, str]:
    at = change.address
    return (at.title, at.account, at.edition, at.type, at.key)


def _counts(changes: Iterable[Change]) -> tuple[Count, ...]:
    found = Counter(change.action for change in changes)
    return tuple(Count(action, _STYLE.sign(action), found[action]) for action in _ORDER if found[action])


def _headline(plan: Plan, changes: int, titles: int) -> str:
    return " · ".join(words for words in (_changes(plan, changes, titles), moved_back(plan), not_put_back(plan)) if words)


def _changes(plan: Plan, changes: int, titles: int) -> str:
    if not changes:
        return "The stores were changed outside catalogctl" if any(item.matters for item in plan.drift) else "Nothing changes"
    return f"{counted(changes, 'change')} to {counted(titles, 'title')}"


def _lead(plan: Plan) -> str:
    if plan.refresh is Refresh.STATE:
        return f"{unasked(plan)} {_sending(plan)}"
    return _sending(plan)


def _sending(plan: Plan) -> str:
    if plan.is_empty and plan.drift:
        read = counted(plan.reads, "request")
        return f"The stores were read ({read}): {len(plan.drift):,} of {counted(len(plan.changes), 'object')} not as state remembers."
    if plan.is_empty and plan.reverts is not None:
        return f"The stores were read ({counted(plan.reads, 'request')}), and nothing is to be sent to them."
    if plan.is_empty:
        objects = counted(len(plan.changes), "object")
        alone = " What ignore_changes names is left alone." if any(change.ignored for change in plan.changes) else ""
        alone += f" {counted(plan.held_back, 'object').capitalize()} held back." if plan.held_back else ""
        if plan.refresh is Refresh.STATE:
            return f"{objects.capitalize()}, and nothing is to be done about them.{alone}"
        return f"The stores were read ({counted(plan.reads, 'request')}): {objects}, and nothing is to be done about them.{alone}"
    if not plan.requests:
        return "Nothing is sent to the stores: only what the state remembers changes."
    requests = counted(plan.estimate.requests, "request")
    return f"Nothing has been sent yet. Applying this sends {requests} and takes {duration_text(plan.estimate.seconds)}."


def _alone(changes: Iterable[Change]) -> Iterable[AloneView]:
    for rule, places in by_rule(changes):
        path, *remarks = rule_parts(rule)
        yield AloneView(path, tuple(remarks), tuple((address, ", ".join(paths)) for address, paths in places))


def _drifted(several: Sequence[Drift], plan: Plan, album: Album) -> DriftView:
    item = several[0]
    addresses = tuple(one.address for one in several)
    name = str(item.address) if len(several) == 1 else f"{members_text(addresses, plan.titles)} on {item.address.account}"
    return DriftView(name, addresses, item.gone, tuple(differences(edits(item), item.type, album)))


# -- one change ----------------------------------------------------------------------------------------------------------


def _view(one: Assessed, where: Where, album: Album) -> ChangeView:
    change = one.change
    whole = change.action in {Action.CREATE, Action.DELETE}
    blocks: tuple[Block, ...]
    match change.action:
        case Action.CREATE:
            blocks = tuple(facts(by_name(change.after or {}, change.parts), change.type, album))
        case Action.DELETE:
            blocks = tuple(facts(by_name(change.before or {}, change.parts), change.type, album))
        case Action.FORGET:
            blocks = ()
        case _:
            blocks = tuple(differences(edits(change), change.type, album))
    word = "adopt and update" if change.action is Action.ADOPT and change.attributes else change.action.value
    return ChangeView(change, _STYLE.sign(change.action), word, _why(one), where(change), blocks, tuple(concerns(one)), whole)


def _why(one: Assessed) -> str:
    """Say why; of what only comes along with what it is part of, nothing, and of what is created again with that, no more than that."""
    if not one.goes_along or one.change.action is Action.DELETE:
        return because(one.change, "; ")
    return one.change.reason.value if one.change.action is Action.REPLACE else ""


def _group(number: int, group: EqualChanges, plan: Plan, numbers: Mapping[str, int], where: Where, album: Album) -> GroupView:
    change = group.sample.change
    account = numbers[change.address.account]

    def name(one: Change) -> str:
        return title_name(plan.titles, one.address.title, [one]) or one.address.title

    members = tuple(MemberView(one, account, name(one), where(one)) for one in group.members)
    title, _ = headline(group, plan.titles, _STYLE)
    kind = f"{change.address.account}/{change.type.name}"
    return GroupView(f"g{number}", title, kind, _view(group.sample, where, album), members, parts_text(group.parts))


# -- what to look at first -----------------------------------------------------------------------------------------------


def _risks(groups: Sequence[GroupView], titles: Sequence[TitleView], assessed: Sequence[Assessed]) -> Iterable[RiskView]:
    """List each risk with who carries it, the one of the riskiest change first."""
    first: dict[Risk, int] = {}
    for one in assessed:
        first.update((risk, min(first.get(risk, one.place(risk)), one.place(risk))) for risk in one.risks)
    for risk in sorted(first, key=first.__getitem__):
        of_groups = [(group, [group.sample]) for group in groups if _carry(risk, [group.sample])]
        of_titles = [(title, _carry(risk, [view for account in title.accounts for view in account.changes])) for title in titles]
        listed = [
            *(ListedRisk(group.anchor, f"{group.headline} ({group.kind})", (), _said(risk, views)) for group, views in of_groups),
            *(ListedRisk(title.anchor, title.name, _places(views), _said(risk, views)) for title, views in of_titles if views),
        ]
        if listed:
            changes = sum(len(group.members) for group, _ in of_groups) + sum(len(views) for _, views in of_titles)
            shown = tuple(listed[:_RISKS_LISTED])
            yield RiskView(SLUGS[risk], RISK_NAMES[risk], changes, shown, len(listed) - len(shown))


def _carry(risk: Risk, views: Iterable[ChangeView]) -> list[ChangeView]:
    return [view for view in views if any(concern.risk is risk for concern in view.concerns)]


def _places(views: Iterable[ChangeView]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((view.change.address.edition, view.change.address.account) for view in views))


def _said(risk: Risk, views: Iterable[ChangeView]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(concern.said for view in views for concern in view.concerns if concern.risk is risk))
