"""What titles say of where they may be sold → the countries; the groups that a project names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from catalogctl.config.schema.crosscheck import territory_problems
from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.scalars import CodeError
from catalogctl.config.syntax.source import Part
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import Pointer
from catalogctl.model.region import ALL, every_country, regions

Groups = Mapping[str, tuple[str, ...]]
"""The countries of each group of a project; ALL for one that is everywhere."""
_EVERYWHERE: Final = (ALL,)


def expand(said: Any, groups: Groups) -> tuple[str, ...]:
    """Return the countries that territories name, or ALL; what names neither a country nor a group is passed over.

    Shapes:  `said` as a document has it: `ALL`, a list, `{except: […]}` or nothing. Countries alone stay as they are written; what groups
             hold is in the order of the codes.
    """
    match said:
        case None:
            return ()
        case str():
            return (said,)
        case dict():
            left = sorted(set(every_country()) - set(_codes(said["except"], groups)))
            return tuple(left) if len(left) < len(every_country()) else _EVERYWHERE
        case _:
            if not any(name in groups or name in regions() for name in said):
                return tuple(name for name in said if name == ALL or _is_country(name))
            found = tuple(dict.fromkeys(_codes(said, groups)))
            return found if ALL not in found and len(found) < len(every_country()) else _EVERYWHERE


def names_in(said: Any) -> tuple[tuple[Pointer, str], ...]:
    """List the names in territories with the way to each."""
    match said:
        case dict():
            return tuple((("except", place), name) for place, name in enumerate(said["except"]))
        case list():
            return tuple(((place,), name) for place, name in enumerate(said))
        case _:
            return ()


def unknown_names(said: Any, groups: Collection[str]) -> Iterator[tuple[Pointer, str]]:
    """List what territories name that is neither a country, nor a group that has a name everywhere, nor one of some groups."""
    for way, name in names_in(said):
        if not (_is_country(name) or name == ALL or name in groups or name in regions()):
            yield way, name


def unknown_problem(name: str, groups: Collection[str], way: Pointer) -> Problem:
    """Say that a name is none of a country or a group, with the nearest one."""
    # Only a mistake needs them: the names of all countries take a quarter of a second.
    from catalogctl.config.schema import codes

    detail = (
        f"`{name}` is neither a country code of ISO 3166-1 nor a group of countries: ALL, EU, a number of UN M49 or one of the project."
    )
    near = most_alike(name, groups) or [one for one in groups if one.casefold() == name.casefold()]
    if near:
        return Problem(way, Part.VALUE, "unknown-group", "Unknown group of countries", detail, f"Did you mean {near[0]}?")
    try:
        codes.country(name)
    except CodeError as wrong:
        if not wrong.hint.startswith("Look"):
            return Problem(way, Part.VALUE, "bad-country", wrong.summary, wrong.detail, wrong.hint)
    hint = f"Declare it in catalogctl.yaml, for instance\nterritory_groups: {{{name}: [AR, UY]}}"
    return Problem(way, Part.VALUE, "unknown-group", "Unknown group of countries", detail, hint)


def territory_names(said: Any, groups: Groups, way: Pointer) -> Iterator[Problem]:
    """Find names that are neither a country nor a group, and territories of which no country is left; `way` leads to them."""
    unknown = list(unknown_names(said, groups))
    for inner, name in unknown:
        yield unknown_problem(name, groups, (*way, *inner))
    if said and not unknown and not expand(said, groups):
        yield _nowhere(way)


def _nowhere(way: Pointer) -> Problem:
    detail = "What is named here has no country, or leaves none of all countries, so that it would be sold nowhere."
    hint = "Name the countries. To leave it to the store where it is sold, leave the field out."
    return Problem(way, Part.VALUE, "territories-none", "Territories without a country", detail, hint)


PRICED_BY_COUNTRY: Final = ("prices_in", "promotions")
"""Facts that hold for some territories."""


def block_problems(block: Mapping[str, Any], groups: Groups, here: Pointer) -> Iterator[Problem]:
    """Find what is wrong with the territories in a block of canonical data; `here` leads to it."""
    yield from territory_names(block.get("territories"), groups, (*here, "territories"))
    for name in PRICED_BY_COUNTRY:
        for place, one in enumerate(block.get(name) or ()):
            yield from territory_names(one.get("territories"), groups, (*here, name, place, "territories"))


def groups_of(block: Mapping[str, Any], report: Callable[[Problem], None]) -> Groups:
    """Return the groups that a project names, each with its countries; a group may name others, and none may name itself.

    Shapes:  `block` is `territory_groups` in canonical form; `report` receives each problem, whose pointer begins with the group's name.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, said in block.items():
        for problem in (
            *territory_problems(said, (name,)),
            *(unknown_problem(one, block, (name, *way)) for way, one in unknown_names(said, block)),
        ):
            report(problem)
    for name in block:
        circle = _add(name, block, found, ())
        if circle and name == min(circle):
            way = " → ".join((*circle, circle[0]))
            report(Problem((name,), Part.KEY, "group-cycle", "Groups in a circle", f"{way}.", "Name the countries in one of them."))
        elif not circle and not found[name] and not any(unknown_names(block[name], block)):
            report(_nowhere((name,)))
    return found


def _add(name: str, block: Mapping[str, Any], found: dict[str, tuple[str, ...]], above: tuple[str, ...]) -> tuple[str, ...]:
    """Add a group's countries after those of the groups that it names; return the groups of a circle, none where there is none."""
    if name in above:
        return above[above.index(name) :]
    if name in found:
        return ()
    for _, inner in names_in(block[name]):
        if inner in block and (circle := _add(inner, block, found, (*above, name))):
            return circle
    found[name] = expand(block[name], found)
    return ()


def _codes(names: Collection[str], groups: Groups) -> Iterator[str]:
    for name in names:
        if name in groups:
            yield from every_country() if groups[name] == _EVERYWHERE else groups[name]
        elif name in regions():
            yield from regions()[name]
        elif name == ALL or _is_country(name):
            yield name


def _is_country(name: str) -> bool:
    return len(name) == 2 and name not in regions()
