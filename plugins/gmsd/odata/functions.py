"""The functions of `$filter` and `$orderby`, each over whole columns. Of null they are null."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from gmsd.odata.literals import QueryError
from gmsd.odata.values import KINDS, NULL, NUMERIC, Value, as_double, fitting, grown, negative, truth, with_padding
from gmsd.odata.version import ODataVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_CLOCK: Final = {"hour": 3600, "minute": 60, "second": 1}
_INT64: Final = 2**63
_LAST_YEAR: Final = 9999
_WHOLE_TYPES: Final = {"Edm.Byte": (0, 2**8), "Edm.SByte": (-(2**7), 2**7), "Edm.Int16": (-(2**15), 2**15), "Edm.Int32": (-(2**31), 2**31)}
_TYPES: Final = {"Edm.String": "text", "Edm.Boolean": "bool", "Edm.DateTime": "datetime", "Edm.DateTimeOffset": "offset"} | dict.fromkeys(
    (*_WHOLE_TYPES, "Edm.Int64"), "int"
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function and the kinds of value that it takes, one set per argument; the last `optional` ones may be left out."""

    takes: tuple[frozenset[str], ...]
    make: Callable[[Sequence[Value], int], Value]
    optional: int = 0


def known(name: str, version: ODataVersion) -> Function:
    """The function of that name in this version.

    Raises:
        QueryError: when there is none.
    """
    function = FUNCTIONS[version].get(name)
    if function is None:
        instead = f" in versie {version.value[0]}; daar is {_INSTEAD[name]}" if name in _INSTEAD else ""
        listed = sorted((*FUNCTIONS[version], "cast", "isof") if version is ODataVersion.V3 else FUNCTIONS[version])
        raise QueryError(f"de functie {name[:40]} bestaat niet{instead}; bekend zijn {', '.join(listed)}")
    return function


def call(name: str, function: Function, arguments: Sequence[Value], rows: int) -> Value:
    """The value of a function over a set of so many rows.

    Raises:
        QueryError: when it takes other arguments, or would make too much text.
    """
    most = len(function.takes)
    if not most - function.optional <= len(arguments) <= most:
        wanted = str(most) if not function.optional else f"{most - function.optional} of {most}"
        raise QueryError(f"{name}: verwacht {wanted} waarden tussen de haakjes, niet {len(arguments)}")
    for position, (argument, kinds) in enumerate(zip(arguments, function.takes, strict=False), start=1):
        if argument.kind not in kinds | {"null"}:
            expected = " of ".join(dict.fromkeys(KINDS[kind] for kind in sorted(kinds, reverse=True)))
            raise QueryError(f"{name}: waarde {position} moet {expected} zijn, niet {KINDS[argument.kind]}")
    if any(argument.kind == "null" for argument in arguments):
        return grown(NULL, *arguments)
    return grown(function.make(arguments, rows), *arguments)


def _forgiving(left: Value, right: Value) -> list[tuple[pl.Expr, pl.Expr]]:
    """Two texts of which one is looked for in the other, in each way in which it may be found.

    With a key, padding does not count, and a literal of blanks only is no padding; padding inside a text that was put together counts or
    does not. Capitals of a table's identifier do not matter.
    """
    forms = {left.form, right.form}
    if not forms & {"key", "figure", "id"}:
        return [(left.expr, right.expr)]
    ways = []
    for one, other in with_padding(left, right):
        exprs = []
        for part in (one, other):
            blank = part.literal and not str(part.constant).strip(" ")
            expr = part.expr if blank else part.expr.str.strip_chars(" ")
            exprs.append(expr.str.to_lowercase() if "id" in forms else expr)
        ways.append((exprs[0], exprs[1]))
    return ways


def _found(ways: Sequence[pl.Expr]) -> Value:
    """Whether it is found in one of the ways."""
    return truth(ways[0] if len(ways) == 1 else pl.any_horizontal(ways))


def _startswith(values: Sequence[Value], _: int) -> Value:
    return _found([text.str.starts_with(start) for text, start in _forgiving(values[0], values[1])])


def _endswith(values: Sequence[Value], _: int) -> Value:
    return _found([text.str.ends_with(end) for text, end in _forgiving(values[0], values[1])])


def _substringof(values: Sequence[Value], _: int) -> Value:
    return _found([text.str.contains(part, literal=True) for part, text in _forgiving(values[0], values[1])])


def _contains(values: Sequence[Value], rows: int) -> Value:
    return _substringof((values[1], values[0]), rows)


def _indexof(values: Sequence[Value], _: int) -> Value:
    places = [_place(text, part) for text, part in _forgiving(values[0], values[1])]
    place = places[0]
    for other in places[1:]:
        place = pl.when(place < 0).then(other).otherwise(place)
    return Value("int", place, bound=max(value.bound for value in values) + 1)


def _place(text: pl.Expr, part: pl.Expr) -> pl.Expr:
    """The position in characters; Polars' own `find` counts bytes."""
    whole = pl.concat_str([text, part.str.head(0)])  # a literal is split by the first row's part only, and has to be a column first
    before = whole.str.splitn(part, 2).struct[0].str.len_chars().cast(pl.Int64)
    place = pl.when(part == "").then(0).when(text.str.contains(part, literal=True)).then(before).otherwise(-1)
    return pl.when(text.is_not_null() & part.is_not_null()).then(place)


def _length(values: Sequence[Value], _: int) -> Value:
    return Value("int", values[0].expr.str.len_chars().cast(pl.Int64), bound=values[0].bound)


def _replace(values: Sequence[Value], rows: int) -> Value:
    text, old, new = values
    if not (old.literal and new.literal):
        raise QueryError("replace: wat vervangen wordt en waardoor staat er als tekst tussen aanhalingstekens, niet als veld")
    if not old.constant:
        raise QueryError("replace: een lege tekst is niet te vervangen")
    wanted = str(old.constant)
    if text.form in {"key", "figure"}:
        wanted = wanted.strip(" ") or wanted  # its padding is taken off, that of a value copied from it too
    times = text.bound // len(wanted)
    bound = max(text.bound, text.bound + times * (new.bound - len(wanted)))
    made = Value("text", text.expr.str.replace_all(wanted, str(new.constant), literal=True), form=text.form, bound=bound)
    return fitting(made, rows)


def _substring(values: Sequence[Value], _: int) -> Value:
    text, *numbers = values
    for number in numbers:
        if number.literal and isinstance(number.constant, int) and number.constant < 0:
            raise QueryError("substring: begin en lengte zijn niet negatief")
    exprs = [number.expr.cast(pl.Int64).clip(0, 2**31) for number in numbers]
    return Value("text", text.expr.str.slice(exprs[0], exprs[1] if len(exprs) > 1 else None), form=text.form, bound=text.bound)


def _concat(values: Sequence[Value], rows: int) -> Value:
    form = "key" if "key" in {value.form for value in values} else "plain"
    padded = pl.concat_str([_as_it_came(value) for value in values]) if form == "key" else None
    joined = pl.concat_str([value.expr for value in values])
    return fitting(Value("text", joined, form=form, padded=padded, bound=sum(value.bound for value in values)), rows)


def _as_it_came(value: Value) -> pl.Expr:
    """A text with the padding of its keys left on."""
    if value.padded is not None:
        return value.padded
    return pl.col(value.column) if value.column else value.expr


def _text(change: Callable[[pl.Expr], pl.Expr]) -> Callable[[Sequence[Value], int], Value]:
    """Lower or upper case may be up to three times as long in bytes; the bound is of characters and of the same order."""

    def make(values: Sequence[Value], _: int) -> Value:
        (value,) = values
        padded = None if value.padded is None else change(value.padded)
        return Value("text", change(value.expr), form=value.form, padded=padded, bound=value.bound)

    return make


def _part(name: str) -> Callable[[Sequence[Value], int], Value]:
    def make(values: Sequence[Value], _: int) -> Value:
        (value,) = values
        if isinstance(value.constant, dt.timedelta):
            seconds = int(abs(value.constant).total_seconds())
            found = seconds // _CLOCK[name] % (60 if name != "hour" else 24)
            return Value("int", pl.lit(found, dtype=pl.Int64), bound=found)
        if isinstance(value.constant, dt.datetime):  # an offset's own clock
            found = getattr(value.constant, name)
            return Value("int", pl.lit(found, dtype=pl.Int64), bound=found)
        return Value("int", getattr(value.expr.dt, name)().cast(pl.Int64), bound=_LAST_YEAR)

    return make


def _date(values: Sequence[Value], _: int) -> Value:
    return Value("datetime", values[0].expr.dt.truncate("1d"))


def _rounded(name: str) -> Callable[[Sequence[Value], int], Value]:
    """`round` takes the half away from zero."""

    def make(values: Sequence[Value], _: int) -> Value:
        (value,) = values
        if value.kind == "double":
            exprs = {"round": value.expr.round(0, mode="half_away_from_zero"), "floor": value.expr.floor(), "ceiling": value.expr.ceil()}
            return replace(value, expr=exprs[name], constant=None, literal=False, column="")
        if not value.scale:
            return replace(value, constant=None, literal=False, column="")
        unit = pl.lit(10**value.scale, dtype=pl.Int128)
        expr = value.expr.cast(pl.Int128)
        exprs = {
            "round": ((expr.abs() * 2 + unit) // (unit * 2)) * expr.sign(),
            "floor": expr // unit,
            "ceiling": negative(negative(expr) // unit),
        }
        return Value("decimal", exprs[name], bound=value.bound // 10**value.scale + 1)

    return make


def cast(value: Value, type_name: str) -> Value:
    """`cast(value, 'Edm.Int32')`: text, whole numbers and doubles into each other; what cannot be one is null.

    Raises:
        QueryError: for any other cast.
    """
    if value.kind == "null":
        return grown(NULL, value)
    numeric = value.kind in NUMERIC
    if type_name == "Edm.String" and value.kind in {"text", "int"}:
        made = Value("text", value.expr.cast(pl.String), form=value.form, bound=max(value.bound, 20) if value.kind == "text" else 20)
    elif type_name in {"Edm.Double", "Edm.Single"} and (numeric or value.kind == "text"):
        expr = as_double(value) if numeric else value.expr.str.strip_chars(" ").cast(pl.Float64, strict=False)
        made = Value("double", expr.cast(pl.Float32).cast(pl.Float64) if type_name == "Edm.Single" else expr)
    elif type_name in {*_WHOLE_TYPES, "Edm.Int64"} and (numeric or value.kind == "text"):
        low, high = _WHOLE_TYPES.get(type_name, (-_INT64, _INT64))
        if value.kind == "int":
            whole = value.expr.cast(pl.Int128)
        elif value.kind == "text":
            whole = value.expr.str.strip_chars(" ").cast(pl.Int64, strict=False).cast(pl.Int128)
        elif value.kind == "double":
            whole = pl.when(value.expr < 0).then(value.expr.ceil()).otherwise(value.expr.floor()).cast(pl.Int128, strict=False)
        else:
            whole = (value.expr.cast(pl.Int128).abs() // pl.lit(10**value.scale, dtype=pl.Int128)) * value.expr.sign()
        inside = (whole >= pl.lit(low, dtype=pl.Int128)) & (whole < pl.lit(high, dtype=pl.Int128))
        made = Value("int", pl.when(inside).then(whole).cast(pl.Int64), bound=max(-low, high))
    else:
        raise QueryError(f"cast: van {KINDS[value.kind]} kan geen {type_name[:40]} worden gemaakt")
    return grown(made, value)


def isof(value: Value, type_name: str) -> Value:
    """`isof(value, 'Edm.String')`: whether it is of that type, or null, which is of every type."""
    kind = _TYPES.get(type_name)
    if kind is None:
        raise QueryError(f"isof: het type {type_name[:40]} is niet bekend; bekend zijn {', '.join(sorted(_TYPES))}")
    same = value.kind in {kind, "null"}
    return truth(pl.lit(same) if same else value.expr.is_null(), value)


_TEXT: Final = frozenset(("text",))
_DAY: Final = frozenset(("datetime", "offset"))
_TIMES: Final = _DAY | {"time"}
_INSTEAD: Final = {"substringof": "contains(veld,'tekst')", "contains": "substringof('tekst',veld)"}
_BOTH: Final[Mapping[str, Function]] = {
    "startswith": Function((_TEXT, _TEXT), _startswith),
    "endswith": Function((_TEXT, _TEXT), _endswith),
    "length": Function((_TEXT,), _length),
    "indexof": Function((_TEXT, _TEXT), _indexof),
    "substring": Function((_TEXT, frozenset(("int",)), frozenset(("int",))), _substring, optional=1),
    "tolower": Function((_TEXT,), _text(lambda expr: expr.str.to_lowercase())),
    "toupper": Function((_TEXT,), _text(lambda expr: expr.str.to_uppercase())),
    "trim": Function((_TEXT,), _text(lambda expr: expr.str.strip_chars())),
    "concat": Function((_TEXT, _TEXT), _concat),
    "year": Function((_DAY,), _part("year")),
    "month": Function((_DAY,), _part("month")),
    "day": Function((_DAY,), _part("day")),
    "hour": Function((_TIMES,), _part("hour")),
    "minute": Function((_TIMES,), _part("minute")),
    "second": Function((_TIMES,), _part("second")),
    "round": Function((NUMERIC,), _rounded("round")),
    "floor": Function((NUMERIC,), _rounded("floor")),
    "ceiling": Function((NUMERIC,), _rounded("ceiling")),
}
FUNCTIONS: Final[Mapping[ODataVersion, Mapping[str, Function]]] = {
    ODataVersion.V3: {**_BOTH, "substringof": Function((_TEXT, _TEXT), _substringof), "replace": Function((_TEXT, _TEXT, _TEXT), _replace)},
    ODataVersion.V4: {**_BOTH, "contains": Function((_TEXT, _TEXT), _contains), "date": Function((_DAY,), _date)},
}
"""Of version 3 every function of the URI conventions but the geographic ones; of version 4 those that a field here has a use for."""
