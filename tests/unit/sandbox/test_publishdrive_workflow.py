"""Publishing, reviews, withdrawing and deleting, by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from unit.sandbox.distribution import AUDIO, NOBODY, POD, PRINT, Account, serving


def status(account: Account, book: str) -> str:
    return str(account.get(book)["status"])


@pytest.mark.parametrize("code", [204, 202, 200])
def test_a_publish_answers_nothing_and_begins_a_review(code: int) -> None:
    with serving(publish_code=code) as account:
        book = account.ready()
        assert account.publish(book).nothing == code
        assert status(account, book) == "in_review"


def test_only_a_draft_can_be_published() -> None:
    with serving() as account:
        book = account.submitted()
        for reached in ("in_review", "published", "withdrawn", "action_needed"):
            account.sandbox.edit(book, status=reached)
            answer = account.publish(book)
            assert answer.faults(422) == []
            assert reached in answer.json["detail"]


@pytest.mark.parametrize(("days", "refused"), [(15, False), (14, True), (0, True), (-400, True)])
def test_a_book_that_comes_out_within_two_weeks_must_be_final(days: int, refused: bool) -> None:
    with serving() as account:
        book = account.ready(publicationDate=f"{account.clock.now + timedelta(days=days):%Y-%m-%d}")
        account.patch(book, isFinalVersion=False)
        if refused:
            assert account.publish(book).faults(422) == ["isFinalVersion"]
            assert account.patch(book, isFinalVersion=True).status == 200
        assert account.publish(book).status == 204


def test_what_passed_in_time_does_not_pass_a_day_later() -> None:
    with serving() as account:
        book = account.ready(publicationDate="2026-01-17")
        account.patch(book, isFinalVersion=False)
        account.clock.pass_(86_400)
        assert account.publish(book).faults(422) == ["isFinalVersion"]


def test_what_a_format_lacks_is_named_on_publishing() -> None:
    with serving() as account:
        ebook = account.created(isFinalVersion=True)
        assert account.publish(ebook).faults(422) == ["files", "files"]
        account.uploaded(ebook, "ebook_cover")
        assert account.publish(ebook).faults(422) == ["files"]
        audio = account.created(AUDIO, isFinalVersion=True)
        assert account.publish(audio).faults(422) == ["files", "files", "chapters"]
        paper = account.created(PRINT)
        assert account.publish(paper).faults(422) == ["files", "files", "podDetails"], "June is far away"
        assert account.patch(paper, podDetails=POD).status == 200
        account.uploaded(paper, "pod_content")
        account.uploaded(paper, "pod_cover")
        assert account.publish(paper).status == 204


def test_a_review_ends_after_its_time_and_shows_in_answers_alone() -> None:
    with serving() as account:
        book = account.submitted()
        before = account.sandbox.rows()
        account.clock.pass_(172_799)
        assert status(account, book) == "in_review"
        account.clock.pass_(1)
        assert status(account, book) == "published"
        assert account.call("GET", "/books").json["data"][0]["attributes"]["status"] == "published"
        assert account.sandbox.rows() == before


@pytest.mark.parametrize(
    ("review", "at_first", "later"),
    [("never", "in_review", "in_review"), ("at_once", "published", "published"), ("action_needed", "in_review", "action_needed")],
)
def test_a_review_has_other_ends(review: str, at_first: str, later: str) -> None:
    with serving(review=review, review_seconds=60) as account:
        book = account.submitted()
        assert status(account, book) == at_first
        account.clock.pass_(60)
        assert status(account, book) == later


@pytest.mark.parametrize("reached", ["in_review", "published", "action_needed", "withdrawn", "archived"])
def test_any_patch_makes_a_draft_of_a_book_even_one_that_changes_nothing(reached: str) -> None:
    with serving() as account:
        book = account.submitted()
        account.sandbox.edit(book, status=reached)
        assert account.patch(book, title="").status == 422
        assert status(account, book) == reached, "a refused one does not"
        assert account.patch(book).book["status"] == "draft"
        assert status(account, book) == "draft"
        account.clock.pass_(172_800)
        assert status(account, book) == "draft", "and its review is over"


@pytest.mark.parametrize("reached", ["in_review", "published", "action_needed"])
def test_unpublishing_withdraws_and_keeps_the_book(reached: str) -> None:
    with serving() as account:
        book = account.submitted()
        account.sandbox.edit(book, status=reached)
        assert account.unpublish(book).nothing == 204
        assert status(account, book) == "withdrawn"
        assert account.unpublish(book).faults(422) == []


def test_an_unpublish_needs_no_body_and_a_draft_cannot_be_unpublished() -> None:
    with serving() as account:
        book = account.submitted()
        assert account.call("POST", f"/books/{book}/unpublish", headers={"apikey": "x"}).nothing == 204
        draft = account.created(externalId="other")
        assert account.unpublish(draft).faults(422) == []
        assert account.unpublish("x").json == {"message": "Book not found"}


@pytest.mark.parametrize("reached", ["draft", "withdrawn", "in_review", "published", "action_needed"])
def test_a_book_that_is_out_cannot_be_deleted(reached: str) -> None:
    with serving() as account:
        book = account.ready()
        account.ask(book, "ebook_cover")
        account.sandbox.edit(book, status=reached)
        if reached in ("draft", "withdrawn"):
            assert account.delete(book).nothing == 204
            assert account.sandbox.rows() == ()
            assert len(account.sandbox.snapshot()) == 1, "its files and uploads are gone with it"
            assert account.create().status == 201, "and its external id is free"
        else:
            assert account.delete(book).faults(402) == []
            assert status(account, book) == reached


def test_which_books_can_be_deleted_is_a_reading() -> None:
    with serving(deletable=("draft", "in_review")) as account:
        book = account.submitted()
        assert account.unpublish(book).status == 204
        assert account.delete(book).status == 402
        assert account.patch(book).status == 200
        assert account.publish(book).status == 204
        assert account.delete(book).status == 204


@pytest.mark.parametrize("book", [NOBODY, "x"])
def test_a_missing_book_answers_a_deletion_with_a_problem(book: str) -> None:
    with serving() as account:
        assert account.delete(book).faults(404) == []


@pytest.mark.parametrize("verb", ["publish", "unpublish"])
def test_nothing_can_be_asked_of_a_publish(verb: str) -> None:
    with serving() as account:
        book = account.submitted() if verb == "unpublish" else account.ready()
        assert account.call("POST", f"/books/{book}/{verb}", {"channels": ["all"]}).faults(422) == ["channels"]
        assert account.call("POST", f"/books/{book}/{verb}", []).faults(422) == []


def test_a_publish_needs_its_empty_body() -> None:
    with serving() as account:
        book = account.ready()
        assert account.call("POST", f"/books/{book}/publish", headers={"apikey": "x"}).faults(400) == ["Content-Type"]
        assert status(account, book) == "draft"
