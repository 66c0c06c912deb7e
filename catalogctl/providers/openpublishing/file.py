"""ReadClient and writing the files of products."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass

from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, Severity, error, warning
from catalogctl.model.resource import Observed
from catalogctl.model.value import Attributes, Value
from catalogctl.provider import strict
from catalogctl.provider.answer import Answer, Deletion, nonsense
from catalogctl.provider.failure import Ambiguous, Refused, StoreFailure
from catalogctl.provider.protocol import Assets, Lookup, Written
from catalogctl.provider.service import ReadClient, WriteClient, decoded, undocumented
from catalogctl.providers.openpublishing import convert
from catalogctl.providers.openpublishing.assumptions import LABELS_FIELD, NORMALISED_TYPES
from catalogctl.providers.openpublishing.convert import StoredFile
from catalogctl.providers.openpublishing.endpoints import ADD, DELETE, LIST, READ
from catalogctl.providers.openpublishing.options import Settings
from catalogctl.providers.openpublishing.product import the_product
from catalogctl.providers.openpublishing.types import FILE, file_key, has_several_labels, slot, told_bytes

CONFLICT = 409
SCANS = 3
"""How often a list that shows a file twice is read before it is taken as it is."""
_LONGEST_FINDING = 300
"""Characters of what the service finds in a file that are passed on."""


def split_id(id_: str) -> tuple[str, str] | None:
    """Take apart the id of a file, `PRODUCT/FILE`; `None` for what is none."""
    product, slash, file = id_.partition("/")
    return (product, file) if slash and _is_segment(product) and _is_segment(file) else None


def _is_segment(part: str) -> bool:
    return bool(part) and part not in {".", ".."} and "/" not in part


@dataclass(frozen=True, slots=True)
class ListedFiles:
    """The files that a product's list shows, from the oldest to the newest."""

    files: tuple[StoredFile, ...]
    doubtful: bool = False
    """Whether the list shows some file twice, whenever it is read: another one may be hidden by that."""


async def read_list(account: str, service: ReadClient, product: str) -> ListedFiles:
    """Read the list of a product's files; again while it shows one twice, since files may come and go meanwhile.

    Raises:  StoreFailure; Refused (404) where there is no such product.
    """
    for scan in range(SCANS):
        answer = await service.get(LIST, product=product)
        try:
            rows = convert.read_list(answer)
            files = {file.id: file for file in (convert.read_file(row, f"[{place}]") for place, row in enumerate(rows))}
        except ValueError as failure:
            raise undocumented(account, LIST, failure) from failure
        if len(files) == len(rows) or scan == SCANS - 1:
            break
    return ListedFiles(tuple(sorted(files.values(), key=lambda file: file.age)), doubtful=len(files) != len(rows))


async def list_files(account: str, service: ReadClient, product: str) -> tuple[StoredFile, ...]:
    """Read all files of a product, from the oldest to the newest.

    Raises:  as `read_list`.
    """
    return (await read_list(account, service, product)).files


async def read_file(account: str, service: ReadClient, product: str, file: str) -> StoredFile | None:
    """Read one file; `None` when the product has no such file.

    Raises:  StoreFailure.
    """
    answer = await service.get_if_there(READ, product=product, file=file)
    if answer is None:
        return None
    try:
        stored = convert.read_file(decoded(account, READ, answer))
    except ValueError as failure:
        raise undocumented(account, READ, f"{failure} (of the file {file})") from failure
    if stored.id != file:
        raise nonsense(account, READ, f"is about the file {strict.quoted(stored.id)}, and {file} was asked for")
    return stored


def observed(file: StoredFile, product: str, words: str, told_product: str | None) -> Observed:
    """Show a file as the engine sees it.

    Shapes:  `words` is how the files name the product that it is on; `told_product` is `None` where no one looked which product the
             wanted file's own words fit.
    """
    attributes: dict[str, Value] = {
        "slot": file_key(words, file.type, file.labels),
        "type": file.type,
        "labels": file.labels,
        "file_name": file.name,
    }
    if told_product is not None:
        attributes["product"] = told_product
    attributes["file"] = told_bytes(file.sha1)
    return Observed(f"{product}/{file.id}", file_key(words, file.type, file.labels), attributes)


def in_place_of(files: Iterable[StoredFile], expected: Attributes) -> list[StoredFile]:
    """List the files of a product that are what a wanted one is to be: of its type, with its labels."""
    return [file for file in files if (file.type, file.labels) == (expected.get("type"), expected.get("labels"))]


def matching(candidates: Sequence[StoredFile], expected: Attributes) -> StoredFile | None:
    """Choose among the files in a wanted one's place the one that it is, the newest of several.

    Where the service may keep other bytes than it was sent, only one file in that place can be it, whatever its bytes. Of a file
    that a journal remembers nothing but its sha256 is known, which the service does not tell: the one that bears its name is it.
    """
    wanted = expected.get("file")
    if isinstance(wanted, Asset) and not wanted.sha1 and not wanted.size:
        named = [file for file in candidates if file.name == expected.get("file_name")]
        return (named or candidates)[-1] if candidates else None
    same = [file for file in candidates if has_bytes(file, wanted)]
    if same:
        return same[-1]
    return candidates[0] if len(candidates) == 1 and expected.get("type") in NORMALISED_TYPES else None


def has_bytes(file: StoredFile, wanted: Value) -> bool:
    """Return whether a file's bytes are a local file's; of one that comes from a saved plan only the size may be known."""
    if not isinstance(wanted, Asset):
        return False
    return file.sha1 == wanted.sha1 if wanted.sha1 else file.size == wanted.size


def occupied(want: Lookup, others: Sequence[StoredFile]) -> Diagnostic:
    """Warn that a file is added beside one that is no one's here."""
    ids = ", ".join(file.id for file in others)
    detail = (
        f"The product has a {slot(others[0].type, others[0].labels)} with other bytes already (id {ids}), not created by this catalog. "
        "It is left unchanged, and the declared one is added; a service that allows only one refuses or replaces it."
    )
    hint = "Remove the other one at Open Publishing if it is not wanted."
    return warning("slot-occupied", "Another file in the same place", detail, hint, address=str(want.address), attribute="file")


def finding(want: Lookup, file: StoredFile) -> list[Diagnostic]:
    """Pass on what the service has found in a file, unless it is that all is well."""
    found = file.validation
    if found is None or (isinstance(found, dict) and found.get("valid") is True):
        return []
    text = str(found)
    shown = text if len(text) <= _LONGEST_FINDING else f"{text[:_LONGEST_FINDING]}…"
    detail = f"Of the file {file.name} (id {file.id}) it says: {shown}"
    return [
        Diagnostic(Severity.NOTE, "file-validated", "The store has looked at a file", detail, address=str(want.address), attribute="file")
    ]


class FileWriter:
    """Adds files to products and deletes them."""

    def __init__(self, account: str, service: WriteClient, assets: Assets, settings: Settings) -> None:
        self._account = account
        self._label_form = settings.label_form
        self._service = service
        self._assets = assets

    async def add(self, attributes: Attributes, old: str | None, held: Container[str] = (), leaving: Container[str] = ()) -> Written:
        """Send a file, and look what became of it; `old` is the id of the one that goes after it.

        A file with the same bytes that is there already is taken for it, unless its id is in `held`. Where the product may have one only,
        one whose id is in `leaving` is deleted first.
        Raises:  Refused (upload-mismatch) when the service has other bytes than were sent; Ambiguous; StoreFailure.
        """
        product = await the_product(self._account, self._service, str(attributes["product"]))
        looks_first = old is not None or has_several_labels(attributes)
        before = await list_files(self._account, self._service, product) if looks_first else None
        if old is not None and before is not None:
            # Someone may have put the very file there by hand.
            alike = [file for file in in_place_of(before, attributes) if has_bytes(file, attributes["file"])]
            same = [file for file in alike if (id_ := f"{product}/{file.id}") != old and id_ not in held]
            if same:
                seen = observed(same[-1], product, str(attributes["product"]), str(attributes["product"]))
                return Written(seen.id, seen.attributes)
        try:
            answer = await self._send(attributes, product)
        except Refused as refusal:
            ahead = [id_ for file in in_place_of(before or (), attributes) if (id_ := f"{product}/{file.id}") in leaving]
            if refusal.status != CONFLICT or not ahead:
                raise
            # One file only is allowed there: what is to be deleted has to go first after all.
            for id_ in ahead:
                await self.remove(id_)
            answer = await self._send(attributes, product)
        try:
            files = await list_files(self._account, self._service, product)
        except StoreFailure as failure:
            raise Ambiguous(failure.diagnostic) from failure
        others = [file for file in files if f"{product}/{file.id}" != old]
        file = self._added(answer, others, None if before is None else {file.id for file in before}, attributes)
        if file.labels != attributes["labels"]:
            raise Refused(self._labels_not_kept(file, product, attributes["labels"]), CONFLICT)
        if not has_bytes(file, attributes["file"]) and file.type not in NORMALISED_TYPES:
            detail = (
                f"{self._account}: the file was sent whole, and is there as {file.id} of the product {product}, "
                f"with another sha1 ({file.sha1}) than ours."
            )
            hint = "Remove that file at Open Publishing, and apply again."
            raise Refused(error("upload-mismatch", "The store has other bytes than were sent", detail, hint), CONFLICT)
        seen = observed(file, product, str(attributes["product"]), str(attributes["product"]))
        return Written(seen.id, seen.attributes)

    def _labels_not_kept(self, file: StoredFile, product: str, labels: Value) -> Diagnostic:
        """Say that the service made other labels of those that were sent, as when it reads them in another form."""
        sent = ", ".join(map(str, labels)) if isinstance(labels, tuple) else ""
        detail = (
            f"{self._account}: {file.name} was sent with the labels {sent or '(none)'}, and is there as {file.id} of the product {product} "
            f"with {', '.join(file.labels) or 'none'}."
        )
        other = "joined" if self._label_form == "repeated" else "repeated"
        hint = f"Remove that file at Open Publishing, have the account send labels in the other form, and apply again:\nlabel_form: {other}"
        return error("labels-not-kept", "The store has other labels than were sent", detail, hint)

    async def remove(self, id_: str) -> Deletion:
        """Delete a file; one that is gone is no failure."""
        product, file = _whole(id_)
        return await self._service.remove(DELETE, product=product, file=file)

    async def delete(self, id_: str, key: str) -> Deletion:
        """Delete a file, having just seen that it still is of the type and with the labels that were planned for."""
        product, file = _whole(id_)
        seen = await read_file(self._account, self._service, product, file)
        if seen is None:
            return Deletion.NOT_THERE
        if not key.startswith(f"{slot(seen.type, seen.labels)} of "):
            detail = f"{self._account}: the file with id {id_} is now a {slot(seen.type, seen.labels)}, not {key}; it was left alone."
            hint = "Plan again. If it is to be deleted all the same, remove it at Open Publishing, and apply again."
            raise Refused(error("not-the-same", "An object is no longer the one that was planned for", detail, hint), CONFLICT)
        return await self.remove(id_)

    async def _send(self, attributes: Attributes, product: str) -> Answer:
        asset, labels = attributes["file"], attributes["labels"]
        if not isinstance(asset, Asset) or not isinstance(labels, tuple):
            message = f"a {FILE.name} without a file or labels"
            raise TypeError(message)
        fields: dict[str, str | list[str]] = {"type": str(attributes["type"])}
        if labels:
            said = [str(label) for label in labels]
            fields[LABELS_FIELD] = said if self._label_form == "repeated" else ",".join(said)
        return await self._service.send_file(ADD, fields, str(attributes["file_name"]), lambda: self._assets.open(asset), product=product)

    def _added(self, answer: Answer, files: Sequence[StoredFile], before: Collection[str] | None, attributes: Attributes) -> StoredFile:
        """Return the file that was just added: by the id in the answer, else as the newest in its place that it can be.

        Shapes:  `before` are the ids of the files that were there, `None` where no one looked: a new one with the bytes that were
        sent is it, whatever became of its labels.
        """
        here = in_place_of(files, attributes)
        told = _told_id(answer)
        if told is not None:
            here = [file for file in files if file.id == told]
        elif same := [file for file in here if has_bytes(file, attributes["file"])]:
            here = same
        elif before is not None and (new := [file for file in files if file.id not in before and has_bytes(file, attributes["file"])]):
            here = new
        elif attributes["type"] not in NORMALISED_TYPES:
            here = []
        if not here:
            detail = f"{self._account}: {ADD} succeeded ({answer.status}), and the product does not show the file."
            raise Ambiguous(error("outcome-unknown", "It is not known what the store created", detail))
        return here[-1]


def _told_id(answer: Answer) -> str | None:
    """Read the id of an added file out of the answer, which may be empty."""
    try:
        return convert.read_file(answer.json()).id
    except ValueError:
        return None


def _whole(id_: str) -> tuple[str, str]:
    parts = split_id(id_)
    if parts is None:
        message = f"{id_!r} is no id of a file"
        raise ValueError(message)
    return parts
