"""Records -> arrangements -> clients: the one implementation behind op-orde report, figures and backfill (docs/domain.md).

Pure polars: frames in, frames out, no connection, no clock.
"""

from gmsd.counting.arrangements import allocation_filled, arrangements
from gmsd.counting.clients import clients
from gmsd.counting.scope import in_scope

__all__ = ["allocation_filled", "arrangements", "clients", "in_scope"]
