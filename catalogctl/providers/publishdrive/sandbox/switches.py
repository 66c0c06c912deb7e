"""The points that PublishDrive's documents leave open or contradict themselves on, each with the readings they allow."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints

STATUSES = ("draft", "in_review", "published", "withdrawn", "action_needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishdriveSwitches:
    """One reading of the documents; the defaults are the likeliest or the strictest.

    Raises:  ValueError for a reading that is not offered.
    """

    create_answer: Literal["data_id", "book_id"] = "data_id"
    """book_id: the answer to a POST begins with `bookId` and has no `data`, as in the walkthrough."""
    enums: Literal["seen", "open"] = "seen"
    """seen: of copyright, contributors' roles, editions and bindings only the values that the documents show pass. open: any text does."""
    untold_shapes: Literal["refused", "as_sent"] = "refused"
    """What happens to series, imprint and audience in a body: they are shown in answers, but nothing tells how they are written."""
    language_case: Literal["upper", "as_sent"] = "upper"
    """How languages come back."""
    details_in_patch: Literal["merges", "replaces"] = "merges"
    """Whether the keys that a PATCH leaves out of ebookDetails, podDetails and audioDetails stay or take their defaults."""
    lists_in_patch: Literal["replaces", "merges"] = "replaces"
    """Whether a list in a PATCH takes the place of the one there, or is added to it; prices are added by their currency."""
    territory_codes: Literal["alpha_2", "alpha_3"] = "alpha_2"
    """How countries are named in saleTerritory: the documents show ALL alone."""
    details_when_other_format: Literal["null", "absent", "empty"] = "null"
    """How the details of the formats that a book does not have are shown."""
    create_external_id: Literal["kept", "ignored"] = "kept"
    """Whether a create gives a book its external id: no request that is shown has one."""
    ebook_cover_role: Literal["ebook_cover", "cover"] = "ebook_cover"
    """What the cover of an e-book is called as a file; no page shows it."""
    no_identifier: Literal["null", "empty"] = "null"
    """How a book shows that it has no ISBN or no external id: null, or an empty text."""
    missing_external_id: Literal[404, 422] = 404
    """The answer to a GET by an external id that no book has."""
    duplicate_external_id: Literal["refused", "accepted"] = "refused"
    """accepted: several books may have one external id; a GET by it gives the oldest."""
    upload_code: Literal[200, 201] = 200
    """The success of a request for upload URLs."""
    reference_echo: Literal["no", "yes"] = "no"
    """Whether the answer with upload URLs repeats `referenceId`."""
    url_lifetime_seconds: int = 900
    """How long an upload URL works."""
    signed_headers: Literal["host", "content-type;host"] = "host"
    """The headers that the signature of an upload URL covers: a PUT without one of them is refused with 403."""
    files_echo_sha256: Literal["no", "yes"] = "no"
    """Whether the entries of `files` have `hashSha256`."""
    attach_same_role: Literal["replaces", "adds"] = "replaces"
    """What attaching a second file does where a book has one of a role (all roles but audio_content)."""
    publish_code: Literal[204, 202, 200] = 204
    """The success of a publish; its body is empty."""
    review: Literal["reading", "never", "at_once", "action_needed"] = "reading"
    """What comes of a submission: published after `review_seconds`; nothing, ever; published without a review;
    action_needed after `review_seconds`."""
    review_seconds: float = 172_800.0
    deletable: tuple[str, ...] = ("draft", "withdrawn")
    """The statuses in which a book can be deleted; in others a DELETE is 402."""
    meta_per_page: Literal["true_value", "twenty"] = "true_value"
    """twenty: the list's `meta.perPage` says 20 whatever was asked, as in the documents' sample."""
    forbidden_as_400: bool = False
    """Whether the empty 403 of the key `forbidden` arrives as the 400 of a response validator that missed its Content-Type."""
    rate_limit: int | None = None
    """Requests per minute, uploads of bytes not counted; None never refuses."""
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    """How a 429 names its Retry-After."""

    def __post_init__(self) -> None:
        offered = {name: get_args(hint) for name, hint in get_type_hints(type(self)).items() if get_origin(hint) is Literal}
        offered["deletable"] = STATUSES
        for switch in fields(self):
            value = getattr(self, switch.name)
            readings = value if isinstance(value, tuple) else (value,)
            for reading in readings:
                if switch.name in offered and reading not in offered[switch.name]:
                    raise ValueError(f"{switch.name} is one of {', '.join(map(str, offered[switch.name]))}, not {reading!r}")
