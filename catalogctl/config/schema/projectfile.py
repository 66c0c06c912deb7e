"""What catalogctl.yaml may say: the models, from which its schema is made as well."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from catalogctl.config.schema.block import Block
from catalogctl.config.schema.document import AcknowledgeBlock, BlocksDocument, Territories
from catalogctl.config.schema.fields import (
    Bound,
    Count,
    Currency,
    Duration,
    GroupName,
    Least,
    Line,
    Name,
    Percentage,
    Place,
    Slug,
    Version,
)
from catalogctl.config.schema.leaf import OrText
from catalogctl.config.schema.trade_fields import Timezone


class BackendBlock(Block):
    """Where the state is kept."""

    model_config = ConfigDict(title="a backend")

    type: Literal["local"] | None = Field(None, description="What kind of place it is.", examples=["local"])
    path: Place | None = Field(None, description="The folder of the state files, relative to this file.", examples=["state/"])


class AccountBlock(Block):
    """One store: which provider speaks to it, and with which settings. Providers have settings of their own."""

    model_config = ConfigDict(title="an account", extra="allow")

    provider: Line | None = Field(
        None, description="The adapter for this store's API; `catalogctl providers` lists them.", examples=["publicala"]
    )
    base_url: Line | None = Field(
        None,
        description="The store's address, where its service has no fixed one. `sandbox` is the embedded emulation, which needs no key. "
        "`${env:NAME}` is filled in where CATALOGCTL_ADDRESS_VARIABLES names it.",
        examples=["https://your-store.publica.la", "sandbox"],
    )
    concurrency: Count | None = Field(None, description="How many requests may be under way at a time.", examples=[4])
    requests_per_minute: Count | None = Field(None, description="How many requests may be sent in a minute.", examples=[100])
    timeout: Duration | None = Field(None, description="How long one request may take, from its first byte to its last.", examples=["30s"])
    consistency_window: Duration | None = Field(
        None, description="How long an object just created may still be missing from answers.", examples=["30s"]
    )
    currencies: list[Currency] | None = Field(
        None,
        description="The currencies of `prices` that are meant for this store; by default all. Prices that an edition says to this account "
        "alone are sent whatever their currency.",
        examples=[["USD", "ARS"]],
    )
    unsupported: Literal["warn", "refuse", "ignore"] | dict[Line, Literal["warn", "refuse", "ignore"]] | None = Field(
        None,
        description="What to do about declared fields that the store does not support; `warn` by default. By field, with `default` for the "
        "others.",
        examples=["refuse", {"series": "refuse", "default": "warn"}],
    )
    timezone: Timezone | None = Field(
        None, description="The zone of the days on which prices change in this store; by default the project's.", examples=["Europe/Madrid"]
    )
    unheld: Literal["warn", "refuse", "ignore"] | None = Field(None, description="Old name of `unsupported`.", examples=["refuse"])


class LimitsBlock(Block):
    """What a plan may do at most on one account: a count, or a percentage of what is recorded."""

    model_config = ConfigDict(title="an account's limits")

    max_deletes: Bound | None = Field(None, description="Objects deleted on one account.", examples=["10%", 12])
    max_updates: Bound | None = Field(None, description="Objects changed on one account.", examples=["30%", 100])
    max_creates: Bound | None = Field(None, description="Objects created on one account.", examples=[500])
    max_replaces: Bound | None = Field(None, description="Objects replaced on one account.", examples=["5%", 3])
    max_unpublish: Bound | None = Field(
        None, description="Objects taken from sale on one account and left in the store.", examples=["10%", 3]
    )
    max_price_change: Percentage | None = Field(None, description="How far one price may move.", examples=["50%"])
    max_territory_loss: Bound | None = Field(
        None, description="How many of the countries it is sold in one object may lose, or which part of them.", examples=["50%", 5]
    )
    min_existing: Least | None = Field(
        None, description="Percentages count only where at least so many objects are recorded; 10 by default.", examples=[10]
    )


class SafetyBlock(LimitsBlock):
    """What a plan may do at most."""

    model_config = ConfigDict(title="safety")

    accounts: dict[Name, LimitsBlock] | None = Field(
        None, description="Overrides for single accounts.", examples=[{"store": {"max_deletes": 0}}]
    )


_EXAMPLE: Final = {"type": "directory", "url": "public/", "base_url": "https://cdn.example.com/assets"}


class AssetStoreBlock(Block):
    """Where local files are put so that stores can fetch them."""

    model_config = ConfigDict(title="an asset store")

    type: Literal["directory", "s3", "gcs", "azure"] | None = Field(
        None, description="What kind of place it is.", examples=["directory", "s3"]
    )
    url: Place | None = Field(
        None, description="A folder relative to this file, or the bucket's URL.", examples=["public/", "s3://bucket/assets"]
    )
    base_url: Place | None = Field(
        None, description="The address under which the files can be fetched.", examples=["https://cdn.example.com/assets"]
    )
    sign_for: Duration | None = Field(None, description="How long a signed URL is valid.", examples=["24h"])


class AssetsBlock(Block):
    """How local files reach the stores."""

    model_config = ConfigDict(title="assets")

    publish: AssetStoreBlock | None = Field(None, description="Where they are put for stores to fetch.", examples=[_EXAMPLE])


class OnixSenderBlock(Block):
    """Who sends ONIX messages."""

    model_config = ConfigDict(title="a sender")

    name: Line = Field(description="The name of the sender.", examples=["Ribera Editorial"])
    contact: Line | None = Field(None, description="The person to ask about a message.", examples=["Ada Marsh"])
    email: Line | None = Field(None, description="The address to write to about a message.", examples=["onix@example.com"])


class OnixUnitsBlock(Block):
    """The units of measures that are written as numbers alone."""

    model_config = ConfigDict(title="units")

    length: Literal["mm", "cm", "in"] | None = Field(None, description="Of heights, widths and thicknesses.", examples=["mm"])
    weight: Literal["g", "kg", "oz", "lb"] | None = Field(None, description="Of weights.", examples=["g"])


class OnixProjectBlock(Block):
    """What every ONIX message of the catalog says."""

    model_config = ConfigDict(title="onix")

    sender: Annotated[OnixSenderBlock, OrText("name", Line)] | None = Field(
        None, description="Who sends it: a name, or a name with a contact and an email.", examples=["Ribera Editorial"]
    )
    supplier: Line | None = Field(None, description="Who supplies the products; by default the sender.", examples=["Ribera Editorial"])
    namespace: Line | None = Field(
        None, description="What record references begin with: a domain of yours, turned round. It never changes.", examples=["com.ribera"]
    )
    units: OnixUnitsBlock | None = Field(
        None, description="The units of measures that are written as numbers alone.", examples=[{"length": "mm", "weight": "g"}]
    )
    price_type: Literal["rrp", "rrp-without-tax", "fixed", "fixed-without-tax"] | None = Field(
        None,
        description="What prices are: recommended retail prices (`rrp`, by default) or fixed ones, with tax or without.",
        examples=["rrp"],
    )


class EnvironmentFields(Block):
    """What an environment may say otherwise."""

    catalog: list[Place] | None = Field(None, description="Folders with titles, relative to this file.", examples=[["catalog/"]])
    backend: BackendBlock | None = Field(None, description="Where the state is kept.", examples=[{"type": "local", "path": "state/"}])
    accounts: dict[Name, AccountBlock] | None = Field(
        None, description="The stores, by a name of your choice.", examples=[{"store": {"provider": "publicala"}}]
    )
    safety: SafetyBlock | None = Field(None, description="What a plan may do at most.", examples=[{"max_deletes": "10%"}])
    timezone: Timezone | None = Field(
        None, description="The zone of the days on which prices change; UTC by default.", examples=["Europe/Madrid"]
    )
    territory_groups: dict[GroupName, Territories] | None = Field(
        None,
        description="Groups of countries by a name of your choice, for `territories`.",
        examples=[{"latam": ["AR", "CL", "MX", "UY"]}],
    )
    assets: AssetsBlock | None = Field(None, description="How local files reach the stores.", examples=[{"publish": _EXAMPLE}])
    onix: OnixProjectBlock | None = Field(
        None,
        description="What every ONIX message of the catalog says.",
        examples=[{"sender": "Ribera Editorial", "namespace": "com.ribera"}],
    )


class EnvironmentBlock(EnvironmentFields):
    """What is different in one environment; laid over the rest key by key."""

    model_config = ConfigDict(title="an environment")

    accounts: dict[Name, AccountBlock | None] | None = Field(  # type: ignore[assignment]  # null takes an account away
        None, description="The stores, by a name of your choice; null takes one away.", examples=[{"store": {"base_url": "sandbox"}}]
    )
    territory_groups: dict[GroupName, Territories | None] | None = Field(  # type: ignore[assignment]
        None, description="Groups of countries, for `territories`; null takes one away.", examples=[{"latam": ["AR", "CL"]}]
    )


class ProjectDocument(BlocksDocument, EnvironmentFields):
    """The project file of a catalog."""

    model_config = ConfigDict(title="a project file")

    version: Version = Field(description="The version of this format.", examples=[1])
    acknowledge: list[AcknowledgeBlock] | None = Field(
        None,
        description="Warnings that were acknowledged and are not shown, for any title.",
        examples=[[{"code": "fact-not-held", "field": "series", "reason": "no store shows it", "until": "2027-01-31"}]],
    )
    environments: dict[Slug, EnvironmentBlock | None] | None = Field(
        None,
        description="Overlays by the name of the environment.",
        examples=[{"staging": {"accounts": {"store": {"base_url": "sandbox"}}}}],
    )


COMMON: frozenset[str] = frozenset(AccountBlock.model_fields)
"""The settings that every account takes."""


def extras(block: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of an account block that are its provider's own."""
    return {name: value for name, value in block.items() if name not in COMMON}
