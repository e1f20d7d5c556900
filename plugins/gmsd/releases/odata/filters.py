"""The part of OData v3's `$filter` that readers of StatLine use, turned into a polars expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d{1,18})|(?P<word>[A-Za-z_]\w*)|(?P<sign>[(),]))", re.ASCII)
_COMPARISONS = frozenset(("eq", "ne", "gt", "ge", "lt", "le"))
_FUNCTIONS = frozenset(("substringof", "startswith", "endswith"))
_DEEPEST = 50

Token = tuple[str, str]


class QueryError(ValueError):
    """A query option that cannot be understood; the message may be shown to the asker."""


def parse_filter(text: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """Read a filter: `eq ne gt ge lt le`, `and or not`, brackets, `substringof startswith endswith`, text, whole numbers and `null`.

    Blanks that pad a key do not matter: `RegioS eq 'NL01'` finds `NL01  `.

    Args:
        text: The value of `$filter`.
        schema: Columns that may be named, with their types.

    Raises:
        QueryError: when the text is not such a filter.
    """
    parser = _Parser(_tokens(text), schema)
    expression = parser.either()
    parser.end()
    return expression


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    rest = text.strip()
    position = 0
    while position < len(rest):
        found = _TOKEN.match(rest, position)
        if found is None or found.lastgroup is None:
            raise QueryError(f"$filter cannot be read from: {rest[position : position + 30]}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        position = found.end()
    return tokens


@dataclass
class _Parser:
    """Recursive descent; `at` is the next token."""

    tokens: list[Token]
    schema: Mapping[str, pl.DataType]
    at: int = 0
    depth: int = 0

    def _peek(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "end of filter")

    def _take(self, *expected: str) -> Token:
        token = self._peek()
        if expected and token[1] not in expected:
            raise QueryError(f"$filter: expected {' or '.join(expected)}, found {token[1]}")
        self.at += 1
        return token

    def end(self) -> None:
        """Refuse anything that follows a complete filter."""
        if self.at < len(self.tokens):
            raise QueryError(f"$filter: unexpected {self._peek()[1]}")

    def either(self) -> pl.Expr:
        """Terms joined by `or`."""
        terms = [self._both()]
        while self._peek() == ("word", "or"):
            self._take()
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else pl.any_horizontal(terms)

    def _both(self) -> pl.Expr:
        terms = [self._negated()]
        while self._peek() == ("word", "and"):
            self._take()
            terms.append(self._negated())
        return terms[0] if len(terms) == 1 else pl.all_horizontal(terms)

    def _negated(self) -> pl.Expr:
        negations = 0
        while self._peek() == ("word", "not"):
            self._take()
            negations += 1
        expression = self._primary()
        return ~expression if negations % 2 else expression

    def _primary(self) -> pl.Expr:
        kind, word = self._peek()
        if word == "(" and kind == "sign":
            self.depth += 1
            if self.depth > _DEEPEST:
                raise QueryError(f"$filter: more than {_DEEPEST} brackets inside each other")
            self._take("(")
            expression = self.either()
            self._take(")")
            self.depth -= 1
            return expression
        if kind == "word" and word in _FUNCTIONS:
            return self._function()
        return self._comparison()

    def _function(self) -> pl.Expr:
        _, name = self._take()
        self._take("(")
        first, second = self._take(), (self._take(","), self._take())[1]
        self._take(")")
        column, text = (second, first) if name == "substringof" else (first, second)
        field, literal = self._text_column(column), _string(text)
        if name == "substringof":
            return field.str.contains(literal, literal=True)
        return field.str.starts_with(literal) if name == "startswith" else field.str.ends_with(literal)

    def _comparison(self) -> pl.Expr:
        column = self._take()
        name = self._name(column)
        _, operator = self._take(*sorted(_COMPARISONS))
        literal = self._take()
        if literal == ("word", "null"):
            if operator not in {"eq", "ne"}:
                raise QueryError("$filter: null can only be compared with eq and ne")
            return pl.col(name).is_null() if operator == "eq" else pl.col(name).is_not_null()
        is_text = self.schema[name] == pl.String
        if is_text != (literal[0] == "string"):
            raise QueryError(f"$filter: {name} is {'text' if is_text else 'a number'}, {literal[1]} is not")
        left = self._text_column(column) if is_text else pl.col(name)
        right = pl.lit(_string(literal).rstrip(" ") if is_text else int(literal[1]))
        compared = {
            "eq": left == right,
            "ne": left != right,
            "gt": left > right,
            "ge": left >= right,
            "lt": left < right,
            "le": left <= right,
        }
        return compared[operator].fill_null(value=False)

    def _name(self, token: Token) -> str:
        if token[0] != "word" or token[1] not in self.schema:
            raise QueryError(f"$filter: no field {token[1]}")
        return token[1]

    def _text_column(self, token: Token) -> pl.Expr:
        name = self._name(token)
        if self.schema[name] != pl.String:
            raise QueryError(f"$filter: {name} is not text")
        return pl.col(name).str.strip_chars_end(" ")


def _string(token: Token) -> str:
    if token[0] != "string":
        raise QueryError(f"$filter: expected text in single quotes, found {token[1]}")
    return token[1][1:-1].replace("''", "'")
