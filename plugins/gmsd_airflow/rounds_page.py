"""What the page "GMSD rounds" shows: each round, who delivered and who did not, and the state of every delivery with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.rounds import HalfYear, Round
    from gmsd.settings import Settings


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who delivered one half-year in a round: how many did, and the code and name of each municipality that did not."""

    half_year: HalfYear
    delivered: int
    municipalities: int
    absent: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RoundView:
    """One round at a moment."""

    round: Round
    phase: str
    participation: tuple[Attendance, ...]
    states: tuple[tuple[str, int], ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """All rounds at a moment, the one that began last on top, and uploads that belong to none."""

    now: dt.datetime
    rounds: tuple[RoundView, ...]
    unplaced: tuple[Delivery, ...]


def view(settings: Settings) -> RoundsPage:
    """Read the page from the register."""
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.deliveries import listing
    from gmsd.rounds import load_calendar

    now = get_clock(settings).now()
    with connect(settings, "loader").connect() as connection:
        deliveries = listing(connection)
        rounds = tuple(
            RoundView(
                known,
                known.phase(now),
                tuple(_participation(connection, known, half_year) for half_year in known.takes),
                tuple(sorted(Counter(d.state for d in deliveries if _in(d, known)).items())),
                tuple(d for d in deliveries if _in(d, known))[::-1],
            )
            for known in reversed(load_calendar().rounds)
        )
    return RoundsPage(now, rounds, tuple(d for d in deliveries if d.round is None)[::-1])


def _in(delivery: Delivery, known: Round) -> bool:
    return delivery.place is not None and (delivery.place.law, delivery.round) == (known.law, known.code)


def _participation(connection: Connection, known: Round, half_year: HalfYear) -> Attendance:
    from gmsd.deliveries import not_delivered
    from gmsd.reference import municipalities

    names = municipalities(half_year)
    absent = not_delivered(connection, known, half_year, sorted(names))
    return Attendance(half_year, len(names) - len(absent), len(names), tuple((code, names[code]) for code in absent))


def render(page: RoundsPage) -> str:
    """The page as HTML."""
    from gmsd.rendering import render_page_of

    return render_page_of("gmsd_airflow", "rounds", page=page)
