"""Block 1 of a product: what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogctl.config.project import OnixSettings
from catalogctl.model import vocabulary
from catalogctl.model.facts import Accessibility, Ages, Part
from catalogctl.model.title import Contributor, Edition, Format, Series
from catalogctl.onix import codes_of
from catalogctl.onix.compose import Composer, Made, clean

_CERTIFIER: Final = "90"
_CONTACT: Final = "99"
_SUMMARY: Final = "00"
_ACCESSIBILITY: Final = "09"
_HAZARD: Final = "12"
_KEYWORDS: Final = "20"
_OWN_SCHEME: Final = "24"


class MissingUnitError(Exception):
    """A measure is a number alone, and the project names no unit."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """The measure, as a title file calls it."""


def descriptive_detail(make: Composer, edition: Edition, settings: OnixSettings) -> Made:
    """Return <DescriptiveDetail>.

    Raises:  MissingUnitError.
    """
    facts, work = edition.facts, edition.metadata.facts
    form, *details = codes_of.forms(edition)
    return make.group(
        "DescriptiveDetail",
        make.leaf("ProductComposition", "10" if facts.parts else "00"),
        make.leaf("ProductForm", form),
        (make.leaf("ProductFormDetail", detail) for detail in details),
        _features(make, facts.accessibility),
        _measures(make, edition, settings),
        make.leaf("EpubTechnicalProtection", vocabulary.PROTECTIONS.get(facts.drm)),
        (_part(make, part) for part in facts.parts),
        (
            _collection(make, series)
            for series in ([edition.metadata.series] if edition.metadata.series else []) + [*edition.metadata.further_series]
        ),
        _titles(make, edition),
        (_contributor(make, person, number) for number, person in enumerate(edition.metadata.contributors, 1)),
        (make.leaf("EditionType", vocabulary.EDITION_TYPES[word]) for word in dict.fromkeys(work.edition_types)),
        make.leaf("EditionNumber", work.edition_number),
        make.leaf("EditionStatement", work.edition_statement),
        _languages(make, edition),
        _extents(make, edition),
        _subjects(make, edition),
        (
            make.group("Audience", make.leaf("AudienceCodeType", "01"), make.leaf("AudienceCodeValue", vocabulary.AUDIENCES[word]))
            for word in dict.fromkeys(work.audience)
        ),
        _ages(make, work.ages),
    )


def _features(make: Composer, said: Accessibility | None) -> Iterator[Made]:
    if said is None:
        return
    words = [
        *(vocabulary.CONFORMANCES[word] for word in said.conforms),
        *(vocabulary.ACCESSIBILITY_FEATURES[word] for word in said.features),
    ]
    if said.exemption:
        words.append(vocabulary.EXEMPTIONS[said.exemption])
    told = [(_ACCESSIBILITY, code, "") for code in words]
    told += [
        (_ACCESSIBILITY, code, text)
        for code, text in ((_SUMMARY, said.summary), (_CERTIFIER, said.certifier), (_CONTACT, said.contact))
        if clean(text)
    ]
    told += [(_HAZARD, vocabulary.HAZARDS[word], "") for word in said.hazards]
    for kind, code, text in dict.fromkeys(told):
        yield make.group(
            "ProductFormFeature",
            make.leaf("ProductFormFeatureType", kind),
            make.leaf("ProductFormFeatureValue", code),
            make.leaf("ProductFormFeatureDescription", text),
        )


def _measures(make: Composer, edition: Edition, settings: OnixSettings) -> Iterator[Made]:
    for kind, field, measure in (
        ("01", "height", edition.height),
        ("02", "width", edition.width),
        ("03", "thickness", edition.thickness),
        ("08", "weight", edition.weight),
    ):
        if measure is None or not measure.amount:
            continue
        unit = measure.unit or (settings.weight if field == "weight" else settings.length)
        if not unit:
            raise MissingUnitError(field)
        yield make.group(
            "Measure",
            make.leaf("MeasureType", kind),
            make.leaf("Measurement", format(measure.amount.normalize(), "f")),
            make.leaf("MeasureUnitCode", codes_of.UNITS.get(unit, unit)),
        )


def _part(make: Composer, part: Part) -> Made:
    form, *details = codes_of.FORMS[Format(part.format)] if part.format else ("00",)
    identifier = make.group("ProductIdentifier", make.leaf("ProductIDType", "15"), make.leaf("IDValue", part.isbn)) if part.isbn else None
    return make.group(
        "ProductPart",
        identifier,
        make.leaf("ProductForm", form),
        (make.leaf("ProductFormDetail", detail) for detail in details),
        make.leaf("NumberOfItemsOfThisForm", part.count),
    )


def _collection(make: Composer, series: Series) -> Made:
    identifier = make.group("CollectionIdentifier", make.leaf("CollectionIDType", "02"), make.leaf("IDValue", series.issn.replace("-", "")))
    number = (
        make.group("TitleElement", make.leaf("TitleElementLevel", "01"), make.leaf("PartNumber", series.number))
        if clean(series.number)
        else None
    )
    named = make.group(
        "TitleElement", make.leaf("TitleElementLevel", "02"), make.leaf("TitleText", series.name), make.leaf("Subtitle", series.subtitle)
    )
    return make.group(
        "Collection",
        make.leaf("CollectionType", "10"),
        identifier if series.issn else None,
        make.group("TitleDetail", make.leaf("TitleType", "01"), named, number),
    )


def _titles(make: Composer, edition: Edition) -> Iterator[Made]:
    said, prefix = edition.metadata, clean(edition.metadata.facts.title_prefix)
    whole = clean(said.title)
    rest = whole[len(prefix) :].strip() if prefix and whole.startswith(prefix) else ""
    parts = [make.leaf("TitlePrefix", prefix), make.leaf("TitleWithoutPrefix", rest)] if rest else [make.leaf("TitleText", whole)]
    yield make.group(
        "TitleDetail",
        make.leaf("TitleType", "01"),
        make.group("TitleElement", make.leaf("TitleElementLevel", "01"), parts, make.leaf("Subtitle", said.subtitle)),
    )
    if clean(said.facts.original_title):
        yield make.group(
            "TitleDetail",
            make.leaf("TitleType", "03"),
            make.group("TitleElement", make.leaf("TitleElementLevel", "01"), make.leaf("TitleText", said.facts.original_title)),
        )


def _contributor(make: Composer, person: Contributor, number: int) -> Made:
    ids = (("16", person.isni), ("21", person.orcid.replace("-", "")))
    return make.group(
        "Contributor",
        make.leaf("SequenceNumber", number),
        (make.leaf("ContributorRole", role) for role in dict.fromkeys(person.roles)),
        make.leaf("FromLanguage", codes_of.language_code(person.from_language)) if person.from_language else None,
        (make.group("NameIdentifier", make.leaf("NameIDType", kind), make.leaf("IDValue", value)) for kind, value in ids if value),
        _name(make, person),
        make.html("BiographicalNote", person.bio),
        make.group("Website", make.leaf("WebsiteRole", "06"), make.leaf("WebsiteLink", person.website)) if person.website else None,
    )


def _name(make: Composer, person: Contributor) -> Iterator[Made]:
    """Return the parts of a name that are declared; none is guessed."""
    if person.unnamed:
        yield make.leaf("UnnamedPersons", vocabulary.UNNAMED[person.unnamed])
        return
    if person.corporate:
        yield make.leaf("CorporateName", person.name)
        yield make.leaf("CorporateNameInverted", person.sort_name)
        return
    yield make.leaf("PersonName", person.name)
    yield make.leaf("PersonNameInverted", person.sort_name)
    if clean(person.last_name):
        yield make.leaf("NamesBeforeKey", person.parts[0])
        yield make.leaf("KeyNames", person.last_name)


def _languages(make: Composer, edition: Edition) -> Iterator[Made]:
    for role, tag in (("01", edition.metadata.language or ""), ("02", edition.metadata.facts.original_language)):
        code = codes_of.language_code(tag) if tag else ""
        if code:
            yield make.group(
                "Language",
                make.leaf("LanguageRole", role),
                make.leaf("LanguageCode", code),
                make.leaf("CountryCode", codes_of.tag_country(tag)),
                make.leaf("ScriptCode", codes_of.script_code(tag)),
            )


def _extents(make: Composer, edition: Edition) -> Iterator[Made]:
    for kind, value, unit in (("00", edition.pages, "03"), ("09", edition.facts.duration, "06")):
        if value:
            yield make.group("Extent", make.leaf("ExtentType", kind), make.leaf("ExtentValue", value), make.leaf("ExtentUnit", unit))


def _subjects(make: Composer, edition: Edition) -> Iterator[Made]:
    said, facts = edition.metadata, edition.metadata.facts
    coded = [(codes_of.BISAC, code) for code in said.bisac] + [(codes_of.thema_scheme(code), code) for code in said.thema]
    coded += [(vocabulary.SUBJECT_SCHEMES[scheme], code) for scheme, codes in facts.subjects.items() for code in codes]
    main: set[str] = set()
    for scheme, code in dict.fromkeys(coded):
        is_main = scheme in {codes_of.BISAC, codes_of.THEMA} and scheme not in main
        main.add(scheme)
        yield _subject(make, scheme, code, is_main=is_main)
    for name, codes in facts.own_subjects.items():
        for code in dict.fromkeys(codes):
            yield _subject(make, _OWN_SCHEME, code, name=name)
    words = "; ".join(dict.fromkeys(word for keyword in said.keywords if (word := clean(keyword))))
    if words:
        yield make.group("Subject", make.leaf("SubjectSchemeIdentifier", _KEYWORDS), make.leaf("SubjectHeadingText", words))


def _subject(make: Composer, scheme: str, code: str, *, is_main: bool = False, name: str = "") -> Made:
    if not clean(code):
        return None
    return make.group(
        "Subject",
        make.flag("MainSubject") if is_main else None,
        make.leaf("SubjectSchemeIdentifier", scheme),
        make.leaf("SubjectSchemeName", name),
        make.leaf("SubjectCode", code),
    )


def _ages(make: Composer, ages: Ages | None) -> Made:
    if ages is None:
        return None
    ends = [(precision, age) for precision, age in (("03", ages.first), ("04", ages.last)) if age is not None]
    # The schema wants value behind precision, and both twice: they are put down as they belong together.
    made = make.group("AudienceRange", make.leaf("AudienceRangeQualifier", "17"))
    for precision, age in ends:
        for one in (make.leaf("AudienceRangePrecision", precision), make.leaf("AudienceRangeValue", age)):
            if made is not None and one is not None:
                made.append(one)
    return made if ends else None
