"""What PublishDrive's documents leave open, and how it is read here until a live account says otherwise.

Each is one constant, with the place in the documents that leaves it open and the day it was last looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

USUAL_COPYRIGHT = "SELF"
"""What `copyright` says unless the edition says otherwise: the one value that the documents show. 2026-11-22."""

CONTRIBUTOR_ROLES: Mapping[str, str] = MappingProxyType({"A01": "Author", "B01": "Editor", "E07": "Narrated by"})
"""A contributor's role as the service calls it, by its code of ONIX list 17: the three that the samples of createBook and of the
walkthroughs show, of which they give no list. An account's `roles` tries other words; a word that the service does not know is a 422
that names `contributor`. 2026-11-30."""

WHOLE_DETAILS = True
"""Whether a change of one of a book's details sends the others along, as declared or as observed: the documents do not say whether an
object in an update is merged or replaces the one there. 2026-11-30."""

FIRST_SEQUENCE = 1
"""The `sequence` of the first chapter; the documents show it only as an order. 2026-11-22."""

NEWEST_IS_LAST = True
"""Of several files with one role, the last in `files` is taken for the newest: the order of that list is not documented, nor whether
attaching a second file replaces the first. 2026-11-22."""

LIVE = frozenset({"published", "in_review", "action_needed"})
"""Statuses of a book that was handed in and not taken back: what is wanted published is. The documents name them as
examples. 2026-11-22."""

NOT_LIVE = frozenset({"draft", "withdrawn"})
"""Statuses of a book that is not on its way to the stores. A status that is in neither set tells nothing. 2026-11-22."""

TOUCH_MAKES_DRAFT = True
"""Whether an update that changes nothing makes a withdrawn book a draft, which alone can be published: any successful update of a book
that is no draft is said to. 2026-11-22."""

NULL_IS_NONE: TypeAlias = str | None
"""What answers have in `externalId` and `isbn`, without which a book can be made: null where it has none. The documents show null for
`subtitle`, `series`, `audience`, the details of other formats and `chapters`; every other field is of the one type shown. 2026-11-30."""

FILE_DIGEST = "hashSha256"
"""Where an entry of `files` may tell its digest. The documents show no entry: it is read by the names that an upload is asked for with,
`role` and `filename`, which it must have beside its `id`, and the digest, which it may have. 2026-11-30."""

UPLOAD_HOSTS: tuple[str, ...] = ()
"""The hosts that files are uploaded to unless an account names some, where empty stands for any public one: the documents show a
presigned address and name no host of the storage behind it. 2026-11-30."""
