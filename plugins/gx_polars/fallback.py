"""The rules polars cannot say, run by GX's own pandas engine on the columns they need."""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

from great_expectations.expectations.expectation import (
    ColumnAggregateExpectation,
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    MulticolumnMapExpectation,
)

from gx_polars.errors import PandasFallbackWarning
from gx_polars.measuring import FAILURES
from gx_polars.pandas_frame import to_pandas
from gx_polars.results import broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

    from gx_polars.compiled import Rule

_ON_COLUMNS = (ColumnAggregateExpectation, ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)


def columns_needed(rules: Iterable[Rule], names: list[str]) -> list[str]:
    """The columns that these rules and their results speak of; all of them when a rule is about the whole table.

    Args:
        rules: Rules that go to pandas.
        names: The columns of the frame.
    """
    needed: set[str] = set()
    for rule in rules:
        if not isinstance(rule.expectation, _ON_COLUMNS) or rule.result_format.get("include_unexpected_rows"):
            return names
        kwargs = dict(rule.configuration.kwargs)
        condition = list(_texts(kwargs.pop("row_condition", None)))
        needed.update(name for name in names if any(name in text for text in condition))
        needed.update(_texts(kwargs))
        needed.update(_texts(rule.result_format.get("unexpected_index_column_names")))
    folded = {name.casefold() for name in needed}
    return [name for name in names if name.casefold() in folded]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from _texts(item)


def warn(rule: Rule, reason: str) -> None:
    """Tell who called `validate` that a rule pays pandas' price."""
    message = f"{rule.configuration.type} runs on GX's pandas engine: {reason}"
    warnings.warn(message, PandasFallbackWarning, stacklevel=3)


def stock(
    frame: pl.DataFrame | pl.LazyFrame, rules: Mapping[int, Rule], reasons: Mapping[int, str]
) -> dict[int, ExpectationValidationResult]:
    """The results of these rules by place in the suite; the frame is converted once for all of them.

    Each says in `meta["gx_polars"]` that pandas gave it, and why.
    """
    try:
        validator = _validator(frame, rules.values())
        results = {place: _stock_result(validator, rule) for place, rule in rules.items()}
    except FAILURES as failure:
        results = {place: broken(rule, failure, in_metric=False) for place, rule in rules.items()}
    for place, result in results.items():
        result.meta = {**(result.meta or {}), "gx_polars": {"engine": "pandas", "reason": reasons[place]}}
    return results


def _validator(frame: pl.DataFrame | pl.LazyFrame, rules: Iterable[Rule]) -> Any:
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.validator.validator import Validator

    needed = columns_needed(rules, frame.collect_schema().names())
    engine = PandasExecutionEngine(batch_data_dict={"polars": to_pandas(frame.lazy().select(needed).collect())})
    validator = Validator(execution_engine=engine)
    validator._metrics_calculator.show_progress_bars = False  # else bars on stderr
    return validator


def _stock_result(validator: Any, rule: Rule) -> ExpectationValidationResult:
    try:
        runtime = {"result_format": copy.deepcopy(rule.result_format)}
        result: ExpectationValidationResult = validator.graph_validate([copy.deepcopy(rule.configuration)], runtime)[0]
    except Exception as error:  # noqa: BLE001  GX asks some first questions outside its own net
        return broken(rule, error, in_metric=False)
    return result
