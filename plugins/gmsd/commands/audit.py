"""`gmsd audit`: the audit trail, and whether it is whole."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="The audit trail: what happened to deliveries, forms, rounds and releases, each row sealed by the next.", no_args_is_help=True
)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="audit")


@app.command()
def show(
    subject: Annotated[
        str | None, typer.Argument(metavar="SUBJECT", help="Only rows about this delivery, form, round or release, such as r0002.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON, every value as it was hashed.")] = False,
) -> None:
    """Show what happened, oldest first: all of it, or what concerns one subject."""
    from gmsd.database import connect
    from gmsd.journal import trail
    from gmsd.settings import get_settings

    with connect(get_settings(), "loader").connect() as connection:
        rows = trail(connection, subject)
        if as_json:
            _print_json(rows)
            return
        found = False
        for row in rows:
            found = True
            typer.echo(_line(row))
    if not found:
        typer.echo(f"No row about {subject}." if subject else "Nothing has happened yet.")


@app.command()
def verify(
    *,
    head: Annotated[
        str | None, typer.Option("--head", help="Ask that a row with this hash is in the trail: one that was noted earlier.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Recompute the hash of every row, and compare the trail with the anchors that lie outside the database.

    Exit status 1 when a row was changed or taken out, also at the end; the first one that does not fit is named.
    """
    from gmsd.database import connect
    from gmsd.journal import verify_trail
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    wanted = [] if head is None else [head.strip().lower()]
    if wanted and not _HASH.fullmatch(wanted[0]):
        raise typer.BadParameter("a hash is 64 digits 0-9 and a-f, as `gmsd audit show --json` prints it", param_hint="--head")
    settings = get_settings()
    found = verify_trail(connect(settings, "loader"), get_store(settings), settings, wanted)
    if as_json:
        told = {"rows": found.rows, "head": found.head or None, "intact": found.whole, "broken_at": found.broken_at}
        typer.echo(json.dumps(told))
    elif found.whole:
        typer.echo(f"The audit trail is whole: {found.rows} rows, head {found.head or '-'}.")
    if not found.whole:
        where = f"broken at row {found.broken_at}" if found.broken_at is not None else "not the one that was asked for"
        typer.echo(f"gmsd: the audit trail is {where}: {found.reason}", err=True)
        raise typer.Exit(1)


def _print_json(rows: Any) -> None:
    """One row a line: a trail may be long, and is never held whole."""
    separator = "["
    for row in rows:
        typer.echo(separator + "\n " + json.dumps(row, ensure_ascii=False), nl=False)
        separator = ","
    typer.echo("[]" if separator == "[" else "\n]")


def _line(row: dict[str, Any]) -> str:
    change = f"{row['from_state'] or 'new'} -> {row['to_state']}" if row["to_state"] else row["event"]
    if row["to_state"] and row["event"] != "state":
        change = f"{row['event']} ({change})"
    return "  ".join(
        part for part in (f"{row['sequence']:6}", row["at"][:19] + "Z", row["subject"], change, row["reason"], f"({row['actor']})") if part
    )
