"""What is shown of one municipality in one period: cards, every figure beside others', how it went over time, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from gmsd.disclosure import NATION
from gmsd.readers.cube import Computed
from gmsd.readers.places import of_size_class, size_class_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.figures import Period
    from gmsd.readers.cube import Cube, Figure
    from gmsd.readers.edition import Edition
    from gmsd.tables import Measure

GroupOf: TypeAlias = Callable[[str, "Period"], tuple[str, ...]]
"""(region, period) -> the municipalities that it is compared with; none where it is comparable with nobody."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of a municipality, beside the nation's, and the means of its size class and of its comparison group."""

    title: str
    own: Figure
    nation: Figure
    of_size: Computed
    of_group: Computed


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a table in one period: a row for each group."""

    measure: Measure
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One period of a development, with the change since the period of the same kind before it; None of the first."""

    period: Period
    figure: Figure
    change: Computed | None


@dataclass(frozen=True, slots=True)
class Development:
    """How a figure went over half-years, and apart from that over years."""

    measure: Measure
    group: str
    halves: tuple[Moment, ...]
    years: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class TableOfPlace:
    """Everything that one table shows of a municipality.

    Attributes:
        cube: The table's cells.
        period: The period; None when the table has none for what was asked.
        topics: By topic.
        developments: Of the table's first group, by topic.
    """

    cube: Cube
    period: Period | None
    topics: tuple[Topic, ...]
    developments: tuple[Development, ...]

    @property
    def card(self) -> tuple[FigureRow, FigureRow | None] | None:
        """The first topic and its rate, of the first group; None without a period."""
        if not self.topics:
            return None
        rate = next((each for each in self.topics if each.measure.kind == "rate"), None)
        return self.topics[0].rows[0], None if rate is None else rate.rows[0]

    @property
    def changed(self) -> list[FigureRow]:
        """The rows whose figure is another or newly shown since the release before."""
        return [row for topic in self.topics for row in topic.rows if row.own.was is not None or row.own.is_new]


def sections_of(edition: Edition, region: str, period: Period, group_of: GroupOf | None = None) -> tuple[TableOfPlace, ...]:
    """What every table of a release with municipalities shows of one of them.

    A table without the period gets the year of it, or its newest half-year, whichever it has.
    """
    return tuple(_section(edition, cube, region, period, group_of) for cube in edition.cubes.values() if cube.has_municipalities)


def _section(edition: Edition, cube: Cube, region: str, asked: Period, group_of: GroupOf | None) -> TableOfPlace:
    period = cube.period(asked.key) or next((each for each in reversed(cube.periods) if each.year == asked.year), None)
    if period is None:
        return TableOfPlace(cube, None, (), _developments(cube, region))
    before = edition.before.get(cube.table.table_id)
    size = size_class_of(region, period.reference)
    alike = of_size_class(size, period.reference) if size else ()
    group = group_of(region, period) if group_of else ()
    topics = []
    for measure in cube.measures:
        rows = []
        for key, title in cube.groups.items():
            about = (measure.key, key, period.key)
            own, nation = cube.figure(*about, region, before), cube.figure(*about, NATION)
            rows.append(FigureRow(title, own, nation, cube.mean(*about, alike), cube.mean(*about, group)))
        topics.append(Topic(measure, tuple(rows)))
    return TableOfPlace(cube, period, tuple(topics), _developments(cube, region))


def _developments(cube: Cube, region: str) -> tuple[Development, ...]:
    group = cube.main_group
    return tuple(
        Development(
            measure,
            group,
            _steps(cube, measure.key, group, region, [each for each in cube.periods if not each.is_year]),
            _steps(cube, measure.key, group, region, [each for each in cube.periods if each.is_year]),
        )
        for measure in cube.measures
    )


def _steps(cube: Cube, measure: str, group: str, region: str, periods: Sequence[Period]) -> tuple[Moment, ...]:
    steps: list[Moment] = []
    for period in periods:
        figure = cube.figure(measure, group, period.key, region)
        steps.append(Moment(period, figure, _change(steps[-1].figure, figure) if steps else None))
    return tuple(steps)


def _change(last: Figure, now: Figure) -> Computed:
    about = (now.table, now.measure, now.group, now.period, "change")
    if last.value is None or now.value is None:
        return Computed(*about, None, (), "geen_levering", now.region)
    return Computed(*about, float(now.value - last.value), (last.period, now.period), "", now.region)
