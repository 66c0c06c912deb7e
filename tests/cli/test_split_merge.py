"""split and merge: editions go to another title, and every fact, key and object stays."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

import small
from catalogctl.editing import regroup
from catalogctl.editing.write_files import Edited, complete, digest, encoded, write_all
from catalogctl.model.diagnostics import CatalogError
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.providers.publishdrive.sandbox import PublishdriveSandbox
from catalogctl.sandbox import SandboxServer
from catalogctl.system.safe_folder import SafeFolder
from shop import TOKEN, Ran, catalogctl

SAMPLE = Path(__file__).parents[2] / "catalog/ribera/assets/noche-en-el-puerto-libre.epub"
PROJECT = """\
version: 1
accounts:
  store: {{provider: publicala, base_url: "{store}", token: "${{env:PUBLICALA_TOKEN}}", consistency_window: 0s}}
  drive: {{provider: publishdrive, base_url: "{drive}", api_key: "${{env:THE_KEY}}", requests_per_minute: 100000}}
assets:
  publish: {{type: directory, url: public/, base_url: https://files.example.com/}}
"""
FARO = """\
# the lighthouse
kind: title
id: faro
title: El faro  # as on the cover
language: es
contributors: [{name: Ana Ruiz, role: author}]
publisher: Casa
publication_date: 2021-03-04
description: Un faro.
subjects: {bisac: [FIC019000]}
territories: [ALL]
editions:
  # read on a screen
  epub:
    format: epub
    prices: {USD: 9.90}  # since spring
    files: {content: https://files.example.com/faro.epub}
    publish: {store: {}}
  # for bookshops
  ebook:
    format: epub
    isbn: "9781234567897"
    prices: {USD: 8.50, EUR: 8.00}  # agreed
    files: {content: assets/faro-2.epub}
    publish:
      store: {title: El faro (librerías)}
      drive: {}  # since May
"""
NEW = """\
# the lighthouse
kind: title
id: luz
title: El faro  # as on the cover
language: es
contributors: [{name: Ana Ruiz, role: author}]
publisher: Casa
publication_date: 2021-03-04
description: Un faro.
subjects: {bisac: [FIC019000]}
territories: [ALL]
editions:
  # for bookshops
  ebook:
    format: epub
    isbn: "9781234567897"
    prices: {USD: 8.50, EUR: 8.00}  # agreed
    files: {content: assets/faro-2.epub}
    publish:
      store: {title: El faro (librerías)}
      drive: {}  # since May
"""
LEFT = FARO[: FARO.index("  # for bookshops")]
SOL = """\
kind: title
id: sol
title: El sol
language: es
contributors: [{name: Ana Ruiz, role: author}]
publisher: Otra casa
publication_date: 2021-03-04
series: {name: Astros, number: "1"}
editions:
    pdf:
        format: pdf
        prices: {USD: 5.00}
        files: {content: https://files.example.com/sol.pdf}
        publish: {store: {}}
"""


class Shops:
    """A project over a store of each of two providers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "catalog/assets").mkdir(parents=True)
        copyfile(SAMPLE, folder / "catalog/assets/faro-2.epub")

    def run(self, *arguments: str) -> Ran:
        with chdir(self.folder):
            return catalogctl(*arguments)

    def write(self, name: str, text: str) -> None:
        (self.folder / "catalog" / name).write_text(text, encoding="utf-8")

    def text(self, name: str) -> str:
        return (self.folder / "catalog" / name).read_text(encoding="utf-8")

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "catalog").iterdir() if path.is_file())

    @property
    def objects(self) -> dict[str, str]:
        """What state records: address → the store's id."""
        found = json.loads((self.folder / "state/default.json").read_bytes())
        return {entry["address"]: entry["id"] for entry in found["resources"]}

    def is_settled(self) -> bool:
        self.run("validate").ended(0)
        return "No changes" in self.run("plan", "--detailed-exitcode").ended(0).out


@pytest.fixture
def shops(tmp_path: Path, piped: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shops]:  # noqa: ARG001 -- a fixture that needs another
    monkeypatch.setenv("THE_KEY", "key-5ecret")
    monkeypatch.setenv("PUBLICALA_TOKEN", TOKEN)
    store = PublicalaSandbox(PublicalaSwitches(v3_docs="A", conversion_steps=()), token=TOKEN)
    with SandboxServer({"publicala": store, "publishdrive": PublishdriveSandbox()}) as server:
        one = Shops(tmp_path)
        project = PROJECT.format(store=server.url("publicala"), drive=server.url("publishdrive"))
        (tmp_path / "catalogctl.yaml").write_text(project, encoding="utf-8")
        yield one


@pytest.fixture
def applied(shops: Shops) -> Shops:
    shops.write("faro.yaml", FARO)
    shops.write("sol.yaml", SOL)
    shops.run("apply", "--auto-approve").ended(0)
    assert shops.is_settled()
    return shops


def renamed(objects: dict[str, str], old: str, new: str) -> dict[str, str]:
    return {address.replace(old, new): id_ for address, id_ in objects.items()}


def test_a_split_writes_a_title_beside_and_keeps_every_object(applied: Shops) -> None:
    before = applied.objects
    done = applied.run("split", "faro", "luz", "ebook", "--yes").ended(0)
    assert "3 resources renamed in state" in done.out
    assert applied.text("luz.yaml") == NEW
    assert applied.text("faro.yaml") == LEFT
    assert len(before) == 5
    assert applied.objects == renamed(before, "faro.ebook", "luz.ebook")
    assert applied.is_settled()


def test_a_split_writes_down_a_key_made_of_the_old_name(applied: Shops) -> None:
    before = applied.objects
    done = applied.run("split", "faro", "luz", "epub", "--yes").ended(0)
    assert "faro.epub by the old name: it is kept as external_id" in " ".join(done.out.split())
    assert "  # read on a screen\n  epub:\n    format: epub\n    external_id: faro-epub\n" in applied.text("luz.yaml")
    assert "read on a screen" not in applied.text("faro.yaml")
    assert applied.objects == renamed(before, "faro.epub", "luz.epub")
    assert applied.is_settled()


def test_a_split_can_leave_the_state_to_an_apply(applied: Shops) -> None:
    before = applied.objects
    applied.run("split", "faro", "luz", "ebook", "--moved", "--yes").ended(0)
    assert "moved: [{from: faro.ebook, to: luz.ebook}]" in applied.text("luz.yaml")
    assert applied.objects == before
    assert applied.is_settled()
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.objects == renamed(before, "faro.ebook", "luz.ebook")
    assert applied.is_settled()


def test_a_merge_says_once_what_both_say_and_keeps_every_object(applied: Shops) -> None:
    before = applied.objects
    done = applied.run("merge", "faro", "sol", "--yes").ended(0)
    assert "4 resources renamed in state" in done.out
    assert applied.files == ["sol.yaml"]
    text = applied.text("sol.yaml")
    assert text.startswith(SOL)
    came = text.removeprefix(SOL)
    for line in (
        "    # read on a screen\n    epub:\n      format: epub\n",
        "      external_id: faro-epub\n",
        "      title: El faro\n",
        "      publisher: Casa\n",
        "      series: null\n",
        "      prices: {USD: 9.90}  # since spring\n",
        "        drive: {}  # since May\n",
    ):
        assert line in came
    for line in ("language", "contributors", "publication_date"):
        assert line not in came
    assert applied.objects == renamed(before, "/faro.", "/sol.")
    assert applied.is_settled()


def test_a_merge_can_leave_the_state_to_an_apply(applied: Shops) -> None:
    before = applied.objects
    applied.run("merge", "faro", "sol", "--moved", "--yes").ended(0)
    assert "moved: [{from: faro, to: sol}]\n" in applied.text("sol.yaml")
    assert applied.objects == before
    assert applied.is_settled()
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.objects == renamed(before, "/faro.", "/sol.")
    assert applied.is_settled()


def test_a_block_that_leads_to_the_title_is_followed(applied: Shops) -> None:
    before = applied.objects
    applied.run("mv", "faro", "luz", "--moved", "--yes").ended(0)
    applied.run("split", "luz", "mar", "ebook", "--yes").ended(0)
    assert applied.is_settled()
    applied.run("merge", "luz", "sol", "--yes").ended(0)
    assert applied.is_settled()
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.objects == renamed(renamed(before, "faro.ebook", "mar.ebook"), "/faro.", "/sol.")
    assert applied.is_settled()


def test_what_was_split_can_be_merged_again(applied: Shops) -> None:
    applied.run("split", "faro", "luz", "ebook", "--yes").ended(0)
    applied.run("merge", "luz", "faro", "--yes").ended(0)
    assert applied.text("faro.yaml") == FARO
    assert applied.files == ["faro.yaml", "sol.yaml"]
    assert applied.is_settled()


def test_what_was_split_and_merged_by_blocks_leaves_no_circle(applied: Shops) -> None:
    before = applied.objects
    applied.run("split", "faro", "luz", "ebook", "--moved", "--yes").ended(0)
    applied.run("merge", "luz", "faro", "--moved", "--yes").ended(0)
    assert applied.is_settled()
    applied.run("split", "faro", "luz", "ebook", "--moved", "--yes").ended(0)
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.is_settled()
    assert sorted(applied.objects.values()) == sorted(before.values())


def test_a_title_in_json_is_split_and_merged(shops: Shops) -> None:
    edition = {"format": "epub", "prices": {"USD": 9.9}, "files": {"content": "https://files.example.com/a.epub"}, "publish": {"store": {}}}
    said: dict[str, Any] = {"kind": "title", "id": "faro", "title": "El faro", "language": "es", "publication_date": "2021-03-04"}
    said["contributors"] = [{"name": "Ana Ruiz", "role": "author"}]
    shops.write("faro.json", json.dumps({**said, "editions": {"epub": edition, "two": edition}}, indent=2) + "\n")
    shops.write("sol.yaml", SOL)
    shops.run("apply", "--auto-approve").ended(0)
    before = shops.objects
    shops.run("split", "faro", "luz", "two", "--yes").ended(0)
    assert json.loads(shops.text("luz.json")) == {**said, "id": "luz", "editions": {"two": {**edition, "external_id": "faro-two"}}}
    assert json.loads(shops.text("faro.json")) == {**said, "editions": {"epub": edition}}
    assert shops.is_settled()
    shops.run("merge", "luz", "faro", "--yes").ended(0)
    shops.run("merge", "faro", "sol", "--yes").ended(0)
    assert shops.files == ["sol.yaml"]
    assert shops.objects == renamed(before, "/faro.", "/sol.")
    assert shops.is_settled()


def test_titles_in_one_file_are_merged_and_the_others_stay(shops: Shops) -> None:
    third = SOL.replace("id: sol", "id: mar").replace("pdf:", "other:")
    shops.write("all.yaml", f"{FARO}---\n{SOL}---\n{third}")
    shops.run("apply", "--auto-approve").ended(0)
    before = shops.objects
    shops.run("merge", "faro", "mar", "--yes").ended(0)
    assert shops.text("all.yaml").startswith(f"---\n{SOL}---\n{third}")
    assert shops.objects == renamed(before, "/faro.", "/mar.")
    assert shops.is_settled()
    shops.run("split", "mar", "luz", "ebook", "--yes").ended(0)
    assert shops.text("luz.yaml").startswith("kind: title\nid: luz\n")
    assert shops.is_settled()


def test_mappings_that_differ_are_taken_apart_and_stay_what_they_are(shops: Shops) -> None:
    shops.write("defaults.yaml", "kind: defaults\npublisher: Casa\nsubjects: {thema: [FB]}\n")
    shops.write("faro.yaml", FARO.replace("publisher: Casa\n", ""))
    shops.write("sol.yaml", SOL.replace("series:", "subjects: {bisac: [FIC000000], thema: [FBA]}\nseries:"))
    shops.run("apply", "--auto-approve").ended(0)
    shops.run("merge", "faro", "sol", "--yes").ended(0)
    came = shops.text("sol.yaml")
    assert "      subjects: {bisac: [FIC019000], thema: [FB]}\n" in came
    assert "      publisher: Casa\n" in came
    assert shops.is_settled()


def test_warnings_that_were_read_stay_read(applied: Shops) -> None:
    read = "[{code: name-comma, reason: as printed, until: 2999-01-31}]"
    applied.write("faro.yaml", FARO.replace("editions:", f"acknowledge: {read}\neditions:"))
    applied.run("merge", "faro", "sol", "--yes").ended(0)
    assert applied.text("sol.yaml").count(f"      acknowledge: {read}\n") == 2
    assert applied.is_settled()


def test_the_record_reference_of_a_feed_stays(applied: Shops) -> None:
    project = applied.folder / "catalogctl.yaml"
    project.write_text(f"{project.read_text()}onix: {{sender: Casa, namespace: com.casa}}\n")
    applied.run("split", "faro", "luz", "ebook", "--yes").ended(0)
    assert "    onix: {reference: com.casa.faro.ebook}\n" in applied.text("luz.yaml")
    assert "onix" not in applied.text("faro.yaml")
    applied.run("mv", "luz", "mar", "--yes").ended(0)
    applied.run("merge", "mar", "sol", "--yes").ended(0)
    assert "onix: {reference: com.casa.faro.ebook}\n" in applied.text("sol.yaml")
    applied.run("mv", "sol.pdf", "sol.book", "--yes").ended(0)
    assert "onix: {reference: com.casa.sol.pdf}\n" in applied.text("sol.yaml")
    assert applied.is_settled()


@pytest.mark.parametrize("command", [("split", "faro", "luz", "ebook"), ("merge", "faro", "sol")], ids=" ".join)
def test_nothing_is_written_without_agreement(applied: Shops, command: tuple[str, ...]) -> None:
    before = applied.objects
    applied.run(*command).ended(1)
    assert "for bookshops" in applied.run(*command, "--diff").ended(0).out
    applied.run(*command, "--check").ended(1)
    assert (applied.files, applied.text("faro.yaml"), applied.text("sol.yaml")) == (["faro.yaml", "sol.yaml"], FARO, SOL)
    assert applied.objects == before


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("split", "farro", "luz", "ebook"), "Did you mean faro?"),
        (("split", "faro", "sol", "ebook"), "catalogctl merge faro sol"),
        (("split", "faro", "luz", "ebok"), "Did you mean ebook?"),
        (("split", "faro", "luz", "ebook", "epub"), "catalogctl mv faro luz"),
        (("split", "faro", "Luz", "ebook"), "is not"),
        (("split", "faro", "../luz", "ebook"), "is not"),
        (("merge", "faro", "soll"), "Did you mean sol?"),
        (("merge", "faro", "faro"), "cannot become part of itself"),
    ],
)
def test_what_cannot_be_done_is_refused(applied: Shops, command: tuple[str, ...], told: str) -> None:
    assert told in " ".join(applied.run(*command, "--yes").ended(1).err.split())
    assert (applied.files, applied.text("faro.yaml")) == (["faro.yaml", "sol.yaml"], FARO)


def test_an_edition_of_both_titles_is_refused_until_it_is_renamed(applied: Shops) -> None:
    applied.write("mar.yaml", SOL.replace("id: sol", "id: mar"))
    refused = " ".join(applied.run("merge", "mar", "sol", "--yes").ended(1).err.split())
    assert "mar and sol both have an edition `pdf`" in refused
    assert "catalogctl mv mar.pdf mar.pdf-2" in refused
    applied.run("mv", "mar.pdf", "mar.pdf-2", "--yes").ended(0)
    applied.run("merge", "mar", "sol", "--yes").ended(0)
    assert applied.files == ["faro.yaml", "sol.yaml"]


def test_a_merge_into_another_folder_takes_what_its_defaults_say_and_its_files_along(applied: Shops) -> None:
    (applied.folder / "catalog/old").mkdir()
    applied.write(
        "old/defaults.yaml", "kind: defaults\nlanguage: pt\nedition: {pages: 120, publish: {store: {categories: [Mar]}, drive: false}}\n"
    )
    mar = FARO.replace("id: faro", "id: mar").replace("language: es\n", "").replace("9781234567897", "9783161484100")
    applied.write(
        "old/mar.yaml",
        mar.replace("assets/faro-2.epub", "../assets/faro-2.epub").replace("  epub:\n", "  text:\n").replace("  ebook:\n", "  book:\n"),
    )
    applied.run("apply", "--auto-approve").ended(0)
    before = applied.objects
    applied.run("merge", "mar", "faro", "--yes").ended(0)
    assert applied.is_settled()
    assert applied.objects == renamed(before, "mar.", "faro.")
    said = applied.text("faro.yaml")
    assert said.count("content: assets/faro-2.epub") == 2
    assert said.count("pages: 120") == said.count("language: pt") == 2
    assert "  # for bookshops\n  book:\n" in said


def test_a_merge_that_would_change_an_edition_is_refused(applied: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    (applied.folder / "catalog/old").mkdir()
    (applied.folder / "catalog/old/assets").mkdir()
    copyfile(SAMPLE, applied.folder / "catalog/old/assets/mar.epub")
    mar = SOL.replace("id: sol", "id: mar").replace("pdf:", "epub:").replace("format: pdf", "format: epub")
    applied.write("old/mar.yaml", mar.replace("https://files.example.com/sol.pdf", "assets/mar.epub"))
    (applied.folder / "catalog/assets/mar.epub").write_bytes(small.epub())
    # As if the files kept their names: the same text is another file from the other folder.
    monkeypatch.setattr(regroup, "_readdress_files", lambda *_: None)
    refused = " ".join(applied.run("merge", "mar", "sol", "--yes").ended(1).err.split())
    assert "Other than now would be: mar.epub content" in refused
    assert applied.text("sol.yaml") == SOL


SHARED = """\
kind: title
id: rio
title: El río
language: es
editions:
  epub:
    format: epub
    isbn: "9781234567897"
    files: {content: assets/faro-2.epub, cover: assets/rio.jpg}
    publish: {pub: {product: 4711, distribution: {enabled: true, channels: {kobo: true}}}}
  pdf:
    format: pdf
    external_id: rio-pdf
    files: {content: assets/rio.pdf, cover: assets/rio.jpg}
    publish:
      pub:
        product: 4711
        distribution: {enabled: true}
"""
"""Two editions on one product of Open Publishing: they have one cover and one switch together."""


def test_editions_that_declare_one_object_together_are_parted_once_one_of_them_takes_it_back(shops: Shops) -> None:
    (shops.folder / "catalogctl.yaml").write_text("version: 1\naccounts: {pub: {provider: openpublishing, base_url: sandbox}}\n")
    (shops.folder / "catalog/assets/rio.pdf").write_bytes(small.pdf())
    (shops.folder / "catalog/assets/rio.jpg").write_bytes(small.jpeg())
    shops.write("rio.yaml", SHARED)
    shops.run("apply", "--auto-approve").ended(0)
    before = shops.objects
    for edition in ("pdf", "epub"):
        refused = shops.run("split", "rio", "mar", edition, "--yes").ended(1).err
        assert "both declare cover_marketing of 4711 on pub" in " ".join(refused.split())
        hint = [line.strip() for line in refused.splitlines()]
        at = hint.index("On rio.pdf, write")
        assert hint[at + 1 : at + 5] == ["publish:", "pub:", "files: {cover: null}", "distribution: null"]
    shops.write(
        "rio.yaml", SHARED.replace("        distribution: {enabled: true}\n", "        distribution: null\n        files: {cover: null}\n")
    )
    assert shops.is_settled()
    shops.run("split", "rio", "mar", "pdf", "--yes").ended(0)
    assert shops.objects == renamed(before, "rio.pdf", "mar.pdf")
    assert shops.is_settled()
    shops.run("merge", "mar", "rio", "--yes").ended(0)
    assert shops.objects == before
    assert shops.is_settled()


def test_a_file_that_is_in_the_way_is_left_alone(applied: Shops) -> None:
    applied.write("luz.yaml", "kind: defaults\n")
    assert "luz.yaml is there already" in " ".join(applied.run("split", "faro", "luz", "ebook", "--yes").ended(1).err.split())
    assert (applied.text("luz.yaml"), applied.text("faro.yaml")) == ("kind: defaults\n", FARO)


def test_an_edit_that_was_cut_off_is_completed_with_its_new_and_its_removed_files(applied: Shops) -> None:
    before = {"catalog/luz.yaml": b"", "catalog/sol.yaml": SOL.encode(), "catalog/faro.yaml": FARO.encode()}
    after = {"catalog/luz.yaml": NEW.encode(), "catalog/sol.yaml": b"", "catalog/faro.yaml": LEFT.encode()}
    rows = [{"path": path, "before": digest(data), "after": encoded(after[path])} for path, data in before.items()]
    applied.write("faro.yaml", LEFT)
    (applied.folder / ".catalogctl").mkdir(exist_ok=True)
    (applied.folder / ".catalogctl/edit.json").write_text(json.dumps(rows), encoding="utf-8")
    complete(applied.folder, lambda _: None)
    assert (applied.files, applied.text("luz.yaml"), applied.text("faro.yaml")) == (["faro.yaml", "luz.yaml"], NEW, LEFT)
    assert not (applied.folder / ".catalogctl/edit.json").exists()


def test_files_are_made_and_removed_together_or_not_at_all(applied: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [Edited("catalog/luz.yaml", b"", NEW.encode()), Edited("catalog/sol.yaml", SOL.encode(), b"")]
    edits.append(Edited("catalog/faro.yaml", FARO.encode(), LEFT.encode()))
    whole = SafeFolder.write

    def write(folder: SafeFolder, name: str, *rest: Any) -> Any:
        if name == "faro.yaml":
            raise OSError(errno.ENOSPC, "no space left")
        return whole(folder, name, *rest)

    with monkeypatch.context() as full:
        full.setattr(SafeFolder, "write", write)
        with pytest.raises(CatalogError) as failed:
            write_all(applied.folder, edits)
    assert "no space left" in failed.value.diagnostics[0].detail
    assert (applied.files, applied.text("sol.yaml"), applied.text("faro.yaml")) == (["faro.yaml", "sol.yaml"], SOL, FARO)
    write_all(applied.folder, edits)
    assert (applied.files, applied.text("luz.yaml"), applied.text("faro.yaml")) == (["faro.yaml", "luz.yaml"], NEW, LEFT)


def test_a_file_that_someone_made_meanwhile_is_left_alone(applied: Shops) -> None:
    with pytest.raises(CatalogError) as failed:
        write_all(applied.folder, [Edited("catalog/sol.yaml", b"", NEW.encode())])
    assert "changed while it was being edited" in failed.value.diagnostics[0].detail
    assert applied.text("sol.yaml") == SOL
