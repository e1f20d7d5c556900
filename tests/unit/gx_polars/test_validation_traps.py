"""Traps between polars, pandas and a cache: each of these once gave a wrong answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import polars as pl
import pytest
from great_expectations.expectations.row_conditions import Column

import gx_polars
from tests.parity.compare import differences, ours, raised, theirs
from tests.parity.rules import Case

pytestmark = pytest.mark.filterwarnings("ignore")
HOURS = pl.Series([dt.datetime(2020, 1, 1, hour) for hour in range(4)])  # noqa: DTZ001  the zone is set below
FRAME = pl.DataFrame(
    {
        "line": [2, 3, 4, 5],
        "code": ["10", "20", "x", "10"],
        "whole": [10, 20, 30, 10],
        "large": pl.Series([2**31 - 1] * 4, dtype=pl.Int32),
        "larger": pl.Series([2**32 - 1] * 4, dtype=pl.UInt32),
        "zero": [0.0, -0.0, 1.5, -1.5],
        "moment": HOURS.dt.replace_time_zone("Europe/Amsterdam"),
    }
)
COMPLETE: dict[str, Any] = {"result_format": "COMPLETE", "partial_unexpected_count": 20, "unexpected_index_column_names": ["line"]}


def suite(*rules: Any) -> gx.ExpectationSuite:
    return gx.ExpectationSuite(name="traps", expectations=list(rules))


@pytest.mark.parametrize(
    "rule",
    [
        gxe.ExpectColumnSumToBeBetween(column="large", max_value=0),
        gxe.ExpectColumnSumToBeBetween(column="larger", max_value=0),
        gxe.ExpectColumnValuesToBeBetween(column="moment", min_value="2020-01-01T01:00:00+00:00"),
        gxe.ExpectColumnValuesToBeBetween(column="moment", max_value="2019-12-31T20:00:00-05:00", strict_max=True),
        gxe.ExpectColumnMaxToBeBetween(column="moment", max_value="2020-01-01T01:00:00+00:00"),
        gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[np.int64(10), Decimal(20)]),
        gxe.ExpectColumnValuesToNotBeInSet(column="zero", value_set=[np.float32(1.5), Decimal("-1.5")]),
        gxe.ExpectColumnPairValuesToBeInSet(column_A="line", column_B="whole", value_pairs_set=[(np.int64(2), np.int8(10))]),
        gxe.ExpectColumnDistinctValuesToContainSet(column="whole", value_set=[np.int64(10), np.int64(11)]),
        gxe.ExpectColumnValuesToBeInSet(column="code", value_set=["10"], row_condition=Column("whole") < 10**40),
        gxe.ExpectColumnValueLengthsToEqual(column="zero", value=4),
        gxe.ExpectColumnValuesToMatchRegex(column="zero", regex="^-"),
        gxe.ExpectColumnValuesToBeInSet(column="CODE", value_set=["10"]),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="Line", column_B="WHOLE"),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["CODE", "Whole"]),
        gxe.ExpectColumnMeanToBeBetween(column="Whole", max_value=0),
    ],
    ids=lambda rule: f"{type(rule).__name__}-{rule.configuration.kwargs.get('column', '')}",
)
def test_result_is_that_of_the_pandas_engine(rule):
    case = Case("any", FRAME, rule, COMPLETE)
    mine, reference = ours(case), theirs(case)
    assert not raised(mine)
    assert [each for each in differences(mine, reference) if each.field != "unexpected_index_query"] == []


def test_rule_on_pandas_finds_its_columns_whatever_their_capitals():
    rule = gxe.ExpectColumnValuesToBeInSet(column="CODE", value_set=["10"], row_condition="line > 2", condition_parser="pandas")
    case = Case("any", FRAME, rule, COMPLETE)
    assert ours(case)["result"]["unexpected_list"] == ["20", "x"]
    assert [each for each in differences(ours(case), theirs(case)) if each.field != "unexpected_index_query"] == []


def test_index_columns_are_found_whatever_their_capitals():
    case = Case(
        "any",
        FRAME,
        gxe.ExpectColumnValuesToBeInSet(column="code", value_set=["10"]),
        COMPLETE | {"unexpected_index_column_names": ["LINE"]},
    )
    mine = ours(case)
    assert mine["result"]["unexpected_index_list"] == [{"code": "20", "line": 3}, {"code": "x", "line": 4}]
    assert [each for each in differences(mine, theirs(case)) if each.field != "unexpected_index_query"] == []


@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [
        (Column("code") == "10", Column("code") == 10, (2, 0)),
        (Column("code").is_in(["10", "20"]), Column("code").is_in(["10, 20"]), (3, 0)),
        (Column("whole") == 10, Column("whole") == "10", (2, 0)),
    ],
    ids=str,
)
def test_conditions_that_print_alike_are_two_conditions(one, other, counts):
    def rows(condition):
        rule = gxe.ExpectColumnValuesToNotBeNull(column="line", row_condition=condition)
        return gx_polars.validate(FRAME, suite(rule)).results[0].result["element_count"]

    assert repr(one) == repr(other)
    assert (rows(one), rows(other)) == counts


def test_classes_of_one_name_are_two_expectations():
    def made(value: str) -> Any:
        class ExpectTheCode(gxe.ExpectColumnValuesToBeInSet):
            def _validate(self, *args: Any, **kwargs: Any) -> Any:
                return {"success": True, "result": {"told_by": value}}

        return ExpectTheCode(column="code", value_set=["10"])

    told = [gx_polars.validate(FRAME, suite(made(value))).results[0].result["told_by"] for value in ("first", "second")]
    assert told == ["first", "second"]


def test_results_share_no_quantiles_and_no_notes_with_the_rule():
    ranges = {"quantiles": [0.5], "value_ranges": [[0, 20]]}
    rules = suite(gxe.ExpectColumnQuantileValuesToBeBetween(column="whole", quantile_ranges=ranges, notes=["kept"]))
    before = gx_polars.validate(FRAME, rules).to_json_dict()
    spoiled = gx_polars.validate(FRAME, rules).results[0]
    spoiled.result["observed_value"]["quantiles"].clear()
    spoiled.expectation_config.notes.clear()
    assert gx_polars.validate(FRAME, rules).to_json_dict() == before


def test_unexpected_rows_hold_those_of_the_last_validation():
    rows = gx_polars.UnexpectedRows(limit=5)
    rules = suite(gxe.ExpectColumnValuesToBeInSet(column="code", value_set=["10", "20"]))
    for lines, there in (([2], 1), ([0], None)):
        gx_polars.validate(FRAME[lines], rules, unexpected_rows=rows)
        found = rows.of(0)
        assert (None if found is None else len(found)) == there


def test_rule_that_its_data_sends_to_pandas_finds_its_columns_beside_one_that_was_sent_before():
    rules = suite(
        gxe.ExpectColumnValuesToBeOfType(column="flag", type_="bool"),
        gxe.ExpectColumnValuesToNotBeNull(column="code", row_condition="whole > 2", condition_parser="pandas"),
    )
    frame = FRAME.with_columns(flag=pl.Series([True, None, False, True]))
    eager, lazy = (gx_polars.validate(data, rules, result_format=COMPLETE).to_json_dict() for data in (frame, frame.lazy()))
    assert lazy == eager
    assert eager["statistics"]["successful_expectations"] == 2
