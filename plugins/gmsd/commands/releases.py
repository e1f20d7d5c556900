"""`gmsd releases`: what has been published."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gmsd.releases import Bundle

app = typer.Typer(help="Publications: list, get, compare, trace, recall.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="releases")


@app.command("list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False) -> None:
    """List the releases, oldest first."""
    from gmsd.releases import list_releases
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    settings = get_settings()
    found = list_releases(get_store(settings, "reader"), settings.bucket_publication)
    if as_json:
        typer.echo(json.dumps([asdict(release) for release in found], indent=1))
        return
    if not found:
        typer.echo("No release has been published yet.")
    for release in found:
        typer.echo(f"{release.id}  {release.created}  {', '.join(release.half_years)}{'  in force' if release.in_force else ''}")


@app.command()
def get(
    release_id: Annotated[str, typer.Argument(metavar="ID", help="Such as r0002.")],
    *,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; made when absent.", file_okay=False)],
) -> None:
    """Write the files of a release to a folder; each is compared with its published hash first."""
    from gmsd.releases import get_release
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    settings = get_settings()
    files = get_release(get_store(settings, "reader"), settings.bucket_publication, release_id)
    try:
        _write(files, to)
    except OSError as error:
        typer.echo(f"gmsd: cannot write to {to}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{len(files)} files of {release_id} in {to}")


@app.command()
def recover() -> None:
    """Write down again the public releases that the database does not know, after an older database was put back.

    Each becomes a proposal with the same content; publish it again the ordinary way, which changes no byte of it.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import recover_releases
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    settings = get_settings()
    with connect(settings, "publisher").begin() as connection:
        found = recover_releases(connection, get_store(settings), settings, get_clock(settings).now())
    for release_id in found:
        typer.echo(f"{release_id} is written down again as a proposal; publish it again before anything new.")
    if not found:
        typer.echo("The database knows every public release.")


@app.command()
def recall(
    half_year: Annotated[str, typer.Argument(metavar="HALF_YEAR", help="Such as 2019-H1 or H12019.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit trail; never published.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Put a recalled half-year back into the releases to come.")] = False,
    law: Annotated[str, typer.Option("--law", help="The law.")] = "wmo",
) -> None:
    """Take one half-year (and so its year) out of publication, or put it back; the rest stays as it is.

    The next release shows it no longer, and gives the others the status they had before. Start that publication yourself, with a second
    person to approve it; until then the release in force stays.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import lift_recall, newest_closed_round, next_release_id, recall_half_year
    from gmsd.rounds import HalfYear
    from gmsd.settings import get_settings

    if lift == bool(reason.strip()):
        raise typer.BadParameter("give --reason TEXT to recall, or --lift to put the half-year back")
    settings = get_settings()
    code, at, by = HalfYear.parse(half_year), get_clock(settings).now(), getpass.getuser()
    with connect(settings, "publisher").begin() as connection:
        if lift:
            lift_recall(connection, law, code, by=by, at=at)
        else:
            recall_half_year(connection, law, code, reason=reason, by=by, at=at)
        following, round_ = next_release_id(connection), newest_closed_round(connection, law)
    typer.echo(
        f"{code} is {'in publication again' if lift else 'recalled'}: release {following} will show {'it' if lift else 'it no longer'}."
    )
    typer.echo(f"Next: start the DAG Publication (gmsd_publish) for round {round_}, and have a second person approve {following}.")


def _write(files: Bundle, folder: Path) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
