"""What an import of feeds would do, for people: counts of all of it, and names of some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from catalogctl.model.quantity import counted
from catalogctl.view.paint.layout import clip, paragraph
from catalogctl.view.paint.style import Style, Tone

if TYPE_CHECKING:
    from catalogctl.cli.console import Console
    from catalogctl.engine.workspace import Workspace
    from catalogctl.onix.gather import FeedTally, Gathering
    from catalogctl.onix.import_feed import Conflict, FeedImport, FeedOutcome, FeedTarget

_SHOWN: Final = 20
"""How many of many are named."""
_DIFFS: Final = 50
"""Files whose difference is shown."""
_SHOWN_WHOLE: Final = 3
"""New titles whose files are shown; of more, their names."""
_VALUE: Final = 60
"""Cells of a value."""


def report(console: Console, workspace: Workspace, gathering: Gathering, target: FeedTarget, planned: FeedImport) -> Iterator[str]:
    """Write the report."""
    style, width = console.out, console.width
    outcome = planned.outcome
    yield from _head(gathering.tally, outcome, style, width)
    yield from _new(outcome, target.folder.name, style, width)
    yield from _edits(planned, style, width)
    yield from _conflicts(outcome, style, width)
    yield from _deletions(workspace, outcome, style, width)
    yield from _values(gathering, outcome, style, width)


def _said(text: str, style: Style, width: int, *, tone: Tone = Tone.PLAIN, margin: int = 0) -> Iterator[str]:
    yield from paragraph([(style.safe(text), tone)], width, style, margin=margin, hanging=2)


def _head(tally: FeedTally, outcome: FeedOutcome, style: Style, width: int) -> Iterator[str]:
    yield from _said(f"{counted(tally.products, 'product')} read.", style, width, tone=Tone.STRONG)
    if tally.passed_over:
        several = len(tally.passed_over) > 1
        reasons = ", ".join(
            f"{why[:1].lower()}{why[1:]}{f' ({count:,})' if several else ''}" for why, count in tally.passed_over.most_common()
        )
        yield from _said(f"Passed over: {counted(sum(tally.passed_over.values()), 'product')}, {reasons}.", style, width)
    if tally.not_selected:
        yield from _said(f"Not asked for by --where: {counted(tally.not_selected, 'product')}.", style, width)
    if outcome.left_out:
        yield from _said(f"Left out: {counted(outcome.left_out, 'record')}; the errors say why.", style, width, tone=Tone.ERROR)


def _new(outcome: FeedOutcome, folder: str, style: Style, width: int) -> Iterator[str]:
    if outcome.titles:
        what = f"{counted(outcome.titles, 'new title')} with {counted(outcome.editions, 'edition')} for {folder}:"
        yield ""
        yield from _said(what, style, width, tone=Tone.STRONG)
        for path, editions, rules in outcome.named[:_SHOWN]:
            joined = f"  (joined by {rules})" if rules else ""
            yield from _said(f"{path}  {', '.join(editions)}{joined}", style, width, margin=2)
        if outcome.titles > _SHOWN:
            yield from _said(f"and {outcome.titles - _SHOWN:,} more", style, width, margin=2)
    if outcome.added:
        yield ""
        yield from _said(f"{counted(len(outcome.added), 'new edition')} of titles that are there:", style, width, tone=Tone.STRONG)
        yield from _said(", ".join(outcome.added[:_SHOWN]) + (" and more" if len(outcome.added) > _SHOWN else ""), style, width, margin=2)
    if outcome.joined:
        by = ", ".join(f"{count:,} by {rule}" for rule, count in outcome.joined.most_common())
        yield from _said(f"Joined to titles: {by}.", style, width)


def _edits(planned: FeedImport, style: Style, width: int) -> Iterator[str]:
    from catalogctl.view.text.edits import render_diff

    outcome = planned.outcome
    shown = 0
    for batch, edited in planned.drafted.all():
        if edited.path.endswith(".xml") or (batch and outcome.titles > _SHOWN_WHOLE):
            continue
        shown += 1
        if shown <= _DIFFS:
            yield ""
            yield from render_diff(edited.path, edited.before, edited.after, style)
    if shown > _DIFFS:
        yield from _said(f"and {shown - _DIFFS:,} more files", style, width)
    told = []
    if outcome.changed_editions:
        told.append(f"{counted(outcome.changed_fields, 'field')} of {counted(outcome.changed_editions, 'edition')} changed by the feed")
    if outcome.refreshed:
        told.append(f"{counted(outcome.refreshed, 'edition')} with a new record and no changed field")
    if outcome.unchanged:
        told.append(f"{counted(outcome.unchanged, 'edition')} as before")
    if told:
        yield ""
        yield from _said(f"{'; '.join(told)}.", style, width)


def _conflicts(outcome: FeedOutcome, style: Style, width: int) -> Iterator[str]:
    if not outcome.conflicts:
        return
    yield ""
    head = f"{counted(outcome.conflicting, 'edition')} changed both in the feed and in the files; nothing of them is written:"
    yield from _said(head, style, width, tone=Tone.WARNING)
    for conflict in outcome.conflicts[:_SHOWN]:
        yield from _conflict(conflict, style, width)
    if len(outcome.conflicts) > _SHOWN:
        yield from _said("and more", style, width, margin=2)
    yield from _said("To take the feed's: --theirs. To keep the files': --ours.", style, width)


def _conflict(conflict: Conflict, style: Style, width: int) -> Iterator[str]:
    yield from _said(f"{conflict.edition}  {conflict.field}", style, width, tone=Tone.STRONG, margin=2)
    before = [] if conflict.base is None else [("feed before", conflict.base)]
    for name, value in (*before, ("feed now", conflict.theirs), ("file", conflict.ours)):
        yield from _said(f"{name}: {_short(value)}", style, width, margin=4)


def _short(value: Any) -> str:
    from catalogctl.config.yaml_writer import flow

    return "nothing" if value is None else clip(" ".join(flow(value).split()), _VALUE, "…")


def _deletions(workspace: Workspace, outcome: FeedOutcome, style: Style, width: int) -> Iterator[str]:
    if not outcome.deletions:
        return
    yield ""
    yield from _said(
        f"{counted(len(outcome.deletions), 'order')} to delete a record. An import never deletes:", style, width, tone=Tone.WARNING
    )
    for deletion, view in outcome.deletions[:_SHOWN]:
        named = deletion.reference or deletion.isbn
        where = "no edition of the catalog" if view is None else f"{view.title}.{view.edition} in {view.path}"
        yield from _said(f"{deletion.path}:{deletion.line}  {named}  {where}", style, width, margin=2)
        if view is not None:
            yield from (f"    {line}" for line in _removed(workspace, view.title, view.edition))
    if len(outcome.deletions) > _SHOWN:
        yield from _said(f"and {len(outcome.deletions) - _SHOWN:,} more", style, width, margin=2)
    if any(view is not None for _, view in outcome.deletions):
        hint = (
            "To let go of one: delete the edition from its file and paste its block; with `destroy: true` the store's object goes as well."
        )
        yield from _said(hint, style, width)


def _removed(workspace: Workspace, title: str, edition: str) -> Iterator[str]:
    """Write the block that lets go of an edition; nothing where no account sells it."""
    addresses = sorted(str(address) for address in workspace.catalog.resources if (address.title, address.edition) == (title, edition))
    if addresses:
        yield "removed:"
        yield from (f"  - address: {address}" for address in addresses)


def _values(gathering: Gathering, outcome: FeedOutcome, style: Style, width: int) -> Iterator[str]:
    tally = gathering.tally
    if not tally.values:
        return
    kept = sum(tally.unread.values()) - tally.dropped
    yield ""
    sentences = [f"{counted(tally.values, 'value')} read into fields"]
    if kept:
        sentences.append(f"{kept:,} kept in the records alone")
    if tally.dropped:
        sentences.append(f"{tally.dropped:,} dropped: of release 2.1 no record is kept")
    yield from _said(f"{'; '.join(sentences)}.", style, width)
    names = ", ".join(f"{name} {count:,}" for name, count in tally.fields.most_common())
    yield from _said(f"Fields, by editions: {names}.", style, width)
    told = [f"{counted(gathering.mended, 'place')} mended"] if gathering.mended else []
    told += [f"{counted(tally.refused, 'value')} left out that no title file may have"] if tally.refused else []
    if told:
        yield from _said(f"{', '.join(told)}; the warnings have the lines.", style, width)
    prices = tally.unread["ProductSupply/SupplyDetail/Price/PriceAmount"]
    if prices:
        what = f"{counted(prices, 'price')} that no customer pays (net, library, rental and the like) kept in the records alone."
        yield from _said(what, style, width)
    if outcome.records:
        yield from _said(f"{counted(outcome.records, 'record')} kept beside the titles.", style, width)
    for path, count in _grouped(tally.unread).most_common(8):
        yield from _said(f"{count:>7,}  {path}", style, width, margin=2)


def _grouped(unread: Mapping[str, int]) -> Counter[str]:
    """Count paths by their first two names."""
    found: Counter[str] = Counter()
    for path, count in unread.items():
        names = path.split("/")
        found["/".join(names[:2])] += count
    return found
