"""Whom a message or report is about, and what is known of an upload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from gmsd.rounds import HalfYear, Place


@dataclass(frozen=True, slots=True)
class Party:
    """The place a message is about, and the name of its municipality."""

    place: Place
    municipality_name: str

    @property
    def municipality(self) -> str:
        """Four digits."""
        return self.place.municipality

    @property
    def half_year(self) -> HalfYear:
        """What the data is about."""
        return self.place.half_year

    @property
    def folder(self) -> str:
        """The folder of the inbox and the outbox that belongs to the place."""
        return self.place.folder

    @property
    def withdrawal_key(self) -> str:
        """Where the withdrawal form is to be put."""
        return f"{self.folder}/formulieren/intrekking.json"

    @property
    def explanation_key(self) -> str:
        """Where the explanation form is to be put."""
        return f"{self.folder}/formulieren/toelichting.json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of one upload from its receipt, whoever writes about it.

    Attributes:
        file_name: As people may see it: what can be a BSN is masked.
        received_at: The moment of receipt (aware).
        delivery_id: Its id.
        size_bytes: How large it is.
        sha256: Of its bytes; None when they could not be had.
        attempt: Which counted upload of its round it is; None when it does not count.
        place: None when it is in none.
    """

    file_name: str
    received_at: datetime
    delivery_id: str
    size_bytes: int
    sha256: str | None
    attempt: int | None = None
    place: Place | None = None
