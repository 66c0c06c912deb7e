import pytest

from catalogctl.model.person import name_parts
from catalogctl.model.title import Contributor


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Louise Hay", "Louise", "Hay"),
        ("Voltaire", "", "Voltaire"),
        ("Ana María Ruiz", "Ana María", "Ruiz"),
        ("Ines\u00a0Brandt", "Ines", "Brandt"),
        ("Mary\u00a0Ann Evans", "Mary\u00a0Ann", "Evans"),
        ("\u2003Otto Lind \u00a0", "Otto", "Lind"),
        ("Holm, Petra", "Petra", "Holm"),
        ("García Márquez, Gabriel", "Gabriel", "García Márquez"),
        ("Amos Vale, Jr.", "Amos", "Vale Jr."),
        ("Amos Vale Jr.", "Amos", "Vale Jr."),
        ("Henry James III", "Henry", "James III"),
        ("Vale Jr.", "Vale", "Jr."),
        ("Petra,", "", "Petra,"),
        ("", "", ""),
    ],
)
def test_a_name_is_cut_before_its_last_word(name: str, first: str, last: str) -> None:
    assert name_parts(name) == (first, last)


@pytest.mark.parametrize(
    ("name", "last", "first"),
    [
        ("Kimberly Kim", "Kim", "Kimberly"),
        ("Kim Kim", "Kim", "Kim"),
        ("Gabriel García Márquez", "García Márquez", "Gabriel"),
        ("Mao Zedong", "Mao", "Zedong"),
        ("Liskov Barbara Jane", "Liskov", "Barbara Jane"),
        ("Holm, Petra", "Holm", "Petra"),
        ("Editorial Norte", "Editorial Norte", ""),
    ],
)
def test_a_last_name_is_cut_out_as_whole_words_from_the_end(name: str, last: str, first: str) -> None:
    assert name_parts(name, last_name=last) == (first, last)


def test_a_first_name_alone_leaves_the_rest_for_the_last_name() -> None:
    assert name_parts("Gabriel García Márquez", first_name="Gabriel") == ("Gabriel", "García Márquez")


def test_both_parts_are_taken_as_they_are() -> None:
    assert name_parts("George Eliot", "Mary Ann", "Evans") == ("Mary Ann", "Evans")


def test_an_organization_has_no_first_name() -> None:
    assert Contributor("Smith, Jones & Co.", "A01", corporate=True).parts == ("", "Smith, Jones & Co.")


def test_a_first_name_that_is_there_twice_is_the_first_and_a_last_name_the_last() -> None:
    assert name_parts("Kim Kimberly Kim", first_name="Kim") == ("Kim", "Kimberly Kim")
    assert name_parts("Kim Kimberly Kim", last_name="Kim") == ("Kim Kimberly", "Kim")
    assert name_parts("Anna Anna", first_name="Anna") == ("Anna", "Anna")
    assert name_parts("Nagy Anna", first_name="Anna") == ("Anna", "Nagy")
