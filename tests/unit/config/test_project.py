from decimal import Decimal
from pathlib import Path

import pytest

from catalogctl.config.project import USUAL_SAFETY, AssetStoreSettings, BackendSettings, LimitSetting, Project, SafetySettings, load_project
from catalogctl.model.diagnostics import CatalogError
from unit.config.folder import told, write

WHOLE = """
version: 1
catalog: [catalog/, more/]
backend: {type: local, path: kept/}
accounts:
  store:
    provider: publicala
    base_url: https://your-store.publica.la
    token: ${env:PUBLICALA_TOKEN}
    timeout: 20s
safety: {max_deletes: 20%, max_updates: 30, min_existing: 5, max_price_change: 50%}
assets: {publish: {type: s3, url: s3://bucket/x, sign_for: 2h}}
environments:
  staging:
    accounts:
      store: {base_url: sandbox, timeout: }
    safety: {max_deletes: }
    backend: {path: staging/}
  broken:
    accounts: {extra: {base_url: sandbox}}
"""


def project(root: Path, text: str = WHOLE, environment: str = "default") -> Project:
    return load_project(write(root, {"catalogctl.yaml": text}), environment)


def usual_bounds() -> dict[str, LimitSetting]:
    """What holds where the file does not say."""
    said = {name: text for name, text in USUAL_SAFETY.items() if isinstance(text, str)}
    return {
        name.removeprefix("max_").replace("_", "-"): LimitSetting(Decimal(text.rstrip("%")), text.endswith("%"))
        for name, text in said.items()
    }


def refused(root: Path, text: str, environment: str = "default") -> list[str]:
    with pytest.raises(CatalogError) as caught:
        project(root, text, environment)
    return told(caught.value.diagnostics)


def test_everything_the_file_says_is_in_the_project(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert found.root == tmp_path.resolve()
    assert found.catalog == ("catalog/", "more/")
    assert found.backend == BackendSettings("local", "kept/")
    assert found.accounts["store"]["timeout"] == 20.0
    assert found.safety.usual.bounds == {
        **usual_bounds(),
        "deletes": LimitSetting(Decimal(20), percent=True),
        "updates": LimitSetting(Decimal(30), percent=False),
        "price-change": LimitSetting(Decimal(50), percent=True),
    }
    assert found.safety.usual.min_existing == 5
    assert found.assets == AssetStoreSettings("s3", "s3://bucket/x", None, 7200.0)


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    found = project(tmp_path, "version: 1\n")
    assert (found.catalog, found.backend, found.accounts, found.assets) == (("catalog/",), BackendSettings("local", "state/"), {}, None)
    assert (found.safety.usual, found.safety.accounts) == (SafetySettings(usual_bounds(), 10), {})


def test_without_a_word_about_safety_there_are_limits_on_all_harm_but_creates() -> None:
    bounds = usual_bounds()
    assert {name: bound.amount for name, bound in bounds.items()} == {
        "deletes": 10,
        "updates": 30,
        "replaces": 10,
        "unpublish": 10,
        "price-change": 50,
        "territory-loss": 50,
    }
    assert all(bound.percent for bound in bounds.values())


def test_a_limit_is_taken_away_by_a_word_and_not_by_leaving_it_out(tmp_path: Path) -> None:
    text = "version: 1\nsafety: {max_deletes: unlimited, max_price_change: unlimited}\n"
    found = project(tmp_path, text).safety.usual.bounds
    assert usual_bounds().keys() - found.keys() == {"deletes", "price-change"}


def test_an_account_has_limits_of_its_own_and_the_usual_ones_for_the_rest(tmp_path: Path) -> None:
    text = """
        version: 1
        accounts: {store: {provider: publicala}, other: {provider: publicala}}
        safety:
          max_updates: 7
          accounts: {store: {max_deletes: 0, max_creates: 5%, min_existing: 3}}
    """
    safety = project(tmp_path, text).safety
    assert safety.accounts.keys() == {"store"}
    own = safety.accounts["store"]
    assert own.min_existing == 3
    assert own.bounds == {
        **safety.usual.bounds,
        "deletes": LimitSetting(Decimal(0), percent=False),
        "creates": LimitSetting(Decimal(5), percent=True),
    }
    assert safety.usual.bounds["updates"] == LimitSetting(Decimal(7), percent=False)


def test_limits_for_an_account_that_is_not_declared_are_an_error_with_its_place(tmp_path: Path) -> None:
    text = """
        version: 1
        accounts: {store: {provider: publicala}}
        safety: {accounts: {stor: {max_deletes: 0}}}
    """
    assert refused(tmp_path, text) == ["catalogctl.yaml:3:21 unknown-account"]


def test_an_environment_is_laid_over_the_rest_key_by_key(tmp_path: Path) -> None:
    found = project(tmp_path, environment="staging")
    assert found.accounts["store"] == {"provider": "publicala", "base_url": "sandbox", "token": "${env:PUBLICALA_TOKEN}"}
    assert found.safety.usual.bounds["deletes"] == usual_bounds()["deletes"]
    assert found.safety.usual.bounds["updates"] == LimitSetting(Decimal(30), percent=False)
    assert found.backend == BackendSettings("local", "staging/")
    assert found.digest != project(tmp_path).digest


def test_an_environment_takes_an_account_and_a_group_away_with_null(tmp_path: Path) -> None:
    taken = "accounts: {store: null, test: {provider: publicala, base_url: sandbox}}"
    groups = f"territory_groups: {{latam: [AR, CL]}}\nenvironments:\n  local:\n    {taken}\n"
    text = WHOLE.replace("environments:\n", f"{groups}    territory_groups: {{latam: }}\n")
    assert list(project(tmp_path, text, "local").accounts) == ["test"]
    assert project(tmp_path, text, "local").territory_groups == {}
    assert list(project(tmp_path, text).accounts) == ["store"]
    assert list(project(tmp_path, text).territory_groups) == ["latam"]


def test_a_setting_is_found_in_the_overlay_if_it_is_there_else_in_the_base(tmp_path: Path) -> None:
    found = project(tmp_path, environment="staging")
    assert str(found.place(("accounts", "store", "base_url"))) == "catalogctl.yaml:15:25"
    assert str(found.place(("accounts", "store", "token"))) == "catalogctl.yaml:8:12"
    assert str(project(tmp_path).place(("accounts", "store", "base_url"))) == "catalogctl.yaml:7:15"


def test_an_undeclared_environment_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        project(tmp_path, environment="stagin")
    assert caught.value.diagnostics[0].hint == "Did you mean staging?"


def test_a_folder_without_a_project_file_leads_to_init(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        load_project(tmp_path)
    assert "catalogctl init" in caught.value.diagnostics[0].hint


def test_every_problem_of_the_file_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = """
        version: 2
        catlog: [catalog/]
        accounts:
          my store: {provider: publicala, base_url: sandbox}
          store: {provider: publicala, base_url: sandbox, timeout: soon}
        safety: {max_deletes: ten, max_price_change: 5}
    """
    assert refused(tmp_path, text) == [
        "catalogctl.yaml:1:10 bad-version",
        "catalogctl.yaml:2:1 unknown-field",
        "catalogctl.yaml:4:3 bad-name",
        "catalogctl.yaml:5:60 bad-duration",
        "catalogctl.yaml:6:23 bad-bound",
        "catalogctl.yaml:6:46 wrong-type",
    ]


def test_what_base_and_overlay_leave_out_together_is_told_in_the_overlay(tmp_path: Path) -> None:
    assert refused(tmp_path, WHOLE, "broken") == ["catalogctl.yaml:19:16 missing-field"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "version: 1\n---\nversion: 1\n", "- 1\n", "version: [1\n"])
def test_a_project_file_is_one_document(tmp_path: Path, text: str) -> None:
    assert len(refused(tmp_path, text)) == 1


@pytest.mark.parametrize(
    ("written", "seconds"), [("30", 30.0), ("1.5", 1.5), ("30s", 30.0), ("500ms", 0.5), ("2m", 120.0), ('"45"', 45.0), ("1d", 86400.0)]
)
def test_a_duration_is_seconds_or_has_a_unit(tmp_path: Path, written: str, seconds: float) -> None:
    text = f"version: 1\naccounts: {{a: {{provider: x, base_url: sandbox, timeout: {written}}}}}\n"
    assert project(tmp_path, text).accounts["a"]["timeout"] == seconds


@pytest.mark.parametrize(
    ("settings", "fits"),
    [
        ("type: s3, url: s3://bucket/x", True),
        ("type: s3, url: s3a://bucket/x", True),
        ("type: s3, url: gs://bucket/x", False),
        ("type: s3, url: public/", False),
        ("type: gcs, url: gs://bucket", True),
        ("type: gcs, url: s3://bucket", False),
        ("type: azure, url: az://container/x", True),
        ("type: azure, url: abfss://files@account/x", True),
        ("type: azure, url: https://account.blob.core.windows.net/x", True),
        ("type: azure, url: https://account.blob.core.windows.net.example.com/x", False),
        ("type: directory, url: public/, base_url: https://files.example.com", True),
        ("type: directory, url: s3://bucket, base_url: https://files.example.com", False),
        ("type: directory, url: public/", False),
    ],
)
def test_the_url_of_an_asset_store_fits_its_type(tmp_path: Path, settings: str, fits: bool) -> None:
    text = f"version: 1\nassets:\n  publish: {{{settings}}}\n"
    if fits:
        assert project(tmp_path, text).assets
    else:
        [problem] = refused(tmp_path, text)
        assert problem.startswith("catalogctl.yaml:3:")
        assert problem.endswith(" asset-store-form")
