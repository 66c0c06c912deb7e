"""A key that is in the environment is on the wire and nowhere else, in whatever way a store gives it back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from catalogctl.sandbox import Fault, FaultKind
from hostile.trio import ACCOUNTS, FILES, KEYS, Trio, keys, trio
from shop import Ran

MARKER = "M4rk/er+{}=9f1c0d77"
FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "percent": lambda key: quote(key, safe=""),
    "every-byte": lambda key: "".join(f"%{byte:02x}" for byte in key.encode()),
    "escapes": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
    "slashes": lambda key: key.replace("/", "\\/"),
    "hex": lambda key: key.encode().hex().upper(),
    "base64-0": lambda key: base64.b64encode(key.encode()).decode(),
    "base64-1": lambda key: base64.b64encode(b"x" + key.encode()).decode(),
    "base64-2": lambda key: base64.urlsafe_b64encode(b"xy" + key.encode()).decode(),
    "entities": lambda key: "".join(f"&#{ord(letter)};" for letter in key),
}
"""How a key may be written in the text of an answer."""


@pytest.fixture
def stores(piped: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:  # noqa: ARG001 -- a fixture that needs another
    for name, value in keys(MARKER).items():
        monkeypatch.setenv(name, value)
    with trio(tmp_path) as made:
        yield made


def traces(text: str) -> list[str]:
    """List the keys that occur in a text, in any way that one could read them back from; whole, or all but what base64 mixes in."""
    found: list[str] = []
    for key in keys(MARKER).values():
        inner = [base64.b64encode(b"\0" * before + key.encode()).decode()[4:-4] for before in range(3)]
        ways = [
            key,
            quote(key, safe=""),
            key.encode().hex(),
            json.dumps(key)[1:-1],
            *inner,
            *(way.translate(str.maketrans("+/", "-_")) for way in inner),
        ]
        ways += [FORMS[name](key) for name in ("every-byte", "escapes", "slashes", "entities")]
        found += [way for way in ways if way.lower() in text.lower()]
    return found


def clean(stores: Trio, ran: Ran) -> Ran:
    """Make sure that neither what a command wrote nor any file of the project tells a key."""
    assert traces(ran.all) == []
    for path in stores.written_files():
        assert path.name in FILES or traces(path.read_bytes().decode(errors="replace")) == [], path
    return ran


@pytest.mark.parametrize("form", FORMS)
def test_a_key_in_an_answer_that_refuses_is_not_repeated(stores: Trio, form: str) -> None:
    for account, variable in KEYS.items():
        said = FORMS[form](keys(MARKER)[variable])
        body = f'{{"message": "no: {said}", "title": "no: {said}", "error": "{said}", "detail": "{said}"}}'
        for method, status in (("GET", 401), ("GET", 422), ("POST", 422)):
            stores.server.clear_faults()
            path = None if method == "GET" else "/(issues|content|books|files)"
            stores.server.inject(
                Fault(kind=FaultKind.FAIL, emulator=ACCOUNTS[account], method=method, path=path, status=status, body=body, count=None)
            )
            told = clean(stores, stores.run("--log-level", "debug", "apply", "--auto-approve", "--target", f"{account}/*"))
            assert told.code in {6, 8, 9}, told


def test_no_command_and_no_file_tells_a_key(stores: Trio) -> None:
    """The whole of the job, each step also as JSON and with all that is logged."""
    plan = str(stores.folder / "plan.json")
    for arguments in (
        ["validate"],
        ["plan"],
        ["plan", "--format", "json", "--out", plan],
        ["--json", "apply", plan],
        ["show"],
        ["state", "list"],
    ):
        clean(stores, stores.spawn("--log-level", "debug", *arguments).ended(0))


@pytest.mark.parametrize("form", ["plain", "escapes", "slashes", "hex", "base64-1"])
def test_a_key_that_a_store_keeps_as_a_title_is_not_shown_or_recorded(stores: Trio, form: str) -> None:
    stores.run("apply", "--auto-approve").ended(0)
    key = keys(MARKER)["PUBLICALA_TOKEN"]
    row = stores.sandbox.rows()[-1]
    title = json.dumps({**row, "name": "NAME"}, default=str).replace("NAME", FORMS[form](key))
    stores.server.inject(
        Fault(
            kind=FaultKind.FAIL,
            emulator="publicala",
            method="GET",
            status=200,
            body=f'{{"data": {{"paginator": {{"data": [{title}], "total": 1, "last_page": 1}}}}}}',
            count=None,
        )
    )
    for arguments in (["plan"], ["plan", "--format", "json"], ["drift"], ["--json", "apply", "--auto-approve"]):
        clean(stores, stores.run("--log-level", "debug", *arguments))


def test_a_fault_of_our_own_is_shown_whole_and_without_a_key(stores: Trio, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("ouch")

    monkeypatch.setattr("catalogctl.engine.plan.assemble", broken)
    told = clean(stores, stores.run("--log-level", "debug", "plan").ended(1))
    assert "RuntimeError: ouch" in told.err
