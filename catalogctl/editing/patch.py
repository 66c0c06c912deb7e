"""What a document shall say → the least change of its text.

    read with places → compare with what is wanted → cut at the places that differ → read again → compare again → … until nothing differs

The cuts of one round are made from one reading and never touch each other; what would is left to the next round. What was written is
read back: it says what is wanted, every comment outside the cuts is still there, and no other document of the file has changed; or the
file is refused. Line ends, indentation, quotes, and whether a collection is in brackets or in lines stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from catalogctl.config.field_order import FIELDS, in_order, order_at
from catalogctl.config.syntax.source import Parsed, Source, locate, parse
from catalogctl.config.syntax.tree import Form, Node, Value
from catalogctl.config.yaml_writer import field, flow, item, key, open_item
from catalogctl.editing.scalar_text import IN_LINES, body, in_json, in_line, is_scalar
from catalogctl.editing.written import BREAK, Comment, Written, documents, read, readable
from catalogctl.model.diagnostics import CatalogError, Pointer, error

_ROUNDS: Final = 200
"""Most readings of one document. Changes inside each other take one each, and collections are at most 64 deep."""
_COMPARED: Final = 500
"""Items of a list that are compared one by one; a longer list is replaced between its first and its last difference."""
_MARK: Final = "\ufeff"
_EXPAND_HINT: Final = "Write repetitions out where they are in the way:\n--expand"


class Aliases(StrEnum):
    """What is done with a repetition (`*name`) in the way of a change."""

    REFUSE = "refuse"
    """One that is itself the value to be changed is replaced all the same, unless it comes to say that by itself."""
    EXPAND = "expand"
    """Those in the way are written out; an anchor that nothing repeats any more goes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one document of a file shall say."""

    value: Value
    """Of the whole document, with scalars as a reader of the text gives them."""
    renamed: tuple[tuple[Pointer, str], ...] = ()
    """Keys that are renamed first, each by its place in the document as it is, with its new name."""


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    end: int
    text: str


def patch(source: Source, wishes: Mapping[int, Wish], aliases: Aliases = Aliases.REFUSE) -> bytes:
    """Return the bytes of a file after some of its documents were made to say what they shall.

    Shapes:  `wishes` by the index of a document among `parse(source).documents`. Equal values change no byte.
    Raises:  CatalogError where the file cannot be read, or where the change cannot be made without touching something else.
    """
    parsed, text, is_json = readable(source)
    pieces = documents(text, is_json=is_json)
    places = piece_places(pieces, parsed)
    for index, wish in wishes.items():
        place = places[index]
        pieces[place] = _Patching(source, index, aliases).piece(pieces[place], wish, is_json=is_json)
    mark = _MARK.encode() if source.data.startswith(_MARK.encode()) else b""
    data = mark + "".join(pieces).encode()
    expected = tuple(wishes[index].value if index in wishes else value for index, value in enumerate(parsed.documents))
    after = parse(Source(source.path, data))
    if len(after.documents) != len(expected) or not all(map(same, after.documents, expected)):
        raise _refused(source, min(wishes, default=0), (), "What would be written reads otherwise than what is meant")
    return data


def same(one: Value, other: Value) -> bool:
    """Return whether two values are equal and of one kind; numbers by what they amount to, mappings in any order."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(same, one, other))
        case bool(), _:
            return one is other
        case _, bool():
            return False
        case str(), str():
            return one == other
        case (str(), _) | (_, str()):
            return False
        case _:
            return one == other


def apply_cuts(text: str, cuts: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with pieces of it replaced; the pieces are in order and do not overlap."""
    at, parts = 0, []
    for start, end, new in cuts:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def piece_places(pieces: Sequence[str], parsed: Parsed) -> list[int]:
    """Return for each document of a file which of the pieces of its text it is in."""
    lines = _first_lines(pieces)
    return [max(number for number, line in enumerate(lines) if line < first) for first in parsed.lines]


def _first_lines(pieces: Sequence[str]) -> list[int]:
    """Return how many lines are before each piece of a file."""
    before, starts = 0, []
    for piece in pieces:
        starts.append(before)
        before += len(BREAK.findall(piece))
    return starts


def _refused(source: Source, index: int, pointer: Pointer, why: str, hint: str = "Make this change with an editor.") -> CatalogError:
    problem = error("edit-refused", "An edit that is refused", f"{why}. Nothing is written.", hint)
    return CatalogError(problem.at(locate(source, index, pointer)))


class _Patching:
    """One document on its way to what it shall say."""

    def __init__(self, source: Source, index: int, aliases: Aliases) -> None:
        self._source = source
        self._index = index
        self._aliases = aliases

    def piece(self, text: str, wish: Wish, *, is_json: bool) -> str:
        first = self._read(text, is_json=is_json)
        repeated = set() if is_json else _repeated(first)
        if not repeated or self._aliases is Aliases.REFUSE:
            return self._made(first, wish).text
        try:
            made = self._made(first, wish)
            return self._cut(made, _idle_anchors(made, repeated - _repeated(made))).text
        except CatalogError:  # what is repeated goes, for one
            return self._made(self._cut(first, _expanded(first)), wish).text

    def _made(self, written: Written, wish: Wish) -> Written:
        """Change a document round by round until it says what it shall."""
        said = written.value
        if wish.renamed:
            written = self._cut(written, [_renamed(written, pointer, name) for pointer, name in wish.renamed])
        for _ in range(_ROUNDS):
            cuts = _Round(written, said, self._aliases, self._refuse).cuts(wish.value)
            if not cuts:
                return written
            written = self._cut(written, cuts)
        raise self._refuse((), "The change takes too many steps")

    def _read(self, text: str, *, is_json: bool) -> Written:
        written = read(text, is_json=is_json)
        if written is None:
            raise self._refuse((), "The document cannot be cut out of its file")
        return written

    def _cut(self, written: Written, cuts: list[_Cut]) -> Written:
        if not cuts:
            return written
        cuts = sorted(cuts, key=lambda cut: (cut.start, cut.end))
        text = apply_cuts(written.text, [(cut.start, cut.end, cut.text) for cut in cuts])
        after = read(text, is_json=written.is_json)
        if after is None and not written.is_json and _repeated(written):
            raise self._refuse((), "What a repetition (`*`) repeats would go", _EXPAND_HINT)
        if after is None:
            raise self._refuse((), "What would be written cannot be read")
        kept = [written.text[one.start : one.end] for one in _outside(written.comments(), cuts)]
        if [text[one.start : one.end] for one in after.comments()] != kept:
            raise self._refuse((), "A comment would be lost, or become part of a value")
        return after

    def _refuse(self, pointer: Pointer, why: str, hint: str = "Make this change with an editor.") -> CatalogError:
        return _refused(self._source, self._index, pointer, why, hint)


def _outside(comments: list[Comment], cuts: list[_Cut]) -> Iterator[Comment]:
    at = 0
    for comment in comments:
        while at < len(cuts) and cuts[at].end <= comment.start:
            at += 1
        if at == len(cuts) or not cuts[at].start <= comment.start < cuts[at].end:
            yield comment


def _nodes(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [*node.fields.values(), *node.items]


def _repeated(written: Written) -> set[str]:
    """Return the names of the anchors that a document repeats."""
    return {written.text[written.start(node) + 1 : written.end(node)] for node in _nodes(written.root) if node.form is Form.ALIAS}


def _expanded(written: Written) -> list[_Cut]:
    """Write each repetition out, and take the anchors away."""
    cuts = [_Cut(written.start(node), written.end(node), flow(node.value)) for node in _nodes(written.root) if node.form is Form.ALIAS]
    return cuts + _anchors(written, lambda _: True)


def _idle_anchors(written: Written, names: Container[str]) -> list[_Cut]:
    """Take away anchors that were repeated, and are no longer."""
    return _anchors(written, lambda name: name in names)


def _anchors(written: Written, goes: Callable[[str], bool]) -> list[_Cut]:
    cuts: list[_Cut] = []
    for node in _nodes(written.root):
        start, inside = written.start(node), written.inside(node)
        anchor = written.text[start:inside]
        if anchor.startswith("&") and goes(anchor[1:].split(maxsplit=1)[0]):
            # A collection in lines begins on the next one, and the blank before the anchor would be left at the end of this.
            blank = start - 1 if node.form is Form.BLOCK and written.text[start - 1 : start] == " " else start
            cuts.append(_Cut(blank, inside, ""))
    return cuts


def _renamed(written: Written, pointer: Pointer, name: str) -> _Cut:
    node = written.root
    for step in pointer[:-1]:
        child = node.child(step)
        assert child is not None, "a key that is renamed is there"
        node = child
    start, end = written.span(node.keys[str(pointer[-1])])
    return _Cut(start, end, in_json(name) if written.is_json else key(name))


class _Round:
    """The cuts that one reading allows."""

    def __init__(self, written: Written, said: Value, aliases: Aliases, refuse: Callable[..., CatalogError]) -> None:
        self._w = written
        self._said = said
        """What the document said before the first round."""
        self._aliases = aliases
        self._refuse = refuse
        self._taken: list[_Cut] = []
        self._in_the_way: list[tuple[Node, str | int, Node, Value, Pointer]] = []
        """Repetitions that say something else than is wanted; they may follow once what they repeat is changed."""
        self._write = in_json if written.is_json else flow

    def cuts(self, wanted: Value) -> list[_Cut]:
        """Return cuts that do not touch each other; none where the document says what is wanted."""
        self._node(self._w.root, wanted, ())
        if not self._in_the_way or self._taken:
            return self._taken
        for parent, name, child, one, pointer in self._in_the_way:
            if self._aliases is Aliases.EXPAND or (is_scalar(child.value) and not same(_at(self._said, pointer), one)):
                self._replace(parent, name, child, one, pointer)
        if not self._taken:
            why = "A repetition (`*`) is in the way: the change would hold for what it repeats as well"
            raise self._refuse(self._in_the_way[0][-1], why, _EXPAND_HINT)
        return self._taken

    # ── comparing ──

    def _node(self, node: Node, wanted: Value, pointer: Pointer) -> None:
        """Compare collections of one kind; other differences are the parent's to write."""
        if isinstance(node.value, dict) and isinstance(wanted, dict):
            self._mapping(node, wanted, pointer)
        elif isinstance(node.value, list) and isinstance(wanted, list):
            self._sequence(node, wanted, pointer)
        elif not same(node.value, wanted):
            raise self._refuse(pointer, "The document would become something else than a mapping")

    def _mapping(self, node: Node, wanted: dict[str, Value], pointer: Pointer) -> None:
        kept = [name for name in node.fields if name in wanted]
        for name in kept:
            child = node.fields[name]
            if not same(child.value, wanted[name]):
                self._difference(node, name, child, wanted[name], (*pointer, name))
        gone = [name for name in node.fields if name not in wanted]
        if gone and kept:
            self._remove_fields(node, gone, pointer)
        new = [name for name in wanted if name not in node.fields]
        if new:
            self._add_fields(node, new, wanted, pointer)
        elif gone and not kept:
            raise self._refuse(pointer, "Nothing would be left of the document")

    def _difference(self, parent: Node, name: str | int, child: Node, wanted: Value, pointer: Pointer) -> None:
        if child.form is Form.ALIAS:
            self._in_the_way.append((parent, name, child, wanted, pointer))
            return
        in_place = isinstance(child.value, dict) and isinstance(wanted, dict) and any(one in wanted for one in child.fields)
        in_place = in_place or (isinstance(child.value, list) and isinstance(wanted, list) and bool(child.value) and bool(wanted))
        if in_place:
            self._node(child, wanted, pointer)
        else:
            self._replace(parent, name, child, wanted, pointer)

    def _replace(self, parent: Node, name: str | int, child: Node, wanted: Value, pointer: Pointer) -> None:
        """Write the whole of a value in the place of another one."""
        if parent.form is Form.FLOW:
            self._replace_in_flow(parent, name, child, wanted, pointer)
        elif isinstance(name, str):
            self._replace_field(parent, name, child, wanted, pointer)
        else:
            self._replace_item(parent, name, child, wanted, pointer)

    def _take(self, *cuts: _Cut) -> None:
        """Keep cuts that belong together, unless they touch others."""
        if all(self._is_free(cut) for cut in cuts):
            for cut in cuts:
                insort(self._taken, cut, key=_start)

    def _is_free(self, cut: _Cut) -> bool:
        place = bisect_right(self._taken, cut.start, key=_start)
        neighbours = self._taken[max(0, place - 2) : place + 1]
        return not any(_touch(cut, other) for other in neighbours)

    # ── collections in lines ──

    def _replace_field(self, parent: Node, name: str, child: Node, wanted: Value, pointer: Pointer) -> None:
        w = self._w
        colon = w.colon(parent.keys[name])
        if colon is None:
            raise self._refuse(pointer, "The key is not written as keys are")
        margin = " " * w.column(self._first_key(parent))
        start, inside, end = w.start(child), w.inside(child), w.end(child)
        is_open = child.form in {*IN_LINES, Form.BLOCK}
        if isinstance(wanted, str) and ("\n" in wanted or (child.form in IN_LINES and wanted)):
            inner = " " * (self._indent(child) or len(margin) + 2)
            text = body(wanted, inner)
            if text is not None and child.form is not Form.BLOCK:
                sign, lines = text
                header = inside + len(w.header(child)) if child.form in IN_LINES else end
                gap = "" if header > inside or w.text[inside - 1] == " " else " "
                line = w.end_of_line(header)
                last = end if is_open else line
                new = "".join(f"{w.line_end}{line}" for line in lines)
                if not sign and last == len(w.text):  # its last line break is part of the text
                    new += w.line_end
                self._take(_Cut(inside, header, f"{gap}|{sign}"), _Cut(line, last, new))
                return
        if is_scalar(wanted) or not wanted:
            said, below = in_line(wanted, child.form), []
        else:
            first, *below = field(name, wanted, margin)
            said = first[len(margin) + len(key(name)) + 1 :].lstrip()
        new = "".join(f"{w.line_end}{line}" for line in below)
        if child.form is Form.BLOCK:
            line = w.end_of_line(colon)
            anchor = inside if w.line(inside) == w.line(colon) else colon
            self._take(_Cut(colon, anchor, f" {said}" if said else ""), _Cut(line, end, new))
        elif child.form in IN_LINES:
            header = inside + len(w.header(child))
            self._take(_Cut(inside if said else inside - 1, header, said), _Cut(w.end_of_line(header), end, new))
        elif new:
            line = w.end_of_line(end)
            self._take(_Cut(colon, end, said and f" {said}"), _Cut(line, line, new))
        else:
            is_empty = start == end
            self._take(_Cut(colon if is_empty else inside, end, f" {said}" if is_empty else said))

    def _indent(self, child: Node) -> int:
        """Return the column of a text in lines; 0 for any other value."""
        if child.form not in IN_LINES:
            return 0
        start = self._w.next_line(self._w.inside(child))
        line = self._w.text[start : self._w.end(child)]
        return len(line) - len(line.lstrip()) if line.strip() and not self._w.header(child)[1:].strip("+-") else 0

    def _replace_item(self, parent: Node, place: int, child: Node, wanted: Value, pointer: Pointer) -> None:
        inline = child.form not in {*IN_LINES, Form.BLOCK}
        if is_scalar(wanted) and inline and not (isinstance(wanted, str) and "\n" in wanted):
            inside, end = self._w.inside(child), self._w.end(child)
            self._take(_Cut(inside, end, in_line(wanted, child.form) if inside < end else f" {in_line(wanted)}"))
        else:
            self._splice_lines(parent, place, place + 1, [wanted], pointer)

    def _line_of(self, start: int, pointer: Pointer) -> int:
        """Return where the line of an entry begins; it must have nothing else before the entry."""
        begin = self._w.line_starts[self._w.line(start)]
        if self._w.text[begin:start].strip():
            raise self._refuse(pointer, "The entry shares its line with what is before it")
        return begin

    def _remove_fields(self, node: Node, names: list[str], pointer: Pointer) -> None:
        w = self._w
        if node.form is Form.FLOW:
            self._remove_from_flow(node, list(node.fields), names[0])
            return
        for name in names:
            start = w.span(node.keys[name])[0]
            begin = w.line_starts[w.line(start)]
            end = w.end(node.fields[name])
            if w.text[begin:start].strip():  # the first field of a list's item, behind the hyphen
                others = [w.span(span)[0] for other, span in node.keys.items() if other != name]
                after = min((one for one in others if one > start), default=None)
                if after is None or w.text[end:after].strip():
                    raise self._refuse((*pointer, name), "The field shares its line with the hyphen of its item")
                self._take(_Cut(start, after, ""))
            else:
                self._take(_Cut(begin, w.next_line(max(end, start)), ""))

    def _add_fields(self, node: Node, new: list[str], wanted: dict[str, Value], pointer: Pointer) -> None:
        """Add fields where their order puts them, those of one place together."""
        order = order_at(pointer)
        kept = [name for name in node.fields if name in wanted]
        places = {name: place for place, name in enumerate(order)}
        groups: dict[str | None, list[str]] = {}
        for name in in_order(new, order):
            before = kept[-1] if kept else (next(reversed(list(node.fields))) if node.fields else None)
            if name in places:
                earlier = [one for one in kept if places.get(one, len(places)) < places[name]]
                later = [one for one in kept if places.get(one, -1) > places[name]]
                before = earlier[-1] if earlier else None if later else before
            groups.setdefault(before, []).append(name)
        if node.form is Form.FLOW:
            before, names = next(iter(groups.items()))
            texts = [f"{in_json(name) if self._w.is_json else key(name)}: {self._write(wanted[name])}" for name in names]
            self._insert_in_flow(node, list(node.fields).index(before) + 1 if before is not None else 0, texts, pointer)
            return
        margin = " " * self._w.column(self._first_key(node))
        is_open = any(child.form is Form.BLOCK and isinstance(child.value, dict) for child in node.fields.values())
        is_open = is_open and node.fields.keys().isdisjoint(FIELDS)  # the names are a person's own, as those of editions are
        for before, names in groups.items():
            lines = [line for name in names for line in field(name, wanted[name], margin, is_open=is_open)]
            if before is None:
                self._put_before(self._first_key(node), lines, margin)
            else:
                self._put_after(self._w.end(node.fields[before]), lines)

    def _first_key(self, node: Node) -> int:
        return min(self._w.span(span)[0] for span in node.keys.values())

    def _put_after(self, end: int, lines: Sequence[str]) -> None:
        """Add lines behind the one in which something ends."""
        w = self._w
        at = w.end_of_line(end)
        self._take(_Cut(at, at, "".join(f"{w.line_end}{line}" for line in lines)))

    def _put_before(self, start: int, lines: Sequence[str], margin: str) -> None:
        """Add lines before the one in which something begins; behind a hyphen, before the thing itself."""
        w = self._w
        new = "".join(f"{line}{w.line_end}" for line in lines)
        begin = w.line_starts[w.line(start)]
        if w.text[begin:start].strip():
            self._take(_Cut(start, start, new.removeprefix(margin) + margin))
        else:
            self._take(_Cut(begin, begin, new))

    # ── lists ──

    def _sequence(self, node: Node, wanted: list[Value], pointer: Pointer) -> None:
        for start, end, new in _spliced([one.value for one in node.items], wanted):
            if end - start == len(new) and all(self._can_stay(node.items[start + place], one) for place, one in enumerate(new)):
                for place, one in enumerate(new):
                    if not same(node.items[start + place].value, one):
                        self._difference(node, start + place, node.items[start + place], one, (*pointer, start + place))
            else:
                splice = self._splice_flow if node.form is Form.FLOW else self._splice_lines
                splice(node, start, end, new, pointer)
                return  # the places of the others are known after it

    @staticmethod
    def _can_stay(node: Node, wanted: Value) -> bool:
        return (isinstance(node.value, dict) and isinstance(wanted, dict)) or (is_scalar(node.value) and is_scalar(wanted))

    def _splice_lines(self, node: Node, start: int, end: int, new: list[Value], pointer: Pointer) -> None:
        w = self._w
        if start == 0 and end == len(node.items) and not new:
            raise self._refuse(pointer, "Nothing would be left of the list")
        margin = " " * self._dash_column(node, pointer)
        is_open = any(one.form is Form.BLOCK and isinstance(one.value, dict) for one in node.items)
        lines = [
            line for one in new for line in (open_item(one, margin) if is_open and isinstance(one, dict) and one else item(one, margin))
        ]
        cuts: list[_Cut] = []
        for place in range(start, end):
            first = self._dash(node, place, pointer)
            cuts.append(_Cut(self._line_of(first, pointer), w.next_line(max(w.end(node.items[place]), first)), ""))
        text = "".join(f"{w.line_end}{line}" for line in lines)
        if lines and end > start:
            last = cuts[-1]
            ends = w.text[: last.end].endswith(("\r", "\n"))
            cuts[-1] = _Cut(
                last.start, last.end, "".join(f"{line}{w.line_end}" for line in lines) if ends else text.removeprefix(w.line_end)
            )
        elif lines and start:
            at = w.end_of_line(w.end(node.items[start - 1]))
            cuts.append(_Cut(at, at, text))
        elif lines:
            at = self._line_of(self._dash(node, 0, pointer), pointer)
            cuts.append(_Cut(at, at, "".join(f"{line}{w.line_end}" for line in lines)))
        self._take(*cuts)

    def _dash(self, node: Node, place: int, pointer: Pointer) -> int:
        """Return the offset of an item's hyphen, which must be on the line on which the item begins."""
        start = self._w.start(node.items[place])
        begin = self._w.line_starts[self._w.line(start)]
        before = self._w.text[begin:start].rstrip()
        if not before.endswith("-"):
            raise self._refuse(pointer, "An item of the list does not begin on the line of its hyphen")
        return begin + len(before) - 1

    def _dash_column(self, node: Node, pointer: Pointer) -> int:
        return self._w.column(self._dash(node, 0, pointer))

    # ── collections in brackets ──

    def _replace_in_flow(self, parent: Node, name: str | int, child: Node, wanted: Value, pointer: Pointer) -> None:
        w = self._w
        inside, end = w.inside(child), w.end(child)
        said = in_json(wanted) if w.is_json else in_line(wanted, child.form)
        if inside == end and isinstance(name, str):
            behind = w.span(parent.keys[name])[1]
            has_colon = w.text[behind:inside].lstrip().startswith(":")
            said = f" {said}" if has_colon else f": {said}"
            if has_colon and w.text[inside - 1 : inside] == " ":
                said = said[1:]
        elif inside == end:
            raise self._refuse(pointer, "There is nothing between two commas")
        self._take(_Cut(inside, end, said))

    def _splice_flow(self, node: Node, start: int, end: int, new: list[Value], pointer: Pointer) -> None:
        if end > start and len(node.items) > 1:
            self._remove_from_flow(node, list(range(len(node.items))), start)
        elif end > start:  # the only item
            self._take(_Cut(self._w.start(node.items[0]), self._w.end(node.items[0]), ", ".join(map(self._write, new))))
        else:
            self._insert_in_flow(node, start, [self._write(one) for one in new], pointer)

    def _entries(self, node: Node) -> list[tuple[int, int]]:
        w = self._w
        if node.fields:
            return [(w.span(node.keys[name])[0], max(w.span(node.keys[name])[1], w.end(one))) for name, one in node.fields.items()]
        return [(w.start(one), w.end(one)) for one in node.items]

    def _insert_in_flow(self, node: Node, place: int, texts: list[str], pointer: Pointer) -> None:
        w = self._w
        entries = self._entries(node)
        opening = w.inside(node)
        if w.text[opening : opening + 1] not in {"{", "["}:
            raise self._refuse(pointer, "The brackets are left out here")
        if not entries:
            self._take(_Cut(opening + 1, opening + 1, ", ".join(texts)))
            return
        first = entries[0][0]
        is_open = w.line(opening) != w.line(first)
        margin = w.line_end + " " * w.column(first)
        between = f",{margin}" if is_open else ", "
        if place == 0:
            self._take(_Cut(first, first, "".join(f"{text}{between}" for text in texts)))
            return
        end = entries[place - 1][1]
        follows = w.text[end : entries[place][0]] if place < len(entries) else w.text[end : w.end(node)]
        comma = follows.partition("#")[0].find(",")
        if not is_open or "#" not in follows.partition("\n")[0]:
            self._take(_Cut(end, end, "".join(f"{between}{text}" for text in texts)))
        elif comma >= 0:  # a comma, then a comment to the end of the line
            at = w.end_of_line(end)
            self._take(_Cut(at, at, "".join(f"{margin}{text}," for text in texts)))
        else:
            at = w.end_of_line(end)
            self._take(_Cut(end, end, ","), _Cut(at, at, margin + between.join(texts)))

    def _remove_from_flow(self, node: Node, names: Sequence[str | int], name: str | int) -> None:
        """Take one entry out of brackets, with one comma."""
        w = self._w
        entries = self._entries(node)
        place = names.index(name)
        start, end = entries[place]
        if place + 1 < len(entries):
            gap = w.text[end : entries[place + 1][0]]
            if "#" not in gap:
                self._take(_Cut(start, entries[place + 1][0], ""))
            else:
                self._take(_Cut(start, end + gap.index(",") + 1, ""))
            return
        before = entries[place - 1][1]
        gap = w.text[before:start]
        if "#" not in gap:
            self._take(_Cut(before, end, ""))
        else:
            comma = before + gap.index(",")
            self._take(_Cut(comma, comma + 1, ""), _Cut(start, end, ""))


def _spliced(have: list[Value], wanted: list[Value]) -> Iterator[tuple[int, int, list[Value]]]:
    """List where items differ: from which place to which others are there instead."""
    first = next((place for place, (one, other) in enumerate(zip(have, wanted, strict=False)) if not same(one, other)), None)
    if first is None:
        first = min(len(have), len(wanted))
    last = 0
    while last < min(len(have), len(wanted)) - first and same(have[-1 - last], wanted[-1 - last]):
        last += 1
    old, new = have[first : len(have) - last], wanted[first : len(wanted) - last]
    if not old and not new:
        return
    if max(len(old), len(new)) > _COMPARED:
        yield first, first + len(old), new
        return
    matcher = SequenceMatcher(None, [in_json(one) for one in old], [in_json(one) for one in new], autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag != "equal":
            yield first + start, first + end, new[begin:stop]


def _at(value: Value, pointer: Pointer) -> Value:
    for step in pointer:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _touch(one: _Cut, other: _Cut) -> bool:
    """Return whether two cuts overlap, or one of them puts something in where the other begins or ends."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def _start(cut: _Cut) -> int:
    return cut.start
