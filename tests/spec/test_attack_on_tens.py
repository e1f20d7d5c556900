"""A table of its own base, 84066NED in tens: the attack takes its draws for what they are, and finds nothing in it."""

from __future__ import annotations

import polars as pl

from gmsd.attack import audit, guess, method_of
from gmsd.attack.method import CELLS, PublicRelease
from gmsd.checking import pseudonymise, read_records_of
from gmsd.counting import count_contents, half_year_arrangements, year_arrangements
from gmsd.demo.other_laws import benefit_delivery
from gmsd.disclosure import Protection
from gmsd.figures import inhabitants_of, participation_by_period, periods
from gmsd.releases.cells import shown_contents, table_cells
from gmsd.rounds import HalfYear, Participation
from gmsd.tables import tables_of
from tests.support import synthetic_release as published

LAW, H1, H2 = "participatie", HalfYear(2019, 1), HalfYear(2019, 2)
PLACES = ("0301", "0339", "0448", "0281", "0917", "0355", "0088", "0093")
KEY = b"a key of thirty-two bytes, thirty"[:32]


def counts() -> pl.DataFrame:
    """True counts of the year: `period`, `municipality`, `content`, `value`."""
    frames = []
    for code in PLACES:
        for half in (H1, H2):
            records = pseudonymise(read_records_of(benefit_delivery(6, code, half).data, half, LAW), b"k" * 32)
            used = half_year_arrangements(records, half, other_filled=lambda: True, counting="benefits").used
            frames.append(used.with_columns(municipality=pl.lit(code), half=pl.lit(half.half, pl.Int8)))
    (table,) = tables_of(LAW)
    year = year_arrangements(pl.concat(frames), frozenset(), "benefits")
    found = count_contents(year, table.contents(H2).values(), first_day=H1.first_day, last_day=H2.last_day)
    grid = pl.DataFrame({"municipality": PLACES}).join(pl.DataFrame({"content": list(table.contents(H2))}), how="cross")
    full = grid.join(found, on=["municipality", "content"], how="left").with_columns(pl.col("value").fill_null(0))
    return full.select(pl.lit("2019JJ00").alias("period"), "municipality", "content", "value")


def test_nothing_is_found_in_a_release_of_tens() -> None:
    (table,) = tables_of(LAW)
    of_law = tuple(each for each in periods([H1, H2]) if each.is_of(table))
    protection = Protection(base=table.base, smallest_shown=table.smallest_shown, first_shown=table.first_shown)
    assert (protection.thresholds, protection.last_sometimes_secret, protection.largest_difference) == (5, 11, 9)
    true, people = counts(), inhabitants_of(of_law)
    stands = participation_by_period(of_law, {str(half): dict.fromkeys(PLACES, Participation.DELIVERED) for half in (H1, H2)})
    shown = shown_contents(LAW, true, stands, people, {table.table_id: protection}, KEY, law_periods=of_law)
    cells = table_cells(table, of_law, shown, people, protection).with_columns(table_id=pl.lit(table.table_id)).select(list(CELLS))
    value = shown.filter(pl.col("region") != "NL01").join(
        true.with_columns(region=pl.format("GM{}", "municipality")), on=["region", "content"]
    )
    assert value.height == true.height
    told = value.filter(pl.col("shown").is_not_null())
    assert ((told["shown"] - told["value"]).abs() <= 9).all()
    assert (told["shown"] % 10 == 0).all()
    assert (value.filter(pl.col("shown").is_null())["value"] <= 11).all()

    delivered = pl.DataFrame({"period": "2019JJ00", "region": [f"GM{code}" for code in PLACES]})
    release = PublicRelease("r1", cells, people, delivered=delivered)
    years = {"2019JJ00": (H1.statline, H2.statline)}
    how = method_of([table], [H1, H2], dict.fromkeys(table.contents(H2), protection), nested=(), years=years)
    known = published.truth([("r1", true)])
    result = audit([release], how, known, processes=1)
    assert result.passed, (result.faults[:2], result.disclosed[:2])
    assert result.cells == true.height
    assert guess([release], how, known).passed
