"""What publica.la's documents leave open, and how it is read here until a live store says otherwise.

Each is one constant, with the place in the documents that leaves it open and the day it was last looked at.
"""

from __future__ import annotations

from typing import TypeAlias

TYPE_IS_SENT_FOR = frozenset({"epub", "mp3", "mpga", "physical"})
"""For which content a create carries `type` beside `extension`: the samples of the page on content have `"type": "epub"` and
`"type": "mp3"`, the one for PDF has none, and the table of physical content demands `'physical'`. An update carries it for physical
content alone, as its table says ("type | type of content. | no | yes | string | 'physical'"). To find out: a create without it answers
422, naming `type`. 2026-11-30."""

AUDIO_NAMES = frozenset({"mp3", "mpga", "audio"})
"""The names that answers give one and the same file type: created as `mp3` or `mpga`, `audio` on the newer API. 2026-11-22."""

NULL_IS_NONE: TypeAlias = str | None
"""What answers have in `external_id`, `lang`, `description` and `conversion_status`: the tables call them texts, and a content can be
made without them (in the store's panel also without an external id), so that null stands for none. Every other field that the
documents show with one type is of that type. 2026-11-30."""

CLEARED_BY = None
"""What an update sends for an optional field that was declared once and is no longer: `null`. What leaving a key out does
is not documented for v1, and by v3 leaves the field as it is. Lists are cleared by `[]`, v1's prices by `{}`, which the
documents' "send all the desired final terms" covers. 2026-11-22."""

OMITTED_FIELDS_STAY = True
"""Whether an update by v1 leaves alone an optional field that it does not carry: "make sure to send all the desired final taxonomies and
terms" speaks of the taxonomies, and the tables of other fields only say that none is required. What can be read is sent all the same. To
find out: set `sale_from`, send an update without it, and look in the panel. `False`: an update that does not declare all of a book's
fields which no answer tells (`sale_from`, `preorder_from`, the table of contents, the measures) is refused. 2026-11-30."""

ZERO_MAY_VANISH = True
"""A price of 0.00, which the samples send, may come back or not: zero and absent are the same price when compared. 2026-11-22."""

CONVERTED = frozenset({"done"})
"""The `conversion_status` that is known to be good: "conversion_status": "done" in the sample of v1's list. Any other one is told.
2026-11-30."""

CONVERTING = frozenset({"started_dispatching_conversion", "converting", "deferred", "awaiting"})
"""The states on the way: "started_dispatching_conversion" in the sample of v1's create; "you can filter by `converting` or
`deferred`" in its Get section; "created at once with conversion_status: awaiting" on v3's page. Any other word may be an end.
2026-11-30."""

V3_RESTRICTIONS_ARE_COUNTRIES = True
"""`geographic_restrictions`, which v3 shows by `include`, are taken for the countries where a content is sold, as v1's `country` is
("Country or countries where the content is available"). Its page shows no example: they could be those where it is not. To find out:
send `country` by v1 and read the content by v3. `False`: only an empty list tells something, and an update by v1 of a content
that shows some has to declare its countries. 2026-11-30."""

V3_SHOWS_ALL_PRICES = False
"""Whether v3 shows scheduled prices that are not active yet: the page on reading a content says that `prices` has active ones only.
To find out: send one that starts tomorrow, and read. `True`: undeclared windows are carried along when prices are updated. 2026-11-30."""

WINDOW_ENDS_INCLUSIVE = True
"""Whether a price still holds on the day of its `ends_at`. The page says "Dates should be in YYYY-MM-DD format" and not which. With
`False`, a window of one day (`ends_at` equal to `starts_at`) is none and is refused. To find out: read a content that day. 2026-11-30."""

PER_PAGE = 100
"""How many contents a page of v1's list is asked for. `per_page` is in the paginator's sample (15) and in no table of parameters; the one
that is echoed is believed. 2026-11-30."""

TRUNCATIONS = ("...", "…")
"""How a description may end that a list has shortened; the sample of the list has three full stops. 2026-11-22."""

STATE_WORDS = frozenset({"converting", "deferred"})
"""What `query` takes for a state of conversion and not for something to look for. 2026-11-22."""

REQUESTS_PER_MINUTE = 100
"""The allowance that the service's overview gives as an example; each answer's X-RateLimit headers are obeyed beside it. 2026-11-22."""

V3_TERMS = {
    "author": ("author", "authors"),
    "publisher": ("publisher", "publishers"),
    "bisac": ("bisac",),
    "keyword": ("keywords", "keyword"),
    "category": ("categories", "category"),
    "collection": ("collections", "collection"),
}
"""Our taxonomies by the names that v3 has for them: the first is sent, and any is read from `metadata`. Its pages show `author`,
`publisher` and `keywords`; the others stand for what v1 calls them. A name that an answer lacks tells nothing. 2026-11-22."""

V3_MEASURES = ("pages", "height", "width", "weight", "binding_type")
"""The facts of a printed book that are sent by v3 under v1's names: its own are on no page that could be read. 2026-11-22."""

BOTH_KEYS_ARE_SENT = True
"""A create by v3 sends the external id as `external_id` and as the primary of `identifiers`: the older documents know the
first, the newer ones the second, and which of them a store follows is seen only once it has shown a content. 2026-11-22."""

PAGES = {"product": "/library/publication/{slug}", "reader": "/reader/{slug}"}
"""Where in a store people see a content. Rows have whole addresses, all of this form; the answer to a create by v1 has the `slug` alone.
2026-11-28."""

UNSUFFIXED_TRACKS_MAY_BE_MP3 = True
"""An address whose path ends in no suffix may lead to an MP3: the store looks at what it fetches. Any other suffix than `.mp3`
is refused. 2026-11-22."""
