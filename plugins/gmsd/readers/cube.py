"""A published table as readers meet it: every cell of a release in arrays, and why a cell is missing."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from gmsd.disclosure import NATION
from gmsd.reference import is_municipality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.figures import Period
    from gmsd.tables import Measure, Table

Reason = Literal["geheim", "geen_levering", "bestond_niet"]
"""Why a cell is missing, as far as it may be told: not shown, not there for whatever reason, or of a place that was not there."""
_ABSENT = -1


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell as a page shows it.

    Attributes:
        table: Its table's id.
        measure: The key of its topic.
        group: The key of its group.
        period: StatLine's key.
        region: StatLine's key, without padding.
        value: What is published; None when missing.
        reason: Why it is missing; empty when it is not.
        was: What the release before showed, where that is another value than now; of a cell that is missing now never anything.
        is_new: Whether the release before did not show it, while it had the period.
    """

    table: str
    measure: str
    group: str
    period: str
    region: str
    value: int | None
    reason: Reason | Literal[""]
    was: int | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Computed:
    """A number made of shown cells only.

    Attributes:
        table: The table of those cells.
        measure: Their topic.
        group: Their group.
        period: Their period; of a change the last of them.
        kind: mean, median, first quartile, third quartile, quintile, change.
        value: With one decimal at most; None where too few are shown.
        made_of: The regions, of a change the periods, that it was made of.
        reason: Why it is missing.
        region: Whose it is, where all its cells are of one region.
    """

    table: str
    measure: str
    group: str
    period: str
    kind: str
    value: float | None
    made_of: tuple[str, ...]
    reason: Reason | Literal[""] = ""
    region: str = ""


class Cube:
    """The cells of one table of one release.

    Attributes:
        table: Its definition.
        release_id: The release.
        measures: The topics that the release has, in order.
        groups: Key -> title, in order.
        regions: Key -> title, the nation first.
        periods: In order.
        largest_difference: How far a shown count is from the true one at most; 0 of a table without counts.
        values: Topic x group x period x region; -1 where missing.
        hidden: The same; whether a missing cell is there and not shown.
    """

    def __init__(self, table: Table, release_id: str, rows: pl.DataFrame, periods: Sequence[Period], largest_difference: int) -> None:
        groups, regions, times = (table.dimension(kind).key for kind in ("groups", "regions", "periods"))
        held = set(rows["Onderwerp"].unique())
        self.table, self.release_id, self.largest_difference = table, release_id, largest_difference
        self.measures: tuple[Measure, ...] = tuple(each for each in table.measures if each.key in held)
        self.groups = _titles(rows, groups)
        self.regions = _titles(rows, regions)
        self.periods = tuple(each for each in periods if each.key in set(rows[times].unique()))
        self.measure_at = {each.key: at for at, each in enumerate(self.measures)}
        self.group_at = {key: at for at, key in enumerate(self.groups)}
        self.period_at = {each.key: at for at, each in enumerate(self.periods)}
        self.region_at = {key: at for at, key in enumerate(self.regions)}
        shape = (len(self.measures), len(self.groups), len(self.periods), len(self.regions))
        self.values = np.full(shape, _ABSENT, dtype=np.int32)
        self.hidden = np.zeros(shape, dtype=bool)
        named = zip(("Onderwerp", groups, times, regions), (self.measure_at, self.group_at, self.period_at, self.region_at), strict=True)
        at = tuple(rows[name].replace_strict(places, return_dtype=pl.Int32).to_numpy() for name, places in named)
        self._known: dict[tuple[str, str, str, str, tuple[str, ...]], Computed] = {}
        self.values[at] = rows["Waarde"].fill_null(_ABSENT).to_numpy()
        self.hidden[at] = (rows["Ontbreekt"] == "geheim").fill_null(value=False).to_numpy()

    @property
    def has_municipalities(self) -> bool:
        """Whether it shows more than the nation."""
        return "municipalities" in self.table.regions

    @property
    def main_group(self) -> str:
        """The first group, which stands for the table."""
        return next(iter(self.groups))

    @property
    def main_measure(self) -> Measure:
        """What municipalities are compared by: a rate when there is one, else the first topic."""
        return next((each for each in self.measures if each.kind == "rate"), self.measures[0])

    def period(self, key: str) -> Period | None:
        """A period of it."""
        at = self.period_at.get(key)
        return None if at is None else self.periods[at]

    def exists(self, region: str, period: str) -> bool:
        """Whether a place was there in a period of the table."""
        found = self.period(period)
        return region == NATION or (found is not None and is_municipality(region.removeprefix("GM"), found.reference))

    def reason(self, measure: str, group: str, period: str, region: str) -> Reason:
        """Why a cell is missing that is."""
        at = self.region_at.get(region)
        if at is not None and self.hidden[self.measure_at[measure], self.group_at[group], self.period_at[period], at]:
            return "geheim"
        return "geen_levering" if self.exists(region, period) else "bestond_niet"

    def value(self, measure: str, group: str, period: str, region: str) -> int | None:
        """What a cell shows; None also of a cell that the table does not have."""
        places = (self.measure_at.get(measure), self.group_at.get(group), self.period_at.get(period), self.region_at.get(region))
        if None in places:
            return None
        found = int(self.values[places])
        return None if found == _ABSENT else found

    def figure(self, measure: str, group: str, period: str, region: str, before: Cube | None = None) -> Figure:
        """One cell, beside what the release before showed of it."""
        value = self.value(measure, group, period, region)
        if value is None:
            return Figure(self.table.table_id, measure, group, period, region, None, self.reason(measure, group, period, region))
        if before is None or period not in before.period_at:
            return Figure(self.table.table_id, measure, group, period, region, value, "")
        was = before.value(measure, group, period, region)
        changed = was if was != value else None
        return Figure(self.table.table_id, measure, group, period, region, value, "", changed, was is None)

    def mean(self, measure: str, group: str, period: str, regions: Sequence[str]) -> Computed:
        """The mean of what some municipalities show; missing under three of them."""
        return self._made("mean", measure, group, period, regions)

    def quartiles(self, measure: str, group: str, period: str, regions: Sequence[str]) -> tuple[Computed, Computed, Computed]:
        """First quartile, median and third quartile of what some municipalities show; missing under three of them."""
        kinds = ("first quartile", "median", "third quartile")
        first, second, third = (self._made(kind, measure, group, period, regions) for kind in kinds)
        return first, second, third

    def shown(self, measure: str, group: str, period: str, regions: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray]:
        """Which of some regions show a cell, and what."""
        known = [each for each in regions if each in self.region_at]
        row = self.values[self.measure_at[measure], self.group_at[group], self.period_at[period]]
        found = row[[self.region_at[each] for each in known]] if known else row[:0]
        there = found != _ABSENT
        return tuple(each for each, is_there in zip(known, there, strict=True) if is_there), found[there]

    def _made(self, kind: str, measure: str, group: str, period: str, regions: Sequence[str]) -> Computed:
        """Once for all municipalities that are set beside it."""
        asked = (kind, measure, group, period, tuple(regions))
        if asked not in self._known:
            self._known[asked] = self._make(kind, measure, group, period, regions)
        return self._known[asked]

    def _make(self, kind: str, measure: str, group: str, period: str, regions: Sequence[str]) -> Computed:
        made_of, found = self.shown(measure, group, period, regions)
        about = (self.table.table_id, measure, group, period, kind)
        if len(made_of) < FEWEST:
            return Computed(*about, None, (), "geen_levering")
        return Computed(*about, round(_KINDS[kind](found), 1), made_of)


FEWEST = 3
"""Fewer municipalities make no number of their own."""
_KINDS = {
    "mean": lambda found: float(np.mean(found)),
    "first quartile": lambda found: float(np.quantile(found, 0.25)),
    "median": lambda found: float(np.quantile(found, 0.5)),
    "third quartile": lambda found: float(np.quantile(found, 0.75)),
}


def read_cube(table: Table, release_id: str, parquet: bytes, periods: Sequence[Period], rule: Mapping[str, int]) -> Cube:
    """A table of a release from its Parquet file (the long table of `formats`).

    Args:
        table: Its definition.
        release_id: The release.
        parquet: The file.
        periods: The periods of the release.
        rule: How its counts were protected, as `release.json` says.
    """
    return Cube(table, release_id, pl.read_parquet(io.BytesIO(parquet)), periods, int(rule.get("largest_difference", 0)))


def _titles(rows: pl.DataFrame, key: str) -> dict[str, str]:
    """Key -> title in the order of the file, which is the table's own."""
    return dict(rows.select(key, f"{key}Titel").unique(maintain_order=True).iter_rows())
