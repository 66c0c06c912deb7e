"""A single mistake in what an edition says to a provider is one error, in any of its nested mappings."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from catalogctl.config.schema.judge import Problem, judge
from catalogctl.provider.protocol import Provider

IDENTIFIER = {"type": "house", "value": "B-1"}
WINDOW = {"currency": "USD", "amount": "4.99", "starts_at": "2031-12-01"}
POD = {
    "trim_size_id": 3,
    "binding_type": "PAPERBACK",
    "cover_laminate_type": "GLOSS",
    "interior_color_type": "B&W",
    "paper_color_type": "CREAM",
}


def found(provider: str, said: Any) -> tuple[Problem, ...]:
    spec: Provider = import_module(f"catalogctl.providers.{provider}").provider
    read = judge(spec.options).read(said)
    assert isinstance(read, tuple)
    return read


@pytest.mark.parametrize(
    ("said", "place", "hint"),
    [
        ({"product": {"external_identifer": IDENTIFIER}}, ("product", "external_identifer"), "Did you mean `external_identifier`?"),
        ({"product": {"external_identifier": {"tpe": "house", "value": "B-1"}}}, ("product", "external_identifier", "tpe"), "`type`"),
        ({"product": {"external_identifier": {"type": "house", "valeu": "B-1"}}}, ("product", "external_identifier", "valeu"), "`value`"),
        ({"product": {"external_identifier": {"type": "house"}}}, ("product", "external_identifier"), "value: B-1042"),
        ({"product": {"external_identifier": {"type": "house", "value": None}}}, ("product", "external_identifier", "value"), "B-1042"),
        ({"product": {"external_identifier": None}}, ("product", "external_identifier"), "{type: publisher, value: B-1042}"),
        ({"product": {"external_identifier": "B-1"}}, ("product", "external_identifier"), "{type: publisher, value: B-1042}"),
        ({"product": {"external_identifier": ["house", "B-1"]}}, ("product", "external_identifier"), "without hyphens"),
        ({"product": {"eam": "9781496822482"}}, ("product", "eam"), "Did you mean `ean`?"),
        ({"product": {"EAN": "9781496822482"}}, ("product", "EAN"), "Did you mean `ean`?"),
        ({"product": {"ean": None}}, ("product", "ean"), "9781496822482"),
        ({"product": {"ean": "9781496822482", "external_identifier": IDENTIFIER}}, ("product", "external_identifier"), ""),
        ({"product": {"id": 4711}}, ("product", "id"), "Write 4711"),
        ({"product": {"number": "B-1"}}, ("product", "number"), "Known fields: ean, external_identifier"),
        ({"product": {}}, ("product",), '{ean: "9781496822482"}'),
        ({"product": None}, ("product",), "4711"),
        ({"product": "4711"}, ("product",), "Write 4711"),
        ({"product": [4711]}, ("product",), "4711"),
        ({"prodct": 4711}, ("prodct",), "Did you mean `product`?"),
        ({"external_identifier": IDENTIFIER}, ("external_identifier",), "product: {external_identifier: {type: house, value: B-1}}"),
        ({"ean": "9781496822482"}, ("ean",), 'product: {ean: "9781496822482"}'),
        ({"product": 4711, "distribution": {"enable": True}}, ("distribution", "enable"), "`enabled`"),
        ({"product": 4711, "distribution": {"channels": ["amazon"]}}, ("distribution", "channels"), "{amazon: true}"),
        ({"product": 4711, "distribution": {"channels": {"amazon": None}}}, ("distribution", "channels", "amazon"), ""),
        ({"product": 4711, "files": {"extracts": "a.pdf"}}, ("files", "extracts"), "`extract`"),
    ],
    ids=str,
)
def test_a_product_of_open_publishing(said: Any, place: tuple[str, ...], hint: str) -> None:
    (problem,) = found("openpublishing", said)
    assert problem.pointer == place
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("provider", "said", "hint"),
    [
        ("publicala", {"price_windows": [{**WINDOW, "amout": "4.99"}]}, "`amount`"),
        ("publicala", {"price_windows": [{"currency": "USD", "amout": "4.99", "starts_at": "2031-12-01"}]}, "`amount`"),
        ("publicala", {"price_windows": [{"curency": "USD", "amount": "4.99", "starts_at": "2031-12-01"}]}, "`currency`"),
        ("publicala", {"price_windows": WINDOW}, "[{currency: USD"),
        ("publicala", {"price_windows": [None]}, ""),
        ("publicala", {"content_api": 3}, "Write v3"),
        ("publicala", {"free": 1}, "Write true"),
        ("publicala", {"sftp_files": ["a.mp3"]}, "{intro: uploads/intro.mp3}"),
        ("publicala", {"countries": [None]}, ""),
        ("publishdrive", {"ebook_details": {"page_cont": 3}}, "`page_count`"),
        ("publishdrive", {"ebook_details": []}, "without hyphens"),
        ("publishdrive", {"pod_details": {**POD, "trim_size": 3}}, "`trim_size_id`"),
        ("publishdrive", {"pod_details": {**POD, "binding_type": None}}, "PAPERBACK"),
        ("publishdrive", {"publised": True}, "`published`"),
    ],
    ids=str,
)
def test_the_options_of_the_others(provider: str, said: Any, hint: str) -> None:
    (problem,) = found(provider, said)
    assert hint in problem.hint
