"""Whether every key is there and pinned to its store; no value is read into a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from catalogctl.config.accounts import accounts
from catalogctl.config.trust.pins import findings
from catalogctl.config.trust.variables import ORIGINS
from catalogctl.engine.checkup.surroundings import Surroundings
from catalogctl.model.account import Account
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import CatalogError, Diagnostic, warning
from catalogctl.provider.protocol import Provider

_REFERRED: Final = re.compile(r"\$\{(?:env|file):([^}]+)\}")


def keys(where: Surroundings, providers: Mapping[str, Provider]) -> Check:
    """Find keys and variables that accounts refer to and that are not there."""
    assert where.project is not None, "keys are those of a project file"
    named = _referred(where)
    made, wrong = accounts(where.project, providers, where.variables)

    def found() -> Iterator[Diagnostic]:
        yield from wrong
        for account in _chosen(where, made):
            for reveal in account.secrets.values():
                try:
                    reveal()
                except CatalogError as missing:
                    yield from missing.diagnostics

    missed = tuple(found())
    protected = where.variables.get("CI_COMMIT_REF_PROTECTED") == "false" and any(item.code == "secret-missing" for item in missed)
    hidden = (_protected(),) if protected else ()
    fine = f"Every key is there: {', '.join(named)}." if named else "No account needs a key."
    return Check.of("keys", fine, missed, hidden)


def pins(where: Surroundings, providers: Mapping[str, Provider]) -> Check:
    """Find accounts whose key a pull request could send elsewhere, as CI would judge them."""
    assert where.project is not None, "pins are for the accounts of a project file"
    made, _ = accounts(where.project, providers, where.variables)
    chosen = {account.name: account for account in _chosen(where, made)}
    found = findings(where.project, chosen, providers, {**where.variables, "CI": "true"})
    fine = f"{ORIGINS} pins every account to its store." if chosen else "No account needs a key, and so none needs a pin."
    return Check.of("pins", fine, found)


def _protected() -> Diagnostic:
    detail = "This branch is not protected, so its jobs get no variable that is: a key that is missing here may be there after the merge."
    hint = "For plans, add a variable of that name that is not protected, with a key that can only read, where the store has such."
    return warning("variable-protected", "Protected variables are hidden from this job", detail, hint)


def _chosen(where: Surroundings, made: Mapping[str, Account]) -> list[Account]:
    return [account for name, account in made.items() if not account.is_sandbox and where.account in {None, name}]


def _referred(where: Surroundings) -> list[str]:
    """List the variables and files that accounts refer to, those of the sandbox left out."""
    assert where.project is not None, "keys are those of a project file"
    found: dict[str, None] = {}
    for name, block in sorted(where.project.accounts.items()):
        if where.account in {None, name} and block.get("base_url") != "sandbox":
            for value in block.values():
                found.update(dict.fromkeys(_REFERRED.findall(value) if isinstance(value, str) else ()))
    return list(found)
