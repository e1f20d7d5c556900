"""Hiding what tells a count: until nothing is told, and without losing sight of what else is wrong."""

from __future__ import annotations

import polars as pl

from gmsd.attack import CELLS, AuditResult, Method, PublicRelease, Truth, repair
from gmsd.attack.hiding import REPAIR
from gmsd.attack.method import TRUTH, PublishedColumn, Rounding
from gmsd.tables import Content

H1 = "2019HJ01"
RULE = Rounding(base=5, smallest_shown=10, first_shown=8, keyed=False, secret=False)
CONTENTS = (Content("A", "begin", frozenset({1})), Content("B", "begin", frozenset({2})), Content("W", "begin", frozenset({1, 2})))
METHOD = Method(CONTENTS, tuple(PublishedColumn("T1", "count", n, n, n, RULE) for n in "ABW"), {}, continuity=False)
NOBODY = pl.DataFrame(schema={"period": pl.String, "municipality": pl.String, "inhabitants": pl.Int64})
# Of 0001 the whole less the other part leaves 6 and 7 for the part that is missing.
TRUE = {"GM0001": {"A": 7, "B": 41, "W": 48}, "GM0002": {"A": 20, "B": 80, "W": 100}}
SHOWN: dict[str, dict[str, int | None]] = {"GM0001": {"A": None, "B": 40, "W": 50}, "GM0002": {"A": 20, "B": 80, "W": 100}}


def released(shown: dict[str, dict[str, int | None]], hidden: pl.DataFrame | None = None) -> PublicRelease:
    gone = set() if hidden is None else set(hidden.select("region", "content").iter_rows())
    rows = [
        ("T1", "count", H1, place, name, None if (place, name) in gone else value)
        for place, held in shown.items()
        for name, value in held.items()
    ]
    cells = pl.DataFrame(rows, schema=CELLS, orient="row")
    repaired = pl.DataFrame(schema=REPAIR) if hidden is None else hidden
    return PublicRelease("r1", cells, NOBODY, delivered=cells.select("period", "region").unique(), repaired=repaired)


def repaired(shown: dict[str, dict[str, int | None]]) -> tuple[AuditResult, pl.DataFrame]:
    truth = pl.DataFrame(
        [("r1", name, H1, place, value) for place, held in TRUE.items() for name, value in held.items()], schema=TRUTH, orient="row"
    )
    repaired = repair([released(shown)], METHOD, lambda hidden: released(shown, hidden), Truth(truth), processes=1)
    return repaired.result, repaired.hidden


def test_what_tells_a_count_is_hidden_until_nothing_does() -> None:
    result, hidden = repaired(SHOWN)
    assert (result.passed, result.repaired) == (True, hidden.height)
    assert set(hidden["region"]) == {"GM0001"}


def test_a_fault_of_another_municipality_is_not_forgotten_when_one_is_repaired() -> None:
    wrong = {**SHOWN, "GM0002": {**SHOWN["GM0002"], "W": 150}}
    result, hidden = repaired(wrong)
    assert hidden.height
    assert not result.disclosed
    assert [(fault.kind, fault.where) for fault in result.faults] == [("figure", "GM0002")]
    assert not result.passed
