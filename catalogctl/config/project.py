"""The project file: which accounts, which limits, where the state is, and how environments differ.

read catalogctl.yaml → lay the environment's overlay over it → judge the whole → Project
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from catalogctl.config.find_project import FILE, missing_project
from catalogctl.config.schema.document import canonical
from catalogctl.config.schema.fields import UNLIMITED
from catalogctl.config.schema.judge import judge
from catalogctl.config.schema.problem import Problem
from catalogctl.config.schema.projectfile import ProjectDocument
from catalogctl.config.syntax.encoding import MAX_BYTES
from catalogctl.config.syntax.source import Part, Source, locate, parse
from catalogctl.config.territories import Groups, groups_of
from catalogctl.model.alike import most_alike
from catalogctl.model.diagnostics import CatalogError, Diagnostic, Diagnostics, Pointer, SourceRange, error
from catalogctl.model.value import digest
from catalogctl.system.file import read_bounded

DEFAULT_ENVIRONMENT: Final = "default"


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """Where the state is kept."""

    type: str
    path: str
    """Relative to the project folder."""


@dataclass(frozen=True, slots=True)
class LimitSetting:
    """How much of one harm a plan may do: a count, or a percentage of what is recorded."""

    amount: Decimal
    percent: bool


@dataclass(frozen=True, slots=True)
class SafetySettings:
    """The limits on harm on one account."""

    bounds: Mapping[str, LimitSetting] = field(default_factory=dict)
    """By what is limited: deletes, updates, creates, replaces, unpublish, price-change, territory-loss. What is missing is not limited."""
    min_existing: int = 10
    """A percentage counts only where at least so many resources are recorded."""


@dataclass(frozen=True, slots=True)
class Safety:
    """The limits on harm."""

    usual: SafetySettings
    accounts: Mapping[str, SafetySettings]
    """Of the accounts that have some of their own: these, and the usual ones for the rest."""


USUAL_SAFETY: Final[Mapping[str, str | int]] = {
    "max_deletes": "10%",
    "max_updates": "30%",
    "max_replaces": "10%",
    "max_unpublish": "10%",
    "max_price_change": "50%",
    "max_territory_loss": "50%",
    "min_existing": 10,
}
"""What holds where `safety` does not say. Creates are not limited: the first plan of a catalog is nothing else."""


@dataclass(frozen=True, slots=True)
class AssetStoreSettings:
    """Where local files are put for stores to fetch."""

    type: str
    """directory, s3, gcs or azure."""
    url: str
    """A folder (relative to the project folder) for a directory, else the bucket's URL."""
    base_url: str | None
    """Under which address the files can be fetched; `None`: signed URLs of the store itself."""
    sign_for: float | None
    """Seconds that a signed URL is valid; `None`: not signed."""


@dataclass(frozen=True, slots=True)
class OnixSettings:
    """What every ONIX message of the catalog says."""

    sender: str = ""
    """Empty: not declared, and no message can be written."""
    contact: str = ""
    email: str = ""
    supplier: str = ""
    """Empty: the sender."""
    namespace: str = ""
    """What record references begin with; empty: not declared."""
    length: str = ""
    """The unit of a height, width or thickness that is a number alone; empty: not declared."""
    weight: str = ""
    """The unit of a weight that is a number alone; empty: not declared."""
    price_type: str = "rrp"
    """`rrp`, `rrp-without-tax`, `fixed` or `fixed-without-tax`."""


@dataclass(frozen=True, slots=True)
class Project:
    """What the project file says for one environment."""

    root: Path
    """The project folder, absolute and with no symbolic link in it."""
    environment: str
    environments: tuple[str, ...]
    """Names of the environments that have an overlay in the file, in its order."""
    catalog: tuple[str, ...]
    """Folders or files with titles, relative to the project folder."""
    backend: BackendSettings
    accounts: Mapping[str, Mapping[str, Any]]
    """Account blocks by name as written, the overlay laid over; `accounts.accounts` makes something of them."""
    known_accounts: frozenset[str]
    """The names of the accounts of all environments."""
    safety: Safety
    territory_groups: Groups
    """The countries of each group that the project names; ALL for one that is everywhere."""
    assets: AssetStoreSettings | None
    onix: OnixSettings
    blocks: Mapping[str, Any]
    """`moved`, `removed` and `import` as the project file has them."""
    acknowledge: tuple[Mapping[str, Any], ...]
    """Warnings that are not reported any more, as the project file has them."""
    digest: str
    """Of everything the project file says for this environment."""
    source: Source
    overlay: Pointer
    """Where this environment's overlay is in the file; empty where it has none."""
    edited: Mapping[str, bytes] = field(default_factory=dict)
    """Files of the catalog as an edit would leave them, read instead of what is on the disk; one without a byte is as good as gone."""

    def place(self, pointer: Pointer, part: Part = Part.VALUE) -> SourceRange:
        """Find where a setting is written: in the overlay if it is there, else in the base."""
        return _place(self.source, self.overlay, pointer, part)


def load_project(folder: Path, environment: str = DEFAULT_ENVIRONMENT) -> Project:
    """Read the project file of a folder as it is for one environment.

    Raises:  CatalogError with every problem of the file, each with its place.
    Source:  PRODUCT.md 2.1.
    """
    source = _read(folder)
    parsed = parse(source)
    if any(item.severity == "error" for item in parsed.diagnostics):
        raise CatalogError(*Diagnostics.of(parsed.diagnostics))
    if len(parsed.documents) != 1:
        what = "It has no document." if not parsed.documents else f"It has {len(parsed.documents)} documents."
        raise CatalogError(
            error("project-file", "A project file has one document", what, "The least it needs is:\nversion: 1").at(locate(source, 1, ()))
        )
    raw = parsed.documents[0]
    base = judge(ProjectDocument).read(raw)
    if isinstance(base, tuple):
        raise CatalogError(*Diagnostics.of(problem.diagnostic(lambda pointer, part: locate(source, 0, pointer, part)) for problem in base))
    said: dict[str, Any] = canonical(base)
    environments: dict[str, Any] = said.pop("environments", None) or {}
    if environment not in environments and environment != DEFAULT_ENVIRONMENT:
        raise CatalogError(_unknown_environment(source, environment, list(environments)))
    overlay = environments.get(environment) or {}
    pointer: Pointer = ("environments", environment) if environment in environments else ()
    merged = laid_over(overlay, said)
    problems = [*_incomplete(merged, source, pointer, said.get("accounts") or {}), *_limited_nowhere(merged, source, pointer)]
    groups = groups_of(merged.get("territory_groups") or {}, lambda problem: problems.append(_in_groups(problem, source, pointer)))
    if problems:
        raise CatalogError(*Diagnostics.of(problems))
    backend = merged.get("backend") or {}
    return Project(
        root=folder.resolve(),
        environment=environment,
        environments=tuple(environments),
        catalog=tuple(merged.get("catalog") or ("catalog/",)),
        backend=BackendSettings(backend.get("type") or "local", backend.get("path") or "state/"),
        accounts=merged.get("accounts") or {},
        known_accounts=frozenset(name for block in (said, *environments.values()) for name in (block or {}).get("accounts") or {}),
        safety=_safety(merged.get("safety") or {}),
        territory_groups=groups,
        assets=_assets((merged.get("assets") or {}).get("publish")),
        onix=_onix(merged.get("onix") or {}),
        blocks={name: merged[name] for name in ("moved", "removed", "import") if merged.get(name)},
        acknowledge=tuple(merged.get("acknowledge") or ()),
        digest=digest({"environment": environment, "project": encodable(merged)}),
        source=source,
        overlay=pointer,
    )


def laid_over(upper: Any, lower: Any) -> Any:
    """Lay one value over another: mappings key by key, where null takes a key away; everything else replaces."""
    if not isinstance(upper, dict) or not isinstance(lower, dict):
        return upper
    merged = dict(lower)
    for name, value in upper.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = laid_over(value, lower[name]) if name in lower else value
    return merged


def _read(folder: Path) -> Source:
    path = folder / FILE
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        detail = f"{path} is a symbolic link to a place outside the project folder; what lies there is not reviewed with the project."
        raise CatalogError(error("project-unreadable", "The project file cannot be read", detail, "Copy the file into the project."))
    try:
        return Source(FILE, read_bounded(path, MAX_BYTES))
    except FileNotFoundError:
        raise missing_project(f"There is no {FILE} in {folder.resolve()}.") from None
    except OSError as broken:
        raise CatalogError(error("project-unreadable", "The project file cannot be read", f"{path}: {broken.strerror}.")) from None


def _unknown_environment(source: Source, environment: str, known: list[str]) -> Diagnostic:
    near = most_alike(environment, [*known, DEFAULT_ENVIRONMENT])
    declared = ", ".join(sorted({*known, DEFAULT_ENVIRONMENT}))
    hint = (
        f"Did you mean {near[0]}?"
        if near
        else f"Known environments: {declared}. A new one is declared in {FILE}:\nenvironments:\n  {environment}: {{}}"
    )
    detail = (
        f"{FILE} declares no environment {environment!r}. An undeclared one would start with an empty state and create everything again."
    )
    return error("unknown-environment", "Unknown environment", detail, hint).at(locate(source, 0, ("environments",), Part.KEY))


def _in_groups(problem: Problem, source: Source, overlay: Pointer) -> Diagnostic:
    return problem.diagnostic(lambda way, part: _place(source, overlay, ("territory_groups", *way), part))


def _incomplete(merged: Mapping[str, Any], source: Source, overlay: Pointer, base: Collection[str]) -> list[Diagnostic]:
    """Find what the base and the overlay leave out together.

    Shapes:  `base` are the names of the accounts that all environments have.
    """
    found: list[Diagnostic] = []
    for name, block in (merged.get("accounts") or {}).items():
        near = [] if name in base else most_alike(name, base)
        if near and not block.get("provider"):
            detail = f"No account called `{name}` is declared for all environments, and one of this environment alone needs `provider`."
            place = _place(source, overlay, ("accounts", name), Part.KEY)
            found.append(error("unknown-account", "Unknown account", detail, f"Did you mean {near[0]}?").at(place))
            continue
        other = next((one for one in ("type", "kind", "adapter", "driver", "service", "store") if isinstance(block.get(one), str)), None)
        if not block.get("provider") and other is not None:
            detail = f"`{other}` is not a setting of account {name}, and nothing would read it."
            place = _place(source, overlay, ("accounts", name, other), Part.KEY)
            found.append(error("unknown-field", "Unknown field", detail, "Did you mean `provider`?").at(place))
        elif not block.get("provider"):
            place = _place(source, overlay, ("accounts", name), Part.KEY)
            hint = "Add it, for instance\nprovider: publicala"
            found.append(error("missing-field", "Missing field: `provider`", f"Account {name} needs `provider`.", hint).at(place))
    publish = (merged.get("assets") or {}).get("publish")
    if publish is not None:
        for setting in ("type", "url"):
            if not publish.get(setting):
                place = _place(source, overlay, ("assets", "publish"), Part.KEY)
                found.append(
                    error(
                        "missing-field",
                        f"Missing field: `{setting}`",
                        f"An asset store needs `{setting}`.",
                        f"Add `{setting}:`.",
                    ).at(place)
                )
        if publish.get("type") and publish.get("url"):
            found.extend(_misfit(publish, lambda setting, part: _place(source, overlay, ("assets", "publish", *setting), part)))
    return found


def _limited_nowhere(merged: Mapping[str, Any], source: Source, overlay: Pointer) -> Iterator[Diagnostic]:
    """Find limits for accounts that there are not: a misspelt one would protect nothing."""
    known = sorted(merged.get("accounts") or {})
    for name in (merged.get("safety") or {}).get("accounts") or {}:
        if name not in known:
            near = most_alike(name, known)
            hint = f"Did you mean {near[0]}?" if near else f"Declared accounts: {', '.join(known) or 'none'}."
            place = _place(source, overlay, ("safety", "accounts", name), Part.KEY)
            detail = f"No account called `{name}` is declared in {FILE}, so that these limits would hold nowhere."
            yield error("unknown-account", "Unknown account", detail, hint).at(place)


_BUCKETS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "s3": (re.compile("s3a?://."), "s3://bucket/folder"),
    "gcs": (re.compile("gs://."), "gs://bucket/folder"),
    "azure": (
        re.compile(r"(az|azure|abfss?|adl)://.|https://[^/]+\.(blob|dfs)\.core\.windows\.net(/|$)"),
        "az://container/folder",
    ),
}
"""What the URL of each kind of bucket looks like, and an example."""


def _misfit(publish: Mapping[str, Any], place: Callable[[Pointer, Part], SourceRange]) -> Iterator[Diagnostic]:
    """Find what in an asset store's settings its type cannot be."""
    kind, url = publish["type"], publish["url"]
    summary = "Asset store of another form"
    if kind in _BUCKETS:
        form, example = _BUCKETS[kind]
        if form.match(url) is None:
            detail = f"`{url}` is not the URL of a store of type {kind}."
            hint = f"Correct the type, or write a URL such as\nurl: {example}"
            yield error("asset-store-form", summary, detail, hint).at(place(("url",), Part.VALUE))
        return
    if "://" in url:
        detail = f"`{url}` is a URL; a store of type {kind} is a folder on this machine."
        yield error("asset-store-form", summary, detail, "Correct the type, or name a folder.").at(place(("url",), Part.VALUE))
    if not publish.get("base_url"):
        detail = "A web server publishes the directory; stores need the address."
        hint = "Add it, for instance\nbase_url: https://cdn.example.com/assets"
        yield error("asset-store-form", "An asset directory without an address", detail, hint).at(place((), Part.KEY))


def _place(source: Source, overlay: Pointer, pointer: Pointer, part: Part) -> SourceRange:
    if overlay and _is_there(source, (*overlay, *pointer)):
        return locate(source, 0, (*overlay, *pointer), part)
    return locate(source, 0, pointer, part)


def _is_there(source: Source, pointer: Pointer) -> bool:
    value: Any = parse(source).documents[0]
    for step in pointer:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def _safety(block: Mapping[str, Any]) -> Safety:
    usual = {**USUAL_SAFETY, **_said(block)}
    own = {account: _limits({**usual, **_said(limits or {})}) for account, limits in (block.get("accounts") or {}).items()}
    return Safety(_limits(usual), own)


def _said(block: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "accounts" and value is not None}


def _limits(block: Mapping[str, Any]) -> SafetySettings:
    bounds = {
        name.removeprefix("max_").replace("_", "-"): _bound(value)
        for name, value in block.items()
        if name != "min_existing" and value != UNLIMITED
    }
    return SafetySettings(bounds, block["min_existing"])


def _bound(text: str) -> LimitSetting:
    return LimitSetting(Decimal(text.removesuffix("%")), text.endswith("%"))


def _onix(block: Mapping[str, Any]) -> OnixSettings:
    sender, units = block.get("sender") or {}, block.get("units") or {}
    said = {
        "sender": sender.get("name"),
        "contact": sender.get("contact"),
        "email": sender.get("email"),
        "supplier": block.get("supplier"),
        "namespace": block.get("namespace"),
        "length": units.get("length"),
        "weight": units.get("weight"),
        "price_type": block.get("price_type"),
    }
    return OnixSettings(**{name: value for name, value in said.items() if value})


def _assets(block: Mapping[str, Any] | None) -> AssetStoreSettings | None:
    return None if block is None else AssetStoreSettings(block["type"], block["url"], block.get("base_url"), block.get("sign_for"))


def encodable(value: Any) -> Any:
    """Write whole numbers that no JSON number holds as text; everything else is encodable already."""
    match value:
        case dict():
            return {name: encodable(item) for name, item in value.items()}
        case list():
            return [encodable(item) for item in value]
        case int() if abs(value) >= 2**63:
            return str(value)
        case _:
            return value
