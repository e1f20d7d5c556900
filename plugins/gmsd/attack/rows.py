"""What holds between the counts of a municipality, whatever is shown of them: a row each, with its bound in every place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from gmsd.attack.system import Row
from gmsd.attack.windows import NO_LIMIT
from gmsd.tables import at_most_the_year, within_a_period, within_a_year

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gmsd.attack.published import Series

    Whole = NDArray[np.int64]


def rows_of(series: Series) -> Iterator[tuple[Row, Whole]]:
    """Every row of a series with its bound in each place; `NO_LIMIT` where it does not hold."""
    size = len(series.method.contents)
    index = series.content_of
    relations = within_a_period(series.method.contents)
    for state, (period, release) in enumerate(series.states):
        holds = np.where(series.delivered[state], 0, NO_LIMIT)
        for relation in relations:
            counts = tuple(state * size + index[name] for name, _ in relation.terms)
            factors = tuple(factor for _, factor in relation.terms)
            yield Row(counts, factors, f"{relation.words} ({period}, {release})"), holds
            if relation.equal:
                yield Row(counts, tuple(-factor for factor in factors), f"{relation.words} ({period}, {release})"), holds
    yield from _years(series)
    yield from _redeliveries(series)
    yield from _continuity(series)
    for (content, state), source in series.sources.items():
        count = state * size + content
        said = f"{series.method.contents[content].name} of {series.states[state][0]} ({series.states[state][1]})"
        high, low = series.high[content, state], series.low[content, state]
        yield Row((count,), (1,), f"{said} is at most what {source} leaves"), high
        yield Row((count,), (-1,), f"{said} is at least what {source} leaves"), -low


def _years(series: Series) -> Iterator[tuple[Row, Whole]]:
    size, index = len(series.method.contents), series.content_of
    for year, halves in _years_of(series):
        period, release = series.states[year]
        most = within_a_year(series.method.contents)
        for name in (*most, *at_most_the_year(series.method.contents)):
            content = index[name]
            for half in halves:
                both = series.delivered[year] & series.delivered[half]
                words = f"{name} of {series.states[half][0]} <= {name} of {period} ({release})"
                yield Row((half * size + content, year * size + content), (1, -1), words, "year"), np.where(both, 0, NO_LIMIT)
            if name in most and len(halves) == len(series.method.years[period]):
                every = series.delivered[[year, *halves]].all(axis=0)
                counts = (year * size + content, *(half * size + content for half in halves))
                words = f"{name} of {period} <= {name} of its halves together ({release})"
                yield Row(counts, (1, *(-1 for _ in halves)), words, "year"), np.where(every, 0, NO_LIMIT)


def _years_of(series: Series) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The state of a year and those of its halves in the same release, each combination once."""
    found: dict[tuple[int, tuple[int, ...]], None] = {}
    for (period, release), year in series.position.items():
        wanted = series.method.years.get(period, ())
        halves = tuple(series.position[half, release] for half in wanted if (half, release) in series.position)
        if halves:
            found[year, halves] = None
    yield from found


def _redeliveries(series: Series) -> Iterator[tuple[Row, Whole]]:
    """From one release to the next that has the period, a count differs by no more than the attacker knows."""
    size = len(series.method.contents)
    by_period: dict[str, list[int]] = defaultdict(list)
    for state, (period, _) in enumerate(series.states):
        by_period[period].append(state)
    for period, states in by_period.items():
        for before, after in combinations(states, 2):
            between = [state for state in states if before < state < after]
            follow = series.delivered[before] & series.delivered[after] & ~series.delivered[between].any(axis=0)
            if not follow.any():
                continue
            most = series.most_changes(before, after)
            said = f"({period}, {series.states[before][1]} to {series.states[after][1]})"
            for content, each in enumerate(series.method.contents):
                bound = np.where(follow, most[int(each.unit == "clients")], NO_LIMIT)
                counts = (before * size + content, after * size + content)
                words = f"{each.name} changed by one client at most {said}"
                yield Row(counts, (1, -1), words, "redelivery"), bound
                yield Row(counts, (-1, 1), words, "redelivery"), bound


def _continuity(series: Series) -> Iterator[tuple[Row, Whole]]:
    """What holds of arrangements when the files of both halves tell the same, for places of which it is true (all, without the truth)."""
    if not series.method.continuity:
        return
    known = None if series.truth is None else series.truth.swapaxes(0, 1).reshape(-1, len(series.places))
    for year, halves in _years_of(series):
        if len(halves) != 2:
            continue
        rows = list(_one_register(series, year, halves[0], halves[1]))
        holds = series.delivered[[year, *halves]].all(axis=0)
        if known is not None:
            for row in rows:
                holds &= sum(factor * known[count] for count, factor in zip(row.counts, row.factors, strict=True)) == 0
        bound = np.where(holds, 0, NO_LIMIT)
        for row in rows:
            yield row, bound
            yield replace(row, factors=tuple(-factor for factor in row.factors)), bound


def _one_register(series: Series, year: int, first: int, second: int) -> Iterator[Row]:
    """Equalities between the arrangements of a year and its halves."""
    size = len(series.method.contents)
    by_categories: dict[frozenset[int], dict[str, int]] = defaultdict(dict)
    for number, each in enumerate(series.method.contents):
        by_categories[each.categories][each.unit] = number
    said = f"({', '.join(series.states[year])})"
    for flows in by_categories.values():
        if not flows.keys() >= {"begin", "entering", "leaving"}:
            continue
        numbers = [flows[unit] for unit in ("begin", "entering", "leaving")]
        begin, entering, leaving = (series.method.contents[each].name for each in numbers)
        of_year, of_first, of_second = ([state * size + each for each in numbers] for state in (year, first, second))
        yield Row((of_year[0], of_first[0]), (1, -1), f"{begin} of the year = {begin} of the first half {said}", "continuity")
        for flow, name in ((1, entering), (2, leaving)):
            counts = (of_year[flow], of_first[flow], of_second[flow])
            yield Row(counts, (1, -1, -1), f"{name} of the year = that of both halves {said}", "continuity")
        words = f"{begin} of the second half = {begin} + {entering} - {leaving} of the first {said}"
        yield Row((of_second[0], *of_first), (1, -1, -1, 1), words, "continuity")
