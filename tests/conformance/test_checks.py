"""A provider or backend that breaks a rule is caught by the check that is about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalogctl.model.account import Account
from catalogctl.model.diagnostics import CatalogError
from catalogctl.model.resource import Observed, ResourceType, Trait
from catalogctl.model.value import Attributes
from catalogctl.provider.answer import Deletion
from catalogctl.provider.endpoint import Endpoint
from catalogctl.provider.failure import Ambiguous, StoreFailure, Unavailable
from catalogctl.provider.protocol import Assets, Compiled, Listing, Lookup, Offer, Provider, Step, Verb, Written
from catalogctl.provider.service import ReadClient, WriteClient
from catalogctl.state.backend import Backend, LockInfo, content_digest
from catalogctl.state.local import LocalBackend
from catalogctl.state.local_lock import Card, Lease, LocalLock, Locker
from catalogctl.state.local_runs import LocalRuns
from catalogctl.system.safe_folder import SafeFolder
from catalogctl.testing import backend_conformance, conformance
from conformance.shelf import API, BLURB, BOOK, Shelf, ShelfReader, ShelfWriter, to_store
from conformance.test_shelf import SHELF

CHECKS = {check.__name__: check for check in conformance.CHECKS}
BACKEND_CHECKS = {check.__name__: check for check in backend_conformance.CHECKS}


class _Lazy(ShelfWriter):
    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:  # noqa: ARG002
        return Written(id_, {})


class _Careless(ShelfWriter):
    async def update(self, type_: ResourceType, id_: str, attributes: Attributes, changed: frozenset[str]) -> Written:
        for seen in await self._reader._get(BOOK, "list"):
            await self._service.send(API["book"]["update"], to_store({"shelfmark": "?"}, frozenset({"shelfmark"})), id=seen.id)
        return await super().update(type_, id_, attributes, changed)


class _Blunt(ShelfWriter):
    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:  # noqa: ARG002
        await self._service.send(API[type_.name]["delete"], id=id_)
        return Deletion.DONE


class _Sweeping(ShelfWriter):
    async def delete(self, type_: ResourceType, id_: str, key: str) -> Deletion:
        ended = await super().delete(type_, id_, key)
        for seen in await self._reader._get(type_, "list"):
            await super().delete(type_, seen.id, seen.key)
        return ended


class _Stubborn(ShelfWriter):
    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        try:
            return await super().create(type_, attributes)
        except Ambiguous:
            return await super().create(type_, attributes)


class _Telling(ShelfWriter):
    async def create(self, type_: ResourceType, attributes: Attributes) -> Written:
        written = await super().create(type_, attributes)
        return Written(written.id, {**written.observed, type_.key: str(self._service._authentication.fixed["X-Token"].reveal())})  # type: ignore[attr-defined]


class _Hopeful(ShelfReader):
    async def _get(self, type_: ResourceType, name: str, **parts: str) -> list[Observed]:
        try:
            return await super()._get(type_, name, **parts)
        except Unavailable:
            return []


class _Forgetful(ShelfReader):
    async def find(self, want: Lookup) -> Observed | None:  # noqa: ARG002
        return None


class _Blind(ShelfReader):
    async def read(self, type_: ResourceType, id_: str) -> Observed | None:  # noqa: ARG002
        return None


class _Guessing(ShelfReader):
    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        listing = await super().list_objects(wanted, progress)
        shown = await self._get(BOOK, "list")
        return Listing(tuple(seen or (shown[0] if shown else None) for seen in listing.objects))


class _Broken(Shelf):
    """Shelf with one thing wrong."""

    def __init__(
        self,
        reader: type[ShelfReader] = ShelfReader,
        writer: type[ShelfWriter] = ShelfWriter,
        delete: tuple[str, ...] = ("read", "delete"),
        **book: Any,
    ) -> None:
        self._reader, self._writer, self._delete = reader, writer, delete
        if book:
            broken = replace(
                BOOK, attributes={**BOOK.attributes, **{name: replace(BOOK.attributes[name], **bad) for name, bad in book.items()}}
            )
            self.types: Mapping[str, ResourceType] = {BOOK.name: broken, BLURB.name: BLURB}

    def compile(self, offer: Offer) -> Compiled:
        compiled = super().compile(offer)
        return replace(compiled, resources=tuple(replace(one, type=self.types[one.type.name]) for one in compiled.resources))

    def calls(self, step: Step) -> tuple[Endpoint, ...]:
        return super().calls(step) if step.verb is not Verb.DELETE else tuple(API[step.type.name][name] for name in self._delete)

    def reader(self, account: Account, service: ReadClient) -> ShelfReader:
        return self._reader(account.name, service)

    def writer(self, account: Account, service: WriteClient, assets: Assets) -> ShelfWriter:  # noqa: ARG002
        return self._writer(account.name, service)


class _Curious(Shelf):
    def compile(self, offer: Offer) -> Compiled:
        offer.account.secrets["token"]()
        return super().compile(offer)


BROKEN: Mapping[str, tuple[Provider, str]] = {
    "types_are_known_by_their_names": (_Broken(code={"name": "cod"}), "names of the attributes of book"),
    "unset_values_fit": (_Broken(prices={"unset": ()}), "book.prices: .* is no map"),
    "normal_forms_are_stable": (_Broken(language={"normal": lambda value: f"{value}!"}), "book.language, its normal form"),
    "compiling_is_pure": (_Curious(), "A secret is missing"),
    "every_step_says_what_it_sends": (_Broken(delete=("read",)), "delete of .* lists no request that writes"),
    "specimen_shows_everything": (_Broken(title={"unset": ""}), "no edit takes away .*book.title"),
    "apply_then_plan_is_empty": (_Broken(language={"normal": None}), "a plan after apply is empty(.|\n)*'EN' → 'en'"),
    "requests_are_those_of_the_plan": (_Broken(delete=("delete",)), "requests of the step `delete store/book"),
    "objects_are_as_asked": (_Broken(shelfmark={"traits": frozenset()}), "does not tell its shelfmark"),
    "every_edit_converges_alone": (_Broken(writer=_Careless), "requests of the apply"),
    "tampering_is_drift_and_put_back": (_Broken(writer=_Lazy), "a plan after apply is empty"),
    "what_is_gone_is_made_again": (_Broken(reader=_Guessing), "An object with two addresses"),
    "objects_of_others_are_left_alone": (_Broken(writer=_Sweeping), "an apply failed: delete store/book"),
    "a_title_taken_out_is_deleted": (_Broken(writer=_Sweeping), "a plan after apply is empty"),
    "keys_change_hands": (_Broken(code={"traits": frozenset({Trait.REPLACES})}), "the id of an object whose key a new one took"),
    "what_is_missing_is_none": (_Broken(writer=_Blunt), "A store refused a request"),
    "secrets_stay_secret": (_Broken(writer=_Telling), "the account's secret is in a plan"),
    "lost_answers_double_nothing": (_Broken(writer=_Stubborn), "objects in the store after POST /books met drop_after"),
    "lost_requests_lose_nothing": (_Broken(writer=_Lazy), "the plan lists this request, and none was sent"),
    "a_listing_that_lacks_objects_makes_and_deletes_nothing": (_Broken(reader=_Blind), "what a plan creates, deletes or forgets when"),
    "a_store_that_is_down_makes_no_plan": (_Broken(reader=_Hopeful), "a plan was made while every request"),
}
"""Check → a provider that it must not let pass, and its words for it."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_check_catches_a_provider_that_breaks_its_rule(name: str) -> None:
    provider, words = BROKEN[name]
    with pytest.raises((AssertionError, CatalogError, StoreFailure), match=words):
        CHECKS[name](replace(SHELF, provider=provider))


class _Trusting(LocalBackend):
    def write(self, data: bytes, serial: int, after: str | None) -> None:  # noqa: ARG002
        super().write(data, serial, None if (present := self.read()) is None else content_digest(present))


class _Shared(LocalBackend):
    @contextmanager
    def lock(self, info: LockInfo, timeout: float) -> Iterator[LocalLock]:  # noqa: ARG002
        self._folder.make_file(f"{info.environment}.lock")
        card = Card(self._folder, "card", Lease())
        card.write(info, 1)
        yield LocalLock(info, 1, self._folder, card, Lease())


class _Mixed(LocalBackend):
    def __init__(self, folder: SafeFolder, environment: str) -> None:
        super().__init__(folder, "default")
        self.environment = environment
        self._locker = Locker(folder, environment, Lease())

    def runs(self) -> LocalRuns:
        return LocalRuns(self._folder.folder("runs"), "default")


@pytest.mark.parametrize(
    ("name", "backend", "words"),
    [
        ("a_lost_update_is_refused", _Trusting, "a write after a state where there is none was not refused"),
        ("a_lock_excludes_others", _Shared, "the holder while it is held"),
        ("environments_are_apart", _Mixed, "the state of another environment"),
        ("records_of_runs_only_grow", _Mixed, "the records of another environment"),
    ],
    ids=["lost update", "shared lock", "mixed environments", "mixed records"],
)
def test_a_check_catches_a_backend_that_breaks_its_rule(name: str, backend: type[LocalBackend], words: str, tmp_path: Path) -> None:
    def place(environment: str) -> Backend:
        return backend(SafeFolder(tmp_path / "state"), environment)

    with pytest.raises((AssertionError, CatalogError), match=words):
        BACKEND_CHECKS[name](place)
