"""What may be said to PublishDrive alone: in an account block, and in an edition's `publish` block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from catalogctl.model.account import Account
from catalogctl.model.alike import most_alike
from catalogctl.model.role import ROLES, role_name
from catalogctl.model.shape import shown
from catalogctl.providers.publishdrive.assumptions import CONTRIBUTOR_ROLES, EBOOK_COVER_ROLE, UPLOAD_HOSTS

Role: TypeAlias = Literal["ebook_content", "ebook_cover", "audio_cover", "pod_content", "pod_cover"]
"""What a file of its own can be; those of chapters are the edition's tracks."""

Term = Annotated[str, Field(pattern=r"^\S(.*\S)?$", max_length=255, description="With no blank at either end.")]
Count = Annotated[int, Field(ge=0)]
HostPattern = Annotated[
    str, Field(pattern=r"^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$", max_length=253, description="In lower case, without a port.")
]


_ROLE_CODE = re.compile(r"[A-Z][0-9]{2}")


def _role_code(name: str) -> str:
    """Return the code of ONIX list 17 for a role as titles name it, or for a code; empty where it is neither."""
    return name if _ROLE_CODE.fullmatch(name) else ROLES.get(role_name(name), "")


def _known_role(name: str) -> str:
    if not _role_code(name):
        near = most_alike(role_name(name), ROLES)
        raise PydanticCustomError(
            "bad-role",
            "{summary}",
            {
                "summary": "Unknown role",
                "detail": f"{shown(name)} is neither the name of a contributor's role nor a code of ONIX List 17.",
                "hint": f"Did you mean {near[0]}?" if near else "Write it as titles do, such as translator, or as a code, such as B06.",
            },
        )
    return name


class Settings(BaseModel):
    """An account on PublishDrive, beyond what every account may say."""

    model_config = ConfigDict(title="a PublishDrive account", extra="forbid", frozen=True)

    environment: Literal["production", "staging"] | None = Field(
        default=None, description="Which of the service's two systems: they are two accounts, with a key each. Without it, production."
    )
    api_key: str | None = Field(
        default=None, description="The API key of one of the two, as a secret reference.", examples=["${env:PUBLISHDRIVE_API_KEY}"]
    )
    upload_hosts: tuple[HostPattern, ...] = Field(
        default=UPLOAD_HOSTS,
        description=(
            "The only hosts that files are uploaded to, whatever address the service gives: names, or `*.` and a name for all below it. "
            "Without it, any host on the public internet."
        ),
        examples=[["*.s3.amazonaws.com"]],
    )
    ebook_cover_role: Term = Field(
        default=EBOOK_COVER_ROLE,
        description="What PublishDrive calls the cover of an e-book among its files, which no document shows.",
        examples=["ebook_cover"],
    )
    roles: dict[Annotated[str, AfterValidator(_known_role)], Term] = Field(
        default={},
        description=(
            "What PublishDrive is told of contributors with a role that it has no documented word for: the role as titles name it, "
            "and the word. Documented are Author, Editor and Narrated by."
        ),
        examples=[{"translator": "Author"}],
    )

    @field_validator("roles")
    @classmethod
    def _by_code(cls, said: dict[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, word in said.items():
            code = _role_code(name)
            if found.setdefault(code, word) != word:
                message = f"{name} is said to be both {found[code]} and {word}"
                raise ValueError(message)
        return found

    @property
    def words(self) -> Mapping[str, str]:
        """The service's word for each role that is sent, by its code of ONIX list 17."""
        return {**CONTRIBUTOR_ROLES, **self.roles}


def settings_of(account: Account) -> Settings:
    """Return what an account says beyond what every account may say."""
    return account.settings if isinstance(account.settings, Settings) else Settings()


class AudioDetails(BaseModel):
    """What only an audiobook has."""

    model_config = ConfigDict(title="details of an audiobook", extra="forbid", frozen=True)

    audio_edition: Term | None = Field(default=None, description="Which edition of the recording.", examples=["UBR"])


class EbookDetails(BaseModel):
    """What only an e-book has."""

    model_config = ConfigDict(title="details of an e-book", extra="forbid", frozen=True)

    page_count: Count | None = Field(default=None, description="How many pages it would have on paper.", examples=[240])
    kdp_enrolled: bool | None = Field(default=None, description="Whether it is enrolled with Kindle Direct Publishing.")
    published_on_amazon: bool | None = Field(default=None, description="Whether it is on sale at Amazon already.")


class PodDetails(BaseModel):
    """How a book is printed."""

    model_config = ConfigDict(title="details of print on demand", extra="forbid", frozen=True)

    page_count: Count | None = Field(default=None, description="Pages of the interior; by default the edition's `pages`.", examples=[260])
    trim_size_id: int = Field(description="The service's number for the trim size.", examples=[3])
    binding_type: Term = Field(description="How it is bound.", examples=["PAPERBACK"])
    cover_laminate_type: Term = Field(description="What its cover is laminated with.", examples=["GLOSS"])
    interior_color_type: Term = Field(description="How its interior is printed.", examples=["B&W"])
    paper_color_type: Term = Field(description="What its paper is like.", examples=["CREAM"])


class Options(BaseModel):
    """What an edition says to a PublishDrive account."""

    model_config = ConfigDict(title="PublishDrive's options", extra="forbid", frozen=True)

    published: bool | None = Field(
        default=None,
        description="Whether it is handed in for the stores and libraries; false takes it back. Without it, neither is done.",
    )
    languages: tuple[Term, ...] | None = Field(
        default=None,
        description="Its languages as PublishDrive has them, in place of `language`: for several, and for words other than its codes.",
        examples=[["en", "es"]],
    )
    subjects: tuple[Term, ...] | None = Field(
        default=None,
        description="Its categories as PublishDrive has them, in place of `subjects.bisac`: for codes that are none of BISAC.",
        examples=[["FIC"]],
    )
    sale_territories: tuple[Term, ...] | None = Field(
        default=None,
        description="Where it is sold as PublishDrive has it, in place of `territories`: for words other than ALL and two-letter codes.",
        examples=[["GBR", "IRL"]],
    )
    final_version: bool | None = Field(
        default=None, description="Whether nothing will change any more: required to publish from 14 days before the publication date on."
    )
    copyright: Term | None = Field(default=None, description="Who holds the rights, as the service names it.", examples=["SELF"])
    audio_details: AudioDetails | None = Field(default=None, description="What only an audiobook has.")
    ebook_details: EbookDetails | None = Field(default=None, description="What only an e-book has.")
    pod_details: PodDetails | None = Field(default=None, description="How a print edition is printed.")
    files: dict[Role, str] = Field(
        default={},
        description="Files by their role, in place of `files.content` and `files.cover`: the cover of a print edition is a PDF.",
        examples=[{"pod_cover": "assets/mirror-work-cover.pdf"}],
    )
