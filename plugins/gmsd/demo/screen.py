"""What a person sees of a demo: what is going on, how far it is, and at the end one table."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from gmsd.settings import Settings

# Measured on two cores: what a moment of the story takes by itself, and each delivery.
SECONDS_FIXED, SECONDS_EACH = 120, 0.5
SECONDS_BETWEEN_LINES = 20


class Screen:
    """Lines for what is over, a bar for what goes on. Where there is no terminal a line now and then takes the place of the bar."""

    def __init__(self, console: Console, deliveries: int) -> None:
        self.console = console
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._deliveries = deliveries
        self._stage = ""
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        minutes = (SECONDS_FIXED + self._deliveries * SECONDS_EACH) / 60
        self.console.print(f"Two rounds, {self._deliveries} deliveries; about {minutes:.0f} minutes on two cores.")
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def doing(self, stage: str) -> None:
        """A stage begins."""
        self._stage = stage
        self._last_line = time.monotonic()
        self._bar.update(self._task, description=stage, completed=0, total=None)

    def progress(self, done: int, wanted: int, what: str = "") -> None:
        """How far the stage is."""
        text = f"{self._stage}: {what}" if what else self._stage
        self._bar.update(self._task, description=text, completed=max(0, done), total=wanted)
        if not self.console.is_terminal and time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self.console.print(f"    {text}: {max(0, done)} of {wanted}", highlight=False, soft_wrap=True)

    def did(self, stage: str, said: str, seconds: float) -> None:
        """A stage is over."""
        self.console.print(f"  {stage:24}{said:44} {seconds:5.1f} s", highlight=False, soft_wrap=True)


def show(console: Console, report: dict[str, Any], settings: Settings) -> None:
    """Print what came of a demo, where to look at it, and how to stop."""
    console.print(table(report))
    minutes, seconds = divmod(report["seconds"], 60)
    memory = f"at most {report['peak_memory_mb']:,} MB of memory in use by {report['peak_memory_of']}"
    console.print(f"Played in {minutes} min {seconds} s; {memory}.", highlight=False)
    for line in addresses(settings):
        console.print(line, highlight=False, soft_wrap=True)
    for wrong in report["deviations"]:
        console.print(f"[red]Not as the story expects:[/red] {wrong}", highlight=False, soft_wrap=True)
    if not report["deviations"]:
        console.print("Everything is as the story expects.")


def table(report: dict[str, Any]) -> Table:
    """One table: deliveries, rows, clients, cells and mails."""
    found = Table(title=f"{report['municipalities']} municipalities, seed {report['seed']}", show_lines=False)
    found.add_column("What")
    found.add_column("Which")
    found.add_column("Number", justify="right")
    for state, count in report["deliveries"].items():
        found.add_row("deliveries", state.replace("_", " "), f"{count:,}")
    found.add_section()
    for rows in report["rows"]:
        for name in ("rows_in", "rows_used", "rows_out_of_scope", "rows_never_sent", "rows_merged", "arrangements"):
            found.add_row(f"rows of {rows['half_year']}", name.removeprefix("rows_").replace("_", " "), f"{rows[name]:,}")
    found.add_section()
    for period, clients in report["clients"].items():
        found.add_row("clients counted", period, f"{clients:,}")
    found.add_section()
    for release, cells in report["cells"].items():
        for reason, count in cells.items():
            found.add_row(f"cells of {release}", reason.replace("_", " "), f"{count:,}")
    found.add_section()
    for kind, count in report["mails"].items():
        found.add_row("mails sent", kind.replace("_", " "), f"{count:,}")
    return found


def addresses(settings: Settings) -> list[str]:
    """Where to look, and how to stop."""
    engineer, approver = settings.airflow_engineer_password.get_secret_value(), settings.airflow_approver_password.get_secret_value()
    return [
        f"Airflow   {settings.airflow_url}",
        f"          engineer: {settings.airflow_engineer_user} / {engineer}",
        f"          second person: {settings.airflow_approver_user} / {approver} (approves at {settings.airflow_url}/gmsd/releases)",
        f"Portal    {settings.portal_url} (coordinators; `gmsd coordinators link ADDRESS --round 2019-H2` gives a way in)",
        f"Mails     {settings.maildir or settings.smtp_host}",
        f"Reports   bucket {settings.bucket_outbox} at {settings.s3_endpoint}",
        "Release   .venv/bin/gmsd releases list; .venv/bin/gmsd releases get r0002 --to FOLDER; .venv/bin/gmsd serve",
        "Stop      make down",
    ]
