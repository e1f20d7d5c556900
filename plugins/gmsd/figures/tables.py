"""What a published table consists of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """A table of clients per region, period and group.

    Attributes:
        table_id: StatLine's identifier.
        nested: (part, whole) groups of which the part is published only beside its whole and never above it.
    """

    table_id: str
    nested: tuple[tuple[str, str], ...]


WMO_CLIENTS = TableDefinition("83262NED", nested=(("A048188", "T001024"),))
"""StatLine 83262NED, "Wmo-cliënten; type maatwerkarrangement, regio" (docs/domain.md)."""
