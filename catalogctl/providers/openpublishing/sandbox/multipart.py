"""A multipart/form-data body taken apart, as RFC 7578 has it.

File names are read in every form that clients send: raw UTF-8 (or Latin-1) in quotes, with backslashes or `%22` before what a
quote cannot hold, and `filename*` of RFC 5987, which wins over `filename`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))\s*', re.DOTALL)
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(\r\n|\Z)")
_ESCAPED_BY_FORMS = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""What browsers put for the three characters that would break a quoted name; no other percent sign is an escape."""


class Malformed(Exception):
    """The body is no multipart/form-data; the message says why."""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form."""

    name: str
    data: bytes
    file_name: str | None
    """None where the field is no file."""
    content_type: str | None
    """Without parameters, in lower case; None where the part names none."""

    @property
    def text(self) -> str:
        """The data of a field that is no file. Raises Malformed where it is not UTF-8."""
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            raise Malformed(f"the field {self.name} is not UTF-8") from None


def parts(content_type: str, body: bytes) -> tuple[FormField, ...]:
    """Take a body apart, in its order.

    Shapes:  `content_type` is the request's whole header.
    Raises:  Malformed.
    """
    kind, parameters = _header(content_type)
    boundary = parameters.get("boundary", "")
    if kind != "multipart/form-data" or not _BOUNDARY.fullmatch(boundary):
        raise Malformed("the request is not multipart/form-data with a boundary")
    # A delimiter is at the start of a line, and the line break before it is its own, not the data's.
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"))
    found: list[FormField] = []
    for piece in _within(pieces):
        # A part without headers begins with the empty line itself.
        head, separator, data = (b"\r\n" + piece).partition(b"\r\n\r\n")
        if not separator:
            raise Malformed("a part has no empty line after its headers")
        found.append(_part(head, data))
    return tuple(found)


def _within(pieces: list[bytes]) -> list[bytes]:
    """Choose what is between the first delimiter and the closing one, less the rest of the delimiters' own lines."""
    chosen: list[bytes] = []
    for piece in pieces[1:]:
        end = _DELIMITER_END.match(piece)
        if end is None:
            # The boundary goes on: it is another one that begins like ours, and the data of a part.
            raise Malformed("a line begins with the boundary and is none")
        if end[1]:
            return chosen
        chosen.append(piece[end.end() :])
    raise Malformed("the closing boundary is missing")


def _part(head: bytes, data: bytes) -> FormField:
    headers: dict[str, str] = {}
    for line in filter(None, head.split(b"\r\n")):
        name, _, value = _decoded(line).partition(":")
        headers[name.strip().lower()] = value.strip()
    disposition, parameters = _header(headers.get("content-disposition", ""))
    if disposition != "form-data" or "name" not in parameters:
        raise Malformed("a part is no form-data or has no name")
    file_name = _unescaped(parameters["filename"]) if "filename" in parameters else None
    if (extended := parameters.get("filename*")) is not None:
        file_name = _extended(extended)
    kind = _header(headers["content-type"])[0] if "content-type" in headers else None
    return FormField(_unescaped(parameters["name"]), data, file_name, kind)


def _header(value: str) -> tuple[str, dict[str, str]]:
    """Split a header into its value, in lower case, and its parameters by names in lower case; the first of a name counts."""
    kind, semicolon, _ = value.partition(";")
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(value, len(kind)) if semicolon else ():
        quoted, plain = match[2], match[3]
        found.setdefault(match[1].lower(), plain if quoted is None else re.sub(r'\\(["\\])', r"\1", quoted))
    return kind.strip().lower(), found


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _unescaped(name: str) -> str:
    return re.sub("%22|%0D|%0A", lambda match: _ESCAPED_BY_FORMS[match[0]], name)


def _extended(value: str) -> str:
    """Read `charset'language'percent-encoded`. Raises Malformed for any charset that RFC 5987 does not ask for."""
    charset, _, rest = value.partition("'")
    _, quote, encoded = rest.partition("'")
    match charset.lower():
        case "utf-8" if quote:
            try:
                return unquote_to_bytes(encoded).decode()
            except UnicodeDecodeError:
                raise Malformed("filename* is not the UTF-8 that it says") from None
        case "iso-8859-1" if quote:
            return unquote(encoded, "latin-1")
        case _:
            raise Malformed("filename* is neither UTF-8 nor ISO-8859-1")
