"""Nothing is assumed of a service without a sentence of its documents, or a way of trying the other reading and of finding out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

import catalogctl.providers
from catalogctl.provider.protocol import Provider

PROVIDERS = sorted(path.parent.name for path in Path(catalogctl.providers.__path__[0]).glob("*/assumptions.py"))
DATE = re.compile(r"\b20\d\d-\d\d-\d\d\.$")
CODE = re.compile(r"`[^`]*`")
QUOTED = re.compile(r'"([^"]*)"')
SAMPLE = re.compile(r'`"\w+": [^`]+`')
"""A field of a sample with its value."""


def constants() -> Iterator[tuple[str, str, object, str]]:
    """Return each provider's constants with their value and what is said of them."""
    for name in PROVIDERS:
        module = import_module(f"catalogctl.providers.{name}.assumptions")
        body = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body
        for place, node in enumerate(body):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
            for target in targets:
                assert isinstance(target, ast.Name)
                following = body[place + 1] if place + 1 < len(body) else None
                said = following.value if isinstance(following, ast.Expr) else None
                text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
                yield name, target.id, getattr(module, target.id), " ".join(text.split())


def has_sentence(text: str) -> bool:
    """Whether a text quotes several words of a document, or a field of a sample with its value."""
    return bool(SAMPLE.search(text)) or any(len(words.split()) > 1 for words in QUOTED.findall(CODE.sub("", text)))


def ways_of_trying(provider: str, value: object, text: str) -> set[str]:
    """Return what is named that tries the other reading: a setting, an option, a switch, or the other value of a truth."""
    spec: Provider = import_module(f"catalogctl.providers.{provider}").provider
    sandbox = import_module(f"catalogctl.providers.{provider}.sandbox")
    switches = next(one for name, one in vars(sandbox).items() if name.endswith("Switches") and is_dataclass(one))
    offered = {*spec.settings.model_fields, *spec.options.model_fields, *(field.name for field in fields(switches))}
    if isinstance(value, bool):
        offered.add(str(not value))
    return offered & set(re.findall(r"`(\w+)(?:: \w+)?`", text))


@pytest.mark.parametrize(("provider", "name", "value", "text"), [pytest.param(*one, id=f"{one[0]}-{one[1]}") for one in constants()])
def test_an_assumption_has_a_sentence_or_a_way_of_trying_the_other_reading_and_of_finding_out(
    provider: str, name: str, value: object, text: str
) -> None:
    assert DATE.search(text), f"{name}: no day on which the documents were last looked at"
    if not has_sentence(text):
        assert ways_of_trying(provider, value, text), f"{name}: no sentence of a document, and nothing that tries the other reading"
        assert "To find out:" in text, f"{name}: no sentence of a document, and no way of finding out"


def test_every_provider_has_its_assumptions_in_one_module() -> None:
    assert {"openpublishing", "publicala", "publishdrive"} <= set(PROVIDERS)
