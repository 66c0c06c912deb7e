"""What a catalog may declare becomes valid ONIX, or is refused for what ONIX needs and the catalog does not say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalogctl.config.defaults import METADATA, lay_over
from catalogctl.config.documents import Document, read_file
from catalogctl.config.facts import edition_facts, measure
from catalogctl.config.project import OnixSettings
from catalogctl.config.resolve import _metadata
from catalogctl.config.syntax.source import Source
from catalogctl.model.asset import Asset
from catalogctl.model.title import NOWHERE, Edition, Format, Title
from catalogctl.onix.export import ExportRequest, export, messages
from catalogctl.onix.recipients import RECIPIENTS
from catalogctl.onix.schemas import Release
from feeds import problems
from properties.test_documents import editions, lines, metadata, slugs

SETTINGS = OnixSettings(sender="Ribera Editorial", namespace="com.ribera", length="mm", weight="g")
NEEDED = {"onix-publisher-missing", "onix-availability-date", "onix-reference-twice", "onix-code"}
"""What keeps a title that may be declared from being exported: a fact is missing, or a code is none."""
DOCUMENTS = st.fixed_dictionaries(
    {"kind": st.just("title"), "id": slugs, "title": lines, "editions": st.dictionaries(slugs, editions, min_size=1, max_size=2)},
    optional=metadata,
)


def plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case list():
            return [plain(one) for one in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case _:
            return value


def sound(document: dict[str, Any]) -> list[Document]:
    """Read a document, without the fields that are wrong together: each for itself may be declared."""
    for _ in range(20):
        documents, problems_of, _ = read_file(Source("catalog/one.json", json.dumps(document).encode()))
        errors = [item for item in problems_of if item.severity == "error"]
        if documents or not errors:
            return documents
        subject = errors[0].subject
        assert subject is not None, errors[0]
        block = document["editions"].get(subject.edition, document)
        block.pop(subject.field.partition(".")[0], None)
    return []


def titles_of(document: dict[str, Any]) -> list[Title]:
    """Read a document as resolving does, without its files."""
    document = plain(document)
    for edition in (document.get("editions") or {}).values():
        for name in ("files", "tracks", "publish", "lifecycle"):
            edition.pop(name, None)
    found = []
    for item in sound(document):
        outer = {name: item.data[name] for name in METADATA if name in item.data}
        found_editions = []
        for name, block in item.data.get("editions", {}).items():
            merged = lay_over(block, outer)
            found_editions.append(
                Edition(
                    id=name,
                    format=Format(merged["format"]),
                    metadata=_metadata(merged, {}),
                    external_id=merged.get("external_id") or merged.get("isbn") or f"{item.data['id']}-{name}",
                    isbn=merged.get("isbn"),
                    prices={currency: Decimal(amount) for currency, amount in (merged.get("prices") or {}).items() if amount is not None},
                    cover=Asset("https://cdn.example.com/cover.jpg?v=1&w=2"),
                    height=measure(merged.get("height")),
                    width=measure(merged.get("width")),
                    weight=measure(merged.get("weight")),
                    thickness=measure(merged.get("thickness")),
                    pages=merged.get("pages"),
                    facts=edition_facts(merged),
                )
            )
        found.append(Title(item.data["id"], tuple(found_editions), NOWHERE))
    return found


@given(
    DOCUMENTS,
    st.sampled_from([Release.V30, Release.V31]),
    st.sampled_from([None, *RECIPIENTS.values()]),
    st.sampled_from([datetime(2026, 12, 1, 9, tzinfo=UTC), datetime(1999, 1, 1, tzinfo=UTC)]),
)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_what_may_be_declared_exports_to_valid_onix(document: dict[str, Any], release: Release, to: Any, sent: datetime) -> None:
    document["imprint"] = "Ribera"
    found = titles_of(document)
    assume(any(title.editions for title in found))
    request = ExportRequest(SETTINGS, sent, release, to)
    made = export([(title, edition) for title in found for edition in title.editions], request)
    assert {fault.item.code for fault in made.faults if fault.item.severity == "error"} <= NEEDED, [fault.item for fault in made.faults]
    [data] = messages(made, request, None)
    wrong = [
        item
        for item in problems(data)
        if item.severity == "error" and not (to is not None and to.free_amount and item.code == "onix-zero-price")
    ]
    assert wrong == [] or not made.products
    assert data == next(messages(export([(title, edition) for title in found for edition in title.editions], request), request, None))
