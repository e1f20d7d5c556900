"""`gmsd rules`: the rules of the check, for who edits them."""

from __future__ import annotations

import typer

rules_app = typer.Typer(help="The rules of the check.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group; other modules add their commands to it."""
    app.add_typer(rules_app, name="rules")
