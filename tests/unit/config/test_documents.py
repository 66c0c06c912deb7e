import os
from decimal import Decimal
from pathlib import Path

import pytest

from catalogctl.config.cache import open_cache
from catalogctl.config.documents import load, locate_origin
from catalogctl.config.project import load_project
from catalogctl.model.title import Origin
from unit.config.folder import TITLE, loaded, told, write


def test_every_document_of_every_file_is_found_in_order(tmp_path: Path) -> None:
    files = {
        "catalog/b/two.yml": "kind: title\nid: two\ntitle: Two\n---\nkind: title\nid: three\ntitle: Three\n",
        "catalog/a.json": '{"kind": "title", "id": "one", "title": "One"}',
        "catalog/b/defaults.yaml": "kind: defaults\n",
        "catalog/b/notes.txt": "no document",
        "catalog/.hidden/x.yaml": "broken: [",
        "catalog/.x.yaml": "broken: [",
    }
    documents = loaded(tmp_path, files)
    assert [(item.path, item.index, item.kind) for item in documents.items] == [
        ("catalog/a.json", 0, "title"),
        ("catalog/b/defaults.yaml", 0, "defaults"),
        ("catalog/b/two.yml", 0, "title"),
        ("catalog/b/two.yml", 1, "title"),
    ]
    assert (documents.files, documents.diagnostics.items) == (3, ())


def test_a_broken_file_stands_beside_the_good_ones_and_all_problems_are_told_at_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "catalog/a.yaml": TITLE,
        "catalog/b.yaml": "kind: title\nid: b\ntitle: B\nediton: {}\nlanguage: xx\n",
        "catalog/c.yaml": "kind: title\nid: [c\n",
        "catalog/d.yaml": "id: d\n",
        "catalog/e.yaml": "kind: titel\n",
        "catalog/f.yaml": "- 1\n",
        "catalog/g.yaml": b"kind: title\nid: g\ntitle: Espa\xf1a\n",
        "catalog/h.json": '{"kind": "title", "id": "h", "id": "h"}',
    }
    documents = loaded(tmp_path, files)
    assert [item.path for item in documents.items] == ["catalog/a.yaml"]
    assert told(documents.diagnostics) == [
        "catalog/b.yaml:4:1 unknown-field",
        "catalog/b.yaml:5:11 bad-language",
        *[line for line in told(documents.diagnostics) if "/c.yaml" in line],
        "catalog/d.yaml:1:1 kind-missing",
        "catalog/e.yaml:1:7 kind-unknown",
        "catalog/f.yaml:1:1 not-a-document",
        "catalog/g.yaml:3:12 file-encoding",
        "catalog/h.json:1:30 duplicate-key",
    ]
    assert any("/c.yaml" in line for line in told(documents.diagnostics))


def test_a_document_of_blocks_alone_needs_no_kind(tmp_path: Path) -> None:
    documents = loaded(tmp_path, {"catalog/moves.yaml": "removed:\n  - address: store/content/gone.epub\n"})
    assert [item.kind for item in documents.items] == ["blocks"]


def test_amounts_among_a_providers_options_stay_exact_from_run_to_run(tmp_path: Path) -> None:
    files = {"catalog/a.yaml": TITLE.replace("publish: {store: {}}", "publish: {store: {share: 0.10, deep: [{x: 1.50}]}}")}
    project = load_project(write(tmp_path, files))
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path / "cache")}) as cache:
        first, second = load(project, cache), load(project, cache)
    (item,) = first.items
    assert item.data["editions"]["epub"]["publish"]["store"] == {"share": Decimal("0.10"), "deep": [{"x": Decimal("1.50")}]}
    assert (first.reused, second.reused) == (0, 1)
    assert second.items == first.items
    assert str(second.items[0].data["editions"]["epub"]["publish"]["store"]["share"]) == "0.10"


def test_a_file_with_problems_is_read_with_care_each_time(tmp_path: Path) -> None:
    project = load_project(write(tmp_path, {"catalog/a.yaml": "kind: title\nid: a\n"}))
    with open_cache({"CATALOGCTL_CACHE_DIR": str(tmp_path / "cache")}) as cache:
        assert load(project, cache).diagnostics == load(project, cache).diagnostics
        assert len(load(project, cache).diagnostics) == 1


@pytest.mark.parametrize("change", ["catalog/a.yaml", "catalogctl.yaml", "catalog/new.yaml"])
def test_the_digest_changes_with_every_file(tmp_path: Path, change: str) -> None:
    before = loaded(tmp_path, {"catalog/a.yaml": TITLE})
    again = loaded(tmp_path, {"catalog/a.yaml": TITLE})
    assert again.digest == before.digest
    texts = {"catalog/a.yaml": TITLE.replace("Mirror", "Miror"), "catalogctl.yaml": "version: 1\n", "catalog/new.yaml": "kind: defaults\n"}
    assert loaded(tmp_path, {"catalog/a.yaml": TITLE, change: texts[change]}).digest != before.digest


def test_a_catalog_folder_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    documents = loaded(tmp_path, {"catalogctl.yaml": "version: 1\ncatalog: [titles/, ../else, /tmp]\n"})
    assert told(documents.diagnostics) == [
        "catalogctl.yaml:2:11 catalog-missing",
        "catalogctl.yaml:2:20 catalog-outside",
        "catalogctl.yaml:2:29 catalog-outside",
    ]


def test_links_out_of_the_project_are_refused_and_circles_end(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("kind: title\n")
    root = write(tmp_path / "project", {"catalog/a.yaml": TITLE})
    (root / "catalog/file.yaml").symlink_to(outside / "secret.yaml")
    (root / "catalog/folder").symlink_to(outside)
    (root / "catalog/circle").symlink_to(root / "catalog")
    (root / "catalog/nowhere.yaml").symlink_to(root / "gone.yaml")
    documents = load(load_project(root))
    assert [item.path for item in documents.items] == ["catalog/a.yaml"]
    assert told(documents.diagnostics) == [
        "catalog/file.yaml:1:1 link-outside",
        "catalog/folder:1:1 link-outside",
        "catalog/nowhere.yaml:1:1 file-unreadable",
    ]


def test_overlapping_catalog_folders_are_read_once(tmp_path: Path) -> None:
    documents = loaded(
        tmp_path, {"catalogctl.yaml": "version: 1\ncatalog: [catalog/, catalog/deep, ./catalog]\n", "catalog/deep/a.yaml": TITLE}
    )
    assert documents.files == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    root = write(tmp_path, {"catalog/a.yaml": TITLE})
    (root / "catalog/a.yaml").chmod(0)
    assert told(load(load_project(root)).diagnostics) == ["catalog/a.yaml:1:1 file-unreadable"]


def test_a_place_is_found_when_it_is_asked_for_and_a_file_gone_since_is_no_crash(tmp_path: Path) -> None:
    documents = loaded(tmp_path, {"catalog/a.yaml": TITLE, "catalog/b.yaml": "kind: defaults\n"})
    assert str(locate_origin(documents, Origin("catalog/a.yaml", 0, ("editions", "epub", "isbn")))) == "catalog/a.yaml:5:30"
    (tmp_path / "catalog/b.yaml").unlink()
    assert str(locate_origin(documents, Origin("catalog/b.yaml", 0, ("kind",)))) == "catalog/b.yaml:1:1"


def test_what_does_not_fit_together_in_a_document_is_told(tmp_path: Path) -> None:
    text = """
        kind: title
        id: a
        title: A
        territories: [AR, ALL]
        editions:
          epub:
            format: epub
            prices: {CLP: 990.50, PYG: 0.00, USD: 1.9999, KWD: 1.999}
            tracks:
              - {id: x, title: X, file: https://cdn.example.com/x.mp3}
              - {id: x, title: Y, file: https://cdn.example.com/y.mp3}
        """
    assert told(loaded(tmp_path, {"catalog/a.yaml": text}).diagnostics) == [
        "catalog/a.yaml:4:19 territories-all",
        "catalog/a.yaml:8:19 price-precision",
        "catalog/a.yaml:8:43 price-precision",
        "catalog/a.yaml:9:5 tracks-not-audiobook",
        "catalog/a.yaml:11:14 duplicate-track",
    ]


def test_what_does_not_fit_together_is_told_beside_other_problems_at_its_place(tmp_path: Path) -> None:
    text = """
        kind: title
        id: Bad Id
        publihser: x
        territories: [QQ, AR, ALL]
        editions:
          epub:
            format: epubb
            isbn: "9781496822483"
            prices: {USD: 1.999, XXZ: 1.999}
            tracks:
              - {id: one, file: a.mp3}
              - {title: A, file: a.mp3}
              - {id: two, title: A, file: a.mp3}
              - {id: two, title: B, file: b.mp3}
    """
    documents = loaded(tmp_path, {"catalog/a.yaml": text})
    assert documents.items == ()
    assert told(documents.diagnostics) == [
        "catalog/a.yaml:1:1 missing-field",
        "catalog/a.yaml:2:5 bad-slug",
        "catalog/a.yaml:3:1 unknown-field",
        "catalog/a.yaml:4:15 bad-country",
        "catalog/a.yaml:4:23 territories-all",
        "catalog/a.yaml:7:13 not-one-of",
        "catalog/a.yaml:8:11 bad-isbn",
        "catalog/a.yaml:9:19 price-precision",
        "catalog/a.yaml:9:26 bad-currency",
        "catalog/a.yaml:11:9 missing-field",
        "catalog/a.yaml:12:9 missing-field",
        "catalog/a.yaml:14:14 duplicate-track",
    ]


def test_what_only_follows_from_another_problem_is_not_told(tmp_path: Path) -> None:
    text = """
        kind: title
        id: a
        title: A
        editions:
          one: {fromat: audiobook, tracks: [{id: a, title: A, file: a.mp3}]}
          two: {format: audiobook, tracks: [{title: A, file: a.mp3}, {title: A, file: a.mp3}, 7]}
          three: [1]
    """
    codes = [item.code for item in loaded(tmp_path, {"catalog/a.yaml": text}).diagnostics]
    assert codes == ["unknown-field", "missing-field", "missing-field", "wrong-type", "wrong-type"]


def test_a_link_to_itself_is_one_problem_and_hides_nothing(tmp_path: Path) -> None:
    root = write(tmp_path, {"catalog/a.yaml": TITLE, "catalogctl.yaml": "version: 1\ncatalog: [catalog/]\n"})
    for name, target in {"loop.yaml": "loop.yaml", "here": "there", "there": "here"}.items():
        (root / "catalog" / name).symlink_to(target)
    documents = load(load_project(root))
    assert [item.path for item in documents.items] == ["catalog/a.yaml"]
    assert told(documents.diagnostics) == [
        "catalog/here:1:1 file-unreadable",
        "catalog/loop.yaml:1:1 file-unreadable",
        "catalog/there:1:1 file-unreadable",
    ]
