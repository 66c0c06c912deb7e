"""A mapping that is proposed for a sheet of someone else, from the names of its columns and what its cells look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from catalogctl.config.schema.meant import format_meant, person_role
from catalogctl.config.yaml_writer import flow
from catalogctl.model.title import Format
from catalogctl.query.fields import Fields
from catalogctl.sheets.columns import own_column
from catalogctl.sheets.grid import Grid
from catalogctl.sheets.mapping import IGNORE

_WORDS: Final[Mapping[str, str]] = {
    "isbn": "isbn isbn13 ean ean13 gtin identifier identificador",
    "title": "title titulo titre titel name nombre nome booktitle",
    "subtitle": "subtitle subtitulo soustitre untertitel",
    "contributors": "contributor contributors contribuidores contribuidor",
    "language": "language idioma lingua lengua langue sprache lang",
    "publisher": "publisher editorial editora editeur verlag",
    "imprint": "imprint sello selo marca coleccioneditorial",
    "publication_date": "publicationdate pubdate fechadepublicacion fechapublicacion "
    "datadepublicacao datapublicacao date onsaledate publicado",
    "description": "description descripcion descricao sinopsis sinopse synopsis resumen resumo blurb",
    "series": "series serie colecao coleccion collection seriesname",
    "series_number": "seriesnumber volumen volume numero numerodeserie",
    "bisac": "bisac bisaccode codigobisac subjects materia bisacsubject bisacsubjects",
    "thema": "thema themacode codigothema",
    "keywords": "keywords palabrasclave palavraschave tags etiquetas",
    "pages": "pages paginas pagecount numerodepaginas extent",
    "format": "format formato tipo type medio medium bookformat filetype extension",
    "territories": "territories territorios paises countries salesterritories",
    "files.content": "file archivo arquivo fichero fichier datei url content contenido conteudo contenu downloadurl fileurl",
    "files.cover": "cover portada capa couverture cubierta tapa coverurl coverimage imagen imagem",
    "external_id": "externalid sku id codigo identificadorexterno reference",
}
_ROLE_WORDS: Final[Mapping[str, str]] = {
    "author": "author authors autor autores autora autoras autoria auteur auteurs autorin",
    "translator": "translator translators traductor traductora traductores tradutor tradutora traducteur ubersetzer",
    "illustrator": "illustrator illustrators ilustrador ilustradora ilustradores illustrateur illustratorin",
    "narrator": "narrator narrators narrador narradora narradores narrateur sprecher reader",
    "editor": "editor editors editedby",
}
_PRICE: Final = re.compile(
    r"(?:price|precio|preco|prix|preis|pvp|listprice|rrp)?(?P<currency>[a-z]{3})(?:price|precio|preco|inctax|tax|pvp)?"
)


_CENTS: Final = re.compile(r"[0-9]([.,])[0-9]{1,2}(?![0-9])\W*[A-Z]{0,3}$")
_DAY: Final = re.compile(r"^([0-9]{1,2})[./-]([0-9]{1,2})[./-][0-9]{2,4}$")
_LISTS: Final = frozenset({"contributors", "keywords", "bisac", "thema", "territories"})
_CELLS: Final = 2_000
"""Cells of a column that are looked at."""
_FORMATS: Final = frozenset(form.value for form in Format)


@dataclass(frozen=True, slots=True)
class _Guess:
    """What one column is probably for."""

    name: str
    path: str
    """The field; `ignore` where no field is like it."""
    role: str
    cells: tuple[str, ...]
    """What is in it, without empty cells."""


def proposal(grid: Grid, fields: Fields) -> list[str]:
    """Return the lines of a mapping file for a sheet, to be looked through; what no name is like is `ignore`."""
    guesses = list(_guesses(grid, fields))
    lines = ["# A proposal: look through each column, then import with --mapping FILE."]
    lines += ["key: isbn" if any(guess.path == "isbn" for guess in guesses) else "key: external_id"]
    locale = [f"{name}: {meant}" for name, meant in _locale(guesses)]
    lines += ["locale: {" + ", ".join(locale) + "}"] if locale else []
    return [*lines, "columns:", *(line for guess in guesses for line in _lines(guess))]


def _guesses(grid: Grid, fields: Fields) -> Iterator[_Guess]:
    taken: set[tuple[str, str]] = set()
    for index, name in enumerate(grid.header):
        if not name:
            continue
        path, role = _meant(name, fields)
        if (path, role) in taken:
            path = role = ""
        taken.add((path, role))
        cells = (row.cells[index].value for row in grid.rows[:_CELLS] if index < len(row.cells))
        yield _Guess(name, path or IGNORE, role, tuple(str(value).strip() for value in cells if value is not None))


def _meant(name: str, fields: Fields) -> tuple[str, str]:
    """Return the field that a header is like, and the role of the people in it; both are empty where it is like none."""
    plain = _plain(name)
    path = next((path for path, words in _WORDS.items() if plain in words.split()), "")
    if path:
        return path, ""
    role = next((role for role, words in _ROLE_WORDS.items() if plain in words.split()), "") or person_role(name)
    if role:
        return "contributors", role
    found = _PRICE.fullmatch(plain)
    currency = found["currency"].upper() if found else ""
    if currency and own_column(currency, fields) is not None:
        return f"prices.{currency}", ""
    return (name, "") if own_column(name, fields) is not None else ("", "")


def _locale(guesses: Sequence[_Guess]) -> Iterator[tuple[str, str]]:
    """Yield how the cells are written, where they leave no doubt."""
    amounts = {found[1] for guess in guesses if guess.path.startswith("prices.") for found in _found(_CENTS, guess)}
    if len(amounts) == 1:
        yield "decimal", flow(amounts.pop())
    days = [found for guess in guesses if guess.path == "publication_date" for found in _found(_DAY, guess)]
    orders = {"dmy" if int(found[1]) > 12 else "mdy" for found in days if max(int(found[1]), int(found[2])) > 12}
    if len(orders) == 1:
        yield "date", orders.pop()
    lists = [guess for guess in guesses if guess.path in _LISTS]
    if any("|" in cell for guess in lists for cell in guess.cells) and not any(";" in cell for guess in lists for cell in guess.cells):
        yield "list", flow("|")


def _found(pattern: re.Pattern[str], guess: _Guess) -> Iterator[re.Match[str]]:
    return (found for cell in guess.cells if (found := pattern.search(cell)) is not None)


def _lines(guess: _Guess) -> Iterator[str]:
    name = flow(guess.name)
    if guess.role:
        yield f"  {name}: {{to: contributors, role: {guess.role}}}"
        return
    if guess.path != "format" or all(cell in _FORMATS for cell in guess.cells):
        yield f"  {name}: {guess.path}"
        return
    words = dict.fromkeys(guess.cells)
    meant = {word: format_meant(word).partition("\n")[0].removeprefix("Write ") for word in words}
    unknown = [word for word, form in meant.items() if not form]
    if unknown:
        yield f"  # Add what these are, epub, pdf, audiobook or print: {', '.join(map(flow, unknown[:20]))}"
    values = ", ".join(f"{flow(word)}: {form}" for word, form in meant.items() if form)
    yield f"  {name}: {{to: format, values: {{{values}}}}}"


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in letters if sign.isalnum() and not unicodedata.combining(sign))
