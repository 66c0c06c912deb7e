"""An attribute whose value is another resource's, and filling it in once that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.model.address import Address

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.model.value import Attributes, Scalar, Value


@dataclass(frozen=True, slots=True)
class Reference:
    """Stands for the id that the store gave another resource of the same account."""

    address: Address


def fill(attributes: Attributes, id_of: Callable[[Address], str | None]) -> dict[str, Value]:
    """Put in place of each reference the id that `id_of` knows; one that it does not know (`None`) stays a reference.

    Used by the planner with the ids recorded, and by the executor with those learned on the way.
    """

    def one(value: Scalar) -> Scalar:
        if not isinstance(value, Reference):
            return value
        known = id_of(value.address)
        return value if known is None else known

    filled: dict[str, Value] = {}
    for name, value in attributes.items():
        if isinstance(value, Reference):
            filled[name] = one(value)
        elif isinstance(value, tuple):
            filled[name] = tuple(one(item) for item in value)
        else:
            filled[name] = value
    return filled
