"""What people mean who write something else: fields, formats, roles and days as other systems and other languages call them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final

from catalogctl.config.schema.wording import flow, written
from catalogctl.model.alike import most_alike
from catalogctl.model.role import ROLES
from catalogctl.model.slug import slug

FIELDS: Final = {
    "address": "base_url",
    "api_url": "base_url",
    "endpoint": "base_url",
    "host": "base_url",
    "server": "base_url",
    "artwork": "files",
    "bic": "thema",
    "cover_image": "files",
    "cover_file": "files",
    "front_cover": "files",
    "image": "files",
    "content": "files",
    "epub_file": "files",
    "asset": "files",
    "assets": "files",
    "isbn13": "isbn",
    "isbn_13": "isbn",
    "isbn10": "isbn",
    "slug": "id",
    "no": "number",
    "nr": "number",
    "volume": "number",
    "position": "number",
    "part": "number",
    "on_sale_date": "publication_date",
    "pub_date": "publication_date",
    "publish_date": "publication_date",
    "release_date": "publication_date",
    "price": "prices",
    "rate": "requests_per_minute",
    "rate_limit": "requests_per_minute",
    "rpm": "requests_per_minute",
    "requests": "requests_per_minute",
    "stores": "accounts",
    "providers": "accounts",
    "title": "name",
    "regions": "territories",
    "rights": "territories",
    "reviewer": "author",
    "reviewed_by": "author",
    "sales_rights": "territories",
    "markets": "territories",
    "prevent_destroy": "protect",
    "protected": "protect",
    "ignore": "ignore_changes",
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
    "gtin": "ean",
    "isbn": "ean",
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
        "translation trad trans transl traducción tradução",
        "illustrator": "illustrated-by ill illus ilustrador ilustradora illustrateur illustratrice illustrations ilustraciones",
        "editor": "edited-by editora herausgeber herausgeberin hrsg ed eds "
        "coordinador coordinadora organizador organizadora compilador-editor",
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


def person_role(word: str) -> str:
    """Return the role of the people that a field of this name lists: `authors`, `translated_by`; empty where it is no role."""
    name = re.sub(r"[\s_]+", "-", word.strip().casefold())
    if name in {"contributor", "contributors", "creator", "creators", "people", "persons", "cover"}:
        return ""
    return next((one for one in (name, name.removesuffix("s")) if one in ROLES), "") or role_meant(name)


_CONTENT: Final = frozenset(
    "content contents epub pdf ebook e_book book file text interior ebook_content audio_content pod_content audio mp3 main body manuscript "
    "bookblock block epub_file pdf_file asset".split()
)


_COVER: Final = frozenset("image img picture jpg jpeg png front thumbnail artwork portada capa".split())


def file_meant(word: str) -> str:
    """Return which file of an edition a word names, `content` or `cover`; empty where it names neither."""
    if word in _CONTENT:
        return "content"
    is_cover = "cover" in word or word in {
        "image",
        "img",
        "picture",
        "jpg",
        "jpeg",
        "png",
        "front",
        "thumbnail",
        "artwork",
        "portada",
        "capa",
    }
    return "cover" if is_cover else ""


def people_meant(value: Any, role: str) -> list[str]:
    """Return the contributors that a text, a list of names or of mappings stands for, each as an item."""
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        match one:
            case str():
                found += [f"{{name: {flow(name)}, role: {role}}}" for name in _names(one)]
            case {"name": str()}:
                found.append(flow({**one, "role": one.get("role", role)}))
            case _:
                return []
    return found


def days_meant(text: str) -> tuple[str, ...]:
    """List the days that a text may mean, as they are written here, the likelier first; empty where none can be determined."""
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


def part_of_a_day(text: str) -> str:
    """Return the first day of the year or the month that a text names; empty where it names a day, or neither of them."""
    numbers = re.findall("[0-9]+", text)
    if not numbers or len(max(numbers, key=len)) != 4 or len(numbers) > 2:
        return ""
    year = max(numbers, key=len)
    if quarter := re.search(r"\b[QT]([1-4])\b", text.upper()):
        return _day(year, str(3 * int(quarter[1]) - 2), "1")
    month = _month(text) if len(numbers) == 1 else "" if _month(text) else next(number for number in numbers if number is not year)
    return _day(year, month or "1", "1") or _day(year, "1", "1")


def _month(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return next((str(place) for place, names in enumerate(_MONTHS, 1) if not set(names.split()).isdisjoint(words)), "")


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def block_meant(title: str, field: str, value: object) -> str:
    """Return the mapping, or the list of mappings, that a text or a list of texts stands for; empty where none can be determined.

    Shapes:  `title` is that of the mapping that is asked for, `field` the name of the field that holds it.
    """
    texts = [value] if isinstance(value, str) else [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    if field == "contributors" and isinstance(value, dict):
        people = people_meant(value, "author") or [
            person for name, one in value.items() for person in people_meant(one, person_role(str(name)))
        ]
        return f"[{', '.join(people)}]" if people else ""
    if field == "contributors" or title == "a contributor":
        people = [person for text in texts for person in people_meant(text, "author")]
        return (", ".join(people) if title == "a contributor" and isinstance(value, str) else f"[{', '.join(people)}]") if people else ""
    match field:
        case "accounts" | "editions" if isinstance(value, (str, list)):
            return _by_name(field, value)
        case "moved" | "removed" | "import" | "price_windows" | "tracks" if isinstance(value, dict):
            return flow([value])
        case "channels" if texts:
            return flow(dict.fromkeys(texts, True))
        case "distribution" if isinstance(value, bool):
            return flow({"enabled": value})
        case "prices":
            return _price_meant(value)
        case "tracks" if texts:
            tracks = [_track_meant(text, number) for number, text in enumerate(texts, 1)]
            return flow(tracks[0] if title == "a track" and isinstance(value, str) else tracks)
        case "product" if len(texts) == 1 and re.fullmatch("97[89][0-9]{10}", re.sub("[ -]", "", texts[0])):
            return f'{{ean: "{texts[0]}"}}'
        case _:
            pass
    if len(texts) != 1 and field not in {"publish", "subjects"}:
        return ""
    return _one_text(title, field, texts)


def _track_meant(text: str, number: int) -> dict[str, str]:
    """Return the track that a file, or a title alone, stands for."""
    name = text.rpartition("/")[2].rpartition(".")[0]
    return {"id": slug(name or text) or f"track-{number}", "title": name or text, **({"file": text} if name else {})}


def _one_text(title: str, field: str, texts: list[str]) -> str:
    """Return the mapping that a text stands for."""
    match title, field:
        case "an account", _:
            return flow({"provider": texts[0]})
        case "an edition", _:
            return flow({"format": field, "files": {"content": texts[0]}}) if field in _FORMATS else ""
        case "a removal", _:
            return flow({"address": texts[0]})
        case _, "lifecycle" if texts[0] == "protect":
            return "{protect: true}"
        case _, "backend":
            return flow({"type": texts[0]})
        case _, "series":
            return flow({"name": texts[0]})
        case _, "files":
            return flow({"content": texts[0]})
        case _, "subjects":
            return _subjects(texts)
        case _, "publish":
            return flow({text: {} for text in texts}) if texts and all(re.fullmatch(r"[\w-]+", text) for text in texts) else ""
        case _:
            return ""


def _by_name(field: str, value: str | list[Any]) -> str:
    """Return what is listed by names, as it is written where it was given as a list or as names alone."""
    found: dict[str, Any] = {}
    for item in [value] if isinstance(value, str) else value:
        match item:
            case str() if field == "editions" and (form := item if item in _FORMATS else _SAME_FORMAT.get(item, "")):
                found[form] = {"format": form}
            case dict() if len(item) == 1 and isinstance(next(iter(item.values())), dict):
                found.update(item)
            case {"name": str(name), **rest} | {"id": str(name), **rest}:
                found[name] = rest
            case {"format": str(name)} if field == "editions" and name not in found:
                found[name] = item
            case {"provider": str()} if field == "accounts" and "store" not in found:
                found["store"] = item
            case _:
                return ""
    return flow(found) if found else ""


def list_meant(value: object, meant: Callable[[str], str] = str) -> str:
    """Return the list that one text stands for, taken apart at its commas; `meant` gives what an item should be."""
    texts = [part.strip() for part in re.split("[,;]", value)] if isinstance(value, str) else []
    items = [flow(meant(text)) for text in texts if text] or [written(value)]
    return f"[{', '.join(items)}]"


def _subjects(texts: list[str]) -> str:
    found = {
        "bisac": [text for text in texts if re.fullmatch("[A-Z]{3}[0-9]{6}", text)],
        "thema": [text for text in texts if re.fullmatch("[A-Y1-6][A-Z0-9]{0,9}", text) and not re.fullmatch("[A-Z]{3}[0-9]{6}", text)],
    }
    said = [f"{name}: [{', '.join(codes)}]" for name, codes in found.items() if codes]
    return f"{{{', '.join(said)}}}" if said else ""


_SIGNS: Final = {"€": "EUR", "£": "GBP", "$": "USD", "R$": "BRL", "¥": "JPY"}


def _price_meant(value: object) -> str:
    """Return prices by their currency, as a number, a text or a list of them tells; USD is in where no currency is reported."""
    found: dict[str, str] = {}
    for item in value if isinstance(value, list) else [value]:
        text = written(item)
        number, code = re.search(r"[0-9]+(?:\.[0-9]+)?", text), re.search("[A-Z]{3}", text)
        sign = next((sign for sign in sorted(_SIGNS, key=len, reverse=True) if sign in text), "$")
        if number is None:
            return ""
        found[code[0] if code else _SIGNS[sign]] = number[0]
    return "{" + ", ".join(f"{currency}: {amount}" for currency, amount in found.items()) + "}" if found else ""


def _names(text: str) -> list[str]:
    """Return the names in a text, which are parted by a semicolon, an ampersand or a word for `and`."""
    return [name.strip() for name in re.split(r"\s*;\s*|\s+&\s+|\s+(?:and|und|et|y|e)\s+", text.strip()) if name.strip()]


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


_SECRETS: Final = frozenset("api_key apikey key secret token access_token api_token auth authorization password bearer credentials".split())


def setting_meant(name: str, known: Collection[str], secrets: Sequence[str] = ()) -> str:
    """Return the setting of an account that a name stands for; empty where none can be determined."""
    word = snake(name)
    if word in _SECRETS and len(secrets) == 1:
        return secrets[0]
    if FIELDS.get(word) in known:
        return FIELDS[word]
    return next(iter(most_alike(word, known, cutoff=0.7)), "")


def snake(name: str) -> str:
    """Write a name the way fields are written: publicationDate and Publication Date are publication_date."""
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())).lower()
