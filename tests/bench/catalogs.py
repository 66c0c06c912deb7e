"""Catalogs of any size for the benchmarks: the same titles every time, each about as long as a real one (2.3 KB of YAML)."""

import random
from pathlib import Path

SALT = "catalogctl bench"
TITLES_PER_FOLDER = 100

_GIVEN = "Aurora Belén Bruno Carla Dante Elisa Fabio Gilda Hugo Inés Joana Kai Lucía Mateo Nadia Olga Pablo Rosa Sofia Tomás".split()
_FAMILY = "Almeida Benítez Cardoso Domínguez Escobar Ferreira Gálvez Herrera Ibáñez Jardim Lacerda Medina Novais Ortega Pereira".split()
_WORDS = (
    "la casa memoria invierno ciudad mapa noche viaje jardín espejo cuaderno puerto sombra isla carta verano río tren puente reloj "
    "que con una entre desde hacia sobre bajo cada otra nunca siempre todavía apenas donde cuando mientras después antes"
).split()
_SUBJECTS = {
    "bisac": ("FIC019000", "SEL009000", "HIS038000", "JUV001000", "BIO026000", "POE000000"),
    "thema": ("FBA", "VS", "NHK", "YFC", "DNB", "DCF"),
}
_PRICES = (("USD", "9.99"), ("EUR", "8.49"), ("MXN", "189.00"), ("ARS", "10900.00"))

PROJECT = """\
version: 1
catalog: [catalog/]
backend: {{type: local, path: state/}}
accounts:
  store:
    provider: publicala
    base_url: {base_url}
    token: ${{env:CATALOGCTL_BENCH_TOKEN}}
    concurrency: {concurrency}
    requests_per_minute: {requests_per_minute}
safety: {{max_deletes: 10%, max_updates: 30%, min_existing: 10, max_price_change: 50%}}
"""


def isbn(number: int) -> str:
    """Make the ISBN of one title: 13 digits, in a registrant range that exists, with the right check digit."""
    body = f"97884{7_000_000 + number}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def title(number: int) -> str:
    """Write one title as YAML: one EPUB edition, an HTML blurb of about 800 characters, three contributors, four prices."""
    pick = random.Random(f"{SALT} {number}")

    def words(count: int) -> str:
        return " ".join(pick.choices(_WORDS, k=count))

    def person() -> str:
        return f"{pick.choice(_GIVEN)} {pick.choice(_FAMILY)}"

    paragraphs = "\n".join(f"  <p>{words(9).capitalize()}, <em>{words(3)}</em>; {words(21)}.</p>" for _ in range(4))
    keywords = "\n".join(f"  - {word}" for word in sorted({words(2) for _ in range(9)}))
    subjects = {scheme: "\n".join(f"    - {code}" for code in pick.sample(codes, 3)) for scheme, codes in _SUBJECTS.items()}
    prices = "\n".join(f"      {currency}: {amount}" for currency, amount in _PRICES)
    return f"""\
# yaml-language-server: $schema=../../schemas/title.schema.json
# Approved by the editor and by the rights department; the cover is final.
kind: title
id: title-{number:06d}
title: {words(4).capitalize()} {number}
subtitle: {words(6).capitalize()}
language: es
contributors:
  - name: {person()}
    role: author
  - name: {person()}
    role: translator
  - name: {person()}
    role: illustrator
publisher: Editorial {pick.choice(_FAMILY)}
imprint: Colección {pick.choice(_WORDS).capitalize()}
series:
  name: {words(3).capitalize()}
  number: "{1 + number % 12}"
publication_date: {2000 + number % 26}-{1 + number % 12:02d}-{1 + number % 28:02d}
description: |
{paragraphs}
subjects:
  bisac:
{subjects["bisac"]}
  thema:
{subjects["thema"]}
keywords:
{keywords}
editions:
  epub:
    format: epub
    isbn: "{isbn(number)}"
    pages: {80 + number % 700}
    prices:
{prices}
    files:
      content: https://cdn.example.com/books/{number:06d}/title-{number:06d}.epub
      cover: https://cdn.example.com/books/{number:06d}/cover.jpg
    publish:
      store:
        free: false
        collections:
          - Novedades {2000 + number % 26}
          - Biblioteca {pick.choice(_FAMILY)}
"""


def write_titles(folder: Path, count: int) -> list[Path]:
    """Write `count` titles below `folder`, a hundred a folder, and list the files in the order of their numbers."""
    paths: list[Path] = []
    for number in range(count):
        path = folder / f"{number // TITLES_PER_FOLDER:04d}" / f"title-{number:06d}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(title(number), encoding="utf-8")
        paths.append(path)
    return paths


def write_catalog(root: Path, count: int, base_url: str, concurrency: int = 10, requests_per_minute: int = 1_000_000) -> list[Path]:
    """Write a catalog repository of `count` titles whose one account, `store`, is at `base_url`.

    Units:  `concurrency` in requests at a time; `requests_per_minute` so high that the pace never decides what is measured.
    """
    root.mkdir(parents=True, exist_ok=True)
    project = PROJECT.format(base_url=base_url, concurrency=concurrency, requests_per_minute=requests_per_minute)
    (root / "catalogctl.yaml").write_text(project, encoding="utf-8")
    return write_titles(root / "catalog", count)
