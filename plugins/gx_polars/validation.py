"""`validate` and `supported_expectations`: the two doors of the package."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from great_expectations import __version__ as gx_version
from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.expectations import core as _core  # noqa: F401  fills the registry of expectations
from great_expectations.expectations.expectation_configuration import parse_result_format
from great_expectations.expectations.registry import _registered_expectations
from great_expectations.validator.validator import calc_validation_statistics

from gx_polars.compiled import Bound, Cache, Rule, bind, compile_rule, compute, fill_rule
from gx_polars.errors import Unsupported
from gx_polars.metrics import COLUMN_METRICS, ROW_METRICS, TABLE_METRICS
from gx_polars.parameters import parameter_values
from gx_polars.results import broken, judged, stock

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_rules: Cache[Rule] = Cache(size=1024)
_bound: Cache[Bound] = Cache(size=64)


def _compiled(expectation: Any, result_format: dict[str, Any], suite_parameters: Mapping[str, Any]) -> Rule:
    """By rule and not by suite: in a suite that differs in one value from the last, one rule is compiled anew."""
    key = f"{result_format!r}|{type(expectation).__qualname__}|{expectation.__dict__!r}"
    rule = _rules.get(key, lambda: compile_rule(key, expectation, result_format))
    if not rule.written:
        return rule
    try:
        values = parameter_values(rule.written, suite_parameters)
    except Exception as error:  # noqa: BLE001  kept and reported as this rule's result
        return replace(rule, key=f"{key}|{error}", fault=error)
    filled_key = f"{key}|{values!r}"
    return _rules.get(filled_key, lambda: fill_rule(filled_key, rule, values))


def validate(
    frame: pl.DataFrame | pl.LazyFrame,
    suite: Any,
    *,
    result_format: str | dict[str, Any] = "SUMMARY",
    unexpected_index_column_names: list[str] | None = None,
    suite_parameters: Mapping[str, Any] | None = None,
) -> ExpectationSuiteValidationResult:
    """Validate a polars frame with a Great Expectations suite.

    Args:
        frame: The data. A LazyFrame is collected once for all rules together.
        suite: Any `great_expectations.ExpectationSuite`.
        result_format: As in GX: a name, or a dict with `result_format`, `partial_unexpected_count`, `exclude_unexpected_values` and so on.
        unexpected_index_column_names: Columns that name a row in the results, such as a line number.
        suite_parameters: Values for the arguments that the suite leaves open as `{"$PARAMETER": NAME}`. The suite stays compiled as it is
            written; only what follows from such a value is made anew. A parameter without a value fails its own rule.

    Returns:
        The result GX itself would give, in the order of the suite. A rule that cannot run has its `exception_info` filled; the other rules
        do not notice.
    """
    parsed = dict(parse_result_format(copy.deepcopy(result_format)))
    if unexpected_index_column_names:
        parsed["unexpected_index_column_names"] = list(unexpected_index_column_names)
    rules = [_compiled(expectation, parsed, suite_parameters or {}) for expectation in suite.expectations]
    schema = frame.collect_schema()
    bound = _bound.get((repr(schema), *(rule.key for rule in rules)), lambda: bind(rules, schema))
    values, failed_on_data = compute(bound.program, frame, bound.todo)
    values = values | bound.program.known
    failed = bound.failed | failed_on_data
    results: dict[int, ExpectationValidationResult] = {}
    for position, rule in enumerate(rules):
        error = failed.get(position)
        try:
            if error is None:
                results[position] = judged(rule, values)
            elif not isinstance(error, Unsupported):
                results[position] = broken(rule, error, in_metric=bool(rule.metrics) and rule.fault is None)
        except Exception as verdict_error:  # noqa: BLE001  kept and reported as this rule's result
            results[position] = broken(rule, verdict_error, in_metric=False)
    left = [position for position in range(len(rules)) if position not in results]
    if left:
        results |= dict(zip(left, stock(frame, [rules[position] for position in left]), strict=True))
    ordered = [results[position] for position in range(len(rules))]
    statistics = calc_validation_statistics(ordered)._asdict()
    return ExpectationSuiteValidationResult(
        success=statistics.pop("success"),
        results=ordered,
        suite_name=suite.name,
        statistics=statistics,
        meta={"great_expectations_version": gx_version},
    )


def supported_expectations() -> list[str]:
    """The expectation types that run on polars itself; every other type runs on GX's pandas engine."""

    def native(name: str, kind: Any) -> bool:
        if getattr(kind, "map_metric", None) in ROW_METRICS:
            return True
        wanted = set(getattr(kind, "metric_dependencies", ()) or ())
        return bool(wanted) and wanted <= TABLE_METRICS | set(COLUMN_METRICS) and not name.endswith("other_table")

    return sorted(name for name, kind in _registered_expectations.items() if native(name, kind))
