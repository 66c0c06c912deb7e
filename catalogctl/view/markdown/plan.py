"""A plan for a pull request: Markdown of at most so many bytes, what a reviewer must see first on top.

Every part is there whole or not at all. What is left out first is what matters least: long texts are shortened, then of titles without
risk only the names of their attributes are shown, then only a row of the table, then they are counted; then the same of titles with risk,
but for the few riskiest. Counts, risks and the digest of the whole plan are always there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, Severity
from catalogctl.model.quantity import counted
from catalogctl.model.title import Ignore
from catalogctl.model.value import decimal_text
from catalogctl.planning.attribute_words import edits
from catalogctl.planning.change import Change, Drift
from catalogctl.planning.plan import Plan, Refresh
from catalogctl.planning.planfile.file import digest
from catalogctl.planning.risk.consequence import OddPrice, PriceMove, TerritoryLoss
from catalogctl.planning.risk.risk import Assessed, Rank, Risk, assess
from catalogctl.view.diff.equal_changes import EqualChanges, EqualGroups, find_equal, group_drift
from catalogctl.view.markdown.budget import Form, Group, fill
from catalogctl.view.markdown.equal_changes import group_section, kind_of
from catalogctl.view.markdown.marks import STYLE, Limit, clipped, marker
from catalogctl.view.markdown.title import Detail, TitleSection, counts_text, edits_text, inline, risks_text, row, section, table_row
from catalogctl.view.paint.escape import markdown, markdown_code, markdown_fence, markdown_prose
from catalogctl.view.paint.hint import parted
from catalogctl.view.paint.values import duration_text, percent_text
from catalogctl.view.text.attributes import change_blocks
from catalogctl.view.words.changes import why, word
from catalogctl.view.words.equal_changes import members_text
from catalogctl.view.words.ignored import by_rule, rule_parts
from catalogctl.view.words.moves import moves
from catalogctl.view.words.names import country
from catalogctl.view.words.plan_facts import is_whole, unasked
from catalogctl.view.words.problem_kinds import by_kind, subject_text
from catalogctl.view.words.reverts import moved_back, not_put_back, revert_words
from catalogctl.view.words.risks import odd_price_text, off_sale_text, review_text, risk_word
from catalogctl.view.words.title_name import title_name

_COLUMNS = 8
"""So many accounts have a column of their own; of more than that the last column holds the others."""
_RISKY_LINES = 25
_TOLD_FIRST = 10
"""So many of the riskiest titles are reported in some detail before any other is reported at all."""
_ROWS_FIRST, _DETAILS_FIRST = 300, 40
"""Of titles with one kind of risk, or of those without: so many rows, then the details of so many of them, come before all other rows."""
_FEW = 20
"""So many problems, drifted and moved objects and entries of `ignore_changes` come before titles without risk."""
_CLIPPED = 400
_PRICES_SHOWN = 4
_COUNTRIES_SHOWN = 12
_PLACES_SHOWN = 3
_NAME_SHOWN = 60
_LIKEWISE = 10
"""So many other warnings of one kind are named."""

_PROBLEMS, _RISKY, _EQUAL, _TABLE, _DETAILS, _DRIFT, _ALONE, _MOVED, _REMARKS = range(9)
"""The groups, in the order in which they stand."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What all parts are made from."""

    plan: Plan
    limit: Limit
    place: Callable[[Change], str]
    titles: tuple[TitleSection, ...]
    """The riskiest first."""
    names: Mapping[str, str]
    """Of these titles, by id; empty where no one knows one."""
    risky: tuple[Assessed | EqualChanges, ...]
    """What is risky, the riskiest first; equal changes as one."""
    equal: EqualGroups

    @property
    def risks(self) -> Counter[Risk]:
        """How many changes carry each risk."""
        return Counter(risk for one in self.risky for risk in _risks_of(one))


def render(plan: Plan, *, limit: Limit, place: Callable[[Change], str]) -> str:
    """Write a plan as Markdown; equal plans give equal texts.

    Shapes:  what keeps the plan from being applied is among its diagnostics, as an error. The first line is a comment that no one sees,
             `catalogctl:plan:ENVIRONMENT`, by which the comment of an earlier run can be found and replaced.
    Units:   at most `limit.bytes` bytes of UTF-8, if these are at least `markdown_marks.LEAST`.
    """
    assessed = assess(plan.changes, plan.steep)
    by_title: dict[str, list[Assessed]] = {}
    for one in assessed:
        by_title.setdefault(one.change.address.title, []).append(one)
    equal = find_equal(by_title.values, bulk=False)
    titles = tuple(
        TitleSection(id_, title_name(plan.titles, id_, (one.change for one in ones)), tuple(ones), tuple(equal.alone(ones)))
        for id_, ones in by_title.items()
    )
    alone = {one.change.address for title in titles for one in title.alone}
    risky: list[Assessed | EqualChanges] = [one for one in assessed if one.risks and one.change.address in alone]
    risky += [group for group in equal.groups if group.sample.risks]
    told = _Told(plan, limit, place, titles, {title.id: title.name for title in titles}, tuple(sorted(risky, key=_rank)), equal)
    groups = [
        _problems(told),
        _look_first(told),
        _equal(told),
        _table(told),
        _details(told),
        _drift(told),
        _alone(told),
        _moved(told),
        _remarks(told),
    ]
    steps = ((group, part) for group, part in _steps(groups, titles) if groups[group].parts[part])
    return fill(_top(told), groups, _end(told), steps, limit.bytes)


def _rank(one: Assessed | EqualChanges) -> Rank:
    return one.rank


def _risks_of(one: Assessed | EqualChanges) -> Iterator[Risk]:
    """Yield each risk as often as there are changes that carry it."""
    if isinstance(one, EqualChanges):
        yield from (risk for risk in one.sample.risks for _ in one.members)
    else:
        yield from one.risks


# -- what is always there ------------------------------------------------------------------------------------------------


def _top(told: _Told) -> str:
    plan = told.plan
    environment = clipped(plan.base.environment, _NAME_SHOWN)
    lines = [marker(plan.base.environment, told.limit.markup), f"## {_verdict(plan)}\n"]
    if plan.refresh is Refresh.STATE:
        lines.append(f"**{unasked(plan)}** What changed in the stores since then is not in it.\n")
    if plan.reverts is not None:
        run, about = revert_words(plan.reverts, markdown, markdown_code)
        lines.append(f"**{run}**, {about}.\n")
    refused = sum(item.severity is Severity.ERROR for item in plan.diagnostics)
    if refused:
        lines.append(f"**Refused:** it cannot be applied, for {counted(refused, 'reason')}.\n")
    accounts = {change.address.account for title in told.titles for change in _changes(title)}
    facts = [f"Environment {markdown_code(environment)}"]
    if told.titles:
        facts.append(f"{counted(len(told.titles), 'title')} on {counted(len(accounts), 'account')}")
    if plan.requests:
        facts.append(f"apply sends {counted(plan.estimate.requests, 'request')} and takes {duration_text(plan.estimate.seconds)}")
    elif not plan.is_empty:
        facts.append("apply sends nothing to the stores: only the state changes")
    lines.append(f" {STYLE.dot} ".join(facts) + "\n")
    risks = risks_text(told.risks, f" {STYLE.dot} ")
    if risks:
        along = sum(one.goes_along and one.change.action.destroys for title in told.titles for one in title.changes)
        with_owners = counted(along, "part that goes with its owner", "parts that go with their owners")
        parts = f" {STYLE.dot} {with_owners}" if along else ""
        lines.append(f"**Risks:** {risks}{parts}\n")
    return "\n".join(lines) + "\n"


def _verdict(plan: Plan) -> str:
    counts = plan.summary
    if plan.is_empty and any(item.matters for item in plan.drift):
        return f"Drift: {counted(len(plan.drift), 'object')} of {len(plan.changes):,} not as state remembers"
    if plan.is_empty and plan.reverts is not None:
        told = [words for words in (moved_back(plan), not_put_back(plan)) if words]
        return f" {STYLE.dot} ".join(told and ["Nothing is sent", *told]) or "No changes: there is nothing to put back"
    if plan.is_empty:
        alone = sum(bool(change.ignored) for change in plan.changes)
        apart = f", {alone:,} of them except fields left alone" if alone else ""
        held = f", {counted(plan.held_back, 'object')} held back" if plan.held_back else ""
        can = "" if is_whole(plan) else ", as far as the stores can hold it"
        return f"No changes {STYLE.dot} {counted(len(plan.changes), 'object')} as the files say{can}{apart}{held}"
    parts = [
        f"{counts.create:,} to create",
        f"{counts.update:,} to update",
        f"{counts.replace:,} to replace",
        f"{counts.delete:,} to delete",
    ]
    if counts.adopt:
        parts.append(f"{counts.adopt:,} to adopt")
    if counts.forget:
        parts.append(f"{counts.forget:,} to forget")
    left = f" {STYLE.dot} {not_put_back(plan)}" if not_put_back(plan) else ""
    return f"Plan: {', '.join(parts)} {STYLE.dot} {counts.no_op:,} unchanged{left}"


def _end(told: _Told) -> str:
    base = told.plan.base
    known = f", from serial {base.serial} of the state" if base.lineage else ""
    return f"Digest of the whole plan: `{digest(told.plan)}`{known}.\n"


def _changes(title: TitleSection) -> Iterator[Change]:
    return (one.change for one in title.changes)


# -- groups --------------------------------------------------------------------------------------------------------------


def _problems(told: _Told) -> Group:
    return _messages("### Refused\n\n", "reason", [item for item in told.plan.diagnostics if item.severity is Severity.ERROR])


def _remarks(told: _Told) -> Group:
    return _messages("### Warnings\n\n", "warning", [item for item in told.plan.diagnostics if item.severity is not Severity.ERROR])


def _messages(head: str, noun: str, items: Sequence[Diagnostic]) -> Group:
    kinds = by_kind(items)

    def rest(levels: Sequence[int]) -> str:
        hidden = sum(len(several) for several, level in zip(kinds, levels, strict=True) if not level)
        return _ending(_others(hidden, len(items), noun), items)

    return Group(head if items else "", [[partial(_message, several[0], several[1:])] for several in kinds], rest)


def _others(hidden: int, all_: int, noun: str) -> str:
    """Say in an item of a list how many are not reported of all there are; nothing where all are."""
    if not hidden:
        return ""
    return f"- {_counted_others(hidden, all_, noun)}\n"


def _counted_others(hidden: int, all_: int, noun: str) -> str:
    return f"{STYLE.ellipsis} {counted(hidden, noun)}" if hidden == all_ else f"{STYLE.ellipsis} and {counted(hidden, f'more {noun}')}"


def _ending(rest: str, parts: Sequence[object]) -> str:
    return f"{rest}\n" if parts else ""


def _message(item: Diagnostic, others: Sequence[Diagnostic]) -> str:
    """Write a problem; of several of one kind the first, and what the others are about."""
    facts = [f"**{markdown_prose(clipped(item.summary or item.severity.value, _CLIPPED))}**"]
    if others:
        facts.append(f"{len(others) + 1:,} times")
    if item.address:
        facts.append(markdown_code(clipped(item.address, _CLIPPED)))
    if item.source is not None:
        facts.append(markdown_code(clipped(f"{item.source.path}:{item.source.line}", _CLIPPED)))
    lead, *more = item.detail.split("\n")
    lines = [f"- {f' {STYLE.dot} '.join(facts)}" + (f": {markdown_prose(clipped(lead, _CLIPPED))}" if lead else "")]
    lines += [f"  - {markdown_prose(clipped(text.removeprefix('- '), _CLIPPED))}" for text in more if text]
    lines += [f"  - {said}" for said in _likewise(item, others)]
    for number, part in enumerate(parted(item.hint)):
        if part.literal:
            lines += markdown_fence([clipped(text, _CLIPPED) for text in part.lines], 4)
        else:
            said = " ".join(markdown_prose(clipped(text, _CLIPPED)) for text in part.lines)
            lines.append(f"    {said}" if number else f"  - hint: {said}")
    return "".join(f"{line}\n" for line in lines)


def _likewise(first: Diagnostic, others: Sequence[Diagnostic]) -> Iterator[str]:
    """Write what other problems of a kind are about, and what they say where that is something else."""
    for item in others[:_LIKEWISE]:
        subject = subject_text(item)
        about = [markdown_code(clipped(subject, _CLIPPED))] if subject else []
        if item.detail != first.detail:
            about.append(markdown_prose(clipped(" ".join(item.detail.split()), _CLIPPED)))
        if about:
            yield ": ".join(about)
    if len(others) > _LIKEWISE:
        yield f"{STYLE.ellipsis} and {len(others) - _LIKEWISE:,} more"


def _look_first(told: _Told) -> Group:
    shown = told.risky[:_RISKY_LINES]

    def rest(levels: Sequence[int]) -> str:
        hidden = [one for one, level in zip(shown, levels, strict=True) if not level] + list(told.risky[_RISKY_LINES:])
        counts = risks_text(Counter(risk for one in hidden for risk in _risks_of(one)))
        return _ending(f"- {STYLE.ellipsis} and {counts} more\n" if hidden else "", shown)

    return Group("### Look at these first\n\n" if shown else "", [[partial(_risky_line, told, one)] for one in shown], rest)


def _risky_line(told: _Told, found: Assessed | EqualChanges) -> str:
    one = found.sample if isinstance(found, EqualChanges) else found
    change = one.change
    if isinstance(found, EqualChanges):
        about = f"{markdown(clipped(members_text(found.addresses, told.plan.titles), _CLIPPED))} on {markdown_code(kind_of(change))}"
    else:
        name = told.names[change.address.title]
        about = markdown_code(str(change.address)) + (f" {markdown(clipped(name, _NAME_SHOWN))}" if name else "")
    words = ", ".join(
        word(change) if risk in {Risk.DELETE, Risk.REPLACE} and change.action.destroys else risk_word(risk) for risk in one.risks
    )
    return f"- **{words}** {about}: {'; '.join(_consequences(one))}\n"


def _consequences(one: Assessed) -> Iterator[str]:
    change = one.change
    for risk in one.risks:
        match risk:
            case Risk.DELETE if change.takes_away:
                yield f"{counted(change.takes_away, 'object')} deleted from the store that the files do not declare"
            case Risk.DELETE | Risk.REPLACE:
                yield markdown(clipped(why(change, STYLE), _CLIPPED))
            case Risk.UNPUBLISH:
                yield markdown(off_sale_text(change))
            case Risk.REVIEW:
                yield markdown(review_text(change))
            case Risk.PRICE_UNIT:
                yield _moves(one.units)
            case Risk.PRICE_ZERO:
                yield _odd([odd for odd in one.odd if not odd.price.amount])
            case Risk.PRICE_COIN:
                yield _odd([odd for odd in one.odd if odd.price.amount])
            case Risk.PRICE_FALL:
                yield _moves(sorted(one.falls, key=lambda move: -move.percent))
            case Risk.PRICE_RISE:
                yield _moves(sorted(one.rises, key=lambda move: -move.percent))
            case Risk.TERRITORY_LOSS:
                yield from (_loss(loss) for loss in one.losses)


def _moves(moves: Sequence[PriceMove]) -> str:
    told = []
    for move in moves[:_PRICES_SHOWN]:
        currency = " ".join(part for part in (move.price.currency, move.price.term) if part)
        after = f"nothing ({move.why})" if move.why else decimal_text(move.price.amount)
        told_as = f"{currency} {decimal_text(move.before)} {STYLE.arrow} {after} ({percent_text(move.before, move.price.amount)})"
        told.append(markdown(clipped(told_as, _CLIPPED)))
    rest = [f"{len(moves) - _PRICES_SHOWN:,} more"] if len(moves) > _PRICES_SHOWN else []
    return ", ".join([*told, *rest])


def _odd(prices: Sequence[OddPrice]) -> str:
    shown = [markdown(clipped(odd_price_text(one), _CLIPPED)) for one in prices[:_PRICES_SHOWN]]
    rest = [f"{len(prices) - _PRICES_SHOWN:,} more"] if len(prices) > _PRICES_SHOWN else []
    return ", ".join([*shown, *rest])


def _loss(loss: TerritoryLoss) -> str:
    names = [markdown(clipped(country(name), _NAME_SHOWN)) for name in loss.names[:_COUNTRIES_SHOWN]]
    rest = [f"{len(loss.names) - _COUNTRIES_SHOWN:,} more"] if len(loss.names) > _COUNTRIES_SHOWN else []
    named = f" ({', '.join([*names, *rest])})" if names else ""
    if loss.lifted:
        return f"sold everywhere, and no longer in {counted(loss.before, 'country', 'countries')} alone{named}"
    return f"no longer sold in {loss.lost:,} of {counted(loss.before, 'country', 'countries')}{named}"


def _table(told: _Told) -> Group:
    accounts = sorted({change.address.account for title in told.titles for change in _changes(title)})
    own = accounts if len(accounts) <= _COLUMNS else accounts[: _COLUMNS - 1]
    columns: list[Callable[[str], bool]] = [account.__eq__ for account in own]
    heads = [markdown(clipped(account, _NAME_SHOWN)) for account in own]
    if len(own) < len(accounts):
        columns.append(set(accounts[len(own) :]).__contains__)
        heads.append(counted(len(accounts) - len(own), "other account"))
    head = table_row("title", *heads, "risks", "changes") + table_row(*["---"] * (len(heads) + 3))

    def rest(levels: Sequence[int]) -> str:
        hidden = [title for title, level in zip(told.titles, levels, strict=True) if not level]
        if not hidden:
            return _ending("", told.titles)
        cells = [
            counts_text(change.action for title in hidden for change in _changes(title) if of(change.address.account)) for of in columns
        ]
        risks, edits = Counter[Risk](), Counter[str]()
        for title in hidden:
            risks.update(title.risks)
            edits.update(title.edits)
        more = _counted_others(len(hidden), len(told.titles), "title")
        return _ending(table_row(more, *cells, risks_text(risks), edits_text(edits)), told.titles)

    parts = [[partial(row, title, columns)] for title in told.titles]
    return Group(f"### Titles and accounts\n\n{head}" if told.titles else "", parts, rest)


def _equal(told: _Told) -> Group:
    shown = told.equal.groups

    def forms(group: EqualChanges) -> list[Form]:
        return [partial(group_section, group, told.plan.titles, detail, told.place, told.limit.markup) for detail in Detail]

    def rest(levels: Sequence[int]) -> str:
        hidden = [group for group, level in zip(shown, levels, strict=True) if not level]
        changes = counts_text(change.action for group in hidden for change in group.members)
        return f"{STYLE.ellipsis} and {counted(len(hidden), 'more group')} of equal changes: {changes}.\n\n" if hidden else ""

    return Group("### Equal changes\n\n" if shown else "", [forms(group) for group in shown], rest)


def _details(told: _Told) -> Group:
    shown = [title for title in told.titles if title.alone]

    def forms(title: TitleSection) -> list[Form]:
        return [partial(section, title, detail, told.place, told.limit.markup) for detail in Detail]

    def rest(levels: Sequence[int]) -> str:
        hidden = [title for title, level in zip(told.titles, levels, strict=True) if title.alone and level < len(Detail) - 1]
        if not hidden:
            return ""
        edits: Counter[str] = Counter()
        for title in hidden:
            edits.update(title.own_edits)
        counts = counts_text(one.change.action for title in hidden for one in title.alone)
        said = edits_text(edits, "edit")
        more = "title" if len(hidden) == len(shown) else "more title"
        return f"{STYLE.ellipsis} {counted(len(hidden), more)} not shown in full: {counts}{f' ({said})' if said else ''}.\n\n"

    return Group("### Title by title\n\n" if shown else "", [forms(title) if title.alone else [] for title in told.titles], rest)


def _drift(told: _Told) -> Group:
    shown = list(group_drift(item for item in told.plan.drift if item.matters))

    def rest(levels: Sequence[int]) -> str:
        hidden = sum(len(several) for several, level in zip(shown, levels, strict=True) if not level)
        return _ending(_others(hidden, sum(map(len, shown)), "object"), shown)

    head = f"### Changed outside catalogctl (recorded {STYLE.arrow} current)\n\n" if shown else ""
    return Group(head, [[partial(_drifted, told, several)] for several in shown], rest)


def _drifted(told: _Told, several: Sequence[Drift]) -> str:
    item, *others = several
    blocks = change_blocks(edits(item), item.type, 10 * _CLIPPED, STYLE)
    said = [f"{markdown_code(name)} {inline(lines, _CLIPPED, told.limit.markup)}" for name, lines in blocks]
    what = "are gone" if others else "is gone"
    names = [markdown_code(str(one.address)) for one in several[:_FEW]]
    if len(several) > _FEW:
        names.append(f"{len(several) - _FEW:,} more")
    lead = markdown_code(str(item.address))
    if others:
        lead = f"**{markdown(clipped(members_text((one.address for one in several), told.plan.titles), _CLIPPED))}** ({', '.join(names)})"
    return f"- {lead}" + (f" {what}\n" if item.gone else f": {'; '.join(said)}\n")


def _alone(told: _Told) -> Group:
    rules = by_rule(told.plan.changes)

    def rest(levels: Sequence[int]) -> str:
        hidden = {address for (_, places), level in zip(rules, levels, strict=True) if not level for address, _ in places}
        return _ending(_others(len(hidden), sum(bool(change.ignored) for change in told.plan.changes), "object"), rules)

    head = "### Left alone, as `ignore_changes` says\n\n" if rules else ""
    return Group(head, [[partial(_left_alone, rule, places)] for rule, places in rules], rest)


def _left_alone(rule: Ignore, places: Sequence[tuple[Address, Sequence[str]]]) -> str:
    path, *remarks = rule_parts(rule)
    said = f" {STYLE.dot} ".join([markdown_code(clipped(path, _CLIPPED)), *(markdown_prose(clipped(one, _CLIPPED)) for one in remarks)])
    named = [f"{markdown_code(clipped(str(address), _CLIPPED))} ({_paths(paths)})" for address, paths in places[:_PLACES_SHOWN]]
    rest = [counted(len(places) - _PLACES_SHOWN, "more object")] if len(places) > _PLACES_SHOWN else []
    return f"- {said}: {', '.join([*named, *rest])}\n"


def _paths(paths: Sequence[str]) -> str:
    shown = [markdown_code(clipped(one, _CLIPPED)) for one in paths[:_PLACES_SHOWN]]
    rest = [f"{len(paths) - _PLACES_SHOWN:,} more"] if len(paths) > _PLACES_SHOWN else []
    return ", ".join([*shown, *rest])


def _moved(told: _Told) -> Group:
    pairs = moves(told.plan.changes)

    def rest(levels: Sequence[int]) -> str:
        return _ending(_others(levels.count(0), len(levels), "object"), pairs)

    head = "### Moved, in the state alone: nothing is sent for it\n\n" if pairs else ""
    return Group(head, [[partial(_move, *pair)] for pair in pairs], rest)


def _move(source: Address, target: Address) -> str:
    return f"- {markdown_code(clipped(str(source), _CLIPPED))} {STYLE.arrow} {markdown_code(clipped(str(target), _CLIPPED))}\n"


# -- what comes first ----------------------------------------------------------------------------------------------------


def _steps(groups: Sequence[Group], titles: Sequence[TitleSection]) -> Iterator[tuple[int, int]]:
    """Name the parts in the order in which they get room; each name is for one more form of it."""
    risky = sum(title.is_risky for title in titles)
    problems = len(groups[_PROBLEMS].parts)
    besides = [(number, len(groups[number].parts)) for number in (_REMARKS, _DRIFT, _ALONE, _MOVED)]
    first = range(min(_TOLD_FIRST, len(titles)))
    yield from ((_PROBLEMS, part) for part in range(min(_FEW, problems)))
    yield from ((_RISKY, part) for part in range(len(groups[_RISKY].parts)))
    for _ in range(len(Detail) - 1):
        yield from ((_EQUAL, part) for part in range(min(_FEW, len(groups[_EQUAL].parts))))
    yield from ((_TABLE, part) for part in first)
    for _ in range(len(Detail) - 1):
        yield from ((_DETAILS, part) for part in first)
    yield from _told_evenly(range(len(first), max(risky, len(first))))
    yield from ((number, part) for number, count in besides for part in range(min(_FEW, count)))
    yield from _told_evenly(range(max(risky, len(first)), len(titles)))
    yield from ((_PROBLEMS, part) for part in range(_FEW, problems))
    yield from ((number, part) for number, count in besides for part in range(_FEW, count))
    for _ in Detail:
        yield from ((_EQUAL, part) for part in range(_FEW, len(groups[_EQUAL].parts)))
    yield from ((_EQUAL, part) for part in range(min(_FEW, len(groups[_EQUAL].parts))))
    yield from ((_DETAILS, part) for part in range(len(titles)))


def _told_evenly(parts: range) -> Iterator[tuple[int, int]]:
    """Yield many titles a row, then some of these their details but for the longest of them, then all others a row and these details."""
    yield from ((_TABLE, part) for part in parts[:_ROWS_FIRST])
    for _ in range(len(Detail) - 1):
        yield from ((_DETAILS, part) for part in parts[:_DETAILS_FIRST])
    yield from ((_TABLE, part) for part in parts[_ROWS_FIRST:])
    for _ in range(len(Detail) - 1):
        yield from ((_DETAILS, part) for part in parts[_DETAILS_FIRST:])
