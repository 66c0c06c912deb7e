"""Where the embedded emulation of an account keeps its contents."""

from __future__ import annotations

from pathlib import Path

from catalogctl.provider.emulation import Emulator
from catalogctl.sandbox.embedded import EmbeddedSandbox
from catalogctl.system.safe_folder import SafeFolder


def contents(root: Path, environment: str, account: str) -> tuple[SafeFolder, str]:
    """Return the folder and the name of the file of one account's emulation in one environment of a project."""
    return SafeFolder(root, ".catalogctl", "sandbox"), f"{environment}.{account}.jsonl"


def rename_contents(root: Path, environment: str, account: str, name: str, emulator: Emulator) -> None:
    """Let the contents of an account, where there are any, be those of another name; what that name holds already stays.

    Shapes:  `emulator` is a new one, of the provider of both.
    """
    (folder, source), (_, target) = contents(root, environment, account), contents(root, environment, name)
    there = folder.names()
    if source not in there:
        return
    # The file of a name is made when a command first looks for it: then it holds what a new sandbox does.
    born = emulator.snapshot()
    if target not in there or EmbeddedSandbox(folder, target, emulator).snapshot() == born:
        folder.rename(source, target)
