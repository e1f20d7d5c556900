"""Records -> arrangements -> clients: the one room that does it, for op-orde report, figures and backfill (docs/domain.md).

Not here: connections, the clock, and what is counted for which table (`figures`). Pure polars: frames in, frames out.
"""

from gmsd.counting.contents import count_contents
from gmsd.counting.half_year import Arranged, half_year_arrangements
from gmsd.counting.joining import allocation_filled, arrangements
from gmsd.counting.scope import in_scope
from gmsd.counting.year import year_arrangements

__all__ = [
    "Arranged",
    "allocation_filled",
    "arrangements",
    "count_contents",
    "half_year_arrangements",
    "in_scope",
    "year_arrangements",
]
