import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from jsonschema import Draft7Validator
from pydantic import BaseModel, ConfigDict, Field

from catalogctl.config.json_schemas import ADDRESS, schemas
from catalogctl.config.schema.document import TitleDocument
from catalogctl.config.schema.draft7 import model_schema
from catalogctl.model.account import CallLimits


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int = Field(description="How large.", examples=[3])


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    zone: str | None = Field(None, description="The store's time zone.", examples=["America/Bogota"])


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")

    free: bool | None = Field(None, description="Whether it costs nothing.", examples=[True])
    part: Part | None = Field(None, description="A part.", examples=[{"size": 3}])


class OtherOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    part: Part = Field(description="A part of its own.", examples=[{"size": 3}])


LIMITS = CallLimits(concurrency=1, requests_per_minute=None, timeout=1.0, latency=1.0)


@dataclass(frozen=True)
class Shape:
    options: type[BaseModel]
    settings: type[BaseModel] = Settings
    limits: CallLimits = LIMITS
    secrets: tuple[str, ...] = ("token",)


PROVIDERS = {"shop": Shape(Options), "other": Shape(OtherOptions)}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for key, value in schema.items():
            if key not in {"examples", "enum"}:
                yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


def title(options: object) -> dict[str, Any]:
    return {"kind": "title", "id": "a", "title": "A", "editions": {"epub": {"format": "epub", "publish": {"store": options}}}}


def test_the_published_schemas_are_draft_7_with_an_address_of_their_own() -> None:
    made = schemas(PROVIDERS)
    assert sorted(made) == ["catalogctl", "defaults", "title"]
    for name, schema in made.items():
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        assert schema["$id"] == f"{ADDRESS}/{name}.schema.json"
        Draft7Validator.check_schema(schema)
        for node in nodes(schema):
            assert "$defs" not in node
            assert "$ref" not in node or len(node) == 1
            assert node.get("$ref", "#/definitions/").startswith("#/definitions/")


def test_every_field_says_what_it_is_and_shows_an_example() -> None:
    for name, schema in schemas({}).items():
        for block in [schema, *schema["definitions"].values()]:
            for field, said in block.get("properties", {}).items():
                assert said.get("description"), (name, field)
                assert said.get("examples"), (name, field)
                assert said["description"] in said["markdownDescription"]


def test_the_examples_of_the_schemas_are_valid() -> None:
    for schema in schemas({}).values():
        for block in [schema, *schema["definitions"].values()]:
            for field, said in block.get("properties", {}).items():
                one = {"$schema": schema["$schema"], "definitions": schema["definitions"], "allOf": [said]}
                for example in said["examples"]:
                    assert jsonschema_rs.validator_for(one).is_valid(example), (field, example)


def test_options_are_those_of_any_provider() -> None:
    valid = jsonschema_rs.validator_for(schemas(PROVIDERS)["title"]).is_valid
    assert all(valid(title(options)) for options in ({"free": True, "part": {"size": 1}}, {"part": {"size": 1}}, None, False))
    assert not valid(title({"unknown": 1}))
    assert not valid(title({"part": {"size": "large"}}))


def test_an_account_block_takes_what_its_provider_takes() -> None:
    valid = jsonschema_rs.validator_for(schemas(PROVIDERS)["catalogctl"]).is_valid

    def project(**block: object) -> dict[str, Any]:
        return {"version": 1, "accounts": {"store": {"provider": "shop", "base_url": "sandbox", **block}}}

    assert valid(project(zone="UTC", token="${env:TOKEN}", concurrency=3))
    assert not valid(project(token="s3cret"))
    assert not valid(project(zoen="UTC"))
    assert valid({"version": 1, "accounts": {"store": {"provider": "else", "anything": 1}}})


def test_schemas_are_the_same_every_time_and_the_models_own_is_left_as_it_was() -> None:
    before = json.dumps(model_schema(TitleDocument))
    assert json.dumps(schemas(PROVIDERS)) == json.dumps(schemas(dict(reversed(PROVIDERS.items()))))
    assert json.dumps(model_schema(TitleDocument)) == before


def test_editors_can_complete_languages_countries_and_currencies() -> None:
    text = json.dumps(schemas({})["title"])
    assert all(f'"{code}"' in text for code in ("es", "ALL", "UY", "HNL", "translator"))


def test_a_publish_block_takes_facts_beside_the_options_of_a_provider() -> None:
    made = schemas(PROVIDERS)
    valid = jsonschema_rs.validator_for(made["title"]).is_valid
    assert valid(title({"prices": {"USD": 1, "EUR": None}, "free": True}))
    assert valid(title({"territories": {"except": ["US", "EU"]}}))
    assert all(valid(title(said)) for said in ({"isbn": "9781496822482"}, {"files": {"cover": "a.jpg"}}))
    assert not any(valid(title(said)) for said in ({"pricess": {"USD": 1}}, {"territories": "ES"}, {"format": "epub"}))
    of_defaults = jsonschema_rs.validator_for(made["defaults"]).is_valid
    assert of_defaults({"kind": "defaults", "edition": {"publish": {"store": {"prices": {"USD": 1}}}}})
    assert not of_defaults({"kind": "defaults", "edition": {"publish": {"store": {"isbn": "9781496822482"}}}})
