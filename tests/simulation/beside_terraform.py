"""Kill catalogctl and Terraform in the same way, at creations spread over a run, and tell what each still knows: `make kills`.

    python tests/simulation/beside_terraform.py [--kills 25]

Each makes 57 objects, one at a time, and is killed with SIGKILL right after one of them was made, before it hears of it. Then it is run
again with nothing going wrong. Terraform has no provider here, so its objects are lines of a file, each appended by the `local-exec`
of a `terraform_data`: the file never refuses a second line, as a store without unique keys would not. catalogctl's are contents and
tracks on the emulation of publica.la, over a socket. Terraform is measured with its state in a file, which it writes after each object,
and with its state on a server (its `http` backend), to which it writes every 20 seconds and at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from shop import TOKEN
from simulation.killing import CALLS, DECLARED, Instant, killed, named, opened

OBJECTS = sum(DECLARED.values())
FIRST = CALLS - OBJECTS
"""How many requests go before the first creation."""

MAIN = """\
resource "terraform_data" "thing" {
  count = %d
  provisioner "local-exec" {
    command = "sh ./make ${count.index} $PPID"
  }
}
"""

MAKE = """\
echo "$1" >> made
[ -f deadly ] && [ "$(wc -l < made)" -eq "$(cat deadly)" ] && kill -KILL "$2"
exit 0
"""

OFFLINE = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What one kill left."""

    made: int
    """Objects that were there when the process died."""
    known: int | None
    """Of these, how many its state reported for then; `None` when the state was not there or could not be read."""
    doubled: int
    """Objects that are there twice after the next run."""
    runs: int | None
    """Runs with nothing going wrong until a plan was empty; `None` when it never was."""


def of_catalogctl(folder: Path, number: int) -> Aftermath:
    """Kill catalogctl at a creation, counted from 1."""
    with opened(folder) as (shop, store):
        killed(shop, store.trap, Instant.DONE, FIRST + number - 1)
        made = named(store).total()
        listed = shop.spawn("state", "list")
        known = sum("/content/" in line or "/track/" in line for line in listed.out.splitlines()) if listed.code == 0 else None
        runs = None
        for run in range(1, 4):
            shop.spawn("apply", "--auto-approve")
            if shop.spawn("plan", "--detailed-exitcode").code == 0:
                runs = run
                break
        return Aftermath(made, known, named(store).total() - OBJECTS, runs)


def of_terraform(folder: Path, number: int) -> Aftermath:
    """Kill Terraform at a creation, counted from 1; its state is a file beside its configuration."""
    return _of_terraform(folder, number, folder / "terraform.tfstate", "")


def of_terraform_with_a_server(folder: Path, number: int) -> Aftermath:
    """Kill Terraform at a creation, counted from 1; its state is on a server."""
    with _state_server(folder / "kept.tfstate") as url:
        return _of_terraform(folder, number, folder / "kept.tfstate", f'terraform {{\n  backend "http" {{ address = "{url}" }}\n}}\n')


def _of_terraform(folder: Path, number: int, state: Path, backend: str) -> Aftermath:
    (folder / "main.tf").write_text(backend + MAIN % OBJECTS, encoding="utf-8")
    (folder / "make").write_text(MAKE, encoding="utf-8")
    _terraform(folder, "init")
    (folder / "deadly").write_text(str(number), encoding="utf-8")
    _terraform(folder, "apply", "-auto-approve", "-parallelism=1")
    (folder / "deadly").unlink()
    made, known = len(_made(folder)), _known(state)
    runs = None
    for run in range(1, 4):
        _terraform(folder, "apply", "-auto-approve", "-parallelism=1")
        if _terraform(folder, "plan", "-detailed-exitcode") == 0:
            runs = run
            break
    doubled = sum(times - 1 for times in Counter(_made(folder)).values())
    return Aftermath(made, known, doubled, runs)


@contextmanager
def _state_server(kept: Path) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200 if kept.exists() else 404, kept.read_bytes() if kept.exists() else b"")

        def do_POST(self) -> None:
            kept.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(200, b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _terraform(folder: Path, command: str, *options: str) -> int:
    arguments = ["terraform", command, "-input=false", *options]
    return subprocess.run(arguments, cwd=folder, env={**os.environ, **OFFLINE}, capture_output=True, check=False).returncode


def _made(folder: Path) -> list[str]:
    return (folder / "made").read_text(encoding="utf-8").split()


def _known(state: Path) -> int | None:
    try:
        return sum(len(one["instances"]) for one in json.loads(state.read_bytes())["resources"])
    except (OSError, ValueError):
        return None


def _row(tool: str, found: list[Aftermath]) -> str:
    made, known = sum(one.made for one in found), sum(one.known or 0 for one in found)
    empty = sum(not one.known for one in found)
    lost = f"{made - known} of {made} ({(made - known) / made:.0%})"
    most = max((one.runs for one in found if one.runs is not None), default=0)
    never = sum(one.runs is None for one in found)
    runs = f"{most}" if not never else f"{most}; {never} times never"
    return f"| {tool} | {len(found)} | {empty} | {lost} | {sum(one.doubled for one in found)} | {runs} |"


def main() -> None:
    """Kill both, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=25)
    kills = parser.parse_args().kills
    os.environ.update({"PUBLICALA_TOKEN": TOKEN, "COLUMNS": "80", "NO_COLOR": "1"})
    at = [2 + round(one * (OBJECTS - 2) / max(1, kills - 1)) for one in range(kills)]
    sys.stdout.write("| tool | kills | empty states | made, and not in state | doubled by the next runs | most runs to an empty plan |\n")
    sys.stdout.write("| --- | ---: | ---: | ---: | ---: | ---: |\n")
    tools = [("catalogctl", of_catalogctl)]
    if shutil.which("terraform"):
        asked = subprocess.run(["terraform", "version", "-json"], env={**os.environ, **OFFLINE}, capture_output=True, check=True)
        version = json.loads(asked.stdout)["terraform_version"]
        tools += [(f"Terraform {version}", of_terraform), (f"Terraform {version}, state on a server", of_terraform_with_a_server)]
    for tool, kill in tools:
        found = []
        for number in at:
            with tempfile.TemporaryDirectory(prefix="catalogctl-kills-") as name:
                found.append(kill(Path(name), number))
        sys.stdout.write(_row(tool, found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
