"""A season at a publisher's: the sample catalog as the stores have it, and then a week of editing in its files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from shop import IMPORTABLE

SAMPLE = Path(__file__).parents[2]
HOSTILE = """\
  <p>Forty-four poems about rooms with the window open, and one about a door.</p>
  <script>document.title = "owned"</script>
  <p><img src="x" onerror="document.title = 'owned'">Read <a href="javascript:document.title='owned'">a page</a>.</p>
"""


def command(folder: Path, *arguments: str, code: int) -> None:
    """Run a command as a process of its own: where Playwright is at work, this one has an event loop already."""
    path = os.pathsep.join(filter(None, (IMPORTABLE, os.environ.get("PYTHONPATH"))))
    ran = subprocess.run(
        [sys.executable, "-m", "catalogctl", "-C", str(folder), *arguments],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stdout + ran.stderr


def opened(folder: Path) -> None:
    """Copy the sample catalog, and make the embedded stores hold it."""
    for name in ("catalog", "catalogctl.yaml"):
        source = SAMPLE / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    command(folder, "apply", "--auto-approve", code=0)


def edited(folder: Path) -> None:
    """Do what editors do in a week, and some of what they should not."""
    catalog = folder / "catalog"
    azul = catalog / "clasicos/azul.yaml"
    _replace(azul, "{USD: 1.99, EUR: 1.99, GTQ: 15.00, HNL: 49.00, CLP: 1990}", "{USD: 2.49, EUR: 1.49, HNL: 52.00, CLP: 2190, MXN: 39.00}")
    _replace(azul, "un libro pequeño de cuentos y versos", "un libro breve de cuentos y de versos")
    _replace(azul, "<em>la carta-prólogo de Juan Valera</em>", "<strong>la carta-prólogo de Juan Valera</strong>, anotada")
    _replace(azul, "keywords: [modernismo, poesía, cuentos, Nicaragua]", "keywords: [modernismo, poesía, relatos, Nicaragua, Rubén Darío]")
    shutil.copy(catalog / "clasicos/assets/azul.jpg", catalog / "clasicos/assets/azul-2020.jpg")
    shutil.copy(catalog / "clasicos/assets/martin-fierro.jpg", catalog / "clasicos/assets/azul.jpg")
    weather = catalog / "saltmarsh/small-weather.yaml"
    _replace(weather, "  <p>Forty-four poems about rooms with the window open.</p>\n", HOSTILE)
    porto = catalog / "mare-alta/noite-no-porto-livre.yaml"
    _replace(porto, "categories: [Policial]}", "categories: [Policial], countries: [Brazil, Portugal, Cape Verde]}")
    (catalog / "saltmarsh/the-tidewrights-ledger.yaml").unlink()


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{path} does not say {before!r}"
    path.write_text(text.replace(before, after), encoding="utf-8")
