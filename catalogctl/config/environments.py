"""The environments of a project beside the one that a command is about: an edit of a file holds in all of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from catalogctl.config.cache import NO_CACHE, Cache
from catalogctl.config.documents import Documents, load
from catalogctl.config.project import DEFAULT_ENVIRONMENT, Project, load_project
from catalogctl.model.diagnostics import CatalogError


def other_environments(project: Project) -> Iterator[Project]:
    """Yield the project as it is in each of its other environments; one that is not as it should be is left out."""
    for name in dict.fromkeys((DEFAULT_ENVIRONMENT, *project.environments)):
        if name != project.environment:
            try:
                yield load_project(project.root, name)
            except CatalogError:
                continue


def other_catalogs(project: Project, cache: Cache = NO_CACHE) -> list[Documents]:
    """Read the catalog of each other environment that reads other files than this one."""
    others = {other.catalog: other for other in other_environments(project) if other.catalog != project.catalog}
    return [load(other, cache) for other in others.values()]


def in_its_catalog(project: Project, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those of some files that an environment reads."""
    folders = [posixpath.normpath(entry) for entry in project.catalog]
    return {path: data for path, data in files.items() if any(folder in {".", path} or path.startswith(f"{folder}/") for folder in folders)}
