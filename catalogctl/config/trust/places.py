"""The places that a project file names for files to be written: the folder of the state, and where assets are published.

A pull request can change the project file, so a place outside the project counts only where a variable outside the repository allows it.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from catalogctl.config.project import AssetStoreSettings, Project
from catalogctl.config.syntax.source import Part
from catalogctl.config.trust.variables import ASSET_STORES, ORIGINS, STATE_FOLDERS, expanded, in_ci, names, paths
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, SourceRange, error, warning
from catalogctl.system.safe_folder import PRIVATE_FOLDER, PUBLIC_FOLDER, SafeFolder

_SCHEMES: Final[Mapping[str, str]] = {
    "s3": "s3", "s3a": "s3", "gs": "gs", "az": "az", "azure": "az", "abfs": "az", "abfss": "az", "adl": "az", "https": "https",
}  # fmt: skip
"""Scheme of a bucket's URL → what it is compared by."""
_UNPINNED: Final = "The asset store is not pinned"


@dataclass(frozen=True, slots=True)
class PlacePin:
    """One entry of CATALOGCTL_ASSET_STORES."""

    text: str
    """The entry as it is written."""
    place: str
    """A bucket's URL in its normal form, or an absolute path."""
    address: str | None
    """The `base_url` that it allows and all below it; `None`: any."""

    def holds(self, place: str) -> bool:
        """Return whether a place is the one named or lies below it."""
        return _is_below(place, self.place)


def state_folder(project: Project, environment: Mapping[str, str] = os.environ) -> SafeFolder:
    """Return the folder of the state.

    Raises:  CatalogError (state-outside) where it is outside the project and the environment does not allow it.
    """
    allowed = [expanded(entry) for entry in paths(environment, STATE_FOLDERS)]
    found = SafeFolder.within([project.root, *allowed], project.root / project.backend.path, mode=PRIVATE_FOLDER)
    if found is None or not all(one.is_absolute() for one in allowed):
        raise CatalogError(_state_outside(project, allowed))
    return found


def asset_folder(project: Project, store: AssetStoreSettings, environment: Mapping[str, str] = os.environ) -> SafeFolder:
    """Return the folder of an asset store of type directory.

    Raises:  CatalogError (asset-store-outside) where it is outside the project and the environment does not allow it.
    """
    found = _asset_folder(project, store, _pins(project, environment))
    if found is None:
        raise CatalogError(_asset_folder_outside(project, store))
    return found


def place_problems(project: Project, environment: Mapping[str, str] = os.environ) -> Iterator[Diagnostic]:
    """Find places that a project may not write to, and warn of those that nothing pins."""
    try:
        state_folder(project, environment)
        pins = _pins(project, environment)
    except CatalogError as problem:
        yield from problem.diagnostics
        return
    store, unattended = project.assets, in_ci(environment)
    if store is None:
        return
    if store.type == "directory":
        if _asset_folder(project, store, pins) is None:
            yield _asset_folder_outside(project, store)
    elif unattended and not pins:
        detail = f"A pull request can make this job publish to another bucket than {store.url}, with the credentials that the job has."
        yield warning("asset-store-unpinned", _UNPINNED, detail, _how(store)).at(_place(project))
    if unattended and pins and store.base_url is not None and all(pin.address is None for pin in pins):
        yield _open_address(project, store)


def keep_to_pinned_places(project: Project, environment: Mapping[str, str] = os.environ) -> None:
    """Make sure that assets are published only where they may be.

    Raises:  CatalogError: credentials (asset-store-pinned, asset-store-unpinned).
    """
    store, pins = project.assets, _pins(project, environment)
    if store is None:
        return
    if not pins:
        if store.type != "directory" and names(environment, ORIGINS):
            detail = f"{ORIGINS} pins the accounts, and nothing pins {store.url}: the credentials of the bucket are keys as well."
            unpinned = error("asset-store-unpinned", _UNPINNED, detail, _how(store)).at(_place(project))
            raise CatalogError(unpinned, refusal=Refusal.CREDENTIALS)
        return
    place = _folder(project, store.url) if store.type == "directory" else _bucket(store.url)
    ours = [pin for pin in pins if pin.holds(place)]
    named = " ".join(pin.text for pin in pins)
    if not ours:
        detail = f"{ASSET_STORES} names {named}, and the project file publishes to {store.url}: nothing is published there."
        raise CatalogError(_elsewhere(project, detail, "url"), refusal=Refusal.CREDENTIALS)
    if store.base_url is not None and not any(pin.address is None or _is_address(store.base_url, pin.address) for pin in ours):
        detail = f"{ASSET_STORES} names {named}, and the project file sends stores to {store.base_url}: nothing is published."
        raise CatalogError(_elsewhere(project, detail, "base_url"), refusal=Refusal.CREDENTIALS)


def _pins(project: Project, environment: Mapping[str, str]) -> Sequence[PlacePin]:
    """Read CATALOGCTL_ASSET_STORES.

    Raises:  CatalogError (asset-store-pin) for an entry that is malformed.
    """
    return [_pin(project, text) for text in names(environment, ASSET_STORES)]


def _asset_folder(project: Project, store: AssetStoreSettings, pins: Sequence[PlacePin]) -> SafeFolder | None:
    pinned = [Path(pin.place) for pin in pins if "://" not in pin.place]
    return SafeFolder.within([project.root, *pinned], project.root / store.url, mode=PUBLIC_FOLDER)


def _pin(project: Project, text: str) -> PlacePin:
    place, equals, said = text.partition("=")
    address = said if equals else None
    if address is not None and (not urlsplit(address).netloc or not address.startswith(("https://", "http://"))):
        raise _malformed(text, f"`{address}` is not the address of a web server.")
    if "://" not in place:
        if not place or place.endswith(":"):
            raise _malformed(text, "It names no place.")
        return PlacePin(text, _folder(project, place), address)
    parts = urlsplit(place)
    if parts.scheme.lower() not in _SCHEMES:
        raise _malformed(text, f"`{parts.scheme}://` is not the beginning of a bucket's URL.")
    if not parts.netloc or parts.query or parts.fragment or ("@" in parts.netloc and parts.scheme.lower() not in {"abfs", "abfss"}):
        raise _malformed(text, "It needs a bucket, and has no query.")
    return PlacePin(text, _bucket(place), address)


def _is_address(address: str, pinned: str) -> bool:
    one, other = urlsplit(address), urlsplit(pinned)
    same = (one.scheme.lower(), one.netloc.lower()) == (other.scheme.lower(), other.netloc.lower())
    return same and _is_below(posixpath.normpath(f"/{one.path}"), posixpath.normpath(f"/{other.path}"))


def _is_below(place: str, above: str) -> bool:
    return place == above or place.startswith(above if above.endswith("/") else f"{above}/")


def _bucket(url: str) -> str:
    """Return the URL of a bucket in the form in which two are compared: no empty, `.` or `..` step, the host in lower case."""
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.scheme.lower(), parts.scheme.lower())
    path = posixpath.normpath(f"/{parts.path}").lstrip("/")
    return f"{scheme}://{parts.netloc.lower()}/{path}".rstrip("/")


def _folder(project: Project, path: str) -> str:
    return os.path.normpath(project.root / path)


def _malformed(text: str, why: str) -> CatalogError:
    detail = f"`{text}` in {ASSET_STORES}: {why}"
    example = f"{ASSET_STORES}='s3://bucket/books=https://cdn.example.com public/'"
    hint = f"Entries are folders or URLs of buckets, each with its public address if wanted, separated by blanks:\n{example}"
    return CatalogError(error("asset-store-pin", "A malformed pin of asset stores", detail, hint))


def _place(project: Project, setting: str = "url") -> SourceRange:
    return project.place(("assets", "publish", setting), Part.VALUE)


def _elsewhere(project: Project, detail: str, setting: str) -> Diagnostic:
    hint = "Change the pin, where it is set, together with the project file."
    return error("asset-store-pinned", "Assets would be published elsewhere than pinned", detail, hint).at(_place(project, setting))


def _asset_folder_outside(project: Project, store: AssetStoreSettings) -> Diagnostic:
    detail = f"`{store.url}` is outside the project folder. A pull request could name any folder of this machine."
    setting = f"{ASSET_STORES}={_folder(project, store.url)}"
    hint = f"Name a folder in the project, or allow this one where the job is set up, outside the repository:\n{setting}"
    return error("asset-store-outside", "Assets would be published outside the project", detail, hint).at(_place(project))


def _how(store: AssetStoreSettings) -> str:
    address = "" if store.base_url is None else f"={store.base_url}"
    return f"Set it where the job is set up, outside the repository:\n{ASSET_STORES}={store.url}{address}"


def _open_address(project: Project, store: AssetStoreSettings) -> Diagnostic:
    detail = f"{ASSET_STORES} names no address: a pull request can make stores fetch from another one than {store.base_url}."
    return warning("asset-address-unpinned", "The address of the asset store is not pinned", detail, _how(store)).at(
        _place(project, "base_url")
    )


def _state_outside(project: Project, allowed: Sequence[Path]) -> Diagnostic:
    wrong = next((f" `{one}` in {STATE_FOLDERS} is not an absolute path." for one in allowed if not one.is_absolute()), "")
    path = os.path.normpath(project.root / project.backend.path)
    detail = f"`{project.backend.path}` is outside the project folder. A pull request could name any folder of this machine.{wrong}"
    hint = f"Name a folder in the project, or allow this one where the command is set up, outside the repository:\n{STATE_FOLDERS}={path}"
    source = project.place(("backend", "path"), Part.VALUE)
    return error("state-outside", "The state would be kept outside the project", detail, hint).at(source)
