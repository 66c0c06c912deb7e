"""A record → the facts of an edition, as a title file may have them; what a title file refuses stays out and is reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from catalogctl.config.field_order import in_order, order_at
from catalogctl.config.schema.crosscheck import cross_check
from catalogctl.config.schema.document import TitleDocument, canonical
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.problem import Problem
from catalogctl.config.terms import term_problems
from catalogctl.config.territories import block_problems
from catalogctl.config.yaml_writer import spoken
from catalogctl.model.diagnostics import Pointer, Severity, error, note, warning
from catalogctl.onix.read_collateral import read_collateral
from catalogctl.onix.read_describe import read_describe
from catalogctl.onix.read_identity import read_identity
from catalogctl.onix.read_publishing import isbn_of, read_publishing
from catalogctl.onix.read_supply import read_supply
from catalogctl.onix.reading import Claim, ReadingRules, RecordReading, RecordRemark
from catalogctl.onix.record import ProductRecord

_MOST_REFUSED: Final = 60
"""Values of one record that a title file refuses; beyond that the record itself is refused."""
_MOST_OF_A_FIELD: Final = 8
_SAME_WORK: Final = "01"
_JOINING: Final = frozenset({"06", "13", "27"})
"""List 51: an alternative format, the print edition that an e-book is based on, an electronic version."""


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """What one record comes to."""

    facts: Mapping[str, Any]
    """Canonical data of an edition, as its document would have it."""
    claims: Mapping[str, Sequence[Claim]]
    """The elements that facts were read from, by unit."""
    remarks: tuple[RecordRemark, ...]
    refusal: RecordRemark | None
    """Why no edition can be made of it; `None` where one can."""
    works: frozenset[str]
    """What its work is known by."""
    related: frozenset[str]
    """ISBNs of other forms of its work."""
    read: int
    """Values that something was read from."""
    unread: tuple[str, ...]
    """Paths of those that stay in the record alone."""


def map_record(record: ProductRecord, rules: ReadingRules) -> MappedRecord:
    """Read a record."""
    reading = RecordReading(record, rules)
    notification = reading.text("NotificationType")
    reading.text("RecordReference")
    if notification in {"88", "89"} and not rules.tests:
        detail = f"Its notification type is {notification}, which makes it a test record."
        place = record.first("NotificationType")
        reading.refuse(note("onix-test-record", "A test record", detail, "To import it all the same: --test"), place)
    read_identity(reading)
    read_describe(reading)
    read_collateral(reading)
    read_publishing(reading)
    read_supply(reading)
    works, related = _works(reading), _related(reading)
    if reading.refusal is None:
        settle(reading)
    return MappedRecord(
        reading.facts,
        reading.claims,
        tuple(reading.remarks),
        reading.refusal,
        works,
        related,
        *reading.counted(),
    )


def _works(reading: RecordReading) -> frozenset[str]:
    found: set[str] = set()
    for related in reading.all("RelatedMaterial/RelatedWork"):
        if reading.peek("WorkRelationCode", related) == _SAME_WORK:
            for identifier in reading.all("WorkIdentifier", related):
                kind, name, number = (reading.peek(tag, identifier) for tag in ("WorkIDType", "IDTypeName", "IDValue"))
                if number:
                    found.add(f"{kind}:{name}:{number}")
    return frozenset(found)


def _related(reading: RecordReading) -> frozenset[str]:
    found: set[str] = set()
    for related in reading.all("RelatedMaterial/RelatedProduct"):
        if any((code.text or "").strip() in _JOINING for code in reading.all("ProductRelationCode", related)):
            found.add(isbn_of(reading, related))
    return frozenset(found - {""})


# ── what a title file may say ──


def settle(reading: RecordReading) -> None:
    """Make facts canonical, and take out one after another what no title file may say."""
    refused: Counter[str | int] = Counter()
    for _ in range(_MOST_REFUSED):
        facts = reading.facts
        document = {"kind": "title", "id": "one", "title": facts.get("title"), "editions": {"one": spoken(facts)}}
        found = judge(TitleDocument).read(document)
        if isinstance(found, tuple):
            problems: Sequence[Problem] = found
        else:
            data = canonical(found)
            block = data["editions"]["one"]
            here: Pointer = ("editions", "one")
            within = (replace(problem, pointer=(*here, *problem.pointer)) for problem in term_problems(block))
            problems = [*cross_check("title", data), *block_problems(block, {}, here), *within]
            problems = [problem for problem in problems if problem.severity is Severity.ERROR]
            if not problems:
                reading.facts = _ordered(block, ())
                return
        problem = problems[0]
        field = next(iter(problem.pointer[2:]), "")
        refused[field] += 1
        if refused[field] > _MOST_OF_A_FIELD:  # a field of which so much is wrong goes whole
            problem = replace(problem, pointer=problem.pointer[:3])
        if not _take_out(reading, problem):
            break
    detail = "What it says does not make a title that a file may have."
    reading.refuse(error("onix-value-refused", "A record that is refused", detail))


def _ordered(value: Any, way: Pointer) -> Any:
    """Put the fields of a value into the order in which files have them."""
    if isinstance(value, dict):
        return {name: _ordered(value[name], (*way, name)) for name in in_order(list(value), order_at(way))}
    return [_ordered(item, (*way, place)) for place, item in enumerate(value)] if isinstance(value, list) else value


def _take_out(reading: RecordReading, problem: Problem) -> bool:
    """Take the value that is wrong out of the facts, or the smallest thing around it that can go."""
    way = problem.pointer[2:] if problem.pointer[:1] == ("editions",) else problem.pointer
    if not way or way[0] in {"title", "format"}:
        reading.refuse(error("onix-value-refused", problem.summary, problem.detail, problem.hint), _claimed(reading, way))
        return False
    facts = deepcopy(reading.facts)
    gone = _removed(facts, way)
    if gone is None:
        return False
    reading.facts = facts
    field = ".".join(map(str, gone))
    detail = f"{problem.detail} `{field}` is left out."
    reading.remark(warning("onix-value-refused", problem.summary, detail, problem.hint), _claimed(reading, way))
    return True


_NEEDED: Final = frozenset({"name", "role", "text", "currency", "amount", "prices", "from", "until", "id", "unnamed", "territories"})
"""Fields without which what they are in says nothing, or something else."""


def _removed(facts: dict[str, Any], way: Pointer) -> Pointer | None:
    """Remove the value at a place; return the place of what went, and `None` where nothing is there."""
    holders: list[Any] = [facts]
    for step in way:
        inner = holders[-1]
        if not _has(inner, step):
            break
        holders.append(inner[step])
    depth = len(holders) - 1
    if not depth:
        return None
    while depth > 1 and way[depth - 1] in _NEEDED and isinstance(holders[depth - 1], dict) and _is_item(way[: depth - 1]):
        depth -= 1
    while depth:
        holder = holders[depth - 1]
        del holder[way[depth - 1]]
        if holder or depth == 1:
            return way[:depth]
        depth -= 1
    return None


def _has(value: Any, step: str | int) -> bool:
    return step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int) and step < len(value)


def _is_item(way: Pointer) -> bool:
    """Return whether a place is, or is in, an item of a list, or a thing that is whole."""
    return any(isinstance(step, int) for step in way) or way[:1] == ("series",)


def _claimed(reading: RecordReading, way: Pointer) -> Any:
    """Return an element that the value at a place was read from."""
    units = [".".join(map(str, way[:2])), str(way[0])] if way else []
    if way and way[0] in {"prices_in", "promotions", "price_changes"}:
        units.append("prices")
    for unit in units:
        entries = reading.claims.get(unit, ())
        if entries:
            place = next((step for step in way[1:] if isinstance(step, int)), 0)
            return entries[min(place, len(entries) - 1)].element
    return None
