"""A number, an EAN and an external identifier are three names of one product: other words for it are no change."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from catalogctl.model.diagnostics import CatalogError
from catalogctl.planning.action import Action
from catalogctl.planning.plan import Refresh
from catalogctl.testing.kit import Kit, doing, opened
from catalogctl.testing.specimen import Document
from unit.providers.openpublishing.press import EAN, on_show

NUMBER = 4711
OTHER_EAN = "9788437604947"
WORDS: tuple[Any, ...] = (NUMBER, {"ean": EAN}, {"external_identifier": {"type": "house", "value": "B-1"}})
ROWS = (
    {"product": NUMBER, "ean": EAN, "identifiers": [{"type": "house", "value": "B-1"}]},
    {"product": 4712, "ean": OTHER_EAN, "identifiers": [{"type": "house", "value": "B-2"}]},
)


def title(product: Any) -> Document:
    publish = {"store": {"product": product, "distribution": {"enabled": True, "channels": {"kobo": False}}}}
    files = {"content": "files/faro.epub", "cover": "files/faro.jpg"}
    editions = {"epub": {"format": "epub", "files": files, "publish": publish}}
    return {"kind": "title", "id": "faro", "title": "El faro", "editions": editions}


def recorded_products(kit: Kit) -> set[object]:
    return {have.attributes["product"] for have in kit.recorded().values()}


@pytest.mark.parametrize(("was", "now"), tuple(permutations(WORDS, 2)))
@pytest.mark.parametrize("covers", ["as_sent", "normalised"])
def test_other_words_for_the_same_product_are_no_change(was: Any, now: Any, covers: str) -> None:
    with opened(on_show(title(was), *ROWS, covers=covers)) as kit:
        kit.apply(kit.plan())
        rows = kit.rows()
        kit.titles = {"faro": title(now)}
        planned = kit.plan()
        assert {change.action for change in planned.plan.changes} == {Action.NO_OP}
        kit.apply(planned)
        assert [one for one in kit.writes() if one.path != "/auth/auth"] == []
        assert kit.rows() == rows
        assert len(recorded_products(kit)) == 1, "state has the new words"
        again = kit.plan()
        assert not doing(again)
        assert not any(request.path.endswith("/products") for request in kit.requests()), "what state knows is not looked up again"


@pytest.mark.parametrize(("was", "now"), tuple(permutations(WORDS, 2)))
@pytest.mark.parametrize("switched", [True, False])
def test_other_words_that_nobody_looks_up_are_refused(was: Any, now: Any, switched: bool) -> None:
    first, then = title(was), title(now)
    if not switched:
        for declared in (first, then):
            del declared["editions"]["epub"]["publish"]["store"]["distribution"]
    with opened(on_show(first, *ROWS)) as kit:
        kit.apply(kit.plan())
        kit.titles = {"faro": then}
        with pytest.raises(CatalogError) as refused:
            kit.plan(refresh=Refresh.STATE)
        assert {problem.code for problem in refused.value.diagnostics} == {"refresh-needed"}
        kit.apply(kit.plan())
        assert not doing(kit.plan(refresh=Refresh.STATE)), "once it was looked up, state has the new words"


def test_another_number_is_another_product_whoever_is_asked() -> None:
    with opened(on_show(title(NUMBER), *ROWS)) as kit:
        kit.apply(kit.plan())
        kit.titles = {"faro": title(4712)}
        assert doing(kit.plan(refresh=Refresh.STATE))


@pytest.mark.parametrize("now", [4712, {"ean": OTHER_EAN}, {"external_identifier": {"type": "house", "value": "B-2"}}])
@pytest.mark.parametrize("was", WORDS)
def test_words_for_another_product_move_the_files_there(was: Any, now: Any) -> None:
    with opened(on_show(title(was), *ROWS)) as kit:
        kit.apply(kit.plan())
        kit.titles = {"faro": title(now)}
        planned = kit.plan()
        assert {change.action for change in planned.plan.changes if change.type.name == "file"} == {Action.REPLACE}
        kit.apply(planned)
        assert {change.split("/")[0] for change in (str(have.id) for have in kit.recorded().values())} == {"4712"}
        assert not doing(kit.plan())


@pytest.mark.parametrize("now", [{"ean": "9791234567896"}, {"external_identifier": {"type": "house", "value": "B-3"}}])
def test_words_for_no_product_are_an_error_before_anything_is_sent(now: Any) -> None:
    with opened(on_show(title(NUMBER), *ROWS)) as kit:
        kit.apply(kit.plan())
        kit.titles = {"faro": title(now)}
        with pytest.raises(CatalogError) as refused:
            kit.plan()
        assert {problem.code for problem in refused.value.diagnostics} == {"product-missing"}
        assert [one for one in kit.writes() if one.path != "/auth/auth"] == []


def two_editions(first: Any, second: Any, cover: bool, switch: bool) -> Document:
    files = {"content": "files/faro.epub", **({"cover": "files/faro.jpg"} if cover else {})}
    epub = {"product": first, "distribution": {"enabled": True}}
    pdf = {"product": second, **({"distribution": {"channels": {"kobo": False}}} if switch else {})}
    editions = {
        "epub": {"format": "epub", "files": files, "publish": {"store": epub}},
        "mobi": {"format": "epub", "files": {"cover": "files/faro.jpg"} if cover else {}, "publish": {"store": pdf}},
    }
    return {"kind": "title", "id": "faro", "title": "El faro", "editions": editions}


@pytest.mark.parametrize(("cover", "switch", "code"), [(True, False, "product-two-names"), (False, True, "switches-apart")])
def test_what_two_names_of_one_product_would_send_twice_or_out_of_order_is_refused(cover: bool, switch: bool, code: str) -> None:
    with opened(on_show(two_editions(NUMBER, {"ean": EAN}, cover, switch), *ROWS)) as kit:
        with pytest.raises(CatalogError) as refused:
            kit.plan()
        assert {problem.code for problem in refused.value.diagnostics} == {code}
    with opened(on_show(two_editions(NUMBER, NUMBER, cover, switch), *ROWS)) as kit:
        kit.converge()


def test_a_product_and_its_channels_are_switched_in_one_title() -> None:
    own, channels = {"enabled": True}, {"channels": {"kobo": False}}
    with opened(on_show(title(NUMBER), *ROWS)) as kit:
        publish = [{"store": {"product": NUMBER, "distribution": said}} for said in (own, channels)]
        kit.titles = {
            id_: {"kind": "title", "id": id_, "title": "El faro", "editions": {"epub": {"format": "epub", "publish": one}}}
            for id_, one in zip(("faro", "sal"), publish, strict=True)
        }
        with pytest.raises(CatalogError) as refused:
            kit.plan()
        assert {(problem.code, problem.address) for problem in refused.value.diagnostics} == {
            ("switches-apart", "store/distribution/sal.epub/kobo")
        }
