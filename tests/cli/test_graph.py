"""The order of the calls as a graph: right, stable, and nothing but text whatever a title is called."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shop import Shop

HOSTILE = 'A"]; n9[label="\\N <b>&amp;</b> %%{init: x}%% #quot; `end` --> n1 *b* __c__ _d_ e_f'


ASSETS = Path(__file__).parents[2] / "catalog" / "clasicos" / "assets"


def two_titles(shop: Shop, name: str = "El faro") -> None:
    """Write a book for the shop's store, and one with two files for an emulation of PublishDrive."""
    account = f"  pd: {{provider: publishdrive, base_url: sandbox}}\n  store: {{provider: publicala, base_url: {shop.url}, token: x}}\n"
    shop.write("catalogctl.yaml", f"version: 1\naccounts:\n{account}".replace("token: x", "token: '${env:PUBLICALA_TOKEN}'"))
    shop.title("faro", title=name)
    (shop.folder / "catalog/assets").mkdir(exist_ok=True)
    for file in ("azul.epub", "azul.jpg"):
        shutil.copy(ASSETS / file, shop.folder / "catalog/assets" / file)
    files = {"content": "assets/azul.epub", "cover": "assets/azul.jpg"}
    publish = {"pd": {"territories": ["ALL"], "published": True, "final_version": True}}
    subjects = {"bisac": ["FIC000000"]}
    edition = {"files": files, "publish": publish}
    shop.title("mere", edition=edition, subjects=subjects, description="A novel of the coast.")


def edges(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^  (n\d+) (?:->|-->|-\.->) (n\d+);?$", text, flags=re.MULTILINE))


def labels(text: str) -> dict[str, str]:
    return dict(re.findall(r'^    (n\d+)(?: \[label=|\[)"(.*)"', text, flags=re.MULTILINE))


def test_both_languages_tell_the_same_order_with_every_call(shop: Shop) -> None:
    two_titles(shop)
    dot, mermaid = (shop.run("graph", "--format", form).ended(0).out for form in ("dot", "mermaid"))
    assert shop.writes == []
    assert edges(dot) == edges(mermaid) != set()
    assert labels(dot).keys() == labels(mermaid).keys()
    plan = shop.run("plan", "--format", "json").ended(0).json
    for call in plan["requests"]:
        assert any(call["address"] in label and f"{call['method']} {call['path']}" in label for label in labels(dot).values())
    numbered = {label.split("\\n")[0]: node for node, label in labels(dot).items()}
    book = next(node for label, node in numbered.items() if label.endswith("create pd/book/mere.epub"))
    files = {node for label, node in numbered.items() if "create pd/file/mere.epub" in label}
    published = next(node for label, node in numbered.items() if "create pd/publication/mere.epub" in label)
    assert len(files) == 2
    assert {*((book, file) for file in files), *((file, published) for file in files)} <= edges(dot)


def test_every_operation_comes_after_those_it_waits_for(shop: Shop) -> None:
    two_titles(shop)
    dot = shop.run("graph").ended(0).out
    assert all(int(first[1:]) < int(then[1:]) for first, then in edges(dot))
    assert dot == shop.run("graph", "--format", "dot").ended(0).out


def test_a_saved_plan_is_shown_as_it_is(shop: Shop) -> None:
    two_titles(shop)
    now = shop.run("graph").ended(0).out
    shop.run("plan", "--out", "p.json").ended(0)
    shop.sandbox.clear_log()
    assert shop.run("graph", "p.json").ended(0).out == now
    assert shop.requests == ()
    assert "belong to the plan" in shop.run("graph", "p.json", "--target", "faro").ended(1).err


def test_targets_narrow_it_and_a_file_takes_it(shop: Shop) -> None:
    two_titles(shop)
    assert shop.run("graph", "--target", "faro", "--output", "g.dot").ended(0).out == ""
    text = (shop.folder / "g.dot").read_text(encoding="utf-8")
    assert "faro" in text
    assert "mere" not in text
    assert "selects nothing" in shop.run("graph", "--target", "nobody").ended(1).err


def test_deletes_stand_against_the_arrows(shop: Shop) -> None:
    two_titles(shop)
    shop.applied()
    dot = shop.run("graph", "--destroy").all
    assert "delete store/content/faro.epub" in dot
    assert "create" not in dot


def test_an_empty_plan_is_an_empty_graph(shop: Shop) -> None:
    two_titles(shop)
    shop.applied()
    empty = shop.run("graph").ended(0)
    assert labels(empty.out) == {}
    assert empty.out.startswith("digraph plan {\n")
    assert "nothing to order" in empty.err
    assert shop.run("graph", "--format", "mermaid").ended(0).out == "flowchart LR\n"


def test_a_title_of_any_name_is_text_in_both_languages(shop: Shop) -> None:
    two_titles(shop)
    expected = edges(shop.run("graph").ended(0).out)
    two_titles(shop, HOSTILE)
    for form in ("dot", "mermaid"):
        out = shop.run("graph", "--format", form).ended(0).out
        assert edges(out) == expected
        outside = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', out)
        words = "digraph plan flowchart LR graph node subgraph end label style dashed rounded fontname shape box rankdir".split()
        assert set(re.findall(r"[^\W\d]\w*", outside)) <= {*words, *(f"{name}{n}" for name in ("n", "title", "cluster_") for n in range(9))}
        assert set(re.sub(r"\w", "", outside)) <= set(' \n"{}[];=,>-.')
    [name] = re.findall(r'subgraph title\d\["(faro: .*)"\]', out)
    assert re.fullmatch(r"(?:[\w ./:,-]|#\d+;)*", name)
    assert "e_f" in name
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), name).startswith('faro: A"]; n9[label="')


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_it(shop: Shop) -> None:
    two_titles(shop, HOSTILE)
    dot = shop.run("graph").ended(0).out
    drawn = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True, check=True)
    assert drawn.stderr == ""
    assert drawn.stdout.count('class="node"') == len(labels(dot))
