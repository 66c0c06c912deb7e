"""Write the bill of materials of catalogctl as CycloneDX JSON, from the lock files alone: build/sbom.cdx.json.

The same lock gives the same bytes: no clock, no serial number, sorted names. Licences are those that the installed packages declare, so
run it in the environment of `make` (`make sbom` does).
"""

import json
import re
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "sbom.cdx.json"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+?))? \\$")
HASH = re.compile(r"--hash=sha256:(?P<digest>[0-9a-f]{64})")
VIA = re.compile(r"^    # +(?:via )?(?P<name>[a-z0-9][a-z0-9._-]*)(?: \(pyproject\.toml\))?$")
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
}
"""The classifiers of licences, for packages that name no SPDX expression."""


@dataclass
class Package:
    """One pin of a lock file."""

    name: str
    version: str
    marker: str
    scope: str
    hashes: list[str] = field(default_factory=list)
    needed_by: set[str] = field(default_factory=set)

    @property
    def ref(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read(path: Path, scope: str) -> dict[str, Package]:
    """Read a lock file; `scope` is CycloneDX's word for whether the packages are needed."""
    found: dict[str, Package] = {}
    package: Package | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            package = Package(pin["name"], pin["version"], (pin["marker"] or "").strip(), scope)
            found[package.name] = package
        elif package is not None:
            package.hashes += HASH.findall(line)
            if (via := VIA.match(line)) and via["name"] != "via":
                package.needed_by.add(via["name"])
    return found


def licence(name: str) -> list[dict[str, Any]]:
    """Return what an installed package says of its licence; nothing for one of another platform."""
    try:
        said: dict[str, Any] = metadata(name).json
    except PackageNotFoundError:
        return []
    if said.get("license_expression"):
        return [{"expression": said["license_expression"]}]
    classified = [item.rpartition(" :: ")[2] for item in said.get("classifier") or [] if item.startswith("License ::")]
    known = sorted({SPDX[item] for item in classified if item in SPDX})
    if known:
        return [{"license": {"id": item}} for item in known]
    text = (said.get("license") or "").strip().splitlines()
    if not text or not text[0]:
        return []
    return [{"license": {"id" if text[0] in SPDX.values() else "name": text[0]}}]


def component(package: Package) -> dict[str, Any]:
    """Describe one package. A lock has a digest for each of its files, so they are properties and not the digest of a component."""
    properties = [{"name": "catalogctl:lock:sha256", "value": digest} for digest in sorted(set(package.hashes))]
    if package.marker:
        properties.insert(0, {"name": "catalogctl:lock:marker", "value": package.marker})
    described = {
        "type": "library",
        "bom-ref": package.ref,
        "name": package.name,
        "version": package.version,
        "scope": package.scope,
        "purl": package.ref,
        "properties": properties,
    }
    licences = licence(package.name)
    return described | ({"licenses": licences} if licences else {})


def bill() -> dict[str, Any]:
    """Describe catalogctl and every package that its lock files name, but for those that develop it."""
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "catalogctl" / "__init__.py").read_text(encoding="utf-8"))
    assert version is not None, "the package says its version"
    packages = read(ROOT / "requirements.txt", "required")
    for lock in sorted(ROOT.glob("requirements-*.txt")):
        if lock.name != "requirements-dev.txt":
            for name, package in read(lock, "optional").items():
                packages.setdefault(name, package).needed_by.update(package.needed_by)
    ordered = [packages[name] for name in sorted(packages)]
    root = f"catalogctl@{version[1]}"
    needs: dict[str, set[str]] = {root: set(), **{package.ref: set() for package in ordered}}
    for package in ordered:
        for name in package.needed_by:
            needs[packages[name].ref if name in packages else root].add(package.ref)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "pre-build"}],
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "catalogctl",
                "version": version[1],
                "licenses": [{"license": {"id": "MIT"}}],
            },
        },
        "components": [component(package) for package in ordered],
        "dependencies": [{"ref": ref, "dependsOn": sorted(needs[ref])} for ref in sorted(needs)],
    }


def main() -> int:
    """Write it."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    written = bill()
    target.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {len(written['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
