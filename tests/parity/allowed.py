"""The differences that are right, each with its reason; DIFFERENCES.md of gx_polars lists the same names."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.columns import missing
from gx_polars.conditions import row_condition
from tests.parity.compare import ABSENT, same
from tests.parity.frames import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.compare import Difference
    from tests.parity.rules import Case

Results = tuple[dict[str, Any], dict[str, Any]]
TEXT_RULES = ("Regex", "Lengths")


@dataclass(frozen=True)
class Reason:
    """A difference on purpose.

    Attributes:
        name: As DIFFERENCES.md of gx_polars has it.
        holds: Whether it explains this difference, with our result and pandas' at hand.
    """

    name: str
    holds: Callable[[Case, Difference, dict[str, Any], dict[str, Any]], bool]


def _columns(case: Case) -> list[str]:
    kwargs = case.rule.configuration.kwargs
    return [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs] or list(kwargs.get("column_list") or [])


def _values(case: Case) -> list[Any]:
    """The cells that a rule over one column looks at."""
    where = row_condition(case.frame.schema, case.rule.configuration.kwargs.get("row_condition"))
    return (case.frame if where is None else case.frame.filter(where))[_columns(case)[0]].drop_nulls().to_list()


def _negated(case: Case) -> bool:
    return "Not" in type(case.rule).__name__


def _ours_is_right(case: Case, ours: dict[str, Any], good: list[bool]) -> bool:
    """Python's own verdict on every cell is ours, so that it is pandas that differs."""
    if "unexpected_count" in ours["result"]:
        return bool(ours["result"]["unexpected_count"] == len(good) - sum(good))
    return bool(ours["success"] == (not good or sum(good) / len(good) >= case.rule.configuration.kwargs.get("mostly", 1)))


def _found(case: Case, texts: list[str]) -> list[bool]:
    """What Python's `re` says of each text to the patterns of a rule."""
    kwargs = case.rule.configuration.kwargs
    patterns = [kwargs["regex"]] if "regex" in kwargs else kwargs["regex_list"]
    every = all if kwargs.get("match_on") == "all" else any
    return [every(re.search(pattern, text) is not None for pattern in patterns) != _negated(case) for text in texts]


def _long_enough(case: Case, texts: list[str]) -> list[bool]:
    kwargs = case.rule.configuration.kwargs
    if "value" in kwargs:
        return [len(text) == kwargs["value"] for text in texts]
    low, high = kwargs.get("min_value", -1), kwargs.get("max_value", 99)
    low, high = low + bool(kwargs.get("strict_min")), high - bool(kwargs.get("strict_max"))
    return [low <= len(text) <= high for text in texts]


def _looks_at_nothing(case: Case) -> bool:
    """No cell of the rule's columns is there in the rows of its condition."""
    schema = case.frame.schema
    where = row_condition(schema, case.rule.configuration.kwargs.get("row_condition"))
    rows = case.frame if where is None else case.frame.filter(where)
    columns = [column for column in _columns(case) if column in schema]
    return rows.is_empty() or all(rows.select(missing(schema, column).all()).item() for column in columns)


def _no_query(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if difference.field == "unexpected_index_query":
        return difference.ours in (ABSENT, None)
    return (
        difference.field == "unexpected_index_column_names" and difference.ours == ABSENT and "unexpected_index_query" in theirs["result"]
    )


def _moments(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _moments(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_moments(item) for item in value]
    return dt.datetime.combine(value, dt.time()) if type(value) is dt.date else value


def _dates_stay(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return pl.Date in case.frame.dtypes and same(_moments(difference.ours), _moments(difference.theirs))


def _dates_compare(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if difference.field == "raised":
        return difference.theirs and "datetime.date" in difference.text
    kwargs = case.rule.configuration.kwargs
    in_set = type(case.rule).__name__ in {"ExpectColumnValuesToBeInSet", "ExpectColumnValuesToNotBeInSet"}
    if not in_set or case.frame[kwargs["column"]].dtype != pl.Date or any(type(value) is not dt.date for value in kwargs["value_set"]):
        return False
    return _ours_is_right(case, ours, [(value in kwargs["value_set"]) != _negated(case) for value in _values(case)])


def _said_at_once(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return difference.field == "raised" and difference.ours and _looks_at_nothing(case)


def _entries(listed: Any) -> list[Any]:
    """What is counted and holds no missing cell."""
    return [
        each for each in listed if each.get("value") is not None and None not in (each["value"] if isinstance(each["value"], list) else [])
    ]


def _nulls_together(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if difference.field != "partial_unexpected_counts":
        return False
    mine, reference = ([] if side == ABSENT else _moments(side) for side in (difference.ours, difference.theirs))
    with_gap = any(each.get("value") is None or (isinstance(each["value"], list) and None in each["value"]) for each in [*mine, *reference])
    return with_gap and (not mine or not reference or same(_entries(mine), _entries(reference)))


def _whole_with_gaps(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if not any(part in type(case.rule).__name__ for part in TEXT_RULES):
        return False
    column = case.frame[_columns(case)[0]]
    if not column.dtype.is_integer() or not column.null_count():
        return False
    if difference.field == "raised":
        return difference.theirs
    texts = [str(value) for value in _values(case)]
    return _ours_is_right(case, ours, _found(case, texts) if "Regex" in type(case.rule).__name__ else _long_enough(case, texts))


def _categories(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Pandas compares the lists of categories, asks its question of categories that no cell has, and gets categories for an answer."""
    stored = [case.frame.schema.get(column) for column in _columns(case)]
    if difference.field != "raised" or not difference.theirs or not any(isinstance(dtype, pl.Categorical | pl.Enum) for dtype in stored):
        return False
    said = ("Categoricals can only be compared", "bad operand type for unary ~: 'Categorical'")
    return any(part in difference.text for part in said) or "JsonSchema" in type(case.rule).__name__


def _objects_with_gaps(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    objects = any(isinstance(case.frame.schema.get(column), pl.Decimal | pl.Boolean) for column in _columns(case))
    return difference.field == "raised" and difference.theirs and objects and "NoneType" in difference.text


def _no_extreme(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return difference.field == "raised" and difference.theirs and "NaT" in difference.text and _looks_at_nothing(case)


def _steps(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if type(case.rule).__name__ not in {"ExpectColumnValuesToBeIncreasing", "ExpectColumnValuesToBeDecreasing"}:
        return False
    column = case.frame[_columns(case)[0]]
    if not column.dtype.is_integer() or column.null_count() == len(column):
        return False
    if column.dtype != pl.UInt64 and column.max() - column.min() < 2**53:
        return False
    values, strictly = _values(case), case.rule.configuration.kwargs.get("strictly")
    sign = 1 if "Increasing" in type(case.rule).__name__ else -1
    steps = [sign * (value - before) for before, value in pairwise(values)]
    good = [True] * bool(values) + [step > 0 if strictly else step >= 0 for step in steps]
    return difference.field != "raised" and _ours_is_right(case, ours, good)


def _unspeakable(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    said = (
        '"Decimal" is not a supported function',
        "name 'datetime' is not defined",
        '"datetime.datetime" is not',
        '"datetime.date" is not',
        "name 'inf' is not defined",
        "name 'nan' is not defined",
        "'Compare' object",  # a list with an infinity or NaN in it
    )
    return difference.field == "raised" and difference.theirs and any(part in difference.text for part in said)


def _patterns(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Python's own verdict on every value is ours, so that pandas (or the RE2 inside pyarrow) is the one that differs."""
    kwargs = case.rule.configuration.kwargs
    patterns = [kwargs["regex"]] if "regex" in kwargs else kwargs.get("regex_list")
    if not patterns or case.frame[kwargs["column"]].dtype not in (pl.String, pl.Categorical, pl.Enum(KINDS)):
        return False
    if difference.field == "raised":
        return difference.theirs and not difference.ours and all(re.compile(pattern) for pattern in patterns)
    if "unexpected_count" in ours["result"] and ours["result"]["unexpected_count"] == theirs["result"]["unexpected_count"]:
        return False
    return _ours_is_right(case, ours, _found(case, _values(case)))


def _rows_limited(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    if difference.field != "partial_unexpected_index_list" or not case.result_format.get("exclude_unexpected_values"):
        return False
    most = case.result_format["partial_unexpected_count"]
    cut = [{name: rows[:most] for name, rows in each.items()} for each in difference.theirs]
    return same(difference.ours, cut) or (most == 0 and difference.ours == [])


def _huge(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    said = ("Python int too large to convert", "int too big to convert")
    return difference.field == "raised" and difference.theirs and any(part in difference.text for part in said)


def _itself(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    kwargs = case.rule.configuration.kwargs
    lists = {
        "partial_unexpected_list",
        "unexpected_list",
        "partial_unexpected_counts",
        "partial_unexpected_index_list",
        "unexpected_index_list",
    }
    return "column_A" in kwargs and kwargs["column_A"] == kwargs["column_B"] and difference.field in lists


ALLOWED: list[Reason] = [
    Reason("no index query", _no_query),
    Reason("dates stay dates", _dates_stay),
    Reason("dates compare with dates", _dates_compare),
    Reason("cannot run is said at once", _said_at_once),
    Reason("missing cells counted together", _nulls_together),
    Reason("whole numbers with gaps stay whole", _whole_with_gaps),
    Reason("categories are text", _categories),
    Reason("gaps among objects", _objects_with_gaps),
    Reason("nothing has no extreme", _no_extreme),
    Reason("steps do not wrap", _steps),
    Reason("conditions pandas cannot say", _unspeakable),
    Reason("patterns are Python's", _patterns),
    Reason("rows listed up to the limit", _rows_limited),
    Reason("huge numbers are never met", _huge),
    Reason("a pair of a column with itself", _itself),
]


def reason(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """The name of the reason that explains a difference, or None."""
    return next((each.name for each in ALLOWED if each.holds(case, difference, ours, theirs)), None)
