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
    """Settings, warehouse, object store, clock and calendar, opened once and passed on; with the rights of the pipeline or the portal."""

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

    @classmethod
    def of_portal(cls, settings: Settings | None = None) -> Context:
        """The same for the coordinators' portal."""
        settings = settings or get_settings()
        return cls(settings, connect(settings, "portal"), get_store(settings, "desk"), get_clock(settings, "portal"), load_calendar())
