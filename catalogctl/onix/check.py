"""A feed held against its schema, the code lists and our own rules, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from lxml import etree

from catalogctl.model.diagnostics import Diagnostic, Diagnostics, error, note, warning
from catalogctl.onix import dates
from catalogctl.onix.decode import Opener, line_texts
from catalogctl.onix.findings import Findings
from catalogctl.onix.reader import FeedReader
from catalogctl.onix.record import ProductRecord, local_name
from catalogctl.onix.rules import breaches
from catalogctl.onix.schemas import Release, code_lists, list_numbers, schema

_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_NOT_LISTED: Final = re.compile(
    r"^Element '(?P<name>\w+)': \[facet 'enumeration'\] The value '(?P<value>.*?)' is not an element of the set", re.DOTALL
)
_FOLLOWING: Final = re.compile(r"^Element '\w+': '.*' is not a valid value of the (?:atomic|local|list|union)", re.DOTALL)
_WHOLE: Final = frozenset({"Product", "PublishingDetail"})
"""Elements of which a rule tells one thing, and a schema may tell others."""
_LONGEST: Final = 600
"""Characters of what the schema says."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check of one file."""

    path: str
    release: Release | None
    products: int
    diagnostics: Diagnostics


def check(path: str, opened: Opener, today: date) -> Checked:
    """Check one file.

    Shapes:  `path` is what diagnostics call it; `today` is the day of a message that does not say when it was sent.
    """
    findings = Findings(path)
    reader = FeedReader(opened, findings)
    seen: dict[str, int] = {}
    sent = today
    for record in reader.records():
        release = reader.release
        assert release is not None and reader.original is not None, "a record has a release"  # noqa: PT018
        if reader.products == 1:
            sent = _sent(reader.header, release) or today
            if not reader.is_bare:
                _check_header(reader.header, release, findings)
        _check_record(record, reader.original, release, sent, findings)
        first = seen.setdefault(record.reference, record.line) if record.reference else record.line
        if first != record.line:
            detail = f"The record of line {first} has the reference `{record.reference}` too; a reader takes the last one."
            item = warning(
                "onix-reference-twice",
                "A record reference twice",
                detail,
                "Give each product a reference of its own, and keep it for good.",
            )
            findings.add(item, record.line, record.reference)
    if reader.release is Release.V21:
        detail = "ONIX 2.1 is read one way: what it says is understood as far as a catalog needs it, and it is never written."
        findings.add(note("onix-old-release", "An old release", detail, "Ask the sender for ONIX 3.1."), 1)
    texts = line_texts(opened, reader.encoding, findings.lines()) if reader.encoding.is_usable else {}
    return Checked(path, reader.release, reader.products, findings.diagnostics(texts))


def faults(message: etree._Element, release: Release, today: date) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a message of ours, by its schema and our rules.

    Shapes:  `message` has the reference tags and the namespace of its release. Lines are not reported.
    """
    findings = Findings("")
    space = f"{{{release.namespace}}}"
    header = message.find(f"{space}Header")
    ours: set[tuple[int, str]] = set()
    for product in message.findall(f"{space}Product"):
        for breach in breaches(ProductRecord(product, release, header), today):
            findings.add(breach.item, 1)
            ours.add((0, local_name(breach.at)))
    judge = schema(release)
    if not judge.validate(message):
        for item, _, _ in _told(judge, release, frozenset(ours)):
            findings.add(item, 1)
    return tuple(findings.diagnostics({}))


def _sent(header: etree._Element | None, release: Release) -> date | None:
    """Return the day on which a message was sent."""
    said = None
    if header is not None:
        for name in ("SentDateTime", "SentDate"):
            said = said or header.findtext(f"{{{release.namespace}}}{name}")
    try:
        found = None if said is None else dates.span(said.strip())
    except ValueError:
        return None
    return None if found is None else found.first


def _check_header(header: etree._Element | None, release: Release, findings: Findings) -> None:
    """Check the header alone, as the header of a message without products."""
    space = f"{{{release.namespace}}}"
    line = 1 if header is None else header.sourceline or 1
    sender = (
        None
        if header is None
        else next(
            (
                header.find(space + name)
                for name in ("Sender", "FromCompany", "FromSAN", "FromEANNumber")
                if header.find(space + name) is not None
            ),
            None,
        )
    )
    if sender is None:
        detail = "The message does not say who sent it."
        hint = "Add it to <Header>:\n<Sender><SenderName>…</SenderName></Sender>"
        findings.add(error("onix-sender-missing", "No sender", detail, hint), line, "<Header" if header is not None else "")
    if header is None or sender is None:
        return
    told: set[tuple[int, str]] = set()
    place = header.find(f"{space}SentDateTime")
    if place is not None and place.text:
        try:
            dates.span(place.text.strip())
        except ValueError as wrong:
            findings.add(
                error("onix-real-date", "No real date", f"{wrong}.", "Write the day as YYYYMMDD, with a time as YYYYMMDDThhmm."),
                place.sourceline or line,
                place.text,
            )
            told.add((place.sourceline or line, "SentDateTime"))
    if release is Release.V21:
        return
    stub = etree.Element(f"{space}ONIXMessage", {"release": release.value}, nsmap={None: release.namespace})
    after = header.getnext()
    parent = header.getparent()
    stub.append(header)
    etree.SubElement(stub, f"{space}NoProduct")
    _check_schema(stub, release, frozenset(told), findings, "")
    if parent is not None:
        parent.insert(0, header) if after is None else after.addprevious(header)


def _check_record(record: ProductRecord, original: etree._Element, release: Release, sent: date, findings: Findings) -> None:
    named = f"Record {record.reference[:80]}: " if record.reference else ""
    ours: set[tuple[int, str]] = set()
    for breach in breaches(record, sent):
        line = breach.at.sourceline or record.line
        ours.add((line, local_name(breach.at)))
        findings.add(_about(breach.item, named), line, breach.near)
    space = f"{{{release.namespace}}}"
    message = etree.Element(
        f"{space}ONIXMessage", {"release": release.value} if release is not Release.V21 else {}, nsmap={None: release.namespace}
    )
    header = etree.SubElement(message, f"{space}Header")
    if release is Release.V21:
        etree.SubElement(header, f"{space}FromCompany").text = "-"
        etree.SubElement(header, f"{space}SentDate").text = "20000101"
    else:
        etree.SubElement(etree.SubElement(header, f"{space}Sender"), f"{space}SenderName").text = "-"
        etree.SubElement(header, f"{space}SentDateTime").text = "20000101"
    parent, after = original.getparent(), original.getnext()
    message.append(original)
    _check_schema(message, release, frozenset(ours), findings, named)
    for one in original.iter("*"):
        _check_deprecated(one, release, findings, named)
    if parent is not None:
        parent.append(original) if after is None else after.addprevious(original)


def _check_schema(message: etree._Element, release: Release, ours: frozenset[tuple[int, str]], findings: Findings, named: str) -> None:
    judge = schema(release)
    if not judge.validate(message):
        for item, line, near in _told(judge, release, ours):
            findings.add(_about(item, named), line, near)


def _told(judge: etree.XMLSchema, release: Release, ours: frozenset[tuple[int, str]]) -> Iterator[tuple[Diagnostic, int, str]]:
    """Put into words what a schema says, but for what our rules have said of the same element better."""
    before = ""
    for entry in judge.error_log:
        said = _NAMESPACE.sub("", entry.message)
        if "No precomputed value available" in said:
            continue  # a remark of libxml2 on itself
        if before and _FOLLOWING.match(said):
            continue  # the same value once more, of which the line before it reported
        listed = _NOT_LISTED.match(said)
        before = said if listed else ""
        name = re.match(r"Element '(\w+)'", said)
        if _is_told(said, entry.line, "" if name is None else name[1], ours):
            continue
        if listed:
            yield _not_listed(listed["name"], listed["value"], release), entry.line, listed["value"]
            continue
        text = said if len(said) <= _LONGEST else said[:_LONGEST] + " …"
        item = error(
            "onix-schema", "Not as the schema has it", f"{text.rstrip('.')}.", f"This is what the schema of ONIX {release.value} says."
        )
        yield item, entry.line, f"<{name[1]}" if name else ""


def _is_told(said: str, line: int, name: str, ours: frozenset[tuple[int, str]]) -> bool:
    """Return whether a rule of ours has reported what the schema says."""
    if "( Imprint, Publisher )" in said:
        return any(one in _WHOLE for _, one in ours)
    return name not in _WHOLE and (line, name) in ours


def _not_listed(name: str, value: str, release: Release) -> Diagnostic:
    known = code_lists(release)
    number = list_numbers(release).get(name)
    told = known.lists.get(number) if number is not None else None
    issue = f"issue {known.issue} of {known.released}"
    if told is None:
        return error(
            "onix-code",
            "A value that is not allowed",
            f"<{name}> cannot be `{value[:60]}`.",
            f"This is what the schema of ONIX {release.value} says.",
        )
    detail = f"<{name}> says `{value[:60]}`, which is not on list {told.number} ({told.name}) in {issue}."
    hint = f"Take a code of list {told.number}. A code of a later issue comes with a newer `onixcheck`."
    return error("onix-code", "A code that is not on its list", detail, hint)


@cache
def _deprecated(release: Release) -> dict[str, dict[str, str]]:
    """Return the deprecated codes of the elements of a release, with their headings."""
    lists = code_lists(release).lists
    found = {name: lists[number] for name, number in list_numbers(release).items() if number in lists}
    return {name: {code: one.codes[code] for code in one.deprecated} for name, one in found.items() if one.deprecated}


def _check_deprecated(element: etree._Element, release: Release, findings: Findings, named: str) -> None:
    codes = _deprecated(release).get(local_name(element))
    code = (element.text or "").strip()
    if codes and code in codes:
        number = list_numbers(release)[local_name(element)]
        issue = code_lists(release).issue
        detail = f"<{local_name(element)}> says `{code}` ({codes[code]}), which list {number} calls deprecated in issue {issue}."
        findings.add(_about(note("onix-code-deprecated", "A code that is going out of use", detail), named), element.sourceline or 1, code)


def _about(item: Diagnostic, named: str) -> Diagnostic:
    return Diagnostic(item.severity, item.code, item.summary, named + item.detail, item.hint)
