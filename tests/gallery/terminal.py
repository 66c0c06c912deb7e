"""What a command prints on a terminal: as text, and as an SVG that loads nothing from anywhere."""

from __future__ import annotations

import io
import re
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.text import Text

from gallery.season import environ

_FONT_FACE = re.compile(r"\s*@font-face\s*\{[^}]*\}")
_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_WHEN = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?(?= by| UTC|  )")
_TOOK = re.compile(r"(?<![\d.])\d+\.\d+ s\b|(?<=in )\d+ s\b")


def printed(
    command: Sequence[str], folder: Path, width: int, runs: Mapping[str, str] = MappingProxyType({}), *, problems: bool = False
) -> str:
    """Run a command as if on a terminal of that width, and give what it printed, colours and all.

    Shapes:  what it prints on stderr is there only if `problems` are asked for, and then alone. Its exit code is not judged. How long
             something took is reported as 0.4 s, whatever it was, and when it began as one moment; `runs` has the ids that are reported of
             runs: a picture that is made again is the same.
    """
    coloured = environ() | {"FORCE_COLOR": "1", "COLUMNS": str(width), "PYTHONIOENCODING": "utf-8"}
    coloured.pop("NO_COLOR", None)
    ran = subprocess.run(command, cwd=folder, env=coloured, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False)
    text = _TOOK.sub("0.4 s", ran.stderr if problems else ran.stdout)
    text = _WHEN.sub(lambda found: f"2026-03-02 09:30{':00' if found[1] else ''}", text)
    for known, told in runs.items():
        text = text.replace(known, told)
    return re.sub(rf"(on {{3,}}\S*?){re.escape(socket.gethostname())}$", r"\1desk", text, flags=re.MULTILINE)


def drawn(text: str, width: int, title: str) -> str:
    """Draw text with ANSI colours as an SVG; the same text gives the same bytes."""
    console = Console(record=True, file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor", legacy_windows=False)
    console.print(Text.from_ansi(text.rstrip("\n")), no_wrap=True, overflow="ignore", crop=False)
    svg = _FONT_FACE.sub("", console.export_svg(title=title))
    svg = svg.replace("Fira Code, monospace", _FONTS).replace("font-family: arial", "font-family: sans-serif")
    assert "url(http" not in svg, "rich's SVG template has changed: the picture would load something from outside"
    assert "@import" not in svg, "rich's SVG template has changed: the picture would load something from outside"
    return "".join(line.rstrip() + "\n" for line in svg.splitlines())
