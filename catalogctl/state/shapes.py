"""The models of a state file and of the lines of a journal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

from pydantic import Field

from catalogctl.model.shape import AddressText, Count, DigestText, FileModel, LineageText, MomentText, judge


class StateModel(FileModel):
    """A whole state file; its entries are judged one by one."""

    checksum: str
    version: Literal[1]
    environment: str
    lineage: LineageText
    serial: Count
    resources: list[Any]


class AccountModel(FileModel):
    """The account of an entry."""

    name: str
    base_url: str


class DeposedModel(FileModel):
    """An object that is still to be deleted."""

    id: str = Field(min_length=1)
    key: str


class EntryModel(FileModel):
    """A resource in a state or journal; attributes are judged by its type."""

    address: str
    provider: str
    account: AccountModel
    type: str
    id: str
    key: str
    attributes: dict[str, Any]
    observed: dict[str, Any]
    dependencies: list[str]
    protect: bool
    deposed: list[DeposedModel] = Field(default_factory=list)
    half_replaced: bool = False


class HeaderModel(FileModel):
    """The first record of a journal."""

    version: Literal[1]
    environment: str
    lineage: LineageText
    serial: Count
    checksum: str = Field(pattern=r"^([0-9a-f]{64})?$")


class IntentModel(FileModel):
    """An announced step."""

    operation: str
    verb: Literal["create", "update", "delete"]
    address: AddressText
    provider: str
    type: str
    base_url: str
    key: str
    id: str | None
    request: DigestText
    at: MomentText
    before: list[str]
    expected: dict[str, Any] | None


class OutcomeModel(FileModel):
    """The end of a step, or a change of an entry without a step."""

    operation: str
    verb: Literal["create", "update", "delete", "adopt", "note", "import", "move", "forget"]
    address: AddressText
    end: Literal["done", "failed", "unknown"]
    recorded: dict[str, Any] | None


class StageModel(FileModel):
    """How far an upload has come."""

    account: str
    upload: str
    token: str


class ClosingModel(FileModel):
    """The state that is about to be stored."""

    serial: Count
    checksum: DigestText


class CardModel(FileModel):
    """The card of a lock: who holds an environment."""

    id: str
    who: str
    pid: int = Field(ge=1, le=2**31 - 1)
    host: str
    since: MomentText
    command: str
    environment: str
    token: Count


@cache
def entry_fits() -> Callable[[object], bool]:
    """Make the fast test of an entry; `EntryModel.check` says what is wrong with one that does not pass."""
    return judge(EntryModel.model_json_schema()).is_valid
