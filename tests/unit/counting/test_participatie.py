"""Benefits from lines, against a count in plain Python, on drawn lines and on generated files."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.checking import pseudonymise, read_records_of
from gmsd.counting import count_contents, half_year_arrangements, year_arrangements
from gmsd.demo.other_laws import benefit_delivery
from gmsd.rounds import HalfYear
from gmsd.tables import table_of
from tests.support import slow_benefits as slow

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
DAYS = st.dates(dt.date(2018, 12, 1), dt.date(2019, 12, 31))
LINES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from((1, 2)), DAYS, st.none() | st.integers(0, 90)).map(
        lambda drawn: (
            None if drawn[0] == 0 else drawn[0], drawn[1], drawn[2], None if drawn[3] is None else drawn[2] + dt.timedelta(days=drawn[3])
        )
    ),
    max_size=12,
)  # fmt: skip
SCHEMA = {"person": pl.Int64, "product_category": pl.Int16, "start_date": pl.Date, "end_date": pl.Date}


def spells(lines) -> list[slow.Spell]:
    return [slow.Spell(slow.NOBODY if person is None else str(person), str(kind), start, end) for person, kind, start, end in lines]


def as_spells(joined: pl.DataFrame) -> list[slow.Spell]:
    return spells(joined.select("person", "product_category", "start_date", "end_date").iter_rows())


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_lines_make_the_benefits_that_a_plain_count_makes(first, second):
    both = {}
    for half, lines in ((H1, first), (H2, second)):
        found = half_year_arrangements(
            pl.DataFrame(lines, schema=SCHEMA, orient="row"), half, other_filled=lambda: True, counting="benefits"
        )
        in_scope = [line for line in spells(lines) if line.start <= half.last_day and (line.end is None or line.end >= half.first_day)]
        assert found.joined["records"].sum() == found.used.height == len(in_scope)
        assert sorted(as_spells(found.joined), key=repr) == sorted(slow.benefits(in_scope), key=repr)
        both[half] = found.used.with_columns(municipality=pl.lit("0518"), half=pl.lit(half.half, pl.Int8)), in_scope
    frames, lines = zip(*both.values(), strict=True)
    year = year_arrangements(pl.concat(frames), frozenset(), "benefits")
    assert sorted(as_spells(year), key=repr) == sorted(slow.benefits(slow.of_a_year(*lines)), key=repr)


@pytest.mark.parametrize("code", ["0301", "0448"])
def test_generated_files_count_as_a_plain_count_has_it(code):
    table = table_of("84066NED")
    frames, lines = [], []
    for half in (H1, H2):
        data = benefit_delivery(4, code, half).data
        records = pseudonymise(read_records_of(data, half, "participatie"), b"k" * 32)
        used = half_year_arrangements(records, half, other_filled=lambda: True, counting="benefits").used
        frames.append(used.with_columns(municipality=pl.lit(code), half=pl.lit(half.half, pl.Int8)))
        lines.append(slow.lines_of(data, half.first_day, half.last_day))
    year = year_arrangements(pl.concat(frames), frozenset(), "benefits")
    counted = count_contents(year, table.contents(H2).values(), first_day=H1.first_day, last_day=H2.last_day)
    expected = slow.counts(slow.benefits(slow.of_a_year(*lines)), "1", H1.first_day, H2.last_day)
    names = {table.content(measure, table.groups(H2)[0]).name: measure.of for measure in table.counts}
    assert {names[content]: value for content, value in counted.select("content", "value").iter_rows()} == expected
    assert min(expected.values()) > 10
