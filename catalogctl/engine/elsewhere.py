"""An option that an account's provider does not have → where it belongs: with another provider, or on the edition itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from catalogctl.config.schema.document import EditionBlock, MetadataFields
from catalogctl.config.schema.meant import FIELDS
from catalogctl.config.schema.problem import Problem
from catalogctl.config.store_facts import FACTS
from catalogctl.model.alike import most_alike
from catalogctl.provider import discovery
from catalogctl.provider.protocol import Provider

_ALWAYS: Final = frozenset({"published", "enabled"})
"""Options that say whether an edition is offered; where a provider has none of them, all that is there is."""


def elsewhere(problem: Problem, provider: Provider) -> Problem:
    """Return an unknown option's problem with a hint that says where the option belongs; any other problem as it is."""
    if problem.code != "unknown-field" or len(problem.pointer) != 1:
        return problem
    name = str(problem.pointer[0])
    others = [other for other in discovery.names() if other != provider.name and name in discovery.provider(other).options.model_fields]
    field = _field(name)
    if not others and not field:
        return problem
    said = []
    if others:
        said.append(f"`{name}` is an option of {' and '.join(others)} accounts, and not of {provider.name}.")
    if field:
        here = " here, for this account alone, or" if field in FACTS else ""
        said.append(f"Say `{field}`{here} on the title or on the edition{' instead' if others else ''}.")
    elif name in _ALWAYS:
        said.append(f"{provider.service} has no such option: leave it out, or take the edition off with `false`.")
    else:
        said.append(f"Remove it here; {provider.service} has no such option.")
    return replace(problem, hint=" ".join(said))


def _field(name: str) -> str:
    """Return the field of a title or an edition that says what an option of another provider says; empty where none does."""
    fields = {*MetadataFields.model_fields, *EditionBlock.model_fields}
    known = FIELDS.get(name) or next(iter(most_alike(name, FACTS, cutoff=0.8)), name)
    return known if known in fields and name not in _ALWAYS and name != "publish" else ""
