"""The close of a round and the load of what it froze.

Not here: whether a delivery is accepted (`intake`) and what is counted of it (`figures`).
"""

from gmsd.warehouse.close import NothingAccepted, NotYetTime, StillUnchecked, close_preview, close_round, leave_open
from gmsd.warehouse.load import NotClosed, load_half_year
from gmsd.warehouse.staged import records_of
from gmsd.warehouse.sweep import sweep_staging

__all__ = [
    "NotClosed",
    "NotYetTime",
    "NothingAccepted",
    "StillUnchecked",
    "close_preview",
    "close_round",
    "leave_open",
    "load_half_year",
    "records_of",
    "sweep_staging",
]
