"""`gmsd backup` and `gmsd restore`: an installation as plain files in one folder, and back."""

from __future__ import annotations

import getpass
import json
from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID

    from gmsd.backup import Restored, TakenBackup

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON; progress goes to stderr.")]
_NAMED = 5


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder to write to; made when absent.", file_okay=False)],
    *,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Leave the secret keys out, so that they travel and are kept apart.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write database, object store and keys to a folder of plain files, consistent with each other, while everything runs.

    The folder holds personal data, and the keys unless told otherwise: only its owner can read it; keep it on an encrypted disk. What is
    withdrawn later is still in it: keep it no longer than that may be. `sha256sum -c SHA256SUMS` in it checks every file. Airflow's own
    database is not in it; after a restore Airflow starts with an empty history. Exit status 1 when something that the database names was
    not there: the backup is written all the same, and says what it misses.
    """
    from gmsd.backup import back_up
    from gmsd.settings import get_settings

    with _progress() as told:
        taken = back_up(get_settings(), folder, with_keys=not without_keys, actor=getpass.getuser(), progress=told)
    manifest = taken.manifest
    if as_json:
        said = {
            "backup": manifest.backup, "taken_at": manifest.taken_at, "folder": str(folder), "tables": len(manifest.tables),
            "rows": sum(table.rows for table in manifest.tables), "objects": len(manifest.objects), "files": len(manifest.files),
            "bytes": sum(file.size for file in manifest.files.values()), "keys": manifest.with_keys, "withdrawn": taken.withdrawn,
            "left_out": list(taken.left_out), "missing": list(manifest.missing),
        }  # fmt: skip
        typer.echo(json.dumps(said, indent=1))
    else:
        for line in _taken(taken, folder):
            typer.echo(line)
    if manifest.missing:
        typer.echo(f"gmsd: not whole: the store did not have {_some(manifest.missing)} as the database has it", err=True)
        raise typer.Exit(1)


def _taken(taken: TakenBackup, folder: Path) -> Iterator[str]:
    manifest = taken.manifest
    size = sum(file.size for file in manifest.files.values()) / 2**20
    yield (
        f"Backup of {manifest.taken_at[:19]} in {folder}: {sum(table.rows for table in manifest.tables):,} rows of "
        f"{len(manifest.tables)} tables and {len(manifest.objects):,} objects, {size:,.1f} MB."
    )
    if taken.left_out:
        yield f"Withdrawn while it was taken, and left out: {_some(taken.left_out)}."
    if manifest.with_keys:
        yield "It holds the secret keys: whoever has the folder can read every person in it. --without-keys leaves them out."
    else:
        yield "The secret keys are not in it: keep var/secrets apart, or it cannot be restored."


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `gmsd backup` wrote.", file_okay=False)],
    *,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The folder of pseudonym.key, rounding.key and reference.key, when they were kept apart.")
    ] = None,
    withdrawn: Annotated[
        Path | None,
        typer.Option(
            "--withdrawn",
            help="A list of withdrawals since the backup, as `gmsd consent list --json` and withdrawn.json of a newer backup.",
        ),
    ] = None,
    database_only: Annotated[
        bool, typer.Option("--database-only", help="Leave the object store as it is: only the database was lost.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup back on an installation that is set up and empty, and prove that what is there then is what was backed up.

    Every file is compared with its hash before anything is touched; an installation that holds anything is refused. When it is broken off,
    run it again. Airflow must not run meanwhile. Withdrawals since the backup are not in it: name a list of them, or what was withdrawn
    comes back. Exit status 1 when the proof finds a fault.
    """
    from gmsd.backup import read_withdrawn
    from gmsd.backup import restore as put_back
    from gmsd.settings import get_settings

    listed = [] if withdrawn is None else read_withdrawn(withdrawn)
    with _progress() as told:
        done = put_back(
            get_settings(), folder, keys=keys, withdrawn=listed, database_only=database_only, actor=getpass.getuser(), progress=told
        )
    if as_json:
        from dataclasses import asdict

        typer.echo(json.dumps({**asdict(done), "whole": not done.faults}, indent=1))
    else:
        for line in _restored(done, with_list=withdrawn is not None):
            typer.echo(line)
    for fault in done.faults:
        typer.echo(f"gmsd: {fault}", err=True)
    if done.faults:
        raise typer.Exit(1)


def _restored(done: Restored, *, with_list: bool) -> Iterator[str]:
    if done.went_on:
        yield f"The backup of {done.taken_at[:19]} had been put back already; it was looked at again."
    else:
        yield f"The backup of {done.taken_at[:19]} is put back: {done.rows:,} rows and {done.objects:,} objects."
    for line in done.proved:
        yield f"  {line}"
    for line in done.settings:
        yield f"Another setting than it was made with: {line}."
    if done.missing:
        yield f"The backup itself misses {_some(done.missing)}."
    if done.withdrawn:
        yield f"Withdrawn since, and not put back: {_some(done.withdrawn)}."
    if done.counted:
        yield f"Listed as withdrawn, of a half-year that was closed in the backup: {_some(done.counted)}. Look into it before all else."
    if not with_list:
        yield f"Withdrawals after {done.taken_at[:19]} are not known here: run this again with --withdrawn LIST before anything else."
    if done.waiting:
        yield f"{done.waiting} uploads had not been registered: intake takes them up as received at this moment."
    yield "Next: start Airflow; the runbook says what it does then (Backup and restore)."


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing that is done, on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as screen:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = screen.add_task(what, total=of)
            screen.update(tasks[what], completed=done, total=of)

        yield told
