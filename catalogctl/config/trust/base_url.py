"""The address of an account: what may be filled in, and which addresses a store can have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from catalogctl.config.project import Project
from catalogctl.config.syntax.encoding import CONTROL
from catalogctl.config.trust.secrets import environment_reference
from catalogctl.config.trust.variables import ADDRESS_VARIABLES, VARIABLE_NAME, names
from catalogctl.model.diagnostics import Diagnostic, error
from catalogctl.system.host import is_host, is_loopback

SANDBOX: Final = "sandbox"

_CONTROL = re.compile(f"[{CONTROL}]")
_VARIABLE = re.compile(rf"\$\{{env:({VARIABLE_NAME.pattern})\}}")


def fill_address(project: Project, account: str, written: str, environment: Mapping[str, str]) -> str | Diagnostic:
    """Fill the variables of an address in, those alone that CATALOGCTL_ADDRESS_VARIABLES names, and judge the result.

    Shapes:  the result is `sandbox` or has no slash at its end. An address is sent to the store, and shown in plans and state.
    """
    place = project.place(("accounts", account, "base_url"))
    found = sorted(set(_VARIABLE.findall(written)))
    secret = next((name for name in found if _is_secret(project, name)), None)
    if secret:
        detail = (
            f"The address of account {account} would hold the key in {secret}, which would be sent there, and shown in plans and state."
        )
        hint = "Use another variable for the address, and the account's own settings for credentials."
        return error("bad-base-url", "A secret in an address", detail, hint).at(place)
    refused = [name for name in found if name not in names(environment, ADDRESS_VARIABLES)]
    if refused:
        detail = (
            f"The address of account {account} names {' and '.join(refused)}. An address is sent to a store, so a variable is filled in "
            f"only if {ADDRESS_VARIABLES}, which is set outside the repository, names it."
        )
        allowed = [*names(environment, ADDRESS_VARIABLES), *refused]
        hint = (
            f"Write the address out. If the variable may be sent to the store, allow it:\nexport {ADDRESS_VARIABLES}='{' '.join(allowed)}'"
        )
        return error("address-variable", "A variable that no address may contain", detail, hint).at(place)
    missing = [name for name in found if not environment.get(name)]
    if missing:
        detail = f"The address of account {account} needs {' and '.join(missing)}, which the environment does not have."
        return error("variable-missing", "Environment variable not set", detail, f"Set it:\nexport {missing[0]}=https://…").at(place)
    url = _VARIABLE.sub(lambda name: environment[name[1]], written).strip()
    if url == SANDBOX:
        return url
    wrong = _wrong_url(url)
    if wrong:
        summary, detail, hint = wrong
        if meant := _address_meant(url):
            hint = f"Write {meant}"
        return error("bad-base-url", summary, detail, hint).at(place)
    return url.rstrip("/")


def _is_secret(project: Project, variable: str) -> bool:
    """Return whether some account's setting refers to a variable."""
    return any(
        environment_reference(value) == variable
        for block in project.accounts.values()
        for name, value in block.items()
        if name != "base_url"
    )


def _address_meant(url: str) -> str:
    """Return the address that was probably meant; empty where none can be determined, or where it would hold what is no one's business."""
    if url.lower() == SANDBOX:
        return SANDBOX
    scheme, host = re.match(r"(?i)(?:(h?t?tps?|http)\s*:?/{1,3})?(.*)", url).groups()  # type: ignore[union-attr]  # matches any text
    bare = re.split(r"[?#]", host, maxsplit=1)[0].strip("/ ")
    if "@" in bare or not bare:
        return ""
    name = bare.partition("/")[0].partition(":")[0].lower()
    is_here = is_loopback(name) if is_host(name) else False
    if not is_here and "." not in name:
        return ""
    meant = f"{'http' if is_here and scheme != 'https' else 'https'}://{bare}"
    return meant if meant != url and _wrong_url(meant) is None else ""


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
    if "${" in url:
        return "Not a base address", "Of references, an address can hold `${env:NAME}` alone.", shape
    if "?" in url or "#" in url:
        return "Not a base address", "Paths are added to it, so it has no query and no fragment.", shape
    if parts.scheme == "http" and not is_loopback(host):
        return (
            "Not encrypted",
            f"The key of this account would travel to {host} for everybody to read.",
            "Use https://; http:// is for this machine only.",
        )
    return None
