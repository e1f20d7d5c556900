"""Which cells the next publication would show otherwise than the release in force, before anybody asks for it. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.releases.plan import plan_release
from gmsd.releases.proposal import newest_closed_round

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.formats import Changes
    from gmsd.settings import Settings


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the next publication of a law would change, before its attack hides more.

    Attributes:
        previous: The release in force; empty when there is none.
        cells: Table id and changes, of each table and period with a cell that would be otherwise.
    """

    previous: str
    cells: tuple[tuple[str, Changes], ...]


def cells_ahead(connection: Connection, settings: Settings, law: str, at: dt.datetime) -> Ahead | None:
    """Compare the figures as they stand with the release in force; None while no round of the law has been closed.

    Args:
        connection: With the publisher's rights; only read.
        settings: How to protect, and the keys.
        law: The law.
        at: The moment of the clock.

    Raises:
        GmsdError: there is nothing to publish, for the reasons of `plan_release`.
    """
    as_of = newest_closed_round(connection, law)
    if as_of is None:
        return None
    said = plan_release(connection, settings, law, as_of, at).content
    every = ((each.table.table_id, change) for each in said.tables for change in each.changes)
    return Ahead(said.previous or "", tuple((table, each) for table, each in every if each.new or each.changed or each.gone))
