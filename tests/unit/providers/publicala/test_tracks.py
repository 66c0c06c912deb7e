"""Tracks are read, known and written by their audiobook's internal id and their own; and what the store says of them is understood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.value import Attributes, Reference
from catalogctl.provider.answer import Answer
from catalogctl.provider.failure import Ambiguous, Refused, Unavailable
from catalogctl.provider.protocol import Lookup, Step, Verb
from catalogctl.providers.publicala import provider
from catalogctl.providers.publicala.explain import explain
from catalogctl.providers.publicala.types import CONTENT, TRACK, TRACK_ORDER, in_line
from catalogctl.sandbox import Fault, FaultKind
from unit.providers.publicala.shop import Shop, shop

OWNER = "1000003"
FILE = Asset("https://cdn.example/intro.mp3?signature=1")
HOME = Address("store", "content", "habits", "one")


@pytest.fixture(scope="module")
def one_shop() -> Iterator[Shop]:
    with shop(v3_docs="A") as opened:
        yield opened


@pytest.fixture
def store(one_shop: Shop) -> Shop:
    """A store with one audiobook, which has no tracks."""
    one_shop.store.sandbox.reset()
    one_shop.store.server.clear_faults()
    one_shop.store.sandbox.seed([{"external_id": "habits", "name": "Habits", "file_type": "mp3"}])
    return Shop(one_shop.store)


def add(store: Shop, *titles: str) -> list[str]:
    return [store.writing(lambda writer, title=title: writer.create(TRACK, made(title))).id for title in titles]  # type: ignore[misc]


def made(title: str, **more: Any) -> Attributes:
    return {"content": OWNER, "title": title, "file": FILE, **more}


def want(key: str, title: str, id_: str | None = None, taken: frozenset[str] = frozenset(), owner: Any = OWNER) -> Lookup:
    return Lookup(Address("store", "track", "habits", "one", key), TRACK, f"habits/{key}", id_, {"content": owner, "title": title}, taken)


def order(*tracks: str, **more: Any) -> Lookup:
    return Lookup(
        Address("store", "track_order", "habits", "one"), TRACK_ORDER, "habits/order", None, {"content": OWNER, "tracks": tracks, **more}
    )


def content(id_: str | None = None) -> Lookup:
    return Lookup(HOME, CONTENT, "habits", id_, {"api": "v3"})


# ── reading ──


def test_trap_3_paths_take_the_internal_id_and_never_say_its_kind(store: Shop) -> None:
    (id_,) = add(store, "Intro")
    assert id_ == f"{OWNER}/1001"
    store.survey(want("intro", "Intro", id_))
    assert store.calls == [f"POST /{OWNER}/tracks", f"GET /{OWNER}/tracks"]


def test_a_track_is_told_with_its_audiobook_and_its_title_and_nothing_else(store: Shop) -> None:
    add(store, "Intro")
    seen = store.reading(lambda reader: reader.read(TRACK, f"{OWNER}/1001"))
    assert seen is not None
    assert (seen.id, seen.attributes) == (f"{OWNER}/1001", {"content": OWNER, "title": "Intro"})


@pytest.mark.parametrize("id_", ["", "/", "1001", f"{OWNER}/", "../1001", f"{OWNER}/x", "999/1001", f"{OWNER}/999"])
def test_what_is_no_track_is_none(store: Shop, id_: str) -> None:
    add(store, "Intro")
    assert store.reading(lambda reader: reader.read(TRACK, id_)) is None


def test_tracks_with_one_title_are_taken_in_the_order_they_stand_in(store: Shop) -> None:
    add(store, "Chapter", "Chapter", "Chapter")
    addresses = [Reference(want(key, "").address) for key in ("z", "a", "m")]
    line = order()
    expected = Lookup(line.address, TRACK_ORDER, line.key, None, {"content": OWNER, "tracks": tuple(addresses)})
    listing = store.survey(want("a", "Chapter"), want("m", "Chapter"), want("z", "Chapter"), expected)
    assert [seen and seen.id for seen in listing.objects[:3]] == [f"{OWNER}/{number}" for number in (1002, 1003, 1001)]


def test_an_id_counts_before_a_title_and_a_track_that_is_somebody_elses_does_not_count(store: Shop) -> None:
    one, two, three = add(store, "Chapter", "Chapter", "Chapter")
    listing = store.survey(want("a", "Chapter"), want("b", "Chapter", one), want("c", "Chapter", taken=frozenset({two})))
    assert [seen and seen.id for seen in listing.objects] == [two, one, three]


def test_what_is_recorded_and_gone_is_gone_although_another_has_its_title(store: Shop) -> None:
    one, two = add(store, "Chapter", "Chapter")
    store.store.sandbox.remove(one)
    listing = store.survey(want("a", "Chapter", one))
    assert listing.objects == (None,)
    assert listing.present == {want("a", "").address: frozenset({two})}


def test_an_audiobook_that_was_made_anew_is_asked_by_its_new_id(store: Shop) -> None:
    add(store, "Intro")
    listing = store.survey(content("999"), want("intro", "Intro", "999/5", owner="999"))
    assert [seen and seen.id for seen in listing.objects] == [OWNER, f"{OWNER}/1001"]


def test_nothing_is_asked_of_an_audiobook_that_is_not_there(store: Shop) -> None:
    store.store.sandbox.remove("habits")
    listing = store.survey(content(), want("intro", "Intro", owner=Reference(HOME)), order())
    assert listing.objects == (None, None, None)
    assert len(store.calls) == 1


def test_tracks_are_found_without_their_audiobook_being_asked_for(store: Shop) -> None:
    (id_,) = add(store, "Intro")
    assert [seen and seen.id for seen in store.survey(want("intro", "Intro", id_)).objects] == [id_]
    assert store.survey(want("intro", "Intro", owner=Reference(HOME))).objects == (None,)


def test_the_newest_of_a_title_is_found_past_those_that_were_there(store: Shop) -> None:
    one, two, three = add(store, "Chapter", "Chapter", "Chapter")
    for taken, expected in ((frozenset[str](), three), (frozenset({three}), two), (frozenset({one, two, three}), None)):
        found = store.reading(lambda reader, taken=taken: reader.find(want("a", "Chapter", taken=taken)))  # type: ignore[misc]
        assert (found and found.id) == expected


def test_a_content_that_is_no_audiobook_has_no_tracks() -> None:
    with shop(v3_docs="A") as store:
        store.fill(1)
        assert store.survey(want("intro", "Intro"), order()).objects[0] is None
        with pytest.raises(Refused) as refused:
            add(store, "Intro")
        assert "Content is not an audiobook" in refused.value.diagnostic.detail


@pytest.mark.parametrize(
    "body", ["", "{}", '{"data":{}}', '{"data":[1]}', '{"data":[{"id":"1"}]}', '{"data":[{"id":"1","title":"a"}],"meta":{"total":2}}']
)
def test_a_list_that_makes_no_sense_is_no_list(store: Shop, body: str) -> None:
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", status=200, body=body, count=None))
    with pytest.raises(Unavailable):
        store.survey(want("intro", "Intro"))


def test_a_list_that_shows_a_track_twice_is_believed_for_what_it_shows_and_for_nothing_else(store: Shop) -> None:
    row = {"id": "1", "title": "Intro"}
    body = json.dumps({"data": [row, {"id": "2", "title": "Extra"}, row]})
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", path="/tracks", status=200, body=body, count=None))
    one, two = f"{OWNER}/1", f"{OWNER}/2"
    whole = store.survey(want("intro", "Intro", one), want("extra", "Extra", two), order(one, two))
    assert [seen and seen.id for seen in whole.objects] == [one, two, OWNER]
    assert (whole.uncertain, whole.diagnostics) == (frozenset(), ())
    short = store.survey(want("intro", "Intro", one), want("end", "End"))
    assert short.objects[1] is None
    assert short.uncertain == {want("end", "End").address}
    assert [problem.code for problem in short.diagnostics] == ["listing-in-doubt"]


def test_the_order_is_told_of_the_declared_tracks_and_where_it_matters_which_others_there_are(store: Shop) -> None:
    one, two = add(store, "Intro", "Extra")
    store.store.sandbox.clear_log()
    plain, strict = (store.survey(want("intro", "Intro", one), order(one, **more)) for more in ({}, {"foreign": ()}))
    seen = [listing.objects[1] for listing in (plain, strict)]
    assert [one and one.attributes for one in seen] == [
        {"content": OWNER, "tracks": (one,)},
        {"content": OWNER, "tracks": (one,), "foreign": (two,)},
    ]
    assert [[problem.code for problem in listing.diagnostics] for listing in (plain, strict)] == [["foreign-tracks"], []]
    assert len(store.calls) == 2


# ── writing ──


def test_a_track_is_added_by_exactly_one_of_address_and_path(store: Shop) -> None:
    add(store, "Intro")
    by_path = {"content": OWNER, "title": "End", "sftp_file": "up/end.mp3"}
    store.writing(lambda writer: writer.create(TRACK, by_path))
    assert [request.body for request in store.log] == [
        {"title": "Intro", "file_url": FILE.location},
        {"title": "End", "file": "up/end.mp3"},
    ]


def test_trap_24_neither_a_place_nor_a_duration_is_ever_sent(store: Shop) -> None:
    (id_,) = add(store, "Intro")
    store.writing(lambda writer: writer.update(TRACK, id_, made("Other"), frozenset({"title", "file"})))
    assert all({"order", "duration"}.isdisjoint(json.loads(json.dumps(request.body))) for request in store.log)
    assert [call.method for call in provider.calls(Step(TRACK, Verb.UPDATE, None, made("Other"), frozenset({"title"})))] == ["PUT"]


@pytest.mark.parametrize("body", ["", "{}", '{"data":{"title":"Intro"}}', '{"data":{"id":true}}', "[]"])
def test_an_add_that_does_not_tell_the_new_id_is_unknown(store: Shop, body: str) -> None:
    store.store.server.inject(Fault(kind=FaultKind.FAIL_AFTER, method="POST", status=201, body=body))
    with pytest.raises(Ambiguous):
        add(store, "Intro")


def test_trap_20_a_track_that_is_gone_is_deleted(store: Shop) -> None:
    (id_,) = add(store, "Intro")
    for _ in range(2):
        store.writing(lambda writer: writer.delete(TRACK, id_, "habits/intro"))
    assert [request.status for request in store.log[1:]] == [204, 404]
    store.writing(lambda writer: writer.delete(TRACK, "999/1", "habits/intro"))


def test_an_order_that_is_right_by_now_is_not_sent_again(store: Shop) -> None:
    ids = tuple(add(store, "A", "B"))
    store.store.sandbox.clear_log()
    store.writing(lambda writer: writer.update(TRACK_ORDER, OWNER, {"content": OWNER, "tracks": ids}, frozenset({"tracks"})))
    assert store.calls == [f"GET /{OWNER}/tracks"]


def test_an_order_names_every_track_there_is_and_none_that_is_gone(store: Shop) -> None:
    one, two, three = add(store, "A", "B", "C")
    wanted = (three, f"{OWNER}/999", one)
    written = store.writing(lambda writer: writer.update(TRACK_ORDER, OWNER, {"content": OWNER, "tracks": wanted}, frozenset({"tracks"})))
    assert store.log[-1].body == {"track_ids": ["1003", "1001", "1002"]}
    assert written.observed["tracks"] == (three, one)
    assert two.endswith("1002"), "which is somebody else's, and stands last"


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, '{"message":"Content not found."}'), (422, '{"message":"Content is not an audiobook"}')],
    ids=["gone", "none"],
)
def test_a_list_of_tracks_that_contradicts_what_is_known_is_not_believed(store: Shop, status: int, body: str) -> None:
    [one] = add(store, "Intro")
    store.store.server.inject(Fault(kind=FaultKind.FAIL, method="GET", path="tracks", status=status, body=body, count=None))
    with pytest.raises(Unavailable):
        store.survey(content(OWNER), want("intro", "Intro", one))


@pytest.mark.parametrize(
    ("there", "wanted", "right"),
    [
        ((), (), True),
        ((), ("a", "b"), True),
        (("a", "b"), ("a", "b"), True),
        (("x", "a", "y", "b"), ("a", "b"), True),
        (("a", "b"), ("a", "b", "new"), True),
        (("a", "b"), ("b", "a"), False),
        (("a", "b"), ("a", "new", "b"), False),
        (("a", "b", "c"), ("a", "c"), True),
        (("a", "b", "c"), ("c", "a"), False),
        (None, ("a",), True),
    ],
)
def test_tracks_stand_as_wanted_when_what_is_to_be_added_only_comes_behind(there: Any, wanted: Any, right: bool) -> None:
    assert in_line(there, wanted) is right
    references = tuple(Reference(want(name, "").address) if name == "new" else name for name in wanted)
    assert in_line(there, references) is right


# ── what the store says ──


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (422, {"message": "Content is not an audiobook"}, "Content is not an audiobook"),
        (403, {"message": "This action is unauthorized."}, "This action is unauthorized."),
        (404, {"message": "Track not found."}, "Track not found."),
        (404, {"message": "Content not found."}, "Content not found."),
        (401, {"message": "Unauthenticated."}, "Unauthenticated."),
        (
            422,
            {"message": "The given data was invalid.", "errors": {"file": ["The file must be a valid audio file (MP3)."]}},
            "The given data was invalid. file: The file must be a valid audio file (MP3).",
        ),
        (
            422,
            {"message": "The given data was invalid.", "errors": {"track_ids": ["Some track IDs do not belong to this audiobook"]}},
            "The given data was invalid. track_ids: Some track IDs do not belong to this audiobook",
        ),
        (422, {"CODE": "error", "message": "The given data was invalid."}, "The given data was invalid."),
    ],
)
def test_traps_18_and_21_every_documented_refusal_is_put_into_words(status: int, body: dict[str, Any], words: str) -> None:
    assert explain(Answer(status, {}, json.dumps(body).encode())) == words


def test_trap_19_the_key_is_in_a_header_and_in_no_address(store: Shop) -> None:
    add(store, "Intro")
    store.survey(content(), want("intro", "Intro"))
    assert all("secret" not in call for call in store.calls)


def test_trap_22_tracks_of_another_stores_content_are_refused_and_nothing_is_tried_again(store: Shop) -> None:
    store.store.sandbox.edit("habits", owned=False)
    with pytest.raises(Refused) as refused:
        add(store, "Intro")
    assert refused.value.status == 403
    assert len(store.calls) == 1
