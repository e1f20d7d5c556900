"""What a release says, before it is written in any format: protected values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from gmsd.disclosure import Rule
    from gmsd.figures import Period, TableDefinition


@dataclass(frozen=True, slots=True)
class Changes:
    """Cells of one period against the release in force: shown for the first time, shown with another value, shown no longer."""

    period: str
    new: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is rendered into the files of a release.

    Attributes:
        release_id: `r0002`.
        created: The moment of the clock at which the release was first built.
        synthetic: Whether the data is made up.
        table: The table that is published.
        periods: Its periods, in order.
        statuses: Period key -> StatLine's status.
        cells: `period`, `region`, `group_code`, `shown`, `rate`, `reason` of every cell, the nation's included.
        participation: Half-year (`2019-H1`) -> (how many municipalities are in it, how many there are).
        explanations: `half_year`, `municipality`, `text` of the municipalities that are in the release.
        rule: How counts were protected.
        deliveries: Keyed hashes of the ids of the deliveries it was made of, sorted.
        versions: What made it: code, protocol, mapping, counting.
        previous: The release in force before it, None for the first.
        changes: Cells against that release, per period.
        half_year_code: Form of a half-year in the Waarstaatjegemeente import, such as `{year}HJ{half:02d}`.
    """

    release_id: str
    created: dt.datetime
    synthetic: bool
    table: TableDefinition
    periods: tuple[Period, ...]
    statuses: dict[str, str]
    cells: pl.DataFrame
    participation: dict[str, tuple[int, int]]
    explanations: pl.DataFrame
    rule: Rule
    deliveries: tuple[str, ...]
    versions: dict[str, str | dict[str, str]]
    previous: str | None
    changes: tuple[Changes, ...] = field(default=())
    half_year_code: str = "{year}HJ{half:02d}"
