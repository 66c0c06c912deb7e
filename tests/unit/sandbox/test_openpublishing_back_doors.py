"""What tests and people at the keyboard do to the store behind everybody's back, and how its contents are kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from catalogctl.provider.emulation import StoredChange
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox, OpenPublishingSwitches, emulator
from catalogctl.sandbox.embedded import EmbeddedSandbox
from catalogctl.system.safe_folder import SafeFolder
from unit.sandbox.exchange import Clock
from unit.sandbox.warehouse import DISTRIBUTION, FILES, PRODUCTS, Warehouse, serving


def test_rows_are_files_with_what_the_api_never_tells() -> None:
    with serving(covers="normalised") as warehouse:
        warehouse.added("cover_marketing", b"x", name="c.jpg", labels=["distribution:a"])
        assert warehouse.sandbox.rows() == (
            {
                "id": 100001,
                "product": 4711,
                "type": "cover_marketing",
                "labels": ["distribution:a"],
                "file_name": "c.jpg",
                "mime_type": "image/jpeg",
                "properties": {},
                "sha1": "a3ceb83d7bf129aabde3c052b94bcbe12435db3a",
                "sha1_sent": "11f6ad8ec52a2984abaafd7c3b516503785c2072",
                "size": 12,
                "timestamp": int(warehouse.clock.now.timestamp()),
                "validation": None,
            },
        )


def test_switching_distribution_and_time_change_no_row() -> None:
    with serving() as warehouse:
        warehouse.added()
        rows = warehouse.sandbox.rows()
        warehouse.call("POST", f"{DISTRIBUTION}?enabled=true")
        warehouse.clock.pass_(10**6)
        assert warehouse.sandbox.rows() == rows


def test_seeded_files_bring_their_product_and_have_sensible_defaults() -> None:
    with serving() as warehouse:
        warehouse.sandbox.seed([{"product": 5, "type": "ebook_epub", "labels": ["distribution:a"], "sha1": "a" * 40}])
        warehouse.sandbox.seed([{"product": 5, "type": "ebook_pdf"}, {"product": 5, "title": "Sal"}])
        assert warehouse.get(f"{PRODUCTS}/5").json["title"] == "Sal"
        epub, pdf = warehouse.get(f"{PRODUCTS}/5/files").items
        assert (epub["_id"], epub["sha1"], epub["labels"], epub["properties"]) == (
            100001,
            "a" * 40,
            ["distribution:a"],
            {"epub_version": "3"},
        )
        assert (pdf["_id"], pdf["mime_type"], len(pdf["sha1"]), pdf["file_name"]) == (100002, "application/pdf", 40, "ebook_pdf-100002")
        assert pdf["sha1"] != warehouse.sandbox.rows()[0]["sha1"] == warehouse.sandbox.rows()[0]["sha1_sent"]


def test_files_are_edited_by_the_names_of_their_object_and_of_their_row() -> None:
    with serving() as warehouse:
        key = f"4711/{warehouse.added(labels=['distribution:a'])['_id']}"
        changes: dict[str, Any] = {
            "file_name": "b.epub",
            "file_size": 5,
            "labels": ["distribution:b"],
            "mime_type": "application/zip",
            "properties": {"epub_version": "2"},
            "sha1": "b" * 40,
            "timestamp": 9,
            "type": "ebook_mobi",
            "validation": {"valid": False},
        }
        warehouse.sandbox.edit(key, **changes)
        (shown,) = warehouse.get(FILES).items
        assert {name: shown[name] for name in changes} == changes
        warehouse.sandbox.edit(key, size=6, sha1_sent="c" * 40)
        (row,) = warehouse.sandbox.rows()
        assert (row["size"], row["sha1_sent"], row["sha1"]) == (6, "c" * 40, "b" * 40)


def test_products_are_edited_by_id_or_ean() -> None:
    with serving() as warehouse:
        warehouse.sandbox.edit("4711", enabled=True, channels={"amazon": True, "kobo": True})
        warehouse.sandbox.edit(
            "9781496822482", channels={"kobo": False}, title="Faro", identifiers=[{"type": "sku", "value": "A"}], language="es"
        )
        (product,) = warehouse.sandbox.products()
        assert (product["enabled"], product["channels"], product["title"]) == (True, {"amazon": True, "kobo": False}, "Faro")
        assert (product["identifiers"], product["properties"]) == ([{"type": "sku", "value": "A"}], {"language": "es"})


def test_a_file_is_removed_alone_and_a_product_with_its_files() -> None:
    with serving(byproducts="yes") as warehouse:
        first, second = warehouse.added()["_id"], warehouse.added("ebook_pdf")["_id"]
        warehouse.sandbox.remove(f"4711/{second}")
        assert [row["id"] for row in warehouse.sandbox.rows()] == [first]
        warehouse.sandbox.remove("9781496822482")
        assert (warehouse.sandbox.rows(), warehouse.sandbox.products()) == ((), ())
        assert warehouse.get(FILES).status == 404
        warehouse.sandbox.seed([{"product": 4711}])
        assert warehouse.get(FILES).ids == []


@pytest.mark.parametrize("key", ["1", "4711/1", "1/100001", "4711/", "4711/x", "x", ""])
@pytest.mark.parametrize("products", ["given", "as_asked"])
def test_back_doors_refuse_what_is_not_there(key: str, products: str) -> None:
    with serving(products=products) as warehouse:
        warehouse.added()
        with pytest.raises(KeyError):
            warehouse.sandbox.edit(key, title="x")
        with pytest.raises(KeyError):
            warehouse.sandbox.remove(key)


@pytest.mark.parametrize(("key", "changes"), [("4711", {"sha1": "x"}), ("4711/100001", {"ean": "x"}), ("4711/100001", {"type": "epub"})])
def test_back_doors_refuse_unknown_fields(key: str, changes: Mapping[str, object]) -> None:
    with serving() as warehouse:
        warehouse.added()
        with pytest.raises(ValueError, match=r"has no|is no type"):
            warehouse.sandbox.edit(key, **changes)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"ean": "1"}, TypeError),
        ({"product": "4711"}, TypeError),
        ({"product": 1, "type": "epub"}, ValueError),
        ({"product": 1, "x": 1}, ValueError),
    ],
)
def test_seeding_refuses_what_it_does_not_know(row: Mapping[str, object], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        OpenPublishingSandbox().seed([row])


def a_history(warehouse: Warehouse) -> None:
    """Do a bit of everything."""
    warehouse.added(labels=["distribution:a"])
    gone = warehouse.added("ebook_pdf")["_id"]
    warehouse.call("DELETE", f"{FILES}/{gone}")
    warehouse.get(f"{PRODUCTS}?ean=9780306406157")
    warehouse.call("POST", f"{DISTRIBUTION}/amazon?enabled=true")
    warehouse.sandbox.seed([{"product": 8, "type": "audiobook"}, {"product": 9, "identifiers": [{"type": None, "value": "v"}]}])
    warehouse.sandbox.remove("8")
    warehouse.sandbox.edit("4711", title="Faro")


def test_commits_rebuild_the_contents_from_a_snapshot_or_one_by_one() -> None:
    with serving(products="as_asked", byproducts="yes") as warehouse:
        heard: list[StoredChange] = []
        born = warehouse.sandbox.snapshot()
        warehouse.sandbox.listen(heard.append)
        a_history(warehouse)
        whole = warehouse.sandbox.snapshot()
        followed = OpenPublishingSandbox(clock=warehouse.clock)
        followed.replay([*born, *heard])
        assert followed.snapshot() == whole
        restored = OpenPublishingSandbox(clock=warehouse.clock)
        restored.seed([{"product": 1, "type": "software"}])
        restored.restore(whole)
        assert (restored.snapshot(), restored.rows(), restored.products()) == (
            whole,
            warehouse.sandbox.rows(),
            warehouse.sandbox.products(),
        )
        told = len(heard)
        warehouse.sandbox.restore(born)
        warehouse.sandbox.replay(heard[:1])
        assert len(heard) == told
        warehouse.added()
        assert len(heard) > told


def test_equal_histories_give_equal_contents() -> None:
    with serving(products="as_asked", byproducts="yes") as one, serving(products="as_asked", byproducts="yes") as other:
        a_history(one)
        a_history(other)
        assert one.sandbox.snapshot() == other.sandbox.snapshot()
        assert one.get(FILES).body == other.get(FILES).body


def test_reset_returns_to_a_new_sandbox_and_tells_so() -> None:
    with serving(rate_limit=50, busy_every=40) as warehouse:
        heard: list[StoredChange] = []
        a_history(warehouse)
        warehouse.sandbox.listen(heard.append)
        warehouse.sandbox.reset()
        assert (warehouse.sandbox.snapshot(), warehouse.sandbox.requests) == (OpenPublishingSandbox().snapshot(), ())
        assert tuple(heard) == warehouse.sandbox.snapshot()
        warehouse.sandbox.seed([{"product": 4711}])
        warehouse.log_in()
        assert warehouse.added()["_id"] == 100001


def test_an_embedded_sandbox_keeps_products_that_a_read_brought_into_being(tmp_path: Path) -> None:
    query = f"{PRODUCTS}?ean=9780306406157"
    with serving(products="as_asked") as elsewhere:
        expected = elsewhere.get(query).items

    def opened() -> tuple[EmbeddedSandbox, Warehouse]:
        inner = emulator()
        embedded = EmbeddedSandbox(SafeFolder(tmp_path), "openpublishing.sandbox", inner)
        assert embedded.url.startswith("http://127.0.0.1:")
        assert embedded.server is not None
        warehouse = Warehouse(inner, embedded.server, Clock())
        warehouse.log_in()
        return embedded, warehouse

    embedded, warehouse = opened()
    assert warehouse.get(query).items == expected
    number = expected[0]["_id"]
    assert warehouse.add(path=f"{PRODUCTS}/{number}/files").status == 201
    warehouse.connection.close()
    embedded.close()
    embedded, warehouse = opened()
    assert [row["product"] for row in embedded.rows()] == [number]
    assert [one["ean"] for one in warehouse.sandbox.products()] == ["9780306406157"]
    assert warehouse.get(query).items == expected
    warehouse.connection.close()
    embedded.close()


def test_switches_have_the_strictest_or_likeliest_defaults() -> None:
    assert OpenPublishingSandbox().switches == OpenPublishingSwitches()
    assert OpenPublishingSwitches().products == "given"
    assert emulator().switches == OpenPublishingSwitches(products="as_asked")
