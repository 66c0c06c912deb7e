"""Account blocks → accounts: each provider's settings judged, addresses checked, secrets left where they are until they are needed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel

from catalogctl.config.encoding import CONTROL
from catalogctl.config.judge import judge
from catalogctl.config.problem import Problem
from catalogctl.config.project import Project
from catalogctl.config.projectfile import COMMON
from catalogctl.config.source import Part
from catalogctl.model.account import Account, Limits, Unheld
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, Refusal, SourceRange, error
from catalogctl.model.value import Secret
from catalogctl.system.file import read_whole
from catalogctl.system.host import is_host, is_loopback

_REFERENCE = re.compile(r"\$\{(env|file):([^}]+)\}")
_CONTROL = re.compile(f"[{CONTROL}]")
_ENVIRONMENT = re.compile(r"\$\{env:([^}]+)\}")
_SECRET_NAME = re.compile(r"(^|_)(TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$", re.IGNORECASE)
SANDBOX: Final = "sandbox"
_LONGEST_SECRET: Final = 64 * 1024
"""Bytes of a file that holds a secret."""


class ProviderShape(Protocol):
    """What account blocks and publish options need to know of a provider."""

    @property
    def limits(self) -> Limits:
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
    """Make the accounts of a project; one with a problem is left out, and every problem of every account is told.

    Shapes:  `providers` by the name that account blocks use.
    Raises:  nothing; a secret that is missing raises CatalogError (credentials) when it is revealed.
    """
    made: dict[str, Account] = {}
    problems: list[Diagnostic] = []
    for name in sorted(project.accounts):
        account = _Block(project, name, project.accounts[name], environment).account(providers)
        if isinstance(account, Account):
            made[name] = account
        else:
            problems.extend(account)
    return made, Diagnostics.of(problems)


@dataclass(frozen=True, slots=True)
class _Block:
    """One account block on its way to an account."""

    project: Project
    name: str
    said: Mapping[str, Any]
    environment: Mapping[str, str]

    def place(self, *steps: str | int, part: Part = Part.VALUE) -> SourceRange:
        return self.project.place(("accounts", self.name, *steps), part)

    def account(self, providers: Mapping[str, ProviderShape]) -> Account | list[Diagnostic]:
        provider = providers.get(self.said["provider"])
        if provider is None:
            return [self.unknown_provider(list(providers))]
        problems: list[Diagnostic] = []
        base_url = self.base_url(getattr(provider, "addresses", {}), problems)
        secrets = {setting: self.secret(setting, base_url == SANDBOX, problems) for setting in provider.secrets}
        own = {key: value for key, value in self.said.items() if key not in COMMON}
        # A settings model may name its secrets, but it never sees more than the reference.
        hidden = {key: "…" for key in secrets if key in own and key in provider.settings.model_fields}
        settings = judge(provider.settings).read({**{key: value for key, value in own.items() if key not in secrets}, **hidden})
        if isinstance(settings, tuple):
            problems.extend(self.told(problem, provider) for problem in settings)
            return problems
        if problems:
            return problems
        window = self.said.get("consistency_window")
        unheld = Unheld(self.said.get("unheld") or Unheld.WARN)
        account = Account(self.name, self.said["provider"], base_url, settings, self.limits(provider.limits), secrets, unheld=unheld)
        return account if window is None else replace(account, consistency_window=window)

    def limits(self, usual: Limits) -> Limits:
        own = {key: self.said[key] for key in ("concurrency", "requests_per_minute", "timeout") if self.said.get(key) is not None}
        return replace(usual, **own)

    def told(self, problem: Problem, provider: ProviderShape) -> Diagnostic:
        """Say what the provider's settings refuse; what is known besides them is what all accounts take."""
        if problem.code == "unknown-field":
            known = sorted({*COMMON, *provider.secrets, *provider.settings.model_fields})
            near = most_alike(str(problem.pointer[-1]), known, cutoff=0.7)
            hint = f"Did you mean `{near[0]}`?" if near else f"Known settings: {', '.join(known)}"
            detail = f"`{problem.pointer[-1]}` is not a setting of a {self.said['provider']} account, and nothing would read it."
            problem = replace(problem, detail=detail, hint=hint)
        return problem.diagnostic(lambda pointer, part: self.place(*pointer, part=part))

    def unknown_provider(self, known: list[str]) -> Diagnostic:
        said = str(self.said["provider"])
        near = most_alike(said, known)
        hint = f"Did you mean {near[0]}?" if near else "Installed providers are listed by\ncatalogctl providers"
        return error(
            "unknown-provider", "Unknown provider", f"No provider called `{said}` is installed.", hint, source=self.place("provider")
        )

    # The address

    def base_url(self, addresses: Mapping[str, str], problems: list[Diagnostic]) -> str:
        """Give the store's address without a slash at its end, having filled in the environment's variables.

        Shapes:  `addresses` are the service's own, by environment. `environment` chooses among them; any other `base_url` (a test
                 server, the sandbox) is what it says.
        """
        chosen = addresses.get(str(self.said.get("environment"))) if self.said.get("environment") else None
        written = self.said.get("base_url") or chosen or next(iter(addresses.values()), None)
        if written is None:
            hint = "Add it, for instance\nbase_url: sandbox"
            source = self.place(part=Part.KEY)
            detail = f"Account {self.name} needs `base_url`."
            problems.append(error("missing-field", "Missing field: `base_url`", detail, hint, source=source))
            return ""
        if chosen is not None and str(written).strip().rstrip("/") in addresses.values():
            return chosen
        missing = sorted({found for found in _ENVIRONMENT.findall(written) if not self.environment.get(found)})
        if missing:
            hint = f"Set it:\nexport {missing[0]}=https://…"
            detail = f"The address of account {self.name} needs {' and '.join(missing)}, which the environment does not have."
            problems.append(error("variable-missing", "Environment variable not set", detail, hint, source=self.place("base_url")))
            return ""
        secret = sorted(found for found in _ENVIRONMENT.findall(written) if self.is_secret(found))
        if secret:
            detail = (
                f"The address of account {self.name} would hold what is in {secret[0]}: it is sent there, and shown in plans and state."
            )
            hint = "Use another variable for the address, and the account's own settings for credentials."
            problems.append(error("bad-base-url", "A secret in an address", detail, hint, source=self.place("base_url")))
            return ""
        url = _ENVIRONMENT.sub(lambda found: self.environment[found[1]], written).strip()
        if url == SANDBOX:
            return url
        wrong = _wrong_url(url)
        if wrong:
            summary, detail, hint = wrong
            problems.append(error("bad-base-url", summary, detail, hint, source=self.place("base_url")))
        return url.rstrip("/")

    def is_secret(self, variable: str) -> bool:
        """Whether a variable holds a secret: some account's setting refers to it, or its name says so."""
        settings = (value for block in self.project.accounts.values() for name, value in block.items() if name != "base_url")
        referred = {found[1] for value in settings if isinstance(value, str) and (found := _ENVIRONMENT.fullmatch(value))}
        return variable in referred or _SECRET_NAME.search(variable) is not None

    # Secrets

    def secret(self, setting: str, sandbox: bool, problems: list[Diagnostic]) -> Callable[[], Secret]:
        """Give what looks a secret up when it is needed, and not before."""
        written = self.said.get(setting)
        if written is None:
            return (lambda: Secret(SANDBOX)) if sandbox else self.raising(setting, f"The account has no `{setting}`.", self.name)
        found = _REFERENCE.fullmatch(written) if isinstance(written, str) else None
        if found is None:
            variable = f"{self.name}_{setting}".upper().replace("-", "_")
            detail = f"`{setting}` of account {self.name} is written in the file, where everybody who can read the repository can read it."
            hint = (
                f"Keep it outside, and refer to it:\n{setting}: ${{env:{variable}}}\n"
                "If it was ever committed, have the store issue a new one."
            )
            problems.append(error("secret-literal", "A secret is written out", detail, hint, source=_masked(self.place(setting))))
            return self.raising(setting, "It is written out in the project file.", self.name)
        if _CONTROL.search(found[2]):
            detail = f"What `{setting}` of account {self.name} refers to has a control character in it, which no name and no path has."
            problems.append(
                error("secret-reference", "Control character in a reference", detail, "Write it anew.", source=self.place(setting))
            )
            return self.raising(setting, "Its reference cannot be followed.", self.name)
        if sandbox:
            return lambda: Secret(SANDBOX)
        return self.from_environment(setting, found[2]) if found[1] == "env" else self.from_file(setting, found[2])

    def from_environment(self, setting: str, variable: str) -> Callable[[], Secret]:
        def look_up() -> Secret:
            text = self.environment.get(variable, "").strip()
            if not text:
                raise self.missing(setting, f"The environment variable {variable} is not set.", f"Set it:\nexport {variable}=…")
            return Secret(text)

        return look_up

    def from_file(self, setting: str, written: str) -> Callable[[], Secret]:
        def look_up() -> Secret:
            path = self.project.root / Path(written).expanduser()
            try:
                text = read_whole(path, _LONGEST_SECRET).decode().strip("\r\n")
            except (OSError, UnicodeDecodeError) as broken:
                why = broken.strerror if isinstance(broken, OSError) else "it is not text"
                raise self.missing(setting, f"The file {written} cannot be read: {why}.", "Check the path and who may read it.") from None
            if not text:
                raise self.missing(setting, f"The file {written} is empty.", "Write the secret into it.")
            return Secret(text)

        return look_up

    def raising(self, setting: str, detail: str, name: str) -> Callable[[], Secret]:
        def look_up() -> Secret:
            variable = f"{name}_{setting}".upper().replace("-", "_")
            raise self.missing(setting, detail, f"Refer to it in the account block:\n{setting}: ${{env:{variable}}}")

        return look_up

    def missing(self, setting: str, detail: str, hint: str) -> CatalogError:
        problem = error(
            "secret-missing",
            "A secret is missing",
            f"Account {self.name} needs `{setting}`. {detail}",
            hint,
            source=_masked(self.place(setting)),
        )
        return CatalogError(problem, refusal=Refusal.CREDENTIALS)


def _masked(place: SourceRange) -> SourceRange:
    """Show the line of a secret without what stands in it, unless that is a reference."""
    shown = place.text[place.column - 1 : place.end_column - 1]
    if _REFERENCE.search(shown):
        return place
    text = place.text[: place.column - 1] + "…"
    return replace(place, text=text, end_column=place.column + 1)


def _wrong_url(url: str) -> tuple[str, str, str] | None:
    """Say why an address cannot be a store's; None when it can."""
    shape = "Write it as https://HOST, with a path if the store has one."
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "Not a web address", "It cannot be taken apart into scheme, host and path.", shape
    if parts.scheme not in ("https", "http") or not host or not is_host(host) or re.search(r"\s", url) or _CONTROL.search(url):
        return "Not a web address", "A store's address begins with https:// and names a host, or is the one word sandbox.", shape
    if parts.username is not None or parts.password is not None:
        return (
            "A password in an address",
            "An address is shown in plans and kept in the state.",
            "Use the account's own settings for credentials.",
        )
    if parts.query or parts.fragment:
        return "Not a base address", "Paths are added to it, so it has no query and no fragment.", shape
    if parts.scheme == "http" and not is_loopback(host):
        return (
            "Not encrypted",
            f"The key of this account would travel to {host} for everybody to read.",
            "Use https://; http:// is for this machine only.",
        )
    return None
