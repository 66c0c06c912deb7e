"""What a plan does about one resource, and the questions that can be asked of it."""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """The plan's verdict on one address."""

    NO_OP = "no-op"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    FORGET = "forget"

    @property
    def destroys(self) -> bool:
        """Return whether an object of the store is lost."""
        return self in {Action.REPLACE, Action.DELETE}

    @property
    def changes_anything(self) -> bool:
        """Return whether the store or the state will be different afterwards."""
        return self is not Action.NO_OP


class Reason(Enum):
    """Why an action was chosen. For eyes only: nothing may branch on it."""

    NONE = ""
    DECLARED = "declared in the files, not in the store"
    GONE = "removed outside catalogctl"
    EDITED = "the files changed"
    DRIFTED = "changed outside catalogctl"
    BOTH = "the files and the store both changed"
    CANNOT_CHANGE_IN_PLACE = "cannot change in place"
    REQUESTED = "asked for on the command line"
    NO_LONGER_DECLARED = "no longer declared in the files"
    DESTROY = "everything is destroyed"
    FOUND_BY_KEY = "already in the store under this key, not yet in the state"
    IMPORTED = "in the store under the id of the import, not yet in the state"
    HALF_REPLACED = "an earlier replace deleted it and did not create it again"
    RECREATED = "the object in the store is another one than recorded"
    ALREADY_GONE = "already gone from the store"
    RELEASED = "released by a removed block"
    UNDONE = "a change it depends on resets it: it is set again afterwards"
    STAYS = "no longer declared, but the store cannot remove it: it stays there"
    BROKEN_OFF = "an earlier replace ended before the old one was deleted"
    REVERTED = "put back as it was before a run"
    WITH_OWNER = "goes with what it is part of"
