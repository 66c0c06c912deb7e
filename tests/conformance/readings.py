"""One specimen for each reading of a service's documents: the switches of its sandbox, turned one at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from catalogctl.testing.specimen import Specimen

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class Readings:
    """What is known of a sandbox's switches beside their defaults."""

    usual: DataclassInstance
    """The switches as the first specimen has them."""
    others: Mapping[str, tuple[Any, ...]]
    """For the switches whose values are no closed set, values to try beside the default."""
    together: Mapping[str, Mapping[str, Any]]
    """Switches that mean nothing until others are turned as well."""
    elsewhere: Collection[str] = frozenset()
    """Switches, or SWITCH=VALUE, that have tests of their own and none here."""

    def variants(self, specimen: Callable[..., Specimen]) -> dict[str, Specimen]:
        """Give the specimen by the switch that is not as usual, first the usual one by no name."""
        found = {"": specimen()}
        hints = get_type_hints(type(self.usual))
        for switch in fields(self.usual):
            if switch.name in self.elsewhere:
                continue
            for value in self._values(switch.name, hints[switch.name]):
                name = f"{switch.name}={value}"
                if name not in self.elsewhere:
                    found[name] = specimen(**{switch.name: value, **self.together.get(switch.name, {})})
        return found

    def _values(self, name: str, hint: object) -> tuple[Any, ...]:
        usual = getattr(self.usual, name)
        if get_origin(hint) is Literal:
            return tuple(value for value in get_args(hint) if value != usual)
        return (not usual,) if isinstance(usual, bool) else self.others[name]
