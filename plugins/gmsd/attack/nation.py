"""National figures: a sum of shown figures says nothing new; anything else is a fault, and what it tells of one municipality is worked out.

What it tells is worked out by intervals, one national figure or the change of one at a time. Where the truth is given, only suppositions
that are true are followed: a wrong one tells an attacker nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.attack.findings import Disclosure, Fault
from gmsd.attack.system import MISSING
from gmsd.attack.windows import NO_LIMIT, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gmsd.attack.method import PublicRelease, PublishedColumn
    from gmsd.attack.published import Series

    Whole = NDArray[np.int64]

_NATION = "NL01"


@dataclass(slots=True)
class NationAttacked:
    """What national figures give away.

    Attributes:
        unpublished: Counts of municipalities of which no release publishes the period.
        findings: Those of them that are known to fewer values than they should be.
        faults: National figures that do not follow from shown ones.
    """

    unpublished: int = 0
    findings: list[Disclosure] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Told:
    """A national figure that is no sum of shown figures."""

    column: PublishedColumn
    kind: int
    state: int
    value: int


def attack_nation(series: Series, releases: Sequence[PublicRelease]) -> NationAttacked:
    """Hold national figures against the shown municipal ones; bounds that they give go into the series."""
    made = NationAttacked()
    periods = sorted({period for period, _ in series.states})
    never = {
        period: ~np.any([series.delivered[state] for state, (other, _) in enumerate(series.states) if other == period], axis=0)
        for period in periods
    }
    made.unpublished = sum(int(each.sum()) for each in never.values()) * len(series.method.contents)
    told = [each for release in releases for each in _not_sums(series, release, made)]
    for each in told:
        _single(series, each, made, never[series.states[each.state][0]])
    for one, other in combinations(told, 2):
        same = (one.column.table_id, one.kind, series.states[one.state][0]) == (
            other.column.table_id,
            other.kind,
            series.states[other.state][0],
        )
        if same and one.state < other.state:
            _change(series, one, other)
    return made


def _not_sums(series: Series, release: PublicRelease, made: NationAttacked) -> list[_Told]:
    cells = release.cells
    municipal = cells.filter(pl.col("region") != _NATION)
    ages = [name for name in release.inhabitants.columns if name not in ("period", "municipality")]
    people = release.inhabitants.select("period", *(pl.col(name).cast(pl.Int64) for name in ages), region=pl.format("GM{}", "municipality"))
    key = ["table_id", "measure", "group_code", "period"]
    sums = (
        municipal.join(people, on=["period", "region"], how="left")
        .filter(pl.col("value").is_not_null())
        .group_by(key)
        .agg(pl.col("value").sum().alias("summed"), *(pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()) for name in ages))
    )
    nation = cells.filter(pl.col("region") == _NATION).drop_nulls("value").join(sums, on=key, how="left")
    if release.estimates is not None:
        again = release.estimates.select(*key, again="value")
        nation = nation.join(again, on=key, how="left").filter((pl.col("again") != pl.col("value")).fill_null(value=True))
    by_column = nation.partition_by("table_id", "measure", "group_code", as_dict=True)
    counts = {(each.table_id, each.content, each.group_code): each for each in series.method.columns if each.per is None}
    states = {period: state for (period, held), state in series.position.items() if held == release.release_id}
    told: list[_Told] = []
    for column in series.method.columns:
        found = by_column.get((column.table_id, column.measure, column.group_code))
        if found is None:
            continue
        if column.per is not None:
            count = counts.get((column.table_id, column.content, column.group_code))
            of = (
                None
                if count is None
                else sums.filter(
                    (pl.col("table_id") == column.table_id)
                    & (pl.col("measure") == count.measure)
                    & (pl.col("group_code") == column.group_code)
                )
            )
            if of is not None:
                whole = next((each for each in counts.values() if each.content == column.base.content), None)
                base = None if whole is None else by_column.get((whole.table_id, whole.measure, whole.group_code), nation.clear())
                found = found.select("period", "value").join(_rates_again(column, of, base), on="period", how="left")
        wrong = found.filter((pl.col("summed") != pl.col("value")).fill_null(value=True))
        for period, value, summed in wrong.select("period", "value", "summed").iter_rows():
            where = f"{column.table_id} {_NATION} {period} {column.content}"
            words = f"{column.measure} {value} does not follow from the shown municipal figures, which give {summed}"
            made.faults.append(Fault("nation", release.release_id, where, words))
            if column.per is None:
                kind = next(n for n, each in enumerate(series.kinds) if column in each.columns)
                told.append(_Told(column, kind, states[period], value))
    known = {(each.table_id, each.measure, each.group_code) for each in series.method.columns}
    for (table_id, measure, group), rest in by_column.items():
        if (table_id, measure, group) not in known:
            words = f"{rest['value'][0]} is no sum of shown figures, and no estimate of them that was computed again"
            made.faults.append(Fault("nation", release.release_id, f"{table_id} {_NATION} {rest['period'][0]} {measure} {group}", words))
    return told


def _rates_again(column: PublishedColumn, of: pl.DataFrame, base: pl.DataFrame | None) -> pl.DataFrame:
    """A rate of the nation as it follows from the sum of the shown counts: `period`, `summed`.

    Args:
        column: The rate.
        of: `period`, `summed` and the inhabitants of the municipalities that show the count, by groups of ages.
        base: The nation's shown figures of the count that it is a share of; None where it is of inhabitants.
    """
    if base is None:
        people = of.select("period", "summed", people=column.base.ages)
    else:
        people = of.select("period", "summed").join(base.select("period", people="value"), on="period", how="left")
    again = (2 * pl.lit(column.per) * pl.col("summed") + pl.col("people")) // (2 * pl.col("people"))
    most = None if base is None else column.per
    return people.select("period", summed=pl.min_horizontal(again, pl.lit(most, pl.Int64)))


def _single(series: Series, each: _Told, made: NationAttacked, never: NDArray[np.bool_]) -> None:
    """The national figure beside the figures of its own release."""
    content = series.content_of[each.column.content]
    figures, delivered = series.figures[each.kind, each.state], series.delivered[each.state]
    shown = delivered & (figures != MISSING)
    hidden = delivered & ~shown
    low, high = _ranges(each, figures, delivered)
    rest = each.value - int(figures[shown].sum())
    true = None if series.truth is None else series.truth[content, each.state]
    if true is None or int(true[hidden].sum()) == rest:
        for place in np.flatnonzero(hidden):
            others = hidden & (np.arange(len(hidden)) != place)
            series.tell(
                content,
                each.state,
                int(place),
                rest - int(high[others].sum()),
                rest - int(low[others].sum()),
                "the national figure less shown ones",
            )
    if true is None or int(true[delivered].sum()) == each.value:
        for place in np.flatnonzero(delivered):
            others = delivered & (np.arange(len(delivered)) != place)
            series.tell(
                content,
                each.state,
                int(place),
                each.value - int(high[others].sum()),
                each.value - int(low[others].sum()),
                "the national sum",
            )
    left = np.flatnonzero(~delivered & never)
    if len(left) == 1:
        least, most = max(0, each.value - int(high[delivered].sum())), each.value - int(low[delivered].sum())
        if most - least + 1 < series.method.thin_unpublished:
            period, release = series.states[each.state]
            made.findings.append(
                Disclosure(
                    release,
                    series.places[int(left[0])],
                    period,
                    each.column.content,
                    "unpublished",
                    least,
                    most,
                    most - least + 1,
                    settled=True,
                    equations=(f"the national figure {each.value} less what is left of all others",),
                )
            )


def _ranges(each: _Told, figures: Whole, delivered: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    """Least and largest count of every municipality, by its own figure."""
    low, high = np.zeros(len(figures), dtype=np.int64), np.zeros(len(figures), dtype=np.int64)
    for figure in np.unique(figures[delivered]).tolist():
        left = window(each.column.rounding, "missing" if figure == MISSING else "shown", max(0, figure))
        low[figures == figure], high[figures == figure] = left.least, left.most
    return np.where(delivered, low, 0), np.where(delivered, high, 0)


def _change(series: Series, before: _Told, after: _Told) -> None:
    """The change of a national figure, as far as the others' part in it is known: who enters or leaves is what is left."""
    content = series.content_of[before.column.content]
    came = series.delivered[after.state] & ~series.delivered[before.state]
    went = series.delivered[before.state] & ~series.delivered[after.state]
    both = series.delivered[before.state] & series.delivered[after.state]
    for told in (before, after):
        if series.truth is not None and int(series.truth[content, told.state, series.delivered[told.state]].sum()) != told.value:
            return
    arrangements, persons = series.most_changes(before.state, after.state)
    most = np.where(both, persons if series.method.contents[content].unit == "clients" else arrangements, 0)
    if (most >= NO_LIMIT).any():
        return
    low_after, high_after = _ranges(after, series.figures[after.kind, after.state], came)
    low_before, high_before = _ranges(before, series.figures[before.kind, before.state], went)
    low = np.where(came, low_after, 0) - np.where(went, high_before, 0) - most
    high = np.where(came, high_after, 0) - np.where(went, low_before, 0) + most
    change = after.value - before.value
    for place in np.flatnonzero(came | went).tolist():
        least, largest = change - int(high.sum() - high[place]), change - int(low.sum() - low[place])
        words = f"the national figure went from {before.value} to {after.value}"
        if came[place]:
            series.tell(content, after.state, place, least, largest, words)
        else:
            series.tell(content, before.state, place, -largest, -least, words)
