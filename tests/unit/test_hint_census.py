"""Every code whose hint is to be pasted or run is in a case that does so, or is listed as one that has none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import catalogctl
from cli.test_hints_that_run import COMMANDS, MISSPELT

FOLLOWED = frozenset(
    """
    acknowledgement-unused ages-reversed asset-missing bad-base-url comment-for-value first-name-not-in-name kind-unknown
    last-name-not-in-name missing-field mojibake name-comma not-one-of publish-null secret-literal secret-reference silent-comment unknown-environment
    unknown-field unknown-group unknown-provider yaml-syntax
    """.split()
)
"""Codes whose hints the other tests of tests/cli do as they say, in tables or one by one."""

NO_CASE = {
    "what is to be done is done in a feed, most often by whoever sends it": """
    onix-availability-date onix-code-space onix-composition onix-encoding onix-entity onix-forthcoming-date onix-isbn-check
    onix-isbn-hyphen onix-markets onix-namespace onix-no-reference onix-publisher-missing onix-real-date onix-release onix-sender-missing
    onix-text-format onix-title-space onix-unit-missing onix-zero-price
    """,
    "it is about this machine, its users, or its versioned folder": """
    extra-optional git-attributes git-runs-checkout git-setting internal link-leads-out link-where-written mode-open no-such-lock
    owner-differs project-of-another-user python-path repository-bare repository-inside sandbox-committed secret-committed secret-not-ignored
    state-committed state-locked submodules workflow-target
    """,
    "it needs a store in a state that its panel, or a run that was cut off, brings about": """
    account-moved asset-store-outside change-impossible conversion-unfinished create-held-back created-off-sale dependency-missing
    final-version-required foreign-tracks held-elsewhere import-too-early import-unfinished import-unsupported key-held labels-not-kept
    listing-in-doubt live-undeclared managed-elsewhere product-missing product-two-names product-unconfirmed run-cut-off
    run-not-resumable run-plan-not-kept state-unsettled store-suddenly-empty switches-apart
    """,
    "its tests hold the words of the hint and do not yet do what it says": """
    account-unknown account-unpinned address-variable allowed-file-form asset-path asset-store-missing asset-store-pin asset-url
    catalog-missing contributors-required corporate-with-parts edit-interrupted edit-no-selection edit-sheet edit-syntax edit-value
    empty-text fact-not-held identifier-is-field ignore-expired ignore-matches-nothing import-managed import-no-id import-undeclared
    journal-damaged json-half-character keys-unpinned layout-refused move-conflict move-undeclared narrator-required not-a-document
    not-a-number not-a-plan number-too-large pin-form pin-unknown-account plan-environment plan-format-unknown plan-not-approved plan-stale
    plan-too-large plan-type-unknown price-null project-file project-missing promotion-not-lower promotion-overlap
    promotion-without-price push-lineage regroup-refused removed-ambiguous renamed-without-move revert-conflict revert-file-missing revert-not-in-files
    sandbox-file secret-outside secret-unpinned secret-unreadable setting-renamed sheet-amount sheet-column sheet-number state-damaged
    state-of-another-environment state-of-another-lineage state-outside state-type-unknown store-twice tracks-not-audiobook unsafe-path
    until-before-from variable-missing where-syntax where-too-large where-value write-outside-catalog yaml-alias yaml-alias-bomb
    yaml-key
    """,
}
"""Codes that are in no case, by the reason."""

PACKAGE = Path(catalogctl.__file__).parent
PAGE = PACKAGE.parent / "docs/diagnostics.md"
TO_PASTE = re.compile(r"catalogctl [a-z-]|\bWrite\b|Did you mean|Quote it|:\n")


def hints(call: ast.Call, code: str) -> list[ast.expr]:
    """Give what may be the hint of a call that names a code: the third argument after it, or the keyword."""
    at = next((n for n, one in enumerate(call.args) if isinstance(one, ast.Constant) and one.value == code), None)
    return [*([] if at is None else call.args[at + 3 : at + 4]), *(word.value for word in call.keywords if word.arg == "hint")]


def texts(node: ast.AST, named: dict[str, list[ast.expr]], depth: int = 0) -> str:
    """Give the texts of an expression, and of what its names were assigned."""
    said = ""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            said += one.value
        elif isinstance(one, ast.Name) and depth < 2:
            said += "".join(texts(value, named, depth + 1) for value in named.get(one.id, ()))
    return said


def assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for one in ast.walk(scope):
        if isinstance(one, ast.Assign):
            for name in (name for target in one.targets for name in ast.walk(target) if isinstance(name, ast.Name)):
                found.setdefault(name.id, []).append(one.value)
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is not None:
            found.setdefault(one.target.id, []).append(one.value)
    return found


def codes_to_paste() -> set[str]:
    """Find the documented codes with a hint that has a command, or text to write."""
    documented = set(re.findall(r"^\| `([a-z0-9-]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        constants = assigned(ast.Module([one for one in module.body if isinstance(one, (ast.Assign, ast.AnnAssign))], []))
        for scope in (one for one in ast.walk(module) if isinstance(one, ast.FunctionDef)):
            named = {**constants, **assigned(scope)}
            for call in (one for one in ast.walk(scope) if isinstance(one, ast.Call)):
                code = next((one.value for one in call.args if isinstance(one, ast.Constant) and str(one.value) in documented), None)
                if isinstance(code, str) and any(TO_PASTE.search(texts(hint, named)) for hint in hints(call, code)):
                    found.add(code)
    return found


def test_a_hint_to_paste_or_to_run_is_in_a_case_or_has_a_reason_to_be_in_none() -> None:
    without = [code for codes in NO_CASE.values() for code in codes.split()]
    cases = FOLLOWED | COMMANDS.keys() | MISSPELT.keys()
    found = codes_to_paste()
    assert sorted(found - cases - set(without)) == []
    assert sorted(without) == sorted((found - cases) & set(without)), "a code that has a case, or no such hint any more, or is listed twice"
