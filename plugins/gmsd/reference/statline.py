"""The list of regions that StatLine's tables share, in its order and with its remarks (source: CBS StatLine 83262NED, RegioS)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gmsd.reference._tables import rows


@dataclass(frozen=True, slots=True)
class StatlineRegion:
    """One region: its key without padding, its title, and StatLine's remark on it."""

    key: str
    title: str
    remark: str


@cache
def statline_regions() -> tuple[StatlineRegion, ...]:
    """Every region of the list, the nation first."""
    return tuple(StatlineRegion(row["Key"].strip(), row["Title"], row["Description"]) for row in rows("statline_regions"))
