"""What someone at a terminal sees of an apply, and what they are asked."""

from __future__ import annotations

import re

import pytest

from catalogctl.sandbox import Fault, FaultKind
from shop import Shop
from terminal import Terminal, on_terminal


def is_picture(line: str) -> bool:
    """Whether a line is one of the picture of the moment, which must leave nothing behind."""
    return "━" in line or line.startswith(("Applying ", "Reading ", "POST ", "create ")) or "is sent nothing" in line


def left_clean(terminal: Terminal) -> None:
    """Make sure that nothing of the picture is left, neither on the screen nor above it, and that there never were two of it."""
    assert not [line for line in (*terminal.scrolled, *terminal.lines) if is_picture(line)]
    assert max(sum(line.startswith("Applying ") for line in frame) for frame in terminal.frames) == 1
    assert not terminal.screen.cursor.hidden


def pictures(terminal: Terminal) -> list[list[str]]:
    """Give the pictures that were there to be seen."""
    found = [[line for line in frame if is_picture(line)] for frame in terminal.frames]
    return [lines for lines in found if lines and lines[0].startswith("Applying ")]


def is_at_least(terminal: Terminal, over: int) -> bool:
    """Whether so many steps are over, as the picture has it."""
    return any(int(found[1]) >= over for line in terminal.lines if (found := re.search(r"^Applying .* (\d+)/\d+ ", line)))


def test_an_apply_shows_how_far_it_is_and_leaves_what_came_of_it(shop: Shop) -> None:
    shop.titles(9)
    shop.server.latency = 0.3
    refusal = '{"message": "The name is taken."}'
    shop.server.inject(
        Fault(kind=FaultKind.FAIL, method="POST", count=1, status=422, body=refusal),
        Fault(kind=FaultKind.RATE_LIMIT, method="POST", count=1, skip=4, seconds=2),
    )
    with on_terminal(shop.folder, "apply", "--auto-approve", "--parallelism", "3") as terminal:
        terminal.ended(6)
    seen = pictures(terminal)
    assert max(map(len, seen)) <= 20
    words = "\n".join("\n".join(lines) for lines in seen)
    assert re.search(r"^Applying +━+ +0/9 +\d s$", words, flags=re.MULTILINE)
    assert re.search(r"/9  1 failed  +\d s$", words, flags=re.MULTILINE)
    assert re.search(r"^POST  /integration-api/v1/dashboard/issues +store/content/t0\d.epub  \d s$", words, flags=re.MULTILINE)
    assert re.search(r"^store is sent nothing for [12] s: the store asked for patience$", words, flags=re.MULTILINE)
    left_clean(terminal)
    assert len(re.findall(r"FAILED: create store/content/t0[0-2].epub: A store refused a request", terminal.all)) == 1
    assert "answered with 422. The name is taken." in " ".join(terminal.all.split())
    assert terminal.lines[-5:] == [
        "store     8       1        0            0",
        "",
        terminal.lines[-3],
        "What is done is recorded. To go on from here:",
        "  catalogctl apply --auto-approve --parallelism 3",
    ]
    assert terminal.lines[-3].startswith("Applied in part: 8 done (8 created), 1 failed, 0 not started, in ")
    assert f"    product  {shop.url}/library/publication/el-faro-" in terminal.all


def test_it_copes_with_another_size_while_it_is_shown(shop: Shop) -> None:
    shop.titles(8)
    shop.server.latency = 0.3
    with on_terminal(shop.folder, "apply", "--auto-approve", "--parallelism", "2") as terminal:
        terminal.until(lambda: is_at_least(terminal, 2), "the first two")
        terminal.resize(50, 12)
        terminal.until(lambda: is_at_least(terminal, 4), "two more")
        terminal.resize(100, 30)
        terminal.ended(0)
    assert not [line for line in terminal.lines if is_picture(line)]
    assert terminal.lines[-1].startswith("Applied: 8 done (8 created)")
    assert not terminal.screen.cursor.hidden


def test_interrupted_once_it_says_so_above_the_picture_and_lists_each_step_once(shop: Shop) -> None:
    shop.titles(8)
    shop.server.latency = 0.4
    with on_terminal(shop.folder, "apply", "--auto-approve", "--parallelism", "2") as terminal:
        terminal.until(lambda: is_at_least(terminal, 2), "the first two")
        terminal.type("\x03")
        terminal.ended(130)
    left_clean(terminal)
    said = "Stopping: no new calls; calls in progress will finish.\nInterrupt again to stop now."
    assert terminal.all.count(said) == 1
    assert re.search(r"Applied in part: (\d) done", terminal.all)
    for number in range(8):
        name = f"create store/content/t{number:02}.epub"
        assert len(re.findall(rf"^  {name}(?:  the run was stopped)?$", terminal.all, flags=re.MULTILINE)) == 1


def test_interrupted_twice_it_is_gone_at_once(shop: Shop) -> None:
    shop.titles(3)
    shop.server.inject(Fault(kind=FaultKind.DELAY, method="POST", seconds=5))
    with on_terminal(shop.folder, "apply", "--auto-approve") as terminal:
        terminal.until(lambda: any(line.startswith("POST") for line in terminal.lines), "the first call")
        terminal.type("\x03")
        terminal.until(lambda: "Interrupt again to stop now." in terminal.lines, "the word that it stops")
        terminal.type("\x03")
        terminal.ended(130)
    left_clean(terminal)
    assert terminal.lines[-1] in {"Interrupted.", "^CInterrupted."}


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_where_nobody_looks_or_plain_text_is_asked_for_there_are_lines(shop: Shop, environment: dict[str, str]) -> None:
    shop.titles(1)
    with on_terminal(shop.folder, "apply", "--auto-approve", environment=environment) as terminal:
        terminal.ended(0)
    assert "[1/1] created store/content/t00.epub" in terminal.all
    assert not re.search(rb"\x1b\[\d*[AK]|\x1b\[\?25", bytes(terminal.written))


def answered(shop: Shop, answers: str, code: int, *arguments: str) -> Terminal:
    """Apply item by item, with these answers."""
    with on_terminal(shop.folder, "apply", *arguments, "--confirm", "each", lines=60) as terminal:
        for number, answer in enumerate(answers, 1):
            terminal.until(lambda number=number: terminal.all.count("Shall this be done?") >= number, f"question {number}")  # type: ignore[misc]
            terminal.type(f"{answer}\n")
        terminal.ended(code)
    return terminal


def test_item_by_item_what_is_agreed_to_is_done_and_nothing_else(shop: Shop) -> None:
    shop.titles(5)
    terminal = answered(shop, "n?yq", 0)
    assert list(shop.rows) == ["key-t01"]
    assert "(1/5) Shall this be done? [y,n,a,q,?] n" in terminal.all
    assert "q  leave this out and all that is left; what was agreed to is done" in terminal.all
    assert "1 of 5 agreed to." in terminal.all
    assert "+ create  store/content/t02.epub" in terminal.all
    assert "store/content/t03.epub" not in terminal.all
    assert terminal.lines[-1].startswith("Applied: 1 done (1 created)")


def test_all_that_is_left_is_one_answer_and_a_saved_plan_can_be_gone_through_as_well(shop: Shop) -> None:
    shop.titles(4)
    plan = str(shop.folder / "plan.json")
    shop.run("plan", "--out", plan).ended(0)
    answered(shop, "nya", 0, plan)
    assert sorted(shop.rows) == ["key-t01", "key-t02", "key-t03"]


def test_where_nothing_is_agreed_to_nothing_is_done(shop: Shop) -> None:
    shop.titles(2)
    assert "Nothing was done." in answered(shop, "q", 1).lines[-1]
    assert shop.writes == []


def test_limits_are_held_against_what_is_agreed_to(shop: Shop) -> None:
    shop.project("safety: {max_deletes: 1}\n")
    shop.titles(3)
    shop.applied()
    for number in range(2):
        (shop.folder / f"catalog/t{number:02}.json").unlink()
    answered(shop, "yy", 3)
    assert len(shop.rows) == 3
    answered(shop, "ny", 0)
    assert sorted(shop.rows) == ["key-t00", "key-t02"]


def test_to_be_asked_takes_a_terminal_and_contradicts_agreeing_beforehand(shop: Shop) -> None:
    shop.titles(1)
    assert "No terminal to confirm on" in shop.spawn("apply", "--confirm", "each").ended(1).err
    assert "contradict each other" in shop.run("apply", "--confirm", "each", "--auto-approve").ended(1).err
    assert shop.writes == []
