"""From the releases of a series, as their readers have them, to arrays; and what in them is not as the method says.

Not here: national figures (`nation`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.attack.findings import Fault
from gmsd.attack.published import FigureSeries, Series
from gmsd.attack.system import MISSING
from gmsd.attack.windows import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.attack.method import Method, PublicRelease, PublishedColumn, Truth

_MUNICIPAL = pl.col("region").str.starts_with("GM")


def read(releases: Sequence[PublicRelease], method: Method, truth: Truth | None) -> Series:
    """Set the figures of a series in arrays, and tell what in them contradicts the method."""
    kinds = _kinds(method)
    states = [(period, each.release_id) for each in releases for period in _periods(each)]
    places = sorted({region for each in releases for region in each.cells.filter(_MUNICIPAL)["region"].unique()})
    shape = (len(method.contents), len(states), len(places))
    series = Series(
        method=method,
        states=states,
        position={state: number for number, state in enumerate(states)},
        places=places,
        kinds=kinds,
        figures=np.full((len(kinds), *shape[1:]), MISSING, dtype=np.int64),
        told=np.zeros((len(kinds), len(states)), dtype=bool),
        delivered=np.zeros(shape[1:], dtype=bool),
        hidden=np.zeros(shape, dtype=bool),
        truth=None,
        low=np.zeros(shape, dtype=np.int64),
        high=np.full(shape, NO_LIMIT, dtype=np.int64),
    )
    _read_truth(series, truth)
    for release in releases:
        cells = _positions(series, release.cells.filter(_MUNICIPAL), release.release_id)
        _read_counts(series, cells, release)
        _read_rates(series, cells, release)
        _read_delivered(series, release)
        if release.repaired is not None:
            hidden = _positions(series, release.repaired, release.release_id)
            content = hidden["content"].replace_strict(series.content_of, return_dtype=pl.Int64)
            series.hidden[content.to_numpy(), hidden["state"].to_numpy(), hidden["place"].to_numpy()] = True
    if series.truth is not None:
        series.truth[:, ~series.delivered] = 0
    return _without_repetitions(series)


def _without_repetitions(series: Series) -> Series:
    """Leave out periods that a release says again as the one before it did, of the same counts: they tell nothing new."""
    newest: dict[str, int] = {}
    kept: list[int] = []
    stands_for: dict[int, int] = {}
    for state, (period, _) in enumerate(series.states):
        before = newest.get(period)
        if before is not None and _says_again(series, before, state):
            stands_for[state] = stands_for.get(before, before)
        else:
            kept.append(state)
        newest[period] = state
    place_of = {state: number for number, state in enumerate(kept)}
    return replace(
        series,
        states=[series.states[state] for state in kept],
        position={each: place_of[stands_for.get(state, state)] for state, each in enumerate(series.states)},
        figures=series.figures[:, kept],
        told=series.told[:, kept],
        delivered=series.delivered[kept],
        hidden=series.hidden[:, kept],
        truth=None if series.truth is None else series.truth[:, kept],
        low=series.low[:, kept],
        high=series.high[:, kept],
        sources={(content, place_of[state]): source for (content, state), source in series.sources.items() if state in place_of},
        repeated=series.delivered[list(stands_for)].sum(axis=0) * len(series.method.contents),
    )


def _says_again(series: Series, before: int, after: int) -> bool:
    same = [
        np.array_equal(each[..., before, :], each[..., after, :])
        for each in (series.figures, series.delivered, series.hidden, series.low, series.high)
    ]
    known = series.truth is not None and np.array_equal(series.truth[:, before], series.truth[:, after])
    return all(same) and known and bool((series.told[:, before] == series.told[:, after]).all())


def _periods(release: PublicRelease) -> list[str]:
    return sorted(release.cells.filter(_MUNICIPAL)["period"].unique())


def _kinds(method: Method) -> list[FigureSeries]:
    found: dict[tuple[str, str], list[PublishedColumn]] = defaultdict(list)
    for column in method.columns:
        if column.per is None:
            found[column.content, column.draw].append(column)
    return [FigureSeries(content, draw, tuple(columns)) for (content, draw), columns in found.items()]


def _positions(series: Series, cells: pl.DataFrame, release_id: str) -> pl.DataFrame:
    states = {period: position for position, (period, release) in enumerate(series.states) if release == release_id}
    places = {region: position for position, region in enumerate(series.places)}
    return cells.with_columns(
        state=pl.col("period").replace_strict(states, default=None, return_dtype=pl.Int64),
        place=pl.col("region").replace_strict(places, default=None, return_dtype=pl.Int64),
    ).drop_nulls(["state", "place"])


def _read_truth(series: Series, truth: Truth | None) -> None:
    if truth is None:
        return
    series.truth = np.zeros(series.low.shape, dtype=np.int64)
    for release_id in {release for _, release in series.states}:
        counts = _positions(series, truth.counts.filter(pl.col("release_id") == release_id).drop_nulls("value"), release_id)
        counts = counts.with_columns(position=pl.col("content").replace_strict(series.content_of, default=None, return_dtype=pl.Int64))
        counts = counts.drop_nulls("position")
        where = (counts["position"].to_numpy(), counts["state"].to_numpy(), counts["place"].to_numpy())
        series.truth[where] = counts["value"].to_numpy()
        series.delivered[where[1:]] = True


def _read_delivered(series: Series, release: PublicRelease) -> None:
    if release.delivered is not None:
        found = _positions(series, release.delivered, release.release_id)
        states = [position for position, (_, held) in enumerate(series.states) if held == release.release_id]
        series.delivered[states] = False
        series.delivered[found["state"].to_numpy(), found["place"].to_numpy()] = True
        return
    for position, (_, held) in enumerate(series.states):
        if held == release.release_id:
            series.delivered[position] |= (series.figures[:, position] != MISSING).any(axis=0)


def _read_counts(series: Series, cells: pl.DataFrame, release: PublicRelease) -> None:
    by_column = cells.partition_by("table_id", "measure", "group_code", as_dict=True)
    known = {(each.table_id, each.measure, each.group_code) for each in series.method.columns}
    for key in by_column.keys() - known:
        series.faults.append(Fault("unknown_column", release.release_id, " ".join(key), "the method does not say what is counted in it"))
    for number, kind in enumerate(series.kinds):
        for column in kind.columns:
            found = by_column.get((column.table_id, column.measure, column.group_code))
            if found is None:
                continue
            state, place = found["state"].to_numpy(), found["place"].to_numpy()
            figure = found["value"].fill_null(MISSING).to_numpy()
            before, told = series.figures[number, state, place], series.told[number, state]
            differ = np.flatnonzero(told & (before != figure))
            for each in differ[:1]:
                series.faults.append(
                    Fault(
                        "two_figures",
                        release.release_id,
                        f"{column.table_id} {found['region'][int(each)]} {found['period'][int(each)]} {kind.content}",
                        f"tables show {len(differ)} counts of {kind.content} differently, or one shows what another hides",
                    )
                )
            series.figures[number, state, place] = np.maximum(before, figure)
            series.told[number, np.unique(state)] = True


def _read_rates(series: Series, cells: pl.DataFrame, release: PublicRelease) -> None:
    """A rate of a shown count says no more than the count; one that is not of it comes from the true count, and so do its like."""
    rates = _rates(series.method, cells, release)
    wrong = rates.filter(~pl.col("follows"))
    for table_id, measure in wrong.select("table_id", "measure").unique().sort("table_id", "measure").iter_rows():
        among = (pl.col("table_id") == table_id) & (pl.col("measure") == measure)
        first = wrong.filter(among).sort("region", "period").row(0, named=True)
        series.faults.append(
            Fault(
                "rate",
                release.release_id,
                f"{table_id} {first['region']} {first['period']} {first['content']}",
                f"{wrong.filter(among).height} rates ({measure}) do not follow from the shown counts, so they are of the true ones",
            )
        )
        people, rate, per = pl.col("people"), pl.col("value"), pl.col("per")
        told = rates.filter(among & (people > 0)).with_columns(
            low=-((people - 2 * people * rate) // (2 * per)), high=(2 * people * (rate + 1) - people - 1) // (2 * per)
        )
        for (content, state), rows in told.partition_by("content", "state", as_dict=True).items():
            place, low, high = (rows[name].to_numpy() for name in ("place", "low", "high"))
            series.tell(series.content_of[content], state, place, low, high, f"the rate ({measure} of {table_id})")


def people_of(release: PublicRelease, method: Method, cells: pl.DataFrame) -> pl.DataFrame:
    """What rates are of, inhabitants or shown counts: `period`, `region`, `base` (`Base.key`), `people`."""
    named = release.inhabitants.with_columns(region=pl.format("GM{}", "municipality")).drop("municipality")
    every = [named.unpivot(index=["period", "region"], variable_name="base", value_name="people").cast({"people": pl.Int64})]
    for name in {each.base.content for each in method.columns if each.base.content is not None}:
        count = next(each for each in method.columns if each.per is None and each.content == name)
        is_of = (pl.col("table_id") == count.table_id) & (pl.col("measure") == count.measure) & (pl.col("group_code") == count.group_code)
        every.append(cells.filter(is_of).select("period", "region", pl.lit(f"={name}").alias("base"), people="value"))
    return pl.concat(every)


def _rates(method: Method, cells: pl.DataFrame, release: PublicRelease) -> pl.DataFrame:
    """Every rate that is shown, with what it is of and whether it follows from the shown count."""
    key = ["table_id", "measure", "group_code"]
    schema = dict.fromkeys((*key, "content", "of"), pl.String) | {"per": pl.Int64, "base": pl.String}
    counts = {(each.table_id, each.content, each.group_code): each.measure for each in method.columns if each.per is None}
    columns = [
        (*where, each.content, counts.get((each.table_id, each.content, each.group_code)), each.per, each.base.key)
        for each in method.columns
        if each.per is not None and (where := (each.table_id, each.measure, each.group_code))
    ]
    people = people_of(release, method, cells)
    shown = cells.select("table_id", "group_code", "period", "region", of="measure", shown="value")
    of_shown = (2 * pl.col("per") * pl.col("shown") + pl.col("people")) // (2 * pl.col("people"))
    most = pl.when(pl.col("base").str.starts_with("=")).then(pl.col("per"))
    follows = pl.min_horizontal(of_shown, most) == pl.col("value")
    return (
        cells.drop_nulls("value")
        .join(pl.DataFrame(columns, schema=schema, orient="row"), on=key)
        .join(shown, on=["table_id", "group_code", "period", "region", "of"], how="left")
        .join(people, on=["period", "region", "base"], how="left")
        .with_columns(follows=follows.fill_null(value=False))
    )
