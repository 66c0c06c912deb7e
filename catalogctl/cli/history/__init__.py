"""`catalogctl history …`: the runs of apply, who made them and what came of each."""

from __future__ import annotations

import click

from catalogctl.cli.command import CommandGroup, opened_console
from catalogctl.cli.console import Console
from catalogctl.cli.history import show


@click.group(cls=CommandGroup, invoke_without_command=True)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), default=20, show_default=True, help="How many runs to list.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to show them.")
@click.pass_context
def command(ctx: click.Context, limit: int, form: str) -> None:
    """List the runs of apply, newest first: when, who, which commit and plan, what was planned, how it ended."""
    if ctx.invoked_subcommand is None:
        _list(opened_console(ctx), limit, form)


def _list(console: Console, limit: int, form: str) -> None:
    from catalogctl.cli.output import write_stdout
    from catalogctl.cli.runs import headings, outcome_of
    from catalogctl.cli.state.edit import backend_of
    from catalogctl.history.run_file import heading_document
    from catalogctl.model.value import canonical_lines, plainly
    from catalogctl.view.text.history import render_list

    backend = backend_of(console)
    runs, problems = headings(backend, limit)
    found = [(heading, outcome_of(backend, heading)) for heading in runs]
    if form == "json":
        write_stdout(plainly(canonical_lines([heading_document(*one) for one in found])))
    elif found:
        console.write(render_list(found, width=console.width, style=console.out))
        others = len(backend.runs().names()) - len(found) - len(problems)
        if others > 0:
            console.say(f"{others:,} earlier {'run is' if others == 1 else 'runs are'} kept: --limit {len(found) + others}")
    elif not problems:
        console.say(f"No run of environment {console.environment} was recorded yet.")
    console.problems(problems)


command.add_command(show.command)
