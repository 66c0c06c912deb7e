"""What doctor names, and what validate and plan say of an extra that is missing."""

from __future__ import annotations

import sys

import pytest

from shop import Shop

BUCKET = "assets: {publish: {type: s3, url: 's3://low-pier/catalog/', sign_for: 2h}}\n"


def in_a_bucket(shop: Shop) -> None:
    """Write a project whose assets are in a bucket."""
    shop.write("catalogctl.yaml", f"version: 1\naccounts: {{store: {{provider: publicala, base_url: sandbox}}}}\n{BUCKET}")
    shop.title()


@pytest.mark.parametrize(
    "command", [["validate"], ["plan"], ["drift"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"]], ids=lambda it: it[0]
)
def test_an_extra_that_is_missing_ends_every_command_that_reads_the_catalog(
    shop: Shop, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_a_bucket(shop)
    monkeypatch.setitem(sys.modules, "obstore", None)
    ran = shop.run(*command).ended(1)
    assert "error: An extra is missing\n  catalogctl.yaml:3:26\n" in ran.err
    assert "`objectstore`" in ran.err
    assert "install 'obstore>=0.12,<0.13'\n" in ran.err


def test_extras_are_printed_without_a_secret_and_without_the_extra(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    in_a_bucket(shop)
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delenv("PUBLICALA_TOKEN")
    ran = shop.run("doctor", "--extras").ended(0)
    assert (ran.out, ran.err) == ("objectstore\n", "")


def test_no_extra_is_no_line(shop: Shop) -> None:
    assert shop.run("doctor", "--extras").ended(0).all == ""
