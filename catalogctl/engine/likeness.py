"""What an object of a store would be declared as, and whether two declarations say the same of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.problem import AS_WRITTEN
from catalogctl.engine.stores import Stores
from catalogctl.model.diagnostics import Severity
from catalogctl.model.resource import Resource
from catalogctl.model.title import NOWHERE, Edition, Title
from catalogctl.model.value import Reference, Value, digest
from catalogctl.provider.importing import Unimportable
from catalogctl.provider.protocol import Offer


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a resource declares, whatever its title is called: two with one likeness say the same of the same object."""

    type: str
    key: str
    digest: str

    @classmethod
    def of(cls, resource: Resource) -> Likeness:
        """Take the likeness of a resource: values in the store's normal form; what it refers to counts by its type and key."""
        said: dict[str, Value] = {}
        for name, value in resource.attributes.items():
            known = _unnamed(value)
            normal = resource.type.attributes[name].normal
            said[name] = normal(known) if normal is not None and known is value else known
        return cls(resource.type.name, resource.key, digest(said))


def _unnamed(value: Value | Reference) -> Value:
    match value:
        case Reference():
            return f"{value.address.type}/{value.address.key}"
        case tuple() if any(isinstance(one, Reference) for one in value):
            return tuple(f"{one.address.type}/{one.address.key}" if isinstance(one, Reference) else one for one in value)
        case _:
            return value


def declared(stores: Stores, account: str, edition: Edition) -> tuple[Resource, ...] | Unimportable:
    """Return what an edition declares on an account that it is published to, or say why no edition can."""
    provider = stores.provider_of(account)
    options = judge(provider.options).read(dict(edition.publish[account]))
    if isinstance(options, tuple):
        return Unimportable("", edition.metadata.title, (options[0].detail or options[0].summary).replace(AS_WRITTEN, "it"))
    title = Title("title", (edition,), NOWHERE)
    today = stores.timing.now().astimezone(UTC).date()
    compiled = provider.compile(Offer(stores.accounts[account], title, edition, options, NOWHERE, today))
    for problem in compiled.diagnostics:
        if problem.severity is Severity.ERROR:
            return Unimportable("", edition.metadata.title, f"{problem.summary}: {problem.detail}")
    return compiled.resources
