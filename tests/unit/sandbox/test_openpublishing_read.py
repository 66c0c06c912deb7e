"""Products, the lists and their filters, deletions, and distribution."""

from __future__ import annotations

import pytest

from catalogctl.providers.openpublishing.sandbox import emulator
from catalogctl.sandbox import SandboxServer
from unit.sandbox.exchange import Clock
from unit.sandbox.warehouse import DISTRIBUTION, FILES, FORM, PRODUCTS, Warehouse, serving

SHELF = [
    {"product": 1, "ean": "9780306406157", "title": "Mareas", "identifiers": [{"type": "sku", "value": "A1"}], "language": "es"},
    {"product": 2, "title": "Mar", "identifiers": [{"type": None, "value": "A1"}, {"type": "sku", "value": "B2"}], "subject_id": 12},
    {"product": 3, "title": "Sal", "identifiers": [{"type": "isbn", "value": "A1"}], "bisac": ["FIC019000", "FIC000000"]},
]


def test_a_product_is_shown_by_its_id_and_in_the_list() -> None:
    with serving() as warehouse:
        shown = warehouse.get(f"{PRODUCTS}/4711").json
        assert warehouse.get(PRODUCTS).items == [shown]
        link = "https://api.openpublishing.com/resource/v3/products/4711"
        assert (shown["_id"], shown["_version"], shown["_links"], shown["ean"]) == (4711, "3.0", {"self": link}, "9781496822482")
        assert (shown["title"], shown["external_identifiers"], len(shown["_uuid"])) == ("El faro", [], 36)


@pytest.mark.parametrize("key", ["1", "0", "04711", "x", "-4711", "4711.0", "9" * 30, "٤٧١١"])
def test_an_unknown_product_is_nowhere(key: str) -> None:
    with serving() as warehouse:
        path = "".join(f"%{byte:02X}" for byte in key.encode())
        for tail in ("", "/files", "/files/1"):
            answer = warehouse.get(f"{PRODUCTS}/{path}{tail}")
            assert (*answer.error, answer.json["ERROR"]["PARAMETERS"]) == (404, "products::not_found", {"id": key})
        assert warehouse.get(f"/rpc/v2/products/{path}/distribution/amazon").status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4711]),
        ("ean=9780306406157", [1]),
        ("ean__eq=9780306406157", [1]),
        ("ean=978030640615", []),
        ("ean__isnull", [2, 3]),
        ("ean__isnotnull", [1, 4711]),
        ("ean__ne=9780306406157", [2, 3, 4711]),
        ("title=Mar", [2]),
        ("title__startswith=Mar", [1, 2]),
        ("title__contains=ar", [1, 2, 4711]),
        ("title__endswith=as", [1]),
        ("title__contains=ar&ean__isnull", [2]),
        ("language=es", [1]),
        ("bisac=FIC000000", [3]),
        ("bisac__ne=FIC000000", [1, 2, 4711]),
        ("subject_id__gt=9", [2]),
        ("subject_id__gte=12", [2]),
        ("subject_id__lt=12", []),
        ("subject_id__lte=12", [2]),
        ("subject_id__range=9,12", [2]),
        ("subject_id__range=13,99", []),
        ("publication_date_ebook__gt=2020-01-01&thema=FB&imprint_id=1&category_id=1", []),
        ("external_identifier_type=sku&external_identifier_value=A1", [1]),
        ("external_identifier_type=sku", [1, 2]),
        ("external_identifier_value=A1", [2]),
        ("external_identifier_value=B2", []),
        ("external_identifier_type=isbn&external_identifier_value=B2", []),
        ("external_identifier_type=isbn&external_identifier_value=A1&title=Sal", [3]),
    ],
)
def test_products_are_found_by_the_documented_filters(query: str, found: list[int]) -> None:
    with serving() as warehouse:
        warehouse.sandbox.seed(SHELF)
        assert warehouse.get(f"{PRODUCTS}?{query}").ids == found


@pytest.mark.parametrize("query", ["page=2", "EAN=1", "ean__like=9", "external_identifier_value__contains=A", "_id=1"])
def test_what_is_no_documented_filter_is_refused(query: str) -> None:
    with serving() as warehouse:
        name = query.partition("=")[0]
        for path in (PRODUCTS, FILES):
            answer = warehouse.get(f"{path}?{query}")
            assert (*answer.error, answer.json["ERROR"]["PARAMETERS"]) == (422, "query::unknown_filter", {"filter": name})
        assert warehouse.get(f"{PRODUCTS}?subject_id__range=1").error == (422, "query::invalid_range")


def test_a_list_may_come_in_three_envelopes() -> None:
    with serving() as warehouse:
        assert warehouse.get(FILES).json == {"_links": {}, "_pagination": {}, "items": []}
    with serving(envelope="links_items") as warehouse:
        assert warehouse.get(FILES).json == {"links": {}, "items": []}
    with serving(envelope="bare") as warehouse:
        assert warehouse.get(FILES).json == []
        assert [one["_id"] for one in warehouse.get(PRODUCTS).json] == [4711]


def test_products_may_come_into_being_when_they_are_asked_for() -> None:
    with serving(products="as_asked") as warehouse:
        assert warehouse.get(PRODUCTS).ids == [4711]
        assert warehouse.get(f"{PRODUCTS}/77").json["_id"] == 77
        assert warehouse.get("/rpc/v2/products/78/distribution").json == {"enabled": False}
        assert warehouse.add(path=f"{PRODUCTS}/79/files").status == 201
        assert warehouse.get(f"{PRODUCTS}/x").status == 404
        assert warehouse.get(f"{PRODUCTS}?ean=9781496822482").ids == [4711]
        (by_ean,) = warehouse.get(f"{PRODUCTS}?ean=9780306406157").items
        (by_pair,) = warehouse.get(f"{PRODUCTS}?external_identifier_type=sku&external_identifier_value=A1").items
        (by_value,) = warehouse.get(f"{PRODUCTS}?external_identifier_value=A1").items
        assert (by_ean["ean"], by_pair["external_identifiers"]) == ("9780306406157", [{"type": "sku", "value": "A1"}])
        assert by_value["external_identifiers"] == [{"type": None, "value": "A1"}]
        assert warehouse.get(f"{PRODUCTS}?ean=9780306406157").items == [by_ean]
        assert warehouse.get(f"{PRODUCTS}?title=Unheard").ids == []
        assert warehouse.get(f"{PRODUCTS}?external_identifier_type=unheard").ids == []
        assert len(warehouse.get(PRODUCTS).ids) == 7


def test_what_an_asked_product_is_called_does_not_depend_on_who_was_asked_for_before() -> None:
    with serving(products="as_asked") as one, serving(products="as_asked") as other:
        one.get(f"{PRODUCTS}?ean=9780306406157")
        query = f"{PRODUCTS}?external_identifier_type=sku&external_identifier_value=A1"
        (number,) = one.get(query).ids
        other.call("POST", f"/rpc/v2/products/{number}/distribution?enabled=true")
        assert other.get(query).items == one.get(query).items
        assert other.get(f"/rpc/v2/products/{number}/distribution").json == {"enabled": True}


def test_asked_products_whose_ids_would_be_the_same_keep_apart() -> None:
    with serving(products="as_asked") as warehouse:
        (number,) = warehouse.get(f"{PRODUCTS}?ean=9780306406157").ids
        warehouse.sandbox.edit(str(number), ean="9780000000002")
        assert warehouse.get(f"{PRODUCTS}?ean=9780306406157").ids == [number + 1]


def test_the_emulator_for_trying_out_needs_no_set_up() -> None:
    tool = emulator()
    with SandboxServer({"openpublishing": tool}) as server:
        warehouse = Warehouse(tool, server, Clock())
        warehouse.log_in()
        assert warehouse.add(path=f"{PRODUCTS}/5/files").status == 201
        warehouse.connection.close()


def test_files_are_found_by_the_documented_filters() -> None:
    with serving() as warehouse:
        warehouse.sandbox.seed(
            [
                {"product": 4711, "id": 1, "type": "ebook_epub", "file_name": "a.epub", "labels": ["distribution:a", "distribution:b"]},
                {"product": 4711, "id": 2, "type": "ebook_epub", "file_name": "b c.epub", "properties": {"epub_version": "2"}},
                {"product": 4711, "id": 3, "type": "cover_marketing", "file_name": "c.jpg", "labels": ["distribution:a"]},
                {"product": 1, "id": 4, "type": "ebook_epub"},
            ],
        )
        for query, found in [
            ("type=ebook_epub", [1, 2]),
            ("type=unheard", []),
            ("labels=distribution:a", [1, 3]),
            ("labels=distribution:b,distribution:a", [1]),
            ("labels=distribution:b&labels=distribution:a", [1]),
            ("labels=distribution%3Aa&type=cover_marketing", [3]),
            ("labels__isnull", [2]),
            ("mime_type=image/jpeg", [3]),
            ("mime_type=application%2Fepub%2Bzip", [1, 2]),
            ("file_name=b+c.epub", [2]),
            ("file_name__endswith=.epub", [1, 2]),
            ("property_epub_version=2", [2]),
            ("property_epub_version=3", [1]),
            ("property_epub_version__gte=2", [1, 2]),
        ]:
            assert warehouse.get(f"{FILES}?{query}").ids == found, query


@pytest.mark.parametrize(("switch", "status", "body"), [("204", 204, b""), ("200_empty", 200, b""), ("200_ok", 200, b'{"OK":{}}')])
def test_a_deletion_is_answered_in_one_of_three_ways_and_then_there_is_nothing(switch: str, status: int, body: bytes) -> None:
    with serving(delete_answer=switch) as warehouse:
        path = f"{FILES}/{warehouse.added()['_id']}"
        answer = warehouse.call("DELETE", path)
        assert (answer.status, answer.body) == (status, body)
        assert warehouse.call("DELETE", path).error == warehouse.get(path).error == (404, "product_files::not_found")
        assert warehouse.sandbox.rows() == ()


def test_the_file_of_another_product_is_unknown() -> None:
    with serving() as warehouse:
        warehouse.sandbox.seed([{"product": 1}])
        number = warehouse.added()["_id"]
        for method in ("GET", "DELETE"):
            assert warehouse.call(method, f"{PRODUCTS}/1/files/{number}").error == (404, "product_files::not_found")
        assert warehouse.get(FILES).ids == [number]


def test_the_id_of_a_deleted_file_is_not_given_again() -> None:
    with serving() as warehouse:
        first = warehouse.added()["_id"]
        warehouse.call("DELETE", f"{FILES}/{first}")
        warehouse.sandbox.restore(warehouse.sandbox.snapshot())
        assert warehouse.added()["_id"] == first + 1


def test_distribution_is_off_until_it_is_switched_and_channels_follow_the_whole_until_they_are_set() -> None:
    with serving() as warehouse:
        assert warehouse.get(DISTRIBUTION).json == warehouse.get(f"{DISTRIBUTION}/amazon").json == {"enabled": False}
        assert warehouse.sandbox.products()[0]["channels"] == {}
        answer = warehouse.call("POST", DISTRIBUTION, b"enabled=true", FORM)
        assert (answer.status, answer.json) == (200, {"enabled": True})
        assert warehouse.get(DISTRIBUTION).json == {"enabled": True}
        assert warehouse.get(f"{DISTRIBUTION}/amazon").json == {"enabled": True}
        assert warehouse.call("POST", f"{DISTRIBUTION}/amazon?enabled=true").json == {"enabled": True}
        assert warehouse.call("POST", f"{DISTRIBUTION}?enabled=false").json == {"enabled": False}
        assert warehouse.get(f"{DISTRIBUTION}/amazon").json == {"enabled": True}
        product = warehouse.sandbox.products()[0]
        assert (product["enabled"], product["channels"]) == (False, {"amazon": True})


@pytest.mark.parametrize("value", ["", "True", "1", "yes"])
def test_distribution_is_switched_by_true_and_false_alone(value: str) -> None:
    with serving() as warehouse:
        assert warehouse.call("POST", DISTRIBUTION).error == (422, "distribution::enabled_invalid")
        assert warehouse.call("POST", f"{DISTRIBUTION}?enabled={value}").error == (422, "distribution::enabled_invalid")
        assert warehouse.call("POST", f"{DISTRIBUTION}/kobo", f"enabled={value}".encode(), FORM).status == 422
        assert warehouse.call("POST", DISTRIBUTION, b'{"enabled": true}', {"Content-Type": "application/json"}).status == 422
        assert (warehouse.sandbox.products()[0]["enabled"], warehouse.sandbox.products()[0]["channels"]) == (False, {})


@pytest.mark.parametrize(("switch", "on", "off"), [("json_true", b"true", b"false"), ("text", b'"true"', b'"false"'), ("one", b"1", b"0")])
def test_a_distribution_switch_is_written_in_one_of_three_ways(switch: str, on: bytes, off: bytes) -> None:
    with serving(enabled_as=switch, unset_channels="off") as warehouse:
        assert warehouse.call("POST", f"{DISTRIBUTION}?enabled=true").body == b'{"enabled":' + on + b"}"
        assert warehouse.get(DISTRIBUTION).body == b'{"enabled":' + on + b"}"
        assert warehouse.get(f"{DISTRIBUTION}/kobo").body == b'{"enabled":' + off + b"}"
