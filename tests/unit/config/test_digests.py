"""What the files say, piece by piece."""

from __future__ import annotations

from pathlib import Path

from catalogctl.config.digests import document_digests
from catalogctl.config.documents import load
from catalogctl.config.project import load_project

PROJECT = "version: 1\naccounts: {store: {provider: publicala}}\n"
FILES = {
    "catalogctl.yaml": PROJECT,
    "catalog/both.yaml": "kind: title\nid: a\ntitle: A\neditions: {}\n---\nkind: title\nid: b\ntitle: B\neditions: {}\n",
    "catalog/all.yaml": "kind: defaults\nlanguage: es\n",
    "catalog/c.yaml": "kind: title\nid: c\ntitle: C\neditions: {}\nremoved: [{address: store/content/x.epub}]\n",
}


def said(folder: Path, *titles: str, **otherwise: str) -> dict[str, str]:
    for name, text in {**FILES, **{f"catalog/{name}.yaml": text for name, text in otherwise.items()}}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return document_digests(load(load_project(folder)), titles)


def test_it_is_the_titles_asked_for_and_what_is_said_to_all(tmp_path: Path) -> None:
    shared = {"catalogctl.yaml", "catalog/all.yaml#defaults", "catalog/c.yaml#blocks"}
    assert said(tmp_path).keys() == shared
    assert said(tmp_path, "b", "nobody").keys() == shared | {"catalog/both.yaml#b"}


def test_only_what_is_said_otherwise_has_another_digest(tmp_path: Path) -> None:
    before = said(tmp_path, "a", "b")
    commented = FILES["catalog/both.yaml"].replace("title: B", 'title: "B"   # the second')
    assert said(tmp_path, "a", "b", both=commented) == before
    after = said(tmp_path, "a", "b", both=FILES["catalog/both.yaml"].replace("title: B", "title: C"))
    assert {name for name in before if before[name] != after[name]} == {"catalog/both.yaml#b"}


def test_blocks_of_a_title_are_said_to_all_and_the_rest_of_it_is_not(tmp_path: Path) -> None:
    before = said(tmp_path)
    assert said(tmp_path, c=FILES["catalog/c.yaml"].replace("title: C", "title: D")) == before
    assert said(tmp_path, c=FILES["catalog/c.yaml"].replace("x.epub", "y.epub")) != before
