"""What people mean who write something else: fields, formats, roles and days as other systems and other languages call them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from catalogctl.config.scalars import quoted
from catalogctl.config.wording import written

FIELDS: Final = {
    "amount": "prices",
    "asin": "external_id",
    "audio": "tracks",
    "author": "contributors",
    "authors": "contributors",
    "bisac": "subjects",
    "blurb": "description",
    "categories": "subjects",
    "chapters": "tracks",
    "country": "territories",
    "countries": "territories",
    "cover": "files",
    "creators": "contributors",
    "date": "publication_date",
    "ean": "isbn",
    "file": "files",
    "genre": "subjects",
    "lang": "language",
    "name": "title",
    "page_count": "pages",
    "published": "publication_date",
    "published_at": "publication_date",
    "sku": "external_id",
    "summary": "description",
    "tags": "keywords",
    "thema": "subjects",
    "type": "format",
    "url": "base_url",
}
"""What people call fields elsewhere."""

_FORMATS: Final = {
    "epub": "ebook e-book e_book digital epub2 epub3 e-pub kindle mobi azw azw3 kf8 kpf kobo",
    "audiobook": "audio audible mp3 mpga m4a m4b cd audio-cd audiolivro audiolibro hörbuch",
    "print": "book hardback hardcover paperback softcover pocket physical pod paper papel impreso impresso printed",
    "pdf": "pdf-ebook acrobat",
}
_SAME_FORMAT: Final = {name: form for form, names in _FORMATS.items() for name in names.split()}
_KINDLE: Final = frozenset("kindle mobi azw azw3 kf8 kpf".split())

_ROLES: Final = {
    role: frozenset(names.split())
    for role, names in {
        "author": "writer coauthor co-author by written-by autor autora auteur autrice auteure autorin autore escritor escritora "
        "schriftsteller verfasser ghostwriter",
        "translator": "translated-by traductor traductora tradutor tradutora traducteur traductrice übersetzer übersetzerin "
        "translation trad traducción tradução",
        "illustrator": "illustrated-by ilustrador ilustradora illustrateur illustratrice illustrations ilustraciones",
        "editor": "edited-by editora herausgeber herausgeberin hrsg ed coordinador coordinadora organizador organizadora compilador-editor",
        "narrator": "read-by narrated-by voice voice-actor speaker narrador narradora narrateur narratrice sprecher sprecherin locutor "
        "locutora locución leitor lector",
        "photographer": "photos photography fotógrafo fotógrafa photographe fotograf fotografin fotos",
        "foreword": "foreword-by vorwort geleitwort",
        "preface": "preface-by prefacio préface prefácio",
        "prologue": "prologue-by prólogo prologuista prologist",
        "introduction": "introduction-by introducción introdução einleitung",
        "afterword": "afterword-by nachwort posfácio postfacio postface",
        "compiler": "compiled-by compilador compiladora antologist",
        "adapter": "adapted-by adaptador adaptadora adaptation",
        "cover-designer": "cover cover-art cover-artist portada capa cover-design",
        "composer": "music compositor compositora komponist",
        "artist": "art drawn-by dibujante penciller inker colorist colourist",
        "screenwriter": "screenplay guionista roteirista script",
    }.items()
}

_LONGEST_NAME: Final = 200
_MONTHS: Final = (
    "january jan enero ene janeiro janvier januar",
    "february feb febrero fevereiro fev février fevrier februar",
    "march mar marzo março marco mars märz maerz",
    "april apr abril abr avril avr",
    "may mayo maio mai",
    "june jun junio junho juin juni",
    "july jul julio julho juillet juli",
    "august aug agosto ago août aout",
    "september sep sept septiembre setembro set septembre",
    "october oct octubre outubro out octobre oktober okt",
    "november nov noviembre novembro novembre",
    "december dec diciembre dic dezembro dez décembre decembre dezember",
)


def format_meant(word: str) -> str:
    """Return the hint for a format that has another name here; empty where none is known."""
    name = re.sub(r"[\s_]+", "-", word.strip().lower())
    form = name if name in _FORMATS else _SAME_FORMAT.get(name) or _SAME_FORMAT.get(name.replace("-", ""))
    if form is None:
        return ""
    hint = f"Write {form}"
    if name in _KINDLE:
        return f"{hint}\nStores that sell for the Kindle are sent an EPUB, and make its file of it."
    return f"{hint}\nWhere its file is a PDF, write pdf." if form == "epub" and name in {"ebook", "e-book", "digital"} else hint


def role_meant(word: str) -> str:
    """Return the name that a role has here; empty where none is known."""
    name = re.sub(r"[\s_-]+", "-", word.strip().casefold())
    return next((role for role, names in _ROLES.items() if name in names or name.removesuffix("s") in names), "")


def days_meant(text: str) -> tuple[str, ...]:
    """List the days that a text may mean, as they are written here, the likelier first; empty where none can be told."""
    numbers = re.findall("[0-9]+", text)
    month = _month(text)
    if re.fullmatch("[0-9]{8}", text.strip()):
        numbers = [text.strip()[:4], text.strip()[4:6], text.strip()[6:]]
    if month and len(numbers) == 2:
        year, day = sorted(numbers, key=len, reverse=True)
        ways = [(year, month, day)]
    elif len(numbers) < 3:
        return ()
    elif len(numbers[0]) == 4:
        ways = [(numbers[0], numbers[1], numbers[2])]
    elif len(numbers[2]) != 4:
        return ()
    elif "." in text:
        ways = [(numbers[2], numbers[1], numbers[0])]  # with points, the day stands first everywhere
    else:
        ways = [(numbers[2], numbers[1], numbers[0]), (numbers[2], numbers[0], numbers[1])]
    return tuple(dict.fromkeys(day for way in ways if (day := _day(*way))))


def is_part_of_a_day(text: str) -> bool:
    """Whether a text names a year or a month, and no day of it."""
    numbers = re.findall("[0-9]+", text)
    return bool(numbers) and len(max(numbers, key=len)) == 4 and (len(numbers) == 1 or (len(numbers) == 2 and not _month(text)))


def _month(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return next((str(place) for place, names in enumerate(_MONTHS, 1) if not set(names.split()).isdisjoint(words)), "")


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def block_meant(title: str, field: str, value: object) -> str:
    """Return the mapping, or the list of mappings, that a text or a list of texts stands for; empty where none can be told.

    Shapes:  `title` is that of the mapping that is asked for, `field` the name of the field that holds it.
    """
    texts = [value] if isinstance(value, str) else [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    if field == "contributors" or title == "a contributor":
        people = [f"{{name: {_item(name)}, role: author}}" for text in texts for name in _names(text)]
        return (", ".join(people) if title == "a contributor" and isinstance(value, str) else f"[{', '.join(people)}]") if people else ""
    if not texts:
        return _price_meant(value) if field == "prices" else ""
    match field:
        case "series":
            return f"{{name: {_item(texts[0])}}}"
        case "files":
            return f"{{content: {_item(texts[0])}}}"
        case "subjects":
            return _subjects(texts)
        case "publish":
            return "{" + ", ".join(f"{text}: {{}}" for text in texts) + "}" if all(re.fullmatch(r"[\w-]+", text) for text in texts) else ""
        case "prices":
            return _price_meant(texts[0])
        case _:
            return ""


def list_meant(value: object) -> str:
    """Return the list that one text stands for, taken apart at its commas."""
    texts = [part.strip() for part in re.split("[,;]", value)] if isinstance(value, str) else []
    items = [_item(text) for text in texts if text] or [written(value)]
    return f"[{', '.join(items)}]"


def _subjects(texts: list[str]) -> str:
    found = {
        "bisac": [text for text in texts if re.fullmatch("[A-Z]{3}[0-9]{6}", text)],
        "thema": [text for text in texts if re.fullmatch("[A-Y1-6][A-Z0-9]{0,9}", text) and not re.fullmatch("[A-Z]{3}[0-9]{6}", text)],
    }
    said = [f"{name}: [{', '.join(codes)}]" for name, codes in found.items() if codes]
    return f"{{{', '.join(said)}}}" if said else ""


def _price_meant(value: object) -> str:
    text = str(value)
    found = re.search(r"[0-9]+(?:\.[0-9]+)?", text)
    currency = re.search("[A-Z]{3}", text)
    return f"{{{currency[0] if currency else 'USD'}: {found[0]}}}" if found else ""


def _names(text: str) -> list[str]:
    """Return the names in a text, which are parted by a semicolon, an ampersand or a word for `and`."""
    return [name.strip() for name in re.split(r"\s*;\s*|\s+&\s+|\s+(?:and|und|et|y|e)\s+", text.strip()) if name.strip()]


def _item(text: str) -> str:
    """Write a text as an item within brackets or braces."""
    usual = re.fullmatch(r"[^\W\d_][\w .’/-]*", unicodedata.normalize("NFC", text)) and ": " not in text
    return text if usual else quoted(text)


_VARIABLE: Final = r"(?=\w*(?:TOKEN|KEY|SECRET|PASS|CRED|_))[A-Z][A-Z0-9_]*"
"""The name of a variable that can be no key itself, which would be shown: in capitals, with a word that such names have."""
_LOOKED_UP: Final = re.compile(
    r"\s*(?:\$?\{\{\s*(?:[a-z_]+\.)?(\w+)\s*\}\}|\$\{(?:(?:env|ENV|secrets?)[.:])?(\w+)\}|(?:env|ENV)[:.](\w+)"
    rf"|\$\(({_VARIABLE})\)|\$({_VARIABLE})|%({_VARIABLE})%|<({_VARIABLE})>|@({_VARIABLE})@)\s*"
)
"""How other tools refer to a variable: GitHub's and Jinja's braces, the shell's, Windows's, and words that are meant to be replaced."""


def variable_meant(text: str) -> str:
    """Return the environment variable that a text refers to in another tool's way; empty where it refers to none."""
    found = _LOOKED_UP.fullmatch(text) if len(text) <= _LONGEST_NAME else None
    return next((name for name in found.groups() if name), "") if found else ""


def provider_meant(text: str, known: list[str]) -> list[str]:
    """Return the provider whose name was written as its service's is, or shortened; an empty list where it is none."""
    name = re.sub("[^a-z0-9]", "", text.lower().removeprefix("https://").partition("/")[0])
    return [one for one in known if name and (name == one or (len(name) >= 5 and (one.startswith(name) or name.startswith(one))))][:1]
