"""Protection of counts: what may be shown of a true count, and everything computed from what is shown.

Not here: connections, files, and the numbers of a table's protection, which stand in its definition (the defaults are those of
83262NED). How counts are protected, and what it was measured on: docs/decisions/0008.
"""

from gmsd.disclosure.cells import SUPPRESSED, protect
from gmsd.disclosure.keyed import draw
from gmsd.disclosure.nation import NATION, estimate
from gmsd.disclosure.protection import SPREAD, Protection
from gmsd.disclosure.rates import rate_of

__all__ = ["NATION", "SPREAD", "SUPPRESSED", "Protection", "draw", "estimate", "protect", "rate_of"]
