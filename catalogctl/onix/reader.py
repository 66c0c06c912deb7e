"""A feed read as a stream: one product at a time is in memory.

bytes ─▶ characters (decode) ─▶ mended (repair) ─▶ parser ─▶ one product ─▶ reference tags, codes trimmed ─▶ ProductRecord

The parser never sees a document type or an entity. It loads nothing, and its own bounds hold: ten million characters of one text, some
two thousand elements deep. What it cannot read ends the stream with an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from lxml import etree

from catalogctl.model.diagnostics import error, note, warning
from catalogctl.onix.decode import Encoding, Opener, encoding_of, pieces
from catalogctl.onix.findings import Findings
from catalogctl.onix.record import ProductRecord, is_placeholder, local_name
from catalogctl.onix.repair import Repair
from catalogctl.onix.schemas import Release, list_numbers, reference_names
from catalogctl.onix.text import text_problem
from catalogctl.onix.upgrade import upgraded

_LARGEST_RECORD: Final = 4_000_000
"""Characters between two products; a record with all its texts has some ten thousand."""
_STEP: Final = 1 << 16
"""Characters given to the parser at a time."""
_ROOTS: Final = frozenset({"ONIXMessage", "ONIXmessage", "Product", "product"})
_TAGS: Final = ("{*}Product", "{*}product", "{*}Header", "{*}header")
_BLOCKS_OF_3: Final = frozenset(
    {"DescriptiveDetail", "CollateralDetail", "PublishingDetail", "ProductSupply", "RelatedMaterial", "ContentDetail"}
)
_ZERO_WIDTH: Final = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_AROUND: Final = re.compile(rf"[\s{_ZERO_WIDTH}]")
_CODES: Final = frozenset(
    "RecordReference IDValue SubjectCode PriceAmount MeasureValue Measurement Date ExtentValue TaxRatePercent NumberOfPages SentDateTime "
    "CountriesIncluded CountriesExcluded RegionsIncluded RegionsExcluded RightsCountry RightsTerritory".split()
)
"""Elements beside those of code lists in whose values no blank means anything."""


class FeedReader:
    """Reads the products of one file."""

    def __init__(self, opened: Opener, findings: Findings) -> None:
        self._opened = opened
        self._findings = findings
        self.encoding: Encoding = encoding_of(opened)
        """How the file is decoded."""
        self.release: Release | None = None
        """The release of the message, once its first product or its end was read; `None` before, and where it is unknown."""
        self.header: etree._Element | None = None
        """The message's header as the file has it, in the reference tags of its release."""
        self.is_bare = False
        """Whether the file is one product and no message."""
        self.products = 0
        """Products so far."""
        self.original: etree._Element | None = None
        """The product that was given last, in the tags of its own release."""

    def records(self) -> Iterator[ProductRecord]:
        """Yield the products in their order; a product that was given is emptied when the next one is asked for.

        What cannot be read ends the products, and is an error among the findings.
        """
        if self.encoding.problem is not None:
            self._findings.add(self.encoding.problem, self.encoding.line)
        if not self.encoding.is_usable:
            return
        repair = Repair(self._findings)
        parser = etree.XMLPullParser(
            events=("end",),
            tag=_TAGS,
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        since = 0
        try:
            for text, final in self._steps():
                mended = repair.feed(text, final=final)
                if repair.root is not None and repair.root.rpartition(":")[2] not in _ROOTS:
                    detail = (
                        f"The first element is <{repair.root[:60]}>; an ONIX file has <ONIXMessage>, or <Product> where it has but one."
                    )
                    self._findings.add(error("onix-root", "Not an ONIX message", detail), 1, repair.root)
                    return
                since += len(mended)
                parser.feed(mended.encode())
                for found in self._taken(parser):
                    yield found
                    since = 0
                if since > _LARGEST_RECORD:
                    detail = f"There are more than {_LARGEST_RECORD:,} characters without the end of a product."
                    self._findings.add(
                        error("onix-too-large", "A record without end", detail, "Look for an element that is not closed."), 1
                    )
                    return
            root = parser.close()
        except etree.XMLSyntaxError as wrong:
            # What was whole before it is given yet: one report names all that is wrong up to here.
            with suppress(etree.XMLSyntaxError):
                yield from self._taken(parser)
            self._broken(wrong)
            return
        self._end(root)

    def _steps(self) -> Iterator[tuple[str, bool]]:
        for piece in pieces(self._opened, self.encoding):
            for start in range(0, len(piece), _STEP):
                yield piece[start : start + _STEP], False
        yield "", True

    def _taken(self, parser: etree.XMLPullParser) -> Iterator[ProductRecord]:
        for _, element in parser.read_events():
            parent = element.getparent()
            if parent is not None and parent.getparent() is not None:
                continue
            if local_name(element).lower() == "header":
                self.header = element
            else:
                record = self._record(element, parent)
                if record is not None:
                    self.products += 1
                    yield record
                element.clear()
            if parent is not None:
                while element.getprevious() is not None and element.getprevious() is not self.header:
                    del parent[parent.index(element) - 1]

    def _record(self, element: etree._Element, parent: etree._Element | None) -> ProductRecord | None:
        if self.release is None:
            self.release = self._release_of(element if parent is None else parent, element)
            if self.release is None:
                return None
            if self.header is not None:
                self._in_reference_tags(self.header, self.release)
        self._in_reference_tags(element, self.release)
        self._look_over(element)
        self.original = element
        if self.release is Release.V21:
            return ProductRecord(upgraded(element, self.header), Release.V30, None)
        return ProductRecord(element, self.release, self.header)

    def _release_of(self, root: etree._Element, product: etree._Element) -> Release | None:
        """Find out the release, and tell where the message does not say it as it should."""
        line = root.sourceline or 1
        said = root.get("release")
        space = str(root.tag).partition("}")[0].lstrip("{") if "}" in str(root.tag) else ""
        if local_name(root).lower() == "product":
            self.is_bare = True
            self._findings.add(
                note(
                    "onix-bare-product",
                    "A product without a message",
                    "The file has one <Product> and nothing around it. It is read as such.",
                ),
                line,
            )
        if said is not None and said.strip() not in set(Release):
            detail = f"The message says that it is of release {said.strip()[:20]!r}; catalogctl reads {', '.join(Release)}."
            self._findings.add(error("onix-release", "A release that is not read", detail), line, said)
            return None
        by_space = next((one for one in Release if f"/onix/{one.value}/" in space), None)
        release = Release(said.strip()) if said is not None else by_space or self._guessed(product)
        if said is None and not self.is_bare:
            detail = f"The message does not say its release. It is read as {release.value}."
            self._findings.add(note("onix-release", "No release", detail, f'Say it in the first element:\nrelease="{release.value}"'), line)
        right = release.namespace if local_name(root) in {"ONIXMessage", "Product"} else release.namespace.replace("reference", "short")
        if space != right and (space or release is not Release.V21):
            what = f"`{space}` is not the namespace of release {release.value}" if space else "The message has no namespace"
            self._findings.add(
                note("onix-namespace", "Not the namespace of its release", f"{what}. It is read all the same.", f'Write\nxmlns="{right}"'),
                line,
            )
        return release

    def _guessed(self, product: etree._Element) -> Release:
        names = {reference_names(Release.V30).get(local_name(one), local_name(one)) for one in product}
        is_short = not names - {"RecordReference", "NotificationType", "ProductIdentifier", "DeletionText"}
        return Release.V30 if names & _BLOCKS_OF_3 or is_short else Release.V21

    def _in_reference_tags(self, element: etree._Element, release: Release) -> None:
        """Give an element and all in it the reference names and the namespace of the release, and trim its codes."""
        names = reference_names(release)
        space = f"{{{release.namespace}}}"
        coded = list_numbers(release)
        is_short = local_name(element) in {"product", "header"}
        for one in element.iter("*"):
            tag = str(one.tag)
            name = tag.rpartition("}")[2]
            if is_short:
                name = names.get(name, name)
            if tag != space + name:
                one.tag = space + name
            text = one.text
            if text and (name in coded or name in _CODES) and not text.isalnum():
                self._trim(one, name, text)
        etree.cleanup_namespaces(element)

    def _trim(self, element: etree._Element, name: str, text: str) -> None:
        trimmed = text.strip().strip(_ZERO_WIDTH).strip()
        if name not in {"SubjectCode", "Date", "SentDateTime"} and not name.startswith(("Countries", "Regions", "Rights")):
            trimmed = "".join(sign for sign in trimmed if sign not in _ZERO_WIDTH)
        if trimmed != text:
            element.text = trimmed
            what = "blanks" if _AROUND.sub("", text) == "".join(text.split()) else "invisible characters"
            detail = (
                f"The value of <{name}> has {what} around or in it, which other readers take for a part of it. It is read as `{trimmed}`."
            )
            self._findings.add(
                warning("onix-code-space", "A code with blanks", detail, f"Write\n<{name}>{trimmed}</{name}>"),
                element.sourceline or 1,
                text.strip(),
            )

    def _look_over(self, product: etree._Element) -> None:
        """Tell of values that are none, and of texts that are not in the format that they say."""
        for one in product.iter("*"):
            text = one.text
            if text and len(text) < 20 and not len(one) and is_placeholder(text):
                detail = f"<{local_name(one)}> says `{text.strip()}`, which means that there is no value. It is read as absent."
                self._findings.add(
                    warning("onix-placeholder", "A placeholder in the place of a value", detail, "Leave the element out."),
                    one.sourceline or 1,
                    text.strip(),
                )
            if text and ("textformat" in one.attrib or "<" in text or "&lt;" in text):
                problem = text_problem(one)
                if problem is not None:
                    self._findings.add(problem, one.sourceline or 1)

    def _broken(self, wrong: etree.XMLSyntaxError) -> None:
        said = (wrong.msg or "").partition(", line ")[0]
        detail = f"The file cannot be read beyond this line: {said}."
        hint = "An & is written &amp;, and each element is closed before the one around it."
        self._findings.add(error("onix-xml", "Not well-formed XML", detail, hint), wrong.lineno or 1)

    def _end(self, root: etree._Element) -> None:
        if self.release is None and not self._findings.has_errors:
            self.release = self._release_of(root, root)
            if self.header is not None and self.release is not None:
                self._in_reference_tags(self.header, self.release)
        if not self.products and not self._findings.has_errors:
            self._findings.add(warning("onix-empty", "No product", "The message has no product."), root.sourceline or 1)
