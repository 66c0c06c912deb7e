"""What making a resource would send to its store, field by field; nothing is sent, and no key is needed."""

from __future__ import annotations

from collections.abc import Sequence

from catalogctl.engine.clients import run_to_end
from catalogctl.engine.stores import Stores
from catalogctl.model.resource import Resource, Trait
from catalogctl.model.value import Attributes, fill
from catalogctl.planning.attribute_words import value_words
from catalogctl.provider.protocol import Step, Verb, Writer
from catalogctl.provider.rehearsal import RehearsalAssets, RehearsalClient, RehearsalOver, RehearsedRequest
from catalogctl.query.explained import SentFields


def rehearse(resources: Sequence[Resource], stores: Stores) -> tuple[SentFields, ...]:
    """Return the requests that would make some resources, were there nothing of them yet.

    Shapes:  where a writer reads the store before it writes, its attributes stand for the fields. What is sent by a second request, such
             as what a store takes after creation only, is a request of its own.
    """
    return run_to_end(_rehearse_all(resources, stores))


async def _rehearse_all(resources: Sequence[Resource], stores: Stores) -> tuple[SentFields, ...]:
    found: list[SentFields] = []
    clients: dict[str, tuple[RehearsalClient, Writer]] = {}
    try:
        for resource in resources:
            name = resource.address.account
            if name not in clients:
                client = RehearsalClient(stores.accounts[name])
                clients[name] = (client, stores.provider_of(name).writer(stores.accounts[name], client, RehearsalAssets()))
            found.extend(await _rehearse(resource, clients[name][1], stores))
    finally:
        for client, _ in clients.values():
            await client.close()
    return tuple(found)


async def _rehearse(resource: Resource, writer: Writer, stores: Stores) -> list[SentFields]:
    attributes = fill(resource.attributes, lambda address: f"(id of {address})")
    late = frozenset(name for name in attributes if Trait.AFTER_CREATE in resource.type.attributes[name].traits)
    first = await _told(resource, writer, attributes, None)
    sent = [_as_attributes(resource, stores)] if first is None else [await _with_attributes(resource, writer, attributes, first, None)]
    if late and first is not None:
        second = await _told(resource, writer, attributes, late)
        if second is not None:
            sent.append(await _with_attributes(resource, writer, attributes, second, late))
    return sent


async def _with_attributes(
    resource: Resource, writer: Writer, attributes: Attributes, told: RehearsedRequest, late: frozenset[str] | None
) -> SentFields:
    """Find out which fields each attribute is in: those that are different where it is not declared."""
    within: dict[str, tuple[str, ...]] = {}
    for name in attributes if late is None else late:
        without = {other: value for other, value in attributes.items() if other != name}
        rest = await _told(resource, writer, without, None if late is None else late - {name})
        if rest is None:
            within[name] = tuple(field for field in told.fields if field.rpartition(".")[2] == name)
        else:
            within[name] = tuple(field for field, value in told.fields.items() if rest.fields.get(field, None) != value)
    return SentFields(resource.address, str(told.endpoint), told.fields, within)


async def _told(resource: Resource, writer: Writer, attributes: Attributes, changed: frozenset[str] | None) -> RehearsedRequest | None:
    """Return the first request of a create, or of an update where some attributes changed; None where it cannot be determined."""
    try:
        if changed is None:
            await writer.create(resource.type, attributes)
        else:
            await writer.update(resource.type, "0", attributes, changed)
    except RehearsalOver as over:
        return over.request
    except Exception:  # noqa: BLE001 -- an attribute that a writer cannot do without was left out on purpose
        return None
    return None


def _as_attributes(resource: Resource, stores: Stores) -> SentFields:
    provider = stores.provider_of(resource.address.account)
    calls = provider.calls(Step(resource.type, Verb.CREATE, None, resource.attributes, frozenset(resource.attributes)))
    writing = [call for call in calls if call.writes]
    fields = {name: value_words(resource.type.attributes[name], value) for name, value in resource.attributes.items()}
    return SentFields(resource.address, str(writing[0]) if writing else "", fields, {name: (name,) for name in fields})
