"""A stored content and a track as v3 shows them.

Chosen where the documents are silent: `metadata` is `author` and `publisher` as lists of names, `bisac` as a list of
`{"code": …}`, the other taxonomies as lists of terms, and `metrics` with what is known of a book's measures;
`geographic_restrictions` is the list of v1's countries; a price shows its term, null where it has none; a track lasts as
long as a checksum of its file's address says, at 24 KB a second.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zlib import crc32

from catalogctl.provider.emulation import Json
from catalogctl.providers.publicala.sandbox.issue import AUDIO, Issue, identities
from catalogctl.providers.publicala.sandbox.render import STORE_URL, shown_description, slug_of
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches
from catalogctl.providers.publicala.sandbox.track import StoredTrack
from catalogctl.providers.publicala.sandbox.v3.arguments import View

_CDN = "https://storage.publica.la/covers"
_SHORTEST, _SPREAD = 60, 3600
_KB_PER_SECOND = 24
_DAY = 24 * 60 * 60


def shown_content(issue: Issue, status: str, shape: View, switches: PublicalaSwitches, now: datetime) -> dict[str, Json]:
    """Show a content whose conversion is at `status`, with the keys that `shape` asks for."""
    slug = slug_of(issue)
    row: dict[str, Json] = {
        "id": str(issue.id),
        "external_id": issue.external_id,
        "name": issue.name,
        "slug": slug,
        "lang": issue.lang,
        "file_type": "audio" if issue.extension in AUDIO else issue.extension,
        "audience": issue.audience,
        "cover_url": f"{_CDN}/{issue.id}.jpg",
        "reader_url": f"{STORE_URL}/reader/{slug}",
        "product_url": f"{STORE_URL}/library/publication/{slug}",
        "created_at": instant(issue.created_at),
        "updated_at": instant(issue.updated_at),
        "published_at": instant(issue.publication_date),
        "license": "retail",
        "free": {
            "enabled": issue.free,
            "until": None if issue.free_until is None else instant(issue.free_until),
            "require_login": issue.require_login,
        },
        "preview": {"enabled": issue.preview, "require_login": issue.preview_require_login},
        "conversion_status": status,
    }
    if switches.v3_docs == "B":
        row |= {"subtitle": issue.subtitle, "publication_place": issue.publication_place, "edition_year": issue.edition_year}
    included: dict[str, Json] = {
        "description": shown_description(issue, switches),
        "prices": _prices(issue, switches, now),
        "metadata": _metadata(issue, switches),
        "geographic_restrictions": list(issue.country),
    }
    row |= {name: value for name, value in included.items() if name in shape.include}
    if shape.fields is not None:
        row = {name: value for name, value in row.items() if name == "id" or name in shape.fields}
    return row if switches.v3_docs == "A" else row | {"identifiers": _identifiers(issue, switches)}


def shown_track(track: StoredTrack, order: int, *, processed: bool) -> dict[str, Json]:
    """Show a track; what its file says of itself is not known before it is `processed`."""
    # A signed address is another one each time, and the file behind it the same.
    said = crc32((track.file_url or track.file or track.id).partition("?")[0].encode()) % _SPREAD + _SHORTEST
    duration = said if track.duration is None else track.duration
    size = said * _KB_PER_SECOND if track.size_in_kb is None else track.size_in_kb
    return {
        "id": track.id,
        "title": track.title,
        "order": order,
        "duration": duration if processed else 0,
        "size_in_kb": size if processed else None,
        "created_at": instant(track.created_at),
        "updated_at": instant(track.updated_at),
    }


def instant(stamp: str) -> str:
    """Write a stored date, or a stored instant in UTC, as v3 writes instants."""
    return f"{stamp[:10]}T{stamp[11:] or '00:00:00'}.000000Z"


def _prices(issue: Issue, switches: PublicalaSwitches, now: datetime) -> list[Json]:
    always: list[Json] = [
        {"currency_id": currency, "amount": _amount(cents), "starts_at": None, "ends_at": None}
        for currency, cents in issue.amounts_in_cents.items()
    ]
    return always + [
        {
            "currency_id": price["currency_id"],
            "amount": _amount(price["amount_in_cents"]),
            "starts_at": _moment(price["starts_at"]),
            "ends_at": _moment(price["ends_at"]),
        }
        for price in issue.scheduled_prices
        if switches.shown_prices == "all" or _active(price["starts_at"], price["ends_at"], now.timestamp(), switches.window_end)
    ]


def _active(start: Json, end: Json, now: float, last_day: str) -> bool:
    begun = not isinstance(start, int | float) or start <= now
    more = _DAY if last_day == "inclusive" else 0
    return begun and (not isinstance(end, int | float) or now < end + more)


def _amount(cents: Json) -> Json:
    assert isinstance(cents, int)
    return cents // 100 if cents % 100 == 0 else cents / 100


def _moment(unix: Json) -> str | None:
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z") if isinstance(unix, int | float) else None


def _metadata(issue: Issue, switches: PublicalaSwitches) -> dict[str, Json]:
    plural = switches.metadata_names == "plural"
    shown: dict[str, Json] = {
        "author": list(issue.author),
        "publisher": list(issue.publisher),
        "bisac": [code if switches.v3_bisac == "strings" else {"code": code} for code in issue.bisac],
        "keywords" if plural else "keyword": list(issue.keyword),
        "metrics": {"pages": issue.pages, "height": issue.height, "width": issue.width, "weight": issue.weight},
    }
    if switches.metadata_terms == "all":
        shown["categories" if plural else "category"] = list(issue.category)
        shown["collections" if plural else "collection"] = list(issue.collection)
    return shown


def _identifiers(issue: Issue, switches: PublicalaSwitches) -> list[Json]:
    if switches.isbn_echo == "plain":
        return list(identities(issue))
    return [one | {"value": _hyphenated(str(one["value"]))} if str(one["type"]).startswith("isbn") else one for one in identities(issue)]


def _hyphenated(isbn: str) -> str:
    """Write an ISBN in the parts of the documents' samples, which are not those of its registrant."""
    return f"{isbn[:3]}-{isbn[3]}-{isbn[4:7]}-{isbn[7:12]}-{isbn[12:]}"
