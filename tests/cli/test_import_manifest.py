"""`import manifest`: the tracks of an audiobook from the manifests of W3C, Readium and OverDrive."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from shop import Shop, opened

W3C = {
    "@context": ["https://schema.org", "https://www.w3.org/ns/pub-context"],
    "conformsTo": "https://www.w3.org/TR/audiobooks/",
    "id": "urn:isbn:9788419873422",
    "name": "El faro",
    "author": "Ana Ruiz",
    "readBy": [{"name": "Luis Mar"}],
    "inLanguage": "es",
    "readingOrder": [
        {"url": "https://files.example.com/01.mp3", "name": "Uno", "duration": "PT2M"},
        {"url": "https://files.example.com/02.mp3#t=10"},
    ],
}
READIUM = {
    "metadata": {
        "title": {"es": "El faro"},
        "author": {"name": "Ana Ruiz"},
        "narrator": ["Luis Mar"],
        "language": ["es"],
        "identifier": "x",
    },
    "readingOrder": [{"href": "https://files.example.com/a%20b.mp3", "type": "audio/mpeg", "title": "Uno"}],
}
OVERDRIVE = {
    "title": {"main": "El faro"},
    "creator": [{"name": "Ana Ruiz", "role": "author"}, {"name": "X", "role": "producer"}],
    "language": "es",
    "spine": [{"path": "https://files.example.com/1.mp3?cmpt=x"}, {"path": "https://files.example.com/2.mp3"}],
    "nav": {
        "toc": [
            {"title": "Uno", "path": "https://files.example.com/1.mp3?cmpt=x"},
            {"title": "Y", "path": "https://files.example.com/1.mp3?cmpt=x#9"},
        ]
    },
}


@pytest.fixture
def house(tmp_path: Path) -> Iterable[Shop]:
    with opened(tmp_path) as shop:
        shop.title("isla")
        yield shop


def imported(shop: Shop, said: Any, *options: str) -> str:
    shop.write("audio/manifest.json", json.dumps(said))
    return shop.run("import", "manifest", "audio/manifest.json", "--yes", *options).ended(0).all


def new_title(shop: Shop) -> str:
    return (shop.folder / "catalog/el-faro.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "form", "track"),
    [
        (W3C, "W3C", '{id: "01", title: Uno, file: https://files.example.com/01.mp3}'),
        (READIUM, "Readium", "{id: a-b, title: Uno, file: https://files.example.com/a%20b.mp3}"),
        (OVERDRIVE, "OverDrive", '{id: "1", title: Uno, file: https://files.example.com/1.mp3?cmpt=x}'),
    ],
)
def test_each_form_becomes_a_title_with_its_tracks(house: Shop, said: Any, form: str, track: str) -> None:
    assert f"A manifest of {form}" in imported(house, said)
    text = new_title(house)
    assert "title: El faro\nlanguage: es\n" in text
    assert "{name: Ana Ruiz, role: author}" in text
    assert "format: audiobook" in text
    assert track in text
    house.run("validate").ended(0)


def test_a_manifest_of_an_edition_changes_its_tracks_and_keeps_the_ids_of_files_that_stay(house: Shop) -> None:
    imported(house, W3C)
    before = new_title(house)
    assert "Nothing to write" in imported(house, W3C)
    assert new_title(house) == before
    changed = {**W3C, "readingOrder": [{"url": "https://files.example.com/new/01.mp3"}, *W3C["readingOrder"]]}
    imported(house, changed)
    assert '{id: "01-2", title: Track 1, file: https://files.example.com/new/01.mp3}' in new_title(house)
    assert '{id: "01", title: Uno, file: https://files.example.com/01.mp3}' in new_title(house)
    assert house.requests == ()


def test_files_beside_the_manifest_are_paths_of_the_title(house: Shop) -> None:
    said = {**W3C, "readingOrder": ["uno.mp3"]}
    house.write("audio/manifest.json", json.dumps(said))
    shown = house.run("import", "manifest", "audio/manifest.json", "--diff").all
    assert "../audio/uno.mp3" in shown


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[", "no JSON"),
        ("[]", "no manifest"),
        ("{}", "no audio file"),
        (json.dumps({**W3C, "readingOrder": ["../../secret.mp3"]}), "not in the folder"),
        (json.dumps({**W3C, "readingOrder": ["file:///etc/passwd"]}), "not in the folder"),
        (json.dumps({**W3C, "readingOrder": ["http://files.example.com/1.mp3"]}), "Write https:// in the manifest"),
        (json.dumps({"metadata": {}, "readingOrder": {"a": 1}}), "no audio file"),
        ("{" + '"a":{' * 3000 + "}" * 3001, ""),
    ],
)
def test_what_is_no_manifest_is_refused(house: Shop, said: str, why: str) -> None:
    house.write("audio/manifest.json", said)
    refused = house.run("import", "manifest", "audio/manifest.json", "--yes").ended(1)
    assert why in " ".join(refused.err.split())
    assert "Traceback" not in refused.err
