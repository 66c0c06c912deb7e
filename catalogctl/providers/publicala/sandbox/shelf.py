"""The contents of the emulated store, in the order of the list, and their conversion."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast

import orjson

from catalogctl.provider.emulation import Commit, Json
from catalogctl.providers.publicala.sandbox.issue import Issue, decode, encode
from catalogctl.providers.publicala.sandbox.render import shown_row
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

CLEARED, COUNTER = "cleared", "next_id"
"""Keys of commits that are no content's: everything is gone; the id that the next content gets."""


class Shelf:
    """Contents by id and by external id. Not safe for threads: its owner holds a lock."""

    def __init__(self, switches: PublicalaSwitches, first_id: int) -> None:
        self.next_id = first_id
        self.listener: Callable[[Commit], None] | None = None
        self._switches = switches
        self._issues: dict[int, Issue] = {}
        self._ids: list[int] = []
        self._own: dict[str, int] = {}
        self._foreign: dict[str, int] = {}
        self._haystacks: dict[int, str] = {}
        self._pages: dict[int, bytes] = {}
        """Rows of the list as they are sent, for contents that no longer convert."""
        self._hits: dict[str, list[int]] = {}
        """Answers of searches since the last change, so that paging through one does not search again."""
        self._reads: Counter[int] = Counter()

    def __iter__(self) -> Iterator[Issue]:
        return iter([self._issues[number] for number in self._ids])

    def find(self, key: str) -> Issue | None:
        """Find by internal id first, then by our external id, then by another tenant's."""
        # An id has no leading zero and fits 64 bits; any other run of digits can only be an external id.
        if key.isascii() and key.isdecimal() and len(key) < 19 and (found := self._issues.get(int(key))) and key == str(found.id):
            return found
        return self.own(key) or self._issues.get(self._foreign.get(key, -1))

    def own(self, external_id: str) -> Issue | None:
        """Find our own content by its external id."""
        return self._issues.get(self._own.get(external_id, -1))

    def put(self, issue: Issue) -> None:
        """Store a content, new or changed."""
        self._place(issue)
        self._tell(Commit(str(issue.id), encode(issue)))

    def drop(self, issue: Issue) -> None:
        """Take a content away."""
        self._displace(issue.id)
        self._tell(Commit(str(issue.id), None))

    def clear(self, first_id: int) -> None:
        """Take everything away and number anew."""
        self._empty()
        self.next_id = first_id
        self._tell(Commit(CLEARED, {COUNTER: first_id}))

    def snapshot(self) -> tuple[Commit, ...]:
        """Give the fewest commits that rebuild the contents."""
        return (Commit(CLEARED, {COUNTER: self.next_id}), *(Commit(str(number), encode(self._issues[number])) for number in self._ids))

    def replay(self, commits: Iterable[Commit]) -> None:
        """Apply commits, telling nobody."""
        for commit in commits:
            if commit.key == CLEARED:
                self._empty()
                self.next_id = cast("int", (commit.value or {})[COUNTER])
            elif commit.value is None:
                if int(commit.key) in self._issues:
                    self._displace(int(commit.key))
            else:
                self._place(decode(commit.value))

    def search(self, query: str | None, now: datetime) -> Sequence[int]:
        """List the ids that a query finds, rising.

        The words `converting` and `deferred` are states; all else is looked for within names, external ids and ids.
        """
        match query:
            case None:
                return self._ids
            case "deferred":
                return [number for number in self._ids if self.status(self._issues[number], now) == "deferred"]
            case "converting":
                return [number for number in self._ids if self._converts(self._issues[number], now)]
            case _:
                wanted, haystacks = query.casefold(), self._haystacks
                if (found := self._hits.get(wanted)) is None:
                    found = self._hits[wanted] = [number for number in self._ids if wanted in haystacks[number]]
                return found

    def status(self, issue: Issue, now: datetime) -> str:
        """Tell the state of a content's conversion."""
        if issue.conversion_status is not None:
            return issue.conversion_status
        passed = self._passed(issue, now)
        steps = self._switches.conversion_steps
        if passed is None:
            return "done"
        return steps[passed] if passed < len(steps) else self._switches.conversion_failure or "done"

    def row(self, number: int, now: datetime) -> bytes:
        """Give a row of the list as JSON."""
        if (page := self._pages.get(number)) is not None:
            return page
        issue = self._issues[number]
        truncated = self._switches.list_descriptions == "truncated"
        page = orjson.dumps(self._shown(issue, now, truncated=truncated))
        if not self._changes_by_itself(issue, now):
            self._pages[number] = page
        return page

    def whole(self, issue: Issue, now: datetime) -> dict[str, Json]:
        """Give the row of a content that is asked for alone."""
        return self._shown(issue, now, truncated=False)

    def _shown(self, issue: Issue, now: datetime, *, truncated: bool) -> dict[str, Json]:
        self._reads[issue.id] += 1
        return shown_row(issue, self.status(issue, now), self._switches, truncated=truncated)

    def _passed(self, issue: Issue, now: datetime) -> int | None:
        """Count the steps of the conversion that are over; None where there is no conversion."""
        if issue.converting_since is None:
            return None
        if self._switches.conversion_advances == "read":
            return self._reads[issue.id]
        if self._switches.conversion_step_seconds <= 0:
            return len(self._switches.conversion_steps)
        return int((now.timestamp() - issue.converting_since) / self._switches.conversion_step_seconds)

    def _changes_by_itself(self, issue: Issue, now: datetime) -> bool:
        passed = self._passed(issue, now)
        return issue.conversion_status is None and passed is not None and passed < len(self._switches.conversion_steps)

    def _converts(self, issue: Issue, now: datetime) -> bool:
        return self.status(issue, now) not in ("done", "deferred", self._switches.conversion_failure)

    def _place(self, issue: Issue) -> None:
        if issue.id in self._issues:
            self._unlink(issue.id)
        elif not self._ids or issue.id > self._ids[-1]:
            self._ids.append(issue.id)
        else:
            insort(self._ids, issue.id)
        self._issues[issue.id] = issue
        self._haystacks[issue.id] = f"{issue.name}\n{issue.external_id or ''}\n{issue.id}".casefold()
        if issue.external_id is not None:
            (self._own if issue.owned else self._foreign)[issue.external_id] = issue.id
        self.next_id = max(self.next_id, issue.id + 1)
        self._hits.clear()

    def _displace(self, number: int) -> None:
        self._unlink(number)
        del self._issues[number]
        del self._ids[bisect_left(self._ids, number)]
        self._reads.pop(number, None)
        self._hits.clear()

    def _unlink(self, number: int) -> None:
        issue = self._issues[number]
        keys = self._own if issue.owned else self._foreign
        if issue.external_id is not None and keys.get(issue.external_id) == number:
            del keys[issue.external_id]
        self._haystacks.pop(number, None)
        self._pages.pop(number, None)

    def _empty(self) -> None:
        for index in (self._issues, self._ids, self._own, self._foreign, self._haystacks, self._pages, self._hits, self._reads):
            index.clear()

    def _tell(self, commit: Commit) -> None:
        if self.listener is not None:
            self.listener(commit)
