"""The same size of work by tools that people know: Terraform and octoDNS planning that nothing has changed.

Neither is needed: one that is not installed is reported as skipped. Terraform is looked for on PATH; octoDNS on PATH and in the
environment that CATALOGCTL_BENCH_OCTODNS names (`make bench` makes one from requirements.txt beside this file).

Run alone, it prints its figures: python tests/bench/peers.py [RECORDS] [ROUNDS]
"""

import json
import os
import shutil
import sys
import tempfile
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import catalogs
import yaml
from measure import CommandFailed, Cost, repeat, run

OCTODNS_ENV = "CATALOGCTL_BENCH_OCTODNS"
SMALL, TITLES = "a number or an IP address each", "a title each"

# Nothing leaves the machine: terraform_data is built in, and the check for a newer Terraform is off.
_OFFLINE = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull}

_COUNT = """\
resource "terraform_data" "title" {{
  count = {records}
  input = count.index
}}
"""

_FOR_EACH = """\
resource "terraform_data" "title" {
  for_each = fileset(path.module, "catalog/**/*.yaml")
  input    = yamldecode(file("${path.module}/${each.value}"))
}
"""

_RESOURCE = """\
resource "terraform_data" "title_{number:06d}" {{
  input = {document}
}}
"""

_OCTODNS = """\
providers:
  files:
    class: octodns.provider.yaml.YamlProvider
    directory: ./files
  store:
    class: octodns.provider.yaml.YamlProvider
    directory: ./store
zones:
{zones}
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """One peer on one workload."""

    tool: str
    """Name and version."""
    records: int
    load: str
    """What each record holds: `a title each`, or the little that shows the tool at its best."""
    workload: str
    cost: Cost | None
    """Of a plan with no change; `None` if the tool is not here."""
    note: str = ""
    """What it took to get there, or why it was skipped."""


def terraform(work: Path, records: int, rounds: int) -> Iterator[Timing]:
    """Time `terraform plan` with no change.

    All `records` as the least that Terraform can hold, a number each: Terraform at its best. Holding titles its plan grows with the square
    of their count (its first apply more so), hours for 10,000; so titles are timed at small counts that double, where the growth shows.
    """
    program = shutil.which("terraform")
    if program is None:
        yield Timing("Terraform", records, SMALL, f"{records:,} terraform_data", None, "skipped: terraform is not on PATH")
        return
    version = run([program, "version"], cwd=work, env=_OFFLINE)[1].split()[1]
    few = max(1, records // 80)
    for count, load, what, write in (
        (records, SMALL, "count", _write_count),
        (few, TITLES, "for_each over the title files", _write_for_each),
        (2 * few, TITLES, "for_each over the title files", _write_for_each),
        (4 * few, TITLES, "for_each over the title files", _write_for_each),
        (4 * few, TITLES, "a resource block each", _write_blocks),
    ):
        folder = Path(tempfile.mkdtemp(prefix="terraform-", dir=work))
        write(folder, count)
        run([program, "init", "-input=false"], cwd=folder, env=_OFFLINE)
        note = ""
        if not (folder / "terraform.tfstate").exists():
            applied, _ = run([program, "apply", "-input=false", "-auto-approve"], cwd=folder, env=_OFFLINE)
            note = f"the first apply took {applied.wall:.0f} s"

        def plan(folder: Path = folder) -> Cost:
            cost, printed = run([program, "plan", "-input=false", "-no-color", "-detailed-exitcode"], cwd=folder, env=_OFFLINE)
            if "No changes." not in printed:
                raise CommandFailed(printed[-1000:])
            return cost

        workload = f"{count:,} terraform_data, {load} ({what})"
        yield Timing(f"Terraform {version.removeprefix('v')}", count, load, workload, repeat(rounds, plan), note)
        shutil.rmtree(folder)


def octodns(work: Path, records: int, rounds: int) -> Iterator[Timing]:
    """Time `octodns-sync`, YAML to YAML, with no change, in three shapes.

    The small A records say what octoDNS does at its best; the TXT records carry the text of our titles and so move as many bytes as we do.
    """
    beside = os.environ.get(OCTODNS_ENV)
    program = shutil.which("octodns-sync", path=f"{beside}/bin" if beside else None)
    if program is None:
        note = f"skipped: octodns-sync is neither on PATH nor below ${OCTODNS_ENV}"
        yield Timing("octoDNS", records, SMALL, f"{records:,} records", None, note)
        return
    version = run([program, "--version"], cwd=work)[1].split()[-1]
    many = max(1, records // 100)
    for zones, kind, load, write in (
        (1, "A records", SMALL, _a_record),
        (many, "A records", SMALL, _a_record),
        (many, "TXT records", TITLES, _txt_record),
    ):
        folder = Path(tempfile.mkdtemp(prefix="octodns-", dir=work))
        _write_zones(folder, zones, records // zones, write)

        def plan(folder: Path = folder) -> Cost:
            cost, printed = run([program, "--config-file", "config.yaml"], cwd=folder)
            if "No changes were planned" not in printed:
                raise CommandFailed(printed[-1000:])
            return cost

        workload = f"{records:,} {kind}, {load} (YAML to YAML, {zones:,} {'zone' if zones == 1 else 'zones'})"
        yield Timing(f"octoDNS {version}", zones * (records // zones), load, workload, repeat(rounds, plan))
        shutil.rmtree(folder)


def _write_count(folder: Path, records: int) -> None:
    """Write the state too, as an apply leaves it, for that apply takes minutes."""
    (folder / "main.tf").write_text(_COUNT.format(records=records), encoding="utf-8")
    instances = [
        {
            "index_key": number,
            "schema_version": 0,
            "attributes": {
                "id": str(uuid.UUID(int=number)),
                "input": {"value": number, "type": "number"},
                "output": {"value": number, "type": "number"},
                "triggers_replace": None,
            },
            "sensitive_attributes": [],
        }
        for number in range(records)
    ]
    provider = 'provider["terraform.io/builtin/terraform"]'
    resource = {"mode": "managed", "type": "terraform_data", "name": "title", "provider": provider, "instances": instances}
    state = {"version": 4, "serial": 1, "lineage": str(uuid.UUID(int=0)), "outputs": {}, "resources": [resource], "check_results": None}
    (folder / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")


def _write_for_each(folder: Path, records: int) -> None:
    catalogs.write_titles(folder / "catalog", records)
    (folder / "main.tf").write_text(_FOR_EACH, encoding="utf-8")


def _write_blocks(folder: Path, records: int) -> None:
    for first in range(0, records, catalogs.TITLES_PER_FOLDER):
        numbers = range(first, min(records, first + catalogs.TITLES_PER_FOLDER))
        blocks = (_RESOURCE.format(number=number, document=_as_hcl(catalogs.title(number))) for number in numbers)
        (folder / f"titles-{first:06d}.tf").write_text("\n".join(blocks), encoding="utf-8")


def _as_hcl(document: str) -> str:
    """JSON with its keys in quotes is an HCL object as it is, as long as no text begins an interpolation."""
    return json.dumps(yaml.safe_load(document), default=str, ensure_ascii=False, indent=2).replace("\n", "\n  ")


def _write_zones(folder: Path, zones: int, records: int, write: Callable[[int], str]) -> None:
    names = [f"bench-{number:04d}.example." for number in range(zones)]
    entries = "\n".join(f"  {name}: {{sources: [files], targets: [store]}}" for name in names)
    (folder / "config.yaml").write_text(_OCTODNS.format(zones=entries), encoding="utf-8")
    for side in ("files", "store"):
        (folder / side).mkdir()
        for place, name in enumerate(names):
            lines = (f"r{number:06d}: {write(number)}" for number in range(place * records, (place + 1) * records))
            (folder / side / f"{name}yaml").write_text("---\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _a_record(number: int) -> str:
    return f"{{ttl: 300, type: A, values: [10.{number >> 16}.{number >> 8 & 255}.{number & 255}]}}"


def _txt_record(number: int) -> str:
    """Carry every text of a title, in the ASCII that a TXT record is."""
    texts = sorted({_as_txt(text) for text in _texts(yaml.safe_load(catalogs.title(number)))})
    return "\n  ttl: 300\n  type: TXT\n  values:\n" + "\n".join(f"  - {json.dumps(text)}" for text in texts)


def _texts(value: object) -> Iterator[str]:
    match value:
        case dict():
            for child in value.values():
                yield from _texts(child)
        case list():
            for child in value:
                yield from _texts(child)
        case _:
            yield str(value)


def _as_txt(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(ascii_only.replace(";", "\\;").split())


def main() -> None:
    """Print the figures, a line each."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as work:
        for peer in (octodns, terraform):
            for timing in peer(Path(work), records, rounds):
                cost = timing.cost
                figures = f"{cost.wall:7.2f} s wall {cost.cpu:7.2f} s CPU {cost.memory / 2**20:7.0f} MiB" if cost else "-"
                print(f"{timing.tool:20} {timing.workload:75} {figures}  {timing.note}", flush=True)


if __name__ == "__main__":
    main()
