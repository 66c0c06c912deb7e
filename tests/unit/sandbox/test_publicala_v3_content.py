"""v3's content, one at a time: create, get, update, delete, and what v1 makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from unit.sandbox.storefront import DIGITAL, UPDATE
from unit.sandbox.storefront import PHYSICAL as V1_PHYSICAL
from unit.sandbox.storefront_v3 import AUDIO, CONTENT, NO_AUDIO, NO_CONTENT, PAPER, SENT_HEADERS, TEXT, UNAUTHORIZED, StoreV3, opened


@pytest.fixture
def store() -> StoreV3:
    return opened()


# ── create ──


@pytest.mark.parametrize("missing", ["name", "file_type", "lang"])
@pytest.mark.parametrize("body", [TEXT, AUDIO, PAPER])
def test_a_content_needs_a_name_a_file_type_and_a_language(store: StoreV3, body: dict[str, Any], missing: str) -> None:
    told = store.call("POST", CONTENT, {key: value for key, value in body.items() if key != missing})
    assert told.errors == {missing: [f"The {missing.replace('_', ' ')} field is required."]}
    assert store.sandbox.rows() == ()


def test_a_created_content_is_shown_with_its_id_as_a_text(store: StoreV3) -> None:
    told = store.create(published_at="2024-05-06", external_id="machine", free=True, free_until="2026-12-31", require_login=True)
    assert told.status == 201
    assert told.data == {
        "id": "1000001",
        "external_id": "machine",
        "name": "The Machine",
        "slug": "the-machine-1000001",
        "lang": "en",
        "file_type": "pdf",
        "audience": None,
        "cover_url": "https://storage.publica.la/covers/1000001.jpg",
        "reader_url": "https://your-store.com/reader/the-machine-1000001",
        "product_url": "https://your-store.com/library/publication/the-machine-1000001",
        "created_at": "2026-01-02T03:04:05.000000Z",
        "updated_at": "2026-01-02T03:04:05.000000Z",
        "published_at": "2024-05-06T00:00:00.000000Z",
        "license": "retail",
        "free": {"enabled": True, "until": "2026-12-31T00:00:00.000000Z", "require_login": True},
        "preview": {"enabled": False, "require_login": False},
        "conversion_status": "awaiting",
    }
    assert store.get("1000001").data == told.data


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("name", "x" * 256, "name"),
        ("name", 7, "name"),
        ("file_type", "mp3", "file_type"),
        ("file_type", ["pdf"], "file_type"),
        ("lang", "english", "lang"),
        ("description", {"html": "x"}, "description"),
        ("published_at", "2024-05-06 00:00:00", "published_at"),
        ("published_at", "2024-02-30", "published_at"),
        ("audience", 3, "audience"),
        ("external_id", "x" * 65, "external_id"),
        ("external_id", 5, "external_id"),
        ("file_url", "machine.pdf", "file_url"),
        ("file", "sftp/machine.pdf", "file"),
        ("file", 5, "file"),
        ("cover_url", "cover.jpg", "cover_url"),
        ("cover", 5, "cover"),
        ("free", "yes", "free"),
        ("free_until", "soon", "free_until"),
        ("require_login", 2, "require_login"),
        ("preview", "true", "preview"),
        ("preview_require_login", [], "preview_require_login"),
        ("share_with_tenants_ids", "3", "share_with_tenants_ids"),
        ("share_with_tenants_ids", [3, "4"], "share_with_tenants_ids.1"),
        ("author", "Grace Hopper", "author"),
        ("publisher", [1], "publisher.0"),
        ("keywords", "engines", "keywords"),
        ("keyword", [None], "keyword.0"),
        ("bisac", ["ant018000"], "bisac.0.code"),
        ("bisac", [{}], "bisac.0.code"),
        ("bisac", [5], "bisac.0"),
        ("categories", {"0": "x"}, "categories"),
        ("collections", [5], "collections.0"),
        ("pages", "256", "pages"),
        ("weight", -1, "weight"),
        ("binding_type", 1, "binding_type"),
        ("prices", {"USD": 2}, "prices"),
        ("prices", ["USD"], "prices.0"),
        ("prices", [{"amount": 2}], "prices.0.currency_id"),
        ("prices", [{"currency_id": ["USD"], "amount": 2}], "prices.0.currency_id"),
        ("prices", [{"currency_id": "GBP", "amount": 2}], "prices.0.currency_id"),
        ("prices", [{"currency_id": "USD"}], "prices.0.amount"),
        ("prices", [{"currency_id": "USD", "amount": "2"}], "prices.0.amount"),
        ("prices", [{"currency_id": "USD", "amount": -2}], "prices.0.amount"),
        ("prices", [{"currency_id": "USD", "amount": 2}, {"currency_id": "USD", "amount": 3}], "prices.1.currency_id"),
        ("prices", [{"currency_id": "USD", "amount": 2, "starts_at": "soon"}], "prices.0.starts_at"),
        ("prices", [{"currency_id": "USD", "amount": 2, "ends_at": 5}], "prices.0.ends_at"),
        ("prices", [{"currency_id": "USD", "amount": 2, "starts_at": "2026-02-01", "ends_at": "2026-01-01"}], "prices.0.ends_at"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_name(store: StoreV3, key: str, value: object, where: str) -> None:
    assert list(store.create(**{key: value}).errors) == [where]
    assert store.sandbox.rows() == ()


@pytest.mark.parametrize("file_type", ["pdf", "epub"])
def test_a_text_needs_a_file_or_its_address_and_not_both(store: StoreV3, file_type: str) -> None:
    body = {"name": "x", "lang": "en", "file_type": file_type}
    assert store.create(body).errors == {"file": ["The file field is required when file url is not present."]}
    both = {"file": "sftp/x.pdf", "file_url": "https://cdn.example.com/x.pdf"}
    assert store.create(body, **both).errors == {"file": ["The file field is prohibited when file url is present."]}
    row = store.stored(store.created(body, file="sftp/x.pdf"))
    assert (row["file"], row["file_url"]) == ("sftp/x.pdf", None)


def test_a_cover_is_a_path_or_an_address_and_not_both(store: StoreV3) -> None:
    both = {"cover": "sftp/c.jpg", "cover_url": "https://cdn.example.com/c.jpg"}
    assert list(store.create(**both).errors) == ["cover"]


def test_an_audiobook_may_have_no_file_and_any_other_file_than_mp3_is_refused(store: StoreV3) -> None:
    assert store.create(AUDIO).data["file_type"] == "audio"
    assert store.create(AUDIO, file_url="https://cdn.example.com/a.MP3?x=1.wav").status == 201
    assert store.create(AUDIO, file_url="https://cdn.example.com/a.wav?x=1.mp3").errors == NO_AUDIO
    assert store.create(AUDIO, file="sftp/[a.m4b").errors == NO_AUDIO


def test_physical_content_has_no_file_and_is_not_converted(store: StoreV3) -> None:
    assert store.create(PAPER, file_url="https://cdn.example.com/x.pdf").errors == {"file_url": ["The file url field is prohibited."]}
    assert store.create(PAPER, pages=7, height=1, width=2, weight=3, binding_type="soft").data["conversion_status"] == "done"
    assert store.stored(1000001)["pages"] == 7


def test_what_is_unknown_is_ignored_and_logged(store: StoreV3) -> None:
    store.created(identifiers=[{"type": "ddc", "value": "800"}], stock=5, colour="red")
    assert store.sandbox.requests[-1].ignored_keys == ("colour", "identifiers", "stock")


def test_a_body_that_is_no_object_is_an_empty_one(store: StoreV3) -> None:
    assert list(store.call("POST", CONTENT, [1]).errors) == ["file_type", "lang", "name"]


def test_an_external_id_is_one_contents_alone_in_both_versions_of_the_api(store: StoreV3) -> None:
    number = store.created(external_id="machine")
    taken = {"external_id": ["The external id has already been taken."]}
    assert store.create(external_id="machine").errors == taken
    assert store.v1("POST", "", {**DIGITAL, "external_id": "machine"}).errors == taken
    other = store.created(external_id="other")
    assert store.update(other, {"external_id": "machine"}).errors == taken
    assert store.update(number, {"external_id": "machine"}).status == 200
    assert store.delete(number).status == 204
    assert store.update(other, {"external_id": "machine"}).data["external_id"] == "machine"
    assert store.update(other, {"external_id": None}).data["external_id"] is None


def test_another_tenants_external_id_does_not_stand_in_the_way(store: StoreV3) -> None:
    store.seed({"external_id": "machine", "owned": False})
    assert store.create(external_id="machine").status == 201


def test_collections_must_exist_where_the_store_names_them() -> None:
    store = opened(collections=("Classics",))
    assert store.create(collections=["Classics"]).status == 201
    assert store.create(collections=["Classics", "New"]).errors == {"collections.1": ["The selected collections.1 is invalid."]}
    assert list(store.create(collection=["New"]).errors) == ["collection.0"]


# ── conversion ──


def test_a_conversion_goes_on_by_the_clock_and_begins_by_waiting(store: StoreV3) -> None:
    number, seen = store.created(), []
    for _ in range(4):
        seen.append(store.get(number).data["conversion_status"])
        store.clock.pass_(0.25)
    assert seen == ["awaiting", "converting", "done", "done"]


def test_a_conversion_may_go_on_by_reads_or_fail() -> None:
    store = opened(conversion_advances="read", conversion_failure="failed")
    number = store.created()
    assert [store.get(number).data["conversion_status"] for _ in range(2)] == ["converting", "failed"]


# ── get ──


def test_some_keys_are_shown_only_where_they_are_asked_for(store: StoreV3) -> None:
    number = store.created(
        description="<p>Hi</p>", prices=[{"currency_id": "USD", "amount": 19.99}, {"currency_id": "CLP", "amount": 9000}]
    )
    assert not store.get(number).data.keys() & {"description", "prices", "metadata", "geographic_restrictions"}
    shown = store.get(number, include="description, prices,metadata,geographic_restrictions").data
    assert shown["description"] == "<p>Hi</p>"
    assert shown["prices"] == [
        {"currency_id": "USD", "amount": 19.99, "starts_at": None, "ends_at": None},
        {"currency_id": "CLP", "amount": 9000, "starts_at": None, "ends_at": None},
    ]
    assert shown["geographic_restrictions"] == []
    assert shown["metadata"].keys() == {"author", "publisher", "bisac", "keywords", "categories", "collections", "metrics"}


def test_fields_hide_all_but_what_they_name_and_the_id(store: StoreV3) -> None:
    number = store.created(description="x")
    assert store.get(number, fields="name,description", include="description,prices").data == {
        "id": number,
        "name": "The Machine",
        "description": "x",
    }
    assert store.update(number, {"name": "New"}, fields="name").data == {"id": number, "name": "New"}


@pytest.mark.parametrize(
    ("argument", "value"), [("include", "description,tracks"), ("fields", "colour"), ("fields", "subtitle"), ("id_type", "isbn")]
)
def test_an_unknown_argument_value_is_refused(store: StoreV3, argument: str, value: str) -> None:
    number = store.created()
    assert store.get(number, **{argument: value}).errors == {argument: [f"The selected {argument.replace('_', ' ')} is invalid."]}


def test_an_id_is_internal_unless_the_request_says_otherwise(store: StoreV3) -> None:
    number = store.created(external_id="696900")
    for call in (store.get, store.delete):
        assert call("696900").said == NO_CONTENT
        assert call(number, id_type="external").said == NO_CONTENT
    assert store.update("696900", {}).said == NO_CONTENT
    assert store.get("696900", id_type="external").data["id"] == number
    assert store.update("696900", {"name": "New"}, id_type="external").data["name"] == "New"
    assert store.get(number, id_type="internal").data["name"] == "New"
    assert store.delete("696900", id_type="external").status == 204
    assert store.sandbox.rows() == ()


@pytest.mark.parametrize("key", ["0", "01000001", "bulk", "nothing", "9" * 30])
def test_an_unknown_content_is_not_found(store: StoreV3, key: str) -> None:
    store.created()
    assert store.get(key).said == store.update(key, {}).said == store.delete(key).said == NO_CONTENT


def test_another_tenants_content_is_out_of_reach(store: StoreV3) -> None:
    store.seed({"external_id": "theirs", "file_type": "audio", "owned": False})
    for key, query in (("1000001", {}), ("theirs", {"id_type": "external"})):
        assert store.get(key, **query).said == UNAUTHORIZED
        assert store.update(key, {"name": "x"}, **query).said == UNAUTHORIZED
        assert store.delete(key, **query).said == UNAUTHORIZED
    assert store.call("GET", f"{CONTENT}/1000001/tracks").said == UNAUTHORIZED
    assert len(store.sandbox.rows()) == 1


# ── prices ──


def test_only_active_prices_are_shown(store: StoreV3) -> None:
    number = store.created(
        prices=[
            {"currency_id": "USD", "amount": 9.9, "starts_at": None},
            {"currency_id": "USD", "amount": 5, "starts_at": "2026-01-03", "ends_at": "2026-01-03"},
            {"currency_id": "EUR", "amount": 4, "ends_at": "2026-01-02"},
            {"currency_id": "EUR", "amount": 6, "starts_at": "2026-02-01"},
        ],
    )

    def active() -> list[tuple[str, float]]:
        return [(price["currency_id"], price["amount"]) for price in store.get(number, include="prices").data["prices"]]

    before = store.stored(number)
    assert active() == [("USD", 9.9), ("EUR", 4)]
    store.clock.pass_(60 * 60 * 24)
    assert active() == [("USD", 9.9), ("USD", 5)]
    assert store.get(number, include="prices").data["prices"][1] == {
        "currency_id": "USD",
        "amount": 5,
        "starts_at": "2026-01-03T00:00:00.000000Z",
        "ends_at": "2026-01-03T00:00:00.000000Z",
    }
    store.clock.pass_(60 * 60 * 24)
    assert active() == [("USD", 9.9)]
    store.clock.pass_(60 * 60 * 24 * 30)
    assert active() == [("USD", 9.9), ("EUR", 6)]
    assert store.stored(number) == before
    store.update(number, {"prices": []})
    assert active() == []
    assert store.stored(number)["scheduled_prices"] == []


@pytest.mark.parametrize(("reading", "kept"), [("kept", {"USD": 0}), ("dropped", {})])
def test_a_price_of_zero_is_kept_or_dropped(reading: str, kept: dict[str, int]) -> None:
    store = opened(zero_price=reading)
    number = store.created(prices=[{"currency_id": "USD", "amount": 0}, {"currency_id": "EUR", "amount": 0, "starts_at": "2026-02-01"}])
    row = store.stored(number)
    assert (row["amounts_in_cents"], len(row["scheduled_prices"])) == (kept, len(kept))


# ── update ──


def test_what_an_update_omits_stays_as_it_is_and_a_list_is_replaced_whole(store: StoreV3) -> None:
    number = store.created(
        author=["Ada", "Grace"],
        publisher=["P"],
        keywords=["engines"],
        bisac=["ANT018000", {"code": "FIC029000"}],
        categories=["C"],
        collections=["L"],
        prices=[{"currency_id": "USD", "amount": 2}, {"currency_id": "EUR", "amount": 3}],
        description="x",
        free=True,
        free_until="2026-12-31",
        preview=True,
        preview_require_login=True,
        audience="general",
    )
    before = store.stored(number)
    store.clock.pass_(5)
    assert store.update(number, {}).data["updated_at"] == "2026-01-02T03:04:10.000000Z"
    assert {**store.stored(number), "updated_at": before["updated_at"]} == before
    told = store.update(
        number,
        {
            "author": ["Alan"],
            "bisac": [],
            "keyword": ["k"],
            "prices": [{"currency_id": "USD", "amount": 1}],
            "preview": False,
            "audience": None,
        },
        include="metadata,prices,description",
    )
    assert told.status == 200
    shown = told.data
    assert shown["metadata"]["author"] == ["Alan"]
    assert shown["metadata"]["bisac"] == []
    assert shown["metadata"]["publisher"] == ["P"]
    assert (shown["metadata"]["keywords"], shown["metadata"]["categories"], shown["metadata"]["collections"]) == (["k"], ["C"], ["L"])
    assert [price["currency_id"] for price in shown["prices"]] == ["USD"]
    assert shown["free"] == {"enabled": True, "until": "2026-12-31T00:00:00.000000Z", "require_login": False}
    assert shown["preview"] == {"enabled": False, "require_login": True}
    assert (shown["description"], shown["audience"], shown["lang"]) == ("x", None, "en")
    assert store.update(number, {"free_until": None}).data["free"]["until"] is None


@pytest.mark.parametrize("name", ["name", "lang"])
def test_an_update_cannot_empty_what_a_content_needs(store: StoreV3, name: str) -> None:
    number = store.created()
    assert store.update(number, {name: ""}).errors == {name: [f"The {name} field is required."]}


def test_an_update_takes_no_file_type(store: StoreV3) -> None:
    number = store.created()
    assert store.update(number, {"file_type": "epub"}).data["file_type"] == "pdf"
    assert store.sandbox.requests[-1].ignored_keys == ("file_type",)


@pytest.mark.parametrize("name", ["file", "file_url"])
def test_by_the_older_documents_the_file_stays_and_the_cover_can_change(store: StoreV3, name: str) -> None:
    number = store.created()
    told = store.update(number, {name: "https://cdn.example.com/new.pdf"})
    assert told.errors == {name: ["The file and file type cannot be updated."]}
    store.update(number, {"cover_url": "https://cdn.example.com/c.jpg"})
    assert store.stored(number)["cover_url"] == "https://cdn.example.com/c.jpg"
    shown = store.update(number, {"cover": "sftp/c.jpg"}).data["cover_url"]
    assert shown == "https://storage.publica.la/covers/1000001.jpg"
    row = store.stored(number)
    assert (row["cover_url"], row["cover"], row["file_url"]) == (None, "sftp/c.jpg", TEXT["file_url"])


# ── delete ──


def test_a_deleted_content_is_gone_and_its_id_is_not_given_again(store: StoreV3) -> None:
    number = store.created()
    told = store.delete(number)
    assert (told.status, told.body) == (204, b"")
    assert store.delete(number).said == NO_CONTENT
    assert store.created() == "1000002"


# ── metadata's names ──


@pytest.mark.parametrize(
    ("switches", "names"),
    [
        ({}, {"keywords", "categories", "collections"}),
        ({"metadata_names": "singular"}, {"keyword", "category", "collection"}),
        ({"metadata_terms": "documented"}, {"keywords"}),
        ({"metadata_names": "singular", "metadata_terms": "documented"}, {"keyword"}),
    ],
)
def test_metadata_goes_by_the_names_that_the_switches_choose(switches: dict[str, Any], names: set[str]) -> None:
    store = opened(**switches)
    number = store.created(keyword=["k"], category=["k"], collection=["k"])
    metadata = store.metadata(number)
    assert metadata.keys() - {"author", "publisher", "bisac", "metrics"} == names
    assert all(metadata[name] == ["k"] for name in names)
    store.update(number, {"keywords": ["many"], "categories": ["many"], "collections": ["many"]})
    assert all(store.metadata(number)[name] == ["many"] for name in names)


# ── both versions of the API ──


def test_what_v1_makes_is_seen_by_v3(store: StoreV3) -> None:
    terms = {"author": ["Ada"], "keyword": ["k"], "country": ["Finland"], "bisac": [{"code": "ANT018000"}]}
    made = store.v1("POST", "", {**DIGITAL, **terms, "prices": {"USD": 2.5}, "lang": "en", "free": 1, "description": "a\nb"})
    number = made.data["issue"]["id"]
    shown = store.get(number, include="description,prices,metadata,geographic_restrictions").data
    assert (shown["id"], shown["external_id"], shown["file_type"]) == (str(number), DIGITAL["external_id"], "pdf")
    assert (shown["published_at"], shown["free"]["enabled"]) == ("2020-06-01T00:00:00.000000Z", True)
    assert shown["geographic_restrictions"] == ["Finland"]
    assert shown["prices"] == [{"currency_id": "USD", "amount": 2.5, "starts_at": None, "ends_at": None}]
    assert (shown["metadata"]["author"], shown["metadata"]["keywords"]) == (["Ada"], ["k"])
    assert shown["metadata"]["bisac"] == [{"code": "ANT018000"}]
    assert shown["slug"] == store.v1("GET", f"/{number}").data["paginator"]["data"][0]["slug"]
    assert store.created() == str(number + 1)


def test_what_v3_makes_is_seen_by_v1(store: StoreV3) -> None:
    number = store.created(AUDIO, external_id="read", published_at="2024-05-06", prices=[{"currency_id": "USD", "amount": 9}])
    row = store.v1("GET", f"/{number}").data["paginator"]["data"][0]
    assert (row["id"], row["external_id"], row["file_type"], row["prices"]) == (int(number), "read", "mp3", {"USD": 9})
    assert row["publication_date"]["date"] == "2024-05-06 00:00:00"
    assert store.v1("PUT", f"/{number}", {**UPDATE, "name": "New", "extension": "mp3", "external_id": "read"}).status == 204
    assert store.get(number).data["name"] == "New"
    assert store.v1("DELETE", f"/{number}").status == 200
    assert store.get(number).said == NO_CONTENT
    assert store.v1("POST", "", V1_PHYSICAL).data["issue"]["id"] == int(number) + 1


@pytest.mark.parametrize(("reading", "text"), [("exact", "a\nb"), ("crlf", "a\r\nb")])
def test_a_description_comes_back_as_in_v1(reading: str, text: str) -> None:
    store = opened(html_echo=reading)
    assert store.get(store.created(description="a\nb"), include="description").data["description"] == text


# ── who may ask ──


def test_without_its_switch_the_store_has_no_v3() -> None:
    store = opened("none")
    assert store.list().said == store.create().said == (404, {"message": "Not Found"})


def test_without_the_right_token_every_request_is_unauthenticated() -> None:
    store = opened(token="secret")
    number = store.created(AUDIO)
    for token in (None, "", "Secret"):
        headers = {key: value for key, value in SENT_HEADERS.items() if key != "x-user-token"}
        headers |= {"authorization": "Bearer secret"} if token is None else {"x-user-token": token}
        for method, tail in (("GET", ""), ("POST", ""), ("POST", "/bulk"), ("GET", "/5"), ("DELETE", f"/{number}"), ("GET", "/5/tracks")):
            assert store.call(method, f"{CONTENT}{tail}", TEXT, headers=headers).said == (401, {"message": "Unauthenticated."})
    assert len(store.sandbox.rows()) == 1


def test_a_request_that_does_not_accept_json_is_sent_to_the_login_page(store: StoreV3) -> None:
    told = store.call("POST", CONTENT, TEXT, headers={**SENT_HEADERS, "accept": "*/*"})
    assert (told.status, told.headers["Location"]) == (302, "http://your-store.com/login")


@pytest.mark.parametrize(
    "path", ["/api/v3", "/api/v3/contents", "/api/v3/content//1", "/api/v3/content/1/files", "/api/v3/content/1/tracks/2/3"]
)
def test_any_other_path_is_not_found(store: StoreV3, path: str) -> None:
    assert store.call("GET", path).said == (404, {"message": "Not Found"})


@pytest.mark.parametrize(
    ("method", "tail", "allowed"),
    [
        ("DELETE", "", "GET, HEAD, POST"),
        ("PATCH", "/1", "GET, HEAD, PUT, DELETE"),
        ("POST", "/1", "GET, HEAD, PUT, DELETE"),
        ("PUT", "/1/tracks", "GET, HEAD, POST"),
        ("GET", "/1/tracks/2", "PUT, DELETE"),
        ("POST", "/1/tracks/order", "PUT, DELETE"),
    ],
)
def test_a_verb_that_the_documents_do_not_name_is_not_allowed(store: StoreV3, method: str, tail: str, allowed: str) -> None:
    told = store.call(method, f"{CONTENT}{tail}", {})
    assert (told.status, told.headers["Allow"]) == (405, allowed)


def test_head_and_a_slash_at_the_end_change_nothing(store: StoreV3) -> None:
    number = store.created()
    assert store.call("HEAD", f"{CONTENT}/{number}/").data == store.get(number).data


def test_an_external_id_may_have_a_slash(store: StoreV3) -> None:
    number = store.created(external_id="a/b c")
    assert store.get("a%2Fb%20c", id_type="external").data["id"] == number


def test_the_rate_counts_both_versions_of_the_api_together() -> None:
    store = opened(rate_limit=2)
    store.v1("GET")
    assert store.create().headers["X-RateLimit-Remaining"] == "0"
    store.clock.pass_(20)
    told = store.create()
    assert told.said == (429, {"message": "Too Many Attempts."})
    assert told.headers["Retry-After"] == "40"
    store.clock.pass_(40)
    assert store.create().status == 201
