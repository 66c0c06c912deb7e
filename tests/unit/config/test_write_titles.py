"""Files of titles are read back before they are written, and are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import load
from catalogctl.config.project import load_project
from catalogctl.config.write_titles import FileDraft, Folder, Unfit, below
from catalogctl.model.title import Edition, Format, Metadata, Origin, Title


def folder(root: Path, name: str = "catalog/imported") -> Folder:
    (root / "catalog").mkdir(exist_ok=True)
    (root / "catalogctl.yaml").write_text("version: 1\naccounts: {store: {provider: publicala, base_url: sandbox}}\n", encoding="utf-8")
    documents = load(load_project(root))
    return Folder(documents, Layers(documents.items), name)


def title(id_: str = "faro", name: str = "El faro") -> Title:
    edition = Edition("epub", Format.EPUB, Metadata(name, language="es"), "key", publish={"store": {}})
    return Title(id_, (edition,), Origin("", 0))


def test_a_file_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    into = folder(tmp_path)
    draft = into.title(title(), {})
    assert isinstance(draft, FileDraft)
    into.write(draft)
    path = tmp_path / "catalog/imported/faro.yaml"
    assert path.read_bytes() == draft.data
    assert [one.name for one in path.parent.iterdir()] == ["faro.yaml"]
    with pytest.raises(FileExistsError):
        into.write(FileDraft(draft.name, b"other"))
    assert path.read_bytes() == draft.data


def test_what_no_file_may_say_is_not_written(tmp_path: Path) -> None:
    found = folder(tmp_path).title(title(name="two\nlines"), {})
    assert isinstance(found, Unfit)
    assert "Value has the wrong form" in found.why


def test_half_a_character_is_not_written(tmp_path: Path) -> None:
    assert isinstance(folder(tmp_path).title(title(name="half \ud800"), {}), Unfit)


def test_names_of_files_that_are_there_are_taken(tmp_path: Path) -> None:
    into = folder(tmp_path)
    (tmp_path / "catalog/imported").mkdir()
    (tmp_path / "catalog/imported/azul.json").write_text("{}", encoding="utf-8")
    assert into.names() == {"azul", "defaults"}


def test_defaults_are_said_for_a_new_folder_only(tmp_path: Path) -> None:
    titles = [title("a"), title("b")]
    new = folder(tmp_path)
    draft = new.defaults(titles)
    assert draft is not None
    assert b"language: es" in draft.data
    after = new.title(titles[0], {})
    assert isinstance(after, FileDraft)
    assert b"language" not in after.data
    (tmp_path / "catalog/imported").mkdir()
    (tmp_path / "catalog/imported/own.yaml").write_text("kind: title\nid: own\ntitle: Own\n", encoding="utf-8")
    assert folder(tmp_path).defaults(titles) is None


def test_the_schema_is_named_where_the_project_has_it(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/title.schema.json").write_text("{}", encoding="utf-8")
    draft = folder(tmp_path, "catalog/a/b").title(title(), {})
    assert isinstance(draft, FileDraft)
    assert draft.data.startswith(b"# yaml-language-server: $schema=../../../schemas/title.schema.json\n")


@pytest.mark.parametrize(
    ("path", "inside"), [("catalog", True), ("catalog/a", True), ("catalogs", False), ("other", False), ("more/x", True)]
)
def test_a_folder_is_read_where_it_is_one_of_the_catalogs_or_in_one(path: str, inside: bool) -> None:
    assert below(["catalog/", "./more"], path) is inside
