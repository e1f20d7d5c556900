"""Reading of the room's own CSV tables."""

from __future__ import annotations

import csv
import io
from datetime import date
from importlib.resources import files


def rows(table: str) -> list[dict[str, str]]:
    """All rows of `data/<table>.csv`, every value still text."""
    text = files("gmsd.reference").joinpath("data", f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def day_or_none(text: str) -> date | None:
    """An ISO date, or None for an empty cell (valid without end)."""
    return date.fromisoformat(text) if text else None
