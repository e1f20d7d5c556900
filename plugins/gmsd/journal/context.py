"""Settings, database, object store, clock and calendar: opened once, and passed to every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.clock import get_clock
from gmsd.database import connect
from gmsd.rounds import load_calendar
from gmsd.settings import get_settings
from gmsd.store import get_store

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gmsd.clock import Clock
    from gmsd.rounds import Calendar
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore


@dataclass(frozen=True)
class Context:
    """Settings, warehouse (with the loader's rights), object store, clock and calendar, opened once and passed on."""

    settings: Settings
    engine: Engine
    store: ObjectStore
    clock: Clock
    calendar: Calendar

    @classmethod
    def open(cls, settings: Settings | None = None) -> Context:
        """The doors that the settings name (those of this process when none are given)."""
        settings = settings or get_settings()
        return cls(settings, connect(settings, "loader"), get_store(settings), get_clock(settings), load_calendar())
