"""What Open Publishing's documents leave open, and how it is read here until a live account says otherwise.

Each is one constant, with the place in the documents that leaves it open and the day it was last looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

NORMALISED_TYPES = frozenset(
    {"cover_marketing", "pod_cover", "pod_cover_front", "pod_cover_back", "ebook_pdf_cover", "ebook_pdf_bastard_title"}
)
"""Types of file that the service may keep as other bytes than were sent, so that their sha1 is not ours. The page on product
files says nothing of it; it gives a sha1 for every file. 2026-11-22."""

LABELS_FIELD = "labels"
"""The form's field for labels: "labels distribution tags, should start with distribution: prefix". 2026-11-22."""

LABEL_FORM: Literal["repeated", "joined"] = "repeated"
"""How several labels are sent unless an account says otherwise: a field for each, or one field with commas. The page on product files does
not say. The object of the file that was added shows what the service made of them: an upload that ends with others is refused
(`labels-not-kept`). 2026-11-30."""

ENABLED_PARAMETER = "enabled"
"""The parameter that sets a distribution switch: `POST /rpc/v2/products/<id>/distribution` with `enabled=true|false`. Whether it is read
from the query or from a form is not said, so both carry it. 2026-11-30."""

EAN_KEYS = ("ean",)
"""Where a product may tell its EAN; the object of the newer API is not shown. What tells none is not taken on the
filter's word. 2026-11-30."""

TITLE_KEY = "title"
"""Where a product may tell its title; as `EAN_KEYS`. 2026-11-24."""

IDENTIFIERS_KEY = "external_identifiers"
"""Where a product may tell its external identifiers, each with `type` and `value`; as `EAN_KEYS`. 2026-11-22."""

TRUE_WORDS: Mapping[object, bool] = {True: True, "true": True, "1": True, False: False, "false": False, "0": False}
"""How `enabled` may be written, text without regard to case: the samples show Python's `True`, which no JSON has. 1 and 0 are
the same keys as true and false here. 2026-11-22."""

TEMPORARY_ERRORS = range(501, 512)
"""Numbers of an error that passes by itself, in the service's own wrapper of its older API. 2026-11-22."""

ERROR_WORDS: tuple[tuple[str, int], ...] = (
    ("temporar", 503),
    ("not_found", 404),
    ("not_exist", 404),
    ("conflict", 409),
    ("already_exist", 409),
    ("object_changed", 409),
    ("forbidden", 403),
    ("permission", 403),
    ("credential", 403),
    ("token", 401),
)
"""What in the ID of an error that comes as 200 tells the status it stands for, the first that fits; the IDs are not listed. 2026-11-22."""

OTHER_ERRORS = 422
"""The status that any other error in a 200 stands for: a refusal that would end the same again. 2026-11-22."""
