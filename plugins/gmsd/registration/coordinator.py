"""The coordinator, and the terms in which one serves a municipality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

EVERY_LAW = ""


@dataclass(frozen=True, slots=True)
class Coordinator:
    """Who delivers for one or more municipalities.

    Attributes:
        coordinator_id: Such as `coordinator.0001`; it stands in the audit trail, where no address does.
        addresses: Where it is mailed, all of them, in this order; never empty.
        contact: Whom letters are for, a team rather than a person; may be empty.
    """

    coordinator_id: str
    addresses: tuple[str, ...]
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """What one coordinator serves, and from when to when.

    Attributes:
        coordinator_id: Whose it is.
        municipality: Four digits.
        law: The law's id; empty for every law.
        valid_from: The first day on which it serves.
        valid_to: The first day on which it no longer does; None while no end is known.
        correspondence_number: The institute's number for its letters about this municipality; may be empty.
    """

    coordinator_id: str
    municipality: str
    law: str
    valid_from: dt.date
    valid_to: dt.date | None
    correspondence_number: str = ""

    def holds_on(self, day: dt.date) -> bool:
        """Whether it serves on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def of_law(self, law: str) -> bool:
        """Whether it serves that law."""
        return self.law in (EVERY_LAW, law)
