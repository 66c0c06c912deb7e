"""What is refused while planning points at the line that has to be changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shop import catalogctl

pytestmark = pytest.mark.usefixtures("piped")

PROJECT = """version: 1
catalog: [catalog/]
accounts:
  store: {provider: publicala, base_url: sandbox}
  publishdrive: {provider: publishdrive, base_url: sandbox}
"""
BOOK = """kind: title
id: book
title: Book
language: en
contributors: [{name: Petra Holm, role: author}]
publication_date: 2031-09-01
description: A novel of the coast.
subjects: {bisac: [FIC000000]}
editions:
  epub:
    format: epub
    prices: {USD: 7.50}
    publish:
"""
PUBLISHED = """      publishdrive:
        territories: [ALL]
        published: true
"""
FILES = "    files: {cover: 'https://files.example.com/book.jpg'}\n"


@pytest.mark.parametrize(
    ("edition", "code", "line"),
    [
        (PUBLISHED, "published-incomplete", "        published: true"),
        ("      store: {}\n", "content-required", "    format: epub"),
        (f"      store: {{}}\n{FILES}", "content-required", FILES.rstrip()),
    ],
)
def test_what_is_lacking_is_told_at_the_field_that_needs_it(tmp_path: Path, edition: str, code: str, line: str) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalogctl.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "catalog/book.yaml").write_text(BOOK + edition, encoding="utf-8")
    told = [json.loads(row).get("diagnostic", {}) for row in catalogctl("-C", str(tmp_path), "--json", "plan").ended(1).out.splitlines()]
    (found,) = [item for item in told if item.get("code") == code]
    assert (BOOK + edition).splitlines()[found["line"] - 1] == line
    warned = json.loads(catalogctl("-C", str(tmp_path), "-q", "validate", "--format", "json").ended(0).out)
    (found,) = [item for item in warned if item["code"] == "only-if-there"]
    assert (BOOK + edition).splitlines()[found["line"] - 1] == line
