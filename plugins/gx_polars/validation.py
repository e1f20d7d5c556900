"""`validate` and `supported_expectations`: the two doors of the package."""

from __future__ import annotations

import copy
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations import __version__ as gx_version
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.expectations import core as _core  # noqa: F401  fills the registry of expectations
from great_expectations.expectations.expectation_configuration import parse_result_format
from great_expectations.expectations.registry import _registered_expectations
from great_expectations.expectations.row_conditions import Condition
from great_expectations.validator.validator import calc_validation_statistics

from gx_polars.cache import Cache
from gx_polars.compiled import Plan, Rule, Table, bind, compile_rule, fill_rule, plan
from gx_polars.errors import Unsupported
from gx_polars.fallback import columns_needed, stock, warn
from gx_polars.measuring import FAILURES, InMemory, Streamed
from gx_polars.metrics import COLUMN_METRICS, ROW_METRICS, TABLE_METRICS, TYPE_METRICS
from gx_polars.parameters import parameter_values
from gx_polars.results import broken, judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gx_polars.program import Answer
    from gx_polars.unexpected import UnexpectedRows

_rules: Cache[Rule] = Cache(size=1024)
_tables: Cache[Table] = Cache(size=64)
_bound: Cache[dict[str, Answer] | BaseException] = Cache(size=1024)
_plans: Cache[Plan] = Cache(size=64)


def _compiled(expectation: Any, asked: tuple[str, dict[str, Any], int], suite_parameters: Mapping[str, Any]) -> Rule:
    """By rule and not by suite: in a suite that differs in one value from the last, one rule is compiled anew."""
    text, parsed, kept = asked
    condition = expectation.__dict__.get("row_condition")
    said = _said(condition) if isinstance(condition, Condition) else None  # its own repr writes 1 and "1" alike
    key = (text, type(expectation), repr(expectation.__dict__), said)
    rule = _rules.get(key, lambda: compile_rule(expectation, parsed, kept))
    if not rule.written:
        return rule
    try:
        values = parameter_values(rule.written, suite_parameters)
    except Exception as error:  # noqa: BLE001  kept and reported as this rule's result
        return _rules.get((key, str(error)), partial(replace, rule, fault=error))
    return _rules.get((key, repr(values)), lambda: fill_rule(rule, values))


def _said(condition: Any) -> Any:
    """What a condition holds, its parts included, in a form that tells any two apart. GX's own `dict()` takes three times as long."""
    if isinstance(condition, list | tuple):
        return tuple(map(_said, condition))
    parts = None if isinstance(condition, Enum) else getattr(condition, "__dict__", None)
    return (type(condition), *((name, _said(part)) for name, part in parts.items())) if parts else (type(condition), repr(condition))


def _planned(rules: tuple[Rule, ...], schema: pl.Schema) -> Plan:
    table = _tables.get(tuple(schema.items()), lambda: Table(schema))

    def bound(rule: Rule) -> dict[str, Answer] | BaseException:
        return _bound.get((table, rule), lambda: bind(rule, table))

    return _plans.get((table, rules), lambda: plan([bound(rule) for rule in rules]))


def validate(
    frame: pl.DataFrame | pl.LazyFrame,
    suite: Any,
    *,
    result_format: str | dict[str, Any] = "SUMMARY",
    unexpected_index_column_names: list[str] | None = None,
    suite_parameters: Mapping[str, Any] | None = None,
    unexpected_rows: UnexpectedRows | None = None,
) -> ExpectationSuiteValidationResult:
    """Validate a polars frame with a Great Expectations suite.

    Args:
        frame: The data. A LazyFrame is collected once for all rules together.
        suite: Any `great_expectations.ExpectationSuite`.
        result_format: As in GX: a name, or a dict with `result_format`, `partial_unexpected_count`, `exclude_unexpected_values` and so on.
        unexpected_index_column_names: Columns that name a row in the results, such as a line number.
        suite_parameters: Values for the arguments that the suite leaves open as `{"$PARAMETER": NAME}`. The suite stays compiled as it is
            written; only what follows from such a value is made anew. A parameter without a value fails its own rule.
        unexpected_rows: Is filled with the rows that each rule finds fault with, as polars columns.

    Returns:
        The result GX itself would give, in the order of the suite. A rule that cannot run has its `exception_info` filled; the other rules
        do not notice.
    """
    parsed = dict(parse_result_format(copy.deepcopy(result_format)))
    if unexpected_index_column_names:
        parsed["unexpected_index_column_names"] = list(unexpected_index_column_names)
    kept = 0 if unexpected_rows is None else unexpected_rows.limit
    asked = (f"{parsed!r}|{kept}", parsed, kept)
    rules = tuple(_compiled(expectation, asked, suite_parameters or {}) for expectation in suite.expectations)
    planned = _planned(rules, frame.collect_schema())
    read = _in_memory(frame, rules, planned)
    results, left = _native(read, rules, planned, unexpected_rows)
    for place, reason in left.items():
        warn(rules[place], reason)
    if left:
        foreseen = left.keys() <= planned.left.keys()  # else what was read may lack a column
        results |= stock(read if foreseen else frame, {place: rules[place] for place in left}, left)
    ordered = [results[place] for place in range(len(rules))]
    statistics = calc_validation_statistics(ordered)._asdict()
    return ExpectationSuiteValidationResult(
        success=statistics.pop("success"),
        results=ordered,
        suite_name=suite.name,
        statistics=statistics,
        meta={"great_expectations_version": gx_version},
    )


def _native(
    frame: pl.DataFrame | pl.LazyFrame, rules: tuple[Rule, ...], planned: Plan, unexpected_rows: UnexpectedRows | None
) -> tuple[dict[int, ExpectationValidationResult], dict[int, str]]:
    """The results that polars gives, by place in the suite; and the rules that are left to pandas, with the reason."""
    results = {place: broken(rules[place], error, in_metric=rules[place].fault is None) for place, error in planned.failed.items()}
    left = dict(planned.left)
    if unexpected_rows is not None:
        unexpected_rows.forget()
    source = InMemory(frame, planned.masks, planned.numbers) if isinstance(frame, pl.DataFrame) else Streamed(frame, planned.every)
    for place, answers in planned.answers.items():
        try:
            results[place] = judged(rules[place], answers, source)
            if unexpected_rows is not None:
                unexpected_rows.keep(place, answers.values(), source)
        except Unsupported as reason:  # what only the data showed
            left[place] = str(reason)
        except FAILURES as failure:
            results[place] = broken(rules[place], failure, in_metric=True)
    return results, dict(sorted(left.items()))


def _in_memory(frame: pl.DataFrame | pl.LazyFrame, rules: tuple[Rule, ...], planned: Plan) -> pl.DataFrame | pl.LazyFrame:
    """A LazyFrame of which pandas needs columns is collected here, so that it is read once for both."""
    if isinstance(frame, pl.DataFrame) or not planned.left:
        return frame
    names = frame.collect_schema().names()
    needed = planned.columns | set(columns_needed([rules[place] for place in planned.left], names))
    try:
        return frame.select([name for name in names if name in needed] or names[:1]).collect()
    except FAILURES:  # the rules that ask for what cannot be read fail alone
        return frame


def supported_expectations() -> list[str]:
    """The expectation types that run on polars itself; every other type runs on GX's pandas engine."""

    def native(name: str, kind: Any) -> bool:
        if getattr(kind, "map_metric", None) in ROW_METRICS.keys() | TYPE_METRICS:
            return True
        wanted = set(getattr(kind, "metric_dependencies", ()) or ())
        return bool(wanted) and wanted <= TABLE_METRICS | set(COLUMN_METRICS) and not name.endswith("other_table")

    return sorted(name for name, kind in _registered_expectations.items() if native(name, kind))
