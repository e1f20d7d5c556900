"""`gmsd keys`: the secret keys of an installation."""

from __future__ import annotations

import getpass
import json
from typing import Annotated

import typer

app = typer.Typer(help="The secret keys of an installation.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="keys")


@app.callback()
def _keys() -> None:
    """The secret keys of an installation."""


@app.command()
def rotate(*, as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON; progress goes to stderr.")] = False) -> None:
    """Replace the key for pseudonyms: every pseudonym is made anew from the raw files, then the old key is destroyed.

    Figures and releases stay what they are. Until it is over nothing is staged, loaded or counted; checks wait. It refuses while a
    half-year is being loaded. When it is broken off, run it again: it goes on where it stopped. Afterwards back up the new key, and destroy
    the backups of the old one.
    """
    from dataclasses import asdict

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from gmsd.journal import Context
    from gmsd.warehouse import rotate_pseudonym_key

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as screen:
        task = screen.add_task("Deliveries made anew", total=None)
        done = rotate_pseudonym_key(Context.open(), getpass.getuser(), lambda made, of: screen.update(task, completed=made, total=of))
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=1))
        return
    before = f", {done.done_before} of them by an earlier run that was broken off" if done.went_on else ""
    typer.echo(
        f"Change {done.rotation} of the key is over: {done.deliveries} deliveries made anew{before}, {done.records:,} records in all, "
        f"{done.loaded} deliveries in the warehouse too. Back up the new key, and destroy the backups of the old one."
    )
