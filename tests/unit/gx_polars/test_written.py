"""Expectations as they are written, measured without Great Expectations: what `validate` finds, or a refusal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import great_expectations as gx
import polars as pl
import pytest

import gx_polars

FRAME = pl.DataFrame(
    {
        "line": range(2, 10),
        "code": ["10", "20", None, "x", "", "30", "10", "10\n"],
        "start": [dt.date(2019, 1, day) for day in range(1, 8)] + [None],
        "end": [dt.date(2019, 1, 1), None, *[dt.date(2019, 1, 9)] * 2, None, dt.date(2019, 1, 2), dt.date(2019, 1, 7), None],
        "whole": [1, 2, 3, 4, None, 6, 7, 8],
        "flag": [True, False, None] * 2 + [True, True],
    }
)
THERE = {"type": "nullity", "column": {"name": "code"}, "is_null": False}
GIVEN = {"CODES": ("10", "20"), "NO_CODES": (), "DAY": dt.date(2019, 1, 3), "NUMBER": 3}


def written(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_column_{kind}", "kwargs": kwargs}


PAIR = {"column_A": "end", "column_B": "start"}
FORMS = [
    written("values_to_not_be_null", column="code"),
    written("values_to_not_be_null", column="start"),
    written("values_to_not_be_null", column="end", row_condition=THERE),
    written("values_to_not_be_null", column="CODE"),
    written("values_to_be_null", column="whole", row_condition=THERE | {"is_null": True}),
    written("values_to_be_in_set", column="code", value_set=["10", "30"]),
    written("values_to_be_in_set", column="code", value_set={"$PARAMETER": "CODES"}),
    written("values_to_be_in_set", column="code", value_set={"$PARAMETER": "NO_CODES"}),
    written("values_to_not_be_in_set", column="flag", value_set=[True]),
    written("values_to_not_be_in_set", column="code", value_set=["x", ""], row_condition=THERE),
    written("values_to_be_between", column="start", max_value={"$PARAMETER": "DAY"}),
    written("values_to_be_between", column="start", min_value=dt.date(2019, 1, 3), max_value=dt.date(2019, 1, 5), strict_min=True),
    written("values_to_be_between", column="whole", min_value=3, max_value=6),
    written("values_to_match_regex", column="code", regex="^[0-9]{2}$"),
    written("values_to_match_regex", column="whole", regex="^[1-6]$"),
    written("values_to_not_match_regex", column="code", regex="^1"),
    *[
        written("pair_values_a_to_be_greater_than_b", **PAIR, ignore_row_if=rule, **more)
        for rule in ("either_value_is_missing", "both_values_are_missing", "neither")
        for more in ({}, {"or_equal": True}, {"row_condition": THERE})
    ],
    written("values_to_be_in_set", column="code", value_set=["10", "20", "30", "x", "", "10\n"]),
]


@pytest.mark.parametrize("lazy", [False, True], ids=["frame", "lazy"])
@pytest.mark.parametrize("limit", [100, 1])
@pytest.mark.parametrize("index", [["line"], []], ids=["line", "row"])
def test_what_has_a_form_finds_what_validate_finds(lazy, limit, index):
    frame = FRAME.lazy() if lazy else FRAME
    found = gx_polars.find_unexpected(frame, FORMS, limit=limit, unexpected_index_column_names=index, suite_parameters=GIVEN)
    faulty = gx_polars.UnexpectedRows(limit=limit)
    judged = gx_polars.validate(
        frame,
        gx.ExpectationSuite(name="written", expectations=FORMS),
        result_format={"result_format": "SUMMARY", "exclude_unexpected_values": True},
        unexpected_index_column_names=index,
        suite_parameters=GIVEN,
        unexpected_rows=faulty,
    )
    assert [each.count for each in found] == [result.result["unexpected_count"] for result in judged.results]
    assert [not each.count for each in found] == [result.success for result in judged.results]
    assert {each.count == 0 for each in found} == {True, False}
    for place, each in enumerate(found):
        assert each.rows.equals(pl.DataFrame() if faulty.of(place) is None else faulty.of(place)), FORMS[place]


NULL, SET, DAYS, MATCH = "values_to_not_be_null", "values_to_be_in_set", "values_to_be_between", "values_to_match_regex"
OTHERS = {
    "another type": written("values_to_be_unique", column="code"),
    "an unknown type": written("values_to_be_odd", column="code"),
    "of a table": {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 8}},
    "faults are allowed": written(NULL, column="code", mostly=0.5),
    "an unknown argument": written(NULL, column="code", colour="red"),
    "a missing argument": written(SET, column="code"),
    "no bound": written(DAYS, column="start"),
    "bounds the wrong way round": written(DAYS, column="start", min_value=dt.date(2020, 1, 1), max_value=dt.date(2019, 1, 1)),
    "a bound that is text": written(DAYS, column="start", min_value="2019-01-03"),
    "a bound that is a fraction": written(DAYS, column="whole", min_value=2.5),
    "a bound on text": written(DAYS, column="code", min_value=dt.date(2019, 1, 3)),
    "a set of several kinds": written(SET, column="code", value_set=["10", 20]),
    "a set with nothing in it": written(SET, column="code", value_set=["10", None]),
    "a condition that compares": written(
        NULL, column="end", row_condition={**THERE, "type": "comparison", "operator": "==", "parameter": "x"}
    ),
    "a condition that is text": written(NULL, column="end", row_condition='code == "x"', condition_parser="pandas"),
    "a parameter without a value": written(SET, column="code", value_set={"$PARAMETER": "UNKNOWN"}),
    "an expression": written(DAYS, column="start", max_value={"$PARAMETER": "DAY + 1"}),
    "a parameter with a value of another kind": written(DAYS, column="start", max_value={"$PARAMETER": "NUMBER"}),
    "a pair without a word on gaps": written("pair_values_a_to_be_greater_than_b", **PAIR),
    "a pattern that is none": written(MATCH, column="code", regex="("),
    "an absent column": written(NULL, column="nowhere"),
    "a condition on an absent column": written(NULL, column="code", row_condition=THERE | {"column": {"name": "nowhere"}}),
}


@pytest.mark.parametrize("lazy", [False, True], ids=["frame", "lazy"])
@pytest.mark.parametrize("what", OTHERS)
def test_one_that_has_no_form_or_breaks_refuses_the_whole(what, lazy):
    with pytest.raises(gx_polars.Unsupported):
        gx_polars.find_unexpected(FRAME.lazy() if lazy else FRAME, [*FORMS, OTHERS[what]], limit=10, suite_parameters=GIVEN)


def test_data_that_breaks_one_refuses_the_whole():
    broken = FRAME.lazy().with_columns(pl.col("code").str.to_integer(strict=True).cast(pl.String))
    with pytest.raises(gx_polars.Unsupported):
        gx_polars.find_unexpected(broken, FORMS[:1], limit=10)
