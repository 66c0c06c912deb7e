"""Put local files where stores can fetch them: by what is in them, once, under an address that may be signed."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from catalogctl.events import AssetCutOff, AssetPublished, AssetSent, Listener
from catalogctl.model.asset import Asset, AssetStream
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Refusal, error
from catalogctl.model.unsafe_path import unsafe_path
from catalogctl.state.journal import Stage
from catalogctl.state.ledger import Ledger
from catalogctl.system.safe_folder import PUBLIC, SafeFolder, UnsafePathError

if TYPE_CHECKING:
    from obstore.store import AzureStore, GCSStore, S3Store


DEFAULT_SIGN_FOR = timedelta(days=2)
"""A store fetches a file some time after it was told where it is, and an address that has expired by then fails unseen."""


_DIGEST = "sha256"
"""The metadata of an object in a bucket that tells what was put there; a name that Azure takes, too."""
_PIECE = 1024 * 1024
"""Bytes of a file that are copied at once."""
_TOLD_EVERY = 1024 * 1024
"""Bytes of a file that are sent between two words about it."""


class AssetStore(Protocol):
    """A place that stores can fetch from."""

    async def put(self, source: Path, name: str, sha256: str) -> bool:
        """Put a file there under a name, unless a file of this digest is there; return whether one was."""
        ...

    async def address(self, name: str) -> str:
        """Return the URL to fetch it from, signed where the place asks for that."""
        ...


@dataclass(frozen=True, slots=True)
class DirectoryStore:
    """A folder that some web server shows under `base_url`."""

    folder: SafeFolder
    base_url: str

    async def put(self, source: Path, name: str, sha256: str) -> bool:
        """Copy a file there, whole or not at all; a file of this name with other content is replaced.

        Raises:  OSError, UnsafePathError among them.
        """
        return await asyncio.to_thread(_copy, source, self.folder, PurePosixPath(name), sha256)

    async def address(self, name: str) -> str:
        """Return the URL to fetch it from."""
        return f"{self.base_url.rstrip('/')}/{quote(name)}"


def _copy(source: Path, folder: SafeFolder, name: PurePosixPath, sha256: str) -> bool:
    place = folder.folder(*name.parent.parts)
    try:
        with place.reading(name.name) as there, os.fdopen(os.dup(there), "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                return True
    except FileNotFoundError:
        pass
    with source.open("rb") as file:
        place.write(name.name, iter(partial(file.read, _PIECE), b""), PUBLIC)
    return False


@dataclass(frozen=True, slots=True)
class BucketStore:
    """A bucket of S3, Google Cloud Storage or Azure, by obstore."""

    bucket: S3Store | GCSStore | AzureStore
    base_url: str | None
    sign_for: timedelta | None

    async def put(self, source: Path, name: str, sha256: str) -> bool:
        """Stream a file there, in parts where it is large, with its digest beside it for the next run to compare.

        Raises:  OSError, with the store's own words.
        """
        import obstore

        with _in_words():
            try:
                there = await obstore.get_async(self.bucket, name, options={"head": True})
            except FileNotFoundError:
                pass
            else:
                if there.attributes.get(_DIGEST) == sha256 and there.meta["size"] == await asyncio.to_thread(_size, source):
                    return True
            await obstore.put_async(self.bucket, name, source, attributes={_DIGEST: sha256})
        return False

    async def address(self, name: str) -> str:
        """Sign a URL for reading, or give the public one.

        Raises:  OSError, with the store's own words.
        """
        if self.sign_for is None and self.base_url is not None:
            return f"{self.base_url.rstrip('/')}/{quote(name)}"
        import obstore

        with _in_words():
            return await obstore.sign_async(self.bucket, "GET", name, self.sign_for or DEFAULT_SIGN_FOR)


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what the library raises into an OSError that says what a person can use of it."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except BaseError as problem:
        said = str(problem).split("\n")[0].partition(", body:")[0].rstrip(".")
        raise OSError(said) from problem


class Publisher:
    """Gives assets their addresses; each file is put in place once a run."""

    def __init__(self, folder: Path, open_store: Callable[[], AssetStore | None], listen: Listener) -> None:
        self._folder = folder
        self._open_store = open_store
        self._store: AssetStore | None = None
        self._listen = listen
        self._ready: dict[str, asyncio.Task[None]] = {}

    async def url(self, asset: Asset) -> str:
        """Publish a local file if need be and give its URL; a declared URL is given back as it is.

        Raises:  CatalogError: stale (asset-changed) when the file is no longer the one that was planned with,
                 error (asset-store-missing, asset-not-published).
        """
        if not asset.is_local:
            return asset.location
        self._store = self._store or self._open_store()
        if self._store is None:
            raise CatalogError(no_asset_store(asset))
        name = asset_name(asset)
        if name not in self._ready:
            self._ready[name] = asyncio.create_task(self._put(self._store, asset, name))
        await self._ready[name]
        try:
            return await self._store.address(name)
        except OSError as problem:
            raise _not_published(asset, problem) from problem

    def open(self, asset: Asset, account: str) -> AssetStream:
        """Open a local file for sending it to an account's store, telling on the way how much of it has been sent.

        Raises:  CatalogError: stale (asset-changed) when it is another file by now, error (asset-not-published) when it cannot be read.
        """
        try:
            return _Stream(self._folder / asset.location, asset, account, self._listen)
        except OSError as problem:
            raise _not_published(asset, problem) from problem

    async def _put(self, store: AssetStore, asset: Asset, name: str) -> None:
        source = self._folder / asset.location
        large = asset.size >= _TOLD_EVERY
        if large:
            self._listen(AssetSent("", asset.location, 0, asset.size))
        try:
            now = await asyncio.to_thread(_sha256, source)
            if now != asset.sha256:
                raise _changed(asset)
            reused = await store.put(source, name, asset.sha256)
        except (CatalogError, OSError) as problem:
            if large:
                self._listen(AssetCutOff("", asset.location, 0, asset.size))
            if isinstance(problem, CatalogError):
                raise
            if isinstance(problem, UnsafePathError):
                raise unsafe_path(problem) from problem
            raise _not_published(asset, problem) from problem
        self._listen(AssetPublished(asset.location, asset.size, reused))


class Uploads:
    """What the writer of one account is given: the run's publisher, and a memory of how far uploads have come."""

    def __init__(self, publisher: Publisher, ledger: Ledger, account: str) -> None:
        self._publisher = publisher
        self._ledger = ledger
        self._account = account

    async def url(self, asset: Asset) -> str:
        """Publish a local file if need be and give its URL, as `Publisher.url` does."""
        return await self._publisher.url(asset)

    def open(self, asset: Asset) -> AssetStream:
        """Open a local file for sending it, as `Publisher.open` does."""
        return self._publisher.open(asset, self._account)

    def begun(self, upload: str) -> str | None:
        """Return what an upload can go on from; `None` when it has not begun."""
        return self._ledger.stage(self._account, upload)

    def keep(self, upload: str, token: str) -> None:
        """Make durable how far an upload has come.

        Raises:  CatalogError as `Ledger.commit`.
        """
        self._ledger.commit([Stage(self._account, upload, token)])


def digests(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """Read files whole, whatever is remembered of them, and return the sha256 of each; empty where it cannot be read."""
    found: dict[str, str] = {}
    for path in paths:
        try:
            with (folder / path).open("rb") as file:
                found[path] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            found[path] = ""
    return found


def _changed(asset: Asset) -> CatalogError:
    detail = f"{asset.location} is no longer the file that this was planned with."
    return CatalogError(error("asset-changed", "A file changed after the plan", detail, "Plan again."), refusal=Refusal.STALE)


class _Stream:
    """A file on its way to a store, digested as it is sent.

    One piece is read ahead and held back, so that the last one leaves only once the whole is known to be what was planned
    with: an upload of anything else never becomes complete.
    """

    def __init__(self, path: Path, asset: Asset, account: str, listen: Listener) -> None:
        self.size = asset.size
        self._asset = asset
        self._account = account
        self._listen = listen
        self._digest = hashlib.sha256()
        self._sent = self._told = 0
        self._file = path.open("rb")
        if os.fstat(self._file.fileno()).st_size != asset.size:
            self._file.close()
            raise _changed(asset)
        self._held: bytes | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes.

        Raises:  CatalogError: stale (asset-changed).
        """
        if self._held is None:
            self._held = self._next(size)
        piece, self._held = self._held, self._next(size)
        if not self._held and self._digest.hexdigest() != self._asset.sha256:
            raise _changed(self._asset)
        self._sent += len(piece)
        if piece and (self._sent == self.size or self._sent - self._told >= max(_TOLD_EVERY, self.size // 100)):
            self._told = self._sent
            self._listen(AssetSent(self._account, self._asset.location, self._sent, self.size))
        return piece

    def _next(self, size: int) -> bytes:
        piece = self._file.read(size)
        self._digest.update(piece)
        return piece

    def fileno(self) -> int:
        """Return the open file's number."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if 0 < self._told < self.size:
            self._listen(AssetCutOff(self._account, self._asset.location, self._sent, self.size))


def _not_published(asset: Asset, problem: OSError) -> CatalogError:
    said = problem.strerror or str(problem)
    detail = f"{asset.location} could not be put where stores can fetch it: {said.rstrip('.')}."
    hint = "Check the asset store of the project file, and for a bucket its credentials in the environment."
    return CatalogError(error("asset-not-published", "A file could not be published", detail, hint))


def asset_name(asset: Asset) -> str:
    """Return the name under which a file is published: by its content, with its own ending, so that each content has one address."""
    return f"{asset.sha256[:2]}/{asset.sha256}{PurePosixPath(asset.location).suffix.lower()}"


def no_asset_store(asset: Asset) -> Diagnostic:
    """Make the problem of a local file that no store could fetch."""
    detail = f"{asset.location} lies in the repository, and stores fetch files from a URL; the project names no place to publish it."
    hint = "Add to the project file:\nassets: {publish: {type: directory, url: public/, base_url: https://files.example.com/}}"
    return error("asset-store-missing", "No place to publish files", detail, hint)


def _size(path: Path) -> int:
    return path.stat().st_size


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
