"""When the calendar has something to say: each kind of mail from a day on, until it is no news any more."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.rounds import working_days_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gmsd.rounds import Calendar, Round

REMINDERS = (7, 2)
"""Working days before the end of the delivery window, that day included."""
# Their day is known of the calendar, their moment is not: one law's may come before another's.
_APART = frozenset({"round_closed", "published"})
_STALE = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A kind of mail, and the rounds of which it says the same on the same day: they share a mail. A close and a release have their own.

    Attributes:
        kind: `window_opened`, `reminder_7`, `reminder_2`, `withdrawal_opened`, `round_closed` or `published`.
        day: From which day on.
        rounds: By id; one of each law at most.
    """

    kind: str
    day: dt.date
    rounds: tuple[Round, ...]


def occasions(calendar: Calendar, now: dt.datetime) -> list[Occasion]:
    """Everything that the calendar says at a moment, oldest first.

    Of the reminders only the last whose day has come: after a week in which nothing was sent nobody gets both. That a round was closed or
    published is no news a month after its release: nobody is mailed about half-years of before, which a backfill closes.
    """
    today = now.astimezone(AMSTERDAM).date()
    found = sorted(
        ((day, kind, known) for known in calendar.rounds for kind, day, last in _windows(known) if day <= today <= last),
        key=lambda each: (each[0], each[1], each[2].id),
    )
    return [
        Occasion(kind, day, tuple(known for _, _, known in together))
        for (day, kind, _), together in groupby(found, key=lambda each: (each[0], each[1], each[2].id if each[1] in _APART else ""))
    ]


def mailing_days(known: Round) -> list[dt.date]:
    """The days on which the calendar begins to say something of a round that is not closed, in order."""
    return sorted({first for kind, first, _ in _windows(known) if kind not in _APART})


def _windows(known: Round) -> Iterator[tuple[str, dt.date, dt.date]]:
    """Each kind, with the first and the last day on which it is sent."""
    yield "window_opened", known.window_first, known.window_last
    begins = [max(working_days_before(known.window_last, days), known.window_first) for days in REMINDERS]
    ends = [*(day - dt.timedelta(days=1) for day in begins[1:]), known.window_last]
    for days, first, last in zip(REMINDERS, begins, ends, strict=True):
        yield f"reminder_{days}", first, last
    yield "withdrawal_opened", known.withdrawal_first, known.withdrawal_last
    yield "round_closed", known.close, known.release + _STALE
    yield "published", known.close, known.release + _STALE
