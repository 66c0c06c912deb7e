"""publica.la on show: titles that declare all it can hold, and every reading of its document that the sandbox offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import small
from catalogctl.providers.publicala import provider
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.testing.specimen import GONE, SIGNATURE, Edit, Specimen, Tampering
from conformance.readings import Readings

_LONG = "Un faro que se apaga y vuelve.\nUna mujer que lo cuida, contra el mar y contra todos, durante <b>veinte</b> inviernos seguidos."

FARO: dict[str, Any] = {
    "kind": "title",
    "id": "faro",
    "title": "El faro",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "publisher": "Ribera",
    "publication_date": "2021-03-04",
    "description": _LONG,
    "subjects": {"bisac": ["FIC019000"]},
    "keywords": ["mar"],
    "editions": {
        "epub": {
            "format": "epub",
            "external_id": "key-faro",
            "prices": {"USD": "9.90", "ARS": "1500.00", "EUR": "0.00"},
            "files": {"content": f"https://files.example.com/faro?X-Amz-Signature={SIGNATURE}"},
            "publish": {
                "store": {
                    "categories": ["Novela"],
                    "collections": ["Clásicos"],
                    "countries": ["Finland"],
                    "free": False,
                    "table_of_contents": [{"title": "Uno", "page": 2}],
                    "preorder_from": "2026-12-01 00:00:00",
                    "sale_from": "2027-01-15 09:30:00",
                }
            },
        }
    },
}
MAREAS: dict[str, Any] = {
    "kind": "title",
    "id": "mareas",
    "title": "Las mareas",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "publication_date": "2022-09-01",
    "editions": {
        "paper": {
            "format": "print",
            "external_id": "key-mareas",
            "prices": {"USD": "19.95"},
            "pages": 260,
            "height": 210,
            "width": 140,
            "weight": 320,
            "binding": "Tapa dura",
            "editing_location": "Rosario",
            "publish": {"store": {"stock": 5, "published_at": "2022-09-01 12:00:00", "categories": [], "collections": []}},
        }
    },
}
SAL: dict[str, Any] = {
    "kind": "title",
    "id": "sal",
    "title": "Sal",
    "publication_date": "2020-01-02",
    "editions": {
        "audio": {"format": "audiobook", "external_id": "key-sal", "files": {"content": "audio/sal.mp3"}, "publish": {"store": {}}},
    },
}
LUNA: dict[str, Any] = {
    "kind": "title",
    "id": "luna",
    "title": "La luna",
    "subtitle": "Una guía",
    "edition_year": 2023,
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}, {"name": "Leo Paz", "role": "author"}],
    "publisher": "Ribera",
    "publication_date": "2023-05-06",
    "description": _LONG,
    "subjects": {"bisac": ["FIC019000"]},
    "keywords": ["cielo", "noche"],
    "editions": {
        "epub": {
            "format": "epub",
            "external_id": "key-luna",
            "identifiers": {"ddc": "523.3"},
            "prices": {"USD": "9.99", "EUR": "8.99"},
            "files": {
                "content": f"https://files.example.com/luna.epub?X-Amz-Signature={SIGNATURE}",
                "cover": "https://files.example.com/luna.jpg",
            },
            "publish": {
                "store": {
                    "content_api": "v3",
                    "categories": ["Novela"],
                    "collections": ["Clásicos"],
                    "free": False,
                    "free_until": "2027-01-31",
                    "require_login": False,
                    "preview": True,
                    "preview_require_login": False,
                    "audience": "adults",
                    "price_windows": [
                        {"currency": "USD", "amount": "4.99", "starts_at": "2026-01-01", "ends_at": "2028-01-01"},
                        {"currency": "EUR", "amount": "3.99", "starts_at": "2030-01-01"},
                    ],
                }
            },
        },
    },
}
_NO_TERMS: dict[str, Any] = {"categories": [], "collections": []}
"""What not every store tells, so that it has to be declared before a content can be created again."""
ORO: dict[str, Any] = {
    "kind": "title",
    "id": "oro",
    "title": "El oro",
    "language": "es",
    "publication_date": "2023-05-06",
    "editions": {
        "pdf": {
            "format": "pdf",
            "external_id": "key-oro",
            "publish": {"store": {"content_api": "v3", "sftp_file": "uploads/oro.pdf", "price_windows": [], **_NO_TERMS}},
        }
    },
}
NUBES: dict[str, Any] = {
    "kind": "title",
    "id": "nubes",
    "title": "Nubes",
    "language": "es",
    "publication_date": "2023-05-06",
    "editions": {
        "paper": {
            "format": "print",
            "external_id": "9780306406157",
            "pages": 120,
            "binding": "Rústica",
            "publish": {"store": {"content_api": "v3", "price_windows": [], **_NO_TERMS}},
        }
    },
}
_TRACKS: list[dict[str, Any]] = [
    {"id": "intro", "title": "Introducción", "file": f"https://files.example.com/intro.mp3?X-Amz-Signature={SIGNATURE}"},
    {"id": "one", "title": "Capítulo 1", "file": "audio/sal.mp3"},
    {"id": "again", "title": "Capítulo 1", "file": "https://files.example.com/again.mp3"},
    {"id": "end", "title": "Final"},
]
OLAS: dict[str, Any] = {
    "kind": "title",
    "id": "olas",
    "title": "Las olas",
    "language": "es",
    "contributors": [{"name": "Ana Ruiz", "role": "author"}],
    "publication_date": "2024-02-29",
    "editions": {
        "audio": {
            "format": "audiobook",
            "external_id": "key-olas",
            "prices": {"USD": "14.00"},
            "tracks": _TRACKS,
            "publish": {"store": {"sftp_files": {"end": "uploads/end.mp3"}, "foreign_tracks": "remove", "price_windows": [], **_NO_TERMS}},
        }
    },
}
_MP3 = small.mp3()
"""One silent frame."""


def _faro(attribute: str, fields_: Mapping[str, Any], **more: Any) -> Edit:
    return Edit("content/faro.epub", attribute, fields_, **more)


def _mareas(attribute: str, fields_: Mapping[str, Any]) -> Edit:
    return Edit("content/mareas.paper", attribute, fields_)


def _luna(attribute: str, fields_: Mapping[str, Any]) -> Edit:
    return Edit("content/luna.epub", attribute, fields_)


_IN = "editions.epub"
_ON = "editions.epub.publish.store"
_PAPER = "editions.paper"
_AUDIO = "editions.audio"
_RETITLED = [{**_TRACKS[0], "title": "Prólogo"}, *_TRACKS[1:]]
_REREAD = [*_RETITLED[:2], {**_TRACKS[2], "file": "https://files.example.com/again-2.mp3"}, _TRACKS[3]]
_PAPER_ON = "editions.paper.publish.store"

EDITS = (
    _faro("name", {"title": "El faro apagado"}),
    _faro("lang", {"language": "pt"}),
    _faro("publication_date", {"publication_date": "2021-03-05"}),
    _faro("description", {"description": _LONG.replace("veinte", "treinta")}),
    _faro("author", {"contributors": [{"name": "Luz Paz", "role": "author"}, {"name": "Ana Ruiz", "role": "author"}]}),
    _faro("publisher", {"publisher": "Mare Alta"}),
    _faro("bisac", {"subjects": {"bisac": ["FIC019000", "FIC014000"]}}),
    _faro("keyword", {"keywords": ["mar", "faros"]}),
    _faro("category", {f"{_ON}.categories": ["Novela", "Mar"]}),
    _faro("collection", {f"{_ON}.collections": ["Clásicos", "Nuevos"]}),
    _faro("country", {f"{_ON}.countries": ["Argentina"]}),
    _faro("free", {f"{_ON}.free": True}),
    _faro("prices", {f"{_IN}.prices": {"USD": "8.50", "BRL": "40.00"}}),
    _faro("table_of_contents", {f"{_ON}.table_of_contents": [{"title": "Uno", "page": 3}]}),
    _faro("preorder_from", {f"{_ON}.preorder_from": "2026-12-02 00:00:00"}),
    _faro("sale_from", {f"{_ON}.sale_from": "2027-01-16 09:30:00"}),
    _faro("external_id", {f"{_IN}.external_id": "key-faro-2"}),
    _faro("type", {f"{_IN}.format": "pdf"}),
    _mareas("pages", {f"{_PAPER}.pages": 261}),
    _mareas("height", {f"{_PAPER}.height": 211}),
    _mareas("width", {f"{_PAPER}.width": 141}),
    _mareas("weight", {f"{_PAPER}.weight": 321}),
    _mareas("binding_type", {f"{_PAPER}.binding": "Rústica"}),
    _mareas("editing_location", {f"{_PAPER}.editing_location": "Salta"}),
    _mareas("stock", {f"{_PAPER_ON}.stock": 6}),
    _faro("description", {"description": GONE}),
    _faro("author", {"contributors": GONE}),
    _faro("publisher", {"publisher": GONE}),
    _faro("bisac", {"subjects": GONE}),
    _faro("keyword", {"keywords": GONE}),
    _faro("country", {f"{_ON}.countries": GONE}),
    _faro("free", {f"{_ON}.free": GONE}),
    _faro("prices", {f"{_IN}.prices": GONE}),
    _faro("table_of_contents", {f"{_ON}.table_of_contents": GONE}),
    _faro("sale_from", {f"{_ON}.sale_from": GONE}),
    _faro("preorder_from", {f"{_ON}.preorder_from": GONE}),
    _faro("lang", {"language": GONE}),
    _mareas("published_at", {f"{_PAPER_ON}.published_at": GONE}),
    _mareas("pages", {f"{_PAPER}.pages": GONE}),
    _mareas("height", {f"{_PAPER}.height": GONE}),
    _mareas("width", {f"{_PAPER}.width": GONE}),
    _mareas("weight", {f"{_PAPER}.weight": GONE}),
    _mareas("binding_type", {f"{_PAPER}.binding": GONE}),
    _mareas("editing_location", {f"{_PAPER}.editing_location": GONE}),
    _mareas("stock", {f"{_PAPER_ON}.stock": GONE}),
    _luna("name", {"title": "La luna nueva"}),
    _luna("author", {"contributors": [{"name": "Leo Paz", "role": "author"}]}),
    _luna("cover", {f"{_IN}.files.cover": "https://files.example.com/luna-2.jpg"}),
    _luna("audience", {f"{_ON}.audience": "children"}),
    _luna("free_until", {f"{_ON}.free_until": "2027-02-28"}),
    _luna("require_login", {f"{_ON}.require_login": True}),
    _luna("preview", {f"{_ON}.preview": False}),
    _luna("preview_require_login", {f"{_ON}.preview_require_login": True}),
    _luna("prices", {f"{_IN}.prices": {"USD": "8.99"}}),
    _luna("price_windows", {f"{_ON}.price_windows": [{"currency": "USD", "amount": "3.99", "ends_at": "2028-01-01"}]}),
    _luna("subtitle", {"subtitle": "Otra guía"}),
    _luna("edition_year", {"edition_year": 2024}),
    _luna("own_identifiers", {f"{_IN}.identifiers": {"ddc": "523.4"}}),
    Edit("content/oro.pdf", "sftp_file", {"editions.pdf.publish.store.sftp_file": "uploads/oro-2.pdf"}),
    _luna("file", {f"{_IN}.files.content": "https://files.example.com/luna-2.epub"}),
    Edit("content/nubes.paper", "pages", {"editions.paper.pages": 121}),
    Edit("track/olas.audio/intro", "title", {f"{_AUDIO}.tracks": _RETITLED}),
    Edit("track/olas.audio/again", "file", {f"{_AUDIO}.tracks": _REREAD}),
    Edit("track/olas.audio/end", "sftp_file", {f"{_AUDIO}.publish.store.sftp_files": {"end": "uploads/end-2.mp3"}}),
    Edit("track_order/olas.audio", "tracks", {f"{_AUDIO}.tracks": [_REREAD[place] for place in (1, 2, 0, 3)]}),
    _luna("subtitle", {"subtitle": GONE}),
    _luna("edition_year", {"edition_year": GONE}),
    _luna("audience", {f"{_ON}.audience": GONE}),
    _luna("free_until", {f"{_ON}.free_until": GONE}),
    _luna("require_login", {f"{_ON}.require_login": GONE}),
    _luna("preview", {f"{_ON}.preview": GONE}),
    _luna("preview_require_login", {f"{_ON}.preview_require_login": GONE}),
    _luna("prices", {f"{_IN}.prices": GONE}),
    _luna("price_windows", {f"{_ON}.price_windows": GONE}),
    _luna("keyword", {"keywords": GONE}),
    _luna("category", {f"{_ON}.categories": GONE}),
    _luna("collection", {f"{_ON}.collections": GONE}),
)

EDITS_OF_V1_ALONE = (_faro("file", {f"{_IN}.files.content": "https://files.example.com/faro-2"}),)
"""What v1 replaces a content for; where v3 changes it in place, that would be the same attribute in two ways."""

_UNEDITED = {
    "content.published_at": "it is taken when a content is created, and by no update",
    "content.api": "it says by which API a content is written, is never sent, and makes no difference",
    "track.content": "no track changes its audiobook",
    "track_order.content": "it is the order of one audiobook",
    "track_order.foreign": "none is wanted there as long as nobody adds one",
}

_ALSO_SHOWN = frozenset(
    {
        *("description: null", "lang: null", "audience: null", "subtitle: null", "publication_place: null", "until: null"),
        *("starts_at: null", "ends_at: null", "id: a number", "bisac: a text"),
        *(f"{name}: nothing" for name in "author publisher bisac keyword keywords category categories collection collections".split()),
        *(f"{name}: nothing" for name in "audience subtitle publication_place identifiers".split()),
    }
)
_ELSEWHERE = frozenset({"v3_docs=none", "v1=False", "file_is_track=True", "v3_bisac=strings"})
"""What the provider's own tests show: a store without v3, which has no tracks, and one without v1; and a track that is made by the store
beside one content, so that there are more objects than anybody declares. The last one needs a setting of the account, below."""

_READINGS = Readings(
    usual=PublicalaSwitches(v3_docs="A"),
    others={
        "timezone": ("UTC", "Pacific/Auckland"),
        "foreign_rows": (17,),
        "conversion_steps": ((),),
        "conversion_step_seconds": (0.0,),
        "conversion_failure": ("conversion_failed",),
        "collections": (("Clásicos", "Nuevos"),),
        "rate_limit": (5,),
    },
    together={
        "retry_after": {"rate_limit": 5},
        "conversion_failure": {"conversion_step_seconds": 0.0},
        "isbn_echo": {"v3_docs": "B"},
    },
    elsewhere=_ELSEWHERE,
)


def specimen(settings: Mapping[str, Any] | None = None, **switches: Any) -> Specimen:
    turned = PublicalaSwitches(**{"v3_docs": "A", **switches})
    return Specimen(
        provider=provider,
        emulator=lambda clock: PublicalaSandbox(turned, clock=clock),
        titles={"faro": FARO, "mareas": MAREAS, "sal": SAL, "luna": LUNA, "oro": ORO, "nubes": NUBES, "olas": OLAS},
        edits=EDITS if turned.v3_docs == "B" else (*EDITS, *EDITS_OF_V1_ALONE),
        unedited=_UNEDITED,
        settings=settings or {},
        also_shown=_ALSO_SHOWN,
        in_place=frozenset({"content.file", "content.sftp_file"}) if turned.v3_docs == "B" else frozenset(),
        tampering=(
            Tampering("content/faro.epub", "name", {"name": "El faro (¡oferta!)"}),
            Tampering("content/faro.epub", "prices", {"prices": {"USD": 1}}),
            Tampering("content/faro.epub", "description", {"description": "Otra cosa."}),
            Tampering("content/faro.epub", "free", {"free": True}),
            Tampering("content/mareas.paper", "publication_date", {"publication_date": "2022-09-02"}),
            Tampering("content/mareas.paper", "lang", {"lang": "en"}),
            Tampering("content/luna.epub", "description", {"description": "Otra cosa."}),
            Tampering("content/luna.epub", "require_login", {"require_login": True}),
            Tampering("content/luna.epub", "author", {"author": ["Otra"]}),
            Tampering("track/olas.audio/intro", "title", {"title": "Otra cosa"}),
            Tampering("track_order/olas.audio", "tracks", {"tracks": ["1002", "1001", "1003", "1004"]}),
        ),
        foreign=(
            {"external_id": "key-faro", "name": "Another store's lighthouse, with our key", "owned": False},
            {"external_id": "key-unmanaged", "name": "Ours, made by hand"},
        ),
        files={"audio/sal.mp3": _MP3},
    )


def variants() -> dict[str, Specimen]:
    """Give the specimen by the switch that is not at its default, one at a time."""
    others = {
        "read_api=v3": specimen({"read_api": "v3"}),
        "v3_bisac=strings": specimen({"bisac_form": "strings"}, v3_bisac="strings"),
    }
    return {**_READINGS.variants(specimen), **others}
