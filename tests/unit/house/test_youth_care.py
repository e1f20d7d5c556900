"""The table of youth care under the attack: nothing is told as it is protected, and what would tell a count is found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from gmsd.attack import CELLS, AuditResult, PublicRelease, Truth, audit, method_of
from gmsd.attack.method import TRUTH
from gmsd.demo.other_laws import youth_deliveries
from gmsd.disclosure import NATION, Protection
from gmsd.figures import inhabitants_of, participation_by_period, periods
from gmsd.reference import inhabitants, municipalities, printed_trait
from gmsd.reference.ages import AGES_DAY
from gmsd.releases.cells import shown_contents, table_cells
from gmsd.rounds import HalfYear, Participation
from gmsd.tables import ages_of, contents_of, table_of
from tests.support import slow_youth as slow

if TYPE_CHECKING:
    from collections.abc import Sequence

LAW, TABLES = "jeugd", (table_of("84134NED"), table_of("85098NED"))
TABLE = TABLES[0]
HALVES = (HalfYear(2019, 1), HalfYear(2019, 2))
PERIODS = periods(HALVES)
PLACES = sorted(municipalities(HALVES[0]), key=lambda code: inhabitants(code, HALVES[0]))[:40]
NAMES = {"clients": "jeugd|{}", "arrangements": "jeugd|all|{}"}


@cache
def counted() -> pl.DataFrame:
    rows = []
    for code in PLACES:
        first, second = (
            [line for each in youth_deliveries(6, code, half) for line in slow.lines_of(each.data, half.first_day, half.last_day)]
            for half in HALVES
        )
        for period, lines in zip(PERIODS, (first, second, slow.of_a_year(first, second)), strict=True):
            for form in slow.FORMS:
                rows += [(period.key, code, NAMES[unit].format(form), value) for unit, value in slow.counts(lines, form).items()]
            rows += [(period.key, code, NAMES["clients"].format(form), slow.persons(lines, form)) for form in slow.BOTH]
    return pl.DataFrame(
        rows, schema={"period": pl.String, "municipality": pl.String, "content": pl.String, "value": pl.Int64}, orient="row"
    )


PEOPLE = inhabitants_of(PERIODS, ages_of(LAW))


def cells(how: Protection) -> pl.DataFrame:
    stands = participation_by_period(PERIODS, {str(half): dict.fromkeys(PLACES, Participation.DELIVERED) for half in HALVES})
    protections = {table.table_id: how for table in TABLES}
    shown = shown_contents(LAW, counted(), stands, PEOPLE, protections, bytes(range(32)), law_periods=PERIODS)
    made = [
        table_cells(table, PERIODS, shown, PEOPLE, how).select(pl.lit(table.table_id).alias("table_id"), *list(CELLS)[1:])
        for table in TABLES
    ]
    return pl.concat(made)


def attacked(how: Protection, found: pl.DataFrame, among: Sequence[str] = PLACES) -> AuditResult:
    contents = contents_of(LAW, HALVES[1])
    method = method_of(TABLES, HALVES, dict.fromkeys(contents, how), nested=(), years={"2019JJ00": ("2019HJ01", "2019HJ02")})
    places = pl.DataFrame({"period": [each.key for each in PERIODS]}).join(
        pl.DataFrame({"region": [f"GM{each}" for each in among]}), how="cross"
    )
    true = (
        counted()
        .filter(pl.col("municipality").is_in(among))
        .select(pl.lit("r1").alias("release_id"), "content", "period", pl.format("GM{}", "municipality").alias("region"), "value")
    )
    return audit([PublicRelease("r1", found, PEOPLE, delivered=places)], method, Truth(true.select(list(TRUTH))), processes=1)


def test_nothing_is_disclosed_of_forms_persons_and_trajectories_in_halves_and_year() -> None:
    how = Protection()
    result = attacked(how, cells(how))
    assert not result.faults, result.faults[:3]
    assert not result.disclosed, result.disclosed[:3]
    assert result.cells == 3 * len(PLACES) * (2 * len(slow.FORMS) + len(slow.BOTH))


def test_rounding_to_the_nearest_with_a_threshold_that_everybody_knows_is_found_out() -> None:
    how = Protection(rounding="nearest", threshold="fixed")
    assert attacked(how, cells(how)).disclosed


def test_a_rate_of_the_true_count_is_found_out() -> None:
    how = Protection()
    rate = TABLE.rates[0]
    true = (
        counted()
        .filter(~pl.col("content").str.starts_with("jeugd|all|"))
        .select(
            "period",
            pl.format("GM{}", "municipality").alias("region"),
            group_code=pl.col("content").str.strip_prefix("jeugd|"),
            true="value",
        )
    )
    people = PEOPLE.select("period", pl.format("GM{}", "municipality").alias("region"), under="under_23")
    told = (2 * 1000 * pl.col("true") + pl.col("under")) // (2 * pl.col("under"))
    keys = ["period", "region", "group_code"]
    leaky = (
        cells(how)
        .join(true, on=keys, how="left")
        .join(people, on=["period", "region"], how="left")
        .with_columns(value=pl.when((pl.col("measure") == rate.key) & pl.col("value").is_not_null()).then(told).otherwise("value"))
    )
    few = PLACES[:2]
    here = leaky.filter(pl.col("region").is_in([f"GM{each}" for each in few])).select(list(CELLS))
    result = attacked(how, here, few)
    assert "rate" in {fault.kind for fault in result.faults}
    assert result.disclosed


def test_rates_are_of_shown_counts_over_the_ages_or_the_young_people_that_they_are_set_against() -> None:
    how = replace(Protection(), coverage=0)
    found = {tuple(row[:5]): row[5] for row in cells(how).iter_rows()}
    every = {name: printed_trait(name, AGES_DAY) for name in ("inhabitants", "age_0_9", "age_10_19", "age_20_29")}
    seen = 0
    rated = [(TABLES[0], form, "under_23") for form in slow.FORMS] + [(TABLES[1], *each) for each in slow.INDICATORS.items()]
    for (table, form, of), period in product(rated, ("2019HJ02", "2019JJ00")):
        count, rate = table.counts[0].key, table.rates[0].key
        shown = {code: found[table.table_id, count, period, f"GM{code}", form] for code in PLACES}
        told = {code: value for code, value in shown.items() if value is not None}
        if of in slow.AGES:
            base = {
                code: slow.aged(
                    of,
                    inhabitants(code, HALVES[1]),
                    int(every["inhabitants"][code]),
                    {name: int(each[code]) for name, each in every.items()},
                )
                for code in told
            }
            of_nation = sum(base.values())
        else:
            base = {code: found[table.table_id, count, period, f"GM{code}", of] for code in told}
            of_nation = found[table.table_id, count, period, NATION, of]
        if told:
            assert found[table.table_id, count, period, NATION, form] == sum(told.values())
            assert found[table.table_id, rate, period, NATION, form] == min(
                slow.per_thousand(sum(told.values()), of_nation), 1000 if of not in slow.AGES else 10**9
            )
        for code, value in told.items():
            wanted = None if base[code] is None else slow.per_thousand(value, base[code])
            if wanted is not None and of not in slow.AGES:
                wanted = min(wanted, 1000)
            assert found[table.table_id, rate, period, f"GM{code}", form] == wanted
            seen += 1
    assert seen > 300


def test_the_same_count_is_the_same_figure_in_both_tables() -> None:
    made = cells(Protection())
    one, other = (
        made.filter((pl.col("table_id") == table.table_id) & (pl.col("measure") == table.counts[0].key)).drop("table_id", "measure")
        for table in TABLES
    )
    both = one.join(other, on=["period", "region", "group_code"], suffix="_there")
    assert both.height == 3 * 4 * (one["region"].n_unique())
    assert both["value"].equals(both["value_there"])
