"""What a release says, before it is written in any format: protected values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from gmsd.disclosure import Protection
    from gmsd.figures import Period
    from gmsd.tables import Table


@dataclass(frozen=True, slots=True)
class Changes:
    """Cells of one period against the release in force: shown for the first time, shown with another value, shown no longer."""

    period: str
    new: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One table of a release.

    Attributes:
        table: Its definition.
        periods: Its periods, in order.
        protection: How its counts were protected.
        cells: `measure`, `period`, `region`, `group_code`, `value` and `reason` of every cell, the nation's included.
        changes: Its cells against the release in force, per period.
        earlier: The same columns of every cell of the release in force; None when there is none.
    """

    table: Table
    periods: tuple[Period, ...]
    protection: Protection
    cells: pl.DataFrame
    changes: tuple[Changes, ...] = field(default=())
    earlier: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, and how its releases are named, as catalogues and structures say it; an installation sets each.

    Attributes:
        name: Of the organisation.
        agency: Its id in SDMX.
        contact: An address to write to or to look at: `mailto:` or `https:`; of an office, never of a person.
        identifiers: What the identifiers of its data sets begin with: `urn:` or `https:`.
        licence: The address of the licence.
    """

    name: str = "Gemeentelijke Monitor Sociaal Domein"
    agency: str = "GMSD"
    contact: str = "mailto:gmsd@cbs.invalid"
    identifiers: str = "urn:gmsd:"
    licence: str = "http://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class ReleaseBefore:
    """The release of a law in force before another, as its own `release.json` says it.

    Attributes:
        release_id: `r0001`.
        day: The day it was made.
        periods: Its periods, in order.
        statuses: Period key -> StatLine's status.
        protections: Table id -> how its counts were protected; of every table that it held.
        versions: What made it.
    """

    release_id: str
    day: dt.date
    periods: tuple[Period, ...]
    statuses: dict[str, str]
    protections: dict[str, Protection]
    versions: dict[str, str | dict[str, str]]


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """Everything that is rendered into the files of a release.

    Attributes:
        release_id: `r0002`.
        created: The moment of the clock at which the release was first built.
        synthetic: Whether the data is made up.
        law: The law whose tables it holds.
        tables: The tables, in the order of the law's list.
        periods: Every period of them, in order.
        statuses: Period key -> StatLine's status.
        participation: Half-year (`2019-H1`) -> (how many municipalities are in it, how many there are).
        explanations: `half_year`, `municipality`, `text` of the municipalities that are in the release.
        deliveries: Keyed hashes of the ids of the deliveries it was made of, sorted.
        versions: What made it: code, protocol, mapping, counting.
        before: The release of this law in force before it, None for the first.
        half_year_code: Form of a half-year in the Waarstaatjegemeente import, such as `{year}HJ{half:02d}`.
        publisher: Who publishes.
        gone: Tables that the release in force has and this one no longer, with their cells there.
        targets: Ids of the targets it is made for (`gmsd.tables.chosen_targets`); None = all of them.
    """

    release_id: str
    created: dt.datetime
    synthetic: bool
    law: str
    tables: tuple[PublishedTable, ...]
    periods: tuple[Period, ...]
    statuses: dict[str, str]
    participation: dict[str, tuple[int, int]]
    explanations: pl.DataFrame
    deliveries: tuple[str, ...]
    versions: dict[str, str | dict[str, str]]
    before: ReleaseBefore | None
    half_year_code: str = "{year}HJ{half:02d}"
    publisher: Publisher = Publisher()
    gone: tuple[tuple[Table, pl.DataFrame], ...] = ()
    targets: tuple[str, ...] | None = None

    @property
    def previous(self) -> str | None:
        """The id of the release in force before it."""
        return None if self.before is None else self.before.release_id
