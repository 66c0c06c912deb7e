"""What the options of commands are made of: durations, digests, limits of comments and reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from catalogctl.view.markdown.marks import Limit


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Seconds(click.ParamType[float]):
    """A duration, in seconds: 30, 45s, 5m, 5h30m or 1d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a duration."""
        text = str(value)
        whole = re.fullmatch(r"([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s?)?", text)
        seconds = 0.0
        try:
            for part in filter(None, whole.groups() if whole is not None else ("?",)):
                seconds += float(part.rstrip("dhms")) * _SECONDS[part[-1] if part[-1] in _SECONDS else "s"]
        except ValueError:
            whole = None
        if not text or whole is None:
            self.fail(f"{text!r} is no duration; write 30, 45s, 5m or 5h30m", param, ctx)
        return seconds


class Digest(click.ParamType[str]):
    """The digest of a plan."""

    name = "digest"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a digest."""
        text = str(value)
        if re.fullmatch("[0-9a-f]{64}", text) is None:
            self.fail(
                f"{text[:80]!r} is no digest of a plan: these are 64 hex digits, as `catalogctl plan --format markdown` ends with",
                param,
                ctx,
            )
        return text


class Limited(click.ParamType["Limit"]):
    """A number of bytes, or the name of a host that has a limit of its own."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Limit:
        """Read a number of bytes, or look a host up."""
        from catalogctl.view.markdown.marks import LEAST, LIMITS, Limit

        text = str(value)
        if text in LIMITS:
            return LIMITS[text]
        if not text.isascii() or not text.isdecimal() or int(text[:12]) < LEAST:
            self.fail(f"{text!r} is neither a number from {LEAST} on nor one of {', '.join(LIMITS)}", param, ctx)
        return Limit(int(text[:12]))


class Report(click.ParamType[str]):
    """FORM=FILE, of which the file is given; there is but one form."""

    name = "report"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take the form off."""
        form, equals, file = str(value).partition("=")
        if form != "gitlab-terraform" or not equals or not file:
            self.fail(f"{str(value)!r}: write it as gitlab-terraform=FILE", param, ctx)
        return file
