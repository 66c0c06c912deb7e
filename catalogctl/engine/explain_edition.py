"""Explain an edition: trace its values, and rehearse what each account would send of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from catalogctl.engine.counterfactual import Dependents, depending
from catalogctl.engine.rehearse import rehearse
from catalogctl.engine.workspace import Workspace
from catalogctl.model.resource import Resource
from catalogctl.model.title import Edition, Title
from catalogctl.query.explained import ExplainedEdition, MadeOf, OnAccount, is_about
from catalogctl.query.provenance import trace, trace_settings

_BEARING: Final[Mapping[str, tuple[str, ...]]] = {"prices": ("currencies",), "contributors": ("roles",)}
"""Field → the settings of an account by which it is changed."""


def explain_editions(workspace: Workspace, title: str, edition: str | None, field: tuple[str, ...]) -> Iterator[ExplainedEdition]:
    """Explain one edition of a title, or all of them in their order.

    Shapes:  with a `field`, what accounts make of that one; an empty one is all. Nothing for a title that has a mistake, or for an
             edition that the title does not have.
    """
    known = workspace.titles.get(title)
    document = None if known is None else workspace.documents.at(known.origin)
    if known is None or document is None:
        return
    for one in known.editions:
        if edition is None or one.id == edition:
            sold = [account for account in one.publish if account in workspace.stores.accounts]
            if field[:1] == ("publish",) and len(field) > 1:
                sold = [account for account in sold if account == field[1]]
            accounts = tuple(_on_account(workspace, known, one, account, field) for account in sold)
            fields = trace(workspace.resolved.layers, document, one.id)
            yield ExplainedEdition(title, one.id, one.metadata.title, fields, accounts)


def _on_account(workspace: Workspace, title: Title, edition: Edition, account: str, field: tuple[str, ...]) -> OnAccount:
    place = (title.id, edition.id, account)
    resources = [
        resource for address, resource in workspace.catalog.resources.items() if (address.title, address.edition, address.account) == place
    ]
    asked = ".".join(field)
    unsupported = {
        fact.field: fact.what for fact in workspace.catalog.unsupported_fields(*place) if not field or is_about(fact.field, asked)
    }
    seen = title.seen_by(account), edition.seen_by(account)
    made = _made(workspace, resources, field, depending(workspace.stores, *seen, account, field) if field else None)
    settings = tuple(one for one in trace_settings(workspace.project, account) if not field or one.path[0] in _BEARING.get(field[0], ()))
    return OnAccount(account, workspace.stores.provider_of(account).service, made, unsupported, settings, bool(resources))


def _made(workspace: Workspace, resources: Sequence[Resource], field: tuple[str, ...], depends: Dependents | None) -> tuple[MadeOf, ...]:
    """Return the requests with what is in them of a field; of no field in particular, with all that is in them."""
    kinds = {resource.address: resource.type for resource in resources}
    asked = ".".join(field)
    found: list[MadeOf] = []
    for sent in rehearse(resources, workspace.stores):
        if not field:
            found.append(MadeOf(sent.address, sent.request, sent.fields))
            continue
        if depends is not None:
            names = depends.get(sent.address, frozenset())
        else:
            declared = ((name, one.declared.format(account=sent.address.account)) for name, one in kinds[sent.address].attributes.items())
            names = frozenset(name for name, way in declared if is_about(way, asked))
        within = {inside for name in names for inside in sent.attributes.get(name, ())}
        if within:
            found.append(MadeOf(sent.address, sent.request, {name: value for name, value in sent.fields.items() if name in within}))
    return tuple(found)
