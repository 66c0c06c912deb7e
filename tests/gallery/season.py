"""A season at a publisher's: the sample catalog in the stores, a week of editing in its files, and what others did in the stores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from catalogctl.model.value import digest
from catalogctl.provider import discovery
from catalogctl.sandbox import EmbeddedSandbox
from catalogctl.sandbox.storage import contents
from shop import IMPORTABLE

SAMPLE = Path(__file__).parents[2]
HOSTILE = """\
  <p>Forty-four poems about rooms with the window open, and one about a door.</p>
  <script>document.title = "owned"</script>
  <p><img src="x" onerror="document.title = 'owned'">Read <a href="javascript:document.title='owned'">a page</a>.</p>
"""
CAMPAIGN = """\
    lifecycle: {ignore_changes: [{path: prices.ARS, reason: the store runs a campaign, until: 2099-12-31}]}
"""
MOVED = """\
moved:
  - {from: store/content/tomasa-y-el-tren-de-papel.print, to: store/content/tomasa-y-el-tren-de-papel.hardback}
"""
NEW = "pajarera/el-zorro-que-contaba-estrellas.yaml"


def command(folder: Path, *arguments: str, code: int) -> str:
    """Run a command as a process of its own: where Playwright is at work, this one has an event loop already. Gives what it printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "catalogctl", *arguments], cwd=folder, env=environ(), capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran.stdout


def environ() -> dict[str, str]:
    """Give an environment in which only what is here can be had, and nothing of the user's own."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CATALOGCTL_")}
    path = os.pathsep.join(filter(None, (IMPORTABLE, os.environ.get("PYTHONPATH"))))
    dated = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-03-02T09:00:00Z")
    return ours | {"PYTHONPATH": path, "CATALOGCTL_CACHE_DIR": "", "CATALOGCTL_ACTOR": "ana"} | dated


def opened(folder: Path) -> None:
    """Copy the sample catalog, all but a book that is to come, make the embedded stores hold it, and commit it."""
    for name in ("catalog", "catalogctl.yaml"):
        source = SAMPLE / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    shutil.rmtree(folder / "catalog/samples")  # of a price of zero enough is said elsewhere
    (folder / "catalog" / NEW).unlink()
    command(folder, "apply", "--auto-approve", "--parallelism", "1", code=0)
    for step in (["init", "--quiet"], ["add", "catalog"], ["-c", "user.name=e", "-c", "user.email=e@example.com", "commit", "-qm", "1"]):
        subprocess.run(["git", *step], cwd=folder, env=environ(), check=True)


def edited(folder: Path) -> None:
    """Do what editors do in a week, and some of what they should not."""
    catalog = folder / "catalog"
    azul = catalog / "clasicos/azul.yaml"
    _replace(azul, "{USD: 1.99, EUR: 1.99, GTQ: 15.00, HNL: 49.00, CLP: 1990}", "{USD: 2.49, EUR: 1.49, HNL: 52.00, CLP: 2190, MXN: 39.00}")
    _replace(azul, "un libro pequeño de cuentos y versos", "un libro breve de cuentos y de versos")
    _replace(azul, "<em>la carta-prólogo de Juan Valera</em>", "<strong>la carta-prólogo de Juan Valera</strong>, anotada")
    _replace(azul, "keywords: [modernismo, poesía, cuentos, Nicaragua]", "keywords: [modernismo, poesía, relatos, Nicaragua, Rubén Darío]")
    assets = catalog / "clasicos/assets"
    shutil.copy(assets / "martin-fierro.jpg", assets / "azul.jpg")
    weather = catalog / "saltmarsh/small-weather.yaml"
    _replace(weather, "  <p>Forty-four poems about rooms with the window open.</p>\n", HOSTILE)
    porto = catalog / "mare-alta/noite-no-porto-livre.yaml"
    _replace(porto, "categories: [Policial]}", "categories: [Policial], countries: [Brazil, Portugal, Cape Verde]}")
    (catalog / "saltmarsh/the-tidewrights-ledger.yaml").unlink()
    shutil.copy(SAMPLE / "catalog" / NEW, catalog / NEW)
    shutil.copy(catalog / "ribera/assets/doce-lunas-en-el-salar-01.mp3", catalog / "ribera/assets/la-casa-de-las-mareas.mp3")
    tomasa = catalog / "pajarera/tomasa-y-el-tren-de-papel.yaml"
    _replace(tomasa, "\n  print:\n", "\n  hardback:\n")
    tomasa.write_text(tomasa.read_text(encoding="utf-8") + MOVED, encoding="utf-8")
    orgullo = catalog / "clasicos/orgullo-y-prejuicio.yaml"
    orgullo.write_text(orgullo.read_text(encoding="utf-8") + CAMPAIGN, encoding="utf-8")


def meddled(folder: Path) -> None:
    """Do what someone does in a store's own panel: a campaign that is known of, and a description that no one was reported of."""
    store = _store(folder)
    store.edit("9788417999407", prices={"ARS": "2900.00", "MXN": "59.00", "COP": "12900.00", "EUR": "2.99", "USD": "2.99"})
    store.edit("9788417999254", description="<p>¡Oferta de verano! El poema completo, en sus dos partes.</p>")
    store.close()


def promoted(folder: Path) -> None:
    """Rename a book in the store's own panel, while a plan that is about it waits for its review."""
    store = _store(folder)
    store.edit("9786584217256", name="Noite no porto livre (promoção)")
    store.close()


def runs(folder: Path) -> dict[str, str]:
    """Give each run of apply the id that pictures have for it."""
    known = reversed(json.loads(command(folder, "history", "--format", "json", code=0)))
    return {one["run"]["id"]: digest([number])[:8] for number, one in enumerate(known)}


def broken(folder: Path) -> None:
    """Make the mistakes that people make."""
    catalog = folder / "catalog"
    _replace(catalog / "clasicos/azul.yaml", 'isbn: "9788417999070"', 'isbn: "9788417999071"')
    _replace(catalog / "clasicos/azul.yaml", "keywords:", "keyword:")
    _replace(catalog / "saltmarsh/small-weather.yaml", "title: Small Weather", "title: Small Weather\nlanguage: englisch")
    _replace(
        catalog / "ribera/la-casa-de-las-mareas.yaml", "{USD: 12.99, EUR: 11.99, MXN: 229.00}", "{USD: 12.99, EURO: 11.99, MXN: 229.00}"
    )
    _replace(catalog / "clasicos/martin-fierro.yaml", "content: assets/martin-fierro.epub", "content: assets/martin-fiero.epub")


def _store(folder: Path) -> EmbeddedSandbox:
    return EmbeddedSandbox(*contents(folder, "default", "store"), discovery.emulator("publicala"))


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{path} does not say {before!r}"
    path.write_text(text.replace(before, after), encoding="utf-8")
