"""The HTTP side of the emulated service: logins, products, their files and their distribution; and the back doors.

Chosen where the documents are silent: file ids rise over all products; a login is good for every call, whatever key it was
made with; files are listed by rising id; a channel is whatever name it is called by; what the service
made of a file goes with that file, and is in no one's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from catalogctl.provider.emulation import Clock, InMemory, Json, LoggedRequest, Minute, SandboxRequest, SandboxResponse, utc_now
from catalogctl.providers.openpublishing.sandbox import routes, upload
from catalogctl.providers.openpublishing.sandbox.answers import RequestRefused, answer, enabled_object, file_object, listing, product_object
from catalogctl.providers.openpublishing.sandbox.product import (
    StoredFile,
    StoredProduct,
    blank_file,
    edited_file,
    edited_product,
    encode,
    shown,
)
from catalogctl.providers.openpublishing.sandbox.query import file_conditions, file_passes, product_query
from catalogctl.providers.openpublishing.sandbox.routes import Place, Route
from catalogctl.providers.openpublishing.sandbox.session import Sessions, form
from catalogctl.providers.openpublishing.sandbox.shelf import Shelf
from catalogctl.providers.openpublishing.sandbox.switches import OpenPublishingSwitches

FIRST_FILE = 100_001
_HIDDEN_IN_200 = frozenset({404, 409, 422, 503})
"""The refusals that may come as 200."""


class OpenPublishingSandbox(InMemory[Shelf]):
    """An Open Publishing account in memory. Any key but the empty one and `refused` opens it.

    Same requests at same instants give same answers.
    """

    name = "openpublishing"

    def __init__(self, switches: OpenPublishingSwitches | None = None, *, clock: Clock = utc_now, first_file: int = FIRST_FILE) -> None:
        self.switches = switches or OpenPublishingSwitches()
        super().__init__(lambda: Shelf(first_file), clock)
        self._first_file = first_file
        self._sessions = Sessions(self.switches)
        self._minute = Minute(self.switches.rate_limit, self.switches.retry_after)
        self._calls = 0
        """Calls that a token was good for, since the start or the last `reset`."""

    # ── the API ──

    def respond(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request, having applied it."""
        with self._lock:
            ignored: tuple[str, ...] = ()
            try:
                response, ignored = self._routed(request)
            except RequestRefused as refusal:
                response = refusal.answer()
            # Forms are not kept, since one holds a key.
            self._log.append(LoggedRequest(request.method, request.path, request.query, None, response.status, self._clock(), ignored))
            return response

    def _routed(self, request: SandboxRequest) -> tuple[SandboxResponse, tuple[str, ...]]:
        where = routes.route(request.path)
        now = self._clock()
        if not self._minute.take(now):
            raise RequestRefused(429, "server::too_many_requests", "There are too many requests in this minute.", self._minute.wish(now))
        routes.check_verb(request.method, where.place)
        if where.place is Place.LOGIN:
            return self._log_in(request)
        if not self._sessions.admit(request, self._now()):
            raise RequestRefused(int(self.switches.unauthorized), "auth::token_invalid", "The token is missing, unknown or has run out.")
        try:
            return self._admitted(request, where)
        except RequestRefused as refusal:
            hidden = self.switches.errors_in_200 == "yes" and refusal.status in _HIDDEN_IN_200
            return refusal.answer(200 if hidden else None), ()

    def _admitted(self, request: SandboxRequest, where: Route) -> tuple[SandboxResponse, tuple[str, ...]]:
        self._calls += 1
        if self.switches.busy_every is not None and self._calls % self.switches.busy_every == 0:
            raise RequestRefused(503, "server::temporarily_not_available", "The service is busy; the request was not carried out.")
        if where.place is Place.PRODUCTS:
            return self._list_products(request.query), ()
        product = self._product(where.product)
        match where.place, request.method:
            case Place.PRODUCT, _:
                return answer(200, product_object(product)), ()
            case Place.FILES, "POST":
                return self._add_file(product, request)
            case Place.FILES, _:
                return self._list_files(product, request.query), ()
            case Place.FILE, "DELETE":
                return self._delete_file(self._file(product, where.part)), ()
            case Place.FILE, _:
                return answer(200, self._object(self._file(product, where.part))), ()
            case _, "POST":
                return self._distribute(product, where.part, request)
            case _:
                return self._distribution(product, where.part), ()

    def _log_in(self, request: SandboxRequest) -> tuple[SandboxResponse, tuple[str, ...]]:
        fields = form(request)
        token = self._sessions.log_in(fields.get("api_key", ""), self._now()) if fields.get("type") == "api_key" else None
        if token is None:
            refusal = RequestRefused(403, "auth::invalid_credentials", "The credentials are not valid.")
            return refusal.answer(200 if self.switches.bad_credentials == "error_in_200" else None), ()
        return answer(200, {"auth_token": token, "ok": "ok"}), tuple(sorted(fields.keys() - {"type", "api_key"}))

    def _list_products(self, query: str) -> SandboxResponse:
        asked = product_query(query)
        if self.switches.products == "as_asked":
            for ean in asked.eans:
                self._shelf.ask_by_ean(ean)
            if asked.identifier_value:
                self._shelf.ask_by_identifier(asked.identifier_type, asked.identifier_value)
        # What fits has every EAN that is asked for: to look at all products for each request would take the square of their number.
        candidates = self._shelf.with_ean(asked.eans[0]) if asked.eans else self._shelf.products()
        found = (product_object(product) for product in candidates if asked.finds(product))
        return answer(200, listing(found, self.switches.envelope))

    def _list_files(self, product: StoredProduct, query: str) -> SandboxResponse:
        conditions = file_conditions(query)
        found = (self._object(file) for file in self._files(product.id) if file_passes(file, conditions))
        return answer(200, listing(found, self.switches.envelope))

    def _add_file(self, product: StoredProduct, request: SandboxRequest) -> tuple[SandboxResponse, tuple[str, ...]]:
        given = upload.judge(request.headers.get("content-type", ""), request.body, self.switches)
        slot = (given.type, frozenset(given.labels))
        rivals = [one for one in self._files(product.id) if one.made_of is None and (one.type, frozenset(one.labels)) == slot]
        if rivals and self.switches.one_per_type == "conflict":
            raise RequestRefused(
                409, "product_files::conflict", "The product has a file of this type with these labels.", file_id=rivals[0].id
            )
        # A product may have come into being in a GET, and what follows the store may look at writes only: it is reported once more.
        self._shelf.put_product(product)
        if self.switches.one_per_type == "replaces":
            for rival in rivals:
                self._shelf.drop_file(rival)
        file = upload.stored(given, self._shelf.next_file, product.id, int(self._now()), self.switches)
        self._shelf.put_file(file)
        if self.switches.byproducts == "yes" and file.type == "ebook_epub":
            appears_at = self._now() + self.switches.byproduct_seconds
            self._shelf.put_file(upload.extract(given, file, self._shelf.next_file, appears_at))
        match self.switches.add_answer:
            case "created_object":
                return answer(201, self._object(file)), given.ignored
            case "ok_object":
                return answer(200, self._object(file)), given.ignored
            case "ok_empty":
                return SandboxResponse(200), given.ignored

    def _delete_file(self, file: StoredFile) -> SandboxResponse:
        self._shelf.drop_file(file)
        match self.switches.delete_answer:
            case "204":
                return SandboxResponse(204)
            case "200_empty":
                return SandboxResponse(200)
            case "200_ok":
                return answer(200, {"OK": {}})

    def _distribute(self, product: StoredProduct, channel: str, request: SandboxRequest) -> tuple[SandboxResponse, tuple[str, ...]]:
        fields = form(request)
        wishes = {"form": fields.get("enabled"), "query": request.argument("enabled")}
        wish = wishes["form"] or wishes["query"] if self.switches.enabled_in == "either" else wishes[self.switches.enabled_in]
        if wish not in ("true", "false"):
            raise RequestRefused(422, "distribution::enabled_invalid", "`enabled` is true or false.", enabled=wish)
        enabled = wish == "true"
        changed = replace(product, channels={**product.channels, channel: enabled}) if channel else replace(product, enabled=enabled)
        self._shelf.put_product(changed)
        return self._distribution(changed, channel), tuple(sorted(fields.keys() - {"enabled"}))

    def _distribution(self, product: StoredProduct, channel: str) -> SandboxResponse:
        # The page on distribution: the product's switch is for all channels and does not override what is set for one of them.
        unset = product.enabled and self.switches.unset_channels == "inherit"
        enabled = product.channels.get(channel, unset) if channel else product.enabled
        return answer(200, enabled_object(enabled, self.switches.enabled_as))

    def _product(self, key: str) -> StoredProduct:
        number = routes.number(key)
        found = None if number is None else self._shelf.product(number)
        if found is None and number is not None and self.switches.products == "as_asked":
            found = self._shelf.ask_by_id(number)
        if found is None:
            raise RequestRefused(404, "products::not_found", "There is no such product.", id=key)
        return found

    def _file(self, product: StoredProduct, key: str) -> StoredFile:
        number = routes.number(key)
        found = None if number is None else self._shelf.file(product.id, number)
        if found is None or not self._is_there(found):
            raise RequestRefused(404, "product_files::not_found", "The product has no such file.", id=key)
        return found

    def _files(self, product: int) -> tuple[StoredFile, ...]:
        return tuple(file for file in self._shelf.files(product) if self._is_there(file))

    def _is_there(self, file: StoredFile) -> bool:
        return file.appears_at is None or file.appears_at <= self._now()

    def _object(self, file: StoredFile) -> dict[str, object]:
        return file_object(file, self.switches.validation)

    def _now(self) -> float:
        return self._clock().timestamp()

    # ── the back doors ──

    def rows(self) -> tuple[dict[str, Json], ...]:
        """Show every file that someone added, by product and id; what the service made by itself is in `products`."""
        with self._lock:
            return tuple(shown(file) for product in self._shelf.products() for file in self._files(product.id) if file.made_of is None)

    def products(self) -> tuple[dict[str, Json], ...]:
        """Show every product by id: its names, its distribution, and under `byproducts` the rows of what the service made."""
        with self._lock:
            return tuple(
                {**encode(product), "byproducts": [shown(file) for file in self._files(product.id) if file.made_of is not None]}
                for product in self._shelf.products()
            )

    def seed(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Store products and files as they are given; a row with a `type` is a file's.

        Shapes:  `product` is the product's id, in a file's row too; a file's row may have an `id`. Their other keys are those of
                 `edit`. The product of a file comes into being with it; a product that is there is changed.
        Raises:  ValueError for an unknown field or type, TypeError for a row without `product`.
        """
        with self._lock:
            for row in rows:
                given = dict(row)
                product = given.pop("product", None)
                if not isinstance(product, int):
                    raise TypeError(f"a row names its product by id, not by {product!r}")
                if "type" in given:
                    self._seed_file(product, given)
                else:
                    self._shelf.put_product(edited_product(self._shelf.bare(product), given))

    def edit(self, key: str, **changes: object) -> None:
        """Change a file, `PRODUCT/FILE`, or a product, `PRODUCT`; a product is named by id or EAN.

        Shapes:  a file's fields are those of its object and of its row; a product's are title, ean, identifiers, enabled, channels
                 (name → on or off; those not named stay) and what it can be looked for by.
        Raises:  KeyError for an unknown object, ValueError for an unknown field.
        """
        with self._lock:
            match self._known(key):
                case StoredFile() as file:
                    self._shelf.put_file(edited_file(file, changes))
                case StoredProduct() as product:
                    self._shelf.put_product(edited_product(product, changes))

    def remove(self, key: str) -> None:
        """Take a file away, or a product with its files; named as for `edit`. Raises KeyError where there is none."""
        with self._lock:
            match self._known(key):
                case StoredFile() as file:
                    self._shelf.drop_file(file)
                case StoredProduct() as product:
                    self._shelf.drop_product(product)

    def reset(self) -> None:
        """Return to the contents of a new sandbox and forget the requests and the tokens."""
        with self._lock:
            self._shelf.clear(self._first_file)
            self._sessions.clear()
            self._minute.clear()
            self._calls = 0
            self._log.clear()

    def account_block(self, base_url: str) -> dict[str, str]:
        """Return the account of catalogctl.yaml that uses this emulator at `base_url`; its key is a reference, as the file demands."""
        return {"provider": self.name, "base_url": base_url, "api_key": "${env:OPENPUBLISHING_API_KEY}"}

    def _seed_file(self, product: int, given: dict[str, object]) -> None:
        if self._shelf.product(product) is None:
            self._shelf.put_product(self._shelf.bare(product))
        number = cast("int", given.pop("id", self._shelf.next_file))
        kind, name = cast("str", given["type"]), cast("str | None", given.get("file_name"))
        blank = blank_file(number, product, kind, name, int(self._now()))
        if "sha1" in given:
            given.setdefault("sha1_sent", given["sha1"])
        self._shelf.put_file(edited_file(blank, given))

    def _known(self, key: str) -> StoredProduct | StoredFile:
        name, slash, file = key.partition("/")
        number = routes.number(name)
        product = None if number is None else self._shelf.product(number)
        if product is None:
            product = next((one for one in self._shelf.products() if one.ean == name), None)
        if product is None:
            raise KeyError(key)
        if not slash:
            return product
        found = self._shelf.file(product.id, routes.number(file) or 0)
        if found is None:
            raise KeyError(key)
        return found
