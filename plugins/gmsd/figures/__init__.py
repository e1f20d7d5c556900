"""True figures of a table, from the arrangements in force in the warehouse. They never leave the warehouse unprotected."""

from gmsd.figures.count import Accounting, Counted, cells, count
from gmsd.figures.periods import Period, periods, statuses
from gmsd.figures.standing import DELIVERED, DISSOLVED, NOT_DELIVERED, WITHDRAWN, inhabitants_of, regions, standing
from gmsd.figures.tables import WMO_CLIENTS, TableDefinition
from gmsd.figures.warehouse import Figures, InForce, NotLoadedError, compute, half_years_in_force, true_figures

__all__ = [
    "DELIVERED",
    "DISSOLVED",
    "NOT_DELIVERED",
    "WITHDRAWN",
    "WMO_CLIENTS",
    "Accounting",
    "Counted",
    "Figures",
    "InForce",
    "NotLoadedError",
    "Period",
    "TableDefinition",
    "cells",
    "compute",
    "count",
    "half_years_in_force",
    "inhabitants_of",
    "periods",
    "regions",
    "standing",
    "statuses",
    "true_figures",
]
