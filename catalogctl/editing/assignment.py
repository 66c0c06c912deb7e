"""`FIELD=VALUE`, read: which field, what is done with it, and the value as a file has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from catalogctl.config.syntax.scalars import CodeError, FormError, ScalarError, plain
from catalogctl.config.syntax.source import Source, parse
from catalogctl.model.diagnostics import CatalogError, Severity, SourceRange, error
from catalogctl.model.money import minor_digits, nearest_payable
from catalogctl.query.fields import OF_ITS_PLACE, Field, FieldKind, Fields, UnknownFieldError

_FORM: Final = re.compile(r"(?P<field>[^=\s]+?)\s*(?P<sign>[-+*/]?=)(?P<value>.*)", re.DOTALL)
_NUMERIC: Final = frozenset({"length", "mass", "running-time", "duration", "rate"})
"""Kinds of text that are also written as a number."""


class Change(StrEnum):
    """What is done with the value of a field."""

    SET = "="
    ADD = "+="
    TAKE = "-="
    MULTIPLY = "*="
    DIVIDE = "/="
    UNSET = "unset"


@dataclass(frozen=True, slots=True)
class Ending:
    """The last digits that a price is to have: `.99`."""

    text: str

    def below(self, amount: Decimal, currency: str) -> Decimal | None:
        """Return the highest price that ends so and is not above an amount; `None` where there is none above zero."""
        whole, _, fraction = self.text.partition(".")
        step = Decimal(10) ** len(whole.lstrip("0"))
        end = Decimal(self.text)
        if len(fraction) > minor_digits(currency):
            return None
        price = ((amount - end) // step if amount >= end else Decimal(-1)) * step + end
        return price if price > 0 else None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One change of one field."""

    field: Field
    change: Change
    value: Any
    """What is set, added or taken, as a reader of a file has it; the factor of a price."""
    text: str
    """As it was typed."""
    is_list: bool
    ending: Ending | None = None

    def result(self, current: Any) -> Any:
        """Return the value that a field has afterwards; `KEEP` where nothing is to be done.

        Raises:  CatalogError (edit-value) where the two cannot be reckoned with.
        """
        if self.change in {Change.ADD, Change.TAKE} and (isinstance(current, Mapping) or current == ["ALL"]):
            said = "everywhere" if current == ["ALL"] else "everywhere but for some"
            detail = f"`{self.field}` is {said}, which is no list that something is added to or taken from."
            hint = f"Set the whole, for instance\n'{self.field}={{except: [US]}}'"
            raise CatalogError(error("edit-value", "A value that is no list", detail, hint))
        if self.change in {Change.MULTIPLY, Change.DIVIDE} or (self.change in {Change.ADD, Change.TAKE} and not self._is_listed(current)):
            return self._reckoned(current)
        if self.change in {Change.ADD, Change.TAKE}:
            return self._listed(current if isinstance(current, list) else [])
        if self.ending is not None and self.field.kind is FieldKind.NUMBER:
            return self._ended(Decimal(str(self.value)), self.field.path[-1])
        return self.value

    def _is_listed(self, current: Any) -> bool:
        return self.is_list or isinstance(current, list) or (current is None and self.field.kind is FieldKind.EITHER)

    def _listed(self, current: list[Any]) -> Any:
        items = self.value if isinstance(self.value, list) else [self.value]
        if self.change is Change.ADD:
            new = [item for item in items if not any(self._matches(one, item) for one in current)]
            return [*current, *new] if new else KEEP
        kept = [one for one in current if not any(self._matches(one, item) for item in items)]
        return kept if len(kept) < len(current) else KEEP

    def _matches(self, one: Any, item: Any) -> bool:
        """Return whether an item that is there is the one that was typed: equal, of one code, or of that name."""
        if isinstance(one, dict):
            return item in (one, one.get("name"))
        leaf = self.field.leaf
        try:
            return one == item or (leaf is not None and leaf.read(one) == leaf.read(item))
        except (CodeError, FormError):
            return False

    def _reckoned(self, current: Any) -> Any:
        if isinstance(current, dict) and self.field.path[-1] == "prices":
            return {currency: amount if amount is None else self._product(amount, currency) for currency, amount in current.items()}
        if current is None:
            return KEEP
        return self._product(current, self.field.path[-1] if self.field.leaf is not None and self.field.leaf.name == "price" else "")

    def _product(self, current: Any, currency: str) -> Decimal | int:
        try:
            have, by = Decimal(str(current)), Decimal(str(self.value))
        except InvalidOperation:
            raise _no_number(self.text, f"`{self.field}` is `{current}` here, which is no number.") from None
        match self.change:
            case Change.ADD:
                amount = have + by
            case Change.TAKE:
                amount = have - by
            case Change.DIVIDE:
                amount = have / by
            case _:
                amount = have * by
        if not currency:
            return int(amount) if amount == amount.to_integral_value() else amount
        return self._ended(amount, currency)

    def _ended(self, amount: Decimal, currency: str) -> Decimal | int:
        if amount < 0:
            raise _no_number(self.text, f"The price would be {amount} {currency}, below zero.")
        if self.ending is not None:
            ended = self.ending.below(amount, currency)
            if ended is None:
                detail = f"No price in {currency} ends in {self.ending.text} and is not above {amount.normalize():f}."
                raise _no_number(f"--ending {self.ending.text}", detail)
            amount = ended
        exact = Decimal(nearest_payable(currency, str(amount)))
        return exact if minor_digits(currency) else int(exact)


class _Keep:
    def __repr__(self) -> str:
        return "KEEP"


KEEP: Final = _Keep()
"""Says that a field stays as it is."""


def assignments(texts: Sequence[str], fields: Fields, ending: str | None = None) -> tuple[Assignment, ...]:
    """Read what was typed.

    Raises:  CatalogError: edit-syntax, where-field, edit-value.
    """
    made = [assignment(text, fields, ending) for text in texts]
    _refuse_overlaps(made)
    return tuple(made)


def removals(names: Sequence[str], fields: Fields) -> tuple[Assignment, ...]:
    """Read the names of fields that are to be unset.

    Raises:  CatalogError (where-field).
    """
    made = [Assignment(_field(name, name, fields), Change.UNSET, None, name, is_list=False) for name in names]
    _refuse_overlaps(made)
    return tuple(made)


def assignment(text: str, fields: Fields, ending: str | None = None) -> Assignment:
    """Read one `FIELD=VALUE`."""
    found = _FORM.fullmatch(text)
    if found is None:
        hint = "Write for instance\nprices.EUR=4.99"
        raise CatalogError(error("edit-syntax", "No assignment", f"`{text}` does not say which field becomes what.", hint).at(_place(text)))
    field = _field(found["field"], text, fields)
    change = Change(found["sign"])
    is_list = fields.holds_list(field.path)
    value = _value(field, change, found["value"], text, is_list=is_list)
    return Assignment(field, change, value, text, is_list, None if ending is None else _ending(ending))


def of_cell(field: Field, text: str) -> Assignment:
    """Read a cell of a sheet: the value that its column's field gets."""
    said = f"{field}={text}"
    is_list = Fields.holds_list(field.path)
    return Assignment(field, Change.SET, _value(field, Change.SET, text, said, is_list=is_list), said, is_list)


def field_named(name: str, fields: Fields) -> Field:
    """Return the field of a name, which can be written to.

    Raises:  CatalogError (where-field).
    """
    return _field(name, name, fields)


def _field(name: str, text: str, fields: Fields) -> Field:
    steps = tuple(name.split("."))
    try:
        field = fields.find(steps)
    except UnknownFieldError as wrong:
        here = steps[wrong.step]
        above = ".".join(steps[: wrong.step])
        detail = f"`{above}` has no field `{here}`." if above else f"Editions have no field `{here}`."
        near = ".".join((*steps[: wrong.step], wrong.nearest, *steps[wrong.step + 1 :]))
        hint = f"Did you mean {near}?" if wrong.nearest else f"There are: {', '.join(sorted(wrong.known)[:12])}"
        raise CatalogError(error("where-field", "Unknown field", detail, hint).at(_place(text, len(name)))) from None
    if field.path[0] in OF_ITS_PLACE or field.path[0] == "editions":
        detail = f"`{name}` is what an edition is known by, and no value of it."
        raise CatalogError(
            error("edit-value", "A name and no value", detail, "Rename it:\ncatalogctl mv OLD NEW").at(_place(text, len(name)))
        )
    lists = [field.path[: number + 1] for number in range(len(field.path) - 1) if fields.holds_list(field.path[: number + 1])]
    if lists:
        whole = ".".join(lists[0])
        hint = f"Set the whole list, for instance\n{whole}=[{{…}}, {{…}}]"
        raise CatalogError(error("edit-value", "A field in a list", f"`{whole}` is a list.", hint).at(_place(text, len(name))))
    return field


def _refuse_overlaps(made: Sequence[Assignment]) -> None:
    for number, one in enumerate(made):
        for other in made[:number]:
            shorter, longer = sorted((one.field.path, other.field.path), key=len)
            if longer[: len(shorter)] == shorter:
                detail = f"`{other.text}` and `{one.text}` are about the same field, and their order would decide."
                raise CatalogError(error("edit-syntax", "Two changes of one field", detail, "Make two edits.").at(_place(one.text)))


def _value(field: Field, change: Change, written: str, text: str, *, is_list: bool) -> Any:
    """Read a value as a file would have it: what begins with a bracket as YAML, a list also with commas between."""
    if written.lstrip()[:1] in {"[", "{"} and (is_list or field.kind in {FieldKind.GROUP, FieldKind.EITHER}):
        parsed = parse(Source("value.yaml", f"value: {written}".encode()))
        if any(found.severity is Severity.ERROR for found in parsed.diagnostics) or len(parsed.documents) != 1:
            first = next(iter(parsed.diagnostics), None)
            raise _no_number(text, first.detail if first else "The value cannot be read as YAML.")
        document: Any = parsed.documents[0]
        return document["value"]
    if change in {Change.MULTIPLY, Change.DIVIDE} or (change in {Change.ADD, Change.TAKE} and field.kind is FieldKind.NUMBER):
        try:
            number = Decimal(written.strip())
        except InvalidOperation:
            raise _no_number(text, f"`{written}` is no number.") from None
        if not number.is_finite() or (change is Change.DIVIDE and not number):
            raise _no_number(text, f"`{written}` is no number to reckon with.")
        return number
    if is_list:
        return [one.strip() for one in written.split(",") if one.strip()]
    if field.kind is FieldKind.GROUP and field.path[0] == "publish" and written in {"true", "false"}:
        return {} if written == "true" else False
    if field.kind is FieldKind.GROUP:
        raise _no_number(text, f"`{field}` is a group of fields: set one of them, or the whole in braces.")
    kinds = {FieldKind.NUMBER, FieldKind.TRUTH, FieldKind.EITHER}
    if field.kind in kinds or (field.leaf is not None and field.leaf.name in _NUMERIC):
        try:
            return plain(written)
        except ScalarError as wrong:
            raise _no_number(text, wrong.detail) from None
    return written


def _ending(text: str) -> Ending:
    if not re.fullmatch(r"[0-9]{0,6}(\.[0-9]{1,4})?", text) or not text:
        detail = f"`{text}` are not the last digits of a price."
        raise CatalogError(error("edit-value", "No ending of a price", detail, "Write for instance\n--ending .99").at(_place(text)))
    return Ending(text)


def _no_number(text: str, detail: str) -> CatalogError:
    return CatalogError(error("edit-value", "Not a value for this field", detail, "").at(_place(text)))


def _place(text: str, width: int | None = None) -> SourceRange:
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return SourceRange("FIELD=VALUE", 1, 1, (width or len(line)) + 1, line)


def nested(path: Sequence[str], value: Any) -> Mapping[str, Any]:
    """Return mappings inside each other with a value in the innermost."""
    for step in reversed(path):
        value = {step: value}
    result: Mapping[str, Any] = value
    return result
