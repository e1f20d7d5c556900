"""What gx_polars promises beside parity: one pass, rules that fail alone, cheap long lists, and nothing shared between results."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import polars as pl
import pytest
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.row_conditions import Column
from great_expectations.validator.validator import Validator
from polars.io.plugins import register_io_source

import gx_polars
from gx_polars import fallback, listing
from gx_polars.cache import Cache

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

FRAME = pl.DataFrame(
    {
        "line": range(2, 62),
        "code": ["10", "20", None, "x", "", "30"] * 10,
        "amount": [1.5, None, float("nan"), -4.0, 7.25] * 12,
        "whole": [*range(30), *range(30)],
        "json": ['{"a": 1}', "no json", None] * 20,
        "unused": ["u"] * 60,
    }
)
LINES = {"unexpected_index_column_names": ["line"]}


def suite(*rules) -> gx.ExpectationSuite:
    return gx.ExpectationSuite(name="rules", expectations=list(rules))


def native() -> list:
    return [
        gxe.ExpectColumnValuesToNotBeNull(column="code"),
        gxe.ExpectColumnValuesToMatchRegex(column="code", regex="^[0-9]{2}$"),
        gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, row_condition=Column("whole") > 3),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["code", "whole"]),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="amount", column_B="whole"),
        gxe.ExpectColumnMeanToBeBetween(column="amount", max_value=0),
        gxe.ExpectTableRowCountToEqual(value=60),
    ]


def stock(rule, data: pl.DataFrame, result_format: dict | str):
    validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"b": data.to_pandas()}))
    validator._determine_progress_bars = lambda: False
    return validator.graph_validate([rule.configuration], {"result_format": copy.deepcopy(result_format)})[0]


def source(data: pl.DataFrame, asked: list) -> pl.LazyFrame:
    """A LazyFrame that notes which columns it is asked for, once per read."""

    def read(with_columns, predicate, n_rows, batch_size):
        asked.append(sorted(with_columns or data.columns))
        part = data if with_columns is None else data.select(with_columns)
        yield part if predicate is None else part.filter(predicate)

    return register_io_source(read, schema=data.schema)


@pytest.mark.parametrize("kind", ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"])
@pytest.mark.parametrize("more", [{}, LINES, {**LINES, "exclude_unexpected_values": True}])
def test_lazy_frame_is_read_once_and_gives_what_the_frame_gives(kind, more):
    asked: list = []
    result_format = {"result_format": kind, "partial_unexpected_count": 7, **more}
    lazy = gx_polars.validate(source(FRAME, asked), suite(*native()), result_format=result_format)
    assert lazy.to_json_dict() == gx_polars.validate(FRAME, suite(*native()), result_format=result_format).to_json_dict()
    assert len(asked) == 1
    assert "unused" not in asked[0]


def test_rule_on_pandas_gets_its_columns_and_says_so(monkeypatch):
    converted: list = []
    monkeypatch.setattr(fallback, "to_pandas", lambda frame: converted.append(frame.columns) or frame.to_pandas())
    rules = [
        gxe.ExpectColumnValuesToNotBeNull(column="code"),
        gxe.ExpectColumnValuesToNotBeNull(column="code", row_condition="whole == 2", condition_parser="pandas"),
        gxe.ExpectColumnValuesToBeInSet(column="whole", value_set=[1], row_condition="amount > 2", condition_parser="pandas"),
    ]
    with pytest.warns(gx_polars.PandasFallbackWarning) as warned:
        results = gx_polars.validate(FRAME, suite(*rules), unexpected_index_column_names=["line"]).results
    assert converted == [["line", "code", "amount", "whole"]]
    told = [each for each in warned if each.category is gx_polars.PandasFallbackWarning]
    assert [str(each.message).split(" ")[0] for each in told] == [rule.configuration.type for rule in rules[1:]]
    assert {each.filename for each in told} == {__file__}
    assert results[0].meta == {}
    assert all(each.meta["gx_polars"]["engine"] == "pandas" and each.meta["gx_polars"]["reason"] for each in results[1:])
    for rule, ours in zip(rules, results, strict=True):
        theirs = stock(rule, FRAME, {"result_format": "SUMMARY", **LINES}).to_json_dict()
        mine = ours.to_json_dict()
        assert mine["success"] == theirs["success"]
        assert mine["result"] | {"unexpected_index_query": 0} == theirs["result"] | {"unexpected_index_query": 0}


def test_whole_rows_are_given_by_pandas_with_all_columns():
    rule = gxe.ExpectColumnValuesToNotBeNull(column="code")
    result_format = {"result_format": "SUMMARY", "include_unexpected_rows": True}
    with pytest.warns(gx_polars.PandasFallbackWarning, match="include_unexpected_rows"):
        ours = gx_polars.validate(FRAME, suite(rule), result_format=result_format).results[0]
    assert list(ours.result["unexpected_rows"].columns) == FRAME.columns
    assert ours.result["unexpected_rows"].equals(stock(rule, FRAME, result_format).result["unexpected_rows"])


def test_lazy_frame_is_read_once_for_polars_and_pandas_together():
    asked: list = []
    rules = [
        gxe.ExpectColumnValuesToNotBeNull(column="amount"),
        gxe.ExpectColumnValuesToNotBeNull(column="code", row_condition="whole == 1", condition_parser="pandas"),
    ]
    with pytest.warns(gx_polars.PandasFallbackWarning):
        results = gx_polars.validate(source(FRAME, asked), suite(*rules)).results
    assert [each.success for each in results] == [False, True]
    assert asked == [["amount", "code", "whole"]]


@pytest.mark.parametrize("lazy", [False, True])
def test_rule_that_cannot_run_costs_the_others_nothing(lazy):
    broken = [
        gxe.ExpectColumnValuesToMatchRegex(column="code", regex="("),
        gxe.ExpectColumnValuesToBeBetween(column="code", min_value=3),
        gxe.ExpectColumnValuesToNotBeNull(column="absent"),
        gxe.ExpectColumnMeanToBeBetween(column="code", min_value=3),
        gxe.ExpectColumnValuesToMatchJsonSchema(column="json", json_schema={"type": "object"}),  # breaks on the data
        gxe.ExpectColumnValuesToBeInSet(column="code", value_set={"$PARAMETER": "UNKNOWN"}),
    ]
    mixed = [rule for pair in zip(broken, native(), strict=False) for rule in pair] + native()[len(broken) :]
    frame = FRAME.lazy() if lazy else FRAME
    results = gx_polars.validate(frame, suite(*mixed), unexpected_index_column_names=["line"]).results
    raised = [each.exception_info.get("raised_exception", True) for each in results]
    assert raised == [True, False] * len(broken) + [False] * (len(native()) - len(broken))
    alone = gx_polars.validate(FRAME, suite(*native()), unexpected_index_column_names=["line"]).results
    fine = [each for each, failed in zip(results, raised, strict=True) if not failed]
    assert [each.to_json_dict() for each in fine] == [each.to_json_dict() for each in alone]
    assert all("raised_exception" in str(each.exception_info) and not each.success for each in results if each not in fine)


def test_absent_index_column_fails_the_rules_that_list_rows():
    results = gx_polars.validate(FRAME, suite(*native()), unexpected_index_column_names=["nowhere"]).results
    assert [each.exception_info.get("raised_exception", True) for each in results] == [True] * 5 + [False] * 2


def test_a_hundred_thousand_lines_of_every_rule():
    rows = 150_000
    frame = pl.DataFrame({"line": range(2, rows + 2), "code": ["x"] * rows})
    rules = suite(*(gxe.ExpectColumnValuesToNotBeInSet(column="code", value_set=["x", str(i)]) for i in range(5)))
    result_format = {"result_format": "SUMMARY", "partial_unexpected_count": 100_000, "exclude_unexpected_values": True}
    for result in gx_polars.validate(frame, rules, result_format=result_format, unexpected_index_column_names=["line"]).results:
        assert result.result["unexpected_count"] == rows
        assert result.result["partial_unexpected_index_list"] == [{"line": list(range(2, 100_002))}]


@pytest.mark.parametrize("lazy", [False, True])
def test_complete_list_that_makes_its_rows_when_read_equals_stock(monkeypatch, lazy):
    monkeypatch.setattr(listing, "LAZY_FROM", 5)
    monkeypatch.setattr(listing, "_CHUNK", 4)
    result_format = {"result_format": "COMPLETE", "partial_unexpected_count": 7, **LINES}
    rules = [gxe.ExpectColumnValuesToMatchRegex(column="code", regex="^[0-9]{2}$"), gxe.ExpectColumnValuesToBeUnique(column="whole")]
    results = gx_polars.validate(FRAME.lazy() if lazy else FRAME, suite(*rules), result_format=result_format).results
    for rule, ours in zip(rules, results, strict=True):
        assert isinstance(ours.result["unexpected_index_list"], listing.Records)
        mine, theirs = ours.to_json_dict(), stock(rule, FRAME, result_format).to_json_dict()
        assert mine["result"] | {"unexpected_index_query": 0} == theirs["result"] | {"unexpected_index_query": 0}


def records() -> tuple[listing.Records, list]:
    rows = [{"code": f"c{i}", "line": i} for i in range(130_000)]
    frame = pl.DataFrame(rows)
    return listing.records(("code", "line"), frame.get_columns()), rows


def test_long_list_reads_as_the_list_it_stands_for():
    long, rows = records()
    assert isinstance(long, listing.Records)
    assert long == rows
    assert rows == long
    assert long != rows[1:]
    assert (len(long), long[0], long[-1], long[70_000]) == (len(rows), rows[0], rows[-1], rows[70_000])
    assert (long[3:6], long[-2:], long[10:2:-3], long[5:5]) == (rows[3:6], rows[-2:], rows[10:2:-3], [])
    assert (list(reversed(long))[:2], max(long, key=lambda row: row["line"])) == ([rows[-1], rows[-2]], rows[-1])
    assert rows[9] in long
    assert (long.index(rows[7]), long.count(rows[7]), {} in long) == (7, 1, False)
    assert ([{}] + long)[:2] == [{}, rows[0]]  # noqa: RUF005
    assert (long + [{}])[-1] == {}  # noqa: RUF005
    with pytest.raises(IndexError):
        long[len(rows)]


def test_long_list_is_written_as_the_list_it_stands_for():
    long, rows = records()
    assert json.dumps(long) == json.dumps(rows)
    assert pickle.loads(pickle.dumps(long)) == rows
    assert copy.copy(long) == copy.deepcopy(long) == long.copy() == rows
    assert len(pd.DataFrame(long)) == len(rows)
    assert repr(long[:3]) == repr(rows[:3])
    assert list.__getitem__(long, 0) is listing._UNREAD, "who looks past the class must not find a wrong row"


def test_long_list_can_be_changed():
    long, rows = records()
    long.append({"code": "new", "line": -1})
    long[0] = {"code": "first", "line": 0}
    long.sort(key=lambda row: row["line"])
    long += [{"code": "last", "line": 9}]
    del long[1]
    assert long == [{"code": "new", "line": -1}, *rows[1:], {"code": "last", "line": 9}]
    assert list.__len__(long) == len(rows) + 1


def test_results_share_nothing_with_the_suite_or_with_each_other():
    rules = suite(gxe.ExpectColumnValuesToBeInSet(column="code", value_set=["10"], meta={"why": ["a"]}), *native())
    names = ["line"]

    def run():
        return gx_polars.validate(FRAME, rules, result_format="COMPLETE", unexpected_index_column_names=names)

    before = run().to_json_dict()
    spoiled = run()
    for each in spoiled.results:
        each.expectation_config.kwargs["column"] = "spoiled"
        each.expectation_config.meta["why"] = "spoiled"
        for value in each.result.values():
            if isinstance(value, list):
                value.clear()
        each.result.clear()
    spoiled.results[0].expectation_config.kwargs["value_set"].clear()
    names.append("spoiled")
    names.clear()
    names.append("line")
    assert run().to_json_dict() == before
    rules.expectations[0].value_set.append("20")  # a rule that changed is another rule
    assert run().results[0].result["unexpected_count"] == before["results"][0]["result"]["unexpected_count"] - 10


OPEN = suite(
    gxe.ExpectColumnValuesToBeInSet(column="code", value_set={"$PARAMETER": "CODES"}, mostly={"$PARAMETER": "SHARE"}),
    gxe.ExpectColumnValuesToBeBetween(column="amount", min_value={"$PARAMETER": "LOW"}, max_value={"$PARAMETER": "LOW + 3"}),
    gxe.ExpectColumnMaxToBeBetween(column="whole", max_value={"$PARAMETER": "LOW"}),
    gxe.ExpectTableRowCountToBeBetween(min_value={"$PARAMETER": "ROWS"}),
    gxe.ExpectColumnValuesToNotBeNull(column="code", mostly={"$PARAMETER": "SHARE"}),
)


@pytest.mark.parametrize(
    "parameters",
    [
        {"CODES": ["10", "20"], "SHARE": 0.4, "LOW": 0, "ROWS": 10},
        {"CODES": ["30"], "SHARE": 1, "LOW": 5, "ROWS": 61},
        {"CODES": [], "SHARE": 0, "LOW": 2.5, "ROWS": 0},
    ],
)
def test_suite_parameters_are_filled_as_by_stock(parameters):
    validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"b": FRAME.to_pandas()}))
    validator._determine_progress_bars = lambda: False
    for rule, ours in zip(OPEN.expectations, gx_polars.validate(FRAME, OPEN, suite_parameters=parameters).results, strict=True):
        filled = validator.process_expectations_for_validation([rule.configuration], parameters)
        mine, theirs = ours.to_json_dict(), validator.graph_validate(filled, {"result_format": "SUMMARY"})[0].to_json_dict()
        theirs["expectation_config"]["kwargs"].pop("batch_id", None)
        assert mine["expectation_config"] == theirs["expectation_config"]
        assert mine["success"] == theirs["success"]
        assert mine["result"] == theirs["result"]


def test_missing_or_impossible_parameter_fails_its_own_rule():
    results = gx_polars.validate(FRAME, OPEN, suite_parameters={"CODES": ["10"], "SHARE": "much", "ROWS": 1}).results
    assert [each.exception_info.get("raised_exception", True) for each in results] == [True, True, True, False, True]
    assert "LOW" in results[2].exception_info["exception_message"]
    assert OPEN.expectations[0].value_set == {"$PARAMETER": "CODES"}


def test_rule_with_a_parameter_is_compiled_once(monkeypatch):
    asked: list = []
    whole = ColumnMapExpectation.get_validation_dependencies
    monkeypatch.setattr(
        ColumnMapExpectation,
        "get_validation_dependencies",
        lambda self, *args, **kwargs: asked.append(self) or whole(self, *args, **kwargs),
    )
    rules = suite(
        gxe.ExpectColumnValuesToBeInSet(column="code", value_set={"$PARAMETER": "CODES"}, meta={"of": "compiled once"}),
        gxe.ExpectColumnValuesToNotBeNull(column="code", mostly={"$PARAMETER": "SHARE"}, meta={"of": "compiled once"}),
    )
    for code in ("10", "20", "30"):
        first, second = gx_polars.validate(FRAME, rules, suite_parameters={"CODES": [code], "SHARE": 0.5, "MORE": code}).results
        assert (first.result["unexpected_count"], second.success) == (40, True)
        assert first.expectation_config.kwargs["value_set"] == [code]
    assert len(asked) == 2


def test_cache_keeps_the_last_few_and_no_failure():
    cache: Cache = Cache(size=2)
    assert [cache.get(key, lambda key=key: key * 10) for key in (1, 2, 1, 3)] == [10, 20, 10, 30]
    assert cache.get(1, lambda: 0) == 10  # used after 2, so 2 went
    assert cache.get(2, lambda: 0) == 0
    with pytest.raises(ZeroDivisionError):
        cache.get(4, lambda: 1 // 0)
    assert cache.get(4, lambda: 4) == 4


def test_warning_as_error_stops_before_pandas_is_paid(monkeypatch):
    monkeypatch.setattr(fallback, "to_pandas", lambda frame: pytest.fail("converted"))
    rule = gxe.ExpectColumnValuesToNotBeNull(column="code", row_condition="whole == 1", condition_parser="pandas")
    with warnings.catch_warnings():
        warnings.simplefilter("error", gx_polars.PandasFallbackWarning)
        with pytest.raises(gx_polars.PandasFallbackWarning, match="expect_column_values_to_not_be_null"):
            gx_polars.validate(FRAME, suite(rule))


def test_several_threads_may_validate_at_once():
    rules = suite(*native(), gxe.ExpectColumnValuesToBeInSet(column="code", value_set={"$PARAMETER": "CODES"}, meta={"of": "threads"}))
    codes = [[str(i), "10"] for i in range(40)]

    def run(values):
        return gx_polars.validate(FRAME, rules, suite_parameters={"CODES": values}).to_json_dict()

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(run, codes))
    assert together == [run(values) for values in codes]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "rule",
    [
        gxe.ExpectColumnValuesToMatchLikePattern(column="code", like_pattern="1%"),
        gxe.ExpectTableRowCountToEqualOtherTable(other_table_name="elsewhere"),
        gxe.UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch}"),
    ],
)
def test_what_pandas_cannot_run_either_fails_in_the_same_way(rule):
    broken, fine = gx_polars.validate(FRAME, suite(rule, gxe.ExpectTableRowCountToEqual(value=60))).results
    mine, theirs = broken.to_json_dict(), stock(rule, FRAME, "SUMMARY").to_json_dict()
    assert (mine["success"], mine["result"]) == (theirs["success"], theirs["result"]) == (False, {})
    assert mine["exception_info"].keys() == theirs["exception_info"].keys()
    assert broken.meta["gx_polars"]["engine"] == "pandas"
    assert fine.success


@pytest.mark.parametrize("lazily", [False, True])
@pytest.mark.parametrize("index", [["line"], None])
def test_unexpected_rows_are_kept_as_columns_beside_short_lists(lazily, index):
    frame = FRAME.lazy() if lazily else FRAME
    rules = suite(*native(), gxe.ExpectColumnValuesToNotBeNull(column="absent"), gxe.ExpectColumnValuesToNotBeNull(column="unused"))
    form = {"result_format": "SUMMARY", "partial_unexpected_count": 2, "exclude_unexpected_values": True}
    rows = gx_polars.UnexpectedRows(limit=25)
    result = gx_polars.validate(frame, rules, result_format=form, unexpected_index_column_names=index, unexpected_rows=rows)
    without = gx_polars.validate(frame, rules, result_format=form, unexpected_index_column_names=index)
    assert [each.result for each in result.results] == [each.result for each in without.results]
    whole = gx_polars.validate(frame, rules, result_format=form | {"result_format": "COMPLETE"}, unexpected_index_column_names=index)
    for place, each in enumerate(whole.results):
        listed = each.result.get("unexpected_index_list")
        if not listed:
            assert rows.of(place) is None
        elif index:
            assert rows.of(place).to_dict(as_series=False) == {"line": listed[0]["line"][:25]}
        else:
            assert rows.of(place)["row"].to_list() == listed[:25]
    assert max(len(rows.of(place)) for place in range(5) if rows.of(place) is not None) == 25


def test_rule_on_pandas_keeps_no_rows():
    rows = gx_polars.UnexpectedRows(limit=25)
    with pytest.warns(gx_polars.PandasFallbackWarning):
        gx_polars.validate(
            FRAME,
            suite(gxe.ExpectColumnValuesToNotBeNull(column="code")),
            result_format={"result_format": "SUMMARY", "include_unexpected_rows": True},
            unexpected_rows=rows,
        )
    assert rows.of(0) is None
