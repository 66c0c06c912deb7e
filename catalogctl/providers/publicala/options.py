"""What may be said to publica.la alone: in an account block, and in an edition's `publish` block."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema

_MOMENT = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"


def _moment(text: object) -> object:
    if isinstance(text, datetime):
        return text
    if not isinstance(text, str) or not re.match(_MOMENT, text, re.ASCII):
        message = "a moment is written YYYY-MM-DD HH:MM:SS"
        raise ValueError(message)
    return datetime.fromisoformat(text)


def _naive(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        message = "a moment in the store's own time zone has no offset"
        raise ValueError(message)
    return moment


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_naive),
    WithJsonSchema({"type": "string", "pattern": _MOMENT}),
]
"""`2021-09-12 12:00:00`, in the store's own time zone."""

Term = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=255, examples=["Novela"], description="With no blank at either end.")]
"""A name in one of the store's lists; the store trims blanks at its ends, so they are refused before they can be lost."""


class Settings(BaseModel):
    """An account on publica.la, beyond what every account may say."""

    model_config = ConfigDict(title="a publica.la account", extra="forbid", frozen=True)

    token: str | None = Field(
        default=None, description="The API token of an admin user, as a secret reference.", examples=["${env:PUBLICALA_TOKEN}"]
    )


class Options(BaseModel):
    """What an edition says to a publica.la store."""

    model_config = ConfigDict(title="publica.la's options", extra="forbid", frozen=True)

    content_api: Literal["v1"] = Field(default="v1", description="Which content API to publish by.")
    collections: tuple[Term, ...] = Field(
        default=(), description="Collections it belongs to; they must exist in the store.", examples=[["The classics"]]
    )
    categories: tuple[Term, ...] = Field(default=(), description="Categories of the store.", examples=[["Novela"]])
    countries: tuple[Term, ...] | None = Field(
        default=None, description="Names of the countries it is on sale in; by default those of `territories`.", examples=[["Finland"]]
    )
    free: bool | None = Field(default=None, description="Whether everybody may read it without paying.")
    table_of_contents: JsonValue = Field(default=None, description="JSON for electronic editions, HTML for print.")
    preorder_from: Moment | None = Field(
        default=None, description="From when it can be pre-ordered, in the store's time zone.", examples=["2021-09-12 12:00:00"]
    )
    sale_from: Moment | None = Field(
        default=None, description="From when it is on sale, in the store's time zone.", examples=["2021-09-15 12:00:00"]
    )
    published_at: Moment | None = Field(
        default=None, description="The publication date with a time of day, beside `publication_date`.", examples=["2022-09-01 12:00:00"]
    )
    stock: int | None = Field(
        default=None,
        ge=0,
        description="Copies for sale (print only). Sent at creation and when this number is changed: sales count it down in the store.",
    )
