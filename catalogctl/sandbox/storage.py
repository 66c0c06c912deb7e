"""Where the embedded emulation of an account keeps its contents."""

from __future__ import annotations

from pathlib import Path

from catalogctl.provider.emulation import Emulator
from catalogctl.sandbox.embedded import EmbeddedSandbox


def contents_path(root: Path, environment: str, account: str) -> Path:
    """Give the file of one account's emulation in one environment of a project."""
    return root / ".catalogctl" / "sandbox" / f"{environment}.{account}.jsonl"


def rename_contents(root: Path, environment: str, account: str, name: str, emulator: Emulator) -> None:
    """Let the contents of an account, where there are any, be those of another name; what that name holds already stays.

    Shapes:  `emulator` is a new one, of the provider of both.
    """
    source, target = contents_path(root, environment, account), contents_path(root, environment, name)
    if not source.exists():
        return
    # The file of a name is made when a command first looks for it: then it holds what a new sandbox does.
    born = emulator.snapshot()
    if not target.exists() or EmbeddedSandbox(target, emulator).snapshot() == born:
        source.replace(target)
