"""Facts that one account alone is given are planned, limited and drift like any other, and are reported where they are said."""

from __future__ import annotations

from shop import Shop


def test_a_price_for_one_account_is_sent_to_it_and_limited_where_it_is_said(shop: Shop) -> None:
    shop.title(edition={"prices": {"USD": "9.90", "EUR": "8.00"}, "publish": {"store": {"prices": {"USD": "8.90", "EUR": None}}}})
    shop.applied()
    assert shop.sandbox.rows()[0]["amounts_in_cents"] == {"USD": 890}
    shop.run("plan", "--detailed-exitcode").ended(0)
    shop.title(edition={"prices": {"USD": "9.90", "EUR": "8.00"}, "publish": {"store": {"prices": {"USD": "1.00", "EUR": None}}}})
    refused = shop.run("plan").ended(3)
    assert "A price moves too far at once" in refused.err
    line = next(place for place, text in enumerate((shop.folder / "catalog/faro.json").read_text().split("\n"), 1) if '"1.00"' in text)
    assert f"catalog/faro.json:{line}:" in refused.err


def test_what_is_said_to_all_does_not_change_what_one_account_is_told(shop: Shop) -> None:
    shop.title(title="El faro", edition={"publish": {"store": {"title": "The Lighthouse"}}})
    shop.applied()
    shop.title(title="El faro viejo", edition={"publish": {"store": {"title": "The Lighthouse"}}})
    shop.run("plan", "--detailed-exitcode").ended(0)
    shop.title(title="El faro viejo")
    assert "El faro viejo" in shop.run("plan", "--detailed-exitcode").ended(2).out


def test_a_currency_that_the_store_does_not_have_stops_nothing(shop: Shop) -> None:
    shop.title(edition={"prices": {"USD": "9.90", "JPY": "900"}})
    assert "prices in JPY" in shop.run("validate").ended(0).err
    shop.applied()
    assert shop.sandbox.rows()[0]["amounts_in_cents"] == {"USD": 990}
