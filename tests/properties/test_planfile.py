"""Plans of any content: what is saved is what is read, and nothing else is ever read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, Severity, SourceRange
from catalogctl.model.resource import Attribute, Kind, ResourceType, Shape
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import UNKNOWN, Reference, Scalar, Value
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Change, Drift, LeftAlone
from catalogctl.planning.order import order
from catalogctl.planning.plan import Base, Estimate, Plan, PlannedRequest, Refresh, Revert
from catalogctl.planning.planfile.file import decode, digest, encode, sources
from catalogctl.planning.review.approval import Standing, standing
from catalogctl.planning.scope import Purpose
from unit.planning.shelf import BOOK, BOX, types

# What could be taken for something else comes up often.
texts = st.one_of(
    st.sampled_from(["", "x", "(known after apply)", "sha256:", "null"]), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
words = st.text("abcü…-_1", min_size=1, max_size=4)
numbers = st.integers(-(2**53), 2**53)
accounts, kinds = st.sampled_from(["store", "shop"]), st.sampled_from([BOOK, BOX])
addresses = st.builds(Address, accounts, kinds.map(lambda kind: kind.name), words, words, st.one_of(st.just(""), words))
origins = st.builds(Origin, words, st.integers(0, 3), st.lists(st.one_of(words, st.integers(0, 9))).map(tuple))
files = st.one_of(
    st.builds(lambda name, size: Asset(f"assets/{name}", f"{len(name)}" * 64, size), words, st.integers(0, 9)),
    st.builds(lambda name: Asset("", f"{len(name)}" * 64), words),
    st.builds(lambda name, query: Asset(f"https://cdn/{name}{query}"), words, st.sampled_from(["", "?id=3", "?X-Amz-Signature=3"])),
)
SCALARS: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: texts,
    Kind.LONG_TEXT: texts,
    Kind.JSON: texts,
    Kind.INTEGER: numbers,
    Kind.BOOLEAN: st.booleans(),
    Kind.MONEY: st.one_of(st.decimals(0, 10**9, places=2), st.decimals(0, 100, places=4), st.just(Decimal("1E+3"))),
    Kind.DATE: st.dates(date(1, 1, 1)),
    Kind.DATETIME: st.datetimes(datetime(1, 1, 1), timezones=st.sampled_from([None, UTC])),
    Kind.ASSET: files,
}
unknown = st.one_of(st.just(UNKNOWN), st.builds(Reference, addresses))


def values(attribute: Attribute, *, open_: bool) -> st.SearchStrategy[Value]:
    one: st.SearchStrategy[Scalar] = st.one_of(st.none(), SCALARS[attribute.kind], *([unknown] if open_ else []))
    match attribute.shape:
        case Shape.ONE:
            return one
        case Shape.LIST | Shape.SET:
            return st.one_of(*([unknown] if open_ else []), st.lists(one, max_size=3).map(tuple))
        case Shape.MAP:
            return st.one_of(*([unknown] if open_ else []), st.dictionaries(words, one, max_size=3))


def attributes(type_: ResourceType, *, open_: bool) -> st.SearchStrategy[dict[str, Value]]:
    names = st.lists(st.sampled_from(sorted(type_.attributes)), unique=True, max_size=6)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: values(type_.attributes[name], open_=open_) for name in chosen}))


@st.composite
def attribute_changes(draw: st.DrawFn, type_: ResourceType) -> AttributeChange:
    attribute = type_.attributes[draw(st.sampled_from(sorted(type_.attributes)))]
    missing = st.sampled_from([ABSENT, UNREADABLE])
    if attribute.shape is Shape.MAP and draw(st.booleans()):
        entry = st.one_of(missing, SCALARS[attribute.kind], unknown)
        return AttributeChange((attribute.name, draw(words)), attribute, draw(entry), draw(entry))
    side = st.one_of(missing, values(attribute, open_=True))
    return AttributeChange((attribute.name,), attribute, draw(side), draw(side))


paths = st.one_of(st.tuples(words), st.tuples(words, words))
left_alone = st.builds(LeftAlone, paths, st.builds(Ignore, words, texts, st.one_of(st.none(), st.dates(date(1, 1, 1)))))


@st.composite
def changes(draw: st.DrawFn, address: Address, others: list[Address]) -> Change:
    kind = BOOK if address.type == "book" else BOX
    before = draw(st.one_of(st.none(), attributes(kind, open_=True)))
    return Change(
        address=address,
        type=kind,
        action=draw(st.sampled_from(Action)),
        reason=draw(st.sampled_from(Reason)),
        id=draw(st.one_of(st.none(), texts)),
        key=draw(texts),
        before=before,
        after=draw(st.one_of(st.none(), st.just(before), attributes(kind, open_=True))),
        attributes=tuple(draw(st.lists(attribute_changes(kind), max_size=4))),
        dependencies=tuple(draw(st.lists(st.sampled_from(others), unique=True, max_size=3))) if others else (),
        protect=draw(st.booleans()),
        fingerprint=draw(texts),
        observed={**draw(attributes(kind, open_=False)), **({} if draw(st.booleans()) else known(before or {}))},
        origin=draw(st.one_of(st.none(), origins)),
        ignored=tuple(draw(st.lists(left_alone, max_size=2))),
        updates_state_only=draw(st.booleans()),
    )


def known(given_: dict[str, Value]) -> dict[str, Value]:
    def is_open(value: object) -> bool:
        return value is UNKNOWN or isinstance(value, Reference)

    def whole(value: Value) -> bool:
        return not any(map(is_open, value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)))

    return {name: value for name, value in given_.items() if whole(value)}


ranges = st.builds(SourceRange, words, st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), texts)
optional = st.one_of(st.none(), texts)
remarks = st.builds(Diagnostic, st.sampled_from(Severity), words, texts, texts, texts, optional, optional, st.one_of(st.none(), ranges))


def drifts(type_: ResourceType) -> st.SearchStrategy[Drift]:
    differing = st.lists(attribute_changes(type_), max_size=3).map(tuple)
    return st.builds(Drift, addresses, st.just(type_), differing, st.booleans(), st.booleans())


digests = st.dictionaries(words, texts, max_size=2)
bases = st.builds(Base, words, texts, st.integers(0, 99), texts, digests, digests)
call_lists = st.lists(st.builds(PlannedRequest, words, texts, addresses, texts), max_size=3).map(tuple)
seconds = st.floats(0, 1e6).map(lambda number: round(number, 1))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan, also such as no planner makes; what depends on another comes after it, and no box on a book, so that there is no circle."""
    chosen = sorted(draw(st.lists(addresses, unique=True, max_size=4)), key=lambda address: address.type, reverse=True)
    made = tuple(draw(changes(address, chosen[:index])) for index, address in enumerate(chosen))
    try:
        graph = order(made)
    except CatalogError:  # keys that change hands may go round with what depends on what
        reject()
    return Plan(
        changes=made,
        graph=graph,
        drift=tuple(draw(st.lists(kinds.flatmap(drifts), max_size=2))),
        base=draw(bases),
        requests=draw(call_lists),
        estimate=draw(st.builds(Estimate, st.integers(0, 99), seconds)),
        reads=draw(st.integers(0, 99)),
        diagnostics=tuple(draw(st.lists(remarks, max_size=2))),
        titles=draw(st.dictionaries(words, texts, max_size=2)),
        purpose=draw(st.sampled_from(Purpose)),
        reverts=draw(st.none() | st.builds(Revert, texts, st.datetimes(timezones=st.just(UTC)), texts, texts, st.booleans())),
        refresh=draw(st.sampled_from(Refresh)),
    )


def place(origin: Origin) -> SourceRange | None:
    return SourceRange(origin.path, 1 + len(origin.pointer), 2, 3, "text") if origin.document else None


def strays(saved: Plan, now: Plan) -> list[Address]:
    """What one plan changes that another does not change in the very same way."""
    others = {change.address: change for change in now.changes}
    doing = [change for change in saved.changes if change.action.changes_anything]
    standings = {change.address: standing(saved, change, others.get(change.address), {}) for change in doing}
    return [address for address, one in standings.items() if one is not Standing.AS_REVIEWED]


@settings(deadline=None, max_examples=100)
@given(plans())
def test_what_is_saved_is_what_is_read(plan: Plan) -> None:
    data = encode(plan, place=place)
    again = decode(data, types)
    assert again == plan
    assert encode(again, place=sources(data).get) == data
    assert digest(again) == digest(plan)
    assert strays(plan, again) == []
    assert b"X-Amz-Signature" not in data


@settings(deadline=None, max_examples=100)
@given(plans(), st.data())
def test_what_was_spoilt_is_refused_or_says_the_same(plan: Plan, data: st.DataObject) -> None:
    saved = encode(plan, place=place)
    at = data.draw(st.integers(0, len(saved) - 1))
    spoilt = data.draw(
        st.sampled_from(
            [
                saved[:at],
                saved[at:],
                saved[:at] + bytes([saved[at] ^ 1 << data.draw(st.integers(0, 7))]) + saved[at + 1 :],
                saved[:at] + saved[at + 1 :],
                saved[:at] + b"\0" * (len(saved) - at),
                saved + saved[at:],
            ]
        )
    )
    try:
        again = decode(spoilt, types)
    except CatalogError as problem:
        refused = problem
    else:
        assert again == plan
        return
    assert refused.refusal is Refusal.STALE
    assert refused.diagnostics


@settings(deadline=None, max_examples=100)
@given(plans(), plans())
def test_plans_with_one_digest_differ_in_nothing_that_is_done(one: Plan, other: Plan) -> None:
    shown = replace(other, changes=one.changes, graph=one.graph, base=replace(other.base, accounts=one.base.accounts))
    assert digest(shown) == digest(one)
    assert strays(one, shown) == []
    if strays(one, other):
        assert digest(one) != digest(other)
