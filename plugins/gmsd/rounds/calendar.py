"""Rounds and the calendar they stand on: which round an upload belongs to, and what the calendar says at a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

import yaml

from gmsd.clock import AMSTERDAM
from gmsd.errors import GmsdError
from gmsd.folders import data_folder
from gmsd.rounds.halfyear import HalfYear
from gmsd.rounds.place import WMO, parse_partition, partition

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.rounds.place import Place

Timing = Literal["open", "early", "late"]
Consent = Literal["opt_in", "opt_out"]


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), AMSTERDAM)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a law; its code is its newest half-year. Days are inclusive, in Europe/Amsterdam.

    In a round with `consent` opt_in only what its municipality agreed to by name counts; else all that it does not withdraw.
    """

    code: HalfYear
    takes: tuple[HalfYear, ...]
    window_first: dt.date
    window_last: dt.date
    withdrawal_first: dt.date
    withdrawal_last: dt.date
    close: dt.date
    release: dt.date
    law: str = WMO
    consent: Consent = "opt_out"

    @property
    def id(self) -> str:
        """Its partition: `2019-H2`; of another law `jeugd.2019-H2`."""
        return partition(self.law, self.code)

    @property
    def opens_at(self) -> dt.datetime:
        """First moment of the delivery window."""
        return _midnight(self.window_first)

    @property
    def window_ends_at(self) -> dt.datetime:
        """First moment after the delivery window."""
        return _midnight(self.window_last + dt.timedelta(days=1))

    @property
    def withdrawal_ends_at(self) -> dt.datetime:
        """First moment after the withdrawal window."""
        return _midnight(self.withdrawal_last + dt.timedelta(days=1))

    @property
    def closes_at(self) -> dt.datetime:
        """The moment the accepted set is frozen."""
        return _midnight(self.close)

    def phase(self, at: dt.datetime) -> str:
        """What the round is doing: planned, open, between, withdrawal, closing or closed."""
        if at < self.opens_at:
            return "planned"
        if at < self.window_ends_at:
            return "open"
        if at < _midnight(self.withdrawal_first):
            return "between"
        if at < self.withdrawal_ends_at:
            return "withdrawal"
        return "closing" if at < self.closes_at else "closed"


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an upload of a half-year stands on the calendar; `round` is the one it is meant for, if any is known."""

    timing: Timing
    round: Round | None


class UnknownRoundError(GmsdError):
    """The calendar has no such round."""


@dataclass(frozen=True)
class Calendar:
    """All known rounds of every law, oldest first."""

    rounds: tuple[Round, ...]

    def round(self, code: HalfYear | str, law: str = WMO) -> Round:
        """The round of that code, or of that id (`jeugd.2019-H2`).

        Raises:
            UnknownRoundError: the calendar has no such round.
            ValueError: the text is no id of a round.
        """
        if isinstance(code, str):
            named, code = parse_partition(code)
            law = named if named != WMO else law
        for known in self.rounds:
            if (known.law, known.code) == (law, code):
                return known
        raise UnknownRoundError(f"the calendar has no round {partition(law, code)}; expectations/calendar/rounds.yaml lists them")

    def taking(self, half_year: HalfYear, law: str) -> tuple[Round, ...]:
        """The rounds of a law that take a half-year, oldest first."""
        return tuple(r for r in self.rounds if r.law == law and half_year in r.takes)

    def place(self, place: Place, at: dt.datetime) -> Placing:
        """Say whether an upload is in time.

        In a window: open. Before a round's window and not between an earlier round's window and close: early. Else late.
        """
        rounds = self.taking(place.half_year, place.law)
        for known in rounds:
            if known.opens_at <= at < known.window_ends_at:
                return Placing("open", known)
            if known.window_ends_at <= at < known.closes_at:
                return Placing("late", known)
        coming = [r for r in rounds if at < r.opens_at]
        if coming:
            return Placing("early", coming[0])
        return Placing("late", rounds[-1]) if rounds else Placing("early", None)


def _round(entry: dict[str, Any]) -> Round:
    return Round(
        code=HalfYear.parse(entry["round"]),
        takes=tuple(HalfYear.parse(h) for h in entry["takes"]),
        window_first=entry["window"]["first"],
        window_last=entry["window"]["last"],
        withdrawal_first=entry["withdrawal"]["first"],
        withdrawal_last=entry["withdrawal"]["last"],
        close=entry["close"],
        release=entry["release"],
        law=entry.get("law", WMO),
        consent=entry.get("consent", "opt_out"),
    )


@cache
def load_calendar(path: Path | None = None) -> Calendar:
    """Read `expectations/calendar/rounds.yaml` (or `path`).

    Raises:
        ValueError: a round's days are not in order, its consent is of no known kind, or a law has two rounds of one code.
    """
    if path is None:
        path = data_folder("expectations") / "calendar" / "rounds.yaml"
    rounds = tuple(sorted((_round(e) for e in yaml.safe_load(path.read_text(encoding="utf-8"))), key=lambda r: (r.code, r.law)))
    for r in rounds:
        days = (r.window_first, r.window_last, r.withdrawal_first, r.withdrawal_last, r.close, r.release)
        if list(days) != sorted(days) or r.code not in r.takes:
            raise ValueError(f"{path.name}: the days of round {r.id} are not in order, or it does not take its own half-year")
        if r.consent not in get_args(Consent):
            raise ValueError(f"{path.name}: the consent of round {r.id} is none of {', '.join(get_args(Consent))}: {r.consent}")
    twice = [known.id for known, following in pairwise(rounds) if known.id == following.id]
    if twice:
        raise ValueError(f"{path.name}: round {twice[0]} stands there twice")
    return Calendar(rounds)
