"""The overview: where every place of a round stands, what happened to each delivery, and where its rows went, as an engineer asks for it.

Not here: any change to what is looked at, the words and marks of a page (whoever shows it has them), what coordinators and readers see.
"""

from gmsd.overview.accounting import AccountedStep
from gmsd.overview.accounts import (
    REPORTS,
    DeliveryAccount,
    Happening,
    MunicipalityAccount,
    delivery_account,
    municipality_account,
)
from gmsd.overview.round import RoundOverview, chosen_round, round_overview, rounds_with_deliveries
from gmsd.overview.rows import NOT_DELIVERED, Deadline, MunicipalityRow, Remarks
from gmsd.overview.selection import SORTS, BadSelectionError, Selection
from gmsd.overview.totals import GROUPS, DayTotals, totals_by_day

__all__ = [
    "GROUPS",
    "NOT_DELIVERED",
    "REPORTS",
    "SORTS",
    "AccountedStep",
    "BadSelectionError",
    "DayTotals",
    "Deadline",
    "DeliveryAccount",
    "Happening",
    "MunicipalityAccount",
    "MunicipalityRow",
    "Remarks",
    "RoundOverview",
    "Selection",
    "chosen_round",
    "delivery_account",
    "municipality_account",
    "round_overview",
    "rounds_with_deliveries",
    "totals_by_day",
]
