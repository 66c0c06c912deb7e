"""The contents of the emulated store: products, their files, and how they come into being when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import cast

from catalogctl.provider.emulation import Json, StoredChange
from catalogctl.providers.openpublishing.sandbox.product import StoredFile, StoredProduct, decode_file, decode_product, encode

CLEARED, COUNTER = "cleared", "next_file"
"""Keys of commits that are no object's: everything is gone; the id that the next file gets."""
FIRST_ASKED = 1_000_000_000_000
"""Products that came into being by EAN or identifier have ids from here on."""


class Shelf:
    """Products by id and files by product. Not safe for threads: its owner holds a lock.

    Commits are named `PRODUCT` and `PRODUCT/FILE`.
    """

    def __init__(self, first_file: int) -> None:
        self.next_file = first_file
        self.listener: Callable[[StoredChange], None] | None = None
        self._products: dict[int, StoredProduct] = {}
        self._by_ean: dict[str, set[int]] = {}
        self._files: dict[int, dict[int, StoredFile]] = {}

    def products(self) -> tuple[StoredProduct, ...]:
        """List the products by rising id."""
        return tuple(self._products[number] for number in sorted(self._products))

    def with_ean(self, ean: str) -> tuple[StoredProduct, ...]:
        """List the products of an EAN by rising id."""
        return tuple(self._products[number] for number in sorted(self._by_ean.get(ean, ())))

    def product(self, number: int) -> StoredProduct | None:
        """Find a product."""
        return self._products.get(number)

    def bare(self, number: int) -> StoredProduct:
        """Return a product as it is, or, where there is none of that id, one of which nothing is known; it is not stored."""
        return self._products.get(number) or StoredProduct(id=number, title=f"Product {number}")

    def files(self, product: int) -> tuple[StoredFile, ...]:
        """List the files of a product by rising id, those among them that are still to appear."""
        kept = self._files.get(product, {})
        return tuple(kept[number] for number in sorted(kept))

    def file(self, product: int, number: int) -> StoredFile | None:
        """Find a file of a product, even one that is still to appear."""
        return self._files.get(product, {}).get(number)

    def put_product(self, product: StoredProduct) -> None:
        """Store a product, new or changed."""
        self._hold(product)
        self._tell(StoredChange(str(product.id), encode(product)))

    def put_file(self, file: StoredFile) -> None:
        """Store a file, new or changed, of a product that is there."""
        self._place(file)
        self._tell(StoredChange(_key(file), encode(file)))

    def drop_file(self, file: StoredFile) -> None:
        """Take a file away, and with it what the service made of it."""
        for one in self.files(file.product):
            if one.made_of == file.id:
                self.drop_file(one)
        del self._files[file.product][file.id]
        self._tell(StoredChange(_key(file), None))

    def drop_product(self, product: StoredProduct) -> None:
        """Take a product and its files away."""
        for file in self.files(product.id):
            if file.made_of is None:
                self.drop_file(file)
        self._lose(product.id)
        self._tell(StoredChange(str(product.id), None))

    def clear(self, first_file: int) -> None:
        """Take everything away and number again."""
        self._empty(first_file)
        self._tell(StoredChange(CLEARED, {COUNTER: first_file}))

    def snapshot(self) -> tuple[StoredChange, ...]:
        """Return the fewest commits that rebuild the contents."""
        products = self.products()
        files = [file for product in products for file in self.files(product.id)]
        return (
            StoredChange(CLEARED, {COUNTER: self.next_file}),
            *(StoredChange(str(product.id), encode(product)) for product in products),
            *(StoredChange(_key(file), encode(file)) for file in files),
        )

    def replay(self, commits: Iterable[StoredChange]) -> None:
        """Apply commits, telling no one."""
        for commit in commits:
            product, is_file, file = commit.key.partition("/")
            if commit.key == CLEARED:
                self._empty(cast("int", cast("dict[str, Json]", commit.value)[COUNTER]))
            elif is_file and commit.value is None:
                self._files.get(int(product), {}).pop(int(file), None)
            elif is_file:
                self._place(decode_file(cast("dict[str, Json]", commit.value)))
            elif commit.value is None:
                self._lose(int(product))
            else:
                self._hold(decode_product(commit.value))

    def ask_by_id(self, number: int) -> StoredProduct:
        """Find a product, or bring it into being."""
        if number not in self._products:
            self.put_product(self.bare(number))
        return self._products[number]

    def ask_by_ean(self, ean: str) -> None:
        """Have a product of that EAN be there."""
        if not self._by_ean.get(ean):
            self.put_product(replace(self._nameless(f"ean {ean}"), ean=ean))

    def ask_by_identifier(self, kind: str | None, value: str) -> None:
        """Have a product with that identifier be there."""
        if all((kind, value) not in product.identifiers for product in self._products.values()):
            self.put_product(replace(self._nameless(f"identifier {kind or ''} {value}"), identifiers=((kind, value),)))

    def _nameless(self, asked: str) -> StoredProduct:
        """Make a product to be found by what was asked for; its id is the same whatever was asked for before it.

        One that is there by that id already, since someone remembered it, is the one meant.
        """
        number = FIRST_ASKED + int.from_bytes(sha256(asked.encode()).digest()[:6])
        while (holder := self._products.get(number)) is not None and (holder.ean is not None or holder.identifiers):
            number += 1
        return self.bare(number)

    def _hold(self, product: StoredProduct) -> None:
        self._forget_ean(product.id)
        self._products[product.id] = product
        if product.ean is not None:
            self._by_ean.setdefault(product.ean, set()).add(product.id)

    def _lose(self, number: int) -> None:
        self._forget_ean(number)
        self._products.pop(number, None)
        self._files.pop(number, None)

    def _forget_ean(self, number: int) -> None:
        held = self._products.get(number)
        if held is not None and held.ean is not None:
            self._by_ean[held.ean].discard(number)

    def _place(self, file: StoredFile) -> None:
        self._files.setdefault(file.product, {})[file.id] = file
        self.next_file = max(self.next_file, file.id + 1)

    def _empty(self, first_file: int) -> None:
        self._products.clear()
        self._by_ean.clear()
        self._files.clear()
        self.next_file = first_file

    def _tell(self, commit: StoredChange) -> None:
        if self.listener is not None:
            self.listener(commit)


def _key(file: StoredFile) -> str:
    return f"{file.product}/{file.id}"
