"""What Open Publishing's documents leave open, and how it is read here until a live account says otherwise.

Each is one constant. Its docstring has the sentence or the sample of a document that supports it, or names what tries the other reading (a
setting of an account, an option of an edition, a switch of the emulation, the constant's other value) and what in an answer tells which
is right; and the day it was last looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

NORMALISED_TYPES = frozenset(
    {"cover_marketing", "pod_cover", "pod_cover_front", "pod_cover_back", "ebook_pdf_cover", "ebook_pdf_bastard_title"}
)
"""Types of file that the service may keep as other bytes than were sent, so that their sha1 is not ours. The page on product files says
nothing of it; it gives a sha1 for every file (`covers`). To find out: add a cover, and compare the sha1 of its object with the file's. Of
any other type, other bytes are refused (`upload-mismatch`). 2026-11-30."""

LABELS_FIELD = "labels"
"""The form's field for labels: "labels distribution tags, should start with distribution: prefix". 2026-11-22."""

LABEL_FORM: Literal["repeated", "joined"] = "repeated"
"""How several labels are sent unless an account says otherwise: a field for each, or one field with commas. The page on product files does
not say. An account's `label_form` tries the other form. To find out: the object of the file that was added shows what the service made of
them; an upload that ends with others is refused (`labels-not-kept`) and names the setting. 2026-11-30."""

ENABLED_PARAMETER = "enabled"
"""The parameter that sets a distribution switch: the page on distribution has "enabled=true|false". Whether it is read from the query or
from a form is not said, so both carry it (`enabled_in`). To find out: read the switch after it was set. 2026-11-30."""

EAN_KEYS = ("ean",)
"""Where a product may tell its EAN: the page on products filters by `ean`, and does not show the object. The option `product` takes a
product's number in place of its EAN. To find out: a product that does not repeat the EAN asked for is refused (`product-unconfirmed`), with
its number; its object has the EAN by another name, or not at all. 2026-11-30."""

TITLE_KEY = "title"
"""Where a product may tell its title: the page on products filters by `title`, and does not show the object (`products`). It is read by
imports alone. To find out: an import calls a product `Product 4711` where its object has no such key. 2026-11-30."""

IDENTIFIERS_KEY = "external_identifiers"
"""Where a product may tell its external identifiers, each with `type` and `value`: the page on products filters by
"external_identifier_type" and "external_identifier_value", and does not show the object. The option `product` takes a number instead. To
find out: as at `EAN_KEYS`. 2026-11-30."""

TRUE_WORDS: Mapping[object, bool] = {True: True, "true": True, "1": True, False: False, "false": False, "0": False}
"""How `enabled` may be written, text without regard to case: the page on distribution shows Python's `{"enabled": True}`, which no JSON
has. 1 and 0 are the same keys as true and false here (`enabled_as`). To find out: any other word ends the plan and is named
(`store-nonsense`). 2026-11-30."""

TEMPORARY_ERRORS = range(501, 512)
"""Numbers of an error that passes by itself: the service's own wrapper of its older API calls them temporary
(`errors_in_200`, `busy_every`). To find out: the words of a refusal name the number (`store-refused`). 2026-11-30."""

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
"""What in the ID of an error that comes as 200 tells the status it stands for, the first that fits; the IDs are not listed
(`errors_in_200`). To find out: `store-refused` shows the ID. 2026-11-30."""

OTHER_ERRORS = 422
"""The status that any other error in a 200 stands for: a refusal that would end the same again (`errors_in_200`). To find out: as at
`ERROR_WORDS`. 2026-11-30."""
