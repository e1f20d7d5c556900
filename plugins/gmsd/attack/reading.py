"""From the releases of a series, as their readers have them, to the system of what holds; and what in them is not as the method says.

Not here: national figures (`nation`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.attack.findings import Fault
from gmsd.attack.system import MISSING, Batch, Row, System, Unknown
from gmsd.attack.windows import NO_LIMIT, together, window
from gmsd.tables import within_a_period, within_a_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gmsd.attack.method import Method, PublicRelease, PublishedColumn, Truth
    from gmsd.attack.windows import Saying, Window, Windows

    Whole = NDArray[np.int64]

_MUNICIPAL = pl.col("region").str.starts_with("GM")


@dataclass(frozen=True, slots=True)
class FigureSeries:
    """Figures of one content with one draw: the same wherever a table shows them."""

    content: str
    draw: str
    columns: tuple[PublishedColumn, ...]


@dataclass(slots=True)
class Series:
    """What was published of municipalities, as arrays over (state, place); a state is a period as a release has it.

    Attributes:
        states: (period, release id), releases in their order; a period that a release repeats in all it says is the state before.
        position: Period and release id -> the state.
        places: Region codes.
        kinds: Figures that are told apart.
        figures: Of each kind, state and place; `MISSING` where it is missing.
        told: Of each kind and state whether a table has it.
        delivered: Of each state and place whether it is published.
        hidden: Of each content, state and place whether the gate hid it.
        truth: Of each content, state and place, or None.
        low: Of each content, state and place the least that something other than its figure says, a rate or a national figure.
        high: The most.
        sources: Content and state -> what says so.
        repeated: Of each place how many counts stand in periods that are said again.
        faults: What is not as the method says.
    """

    method: Method
    states: list[tuple[str, str]]
    position: dict[tuple[str, str], int]
    places: list[str]
    kinds: list[FigureSeries]
    figures: Whole
    told: NDArray[np.bool_]
    delivered: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    truth: Whole | None
    low: Whole
    high: Whole
    sources: dict[tuple[int, int], str] = field(default_factory=dict)
    repeated: Whole | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def content_of(self) -> dict[str, int]:
        """Name of a content -> its position."""
        return {each.name: position for position, each in enumerate(self.method.contents)}

    def tell(self, content: int, state: int, place: int | Whole, low: int | Whole, high: int | Whole, source: str) -> None:
        """Take in that counts lie between limits; where the truth is known only what is true of it."""
        where = (np.full_like(place, content), np.full_like(place, state), np.asarray(place))
        if self.truth is not None:
            agrees = (self.truth[where] >= low) & (self.truth[where] <= high)
            low, high = np.where(agrees, low, 0), np.where(agrees, high, NO_LIMIT)
        np.maximum.at(self.low, where, low)
        np.minimum.at(self.high, where, high)
        self.sources[content, state] = source

    def most_changes(self, before: int, after: int) -> tuple[Whole, Whole]:
        """By how much counts of arrangements and of clients differ at most between two states, as far as the attacker knows it by place.

        He knows of a correction of his own, of his one client and of that client's arrangements. Where more clients than that were
        corrected he knows nothing, where nothing was he may know that too.
        """
        changes = self.method.changes
        if self.truth is None:
            return (np.full(len(self.places), changes, dtype=np.int64),) * 2
        clients = np.array([each.unit == "clients" for each in self.method.contents])
        differ = np.abs(self.truth[:, after] - self.truth[:, before])
        persons = differ[clients].max(axis=0, initial=0)
        arrangements = differ[~clients].max(axis=0, initial=0)
        known = persons <= changes
        unchanged = (persons == 0) & (arrangements == 0)
        return (
            np.where(unchanged, 0, np.where(known, np.maximum(arrangements, changes), NO_LIMIT)),
            np.where(unchanged, 0, np.where(known, changes, NO_LIMIT)),
        )


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


def _rates(method: Method, cells: pl.DataFrame, release: PublicRelease) -> pl.DataFrame:
    """Every rate that is shown, with what it is of and whether it follows from the shown count."""
    key = ["table_id", "measure", "group_code"]
    schema = dict.fromkeys((*key, "content", "of"), pl.String) | {"per": pl.Int64}
    counts = {(each.table_id, each.content, each.group_code): each.measure for each in method.columns if each.per is None}
    columns = [
        (each.table_id, each.measure, each.group_code, each.content, counts.get((each.table_id, each.content, each.group_code)), each.per)
        for each in method.columns
        if each.per is not None
    ]
    people = release.inhabitants.select("period", region=pl.format("GM{}", "municipality"), people=pl.col("inhabitants").cast(pl.Int64))
    shown = cells.select("table_id", "group_code", "period", "region", of="measure", shown="value")
    follows = (2 * pl.col("per") * pl.col("shown") + pl.col("people")) // (2 * pl.col("people")) == pl.col("value")
    return (
        cells.drop_nulls("value")
        .join(pl.DataFrame(columns, schema=schema, orient="row"), on=key)
        .join(shown, on=["table_id", "group_code", "period", "region", "of"], how="left")
        .join(people, on=["period", "region"], how="left")
        .with_columns(follows=follows.fill_null(value=False))
    )


def assemble(series: Series) -> tuple[System, Batch]:
    """The system of one municipality, with a column for each.

    Raises:
        ValueError: columns have draws with different numbers of values.
    """
    contents = series.method.contents
    counts = tuple(Unknown(0, content.name, period, release) for period, release in series.states for content in contents)
    rows = list(_rows(series))
    turns = {(each.rounding.turns, each.rounding.thresholds) for kind in series.kinds for each in kind.columns}
    if len(turns) != 1:
        raise ValueError("columns whose draws have different numbers of values cannot be attacked together")
    said = list(_sayings(series))
    drawn = [series.kinds[each.kind].columns[0].draw_in(year=series.states[each.state][0] in series.method.years) for each in said]
    names = tuple(dict.fromkeys(drawn))
    system = System(
        counts=counts,
        rows=tuple(row for row, _ in rows),
        figures=np.array(
            [each.state * len(contents) + series.content_of[series.kinds[each.kind].content] for each in said], dtype=np.int64
        ),
        draws=np.array([names.index(each) for each in drawn], dtype=np.int64),
        names=names,
        turns=turns.pop(),
        years=tuple({"first": first, "second": second, "year": year} for year, (first, second) in series.method.years.items()),
    )
    shape = (len(counts), len(series.places))
    shown = np.zeros(shape, dtype=bool)
    for (number, state), figure in np.ndenumerate(series.told):
        if figure:
            shown[state * len(contents) + series.content_of[series.kinds[number].content]] |= series.figures[number, state] != MISSING
    read_windows = _windows(series, said)
    low, high = np.zeros(shape, dtype=np.int64), np.full(shape, NO_LIMIT, dtype=np.int64)
    np.maximum.at(low, system.figures, read_windows.least)
    np.minimum.at(high, system.figures, read_windows.most)
    delivered = np.repeat(series.delivered, len(contents), axis=0)
    batch = Batch(
        places=tuple(series.places),
        bounds=np.array([bounds for _, bounds in rows], dtype=np.int64).reshape(len(rows), shape[1]),
        low=low,
        high=high,
        window=read_windows.row,
        first=read_windows.first,
        told=np.stack([np.where(each.sayings >= _SHOWN, each.figures, MISSING) for each in said]),
        windows=read_windows.windows,
        known=None if series.truth is None else series.truth.swapaxes(0, 1).reshape(shape).copy(),
        needed=np.where(delivered, np.where(shown, 2, series.method.thin), 0),
        shown=shown,
        silent=read_windows.silent,
    )
    return system, batch


@dataclass(frozen=True, slots=True)
class _Said:
    """What the figures of one kind in one state say in every place."""

    kind: int
    state: int
    sayings: Whole
    figures: Whole


@dataclass(frozen=True, slots=True)
class _Read:
    row: Whole
    first: Whole
    least: Whole
    most: Whole
    windows: Windows
    silent: int


_SAYINGS: tuple[Saying, ...] = ("nothing", "missing", "shown", "at_least", "rounds_to")
_NOTHING, _IS_MISSING, _SHOWN, _AT_LEAST, _ROUNDS_TO = range(5)


def _sayings(series: Series) -> Iterator[_Said]:
    for number, kind in enumerate(series.kinds):
        whole = _whole_of(series, kind)
        parts = next((each.parts for each in kind.columns if each.parts), ())
        content = series.content_of[kind.content]
        for state in np.flatnonzero(series.told[number]):
            figure = series.figures[number, state]
            says = series.delivered[state] & ~series.hidden[content, state]
            saying = np.where(figure == MISSING, _IS_MISSING, _SHOWN)
            if whole is not None:
                beside = series.figures[whole, state]
                saying = np.where((figure != MISSING) & (figure == beside), _AT_LEAST, saying)
                saying = np.where((figure == MISSING) & (beside == MISSING), _NOTHING, saying)
            if parts:
                yield from _parts_of(series, number, int(state), parts)
                saying = np.full_like(saying, _NOTHING)
            saying = np.where(says, saying, _NOTHING)
            yield _Said(number, int(state), saying, np.where(saying >= _SHOWN, figure, 0))


def _whole_of(series: Series, kind: FigureSeries) -> int | None:
    """The figures of the whole beside which these are shown: those of the same table, where tables differ."""
    name = next((column.within for column in kind.columns if column.within is not None), None)
    wholes = [number for number, other in enumerate(series.kinds) if other.content == name]
    mine = {column.table_id for column in kind.columns}
    beside = [number for number in wholes if mine & {column.table_id for column in series.kinds[number].columns}]
    return next(iter((*beside, *wholes)), None)


def _parts_of(series: Series, total: int, state: int, parts: tuple[str, ...]) -> Iterator[_Said]:
    """A total made of its parts' figures tells what the hidden ones round to: when one is hidden just that, else what is true of each.

    With several hidden and no truth given it is taken to tell nothing.
    """
    figures = series.figures[total, state]
    numbers = [next(n for n, kind in enumerate(series.kinds) if kind.content == name) for name in parts]
    shown = series.figures[numbers, state]
    rest = figures - np.where(shown == MISSING, 0, shown).sum(axis=0)
    told = np.full(shown.shape, MISSING)
    for place in np.flatnonzero((figures != MISSING) & (shown == MISSING).any(axis=0)):
        hidden = np.flatnonzero(shown[:, place] == MISSING)
        if len(hidden) == 1:
            told[hidden, place] = rest[place]
        elif series.truth is not None:
            contents = [series.content_of[parts[each]] for each in hidden]
            rounding = series.kinds[total].columns[0].rounding
            true = series.truth[contents, state, place].tolist()
            ways = [sorted({rounding.rounded(count, turn) for turn in range(rounding.turns)}) for count in true]
            told[hidden, place] = next((each for each in product(*ways) if sum(each) == rest[place]), MISSING)
    for number, each in zip(numbers, told, strict=True):
        yield _Said(number, state, np.where(each == MISSING, _NOTHING, _ROUNDS_TO), np.where(each == MISSING, 0, each))


def _windows(series: Series, said: list[_Said]) -> _Read:
    roundings = list(dict.fromkeys(series.kinds[each.kind].columns[0].rounding for each in said))
    codes = np.stack(
        [
            (each.figures * len(_SAYINGS) + each.sayings) * len(roundings) + roundings.index(series.kinds[each.kind].columns[0].rounding)
            for each in said
        ]
    )
    distinct, where = np.unique(codes, return_inverse=True)
    found: list[Window] = []
    for code in distinct.tolist():
        rest, rounding = divmod(code, len(roundings))
        figure, saying = divmod(rest, len(_SAYINGS))
        found.append(window(roundings[rounding], _SAYINGS[saying], figure))
    windows, numbers = together(found)
    where = where.reshape(codes.shape)
    return _Read(
        row=np.array(numbers, dtype=np.int64)[where],
        first=np.array([each.first for each in found], dtype=np.int64)[where],
        least=np.array([each.least for each in found], dtype=np.int64)[where],
        most=np.array([each.most for each in found], dtype=np.int64)[where],
        windows=windows,
        silent=next((row for row, each in zip(numbers, found, strict=True) if each.least == 0 and each.most >= NO_LIMIT), MISSING),
    )


def _rows(series: Series) -> Iterator[tuple[Row, Whole]]:
    """Every row with its bound in each place."""
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
        for name in within_a_year(series.method.contents):
            content = index[name]
            for half in halves:
                both = series.delivered[year] & series.delivered[half]
                words = f"{name} of {series.states[half][0]} <= {name} of {period} ({release})"
                yield Row((half * size + content, year * size + content), (1, -1), words, "year"), np.where(both, 0, NO_LIMIT)
            if len(halves) == len(series.method.years[period]):
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
