"""Who made a work: the blocks of documents that name contributors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag

from catalogctl.config.schema.block import Block
from catalogctl.config.schema.fields import Language, Line, Role
from catalogctl.config.schema.leaf import OneOrMany
from catalogctl.config.schema.trade_fields import Isni, Orcid, Unnamed, Website


class PersonIdsBlock(Block):
    """What a contributor is known by everywhere."""

    model_config = ConfigDict(title="ids")

    orcid: Orcid | None = Field(None, description="The ORCID iD.", examples=["0000-0002-1825-0097"])
    isni: Isni | None = Field(None, description="The sixteen digits of the ISNI.", examples=["0000000121032683"])


class _Credit(Block):
    """What any contributor may have."""

    role: Annotated[Any, OneOrMany(Role)] = Field(
        description="What they did: a name such as author, translator or narrator, or a code of ONIX list 17; one or a list.",
        examples=["author", "B06", ["author", "illustrator"]],
    )


class ContributorBlock(_Credit):
    """Someone who made the work."""

    model_config = ConfigDict(title="a contributor")

    name: Line = Field(description="The name as the title page has it.", examples=["Louise Hay"])
    last_name: Line | None = Field(
        None,
        description="The part of the name by which it is sorted, for stores that ask for it. By default the name's last word.",
        examples=["García Márquez"],
    )
    first_name: Line | None = Field(
        None,
        description="The part of the name before the last name, for stores that ask for it. By default the name without its last name.",
        examples=["Gabriel"],
    )
    sort_name: Line | None = Field(None, description="The whole name as it is sorted.", examples=["Hay, Louise"])
    corporate: bool | None = Field(None, description="Whether it is an organization and no person: its name has no parts.", examples=[True])
    bio: str | None = Field(None, description="Some sentences about the contributor. HTML is allowed.", examples=["Louise Hay wrote …"])
    ids: PersonIdsBlock | None = Field(None, description="The ORCID iD and the ISNI.", examples=[{"orcid": "0000-0002-1825-0097"}])
    website: Website | None = Field(None, description="The contributor's web page.", examples=["https://www.example.org/louise-hay"])
    from_language: Language | None = Field(None, description="The language that a translator translated from.", examples=["en"])


class UnnamedBlock(_Credit):
    """A contributor who has no name."""

    model_config = ConfigDict(title="an unnamed contributor")

    unnamed: Unnamed = Field(
        description="Why there is no name, by the words of ONIX list 19: anonymous, various, unknown …", examples=["anonymous"]
    )
    label: Line | None = Field(
        None, description="What stands in the place of the name. Without it, no store is told of the contributor.", examples=["AA. VV."]
    )


def _kind(value: object) -> str:
    has_none = "unnamed" in value if isinstance(value, Mapping) else isinstance(value, UnnamedBlock)
    return "unnamed" if has_none else "named"


AnyContributor = Annotated[Annotated[ContributorBlock, Tag("named")] | Annotated[UnnamedBlock, Tag("unnamed")], Discriminator(_kind)]
