"""What PublishDrive's documents leave open, and how it is read here until a live account says otherwise.

Each is one constant. Its docstring has the sentence or the sample of a document that supports it, or names what tries the other reading (a
setting of an account, an option of an edition, a switch of the emulation, the constant's other value) and what in an answer tells which
is right; and the day it was last looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

USUAL_COPYRIGHT = "SELF"
"""What `copyright` says unless the edition says otherwise: SELF is in every sample of createBook, and no list of other words is given. The
option `copyright` tries another one. To find out: a create with a word that the service does not know answers 422, naming
`copyright`. 2026-11-30."""

EXTERNAL_ID_FIELD = "externalId"
"""The field by which createBook and updateBook are sent a book's external id: the name that it has in answers. The overview has "Get book
by external id", and no shown request gives a book one (`create_external_id`). To find out: read a book after it was made. One that lacks
the external id that it was given ends the plan and is named (`store-nonsense`), and is not made a second time. 2026-12-01."""

CONTRIBUTOR_ROLES: Mapping[str, str] = MappingProxyType({"A01": "Author", "B01": "Editor", "E07": "Narrated by"})
"""A contributor's role as the service calls it, by its code of ONIX list 17: the three that the samples of createBook and of the
walkthroughs show, of which they give no list. An account's `roles` tries other words. To find out: a word that the service does not know
is a 422 that names `contributor`; a book made in the panel shows the panel's words. 2026-11-30."""

WHOLE_DETAILS = True
"""Whether a change of one of a book's details sends the others along, as declared or as observed: updateBook leaves keys alone that are not
sent, and does not say whether an object is merged or replaces the one there. With all of them either is right (`details_in_patch`). To find
out: with `False`, change one detail, and read the book: the others are as before, or as in a new book. 2026-11-30."""

LISTS_ARE_REPLACED = True
"""Whether a list that an update sends takes the place of the one there, so that what it lacks goes: updateBook leaves keys alone that are
not sent, and says of `chapters` alone that they are written one by one (`lists_in_patch`). To find out: take a keyword out of a title, and
apply; if the answer and the next plan still show it, lists are merged. `False`: an update that takes something out of a list is refused,
since the service would keep it. 2026-12-01."""

TERRITORY = re.compile(r"ALL|[A-Z]{2}")
"""How the service names where a book is sold: the samples of createBook have `"saleTerritory": ["ALL"]`, and none has a country; the codes
of ISO 3166-1 in two letters are sent, as titles have them. The option `sale_territories` tries other words (`territory_codes`). To find
out: a create with a word that the service does not know answers 422, naming `saleTerritory`; a book made in the panel for one country
shows the panel's word. 2026-12-01."""

EBOOK_COVER_ROLE = "ebook_cover"
"""What the cover of an e-book is called as a file: the overview names "the cover (role audio_cover)" of an audiobook and pod_cover of a
printed book, and no page the one of an e-book. An account's `ebook_cover_role` tries another word (also a switch of the emulation). To find
out: a request for an upload address answers 400 with "Invalid file role for this book format.". 2026-12-01."""

FIRST_SEQUENCE = 1
"""The `sequence` of the first chapter that is made here. The overview calls it "chapter order; this is the upsert key (if no chapter exists
for that sequence it is created; if it exists it is updated)", so that any number will do. 2026-11-30."""

NEWEST_IS_LAST = True
"""Of several files with one role, the last in `files` is taken for the newest: the order of that list is not documented, nor whether
attaching a second file replaces the first (`attach_same_role`). To find out: attach two covers, and read the book; `False` takes the
first for the newest. 2026-11-30."""

LIVE = frozenset({"published", "in_review", "action_needed"})
"""Statuses of a book that was handed in and not taken back: what is wanted published is. updateBook names them, with "draft" and
"withdrawn", as examples (`review`). To find out: read a book after it was published. A status in neither set is reported with its word
(`status-unknown`), and nothing is done about it. 2026-11-30."""

NOT_LIVE = frozenset({"draft", "withdrawn"})
"""Statuses of a book that is not on its way to the stores, named like those of `LIVE`; which of them may be deleted is not said
(`deletable`). To find out: a delete in another status answers 402. A status that is in neither set tells nothing. 2026-11-30."""

TOUCH_MAKES_DRAFT = True
"""Whether an update that changes nothing makes a withdrawn book a draft, which alone can be published: updateBook says of any successful
update of a book that is no draft that it sets the status to draft. To find out: the answer to the update shows the status. With `False`,
no such update is sent before a withdrawn book is published. 2026-11-30."""

ASSIGNED = frozenset({"imprint"})
"""Which of the fields that no request is known to set a new book has all the same: the sample of getApiBook has an imprint, and null for
`series` and `audience` (`untold_shapes`). A book with one of the others is not created again; of the imprint a replace warns. To find out:
make a book by the API, and read it. 2026-12-01."""

NULL_IS_NONE: TypeAlias = str | None
"""What answers have in `externalId` and `isbn`, without which a book can be made: null where it has none, as `series` and `audience` in the
sample of getApiBook. An empty text is read alike (`no_identifier`). To find out: read a book that was made in the panel; a value of another
type ends the plan and is named (`store-nonsense`). 2026-11-30."""

FILE_DIGEST = "hashSha256"
"""Where an entry of `files` may tell its digest. The documents show no entry: it is read by the names that an upload is asked for with,
`role` and `filename`, which it must have beside its `id`, and the digest, which it may have (`files_echo_sha256`). To find out: read a book
after a file was attached; an entry without one of these names ends the plan and is named (`store-nonsense`). 2026-11-30."""

UPLOAD_HOSTS: tuple[str, ...] = ()
"""The hosts that files are uploaded to unless an account names some, where empty stands for any public one: the overview speaks of "a
presigned URL" and names no host of the storage behind it. An account's `upload_hosts` closes the list. To find out:
`upload-address-refused` names the host of an address that is not on it. 2026-11-30."""
