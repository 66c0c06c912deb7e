"""A channel inherits the product's switch until it is set itself: what is declared holds in the end, whatever it read as before."""

from __future__ import annotations

from dataclasses import replace
from itertools import product as every

import pytest

from catalogctl.model.diagnostics import CatalogError
from catalogctl.planning.risk.consequence import leaves_sale
from catalogctl.planning.scope import Scope
from catalogctl.providers.openpublishing.sandbox import OpenPublishingSandbox
from catalogctl.testing.kit import Kit, doing, opened
from catalogctl.testing.specimen import Document, Specimen
from unit.providers.openpublishing.press import on_show

NUMBER = 4711


def title(enabled: bool | None, kobo: bool | None) -> Document:
    own = {} if enabled is None else {"enabled": enabled}
    said = {**own, "channels": {} if kobo is None else {"kobo": kobo}}
    publish = {"store": {"product": NUMBER, "distribution": said}}
    editions = {"epub": {"format": "epub", "files": {"content": "files/faro.epub"}, "publish": publish}}
    return {"kind": "title", "id": "faro", "title": "El faro", "editions": editions}


def specimen(declared: Document, enabled: bool, channels: dict[str, bool], **switches: str) -> Specimen:
    return on_show(declared, {"product": NUMBER, "enabled": enabled, "channels": channels}, **switches)


def reads(kit: Kit) -> tuple[bool, bool]:
    """Return how the product's switch and that of kobo read in the store."""
    sandbox = kit.emulator
    assert isinstance(sandbox, OpenPublishingSandbox)
    (row,) = sandbox.products()
    channels = row["channels"]
    assert isinstance(channels, dict)
    inherited = row["enabled"] and sandbox.switches.unset_channels == "inherit"
    return bool(row["enabled"]), bool(channels.get("kobo", inherited))


def switched(kit: Kit) -> list[str]:
    """Return the requests that set switches, in their order."""
    return [f"{one.path.rpartition('/')[2]}?{one.query}" for one in kit.writes() if "/distribution" in one.path]


@pytest.mark.parametrize("unset", ["inherit", "off"])
@pytest.mark.parametrize("was", [True, False])
@pytest.mark.parametrize("channels", [{}, {"kobo": True}, {"kobo": False}])
def test_what_is_declared_holds_after_one_apply_whatever_was_there(unset: str, was: bool, channels: dict[str, bool]) -> None:
    for enabled, kobo in every((True, False), repeat=2):
        with opened(specimen(title(enabled, kobo), was, channels, unset_channels=unset)) as kit:
            kit.apply(replace(kit.plan(), refusals=()))
            assert reads(kit) == (enabled, kobo)
            # The other way round on what was adopted or set, and back.
            for now, then in ((not enabled, kobo), (not enabled, not kobo), (enabled, kobo)):
                kit.titles = {"faro": title(now, then)}
                assert doing(kit.plan())
                kit.apply(replace(kit.plan(), refusals=()))
                assert reads(kit) == (now, then)
                assert not doing(kit.plan())


def test_a_channel_that_is_declared_off_is_set_after_the_product_goes_on_sale() -> None:
    with opened(specimen(title(True, False), False, {})) as kit:
        planned = kit.plan()
        assert sum(leaves_sale(change, ()) for change in planned.plan.changes) == 0, "it was not on sale"
        kit.apply(planned)
        assert switched(kit) == ["distribution?enabled=true", "kobo?enabled=false"]
        assert reads(kit) == (True, False)


@pytest.mark.parametrize(("enabled", "kobo"), [(True, False), (False, True)])
def test_a_product_is_not_switched_without_a_channel_that_would_inherit_it_and_is_declared_otherwise(enabled: bool, kobo: bool) -> None:
    with opened(specimen(title(not enabled, kobo), not enabled, {})) as kit:
        kit.apply(kit.plan())
        kit.titles = {"faro": title(enabled, kobo)}
        with pytest.raises(CatalogError) as refused:
            kit.plan(scope=Scope(excludes=("*/kobo",)))
        (problem,) = refused.value.diagnostics
        assert problem.code == "dependency-missing"
        assert problem.hint is not None
        hinted = problem.hint.partition("\n")[2].split()[1::2]
        kit.apply(kit.plan(scope=Scope(targets=tuple(hinted))))
        assert reads(kit) == (enabled, kobo)


def test_a_product_is_switched_without_a_channel_that_is_declared_alike() -> None:
    with opened(specimen(title(False, True), False, {})) as kit:
        kit.apply(kit.plan())
        kit.titles = {"faro": title(True, True)}
        kit.apply(kit.plan(scope=Scope(excludes=("*/kobo",))))
        assert reads(kit) == (True, True)


def test_a_channel_that_follows_in_the_end_is_not_set() -> None:
    with opened(specimen(title(True, True), True, {})) as kit:
        kit.apply(kit.plan())
        assert switched(kit) == []
        assert reads(kit) == (True, True)


def test_a_channel_stays_as_declared_when_somebody_turns_the_product_and_it_is_turned_back() -> None:
    with opened(specimen(title(True, True), True, {})) as kit:
        kit.apply(kit.plan())
        kit.emulator.edit(str(NUMBER), enabled=False)
        kit.apply(kit.plan())
        assert reads(kit) == (True, True)
        kit.titles = {"faro": title(False, True)}
        kit.apply(kit.plan())
        assert switched(kit) == ["distribution?enabled=false", "kobo?enabled=true"]
        assert reads(kit) == (False, True)


def test_a_switch_that_is_no_longer_declared_stays_as_it_is() -> None:
    with opened(specimen(title(True, False), False, {})) as kit:
        kit.apply(kit.plan())
        for left in (title(None, False), title(None, None)):
            kit.titles = {"faro": left}
            kit.apply(kit.plan())
            assert switched(kit) == []
        assert reads(kit) == (True, False)


@pytest.mark.parametrize("read_from", ["query", "form"])
def test_enabled_arrives_wherever_the_service_reads_it(read_from: str) -> None:
    with opened(specimen(title(True, False), False, {}, enabled_in=read_from)) as kit:
        kit.apply(kit.plan())
        assert reads(kit) == (True, False)
