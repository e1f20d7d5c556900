"""The table of youth care under the attack: nothing is told as it is protected, and what would tell a count is found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
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
from gmsd.tables import ages_of, table_of
from tests.support import slow_youth as slow

if TYPE_CHECKING:
    from collections.abc import Sequence

LAW, TABLE = "jeugd", table_of("84134NED")
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
    return pl.DataFrame(
        rows, schema={"period": pl.String, "municipality": pl.String, "content": pl.String, "value": pl.Int64}, orient="row"
    )


PEOPLE = inhabitants_of(PERIODS, ages_of(LAW))


def cells(how: Protection) -> pl.DataFrame:
    stands = participation_by_period(PERIODS, {str(half): dict.fromkeys(PLACES, Participation.DELIVERED) for half in HALVES})
    shown = shown_contents(LAW, counted(), stands, PEOPLE, {TABLE.table_id: how}, bytes(range(32)), law_periods=PERIODS)
    return table_cells(TABLE, PERIODS, shown, PEOPLE, how).select(pl.lit(TABLE.table_id).alias("table_id"), *list(CELLS)[1:])


def attacked(how: Protection, found: pl.DataFrame, among: Sequence[str] = PLACES) -> AuditResult:
    contents = TABLE.contents(HALVES[1])
    method = method_of([TABLE], HALVES, dict.fromkeys(contents, how), nested=(), years={"2019JJ00": ("2019HJ01", "2019HJ02")})
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
    assert result.cells == 3 * len(PLACES) * 2 * len(slow.FORMS)


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
    few = PLACES[:5]
    here = leaky.filter(pl.col("region").is_in([f"GM{each}" for each in few])).select(list(CELLS))
    result = attacked(how, here, few)
    assert "rate" in {fault.kind for fault in result.faults}
    assert result.disclosed


def test_the_country_is_the_sum_of_what_is_shown_over_those_under_23_of_the_same_places() -> None:
    how = replace(Protection(), coverage=1)
    found = {(row[1], row[3], row[2], row[4]): row[5] for row in cells(how).iter_rows()}
    count, rate = TABLE.counts[0].key, TABLE.rates[0].key
    ages = {name: printed_trait(name, AGES_DAY) for name in slow.UNDER_23}
    everybody = printed_trait("inhabitants", AGES_DAY)
    for form in ("JZ", "JH122"):
        shown = {code: found[count, f"GM{code}", "2019HJ02", form] for code in PLACES}
        told = {code: value for code, value in shown.items() if value is not None}
        under = {
            code: slow.under_23(inhabitants(code, HALVES[1]), int(everybody[code]), {name: int(each[code]) for name, each in ages.items()})
            for code in told
        }
        assert found[count, NATION, "2019HJ02", form] == sum(told.values())
        assert found[rate, NATION, "2019HJ02", form] == slow.per_thousand(sum(told.values()), sum(under.values()))
        for code, value in told.items():
            assert found[rate, f"GM{code}", "2019HJ02", form] == slow.per_thousand(value, under[code])
