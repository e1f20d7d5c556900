"""`gmsd archive`: accepted files of earlier half-years, taken in as deliveries."""

from __future__ import annotations

import getpass
import json
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer

app = typer.Typer(help="Accepted files of earlier half-years.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="archive")


@app.callback()
def _archive() -> None:
    """Accepted files of earlier half-years."""


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with manifest.csv and the files that it names.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the account as JSON; progress goes to stderr.")] = False,
) -> None:
    """Take in the files that DIR/manifest.csv names as deliveries of the rounds of their time, and check each; nobody is mailed.

    The whole manifest is judged first: with a fault in it nothing is taken in, and each fault is told with its line. When it is broken off,
    run it again: what was taken in is known. Afterwards `gmsd backfill` closes and loads the rounds.

    Exit status: 0 = every file was taken in as the manifest says; 1 = one was refused by the rules of its half-year, or holds another
    number of records; 2 = the manifest or a file cannot be used.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from gmsd.archive import import_archive, read_manifest
    from gmsd.journal import Context

    context = Context.open()
    manifest = read_manifest(folder, context.calendar, context.clock.now().date())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as screen:
        task = screen.add_task("Files", total=len(manifest.lines))
        done = import_archive(context, manifest, actor=getpass.getuser(), progress=lambda made, _of: screen.update(task, completed=made))
    if as_json:
        typer.echo(json.dumps(done.to_json(), indent=1))
    else:
        typer.echo(
            f"{done.lines} lines: {done.new} new deliveries, {done.before} taken in before, {done.withheld} without consent left out.\n"
            f"Of the deliveries {done.counting} count, {done.replaced} are replaced, {done.refused} refused, {done.gone} withdrawn; "
            f"{done.records:,} records."
        )
        for trouble in done.troubles:
            typer.echo(f"line {trouble.line}: {trouble.delivery_id} {trouble.what}")
    if done.troubles:
        raise typer.Exit(1)
