"""What publica.la's documents leave open, and how it is read here until a live store says otherwise.

Each is one constant, with the place in the documents that leaves it open and the day it was last looked at.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

TYPE_IS_SENT_FOR = frozenset({"epub", "mp3", "mpga", "physical"})
"""For which content a create carries `type` beside `extension`: the samples of the page on content have `"type": "epub"` and
`"type": "mp3"`, the one for PDF has none, and the table of physical content demands `'physical'`. An update carries it for physical
content alone, as its table says ("type | type of content. | no | yes | string | 'physical'"). To find out: a create without it answers
422, naming `type`. 2026-11-30."""

AUDIO_NAMES = frozenset({"mp3", "mpga", "audio"})
"""The names that answers give one and the same file type: v1's table has "'mpga', 'mp3', 'pdf' or 'epub'" for what is created, and the
page on tracks "content where file_type is audio". 2026-11-30."""

NULL_IS_NONE: TypeAlias = str | None
"""What answers have in `external_id`, `lang`, `description` and `conversion_status`: the tables call them texts, and a content can be made
without them (in the store's panel also without an external id), so that null stands for none (`foreign_rows`). To find out: read a content
that was made in the panel with nothing but its name. A value of another type ends the plan and is named (`store-nonsense`), and so is null
in any other field that the documents show with one type. 2026-11-30."""

CLEARED_BY = None
"""What an update sends for an optional field that was declared once and is no longer: null, as the service writes an empty field itself
(`"free_to": null` in the sample of v1's list). What leaving a key out does is not documented for v1 (`omitted_optional`), and by v3 leaves
the field as it is. Lists are cleared by `[]`, v1's prices by `{}`, which the documents' "make sure to send all the desired final taxonomies
and terms" covers. To find out: take a description out of a title, apply, and read the content. A 422 that names the field says that null is
not taken; a text that is declared as empty is sent as an empty text in place of it. 2026-12-01."""

OMITTED_FIELDS_STAY = True
"""Whether an update by v1 leaves alone an optional field that it does not carry: "make sure to send all the desired final taxonomies and
terms" speaks of the taxonomies, and the tables of other fields only say that none is required. What can be read is sent all the same. To
find out: set `sale_from`, send an update without it, and look in the panel. `False`: an update that does not declare all of a book's
fields which no answer tells (`sale_from`, `preorder_from`, the table of contents, the measures) is refused. 2026-11-30."""

ZERO_MAY_VANISH = True
"""A price of 0.00 may come back or not, so that zero and absent are the same price when compared: v1's samples send `"COP": 0.00`.
2026-11-30."""

CONVERTED = frozenset({"done"})
"""The `conversion_status` that is known to be good: `"conversion_status": "done"` in the sample of v1's list. Any other one is reported.
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
"""How many contents a page of v1's list is asked for. The paginator's sample has `"per_page": 15`, and no table of parameters has it
(`per_page` of the emulation). To find out: the number that an answer echoes, which is believed. 2026-11-30."""

TRUNCATIONS = ("...", "…")
"""How a description may end that a list has shortened: "offers a unique glimp..." in the sample of v1's list. 2026-11-30."""

STATE_WORDS = frozenset({"converting", "deferred"})
"""What `query` takes for a state of conversion and not for something to look for: "Using query parameter you can filter by converting"
or deferred. 2026-11-30."""

REQUESTS_PER_MINUTE = 100
"""The allowance unless the account's `requests_per_minute` gives another one: the service's overview has 100 as an example (`rate_limit`).
To find out: each answer's `X-RateLimit-Limit`; that and its fellows are obeyed besides. 2026-11-30."""

V3_TERMS = {
    "author": ("author", "authors"),
    "publisher": ("publisher", "publishers"),
    "bisac": ("bisac",),
    "keyword": ("keywords", "keyword"),
    "category": ("categories", "category"),
    "collection": ("collections", "collection"),
}
"""Our taxonomies by the names that v3 has for them: the first is sent, and any is read from `metadata`. Its samples have
`"author": ["Adventure Author"]`, and its pages name `publisher` and `keywords`; the others stand for what v1 calls them
(`metadata_names`). To find out: read a content with `include=metadata`. A name that an answer lacks tells nothing. 2026-11-30."""

V3_BISAC_FORM: Literal["objects", "strings"] = "objects"
"""How v3 is sent BISAC codes unless an account says otherwise: v1's sample has `"bisac": [{ "code": "ANT018000" }]`; the table of v3's page
is cut before that field, and its other lists are strings. An account's `bisac_form` tries plain strings (`v3_bisac` of the emulation).
Answers are read in both forms. To find out: a create answers 422, naming `bisac`, or the next plan shows that the codes were not kept.
2026-12-01."""

V3_MEASURES = ("pages", "height", "width", "weight", "binding_type")
"""The facts of a printed book that are sent by v3 under v1's names: its own are on no page that could be read. With `content_api: v1` they
go by v1, whose table has them. To find out: set them by v3, and look at the content in the panel, or at the 422 that names one.
2026-11-30."""

BOTH_KEYS_ARE_SENT = True
"""Whether a create by v3 sends the external id as `external_id` and as the primary of `identifiers`: the older documents know the first,
the newer ones the second (`v3_docs`). To find out: what a content shows is what its store follows, and from then on that alone is sent;
a store that refuses one of the two names it in a 422. 2026-11-30."""

PAGES = {"product": "/library/publication/{slug}", "reader": "/reader/{slug}"}
"""Where in a store people see a content: v1's list has `"url": "https://your-store.com/reader/conversations-with-donald-hall"` and
`"share_url": "https://your-store.com/library/publication/conversations-with-donald-hall"`; the answer to a create by v1 has the `slug`
alone. 2026-11-30."""

UNSUFFIXED_TRACKS_MAY_BE_MP3 = True
"""An address whose path ends in no suffix may lead to an MP3: the page on tracks has "MP3 only (audio/mpeg, audio/mp3)", which is about
what is fetched. Any other suffix than `.mp3` is refused. To find out: a track that is none answers 422, "The file must be a valid audio
file (MP3)." 2026-11-30."""
