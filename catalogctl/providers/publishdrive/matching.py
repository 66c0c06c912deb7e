"""Which of a book's files are those that are declared: the service keeps no key of ours with them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Reference
from catalogctl.provider.protocol import Lookup
from catalogctl.providers.publishdrive import convert
from catalogctl.providers.publishdrive.assumptions import NEWEST_IS_LAST
from catalogctl.providers.publishdrive.convert import Shown, ShownFile
from catalogctl.providers.publishdrive.types import AUDIO_CONTENT, CHAPTERS, FILE


def matched(shown: Shown, wanted: Sequence[Lookup]) -> dict[Address, Observed]:
    """Find the files among what is wanted of one book; each file of the book is one of them at most.

    One whose id is known is the file with that id. If that is gone, only a file that is told to have the very bytes can be it: what
    is in its role now may be someone else's. One that never had an id is the file of its role, and among audio files
    the one with its name: best with its bytes, where they are reported; else of its chapter; else the newest.
    """
    files = [want for want in wanted if want.type is FILE]
    chapters = _chapters(shown, wanted)
    found: dict[Address, ShownFile] = {}
    by_id = {convert.composite(shown.id, file.id): file for file in shown.files}
    for want in files:
        if want.id in by_id:
            found[want.address] = by_id[want.id]
    rest = [want for want in files if want.address not in found]
    # Those with a chapter choose first, so that none of two with one name takes the other's.
    for want in sorted(rest, key=lambda one: chapters.get(one.address) is None):
        taken = {file.id for file in found.values()}
        free = [file for file in shown.files if file.id not in taken and file.role == want.expected.get("role")]
        one = _again(free, want.expected) if want.id is not None else _first(free, want.expected, chapters.get(want.address))
        if one is not None:
            found[want.address] = one
    keys = {want.address: want.key for want in files}
    return {address: shown.file(file, keys[address]) for address, file in found.items()}


def like(shown: Shown, want: Lookup) -> Observed | None:
    """Find the newest file of a book that could be one just sent: of its role and name, with its bytes as far as they are reported."""
    wanted = want.expected
    free = [file for file in shown.files if convert.composite(shown.id, file.id) not in want.taken and file.role == wanted.get("role")]
    one = _newest(file for file in _named(free, wanted) if file.sha256 in (None, _digest(wanted)))
    return None if one is None else shown.file(one, want.key)


def strays(shown: Shown, attributes: Attributes, old: str, made: Collection[str]) -> list[ShownFile]:
    """List what an upload of some file may have left behind when it was interrupted, the newest first.

    Of a role that holds one file, only what came after the one that is to be replaced (`old`) can be that: an earlier cover is attached
    already, and to attach it again would not make it the newest. `made` are ids of files that have a place.
    """
    used = {*(file for _, _, file in shown.chapters), *made, old}
    free = [file for file in shown.files if file.id not in used and file.role == attributes.get("role")]
    if attributes.get("role") != AUDIO_CONTENT:
        free = [file for file in free if file in _after(shown.files, old)]
    left = [file for file in _named(free, attributes) if file.sha256 in (None, _digest(attributes))]
    return left[::-1] if NEWEST_IS_LAST else left


def _after(files: Sequence[ShownFile], old: str) -> Sequence[ShownFile]:
    """Return the files that are newer than one, all of them where it is no longer there."""
    place = next((number for number, file in enumerate(files) if file.id == old), None)
    if place is None:
        return files
    return files[place + 1 :] if NEWEST_IS_LAST else files[:place]


def _chapters(shown: Shown, wanted: Sequence[Lookup]) -> Mapping[Address, str]:
    """Give, for files without an id, the file that the book has in the place of theirs among the chapters."""
    declared = next((want.expected.get("files") for want in wanted if want.type is CHAPTERS), ())
    places = zip(declared if isinstance(declared, tuple) else (), shown.chapters, strict=False)
    return {item.address: file for item, (_, _, file) in places if isinstance(item, Reference) and file is not None}


def _again(free: Sequence[ShownFile], wanted: Attributes) -> ShownFile | None:
    return _newest(file for file in free if file.sha256 is not None and file.sha256 == _digest(wanted))


def _first(free: Sequence[ShownFile], wanted: Attributes, chapter: str | None) -> ShownFile | None:
    named = _named(free, wanted)
    best = _again(named, wanted) or next((file for file in named if file.id == chapter), None) or _newest(named)
    return best if best is not None or wanted.get("role") == AUDIO_CONTENT else _newest(free)


def _named(files: Iterable[ShownFile], wanted: Attributes) -> list[ShownFile]:
    return [file for file in files if file.filename == wanted.get("filename")]


def _newest(files: Iterable[ShownFile]) -> ShownFile | None:
    listed = list(files)
    return (listed[-1] if NEWEST_IS_LAST else listed[0]) if listed else None


def _digest(wanted: Attributes) -> str:
    file = wanted.get("file")
    return file.sha256 if isinstance(file, Asset) else ""
