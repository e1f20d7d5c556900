"""From numbers to GX's own results: GX judges and formats, nothing of that is rewritten."""

from __future__ import annotations

import copy
import traceback
from typing import TYPE_CHECKING, Any

from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.validator.exception_info import ExceptionInfo

from gx_polars.metrics import SHAPES
from gx_polars.program import settings_of

if TYPE_CHECKING:
    import polars as pl

    from gx_polars.compiled import Rule
    from gx_polars.program import MetricId


def judged(rule: Rule, values: dict[MetricId, Any]) -> ExpectationValidationResult:
    """GX's verdict on one rule, from the metrics it asked for."""
    result_format = copy.deepcopy(rule.result_format)
    raw = rule.expectation._validate(
        metrics={name: _shaped(name, metric, values[metric.id], result_format) for name, metric in rule.metrics.items()},
        runtime_configuration={"result_format": result_format},
        execution_engine=None,
    )
    if result_format["result_format"] == "BOOLEAN_ONLY":
        raw["result"] = {}
    return ExpectationValidationResult(**raw, expectation_config=copy.deepcopy(rule.configuration))


def _shaped(name: str, metric: Any, value: Any, result_format: dict[str, Any]) -> Any:
    """A polars answer in the shape pandas gives it."""
    if metric.metric_name in SHAPES:
        return SHAPES[metric.metric_name](value, **settings_of(metric))
    if not isinstance(value, list):
        return value
    if "column_A" in metric.metric_domain_kwargs and name.endswith("unexpected_values"):
        number = any(isinstance(cell, int | float) for pair in value for cell in pair.values())
        # NaN sorts among numbers where None cannot, and every NaN counts apart.
        return [tuple(float("nan") if cell is None and number else cell for cell in pair.values()) for pair in value]
    index = result_format.get("unexpected_index_column_names")
    if name.endswith("unexpected_index_list") and index and result_format.get("exclude_unexpected_values"):
        return [{column: [row[column] for row in value] for column in index}] if value else []
    return list(value)


def broken(rule: Rule, error: Exception, *, in_metric: bool) -> ExpectationValidationResult:
    """A rule that could not run, in GX's two shapes: a broken metric keys the information by metric id, a broken verdict does not."""
    info: Any = ExceptionInfo("".join(traceback.format_exception(error)), str(error))
    if in_metric:
        info = {str(next(iter(rule.metrics.values())).id): info}
    return ExpectationValidationResult(success=False, exception_info=info, expectation_config=copy.deepcopy(rule.configuration))


def stock(frame: pl.DataFrame | pl.LazyFrame, rules: list[Rule]) -> list[ExpectationValidationResult]:
    """The rules polars cannot say, run by GX's own pandas engine on the whole frame."""
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    engine = PandasExecutionEngine(batch_data_dict={"polars": frame.lazy().collect().to_pandas()})
    validator = Validator(execution_engine=engine)
    validator._determine_progress_bars = lambda: False  # else a bar per rule on stderr
    results: list[ExpectationValidationResult] = []
    for rule in rules:
        try:
            runtime = {"result_format": copy.deepcopy(rule.result_format)}
            results += validator.graph_validate([copy.deepcopy(rule.configuration)], runtime)
        except Exception as error:  # noqa: BLE001  GX asks some first questions outside its own net
            results.append(broken(rule, error, in_metric=False))
    return results
