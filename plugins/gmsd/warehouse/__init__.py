"""The close of a round, the load of what it froze, and the key that the persons in it are hidden with.

Not here: whether a delivery is accepted (`intake`) and what is counted of it (`figures`).
"""

from gmsd.warehouse.close import NothingAccepted, NotYetTime, StillUnchecked, close_preview, close_round, leave_open
from gmsd.warehouse.load import NotClosed, RowsLost, load_half_year, newest_close
from gmsd.warehouse.rotation import LoadRuns, NotAllThere, rotate_pseudonym_key
from gmsd.warehouse.staged import records_of
from gmsd.warehouse.sweep import sweep_staging

__all__ = [
    "LoadRuns",
    "NotAllThere",
    "NotClosed",
    "NotYetTime",
    "NothingAccepted",
    "RowsLost",
    "StillUnchecked",
    "close_preview",
    "close_round",
    "leave_open",
    "load_half_year",
    "newest_close",
    "records_of",
    "rotate_pseudonym_key",
    "sweep_staging",
]
