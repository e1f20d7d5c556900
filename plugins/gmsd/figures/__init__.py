"""True figures of the published tables, from the arrangements in force in the warehouse. They never leave it unprotected.

Not here: what may be shown of a figure (`disclosure`) and how it is written (`releases`).
"""

from gmsd.figures.changed import changed_figures
from gmsd.figures.counted import count, every_cell
from gmsd.figures.participation import inhabitants_of, participation_by_period, regions
from gmsd.figures.period import Period, periods, statuses
from gmsd.figures.warehouse import InForce, NotLoadedError, compute, half_years_in_force, true_figures

__all__ = [
    "InForce",
    "NotLoadedError",
    "Period",
    "changed_figures",
    "compute",
    "count",
    "every_cell",
    "half_years_in_force",
    "inhabitants_of",
    "participation_by_period",
    "periods",
    "regions",
    "statuses",
    "true_figures",
]
