"""From what was published to the system that the attack solves: counts, rows between them, and what every figure says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmsd.attack.rows import rows_of
from gmsd.attack.sayings import readings, sayings
from gmsd.attack.system import MISSING, Batch, System, Unknown
from gmsd.attack.windows import NO_LIMIT

if TYPE_CHECKING:
    from gmsd.attack.published import Series


def assemble(series: Series) -> tuple[System, Batch]:
    """The system of one municipality, with a column for each.

    Raises:
        ValueError: columns have draws with different numbers of values.
    """
    contents = series.method.contents
    counts = tuple(Unknown(0, content.name, period, release) for period, release in series.states for content in contents)
    rows = list(rows_of(series))
    turns = {(each.rounding.turns, each.rounding.thresholds) for kind in series.kinds for each in kind.columns}
    if len(turns) != 1:
        raise ValueError("columns whose draws have different numbers of values cannot be attacked together")
    said = list(sayings(series))
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
    read_windows = readings(series, said)
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
        told=np.stack([each.told for each in said]),
        windows=read_windows.windows,
        known=None if series.truth is None else series.truth.swapaxes(0, 1).reshape(shape).copy(),
        needed=np.where(delivered, np.where(shown, 2, series.method.thin), 0),
        shown=shown,
        silent=read_windows.silent,
    )
    return system, batch
