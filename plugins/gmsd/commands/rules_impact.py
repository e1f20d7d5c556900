"""`gmsd rules impact`: what a change of the rules does to an archive of deliveries, before it goes live."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - typer reads the annotation when it runs
import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from gmsd.commands.rules import rules_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gmsd.impact import Archive
    from gmsd.settings import Settings

MOST_JOBS, FILES_PER_JOB = 4, 500  # a job is two processes that start, which takes as long as some hundreds of files
SECONDS_BETWEEN_LINES = 15


def register(_app: typer.Typer) -> None:
    """Add the command to `gmsd rules`."""
    rules_app.command()(impact)


def impact(
    against: Annotated[
        str, typer.Option("--against", metavar="REV", help="Git revision, or folder that holds expectations, to compare with.")
    ] = "HEAD",
    archive: Annotated[
        list[Path] | None,
        typer.Option(
            "--archive",
            metavar="DIR",
            help="Folder laid out as inbox keys: {code uitvraag}/{municipality}/{file}; may be repeated. Without it: a made-up corpus "
            "that meets every rule.",
        ),
    ] = None,
    from_store: Annotated[
        bool, typer.Option("--from-store", help="Every registered delivery; fetched one by one into memory, never written.")
    ] = False,
    received_on: Annotated[
        dt.datetime | None,
        typer.Option(
            "--received-on",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Day of receipt of every file of --archive. Else received.json at the top of the folder tells it ({key: day}), else the "
            "file's time.",
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Files checked at the same time; by default what the processors and files allow.")
    ] = None,
    allow_changes: Annotated[bool, typer.Option("--allow-changes", help="Exit with 0 also when something changed, as CI does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON; progress goes to stderr.")] = False,
) -> None:
    """Show what the rules as they are now change against an earlier version: verdicts, findings, time and memory.

    Both versions check the same files with the same code, each in processes of its own. Nothing is stored or sent.

    Exit status: 0 = no verdict and no finding changed (other words for the same finding are no change); 1 = something changed, or the
    rules as they are now cannot all be run; 2 = wrong usage, or a file of the archive cannot be read. With --allow-changes a change gives
    0 too, so that 1 only means that rules cannot be run.
    """
    from gmsd.impact import compare_rules, impact_text
    from gmsd.protocol import expectations_folder
    from gmsd.settings import get_settings

    settings = get_settings()
    limits = {"max_bytes": settings.max_file_bytes, "max_lines": settings.max_file_lines}
    with _broken_off_by_signals():
        tried = _tried(archive or [], received_on, settings, from_store=from_store)
        number = jobs or max(1, min(_processors(), MOST_JOBS, len(tried.items) // FILES_PER_JOB))
        with _progress(len(tried.items)) as progress:
            answer = compare_rules(against, expectations_folder(), tried, limits=limits, jobs=number, progress=progress)
    page = json.dumps(answer.to_json(), indent=1) + "\n" if as_json else impact_text(answer)
    typer.echo(page.encode("utf-8", "replace"), nl=False)
    raise typer.Exit(answer.status(allow_changes=allow_changes))


def _tried(folders: list[Path], received_on: dt.datetime | None, settings: Settings, *, from_store: bool) -> Archive:
    """The archive that is meant: folders, the store, or the corpus."""
    from gmsd import impact

    if received_on is not None and not folders:
        raise typer.BadParameter("is about --archive; other files have days of their own", param_hint="--received-on")
    if from_store and folders:
        raise typer.BadParameter("one archive at a time: a folder or the store", param_hint="--from-store")
    if from_store:
        from gmsd.database import connect
        from gmsd.deliveries import listing
        from gmsd.store import get_store

        with connect(settings, "loader").connect() as connection:
            registered = listing(connection)
        return impact.from_store(get_store(settings), settings.bucket_deliveries, registered, settings.max_file_bytes)
    return impact.from_folders(folders, received_on.date() if received_on else None) if folders else impact.synthetic()


def _processors() -> int:
    """How many processors this process may use; not every system tells, then all of them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _broken_off_by_signals() -> Iterator[None]:
    """A request to end ends it as Ctrl-C does: processes are stopped and the temporary folder is removed."""

    def broken_off(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, broken_off)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(files: int) -> Iterator[Callable[[int], None]]:
    """How far it is, on stderr: a bar at a terminal, elsewhere a line now and then."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        last = time.monotonic()

        def line(done: int) -> None:
            nonlocal last
            if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                sys.stderr.write(f"{done:,} of {files:,} files\n")

        yield line
        return
    bar = Progress(TextColumn("files"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True)
    task = bar.add_task("", total=files)
    with bar:
        yield lambda done: bar.update(task, completed=done)
