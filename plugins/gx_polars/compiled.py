"""From a suite to a query: compiled once per rule, bound once per schema, computed once per frame."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Generic, TypeVar

import polars as pl
from great_expectations.core.suite_parameters import is_suite_parameter
from great_expectations.validator.metric_configuration import MetricConfiguration

from gx_polars.errors import Unsupported
from gx_polars.parameters import open_parameters, with_values
from gx_polars.program import MetricId, Program

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """One expectation and the metrics GX wants for it.

    Attributes:
        key: What tells it apart from every other rule and result format.
        expectation: A copy of the expectation that nobody else changes.
        configuration: Its configuration; asking for it is dear in GX, so it is asked once.
        metrics: GX's metric configurations by name; empty when GX asks the engine a question first.
        result_format: The parsed result format.
        written: Its arguments that are suite parameters, as they are written.
        fault: Why it cannot run at all: a parameter without a value, or with one that the rule cannot have.
    """

    key: str
    expectation: Any
    configuration: Any
    metrics: dict[str, Any]
    result_format: dict[str, Any]
    written: dict[str, Any] = field(default_factory=dict)
    fault: Exception | None = None


@dataclass
class Bound:
    """A suite on a schema: the query, the metrics each rule still needs, and the rules that cannot run here."""

    program: Program
    todo: dict[int, list[MetricId]] = field(default_factory=dict)
    failed: dict[int, Exception] = field(default_factory=dict)


class Cache(Generic[T]):
    """The last few things made, by key; safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._size, self._made, self._lock = size, OrderedDict[Hashable, T](), Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, or what `make` makes now."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            self._made.move_to_end(key)
            while len(self._made) > self._size:
                self._made.popitem(last=False)
            return self._made[key]


def compile_rule(key: str, expectation: Any, result_format: dict[str, Any]) -> Rule:
    """Ask GX which metrics a rule wants; the answer does not depend on the data."""
    try:
        wanted = expectation.get_validation_dependencies(None, {"result_format": copy.deepcopy(result_format)})
        metrics = dict(wanted.metric_configurations)
    except Exception:  # noqa: BLE001  an expectation that asks the engine a first question is left to the stock engine
        metrics = {}
    return Rule(key, expectation.copy(deep=True), expectation.configuration, metrics, result_format, open_parameters(expectation))


def fill_rule(key: str, rule: Rule, values: dict[str, Any]) -> Rule:
    """A rule as written, with values for its open arguments.

    Asking GX anew costs more than a millisecond, so a map rule keeps the metrics of the rule as written: its arguments only stand in their
    settings. In other rules GX may want other metrics for another value.
    """
    try:
        expectation = with_values(rule.configuration, values)
        if not rule.metrics or getattr(expectation, "map_metric", None) is None:
            return compile_rule(key, expectation, rule.result_format)
    except Exception as error:  # noqa: BLE001  kept and reported as this rule's result
        return replace(rule, key=key, fault=error)
    configuration = expectation.configuration
    metrics = {name: _filled_metric(metric, vars(expectation) | configuration.kwargs) for name, metric in rule.metrics.items()}
    return Rule(key, expectation, configuration, metrics, rule.result_format)


def _filled_metric(metric: MetricConfiguration, kwargs: dict[str, Any]) -> MetricConfiguration:
    settings = metric.metric_value_kwargs
    if not any(is_suite_parameter(value) for value in settings.values()):
        return metric
    settings = {key: kwargs[key] if is_suite_parameter(value) else value for key, value in settings.items()}
    return MetricConfiguration(metric.metric_name, metric.metric_domain_kwargs, settings)


def bind(rules: list[Rule], schema: pl.Schema) -> Bound:
    """A rule that cannot run on this schema shows it here, on an empty frame, and fails alone."""
    bound, empty = Bound(Program(schema)), pl.DataFrame(schema=schema)
    for position, rule in enumerate(rules):
        if rule.fault is not None:
            bound.failed[position] = rule.fault
            continue
        try:
            bound.todo[position] = _bind_rule(bound.program, rule, empty)
        except Exception as error:  # noqa: BLE001  kept and reported as this rule's result
            bound.failed[position] = error
    return bound


def _bind_rule(program: Program, rule: Rule, empty: pl.DataFrame) -> list[MetricId]:
    if not rule.metrics or rule.result_format.get("include_unexpected_rows"):
        raise Unsupported("its metrics are known to the stock engine only")
    for metric in rule.metrics.values():
        program.add(metric, rule.result_format)
    needed = [metric.id for metric in rule.metrics.values() if metric.id in program]
    if needed:
        program.run(empty, needed)
    return needed


def compute(
    program: Program, frame: pl.DataFrame | pl.LazyFrame, todo: dict[int, list[MetricId]]
) -> tuple[dict[MetricId, Any], dict[int, Exception]]:
    """One collect; should the data itself break it, halve the rules until the guilty one stands alone."""
    wanted = list(dict.fromkeys(metric_id for metric_ids in todo.values() for metric_id in metric_ids))
    try:
        return (program.run(frame, wanted) if wanted else {}), {}
    except Exception as error:  # noqa: BLE001  kept and reported as the guilty rule's result
        if len(todo) == 1:
            return {}, dict.fromkeys(todo, error)
    values: dict[MetricId, Any] = {}
    failed: dict[int, Exception] = {}
    positions, half = list(todo), len(todo) // 2
    for part in (positions[:half], positions[half:]):
        part_values, part_failed = compute(program, frame, {position: todo[position] for position in part})
        values |= part_values
        failed |= part_failed
    return values, failed
