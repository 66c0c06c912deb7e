"""Equal changes, in Markdown: what they have in common once, and a line for each member, in a part that unfolds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from catalogctl.model.quantity import counted
from catalogctl.planning.attribute_words import edits
from catalogctl.planning.change import Change
from catalogctl.view.diff.equal_changes import EqualChanges
from catalogctl.view.markdown.marks import STYLE, Markup, clipped, fold, strong
from catalogctl.view.markdown.title import Detail, attribute_lines, losses, risks_text
from catalogctl.view.paint.escape import markdown, markdown_code
from catalogctl.view.words.changes import why, word
from catalogctl.view.words.equal_changes import headline, parts_text

_HEADLINE = 200
_MEMBERS: Mapping[Detail, int] = {Detail.NAMES: 10, Detail.SHORT: 60, Detail.FULL: 100_000}


def group_section(group: EqualChanges, names: Mapping[str, str], detail: Detail, place: Callable[[Change], str], markup: Markup) -> str:
    """Write a group as a part that unfolds; `names` are those of titles."""
    change = group.sample.change
    title, _ = headline(group, names, STYLE)
    risks = risks_text({risk: len(group.members) for risk in group.sample.risks})
    said = f"{strong(markdown(clipped(title, _HEADLINE)), markup)} on {markdown(kind_of(change))}" + (f" — {risks}" if risks else "")
    return fold(said, list(_body(group, detail, place, markup)), markup)


def kind_of(change: Change) -> str:
    """Return the account and the type of a change: `store/content`."""
    return f"{change.address.account}/{change.type.name}"


def _body(group: EqualChanges, detail: Detail, place: Callable[[Change], str], markup: Markup) -> Iterator[str]:
    change = group.sample.change
    facts = [markdown(why(change, STYLE)), *(["protected"] if change.protect else [])]
    if group.parts:
        facts.append(f"with {markdown(parts_text(group.parts))} of theirs")
    yield f"- **{word(change)}** {counted(len(group.members), 'object')}: {f' {STYLE.dot} '.join(facts)}"
    yield from losses(change, detail.value)
    if edits(change):
        length = detail.value if detail is not Detail.NAMES else Detail.SHORT.value
        yield from attribute_lines(change, length, markup)
    yield ""
    most = _MEMBERS[detail]
    for member in group.members[:most]:
        known = [f"id {markdown_code(clipped(member.id, _HEADLINE))}"] if member.id is not None else []
        where = place(member)
        known += [markdown_code(where)] if where else []
        yield f"- {markdown_code(str(member.address))}" + (f" {f' {STYLE.dot} '.join(known)}" if known else "")
    if len(group.members) > most:
        yield f"- {STYLE.ellipsis} and {len(group.members) - most:,} more"
