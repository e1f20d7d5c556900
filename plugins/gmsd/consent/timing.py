"""Whether a form comes in time, and which round it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.rounds import Calendar, Place, Round

Kind = Literal["withdrawal", "explanation"]


@dataclass(frozen=True, slots=True)
class Timing:
    """How a form stands on the calendar; `round` is the one it is about: None when no round takes its half-year."""

    state: Literal["in_time", "too_early", "too_late", "no_round"]
    round: Round | None


def timing_of(calendar: Calendar, kind: str, place: Place, at: dt.datetime) -> Timing:
    """Place a form that came in at a moment: a withdrawal until its round's withdrawal window ends, an explanation until the close.

    Between two rounds that take the half-year a form is too late for the first one.
    """
    rounds = calendar.taking(place.half_year, place.law)
    if not rounds:
        return Timing("no_round", None)
    begun = [known for known in rounds if known.opens_at <= at]
    if not begun:
        return Timing("too_early", rounds[0])
    still = [known for known in begun if at < last_moment(known, kind)]
    return Timing("in_time", still[0]) if still else Timing("too_late", begun[-1])


def last_moment(known: Round, kind: str) -> dt.datetime:
    """The first moment at which a form of that kind is too late for a round."""
    return known.withdrawal_ends_at if kind == "withdrawal" else known.closes_at
