"""A list that shows one row twice, each time: what it shows is managed, what it may hide is not created, and that is said."""

from __future__ import annotations

from catalogctl.sandbox import Fault, FaultKind
from shop import Shop


def test_an_account_whose_list_shows_one_row_twice_stays_plannable_and_nothing_that_may_hide_is_created(shop: Shop) -> None:
    shop.titles(2)
    shop.applied()
    shop.server.inject(Fault(kind=FaultKind.DISTORT, method="GET", path=r"issues(\?|$)", rows="doubled", count=None))
    assert "No changes" in shop.run("plan", "--detailed-exitcode").ended(0).out
    shop.title("t00", title="Otro faro")
    shop.title("nuevo")
    planned = shop.run("plan", "--detailed-exitcode").ended(2)
    assert "0 to create, 1 to update" in planned.out
    shop.run("apply", "--auto-approve").ended(9)
    assert (sorted(shop.rows), shop.rows["key-t00"]["name"]) == (["key-t00", "key-t01"], "Otro faro")
    left = shop.run("plan", "--detailed-exitcode").ended(2)
    assert "and 1 object held back" in " ".join(left.out.split())
    assert "catalogctl import store/content/nuevo.epub ID" in left.out + left.err
    shop.server.clear_faults()
    shop.applied()
    assert sorted(shop.rows) == ["key-nuevo", "key-t00", "key-t01"]
