"""The list: a summary in pages."""

from __future__ import annotations

import pytest

from unit.sandbox.distribution import AUDIO, EBOOK, PRINT, serving


def test_a_row_is_a_summary() -> None:
    with serving() as account:
        editor = {"firstName": "Iris", "lastName": "Lind", "role": "Editor"}
        book = account.created(PRINT, contributor=[*EBOOK["contributor"], {"firstName": "", "lastName": "Homer", "role": "Author"}, editor])
        account.clock.pass_(60)
        account.patch(book, subtitle="Or not")
        assert account.call("GET", "/books").json["data"] == [
            {
                "id": book,
                "type": "book",
                "attributes": {
                    "externalId": "paper",
                    "format": "print",
                    "title": "The Lighthouse",
                    "subtitle": "Or not",
                    "seriesTitle": None,
                    "seriesNumber": None,
                    "productIdentifier": "9781234567897",
                    "productIdentifierType": "ISBN",
                    "authors": ["Ana Ruiz", "Homer"],
                    "language": ["EN"],
                    "status": "draft",
                    "createdAt": "2026-01-02T03:04:05Z",
                    "updatedAt": "2026-01-02T03:05:05Z",
                },
            }
        ]


def test_pages_follow_each_other_and_link_to_somewhere_else() -> None:
    with serving() as account:
        account.sandbox.seed({"externalId": f"b{number}"} for number in range(5))
        first = account.call("GET", "/books?perPage=2&sort=title")
        assert first.json["meta"] == {"total": 5, "page": 1, "perPage": 2, "lastPage": 3}
        root = "https://api.example.com/v2/distribution/books"
        assert first.json["links"] == {
            "self": f"{root}?page=1&perPage=2&sort=title",
            "next": f"{root}?page=2&perPage=2&sort=title",
            "prev": None,
        }
        second, third, fourth = (account.call("GET", f"/books?page={page}&perPage=2") for page in (2, 3, 4))
        assert (first.ids, second.ids, third.ids, fourth.ids) == (["b0", "b1"], ["b2", "b3"], ["b4"], [])
        assert third.json["links"]["next"] is None
        assert third.json["links"]["prev"] == f"{root}?page=2&perPage=2"


def test_an_empty_list_has_one_page_of_fifty() -> None:
    with serving() as account:
        answer = account.call("GET", "/books").json
        assert (answer["data"], answer["meta"]) == ([], {"total": 0, "page": 1, "perPage": 50, "lastPage": 1})


def test_meta_may_say_twenty_whatever_was_asked() -> None:
    with serving(meta_per_page="twenty") as account:
        account.sandbox.seed({} for _ in range(3))
        answer = account.call("GET", "/books?perPage=1").json
        assert (len(answer["data"]), answer["meta"]) == (1, {"total": 3, "page": 1, "perPage": 20, "lastPage": 3})


def test_the_list_is_sorted_and_filtered() -> None:
    with serving() as account:
        account.created(title="C", language=["en", "es"])
        account.created(AUDIO, title="A", language=["es"])
        account.created(PRINT, title="B")
        assert account.call("GET", "/books").ids == ["lighthouse", "sea", "paper"]
        assert account.call("GET", "/books?sort=createdAt").ids == ["lighthouse", "sea", "paper"]
        assert account.call("GET", "/books?sort=title").ids == ["sea", "paper", "lighthouse"]
        assert account.call("GET", "/books?sort=productIdentifier").ids == ["lighthouse", "sea", "paper"]
        assert account.call("GET", "/books?format=print").ids == ["paper"]
        assert account.call("GET", "/books?language=es").ids == ["lighthouse", "sea"]
        assert account.call("GET", "/books?language=ES&format=audio").json["meta"]["total"] == 1


@pytest.mark.parametrize(
    "wrong",
    ["page=0", "page=x", "perPage=0", "perPage=101", "perPage=", "sort=-title", "sort=status", "format=epub", "language=english", "isbn=1"],
)
def test_a_query_that_is_not_as_documented_is_400(wrong: str) -> None:
    with serving() as account:
        assert account.call("GET", f"/books?{wrong}").faults(400) == [wrong.partition("=")[0]]
        assert account.call("GET", "/books?page=1&perPage=100&sort=title&format=ebook&language=en").status == 200
