"""One summary set beside others and its own past: where a municipality stands, what is worth a look, what could not be looked at."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gmsd.dutch import dutch_date, dutch_half_year
from gmsd.op_orde.beside import PASTS, Beside
from gmsd.op_orde.measures import CountedRows, counted, measured
from gmsd.op_orde.peers import NEAREST, Peers, choose_nearest, choose_peers, day_of, inhabitants_known, members, sizes_among
from gmsd.op_orde.remarks import MOST, Remark, remarks_on
from gmsd.op_orde.spread import FEWEST_FOR_LIMITS, FEWEST_OTHERS
from gmsd.op_orde.summary import OpOrdeSummary, plain
from gmsd.reference import municipalities
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from gmsd.op_orde.measures import MeasuredTable
    from gmsd.op_orde.spread import Bounds

Three = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Past:
    """What a municipality delivered before, as stored summaries (JSON); None where it has none.

    Attributes:
        half_year: In force of the half-year before.
        last_year: In force of the same half of the year before.
        delivery: The accepted delivery of the same half-year before this one.
    """

    half_year: str | None = None
    last_year: str | None = None
    delivery: str | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One line of a table.

    Attributes:
        code: What is counted.
        label: The same in words.
        value: This municipality's count.
        rate: Per 1,000 inhabitants, or percent.
        quartiles: Of that rate in its size class, in whole numbers.
        nearest: The same of the twenty nearest in inhabitants.
        distance: How far the rate is from the median of the size class, in median absolute deviations, to a tenth.
        expected: Between which counts nineteen of twenty municipalities of its size would be.
        outside: Whether the count is outside those (`near`), outside what one in five hundred would be (`far`), or within (None).
        previous: Its count of the half-year before.
        last_year: Of the same half of the year before.
        earlier: Of its previous delivery of this half-year.
        previous_rate: The rates of those.
        last_year_rate: The same.
        earlier_rate: The same.
    """

    code: str
    label: str
    value: int
    rate: float | None
    quartiles: Three | None
    nearest: Three | None
    distance: float | None
    expected: tuple[int, int] | None
    outside: str | None
    previous: int | None
    last_year: int | None
    earlier: int | None
    previous_rate: float | None
    last_year_rate: float | None
    earlier_rate: float | None

    @property
    def place(self) -> str | None:
        """Where the rate stands among the quartiles of the size class: `lager`, `midden`, `hoger`, or nothing to say."""
        if self.rate is None or self.quartiles is None:
            return None
        whole = math.floor(self.rate + 0.5)
        return "lager" if whole < self.quartiles[0] else "hoger" if whole > self.quartiles[2] else "midden"


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """A table of the report; its rates are `per_1000` inhabitants or a `share` in percent."""

    name: str
    title: str
    unit: str
    rows: tuple[ComparisonRow, ...]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """Arrangements that run: what the half-year begins with, plus who enters, less who leaves, is what runs on.

    Attributes:
        carried: What ran on after the half-year before, by what was delivered of it; None without.
        begin: What this file begins with.
        started: Began in the half-year.
        ended: Ended in it.
        standing: Runs on after it.
    """

    carried: int | None
    begin: int
    started: int
    ended: int
    standing: int

    @property
    def difference(self) -> int | None:
        """What this file begins with, less what ran on before."""
        return None if self.carried is None else self.begin - self.carried


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """A look that could not be taken, and why, in Dutch."""

    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpOrdeReport:
    """All that the op-orde report of one delivery shows."""

    summary: OpOrdeSummary
    inhabitants: int | None
    inhabitants_date: str
    peers: Peers
    tables: tuple[ComparisonTable, ...]
    remarks: tuple[Remark, ...]
    more_remarks: int
    stock: Stock
    not_run: tuple[NotLookedAt, ...]
    previous: str | None
    last_year: str | None
    earlier: str | None

    @property
    def attention(self) -> tuple[str, ...]:
        """The sentences of the remarks."""
        return tuple(remark.sentence for remark in self.remarks)

    def to_json(self) -> dict[str, Any]:
        """Give the report as plain data, with the place of each row spelled out; of the others it holds quartiles and limits only."""
        summary = self.summary.to_json()
        tables = [{**plain(table), "rows": [{**plain(row), "place": row.place} for row in table.rows]} for table in self.tables]
        return {
            "schema": summary.pop("schema"),
            **plain(self),
            "summary": summary,
            "peers": plain(self.peers),
            "tables": tables,
            "remarks": [plain(remark) for remark in self.remarks],
            "stock": {**plain(self.stock), "difference": self.stock.difference},
            "not_run": [plain(each) for each in self.not_run],
        }


def compare(
    summary: OpOrdeSummary,
    others: Iterable[str],
    *,
    past: Past | None = None,
    delivered: int | None = None,
    expected: int | None = None,
    made_again: date | None = None,
) -> OpOrdeReport:
    """Set a summary beside those of other municipalities and beside its own earlier ones.

    Args:
        summary: The delivery reported on.
        others: The stored summaries (JSON of `OpOrdeSummary.to_json`) accepted at this moment; those of `peers_among` are enough. Those of
            the same municipality or of another half-year are left out.
        past: What the municipality delivered before.
        delivered: How many other municipalities have delivered, when not all of their summaries are given.
        expected: How many municipalities beside this one could deliver; by default all that exist in the half-year.
        made_again: The last day on which a report is made again that could not be set beside others enough; None when it is not.
    """
    half_year, past = HalfYear.parse(summary.half_year), past or Past()
    size = inhabitants_known(summary.municipality, half_year)
    read = [counted(each, summary.law, half_year) for each in others]
    stored = {each.municipality: each for each in read if each.half_year == summary.half_year and each.municipality != summary.municipality}
    sizes = sizes_among(half_year, stored)
    classes, in_class = choose_peers(size, sizes) if size is not None else ((), ())
    nearest = choose_nearest(size, sizes) if size is not None else ()
    possible = len(municipalities(half_year).keys() - {summary.municipality}) if expected is None else expected
    near_sizes = [sizes[code] for code in nearest]
    peers = Peers(
        classes,
        len(in_class),
        max(len(in_class), sum(members(half_year)[each] for each in classes) - 1) if classes else 0,
        len(nearest),
        round(min(near_sizes), -2) if near_sizes else None,
        round(max(near_sizes), -2) if near_sizes else None,
        len(stored) if delivered is None else delivered,
        possible,
    )
    pasts = {name: counted(text, summary.law, half_year) for name in PASTS if (text := getattr(past, name)) is not None}
    of = measured(summary.law, half_year)
    own = CountedRows.of(summary.to_json(), of, half_year)
    beside = Beside(of, own, pasts, [stored[code] for code in in_class], [stored[code] for code in nearest])
    remarks = remarks_on(beside, summary, half_year)
    return OpOrdeReport(
        summary=summary,
        inhabitants=size,
        inhabitants_date=day_of(summary.municipality, half_year).isoformat(),
        peers=peers,
        tables=_tables(of.tables, beside),
        remarks=remarks[:MOST],
        more_remarks=max(0, len(remarks) - MOST),
        stock=Stock(
            beside.count("standing", "half_year") if "half_year" in pasts else None,
            summary.arrangements - summary.started,
            summary.started,
            summary.ended,
            summary.standing,
        ),
        not_run=tuple(_not_run(peers, size, pasts.keys(), half_year, made_again)),
        previous=pasts["half_year"].half_year if "half_year" in pasts else None,
        last_year=pasts["last_year"].half_year if "last_year" in pasts else None,
        earlier=json.loads(past.delivery)["delivery_id"] if past.delivery is not None else None,
    )


def _not_run(peers: Peers, size: int | None, pasts: Iterable[str], half_year: HalfYear, made_again: date | None) -> Sequence[NotLookedAt]:
    found = []
    later = (
        ""
        if made_again is None
        else f" Elke dag wordt gekeken of het kan; dan maken wij dit rapport opnieuw, op zijn laatst op {dutch_date(made_again)}."
    )
    if size is None:
        found.append(NotLookedAt("Per 1.000 inwoners en naast andere gemeenten", "Het aantal inwoners van uw gemeente is niet bekend."))
    elif not peers.enough:
        there = f"Er hebben nog te weinig andere gemeenten geleverd: {peers.delivered} van {peers.expected}."
        needed = f" Er zijn er minstens {FEWEST_OTHERS} nodig."
        found.append(NotLookedAt("Naast gemeenten van uw grootte, en naast de twintig die het dichtst bij u staan", there + needed + later))
    largest = max(peers.count, peers.nearest)
    if size is not None and peers.count < FEWEST_FOR_LIMITS:
        check = "Hoe ver u van het midden zit" + (", en welk aantal te verwachten is" if largest < FEWEST_FOR_LIMITS else "")
        there = f"Daarvoor zijn minstens {FEWEST_FOR_LIMITS} gemeenten van uw grootte nodig; er zijn er {peers.count} van {peers.members}."
        found.append(NotLookedAt(check, there + (later if peers.members >= FEWEST_FOR_LIMITS else "")))
    if size is not None and peers.enough and peers.nearest < NEAREST:
        found.append(NotLookedAt("Naast twintig gemeenten", f"Er zijn er nog maar {peers.nearest} van {NEAREST}.{later}"))
    for name, check, back in (
        ("half_year", "Naast uw vorige halfjaar, en of de stand aansluit", 1),
        ("last_year", "Naast hetzelfde halfjaar van vorig jaar", 2),
    ):
        if name not in pasts:
            before = half_year.previous if back == 1 else half_year.previous.previous
            found.append(NotLookedAt(check, f"Van het {dutch_half_year(before)} zijn geen gegevens van uw gemeente in gebruik."))
    return found


def _tables(tables: Sequence[MeasuredTable], beside: Beside) -> tuple[ComparisonTable, ...]:
    """The rows of every table from the columns of numbers; a variable that the delivery's layout does not have is no row."""
    own, limits = beside.own, beside.limits
    expected = zip(_known(np.ceil(limits.near[0])), _known(np.floor(limits.near[1])), strict=True)
    columns = (
        _whole(own.values),
        _known(own.rates),
        _threes(beside.classes.quartiles),
        _threes(beside.nearest.quartiles),
        _known(np.round(beside.distances, 1)),
        [None if low is None or high is None else (int(low), int(high)) for low, high in expected],
        _outside(own.values, limits),
        *([None] * len(own.values) if name not in beside.pasts else _whole(beside.pasts[name].values) for name in PASTS),
        *([None] * len(own.values) if name not in beside.pasts else _known(beside.pasts[name].rates) for name in PASTS),
    )
    each = zip(*columns, strict=True)
    made = []
    for table in tables:
        rows = [(row, next(each)) for row in table.rows]
        found = tuple(ComparisonRow(row.code, row.label, *cells) for row, cells in rows if cells[0] is not None)
        made.append(ComparisonTable(table.name, table.title, table.unit, found, table.explanation))
    return tuple(made)


def _known(numbers: NDArray[np.float64]) -> list[float | None]:
    return [None if number != number else number for number in numbers.tolist()]  # noqa: PLR0124 - only nan is not itself


def _whole(numbers: NDArray[np.float64]) -> list[int | None]:
    return [None if number is None else int(number) for number in _known(numbers)]


def _threes(quartiles: NDArray[np.float64]) -> list[Three | None]:
    """Quartiles in whole numbers, rounded half up as readers do."""
    whole = _whole(np.floor(quartiles[0] + 0.5)), _whole(np.floor(quartiles[1] + 0.5)), _whole(np.floor(quartiles[2] + 0.5))
    return [
        None if low is None or middle is None or high is None else (low, middle, high) for low, middle, high in zip(*whole, strict=True)
    ]


def _outside(values: NDArray[np.float64], limits: Bounds) -> list[str | None]:
    near = (values < limits.near[0]) | (values > limits.near[1])
    far = (values < limits.far[0]) | (values > limits.far[1])
    return ["far" if most else "near" if some else None for some, most in zip(near.tolist(), far.tolist(), strict=True)]
