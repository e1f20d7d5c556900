"""What is known of municipalities beside their inhabitants, as it was printed (source: CBS, Kerncijfers wijken en buurten; bevolking).

`data/traits.csv` has one row for each municipality, day and column: `code`, `reference_date`, `trait`, `value`. Counts of 1 January 2020
are persons by ten-year age class on the division of that day; columns of 2021 are of table 85039NED.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from gmsd.reference._tables import rows


@cache
def _columns() -> dict[tuple[str, date], dict[str, str]]:
    columns: dict[tuple[str, date], dict[str, str]] = {}
    for row in rows("traits"):
        columns.setdefault((row["trait"], date.fromisoformat(row["reference_date"])), {})[row["code"]] = row["value"]
    return columns


def printed_trait(trait: str, day: date) -> dict[str, str]:
    """Code -> value of one column as it was printed, of the municipalities that have it.

    Raises:
        KeyError: no such column is held of that day.
    """
    return dict(_columns()[trait, day])
