"""import ADDRESS ID: one object that exists is managed from then on, and nothing is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from shop import Shop, opened

AT = "store/content/faro.epub"


def hold(shop: Shop, **told: object) -> str:
    """Put a content into the store that no one manages, and give its id."""
    row = {
        "external_id": "key-faro",
        "name": "El faro",
        "extension": "epub",
        "lang": "es",
        "publication_date": "2021-03-04",
        "prices": {"USD": 9.9},
    }
    shop.sandbox.seed([{**row, **told}])
    [id_] = [str(row["id"]) for row in shop.sandbox.rows() if row["external_id"] == told.get("external_id", "key-faro")]
    return id_


def test_an_object_that_is_as_declared_is_managed_from_then_on(shop: Shop) -> None:
    id_ = hold(shop, author=["Ana Ruiz"])
    shop.title()
    done = shop.run("import", AT, id_).ended(0)
    assert f"{AT} is the object with the id {id_} from now on" in " ".join(done.out.split())
    assert (shop.addresses, shop.state["resources"][0]["id"]) == ([AT], id_)
    assert shop.state["lineage"]
    assert shop.writes == []


def test_what_differs_is_shown_and_the_next_apply_makes_it_as_declared(shop: Shop) -> None:
    id_ = hold(shop, name="El otro faro", author=["Ana Ruiz"])
    shop.title()
    done = shop.run("import", AT, id_).ended(0)
    assert "It is not as declared." in done.out
    assert "El otro faro" in done.out
    assert shop.writes == []
    planned = shop.run("plan", "--detailed-exitcode").ended(2)
    assert "~ update" in planned.out
    shop.applied()
    assert shop.rows["key-faro"]["name"] == "El faro"
    shop.run("plan", "--detailed-exitcode").ended(0)


def test_an_object_with_another_key_is_the_one_that_was_named(shop: Shop) -> None:
    id_ = hold(shop, external_id="old-key")
    shop.title()
    shop.run("import", AT, id_).ended(0)
    shop.applied()
    assert list(shop.rows) == ["key-faro"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((AT, "999"), "Nothing to import"),
        (("store/content/faros.epub", "1"), "Did you mean store/content/faro.epub?"),
        (("store/content/other.epub", "1"), "catalogctl import store --all --write catalog/"),
        (("store/content/faro.audio", "1"), "in the file of faro:"),
        (("faro", "1"), "Not an address"),
        ((AT, ""), f"catalogctl import {AT} ID"),
        (("nope/content/faro.epub", "1"), "The accounts are: store."),
        (("store/contents/faro.epub", "1"), "Its types are: content, "),
        ((AT,), "write catalogctl import ADDRESS ID"),
        (("store", "--all"), "--all needs --write DIR"),
        (("store", "7", "--all", "--write", "catalog"), "No account called `7`"),
        ((AT, "1", "--write", "catalog"), "write catalogctl import ADDRESS ID"),
    ],
)
def test_what_cannot_be_imported_is_told_and_leaves_no_state(shop: Shop, arguments: tuple[str, ...], code: str) -> None:
    hold(shop)
    shop.title()
    told = shop.run("import", *arguments).ended(1)
    assert code in told.err
    assert "block" not in told.err  # there is none
    assert "Traceback" not in told.all
    assert not (shop.folder / "state/default.json").exists()


def test_an_address_and_an_object_are_imported_once(shop: Shop) -> None:
    id_ = hold(shop)
    shop.title()
    shop.run("import", AT, id_).ended(0)
    before = shop.state
    assert f"is the object with the id {id_} already" in shop.run("import", AT, id_).ended(1).err
    shop.title("luz")
    told = shop.run("import", "store/content/luz.epub", id_).ended(1).err
    assert f"is managed as {AT} already" in " ".join(told.split())
    assert shop.state == before


def test_an_object_of_another_kind_is_not_imported(shop: Shop) -> None:
    id_ = hold(shop, extension="pdf")
    shop.title()
    assert "An object of another kind holds this key" in shop.run("import", AT, id_).ended(1).err


@pytest.mark.usefixtures("piped")
def test_the_parts_of_an_audiobook_come_after_the_whole(tmp_path: Path) -> None:
    with opened(tmp_path, v3_docs="A") as shop:
        _import_in_parts(shop)


def _import_in_parts(shop: Shop) -> None:
    tracks = [{"id": name, "title": name.title(), "file": f"https://files.example.com/{name}.mp3"} for name in ("intro", "end")]
    shop.title(edition={"format": "audiobook", "files": None, "tracks": tracks})
    shop.applied()
    ids = {entry["address"]: entry["id"] for entry in shop.state["resources"]}
    Path(shop.folder / "state/default.json").unlink()
    for old in (shop.folder / "state/history").iterdir():
        old.unlink()
    early = shop.run("import", "store/track/faro.epub/intro", ids["store/track/faro.epub/intro"]).ended(1)
    assert f"catalogctl import {AT} ID" in early.err
    for address, id_ in ids.items():
        shop.run("import", address, id_).ended(0)
    assert {entry["address"]: entry["id"] for entry in shop.state["resources"]} == ids
    assert shop.writes == []


def test_the_state_is_held_meanwhile(shop: Shop) -> None:
    id_ = hold(shop)
    shop.title()
    shop.server.latency = 1.0
    first = shop.start("import", AT, id_)
    while not (shop.folder / "state/default.lock.json").exists() and first.poll() is None:
        pass
    shop.run("import", AT, id_, "--lock-timeout", "0").ended(4)
    first.communicate()


def test_a_move_to_nowhere_is_settled_as_its_hint_says(shop: Shop) -> None:
    shop.title()
    shop.title("mar")
    shop.applied()
    (shop.folder / "catalog/faro.json").unlink()
    moved = f"moved: [{{from: {AT}, to: store/content/luz.epub}}]\n"
    shop.write("catalog/moved.yaml", moved)
    hint = "removed: [{address: store/content/luz.epub, destroy: false}]"
    assert hint in shop.run("plan").ended(1).err
    shop.write("catalog/moved.yaml", f"{moved}{hint}\n")
    shop.applied()
    assert shop.addresses == ["store/content/mar.epub"]
    assert sorted(shop.rows) == ["key-faro", "key-mar"]


def test_a_price_that_only_the_store_has_is_not_remembered_as_declared(shop: Shop) -> None:
    id_ = hold(shop, author=["Ana Ruiz"], prices={"USD": 12.5, "EUR": 7.0})
    shop.title()
    shop.run("import", AT, id_).ended(0)
    assert shop.state["resources"][0]["attributes"]["prices"] == {"USD": "12.50"}
