"""A repository with its CI, on either host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.hosts import GitHub, GitLab, served
from pipelines.workplace import OnGitHub, OnGitLab, git
from shop import Shop


@pytest.fixture
def github(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnGitHub]:
    """A repository on GitHub whose main branch has two titles, both applied."""
    host = GitHub()
    with served(host):
        place = OnGitHub(tmp_path_factory.mktemp("github"), shop, host)
        _applied(place)
        yield place
        assert host.unknown == []


@pytest.fixture
def gitlab(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnGitLab]:
    """The same as a project on GitLab."""
    host = GitLab()
    with served(host):
        place = OnGitLab(tmp_path_factory.mktemp("gitlab"), shop, host)
        _applied(place)
        yield place
        assert host.unknown == []


def _applied(place: OnGitHub | OnGitLab) -> None:
    """Apply two titles and record the state, as an earlier run did."""
    shop = place.shop
    shop.titles(2)
    place.pushed("main", "Two titles")
    shop.applied()
    git(place.at, "checkout", "--quiet", "--orphan", "recording")
    git(place.at, "rm", "--quiet", "-r", "--cached", ".")
    git(place.at, "add", "--force", "state/default.json", "state/runs")
    git(place.at, "commit", "--quiet", "-m", "State")
    git(place.at, "push", "--quiet", "origin", "HEAD:refs/heads/catalogctl-state")
    git(place.at, "rm", "--quiet", "-r", "--cached", ".")
    git(place.at, "checkout", "--quiet", "--force", "main")
