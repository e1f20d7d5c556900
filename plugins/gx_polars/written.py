"""Expectations as a suite file writes them, measured by the same masks without importing Great Expectations, which takes a second."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.cache import Cache
from gx_polars.errors import Unsupported
from gx_polars.measuring import FAILURES, InMemory, masks_of
from gx_polars.program import Listing, Metric, answers_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_listed: Cache[list[Listing]] = Cache(size=64)

_ROW, _ROW_NUMBER = "row", "__gxp_row"
_PARAMETER = "$PARAMETER"


@dataclass(frozen=True, slots=True)
class Unexpected:
    """What one expectation finds fault with.

    Attributes:
        count: How many rows.
        rows: The first of them: the index columns, or the row number as `row`.
    """

    count: int
    rows: pl.DataFrame


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_bound(value: Any) -> bool:
    """A day or a whole number."""
    return type(value) in (dt.date, int)


def _is_set(value: Any) -> bool:
    """Of one kind, which no model can take for another."""
    return isinstance(value, list | tuple) and any(all(isinstance(each, kind) for each in value) for kind in (str, bool))


def _is_present_or_not(value: Any) -> bool:
    """A condition that a cell is there, or that it is not."""
    return (
        isinstance(value, dict)
        and value.keys() == {"type", "column", "is_null"}
        and value["type"] == "nullity"
        and isinstance(value["column"], dict)
        and value["column"].keys() == {"name"}
        and _is_text(value["column"]["name"])
        and _is_truth(value["is_null"])
    )


def _is_pair_rule(value: Any) -> bool:
    return value in ("both_values_are_missing", "either_value_is_missing", "neither")


@dataclass(frozen=True, slots=True)
class _Form:
    """A type of expectation: the metric it is about, and what its arguments can be; an argument of another kind is GX's to judge."""

    metric: str
    domain: Mapping[str, Callable[[Any], bool]]
    settings: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset({"row_condition"})

    def accepts(self, kwargs: Mapping[str, Any]) -> bool:
        """Whether these arguments have a form."""
        kinds = {**self.domain, **self.settings}
        return kinds.keys() - self.optional <= kwargs.keys() <= kinds.keys() and all(kinds[name](value) for name, value in kwargs.items())


_COLUMN: dict[str, Callable[[Any], bool]] = {"column": _is_text, "row_condition": _is_present_or_not}
_PAIR = {"column_A": _is_text, "column_B": _is_text, "ignore_row_if": _is_pair_rule, "row_condition": _is_present_or_not}
_SET = {"value_set": _is_set}
_BOUNDS = {"min_value": _is_bound, "max_value": _is_bound, "strict_min": _is_truth, "strict_max": _is_truth}
_FORMS = {
    "expect_column_values_to_not_be_null": _Form("column_values.nonnull", _COLUMN),
    "expect_column_values_to_be_null": _Form("column_values.null", _COLUMN),
    "expect_column_values_to_be_in_set": _Form("column_values.in_set", _COLUMN, _SET),
    "expect_column_values_to_not_be_in_set": _Form("column_values.not_in_set", _COLUMN, _SET),
    "expect_column_values_to_be_between": _Form("column_values.between", _COLUMN, _BOUNDS, optional=frozenset({"row_condition", *_BOUNDS})),
    "expect_column_values_to_match_regex": _Form("column_values.match_regex", _COLUMN, {"regex": _is_text}),
    "expect_column_values_to_not_match_regex": _Form("column_values.not_match_regex", _COLUMN, {"regex": _is_text}),
    "expect_column_pair_values_a_to_be_greater_than_b": _Form(
        "column_pair_values.a_greater_than_b", _PAIR, {"or_equal": _is_truth}, optional=frozenset({"row_condition", "or_equal"})
    ),
}


def find_unexpected(
    frame: pl.DataFrame | pl.LazyFrame,
    expectations: Sequence[Mapping[str, Any]],
    *,
    limit: int,
    unexpected_index_column_names: Sequence[str] = (),
    suite_parameters: Mapping[str, Any] | None = None,
) -> list[Unexpected]:
    """Which rows the expectations of a suite find fault with: those that `validate` tells, when all of them are of a few plain types.

    An expectation without a fault is met. Nothing is judged here: an expectation that allows some faults (`mostly`), one that cannot run
    and one of another type or with unusual arguments is for `validate`, and so is the suite that it stands in.

    Args:
        frame: The data. A LazyFrame is collected once for all of them together.
        expectations: Each with its `type` and `kwargs`, as in a suite's file.
        limit: How many rows of each are given, from the first.
        unexpected_index_column_names: Columns that name a row.
        suite_parameters: Values for the arguments that are left open as `{"$PARAMETER": NAME}`.

    Raises:
        Unsupported: One of them has no form here, or broke on the data: nothing can be said of any.
    """
    index = tuple(unexpected_index_column_names)
    filled = [_filled(each, suite_parameters or {}) for each in expectations]
    try:
        schema = frame.collect_schema()
        key = tuple(schema.items()), repr(filled), index, limit
        listed = _listed.get(key, lambda: [_listing(schema, kind, kwargs, index, limit) for kind, kwargs in filled])
        return _in_memory(frame, listed) if isinstance(frame, pl.DataFrame) else _streamed(frame, listed, limit)
    except FAILURES as failure:
        raise Unsupported(f"an expectation broke: {failure}") from failure


def _filled(expectation: Mapping[str, Any], suite_parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The type and the arguments, with their values filled in."""
    kind: str = expectation["type"]
    kwargs = {key: _value(value, suite_parameters) for key, value in expectation["kwargs"].items()}
    form = _FORMS.get(kind)
    if form is None or not form.accepts(kwargs):
        raise Unsupported(f"{kind} with these arguments has no form without Great Expectations")
    return kind, kwargs


def _value(written: Any, suite_parameters: Mapping[str, Any]) -> Any:
    """An argument; an expression in the place of a name, or a name without a value, stays as it is, and has no form."""
    if isinstance(written, dict) and written.keys() == {_PARAMETER} and isinstance(written[_PARAMETER], str):
        return suite_parameters.get(written[_PARAMETER], written)
    return written


def _listing(schema: pl.Schema, kind: str, kwargs: dict[str, Any], index: tuple[str, ...], limit: int) -> Listing:
    form = _FORMS[kind]
    domain = {key: value for key, value in kwargs.items() if key in form.domain}
    settings = {key: value for key, value in kwargs.items() if key in form.settings}
    asked = {"result_format": "SUMMARY", "partial_unexpected_count": limit, "exclude_unexpected_values": True}
    metric = Metric(f"{form.metric}.unexpected_index_list", domain, repr(domain), settings)
    answer = answers_to(schema, {"rows": metric}, asked | {"unexpected_index_column_names": index})["rows"]
    assert isinstance(answer, Listing)
    return answer


def _in_memory(frame: pl.DataFrame, listed: Sequence[Listing]) -> list[Unexpected]:
    source, found = InMemory(frame, masks_of(listed), {}), []
    for each in listed:
        count, names = source.count(each.mask), each.columns or (_ROW,)
        cells = source.cells(each.mask, each.columns, each.most) if count else []
        found.append(Unexpected(count, pl.DataFrame([cell.alias(name) for name, cell in zip(names, cells, strict=bool(count))])))
    return found


def _streamed(frame: pl.LazyFrame, listed: Sequence[Listing], limit: int) -> list[Unexpected]:
    """One pass that keeps the rows which any of them finds fault with: their names and a bit for each mask."""
    masks, names = masks_of(listed), listed[0].columns if listed else ()
    if not names:
        frame, names = frame.with_row_index(_ROW_NUMBER), (_ROW_NUMBER,)
    faulty = frame.with_columns(each.rows for each in masks.values()).filter(pl.any_horizontal(pl.col(name) for name in masks))
    kept = faulty.select(*names, *(pl.col(name) for name in masks)).collect(engine="streaming")
    found = []
    for each in listed:
        rows = kept.get_column(each.mask.name)
        first = kept.select(names).filter(rows).head(limit).rename({_ROW_NUMBER: _ROW}, strict=False)
        found.append(Unexpected(int(rows.sum()), first if len(first) else pl.DataFrame()))
    return found
