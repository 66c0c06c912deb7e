"""An edition says by which API it is published, what it goes without there, and an audiobook what its tracks are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.title import Contributor, Edition, Format, Lifecycle, Series, Title, Track
from catalogctl.model.value import Reference
from catalogctl.provider.protocol import Compiled, Offer
from catalogctl.providers.publicala.compile import compile_edition
from catalogctl.providers.publicala.options import Api, Options, Settings
from catalogctl.providers.publicala.types import CONTENT, TRACK, TRACK_ORDER
from unit.providers.publicala.shop import ORIGIN, TODAY, account, codes, compiled, edition, resource

INTRO = Track("intro", "Introduction", Asset("https://cdn.example/intro.mp3?sig=1"))
ONE = Track("one", "Chapter 1", Asset("audio/one.mp3", sha256="ab" * 32, size=9, kind="mp3"))


def audiobook(*tracks: Track, **more: Any) -> Edition:
    return edition(Format.AUDIOBOOK, content=None, tracks=tracks or (INTRO, ONE), **more)


def on(settings: Settings, one: Edition, **options: Any) -> Compiled:
    said = Options.model_validate(options)
    return compile_edition(Offer(replace(account(), settings=settings), Title("habits", (one,), ORIGIN), one, said, ORIGIN, TODAY), said)


# ── which API ──


def test_an_edition_that_names_no_api_is_written_by_the_accounts() -> None:
    assert "api" not in resource().attributes
    assert on(Settings(content_api=Api.V3), edition()).resources[0].attributes["api"] == "v3"


def test_an_edition_says_it_for_itself() -> None:
    assert resource(content_api="v3").attributes["api"] == "v3"
    assert "api" not in on(Settings(content_api=Api.V3), edition(), content_api="v1").resources[0].attributes


def test_tracks_are_written_by_v3_whatever_the_account_says() -> None:
    assert compiled(audiobook()).resources[0].attributes["api"] == "v3"


def test_one_content_file_is_one_mp3_by_v1_and_the_tracks_beside_it_are_told_of() -> None:
    result = compiled(edition(Format.AUDIOBOOK, tracks=(INTRO,)))
    assert [item.type for item in result.resources] == [CONTENT]
    assert "api" not in result.resources[0].attributes
    assert [fact.what for fact in result.unsupported] == ["tracks beside one content file"]


def test_both_apis_say_the_same_of_what_both_can_hold() -> None:
    about = {"description": "Long.", "bisac": ("SEL009000",), "keywords": ("b", "a")}
    one = edition(about=about, prices={"USD": Decimal(2)})
    old, new = resource(one, categories=["X"]).attributes, resource(one, categories=["X"], content_api="v3").attributes
    assert {name: value for name, value in new.items() if name in old} == old
    assert new.keys() - old.keys() == {"api", "sftp_file"}


# ── tracks ──


def test_an_audiobook_is_a_content_without_a_file_its_tracks_and_their_order() -> None:
    content, intro, one, order = compiled(audiobook(lifecycle=Lifecycle(protect=True))).resources
    owner = Address("store", "content", "habits", "one")
    assert content.attributes["file"] is None
    assert (intro.address, one.address) == (
        Address("store", "track", "habits", "one", "intro"),
        Address("store", "track", "habits", "one", "one"),
    )
    assert (intro.type, intro.key, intro.dependencies, intro.follows) == (TRACK, "habits/intro", (owner,), ())
    assert one.follows == (intro.address,)
    assert one.attributes == {"content": Reference(owner), "title": "Chapter 1", "file": ONE.file}
    assert (order.type, order.address) == (TRACK_ORDER, Address("store", "track_order", "habits", "one"))
    assert order.dependencies == (owner, intro.address, one.address)
    assert order.attributes == {"content": Reference(owner), "tracks": (Reference(intro.address), Reference(one.address))}
    assert all(item.protect for item in (content, intro, one, order))


def test_tracks_of_others_are_only_unwanted_where_the_title_says_so() -> None:
    assert compiled(audiobook(), foreign_tracks="remove").resources[-1].attributes["foreign"] == ()
    assert "foreign" not in compiled(audiobook(), foreign_tracks="keep").resources[-1].attributes


def test_a_track_in_the_stores_own_storage_is_named_by_its_path() -> None:
    one = audiobook(INTRO, Track("end", "The end", None))
    _, intro, end, _ = compiled(one, sftp_files={"end": "uploads/end.mp3"}).resources
    assert "sftp_file" not in intro.attributes
    assert end.attributes["sftp_file"] == "uploads/end.mp3"
    assert "file" not in end.attributes


# ── what is refused ──

LONG = "x" * 256


@pytest.mark.parametrize(
    ("one", "options", "found"),
    [
        (audiobook(replace(INTRO, title=LONG)), {}, [("text-too-long", "tracks.0.title")]),
        (audiobook(INTRO, replace(ONE, file=Asset("a.m4a"))), {}, [("track-not-mp3", "tracks.1.file")]),
        (audiobook(replace(ONE, file=Asset("a.mp3", kind="mp4"))), {}, [("track-not-mp3", "tracks.0.file")]),
        (audiobook(replace(ONE, file=Asset("a.mp3", size=11))), {}, [("track-not-mp3", "tracks.0.file")]),
        (audiobook(replace(INTRO, file=None)), {"sftp_files": {"intro": "up/intro.wav"}}, [("track-not-mp3", "tracks.0.file")]),
        (audiobook(replace(ONE, file=Asset("a.mp3", size=500 * 1024**2 + 1, kind="mp3"))), {}, [("track-too-large", "tracks.0.file")]),
        (audiobook(INTRO), {"sftp_files": {"intro": "up/intro.mp3"}}, [("file-twice", "tracks.0.file")]),
        (audiobook(INTRO), {"sftp_files": {"outro": "up/outro.mp3"}}, [("track-unknown", "publish.store.sftp_files.outro")]),
        (audiobook(INTRO), {"sftp_file": "up/all.mp3"}, [("file-twice", "publish.store.sftp_file")]),
        (audiobook(INTRO), {"content_api": "v1"}, [("tracks-unsupported", "tracks")]),
        (audiobook(), {"countries": ["Finland"]}, [("option-of-other-api", "publish.store.countries")]),
        (edition(), {"content_api": "v3", "sftp_file": "up/habits.epub"}, [("file-twice", "publish.store.sftp_file")]),
        (edition(about={"title": LONG}), {"content_api": "v3"}, [("text-too-long", "title")]),
        (edition(external_id="x" * 65), {"content_api": "v3"}, [("text-too-long", "external_id")]),
        (edition(), {"content_api": "v3", "sale_from": "2022-09-01 12:00:00"}, [("option-of-other-api", "publish.store.sale_from")]),
        (edition(Format.PRINT), {"content_api": "v3", "stock": 0}, [("option-of-other-api", "publish.store.stock")]),
        (edition(), {"require_login": False}, [("option-of-other-api", "publish.store.require_login")]),
        (
            edition(),
            {"content_api": "v3", "price_windows": [{"currency": "GBP", "amount": 1, "ends_at": "2026-12-01 00:00:00"}]},
            [("currency-unsupported", "publish.store.price_windows.0.currency")],
        ),
    ],
)
def test_trap_30_what_the_service_cannot_hold_is_refused_with_its_place(
    one: Edition, options: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert codes(one, **options) == found


@pytest.mark.parametrize(
    ("one", "options", "found"),
    [
        (edition(content=None), {}, ["content-required"]),
        (edition(content=None), {"content_api": "v3"}, ["content-required"]),
        (edition(Format.AUDIOBOOK, content=None), {}, ["content-required"]),
        (edition(Format.PRINT), {}, []),
        (edition(), {}, []),
        (audiobook(INTRO, replace(ONE, file=None)), {}, ["track-without-file"]),
        (audiobook(replace(INTRO, file=None)), {"sftp_files": {"intro": "up/intro.mp3"}}, []),
    ],
)
def test_what_has_no_file_can_be_kept_and_not_be_made(one: Edition, options: dict[str, Any], found: list[str]) -> None:
    made = compiled(one, **options)
    assert made.diagnostics == ()
    assert [problem.code for resource in made.resources for problem in resource.create_errors] == found


def test_a_file_that_is_not_named_is_not_said_to_be_none() -> None:
    """Else to name it later would be a change from none, which deletes the content and creates it again."""
    for options in ({}, {"content_api": "v3"}):
        assert not {"file", "sftp_file"} & resource(edition(content=None), **options).attributes.keys()


def test_what_is_just_within_the_limits_is_taken() -> None:
    just = audiobook(
        Track("a", "x" * 255, Asset("a.mp3", size=500 * 1024**2, kind="mp3")), Track("b", "B", Asset("https://cdn.example/stream?id=1"))
    )
    assert codes(just) == []
    assert codes(edition(external_id="x" * 64, about={"title": "x" * 255}), content_api="v3") == []
    assert codes(edition(external_id="x" * 65, about={"title": LONG})) == [], "v1 documents no lengths"
    assert codes(edition(content=None), content_api="v3", sftp_file="up/habits.epub") == []


@pytest.mark.parametrize(
    "options",
    [
        {"price_windows": [{"currency": "USD", "amount": 1}]},
        {"price_windows": [{"currency": "USD", "amount": "1.999", "ends_at": "2026-12-01 00:00:00"}]},
        {"price_windows": [{"currency": "USD", "amount": True, "ends_at": "2026-12-01 00:00:00"}]},
        {"price_windows": [{"currency": "usd", "amount": 1, "ends_at": "2026-12-01 00:00:00"}]},
        {"price_windows": [{"currency": "USD", "amount": 1, "starts_at": "2026-12-02 00:00:00", "ends_at": "2026-12-01 00:00:00"}]},
        {"free_until": "2026-02-30"},
        {"free_until": 20260201},
        {"foreign_tracks": "maybe"},
        {"sftp_file": " a"},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Options.model_validate(options)


# ── what there is no place for ──

EVERYTHING = edition(
    cover=Asset("https://cdn.example/cover.jpg"),
    about={
        "subtitle": "A guide",
        "imprint": "Blue",
        "series": Series("Habits"),
        "thema": ("VS",),
        "territories": ("FI",),
        "contributors": (Contributor("Ada", "A01"), Contributor("Tom", "B06"), Contributor("Ann", "A99")),
    },
)
ALWAYS = {"the imprint", "the series", "Thema subjects", "contributors other than authors (A99, translator)"}


def test_facts_without_a_field_are_named_by_the_api() -> None:
    assert {fact.what for fact in compiled(EVERYTHING).unsupported} == ALWAYS | {"the subtitle", "the cover"}
    assert {fact.what for fact in compiled(EVERYTHING, content_api="v3").unsupported} == ALWAYS | {"the countries it is on sale in"}
    assert {fact.field for fact in compiled(EVERYTHING).unsupported} == {
        *("contributors", "files.cover", "imprint", "series", "subjects.thema", "subtitle"),
    }


def test_a_sale_everywhere_is_no_restriction_to_be_lost() -> None:
    assert compiled(edition(about={"territories": ("ALL",)}), content_api="v3").unsupported == ()
    assert compiled(edition()).unsupported == ()


# ── the rest of v3 ──


def test_prices_that_hold_for_a_time_are_the_same_in_any_order_and_to_the_digit() -> None:
    windows = [
        {"currency": "USD", "amount": "4.5", "starts_at": "2026-12-01", "ends_at": "2026-12-24"},
        {"currency": "EUR", "amount": 4, "ends_at": "2026-12-24"},
    ]
    one, other = (resource(content_api="v3", price_windows=rows).attributes["price_windows"] for rows in (windows, windows[::-1]))
    assert one == other
    assert json.loads(str(one)) == [
        {"currency": "EUR", "amount": "4.00", "starts_at": None, "ends_at": "2026-12-24"},
        {"currency": "USD", "amount": "4.50", "starts_at": "2026-12-01", "ends_at": "2026-12-24"},
    ]


def test_every_option_of_v3_is_an_attribute() -> None:
    said = {"free_until": "2026-12-31", "require_login": False, "preview": True, "preview_require_login": True, "audience": "adults"}
    attributes = resource(EVERYTHING, content_api="v3", **said).attributes
    assert {name: attributes[name] for name in said} == {**said, "free_until": date(2026, 12, 31)}
    assert attributes["cover"] == EVERYTHING.cover
    assert attributes["subtitle"] == "A guide"
    assert attributes.keys() <= CONTENT.attributes.keys()


# ── prices for a time that can have no effect ──

MAY = {"currency": "USD", "amount": "4.00", "starts_at": "2031-05-01", "ends_at": "2031-05-14"}


def days(first: str | None, last: str | None, **more: Any) -> dict[str, Any]:
    term = {name: day for name, day in (("starts_at", first), ("ends_at", last)) if day is not None}
    return {"currency": "USD", "amount": "4.00", **term, **more}


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([MAY], []),
        ([MAY, MAY], [("windows-overlap", 1)]),
        ([MAY, {**MAY, "amount": "5.00"}], [("windows-overlap", 1)]),
        ([MAY, days("2031-05-14", "2031-05-20")], [("windows-overlap", 1)]),
        ([days("2031-05-14", "2031-05-20"), MAY], [("windows-overlap", 0)]),
        ([MAY, days("2031-05-15", "2031-05-20")], []),
        ([MAY, {**MAY, "currency": "EUR"}], []),
        ([days("2031-04-01", None), MAY, days("2031-06-01", "2031-06-02")], [("windows-overlap", 1), ("windows-overlap", 2)]),
        ([days(None, "2031-05-01"), MAY], [("windows-overlap", 1)]),
        ([days(None, "2031-04-30"), MAY, days("2031-05-15", None)], []),
    ],
)
def test_prices_for_one_time_in_one_currency_are_told_once_each(windows: list[dict[str, Any]], expected: list[tuple[str, int]]) -> None:
    one = edition(prices={"USD": Decimal(8), "EUR": Decimal(8)})
    wanted = [(code, f"publish.store.price_windows.{place}") for code, place in expected]
    assert codes(one, content_api="v3", price_windows=windows) == wanted


def test_what_is_over_overlaps_nothing() -> None:
    over = days("2020-05-01", "2020-05-14")
    found = codes(edition(prices={"USD": Decimal(8)}), content_api="v3", price_windows=[over, over])
    assert {code for code, _ in found} == {"window-over"}


def test_a_price_for_a_time_needs_a_price_that_holds_otherwise() -> None:
    assert codes(edition(prices={}), content_api="v3", price_windows=[MAY]) == [
        ("window-without-price", "publish.store.price_windows.0.currency")
    ]


def test_a_price_for_a_time_has_no_effect_on_what_is_free() -> None:
    found = codes(edition(prices={}), content_api="v3", free=True, price_windows=[MAY])
    assert found == [("window-of-free", "publish.store.price_windows")]
    assert codes(edition(prices={"USD": Decimal(8)}), content_api="v3", free=False, price_windows=[MAY]) == []
