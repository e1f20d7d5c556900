"""Typed values of an expression: what `eq`, `add`, `and` and the like make of them, as Polars expressions over whole columns.

Null follows the specification: a comparison with null is true or false, everything else of null is null, and a row is kept where the
whole is true. Whole numbers and decimals are exact; what could outgrow the arithmetic or the memory is refused before it is computed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.odata.literals import Constant, QueryError, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

DEEPEST = 50
"""Operators, functions and brackets inside each other."""
_LARGEST: Final = 2**126
_LONG: Final = 2**62
_CHARACTERS: Final = 200_000_000
_RIGHT: Final = 12
NUMERIC: Final = frozenset(("int", "decimal", "double"))
_UNORDERED: Final = frozenset(("bool", "guid", "binary"))
_ORDERED: Final = frozenset(("gt", "ge", "lt", "le"))
KINDS: Final = {
    "text": "tekst", "int": "een geheel getal", "decimal": "een getal", "double": "een getal", "bool": "waar of onwaar",
    "datetime": "een datum", "offset": "een datum", "time": "een tijdsduur", "guid": "een guid", "binary": "bytes", "null": "null",
}  # fmt: skip
"""How a message names the kinds of value."""


@dataclass(frozen=True, slots=True)
class Value:
    """A part of an expression.

    Attributes:
        kind: `text`, `int`, `decimal`, `double`, `bool`, `datetime`, `offset`, `time`, `guid`, `binary` or `null`.
        expr: The column of its values. A decimal is a whole number of `10 ** -scale`.
        form: Of a text, what its blanks and capitals mean: `plain`, `key` (padded, the padding taken off), `figure` (right-aligned,
            likewise), `id` (a table's identifier: capitals do not matter).
        padded: Of a text put together from keys, the same with their padding left on.
        scale: Decimals of a decimal.
        bound: No value is larger: of whole numbers and decimals `expr`'s absolute value, of a text its characters.
        constant: The value of a literal.
        literal: Whether it is one.
        column: Name of the field that it is, unchanged.
        height: Operators inside each other.
        equals: For `field eq literal`: the field's expression and the literal, so that a list of them can be looked up at once.
    """

    kind: str
    expr: pl.Expr
    form: str = "plain"
    padded: pl.Expr | None = None
    scale: int = 0
    bound: int = 0
    constant: Constant = None
    literal: bool = False
    column: str = ""
    height: int = 0
    equals: tuple[str, pl.Expr, str] | None = None


def field(name: str, dtype: pl.DataType, form: str, longest: int) -> Value:
    """A column. `longest` is the length of its longest text."""
    column = pl.col(name)
    if dtype == pl.String:
        expr = column.str.strip_chars(" ") if form in {"key", "figure"} else column
        return Value("text", expr, form=form, bound=longest, column=name)
    if dtype == pl.Boolean:
        return Value("bool", column, column=name)
    if dtype == pl.Datetime:
        return Value("datetime", column, column=name)
    if dtype == pl.Float64:
        return Value("double", column, column=name)
    return Value("int", column, bound=2**31, column=name)


def constant(token: Token) -> Value:
    """A literal."""
    value = token.value
    scale, bound = 0, 0
    match value:
        case Decimal():
            scale = max(0, -int(value.as_tuple().exponent))
            bound = abs(int(value.scaleb(scale)))
            expr = pl.lit(int(value.scaleb(scale)), dtype=pl.Int128)
        case int():
            bound, expr = abs(value), pl.lit(value, dtype=pl.Int64)
        case str():
            bound, expr = len(value), pl.lit(value, dtype=pl.String)
        case dt.datetime():
            local = value if value.tzinfo is None else value.astimezone(AMSTERDAM).replace(tzinfo=None)
            expr = pl.lit(local, dtype=pl.Datetime("us"))
        case UUID():
            expr = pl.lit(str(value))
        case _:
            expr = pl.lit(value)
    return Value(token.kind, expr, scale=scale, bound=bound, constant=value, literal=True)


NULL = Value("null", pl.lit(None, dtype=pl.Boolean), literal=True)


def truth(expr: pl.Expr, *of: Value) -> Value:
    """A value that is true or false."""
    return grown(Value("bool", expr), *of)


def grown(value: Value, *of: Value) -> Value:
    """The value, one operator higher than what it is made of.

    Raises:
        QueryError: when that is too many inside each other, or the numbers may grow too large.
    """
    height = 1 + max((part.height for part in of), default=0)
    if height > DEEPEST:
        raise QueryError(f"meer dan {DEEPEST} bewerkingen in elkaar")
    if value.kind in {"int", "decimal"} and value.bound >= _LARGEST:
        raise QueryError("de getallen worden te groot om precies te rekenen; schrijf een getal als 1.0d")
    return replace(value, height=height)


def fitting(value: Value, rows: int) -> Value:
    """The text, when a column of it fits in memory.

    Raises:
        QueryError: when it may not.
    """
    if value.bound * max(rows, 1) > _CHARACTERS:
        raise QueryError("de tekst wordt te lang")
    return value


def boolean(value: Value, where: str) -> Value:
    """The value, when it is true, false or null.

    Raises:
        QueryError: when it is of another kind; `where` says what wanted it.
    """
    if value.kind not in {"bool", "null"}:
        raise QueryError(f"{where}: verwacht wordt iets dat waar of onwaar is, niet {KINDS[value.kind]}")
    return value


def negated(value: Value) -> Value:
    """`not`."""
    return truth(~boolean(value, "not").expr, value)


def both(terms: Sequence[Value]) -> Value:
    """Terms joined by `and`."""
    return truth(pl.all_horizontal([boolean(term, "and").expr for term in terms]), *terms)


def either(terms: Sequence[Value]) -> Value:
    """Terms joined by `or`; the equals of one field are looked up in one list."""
    lists: dict[str, tuple[pl.Expr, list[str]]] = {}
    exprs = []
    for term in terms:
        if term.equals is None:
            exprs.append(boolean(term, "or").expr)
        else:
            name, column, wanted = term.equals
            lists.setdefault(name, (column, []))[1].append(wanted)
    exprs += [column.is_in(wanted).fill_null(value=False) for column, wanted in lists.values()]
    return truth(exprs[0] if len(exprs) == 1 else pl.any_horizontal(exprs), *terms)


def compared(operator: str, left: Value, right: Value) -> Value:
    """`eq ne gt ge lt le`; never null.

    Raises:
        QueryError: when the two cannot be compared.
    """
    if left.kind == "null" or right.kind == "null":
        return _with_null(operator, left, right)
    equals = None
    if left.kind in NUMERIC and right.kind in NUMERIC:
        one, other = _together(left, right)
    elif left.kind == right.kind == "text":
        one, other = _texts(left, right)
        if operator in {"eq", "ne"} and (left.padded is not None or right.padded is not None):
            return _joined(operator, left, right)
        equals = _lookup(left, right, one) or _lookup(right, left, other)
    elif left.kind == right.kind or {left.kind, right.kind} == {"datetime", "offset"}:
        if operator in _ORDERED and left.kind in _UNORDERED:
            raise QueryError(f"{operator}: {KINDS[left.kind]} kent geen volgorde, alleen eq en ne")
        one, other = left.expr, right.expr
    else:
        raise _incomparable(operator, left, right)
    if operator == "eq":
        expr = one.eq_missing(other)
    elif operator == "ne":
        expr = one.ne_missing(other)
    else:
        pairs = {"gt": one > other, "ge": one >= other, "lt": one < other, "le": one <= other}
        expr = pairs[operator].fill_null(value=False)
    if "double" in {left.kind, right.kind}:  # Polars holds NaN equal to itself and larger than all
        unclear = (one.is_nan() | other.is_nan()).fill_null(value=False)
        expr = expr | unclear if operator == "ne" else expr & ~unclear
    return replace(truth(expr, left, right), equals=equals if operator == "eq" else None)


def with_padding(left: Value, right: Value) -> list[tuple[Value, Value]]:
    """Two texts as they are, and, where one is put together from keys, with the padding of those left on."""
    if left.padded is None and right.padded is None:
        return [(left, right)]
    one, other = (value if value.padded is None else replace(value, expr=value.padded) for value in (left, right))
    return [(left, right), (one, other)]


def _joined(operator: str, left: Value, right: Value) -> Value:
    """Whether texts put together from keys are the same, with or without the padding inside them."""
    pairs = [_texts(one, other) for one, other in with_padding(left, right)]
    same = pl.any_horizontal([one.eq_missing(other) for one, other in pairs])
    return truth(same if operator == "eq" else ~same, left, right)


def _with_null(operator: str, left: Value, right: Value) -> Value:
    if operator in _ORDERED:
        raise QueryError(f"{operator}: null kan alleen met eq en ne worden vergeleken")
    missing = right.expr.is_null() if left.kind == "null" else left.expr.is_null()
    return truth(missing if operator == "eq" else ~missing, left, right)


def _incomparable(operator: str, left: Value, right: Value) -> QueryError:
    kinds = {left.kind, right.kind}
    hint = ""
    if kinds & {"datetime", "offset"} and "text" in kinds:
        hint = "; een datum staat zo: datetime'2020-05-04T09:00:00', in versie 4 zo: 2020-05-04T09:00:00+02:00"
    elif "figure" in {left.form, right.form} and kinds & NUMERIC:
        hint = "; in UntypedDataSet zijn cijfers tekst, in TypedDataSet getallen"
    elif kinds & NUMERIC and "text" in kinds:
        hint = "; tekst staat tussen enkele aanhalingstekens, een getal niet"
    name = left.column or right.column
    return QueryError(f"{operator}: {KINDS[left.kind]} en {KINDS[right.kind]} zijn niet te vergelijken{f' ({name})' if name else ''}{hint}")


def _lookup(column: Value, literal: Value, expr: pl.Expr) -> tuple[str, pl.Expr, str] | None:
    if not column.column or not literal.literal or column.form == "figure":
        return None
    assert isinstance(literal.constant, str)
    wanted = literal.constant.strip(" ") if column.form in {"key", "id"} else literal.constant.rstrip(" ")
    return column.column, expr, wanted.lower() if column.form == "id" else wanted


def _texts(left: Value, right: Value) -> tuple[pl.Expr, pl.Expr]:
    """Both texts as they are compared: blanks at the end do not count, padding nowhere; figures as text are in the order of numbers."""
    forms = {left.form, right.form}
    both_sides = forms & {"key", "figure", "id"}
    exprs = [part.expr.str.strip_chars(" ") if both_sides else part.expr.str.strip_chars_end(" ") for part in (left, right)]
    if "figure" in forms:
        exprs = [expr.str.pad_start(_RIGHT) for expr in exprs]
    if "id" in forms:
        exprs = [expr.str.to_lowercase() for expr in exprs]
    return exprs[0], exprs[1]


def _together(left: Value, right: Value) -> tuple[pl.Expr, pl.Expr]:
    """Both numbers in one type: doubles when one is, else whole numbers of the same scale."""
    if "double" in {left.kind, right.kind}:
        return as_double(left), as_double(right)
    left, right = aligned(left, right)
    dtype = pl.Int128 if max(left.bound, right.bound) >= _LONG else pl.Int64
    return left.expr.cast(dtype), right.expr.cast(dtype)


def as_double(value: Value) -> pl.Expr:
    """A number as a double."""
    expr = value.expr.cast(pl.Float64)
    return expr / 10.0**value.scale if value.scale else expr


def scaled(value: Value, scale: int) -> Value:
    """The same whole number or decimal with at least so many decimals."""
    factor = 10 ** max(0, scale - value.scale)
    if factor == 1:
        return value
    bound = value.bound * factor
    if bound >= _LARGEST:
        raise QueryError("de getallen worden te groot om precies te rekenen; schrijf een getal als 1.0d")
    return replace(value, expr=value.expr.cast(pl.Int128) * pl.lit(factor, dtype=pl.Int128), scale=scale, bound=bound)


def aligned(left: Value, right: Value) -> tuple[Value, Value]:
    """Two whole numbers or decimals with as many decimals as the one that has most."""
    scale = max(left.scale, right.scale)
    return scaled(left, scale), scaled(right, scale)


def negative(whole: pl.Expr) -> pl.Expr:
    """Minus a whole number; Polars has no `-` for 128 bits."""
    return pl.lit(0, dtype=pl.Int128) - whole.cast(pl.Int128)


def minus(value: Value) -> Value:
    """The unary `-`."""
    if value.kind not in NUMERIC:
        raise QueryError(f"-: verwacht wordt een getal, niet {KINDS[value.kind]}")
    expr = -value.expr if value.kind == "double" else negative(value.expr)
    literal = value.literal and isinstance(value.constant, int | float | Decimal)
    constant = -value.constant if literal else None  # type: ignore[operator]
    return grown(replace(value, expr=expr, literal=literal, constant=constant, column=""), value)


def calculated(operator: str, left: Value, right: Value) -> Value:
    """`add sub mul div mod`. Whole numbers stay whole: 7 div 2 is 3, -7 mod 2 is -1.

    Raises:
        QueryError: when one is no number, or whole numbers are divided by a literal 0. Divided by a field that is 0 they are null.
    """
    for part in (left, right):
        if part.kind not in NUMERIC | {"null"}:
            raise QueryError(f"{operator}: verwacht wordt een getal, niet {KINDS[part.kind]}")
    if "null" in {left.kind, right.kind}:
        return grown(NULL, left, right)
    kind = "double" if "double" in {left.kind, right.kind} else "decimal" if "decimal" in {left.kind, right.kind} else "int"
    if operator in {"div", "mod"} and kind != "double" and right.literal and right.bound == 0:
        raise QueryError(f"{operator}: delen door nul")
    if kind == "double" or (kind == "decimal" and operator == "div"):
        return grown(Value("double", _in_doubles(operator, as_double(left), as_double(right))), left, right)
    return grown(_exactly(operator, kind, left, right), left, right)


def _in_doubles(operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    if operator == "mod":
        return (left.abs() % right.abs()) * pl.when(left < 0).then(-1.0).otherwise(1.0)
    return {"add": left + right, "sub": left - right, "mul": left * right, "div": left / right}[operator]


def _exactly(operator: str, kind: str, left: Value, right: Value) -> Value:
    if operator == "mul":
        bound = left.bound * right.bound
        dtype = pl.Int128 if bound >= _LONG else pl.Int64
        return Value(kind, left.expr.cast(dtype) * right.expr.cast(dtype), scale=left.scale + right.scale, bound=bound)
    left, right = aligned(left, right)
    bound = left.bound + right.bound if operator in {"add", "sub"} else left.bound
    dtype = pl.Int128 if max(bound, left.bound, right.bound) >= _LONG else pl.Int64
    one, other = left.expr.cast(dtype), right.expr.cast(dtype)
    if operator == "add":
        return Value(kind, one + other, scale=left.scale, bound=bound)
    if operator == "sub":
        return Value(kind, one - other, scale=left.scale, bound=bound)
    divisor = pl.when(other != 0).then(other.abs())  # Polars rounds down, the specification's language toward zero
    if operator == "div":
        return Value(kind, (one.abs() // divisor) * one.sign() * other.sign(), bound=bound)
    return Value(kind, (one.abs() % divisor) * one.sign(), scale=left.scale, bound=bound)
