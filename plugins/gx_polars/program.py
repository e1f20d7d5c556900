"""What a rule asks of a frame, said in polars: masks of rows, numbers of columns, and the answers that follow from them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from gx_polars import listing
from gx_polars.columns import Domain, dtype_of, written_in
from gx_polars.conditions import row_condition
from gx_polars.errors import Unsupported
from gx_polars.metrics import COLUMN_METRICS, ROW_METRICS, SHAPES
from gx_polars.pandas_types import column_types

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DOMAIN_KEYS = frozenset(
    {"batch_id", "table", "column", "column_A", "column_B", "column_list", "row_condition", "condition_parser", "ignore_row_if"}
)


KEPT = "__gxp_kept"
"""Beside the keys of GX in a result format: how many unexpected rows of a rule are kept as columns."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Some rows of a frame.

    Attributes:
        name: What tells it apart; rules that want the same rows share them.
        rows: The boolean expression, under that name.
        gaps_of: The column whose nulls these rows are. A frame in memory knows how many there are without looking.
    """

    name: str
    rows: pl.Expr
    gaps_of: str | None = None


class Source(Protocol):
    """A frame that has been looked at."""

    rows: int

    def count(self, mask: Mask) -> int:
        """How many rows the mask has."""

    def cells(self, mask: Mask, columns: tuple[str, ...], limit: int | None) -> list[pl.Series]:
        """The first cells of these columns in the rows of the mask; the row numbers when no column is named."""

    def number(self, name: str) -> Any:
        """What a column adds up to."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the schema tells already."""

    value: Any

    def of(self, source: Source) -> Any:  # noqa: ARG002  an answer like the others
        """The value."""
        return list(self.value) if isinstance(self.value, list) else self.value


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows the frame has."""

    def of(self, source: Source) -> int:
        """The number."""
        return source.rows


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a mask has."""

    mask: Mask

    def of(self, source: Source) -> int:
        """The number."""
        return source.count(self.mask)


@dataclass(frozen=True, slots=True)
class Number:
    """What a column adds up to, in the shape GX expects."""

    name: str
    answer: pl.Expr
    shape: Callable[[Any], Any]

    def of(self, source: Source) -> Any:
        """The value."""
        return self.shape(source.number(self.name))


@dataclass(frozen=True, slots=True)
class Listing:
    """Cells of the rows of a mask; nothing is gathered when it has none. Beside the list, `kept` of them are kept as columns."""

    mask: Mask
    columns: tuple[str, ...]
    limit: int | None
    form: Callable[[tuple[str, ...], list[pl.Series]], list[Any]]
    kept: int = 0

    def of(self, source: Source) -> list[Any]:
        """The list, in the form GX's pandas engine gives it."""
        if self.limit == 0 or not source.count(self.mask):
            return []
        cells = source.cells(self.mask, self.columns, self.most)
        return self.form(self.columns, cells if self.limit is None or not self.kept else [each.head(self.limit) for each in cells])

    @property
    def most(self) -> int | None:
        """How many cells are gathered: those that are listed, and those that are kept as they are."""
        return None if self.limit is None else max(self.limit, self.kept)


Answer = Known | Rows | Count | Number | Listing


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric configuration of GX.

    Attributes:
        name: The metric's name, such as `column_values.in_set.unexpected_count`.
        domain: The rows and columns it is about, as GX says it.
        domain_id: What tells that domain apart.
        settings: What it is asked with beside that.
    """

    name: str
    domain: dict[str, Any]
    domain_id: str
    settings: dict[str, Any]

    @classmethod
    def of(cls, asked: Any) -> Metric:
        """From GX's own `MetricConfiguration`."""
        settings = {key: value for key, value in asked.metric_value_kwargs.items() if key != "result_format"}
        return cls(asked.metric_name, dict(asked.metric_domain_kwargs), str(asked.id[1]), settings)


def answers_to(schema: pl.Schema, metrics: Mapping[str, Metric], result_format: dict[str, Any]) -> dict[str, Answer]:
    """How to find the metrics of one rule, by the names it gives them.

    Raises:
        Unsupported: When polars has no form for one of them.
    """
    masks: dict[str, Mask] = {}
    return {name: _answer(schema, metric, result_format, masks) for name, metric in metrics.items()}


def _answer(schema: pl.Schema, metric: Metric, result_format: dict[str, Any], masks: dict[str, Mask]) -> Answer:
    domain, name = _written_in(schema, metric.domain), metric.name
    if domain.get("table") or not domain.keys() <= _DOMAIN_KEYS:
        raise Unsupported("a domain other than rows and columns of this table")
    where = row_condition(schema, domain.get("row_condition"))
    if name == "table.columns":
        return Known(list(schema))
    if name == "table.column_count":
        return Known(len(schema))
    if name == "table.row_count":
        return Rows() if where is None else Count(_mask(f"{metric.domain_id}|where", where))
    if name == "table.column_types" and where is None:
        asked, shape = column_types(schema)
        return Number("__gxp_types", asked.alias("__gxp_types"), shape)
    if name in COLUMN_METRICS:
        return _number(metric, Domain(schema, (domain["column"],), where))
    base, _, what = name.rpartition(".")
    if base not in ROW_METRICS:
        raise Unsupported(f"polars has no form of the metric {name}")
    return _row_answer(metric, what, _domain(schema, domain, base, where), result_format, masks)


def _written_in(schema: pl.Schema, domain: dict[str, Any]) -> dict[str, Any]:
    """The domain with its columns as the frame writes them."""
    columns: dict[str, Any] = {key: written_in(schema, domain[key]) for key in ("column", "column_A", "column_B") if key in domain}
    if "column_list" in domain:
        columns["column_list"] = [written_in(schema, column) for column in domain["column_list"] or ()]
    return domain | columns


def _number(metric: Metric, domain: Domain) -> Number:
    settings, shape = metric.settings, SHAPES.get(metric.name)
    name = f"__gxp_{metric.name}|{metric.domain_id}|{settings}"
    expression = _asked(COLUMN_METRICS[metric.name], domain, settings)
    return Number(name, expression.alias(name), (lambda value: value) if shape is None else lambda value: shape(value, **settings))


def _asked(make: Callable[..., pl.Expr], domain: Domain, settings: dict[str, Any]) -> pl.Expr:
    """A form that does not know one of the settings must not pass over it."""
    try:
        inspect.signature(make).bind(domain, **settings)
    except TypeError as error:
        raise Unsupported(f"a setting that has no polars form: {error}") from error
    return make(domain, **settings)


def _row_answer(metric: Metric, what: str, domain: Domain, result_format: dict[str, Any], masks: dict[str, Mask]) -> Answer:
    if what == "filtered_row_count":
        return Rows() if domain.inside is None else Count(_mask(f"{metric.domain_id}|inside", domain.inside))
    if what == "unexpected_index_query":
        return Known(None)  # pandas writes df.filter(items=[every row number])
    if what == "unexpected_count":
        return Count(_bad(metric, domain, masks))
    if what == "unexpected_values":
        return _values(_bad(metric, domain, masks), domain, result_format)
    if what == "unexpected_index_list":
        return _index(_bad(metric, domain, masks), domain, result_format)
    raise Unsupported(f"polars has no form of the metric {metric.name}")


def _domain(schema: pl.Schema, kwargs: dict[str, Any], base: str, where: pl.Expr | None) -> Domain:
    """The rows a rule looks at: those of its condition, without the ones its null rule skips."""
    if "column" in kwargs:
        columns: tuple[str, ...] = (kwargs["column"],)
    else:
        columns = tuple(kwargs.get("column_list") or (kwargs["column_A"], kwargs["column_B"]))
    gaps = Domain(schema, columns, None).gaps
    rule = kwargs.get("ignore_row_if") or "never"
    skip: pl.Expr | None = None
    if "column" in kwargs:
        skip = None if base in ("column_values.nonnull", "column_values.null") else gaps[0]
    elif rule.startswith(("all", "both")):
        skip = pl.all_horizontal(gaps)
    elif rule.startswith(("any", "either")):
        skip = pl.any_horizontal(gaps)
    if skip is None:
        kept = None
    elif "column" in kwargs and not dtype_of(schema, columns[0]).is_float():
        kept = pl.col(columns[0]).is_not_null()  # one step less than not missing, in every mask
    else:
        kept = ~skip
    inside = kept if where is None else where if kept is None else where & kept
    return Domain(schema, columns, inside)


def _mask(name: str, rows: pl.Expr, gaps_of: str | None = None) -> Mask:
    return Mask(f"__gxp_{name}", rows.alias(f"__gxp_{name}"), gaps_of)


def _bad(metric: Metric, domain: Domain, masks: dict[str, Mask]) -> Mask:
    """The rows a rule finds fault with; its metrics share them."""
    base, settings = metric.name.rpartition(".")[0], metric.settings
    name = f"{base}|{metric.domain_id}|{settings}"
    if name not in masks:
        masks[name] = _made(name, base, settings, domain)
    return masks[name]


def _made(name: str, base: str, settings: dict[str, Any], domain: Domain) -> Mask:
    if base == "column_values.nonnull" and domain.inside is None and not domain.type.is_float():
        return _mask(name, domain.gaps[0], gaps_of=domain.columns[0])
    bad = _asked(ROW_METRICS[base], domain, settings).ne_missing(True)  # not good, or unknown
    return _mask(name, bad if domain.inside is None else domain.inside & bad)


def _values(bad: Mask, domain: Domain, result_format: dict[str, Any]) -> Answer:
    if result_format.get("exclude_unexpected_values"):
        return Known([])  # GX asks for them and then leaves them out
    from great_expectations.constants import MAX_RESULT_RECORDS

    most, listed = MAX_RESULT_RECORDS, result_format["partial_unexpected_count"]
    limit = most if result_format["result_format"] == "COMPLETE" else min(listed, most)
    if len(domain.columns) == 1:
        form = listing.single
    elif bad.name.startswith("__gxp_column_pair"):
        form = listing.pairs
    else:
        form = listing.records
    return Listing(bad, domain.columns, limit, form)


def _index(bad: Mask, domain: Domain, result_format: dict[str, Any]) -> Listing:
    kept = result_format.get(KEPT, 0)
    limit = None if result_format["result_format"] == "COMPLETE" else result_format["partial_unexpected_count"]
    index = tuple(written_in(domain.schema, column) for column in result_format.get("unexpected_index_column_names") or ())
    for column in index:
        dtype_of(domain.schema, column)
    if not index:
        return Listing(bad, (), limit, listing.single, kept)
    if result_format.get("exclude_unexpected_values"):
        return Listing(bad, index, limit, listing.by_column, kept)
    return Listing(bad, tuple(dict.fromkeys((*domain.columns, *index))), limit, listing.records, kept)
