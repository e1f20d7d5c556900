"""One rule of every core type on a typical frame, and what carries it: polars, GX's pandas engine, or nothing."""

from __future__ import annotations

import copy
import datetime as dt
import warnings
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
from great_expectations.expectations.registry import _registered_expectations

import gx_polars
from tests.parity.compare import raised

FRAME = pl.DataFrame(
    {
        "line": [2, 3, 4, 5],
        "code": ["10", "20", None, "10"],
        "json": ["{}", '{"a": 1}', "[]", None],
        "day": ["20200131", "20200230", None, "20200301"],
        "born": [dt.date(2020, 1, 31), dt.date(2020, 2, 1), None, dt.date(2020, 2, 2)],
        "whole": [1, 2, 3, 4],
        "other": [4, 2, 3, 1],
        "amount": [0.5, 1.5, None, 9.0],
    }
)
TABLE = ["line", "code", "json", "day", "born", "whole", "other", "amount"]
LIKE: dict[str, Any] = {"column": "code", "like_pattern": "1%"}
LIKE_LIST: dict[str, Any] = {"column": "code", "like_pattern_list": ["1%"]}
PAIR: dict[str, Any] = {"column_A": "whole", "column_B": "other"}
LIST: dict[str, Any] = {"column_list": ["whole", "other"]}
RANGE: dict[str, Any] = {"min_value": 0, "max_value": 3}

_ARGUMENTS: dict[type[Any], dict[str, Any]] = {
    gxe.ExpectColumnDistinctValuesToBeInSet: {"column": "code", "value_set": ["10"]},
    gxe.ExpectColumnDistinctValuesToContainSet: {"column": "code", "value_set": ["10"]},
    gxe.ExpectColumnDistinctValuesToEqualSet: {"column": "code", "value_set": ["10"]},
    gxe.ExpectColumnKLDivergenceToBeLessThan: {
        "column": "code",
        "partition_object": {"values": ["10", "20"], "weights": [0.5, 0.5]},
        "threshold": 0.1,
    },
    gxe.ExpectColumnMaxToBeBetween: {"column": "whole", **RANGE},
    gxe.ExpectColumnMeanToBeBetween: {"column": "amount", **RANGE},
    gxe.ExpectColumnMedianToBeBetween: {"column": "amount", **RANGE},
    gxe.ExpectColumnMinToBeBetween: {"column": "whole", **RANGE},
    gxe.ExpectColumnMostCommonValueToBeInSet: {"column": "code", "value_set": ["10"]},
    gxe.ExpectColumnPairValuesAToBeGreaterThanB: PAIR,
    gxe.ExpectColumnPairValuesToBeEqual: PAIR,
    gxe.ExpectColumnPairValuesToBeInSet: {**PAIR, "value_pairs_set": [(1, 4)]},
    gxe.ExpectColumnProportionOfNonNullValuesToBeBetween: {"column": "code", **RANGE},
    gxe.ExpectColumnProportionOfUniqueValuesToBeBetween: {"column": "code", **RANGE},
    gxe.ExpectColumnQuantileValuesToBeBetween: {
        "column": "whole",
        "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 2]]},
    },
    gxe.ExpectColumnStdevToBeBetween: {"column": "amount", **RANGE},
    gxe.ExpectColumnSumToBeBetween: {"column": "amount", **RANGE},
    gxe.ExpectColumnToExist: {"column": "code"},
    gxe.ExpectColumnTypeToBe: {"column": "whole", "type_": "int64"},
    gxe.ExpectColumnUniqueValueCountToBeBetween: {"column": "code", **RANGE},
    gxe.ExpectColumnValueLengthsToBeBetween: {"column": "code", **RANGE},
    gxe.ExpectColumnValueLengthsToEqual: {"column": "code", "value": 2},
    gxe.ExpectColumnValueZScoresToBeLessThan: {"column": "amount", "threshold": 1, "double_sided": True},
    gxe.ExpectColumnValuesToBeBetween: {"column": "amount", **RANGE},
    gxe.ExpectColumnValuesToBeDateutilParseable: {"column": "day"},
    gxe.ExpectColumnValuesToBeDecreasing: {"column": "whole"},
    gxe.ExpectColumnValuesToBeInSet: {"column": "code", "value_set": ["10"]},
    gxe.ExpectColumnValuesToBeInTypeList: {"column": "whole", "type_list": ["int64", "float64"]},
    gxe.ExpectColumnValuesToBeIncreasing: {"column": "born"},
    gxe.ExpectColumnValuesToBeJsonParseable: {"column": "json"},
    gxe.ExpectColumnValuesToBeNull: {"column": "code"},
    gxe.ExpectColumnValuesToBeOfType: {"column": "code", "type_": "str"},
    gxe.ExpectColumnValuesToBeUnique: {"column": "code"},
    gxe.ExpectColumnValuesToMatchJsonSchema: {"column": "json", "json_schema": {"type": "object"}},
    gxe.ExpectColumnValuesToMatchLikePattern: LIKE,
    gxe.ExpectColumnValuesToMatchLikePatternList: LIKE_LIST,
    gxe.ExpectColumnValuesToMatchRegex: {"column": "code", "regex": "^1"},
    gxe.ExpectColumnValuesToMatchRegexList: {"column": "code", "regex_list": ["^1"]},
    gxe.ExpectColumnValuesToMatchStrftimeFormat: {"column": "day", "strftime_format": "%Y%m%d"},
    gxe.ExpectColumnValuesToNotBeInSet: {"column": "code", "value_set": ["10"]},
    gxe.ExpectColumnValuesToNotBeNull: {"column": "code"},
    gxe.ExpectColumnValuesToNotBeOutliers: {"column": "amount", "method": "iqr", "multiplier": 1.5},
    gxe.ExpectColumnValuesToNotMatchLikePattern: LIKE,
    gxe.ExpectColumnValuesToNotMatchLikePatternList: LIKE_LIST,
    gxe.ExpectColumnValuesToNotMatchRegex: {"column": "code", "regex": "^1"},
    gxe.ExpectColumnValuesToNotMatchRegexList: {"column": "code", "regex_list": ["^1"]},
    gxe.ExpectCompoundColumnsToBeUnique: LIST,
    gxe.ExpectMulticolumnSumToEqual: {**LIST, "sum_total": 5},
    gxe.ExpectMulticolumnValuesToBeEqual: LIST,
    gxe.ExpectQueryResultsToMatchComparison: {
        "base_query": "SELECT 1 FROM {batch}",
        "comparison_data_source_name": "elsewhere",
        "comparison_query": "SELECT 1",
    },
    gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord: LIST,
    gxe.ExpectTableColumnCountToBeBetween: RANGE,
    gxe.ExpectTableColumnCountToEqual: {"value": 8},
    gxe.ExpectTableColumnsToMatchOrderedList: {"column_list": TABLE},
    gxe.ExpectTableColumnsToMatchSet: {"column_set": TABLE},
    gxe.ExpectTableRowCountToBeBetween: RANGE,
    gxe.ExpectTableRowCountToEqual: {"value": 4},
    gxe.ExpectTableRowCountToEqualOtherTable: {"other_table_name": "elsewhere"},
    gxe.UnexpectedRowsExpectation: {"unexpected_rows_query": "SELECT * FROM {batch}"},
}
EXAMPLES: dict[str, Any] = {made.expectation_type: made(**kwargs) for made, kwargs in _ARGUMENTS.items()}
"""Type -> a rule of it. Every type that GX registers of itself has one."""

NATIVE, PANDAS, NOT_POSSIBLE = "native", "pandas", "not possible in stock either"


def core_types() -> list[str]:
    """The expectation types that GX itself brings."""
    core = "great_expectations.expectations.core"
    return sorted(name for name, kind in _registered_expectations.items() if kind.__module__.startswith(core))


def carried_by(name: str) -> str:
    """What carries a rule of this type on the typical frame."""
    suite = gx.ExpectationSuite(name="example", expectations=[copy.deepcopy(EXAMPLES[name])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = gx_polars.validate(FRAME, suite).results[0]
    if raised({"exception_info": result.exception_info}):
        return NOT_POSSIBLE
    return PANDAS if "gx_polars" in (result.meta or {}) else NATIVE
