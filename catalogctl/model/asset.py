"""A file that an edition is made of, known by what is in it and not by where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit, urlunsplit

SIGNATURE_PARAMETERS = frozenset(
    {
        "x-amz-signature",
        "x-goog-signature",
        "signature",
        "sig",
        "x-oss-signature",
        "awsaccesskeyid",
        "googleaccessid",
        "key-pair-id",
        "hdnea",
        "hdnts",
    }
)
"""Query parameters by which the object stores and delivery networks sign a URL (lower case)."""


def is_url(location: str) -> bool:
    """Tell a web address from a path."""
    return location.startswith(("https://", "http://"))


def unsigned(url: str) -> str:
    """Return the part of a URL that stays the same when it is signed again.

    A query without a signature belongs to the address (`?id=42` is another file than `?id=43`);
    one with a signature is dropped whole.
    """
    if "?" not in url:
        return url
    parts = urlsplit(url)
    signed = any(name.lower() in SIGNATURE_PARAMETERS for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")) if signed else url


@dataclass(frozen=True, slots=True, eq=False)
class Asset:
    """A content or cover file; two are equal when their identities are."""

    location: str
    """A path relative to the project folder, or an https URL exactly as declared (it may carry a signature:
    never print or store it, use `identity`)."""
    sha256: str = ""
    """Of the bytes of a local file, 64 lower-case hex digits; empty for a URL."""
    size: int = 0
    """Bytes; 0 for a URL."""
    sha1: str = ""
    """Of the same bytes, 40 lower-case hex digits."""
    md5: str = ""
    """Of the same bytes, 32 lower-case hex digits."""
    kind: str = ""
    """What a local file is by its first bytes: `epub`, `pdf`, `mp3`, `mp4`, `jpeg`, `png`; empty when they do not say, and for a URL."""

    @property
    def name(self) -> str:
        """The file's own name, without folders and without a URL's query."""
        return PurePosixPath(urlsplit(self.location).path if is_url(self.location) else self.location).name

    @property
    def identity(self) -> str:
        """What state and plan hold: `sha256:…`, or the URL without its signature."""
        return f"sha256:{self.sha256}" if self.sha256 else unsigned(self.location)

    @property
    def identities(self) -> tuple[str, ...]:
        """All that a store or a state may know it by: `identity`, and other digests of the same bytes where they are known."""
        others = (("sha1", self.sha1), ("md5", self.md5))
        return (self.identity, *(f"{name}:{digest}" for name, digest in others if digest))

    @property
    def is_local(self) -> bool:
        """Return whether the bytes lie in the repository."""
        return not is_url(self.location)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Asset):
            return False
        return (self.location == other.location and self.sha256 == other.sha256) or self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


class AssetStream(Protocol):
    """The bytes of a local file on their way to a store."""

    size: int
    """Bytes in all."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, empty at the end; the last ones only once the whole is known to be the file that was planned with.

        Raises:  CatalogError: stale (asset-changed) when it is another file by now.
        """
        ...

    def fileno(self) -> int:
        """Return the open file's number."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...
