"""One plan, byte for byte, wherever and however it is made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shop import Shop

SURROUNDINGS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kolkata"},
    {"PYTHONHASHSEED": "random", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/Argentina/Buenos_Aires", "LANG": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "4294967295", "LC_ALL": "POSIX", "TZ": "Pacific/Kiritimati", "PYTHONUTF8": "0"},
)


def test_a_plan_is_the_same_bytes_for_any_seed_locale_zone_order_and_place(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    epub = {"prices": {"USD": "9.90", "EUR": "8.10", "MXN": "1.00"}, "publish": {"store": {"categories": ["Z", "ı", "I", "a"]}}}
    for number in range(4):
        shop.title(f"t{number:02}", edition=epub)
    shop.applied("--target", "t00", "--target", "t01")
    shop.title("t00", title="İstanbul", edition=epub)
    (shop.folder / "catalog/t01.json").unlink()
    made: set[tuple[str, bytes]] = set()
    for number, environment in enumerate(SURROUNDINGS):
        folder = tmp_path_factory.mktemp("elsewhere") / ("x" * (number + 1))
        _copied(shop.folder, folder, backwards=bool(number % 2))
        there = Shop(folder, shop.sandbox, shop.server)
        plan = there.spawn("plan", "--format", "json", "--out", "plan.json", **environment).ended(0)
        made.add((plan.out, (folder / "plan.json").read_bytes()))
    [(shown, saved)] = made
    assert shown.encode() == saved
    assert str(shop.folder.parent).encode() not in saved


def _copied(source: Path, target: Path, *, backwards: bool) -> None:
    """Copy a project file by file, the last one first where asked, so that the folder lists them in another order."""
    for path in sorted((path for path in source.rglob("*") if path.is_file()), reverse=backwards):
        there = target / path.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
