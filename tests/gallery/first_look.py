"""A small catalog for the first picture of all: one edition updated, one replaced, one created, and one found in the store and adopted."""

from __future__ import annotations

from pathlib import Path

from gallery.season import command

PROJECT = """\
version: 1
backend: {type: local, path: STATE}
accounts:
  store: {provider: publicala, base_url: sandbox, concurrency: 1}
"""

LEDGER = """\
kind: title
id: the-tidewrights-ledger
title: The Tidewright’s Ledger
language: en
contributors: [{name: Imogen Sallow, role: author}]
publication_date: 2026-03-03
editions:
  audio:
    format: audiobook
    isbn: "9780948999086"
    prices: {USD: 14.99, EUR: 13.99}
    files: {content: https://files.example.com/tidewrights-ledger.mp3}
    publish: {store: {}}
    lifecycle: {ignore_changes: [author, publisher, bisac, category, collection, country, keyword]}
"""

SURVEYOR = """\
kind: title
id: the-hedge-surveyor
title: The Hedge Surveyor
language: en
contributors: [{name: Tobias Wren, role: author}]
publication_date: 2025-10-14
description: >-
  <p>Every spring Agnes Pike walks the parish with a notebook and counts what grows between the fields. This year somebody
  has moved the oldest hedge in the county eleven yards to the left. A quiet mystery about land, neighbours and
  what a map leaves out.</p>
editions:
  epub:
    format: epub
    isbn: "9780948999024"
    prices: {USD: 9.99, EUR: 8.99, BRL: 39.90}
    files: {content: https://files.example.com/hedge-surveyor.epub}
    publish: {store: {categories: [Fiction]}}
"""

WEATHER = """\
kind: title
id: small-weather
title: Small Weather
language: en
contributors: [{name: Priya Calloway, role: author}]
publication_date: 2026-01-20
editions:
  pdf:
    format: pdf
    isbn: "9780948999048"
    prices: {USD: 7.50}
    files: {content: https://files.example.com/small-weather.pdf}
    publish: {store: {}}
"""

READER = """\
kind: title
id: house-reader
title: The House Reader
language: en
publication_date: 2026-11-02
editions:
  epub:
    format: epub
    isbn: "9780948999062"
    prices: {USD: 3.50, EUR: 2.99}
    files: {content: https://files.example.com/house-reader.epub}
    publish: {store: {collections: [New this autumn]}}
"""

EDITS = (
    ("surveyor.yaml", "EUR: 8.99", "EUR: 6.99"),
    ("surveyor.yaml", "counts what grows", "lists everything that grows"),
    ("surveyor.yaml", "A quiet mystery", "A slow, funny mystery"),
    ("weather.yaml", "small-weather.pdf", "small-weather-corrected.pdf"),
)


def edited(folder: Path) -> None:
    """Make the catalog, apply it to the embedded sandbox, and edit it."""
    catalog = folder / "catalog"
    catalog.mkdir()
    # What is applied from one state and planned from another is in the store and not in state: an adopt.
    _project(folder, "elsewhere/")
    (catalog / "ledger.yaml").write_text(LEDGER, encoding="utf-8")
    command(folder, "apply", "--auto-approve", code=0)
    _project(folder, "state/")
    (catalog / "ledger.yaml").unlink()
    (catalog / "surveyor.yaml").write_text(SURVEYOR, encoding="utf-8")
    (catalog / "weather.yaml").write_text(WEATHER, encoding="utf-8")
    command(folder, "apply", "--auto-approve", code=0)
    (catalog / "ledger.yaml").write_text(LEDGER, encoding="utf-8")
    (catalog / "reader.yaml").write_text(READER, encoding="utf-8")
    for file, was, now in EDITS:
        path = catalog / file
        path.write_text(path.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")


def _project(folder: Path, state: str) -> None:
    (folder / "catalogctl.yaml").write_text(PROJECT.replace("STATE", state), encoding="utf-8")
