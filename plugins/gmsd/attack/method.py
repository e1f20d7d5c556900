"""What a reader can know before he looks at a figure: what is counted, how figures are made of counts, and what every release says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure import SPREAD
from gmsd.tables import Base

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.disclosure import Protection
    from gmsd.rounds import HalfYear
    from gmsd.tables import Content, Table

CELLS: dict[str, pl.DataType | type[pl.DataType]] = {
    "table_id": pl.String, "measure": pl.String, "period": pl.String, "region": pl.String, "group_code": pl.String, "value": pl.Int64,
}  # fmt: skip
"""A figure of a release; `value` is null where nothing is shown. `gmsd.releases.CELL` with the table in front has these columns."""
TRUTH: dict[str, pl.DataType | type[pl.DataType]] = {
    "release_id": pl.String, "content": pl.String, "period": pl.String, "region": pl.String, "value": pl.Int64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a figure is made of a count.

    Attributes:
        base: What counts are rounded to.
        smallest_shown: The least figure.
        first_shown: The least count that may be shown.
        keyed: Rounded up when the remainder is above a secret draw; else to the nearest multiple.
        secret: Shown from `first_shown` plus a secret draw on; else from `first_shown` on.
        smallest_up_to: Counts up to this one that are shown at all are shown as the least figure; None: only those that round to it.
    """

    base: int = 5
    smallest_shown: int = 10
    first_shown: int = 8
    keyed: bool = True
    secret: bool = True
    smallest_up_to: int | None = None

    @classmethod
    def of(cls, protection: Protection) -> Rounding:
        """The rounding of a table's protection."""
        return cls(
            base=protection.base,
            smallest_shown=protection.smallest_shown,
            first_shown=protection.first_shown,
            keyed=protection.rounding == "keyed",
            secret=protection.threshold == "secret",
        )

    @property
    def turns(self) -> int:
        """How many values the draw of the rounding can have."""
        return self.base if self.keyed else 1

    @property
    def thresholds(self) -> int:
        """How many values the draw of the threshold can have."""
        return min(self.base, SPREAD) if self.secret else 1

    def figure(self, count: int, turn: int, threshold: int) -> int | None:
        """The figure of a count; `turn` and `threshold` are 0 where there is no such draw."""
        if count < self.first_shown + threshold:
            return None
        if self.smallest_up_to is not None and count <= self.smallest_up_to:
            return self.smallest_shown
        return max(self.smallest_shown, self.rounded(count, turn))

    def rounded(self, count: int, turn: int) -> int:
        """The multiple of the base that a count is rounded to, shown or not."""
        rest = count % self.base
        up = rest > turn if self.keyed else rest * 2 > self.base
        return count - rest + (self.base if up else 0)


EVERYBODY = Base("inhabitants", None)
"""What a rate is of where nothing else is said."""


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """One series of figures in a table: a measure and a group.

    Attributes:
        table_id: Of the table.
        measure: Key of the measure.
        group_code: Of the group, empty where the table has none.
        content: Name of what is counted.
        draw: Name of the draws: columns with the same name share them in a municipality.
        rounding: How figures are made of counts.
        within: Name of the content beside which it is shown: missing when that is, never above it.
        per: Of a rate: for how many inhabitants; None for a count.
        base: Of a rate: the inhabitants that it is of (`PublicRelease.inhabitants`), or the count as it is shown.
        parts: Names of contents of which the figure is the sum of figures, shown or not; empty: it is rounded by itself.
        draw_of_years: Name of the draws in years, where these differ from those in half-years.
    """

    table_id: str
    measure: str
    group_code: str
    content: str
    draw: str
    rounding: Rounding = Rounding()
    within: str | None = None
    per: int | None = None
    base: Base = EVERYBODY
    parts: tuple[str, ...] = ()
    draw_of_years: str | None = None

    def draw_in(self, *, year: bool) -> str:
        """The name of its draws in a half-year or a year."""
        return self.draw if not year or self.draw_of_years is None else self.draw_of_years


@dataclass(frozen=True, slots=True)
class Method:
    """What is published and how, as its explanation tells every reader.

    Attributes:
        contents: What is counted.
        columns: What tables show.
        years: Period of a year -> the periods of its halves.
        changes: Most clients by which the attacker knows a redelivery to differ from the delivery before it, where that is so.
        continuity: Whether the attacker supposes that the files of two halves agree, where they do: that a half begins with the
            arrangements that the one before ended with, and that those of a year are those of its halves.
        thin: A missing figure with fewer possible counts is disclosed.
        thin_unpublished: A count of a municipality of which nothing is published, with fewer possible values, is disclosed.
    """

    contents: tuple[Content, ...]
    columns: tuple[PublishedColumn, ...]
    years: Mapping[str, tuple[str, ...]]
    changes: int = 1
    continuity: bool = True
    thin: int = 3
    thin_unpublished: int = 10


@dataclass(frozen=True, slots=True)
class PublicRelease:
    """A release as its readers have it.

    Attributes:
        release_id: Its id.
        cells: `CELLS` of every table: municipal and national figures, counts and rates.
        inhabitants: `period`, `municipality`, `inhabitants` that the rates are of, and a column for each group of ages of rates.
        repaired: `period`, `region`, `content` of what the gate hid in it: missing whatever the count. Known to the institute only.
        delivered: `period`, `region` of municipalities that are published; None: those with a figure or, where the truth is given, with a
            count.
        estimates: National figures that are no sums, as the method of the estimate gives them when it is computed again from the shown
            municipal figures: `table_id`, `measure`, `period`, `group_code`, `value`; None: there are none.
        successors: Dissolved region -> the regions that took it over; used where both are shown for one period.
    """

    release_id: str
    cells: pl.DataFrame
    inhabitants: pl.DataFrame
    repaired: pl.DataFrame | None = None
    delivered: pl.DataFrame | None = None
    estimates: pl.DataFrame | None = None
    successors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Truth:
    """True counts, which the institute knows: one of the answers that the figures leave, from which others are sought.

    Attributes:
        counts: `TRUTH`; the counts of every content of every municipality that is published in a release.
    """

    counts: pl.DataFrame


def method_of(
    tables: Sequence[Table],
    half_years: Sequence[HalfYear],
    protections: Mapping[str, Protection],
    *,
    nested: Sequence[tuple[str, str]],
    years: Mapping[str, tuple[str, ...]],
) -> Method:
    """The method of the tables of a law, as they are published: one draw for each content.

    Args:
        tables: All tables on the same persons.
        half_years: Those of the series: what is counted has to be the same in all of them.
        protections: Content -> how its counts are protected.
        nested: (part, whole) contents, as `gmsd.disclosure.protect` takes them.
        years: Period of a year -> the periods of its halves.

    Raises:
        ValueError: what a content counts differs between the half-years, so that no relation would hold in all of them.
    """
    municipal = [table for table in tables if "municipalities" in table.regions]
    counted = [_counted(municipal, half_year) for half_year in half_years]
    for other in counted[1:]:
        differ = sorted(name for name in counted[0].keys() & other.keys() if counted[0][name] != other[name])
        if differ:
            raise ValueError(
                f"{', '.join(differ)} count something else in {half_years[0]} than later: such a series cannot be attacked as one"
            )
    contents = {name: content for each in counted for name, content in each.items()}
    wholes = dict(nested)
    columns: dict[PublishedColumn, None] = {}
    for table in municipal:
        for group in {group.code: group for half_year in half_years for group in table.groups(half_year)}.values():
            for count in table.counts:
                name = table.content(count, group).name
                rounding = Rounding.of(protections[name])
                column = PublishedColumn(table.table_id, count.key, group.code, name, name, rounding, within=wholes.get(name))
                columns[column] = None
                for rate in table.rates_of(count):
                    columns[replace(column, measure=rate.key, per=rate.per, base=table.base_of(rate, group))] = None
    return Method(contents=tuple(contents.values()), columns=tuple(columns), years=years)


def _counted(tables: Sequence[Table], half_year: HalfYear) -> dict[str, Content]:
    return {name: content for table in tables for name, content in table.contents(half_year).items()}
