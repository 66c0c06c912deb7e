"""mv, moved blocks of whole titles, and new."""

from __future__ import annotations

import pytest

from shop import Shop

TITLE = """\
# the lighthouse
kind: title
id: faro
title: El faro
language: es
contributors: [{name: Ana Ruiz, role: author}]
publication_date: 2021-03-04
editions:
  epub:
    format: epub
    prices: {USD: 9.90}  # by hand
    files: {content: https://files.example.com/faro.epub}
    publish: {store: {}}
"""


@pytest.fixture
def applied(shop: Shop) -> Shop:
    shop.project()
    shop.write("catalog/faro.yaml", TITLE)
    shop.run("apply", "--auto-approve").ended(0)
    return shop


def text(shop: Shop) -> str:
    return (shop.folder / "catalog/faro.yaml").read_text(encoding="utf-8")


def test_a_title_is_renamed_in_its_file_and_in_the_state(applied: Shop) -> None:
    done = applied.run("mv", "faro", "luz", "--yes").ended(0)
    assert "1 resource renamed in state" in done.out
    assert "by the old name: it is kept as external_id" in " ".join(done.out.split())
    pinned = TITLE.replace("id: faro\n", "id: luz\n").replace("    format: epub\n", "    format: epub\n    external_id: faro-epub\n")
    assert text(applied) == pinned
    assert applied.run("state", "list").out.startswith("store/content/luz.epub")
    assert "No changes" in applied.run("plan", "--detailed-exitcode").ended(0).out


def test_an_edition_is_renamed(applied: Shop) -> None:
    applied.run("mv", "faro.epub", "faro.ebook", "--yes").ended(0)
    assert "  ebook:\n    format: epub\n    external_id: faro-epub\n" in text(applied)
    assert "No changes" in applied.run("plan", "--detailed-exitcode").ended(0).out


def test_the_block_leaves_the_state_to_an_apply(applied: Shop) -> None:
    applied.run("mv", "faro", "luz", "--moved", "--yes").ended(0)
    assert text(applied).endswith("moved: [{from: faro, to: luz}]\n")
    assert applied.run("state", "list").out.startswith("store/content/faro.epub")
    applied.run("mv", "luz", "sol", "--yes").ended(0)
    assert text(applied).endswith("moved: [{from: faro, to: luz}, {from: luz, to: sol}]\n")
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.run("state", "list").out.startswith("store/content/sol.epub")
    assert "No changes" in applied.run("plan", "--detailed-exitcode").ended(0).out


def test_a_rename_that_is_taken_back_leaves_no_circle(applied: Shop) -> None:
    applied.run("mv", "faro", "luz", "--moved", "--yes").ended(0)
    applied.run("mv", "luz", "faro", "--moved", "--yes").ended(0)
    assert text(applied).endswith("moved: [{from: luz, to: faro}]\n")
    assert "No changes" in applied.run("plan", "--detailed-exitcode").ended(0).out
    applied.run("mv", "faro.epub", "faro.ebook", "--moved", "--yes").ended(0)
    applied.run("apply", "--auto-approve").ended(0)
    applied.run("mv", "faro.ebook", "faro.epub", "--moved", "--yes").ended(0)
    assert "from: faro.epub" not in text(applied)
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.run("state", "list").out.startswith("store/content/faro.epub")


@pytest.mark.parametrize("where", ["beside", "project"])
def test_the_way_back_of_a_block_elsewhere_leaves_no_circle(applied: Shop, where: str) -> None:
    if where == "project":
        applied.project("moved: {from: luz, to: faro}\n")
        refused = applied.run("mv", "faro", "luz", "--moved", "--yes").ended(1)
        assert "A `moved` block in catalogctl.yaml leads from luz to faro" in " ".join(refused.err.split())
        return
    applied.write("catalog/blocks.yaml", "# over soon\nmoved:\n  - {from: luz, to: faro}\n")
    applied.run("mv", "faro", "luz", "--moved", "--yes").ended(0)
    assert (applied.folder / "catalog/blocks.yaml").read_text(encoding="utf-8") == "# over soon\nmoved: []\n"
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.run("state", "list").out.startswith("store/content/luz.epub")


def test_a_single_block_needs_no_list(applied: Shop) -> None:
    applied.write("catalog/blocks.yaml", "moved: {from: faro, to: luz}\n")
    applied.write(
        "catalog/faro.yaml",
        text(applied).replace("id: faro", "id: luz").replace("format: epub", "format: epub\n    external_id: faro-epub"),
    )
    assert "No changes" in applied.run("plan", "--detailed-exitcode").ended(0).out
    applied.write("catalog/blocks.yaml", "moved: {from: faro luz, to: luz}\n")
    assert "catalog/blocks.yaml:1:15" in applied.run("validate").ended(1).err
    # A further block makes it a list.
    applied.write("catalog/blocks.yaml", "moved: []\n")
    applied.write("catalog/faro.yaml", text(applied) + "moved: {from: faro, to: luz}\n")
    applied.run("mv", "luz", "sol", "--moved", "--yes").ended(0)
    assert text(applied).endswith("moved: [{from: faro, to: luz}, {from: luz, to: sol}]\n")
    applied.run("apply", "--auto-approve").ended(0)
    assert applied.run("state", "list").out.startswith("store/content/sol.epub")


def test_nothing_is_written_without_agreement(applied: Shop) -> None:
    applied.run("mv", "faro", "luz").ended(1)
    applied.run("mv", "faro", "luz", "--diff").ended(0)
    applied.run("mv", "faro", "luz", "--check").ended(1)
    assert text(applied) == TITLE
    assert applied.run("state", "list").out.startswith("store/content/faro.epub")


def test_files_of_the_title_are_renamed_where_that_is_asked_for(shop: Shop) -> None:
    shop.project()
    shop.write("catalog/faro.yaml", TITLE.replace("https://files.example.com/faro.epub", "assets/faro.epub"))
    shop.write("catalog/assets/faro.epub", "no book")
    shop.write("catalog/assets/farola.epub", "another")
    shop.run("mv", "faro", "luz", "--yes", "--assets")
    assert sorted(path.name for path in (shop.folder / "catalog/assets").iterdir()) == ["farola.epub", "luz.epub"]
    assert "content: assets/luz.epub" in text(shop)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("farro", "luz", "Did you mean faro?"),
        ("faro", "faro", "A title is called `faro` already"),
        ("faro", "faro.epub", "Name two titles or two editions"),
        ("faro.epub", "luz.epub", "one of another title"),
        ("faro.epib", "faro.x", "Did you mean epub?"),
        ("faro", "El Faro", "cannot become"),
        ("faro", "Faro", "is not"),
    ],
)
def test_what_cannot_be_renamed_is_refused(applied: Shop, old: str, new: str, told: str) -> None:
    assert told in " ".join(applied.run("mv", old, new, "--yes").ended(1).err.split())
    assert text(applied) == TITLE


def test_a_rename_waits_for_the_hold(applied: Shop) -> None:
    from catalogctl.cli.backend import hold, open_backend
    from catalogctl.config.project import load_project

    with hold(open_backend(load_project(applied.folder)), 0):
        applied.run("mv", "faro", "luz", "--yes", "--lock-timeout", "0").ended(4)
    assert text(applied) == TITLE


@pytest.mark.parametrize(("source", "target"), [("faro", "luz"), ("faro.epub", "luz.epub")])
def test_a_block_moves_all_that_a_name_stands_for(applied: Shop, source: str, target: str) -> None:
    renamed = TITLE.replace("id: faro\n", "id: luz\n").replace("    format: epub\n", "    format: epub\n    external_id: faro-epub\n")
    applied.write("catalog/faro.yaml", f"{renamed}moved: [{{from: {source}, to: {target}}}]\n")
    assert "No changes" in applied.run("plan", "--detailed-exitcode").ended(0).out


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("faro", "luz.epub", "Write both ends alike"),
        ("faro", "store/content/faro.epub", "Write both ends alike"),
        ("luz", "luz", "shall move to where it is"),
        ("faro", "luz", "still declared"),
        ("a*", "luz", "glob"),
    ],
)
def test_a_block_that_cannot_be_meant_is_an_error(applied: Shop, source: str, target: str, told: str) -> None:
    extra = TITLE.replace("id: faro\n", "id: luz\n").replace("    format: epub\n", "    format: epub\n    external_id: luz-x\n")
    applied.write("catalog/luz.yaml", f"{extra}moved: [{{from: {source}, to: {target}}}]\n")
    assert told in " ".join(applied.run("validate").ended(1).err.split())


def test_a_block_to_a_title_that_is_not_there_is_told(applied: Shop) -> None:
    applied.write("catalog/faro.yaml", "moved: [{from: faro, to: lux}]\n")
    assert "lux, which no title declares" in " ".join(applied.run("plan").ended(1).err.split())


def test_several_renames_are_offered_as_one_block_which_helps(shop: Shop) -> None:
    shop.project()
    for name in ("uno", "dos"):
        shop.write(
            f"catalog/{name}.yaml",
            TITLE.replace("faro", name).replace("    format: epub\n", f"    format: epub\n    external_id: {name}\n"),
        )
    shop.run("apply", "--auto-approve").ended(0)
    for name in ("uno", "dos"):
        path = shop.folder / f"catalog/{name}.yaml"
        path.write_text(path.read_text().replace(f"id: {name}\n", f"id: new-{name}\n", 1))
    told = shop.run("plan").ended(1).err
    assert told.count("moved:") == 1
    assert "- {from: uno, to: new-uno}" in told
    shop.write("catalog/moved.yaml", "moved:\n  - {from: dos, to: new-dos}\n  - {from: uno, to: new-uno}\n")
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out


def test_a_new_title_is_valid_and_laid_out(shop: Shop) -> None:
    shop.project()
    shop.run("new", "la-casa", "--language", "es", "--author", "Ana Ruiz", "--price", "EUR=9.99", "--isbn", "9780948999048").ended(0)
    shop.run("new", "otra", "--format", "audiobook").ended(0)
    written = (shop.folder / "catalog/la-casa.yaml").read_text()
    assert "title: La casa\n" in written
    assert "prices: {EUR: 9.99}" in written
    assert "# description: |" in written
    shop.run("fmt", "--check").ended(0)
    assert "already, in catalog/otra.yaml" in shop.run("new", "otra").ended(1).err
    assert "Wrong check digit" in shop.run("new", "mal", "--isbn", "9780948999047").ended(1).err
    assert "is not in a folder of the catalog" in " ".join(shop.run("new", "mal", "--in", ".").ended(1).err.split())
    assert not (shop.folder / "catalog/mal.yaml").exists()
