"""Reading Open Publishing: all files of a product by one request, and each switch by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Diagnostic, error, warning
from catalogctl.model.resource import Observed, ResourceType
from catalogctl.provider.concurrent import for_each
from catalogctl.provider.failure import FORBIDDEN, NOT_FOUND, CredentialsRefused, Refused
from catalogctl.provider.protocol import Listing, Lookup
from catalogctl.provider.service import ReadClient
from catalogctl.providers.openpublishing import distribution, file
from catalogctl.providers.openpublishing.file import ListedFiles
from catalogctl.providers.openpublishing.product import FoundProducts, find_products, not_one, the_product
from catalogctl.providers.openpublishing.types import FILE, selector_is_id

_Place = tuple[object, object, object]
"""A product's id, a file's type and its labels."""
_Switch = tuple[str, str]
"""A product's id, and a channel or the empty text."""


@dataclass(slots=True)
class _Seen:
    """What the service has shown so far."""

    products: dict[str, FoundProducts] = field(default_factory=dict)
    """By selector, the products that it fits."""
    files: dict[str, ListedFiles] = field(default_factory=dict)
    """By product."""
    switches: dict[_Switch, bool] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Products that are not there."""
    refused: dict[str, Refused] = field(default_factory=dict)
    """Products that this account may not see."""
    words: dict[_Place, str] = field(default_factory=dict)
    """By the place of a declared file, how the files name its product."""

    def product_of(self, want: Lookup) -> str | None:
        """Return the id of a wanted object's product: by its own id, else by what its selector was found to fit."""
        if want.id is not None:
            parts = file.split_id(want.id) if want.type is FILE else distribution.split_id(want.id)
            return None if parts is None else parts[0]
        found = self.products.get(_selector(want), FoundProducts())
        return found.ids[0] if len(found.ids) == 1 else None

    def wanted_product(self, want: Lookup) -> str | None:
        """Return the id of the product that an object is to be on, which may be another one than it is on now."""
        selector = _selector(want)
        if selector_is_id(selector):
            return selector
        found = self.products.get(selector)
        if found is None:
            return self.product_of(want)
        return found.ids[0] if len(found.ids) == 1 else None

    def told_product(self, product: str, selector: str) -> str | None:
        """Return which product an object is on in the files' own terms; `None` where no one looked what the selector fits."""
        if selector_is_id(selector):
            return product
        found = self.products.get(selector)
        if found is None:
            return None
        return selector if found.ids == (product,) else product


def _selector(want: Lookup) -> str:
    return str(want.expected.get("product", ""))


def _is_open(want: Lookup) -> bool:
    """Whether it is to be asked which product is meant: no id is known, or the files name it in other words than when it was found."""
    return want.id is None or _selector(want) != want.remembered.get("product", _selector(want))


class OpenPublishingReader:
    """Reads one account."""

    def __init__(self, account: str, service: ReadClient) -> None:
        self._account = account
        self._service = service

    async def list_objects(self, wanted: Sequence[Lookup], progress: Callable[[int, int], None]) -> Listing:
        """Find all wanted objects: products that are not known yet first, then the files and switches of each.

        An object that state knows tells its product by its id, so that nothing is looked up for it, unless the files name the product
        in other words than before: an id, an EAN and an identifier may be three names of one product.
        """
        seen = _Seen()
        selectors = dict.fromkeys(_selector(want) for want in wanted if _is_open(want))
        look_ups = [selector for selector in selectors if not selector_is_id(selector)]
        seen.products.update({selector: FoundProducts((selector,)) for selector in selectors if selector_is_id(selector)})
        done = 0

        async def look_up(selector: str) -> None:
            nonlocal done
            seen.products[selector] = await find_products(self._account, self._service, selector)
            done += 1
            progress(done, len(look_ups) + len(wanted))

        await for_each(look_ups, self._service.width, look_up)
        jobs = self._jobs(seen, wanted)

        async def read(job: Callable[[], Awaitable[None]]) -> None:
            nonlocal done
            await job()
            done += 1
            progress(done, len(look_ups) + len(jobs))

        await for_each(jobs, self._service.width, read)
        if seen.refused and not (seen.files or seen.switches or seen.missing):
            # Not to be shown anything at all is about the key, not about one product.
            raise CredentialsRefused(next(iter(seen.refused.values())).diagnostic)
        return _listing(wanted, seen)

    async def read(self, type_: ResourceType, id_: str) -> Observed | None:
        """Read one file or switch by its id; its product is reported by the id as well."""
        if type_ is FILE:
            named = file.split_id(id_)
            stored = None if named is None else await file.read_file(self._account, self._service, *named)
            return None if named is None or stored is None else file.observed(stored, named[0], named[0], named[0])
        parts = distribution.split_id(id_)
        if parts is None:
            return None
        try:
            enabled = await distribution.read_switch(self._account, self._service, *parts)
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise
        return distribution.observed(*parts, parts[0], parts[0], enabled=enabled)

    async def find(self, want: Lookup) -> Observed | None:
        """Look for a file that may have been added, past those that are taken: the newest in its place that it can be."""
        selector = _selector(want)
        try:
            product = await the_product(self._account, self._service, selector)
            if want.type is not FILE:
                channel = str(want.expected["channel"])
                enabled = await distribution.read_switch(self._account, self._service, product, channel)
                return distribution.observed(product, channel, selector, selector, enabled=enabled)
            files = await file.list_files(self._account, self._service, product)
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise
        free = [one for one in file.in_place_of(files, want.expected) if f"{product}/{one.id}" not in want.taken]
        match = file.matching(free, want.expected)
        return None if match is None else file.observed(match, product, selector, selector)

    def _jobs(self, seen: _Seen, wanted: Sequence[Lookup]) -> list[Callable[[], Awaitable[None]]]:
        """List what is to be read: the files of each product, and each switch."""
        products: dict[str, None] = {}
        switches: dict[_Switch, None] = {}
        for want in wanted:
            product = seen.product_of(want)
            if product is not None:
                if want.type is FILE:
                    products[product] = None
                else:
                    switches[product, _channel(want)] = None

        async def files_of(product: str) -> None:
            seen.files[product] = await file.read_list(self._account, self._service, product)

        async def switch_of(product: str, channel: str) -> None:
            seen.switches[product, channel] = await distribution.read_switch(self._account, self._service, product, channel)

        async def on_product(product: str, reading: Callable[[], Awaitable[None]]) -> None:
            try:
                await reading()
            except Refused as refusal:
                if refusal.status == NOT_FOUND:
                    seen.missing.add(product)
                elif refusal.status == FORBIDDEN:
                    seen.refused[product] = refusal
                else:
                    raise

        return [
            *(partial(on_product, product, partial(files_of, product)) for product in products),
            *(partial(on_product, switch[0], partial(switch_of, *switch)) for switch in switches),
        ]


def _channel(want: Lookup) -> str:
    parts = None if want.id is None else distribution.split_id(want.id)
    return str(want.expected.get("channel", "")) if parts is None else parts[1]


def _listing(wanted: Sequence[Lookup], seen: _Seen) -> Listing:
    """Return each wanted object what was seen of it."""
    objects: list[Observed | None] = []
    diagnostics: list[Diagnostic] = []
    present: dict[Address, frozenset[str]] = {}
    uncertain: set[Address] = set()
    for want in wanted:
        if want.declared and want.type is FILE and (meant := seen.wanted_product(want)) is not None:
            seen.words.setdefault(_place(meant, want), _selector(want))
    taken = {want.id for want in wanted if want.type is FILE and want.id is not None}
    for want in wanted:
        product = seen.product_of(want)
        if product is None or product in seen.missing or product in seen.refused:
            objects.append(None)
            diagnostics += _not_to_be_had(want, product, seen)
            continue
        if want.id is not None:
            diagnostics += _unresolved(want, seen)
        if want.type is FILE:
            match, others, found = _file(want, product, seen, taken)
            objects.append(match)
            diagnostics += found
            present[want.address] = others
            if match is not None:
                taken.add(match.id)
            elif seen.files[product].doubtful:
                uncertain.add(want.address)
        else:
            channel, selector = _channel(want), _selector(want)
            told = seen.told_product(product, selector)
            objects.append(distribution.observed(product, channel, selector, told, enabled=seen.switches[product, channel]))
    diagnostics += _conflicts(wanted, seen)
    diagnostics += [_doubted(product) for product, listed in seen.files.items() if listed.doubtful]
    return Listing(tuple(objects), tuple(diagnostics), frozenset(uncertain), present)


def _place(product: str, want: Lookup) -> _Place:
    return (product, want.expected.get("type"), want.expected.get("labels"))


def _conflicts(wanted: Sequence[Lookup], seen: _Seen) -> Iterator[Diagnostic]:
    """Find one product that is declared in two places as if it were two: only the store tells that its names mean the same."""
    files: dict[_Place, Lookup] = {}
    switches: dict[str, list[Lookup]] = {}
    for want in wanted:
        product = seen.wanted_product(want)
        if product is None or not want.declared:
            continue
        if want.type is not FILE:
            switches.setdefault(product, []).append(want)
            continue
        other = files.setdefault(_place(product, want), want)
        if other is not want and _selector(other) != _selector(want):
            names = f"named {_selector(other)} and {_selector(want)}"
            detail = f"{other.address} and {want.address} are one file of the product {product}, {names}."
            hint = f"Name the product in one way in both editions:\nproduct: {product}"
            summary = "One product under two names"
            yield error("product-two-names", summary, detail, hint, address=str(want.address), attribute="product")
    for product, both in switches.items():
        own = next((want for want in both if not _channel(want)), None)
        for want in both:
            if own is None or want is own or (own.address.title, _selector(own)) == (want.address.title, _selector(want)):
                continue
            detail = (
                f"{own.address} is the switch of the product {product}, and {want.address} one of its channels. A channel is set after the "
                "product's switch, which it inherits; declared apart, they could be set in another order."
            )
            hint = "Declare `distribution` with its channels in one edition, and name the product in one way."
            yield error("switches-apart", "A product and its channels are switched apart", detail, hint, address=str(want.address))


def _doubted(product: str) -> Diagnostic:
    """Warn of a list that shows a file twice whenever it is read, and is believed for what it shows."""
    detail = f"The files of the product {product} are listed with one of them twice, whenever the list is read. What it shows is believed; "
    detail += "what it does not show is not sent: it may be there all the same."
    return warning("listing-in-doubt", "A store's list does not add up", detail, "Have Open Publishing's support look at the list.")


def _file(want: Lookup, product: str, seen: _Seen, taken: Container[str]) -> tuple[Observed | None, frozenset[str], list[Diagnostic]]:
    """Find a wanted file among those of its product; with the ids of the others in its place, and what there is to say."""
    files = seen.files[product].files
    here = file.in_place_of(files, want.expected)
    if want.id is None:
        # Asked one after the other: to unite the two for each file would take the square of their number.
        free = [one for one in here if f"{product}/{one.id}" not in taken and f"{product}/{one.id}" not in want.taken]
        match = file.matching(free, want.expected)
        said = [] if match is not None or not free else [file.occupied(want, free)]
    else:
        match = next((one for one in files if f"{product}/{one.id}" == want.id), None)
        said = []
    others = frozenset(f"{product}/{one.id}" for one in here if one is not match)
    if match is None:
        return None, others, said
    told = seen.told_product(product, _selector(want))
    words = seen.words.get((product, match.type, match.labels), told or _selector(want))
    return file.observed(match, product, words, told), others, file.finding(want, match)


def _unresolved(want: Lookup, seen: _Seen) -> list[Diagnostic]:
    """Say that the new words for the product of a known object lead to no product, or to several."""
    selector = _selector(want)
    found = seen.products.get(selector)
    return [] if not _is_open(want) or found is None or len(found.ids) == 1 else [not_one(selector, found, str(want.address))]


def _not_to_be_had(want: Lookup, product: str | None, seen: _Seen) -> list[Diagnostic]:
    """Say why nothing can be seen of an object's product; of what is remembered on a product that is gone, only warn."""
    selector, address = _selector(want), str(want.address)
    if product is None:
        return [] if want.id is not None else [not_one(selector, seen.products.get(selector, FoundProducts()), address)]
    if product in seen.refused:
        return [replace(seen.refused[product].diagnostic, address=address)]
    if want.id is None:
        return [not_one(selector, FoundProducts(), address)]
    detail = f"Open Publishing no longer shows the product {product} to this account; its files are gone with it."
    return [
        warning("product-gone", "A product is gone", detail, "Correct `product`, or take the edition off this account.", address=address)
    ]
