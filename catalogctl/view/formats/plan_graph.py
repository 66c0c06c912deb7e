"""The order of a plan's calls as a graph, in the languages of Graphviz and of Mermaid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalogctl.planning.order import Operation
from catalogctl.planning.plan import Plan, PlannedRequest
from catalogctl.view.paint.escape import terminal
from catalogctl.view.words.title_name import title_name

_NOTHING_SENT = "nothing is sent"
_NOT_PLAIN = re.compile(r"[^\w ./:,-]|(?<![^\W_])_|_(?![^\W_])")
"""What Mermaid might read as more than text."""


@dataclass(frozen=True, slots=True)
class _Node:
    """One operation."""

    id: str
    lines: tuple[str, ...]
    """What it does, then its calls; without control characters, not escaped for any language."""
    silent: bool


@dataclass(frozen=True, slots=True)
class _Edge:
    """One operation waits for another."""

    first: str
    then: str
    needed: bool
    """Whether the first must succeed; otherwise it must be over."""


@dataclass(frozen=True, slots=True)
class _Title:
    """The operations on one title."""

    name: str
    nodes: tuple[_Node, ...]


def render_dot(plan: Plan) -> str:
    """Write the graph for Graphviz: a box for each operation, an arrow to each that waits for it."""
    titles, edges = _graph(plan)
    lines = ["digraph plan {", '  graph [rankdir=LR, style=rounded, fontname="sans-serif"];', '  node [shape=box, fontname="sans-serif"];']
    for number, title in enumerate(titles, 1):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_dot_text([title.name])};")
        for node in title.nodes:
            style = ", style=dashed" if node.silent else ""
            lines.append(f"    {node.id} [label={_dot_text(node.lines)}{style}];")
        lines.append("  }")
    lines += [f"  {edge.first} -> {edge.then}{'' if edge.needed else ' [style=dashed]'};" for edge in edges]
    return "\n".join([*lines, "}", ""])


def render_mermaid(plan: Plan) -> str:
    """Write the graph for Mermaid, which GitHub and GitLab draw where it is in a fence of that name."""
    titles, edges = _graph(plan)
    lines = ["flowchart LR"]
    for number, title in enumerate(titles, 1):
        lines.append(f'  subgraph title{number}["{_mermaid_text(title.name)}"]')
        lines += [f'    {node.id}["{"<br>".join(map(_mermaid_text, node.lines))}"]{":::silent" * node.silent}' for node in title.nodes]
        lines.append("  end")
    lines += [f"  {edge.first} {'-->' if edge.needed else '-.->'} {edge.then}" for edge in edges]
    if any(node.silent for title in titles for node in title.nodes):
        lines.append("  classDef silent stroke-dasharray: 5 5")
    return "\n".join([*lines, ""])


def _graph(plan: Plan) -> tuple[list[_Title], list[_Edge]]:
    operations = plan.graph.operations
    ids = {operation.name: f"n{number}" for number, operation in enumerate(operations, 1)}
    calls: dict[str, list[PlannedRequest]] = {}
    for call in plan.requests:
        calls.setdefault(call.operation, []).append(call)
    nodes: dict[str, list[_Node]] = {}
    for operation in operations:
        nodes.setdefault(operation.address.title, []).append(_node(operation, ids, calls.get(operation.name, ())))
    names = _names(plan, nodes)
    edges = [
        _Edge(ids[first], ids[operation.name], needed)
        for operation in operations
        for waited_for, needed in ((operation.requires, True), (operation.runs_after, False))
        for first in waited_for
        if first in ids
    ]
    return [_Title(names[title], tuple(found)) for title, found in nodes.items()], edges


def _node(operation: Operation, ids: Mapping[str, str], calls: Sequence[PlannedRequest]) -> _Node:
    number = ids[operation.name].removeprefix("n")
    lines = [f"{number}: {operation.verb} {operation.address}", *(f"{call.method} {call.path}" for call in calls)]
    if operation.silent:
        lines.append(_NOTHING_SENT)
    return _Node(ids[operation.name], tuple(terminal(line, newline=" ") for line in lines), operation.silent)


def _names(plan: Plan, titles: Mapping[str, object]) -> dict[str, str]:
    changes: dict[str, list[Operation]] = {}
    for operation in plan.graph.operations:
        changes.setdefault(operation.address.title, []).append(operation)
    found: dict[str, str] = {}
    for title in titles:
        name = title_name(plan.titles, title, (operation.change for operation in changes[title]))
        found[title] = terminal(f"{title}: {name}" if name else title, newline=" ")
    return found


def _dot_text(lines: Sequence[str]) -> str:
    """Quote lines for Graphviz, which reads escapes and the names of characters in quoted text."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(escaped) + '"'


def _mermaid_text(line: str) -> str:
    """Write a line for quotes of Mermaid: all that is not plain text as the number of its character."""
    return "".join(_pieces(line))


def _pieces(line: str) -> Iterator[str]:
    end = 0
    for found in _NOT_PLAIN.finditer(line):
        yield line[end : found.start()]
        yield f"#{ord(found[0])};"
        end = found.end()
    yield line[end:]
