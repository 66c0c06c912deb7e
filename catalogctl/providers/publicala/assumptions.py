"""What publica.la's documents leave open, and how it is read here until a live store says otherwise.

Each is one constant, with the place in the documents that leaves it open and the day it was last looked at.
"""

from __future__ import annotations

from typing import TypeAlias

TYPE_IS_SENT_FOR = frozenset({"epub", "mp3", "mpga", "physical"})
"""For which content `type` is sent beside `extension`. The field table names `type` for physical content only; the
samples for EPUB and MP3 carry it, the one for PDF does not. 2026-11-22."""

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

ZERO_MAY_VANISH = True
"""A price of 0.00, which the samples send, may come back or not: zero and absent are the same price when compared. 2026-11-22."""

FAILED_CONVERSION = ("fail", "error")
"""Parts of a `conversion_status` that tell of a failure. The documents name only states on the way. 2026-11-22."""

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

TERM_FORMAT = "%Y-%m-%d %H:%M:%S"
"""How `starts_at` and `ends_at` of a price are written: as the moments of v1, since v3's pages show no example. 2026-11-22."""

PAGES = {"product": "/library/publication/{slug}", "reader": "/reader/{slug}"}
"""Where in a store people see a content. Rows have whole addresses, all of this form; the answer to a create by v1 has the `slug` alone.
2026-11-28."""

UNSUFFIXED_TRACKS_MAY_BE_MP3 = True
"""An address whose path ends in no suffix may lead to an MP3: the store looks at what it fetches. Any other suffix than `.mp3`
is refused. 2026-11-22."""
