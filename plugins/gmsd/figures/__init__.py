"""True figures of a table, from the arrangements in force in the warehouse. They never leave the warehouse unprotected."""

from gmsd.figures.count import cells, count
from gmsd.figures.periods import Period, periods, statuses
from gmsd.figures.standing import DELIVERED, inhabitants_of, regions, standing
from gmsd.figures.tables import WMO_CLIENTS, TableDefinition
from gmsd.figures.warehouse import InForce, NotLoadedError, compute, half_years_in_force, true_figures

__all__ = [
    "DELIVERED",
    "WMO_CLIENTS",
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
