"""What a shell is offered while a command line is typed."""

from __future__ import annotations

import json
import os
import sys
from contextlib import chdir, redirect_stdout
from io import StringIO

import pytest

from catalogctl.cli.complete import complete
from shop import Shop, catalogctl, ended

pytestmark = pytest.mark.usefixtures("piped")


def offered(shop: Shop, line: str, shell: str = "bash") -> list[str]:
    """Ask as a shell does at the end of a line, with the word after its last blank as the one that is typed."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    if shell == "fish":
        words = {"COMP_WORDS": line, "COMP_CWORD": line.rpartition(" ")[2]}
    written, real = StringIO(), sys.stdout
    try:
        sys.stdout = written
        with chdir(shop.folder):
            complete({**os.environ, "_CATALOGCTL_COMPLETE": f"{shell}_complete", **words})
    finally:
        sys.stdout = real
    return written.getvalue().splitlines()


def plain(shop: Shop, line: str) -> list[str]:
    return [found.removeprefix("plain,") for found in offered(shop, line) if found.startswith("plain,")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("catalogctl pl", ["plan"]),
        ("catalogctl state sho", ["show"]),
        ("catalogctl -C . state sho", ["show"]),
        ("catalogctl plan --detail", ["--detailed-exitcode"]),
        ("catalogctl plan --format ma", ["markdown"]),
        ("catalogctl plan --format=ma", ["--format=markdown"]),
        ("catalogctl plan --format = ma", ["markdown"]),
        ("catalogctl explain far", ["faro"]),
        ("catalogctl explain faro.", ["faro.epub"]),
        ("catalogctl explain faro prices.", ["prices.USD"]),
        ("catalogctl explain bad-isb", ["bad-isbn"]),
        ("catalogctl list --where series.na", ["series.name"]),
        ("catalogctl list --columns title,prices.U", ["title,prices.USD"]),
        ("catalogctl plan --target fa", ["faro"]),
        ("catalogctl plan --target faro.", ["faro.epub"]),
        ("catalogctl plan --target store/", ["store/content/faro.epub", "store/content/mar.epub"]),
        ("catalogctl plan --target sto", ["store/content/faro.epub", "store/content/mar.epub"]),
        ("catalogctl plan --target x --exclude ma", ["mar"]),
        ("catalogctl state mv store/content/m", ["store/content/mar.epub"]),
        ("catalogctl list --sort -prices.U", ["-prices.USD"]),
        ("catalogctl list --sort title,-prices.U", ["title,-prices.USD"]),
        ("catalogctl mv far", ["faro"]),
        ("catalogctl mv faro.", ["faro.epub"]),
        ("catalogctl merge mar far", ["faro"]),
        ("catalogctl split faro luz ", ["epub"]),
        ("catalogctl new luz --account st", ["store"]),
        ("catalogctl doctor st", ["store"]),
        ("catalogctl plan --env st", ["staging"]),
        ("catalogctl plan --allow price", ["price-change="]),
        ("catalogctl plan --allow=del", ["--allow=deletes="]),
        ("catalogctl export csv --layout go", ["google"]),
        ("catalogctl export csv --columns ser", ["series", "series_number"]),
        ("catalogctl export xlsx --columns isbn,U", ["isbn,USD"]),
        ("catalogctl export csv --columns isbn,sto", ["isbn,store"]),
        ("catalogctl state mv-account st", ["store"]),
        ("catalogctl nonsense --x ", []),
    ],
)
def test_line_is_offered_what_fits_at_its_end(shop: Shop, line: str, found: list[str]) -> None:
    shop.project("environments: {staging: {}}\n")
    shop.title("faro")
    shop.title("mar")
    assert plain(shop, line) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("'prices.U", ["prices.USD"]),
        ("'title ~ Faro and series.na", ["title ~ Faro and series.name"]),
        ("'not (series.na", ["not (series.name"]),
        ("'format in (epub) an", ["format in (epub) and"]),
        ("title\\ and\\ series.na", []),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_expression_in_quotes_is_offered_each_of_its_words(shop: Shop, shell: str, typed: str, found: list[str]) -> None:
    shop.title("faro")
    line = f"catalogctl list --where {typed}"
    place = typed if shell == "fish" else "3"
    written = StringIO()
    with chdir(shop.folder), redirect_stdout(written):
        complete({**os.environ, "_CATALOGCTL_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": place})
    form = "plain\n{}\n_\n" if shell == "zsh" else "plain,{}\n"
    assert written.getvalue() == "".join(form.format(one) for one in found)


def test_runs_are_offered_newest_first_and_recorded_addresses_too(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    runs = [path.name.split(".")[1] for path in (shop.folder / "state/runs").iterdir()]
    assert plain(shop, "catalogctl history show ") == runs
    assert plain(shop, "catalogctl revert ") == runs
    assert plain(shop, "catalogctl apply --resume ") == runs
    (shop.folder / "catalog/faro.json").unlink()
    shop.title("mar")
    assert "store/content/faro.epub" in plain(shop, "catalogctl state rm store/")


def test_serials_of_the_kept_states_are_offered_newest_first(shop: Shop) -> None:
    for name in [f"faro-{number}" for number in range(10)]:
        shop.title(name)
        shop.applied()
    offered = plain(shop, "catalogctl state show --serial ")
    assert offered == [str(row["serial"]) for row in json.loads(shop.run("state", "history", "--format", "json").out)]
    assert offered[0] == "10"


def test_new_title_is_offered_before_any_command_ran(shop: Shop) -> None:
    shop.title("faro")
    assert plain(shop, "catalogctl explain ") == ["faro"]
    shop.title("mar")
    assert plain(shop, "catalogctl explain ") == ["faro", "mar"]
    (shop.folder / "catalog/faro.json").unlink()
    assert plain(shop, "catalogctl explain ") == ["mar"]


def test_shells_get_their_forms(shop: Shop) -> None:
    assert offered(shop, "catalogctl vers") == ["plain,version"]
    assert offered(shop, "catalogctl vers", "zsh") == ["plain", "version", "Print the version."]
    assert offered(shop, "catalogctl vers", "fish") == ["plain,version\tPrint the version."]
    assert offered(shop, "catalogctl validate ca") == ["file,ca"]


def test_name_that_a_shell_would_run_is_not_offered(shop: Shop) -> None:
    shop.title("faro")
    shop.applied()
    state = shop.folder / "state/default.json"
    state.write_text(state.read_text().replace("store/content/faro.epub", "store/content/$(touch${IFS}x).epub"))
    (shop.folder / "catalog/faro.json").unlink()
    assert plain(shop, "catalogctl state rm store/") == []


def test_linked_state_is_not_read(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    shop.title("faro")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.json"
    elsewhere.write_text('{"address": "store/content/secret.epub"}')
    (shop.folder / "state").mkdir(exist_ok=True)
    (shop.folder / "state/default.json").symlink_to(elsewhere)
    assert "store/content/secret.epub" not in plain(shop, "catalogctl state rm ")


@pytest.mark.parametrize("broken", ["catalogctl plan 'unclosed", "catalogctl", ""])
def test_nothing_is_said_where_anything_is_wrong(shop: Shop, broken: str) -> None:
    shop.write("catalogctl.yaml", "version: [")
    offered(shop, broken)
    assert offered(shop, "catalogctl explain ") == []


@pytest.mark.usefixtures("importable")
def test_script_of_a_shell_asks_the_command(shop: Shop) -> None:
    shop.title("faro")
    script = catalogctl("completion", "bash").ended(0).out
    assert "_CATALOGCTL_COMPLETE=bash_complete" in script
    process = shop.start(_CATALOGCTL_COMPLETE="bash_complete", COMP_WORDS="catalogctl explain far", COMP_CWORD="2")
    assert ended(process).ended(0).out == "plain,faro\n"
