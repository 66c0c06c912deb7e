"""Account blocks → accounts: each provider's settings judged, addresses checked, secrets left where they are until they are needed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from pydantic import BaseModel

from catalogctl.config.project import Project
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.meant import provider_meant, setting_meant
from catalogctl.config.schema.problem import Problem
from catalogctl.config.schema.projectfile import COMMON
from catalogctl.config.schema.wording import flow
from catalogctl.config.store_facts import FACTS
from catalogctl.config.syntax.source import Part
from catalogctl.config.trust.base_url import SANDBOX, fill_address
from catalogctl.config.trust.pins import located
from catalogctl.config.trust.secrets import SecretSetting
from catalogctl.model.account import Account, CallLimits, SecretPlace, SecretReference, Unsupported
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, SourceRange, error, warning
from catalogctl.model.value import Secret
from catalogctl.provider import discovery
from catalogctl.system.host import WebOrigin, canonical, is_loopback

DEFAULT_RULE: Final = "default"
"""Among rules by field, the one of all other fields."""


class ProviderShape(Protocol):
    """What account blocks and publish options need to know of a provider."""

    @property
    def limits(self) -> CallLimits:
        """What the service bears."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Which settings are secret references."""

    @property
    def settings(self) -> type[BaseModel]:
        """What an account block may say beyond what all may say."""

    @property
    def options(self) -> type[BaseModel]:
        """What `publish: {ACCOUNT: {…}}` may say."""


def accounts(
    project: Project, providers: Mapping[str, ProviderShape], environment: Mapping[str, str] = os.environ
) -> tuple[dict[str, Account], Diagnostics]:
    """Make the accounts of a project; one with a problem is left out, and every problem of every account is given.

    Shapes:  `providers` by the name that account blocks use.
    Raises:  nothing; a secret that is missing raises CatalogError (credentials) when it is revealed.
    """
    made: dict[str, Account] = {}
    problems: list[Diagnostic] = []
    for name in sorted(project.accounts):
        block = _Block(project, name, project.accounts[name], environment)
        account = block.account(providers)
        if isinstance(account, Account):
            made[name] = account
            problems.extend(block.renamed())
        else:
            problems.extend(account)
    problems.extend(_stores_twice(project, made, providers))
    return made, Diagnostics.of(problems)


def _stores_twice(project: Project, made: Mapping[str, Account], providers: Mapping[str, ProviderShape]) -> Iterator[Diagnostic]:
    """Find accounts that are one store under two names: each would manage, and delete, what the other one has."""
    first: dict[Hashable, Account] = {}
    for account in made.values():
        store = _store(project, account, providers[account.provider])
        other = first.setdefault(store, account) if store is not None else account
        if other is account:
            continue
        place, before = (project.place(("accounts", one.name), Part.KEY) for one in (account, other))
        detail = (
            f"{other.name} ({before.path}:{before.line}) and {account.name} ({place.path}:{place.line}) both are {account.base_url}. "
            "An object in it would have two owners, and what one of them deletes, the other one loses."
        )
        forget = f"catalogctl state rm '{account.name}/*'"
        hint = f"Keep one of them. If that is {other.name}, have state forget what it records on the other; the objects stay:\n{forget}"
        yield error("store-twice", "One store under two names", detail, hint).at(place)


def _store(project: Project, account: Account, provider: ProviderShape) -> Hashable:
    """Return what tells a store from any other; `None` where nothing does.

    Shapes:  a service that has addresses of its own serves all publishers there, so the key is what tells them apart: one
             key is one publisher, also in two variables.
    """
    if account.is_sandbox:
        return None
    address = (account.provider, canonical(account.base_url))
    if not getattr(provider, "addresses", None):
        return address
    keys = tuple((setting, *_key(project, account, setting, one)) for setting, one in sorted(account.references.items()))
    return (*address, keys) if keys else None


def _key(project: Project, account: Account, setting: str, reference: SecretReference) -> tuple[bool, str]:
    """Return a digest of a key that can be read now, from a variable or a file; else the place that it is kept in."""
    try:
        return True, hashlib.sha256(account.secrets[setting]().reveal().encode()).hexdigest()
    except CatalogError:
        kept = reference.name if reference.place is SecretPlace.ENVIRONMENT else str(located(project.root, reference.name))
        return False, f"{reference.place}:{kept}"


@dataclass(frozen=True, slots=True)
class _Block:
    """One account block on its way to an account."""

    project: Project
    name: str
    said: Mapping[str, Any]
    environment: Mapping[str, str]

    def place(self, *steps: str | int, part: Part = Part.VALUE) -> SourceRange:
        return self.project.place(("accounts", self.name, *steps), part)

    def renamed(self) -> Iterator[Diagnostic]:
        """Warn of a setting that has another name now; the old one is read for a year."""
        if "unheld" in self.said:
            value = self.said.get("unsupported") or self.said["unheld"]
            value = flow(value) if isinstance(value, dict) else value
            detail = f"{self.name} has `unheld`, which is called `unsupported` now. The old name is read until 2027-12-01."
            yield warning(
                "setting-renamed",
                "Setting with an old name",
                detail,
                f"Write\nunsupported: {value}",
            ).at(self.place("unheld", part=Part.KEY))

    def account(self, providers: Mapping[str, ProviderShape]) -> Account | list[Diagnostic]:
        provider = providers.get(self.said["provider"])
        if provider is None:
            return [self.unknown_provider(list(providers))]
        problems: list[Diagnostic] = []
        base_url = self.base_url(getattr(provider, "addresses", {}), problems)
        problems += self.beyond_the_base(base_url, getattr(provider, "api_paths", ()))
        secrets, references = self.secrets(provider.secrets, base_url == SANDBOX, problems)
        own = {key: value for key, value in self.said.items() if key not in COMMON}
        # A settings model may name its secrets, but it never sees more than the reference.
        hidden = {key: "…" for key in provider.secrets if key in own and key in provider.settings.model_fields}
        settings = judge(provider.settings).read({**{key: value for key, value in own.items() if key not in provider.secrets}, **hidden})
        if isinstance(settings, tuple):
            problems.extend(self.told(problem, provider) for problem in settings)
            return problems
        rules = self.unsupported(provider, problems)
        if problems:
            return problems
        window = self.said.get("consistency_window")
        account = Account(
            self.name,
            self.said["provider"],
            base_url,
            settings,
            self.limits(provider.limits, base_url),
            secrets,
            unsupported=rules.pop(DEFAULT_RULE, Unsupported.WARN),
            unsupported_fields=rules,
            references=references,
        )
        return account if window is None else replace(account, consistency_window=window)

    def unsupported(self, provider: ProviderShape, problems: list[Diagnostic]) -> dict[str, Unsupported]:
        """Return what becomes of unsupported fields, by field and `default`; a field that no edition has is a problem."""
        said = self.said.get("unsupported") or self.said.get("unheld") or {}
        if not isinstance(said, dict):
            return {DEFAULT_RULE: Unsupported(said)}
        known = sorted({*FACTS, *provider.options.model_fields, DEFAULT_RULE})
        for name in said:
            if name.partition(".")[0] not in known:
                near = most_alike(name, known)
                hint = f"Did you mean `{near[0]}`?" if near else f"Fields are: {', '.join(known)}."
                detail = f"`{name}` is no field of an edition, so that the rule would hold for nothing."
                place = self.place("unsupported", name, part=Part.KEY)
                problems.append(error("unknown-field", "Unknown field", detail, hint).at(place))
        return {name: Unsupported(rule) for name, rule in said.items()}

    def secrets(
        self, settings: Iterable[str], sandbox: bool, problems: list[Diagnostic]
    ) -> tuple[dict[str, Callable[[], Secret]], dict[str, SecretReference]]:
        """Return what looks each secret up when it is needed, and where the project file says that it is."""
        lookups: dict[str, Callable[[], Secret]] = {}
        references: dict[str, SecretReference] = {}
        for setting in settings:
            found = SecretSetting(self.project, self.name, setting, self.environment)
            reference = found.reference()
            if isinstance(reference, Diagnostic):
                problems.append(reference)
                continue
            if reference is not None:
                references[setting] = reference
            lookups[setting] = (lambda: Secret(SANDBOX)) if sandbox else found.lookup(reference)
        return lookups, references

    def limits(self, usual: CallLimits, base_url: str) -> CallLimits:
        """Return the account's limits. The rate that a service is known for is not that of an emulation on this machine."""
        if base_url == SANDBOX or is_loopback(WebOrigin.of(base_url).host):
            usual = replace(usual, requests_per_minute=None)
        own = {key: self.said[key] for key in ("concurrency", "requests_per_minute", "timeout") if self.said.get(key) is not None}
        return replace(usual, **own)

    def told(self, problem: Problem, provider: ProviderShape) -> Diagnostic:
        """Return what the provider's settings refuse; what is known besides them is what all accounts take."""
        if problem.code == "unknown-field":
            known = sorted({*COMMON, *provider.secrets, *provider.settings.model_fields})
            near = setting_meant(str(problem.pointer[-1]), known, provider.secrets)
            hint = f"Did you mean `{near}`?" if near else f"Known settings: {', '.join(known)}"
            detail = f"`{problem.pointer[-1]}` is not a setting of a {self.said['provider']} account, and nothing would read it."
            problem = replace(problem, detail=detail, hint=hint)
        return problem.diagnostic(lambda pointer, part: self.place(*pointer, part=part))

    def unknown_provider(self, known: list[str]) -> Diagnostic:
        said = str(self.said["provider"])
        near = provider_meant(said, known := sorted({*known, *discovery.names()})) or most_alike(said, known)
        hint = f"Did you mean {near[0]}?" if near else "Installed providers are listed by\ncatalogctl providers"
        return error("unknown-provider", "Unknown provider", f"No provider called `{said}` is installed.", hint).at(self.place("provider"))

    # The address

    def base_url(self, addresses: Mapping[str, str], problems: list[Diagnostic]) -> str:
        """Return the store's address without a slash at its end, having filled in the environment's variables.

        Shapes:  `addresses` are the service's own, by environment. `environment` chooses among them; any other `base_url` (a test
                 server, the sandbox) is what it says.
        """
        chosen = addresses.get(str(self.said.get("environment"))) if self.said.get("environment") else None
        written = self.said.get("base_url") or chosen or next(iter(addresses.values()), None)
        if written is None and any(setting_meant(name, ("base_url",)) for name in self.said):
            return ""  # which is reported as an unknown setting
        if written is None:
            hint = "Add it, for instance\nbase_url: sandbox"
            source = self.place(part=Part.KEY)
            detail = f"Account {self.name} needs `base_url`."
            problems.append(error("missing-field", "Missing field: `base_url`", detail, hint).at(source))
            return ""
        if chosen is not None and str(written).strip().rstrip("/") in addresses.values():
            return chosen
        filled = fill_address(self.project, self.name, str(written), self.environment)
        if isinstance(filled, str):
            return filled
        problems.append(filled)
        return ""

    def beyond_the_base(self, base_url: str, api_paths: Iterable[str]) -> Iterator[Diagnostic]:
        """Refuse an address that goes on into the API, whose paths are added to it: each request would go to a path that is not there."""
        for path in api_paths:
            base, found, rest = base_url.partition(path)
            if found and rest[:1] in {"", "/"} and "://" in base:
                detail = (
                    f"The address of account {self.name} ends in `{found}{rest}`, a path of the API, which is added to it for each request."
                )
                yield error("bad-base-url", "An address with a path of the API", detail, f"Write {base}").at(self.place("base_url"))
                return
