"""Titles → files of a catalog folder, each read back before it is written, and written whole or not at all."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from catalogctl.config.defaults import Layers
from catalogctl.config.documents import Documents, read_file
from catalogctl.config.syntax.source import Source
from catalogctl.config.title_file import document_saying, said_of, shared
from catalogctl.config.yaml_writer import write
from catalogctl.model.diagnostics import Severity
from catalogctl.model.title import Title
from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER, SafeFolder

DEFAULTS: Final = "defaults.yaml"
SCHEMAS: Final = "schemas"


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file that may be written."""

    name: str
    """Within its folder."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a title cannot be written: what the store holds is nothing that a file may say."""

    why: str


class Folder:
    """A folder below one of a catalog's, into which titles are written."""

    def __init__(self, documents: Documents, layers: Layers, folder: str) -> None:
        """Look at what is there; `folder` is relative to the project's, with forward slashes."""
        self._documents = documents
        self._root = documents.project.root
        self.name = folder
        """Relative to the project folder, with forward slashes."""
        self._is_clean = False
        """Whether the leftovers of a run that was killed are removed."""
        self._inherited: Mapping[str, Any] = layers.defaults(folder)
        self._is_new = not any(item.path.startswith(f"{folder}/") or posixpath.dirname(item.path) == folder for item in documents.items)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._root / self.name

    def names(self) -> frozenset[str]:
        """List the names that a title's file cannot have, without what comes after the dot."""
        there = self.path.iterdir() if self.path.is_dir() else ()
        return frozenset(path.name.partition(".")[0] for path in there) | {"defaults"}

    def defaults(self, titles: Iterable[Title]) -> FileDraft | None:
        """Say once what all titles have in common, as `defaults_of` does with their editions."""
        return self.defaults_of(said_of(title.id, edition) for title in titles for edition in title.editions)

    def defaults_of(self, editions: Iterable[Mapping[str, Any]]) -> FileDraft | None:
        """Say once what all editions have in common, where the folder is new and no defaults are said for it; from then on it is so.

        A folder with titles of its own is left without: defaults would hold for these as well.
        """
        said = {} if self._inherited or not self._is_new else shared(editions)
        if not said:
            return None
        draft = FileDraft(DEFAULTS, write(said, self._schema("defaults"), {}).encode())
        [document], _, _ = read_file(Source(f"{self.name}/{DEFAULTS}", draft.data))
        self._inherited = Layers([document]).defaults(self.name)
        return draft

    def title(self, title: Title, remarks: Mapping[str, Sequence[str]]) -> FileDraft | Unfit:
        """Say what a title is, and read it back: what is written is as the catalog's files have to be, and says what was meant."""
        return self.title_saying(title.id, {edition.id: said_of(title.id, edition) for edition in title.editions}, remarks)

    def title_saying(self, id_: str, wanted: Mapping[str, Mapping[str, Any]], remarks: Mapping[str, Sequence[str]]) -> FileDraft | Unfit:
        """Say what the editions of a title are, in canonical form by their names, and read it back."""
        said = document_saying(id_, wanted, self._inherited)
        source = Source(f"{self.name}/{id_}.yaml", write(said, self._schema("title"), remarks).encode(errors="replace"))
        documents, wrong, _ = read_file(source)
        errors = [item for item in wrong if item.severity is Severity.ERROR]
        if errors:
            return Unfit(f"{errors[0].summary}: {errors[0].detail}")
        if dict(documents[0].data) != said:
            return Unfit("It has characters that no file can hold.")
        return FileDraft(f"{id_}.yaml", source.data)

    def write(self, draft: FileDraft) -> None:
        """Write a file whole or not at all, and none in the place of another.

        Raises:  OSError, FileExistsError and UnsafePathError among them.
        """
        folder = SafeFolder.below(self._root, self.name, mode=PUBLIC_FOLDER)
        if not self._is_clean:
            folder.remove_leftovers()
            self._is_clean = True
        folder.write_new(draft.name, draft.data, PUBLIC)

    def _schema(self, kind: str) -> str:
        """Return the address of a schema from the folder's files; empty where the project has none."""
        schema = f"{SCHEMAS}/{kind}.schema.json"
        return posixpath.relpath(schema, self.name) if (self._root / schema).is_file() else ""


def below(folders: Sequence[str], path: str) -> bool:
    """Return whether a path, relative to the project folder, is one of the catalog's folders or in one."""
    return any(_is_in(path, os.path.normpath(folder)) for folder in folders)


def _is_in(path: str, folder: str) -> bool:
    return folder in {".", path} or path.startswith(f"{folder}/")
