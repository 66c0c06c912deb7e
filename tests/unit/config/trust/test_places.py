"""Files are written where the project or a setting outside the repository says, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogctl.config.project import Project, load_project
from catalogctl.config.trust.places import asset_folder, keep_to_pinned_places, place_problems, state_folder
from catalogctl.model.diagnostics import CatalogError, Refusal

BUCKET = "{type: s3, url: 's3://bucket/books', base_url: 'https://cdn.example.com/books'}"


def project(root: Path, *, publish: str = "", state: str = "state/") -> Project:
    (root / "project").mkdir(exist_ok=True)
    assets = f"assets: {{publish: {publish}}}\n" if publish else ""
    (root / "project" / "catalogctl.yaml").write_text(f"version: 1\nbackend: {{path: '{state}'}}\n{assets}", encoding="utf-8")
    return load_project(root / "project")


def directory(url: str) -> str:
    return f"{{type: directory, url: '{url}', base_url: 'https://files.example.com/'}}"


def judged(found: Project, **environment: str) -> tuple[list[str], str]:
    """Give the codes of what is found offline, and the code that refuses it before anything is written."""
    problems = [one.code for one in place_problems(found, environment)]
    try:
        keep_to_pinned_places(found, environment)
    except CatalogError as refused:
        code, refusal = refused.diagnostics[0].code, refused.refusal
    else:
        return problems, ""
    assert refusal is (Refusal.ERROR if code == "asset-store-pin" else Refusal.CREDENTIALS)
    return problems, code


@pytest.mark.parametrize("url", ["public", "./public/", "a/../public", "."])
def test_a_directory_in_the_project_needs_no_setting(tmp_path: Path, url: str) -> None:
    assert judged(project(tmp_path, publish=directory(url)), CI="true", CATALOGCTL_ORIGINS="store=https://x.example#T") == ([], "")


@pytest.mark.parametrize("url", ["../beside", "public/../../beside", "/srv/public", "{root}/project-2", "{root}/beside"])
def test_a_directory_outside_the_project_needs_one(tmp_path: Path, url: str) -> None:
    found = project(tmp_path, publish=directory(url.format(root=tmp_path)))
    assert judged(found)[0] == ["asset-store-outside"]
    assert found.assets is not None
    with pytest.raises(CatalogError, match="outside"):
        asset_folder(found, found.assets, {})


def test_a_directory_outside_the_project_is_allowed_by_the_environment(tmp_path: Path) -> None:
    found = project(tmp_path, publish=directory("../beside/deep"))
    assert judged(found, CATALOGCTL_ASSET_STORES=f"{tmp_path}/beside") == ([], "")
    assert found.assets is not None
    folder = asset_folder(found, found.assets, {"CATALOGCTL_ASSET_STORES": f"{tmp_path}/beside"})
    assert (folder.root, folder.path) == (tmp_path / "beside", tmp_path / "beside/deep")
    assert judged(found, CATALOGCTL_ASSET_STORES=f"{tmp_path}/besid")[0] == ["asset-store-outside"]


@pytest.mark.parametrize(
    ("pins", "refused"),
    [
        ("s3://bucket/books", ""),
        ("s3://bucket", ""),
        ("s3://bucket/", ""),
        ("s3a://Bucket/books/", ""),
        ("public/ s3://bucket/books=https://cdn.example.com", ""),
        ("s3://bucket/books=https://CDN.example.com/books/", ""),
        ("s3://bucket/book", "asset-store-pinned"),
        ("s3://bucket/books/deep", "asset-store-pinned"),
        ("s3://buck", "asset-store-pinned"),
        ("gs://bucket/books", "asset-store-pinned"),
        ("public/", "asset-store-pinned"),
        ("s3://bucket/books=https://other.example.com", "asset-store-pinned"),
        ("s3://bucket/books=https://cdn.example.com/book", "asset-store-pinned"),
        ("s3://bucket/books=http://cdn.example.com", "asset-store-pinned"),
        ("s3://", "asset-store-pin"),
        ("ftp://bucket", "asset-store-pin"),
        ("s3://bucket?x=1", "asset-store-pin"),
        ("s3://bucket=", "asset-store-pin"),
        ("s3://bucket=cdn.example.com", "asset-store-pin"),
        ("s3:", "asset-store-pin"),
        ("=https://cdn.example.com", "asset-store-pin"),
    ],
)
def test_a_bucket_is_held_to_its_pin(tmp_path: Path, pins: str, refused: str) -> None:
    found, code = judged(project(tmp_path, publish=BUCKET), CATALOGCTL_ASSET_STORES=pins, CATALOGCTL_ORIGINS="store=https://x.example#T")
    assert code == refused
    assert found == (["asset-store-pin"] if refused == "asset-store-pin" else [])


@pytest.mark.parametrize("url", ["s3://bucket/books/../other", "s3://bucket/./other", "s3://bucket//other"])
def test_a_bucket_is_left_by_no_step_of_its_path(tmp_path: Path, url: str) -> None:
    found = project(tmp_path, publish=f"{{type: s3, url: '{url}'}}")
    assert judged(found, CATALOGCTL_ASSET_STORES="s3://bucket/books")[1] == "asset-store-pinned"


def test_a_bucket_without_a_pin_is_told_in_ci_and_refused_where_accounts_are_pinned(tmp_path: Path) -> None:
    found = project(tmp_path, publish=BUCKET)
    assert judged(found) == ([], "")
    assert judged(found, CI="true") == (["asset-store-unpinned"], "")
    assert judged(found, CI="true", CATALOGCTL_ORIGINS="store=https://x.example#T") == (["asset-store-unpinned"], "asset-store-unpinned")
    assert judged(found, CI="true", CATALOGCTL_ASSET_STORES="s3://bucket/books") == (["asset-address-unpinned"], "")
    proposed = next(place_problems(found, {"CI": "true"})).hint
    assert proposed is not None
    value = proposed.partition("CATALOGCTL_ASSET_STORES=")[2]
    assert judged(found, CI="true", CATALOGCTL_ASSET_STORES=value) == ([], ""), "what the hint proposes is enough"


@pytest.mark.parametrize("path", ["../state", "/var/state", "state/../../x"])
def test_state_outside_the_project_needs_a_setting(tmp_path: Path, path: str) -> None:
    found = project(tmp_path, state=path)
    for allowed in ("", "state", str(tmp_path / "project")):
        with pytest.raises(CatalogError) as refused:
            state_folder(found, {"CATALOGCTL_STATE_FOLDERS": allowed})
        assert refused.value.diagnostics[0].code == "state-outside"
        assert [one.code for one in place_problems(found, {"CATALOGCTL_STATE_FOLDERS": allowed})] == ["state-outside"]
    folder = state_folder(found, {"CATALOGCTL_STATE_FOLDERS": f"/nowhere:{tmp_path}:/var"})
    assert folder.root in {tmp_path, Path("/var")}
