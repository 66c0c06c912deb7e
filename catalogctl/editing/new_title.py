"""A title that does not exist yet, written as a person would begin it: what is known, and comments for what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogctl.config.yaml_writer import field, flow


@dataclass(frozen=True, slots=True)
class NewTitle:
    """What is known of a title. Texts that are not known are empty."""

    id: str
    title: str
    language: str = ""
    author: str = ""
    format: str = "epub"
    isbn: str = ""
    prices: tuple[tuple[str, Decimal], ...] = ()
    accounts: tuple[str, ...] = ()
    inherited: frozenset[str] = frozenset()
    """Fields that defaults say already."""


def text_of(new: NewTitle, schema: str) -> str:
    """Write the file.

    Shapes:  `schema` is the address of the schema as seen from the file; empty for none.
    """
    edition = "audio" if new.format == "audiobook" else new.format
    lines = [f"# yaml-language-server: $schema={schema}"] if schema else []
    lines += ["kind: title", *field("id", new.id, ""), *field("title", new.title, "")]
    lines += _known_or("language", new.language, "en  # a tag of BCP 47", new.inherited)
    if new.author:
        lines += ["contributors:", f"  - {flow({'name': new.author, 'role': 'author'})}"]
    else:
        lines += ["# contributors:", "#   - {name: Ana Ruiz, role: author}"]
    lines += _known_or("publisher", "", "Your House", new.inherited)
    lines += ["# publication_date: 2027-01-31", "# description: |", "#   <p>What the shops show. HTML is allowed.</p>"]
    lines += ["# subjects: {bisac: [FIC000000], thema: [FB]}", "editions:", f"  {edition}:", f"    format: {new.format}"]
    lines += [f"    isbn: {flow(new.isbn)}"] if new.isbn else ['    # isbn: "9780000000002"']
    if new.prices:
        lines += field("prices", dict(new.prices), "    ")
    else:
        lines.append("    # prices: {EUR: 9.99}")
    lines += _files(new)
    if new.accounts:
        lines += ["    publish:", *(f"      {account}: {{}}" for account in new.accounts)]
    return "\n".join(lines) + "\n"


def _known_or(name: str, value: str, example: str, inherited: frozenset[str]) -> Sequence[str]:
    if value:
        return list(field(name, value, ""))
    return [] if name in inherited else [f"# {name}: {example}"]


def _files(new: NewTitle) -> Sequence[str]:
    suffix = {"pdf": "pdf", "epub": "epub"}.get(new.format)
    cover = f"    #   cover: assets/{new.id}.jpg"
    if suffix is None:
        return ["    # files:", cover]
    return ["    # files:", f"    #   content: assets/{new.id}.{suffix}", cover]
