"""The manifest of a synthetic archive: demo deliveries of half-years before those that the demo plays."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from gmsd.demo.deliveries import created_on
from gmsd.rounds import WMO, HalfYear, load_calendar

if TYPE_CHECKING:
    from gmsd.demo.deliveries import DemoDelivery

FIRST_PLAYED: Final = HalfYear(2019, 1)
"""What lies before it is an archive."""
_WITHHOLDS = 20  # in a round that is opt-in one municipality in so many withholds its consent


def is_archive(half_years: tuple[HalfYear, ...]) -> bool:
    """Whether deliveries of these half-years are an archive, with a manifest."""
    return all(half_year < FIRST_PLAYED for half_year in half_years)


def manifest_row(delivery: DemoDelivery) -> dict[str, str | int]:
    """A delivery as a line of the manifest: received in the first round that took its half-year, as soon as its file was made.

    Raises:
        ValueError: no round of the calendar takes its half-year.
    """
    rounds = load_calendar().taking(delivery.half_year, WMO)
    if not rounds:
        raise ValueError(f"no round of the calendar takes {delivery.half_year}")
    round_ = rounds[0]
    day = max(round_.window_first, created_on(delivery.municipality, delivery.half_year))
    withheld = round_.consent == "opt_in" and int(delivery.municipality) % _WITHHOLDS == 3
    return {
        "law": WMO,
        "half_year": str(delivery.half_year),
        "municipality": delivery.municipality,
        "round": str(round_.code),
        "received_on": day.isoformat(),
        "file": delivery.key,
        "sha256": hashlib.sha256(delivery.data).hexdigest(),
        "records": delivery.records,
        "consent": "withheld" if withheld else "given",
    }
