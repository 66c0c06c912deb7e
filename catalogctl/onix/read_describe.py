"""Block 1 of a product, read: what it is. The reverse of `describe`."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from catalogctl.config.schema.trade_codes import written_time
from catalogctl.model import vocabulary
from catalogctl.model.diagnostics import error, note, warning
from catalogctl.model.measure import LENGTHS, MASSES
from catalogctl.onix import codes_of
from catalogctl.onix.reading import RecordReading, amount_of, count_of, word_of

_BLOCK: Final = "DescriptiveDetail"
_NOT_BOOKS: Final = {"11": "a collection sold as one", "20": "a trade-only pack", "30": "a pack for display", "31": "a mixed pack"}
"""List 2: what is made of products and is no book itself."""
_DIGITAL: Final = frozenset({"ED", "EA"})
_AUDIO: Final = "AJ"
_FILES: Final = {"E101": "epub", "E107": "pdf"}
_KINDS_OF_FILES: Final = frozenset({"E1", "A1"})
"""How the details begin that say what kind of file it is: of text, of audio."""
_TO_UNITS: Final = {"gr": "g", "kg": "kg", "mm": "mm", "cm": "cm", "in": "in", "oz": "oz", "lb": "lb"}
_MEASURES: Final = {"01": "height", "02": "width", "03": "thickness", "08": "weight"}
_PAGES: Final = ("00", "11")
_DURATION: Final = "09"
_SECONDS: Final = {"04": 3600, "05": 60, "06": 1}
"""List 24: units of time that a number is in."""
_LONGEST: Final = 10_000_000
"""Of an audiobook, in whatever unit."""
_CLOCKS: Final = {"14": (3,), "15": (3, 2), "16": (3, 2, 2)}
"""The same for digits of hours, minutes and seconds."""
_BETWEEN_KEYWORDS: Final = re.compile(r"\s*[;\n]\s*")
_SUMMARY, _CERTIFIER, _CONTACT = "00", "90", "99"
_PARTS_OF_NAMES: Final = (
    *("TitlesBeforeNames", "NamesBeforeKey", "PrefixToKey", "KeyNames", "NamesAfterKey", "SuffixToKey", "LettersAfterNames"),
)


def read_describe(reading: RecordReading) -> None:
    """Read <DescriptiveDetail>."""
    _form(reading)
    _parts(reading)
    _accessibility(reading)
    _measures(reading)
    _protection(reading)
    _series(reading)
    _titles(reading)
    _contributors(reading)
    _edition(reading)
    _languages(reading)
    _extents(reading)
    _subjects(reading)
    _audience(reading)


# ── form ──


def _form(reading: RecordReading) -> None:
    record = reading.record
    composition = reading.text(f"{_BLOCK}/ProductComposition")
    place = record.first(f"{_BLOCK}/ProductComposition")
    reading.claim("parts", place)
    if composition in _NOT_BOOKS:
        detail = f"It is {_NOT_BOOKS[composition]} (product composition {composition}), and no book."
        reading.refuse(note("onix-form-passed-over", "A product that is no book", detail), place, composition)
    elif composition == "01":
        detail = "The record says that it is sold as a part of another product alone (composition 01). It is read as a book of its own."
        reading.remark(warning("onix-composition", "An unusual product composition", detail, "Write 00 for a book of its own."), place)
    form = reading.text(f"{_BLOCK}/ProductForm")
    at = record.first(f"{_BLOCK}/ProductForm")
    reading.claim("format", at)
    details: list[str] = []
    for one in reading.all(f"{_BLOCK}/ProductFormDetail"):
        details.append(reading.taken(one))
        reading.claim("format", one)
    kind = _kind(form, details)
    if not kind:
        said = " with ".join(filter(None, (form, ", ".join(details)))) or "none"
        detail = f"Its product form is {said}; a catalog has EPUB, PDF, audiobooks to download and printed books."
        reading.refuse(note("onix-form-passed-over", "A form that no edition has", detail), at, form)
        return
    if form in _DIGITAL and not any(detail in _FILES for detail in details):
        detail = f"Its product form is {form}, and no detail says which kind of file it is. It is read as EPUB."
        hint = "Add\n<ProductFormDetail>E101</ProductFormDetail>"
        reading.remark(warning("onix-form-guessed", "A digital product of no kind", detail, hint), at, form)
    reading.say("format", kind)
    codes = tuple(dict.fromkeys(code for code in (form, *details) if code))
    usual = next(known for one, known in codes_of.FORMS.items() if one.value == kind)
    if codes != usual:
        reading.say("form", list(codes) if len(codes) > 1 else codes[0])


def _kind(form: str, details: list[str]) -> str:
    """Return the format of a product form; empty for one that is no edition's."""
    if form in _DIGITAL:
        is_other = any(detail[:2] in _KINDS_OF_FILES for detail in details)
        return next((_FILES[detail] for detail in details if detail in _FILES), "" if is_other else "epub")
    return "audiobook" if form == _AUDIO else "print" if form.startswith("B") else ""


def _parts(reading: RecordReading) -> None:
    listed: list[dict[str, Any]] = []
    for part in reading.all(f"{_BLOCK}/ProductPart"):
        said: dict[str, Any] = {}
        for identifier in reading.all("ProductIdentifier", part):
            if reading.peek("ProductIDType", identifier) in {"15", "03"} and "isbn" not in said:
                reading.text("ProductIDType", identifier)
                said["isbn"] = reading.text("IDValue", identifier)
        form, details = reading.text("ProductForm", part), [reading.taken(one) for one in reading.all("ProductFormDetail", part)]
        if form != "00" and (kind := _kind(form, details)):
            said["format"] = kind
        count = reading.text("NumberOfItemsOfThisForm", part) or reading.text("NumberOfCopies", part)
        if count_of(count) > 1:
            said["count"] = count_of(count)
        reading.claim("parts", part)
        if "isbn" in said or "format" in said:
            listed.append(said)
    if reading.peek(f"{_BLOCK}/ProductComposition") == "10":
        reading.say("parts", listed)


def _accessibility(reading: RecordReading) -> None:
    said: dict[str, Any] = {}
    texts = {_SUMMARY: "summary", _CERTIFIER: "certifier", _CONTACT: "contact"}
    for feature in reading.all(f"{_BLOCK}/ProductFormFeature"):
        kind, code = reading.peek("ProductFormFeatureType", feature), reading.peek("ProductFormFeatureValue", feature)
        lists = {"conforms": vocabulary.CONFORMANCES, "features": vocabulary.ACCESSIBILITY_FEATURES} if kind == "09" else {}
        lists |= {"hazards": vocabulary.HAZARDS} if kind == "12" else {}
        found = next(((name, word) for name, words in lists.items() if (word := word_of(words, code))), None)
        if found is not None:
            listed = said.setdefault(found[0], [])
            if found[1] not in listed:
                listed.append(found[1])
        elif kind == "09" and code in texts and reading.peek("ProductFormFeatureDescription", feature):
            said.setdefault(texts[code], reading.text("ProductFormFeatureDescription", feature))
        elif kind == "09" and (word := word_of(vocabulary.EXEMPTIONS, code)):
            said.setdefault("exemption", word)
        else:
            continue
        reading.text("ProductFormFeatureType", feature)
        reading.text("ProductFormFeatureValue", feature)
        reading.claim("accessibility", feature)
    reading.say("accessibility", said)


def _measures(reading: RecordReading) -> None:
    for measure in reading.all(f"{_BLOCK}/Measure"):
        field = _MEASURES.get(reading.peek("MeasureType", measure))
        unit = _TO_UNITS.get(reading.peek("MeasureUnitCode", measure).lower(), "")
        if field is None or field in reading.facts or unit not in (MASSES if field == "weight" else LENGTHS):
            continue
        amount = amount_of(reading.peek("Measurement", measure))
        if not amount:
            continue
        for name in ("MeasureType", "Measurement", "MeasureUnitCode"):
            reading.text(name, measure)
        reading.say(field, f"{amount.normalize():f} {unit}")
        reading.claim(field, measure)


def _protection(reading: RecordReading) -> None:
    for one in reading.all(f"{_BLOCK}/EpubTechnicalProtection")[:1]:
        if word := word_of(vocabulary.PROTECTIONS, reading.record.text(f"{_BLOCK}/EpubTechnicalProtection")):
            reading.taken(one)
            reading.say("drm", word)
            reading.claim("drm", one)


# ── titles ──


def _named(reading: RecordReading, element: etree._Element) -> tuple[str, str]:
    """Return the name in a title element, and the prefix that it begins with."""
    whole = reading.text("TitleText", element)
    if whole:
        return whole, ""
    prefix, rest = reading.text("TitlePrefix", element), reading.text("TitleWithoutPrefix", element)
    for flag in reading.all("NoPrefix", element):
        reading.taken(flag)
    between = "" if not prefix or prefix.endswith(("'", "’")) else " "
    return (f"{prefix}{between}{rest}" if rest else prefix), (prefix if rest else "")


def _elements(reading: RecordReading, detail: etree._Element) -> dict[str, etree._Element]:
    """Return the title elements of a title by their level, the first of each."""
    found: dict[str, etree._Element] = {}
    for element in reading.all("TitleElement", detail):
        found.setdefault(reading.text("TitleElementLevel", element), element)
    return found


def _titles(reading: RecordReading) -> None:
    details = reading.all(f"{_BLOCK}/TitleDetail")
    main = next((one for one in details if reading.peek("TitleType", one) == "01"), None)
    main = main if main is not None else next((one for one in details if reading.peek("TitleType", one) in {"00", ""}), None)
    if main is not None:
        reading.text("TitleType", main)
        _title(reading, main)
    original = next((one for one in details if reading.peek("TitleType", one) == "03"), None)
    if original is not None and (element := _elements(reading, original).get("01")) is not None:
        reading.text("TitleType", original)
        reading.say("original_title", _named(reading, element)[0])
        reading.claim("original_title", original)
    if not reading.facts.get("title"):
        detail = "The record has no title of type 01 (distinctive title) for the product."
        reading.refuse(error("onix-title-missing", "A product without a title", detail, "Ask the sender for it."), main)


def _title(reading: RecordReading, detail: etree._Element) -> None:
    levels = _elements(reading, detail)
    reading.claim("title", detail)
    own = levels.get("01")
    whole, prefix = ("", "") if own is None else _named(reading, own)
    if own is not None and not whole:
        # A volume without a name of its own is called by that of its collection.
        number = reading.text("PartNumber", own)
        above = next((levels[level] for level in ("03", "02") if level in levels), None)
        name = "" if above is None else _named(reading, above)[0]
        whole = " ".join(filter(None, (name, number)))
    elif own is None:
        above = next((levels[level] for level in ("03", "02") if level in levels), None)
        whole = "" if above is None else _named(reading, above)[0]
    reading.say("title", whole)
    reading.say("title_prefix", prefix)
    if own is not None:
        reading.say("subtitle", reading.text("Subtitle", own))


def _series(reading: RecordReading) -> None:
    listed: list[dict[str, Any]] = []
    for collection in reading.all(f"{_BLOCK}/Collection"):
        if reading.peek("CollectionType", collection) != "10":
            continue
        detail = next((one for one in reading.all("TitleDetail", collection) if reading.peek("TitleType", one) == "01"), None)
        if detail is None:
            continue
        levels = _elements(reading, detail)
        named = levels.get("02", levels.get("03"))
        name = "" if named is None else _named(reading, named)[0]
        if named is None or not name:
            continue
        reading.text("CollectionType", collection)
        reading.text("TitleType", detail)
        said: dict[str, Any] = {"name": name}
        number = "" if "01" not in levels else reading.text("PartNumber", levels["01"])
        if number := number or reading.text("PartNumber", named):
            said["number"] = number
        if subtitle := reading.text("Subtitle", named):
            said["subtitle"] = subtitle
        for identifier in reading.all("CollectionIdentifier", collection):
            digits = reading.peek("IDValue", identifier).replace("-", "")
            if reading.peek("CollectionIDType", identifier) == "02" and len(digits) == 8:
                reading.text("CollectionIDType", identifier)
                reading.text("IDValue", identifier)
                said["issn"] = f"{digits[:4]}-{digits[4:]}"
        listed.append(said)
        reading.claim("series", collection, said)
    for none in reading.all(f"{_BLOCK}/NoCollection"):
        reading.claim("series", none)
    reading.say("series", listed if len(listed) > 1 else listed[0] if listed else None)


# ── people ──


def _contributors(reading: RecordReading) -> None:
    listed: list[dict[str, Any]] = []
    entries = reading.all(f"{_BLOCK}/Contributor")
    numbers = [reading.peek("SequenceNumber", one) for one in entries]
    if all(map(count_of, numbers)):
        entries = [one for _, one in sorted(zip(map(count_of, numbers), entries, strict=True), key=lambda pair: pair[0])]
    for entry in entries:
        roles = list(dict.fromkeys(filter(None, (reading.taken(one) for one in reading.all("ContributorRole", entry)))))
        said = _unnamed(reading, entry) or _person(reading, entry)
        if not said or not roles:
            continue
        reading.text("SequenceNumber", entry)
        said["role"] = roles if len(roles) > 1 else roles[0]
        listed.append(said)
        reading.claim("contributors", entry, said)
    for none in reading.all(f"{_BLOCK}/NoContributor"):
        reading.claim("contributors", none)
    reading.tie("contributors", f"{_BLOCK}/ContributorStatement")
    reading.say("contributors", listed)


def _unnamed(reading: RecordReading, entry: etree._Element) -> dict[str, Any]:
    word = word_of(vocabulary.UNNAMED, reading.peek("UnnamedPersons", entry))
    if word:
        reading.text("UnnamedPersons", entry)
    return {"unnamed": word} if word else {}


def _person(reading: RecordReading, entry: etree._Element) -> dict[str, Any]:
    said: dict[str, Any] = {}
    company = reading.text("CorporateName", entry)
    if company:
        said = {"name": company, "corporate": True}
        inverted = reading.text("CorporateNameInverted", entry)
    else:
        parts = {name: reading.text(name, entry) for name in _PARTS_OF_NAMES}
        inverted = reading.text("PersonNameInverted", entry)
        name = reading.text("PersonName", entry) or " ".join(filter(None, parts.values())) or _turned(inverted)
        if not name:
            return {}
        said["name"] = name
        first, last = parts["NamesBeforeKey"], parts["KeyNames"]
        if last:
            said["last_name"] = last
            if first and f"{first} {last}" != name:
                said["first_name"] = first
    if inverted:
        said["sort_name"] = inverted
    for note_ in reading.all("BiographicalNote", entry)[:1]:
        if bio := reading.html(note_):
            said["bio"] = bio
    ids = {}
    for identifier in reading.all("NameIdentifier", entry):
        scheme, digits = reading.peek("NameIDType", identifier), re.sub(r"[\s-]", "", reading.peek("IDValue", identifier)).upper()
        name = {"16": "isni", "21": "orcid"}.get(scheme, "")
        if name and len(digits) == 16 and name not in ids:
            ids[name] = digits if name == "isni" else "-".join(digits[at : at + 4] for at in range(0, 16, 4))
            reading.text("NameIDType", identifier)
            reading.text("IDValue", identifier)
    for site in reading.all("Website", entry):
        link = reading.peek("WebsiteLink", site)
        if reading.peek("WebsiteRole", site) in {"06", ""} and link.startswith(("https://", "http://")) and "website" not in said:
            reading.text("WebsiteRole", site)
            said["website"] = reading.text("WebsiteLink", site)
    if language := codes_of.language_tag(reading.text("FromLanguage", entry)):
        said["from_language"] = language
    return said | ({"ids": ids} if ids else {})


def _turned(inverted: str) -> str:
    last, comma, first = inverted.partition(", ")
    return f"{first} {last}" if comma else inverted


# ── edition, language, extent ──


def _edition(reading: RecordReading) -> None:
    types: list[str] = []
    for one in reading.all(f"{_BLOCK}/EditionType"):
        word = word_of(vocabulary.EDITION_TYPES, (one.text or "").strip())
        if word:
            reading.taken(one)
            reading.claim("edition_types", one)
            if word not in types:
                types.append(word)
    reading.say("edition_types", types)
    for unit in ("edition_types", "edition_number", "edition_statement"):
        for none in reading.all(f"{_BLOCK}/NoEdition"):
            reading.claim(unit, none)
    for one in reading.all(f"{_BLOCK}/EditionNumber")[:1]:
        number = count_of((one.text or "").strip())
        if number:
            reading.taken(one)
            reading.say("edition_number", number)
            reading.claim("edition_number", one)
    for one in reading.all(f"{_BLOCK}/EditionStatement")[:1]:
        reading.say("edition_statement", reading.taken(one))
        reading.claim("edition_statement", one)


def _languages(reading: RecordReading) -> None:
    fields = {"01": "language", "02": "original_language"}
    for one in reading.all(f"{_BLOCK}/Language"):
        field = fields.get(reading.peek("LanguageRole", one))
        if field is None or field in reading.facts:
            continue
        tag = codes_of.language_tag(
            reading.peek("LanguageCode", one), reading.peek("CountryCode", one), reading.peek("ScriptCode", one)
        )  # fmt: skip
        if not tag:
            continue
        for name in ("LanguageRole", "LanguageCode", "CountryCode", "ScriptCode"):
            reading.text(name, one)
        reading.say(field, tag)
        reading.claim(field, one)


def _extents(reading: RecordReading) -> None:
    extents = [(reading.peek("ExtentType", one), one) for one in reading.all(f"{_BLOCK}/Extent")]
    for wanted in _PAGES:
        for kind, one in extents:
            value = count_of(reading.peek("ExtentValue", one))
            if kind == wanted and "pages" not in reading.facts and reading.peek("ExtentUnit", one) == "03" and value:
                reading.say("pages", value)
                _take_extent(reading, "pages", one)
    for kind, one in extents:
        seconds = _seconds(reading.peek("ExtentValue", one), reading.peek("ExtentUnit", one)) if kind == _DURATION else 0
        if seconds and "duration" not in reading.facts and reading.facts.get("format") == "audiobook":
            reading.say("duration", written_time(seconds))
            _take_extent(reading, "duration", one)


def _take_extent(reading: RecordReading, field: str, one: etree._Element) -> None:
    for name in ("ExtentType", "ExtentValue", "ExtentUnit"):
        reading.text(name, one)
    reading.claim(field, one)


def _seconds(value: str, unit: str) -> int:
    if unit in _SECONDS:
        amount = amount_of(value)
        return int(amount * _SECONDS[unit]) if amount and amount < _LONGEST else 0
    widths = _CLOCKS.get(unit, ())
    if not widths or not count_of(value) or len(value) != sum(widths):
        return 0
    at, total = 0, 0
    for width, factor in zip(widths, (3600, 60, 1), strict=False):
        total += int(value[at : at + width]) * factor
        at += width
    return total


# ── subjects, audience ──


def _subjects(reading: RecordReading) -> None:
    found: dict[str, list[tuple[bool, str, etree._Element]]] = {}
    own: dict[str, dict[str, None]] = {}
    names = {code: name for name, code in vocabulary.SUBJECT_SCHEMES.items()} | {codes_of.BISAC: "bisac", codes_of.THEMA: "thema"}
    names |= dict.fromkeys(codes_of.THEMA_QUALIFIERS, "thema")
    words: list[str] = []
    for one in reading.all(f"{_BLOCK}/Subject"):
        scheme, code = reading.peek("SubjectSchemeIdentifier", one), reading.peek("SubjectCode", one)
        name, said = reading.peek("SubjectSchemeName", one), reading.peek("SubjectHeadingText", one)
        if scheme == "20" and (said or code):
            text = reading.text("SubjectHeadingText", one) or reading.text("SubjectCode", one)
            words += [word for word in _BETWEEN_KEYWORDS.split(text if ";" in text else text.replace(",", ";")) if word]
            reading.claim("keywords", one)
        elif scheme == "24" and name and code:
            own.setdefault(name, {})[code] = None
            reading.text("SubjectSchemeName", one)
            reading.text("SubjectCode", one)
            reading.claim("subjects.proprietary", one)
        elif scheme in names and code:
            is_main = reading.record.first("MainSubject", one) is not None
            found.setdefault(names[scheme], []).append((scheme in codes_of.THEMA_QUALIFIERS, "" if is_main else "1", one))
            for flag in reading.all("MainSubject", one):
                reading.taken(flag)
            reading.text("SubjectCode", one)
            reading.claim(f"subjects.{names[scheme]}", one)
        else:
            continue
        reading.text("SubjectSchemeIdentifier", one)
    for name, entries in found.items():
        ordered = [one for _, _, one in sorted(entries, key=lambda entry: entry[:2])]
        reading.say("subjects", list(dict.fromkeys(reading.peek("SubjectCode", one) for one in ordered)), name)
    reading.say("subjects", {name: list(codes) for name, codes in own.items()}, "proprietary")
    reading.say("keywords", list(dict.fromkeys(words)))


def _audience(reading: RecordReading) -> None:
    words: list[str] = []
    for one in reading.all(f"{_BLOCK}/Audience"):
        word = word_of(vocabulary.AUDIENCES, reading.peek("AudienceCodeValue", one))
        if reading.peek("AudienceCodeType", one) == "01" and word:
            words.append(word)
            reading.text("AudienceCodeType", one)
            reading.text("AudienceCodeValue", one)
            reading.claim("audience", one)
    for one in reading.all(f"{_BLOCK}/AudienceCode"):
        if word := word_of(vocabulary.AUDIENCES, (one.text or "").strip()):
            words.append(word)
            reading.taken(one)
            reading.claim("audience", one)
    words = list(dict.fromkeys(words))
    reading.say("audience", words if len(words) > 1 else words[0] if words else None)
    for one in reading.all(f"{_BLOCK}/AudienceRange"):
        if reading.peek("AudienceRangeQualifier", one) != "17" or "ages" in reading.facts:
            continue
        ages: dict[str, int] = {}
        values = [reading.taken(item) for item in reading.all("AudienceRangeValue", one)]
        for kind, value in zip([reading.taken(item) for item in reading.all("AudienceRangePrecision", one)], values, strict=False):
            if value.isdecimal() and len(value) <= 3 and kind in {"01", "03", "04"}:
                ages |= {end: int(value) for end, kinds in (("from", {"01", "03"}), ("to", {"01", "04"})) if kind in kinds}
        if ages:
            reading.text("AudienceRangeQualifier", one)
            reading.say("ages", ages)
            reading.claim("ages", one)
