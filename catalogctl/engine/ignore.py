"""What editions ask to be left alone: which of it still holds, and which of it is about nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from catalogctl.config.documents import locate_origin
from catalogctl.config.resolve import Resolved
from catalogctl.model.diagnostics import Diagnostic, warning
from catalogctl.model.resource import Resource, ResourceType
from catalogctl.model.title import Edition, Ignore, Origin, Title
from catalogctl.planning.diff import could_ignore


class IgnoredPaths:
    """Judges each entry of `ignore_changes` once, wherever it is said and however many editions it is true of."""

    def __init__(self, places: Resolved, today: date) -> None:
        self._places = places
        self._today = today
        self._types: dict[Origin, tuple[Ignore, dict[str, ResourceType]]] = {}
        """Where it is said → the entry, and the types of the resources that it was held against."""

    def in_force(self, title: Title, edition: Edition, resources: Iterable[Resource]) -> tuple[Ignore, ...]:
        """Give the entries that still hold for some resources of an edition, and remember all of them."""
        rules = edition.lifecycle.ignore_changes
        if not rules:
            return ()
        types = {f"{resource.type.provider}/{resource.type.name}": resource.type for resource in resources}
        for place, rule in enumerate(rules):
            where = self._places.origin(title, edition.id, ("lifecycle", "ignore_changes", place))
            self._types.setdefault(where, (rule, {}))[1].update(types)
        return tuple(rule for rule in rules if rule.holds_on(self._today))

    def problems(self) -> Iterator[Diagnostic]:
        """Tell what no longer holds, and what matches no attribute of any edition that it was said of."""
        for where, (rule, types) in self._types.items():
            place = locate_origin(self._places.documents, where)
            if rule.until is not None and not rule.holds_on(self._today):
                because = f" It was there because: {rule.reason}." if rule.reason else ""
                detail = f"`{rule.path}` was to be left alone until {rule.until.isoformat()}; since then it is managed again.{because}"
                hint = "Take the entry out, or give it another `until`."
                yield warning("ignore-expired", "An ignore_changes entry that no longer holds", detail, hint, source=place)
            if types and not any(could_ignore(rule, kind) for kind in types.values()):
                detail = f"`{rule.path}` matches no attribute of {_and(sorted(types))}, so nothing is left alone by it."
                hint = "The attributes of each provider are listed by\ncatalogctl providers"
                yield warning("ignore-matches-nothing", "An ignore_changes entry that is about nothing", detail, hint, source=place)


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
