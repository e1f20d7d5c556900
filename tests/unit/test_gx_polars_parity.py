"""gx_polars against GX's own pandas engine: the same results on the same frame, field by field."""

from __future__ import annotations

import copy
import math

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import polars as pl
import pytest
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.row_conditions import Column
from great_expectations.validator.validator import Validator

import gx_polars

pytestmark = pytest.mark.filterwarnings("ignore")
ALLOWED = {"unexpected_index_query"}
SUITE = gx.ExpectationSuite(
    name="parity",
    expectations=[
        gxe.ExpectColumnValuesToNotBeNull(column="code", mostly=0.9),
        gxe.ExpectColumnValuesToBeNull(column="code", row_condition=Column("number").is_null()),
        gxe.ExpectColumnValuesToBeInSet(column="code", value_set=["10", "20"]),
        gxe.ExpectColumnValuesToNotBeInSet(column="flag", value_set=[True]),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=5),
        gxe.ExpectColumnValuesToBeUnique(column="whole", row_condition=Column("whole") > 3),
        gxe.ExpectColumnValuesToMatchRegex(column="code", regex="^[0-9]{2}$"),
        gxe.ExpectColumnValuesToMatchRegex(column="code", regex="^(?!1)"),
        gxe.ExpectColumnValuesToMatchRegexList(column="code", regex_list=["^1", "0$"], match_on="any"),
        gxe.ExpectColumnValuesToNotMatchRegexList(column="code", regex_list=["^1", "^x"]),
        gxe.ExpectColumnValueLengthsToEqual(column="code", value=2),
        gxe.ExpectColumnValuesToMatchStrftimeFormat(column="day", strftime_format="%Y%m%d"),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="whole", column_B="other"),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="whole", column_B="other", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["code", "whole"]),
        gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(column_list=["whole", "other"]),
        gxe.ExpectMulticolumnSumToEqual(column_list=["whole", "other"], sum_total=9),
        gxe.ExpectColumnMaxToBeBetween(column="whole", max_value=5),
        gxe.ExpectColumnMeanToBeBetween(column="amount", min_value=0, max_value=1),
        gxe.ExpectColumnUniqueValueCountToBeBetween(column="code", max_value=3),
        gxe.ExpectTableRowCountToBeBetween(min_value=10),
        gxe.ExpectTableColumnsToMatchSet(column_set=["code", "line"], exact_match=False),
        gxe.ExpectColumnValuesToNotBeNull(column="absent"),
    ],
)


def frame(rows: int, seed: int) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    amounts = draw.normal(2, 3, rows).round(2)
    return pl.DataFrame(
        {
            "line": np.arange(2, rows + 2),
            "code": draw.choice(["10", "20", "30", "x1", "", "1\n", None], rows).tolist(),
            "flag": draw.random(rows) < 0.3,
            "amount": [None if draw.random() < 0.1 else float("nan") if draw.random() < 0.1 else float(a) for a in amounts],
            "number": [None if draw.random() < 0.2 else float(v) for v in draw.integers(0, 9, rows)],
            "whole": draw.integers(0, 9, rows),
            "other": draw.integers(0, 9, rows),
            "day": draw.choice(["20200101", "20200230", "2020011", " 2020010", "02000101", None], rows).tolist(),
        },
        schema_overrides={"code": pl.String, "amount": pl.Float64, "number": pl.Float64, "day": pl.String},
    )


def stock(data: pl.DataFrame, result_format: dict) -> list:
    validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"b": data.to_pandas()}))
    return [validator.graph_validate([e.configuration], {"result_format": copy.deepcopy(result_format)})[0] for e in SUITE.expectations]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return round(float(value), 9) if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("exclude", [False, True])
@pytest.mark.parametrize("kind", ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"])
def test_results_equal_those_of_the_pandas_engine(kind, exclude, seed):
    result_format = {"result_format": kind, "partial_unexpected_count": 100, "unexpected_index_column_names": ["line"]}
    if exclude:
        result_format["exclude_unexpected_values"] = True
    data = frame(80, seed)
    for ours, theirs in zip(gx_polars.validate(data, SUITE, result_format=result_format).results, stock(data, result_format), strict=True):
        mine, reference = ours.to_json_dict(), theirs.to_json_dict()
        name = ours.expectation_config.type
        assert mine["success"] == reference["success"], name
        assert mine["exception_info"].get("raised_exception", True) == reference["exception_info"].get("raised_exception", True), name
        for key in (set(mine["result"]) | set(reference["result"])) - ALLOWED:
            assert plain(mine["result"].get(key)) == plain(reference["result"].get(key)), (name, key)


def test_excluded_values_are_nowhere_in_the_result():
    rules = gx.ExpectationSuite(name="private", expectations=[gxe.ExpectColumnValuesToMatchRegex(column="code", regex="^no$")])
    result = gx_polars.validate(
        pl.DataFrame({"line": [2, 3], "code": ["secret-1", "secret-2"]}),
        rules,
        result_format={"result_format": "SUMMARY", "exclude_unexpected_values": True},
        unexpected_index_column_names=["line"],
    )
    assert "secret" not in str(result)
    assert result.results[0].result["partial_unexpected_index_list"] == [{"line": [2, 3]}]


def test_broken_rule_fails_alone():
    rules = gx.ExpectationSuite(
        name="broken",
        expectations=[
            gxe.ExpectColumnValuesToMatchRegex(column="code", regex="("),
            gxe.ExpectColumnValuesToNotBeNull(column="code"),
        ],
    )
    broken, fine = gx_polars.validate(pl.DataFrame({"code": ["a"]}), rules).results
    assert broken.exception_info.get("raised_exception", True)
    assert fine.success


OPEN = gx.ExpectationSuite(
    name="open",
    expectations=[
        gxe.ExpectColumnValuesToBeInSet(column="code", value_set={"$PARAMETER": "CODES"}, mostly={"$PARAMETER": "SHARE"}),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value={"$PARAMETER": "LOW"}, max_value={"$PARAMETER": "LOW + 3"}),
        gxe.ExpectColumnMaxToBeBetween(column="whole", max_value={"$PARAMETER": "LOW"}),
        gxe.ExpectTableRowCountToBeBetween(min_value={"$PARAMETER": "ROWS"}),
        gxe.ExpectColumnValuesToNotBeNull(column="code", mostly={"$PARAMETER": "SHARE"}),
    ],
)


def stock_filled(data: pl.DataFrame, suite: gx.ExpectationSuite, parameters: dict) -> list:
    """GX's own filling, rule by rule, so that the order is the suite's."""
    validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"b": data.to_pandas()}))
    validator._determine_progress_bars = lambda: False
    configurations = [expectation.configuration for expectation in suite.expectations]
    filled = [validator.process_expectations_for_validation([each], parameters)[0] for each in configurations]
    return [validator.graph_validate([each], {"result_format": "SUMMARY"})[0] for each in filled]


@pytest.mark.parametrize(
    "parameters",
    [
        {"CODES": ["10", "20"], "SHARE": 0.4, "LOW": 0, "ROWS": 10},
        {"CODES": ["30"], "SHARE": 1, "LOW": 5, "ROWS": 41},
        {"CODES": [], "SHARE": 0, "LOW": 2.5, "ROWS": 0},
    ],
)
def test_suite_parameters_are_filled_as_by_stock(parameters):
    data = frame(40, 4)
    ours = gx_polars.validate(data, OPEN, suite_parameters=parameters).results
    for mine, theirs in zip(ours, stock_filled(data, OPEN, parameters), strict=True):
        left, right = mine.to_json_dict(), theirs.to_json_dict()
        right["expectation_config"]["kwargs"].pop("batch_id", None)
        assert left["expectation_config"] == right["expectation_config"]
        assert left["success"] == right["success"]
        for key in (set(left["result"]) | set(right["result"])) - ALLOWED:
            assert plain(left["result"].get(key)) == plain(right["result"].get(key)), (mine.expectation_config.type, key)


def test_missing_or_impossible_parameter_fails_its_own_rule():
    results = gx_polars.validate(frame(40, 4), OPEN, suite_parameters={"CODES": ["10"], "SHARE": "much", "ROWS": 1}).results
    raised = [result.exception_info.get("raised_exception", True) for result in results]
    assert raised == [True, True, True, False, True]
    assert "LOW" in str(results[1].exception_info)
    assert OPEN.expectations[0].value_set == {"$PARAMETER": "CODES"}


def test_lazy_frame_gives_what_the_frame_gives():
    data = frame(40, 3)
    assert gx_polars.validate(data.lazy(), SUITE).to_json_dict() == gx_polars.validate(data, SUITE).to_json_dict()


def test_names_what_it_runs_itself():
    names = gx_polars.supported_expectations()
    assert {"expect_column_values_to_match_regex", "expect_multicolumn_sum_to_equal"} <= set(names)
    assert "expect_table_row_count_to_equal_other_table" not in names
