"""What may be said to Open Publishing alone: in an account block, and in an edition's `publish` block."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from catalogctl.providers.openpublishing.assumptions import LABEL_FORM

FileType = Literal[
    "pod_bookblock",
    "ebook_pdf",
    "ebook_pdf_cover",
    "ebook_pdf_bastard_title",
    "ebook_epub",
    "ebook_mobi",
    "ebook_ibook",
    "cover_marketing",
    "pod_cover_front",
    "pod_cover_back",
    "pod_cover",
    "dropbox",
    "extract",
    "screenshot",
    "shop_preview",
    "audiobook",
    "software",
]
"""All types of file that a product may have. Source: the service's page on product files, 2026-11-22."""


def _ean(text: str) -> str:
    digits = text.replace("-", "").replace(" ", "")
    right = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[:-1])) % 10
    if int(digits[-1]) != right:
        told = {
            "summary": "Wrong check digit in an EAN",
            "detail": f"{text} ends in {digits[-1]}; for these digits it would be {right}.",
            "hint": f'If the others are right, write\nean: "{digits[:-1]}{right}"',
        }
        raise PydanticCustomError("bad-ean", "{summary}", told)
    return digits


Ean = Annotated[str, Field(pattern=r"^([0-9][ -]?){12}[0-9]$"), AfterValidator(_ean)]
"""13 digits, which may be written with hyphens; without them from here on."""
Label = Annotated[str, Field(pattern=r"^distribution:[^,\s]([^,]*[^,\s])?$", examples=["distribution:retail"])]
"""Begins with `distribution:`; has no comma, by which a list of them might be taken apart."""
Channel = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", examples=["amazon"])]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ByEan(_Block):
    """A product, by its EAN."""

    model_config = ConfigDict(title="a product by its EAN")

    ean: Ean = Field(description="The product's EAN.", examples=["9781496822482"])


class Identifier(_Block):
    """A number that someone else gave a product, with what kind of number it is."""

    model_config = ConfigDict(title="an external identifier", json_schema_extra={"examples": [{"type": "publisher", "value": "B-1042"}]})

    type: str = Field(pattern=r"^[^:\s]([^:]*[^:\s])?$", description="What kind of identifier it is.", examples=["publisher"])
    value: str = Field(pattern=r"^\S(.*\S)?$", description="The identifier itself.", examples=["B-1042"])


class ByIdentifier(_Block):
    """A product, by an external identifier."""

    model_config = ConfigDict(title="a product by an external identifier")

    external_identifier: Identifier = Field(description="The identifier that the product has at Open Publishing.")


class Distribution(_Block):
    """Whether a product is distributed."""

    model_config = ConfigDict(title="distribution")

    enabled: bool | None = Field(default=None, description="The product's own switch. It does not override those of the channels.")
    channels: dict[Channel, bool] = Field(
        default_factory=dict, description="The switches of single channels.", examples=[{"amazon": True, "kobo": False}]
    )


class Settings(_Block):
    """An account on Open Publishing, beyond what every account may say."""

    model_config = ConfigDict(title="an Open Publishing account")

    environment: Literal["production"] | None = Field(default=None, description="Which of the service's addresses; there is one.")
    api_key: str | None = Field(
        default=None, description="The account's API key, as a secret reference.", examples=["${env:OPENPUBLISHING_API_KEY}"]
    )
    label_form: Literal["repeated", "joined"] = Field(
        default=LABEL_FORM,
        description="How several labels of a file are sent, which is not documented: a field for each, or one field with commas.",
    )


class Options(_Block):
    """What an edition says to Open Publishing."""

    model_config = ConfigDict(title="Open Publishing's options")

    product: Annotated[int, Field(ge=1)] | ByEan | ByIdentifier = Field(
        description="The product that the files belong to: its id, its EAN or an external identifier. It must exist.",
        examples=[4711, {"ean": "9781496822482"}, {"external_identifier": {"type": "publisher", "value": "B-1042"}}],
    )
    labels: tuple[Label, ...] = Field(
        default=(), description="Labels of all the edition's files, beginning with `distribution:`.", examples=[["distribution:retail"]]
    )
    files: dict[FileType, str] = Field(
        default_factory=dict,
        description="Further files by their type, or others than `files.content` and `files.cover` for those types.",
        examples=[{"extract": "assets/mirror-work-extract.pdf"}],
    )
    distribution: Distribution | None = Field(
        default=None,
        description="Switches of the product's distribution. Others stay unchanged.",
        examples=[{"enabled": True, "channels": {"amazon": True}}],
    )
