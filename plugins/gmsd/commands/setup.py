"""`gmsd setup`: tables, buckets and keys of an installation."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(setup)


def setup() -> None:
    """Make the tables, buckets and rights that are missing. Safe to repeat."""
    from gmsd.installation import prepare
    from gmsd.settings import get_settings

    done = prepare(get_settings())
    typer.echo(", ".join(f"{what} {how}" for what, how in done.items()))
