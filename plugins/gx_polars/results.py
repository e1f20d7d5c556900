"""From answers to GX's own results: GX judges and formats, nothing of that is rewritten."""

from __future__ import annotations

import copy
import traceback
from typing import TYPE_CHECKING, Any

from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.expectations.expectation import ColumnMapExpectation, _format_map_output, _mostly_success
from great_expectations.validator.exception_info import ExceptionInfo

from gx_polars.pandas_types import engine_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gx_polars.compiled import Rule
    from gx_polars.program import Answer, Source

_ATOMS = frozenset({str, int, float, bool, type(None)})


def judged(rule: Rule, answers: Mapping[str, Answer], source: Source) -> ExpectationValidationResult:
    """GX's verdict on one rule.

    Raises:
        Exception: What broke one of its metrics on the data.
    """
    metrics = {name: answer.of(source) for name, answer in answers.items()}
    engine = engine_for(rule.expectation, metrics)
    try:
        raw = _map_verdict(rule, metrics) if rule.of_map else _verdict(rule, metrics, engine)
    except Exception as error:  # noqa: BLE001  a verdict that breaks has its own shape in GX
        return broken(rule, error, in_metric=False)
    return ExpectationValidationResult(**raw, expectation_config=configuration_of(rule))


def _verdict(rule: Rule, metrics: dict[str, Any], engine: Any) -> dict[str, Any]:
    result_format = {key: list(value) if isinstance(value, list) else value for key, value in rule.result_format.items()}
    asked = {"metrics": metrics, "runtime_configuration": {"result_format": result_format}, "execution_engine": engine}
    try:
        raw: dict[str, Any] = type(rule.expectation)._validate(rule.settled, **asked)
    except Exception:  # noqa: BLE001  what GX itself says about it counts
        raw = rule.expectation._validate(**asked)
    if result_format["result_format"] == "BOOLEAN_ONLY":
        raw["result"] = {}
    for key, value in raw.get("result", {}).items():
        if type(value) is dict:  # such as the quantiles that were asked for, which are the rule's own
            raw["result"][key] = _copied(value)
    return raw


def _map_verdict(rule: Rule, metrics: dict[str, Any]) -> dict[str, Any]:
    """What `_validate` of GX's three map expectations does, without reading the whole configuration of the rule several times over."""
    form, base = rule.result_format, rule.expectation.map_metric
    total, bad = metrics["table.row_count"], metrics[f"{base}.unexpected_count"]
    if rule.of_map is ColumnMapExpectation:
        considered = total - metrics["column_values.nonnull.unexpected_count"]
    else:
        considered = metrics[f"{base}.filtered_row_count"]
    success = total == 0 or considered == 0 or _mostly_success(considered, bad, rule.expectation.mostly)
    index = form.get("unexpected_index_column_names")
    raw: dict[str, Any] = _format_map_output(
        result_format=form,
        success=success,
        element_count=total,
        nonnull_count=considered,
        unexpected_count=bad,
        unexpected_list=metrics.get(f"{base}.unexpected_values"),
        unexpected_index_list=metrics.get(f"{base}.unexpected_index_list"),
        unexpected_index_column_names=list(index) if isinstance(index, list) else index,
    )
    return raw


def configuration_of(rule: Rule) -> Any:
    """A configuration of the rule that the caller may change. GX's own copy takes longer than the verdict."""
    configuration = object.__new__(type(rule.configuration))
    configuration.__dict__.update(rule.configuration.__dict__)
    configuration._kwargs = _copied(rule.configuration._kwargs)
    configuration.meta, configuration.notes = _copied(rule.configuration.meta), _copied(rule.configuration.notes)
    return configuration


def _copied(value: Any) -> Any:
    if type(value) is dict:
        return {key: item if type(item) in _ATOMS else _copied(item) for key, item in value.items()}
    if type(value) is list:
        return [item if type(item) in _ATOMS else _copied(item) for item in value]
    return value if type(value) in _ATOMS else copy.deepcopy(value)


def broken(rule: Rule, error: BaseException, *, in_metric: bool) -> ExpectationValidationResult:
    """A rule that could not run, in GX's two shapes: a broken metric keys the information by metric id, a broken verdict does not."""
    info: Any = ExceptionInfo("".join(traceback.format_exception(error)), str(error))
    if in_metric:
        info = {rule.first_id: info}
    return ExpectationValidationResult(success=False, exception_info=info, expectation_config=configuration_of(rule))
