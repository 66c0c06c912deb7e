"""What a `publish` block says: facts of the edition for one account alone, and beside them the provider's own options.

    the account's blocks, the nearest first  >  what is said of the edition to all accounts

A name that is both is known by its form: `subjects` and `copyright` are mappings as facts; `content` and `cover` of `files` are facts,
and all other kinds of files options. Any other option of a provider with the name of a fact is the option.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from catalogctl.config.defaults import METADATA, Layers, lay_over
from catalogctl.config.documents import Document, Documents, locate_origin
from catalogctl.config.schema.problem import Problem
from catalogctl.config.syntax.source import Part
from catalogctl.config.territories import Groups, block_problems
from catalogctl.model.diagnostics import Diagnostic, Pointer, SourceRange, Subject
from catalogctl.model.title import Origin

SHARED_FACTS: Final = METADATA - {"title"} | frozenset(
    "prices prices_in price_changes promotions height width thickness weight pages binding editing_location accessibility drm".split()
)
"""What defaults can say to one account as well."""
FACTS: Final = SHARED_FACTS | frozenset(
    "title isbn external_id files tracks duration form identifiers onix parts replaces replaced_by".split()
)
"""What an edition can say to one account alone. A test compares both with the models."""
OWN_FILES: Final = ("content", "cover")
"""Files of the edition itself; all others are a store's own kinds."""

MAPPINGS: Final = frozenset({"subjects", "copyright"})
"""Facts that are mappings, of which no provider has an option that is one."""
OF_BOTH: Final = MAPPINGS | {"files", "audience", "table_of_contents"}
"""Names of facts that our providers have options of."""

OptionNames = Mapping[str, Container[str]]
"""Account → the names of its provider's options."""


def split(said: Mapping[str, Any], own: Container[str] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take what is said to one account apart: the facts, and the provider's options.

    Shapes:  `own` are the names of the options; `None` where they are not known, so that forms alone decide.
    """
    own = OF_BOTH if own is None else own
    facts: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for name, value in said.items():
        if name not in FACTS:
            options[name] = value
        elif name not in own or (name in MAPPINGS and isinstance(value, dict)):
            facts[name] = value
        elif name == "files" and isinstance(value, dict):
            edition = {kind: path for kind, path in value.items() if kind in OWN_FILES}
            rest = {kind: path for kind, path in value.items() if kind not in OWN_FILES}
            if edition:
                facts[name] = edition
            if rest or not edition:
                options[name] = rest
        else:
            options[name] = value
    return facts, options


Prepare = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _as_it_is(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return facts


def _routed(merged: Mapping[str, Any], currencies: Sequence[str] | None) -> Mapping[str, Any]:
    """Return the facts of an edition with prices in the currencies alone that its account takes; `None`: in all."""
    prices = merged.get("prices") or {}
    if currencies is None or prices.keys() <= set(currencies):
        return merged
    return {**merged, "prices": {currency: amount for currency, amount in prices.items() if currency in currencies}}


def read_facts(facts: Mapping[str, Any], form: str, groups: Groups, *, is_own: bool) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    """Return facts for one account in canonical form, and what is wrong with them; none of them where they are of a wrong form.

    Shapes:  `form` is the format of the edition; `is_own`: it is said on the edition, not in defaults.
    """
    # Most catalogs say nothing to single accounts.
    from catalogctl.config.schema.crosscheck import fact_problems
    from catalogctl.config.schema.document import SharedFacts, StoreFacts, canonical
    from catalogctl.config.schema.judge import judge

    read = judge(StoreFacts).read(facts) if is_own else judge(SharedFacts).read(facts)
    if isinstance(read, tuple):
        return {}, read
    known = canonical(read)
    return known, (*fact_problems(known, form), *block_problems(known, groups, ()))


class AccountFacts:
    """The facts that single accounts are given, judged where they are said, each place once."""

    def __init__(self, documents: Documents, layers: Layers, options: OptionNames) -> None:
        self._documents = documents
        self.layers = layers
        self._options = options
        self._judged: dict[Origin, Mapping[str, Any]] = {}
        self.problems: list[Diagnostic] = []

    @property
    def groups(self) -> Groups:
        """The groups of countries that the project names."""
        return self._documents.project.territory_groups

    def options(self, account: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is said to an account without the facts."""
        return split(said, self._options.get(account))[1]

    def of(self, document: Document, edition: str, account: str) -> list[Mapping[str, Any]]:
        """Return the facts of an edition for one account, block by block with the nearest first, in canonical form.

        Shapes:  a field that is null takes back what stands further out. What is wrong is left out, and is in `problems`.
        """
        found: list[Mapping[str, Any]] = []
        for said, origin in self.layers.told(document, edition, account):
            facts = split(said, self._options.get(account))[0]
            if facts:
                found.append(self._read(facts, origin, document if origin.path == document.path else None, edition))
        return found

    def told_to(
        self, document: Document, edition: str, account: str, general: Mapping[str, Any], prepared: Prepare = _as_it_is
    ) -> Mapping[str, Any]:
        """Return what is said of an edition as one account sees it; `general` itself where that account is given nothing otherwise.

        Shapes:  `general` is what all accounts are given, merged. `prepared` makes of a block of facts what is laid over it.
        """
        merged = _routed(general, self._documents.project.accounts.get(account, {}).get("currencies"))
        for facts in reversed(self.of(document, edition, account)):
            merged = lay_over(prepared(facts), merged)
        return merged

    def judge_defaults(self, items: Iterable[Document]) -> None:
        """Judge what defaults documents say to single accounts, also where no title is reported."""
        for item in items:
            if item.kind == "defaults":
                for account, said in ((item.data.get("edition") or {}).get("publish") or {}).items():
                    facts = split(said, self._options.get(account))[0] if isinstance(said, dict) else {}
                    if facts and account in self._documents.project.accounts:
                        self._read(facts, item.origin.at("edition", "publish", account), None, "")

    def _read(self, facts: Mapping[str, Any], origin: Origin, document: Document | None, edition: str) -> Mapping[str, Any]:
        known = self._judged.get(origin)
        if known is None:
            own = origin.pointer[:1] == ("editions",)
            form = document.data["editions"][edition]["format"] if own and document is not None else "audiobook"
            known, problems = read_facts(facts, form, self.groups, is_own=own)
            self.problems.extend(self._told(problems, origin, document, edition))
            self._judged[origin] = known
        return known

    def _told(self, problems: Iterable[Problem], origin: Origin, document: Document | None, edition: str) -> Iterator[Diagnostic]:
        def place(pointer: Pointer, part: Part) -> SourceRange:
            return locate_origin(self._documents, origin.at(*pointer), part)

        for problem in problems:
            field = ".".join(map(str, (*origin.pointer[-2:], *problem.pointer)))
            subject = Subject(
                origin.path, document.data["id"] if document is not None else "", edition if document is not None else "", field
            )
            yield replace(problem.diagnostic(place), subject=subject)
