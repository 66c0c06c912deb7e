"""Random catalogs over all that can be declared, and what a store must hold of them: read off the documents by its own reading."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import yaml
from hypothesis import strategies as st

Document = dict[str, Any]

FORMS = ("epub", "pdf", "audiobook", "print")
MEASURES = ("pages", "height", "width", "weight")
OPTIONAL = ("description", "table_of_contents", *MEASURES, "binding_type", "editing_location", "preorder_from", "sale_from")
"""What is emptied where it was declared once and is no longer."""
_BLANKS = " \t\n\r\0\x0b"

hostile = st.sampled_from(
    [
        "no",
        "007",
        "12:30:00",
        "null",
        "~",
        "- x",
        "a: b # c",
        "{a, b}",
        "'\"'",
        "<script>alert(1)</script>",
        "`|*_[x](y)",
        "👩‍👩‍👧 Ünïcödé ß İ",
        "a\u0301\u00e1",
        "&amp;&lt;",
        "%00%2F?#&=+",
        "../../x",
        "1e5",
        "a\u2028b\u2029c",
        "converting",
    ]
)


def _says_something(text: str) -> bool:
    return bool(text.strip())


lines = hostile | st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=10).filter(_says_something)
texts = (
    hostile
    | st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf"), include_characters="\n\t"), max_size=120).filter(_says_something)
    | st.builds(lambda word: f"<p>{word * 30}</p>\n\n<p>…</p>", lines)
)
languages = st.sampled_from(["es", "pt", "en", "de", "no"])
days = st.dates(date(1901, 1, 1), date(2099, 12, 31)).map(str)
amounts = st.decimals("0.01", "99999.99", places=2).map(str) | st.integers(0, 5000) | st.just("0.00")
prices = st.dictionaries(st.sampled_from(["USD", "EUR", "BRL", "ARS", "INR"]), amounts, max_size=4)
terms = st.lists(lines, max_size=3)
# Blanks at the ends of the store's own terms are refused: the store would trim them.
own_terms = st.lists(lines.filter(lambda text: text == text.strip() and "\u2028" not in text and "\u2029" not in text), max_size=3)
contributors = st.lists(
    st.fixed_dictionaries({"name": lines, "role": st.sampled_from(["author", "author", "A01", "translator", ["narrator", "author"]])})
    | st.fixed_dictionaries({"unnamed": st.just("various"), "role": st.just("author")}, optional={"label": lines}),
    max_size=3,
)
facts: dict[str, st.SearchStrategy[Any]] = {
    "audience": st.sampled_from(["general", ["children", "school"]]),
    "ages": st.just({"from": 6, "to": 9}),
    "short_description": texts,
    "table_of_contents": lines,
    "awards": st.lists(st.fixed_dictionaries({"name": lines, "code": st.just("winner")}), max_size=2),
    "place": lines,
    "copyright": st.fixed_dictionaries({"year": st.integers(1900, 2030), "owner": lines}),
    "status": st.sampled_from(["active", "forthcoming", "out-of-print"]),
    "dates": st.fixed_dictionaries({"on_sale": st.dates(date(2027, 1, 1), date(2098, 1, 1)).map(str) | st.just("2030-05") | st.just(2031)}),
    "series": st.lists(st.fixed_dictionaries({"name": lines}), min_size=1, max_size=2),
}
"""What the store has few places for, or none."""
bisac = st.lists(st.sampled_from(["FIC019000", "SEL009000", "ANT018000", "JUV000000"]), max_size=3)
moments = st.datetimes(datetime(2026, 2, 1), datetime(2099, 1, 1)).map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"))
counts = st.integers(1, 5000)
structures = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | lines,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(lines, inner, max_size=3),
    max_leaves=6,
)
contents = st.lists(structures, max_size=3) | st.dictionaries(lines, structures, max_size=3)

metadata: dict[str, st.SearchStrategy[Any]] = {
    "language": languages,
    "contributors": contributors,
    "publisher": lines,
    "publication_date": days,
    "description": texts,
    "subjects": st.fixed_dictionaries({"bisac": bisac}),
    "keywords": terms,
    "territories": st.sampled_from([["ALL"], ["AR"], ["AR", "MX", "UY"]]),
    "subtitle": lines,
    **facts,
}
options: dict[str, st.SearchStrategy[Any]] = {
    "collections": own_terms,
    "categories": own_terms,
    "countries": st.lists(st.sampled_from(["Chile", "Finland", "Türkiye", "Bolivia"]), max_size=3, unique=True),
    "free": st.booleans(),
}
switches = st.fixed_dictionaries(
    {},
    optional={
        "required_fields": st.sampled_from(["strict", "lenient"]),
        "omitted_taxonomy": st.sampled_from(["keeps", "clears"]),
        "single_get": st.sampled_from(["paginator", "issue", "data"]),
        "empty_prices": st.sampled_from(["list", "object"]),
        "zero_price": st.sampled_from(["kept", "dropped"]),
        "timezone": st.sampled_from(["UTC", "America/Argentina/Buenos_Aires", "Asia/Tokyo", "Pacific/Kiritimati", "America/Sao_Paulo"]),
        "foreign_rows": st.sampled_from([0, 3, 16, 40]),
        "list_order": st.sampled_from(["desc", "asc"]),
        "list_descriptions": st.sampled_from(["full", "truncated"]),
        "html_echo": st.sampled_from(["exact", "crlf"]),
        "audio_file_type": st.sampled_from(["as_sent", "audio", "mpga"]),
        "next_page_url_keeps_query": st.booleans(),
        "conversion_steps": st.sampled_from([(), ("converting",)]),
    },
)
"""Readings of the service's page that it leaves open; `omitted_optional` is not among them, since a stock is never sent twice."""


@st.composite
def titles(draw: st.DrawFn, number: int) -> Document:
    """One title with one to three editions, most of what it may say left to chance."""
    rest = {name: values for name, values in metadata.items() if name != "publication_date"}
    document = draw(st.fixed_dictionaries({"title": lines, "publication_date": days}, optional=rest))
    forms = draw(st.lists(st.sampled_from(FORMS), min_size=1, max_size=3, unique=True))
    editions = {form: draw(_editions(f"t{number}", form, number * 4 + FORMS.index(form))) for form in forms}
    return {"kind": "title", "id": f"t{number}", **document, "editions": editions}


@st.composite
def _editions(draw: st.DrawFn, title: str, form: str, place: int) -> Document:
    digital = form != "print"
    own: dict[str, st.SearchStrategy[Any]] = {"title": lines, "prices": prices, **metadata}
    choices = {**options, "preorder_from": st.just("2026-01-02 03:04:05"), "sale_from": moments}
    if digital:
        choices["table_of_contents"] = contents
    else:
        own |= {
            "pages": counts,
            "height": counts | st.just("230 mm"),
            "width": counts,
            "weight": counts,
            "binding": lines,
            "editing_location": lines,
        }
        choices |= {"table_of_contents": lines, "stock": st.integers(0, 99)}
    edition = draw(st.fixed_dictionaries({}, optional=own))
    keys = [f"key {title}/{form}", f"{form}-é%?&#+'\"<{title}>", f"{1000001 + place}", f"{title}.{form}".upper()]
    suffix = {"audiobook": draw(st.sampled_from(["mp3", "mpga"]))}.get(form, form)
    if digital:
        edition["files"] = {"content": f"https://files.example.com/{title}-{draw(st.integers(1, 2))}.{suffix}"}
    return {
        "format": form,
        "external_id": draw(st.sampled_from(keys)),
        **edition,
        "publish": {"store": draw(st.fixed_dictionaries({}, optional=choices))},
    }


@st.composite
def catalogs(draw: st.DrawFn) -> list[Document]:
    """One to three titles, always of the same few ids, so that drawing a second catalog edits the first."""
    return [draw(titles(number)) for number in draw(st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True))]


def as_file(document: Document, form: str) -> str:
    """Write a document as an editor or a program might."""
    match form:
        case "json":
            return json.dumps(document, ensure_ascii=False, indent=2)
        case "ascii":
            return json.dumps(document)
        case _:
            return str(yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=form == "flow"))


class _Dumper(yaml.SafeDumper):
    """Quotes all text but plain words: what it would leave bare by the rules of YAML 1.1 is not always text in 1.2."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        block = "\n" in text and text.replace("\n", "").isprintable()
        style = "|" if block else None if text.isalpha() and len(text) > 5 else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _Dumper.represent_text)


@dataclass(frozen=True)
class Expected:
    """What a store must hold of one edition, under the names by which the emulation keeps it."""

    address: str
    key: str
    row: Mapping[str, object]
    told: frozenset[str]
    """Which of the row the documents say; the rest must be empty where it was ever said."""


def expected(catalog: list[Document]) -> Iterator[Expected]:
    for title in catalog:
        for form, edition in title["editions"].items():
            yield _expected(title, form, edition)


def _expected(title: Document, form: str, edition: Document) -> Expected:
    said = {**{name: title[name] for name in ("title", *metadata) if name in title}, **edition}
    own = edition["publish"]["store"]
    countries = own.get("countries")
    if countries is None:
        countries = [_COUNTRIES[code] for code in said.get("territories", []) if code != "ALL"]
    row: dict[str, object] = {
        "external_id": edition["external_id"],
        "name": said["title"].strip(_BLANKS),
        "publication_date": said["publication_date"],
        "author": _terms(_authors(said.get("contributors", []))),
        "publisher": _terms([said["publisher"]] if "publisher" in said else []),
        "bisac": set(said.get("subjects", {}).get("bisac", [])),
        "keyword": set(_terms(said.get("keywords", []))),
        "collection": set(_terms(own.get("collections", []))),
        "category": set(_terms(own.get("categories", []))),
        "country": set(_terms(countries)),
        "free": own.get("free", False),
        "amounts_in_cents": {name: int(Decimal(amount) * 100) for name, amount in said.get("prices", {}).items() if Decimal(amount)},
        "description": _emptied(said.get("description")),
        "preorder_from": own.get("preorder_from"),
        "sale_from": own.get("sale_from", _midnight(said.get("dates", {}).get("on_sale"))),
        "table_of_contents": own.get("table_of_contents"),
    }
    if form == "print":
        # A measure with a unit is not sent to a store whose unit is not known.
        row |= {name: value if isinstance(value := said.get(name), int) else None for name in MEASURES}
        place = said.get("editing_location", said.get("place"))
        contents_ = own.get("table_of_contents", said.get("table_of_contents"))
        row |= {"binding_type": _emptied(said.get("binding")), "editing_location": _emptied(place)}
        row |= {"extension": "physical", "stock": own.get("stock"), "table_of_contents": _emptied(contents_)}
    else:
        url = edition["files"]["content"]
        row |= {"extension": url.rpartition(".")[2], "file_url": url}
    if "language" in said:
        row["lang"] = said["language"].lower()
    told = {name for name, value in row.items() if value is not None}
    return Expected(f"store/content/{title['id']}.{form}", edition["external_id"], row, frozenset(told))


def _authors(people: list[Document]) -> Iterator[str]:
    for person in people:
        name = person.get("name", person.get("label"))
        if name is not None and (person["role"] in ("author", "A01") or "author" in person["role"]):
            yield name


def _midnight(day: object) -> str | None:
    return f"{day} 00:00:00" if len(str(day)) == len("2026-03-31") else None


def held(row: Mapping[str, Any], *, names: Mapping[str, object]) -> dict[str, object]:
    """Give what a store holds, in the form of `Expected.row` and of the same names."""
    found: dict[str, object] = {}
    for name in names:
        value = row[name]
        match name:
            case "amounts_in_cents":
                value = {currency: amount for currency, amount in value.items() if amount}
            case "bisac" | "keyword" | "collection" | "category" | "country":
                value = set(value)
            case "author" | "publisher":
                value = tuple(value)
            case _:
                pass
        found[name] = value
    return found


def plain(value: object) -> object:
    """Give JSON as it comes back after being sent: every text trimmed at its ends, empty ones null, keys kept."""
    match value:
        case str():
            return _emptied(value)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case _:
            return orjson.loads(orjson.dumps(value))


def _terms(names: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip(_BLANKS) for name in names))


def _emptied(text: str | None) -> str | None:
    return None if text is None else text.strip(_BLANKS) or None


_COUNTRIES = {"AR": "Argentina", "MX": "Mexico", "UY": "Uruguay"}
