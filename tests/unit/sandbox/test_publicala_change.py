"""PUT and DELETE: what they demand, what they keep, and which key they know."""

from __future__ import annotations

from typing import Any

import pytest

from unit.sandbox.storefront import DIGITAL, ISSUES, PHYSICAL, UPDATE, Store, serving

PHYSICAL_UPDATE = PHYSICAL
RICH: dict[str, Any] = {
    **DIGITAL,
    "description": "A book",
    "free": True,
    "lang": "en",
    "bisac": [{"code": "ANT018000"}],
    "collection": ["The classics"],
    "author": ["Grace Hopper"],
    "country": ["Finland"],
    "category": ["Hardware"],
    "publisher": ["publica.la"],
    "keyword": ["API"],
    "prices": {"USD": 2.00},
    "table_of_contents": [{"title": "One"}],
}


@pytest.mark.parametrize("missing", ["publication_date", "name", "external_id", "extension"])
def test_an_update_of_digital_content_needs_every_field_the_table_requires(store: Store, missing: str) -> None:
    number = store.created()
    body = {key: value for key, value in UPDATE.items() if key != missing}
    assert list(store.call("PUT", f"{ISSUES}/{number}", body).errors) == [missing]


@pytest.mark.parametrize("missing", ["publication_date", "name", "external_id", "type"])
def test_an_update_of_physical_content_needs_every_field_the_table_requires(store: Store, missing: str) -> None:
    number = store.created(PHYSICAL)
    body = {key: value for key, value in PHYSICAL_UPDATE.items() if key != missing}
    assert list(store.call("PUT", f"{ISSUES}/{number}", body).errors) == [missing]


def test_the_documents_own_update_sample_passes_only_when_lenient() -> None:
    sample = {"publication_date": "2020-06-01", "name": "The Computing Machine", "free": 0, "author": ["Grace Hopper", "Alan Turing"]}
    with serving() as strict:
        assert set(strict.call("PUT", f"{ISSUES}/{strict.created()}", sample).errors) == {"extension", "external_id"}
    with serving(required_fields="lenient") as lenient:
        assert lenient.call("PUT", f"{ISSUES}/{lenient.created()}", sample).status == 204
        assert lenient.stored()["author"] == ["Grace Hopper", "Alan Turing"]


def test_an_update_answers_204_without_a_body_and_keeps_the_connection(store: Store) -> None:
    number = store.created()
    answer = store.update(number, name="New", prices={"USD": 3})
    assert (answer.status, answer.body) == (204, b"")
    assert "content-length" not in answer.headers
    row = store.row()
    assert (row["id"], row["name"], row["prices"]) == (number, "New", {"USD": 3})


def test_the_external_id_can_change_but_not_to_one_that_is_taken(store: Store) -> None:
    first = store.created()
    store.created(external_id="other")
    assert store.update(first, external_id="other").errors == {"external_id": ["The external id has already been taken."]}
    assert store.update(first).status == 204, "its own is not taken"
    assert store.update(first, external_id="renamed").status == 204
    assert store.get("computing-machine").status == 404
    assert store.create().status == 201, "and the old one is free"


@pytest.mark.parametrize("extension", ["epub", "mp3"])
def test_the_file_type_cannot_be_updated(store: Store, extension: str) -> None:
    number = store.created()
    assert store.update(number, extension=extension).errors == {"extension": ["The file and file type cannot be updated."]}
    assert store.update(number, type="physical").errors == {"type": ["The file and file type cannot be updated."]}
    assert store.update(number, type="pdf").status == 204
    assert store.stored()["extension"] == "pdf"


def test_physical_content_stays_physical(store: Store) -> None:
    number = store.created(PHYSICAL)
    assert list(store.update(number, PHYSICAL_UPDATE, type="pdf").errors) == ["type"]
    assert store.update(number, PHYSICAL_UPDATE, extension="pdf").status == 204
    assert store.sandbox.requests[-1].ignored_keys == ("extension",)


def test_mp3_and_mpga_are_one_file_type(store: Store) -> None:
    number = store.created(extension="mp3")
    assert store.update(number, extension="mpga", type="mp3").status == 204
    assert store.stored()["extension"] == "mp3"


def test_the_file_cannot_be_updated_so_its_url_is_ignored(store: Store) -> None:
    number = store.created()
    assert store.update(number, file_url="https://cdn.example.com/other.pdf", pages=3).status == 204
    assert store.sandbox.requests[-1].ignored_keys == ("file_url", "pages")
    assert store.stored()["file_url"] == DIGITAL["file_url"]


def test_sale_dates_are_set_by_an_update(store: Store) -> None:
    number = store.created()
    dates: dict[str, Any] = {"preorder_from": "2021-09-12 12:00:00", "sale_from": "2021-09-15 12:00:00"}
    assert store.update(number, **dates).status == 204
    assert store.stored().items() >= dates.items()
    assert store.sandbox.requests[-1].ignored_keys == ()
    assert list(store.update(number, sale_from="2021-09-15").errors) == ["sale_from"]
    assert list(store.update(number, preorder_from="2021-09-15 25:00:00").errors) == ["preorder_from"]
    assert store.update(number, sale_from=None).status == 204
    assert (store.stored()["sale_from"], store.stored()["preorder_from"]) == (None, dates["preorder_from"])


def test_a_taxonomy_that_is_sent_replaces_all_its_terms(store: Store) -> None:
    number = store.created(RICH)
    assert store.update(number, author=["Alan Turing"], keyword=[], bisac=[{"code": "FIC029000"}]).status == 204
    assert (store.stored()["author"], store.stored()["keyword"], store.stored()["bisac"]) == (["Alan Turing"], [], ["FIC029000"])


@pytest.mark.parametrize(("switch", "authors", "codes"), [("keeps", ["Grace Hopper"], ["ANT018000"]), ("clears", [], [])])
def test_a_taxonomy_that_is_omitted_is_kept_or_cleared(switch: str, authors: list[str], codes: list[str]) -> None:
    with serving(omitted_taxonomy=switch) as store:
        number = store.created(RICH)
        assert store.update(number, keyword=["New"]).status == 204
        stored = store.stored()
        assert (stored["author"], stored["bisac"], stored["keyword"]) == (authors, codes, ["New"])
        assert (stored["description"], stored["amounts_in_cents"]) == ("A book", {"USD": 200})


@pytest.mark.parametrize(("switch", "description", "prices"), [("keeps", "A book", {"USD": 2}), ("clears", None, [])])
def test_another_optional_field_that_is_omitted_is_kept_or_cleared(switch: str, description: str | None, prices: object) -> None:
    with serving(omitted_optional=switch) as store:
        number = store.created(RICH)
        assert store.update(number, lang="es").status == 204
        assert (store.row()["description"], store.row()["prices"], store.row()["lang"]) == (description, prices, "es")
        assert store.stored()["author"] == ["Grace Hopper"]


@pytest.mark.parametrize("empty", [{}, [], None])
def test_prices_can_be_taken_away(store: Store, empty: object) -> None:
    number = store.created(RICH)
    assert store.update(number, prices=empty).status == 204
    assert store.row()["prices"] == []


def test_a_change_shows_in_a_list_that_was_read_before(store: Store) -> None:
    number = store.created()
    store.clock.pass_(60)
    assert store.row()["name"] == "The Computing Machine"
    assert store.update(number, name="New").status == 204
    assert store.row()["name"] == "New"


def test_a_refused_update_changes_nothing(store: Store) -> None:
    number = store.created(RICH)
    before = store.sandbox.rows()
    assert set(store.update(number, name="New", prices={"XXX": 1}, author="x").errors) == {"prices.XXX", "author"}
    assert store.sandbox.rows() == before


def test_an_update_knows_the_internal_id_alone(store: Store) -> None:
    number = store.created()
    assert store.update("computing-machine").status == 404
    assert store.update(number + 1).status == 404
    assert store.update(f"0{number}").status == 404


def test_a_deletion_answers_200_by_either_id_and_404_the_second_time(store: Store) -> None:
    first = store.created()
    store.created(external_id="other")
    assert (store.delete(first).status, store.delete(first).status) == (200, 404)
    assert (store.delete("other").status, store.delete("other").status) == (200, 404)
    assert store.sandbox.rows() == ()
    assert store.list().page["total"] == 0
