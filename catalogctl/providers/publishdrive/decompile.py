"""A book as the service shows it → the edition that would declare it. Pure, and the reverse of `compile`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import orjson
from stdnum import isbn as isbns

from catalogctl.model.language import canonical_tag, two_letters
from catalogctl.model.title import Contributor, Edition, Format, Ignore, Lifecycle, Metadata
from catalogctl.model.value import Attributes
from catalogctl.provider.importing import FoundEdition, Unimportable, named_tracks, prices_in, terms_in, text_in
from catalogctl.providers.publishdrive.assumptions import FIRST_SEQUENCE, LIVE, TERRITORY, USUAL_COPYRIGHT
from catalogctl.providers.publishdrive.convert import Shown, ascii_title
from catalogctl.providers.publishdrive.types import AUDIO_CONTENT, DETAILS, plain_text, same_isbn

_FORMATS: Final[Mapping[str, tuple[Format, str]]] = MappingProxyType(
    {"ebook": (Format.EPUB, "epub"), "audio": (Format.AUDIOBOOK, "audio"), "print": (Format.PRINT, "print")}
)
"""The service's format → ours, and what an edition of it is called. An e-book whose file is a PDF is one."""
_GROUPS: Final = MappingProxyType({"ebook": "ebook_details", "audio": "audio_details", "print": "pod_details"})
_BISAC = re.compile(r"[A-Z]{3}[0-9]{6}")

UNSAYABLE: Final = "no file could say what PublishDrive has"
"""Why something is left alone that an edition cannot declare."""
_LIVE_WITHOUT_SAYING_SO = (
    "It is published. To manage that, add `published: true`; on this date PublishDrive asks for `final_version: true` beside it."
)


def decompile(account: str, shown: Shown, words: Mapping[str, str]) -> FoundEdition | Unimportable:
    """Say how a book would be declared; `words` are the service's words for contributors' roles, by their code of ONIX list 17."""
    told = shown.attributes
    name = text_in(told, "title")
    kind = text_in(told, "format")
    if not shown.key.strip():
        return Unimportable(shown.id, name, "It has no external id, by which alone a book is known here. Give it one at PublishDrive.")
    if kind not in _FORMATS:
        return Unimportable(shown.id, name, f"Its format {kind!r} is none that an edition could have.", shown.key)
    if any(title is None or not title.strip() for title, _, _ in shown.chapters):
        return Unimportable(shown.id, name, "A chapter of it has no title.", shown.key)
    form, edition = _FORMATS[kind]
    if kind == "ebook" and any(file.role == "ebook_content" and (file.filename or "").lower().endswith(".pdf") for file in shown.files):
        form, edition = Format.PDF, "pdf"
    codes = {word: code for code, word in reversed(list(words.items()))}
    people = tuple(_people(told, codes))
    if not people:
        return Unimportable(shown.id, name, _uncredited(told, codes), shown.key)
    left_alone = tuple(_left_alone(shown))
    isbn = same_isbn(text_in(told, "isbn"))
    return FoundEdition(
        shown.id,
        Edition(
            id=edition,
            format=form,
            metadata=_metadata(told, people),
            external_id=shown.key,
            isbn=isbn if isinstance(isbn, str) and isbns.is_valid(isbn) else None,
            prices=prices_in(told, "price"),
            tracks=named_tracks((str(title) for title, _, _ in shown.chapters), "chapter"),
            publish={account: dict(_options(shown, kind))},
            lifecycle=Lifecycle(ignore_changes=tuple(Ignore(name, UNSAYABLE) for name in left_alone)),
        ),
        tuple(_remarks(shown, codes)),
    )


def _metadata(told: Attributes, people: tuple[Contributor, ...]) -> Metadata:
    day, text = told.get("publication_date"), plain_text(told.get("description"))
    return Metadata(
        title=text_in(told, "title").strip(),
        subtitle=text_in(told, "subtitle").strip() or None,
        language=_language(told),
        contributors=people,
        publication_date=day if isinstance(day, date) else None,
        description=f"{text}\n" if "\n" in text else text or None,
        bisac=terms_in(told, "category") if _are_bisac(told) else (),
        keywords=terms_in(told, "keyword"),
        territories=terms_in(told, "sale_territory") if _are_territories(told) else (),
    )


def _uncredited(told: Attributes, codes: Mapping[str, str]) -> str:
    """Return why a book has no contributor that a title could declare: PublishDrive asks for one."""
    roles = dict.fromkeys(role for first, last, role in _credits(told) if first or last)
    if not roles:
        return "None of its contributors has a name."
    named = ", ".join(repr(role) for role in roles if role not in codes)
    return f"The account has no role for the words that its contributors have ({named}). Give one of them in the account's `roles`."


def _credits(told: Attributes) -> Iterator[tuple[str, str, str]]:
    """Return the first name, the last name and the role of each contributor, with single blanks within names and none at their ends."""
    listed = told.get("contributor")
    for text in listed if isinstance(listed, tuple) else ():
        row = orjson.loads(str(text))
        yield " ".join(row["firstName"].split()), " ".join(row["lastName"].split()), row["role"]


def _people(told: Attributes, codes: Mapping[str, str]) -> Iterator[Contributor]:
    """Return the contributors that a title can declare; their names' parts are said where the name alone would be cut elsewhere."""
    found: list[tuple[str, str, list[str]]] = []
    for first, last, role in _credits(told):
        if not f"{first} {last}".strip() or role not in codes:
            continue
        if found and found[-1][:2] == (first, last) and codes[role] not in found[-1][2]:
            found[-1][2].append(codes[role])  # rows that follow each other are one person with several roles
        else:
            found.append((first, last, [codes[role]]))
    for first, last, (role, *further) in found:
        name = f"{first} {last}".strip()
        ways = (("", ""), (last, ""), ("", first), (last, first))
        said = [Contributor(name, role, after, before, further_roles=tuple(further)) for after, before in ways]
        yield next((person for person in said if person.parts == (first, last)), said[-1])


def _language(told: Attributes) -> str | None:
    """Return the language of a book that has one, by a code of ISO 639-1 with or without more to it."""
    words = terms_in(told, "language")
    tag = canonical_tag(words[0]) if len(words) == 1 else None
    return tag if two_letters(tag) else None


def _are_bisac(told: Attributes) -> bool:
    return all(_BISAC.fullmatch(code) for code in terms_in(told, "category"))


def _are_territories(told: Attributes) -> bool:
    return all(TERRITORY.fullmatch(code) for code in terms_in(told, "sale_territory"))


def _left_alone(shown: Shown) -> Iterator[str]:
    """List what the service has that no file could say: it is not to be taken for a difference."""
    for sequence, (title, plain, _) in enumerate(shown.chapters, FIRST_SEQUENCE):
        if ascii_title(str(title), sequence) not in (None, plain):
            yield "ascii_titles"
            return


def _options(shown: Shown, kind: str) -> Iterator[tuple[str, object]]:
    told = shown.attributes
    if shown.status in LIVE and told.get("final_version"):
        yield "published", True
    if told.get("final_version"):
        yield "final_version", True
    if _language(told) is None and (languages := terms_in(told, "language")):
        yield "languages", list(languages)
    if not _are_bisac(told):
        yield "subjects", list(terms_in(told, "category"))
    if not _are_territories(told):
        yield "sale_territories", list(terms_in(told, "sale_territory"))
    if (rights := text_in(told, "copyright").strip()) not in {"", USUAL_COPYRIGHT}:
        yield "copyright", rights
    # What says no more than that there is nothing is what a new book has, too.
    details = {name: told[name] for name in DETAILS[kind] if told.get(name)}
    if details and (kind != "print" or details.keys() == DETAILS[kind].keys()):
        yield _GROUPS[kind], details


def _remarks(shown: Shown, codes: Mapping[str, str]) -> Iterator[str]:
    others = [f"{first} {last}".strip() + f" ({role})" for first, last, role in _credits(shown.attributes) if role not in codes]
    if others:
        yield f"Contributors with other roles stay: {', '.join(others)}. To manage one, give its role a word in `roles` of the account."
    named = [f"{file.filename or file.id} ({file.role})" for file in shown.files if file.role != AUDIO_CONTENT]
    if (isbn := text_in(shown.attributes, "isbn")) and not isbns.is_valid(isbn):
        yield f"What it has for an ISBN is none, and stays: {isbn}"
    recordings = len(shown.files) - len(named)
    if recordings:
        yield f"Its {recordings} audio files are at PublishDrive. To manage one, put it here and add it as `file` to its track."
    if named:
        yield f"At PublishDrive it has {' and '.join(named)}. To manage one, put it here and add it under `files`."
    if shown.status in LIVE and not shown.attributes.get("final_version"):
        yield _LIVE_WITHOUT_SAYING_SO
