"""The points that Open Publishing's documents leave open or contradict themselves on, each with the readings they allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPublishingSwitches:
    """One reading of the documents; the defaults are the likeliest or the strictest.

    Raises:  ValueError for a reading that is not offered.
    """

    bad_credentials: Literal["403", "error_in_200"] = "403"
    """How a login with a bad key is refused."""
    unauthorized: Literal["401", "403"] = "401"
    """How a call without a token, or with one that has run out, is refused."""
    token_seconds: float | None = 3600.0
    """How long a token lives; None: for ever."""
    token_uses: int | None = None
    """How many calls a token is good for; None: any number."""
    products: Literal["given", "as_asked"] = "given"
    """given: those that were seeded. as_asked: a product comes into being when it is first asked for by id, by EAN or by (type, value)."""
    envelope: Literal["items", "links_items", "bare"] = "items"
    """Around a list: `_links`, `_pagination` and `items`; the older pages' `links` and `items`; nothing."""
    add_answer: Literal["created_object", "ok_object", "ok_empty"] = "created_object"
    """How an upload is answered: 201 with the file's object, 200 with it, or 200 without a body."""
    labels_in: Literal["either", "fields", "commas"] = "either"
    """How several labels arrive: a field for each, of which commas part nothing; the last field alone, parted by commas; or either."""
    one_per_type: Literal["no", "replaces", "conflict"] = "no"
    """What becomes of a second file of one type with the same labels: both stay, the older one goes, or it is refused with 409."""
    covers: Literal["as_sent", "normalised"] = "as_sent"
    """normalised: an e-book's and a marketing cover are stored as other bytes than were sent."""
    byproducts: Literal["no", "yes"] = "no"
    """yes: the service makes an extract of every EPUB that is added."""
    byproduct_seconds: float = 0.5
    """How long after the upload the extract is there."""
    validation: Literal["null", "object"] = "null"
    """What `validation` holds in a file that nothing is wrong with."""
    delete_answer: Literal["204", "200_empty", "200_ok"] = "204"
    """How a deletion is answered; 200_ok: with `{"OK": {}}`."""
    enabled_as: Literal["json_true", "text", "one"] = "json_true"
    """How a distribution switch is written: true, "true" or 1."""
    enabled_in: Literal["either", "query", "form"] = "either"
    """Where a request that sets a switch may name `enabled`; what is elsewhere is not read."""
    unset_channels: Literal["inherit", "off"] = "inherit"
    """What a channel reads as until it is first set: the product's own switch, or off."""
    errors_in_200: Literal["no", "yes"] = "no"
    """yes: what would be 404, 409, 422 or 503 comes as 200 with the same body. Logins, tokens, the rate, paths that are none and
    forms that are none are refused as ever."""
    busy_every: int | None = None
    """Every so manieth call with a token is refused as temporarily not possible, and not applied; None: none is."""
    rate_limit: int | None = None
    """Requests per minute, logins among them; None never refuses."""
    retry_after: Literal["seconds", "date", "none"] = "seconds"
    """How a 429 names its Retry-After."""

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            chosen = getattr(self, name)
            if get_origin(hint) is Literal and chosen not in get_args(hint):
                raise ValueError(f"{name} is one of {', '.join(get_args(hint))}, not {chosen!r}")
