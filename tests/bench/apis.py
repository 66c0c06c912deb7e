"""How many requests a plan takes on each API, beside the fewest that its documents allow."""

import io
import json
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import catalogs
from report import Report
from workplace import Workplace, store

TRACKS = 3
"""Of each audiobook."""


@dataclass(frozen=True, slots=True)
class Api:
    """One way of reading a store."""

    name: str
    provider: str
    settings: str
    """Lines of the account block, with their indentation."""
    edition: str
    """Of every title, as YAML; `{isbn}` and `{number}` are filled in."""
    fewest: str
    """The fewest requests, as a formula over the number of titles N, for people."""


EPUB = """\
    format: epub
    isbn: "{isbn}"
    prices: {{USD: 9.99}}
"""
AUDIOBOOK = """\
    format: audiobook
    isbn: "{isbn}"
    prices: {{USD: 9.99}}
    tracks:
"""
URL = "    files: {{content: https://cdn.example.com/{number}.epub}}\n"
LOCAL = "    files: {{content: ../../assets/book.epub}}\n"
_TRACKS = "".join(
    f"      - {{{{id: t{place}, title: Part {place}, file: https://cdn.example.com/{{number}}-{place}.mp3}}}}\n" for place in range(TRACKS)
)

APIS = (
    Api("publica.la, v1", "publicala", "", EPUB + URL + "    publish: {{store: {{}}}}\n", "N / 15, a page each"),
    Api(
        "publica.la, v1 contents by v3's pages", "publicala", "    read_api: v3\n", EPUB + URL + "    publish: {{store: {{}}}}\n", "N / 500"
    ),
    Api("publica.la, v3", "publicala", "    content_api: v3\n", EPUB + URL + "    publish: {{store: {{}}}}\n", "N / 500, a page each"),
    Api(
        "publica.la, v3 audiobooks with tracks",
        "publicala",
        "",
        AUDIOBOOK + _TRACKS + "    publish: {{store: {{}}}}\n",
        "N / 500 pages and a list of tracks for each",
    ),
    Api("PublishDrive", "publishdrive", "", EPUB + "    publish: {{store: {{}}}}\n", "one for each book: no list tells what is in it"),
    Api(
        "Open Publishing",
        "openpublishing",
        "",
        EPUB + LOCAL + '    publish: {{store: {{product: {{ean: "{isbn}"}}}}}}\n',
        "one for each product, and a login",
    ),
)
KEYS = {"publicala": "token", "publishdrive": "api_key", "openpublishing": "api_key"}


def reads(report: Report, work: Path, titles: int) -> None:
    """Apply a catalog on each API, plan it again, and judge the plan's requests; the two ways of reading one store must agree."""
    plans: dict[str, object] = {}
    for api in APIS:
        with store(provider=api.provider) as shop:
            workplace = Workplace(work / re.sub(r"\W+", "-", api.name))
            _write(workplace.folder, api, titles, shop.url)
            workplace.catalogctl("apply", "--auto-approve")
            shop.requests()
            cost = workplace.catalogctl("plan", "--detailed-exitcode", "--format", "json", "--output", "plan.json")
            asked = Counter(f"{one['method']} {_template(str(one['path']))}" for one in shop.requests())
        plan = json.loads((workplace.folder / "plan.json").read_bytes())
        plans[api.name] = [(one["address"], one["change"]["actions"]) for one in plan["resource_changes"]]
        told = ", ".join(f"{count:,} {what}" for what, count in sorted(asked.items()))
        report.measured(f"plan, {titles:,} unchanged titles on {api.name}", cost, told)
        fewest = _fewest(api, titles)
        promise = f"a plan of {titles:,} titles on {api.name} sends the fewest requests there can be ({api.fewest}): {fewest:,}"
        report.judge(promise, f"{asked.total():,}", asked.total() == fewest)
    same = plans["publica.la, v1"] == plans["publica.la, v1 contents by v3's pages"]
    report.judge("reading v1 contents by v3's pages gives the same plan", "the same" if same else "another", same)


def _fewest(api: Api, titles: int) -> int:
    match api.name:
        case "publica.la, v1":
            return math.ceil(titles / 15)
        case "publica.la, v3 audiobooks with tracks":
            return math.ceil(titles / 500) + titles
        case "PublishDrive":
            return titles
        case "Open Publishing":
            return titles + 1
        case _:
            return math.ceil(titles / 500)


def _template(path: str) -> str:
    return re.sub(r"/[0-9a-f-]{6,}|/\d+", "/{id}", path)


def _write(root: Path, api: Api, titles: int, base_url: str) -> None:
    root.mkdir(parents=True)
    (root / "assets").mkdir()
    (root / "assets" / "book.epub").write_bytes(epub(20_000))
    key = f"    {KEYS[api.provider]}: ${{env:CATALOGCTL_BENCH_TOKEN}}\n"
    block = (
        f"    provider: {api.provider}\n    base_url: {base_url}\n{key}    concurrency: 4\n    requests_per_minute: 1000000\n{api.settings}"
    )
    (root / "catalogctl.yaml").write_text(f"version: 1\ncatalog: [catalog/]\naccounts:\n  store:\n{block}", encoding="utf-8")
    for number, text in enumerate(_titles(api, titles)):
        path = root / "catalog" / f"{number // catalogs.TITLES_PER_FOLDER:04d}" / f"title-{number:06d}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _titles(api: Api, titles: int) -> Iterator[str]:
    for number in range(titles):
        head = f"kind: title\nid: title-{number:06d}\ntitle: Title {number}\nlanguage: en\npublication_date: 2020-01-02\n"
        about = "description: A book.\ncontributors: [{name: Ana Ruiz, role: author}]\nsubjects: {bisac: [FIC019000]}\nterritories: [ALL]\n"
        yield f"{head}{about}editions:\n  book:\n{api.edition.format(isbn=catalogs.isbn(number), number=number)}"


def epub(size: int) -> bytes:
    """Make an EPUB that is about as large as asked."""
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>',
        "p.opf": "<package/>",
        "text": "0" * size,
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return written.getvalue()
