"""publica.la on show: titles that declare all it can hold, and every reading of its document that the sandbox offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from catalogctl.providers.publicala import provider
from catalogctl.providers.publicala.sandbox import PublicalaSandbox, PublicalaSwitches
from catalogctl.testing.specimen import GONE, SIGNATURE, Edit, Specimen, Tampering

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
            "publish": {"store": {"stock": 5, "published_at": "2022-09-01 12:00:00"}},
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
_MP3 = b"\xff\xfb\x90\x00" + b"\x00" * 413
"""One silent frame."""


def _faro(attribute: str, fields_: Mapping[str, Any], **more: Any) -> Edit:
    return Edit("content/faro.epub", attribute, fields_, **more)


def _mareas(attribute: str, fields_: Mapping[str, Any]) -> Edit:
    return Edit("content/mareas.paper", attribute, fields_)


_IN = "editions.epub"
_ON = "editions.epub.publish.store"
_PAPER = "editions.paper"
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
    _faro("file", {f"{_IN}.files.content": "https://files.example.com/faro-2"}),
    _faro("type", {f"{_IN}.format": "pdf"}),
    _mareas("published_at", {f"{_PAPER_ON}.published_at": "2022-09-01 15:00:00"}),
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
    _faro("category", {f"{_ON}.categories": GONE}),
    _faro("collection", {f"{_ON}.collections": GONE}),
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
)

_OTHER_VALUES: Mapping[str, tuple[Any, ...]] = {
    "timezone": ("UTC", "Pacific/Auckland"),
    "foreign_rows": (17,),
    "conversion_steps": ((),),
    "conversion_step_seconds": (0.0,),
    "conversion_failure": ("conversion_failed",),
    "collections": (("Clásicos", "Nuevos"),),
    "rate_limit": (5,),
}
"""For the switches whose values are no closed set, values to try beside the default."""

_TOGETHER: Mapping[str, Mapping[str, Any]] = {"retry_after": {"rate_limit": 5}, "conversion_failure": {"conversion_step_seconds": 0.0}}
"""Switches that mean nothing until another one is turned as well."""


def specimen(**switches: Any) -> Specimen:
    return Specimen(
        provider=provider,
        emulator=lambda clock: PublicalaSandbox(PublicalaSwitches(**switches), clock=clock),
        titles={"faro": FARO, "mareas": MAREAS, "sal": SAL},
        edits=EDITS,
        tampering=(
            Tampering("content/faro.epub", "name", {"name": "El faro (¡oferta!)"}),
            Tampering("content/faro.epub", "prices", {"prices": {"USD": 1}}),
            Tampering("content/faro.epub", "description", {"description": "Otra cosa."}),
            Tampering("content/faro.epub", "free", {"free": True}),
            Tampering("content/mareas.paper", "publication_date", {"publication_date": "2022-09-02"}),
            Tampering("content/mareas.paper", "lang", {"lang": "en"}),
        ),
        foreign=(
            {"external_id": "key-faro", "name": "Another store's lighthouse, with our key", "owned": False},
            {"external_id": "key-unmanaged", "name": "Ours, made by hand"},
        ),
        files={"audio/sal.mp3": _MP3},
    )


def _values(name: str, hint: object, default: object) -> tuple[Any, ...]:
    """List the values of a switch beside its default."""
    if get_origin(hint) is Literal:
        return tuple(value for value in get_args(hint) if value != default)
    return (not default,) if isinstance(default, bool) else _OTHER_VALUES[name]


def variants() -> dict[str, Specimen]:
    """Give the specimen by the switch that is not at its default, one at a time."""
    hints = get_type_hints(PublicalaSwitches)
    found = {"": specimen()}
    usual = PublicalaSwitches()
    for switch in fields(PublicalaSwitches):
        for value in _values(switch.name, hints[switch.name], getattr(usual, switch.name)):
            found[f"{switch.name}={value}"] = specimen(**{switch.name: value, **_TOGETHER.get(switch.name, {})})
    return found
