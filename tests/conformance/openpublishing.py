"""Open Publishing on show: titles that declare all it can hold, and every reading of its documents that the sandbox offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import small
from catalogctl.provider.emulation import Clock
from catalogctl.providers.openpublishing import provider
from catalogctl.providers.openpublishing.endpoints import LOGIN
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.testing.specimen import Edit, Specimen, Tampering
from conformance.readings import Readings

FARO: dict[str, Any] = {
    "kind": "title",
    "id": "faro",
    "title": "El faro",
    "editions": {
        "epub": {
            "format": "epub",
            "files": {"content": "files/faro.epub", "cover": "files/faro.jpg"},
            "publish": {
                "store": {
                    "product": 4711,
                    "labels": ["distribution:retail"],
                    "files": {"extract": "files/faro-extract.pdf"},
                    "distribution": {"enabled": True, "channels": {"amazon": False, "kobo": True}},
                }
            },
        },
        "paper": {"format": "print", "files": {"content": "files/faro.pdf"}, "publish": {"store": {"product": 4711}}},
    },
}
SAL: dict[str, Any] = {
    "kind": "title",
    "id": "sal",
    "title": "Sal",
    "editions": {"audio": {"format": "audiobook", "files": {"content": "files/sal.mp3"}, "publish": {"store": {"product": 4713}}}},
}


def _epub(name: str) -> bytes:
    return small.epub(name)


_FILES: Mapping[str, bytes] = {
    "files/faro.epub": _epub("one"),
    "files/second/faro.epub": _epub("two"),
    "files/renamed.epub": _epub("two"),
    "files/faro.jpg": small.jpeg("faro"),
    "files/faro-extract.pdf": small.pdf("extract"),
    "files/faro.pdf": small.pdf("faro"),
    "files/sal.mp3": small.mp3(),
}
_PRODUCTS = (4711, 4712, 4713)

_ON = "editions.epub.publish.store"


def _faro(key: str, attribute: str, way: str, value: Any) -> Edit:
    return Edit(f"file/faro.epub/{key}", attribute, {way: value})


EDITS = (
    _faro("ebook_epub", "file", "editions.epub.files.content", "files/second/faro.epub"),
    _faro("ebook_epub", "file_name", "editions.epub.files.content", "files/renamed.epub"),
    Edit("distribution/faro.epub", "enabled", {f"{_ON}.distribution.enabled": False}),
    Edit("distribution/faro.epub/amazon", "enabled", {f"{_ON}.distribution.channels.amazon": True}),
    Edit("file/sal.audio/audiobook", "labels", {"editions.audio.publish.store.labels": ["distribution:library", "distribution:retail"]}),
    Edit("file/faro.paper/pod_bookblock", "product", {"editions.paper.publish.store.product": 4712}),
)

_UNEDITED = {
    "file.slot": "it is put together from the others",
    "file.type": "it is in the address: another type is another file",
    "distribution.switch": "it is put together from the others",
    "distribution.product": "the edition's files go to another product with it",
    "distribution.channel": "it is in the address: another channel is another switch",
}

_ELSEWHERE = frozenset({"busy_every", "retry_after=none", "labels_in=commas"})
"""Readings under which no apply need succeed: an upload that was not taken for the moment may have been, and who does not say how
long to wait is not waited for for long. They are shown in tests/unit/providers/openpublishing/test_traps.py."""

_READINGS = Readings(
    usual=OpenPublishingSwitches(),
    others={
        "token_seconds": (None,),
        "token_uses": (20,),
        "byproduct_seconds": (0.0,),
        "rate_limit": (6,),
    },
    together={
        "retry_after": {"rate_limit": 6},
        "byproduct_seconds": {"byproducts": "yes"},
        "unauthorized": {"token_uses": 20},
    },
    elsewhere=_ELSEWHERE,
)


def _emulator(clock: Clock, switches: Mapping[str, Any]) -> OpenPublishingSandbox:
    sandbox = OpenPublishingSandbox(OpenPublishingSwitches(**switches), clock=clock)
    sandbox.seed({"product": number} for number in _PRODUCTS)
    return sandbox


def specimen(**switches: Any) -> Specimen:
    return Specimen(
        provider=provider,
        emulator=lambda clock: _emulator(clock, switches),
        titles={"faro": FARO, "sal": SAL},
        edits=EDITS,
        unedited=_UNEDITED,
        tampering=(
            Tampering("file/faro.epub/ebook_epub", "file", {"sha1": "0" * 40}),
            Tampering("file/sal.audio/audiobook", "labels", {"labels": ["distribution:other"]}),
            Tampering("file/sal.audio/audiobook", "file_name", {"file_name": "other.mp3"}),
            Tampering("distribution/faro.epub", "enabled", {"enabled": False}),
        ),
        foreign=(
            {"product": 4711, "type": "shop_preview", "file_name": "preview.pdf"},
            {"product": 4711, "type": "extract", "file_name": "by-the-service.pdf"},
            {"product": 4712, "type": "ebook_mobi", "file_name": "by-hand.mobi", "labels": ["distribution:retail"]},
        ),
        files=_FILES,
        beside=(LOGIN,),
        # An old file is gone before its turn, or has to go before its successor comes.
        detours=switches.get("one_per_type", "no") != "no",
    )


def variants() -> dict[str, Specimen]:
    """Give the specimen by the switch that is not at its default, one at a time."""
    return _READINGS.variants(specimen)
