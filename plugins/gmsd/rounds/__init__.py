"""Half-years, rounds and working days."""

from gmsd.rounds.calendar import Calendar, Round, load_calendar
from gmsd.rounds.halfyear import HalfYear
from gmsd.rounds.workdays import add_working_days, is_working_day

__all__ = ["Calendar", "HalfYear", "Round", "add_working_days", "is_working_day", "load_calendar"]
