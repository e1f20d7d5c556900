"""Half-years, rounds, places and working days.

Not here: what was delivered or decided about a place.
"""

from gmsd.rounds.calendar import Calendar, Round, UnknownRoundError, load_calendar
from gmsd.rounds.halfyear import HalfYear
from gmsd.rounds.participation import Participation
from gmsd.rounds.place import WMO, Place, parse_partition, partition, prefixed
from gmsd.rounds.workdays import add_working_days, is_working_day, working_days_before, working_days_until

__all__ = [
    "WMO",
    "Calendar",
    "HalfYear",
    "Participation",
    "Place",
    "Round",
    "UnknownRoundError",
    "add_working_days",
    "is_working_day",
    "load_calendar",
    "parse_partition",
    "partition",
    "prefixed",
    "working_days_before",
    "working_days_until",
]
