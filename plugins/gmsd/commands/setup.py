"""`gmsd setup`: tables, buckets and keys of an installation."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(setup)


def setup(
    *,
    back_to: Annotated[
        str | None,
        typer.Option(
            "--back-to", metavar="REVISION", help="Take the tables back to an earlier schema, such as r0010_tables, and do nothing else."
        ),
    ] = None,
) -> None:
    """Make the tables, buckets and rights that are missing. Safe to repeat."""
    from alembic.util.exc import CommandError

    from gmsd.database import downgrade
    from gmsd.installation import prepare
    from gmsd.settings import get_settings

    if back_to is None:
        done = prepare(get_settings())
        typer.echo(", ".join(f"{what} {how}" for what, how in done.items()))
        return
    try:
        typer.echo(f"schema {downgrade(get_settings(), back_to)}")
    except CommandError as error:
        raise typer.BadParameter(str(error), param_hint="--back-to") from None
