"""A scratch project over a store of its own, and its command line: what the tests of the whole system are on.

The store is an emulation served on a real socket of this machine, so that requests can be counted, made to fail and
cut off; commands run in this process or as processes of their own.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import catalogctl as package
from catalogctl.cli.main import run
from catalogctl.provider.emulation import LoggedRequest
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.sandbox import SandboxServer

TOKEN = "tok-5ecret-9f1c0d"
"""The key of the store: must never be seen anywhere but on the wire."""

PROJECT = """\
version: 1
accounts:
  store:
    provider: publicala
    base_url: {url}
    token: ${{env:PUBLICALA_TOKEN}}
    requests_per_minute: 100000
    timeout: {timeout}
    consistency_window: {window}
assets:
  publish: {{type: directory, url: public/, base_url: https://files.example.com/}}
{more}"""

TITLE: Mapping[str, Any] = {
    "kind": "title",
    "title": "El faro",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "publication_date": "2021-03-04",
}


IMPORTABLE = str(Path(package.__file__).parents[1])
"""Where this very catalogctl lies: a command of its own process, in a folder of its own, is to run the same one."""


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def ended(self, code: int) -> Ran:
        """Make sure of the exit code, showing all of the output when it is another."""
        assert self.code == code, f"exit code {self.code} instead of {code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"
        return self


def catalogctl(*arguments: str) -> Ran:
    """Run a command line in this process, its streams as they are when piped."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(arguments))
    return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


@dataclass
class Shop:
    """A project folder, and the store that its one account is about."""

    folder: Path
    sandbox: PublicalaSandbox
    server: SandboxServer

    @property
    def url(self) -> str:
        return self.server.url("publicala")

    # ── the files ──

    def project(self, more: str = "", *, timeout: str = "20s", window: str = "0s") -> None:
        """Write the project file; `more` is added at its end. The store shows at once what it has made, so that no one need wait for it."""
        self.write("catalogctl.yaml", PROJECT.format(url=self.url, more=more, timeout=timeout, window=window))
        (self.folder / "catalog").mkdir(exist_ok=True)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def title(self, id_: str = "faro", *, edition: Mapping[str, Any] | None = None, **said: Any) -> None:
        """Write a title with one EPUB edition; `said` and `edition` say what is special about it."""
        epub = {
            "format": "epub",
            "external_id": f"key-{id_}",
            "prices": {"USD": "9.90"},
            "files": {"content": f"https://files.example.com/{id_}.epub"},
            "publish": {"store": {}},
        }
        document = {**TITLE, "id": id_, "editions": {"epub": {**epub, **(edition or {})}}, **said}
        self.write(f"catalog/{id_}.json", json.dumps(document, ensure_ascii=False, indent=1))

    def titles(self, count: int) -> None:
        for number in range(count):
            self.title(f"t{number:02}")

    # ── the command line ──

    def run(self, *arguments: str) -> Ran:
        """Run a command in this process, in the project's folder."""
        with chdir(self.folder):
            return catalogctl(*arguments)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Run a command as a process of its own, in the project's folder; `environment` is added to ours."""
        return self.start_with(subprocess.DEVNULL, *arguments, **environment)

    def start_with(self, stdin: int, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Run a command that reads its answers from `stdin`."""
        return subprocess.Popen(
            [sys.executable, "-m", "catalogctl", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": IMPORTABLE, **environment},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=listens_to_interrupts,  # noqa: PLW1509 -- a test runner in the background may have had them ignored
        )

    def spawn(self, *arguments: str, **environment: str) -> Ran:
        """Run a command as a process of its own, to its end."""
        return ended(self.start(*arguments, **environment))

    def applied(self, *arguments: str) -> Ran:
        """Apply, make sure that it succeeds, and forget the requests."""
        done = self.run("apply", "--auto-approve", *arguments).ended(0)
        self.sandbox.clear_log()
        return done

    # ── what came of it ──

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        return self.sandbox.requests

    @property
    def writes(self) -> list[LoggedRequest]:
        return [request for request in self.sandbox.requests if request.method not in {"GET", "HEAD"}]

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """What the store holds of ours, by external id."""
        return {str(row["external_id"]): dict(row) for row in self.sandbox.rows() if row["owned"]}

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "state/default.json").read_bytes())
        return found

    @property
    def addresses(self) -> list[str]:
        """What state records."""
        return [entry["address"] for entry in self.state["resources"]]

    def written_files(self) -> Iterator[Path]:
        """List every file below the project's folder."""
        return (path for path in self.folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class Environment:
    """What the environment must say for commands to be as in a log: no colours, 80 columns, the store's key."""

    cache: Path
    values: Mapping[str, str] = field(default_factory=lambda: {"PUBLICALA_TOKEN": TOKEN, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"})

    def items(self) -> list[tuple[str, str]]:
        return [*self.values.items(), ("CATALOGCTL_CACHE_DIR", str(self.cache))]


@contextmanager
def opened(folder: Path, *, token: str | None = TOKEN, **switches: Any) -> Iterator[Shop]:
    """Give a project with no titles yet, over an empty store with both APIs, which converts at once, and these switches."""
    sandbox = PublicalaSandbox(PublicalaSwitches(**{"v3_docs": "A", "conversion_steps": (), **switches}), token=token)
    with SandboxServer({"publicala": sandbox}) as server:
        shop = Shop(folder, sandbox, server)
        shop.project()
        yield shop
        assert server.errors == []


def ended(process: subprocess.Popen[str], timeout: float = 60) -> Ran:
    """Wait for the end of a process and give what it wrote."""
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        process.kill()
    return Ran(process.returncode, out, err)


def until(true: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.01)


def listens_to_interrupts() -> None:
    """Have a process that is about to begin hear interrupts, as one that someone starts does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
