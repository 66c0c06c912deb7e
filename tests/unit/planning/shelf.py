"""A made-up store with one kind of book, and the three sides of it that a planner compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.resource import Attribute, Identity, Kind, Observed, Recorded, ReplaceOrder, Resource, ResourceType, Shape, Trait
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import Attributes, Value
from catalogctl.planning.catalog import Catalog, Import, Move, Removal
from catalogctl.planning.change import Change
from catalogctl.planning.planner import Verdicts, plan_changes
from catalogctl.planning.scope import Scope

WRITE_ONLY = frozenset({Trait.WRITE_ONLY})


def _folded(value: Value) -> Value:
    return value.casefold() if isinstance(value, str) else value


def _without_zeros(value: Value) -> Value:
    return {currency: amount for currency, amount in value.items() if amount} if isinstance(value, Mapping) else {}


ATTRIBUTES = (
    Attribute("isbn", Kind.TEXT),
    Attribute("name", Kind.TEXT),
    Attribute("lang", Kind.TEXT, normal=_folded),
    Attribute("blurb", Kind.LONG_TEXT, unset=""),
    Attribute("prices", Kind.MONEY, Shape.MAP, unset={}, normal=_without_zeros),
    Attribute("bisac", Kind.TEXT, Shape.SET, unset=()),
    Attribute("author", Kind.TEXT, Shape.LIST, WRITE_ONLY, unset=()),
    Attribute("pages", Kind.INTEGER, traits=WRITE_ONLY),
    Attribute("free", Kind.BOOLEAN),
    Attribute("published", Kind.DATE),
    Attribute("opens", Kind.DATETIME),
    Attribute("contents", Kind.JSON),
    Attribute("stock", Kind.INTEGER, traits=frozenset({Trait.ON_DECISION})),
    Attribute("medium", Kind.TEXT, traits=frozenset({Trait.REPLACES})),
    Attribute("file", Kind.ASSET, traits=frozenset({Trait.WRITE_ONLY, Trait.REPLACES})),
    Attribute("pictures", Kind.ASSET, Shape.LIST, WRITE_ONLY),
    Attribute("sale_from", Kind.DATE, traits=frozenset({Trait.WRITE_ONLY, Trait.AFTER_CREATE})),
    Attribute("series", Kind.TEXT),
    Attribute("shelves", Kind.TEXT, Shape.LIST),
    Attribute("links", Kind.TEXT, Shape.MAP),
)

BOOK = ResourceType(
    provider="shelf",
    name="book",
    attributes={attribute.name: attribute for attribute in ATTRIBUTES},
    key="isbn",
    identity=Identity.ENFORCED,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="Its reviews are lost.",
)
BOX = replace(BOOK, name="box", replace_order=ReplaceOrder.CREATE_FIRST)
"""Of these a store bears two with one key for a while."""

TYPES = {("shelf", "book"): BOOK, ("shelf", "box"): BOX}

OLD_FILE = Asset("assets/old.epub", "a" * 64, 10)
NEW_FILE = Asset("assets/new.epub", "b" * 64, 20)


def types(provider: str, name: str) -> ResourceType | None:
    return TYPES.get((provider, name))


def at(title: str, type_: ResourceType = BOOK, account: str = "store") -> Address:
    return Address(account, type_.name, title, "epub")


def want(
    title: str = "azul",
    type_: ResourceType = BOOK,
    *,
    needs: Iterable[Address] = (),
    protect: bool = False,
    ignore: tuple[Ignore | str, ...] = (),
    **attributes: Value,
) -> Resource:
    """What the files say."""
    rules = tuple(Ignore(rule) if isinstance(rule, str) else rule for rule in ignore)
    return Resource(at(title, type_), type_, f"key-{title}", attributes, Origin(f"catalog/{title}.yaml", 0), tuple(needs), protect, rules)


def have(
    title: str = "azul",
    type_: ResourceType = BOOK,
    *,
    id_: str = "1",
    told: Attributes | None = None,
    needs: Iterable[Address] = (),
    protect: bool = False,
    **attributes: Value,
) -> Recorded:
    """What state remembers; `told` is what the store reported of it then, by default all that it ever tells."""
    readable = {name: value for name, value in attributes.items() if not type_.attributes[name].write_only}
    observed = readable if told is None else told
    return Recorded(at(title, type_), type_, "https://store", id_, f"key-{title}", attributes, observed, tuple(needs), protect)


def seen(title: str = "azul", type_: ResourceType = BOOK, *, id_: str = "1", **attributes: Value) -> tuple[Address, Observed]:
    """What the store answers now."""
    return at(title, type_), Observed(id_, f"key-{title}", attributes)


def verdicts(
    wanted: Iterable[Resource] = (),
    recorded: Iterable[Recorded] = (),
    observed: Iterable[tuple[Address, Observed]] = (),
    scope: Scope | None = None,
    *,
    moved: tuple[Move, ...] = (),
    removed: tuple[Removal, ...] = (),
    imports: tuple[Import, ...] = (),
) -> Verdicts:
    catalog = Catalog({one.address: one for one in wanted}, moved, removed, imports)
    return plan_changes(catalog, {one.address: one for one in recorded}, dict(observed), scope or Scope())


def only(found: Verdicts) -> Change:
    """The one change of a plan about one resource."""
    (change,) = found.changes
    return change


def shown(change: Change) -> list[tuple[object, ...]]:
    """Its attribute changes as (path…, before, after)."""
    return [(*item.path, item.before, item.after) for item in change.attributes]
