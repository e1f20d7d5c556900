"""The one door to the time. In production it is the system's; in a demo it is a row in the database that only `gmsd` moves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gmsd.database import Role
    from gmsd.settings import Settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> dt.datetime:
        """This moment, in Europe/Amsterdam."""


class SystemClock:
    """The machine's own time."""

    movable = False

    def now(self) -> dt.datetime:
        """This moment, in Europe/Amsterdam."""
        return dt.datetime.now(AMSTERDAM)


@dataclass(frozen=True)
class FixedClock:
    """A moment that stands still."""

    at: dt.datetime
    movable = True

    def now(self) -> dt.datetime:
        """The moment given."""
        return self.at.astimezone(AMSTERDAM)


@dataclass(frozen=True)
class DatabaseClock:
    """A moment kept in the table `clock`, read at every call, so that all processes agree on it."""

    engine: Engine
    movable = True

    def now(self) -> dt.datetime:
        """The moment in the database; the system's time while none has been set."""
        from gmsd.database import statement

        with self.engine.connect() as connection:
            at: dt.datetime | None = connection.scalar(statement("clock/read"))
        return (at or dt.datetime.now(AMSTERDAM)).astimezone(AMSTERDAM)

    def move(self, to: dt.datetime) -> None:
        """Set the moment; it may go backwards only by an empty database."""
        from gmsd.database import statement

        with self.engine.begin() as connection:
            connection.execute(statement("clock/move"), {"at": to})


def get_clock(settings: Settings, role: Role = "loader") -> Clock:
    """The clock that the settings name, read with the rights of a role."""
    if settings.clock == "system":
        return SystemClock()
    from gmsd.database import connect

    return DatabaseClock(connect(settings, role))
