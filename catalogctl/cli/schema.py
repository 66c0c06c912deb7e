"""`catalogctl schema`."""

from __future__ import annotations

import click
import orjson

from catalogctl.cli.command import Command
from catalogctl.cli.console import Console
from catalogctl.config.json_schemas import schemas
from catalogctl.history.run_file_schema import run_schema
from catalogctl.planning.planfile.schema import plan_schema
from catalogctl.provider import discovery
from catalogctl.system.safe_folder import PUBLIC, PUBLIC_FOLDER
from catalogctl.system.typed_path import folder_at


@click.command(cls=Command)
@click.argument("kind", required=False)
@click.option("--write", "folder", metavar="DIR", type=click.Path(file_okay=False), help="Write all schemas into this folder.")
@click.pass_obj
def command(console: Console, kind: str | None, folder: str | None) -> None:
    """Print the JSON Schema of a KIND of file, list the kinds, or write all schemas into a folder."""
    files = schema_files()
    if folder is not None:
        target = folder_at(folder, console.folder, mode=PUBLIC_FOLDER)
        for name, data in files.items():
            target.write(name, data, PUBLIC)
        console.say(f"Wrote {len(files)} schemas into {folder}.")
        return
    kinds = {name.removesuffix(".schema.json"): data for name, data in files.items()}
    if kind is None:
        console.write(kinds)
        return
    if kind not in kinds:
        message = f"there is no schema {kind!r}; there are: {', '.join(kinds)}"
        raise click.UsageError(message)
    click.echo(kinds[kind].decode(), nl=False)


def schema_files() -> dict[str, bytes]:
    """Make the schemas, of the files that people write, of a plan and of a run: file name → content."""
    providers = {name: discovery.provider(name) for name in discovery.names()}
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    made = {**schemas(providers), "plan": plan_schema(), "run": run_schema()}
    return {f"{name}.schema.json": orjson.dumps(schema, option=option) for name, schema in made.items()}
