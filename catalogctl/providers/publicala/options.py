"""What may be said to publica.la alone: in an account block, and in an edition's `publish` block."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from catalogctl.model.account import Account
from catalogctl.model.alike import most_alike
from catalogctl.model.money import too_precise
from catalogctl.model.vocabulary import AUDIENCES
from catalogctl.providers.publicala.assumptions import V3_BISAC_FORM, WINDOW_ENDS_INCLUSIVE
from catalogctl.providers.publicala.countries import known_names

_MOMENT = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_DAY_OR_MOMENT = r"^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$"
_AMOUNT = r"^\d{1,12}(\.\d{1,6})?$"
_LARGEST_AMOUNT = 10**12


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


def _day(text: object) -> object:
    if not isinstance(text, str) or not re.match(_DAY, text, re.ASCII):
        message = "a day is written YYYY-MM-DD"
        raise ValueError(message)
    return date.fromisoformat(text)


def _amount(said: object) -> object:
    if isinstance(said, bool) or not isinstance(said, int | Decimal | str) or not re.match(_AMOUNT, str(said), re.ASCII):
        message = "an amount is a number with a decimal point, such as 9.99"
        raise ValueError(message)
    return Decimal(said)


def _country(name: str) -> str:
    if name not in known_names():
        message = "a country is written with its English name, such as Finland"
        raise ValueError(message)
    return name


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_naive),
    WithJsonSchema({"type": "string", "pattern": _MOMENT, "$comment": "moment"}),
]
"""`2021-09-12 12:00:00`, in the store's own time zone."""


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "pattern": _DAY, "$comment": "date"})]
"""`2021-09-12`, in the store's own time zone."""


def _day_or_moment(text: object) -> object:
    if isinstance(text, str) and re.match(_MOMENT, text, re.ASCII):
        return datetime.fromisoformat(text)
    return _day(text)


DayOrMoment = Annotated[
    datetime | date,
    BeforeValidator(_day_or_moment),
    WithJsonSchema({"type": "string", "pattern": _DAY_OR_MOMENT}),
]
"""A day, `2026-12-01`; a time of day behind it is accepted and not sent."""

Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema(
        {"type": ["number", "string"], "pattern": _AMOUNT, "minimum": 0, "exclusiveMaximum": _LARGEST_AMOUNT, "$comment": "price"}
    ),
]
"""What something costs, exactly."""

Term = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=255, examples=["Novela"], description="With no blank at either end.")]
"""A name in one of the store's lists; the store trims blanks at its ends, so they are refused before they can be lost."""

CountryName = Annotated[
    str, AfterValidator(_country), WithJsonSchema({"type": "string", "enum": list(known_names()), "$comment": "country-name"})
]
"""The English name of a country."""

StoragePath = Annotated[
    str, Field(pattern=r"^\S(.*\S)?$", max_length=1024, examples=["uploads/intro.mp3"], description="As the store's SFTP server names it.")
]
"""The path of a file that was put into the store's own storage by SFTP."""


class Api(StrEnum):
    """The two content APIs of the service."""

    V1 = "v1"
    V3 = "v3"


class ForeignTracks(StrEnum):
    """What becomes of an audiobook's tracks that its title does not declare."""

    KEEP = "keep"
    REMOVE = "remove"


class Settings(BaseModel):
    """An account on publica.la, beyond what every account may say."""

    model_config = ConfigDict(title="a publica.la account", extra="forbid", frozen=True)

    token: str | None = Field(
        default=None, description="The API token of an admin user, as a secret reference.", examples=["${env:PUBLICALA_TOKEN}"]
    )
    content_api: Api = Field(default=Api.V1, description="Which content API editions are published by that do not say it themselves.")
    length_unit: Literal["mm", "cm", "in"] | None = Field(
        default=None,
        description="In which unit the store's shop shows heights and widths; those that editions give with a unit are sent in it.",
        examples=["cm"],
    )
    weight_unit: Literal["g", "kg", "oz", "lb"] | None = Field(
        default=None,
        description="In which unit the store's shop shows weights; those that editions give with a unit are sent in it.",
        examples=["g"],
    )
    audiences: dict[str, Term] = Field(
        default_factory=dict,
        description="What the store calls the audiences of titles; the others are not sent. v3.",
        examples=[{"children": "infantil"}],
    )
    bisac_form: Literal["objects", "strings"] = Field(
        default=V3_BISAC_FORM,
        description='How v3 is sent BISAC codes, which its page does not show: as `[{"code": "FIC000000"}]`, or as `["FIC000000"]`.',
        examples=["strings"],
    )
    read_api: Api = Field(
        default=Api.V1, description="Which content API is read: v3 shows 500 contents a page, v1 15. It makes no other plan."
    )

    @field_validator("audiences")
    @classmethod
    def _are_known(cls, said: dict[str, str]) -> dict[str, str]:
        for name in said:
            if name not in AUDIENCES:
                near = most_alike(name, AUDIENCES)
                message = f"{name} is none of the words for an audience" + (f", as {near[0]} is" if near else "")
                raise ValueError(message)
        return said

    def audience_of(self, declared: tuple[str, ...]) -> str | None:
        """Return the store's name for the first of some audiences that has one; `None` where none has."""
        return next((self.audiences[name] for name in declared if name in self.audiences), None)


def settings_of(account: Account) -> Settings:
    """Return what an account says beyond what every account may say."""
    return account.settings if isinstance(account.settings, Settings) else Settings()


class PriceWindow(BaseModel):
    """A price that holds for a time."""

    model_config = ConfigDict(title="a price for a time", extra="forbid", frozen=True)

    currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.", examples=["USD"])
    amount: Amount = Field(description="What it costs in that time.", examples=["4.99"])
    starts_at: DayOrMoment | None = Field(
        default=None, description="The first day, in the store's time zone; left out: at once.", examples=["2026-12-01"]
    )
    ends_at: DayOrMoment | None = Field(
        default=None, description="The last day, in the store's time zone; left out: for ever.", examples=["2026-12-24"]
    )

    @model_validator(mode="after")
    def _has_a_term(self) -> PriceWindow:
        if self.starts_at is None and self.ends_at is None:
            message = "a price that holds at all times is one of `prices`; this one needs `starts_at` or `ends_at`"
            raise ValueError(message)
        if (wrong := too_precise(self.currency, format(self.amount, "f"))) is not None:
            words = {"summary": "Price too precise", "detail": wrong[0], "hint": wrong[1]}
            raise PydanticCustomError("price-precision", "{summary}", words)
        first, last = self.first_day, self.last_day
        if first is not None and last is not None and (first > last or (first == last and not WINDOW_ENDS_INCLUSIVE)):
            message = "`ends_at` is before `starts_at`" if WINDOW_ENDS_INCLUSIVE else "`ends_at` is not after `starts_at`"
            raise ValueError(message)
        return self

    @property
    def first_day(self) -> date | None:
        """Return the day of `starts_at`."""
        return _day_of(self.starts_at)

    @property
    def last_day(self) -> date | None:
        """Return the day of `ends_at`."""
        return _day_of(self.ends_at)

    @property
    def has_time(self) -> bool:
        """Return whether it names a time of day, which the store has no field for."""
        return isinstance(self.starts_at, datetime) or isinstance(self.ends_at, datetime)


def _day_of(said: date | None) -> date | None:
    return said.date() if isinstance(said, datetime) else said


class Options(BaseModel):
    """What an edition says to a publica.la store."""

    model_config = ConfigDict(title="publica.la's options", extra="forbid", frozen=True)

    content_api: Api | None = Field(
        default=None, description="Which content API to publish by; by default the account's, and v3 for an audiobook with tracks."
    )
    collections: tuple[Term, ...] | None = Field(
        default=None,
        description="Collections it belongs to; they must exist in the store. Left out: as in the store; []: none.",
        examples=[["The classics"]],
    )
    categories: tuple[Term, ...] | None = Field(
        default=None, description="Categories of the store. Left out: as in the store; []: none.", examples=[["Novela"]]
    )
    subjects: tuple[Term, ...] | None = Field(
        default=None,
        description="Its subjects as the store has them, in place of `subjects.bisac`: for codes that are none of BISAC.",
        examples=[["FIC"]],
    )
    publishers: tuple[Term, ...] | None = Field(
        default=None, description="Its publishers where there are several, in place of `publisher`.", examples=[["Casa", "Faro"]]
    )
    countries: tuple[CountryName, ...] | None = Field(
        default=None,
        description="Names of the countries it is on sale in, [] for everywhere; by default those of `territories`. v1.",
        examples=[["Finland"]],
    )
    free: bool | None = Field(default=None, description="Whether everybody may read it without paying.")
    free_until: Day | None = Field(default=None, description="Until when it is free. v3.", examples=["2026-12-31"])
    require_login: bool | None = Field(default=None, description="Whether reading free content needs a login. v3.")
    preview: bool | None = Field(default=None, description="Whether a part of it can be read before buying. v3.")
    preview_require_login: bool | None = Field(default=None, description="Whether reading that part needs a login. v3.")
    audience: Term | None = Field(default=None, description="Whom it is for, as the store names audiences. v3.", examples=["adults"])
    price_windows: tuple[PriceWindow, ...] | None = Field(
        default=None,
        description="Prices that hold for a time, beside `prices`; []: none. v3.",
        examples=[[{"currency": "USD", "amount": "4.99", "starts_at": "2026-12-01", "ends_at": "2026-12-24"}]],
    )
    sftp_file: StoragePath | None = Field(
        default=None, description="Its file in the store's own storage, in place of `files.content`. v3.", examples=["uploads/habits.epub"]
    )
    sftp_files: dict[str, StoragePath] = Field(
        default_factory=dict,
        description="Audio files in the store's own storage by track id, in place of the tracks' `file`.",
        examples=[{"intro": "uploads/intro.mp3"}],
    )
    foreign_tracks: ForeignTracks = Field(
        default=ForeignTracks.KEEP,
        description="What becomes of tracks in the store that are not declared: kept behind the declared ones, or removed.",
    )
    table_of_contents: JsonValue = Field(default=None, description="JSON for electronic editions, HTML for print. v1.")
    preorder_from: Moment | None = Field(
        default=None, description="From when it can be pre-ordered, in the store's time zone. v1.", examples=["2021-09-12 12:00:00"]
    )
    sale_from: Moment | None = Field(
        default=None, description="From when it is on sale, in the store's time zone. v1.", examples=["2021-09-15 12:00:00"]
    )
    published_at: Moment | None = Field(
        default=None,
        description="The publication date with a time of day, beside `publication_date`. v1.",
        examples=["2022-09-01 12:00:00"],
    )
    stock: int | None = Field(
        default=None,
        ge=0,
        description="Copies for sale (print only). Sent at creation and when this number is changed: sales count it down in the store. v1.",
    )


ONLY_V1 = ("countries", "table_of_contents", "preorder_from", "sale_from", "published_at", "stock")
"""Options for which v3 has no field."""
ONLY_V3 = ("free_until", "require_login", "preview", "preview_require_login", "audience", "price_windows", "sftp_file")
"""Options for which v1 has no field."""
