"""Rules of every core type, drawn to fit a column most of the time and to miss it now and then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import great_expectations.expectations as gxe
import polars as pl
from great_expectations.expectations.row_conditions import Column
from hypothesis import reject
from hypothesis import strategies as st

from tests.parity.frames import COLUMNS, INDEX, MOMENTS, frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

TEXT = ["text", "code", "note", "kind", "choice"]
NUMBER = ["number", "mild", "small", "whole", "edge", "tiny", "short", "big", "gaps", "amount"]
TIME = ["day", "far", "moment", "nano", "zoned"]
ANY = list(COLUMNS)
PLAIN = ["code", "text", "whole", "gaps", "mild", "number", "flag", "day", "moment"]
PATTERNS = [
    "^[0-9]{2}$", "^1", "0$", "[a-z]", "^(?!1)", r"\d", r"^\d+$", r"\w$", r"\s", "^$", "a|b$", "(?i)AB", "(10|20)", ".", "x?1",
    r"(.)\1", "é", "^.$",
    r"\A1\Z", "[^0-9]", r"^\S+$", "1$|x", r"\bx",
    "(", r"^-?\d+(\.\d+)?$", r"^\d{4}-\d{2}-\d{2}$", "True", r"\.0$", "^(1|2)[0-9]$", "[[:digit:]]", r"\x41",
]  # fmt: skip
FORMATS = ["%Y%m%d", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%H:%M", "%d", "%b %d %Y", "%y%m%d", "%Y-%m-%d %H:%M"]
SCHEMAS = [{"type": "object"}, {"type": "object", "properties": {"a": {"type": "integer"}}}, {"type": "number"}, {}, {"type": "nonsense"}]
TYPES = [
    "int", "int64", "int8", "float", "float64", "float32", "str", "string", "object", "bool", "boolean", "datetime64",
    "datetime64[ns]", "datetime64[us]",
    "category", "Timestamp", "CategoricalDtype", "StringDtype", "Int64", "uint64", "nonsense", "O", "timedelta64",
    "DatetimeTZDtype", "list",
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One rule on one frame.

    Attributes:
        kind: map, pair, multicolumn, aggregate or table.
        frame: The data.
        rule: The expectation.
        result_format: As `parse_result_format` takes it.
    """

    kind: str
    frame: pl.DataFrame
    rule: Any
    result_format: dict[str, Any]

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}: {series.dtype} = {series.to_list()}" for name, series in zip(self.frame.columns, self.frame, strict=True)
        )
        return f"{type(self.rule).__name__}({self.rule.configuration.kwargs}) {self.result_format} on {{{shown}}}"


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Values a column may hold, or now and then one of another kind."""
    dtype, values, _ = COLUMNS[name]
    if isinstance(dtype, pl.Datetime | pl.Date):
        values = [*values, *values, *(str(value) for value in values)]
    own = st.sampled_from([value for value in values if value is not None] or [1])
    strange = st.sampled_from(["10", 1, 2.0, 1.5, True, "true", "2020-01-31", dt.date(2020, 1, 31), MOMENTS[1], 10**30])
    return st.one_of(*[own] * 9, strange)


@st.composite
def limits(draw: DrawFn, value: st.SearchStrategy[Any], *, strict: bool = True) -> dict[str, Any]:
    """One bound or two, the lower first most of the time."""
    low, high = draw(st.one_of(st.none(), value)), draw(st.one_of(st.none(), value))
    if low is None and high is None:
        high = draw(value)
    elif low is not None and high is not None and draw(st.integers(0, 9)):
        try:
            low, high = min(low, high), max(low, high)
        except TypeError:
            low = None
    kwargs = {"min_value": low, "max_value": high}
    if strict:
        kwargs |= {"strict_min": draw(st.sampled_from([None, False, True])), "strict_max": draw(st.sampled_from([None, False, True]))}
    return {key: value for key, value in kwargs.items() if value is not None}


def bound_values(name: str) -> st.SearchStrategy[Any]:
    """What GX takes as a bound: numbers and dates, no text."""
    values = [
        value for value in COLUMNS[name][1] if isinstance(value, int | float | dt.date) and not isinstance(value, bool) and value == value
    ]
    values += [value.isoformat() for value in values if isinstance(value, dt.date)]
    own = st.sampled_from(values or [1])
    return st.one_of(own, own, own, own, own, st.sampled_from([1, 2.5, dt.date(2020, 1, 31), MOMENTS[1], "2020-01-31"]))


def small_numbers() -> st.SearchStrategy[Any]:
    return st.sampled_from([0, 1, 2, 3, 5, 0.5, 1.5, 10, 100, -1])


@st.composite
def condition(draw: DrawFn, name: str) -> Any:
    """A row condition on one column."""
    column, value = Column(name), draw(values_of(name))
    what = draw(st.integers(0, 9))
    if what < 2:
        return column.is_null() if what else column.is_not_null()
    if what < 4 and type(value) in {str, int, float}:
        values = [v for v in draw(st.lists(values_of(name), max_size=3)) if type(v) is type(value)] or [value]
        return column.is_in(values) if what == 2 else column.is_not_in(values)
    compare = draw(st.sampled_from(["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"]))
    return getattr(column, compare)(value)


def sets(name: str) -> st.SearchStrategy[list[Any]]:
    return st.lists(values_of(name), min_size=1, max_size=5)


MAP: dict[Any, tuple[list[str], Callable[[DrawFn, str], dict[str, Any]]]] = {
    gxe.ExpectColumnValuesToNotBeNull: (ANY, lambda draw, name: {}),
    gxe.ExpectColumnValuesToBeNull: (ANY, lambda draw, name: {}),
    gxe.ExpectColumnValuesToBeUnique: (ANY, lambda draw, name: {}),
    gxe.ExpectColumnValuesToBeInSet: (ANY, lambda draw, name: {"value_set": draw(sets(name))}),
    gxe.ExpectColumnValuesToNotBeInSet: (ANY, lambda draw, name: {"value_set": draw(sets(name))}),
    gxe.ExpectColumnValuesToBeBetween: (NUMBER + TIME, lambda draw, name: draw(limits(bound_values(name)))),
    gxe.ExpectColumnValueLengthsToBeBetween: (TEXT, lambda draw, name: draw(limits(st.integers(0, 4)))),
    gxe.ExpectColumnValueLengthsToEqual: (TEXT, lambda draw, name: {"value": draw(st.integers(0, 4))}),
    gxe.ExpectColumnValuesToMatchRegex: (TEXT, lambda draw, name: {"regex": draw(st.sampled_from(PATTERNS))}),
    gxe.ExpectColumnValuesToNotMatchRegex: (TEXT, lambda draw, name: {"regex": draw(st.sampled_from(PATTERNS))}),
    gxe.ExpectColumnValuesToMatchRegexList: (
        TEXT,
        lambda draw, name: {
            "regex_list": draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3)),
            "match_on": draw(st.sampled_from(["any", "all"])),
        },
    ),
    gxe.ExpectColumnValuesToNotMatchRegexList: (
        TEXT,
        lambda draw, name: {"regex_list": draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3))},
    ),
    gxe.ExpectColumnValuesToMatchStrftimeFormat: (TEXT, lambda draw, name: {"strftime_format": draw(st.sampled_from(FORMATS))}),
    gxe.ExpectColumnValuesToBeDateutilParseable: (TEXT, lambda draw, name: {}),
    gxe.ExpectColumnValuesToBeJsonParseable: (TEXT, lambda draw, name: {}),
    gxe.ExpectColumnValuesToMatchJsonSchema: (TEXT, lambda draw, name: {"json_schema": draw(st.sampled_from(SCHEMAS))}),
    gxe.ExpectColumnValuesToBeIncreasing: (NUMBER + TIME, lambda draw, name: {"strictly": draw(st.booleans())}),
    gxe.ExpectColumnValuesToBeDecreasing: (NUMBER + TIME, lambda draw, name: {"strictly": draw(st.booleans())}),
    gxe.ExpectColumnValueZScoresToBeLessThan: (
        NUMBER,
        lambda draw, name: {"threshold": draw(st.sampled_from([0.5, 1, 1.5, 3])), "double_sided": draw(st.booleans())},
    ),
    gxe.ExpectColumnValuesToNotBeOutliers: (
        NUMBER,
        lambda draw, name: {"method": draw(st.sampled_from(["iqr", "std"])), "multiplier": draw(st.sampled_from([0.5, 1, 1.5]))},
    ),
    gxe.ExpectColumnValuesToBeOfType: (ANY, lambda draw, name: {"type_": draw(st.sampled_from(TYPES))}),
    gxe.ExpectColumnValuesToBeInTypeList: (
        ANY,
        lambda draw, name: {"type_list": draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=3))},
    ),
}

AGGREGATE: dict[Any, tuple[list[str], Callable[[DrawFn, str], dict[str, Any]]]] = {
    gxe.ExpectColumnMaxToBeBetween: (NUMBER + TIME, lambda draw, name: draw(limits(bound_values(name)))),
    gxe.ExpectColumnMinToBeBetween: (NUMBER + TIME, lambda draw, name: draw(limits(bound_values(name)))),
    gxe.ExpectColumnMeanToBeBetween: (NUMBER, lambda draw, name: draw(limits(small_numbers()))),
    gxe.ExpectColumnMedianToBeBetween: (NUMBER, lambda draw, name: draw(limits(small_numbers()))),
    gxe.ExpectColumnSumToBeBetween: (NUMBER, lambda draw, name: draw(limits(small_numbers()))),
    gxe.ExpectColumnStdevToBeBetween: (NUMBER, lambda draw, name: draw(limits(small_numbers()))),
    gxe.ExpectColumnUniqueValueCountToBeBetween: (ANY, lambda draw, name: draw(limits(small_numbers()))),
    gxe.ExpectColumnProportionOfUniqueValuesToBeBetween: (ANY, lambda draw, name: draw(limits(st.sampled_from([0, 0.25, 0.5, 1])))),
    gxe.ExpectColumnProportionOfNonNullValuesToBeBetween: (ANY, lambda draw, name: draw(limits(st.sampled_from([0, 0.25, 0.5, 1])))),
    gxe.ExpectColumnQuantileValuesToBeBetween: (NUMBER, lambda draw, name: draw(quantiles())),
    gxe.ExpectColumnDistinctValuesToBeInSet: (ANY, lambda draw, name: {"value_set": draw(sets(name))}),
    gxe.ExpectColumnDistinctValuesToContainSet: (ANY, lambda draw, name: {"value_set": draw(sets(name))}),
    gxe.ExpectColumnDistinctValuesToEqualSet: (ANY, lambda draw, name: {"value_set": draw(sets(name))}),
    gxe.ExpectColumnMostCommonValueToBeInSet: (
        ANY,
        lambda draw, name: {"value_set": draw(sets(name)), "ties_okay": draw(st.sampled_from([None, False, True]))},
    ),
    gxe.ExpectColumnKLDivergenceToBeLessThan: (
        ["code", "whole", "mild"],
        lambda draw, name: {
            "partition_object": draw(
                st.sampled_from([{"values": ["10", "20"], "weights": [0.5, 0.5]}, {"bins": [0.0, 1.0, 5.0], "weights": [0.4, 0.6]}])
            ),
            "threshold": draw(st.sampled_from([0.1, 1.0])),
        },
    ),
}


@st.composite
def quantiles(draw: DrawFn) -> dict[str, Any]:
    asked = sorted(draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 1.0]), min_size=1, max_size=4, unique=True)))
    ranges = [[draw(st.sampled_from([None, 0, 1.5])), draw(st.sampled_from([None, 2, 9]))] for _ in asked]
    how = draw(st.sampled_from([False, False, False, "linear", "lower", "higher", "midpoint", "nearest", "nonsense"]))
    return {"quantile_ranges": {"quantiles": asked, "value_ranges": ranges}, "allow_relative_error": how}


PAIRS = [
    ("whole", "other"), ("whole", "mild"), ("mild", "number"), ("code", "note"), ("code", "text"), ("moment", "later"),
    ("day", "far"), ("amount", "amount"),
    ("flag", "maybe"), ("gaps", "whole"), ("kind", "kind"), ("tiny", "short"), ("small", "mild"), ("zoned", "zoned"),
    ("edge", "big"), ("day", "moment"),
    ("clock", "clock"), ("span", "span"), ("number", "number"), ("kind", "choice"), ("kind", "code"),
]  # fmt: skip


def pair_set(draw: DrawFn, names: list[str]) -> dict[str, Any]:
    return {"value_pairs_set": draw(st.lists(st.tuples(values_of(names[0]), values_of(names[1])), min_size=1, max_size=4))}


PAIR: dict[Any, Callable[[DrawFn, list[str]], dict[str, Any]]] = {
    gxe.ExpectColumnPairValuesToBeEqual: lambda draw, names: {},
    gxe.ExpectColumnPairValuesAToBeGreaterThanB: lambda draw, names: {"or_equal": draw(st.sampled_from([None, False, True]))},
    gxe.ExpectColumnPairValuesToBeInSet: pair_set,
}
LISTS = [
    ["whole", "other"], ["whole", "other", "short"], ["code", "note"], ["code", "text", "note"], ["whole", "mild"],
    ["mild", "number", "small"], ["gaps", "whole"],
    ["code", "whole"], ["amount", "whole"], ["kind", "choice"], ["day", "moment"], ["flag", "maybe"], ["tiny", "edge"],
    ["moment", "later", "zoned"], ["whole"],
    ["code", "whole", "mild"], ["kind", "code"], ["none", "code"], ["clock", "span"], ["edge", "edge"], ["number", "gaps"],
]  # fmt: skip
MULTI: dict[Any, Callable[[DrawFn, list[str]], dict[str, Any]]] = {
    gxe.ExpectCompoundColumnsToBeUnique: lambda draw, names: {},
    gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord: lambda draw, names: {},
    gxe.ExpectMulticolumnSumToEqual: lambda draw, names: {"sum_total": draw(st.sampled_from([0, 1, 3, 4, 12, 2.5, 0.3]))},
    gxe.ExpectMulticolumnValuesToBeEqual: lambda draw, names: {},
}


@st.composite
def result_formats(draw: DrawFn) -> dict[str, Any]:
    """All levels, with and without index columns, lists of any length and what may be left out or added."""
    chosen: dict[str, Any] = {"result_format": draw(st.sampled_from(["SUMMARY", "COMPLETE", "BASIC", "BOOLEAN_ONLY"]))}
    chosen["partial_unexpected_count"] = draw(st.sampled_from([20, 5, 1, 0]))
    index = draw(st.sampled_from([None, None, [INDEX]]))
    if index:
        chosen["unexpected_index_column_names"] = index
    extra = draw(st.integers(0, 11))
    if extra == 0:
        chosen["exclude_unexpected_values"] = True
    elif extra == 1 and chosen["result_format"] != "BOOLEAN_ONLY":
        chosen["include_unexpected_rows"] = True
    elif extra == 2:
        chosen["return_unexpected_index_query"] = draw(st.booleans())
    return chosen


@st.composite
def _common(draw: DrawFn, columns: list[str], *, mostly: bool) -> tuple[dict[str, Any], list[str]]:
    """Mostly and a row condition, and the columns that the condition reads."""
    kwargs: dict[str, Any] = {}
    if mostly:
        kwargs["mostly"] = draw(st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.0]))
    if draw(st.integers(0, 2)):
        return kwargs, []
    first = draw(st.sampled_from([*PLAIN, *PLAIN, *ANY, *columns]))
    kept, used = draw(condition(first)), [first]
    if draw(st.integers(0, 3)) == 0:
        second = draw(st.sampled_from(ANY))
        other = draw(condition(second))
        kept, used = (kept & other if draw(st.booleans()) else kept | other), [first, second]
    kwargs["row_condition"] = kept
    return kwargs, used


def _case(draw: DrawFn, kind: str, made: Callable[[dict[str, Any]], Any], columns: list[str], settings: dict[str, Any]) -> Case:
    common, used = draw(_common(columns, mostly=kind in {"map", "pair", "multicolumn"})) if kind != "table" else ({}, [])
    try:
        rule = made(settings | common)
    except (ValueError, TypeError):  # what GX's own model refuses is no rule
        reject()
    return Case(kind, draw(frames([*columns, *used])), rule, draw(result_formats()))


@st.composite
def map_cases(draw: DrawFn, made: Any) -> Case:
    fitting, settings = MAP[made]
    name = draw(st.sampled_from(fitting if draw(st.integers(0, 7)) else ANY))
    return _case(draw, "map", lambda kwargs: made(column=name, **kwargs), [name], settings(draw, name))


@st.composite
def aggregate_cases(draw: DrawFn, made: Any) -> Case:
    fitting, settings = AGGREGATE[made]
    name = draw(st.sampled_from(fitting if draw(st.integers(0, 7)) else ANY))
    return _case(draw, "aggregate", lambda kwargs: made(column=name, **kwargs), [name], settings(draw, name))


@st.composite
def pair_cases(draw: DrawFn, made: Any) -> Case:
    names = list(draw(st.sampled_from(PAIRS))) if draw(st.integers(0, 9)) else [draw(st.sampled_from(ANY)), draw(st.sampled_from(ANY))]
    ignore = draw(
        st.sampled_from([{}, *({"ignore_row_if": rule} for rule in ("both_values_are_missing", "either_value_is_missing", "neither"))])
    )
    settings = PAIR[made](draw, names) | ignore
    return _case(draw, "pair", lambda kwargs: made(column_A=names[0], column_B=names[1], **kwargs), names, settings)


@st.composite
def multicolumn_cases(draw: DrawFn, made: Any) -> Case:
    names = (
        draw(st.sampled_from(LISTS))
        if draw(st.integers(0, 5))
        else draw(st.lists(st.sampled_from(ANY), min_size=2, max_size=3, unique=True))
    )
    ignore = draw(st.sampled_from([{}, *({"ignore_row_if": rule} for rule in ("all_values_are_missing", "any_value_is_missing", "never"))]))
    return _case(draw, "multicolumn", lambda kwargs: made(column_list=names, **kwargs), names, MULTI[made](draw, names) | ignore)


COUNT = st.integers(0, 9)
TABLE: dict[Any, Callable[[DrawFn, list[str]], dict[str, Any]]] = {
    gxe.ExpectTableRowCountToEqual: lambda draw, there: {"value": draw(COUNT)},
    gxe.ExpectTableRowCountToBeBetween: lambda draw, there: draw(limits(COUNT)),
    gxe.ExpectTableColumnCountToEqual: lambda draw, there: {"value": draw(COUNT)},
    gxe.ExpectTableColumnCountToBeBetween: lambda draw, there: draw(limits(COUNT, strict=False)),
    gxe.ExpectTableColumnsToMatchOrderedList: lambda draw, there: {"column_list": draw(listed(there))},
    gxe.ExpectTableColumnsToMatchSet: lambda draw, there: {
        "column_set": draw(listed(there)),
        "exact_match": draw(st.sampled_from([None, True, False])),
    },
    gxe.ExpectColumnToExist: lambda draw, there: {
        "column": draw(st.sampled_from([*there, "nowhere"])),
        "column_index": draw(st.sampled_from([None, 0, 1, 9])),
    },
    gxe.ExpectColumnTypeToBe: lambda draw, there: {
        "column": draw(st.sampled_from([*there, "nowhere"])),
        "type_": draw(st.sampled_from(TYPES)),
    },
}


@st.composite
def listed(draw: DrawFn, there: list[str]) -> list[str]:
    """The columns in order or not, one too few or one too many."""
    return draw(st.sampled_from([there, draw(st.permutations(there)), there[:-1], [*there, "nowhere"], []]))


@st.composite
def table_cases(draw: DrawFn, made: Any) -> Case:
    names = draw(st.lists(st.sampled_from(ANY), min_size=1, max_size=3, unique=True))
    return _case(draw, "table", lambda kwargs: made(**kwargs), names, TABLE[made](draw, [INDEX, *names]))


CASES: dict[str, dict[str, st.SearchStrategy[Case]]] = {
    "map": {made.__name__: map_cases(made) for made in MAP},
    "pair": {made.__name__: pair_cases(made) for made in PAIR},
    "multicolumn": {made.__name__: multicolumn_cases(made) for made in MULTI},
    "aggregate": {made.__name__: aggregate_cases(made) for made in AGGREGATE},
    "table": {made.__name__: table_cases(made) for made in TABLE},
}
"""Kind -> expectation -> cases of it."""
