"""What is shown while it happens: in which manner, and the picture of the moment."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from rich.console import Console

from catalogctl.events import (
    ApplyStarted,
    AssetCutOff,
    AssetPublished,
    AssetRead,
    AssetSent,
    CallFinished,
    CallStarted,
    Event,
    OperationFailed,
    OperationFinished,
    OperationSkipped,
    OperationStarted,
    RefreshFinished,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import error
from catalogctl.view.live.picture import LiveView
from catalogctl.view.live.progress import Manner, manner_for, progress
from catalogctl.view.paint.style import Style

A, B, C = (Address("store", "content", name, "epub") for name in ("a", "b", "c"))
ISSUES = "/integration-api/v1/dashboard/issues"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "manner"),
    [
        ({"TERM": "xterm"}, Manner.LIVE),
        ({}, Manner.LIVE),
        ({"TERM": "dumb"}, Manner.LINES),
        ({"NO_COLOR": "1"}, Manner.LINES),
        ({"CI": "true"}, Manner.LINES),
        ({"CI": "false"}, Manner.LIVE),
    ],
)
def test_only_a_terminal_that_somebody_looks_at_gets_what_changes_in_place(environ: Mapping[str, str], manner: Manner) -> None:
    assert manner_for(Screen(), environ=environ) is manner
    assert manner_for(io.StringIO(), environ=environ) is Manner.LINES


def test_quiet_and_plain_are_what_they_say_and_a_closed_stream_gets_nothing() -> None:
    assert manner_for(Screen(), quiet=True, environ={}) is Manner.NONE
    assert manner_for(Screen(), no_color=True, environ={}) is Manner.LINES
    assert manner_for(None, environ={}) is Manner.NONE


@dataclass
class Moment:
    """A picture, and the time it is drawn at."""

    now: float = 0.0
    picture: LiveView = field(init=False)

    def __post_init__(self) -> None:
        self.picture = LiveView(Style(), lambda: self.now)

    def after(self, *events: Event) -> Moment:
        for event in events:
            self.picture.note(event)
        return self

    def lines(self, width: int = 79, height: int = 20) -> list[str]:
        console = Console(file=io.StringIO(), width=width + 1, height=height + 1, force_terminal=True, color_system="truecolor")
        drawn = self.picture.drawn(console, width, height)
        assert len(drawn) <= height
        assert all(line.cell_len <= width for line in drawn)
        return [line.plain.rstrip() for line in drawn]

    def words(self, width: int = 79, height: int = 20) -> list[str]:
        """The lines without their bars, and with single blanks."""
        return [" ".join(line.translate(dict.fromkeys(map(ord, "━╸╺"))).split()) for line in self.lines(width, height)]


def started(address: Address, verb: str = "create") -> OperationStarted:
    return OperationStarted(f"{verb} {address}", verb, address)


def test_each_account_has_a_bar_with_what_is_over_and_what_failed() -> None:
    moment = Moment().after(
        ApplyStarted(12, {"store": 10, "publishdrive": 2}),
        OperationFinished(f"create {A}", "create", A, "1", 0.1),
        OperationFailed(f"update {B}", "update", B, error("x", "Refused"), unknown=False),
        OperationSkipped(f"create {C}", "create", C, f"update {B}"),
    )
    moment.now = 41.0
    assert moment.words() == ["Applying 3/12 1 failed, 1 skipped 41 s", "publishdrive 0/2", "store 3/10 1 failed, 1 skipped"]
    moment.after(OperationFailed(f"update {A}", "update", A, error("x", "No answer"), unknown=True))
    assert moment.words()[0] == "Applying 4/12 1 failed, 1 outcome unknown, 1 skipped 41 s"


def test_a_wait_counts_down_and_is_gone_when_it_is_over() -> None:
    moment = Moment().after(ApplyStarted(1, {"store": 1}), Waited("store", 30.0, "the store asked for patience"))
    moment.now = 2.5
    assert moment.words()[1] == "store is sent nothing for 28 s: the store asked for patience"
    moment.now = 30.0
    assert moment.words()[1:] == [""], "the picture does not become less tall"


def test_calls_and_steps_that_wait_for_their_turn_are_named_with_how_long_they_take() -> None:
    moment = Moment().after(
        ApplyStarted(3, {"store": 3}), started(A), started(B, "update"), CallStarted("store", 1, "PUT", f"{ISSUES}/{{id}}", B)
    )
    moment.now = 3.9
    assert moment.words()[1:] == [f"PUT {ISSUES}/{{id}} {B} 3 s", f"create waits {A} 3 s"]
    moment.after(CallFinished("store", 1), OperationFinished(f"update {B}", "update", B, "2", 3.9))
    assert moment.words()[1:] == [f"create waits {A} 3 s", ""]


def test_a_file_on_its_way_tells_bytes_speed_and_time_left() -> None:
    moment = Moment().after(ApplyStarted(1, {"store": 1}))
    for second in range(13):
        moment.now = float(second)
        moment.after(AssetSent("store", "assets/a.epub", second * 2_000_000, 60_000_000))
    assert moment.words()[1] == "assets/a.epub 24 MB of 60 MB 2.0 MB/s 18 s left"
    assert moment.after(AssetSent("store", "assets/a.epub", 60_000_000, 60_000_000)).words()[1:] == [""]


def test_a_large_file_that_is_read_is_shown_until_it_is_read_to_its_end() -> None:
    moment = Moment().after(AssetRead("assets/a.epub", 20_000_000, 60_000_000))
    moment.now = 2.0
    assert moment.after(AssetRead("assets/a.epub", 40_000_000, 60_000_000)).words() == ["assets/a.epub 40 MB of 60 MB 10 MB/s 2 s left"]
    assert moment.after(AssetRead("assets/a.epub", 60_000_000, 60_000_000)).words() == [""]


def test_a_file_that_broke_off_or_was_published_is_not_shown_any_more() -> None:
    moment = Moment().after(ApplyStarted(1, {"store": 1}), AssetSent("", "a.epub", 0, 5), AssetSent("store", "b.epub", 1, 5))
    assert [line.split()[0] for line in moment.words()[1:]] == ["a.epub", "b.epub"]
    moment.after(AssetPublished("a.epub", 5, reused=False), AssetCutOff("store", "b.epub", 1, 5))
    assert moment.words()[1:] == ["", ""]


def crowd() -> Moment:
    accounts = {f"account-{number:02}": 100 for number in range(20)}
    moment = Moment().after(ApplyStarted(2000, accounts))
    for number, account in enumerate(accounts):
        address = Address(account, "content", f"una-novela-de-título-larguísimo-{number}", "epub")
        path = f"{ISSUES}/{{id}}/and/some/more/of/it"
        moment.after(started(address), CallStarted(account, 1, "POST", path, address), Waited(account, 30.0, "patience " * 20))
        moment.after(AssetSent(account, f"catalog/assets/covers/書{number}.epub", 1_000_000, 9_000_000_000))
    return moment


@pytest.mark.parametrize("width", [39, 79, 119])
@pytest.mark.parametrize("height", [1, 2, 3, 5, 10, 20])
def test_it_fits_and_what_does_not_is_counted(width: int, height: int) -> None:
    lines = crowd().lines(width, height)
    assert lines[0].startswith("Applying")
    if height == 20:
        assert "… and 15 more accounts" in lines
        assert "… and 17 more files" in lines
        assert lines[-1] == "… and 15 more calls"


def test_of_a_long_path_and_a_long_address_the_end_is_shown() -> None:
    moment = crowd()
    line = next(line for line in moment.lines(79, 20) if line.startswith("POST"))
    assert "…" in line
    assert "of/it" in line
    assert "-0.epub" in line


def test_accounts_that_are_read_have_bars_until_they_have_been() -> None:
    moment = Moment().after(RefreshProgressed("store", 1, 3), CallStarted("store", 4, "GET", ISSUES, None))
    assert moment.words() == ["Reading store 1/3", f"GET {ISSUES} store 0 s"]
    assert moment.after(RefreshFinished("store", 3), CallFinished("store", 4)).words() == ["", ""]


def test_foreign_text_cannot_drive_the_picture() -> None:
    bad = "[red]\x1b]0;owned\x07"
    moment = Moment().after(
        ApplyStarted(1, {bad: 1, "store": 1}),
        Waited(bad, 3.0, bad),
        AssetSent(bad, bad, 1, 5),
        CallStarted(bad, 1, bad, bad, None),
    )
    shown = "\n".join(moment.lines(119))
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert shown.count("[red]\\x1b]0;owned\\x07") >= 4


def test_it_is_cleared_away_when_the_run_breaks_off_and_the_cursor_is_seen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Screen()

    def run() -> None:
        with progress(stream, Manner.LIVE, style=Style(), width=80) as listen:
            listen(ApplyStarted(3, {"store": 3}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert "Applying" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[1A\x1b[2K\x1b[?25h")
