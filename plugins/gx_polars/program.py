"""The metrics of one suite on one schema, as one polars query."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import polars as pl
from great_expectations.constants import MAX_RESULT_RECORDS

from gx_polars.columns import Domain, dtype_of
from gx_polars.conditions import row_condition
from gx_polars.errors import Unsupported
from gx_polars.metrics import COLUMN_METRICS, ROW_METRICS

ROW = "__gxp_row"
MetricId = Hashable
_DOMAIN_KEYS = frozenset(
    {"batch_id", "table", "column", "column_A", "column_B", "column_list", "row_condition", "condition_parser", "ignore_row_if"}
)


def settings_of(metric: Any) -> dict[str, Any]:
    """What a metric was asked with, beside its domain."""
    return {key: value for key, value in metric.metric_value_kwargs.items() if key != "result_format"}


class Program:
    """A mask of bad rows per rule, and one row of answers.

    GX names a metric by its id; rules that want the same metric share its answer. The masks stand in a `with_columns` of their own, so
    that what is dear (a duplicate check, a Python verdict) runs once however many answers follow from it.
    """

    def __init__(self, schema: pl.Schema) -> None:
        self.schema = schema
        self.known: dict[MetricId, Any] = {}
        self._masks: dict[str, pl.Expr] = {}
        self._answers: dict[MetricId, pl.Expr] = {}

    def __contains__(self, metric_id: MetricId) -> bool:
        return metric_id in self._answers

    def add(self, metric: Any, result_format: dict[str, Any]) -> None:
        """Give a metric configuration of GX its expression.

        Raises:
            Unsupported: When polars has no form for it.
        """
        if metric.id in self._answers or metric.id in self.known:
            return
        domain, name = metric.metric_domain_kwargs, metric.metric_name
        if domain.get("table") or not domain.keys() <= _DOMAIN_KEYS:
            raise Unsupported("a domain other than rows and columns of this table")
        where = row_condition(self.schema, domain.get("row_condition"))
        if name == "table.columns":
            self.known[metric.id] = list(self.schema)
        elif name == "table.column_count":
            self.known[metric.id] = len(self.schema)
        elif name == "table.row_count":
            self._answers[metric.id] = pl.len() if where is None else where.sum()
        elif name in COLUMN_METRICS:
            self._answers[metric.id] = COLUMN_METRICS[name](Domain(self.schema, (domain["column"],), where), **settings_of(metric))
        else:
            base, _, what = name.rpartition(".")
            if base not in ROW_METRICS:
                raise Unsupported(name)
            self._add_row_metric(metric, base, what, where, result_format)

    def _add_row_metric(self, metric: Any, base: str, what: str, where: pl.Expr | None, result_format: dict[str, Any]) -> None:
        domain = self._domain(metric.metric_domain_kwargs, base, where)
        if what == "filtered_row_count":
            self._answers[metric.id] = pl.len() if domain.inside is None else domain.inside.sum()
            return
        if what == "unexpected_index_query":
            self.known[metric.id] = None  # pandas writes df.filter(items=[every row number])
            return
        bad = self._mask(metric, base, domain)
        if what == "unexpected_count":
            self._answers[metric.id] = bad.sum()
        elif what == "unexpected_values":
            self._add_values(metric.id, domain, bad, result_format)
        elif what == "unexpected_index_list":
            self._add_index(metric.id, domain, bad, result_format)
        else:
            raise Unsupported(metric.metric_name)

    def _domain(self, kwargs: dict[str, Any], base: str, where: pl.Expr | None) -> Domain:
        """The rows a rule looks at: those of its condition, without the ones its null rule skips."""
        if "column" in kwargs:
            columns: tuple[str, ...] = (kwargs["column"],)
        else:
            columns = tuple(kwargs.get("column_list") or (kwargs["column_A"], kwargs["column_B"]))
        gaps = Domain(self.schema, columns, None).gaps
        rule = kwargs.get("ignore_row_if") or "never"
        skip: pl.Expr | None = None
        if "column" in kwargs:
            skip = None if base in ("column_values.nonnull", "column_values.null") else gaps[0]
        elif rule.startswith(("all", "both")):
            skip = pl.all_horizontal(gaps)
        elif rule.startswith(("any", "either")):
            skip = pl.any_horizontal(gaps)
        kept = None if skip is None else ~skip
        inside = kept if where is None else where if kept is None else where & kept
        return Domain(self.schema, columns, inside)

    def _mask(self, metric: Any, base: str, domain: Domain) -> pl.Expr:
        settings = settings_of(metric)
        name = f"__gxp_{base}|{metric.id[1]}|{settings}"
        if name not in self._masks:
            good = ROW_METRICS[base](domain, **settings).fill_null(False)
            self._masks[name] = ~good if domain.inside is None else domain.inside & ~good
        return pl.col(name)

    def _add_values(self, metric_id: MetricId, domain: Domain, bad: pl.Expr, result_format: dict[str, Any]) -> None:
        if result_format.get("exclude_unexpected_values"):
            self.known[metric_id] = []  # GX asks for them and then leaves them out
            return
        most, listed = MAX_RESULT_RECORDS, result_format["partial_unexpected_count"]
        cells = self._cells(list(domain.columns)) if len(domain.columns) > 1 else self._cell(domain.columns[0])
        limit = most if result_format["result_format"] == "COMPLETE" else min(listed, most)
        self._answers[metric_id] = cells.filter(bad).head(limit).implode()

    def _add_index(self, metric_id: MetricId, domain: Domain, bad: pl.Expr, result_format: dict[str, Any]) -> None:
        index = result_format.get("unexpected_index_column_names")
        if not index:
            cells = pl.col(ROW)
        elif result_format.get("exclude_unexpected_values"):
            cells = self._cells(index)
        else:
            cells = self._cells(list(dict.fromkeys([*domain.columns, *index])))
        rows = cells.filter(bad)
        whole = result_format["result_format"] == "COMPLETE"
        self._answers[metric_id] = (rows if whole else rows.head(result_format["partial_unexpected_count"])).implode()

    def _cell(self, column: str) -> pl.Expr:
        return pl.col(column).fill_nan(None) if dtype_of(self.schema, column).is_float() else pl.col(column)

    def _cells(self, columns: list[str]) -> pl.Expr:
        return pl.struct([self._cell(column) for column in columns])

    def run(self, frame: pl.DataFrame | pl.LazyFrame, metric_ids: list[MetricId]) -> dict[MetricId, Any]:
        """The answers to these metrics, in one collect."""
        answers = {f"m{i}": self._answers[metric_id] for i, metric_id in enumerate(metric_ids)}
        used = {root for answer in answers.values() for root in answer.meta.root_names()}
        lazy = frame.lazy().with_row_index(ROW) if ROW in used else frame.lazy()
        lazy = lazy.with_columns(**{name: mask for name, mask in self._masks.items() if name in used}).select(**answers)
        # Named because the default engine takes twice as long on a small frame that is in memory already.
        collected = lazy.collect(engine="in-memory" if isinstance(frame, pl.DataFrame) else "auto")
        return dict(zip(metric_ids, collected.row(0), strict=True))
