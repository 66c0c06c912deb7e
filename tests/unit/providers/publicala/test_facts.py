"""What publica.la makes of the facts that few services have a place for: sent where its documents have one, reported everywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from catalogctl.model.facts import EditionFacts, Promotion, Tax, TerritoryPrice, WorkFacts
from catalogctl.model.measure import Measure
from catalogctl.model.title import Contributor, Edition, Format, Title
from catalogctl.provider.protocol import Compiled, Offer
from catalogctl.providers.publicala.compile import compile_edition
from catalogctl.providers.publicala.options import Options, Settings
from catalogctl.providers.publicala.types import CONTENT
from unit.providers.facts import ABOUT, EDITION, FIELDS
from unit.providers.publicala.shop import ORIGIN, TODAY, account, codes, compiled, edition, resource, shop, unlike, want

DATES = {"on_sale": "2026-03-31", "preorder_from": "2026-02-01"}


def on(one: Edition, settings: dict[str, Any], **options: Any) -> Compiled:
    said = Options.model_validate(options)
    mine = replace(account(), settings=Settings.model_validate(settings))
    return compile_edition(Offer(mine, Title("habits", (one,), ORIGIN), one, said, ORIGIN, TODAY), said)


@pytest.mark.parametrize(
    ("form", "options", "sent"),
    [
        (Format.EPUB, {}, {"dates.on_sale", "dates.preorder_from"}),
        (Format.PRINT, {}, {"dates.on_sale", "dates.preorder_from", "place", "table_of_contents"}),
        (Format.EPUB, {"content_api": "v3"}, {"place", "edition_year"}),
        (Format.EPUB, {"content_api": "v3", "audience": "adults"}, {"place", "edition_year", "audience"}),
    ],
)
def test_what_has_no_place_is_told_and_nothing_else(form: Format, options: dict[str, Any], sent: set[str]) -> None:
    told = {fact.field for fact in compiled(edition(form, about=ABOUT, **EDITION), **options).unsupported}
    assert told == FIELDS - sent


def test_an_edition_that_declares_none_of_them_is_told_none_and_sent_as_before() -> None:
    assert compiled(edition()).unsupported == ()
    assert resource(edition(about={"facts": WorkFacts()})).attributes == resource().attributes


def test_the_days_of_sale_and_of_pre_orders_are_sent_by_v1_from_their_midnight() -> None:
    dated = edition(about={"facts": WorkFacts(dates=DATES)})
    sent = resource(dated).attributes
    assert (sent["sale_from"], sent["preorder_from"]) == (datetime(2026, 3, 31), datetime(2026, 2, 1))
    assert resource(dated, sale_from="2026-04-01 10:00:00").attributes["sale_from"] == datetime(2026, 4, 1, 10)
    assert not {"sale_from", "preorder_from"} & resource(dated, content_api="v3").attributes.keys()


def test_a_month_is_no_day_of_sale_and_is_told() -> None:
    vague = edition(about={"facts": WorkFacts(dates={"on_sale": "2026-03"})})
    assert "sale_from" not in resource(vague).attributes
    assert [fact.field for fact in compiled(vague).unsupported] == ["dates.on_sale"]


def test_the_place_of_publication_is_sent_where_no_editing_location_is_declared() -> None:
    about = {"facts": WorkFacts(place="Salta")}
    assert resource(edition(Format.PRINT, about=about)).attributes["editing_location"] == "Salta"
    both = edition(Format.PRINT, about=about, editing_location="Jujuy")
    assert resource(both).attributes["editing_location"] == "Jujuy"
    assert [fact.field for fact in compiled(both).unsupported] == ["place"]
    assert resource(edition(about=about), content_api="v3").attributes["editing_location"] == "Salta"
    assert "editing_location" not in resource(edition(about=about)).attributes


def test_an_audience_is_sent_by_v3_in_the_word_that_the_account_gives() -> None:
    young = edition(about={"facts": WorkFacts(audience=("school", "children"))})
    sent = on(young, {"audiences": {"children": "infantil"}}, content_api="v3")
    assert (sent.resources[0].attributes["audience"], sent.unsupported) == ("infantil", ())
    assert [fact.field for fact in on(young, {"audiences": {"general": "adultos"}}, content_api="v3").unsupported] == ["audience"]
    with pytest.raises(ValueError, match="as children is"):
        Settings.model_validate({"audiences": {"childern": "infantil"}})


def test_measures_are_sent_in_the_unit_of_the_shop_and_told_where_they_cannot_be() -> None:
    paper = edition(
        Format.PRINT, height=Measure(Decimal(230), "mm"), width=Measure(Decimal(155), "mm"), weight=Measure(Decimal("0.5"), "kg")
    )
    assert sorted(fact.field for fact in compiled(paper).unsupported) == ["height", "weight", "width"]
    told = on(paper, {"length_unit": "cm", "weight_unit": "g"})
    sent = told.resources[0].attributes
    assert (sent["height"], sent["weight"], "width" in sent) == (23, 500, False)
    assert [(fact.field, fact.what) for fact in told.unsupported] == [("width", "the width 155 mm, which is no whole number of cm")]
    plain = edition(Format.PRINT, height=Measure(Decimal(34)))
    assert on(plain, {"length_unit": "cm"}).resources[0].attributes["height"] == 34


def test_a_contributor_of_several_roles_is_an_author_once_and_one_without_a_name_is_told() -> None:
    people = (
        Contributor("Ada", "A12", further_roles=("A01",)),
        Contributor("AA. VV.", "A01", unnamed="various"),
        Contributor("", "A01", unnamed="anonymous"),
    )
    one = edition(about={"contributors": people})
    assert resource(one).attributes["author"] == ("Ada", "AA. VV.")
    told = [fact.what for fact in compiled(one).unsupported]
    assert told == ["contributors other than authors (illustrator)", "contributors without a name or a `label` (anonymous)"]


@pytest.mark.parametrize("status", ["withdrawn", "cancelled"])
def test_an_edition_off_sale_is_warned_of_and_never_created(status: str) -> None:
    gone = edition(about={"facts": WorkFacts(status=status)})
    assert codes(gone) == [("still-on-sale", "status")]
    assert [item.code for item in resource(gone).create_errors] == ["created-off-sale"]
    assert compiled(gone).unsupported == ()
    assert resource(edition(about={"facts": WorkFacts(status="active")})).create_errors == ()


def test_one_price_is_sent_for_a_currency_and_several_are_refused_with_both_named() -> None:
    at = TerritoryPrice("EUR", Decimal(9), ("AT",))
    de = TerritoryPrice("EUR", Decimal(8), ("DE",))
    net = TerritoryPrice("EUR", Decimal(7), ("FR",), Tax(included=False))
    assert resource(edition(facts=EditionFacts(prices_in=(at, net)))).attributes["prices"] == {"EUR": Decimal(9)}
    assert resource(edition(facts=EditionFacts(prices_in=(at, de)), prices={"EUR": Decimal(6)})).attributes["prices"] == {"EUR": Decimal(6)}
    [problem] = compiled(edition(facts=EditionFacts(prices_in=(at, de)))).diagnostics
    assert (problem.code, problem.attribute) == ("price-by-country", "prices_in")
    assert "9 in AT and 8 in DE" in problem.detail


def test_price_windows_beside_promotions_are_refused() -> None:
    promoted = edition(
        facts=EditionFacts(promotions=(Promotion("a", "2027-01-01", "2027-01-02", {"USD": Decimal(1)}),)), prices={"USD": Decimal(9)}
    )
    windows = [{"currency": "USD", "amount": "4.99", "ends_at": "2027-12-24"}]
    assert codes(promoted, content_api="v3", price_windows=windows) == [("prices-said-twice", "publish.store.price_windows")]


def test_the_store_holds_what_was_sent_and_tells_no_difference() -> None:
    facts = WorkFacts(place="Salta", edition_year=2026, audience=("children",))
    one = edition(about={"facts": facts})
    wanted = on(one, {"audiences": {"children": "infantil"}}, content_api="v3").resources[0]
    with shop(v3_docs="B") as store:
        store.writing(lambda writer: writer.create(CONTENT, wanted.attributes))
        held = store.stored("habits")
    assert (held["publication_place"], held["edition_year"], held["audience"]) == ("Salta", 2026, "infantil")


UUID = "123e4567-e89b-42d3-a456-426614174000"


def test_identifiers_are_sent_by_v3_beside_the_external_id_and_what_others_put_there_goes_along() -> None:
    one = edition(facts=EditionFacts(identifiers={"uuid": UUID, "ddc": "158.1", "doi": "10.1/a"}))
    assert [fact.field for fact in compiled(one, content_api="v3").unsupported] == ["identifiers.doi"]
    assert "own_identifiers" not in resource(one).attributes
    before = resource(edition(facts=EditionFacts(identifiers={"uuid": UUID})), content_api="v3")
    wanted = resource(one, content_api="v3")
    with shop(v3_docs="B") as store:
        made = store.writing(lambda writer: writer.create(CONTENT, before.attributes))
        isbn = {"type": "isbn_digital", "value": "9780306406157", "is_primary": False}
        held = store.stored("habits")["identifiers"]
        store.store.sandbox.edit("habits", identifiers=[*held, isbn])
        [seen] = store.survey(want("habits", made.id, wanted.attributes)).objects
        assert seen is not None
        assert unlike(seen, wanted.attributes) == {"own_identifiers"}
        carried = {"identifiers": seen.attributes["identifiers"]}
        changed = frozenset({"own_identifiers", "identifiers"})
        store.writing(lambda writer: writer.update(CONTENT, made.id, {**wanted.attributes, **carried}, changed))
        [again] = store.survey(want("habits", made.id, wanted.attributes)).objects
        kept = store.stored("habits")["identifiers"]
    assert unlike(again, wanted.attributes) == set()
    assert [(row["type"], row["value"], row["is_primary"]) for row in kept] == [
        ("external_id", "habits", True),
        ("isbn_digital", "9780306406157", False),
        ("ddc", "158.1", False),
        ("uuid", UUID, False),
    ]


def test_a_store_of_the_older_documents_is_said_to_keep_neither_year_nor_identifiers() -> None:
    one = edition(about={"facts": WorkFacts(edition_year=2026)}, facts=EditionFacts(identifiers={"uuid": UUID}))
    wanted = resource(one, content_api="v3")
    with shop(v3_docs="A") as store:
        made = store.writing(lambda writer: writer.create(CONTENT, wanted.attributes))
        told = store.survey(want("habits", made.id, wanted.attributes))
    assert [found.code for found in told.diagnostics if found.code != "conversion-unfinished"] == ["fact-not-kept", "fact-not-kept"]
    assert unlike(told.objects[0], wanted.attributes) == set()
