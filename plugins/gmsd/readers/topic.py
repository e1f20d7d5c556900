"""What is shown of one figure for all municipalities: the list, how it is spread, and where it lies far from the nation's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gmsd.disclosure import NATION
from gmsd.readers.cube import FEWEST, Computed
from gmsd.readers.places import municipality_of, of_size_class
from gmsd.reference import SIZE_CLASSES, InhabitantsUnknownError, inhabitants_aged, municipalities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.figures import Period
    from gmsd.readers.cube import Cube, Figure
    from gmsd.readers.edition import Edition
    from gmsd.tables import Measure, Table

MOST_CLASSES = 5


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A region with its figure of each topic."""

    region: str
    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SpreadOfSize:
    """How what the municipalities of a size class show is spread."""

    size: str
    count: int
    quartiles: tuple[Computed, Computed, Computed]


@dataclass(frozen=True, slots=True)
class TopicView:
    """One group of a table in one period, for the nation and every municipality of it.

    Attributes:
        cube: The table's cells.
        period: The period.
        group: The key of the group.
        mapped: The topic that is drawn.
        rows: The nation first, then by name.
        spread: By size class of what is drawn.
        bounds: The upper bounds of the classes of the map but the last; at most four.
        inhabitants: Region -> inhabitants that its rates stand on, where they are known.
    """

    cube: Cube
    period: Period
    group: str
    mapped: Measure
    rows: tuple[TopicRow, ...]
    spread: tuple[SpreadOfSize, ...]
    bounds: tuple[Computed, ...]
    inhabitants: dict[str, int]

    @property
    def drawn(self) -> dict[str, Figure]:
        """Region -> the figure that is drawn, the nation's left out."""
        at = self.cube.measure_at[self.mapped.key]
        return {row.region: row.figures[at] for row in self.rows if row.region != NATION}

    def class_of(self, value: int) -> int:
        """Which class of the map a value falls in, from 0."""
        return sum(value > (bound.value or 0) for bound in self.bounds)


def topic_of(edition: Edition, cube: Cube, period: Period, group: str) -> TopicView:
    """One group of a table in one period."""
    before = edition.before.get(cube.table.table_id)
    existing = municipalities(period.reference) if cube.has_municipalities else {}
    regions = [NATION, *(f"GM{code}" for code, _ in sorted(existing.items(), key=lambda each: _sorted_name(each[1])))]
    rows = tuple(
        TopicRow(
            region,
            cube.regions.get(region) or (found.name if (found := municipality_of(region)) else region),
            tuple(cube.figure(measure.key, group, period.key, region, before) for measure in cube.measures),
        )
        for region in regions
    )
    mapped = cube.main_measure
    about = (mapped.key, group, period.key)
    spread = []
    for size in SIZE_CLASSES if cube.has_municipalities else ():
        alike = of_size_class(size, period.reference)
        shown, _ = cube.shown(*about, alike)
        if alike:
            spread.append(SpreadOfSize(size, len(shown), cube.quartiles(*about, alike)))
    made_of, values = cube.shown(*about, regions[1:])
    bounds = tuple(
        Computed(cube.table.table_id, *about, "quintile", float(each), made_of) for each in class_bounds(values) if len(made_of) >= FEWEST
    )
    people = _inhabitants_of(cube.table, mapped, group, period, made_of)
    return TopicView(cube, period, group, mapped, rows, tuple(spread), bounds, people)


def _inhabitants_of(table: Table, mapped: Measure, group: str, period: Period, regions: Sequence[str]) -> dict[str, int]:
    """Region -> inhabitants that a rate of a group is of, where they are known; none of a rate that is of a shown count."""
    if mapped.kind != "rate":
        return {}
    base = table.base_of(mapped, next(each for each in table.groups(period.reference) if each.code == group))
    if base.content is not None:
        return {}
    return {region: count for region in regions if (count := _inhabitants(base.ages, region, period)) is not None}


def _inhabitants(ages: str, region: str, period: Period) -> int | None:
    try:
        return inhabitants_aged(ages, region.removeprefix("GM"), period.reference)
    except InhabitantsUnknownError:
        return None


def class_bounds(values: np.ndarray) -> tuple[int, ...]:
    """Bounds that divide shown values into at most five classes of about as many municipalities each; whole numbers, each once."""
    if not len(values):
        return ()
    cuts = np.quantile(values, [at / MOST_CLASSES for at in range(1, MOST_CLASSES)], method="inverted_cdf")
    return tuple(sorted({int(cut) for cut in cuts if cut < values.max()}))


def _sorted_name(name: str) -> str:
    """'s-Gravenhage stands under the g."""
    plain = name.casefold()
    return plain[3:] if plain.startswith(("'s-", "'t ")) else plain
