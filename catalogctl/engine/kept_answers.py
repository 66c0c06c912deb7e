"""What an import has read of single objects: kept until it is done, so that one that is cut off does not read them again.

import begins  → a run of its own, or the unfinished one of the last hours
answer         → the user's cache, under that run
import is done → the run and its answers are forgotten
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Final

from catalogctl.config.cache import Cache
from catalogctl.model.account import Account

LONGEST: Final = 6 * 3600
"""Seconds after which what an unfinished import has read is read again."""
_AT_ONCE: Final = 20
"""Answers that are written together: what a kill loses."""


@dataclass(slots=True)
class KeptAnswers:
    """The answers of one account about single objects, by their paths."""

    _cache: Cache
    _project: str
    _kind: str
    _run: str
    is_resumed: bool
    """Whether an import that was not finished is gone on with."""
    _pending: dict[bytes, bytes] = field(default_factory=dict)
    _known: set[bytes] = field(default_factory=set)

    @classmethod
    def begin(cls, cache: Cache, project: str, account: Account) -> KeptAnswers:
        """Go on with the import of an account that was not finished, or begin one."""
        kind, now = f"import {account.name} {account.base_url}", time.time()
        try:
            said = json.loads(cache.names(project, kind) or b"{}")
            run = str(said["run"]) if 0 <= now - float(said["begun"]) < LONGEST else ""
        except (KeyError, TypeError, ValueError):
            run = ""
        is_resumed = bool(run)
        if not run:
            run = secrets.token_hex(16)
            cache.remember_names(project, {kind: json.dumps({"run": run, "begun": now}).encode()})
        return cls(cache, project, kind, run, is_resumed)

    def get(self, path: str) -> bytes | None:
        """Return the answer about an object; `None` where it was not read yet."""
        key = self._key(path)
        found = self._pending.get(key) or self._cache.parses([key]).get(key)
        if found is not None:
            self._known.add(key)
        return found

    def put(self, path: str, body: bytes) -> None:
        """Keep the answer about an object."""
        self._pending[self._key(path)] = body
        if len(self._pending) >= _AT_ONCE:
            self._write()

    def done(self) -> None:
        """Forget the run: what was read is recorded."""
        self._write()
        self._cache.forget_parses(list(self._known))
        self._cache.remember_names(self._project, {self._kind: b"{}"})

    def _write(self) -> None:
        self._cache.remember_parses(self._pending.items())
        self._known.update(self._pending)
        self._pending.clear()

    def _key(self, path: str) -> bytes:
        return hashlib.sha256(f"answer\0{self._run}\0{path}".encode(errors="surrogateescape")).digest()
