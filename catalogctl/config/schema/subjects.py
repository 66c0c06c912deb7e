"""What a work is about: the block of documents that holds subject codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import ConfigDict, Field, create_model

from catalogctl.config.schema.block import Block
from catalogctl.config.schema.fields import Bisac, Line, Thema
from catalogctl.model.vocabulary import SUBJECT_SCHEMES


class _MainSubjects(Block):
    """What the work is about, in the book trade's codes."""

    model_config = ConfigDict(title="subjects")

    bisac: list[Bisac] | None = Field(
        None, description="BISAC codes: three letters and six digits. The first is the main one.", examples=[["SEL009000"]]
    )
    thema: list[Thema] | None = Field(None, description="Thema codes. The first is the main one.", examples=[["VS"]])
    proprietary: dict[Line, list[Line] | None] | None = Field(
        None, description="Codes of schemes of your own, by the name of the scheme.", examples=[{"colecciones": ["A1"]}]
    )


_NAMES: Final = {
    "bic": "BIC", "udc": "UDC", "lcc": "Library of Congress classification", "lcsh": "Library of Congress", "mesh": "MeSH",
    "dewey": "Dewey", "clil": "CLIL", "nur": "NUR", "wgs": "Warengruppen", "jel": "JEL", "gnd": "GND", "dnb": "DNB",
}  # fmt: skip
"""What schemes are called in a sentence, where that is not their name in capitals."""
_OTHERS: Final[dict[str, Any]] = {
    scheme: (
        list[Line] | None,
        Field(
            None,
            description=f"Codes of {_NAMES.get(scheme, scheme.replace('_', ' ').upper())}, the main one first.",
            examples=[["823.914"]],
        ),
    )
    for scheme in SUBJECT_SCHEMES
}
if TYPE_CHECKING:
    SubjectsBlock = _MainSubjects
else:
    SubjectsBlock = create_model("SubjectsBlock", __base__=_MainSubjects, __doc__=_MainSubjects.__doc__, **_OTHERS)
"""With a field for each scheme that has a name here."""
