"""An installation with a second law: its rules and table are data, and it has a round wherever the Wmo has one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.rounds import Calendar, load_calendar
from tests.support.second_law import LAW, add_law, copy_expectations

if TYPE_CHECKING:
    from gmsd.journal import Context

PROJECT = Path(__file__).resolve().parents[2]
OTHER = LAW


def make_home(folder: Path) -> Path:
    """A home with the project's statements, and its expectations with the Wmo and one law more; to be given as GMSD_HOME."""
    copy_expectations(folder / "expectations")
    add_law(folder / "expectations")
    (folder / "sql").symlink_to(PROJECT / "sql")
    return folder


def with_rounds(context: Context) -> Context:
    """The doors with a calendar in which the second law has every round too."""
    rounds = load_calendar().rounds
    return replace(context, calendar=Calendar((*rounds, *(replace(known, law=OTHER) for known in rounds))))
