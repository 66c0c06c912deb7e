"""How much memory it takes to send large files."""

from pathlib import Path

from apis import epub
from report import Report
from workplace import Workplace, store

FILES, LARGE, SMALL = 4, 256 * 2**20, 2**20
"""Four files of 256 MiB are 1 GiB."""

PROJECT = """\
version: 1
catalog: [catalog/]
accounts:
  store: {{provider: publishdrive, base_url: {url}, api_key: "${{env:CATALOGCTL_BENCH_TOKEN}}", timeout: 120s}}
"""
TITLE = """\
kind: title
id: title-{number}
title: Title {number}
language: en
publication_date: 2020-01-02
description: A book.
contributors: [{{name: Ana Ruiz, role: author}}]
subjects: {{bisac: [FIC019000]}}
territories: [ALL]
editions:
  epub:
    format: epub
    external_id: key-{number}
    prices: {{USD: 9.99}}
    files: {{content: book-{number}.epub}}
    publish: {{store: {{}}}}
"""


def memory(report: Report, work: Path) -> None:
    """Send four small files and four large ones, and judge the difference in the most memory that was held."""
    held = []
    for size in (SMALL, LARGE):
        with store(provider="publishdrive") as shop:
            workplace = Workplace(work / f"uploads-{size}")
            _write(workplace.folder, size, shop.url)
            cost = workplace.catalogctl("apply", "--auto-approve")
        report.measured(f"apply, {FILES} new titles on PublishDrive with a file of {size / 2**20:.0f} MiB each", cost)
        held.append(cost.memory)
    more = (held[1] - held[0]) / 2**20
    report.judge("sending 1 GiB holds at most 32 MiB more than sending 4 MiB", f"{more:.0f} MiB more", more <= 32)


def _write(root: Path, size: int, url: str) -> None:
    catalog = root / "catalog"
    catalog.mkdir(parents=True)
    (root / "catalogctl.yaml").write_text(PROJECT.format(url=url), encoding="utf-8")
    for number in range(FILES):
        (catalog / f"title-{number}.yaml").write_text(TITLE.format(number=number), encoding="utf-8")
        with (catalog / f"book-{number}.epub").open("wb") as file:
            file.write(epub(100) + str(number).encode())
            file.truncate(size)
