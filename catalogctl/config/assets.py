"""Files that editions are made of: kept inside the project, known by the digest of their bytes, checked for being what they should be."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import stat
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from catalogctl.config.cache import Cache, FileStamp, Sum
from catalogctl.config.soundness import damage
from catalogctl.config.syntax.encoding import CONTROL
from catalogctl.config.syntax.scalars import shown
from catalogctl.model.alike import most_alike
from catalogctl.model.asset import Asset, is_url
from catalogctl.model.diagnostics import Severity
from catalogctl.system.host import is_host, is_loopback

_CHUNK: Final = 1 << 20
_HEAD: Final = 1024
LARGEST: Final = 5 * 1024**3
"""Bytes of a file: what the storage behind a presigned URL takes in one request (S3's 5 GiB). No book or recording comes near it."""
_TOLD_FROM: Final = 64 * 1024**2
"""Bytes from which on a file takes long enough to be read that progress is reported."""
_TOLD_EVERY: Final = 32 * 1024**2
_MOST_TOLD: Final = 100
"""How often progress is reported for one file at most."""
_SETTLED: Final = 2.0
"""Seconds after its last change from which on the times of a file tell its next one for sure; a younger file is read each time."""

_USUAL_URL = re.compile(r"https://[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}(?:/[!-~]*)?")
"""Most URLs: nothing in them needs to be taken apart to be judged."""
_CONTROL = re.compile(f"[{CONTROL}]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Use(StrEnum):
    """What a file is for; decides what its bytes must be."""

    EPUB = "an EPUB"
    PDF = "a PDF"
    AUDIO = "an MP3 or M4A recording"
    COVER = "a JPEG or PNG image"
    ANY = "whatever the store takes"


_FITS: Final = {
    Use.EPUB: frozenset({"epub"}),
    Use.PDF: frozenset({"pdf"}),
    Use.AUDIO: frozenset({"mp3", "mp4"}),
    Use.COVER: frozenset({"jpeg", "png"}),
}

_NAMES: Final = {
    "epub": "an EPUB",
    "pdf": "a PDF",
    "mp3": "an MP3",
    "jpeg": "a JPEG image",
    "png": "a PNG image",
    "zip": "a ZIP archive whose first entry is not the `mimetype` of an EPUB",
    "gif": "a GIF image",
    "webp": "a WebP image",
    "wav": "a WAV recording",
    "mp4": "an MP4 or M4A recording",
    "html": "an HTML page",
    "blank": "nothing but zeros where it begins",
    "lfs": "a Git LFS pointer and not the file itself",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A file as a document mentions it."""

    folder: str
    """The document's, relative to the project folder; empty for that folder itself."""
    written: str
    use: Use


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a file that a document mentions."""

    code: str
    summary: str
    detail: str
    hint: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class MentionedFile:
    """What a mention comes to."""

    asset: Asset | None
    """`None` when there is none to speak of."""
    flaw: Flaw | None = None


Told: TypeAlias = Callable[[str, int, int], None]
"""Hears of a large file how far it has been read: its path, bytes so far, bytes in all; at the end both are the same."""
UNTOLD: Final[Told] = lambda _path, _read, _size: None  # noqa: E731


def find(root: str, mentions: Iterable[Mention], cache: Cache, told: Told = UNTOLD) -> dict[Mention, MentionedFile]:
    """Look at every file mentioned: where it lies, its digest, and what it is.

    Shapes:  `root` is the project folder with no symbolic link in it. A URL is judged by its form alone; nothing is fetched. A file
             that is refused for its first bytes by all who mention it is not read any further, and so is no asset.
    Raises:  nothing.
    Source:  PRODUCT.md 5.12, 6.16.
    """
    found: dict[Mention, MentionedFile] = {}
    local: dict[Mention, tuple[str, FileStamp]] = {}
    parents: dict[str, str] = {}
    for mention in mentions:
        if mention in found or mention in local:
            continue
        if is_url(mention.written) or _SCHEME.match(mention.written):
            flaw = _url_flaw(mention.written)
            found[mention] = MentionedFile(None if flaw else Asset(mention.written), flaw)
            continue
        placed = _place(root, mention, parents)
        if isinstance(placed, Flaw):
            found[mention] = MentionedFile(None, placed)
        else:
            local[mention] = placed
    wanted: dict[FileStamp, _Wanted] = {}
    for mention, (path, stamp) in local.items():
        wanted.setdefault(stamp, _Wanted(path, [])).mentions.append(mention)
    sums = _sums(wanted, cache, told)
    for mention, (path, stamp) in local.items():
        known = sums[stamp]
        if isinstance(known, Flaw):
            found[mention] = MentionedFile(None, known)
        elif isinstance(known, str):
            found[mention] = MentionedFile(None, _misfit(mention, known))
        else:
            asset = Asset(path, known.sha256, stamp.size, known.sha1, known.md5, known.kind)
            found[mention] = MentionedFile(asset, _misfit(mention, known.kind) or _damaged(mention, known))
    return found


def sniff(head: bytes) -> str:
    """Return what a file is by its first bytes; empty when they say nothing.

    Shapes:  epub, pdf, mp3, jpeg, png, or the name of something else that is recognised.
    """
    if head.startswith(b"PK\x03\x04"):
        # EPUB OCF: the first entry is called `mimetype`, stored as it is.
        return "epub" if head[30:58] == b"mimetypeapplication/epub+zip" else "zip"
    for start, kind in _MAGIC:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF"):
        return {b"WAVE": "wav", b"WEBP": "webp"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "mp4"
    if b"%PDF-" in head:
        return "pdf"
    if _is_mpeg_audio(head):
        return "mp3"
    if head and not head.strip(b"\0"):
        return "blank"
    if head.lstrip()[:9].lower() == b"<!doctype" or head.lstrip()[:5].lower() == b"<html":
        return "html"
    return ""


_MAGIC: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"ID3", "mp3"),
    (b"GIF8", "gif"),
    (b"version https://git-lfs.github.com/spec/", "lfs"),
)


def _is_mpeg_audio(head: bytes) -> bool:
    """Return whether a frame of MPEG audio begins here: eleven ones, then a version, a layer and a bit rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    return head[1] & 0x18 != 0x08 and head[1] & 0x06 != 0 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C


def _url_flaw(url: str) -> Flaw | None:
    if _USUAL_URL.fullmatch(url):
        return None
    if re.search(r"\s", url):
        return Flaw("asset-url", "Not a web address", "There is a space in it, which no URL has.", "Write each space as %20.")
    if _CONTROL.search(url):
        return Flaw("asset-url", "Not a web address", "There is a control character in it, which no URL has.", "Write it again.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or not is_host(host) or parts.scheme not in ("https", "http"):
        return Flaw(
            "asset-url",
            "Not a web address",
            "A file is a path relative to its document, or an https URL that names a host.",
            "Write it as https://HOST/PATH.",
        )
    if parts.username is not None or parts.password is not None:
        return Flaw(
            "asset-url",
            "A password in an address",
            "Anyone who can read the catalog could use it.",
            "Use a signed URL, or a local file and an asset store.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        return Flaw(
            "asset-url",
            "Not encrypted",
            f"The store would fetch the file from {host} with no proof that it is the right one.",
            "Use https://.",
        )
    return None


def _place(root: str, mention: Mention, parents: dict[str, str]) -> tuple[str, FileStamp] | Flaw:
    """Return where a file lies, relative to the project folder, and what it is known by."""
    written = mention.written
    if _CONTROL.search(written):
        detail = f"`{shown(written)}` contains an invisible control character; no file has such a name."
        return Flaw("asset-path", "Control character in a path", detail, "Write it again.")
    if re.match(r"[A-Za-z]:[\\/]", written):
        return _outside(written)
    if "\\" in written:
        return Flaw(
            "asset-path",
            "Backslash in a path",
            f"`{written}` would be one name on this machine and a path on another.",
            "Write it with forward slashes.",
        )
    path = posixpath.normpath(posixpath.join(mention.folder, written))
    if written.startswith(("/", "~")) or path == ".." or path.startswith("../"):
        return _outside(written)
    parent, _, name = path.rpartition("/")
    if parent not in parents:
        parents[parent] = os.path.realpath(f"{root}/{parent}")
    if not _is_below(parents[parent], root):
        return _outside(written)
    absolute = f"{parents[parent]}/{name}"
    try:
        status = os.lstat(absolute)
        if stat.S_ISLNK(status.st_mode):
            absolute = os.path.realpath(absolute)
            if not _is_below(absolute, root):
                return _outside(written)
            status = Path(absolute).stat()
    except (FileNotFoundError, NotADirectoryError):
        return _missing(root, path, mention)
    except OSError as broken:
        return _unreadable(written, broken)
    if stat.S_ISDIR(status.st_mode):
        return Flaw("asset-folder", "A folder, not a file", f"`{written}` is a folder.", "Name the file in it.")
    if not stat.S_ISREG(status.st_mode):
        return Flaw("asset-device", "Not a regular file", f"`{written}` is a device, a pipe or a socket.", "Name a regular file.")
    if status.st_size == 0:
        return Flaw(
            "asset-empty", "Empty file", f"`{written}` has no bytes.", "Put the file there again; it may have been cut while it was copied."
        )
    if status.st_size > LARGEST:
        detail = f"`{written}` has {status.st_size:,} bytes; more than {LARGEST:,} cannot be sent in one file."
        return Flaw("asset-too-large", "File too large", detail, "Split or compress it, or see whether it is the right one.")
    return path, FileStamp(absolute, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _outside(written: str) -> Flaw:
    detail = f"`{written}` leads out of the project folder; what lies there is not reviewed with the catalog and may be anything."
    return Flaw("asset-outside", "File outside the project", detail, "Copy the file into the project, beside its title.")


def _missing(root: str, path: str, mention: Mention) -> Flaw:
    """Say that there is no such file, and which one may be meant."""
    written, name = mention.written, posixpath.basename(path)
    folder = posixpath.join(root, posixpath.dirname(path))
    detail, hint = f"There is no `{path}` in the project.", "Paths are relative to the folder of the document."
    if address := re.fullmatch(r"(?:https?:?/{1,2})?((?:www\.[\w-]+|[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io))(?:\.[\w-]+)*/.+)", written):
        return Flaw("asset-missing", "No such file", f"{detail} An address begins with `https://`.", f"Write https://{address[1]}")
    if twin := _twin(root, path):
        here = posixpath.relpath(twin, mention.folder or ".")
        if unicodedata.normalize("NFC", twin) == unicodedata.normalize("NFC", path):
            why = f"the two names look alike and differ in Unicode form: the file's is {_form(twin)}, the path's is {_form(path)}."
        else:
            why = "the two differ in upper and lower case, which count on other machines."
        return Flaw("asset-missing", "No such file", f"{detail} There is `{twin}`: {why}", f"Write {here}\nOr rename the file.")
    try:
        near = most_alike(name, sorted(entry.name for entry in Path(folder).iterdir()))
    except OSError:
        near = []
    if near:
        start, _, _ = written.rpartition("/")
        hint = f"Did you mean {start + '/' if start else ''}{near[0]}?"
    return Flaw("asset-missing", "No such file", detail, hint)


def _form(name: str) -> str:
    return next((form for form in ("NFC", "NFD") if unicodedata.is_normalized(form, name)), "a mixture")


def _twin(root: str, path: str) -> str:
    """Return the path of a file whose name differs only in case or in Unicode form, step by step from the project folder; or nothing."""
    found: list[str] = []
    for step in path.split("/"):
        try:
            names = sorted(entry.name for entry in Path(root, *found).iterdir())
        except OSError:
            return ""
        alike = [name for name in names if name == step] or [name for name in names if _folded(name) == _folded(step)]
        if not alike:
            return ""
        found.append(alike[0])
    return "/".join(found)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _unreadable(written: str, broken: OSError) -> Flaw:
    return Flaw(
        "asset-unreadable", "File cannot be read", f"`{written}`: {broken.strerror or 'it cannot be read'}.", "Check who may read it."
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A local file, and all that mention it."""

    path: str
    """Relative to the project folder."""
    mentions: list[Mention]

    def is_refused(self, kind: str) -> bool:
        """Return whether none of them could have a file of a kind."""
        flaws = (_misfit(mention, kind) for mention in self.mentions)
        return all(flaw is not None and flaw.severity is Severity.ERROR for flaw in flaws)


def _sums(wanted: Mapping[FileStamp, _Wanted], cache: Cache, told: Told) -> dict[FileStamp, Sum | Flaw | str]:
    """Digest every file that no earlier run has read as it is now; of one that is refused all the same, give the kind alone."""
    ordered = sorted(wanted, key=lambda stamp: stamp.path)
    settled = time.time_ns() - int(_SETTLED * 1e9)
    sums: dict[FileStamp, Sum | Flaw | str] = {**cache.sums([stamp for stamp in ordered if _is_settled(stamp, settled)])}
    fresh: dict[FileStamp, Sum] = {}
    for stamp in ordered:
        if stamp in sums:
            continue
        read = _read(stamp, wanted[stamp], told)
        sums[stamp] = read
        if isinstance(read, Sum) and _is_settled(stamp, settled):
            fresh[stamp] = read
    cache.remember_sums(fresh)
    return sums


def _is_settled(stamp: FileStamp, settled: int) -> bool:
    """Return whether a file last changed before a moment, in nanoseconds; one that claims to come from the future did not."""
    return max(stamp.mtime, stamp.ctime) < settled


def _read(stamp: FileStamp, wanted: _Wanted, told: Told) -> Sum | Flaw | str:
    """Read a file once, from end to end: every digest that some store asks for, in one go. Of one that is refused, its head alone."""
    digests = (hashlib.sha256(), hashlib.sha1(usedforsecurity=False), hashlib.md5(usedforsecurity=False))
    read, next_told = 0, _TOLD_EVERY if stamp.size >= _TOLD_FROM else sys.maxsize
    try:
        with open(stamp.path, "rb", buffering=0) as file:  # noqa: PTH123 -- nothing here is a Path
            chunk = file.read(_HEAD)
            kind = sniff(chunk)
            if wanted.is_refused(kind):
                return kind
            while chunk:
                for digest in digests:
                    digest.update(chunk)
                read += len(chunk)
                if read >= next_told or (read == stamp.size and next_told < sys.maxsize):
                    told(wanted.path, min(read, stamp.size), stamp.size)
                    next_told = read + max(_TOLD_EVERY, stamp.size // _MOST_TOLD)
                chunk = file.read(_CHUNK)
            missing = damage(file, kind, read)
    except OSError as broken:
        return _unreadable(posixpath.basename(stamp.path), broken)
    sha256, sha1, md5 = (digest.hexdigest() for digest in digests)
    return Sum(sha256, sha1, md5, kind, missing)


def _misfit(mention: Mention, kind: str) -> Flaw | None:
    if mention.use is Use.ANY:
        return _pointer(mention) if kind == "lfs" else None
    if kind in _FITS[mention.use]:
        return None
    if not kind or (kind == "zip" and mention.use is Use.EPUB):
        what = _NAMES.get(kind, "nothing that is recognised by its first bytes")
        return Flaw(
            "asset-kind",
            "File may not be what it should be",
            f"`{mention.written}` should be {mention.use} and is {what}.",
            "Open it before it is published.",
            Severity.WARNING,
        )
    if kind == "lfs":
        return _pointer(mention)
    hint = "Name the right file, or correct the edition's format."
    if kind == "blank":
        hint = "Put the file there again; it may have been cut while it was copied."
    return Flaw("asset-kind", "File of another kind", f"`{mention.written}` should be {mention.use} and is {_NAMES[kind]}.", hint)


def _damaged(mention: Mention, known: Sum) -> Flaw | None:
    if not known.damage:
        return None
    detail = f"`{mention.written}` begins as {_NAMES[known.kind]} does, and is not whole: {known.damage}."
    hint = "Put the file there again; it may have been cut while it was copied."
    return Flaw("asset-damaged", "Half a file", detail, hint)


def _pointer(mention: Mention) -> Flaw:
    detail = f"`{mention.written}` should be {mention.use} and is {_NAMES['lfs']}."
    return Flaw("asset-kind", "File of another kind", detail, "Run: git lfs pull")
