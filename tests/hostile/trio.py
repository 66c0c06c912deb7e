"""A project with an account on each of the three stores, served on real sockets, and titles that declare something of every kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import small
from catalogctl.provider.emulation import Emulator
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox
from catalogctl.sandbox import SandboxServer
from shop import Shop

ACCOUNTS = {"store": "publicala", "publishdrive": "publishdrive", "openpub": "openpublishing"}
"""Account → provider."""
KEYS = {"store": "PUBLICALA_TOKEN", "publishdrive": "PUBLISHDRIVE_API_KEY", "openpub": "OPENPUBLISHING_API_KEY"}
"""Account → the variable that its key is in."""

PROJECT = """\
version: 1
accounts:
  store:
    provider: publicala
    base_url: {publicala}
    token: ${{env:PUBLICALA_TOKEN}}
    requests_per_minute: 100000
    consistency_window: 1s
    unsupported: ignore
  publishdrive:
    provider: publishdrive
    base_url: {publishdrive}
    api_key: ${{env:PUBLISHDRIVE_API_KEY}}
    requests_per_minute: 100000
    consistency_window: 1s
    unsupported: ignore
  openpub:
    provider: openpublishing
    base_url: {openpublishing}
    api_key: ${{env:OPENPUBLISHING_API_KEY}}
    requests_per_minute: 100000
    consistency_window: 1s
assets:
  publish: {{type: directory, url: public/, base_url: https://files.example.com/}}
"""

ABOUT: dict[str, Any] = {
    "kind": "title",
    "language": "es",
    "description": "<p>Un faro que se apaga.</p>",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "publication_date": "2021-03-04",
    "publisher": "Tres Orillas",
    "subjects": {"bisac": ["FIC019000"]},
    "keywords": ["faro", "mar"],
    "territories": ["ALL"],
}
BOOK: dict[str, Any] = {
    **ABOUT,
    "id": "faro",
    "title": "El faro",
    "editions": {
        "epub": {
            "format": "epub",
            "external_id": "key-faro",
            "prices": {"USD": "9.90", "EUR": "8.50"},
            "files": {"content": "faro.epub", "cover": "faro.jpg"},
            "publish": {
                "store": {"collections": ["Ribera"]},
                "publishdrive": {"published": True, "final_version": True},
                "openpub": {
                    "product": {"ean": "9781496822482"},
                    "labels": ["distribution:retail"],
                    "distribution": {"enabled": True, "channels": {"kobo": True}},
                },
            },
        }
    },
}
AUDIOBOOK: dict[str, Any] = {
    **ABOUT,
    "id": "sal",
    "title": "Sal",
    "editions": {
        "audio": {
            "format": "audiobook",
            "external_id": "key-sal",
            "prices": {"USD": "14.00"},
            "contributors": [{"name": "Ana Ruiz", "role": "author"}, {"name": "Luz Paz", "role": "narrator"}],
            "tracks": [{"id": f"t{number}", "title": f"Parte {number}", "file": f"t{number}.mp3"} for number in (1, 2)],
            "publish": {"store": {"content_api": "v3", "price_windows": []}, "publishdrive": {}},
        }
    },
}
FILES = {
    "faro.epub": small.epub("faro"),
    "faro.jpg": small.jpeg("faro"),
    "t1.mp3": small.mp3("one"),
    "t2.mp3": small.mp3("two"),
}


@dataclass
class Trio(Shop):
    """A project over three stores; `sandbox`, and what is asked of it, is that of publica.la."""

    emulators: Mapping[str, Emulator]
    """By provider."""

    def title(self, document: Mapping[str, Any] = BOOK, **said: Any) -> None:  # type: ignore[override]  # a whole document, not its parts
        """Write a title; `said` is what it says otherwise."""
        self.write(f"catalog/{document['id']}.json", json.dumps({**document, **said}, ensure_ascii=False))

    def project(self, more: str = "", *, timeout: str = "20s", window: str = "1s") -> None:  # noqa: ARG002 -- as every account has by itself
        """Write the project file, the titles and their files."""
        self.point(more=more)
        (self.folder / "catalog").mkdir(exist_ok=True)
        for name, data in FILES.items():
            (self.folder / "catalog" / name).write_bytes(data)
        self.title(BOOK)
        self.title(AUDIOBOOK)

    def point(self, elsewhere: Mapping[str, str] | None = None, more: str = "") -> None:
        """Write the project file; `elsewhere` are addresses, by provider, that accounts name instead of their stores' own."""
        self.write(
            "catalogctl.yaml", PROJECT.format(**{name: self.server.url(name) for name in self.emulators} | dict(elsewhere or {})) + more
        )

    def only(self, account: str) -> None:
        """Have one account alone, on which the book is."""
        epub = BOOK["editions"]["epub"]
        self.title(BOOK, editions={"epub": {**epub, "publish": {account: epub["publish"][account]}}})
        (self.folder / "catalog/sal.json").unlink()


def keys(secret: str = "a-key-of-ours-{}") -> dict[str, str]:
    """Give the environment its keys, by variable."""
    return {variable: secret.format(account) for account, variable in KEYS.items()}


@contextmanager
def trio(folder: Path, *, token: str | None = None, others: Mapping[str, Emulator] | None = None) -> Iterator[Trio]:
    """Serve three empty stores, and make a project of two titles over them; `others` are in for some, by provider."""
    publicala = PublicalaSandbox(PublicalaSwitches(v3_docs="B"), token=token)
    emulators: dict[str, Emulator] = {
        "publicala": publicala,
        "publishdrive": PublishdriveSandbox(),
        "openpublishing": OpenPublishingSandbox(OpenPublishingSwitches(products="as_asked")),
        **(others or {}),
    }
    with SandboxServer(emulators) as server:
        made = Trio(folder, publicala, server, emulators)
        made.project()
        yield made
        assert server.errors == []
