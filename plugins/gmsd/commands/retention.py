"""`gmsd retention`: how long what is kept, why, and what is past that; nothing is thrown away by it."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(retention)


def retention(*, as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False) -> None:
    """Show how long what is kept, and what is past that: a dry run of what housekeeping announces and throws away."""
    from gmsd.deletion import KINDS, due_now, periods_of
    from gmsd.journal import Context

    context = Context.open()
    days, due = periods_of(context.settings), due_now(context)
    if as_json:
        told = {kind: {"days": days[kind], "due": list(due[kind])} for kind in KINDS}
        typer.echo(json.dumps(told | {"notice_days": context.settings.keep_notice_days}, indent=1))
        return
    for kind, what in KINDS.items():
        typer.echo(f"{kind:8} {days[kind]:5} days  {len(due[kind]):5} past that  {what}")
    typer.echo(f"Housekeeping announces what is past its period, and throws it away {context.settings.keep_notice_days} days later.")
