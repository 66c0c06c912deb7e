"""Chapters: written by sequence, never taken away, each with a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from unit.sandbox.distribution import AUDIO, Account, serving


@contextmanager
def audiobook(**switches: Any) -> Iterator[tuple[Account, str, list[str]]]:
    """Serve an audiobook with three audio files, two of them in chapters."""
    with serving(**switches) as account:
        book = account.created(AUDIO, isFinalVersion=True)
        files = [account.uploaded(book, "audio_content", str(number).encode()) for number in range(3)]
        chapters = [{"sequence": number + 1, "fileId": files[number], "title": f"Chapter {number + 1}"} for number in range(2)]
        assert account.patch(book, format="audio", chapters=chapters).status == 200
        yield account, book, files


def contents(account: Account, book: str) -> list[tuple[int, str]]:
    return [(chapter["sequence"], chapter["fileId"]) for chapter in account.get(book)["chapters"]]


def test_chapters_are_shown_by_sequence_and_are_part_of_their_books_row() -> None:
    with audiobook() as (account, book, files):
        assert account.patch(book, chapters=[]).status == 200
        shown = [{"sequence": n + 1, "fileId": files[n], "title": f"Chapter {n + 1}", "titleAscii": None} for n in range(2)]
        assert account.get(book)["chapters"] == shown == account.row("sea")["chapters"]


def test_a_chapter_that_is_left_out_stays() -> None:
    with audiobook() as (account, book, files):
        new = {"sequence": 7, "fileId": files[2], "title": "Seven"}
        assert account.patch(book, chapters=[new]).status == 200
        assert contents(account, book) == [(1, files[0]), (2, files[1]), (7, files[2])]


def test_a_known_chapter_can_be_changed_in_part() -> None:
    with audiobook() as (account, book, files):
        assert account.patch(book, chapters=[{"sequence": 1, "title": "Dawn"}]).status == 200
        assert account.get(book)["chapters"][0] == {"sequence": 1, "fileId": files[0], "title": "Dawn", "titleAscii": None}
        assert account.patch(book, chapters=[{"sequence": 1}]).status == 200
        assert account.get(book)["chapters"][0]["title"] == "Dawn"


def test_a_file_whose_chapter_got_another_one_is_dropped() -> None:
    with audiobook() as (account, book, files):
        assert account.patch(book, chapters=[{"sequence": 2, "fileId": files[2]}]).status == 200
        assert contents(account, book) == [(1, files[0]), (2, files[2])]
        assert account.files(book) == [files[0], files[2]]


def test_two_chapters_exchange_their_files_in_one_request_only() -> None:
    with audiobook() as (account, book, files):
        alone = [{"sequence": 1, "fileId": files[1]}]
        assert account.patch(book, chapters=alone).faults(422) == ["chapters.0.fileId"]
        assert account.patch(book, chapters=[*alone, {"sequence": 2, "fileId": files[0]}]).status == 200
        assert contents(account, book) == [(1, files[1]), (2, files[0])]
        assert account.files(book) == files


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"sequence": 0}, ["sequence"]),
        ({"sequence": "3"}, ["sequence"]),
        ({"sequence": True}, ["sequence"]),
        ({"title": ""}, ["title"]),
        ({"title": None}, ["title"]),
        ({"title": "Día"}, ["titleAscii"]),
        ({"title": "Día", "titleAscii": None}, ["titleAscii"]),
        ({"title": "Día", "titleAscii": "Día"}, ["titleAscii"]),
        ({"titleAscii": ""}, ["titleAscii"]),
        ({"fileId": None}, ["fileId"]),
        ({"fileId": "x"}, ["fileId"]),
        ({"duration": 5}, ["duration"]),
    ],
)
def test_a_chapter_that_is_not_as_documented_is_named(changes: dict[str, Any], places: list[str]) -> None:
    with audiobook() as (account, book, files):
        before = account.sandbox.rows()
        row = {"sequence": 3, "fileId": files[2], "title": "Three"} | changes
        assert account.patch(book, chapters=[row]).faults(422) == [f"chapters.0.{place}" for place in places]
        assert account.sandbox.rows() == before


def test_a_new_chapter_needs_its_file_and_title() -> None:
    with audiobook() as (account, book, _):
        assert account.patch(book, chapters=[{"sequence": 3}]).faults(422) == ["chapters.0.fileId", "chapters.0.title"]
        assert account.patch(book, chapters=[{}]).faults(422) == ["chapters.0.sequence"]


def test_a_sequence_stands_once_in_a_request() -> None:
    with audiobook() as (account, book, _):
        assert account.patch(book, chapters=[{"sequence": 1}, {"sequence": 1}]).faults(422) == ["chapters.1.sequence"]


@pytest.mark.parametrize(("chapters", "place"), [(None, "chapters"), ({}, "chapters"), (["x"], "chapters.0")])
def test_chapters_are_an_array_of_objects(chapters: object, place: str) -> None:
    with audiobook() as (account, book, _):
        assert account.patch(book, chapters=chapters).faults(422) == [place]


def test_only_audio_content_that_is_attached_can_be_a_chapters_file() -> None:
    with audiobook() as (account, book, _):
        cover = account.uploaded(book, "audio_cover")
        asked = account.ask(book, "audio_content").json[0]["id"]
        for file in (cover, asked):
            row = {"sequence": 3, "fileId": file, "title": "Three"}
            assert account.patch(book, chapters=[row]).faults(422) == ["chapters.0.fileId"]


def test_only_an_audiobook_has_chapters() -> None:
    with serving() as account:
        assert account.patch(account.created(), chapters=[]).faults(422) == ["chapters"]
        assert account.create(AUDIO, chapters=[]).faults(422) == ["chapters"]


def test_a_title_outside_ascii_keeps_its_second_form_until_it_goes() -> None:
    with audiobook() as (account, book, _):

        def titles(**row: Any) -> tuple[str, str | None]:
            assert account.patch(book, chapters=[{"sequence": 1, **row}]).status == 200
            chapter = account.get(book)["chapters"][0]
            return chapter["title"], chapter["titleAscii"]

        assert titles(title="Día", titleAscii="Dia") == ("Día", "Dia")
        assert titles() == ("Día", "Dia")
        assert account.patch(book, chapters=[{"sequence": 1, "titleAscii": None}]).faults(422) == ["chapters.0.titleAscii"]
        assert titles(title="Day") == ("Day", None)
        assert titles(title="Night", titleAscii=None) == ("Night", None)


def test_an_audiobook_is_published_with_a_cover_and_every_file_in_one_chapter() -> None:
    with audiobook() as (account, book, files):
        assert account.publish(book).faults(422) == ["files", "chapters"]
        account.uploaded(book, "audio_cover")
        assert account.publish(book).faults(422) == ["chapters"], "the third file is in no chapter"
        assert account.patch(book, chapters=[{"sequence": 3, "fileId": files[2], "title": "Three"}]).status == 200
        assert account.publish(book).status == 204


def test_a_chapter_whose_file_was_taken_away_stands_in_the_way_of_publishing() -> None:
    with audiobook() as (account, book, files):
        account.uploaded(book, "audio_cover")
        account.sandbox.remove(f"sea/{files[1]}")
        account.sandbox.remove(f"{book}/{files[2]}")
        assert contents(account, book) == [(1, files[0]), (2, files[1])]
        assert account.publish(book).faults(422) == ["chapters"]
        again = account.uploaded(book, "audio_content", b"again")
        assert account.patch(book, chapters=[{"sequence": 2, "fileId": again}]).status == 200
        assert account.publish(book).status == 204
