"""`gmsd setup`: tables, buckets and keys of an installation."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(setup)


def setup() -> None:
    """Make the tables, buckets and rights that are missing. Safe to repeat."""
    from gmsd.installation import KeyChanged, OpenStore, prepare
    from gmsd.settings import get_settings

    try:
        done = prepare(get_settings())
    except (KeyChanged, OpenStore) as error:
        typer.echo(f"gmsd: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(", ".join(f"{what} {how}" for what, how in done.items()))
