"""An edition that came from a record, as a record again: what the title's file changed is replaced, and everything else is as it was.

    the record beside the title, read → facts as the feed had them ─┐
    the title's file                  → facts as they are ──────────┴→ the units that differ
    the edition as it is now          → the elements of these units, in the place of the record's

A unit is one fact, or several that go together (title and subtitle). Of contributors, prices and other lists, the items that did not change
keep their elements; one that did keeps what no title file has a field for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from catalogctl.config.project import OnixSettings
from catalogctl.config.territories import Groups
from catalogctl.onix.canonical import insert, normalized
from catalogctl.onix.fields import Path, comparable, fields
from catalogctl.onix.map_record import MappedRecord, map_record
from catalogctl.onix.reading import Claim, ReadingRules
from catalogctl.onix.record import ProductRecord, local_name
from catalogctl.onix.schemas import Release, child_order
from catalogctl.onix.territory import countries

_UNITS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("isbn", "identifiers", "external_id"), "identifiers"),
    **dict.fromkeys(("format", "form"), "format"),
    **dict.fromkeys(("title", "subtitle", "title_prefix"), "title"),
    **dict.fromkeys(("territories", "rights"), "rights"),
    **dict.fromkeys(("prices", "prices_in", "price_changes", "promotions"), "prices"),
}
"""Fields that are one unit with others."""
_BY_KEY: Final = frozenset({"subjects", "files", "dates"})
_OF_AVAILABILITY: Final = frozenset({("status",), ("publication_date",), ("dates", "on_sale")})
"""Fields that an availability follows from."""
_OF_NOTIFICATION: Final = frozenset({("status",), ("publication_date",)})
_PERSON: Final = frozenset(
    "SequenceNumber ContributorRole FromLanguage PersonName PersonNameInverted NamesBeforeKey KeyNames CorporateName CorporateNameInverted "
    "UnnamedPersons BiographicalNote".split()
)
"""What of a contributor a title file says."""
_TEXTS: Final = frozenset({"description", "short_description", "tagline", "table_of_contents"})
_IN_EACH_SUPPLY: Final = frozenset({"prices", "availability"})


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record beside a title, and what its edition says now."""

    record: ProductRecord
    facts: Mapping[str, Any]
    """Canonical data, with what the title and the defaults say."""
    path: str
    groups: Groups


@dataclass(frozen=True, slots=True)
class Merged:
    """A record that was brought up to date."""

    product: etree._Element
    left_out: tuple[str, ...]
    """Names of elements that its new release does not have."""


def merge(
    kept: KeptRecord, release: Release, settings: OnixSettings, made: Callable[[], etree._Element], other: etree._Element | None
) -> Merged:
    """Return a record with what its title's file changed.

    Shapes:  `made` gives the edition as it would be without a record; `other` is the same as a recipient wants it, whose prices are taken
             where they are not those of `made`; `None` where no one is addressed.
    """
    element, left_out = converted(kept.record.element, release)
    record = ProductRecord(element, release, None)
    base, changed = _changed(record, kept, settings)
    fresh: etree._Element | None = None
    if changed or other is not None:
        fresh = made()
        if other is not None:
            if _sold(fresh) != _sold(other):
                changed[("prices",)] = None
            fresh = other
    if changed and fresh is not None:
        rules = ReadingRules(settings, tests=True)
        current = map_record(ProductRecord(fresh, release, None), rules)
        units = [unit for unit in _units(changed) if unit != "availability" or unit in base.claims or ("onix", "availability") in changed]
        _Merging(record, base, current, changed).run(units)
    return Merged(normalized(element), left_out)


def _changed(record: ProductRecord, kept: KeptRecord, settings: OnixSettings) -> tuple[MappedRecord, dict[Path, None]]:
    """Return a record as it is read, and the fields that its edition says otherwise; of several markets the one that was imported."""
    found: tuple[MappedRecord, dict[Path, None]] | None = None
    count = len(record.all("ProductSupply"))
    for supply in (None, *range(count if count > 1 else 0)):
        mapped = map_record(record, ReadingRules(settings, supply=supply, tests=True))
        changed = _differences(mapped, kept)
        if found is None or (mapped.refusal is None and _weight(changed) < _weight(found[1])):
            found = mapped, changed
        if mapped.refusal is None and not any(path[0] in {"prices", "prices_in", "onix"} for path in changed):
            return mapped, changed
    assert found is not None, "it was read at least once"
    return found


def _weight(changed: Mapping[Path, None]) -> int:
    return len(changed)


def _differences(mapped: MappedRecord, kept: KeptRecord) -> dict[Path, None]:
    was, now = dict(fields(mapped.facts)), dict(fields(kept.facts))
    if ("external_id",) not in was:
        now.pop(("external_id",), None)  # the key of stores, which the record has by another name
    return {
        path: None
        for path in dict.fromkeys((*was, *now))
        if comparable(path, was.get(path), kept.groups) != comparable(path, now.get(path), kept.groups)
    }


def _units(changed: Mapping[Path, None]) -> list[str]:
    units: dict[str, None] = {}
    for path in changed:
        if path == ("onix", "availability") or path in _OF_AVAILABILITY:
            units["availability"] = None
        if path in _OF_NOTIFICATION:
            units["notification"] = None
        if path == ("onix", "unpriced"):
            units["prices"] = None
        elif path[0] != "onix":
            units[".".join(path) if path[0] in _BY_KEY else _UNITS.get(path[0], path[0])] = None
    return list(units)


def _sold(product: etree._Element) -> list[bytes]:
    """Return what a product costs, to be compared."""
    space = str(product.tag).partition("}")[0] + "}"
    details = product.findall(f"{space}ProductSupply/{space}SupplyDetail")
    names = {"Price", "UnpricedItemType"}
    return [etree.tostring(one, method="c14n") for detail in details for one in detail if local_name(one) in names]


class _Merging:
    """One record while it is brought up to date."""

    def __init__(self, record: ProductRecord, base: MappedRecord, current: MappedRecord, changed: Mapping[Path, None]) -> None:
        self._record = record
        self._release = record.release
        self._base = base
        self._current = current
        self._changed = changed

    def run(self, units: Sequence[str]) -> None:
        for unit in units:
            if unit == "notification":
                self._notification()
                continue
            old, new = list(self._base.claims.get(unit, ())), list(self._current.claims.get(unit, ()))
            parents = list(dict.fromkeys(above for claim in old if (above := claim.element.getparent()) is not None))
            if unit not in _IN_EACH_SUPPLY:
                parents = parents[:1]
            placed = [(parent, [self._placed(unit, claim, old, parent) for claim in new]) for parent in parents]
            for claim in old:
                parent = claim.element.getparent()
                if parent is not None:
                    parent.remove(claim.element)
            if not placed and new and (home := self._home(new[0].element)) is not None:
                placed = [(home, [deepcopy(claim.element) for claim in new])]
            for parent, elements in placed:
                self._put(unit, parent, elements)
        self._prune()

    def _notification(self) -> None:
        mine, other = self._record.first("NotificationType"), self._anew_text("NotificationType")
        if mine is not None and other:
            mine.text = other

    def _anew_text(self, name: str) -> str:
        claims = next(iter(self._current.claims.values()), ())
        top = next(iter(claims), None)
        root = None if top is None else top.element.getroottree().getroot()
        return "" if root is None else (root.findtext(f"{{{self._release.namespace}}}{name}") or "")

    # ── elements ──

    def _placed(self, unit: str, claim: Claim, old: list[Claim], parent: etree._Element) -> etree._Element:
        """Return the element of a new claim: the record's where it did not change, else the new one with what the record's has besides."""
        near = [one for one in old if one.element.getparent() is parent]
        if claim.item is not None:
            same = next((one for one in near if _plain(one.item) == _plain(claim.item)), None)
            if same is not None:
                near.remove(same)
                old.remove(same)
                parent.remove(same.element)
                return same.element
        if unit == "contributors":
            return self._person(claim, near)
        if unit == "prices":
            return self._price(claim.element, near)
        if unit in _TEXTS and len(near) == 1:
            return self._overlaid(near[0].element, claim.element, lambda child: local_name(child) == "Text")
        return deepcopy(claim.element)

    def _overlaid(self, held: etree._Element, new: etree._Element, owned: Callable[[etree._Element], bool]) -> etree._Element:
        """Return the record's element with the children that are ours taken from the new one."""
        made = deepcopy(held)
        for child in [one for one in made if owned(one)]:
            made.remove(child)
        for child in new:
            if owned(child):
                insert(self._release, made, [deepcopy(child)])
        return made

    def _person(self, claim: Claim, near: list[Claim]) -> etree._Element:
        name = claim.item.get("name") if claim.item else None
        held = next((one for one in near if one.item and name and one.item.get("name") == name), None)
        if held is None:
            return deepcopy(claim.element)

        def owned(child: etree._Element) -> bool:
            kind = self._record.text("NameIDType", child) or self._record.text("WebsiteRole", child)
            return local_name(child) in _PERSON or (local_name(child) in {"NameIdentifier", "Website"} and kind in {"16", "21", "06"})

        return self._overlaid(held.element, claim.element, owned)

    def _price(self, new: etree._Element, near: list[Claim]) -> etree._Element:
        """Return a new price with what the record's price of that currency, place and kind says besides the amount."""
        if local_name(new) != "Price":
            return deepcopy(new)
        alike = [one.element for one in near if local_name(one.element) == "Price" and self._kind(one.element) == self._kind(new)]
        place = countries(self._record.first("Territory", new))
        exact = [one for one in alike if countries(self._record.first("Territory", one)) == place]
        held = exact or (alike if not place else [])
        if len(held) != 1:
            return deepcopy(new)
        is_dated = self._record.first("PriceDate", new) is not None or {("price_changes",), ("promotions",)} & self._changed.keys()
        names = {"PriceAmount", "UnpricedItemType", "CurrencyCode"} | ({"PriceDate"} if is_dated else set())
        made = self._overlaid(held[0], new, lambda child: local_name(child) in names)
        for tax in self._record.all("Tax", made):
            for name in ("TaxableAmount", "TaxAmount"):
                for leaf in self._record.all(name, tax):
                    tax.remove(leaf)  # they were reckoned from the amount before
        return made

    def _kind(self, price: etree._Element) -> tuple[str, bool, bool]:
        kind, qualifier = self._record.text("PriceType", price), self._record.text("PriceQualifier", price)
        return self._record.text("CurrencyCode", price), kind in {"01", "03", "41", "43"}, qualifier == "08"

    # ── places ──

    def _home(self, element: etree._Element) -> etree._Element | None:
        """Return the element of the record in which one of the new edition belongs; it is made where it is not there.

        A supply that is not there is taken whole, since it is none without its supplier: then there is nothing to be put into it.
        """
        above: list[etree._Element] = []
        parent = element.getparent()
        while parent is not None and local_name(parent) != "Product":
            above.append(parent)
            parent = parent.getparent()
        at = self._record.element
        for one in reversed(above):
            found = self._record.first(local_name(one), at)
            if found is None and local_name(one) in {"ProductSupply", "SupplyDetail"}:
                insert(self._release, at, [deepcopy(one)])
                return None
            if found is None:
                found = etree.Element(str(one.tag))
                insert(self._release, at, [found])
            at = found
        return at

    def _put(self, unit: str, parent: etree._Element, elements: list[etree._Element]) -> None:
        if unit == "contributors":
            self._number(elements)
        for element in elements:
            insert(self._release, parent, [element])

    def _number(self, people: list[etree._Element]) -> None:
        for number, person in enumerate(people, 1):
            place = self._record.first("SequenceNumber", person)
            if place is None:
                place = etree.Element(f"{{{self._release.namespace}}}SequenceNumber")
                insert(self._release, person, [place])
            place.text = str(number)

    def _prune(self) -> None:
        for block in list(self._record.element):
            if not len(block) and local_name(block) in {"CollateralDetail", "RelatedMaterial", "PublishingDetail"}:
                self._record.element.remove(block)


def _plain(item: Any) -> Any:
    return comparable(("item",), item, {})


# ── releases ──


def converted(element: etree._Element, release: Release) -> tuple[etree._Element, tuple[str, ...]]:
    """Return a product in the tags of a release, and the names of what that release does not have."""
    made = deepcopy(element)
    space = f"{{{release.namespace}}}"
    if str(made.tag).startswith(space):
        return made, ()
    for one in made.iter("*"):
        one.tag = space + local_name(one)
    if release is Release.V31:
        _modernized(made, space)
    gone = dict.fromkeys(_unknown(made, release))
    for one in gone:
        parent = one.getparent()
        if parent is not None:
            parent.remove(one)
    return made, tuple(sorted({local_name(one) for one in gone}))


def _modernized(made: etree._Element, space: str) -> None:
    """Say in the way of 3.1 what it has dropped: forms of dates, codes of audiences, zones of currencies."""
    for form in list(made.iter(f"{space}DateFormat")):
        parent = form.getparent()
        if parent is None:
            continue
        for day in parent.findall(f"{space}Date"):
            day.set("dateformat", (form.text or "").strip())
        parent.remove(form)
    for code in list(made.iter(f"{space}AudienceCode")):
        parent = code.getparent()
        if parent is not None:
            audience = etree.Element(f"{space}Audience")
            etree.SubElement(audience, f"{space}AudienceCodeType").text = "01"
            etree.SubElement(audience, f"{space}AudienceCodeValue").text = code.text
            parent.remove(code)
            insert(Release.V31, parent, [audience])
    for zone in list(made.iter(f"{space}CurrencyZone")):
        parent = zone.getparent()
        if parent is not None:
            if parent.find(f"{space}Territory") is None:
                territory = etree.Element(f"{space}Territory")
                etree.SubElement(territory, f"{space}RegionsIncluded").text = "ECZ"
                insert(Release.V31, parent, [territory])
            parent.remove(zone)


def _unknown(element: etree._Element, release: Release) -> Iterator[etree._Element]:
    """List the elements that a release does not have where they are."""
    if not len(element) or element.get("textformat") is not None:
        return
    try:
        known = frozenset(child_order(release, local_name(element)))
    except StopIteration:
        return
    for child in element:
        if known and local_name(child) not in known:
            yield child
        else:
            yield from _unknown(child, release)
