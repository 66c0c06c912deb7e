"""What Open Publishing's documents show of each answer: the fields that are read here, and the type of each.

Source: the service's pages on products, product files and distribution, last read 2026-11-30. What they leave open is in `assumptions`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from catalogctl.provider.strict import AnswerModel
from catalogctl.providers.openpublishing.assumptions import EAN_KEYS, IDENTIFIERS_KEY, TITLE_KEY

LONGEST_ID = 200
"""Characters of an id: it becomes part of a path."""


def _id(told: Any) -> Any:
    text = str(told) if isinstance(told, int) and not isinstance(told, bool) else told
    if isinstance(text, str) and 0 < len(text) <= LONGEST_ID and "/" not in text:
        return text
    raise PydanticCustomError("told", "an id")


Id = Annotated[str, BeforeValidator(_id)]
"""`_id`: a number, or the text of a UUID."""


class File(AnswerModel):
    """A file. Example: `{"_id": 2, "file_name": "example_file_name.epub", "file_size": 1752680, "labels": [], "sha1": "17c1…", …}`."""

    id: Id = Field(alias="_id")
    type: str
    labels: list[str]
    file_name: str
    file_size: int
    sha1: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{40}$")]
    timestamp: int
    validation: Any
    """The example shows null; what else it may be is not shown, and it is for people alone."""


class IdentifierAnswer(AnswerModel):
    """One of a product's external identifiers (IDENTIFIERS_KEY): `type` may be unset."""

    type: str | None
    value: str


class Product(AnswerModel):
    """A product, of which no page shows more than its id; what it does not tell, it does not tell (EAN_KEYS, TITLE_KEY)."""

    id: Id = Field(alias="_id")
    ean: str | None = Field(default=None, validation_alias=AliasChoices(*EAN_KEYS))  # type: ignore[pydantic-alias]
    title: str | None = Field(default=None, alias=TITLE_KEY)  # type: ignore[pydantic-alias]
    identifiers: list[IdentifierAnswer] | None = Field(default=None, alias=IDENTIFIERS_KEY)  # type: ignore[pydantic-alias]
