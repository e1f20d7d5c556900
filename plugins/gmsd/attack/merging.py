"""A period that is shown for a municipality and for one that it took over: their counts hang together, so they are attacked together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gmsd.attack.findings import Fault
from gmsd.attack.system import Row, System, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gmsd.attack.method import PublicRelease
    from gmsd.attack.published import Series
    from gmsd.attack.system import Batch

    Whole = NDArray[np.int64]

BESIDE = "+"
"""Between the regions of a place that is made of several."""


def apart(series: Series, releases: Sequence[PublicRelease], system: System, batch: Batch) -> tuple[Batch, list[tuple[System, Batch]]]:
    """Set apart what merged: the batch without it, and a system and batch of its own for each group of municipalities; faults are told."""
    taken_over: dict[str, str] = {}
    for release in releases:
        taken_over |= {old: new[0] for old, new in release.successors.items() if len(new) == 1}
    groups: dict[str, list[str]] = {}
    for old, new in taken_over.items():
        if old in batch.places and new in batch.places and _shown_twice(series, old, new):
            groups.setdefault(new, []).append(old)
    made = [_together(series, system, batch, (new, *sorted(parts)), taken_over) for new, parts in groups.items()]
    gone = {region for new, parts in groups.items() for region in (new, *parts)}
    rest = batch.taken([position for position, place in enumerate(batch.places) if place not in gone])
    for new, parts in groups.items():
        words = f"a period is shown for {new} and for {', '.join(sorted(parts))}, which it took over: old periods are never restated"
        series.faults.append(Fault("merged", releases[-1].release_id, new, words))
    return rest, made


def _shown_twice(series: Series, old: str, new: str) -> bool:
    return any(True for _ in _pairs(series, old, new))


def _pairs(series: Series, old: str, new: str) -> Iterator[tuple[int, int]]:
    """States of a period in which the old and the new municipality are shown."""
    before, after = series.places.index(old), series.places.index(new)
    for one, (period, _) in enumerate(series.states):
        for other, (also, _) in enumerate(series.states):
            if period == also and series.delivered[one, before] and series.delivered[other, after]:
                yield one, other


def _together(series: Series, system: System, batch: Batch, regions: tuple[str, ...], taken_over: dict[str, str]) -> tuple[System, Batch]:
    size, slots = len(system.counts), len(regions)
    columns = [batch.places.index(region) for region in regions]
    parts = [batch.taken([column]) for column in columns]
    known = None if batch.known is None else np.concatenate([part.known for part in parts if part.known is not None])
    rows = [
        (
            Row(tuple(slot * size + count for count in row.counts), row.factors, f"{row.words} of {region}", row.kind),
            part.bounds[position, 0],
        )
        for slot, (region, part) in enumerate(zip(regions, parts, strict=True))
        for position, row in enumerate(system.rows)
    ]
    every = {old for old, new in taken_over.items() if new == regions[0]} == set(regions[1:])
    rows += [(row, 0) for row in _merged(series, regions, size, every=every) if known is None or _holds(row, known)]
    joined = System(
        counts=tuple(Unknown(slot, *count[1:]) for slot in range(slots) for count in system.counts),
        rows=tuple(row for row, _ in rows),
        figures=np.concatenate([slot * size + system.figures for slot in range(slots)]),
        draws=np.concatenate([slot * len(system.names) + system.draws for slot in range(slots)]),
        names=tuple(f"{region} {name}" for region in regions for name in system.names),
        turns=system.turns,
        years=system.years,
    )
    bounds = np.array([[bound] for _, bound in rows], dtype=np.int64)
    return joined, replace(
        parts[0],
        places=(BESIDE.join(regions),),
        bounds=bounds,
        known=known,
        low=np.concatenate([part.low for part in parts]),
        high=np.concatenate([part.high for part in parts]),
        window=np.concatenate([part.window for part in parts]),
        first=np.concatenate([part.first for part in parts]),
        told=np.concatenate([part.told for part in parts]),
        needed=np.concatenate([part.needed for part in parts]),
        shown=np.concatenate([part.shown for part in parts]),
    )


def _holds(row: Row, known: Whole) -> bool:
    return sum(factor * int(known[count, 0]) for count, factor in zip(row.counts, row.factors, strict=True)) <= 0


def _merged(series: Series, regions: tuple[str, ...], size: int, *, every: bool) -> Iterator[Row]:
    """The new municipality has every client of an old one, and no others when all the old ones are shown.

    An attacker supposes that its arrangements are those of the old ones together; where the truth is known only what is true is kept.
    """
    contents = series.method.contents
    states: dict[int, dict[int, int]] = {}
    for slot, old in enumerate(regions[1:], start=1):
        for before, after in _pairs(series, old, regions[0]):
            states.setdefault(after, {}).setdefault(slot, before)
    for after, found in states.items():
        period, release = series.states[after]
        for number, content in enumerate(contents):
            new = after * len(contents) + number
            old_ones = [slot * size + before * len(contents) + number for slot, before in found.items()]
            names = [f"{content.name} of {regions[slot]}" for slot in found]
            said = f"({period}, {release})"
            persons = content.unit == "clients"
            if content.number is not None:
                continue
            if persons:
                for one, name in zip(old_ones, names, strict=True):
                    yield Row((one, new), (1, -1), f"{name} <= {content.name} of {regions[0]} {said}", "merged")
            if every and len(found) == len(regions) - 1:
                together, minus = (new, *old_ones), (1, *(-1 for _ in old_ones))
                yield Row(together, minus, f"{content.name} of {regions[0]} <= {' + '.join(names)} {said}", "merged")
                if not persons:
                    less = tuple(-factor for factor in minus)
                    yield Row(together, less, f"{' + '.join(names)} = {content.name} of {regions[0]} {said}", "merged")
