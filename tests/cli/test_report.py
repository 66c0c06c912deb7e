"""`--format html` on the command line."""

from __future__ import annotations

from shop import Shop


def test_a_plan_is_written_as_a_page_that_only_its_owner_reads(shop: Shop) -> None:
    shop.project()
    shop.title(title="El <b>faro</b>")
    shop.run("plan", "--format", "html", "--output", str(shop.folder / "plan.html")).ended(0)
    page = shop.folder / "plan.html"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "El &lt;b&gt;faro&lt;/b&gt;" in text
    assert "<b>faro" not in text
    assert page.stat().st_mode & 0o777 == 0o600
    assert shop.run("plan", "--format", "html").ended(0).out == text


def test_a_saved_plan_is_shown_as_a_page(shop: Shop) -> None:
    shop.project()
    shop.title()
    saved = str(shop.folder / "plan.json")
    page = shop.run("plan", "--out", saved, "--format", "html").ended(0).out
    assert shop.run("show", saved, "--format", "html").ended(0).out == page


def test_drift_is_shown_as_a_page(shop: Shop) -> None:
    shop.project()
    shop.title()
    shop.applied()
    assert "<h1>Nothing changes</h1>" in shop.run("drift", "--format", "html").ended(0).out


def test_the_state_is_no_page(shop: Shop) -> None:
    shop.project()
    ran = shop.run("show", "--format", "html").ended(1)
    assert "html is a form of plans" in " ".join(ran.err.split())
