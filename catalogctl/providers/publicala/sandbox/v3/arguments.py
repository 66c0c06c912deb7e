"""What the query of a v3 request asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from catalogctl.providers.publicala.sandbox.checks import BodyCheck
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

INCLUDES = frozenset({"description", "prices", "metadata", "geographic_restrictions"})
"""Keys of a content that are absent unless they are asked for."""
FIELDS_OF_B = frozenset({"subtitle", "publication_place", "edition_year", "identifiers"})
"""Keys of a content in the newer documents alone."""
FIELDS = frozenset(
    (
        "id external_id name slug lang file_type audience cover_url reader_url product_url created_at updated_at published_at license "
        "free preview conversion_status"
    ).split(),
)


@dataclass(frozen=True, slots=True)
class View:
    """Which keys of a content an answer shows."""

    include: frozenset[str] = frozenset()
    """Keys that are shown only where they are asked for."""
    fields: frozenset[str] | None = None
    """The keys to keep, the included ones among them; None keeps all."""


BARE = View()


def arguments(query: str) -> dict[str, str]:
    """Return the last value of each argument; names are as they stand, brackets and all."""
    return dict(parse_qsl(query, keep_blank_values=True))


def view(said: Mapping[str, str], switches: PublicalaSwitches, verdict: BodyCheck) -> View:
    """Read `include` and `fields`, which are lists with commas."""
    include = _names(said.get("include"))
    fields = _names(said.get("fields"))
    if not include <= INCLUDES:
        verdict.refuse_choice("include")
    if not fields <= FIELDS | INCLUDES | (FIELDS_OF_B if switches.v3_docs == "B" else frozenset()):
        verdict.refuse_choice("fields")
    return View(include, fields or None)


def id_type(said: Mapping[str, str], verdict: BodyCheck) -> str:
    """Read how the path names its content: `internal` or `external`."""
    kind = said.get("id_type") or "internal"
    if kind not in {"internal", "external"}:
        verdict.refuse_choice("id_type")
    return kind


def _names(argument: str | None) -> frozenset[str]:
    return frozenset(name for part in (argument or "").split(",") if (name := part.strip()))
