"""`$filter` and `$orderby`, read by recursive descent and turned into Polars expressions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import polars as pl

from gmsd.odata.functions import call, cast, isof, known
from gmsd.odata.literals import QueryError, Token, tokens
from gmsd.odata.values import (
    DEEPEST,
    KINDS,
    NULL,
    NUMERIC,
    Value,
    boolean,
    both,
    calculated,
    compared,
    constant,
    either,
    field,
    minus,
    negated,
    truth,
)
from gmsd.odata.version import ODataVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_RELATIONS: Final = frozenset(("gt", "ge", "lt", "le"))
_EQUALITIES: Final = frozenset(("eq", "ne"))
_SUMS: Final = frozenset(("add", "sub"))
_PRODUCTS: Final = frozenset(("mul", "div", "mod"))
_OPERATORS: Final = _RELATIONS | _EQUALITIES | _SUMS | _PRODUCTS | {"and", "or", "not", "asc", "desc"}
_MOST_OPERATIONS: Final = 1_000
_MOST_PASSED: Final = 10_000_000
"""Rows that the operators and functions of one expression may pass over together, about two seconds; a list of equals is one operation."""
_ALWAYS_ALLOWED: Final = 50
_FIGURE: Final = 20
_DOUBLES: Final = {"INF": float("inf"), "NaN": float("nan")}


@dataclass(frozen=True, slots=True)
class Fields:
    """What an expression may name.

    Attributes:
        schema: Fields and their types.
        rows: How many rows there are.
        forms: What the blanks and capitals of a text field mean (`values.Value.form`); `plain` where it is not named.
        longest: Characters of the longest text of a field.
        types: Field that holds the type of a row, for `isof`; empty without one.
        version: The version of OData that expressions are written in.
    """

    schema: Mapping[str, pl.DataType]
    rows: int
    forms: Mapping[str, str]
    longest: Mapping[str, int]
    types: str = ""
    version: ODataVersion = ODataVersion.V3

    def named(self, option: str, name: str) -> str:
        """The name, when there is such a field.

        Raises:
            QueryError: when there is not; a name much like it is shown.
        """
        if name in self.schema and name != self.types:
            return name
        lowered = {known.lower(): known for known in self.schema if known != self.types}
        like = get_close_matches(name.lower(), lowered, n=1)
        raise QueryError(f"{option}: er is geen veld {name[:60]}{f'; bedoelt u {lowered[like[0]]}?' if like else ''}")


@dataclass(frozen=True, slots=True)
class Order:
    """One key of `$orderby`."""

    expr: pl.Expr
    descending: bool


def fields_of(
    frame: pl.DataFrame, forms: Mapping[str, str] | None = None, *, types: str = "", version: ODataVersion = ODataVersion.V3
) -> Fields:
    """What an expression over this frame may name."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    lengths = frame.select(pl.col(texts).str.len_chars().max().fill_null(0)).row(0) if texts else ()
    return Fields(frame.schema, frame.height, forms or {}, dict(zip(texts, lengths, strict=True)), types, version)


def parse_filter(text: str, fields: Fields) -> pl.Expr:
    """Read a `$filter` into an expression that is true where a row is wanted, and never null.

    Args:
        text: The value of the option.
        fields: What it may name.

    Raises:
        QueryError: when the text is not a filter over these fields, or one that would take too long.
    """
    parser = _Parser("$filter", tokens("$filter", text, fields.version), fields)
    try:
        value = parser.either()
        parser.end()
        value = boolean(value, "$filter")
    except QueryError as error:
        raise parser.told(error) from None
    return value.expr.fill_null(value=False)


def parse_order(text: str, fields: Fields) -> list[Order]:
    """Read an `$orderby`: expressions with `asc` or `desc`, the first being the most important.

    Raises:
        QueryError: when the text is not such a list.
    """
    parser = _Parser("$orderby", tokens("$orderby", text, fields.version), fields)
    try:
        return parser.order()
    except QueryError as error:
        raise parser.told(error) from None


@dataclass
class _Parser:
    """Binds, from loose to tight: `or`, `and`, `eq ne`, `gt ge lt le`, `add sub`, `mul div mod`, `- not`, `in`. `at` is the next token."""

    option: str
    words: list[Token]
    fields: Fields
    at: int = 0
    depth: int = 0
    operations: int = 0

    def told(self, error: QueryError) -> QueryError:
        """The error with the option's name in front."""
        said = str(error)
        return error if said.startswith("$") else QueryError(f"{self.option}: {said}")

    def _peek(self) -> Token:
        return self.words[self.at]

    def _next_is(self, *texts: str) -> bool:
        token = self._peek()
        return token.kind in {"word", "sign"} and token.text in texts

    def _take(self, *expected: str) -> Token:
        token = self._peek()
        if expected and not self._next_is(*expected):
            raise QueryError(f"verwacht wordt {' of '.join(expected)}, er staat {token.text[:60]}")
        if token.kind != "end":
            self.at += 1
        return token

    def _counted(self) -> None:
        self.operations += 1
        most = max(_ALWAYS_ALLOWED, min(_MOST_OPERATIONS, _MOST_PASSED // max(self.fields.rows, 1)))
        if self.operations > most:
            raise QueryError(f"meer dan {most} bewerkingen op {self.fields.rows} rijen; vraag in delen")

    def end(self) -> None:
        """Refuse anything that follows a complete expression."""
        if self._peek().kind != "end":
            text = self._peek().text
            meant = f"; bedoelt u {text.lower()}?" if text != text.lower() in _OPERATORS else ""
            raise QueryError(f"{self.option}: niet verwacht: {text[:60]}{meant}")

    def order(self) -> list[Order]:
        """Keys, separated by commas, up to the end."""
        found = []
        while True:
            self._counted()
            value = self.either()
            if value.kind in {"null", "binary", "guid", "time"}:
                raise QueryError(f"op {KINDS[value.kind]} kan niet worden gesorteerd")
            down = self._next_is("desc")
            if down or self._next_is("asc"):
                self._take()
            expr = value.expr.cast(pl.Int8) if value.kind == "bool" else value.expr
            if value.form == "figure":
                expr = expr.str.pad_start(_FIGURE)
            found.append(Order(expr, down))
            if not self._next_is(","):
                self.end()
                return found
            self._take()

    def either(self) -> Value:
        """Terms joined by `or`."""
        terms = [self._both()]
        while self._next_is("or"):
            self._take()
            terms.append(self._both())
        if len(terms) == 1:
            return terms[0]
        self._counted()
        return either(terms)

    def _both(self) -> Value:
        terms = [self._equality()]
        while self._next_is("and"):
            self._take()
            terms.append(self._equality())
        if len(terms) == 1:
            return terms[0]
        for term in terms:
            if term.equals is not None:  # only a list of `or` looks them up at once
                self._counted()
        return both(terms)

    def _equality(self) -> Value:
        left = self._relation()
        while self._next_is(*_EQUALITIES):
            operator = self._take().text
            left = compared(operator, left, self._relation())
            if left.equals is None:
                self._counted()
        return left

    def _relation(self) -> Value:
        left = self._sum()
        while self._next_is(*_RELATIONS):
            self._counted()
            operator = self._take().text
            left = compared(operator, left, self._sum())
        return left

    def _sum(self) -> Value:
        left = self._product()
        while self._next_is(*_SUMS):
            self._counted()
            operator = self._take().text
            left = calculated(operator, left, self._product())
        return left

    def _product(self) -> Value:
        left = self._unary()
        while self._next_is(*_PRODUCTS):
            self._counted()
            operator = self._take().text
            left = calculated(operator, left, self._unary())
        return left

    def _unary(self) -> Value:
        if self._next_is("not"):
            return self._inside(self._not)
        value = self._inside(self._minus) if self._next_is("-") else self._primary()
        if self.fields.version is ODataVersion.V4 and self._next_is("in"):
            return self._one_of(value)
        return value

    def _one_of(self, value: Value) -> Value:
        """`RegioS in ('NL01','GM0363')`: a list of equals."""
        self._take("in")
        self._take("(")
        terms: list[Value] = []
        while not terms or self._next_is(","):
            if terms:
                self._take(",")
            item = self._unary()
            if not item.literal:
                raise QueryError("in: tussen de haakjes staan alleen waarden, zoals 'GM0363'")
            terms.append(compared("eq", value, item))
            if terms[-1].equals is None:
                self._counted()
        self._take(")")
        self._counted()
        return either(terms)

    def _inside(self, read: Callable[[], Value]) -> Value:
        """What `read` reads, one level deeper: neither Python's stack nor Polars' may be used up by an asker."""
        self.depth += 1
        self._counted()
        if self.depth > DEEPEST:
            raise QueryError(f"meer dan {DEEPEST} haakjes of bewerkingen in elkaar")
        value = read()
        self.depth -= 1
        return value

    def _not(self) -> Value:
        """`not` binds tightly; before a field it is read as people mean it: `not RegioS eq 'NL01'` is `not (RegioS eq 'NL01')`."""
        self._take("not")
        start = self.at
        operand = self._unary()
        if operand.kind not in {"bool", "null"} and self._next_is(*_RELATIONS, *_EQUALITIES, *_SUMS, *_PRODUCTS):
            self.at = start
            operand = self._equality()
        return negated(operand)

    def _minus(self) -> Value:
        self._take("-")
        return minus(self._primary() if self._peek().kind in NUMERIC else self._unary())

    def _primary(self) -> Value:
        token = self._take()
        if token.kind == "sign" and token.text == "(":
            value = self._inside(self.either)
            self._take(")")
            return value
        if token.kind == "word":
            return self._word(token.text)
        if token.kind in {"sign", "end"}:
            raise QueryError(f"verwacht wordt een veld, een waarde of een functie, er staat {token.text}")
        return constant(token)

    def _word(self, name: str) -> Value:
        if self._next_is("("):
            return self._inside(lambda: self._call(name))
        if name == "null":
            return NULL
        if name in {"true", "false"}:
            return replace(truth(pl.lit(name == "true")), literal=True)
        if name in _DOUBLES and name not in self.fields.schema:
            return constant(Token("double", name, _DOUBLES[name]))
        if name in _OPERATORS and name not in self.fields.schema:
            raise QueryError(f"verwacht wordt een veld, een waarde of een functie, er staat {name}")
        self.fields.named(self.option, name)
        return field(name, self.fields.schema[name], self.fields.forms.get(name, "plain"), self.fields.longest.get(name, 0))

    def _call(self, name: str) -> Value:
        self._take("(")
        if name in {"cast", "isof"} and self.fields.version is ODataVersion.V3:
            return self._of_type(name)
        function = known(name, self.fields.version)
        arguments: list[Value] = []
        while not self._next_is(")"):
            if arguments:
                self._take(",")
            arguments.append(self.either())
        self._take(")")
        return call(name, function, arguments, self.fields.rows)

    def _of_type(self, name: str) -> Value:
        """`cast(value, type)`, `isof(value, type)`, and `isof(type)` of the row itself; the type may stand in quotes."""
        if name == "isof" and self.words[self.at + 1].text == ")" and self.fields.types:
            wanted = self._type_name()
            self._take(")")
            return truth(pl.col(self.fields.types) == wanted)
        value = self.either()
        self._take(",")
        wanted = self._type_name()
        self._take(")")
        return cast(value, wanted) if name == "cast" else isof(value, wanted)

    def _type_name(self) -> str:
        token = self._take()
        if token.kind not in {"word", "text"}:
            raise QueryError(f"verwacht wordt de naam van een type, er staat {token.text[:60]}")
        return str(token.value) if token.kind == "text" else token.text
