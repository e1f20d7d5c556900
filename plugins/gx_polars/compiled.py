"""From a suite to a query: compiled once per rule, bound once per rule and schema."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

import polars as pl
from great_expectations.core.suite_parameters import is_suite_parameter
from great_expectations.expectations.expectation import ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation

from gx_polars.errors import Unsupported
from gx_polars.measuring import FAILURES, InMemory, masks_of, numbers_of
from gx_polars.parameters import open_parameters, with_values
from gx_polars.program import KEPT, Answer, Count, Listing, Mask, Metric, answers_to

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAP_KINDS = (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)


class Settled:
    """An expectation that has its configuration at hand: GX's own makes it anew whenever a verdict reads one of its values."""

    def __init__(self, expectation: Any, configuration: Any) -> None:
        self.configuration, self._expectation = configuration, expectation
        self._success_kwargs: dict[str, Any] = expectation._get_success_kwargs()

    def _get_success_kwargs(self) -> dict[str, Any]:
        return dict(self._success_kwargs)

    def __getattr__(self, name: str) -> Any:
        found = getattr(type(self._expectation), name, None)
        value = MethodType(found, self) if isinstance(found, FunctionType) else getattr(self._expectation, name)
        self.__dict__[name] = value
        return value


@dataclass(frozen=True, eq=False)
class Rule:
    """One expectation and the metrics GX wants for it.

    Attributes:
        expectation: A copy of the expectation that nobody else changes.
        configuration: Its configuration; asking for it is dear in GX, so it is asked once.
        metrics: The metrics GX wants, by name; empty when GX asks the engine a question first.
        first_id: GX's id of the first of them, under which it tells that a rule broke.
        result_format: The parsed result format.
        written: Its arguments that are suite parameters, as they are written.
        kept: How many unexpected rows are kept as columns.
        fault: Why it cannot run at all: a parameter without a value, or with one that the rule cannot have.
    """

    expectation: Any
    configuration: Any
    metrics: dict[str, Metric]
    first_id: str
    result_format: dict[str, Any]
    written: dict[str, Any] = field(default_factory=dict)
    kept: int = 0
    fault: Exception | None = None

    @cached_property
    def of_map(self) -> type[ColumnMapExpectation | ColumnPairMapExpectation | MulticolumnMapExpectation] | None:
        """Which of GX's map expectations judges this rule; None when its class has a verdict of its own."""
        verdict = type(self.expectation)._validate
        return next((kind for kind in _MAP_KINDS if kind._validate is verdict), None)

    @cached_property
    def settled(self) -> Settled:
        """The expectation for GX's verdicts."""
        return Settled(self.expectation, self.configuration)


@dataclass(frozen=True)
class Plan:
    """A suite on a schema.

    Attributes:
        answers: By place in the suite: how to find each metric of the rule.
        failed: The rules that cannot run here, and why.
        left: The rules that the stock engine takes, and why.
        masks: What the answers follow from, each once.
        numbers: What they add up, each once.
    """

    answers: dict[int, dict[str, Answer]]
    failed: dict[int, BaseException]
    left: dict[int, str]
    masks: dict[str, Mask]
    numbers: dict[str, pl.Expr]

    @property
    def every(self) -> list[Answer]:
        """All answers to find."""
        return [answer for answers in self.answers.values() for answer in answers.values()]

    @property
    def columns(self) -> set[str]:
        """The columns that the answers are made of."""
        masks = [answer.mask.rows for answer in self.every if isinstance(answer, Count | Listing)]
        expressions = [*masks, *self.numbers.values()]
        listed = {column for answer in self.every if isinstance(answer, Listing) for column in answer.columns}
        return listed | {name for expression in expressions for name in expression.meta.root_names()}


def compile_rule(expectation: Any, result_format: dict[str, Any], kept: int = 0) -> Rule:
    """Ask GX which metrics a rule wants; the answer does not depend on the data."""
    try:
        wanted = expectation.get_validation_dependencies(None, {"result_format": copy.deepcopy(result_format)})
        asked = dict(wanted.metric_configurations)
    except Exception:  # noqa: BLE001  an expectation that asks the engine a first question is left to the stock engine
        asked = {}
    metrics = {name: Metric.of(each) for name, each in asked.items()}
    first_id = str(next(iter(asked.values())).id) if asked else ""
    written = open_parameters(expectation)
    return Rule(expectation.copy(deep=True), expectation.configuration, metrics, first_id, result_format, written, kept)


def fill_rule(rule: Rule, values: dict[str, Any]) -> Rule:
    """A rule as written, with values for its open arguments.

    Asking GX anew costs more than a millisecond, so a map rule keeps the metrics of the rule as written: its arguments only stand in their
    settings. In other rules GX may want other metrics for another value.
    """
    try:
        expectation = with_values(rule.configuration, values)
        if not rule.metrics or getattr(expectation, "map_metric", None) is None or None in values.values():
            return compile_rule(expectation, rule.result_format, rule.kept)
    except Exception as error:  # noqa: BLE001  kept and reported as this rule's result
        return replace(rule, fault=error)
    configuration = expectation.configuration
    kwargs = vars(expectation) | configuration.kwargs
    metrics = {name: _filled_metric(metric, kwargs) for name, metric in rule.metrics.items()}
    return Rule(expectation, configuration, metrics, rule.first_id, rule.result_format, kept=rule.kept)


def _filled_metric(metric: Metric, kwargs: dict[str, Any]) -> Metric:
    return replace(metric, settings={key: kwargs[key] if is_suite_parameter(value) else value for key, value in metric.settings.items()})


def plan(bound: Sequence[dict[str, Answer] | BaseException]) -> Plan:
    """Put together what `bind` said of each rule of a suite, in its order."""
    answers = {place: each for place, each in enumerate(bound) if isinstance(each, dict)}
    left = {place: str(each) for place, each in enumerate(bound) if isinstance(each, Unsupported)}
    failed = {place: each for place, each in enumerate(bound) if isinstance(each, BaseException) and place not in left}
    every = [answer for each in answers.values() for answer in each.values()]
    return Plan(answers, failed, left, masks_of(every), numbers_of(every))


class Table:
    """The columns and types of a frame, and an empty frame that has them; one object per schema, so that it is quickly looked up by."""

    def __init__(self, schema: pl.Schema) -> None:
        self.schema, self.empty = schema, pl.DataFrame(schema=schema)


def bind(rule: Rule, table: Table) -> dict[str, Answer] | BaseException:
    """How to find each metric of a rule, or why that cannot be: a rule that cannot run on this schema shows it on an empty frame."""
    if rule.fault is not None:
        return rule.fault
    try:
        if not rule.metrics:
            return Unsupported("GX tells its metrics to the stock engine only")
        if rule.result_format.get("include_unexpected_rows"):
            return Unsupported("whole rows are asked for (include_unexpected_rows)")
        answers = answers_to(table.schema, rule.metrics, rule.result_format | {KEPT: rule.kept})
        empty = InMemory(table.empty, masks_of(answers.values()), numbers_of(answers.values()))
        for each in answers.values():
            each.of(empty)
    except FAILURES as failure:
        return failure.with_traceback(None)
    return answers
