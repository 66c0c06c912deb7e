"""What PublishDrive's documents leave open, and how it is read here until a live account says otherwise.

Each is one constant, with the place in the documents that leaves it open and the day it was last looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

USUAL_COPYRIGHT = "SELF"
"""What `copyright` says unless the edition says otherwise: the one value that the documents show. 2026-11-22."""

CONTRIBUTOR_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "A01": "Author",
        "A03": "Screenplay by",
        "A04": "Libretto by",
        "A05": "Lyrics by",
        "A06": "Composer",
        "A07": "Artist",
        "A08": "Photographer",
        "A09": "Created by",
        "A11": "Designer",
        "A12": "Illustrator",
        "A15": "Preface by",
        "A16": "Prologue by",
        "A19": "Afterword by",
        "A20": "Notes by",
        "A21": "Commentaries by",
        "A22": "Epilogue by",
        "A23": "Foreword by",
        "A24": "Introduction by",
        "A25": "Footnotes by",
        "A32": "Contributions by",
        "A33": "Appendix by",
        "A34": "Index by",
        "A35": "Drawings by",
        "A36": "Cover design or artwork by",
        "A39": "Maps by",
        "A43": "Interviewer",
        "A44": "Interviewee",
        "B01": "Editor",
        "B02": "Revised by",
        "B04": "Abridged by",
        "B05": "Adapted by",
        "B06": "Translator",
        "B09": "Series editor",
        "B11": "Editor-in-chief",
        "B12": "Guest editor",
        "B13": "Volume editor",
        "C01": "Compiled by",
        "C02": "Selected by",
        "D01": "Producer",
        "D02": "Director",
        "E01": "Actor",
        "E07": "Narrated by",
    }
)
"""A contributor's role as the service calls it, by its code of ONIX list 17. The documents show `Author`, `Editor` and `Narrated by` and
give no list; the others are named in the same style. 2026-11-22."""

WHOLE_DETAILS = True
"""Whether a change of one of a book's details sends all that are declared beside it: the documents do not say whether an object in an
update is merged or replaces the one there. 2026-11-22."""

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
