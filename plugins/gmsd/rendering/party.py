"""Whom a message or report is about, and which upload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from gmsd.rounds import HalfYear


@dataclass(frozen=True, slots=True)
class Party:
    """A municipality and the half-year a message is about."""

    municipality: str
    municipality_name: str
    half_year: HalfYear

    @property
    def folder(self) -> str:
        """The folder of the inbox and the outbox that belongs to this municipality and half-year."""
        return f"{self.half_year.upload_code}/{self.municipality}"

    @property
    def withdrawal_key(self) -> str:
        """Where the withdrawal form is to be put."""
        return f"{self.folder}/formulieren/intrekking.json"

    @property
    def explanation_key(self) -> str:
        """Where the explanation form is to be put."""
        return f"{self.folder}/formulieren/toelichting.json"


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as the coordinator knows it: the file name as uploaded and the moment of receipt (aware)."""

    file_name: str
    received_at: datetime
    delivery_id: str
