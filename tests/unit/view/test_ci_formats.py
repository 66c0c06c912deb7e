"""Problems and plans in the forms that CI systems read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from catalogctl.model.diagnostics import Diagnostic, Severity, SourceRange, error, warning
from catalogctl.view.formats import diagnostics_codequality, diagnostics_github, diagnostics_junit, diagnostics_sarif, gitlab_terraform
from catalogctl.view.formats.fingerprint import fingerprints
from unit.view import samples

WRONG = error(
    "bad-language",
    "Not a language",
    "'castellano' is no code of ISO 639-1.",
    "es",
).at(SourceRange("catalog/el faro.yaml", 4, 11, 21, "language: castellano"))
NOWHERE = warning("account-unused", "An account that nothing is published on", address="store/content/a.epub")
HOSTILE = error("x", "\x1b[2J<b>&\"'\u202e", "]]> <script>\x00\n-->").at(SourceRange("catalog/ü|%.yaml", 1, 1, 2, ""))
ALL = (NOWHERE, WRONG, HOSTILE)


def moved(item: Diagnostic, lines: int) -> Diagnostic:
    assert item.source is not None
    return item.at(replace(item.source, line=item.source.line + lines))


def results(*found: Diagnostic) -> list[dict[str, Any]]:
    (run,) = json.loads(diagnostics_sarif.render(found, "catalogctl.yaml"))["runs"]
    return list(run["results"])


def test_sarif_has_a_rule_for_each_code_and_a_place_for_each_result() -> None:
    report = json.loads(diagnostics_sarif.render(ALL, "shop/catalogctl.yaml"))
    assert report["version"] == "2.1.0"
    (run,) = report["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({"account-unused", "bad-language", "x"})
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [result["ruleId"] for result in run["results"]]
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning"]
    first, hostile, last = run["results"]
    (where,) = first["locations"]
    assert where["physicalLocation"] == {
        "artifactLocation": {"uri": "catalog/el%20faro.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4, "startColumn": 11, "endColumn": 21},
    }
    assert first["message"]["text"] == "'castellano' is no code of ISO 639-1.\nhint: es"
    assert hostile["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "catalog/%C3%BC%7C%25.yaml"
    assert last["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/catalogctl.yaml"


def test_of_more_than_github_takes_the_worst_are_written_and_the_others_counted() -> None:
    many = [warning("w", "W", str(number)) for number in range(25_000)]
    (run,) = json.loads(diagnostics_sarif.render([*many, WRONG], "catalogctl.yaml"))["runs"]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["ruleId"] == "bad-language"
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "and 1 more"


def test_a_fingerprint_outlives_a_move_to_another_line_and_nothing_else() -> None:
    (mark,) = fingerprints([WRONG])
    assert fingerprints([moved(WRONG, 30)]) == [mark]
    others = [
        replace(WRONG, code="other"),
        replace(WRONG, detail="'espagnol' is no code of ISO 639-1."),
        replace(WRONG, address="store/content/a.epub"),
        WRONG.at(SourceRange("catalog/luz.yaml", 4, 11, 21, "")),
    ]
    assert len({mark, *fingerprints(others)}) == 5
    assert results(WRONG)[0]["partialFingerprints"] == results(moved(WRONG, 9))[0]["partialFingerprints"] == {"catalogctl/v1": mark}


def test_problems_that_say_the_same_in_one_file_are_told_apart() -> None:
    twice = fingerprints([WRONG, moved(WRONG, 1)])
    assert len(set(twice)) == 2
    assert twice == fingerprints([WRONG, moved(WRONG, 50)])


def test_a_place_named_in_the_detail_is_no_part_of_the_fingerprint() -> None:
    here, there = (replace(WRONG, detail=f"It is declared at catalog/b.yaml:{line}:3 as well.") for line in (4, 90))
    assert fingerprints([here]) == fingerprints([there])


def test_gitlabs_code_quality_has_all_members_that_gitlab_asks_for() -> None:
    entries = json.loads(diagnostics_codequality.render(ALL, "catalogctl.yaml"))
    assert [set(entry) for entry in entries] == [{"description", "check_name", "fingerprint", "severity", "location"}] * 3
    assert entries[0]["description"] == "Not a language: 'castellano' is no code of ISO 639-1."
    assert entries[0]["location"] == {"path": "catalog/el faro.yaml", "lines": {"begin": 4}}
    assert [entry["severity"] for entry in entries] == ["critical", "critical", "minor"]
    assert len({entry["fingerprint"] for entry in entries}) == 3
    assert entries[2]["location"]["path"] == "catalogctl.yaml"


def test_junit_has_a_suite_for_each_file_and_a_failure_for_each_error() -> None:
    text = diagnostics_junit.render(ALL, ["catalog/el faro.yaml", "catalog/luz.yaml"], "catalogctl.yaml")
    root = ET.fromstring(text)
    assert (root.get("tests"), root.get("failures")) == ("4", "2")
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == sorted(["catalog/el faro.yaml", "catalog/luz.yaml", "catalog/ü|%.yaml", "catalogctl.yaml"])
    failure = suites["catalog/el faro.yaml"].find("testcase/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("bad-language", "Not a language")
    assert failure.text == "'castellano' is no code of ISO 639-1.\nhint: es"
    assert [case.get("name") for case in suites["catalog/luz.yaml"]] == ["in order"]
    warned = suites["catalogctl.yaml"].find("testcase/system-out")
    assert warned is not None
    assert warned.text is not None
    assert warned.text.startswith("warning: An account that nothing is published on")
    hostile = suites["catalog/ü|%.yaml"].find("testcase/failure")
    assert hostile is not None
    assert hostile.get("message") == "\\x1b[2J<b>&\"'\\u202e"


def test_a_project_in_order_is_a_junit_report_without_a_failure() -> None:
    root = ET.fromstring(diagnostics_junit.render([], ["catalog/luz.yaml"], "catalogctl.yaml"))
    assert (root.get("tests"), root.get("failures")) == ("2", "0")


def told_of(*kinds: tuple[int, Severity]) -> Iterator[Diagnostic]:
    for count, severity in kinds:
        yield from (Diagnostic(severity, "code", "Summary", str(number)) for number in range(count))


@pytest.mark.parametrize(
    ("counts", "more"),
    [((10, 10, 9), ""), ((11, 10, 0), "and 1 more"), ((3000, 20, 12), "and 3,003 more")],
)
def test_github_gets_as_many_annotations_of_a_kind_as_it_shows_the_worst_first(counts: tuple[int, int, int], more: str) -> None:
    lines = list(diagnostics_github.render(told_of(*reversed(list(zip(counts, Severity, strict=True))))))
    kinds = [line[2:].partition(" ")[0].partition(":")[0] for line in lines]
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
    assert all(kinds.count(kind) <= 10 for kind in kinds)
    assert lines[-1] == (f"::notice::{more}" if more else lines[-1])
    assert any(line.startswith("::notice::and") for line in lines) is bool(more)


def test_gitlabs_widget_counts_a_replaced_object_twice_and_one_that_is_adopted_and_updated_as_updated() -> None:
    assert json.loads(gitlab_terraform.render(samples.everything())) == {"create": 2, "update": 2, "delete": 2}


def test_a_plan_that_does_nothing_has_all_members_of_gitlabs_widget() -> None:
    assert json.loads(gitlab_terraform.render(samples.plan())) == {"create": 0, "update": 0, "delete": 0}
