"""Pins: which key may go to which store, said outside the repository.

CATALOGCTL_ORIGINS → pins → what is wrong with the accounts of a project, found offline

A pin binds an account, an origin and a secret. A pull request can change everything in the project file, also an account's provider, so
nothing that it writes widens a pin: what a pin leaves out is derived from the pins and from the installed providers alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, unquote, urlsplit

from catalogctl.config.project import Project
from catalogctl.config.syntax.encoding import CONTROL
from catalogctl.config.syntax.source import Part
from catalogctl.config.trust.variables import ORIGINS, VARIABLE_NAME, expanded, in_ci, names
from catalogctl.model.account import Account, SecretPlace, SecretReference
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, SourceRange, error, warning
from catalogctl.model.value import Secret
from catalogctl.system.host import WebOrigin, is_host, is_loopback

_SHAPE: Final = "store=https://your-store.publica.la#PUBLICALA_TOKEN"
_FILE: Final = "file:"
_NOT_IN_A_PIN: Final = re.compile(f"[{CONTROL}\\\\]")
_LEAST_ALIKE: Final = 6
"""Letters from which on the beginning of a provider's name stands for the provider: `openpub`."""


class Service(Protocol):
    """What pins need to know of a provider; one whose service has addresses of its own also has `addresses`."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Which settings are secret references."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One entry: an account, the address that its key may go to, and the key."""

    account: str
    origin: WebOrigin
    path: tuple[str, ...]
    """The segments with which the path of the account's address must begin."""
    secret: str
    """A variable, or `file:PATH`; empty where the entry names none."""
    written: str

    def covers(self, url: str) -> bool:
        """Return whether an account's address is the pinned one or below it."""
        parts = urlsplit(url)
        path = _segments(parts.path)
        walks = any(segment in {".", ".."} for part in path for segment in re.split(r"[/\\]", unquote(part)))
        return WebOrigin.of(parts) == self.origin and path[: len(self.path)] == self.path and not (self.path and walks)


@dataclass(frozen=True, slots=True)
class Pins:
    """All entries of CATALOGCTL_ORIGINS."""

    entries: tuple[Pin, ...]

    def of(self, account: str) -> tuple[Pin, ...]:
        """Return the pins of one account."""
        return tuple(pin for pin in self.entries if pin.account == account)


def read_pins(environment: Mapping[str, str] = os.environ) -> Pins:
    """Read CATALOGCTL_ORIGINS; one that is empty pins nothing, as one that is not set.

    Raises:  CatalogError with every malformed entry.
    """
    entries: list[Pin] = []
    problems: list[Diagnostic] = []
    for written in dict.fromkeys(names(environment, ORIGINS)):
        read = _entry(written)
        if isinstance(read, Pin):
            entries.append(read)
        else:
            problems.append(read)
    problems.extend(_contradictions(entries))
    if problems:
        raise CatalogError(*problems)
    return Pins(tuple(entries))


def findings(
    project: Project, accounts: Mapping[str, Account], services: Mapping[str, Service], environment: Mapping[str, str] = os.environ
) -> tuple[Diagnostic, ...]:
    """Find, offline, which accounts are not pinned or wrongly pinned: errors where no key may be sent, else warnings.

    Shapes:  `services` are the installed providers by name, also those that the project does not use.
    """
    try:
        pins = read_pins(environment)
    except CatalogError as malformed:
        return malformed.diagnostics
    keyed = {name: account for name, account in accounts.items() if not account.is_sandbox and account.secrets}
    if not pins.entries:
        return tuple(_unset(project, keyed)) if in_ci(environment) else ()
    unknown = tuple(_unknown(project, pin) for pin in pins.entries if pin.account not in project.known_accounts)
    known = Pins(tuple(pin for pin in pins.entries if pin.account in project.known_accounts))
    judge = _Judge(project, known, services)
    return (*unknown, *(problem for account in keyed.values() for problem in judge.account(account)))


def keep_to_pins(found: tuple[Diagnostic, ...]) -> None:
    """Stop before any store is opened when no key may be sent.

    Raises:  CatalogError: credentials where an account may not be sent its key, error where only CATALOGCTL_ORIGINS is wrong.
    """
    wrong = tuple(item for item in found if item.severity == "error")
    if wrong:
        only_pins = all(item.code in {"pin-form", "pin-unknown-account"} for item in wrong)
        raise CatalogError(*wrong, refusal=Refusal.ERROR if only_pins else Refusal.CREDENTIALS)


def bound(accounts: Mapping[str, Account], found: tuple[Diagnostic, ...]) -> dict[str, Account]:
    """Return the accounts, their secrets out of reach where no key may be sent: whoever opens a store is stopped there at the latest."""
    try:
        keep_to_pins(found)
    except CatalogError as problem:
        refused = problem

        def refuse() -> Secret:
            raise refused

        return {name: replace(account, secrets=dict.fromkeys(account.secrets, refuse)) for name, account in accounts.items()}
    return dict(accounts)


def pinned_files(environment: Mapping[str, str], root: Path) -> frozenset[Path]:
    """Return the files that pins name, resolved; none where CATALOGCTL_ORIGINS is malformed."""
    try:
        pins = read_pins(environment)
    except CatalogError:
        return frozenset()
    return frozenset(_pinned_path(root, pin.secret.removeprefix(_FILE)) for pin in pins.entries if pin.secret.startswith(_FILE))


# Reading an entry


def _entry(written: str) -> Pin | Diagnostic:
    account, sign, target = written.partition("=")
    url, named, secret = target.partition("#")
    if not sign:
        return _malformed(written, "It has no `=` between the account and its address.")
    if not account:
        return _malformed(written, "It names no account before the `=`.")
    if not url:
        return _malformed(written, "It names no address after the `=`.")
    if named and not (VARIABLE_NAME.fullmatch(secret) or (secret.startswith(_FILE) and secret != _FILE)):
        return _malformed(written, "The part after `#` names the variable that holds the key, or `file:` and the path of the key file.")
    wrong = _wrong_address(url)
    if wrong:
        return _malformed(written, wrong)
    parts = urlsplit(url)
    return Pin(account, WebOrigin.of(parts), _segments(parts.path), secret, written)


def _wrong_address(url: str) -> str:
    """Return why an address cannot be pinned; empty when it can."""
    try:
        parts = urlsplit(url)
        origin = WebOrigin.of(parts)
    except ValueError:
        return "The text after the `=` is not an address such as https://your-store.publica.la."
    if not origin.host.isascii():
        return "Its host is not ASCII; pins take the form that begins with `xn--`, since other letters can look the same."
    if not is_host(origin.host) or _NOT_IN_A_PIN.search(url):
        return "The text after the `=` is not an address such as https://your-store.publica.la."
    if origin.scheme != "https" and not is_loopback(origin.host):
        return "A key would be sent in the clear: beyond this machine an address begins with https://."
    if "@" in parts.netloc or "?" in url:
        return "An address that is pinned has no user, no password and no query."
    if any(segment in {".", ".."} for segment in _segments(unquote(parts.path))):
        return "Its path has a `.` or `..` in it."
    return ""


def _malformed(written: str, why: str) -> Diagnostic:
    detail = f"The entry `{_shown(written)}` of {ORIGINS} cannot be read, so nothing is sent. {why}"
    hint = f"Write ACCOUNT=https://HOST#VARIABLE, for instance\n{_SHAPE}"
    return error("pin-form", "A pin that cannot be read", detail, hint)


def _shown(written: str) -> str:
    """Hide a password that someone wrote into an address."""
    return re.sub("//[^/#]*@", "//…@", written)


def _contradictions(entries: list[Pin]) -> Iterator[Diagnostic]:
    """Find accounts that are pinned to one origin with a named secret and without."""
    for pin in entries:
        named = next((other for other in entries if pin.account == other.account and pin.origin == other.origin and other.secret), None)
        if not pin.secret and named is not None:
            detail = f"The entry `{named.written}` of {ORIGINS} names the key, and `{pin.written}` allows the usual ones as well."
            yield error("pin-form", "Two pins contradict each other", detail, "Keep the one that names the key.")


def _unknown(project: Project, pin: Pin) -> Diagnostic:
    known = sorted(project.known_accounts)
    near = next((name for name in known if name.lower() == pin.account.lower()), None) or next(iter(most_alike(pin.account, known)), None)
    detail = f"The entry `{pin.written}` of {ORIGINS} names the account {pin.account!r}, and the project file has none of that name."
    hint = (
        f"Did you mean {near}? Upper and lower case matter."
        if near
        else f"Known accounts: {', '.join(known) or 'none'}. If it belongs to another catalog, give each catalog's jobs their own value."
    )
    return error("pin-unknown-account", "A pin for an unknown account", detail, hint)


# Judging the accounts of a project


@dataclass(frozen=True, slots=True)
class _Judge:
    project: Project
    pins: Pins
    services: Mapping[str, Service]

    def account(self, account: Account) -> Iterator[Diagnostic]:
        """Find why an account's keys may not be sent where it points."""
        pins = self.pins.of(account.name)
        if not pins:
            yield self.unpinned(account)
            return
        here = tuple(pin for pin in pins if pin.covers(account.base_url))
        if not here:
            yield self.elsewhere(account, pins)
            return
        for setting, reference in account.references.items():
            if not any(self.binds(pin, account, setting, reference) for pin in here):
                yield self.other_secret(account, reference, here)

    def binds(self, pin: Pin, account: Account, setting: str, reference: SecretReference) -> bool:
        """Return whether a pin allows a secret at the pinned address."""
        if pin.secret.startswith(_FILE) or reference.place is SecretPlace.FILE:
            if not (pin.secret.startswith(_FILE) and reference.place is SecretPlace.FILE):
                return False
            return located(self.project.root, reference.name) == _pinned_path(self.project.root, pin.secret.removeprefix(_FILE))
        if pin.secret:
            return pin.secret == reference.name
        usual = {own_variable(account.name, setting), own_variable(account.provider, setting)}
        holders = self.holders(reference.name)
        return reference.name in usual and pin in holders and _accounts(holders) == {account.name}

    def holders(self, variable: str) -> list[Pin]:
        """Return the pins that a variable belongs to, those with the best claim to it.

        A pin that names it comes first, then those of the account that it is named after, then those about a store of the provider that it
        is named after. A provider whose service has no addresses of its own may be meant wherever no other one is.
        """
        plain = [pin for pin in self.pins.entries if not pin.secret]
        settings = {setting for service in self.services.values() for setting in service.secrets}
        providers = [name for name, service in self.services.items() if variable in _variables(name, service.secrets)]
        anywhere = any(not self.origins(name) for name in providers)
        return (
            [pin for pin in self.pins.entries if pin.secret == variable]
            or [pin for pin in plain if variable in _variables(pin.account, settings)]
            or [pin for pin in plain if self.provider_of(pin) in providers]
            or [pin for pin in plain if anywhere and self.provider_of(pin) is None]
        )

    def provider_of(self, pin: Pin) -> str | None:
        """Tell whose store a pin is about, as far as its origin or the account's name says so."""
        at_home = [name for name in self.services if pin.origin in self.origins(name)]
        return at_home[0] if at_home else self.named_after(pin.account)

    def origins(self, provider: str) -> frozenset[WebOrigin]:
        """Return the addresses that a service is known to have."""
        addresses: Mapping[str, str] = getattr(self.services[provider], "addresses", {})
        return frozenset(WebOrigin.of(url) for url in addresses.values())

    def named_after(self, account: str) -> str | None:
        """Find the provider that an account is named after: `publishdrive`, `publishdrive-staging`, `openpub`."""
        name = _letters(account)
        alike = [
            provider
            for provider in self.services
            if name.startswith(_letters(provider)) or (len(name) >= _LEAST_ALIKE and _letters(provider).startswith(name))
        ]
        return alike[0] if len(alike) == 1 else None

    # What to say

    def place(self, account: Account, setting: str | None = None) -> SourceRange:
        return self.project.place(("accounts", account.name, *([setting] if setting else [])), Part.VALUE if setting else Part.KEY)

    def base_url(self, account: Account) -> SourceRange:
        return self.place(account, "base_url" if self.project.accounts[account.name].get("base_url") else None)

    def unpinned(self, account: Account) -> Diagnostic:
        detail = f"{ORIGINS} pins other accounts and not {account.name!r}, which points at {account.base_url}: no key is sent there."
        hint = f"If its key is meant for {WebOrigin.of(account.base_url)}, add this entry to {ORIGINS}:\n{_proposed(account)}"
        return error("account-unpinned", "An account is not pinned", detail, hint).at(self.place(account))

    def elsewhere(self, account: Account, pins: tuple[Pin, ...]) -> Diagnostic:
        pinned = " and ".join(dict.fromkeys(str(pin.origin) + "".join(f"/{part}" for part in pin.path) for pin in pins))
        detail = (
            f"{ORIGINS} pins {account.name!r} to {pinned}, and the project file points it at {account.base_url}: its key is not sent there."
        )
        hint = "Correct the address. If the store has moved, change the pin where it is set."
        return error("origin-pinned", "An account points elsewhere than it is pinned to", detail, hint).at(self.base_url(account))

    def other_secret(self, account: Account, reference: SecretReference, here: tuple[Pin, ...]) -> Diagnostic:
        named = [pin.secret.replace(_FILE, "the file ") for pin in here if pin.secret]
        rivals = sorted(_accounts(self.holders(reference.name)) - {account.name}) if reference.place is SecretPlace.ENVIRONMENT else []
        if named:
            why = f"{ORIGINS} pins {account.name!r} to the key in {' or '.join(named)}."
        elif rivals:
            why = f"It may as well be the key of {' or '.join(rivals)}, so the pin of the account that it belongs to must name it."
        else:
            usual = " and ".join(self.usual(account)) or "none here"
            why = f"The pin of {account.name!r} names no key, and so allows the usual variables alone: {usual}."
        detail = f"The key in {reference} is not sent to {WebOrigin.of(account.base_url)}. {why}"
        hint = f"If that key is meant for this store, write in {ORIGINS}:\n{_proposed(account)}"
        return error("secret-unpinned", "A key is not pinned to this store", detail, hint).at(reference.source)

    def usual(self, account: Account) -> list[str]:
        """List the variables that a pin without a named secret can allow an account."""
        names_of = (own_variable(owner, setting) for setting in account.references for owner in (account.provider, account.name))
        return [name for name in dict.fromkeys(names_of) if _accounts(self.holders(name)) == {account.name}]


def _unset(project: Project, accounts: Mapping[str, Account]) -> Iterator[Diagnostic]:
    """Warn, in CI, that a pull request can send keys wherever it likes."""
    exposed = [account for account in accounts.values() if not is_loopback(WebOrigin.of(account.base_url).host)]
    if not exposed:
        return
    who = ", ".join(account.name for account in exposed)
    detail = f"{ORIGINS} is not set, so anyone who edits the project file decides where the keys of {who} are sent."
    value = " ".join(map(_proposed, exposed))
    hint = f"Set {ORIGINS} where CI keeps its variables, outside the repository. For what the project file says now, set it to:\n{value}"
    place = project.place(("accounts", exposed[0].name), Part.KEY)
    yield warning("keys-unpinned", "Keys are not pinned to their stores", detail, hint).at(place)


def _proposed(account: Account) -> str:
    """Write the pins that would allow what an account says now."""
    start = f"{account.name}={WebOrigin.of(account.base_url)}"
    secrets = dict.fromkeys(
        reference.name if reference.place is SecretPlace.ENVIRONMENT else _FILE + quote(reference.name, safe="/~")
        for reference in account.references.values()
    )
    return " ".join(f"{start}#{secret}" for secret in secrets) or start


def _variables(owner: str, settings: Collection[str]) -> set[str]:
    return {own_variable(owner, setting) for setting in settings}


def _accounts(pins: Iterable[Pin]) -> set[str]:
    return {pin.account for pin in pins}


def _letters(name: str) -> str:
    return re.sub("[-_]", "", name.lower())


def own_variable(owner: str, setting: str) -> str:
    """Name the variable in which the key of an account, or of a provider, usually is: PUBLICALA_TOKEN, STORE_MX_TOKEN."""
    return f"{owner}_{setting}".upper().replace("-", "_")


# Paths


def located(root: Path, written: str) -> Path:
    """Find the file that a reference leads to, links followed."""
    return Path(os.path.realpath(root / expanded(written)))


def _pinned_path(root: Path, written: str) -> Path:
    """Find the file that a pin names; in the project no link is followed, since a pull request may have made it."""
    path = Path(os.path.normpath(root / expanded(unquote(written))))
    return path if path.is_relative_to(root) else Path(os.path.realpath(path))


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/")) if path.strip("/") else ()
