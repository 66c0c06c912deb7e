"""The clocks of stores: one request each, without a key, for the date that every answer carries."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Final

from catalogctl.config.accounts import accounts
from catalogctl.engine.checkup.surroundings import Surroundings
from catalogctl.model.check import Check
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.provider.protocol import Provider
from catalogctl.system.host import WebOrigin

_PATIENCE: Final = 10.0
"""Seconds for one answer."""
_SLACK: Final = timedelta(minutes=5)
"""What a clock may differ by before signed addresses and dates of sale go wrong."""


def store_clocks(where: Surroundings, providers: Mapping[str, Provider]) -> Check:
    """Compare the clock with those of the stores."""
    assert where.project is not None, "stores are those of a project file"
    made, _ = accounts(where.project, providers, where.variables)
    asked = {name: made[name].base_url for name in sorted(made) if not made[name].is_sandbox and where.account in {None, name}}

    def found() -> Iterator[Diagnostic]:
        for name, url in asked.items():
            told = _date_of(url)
            if told is None:
                detail = f"{WebOrigin.of(url)} gave no answer with a date."
                hint = "Check the network, and the account's address."
                yield warning("clock-unknown", f"The clock of {name} could not be asked", detail, hint)
                continue
            apart = datetime.now(UTC) - told
            if abs(apart) > _SLACK:
                minutes, side = abs(apart) // timedelta(minutes=1), "ahead of" if apart > timedelta() else "behind"
                detail = f"It is {minutes:,} minutes {side} that of {WebOrigin.of(url)}. Dates of sale and signed addresses go by it."
                yield error("clock-differs", "The clock is wrong", detail, "Set the clock of this machine, for instance by NTP.")

    fine = f"The clock agrees with those of {', '.join(asked)}." if asked else "No account has a store to compare the clock with."
    return Check.of("store-clocks", fine, found())


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect; its answer has a date as well."""

    def redirect_request(self, *_: object) -> None:
        """Make no second request."""


def _date_of(url: str) -> datetime | None:
    origin = str(WebOrigin.of(url))
    request = urllib.request.Request(origin, method="HEAD", headers={"User-Agent": "catalogctl"})  # noqa: S310 -- http or https, as judged
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_PATIENCE) as answer:
            said = answer.headers.get("Date")
    except urllib.error.HTTPError as refused:
        said = refused.headers.get("Date")
        refused.close()
    except (OSError, HTTPException, ValueError):
        return None
    try:
        told = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
