"""What a report about a checked file shows beside the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedbackContext:
    """What a technical feedback report shows beside the result; all but the moment of the check may be unknown on a local file.

    `rules_url` is the address of the catalogue of rules, each rule at its own code ('' = none, and then nothing is linked).
    `place_compared` is False where nobody told for which municipality the file is delivered: it then has that of its first record.
    """

    checked_at: datetime
    received_at: datetime | None = None
    municipality_name: str | None = None
    delivery_id: str | None = None
    rules_url: str = ""
    place_compared: bool = True
