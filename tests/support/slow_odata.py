"""OData's expressions once more, row by row in plain Python, written from the words of the specification and importing nothing of ours.

An expression is a tree of tuples: `("field", name)`, `("text" | "int" | "decimal" | "double" | "moment" | "truth", value)`, `("null",)`,
`("and" | "or", left, right)`, `("not", it)`, `("eq" | ..., left, right)`, `("add" | ..., left, right)`, `("minus", it)` and
`("call", name, *arguments)`.

In version 4 also `("in", it, *literals)`.

From the URI conventions of OData 3.0: `eq` and `ne` of null are true or false, the other comparisons with null false; arithmetic and
functions of null are null; `and`, `or` and `not` know three values; a row is given where the whole is true. Of this service: a key is
what it is without the blanks that pad it, wherever it stands in a filter, and blanks at the end of a text do not count in comparisons.
Where keys are put together, the blanks between them count or do not: what is equal or found in one of the two ways is so.
"""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
Tree = tuple[Any, ...]


def fourth(tree: Tree) -> Tree:
    """The nearest expression that version 4 can write: no `replace`, no decimals, and moments in a month in which no clock is changed."""
    match tree:
        case ("call", "replace", text, *_):
            return fourth(text)
        case ("decimal", value):
            return ("double", float(value))
        case ("moment", value):
            return ("moment", value.replace(month=1))
        case (name, *parts):
            return (name, *(fourth(part) if isinstance(part, tuple) else part for part in parts))
    raise AssertionError(tree)


def written_in_four(tree: Tree) -> str:
    """The expression as it stands in an address of version 4."""
    match tree:
        case ("moment", value):
            return f"{value:%Y-%m-%dT%H:%M:%S}+01:00"
        case ("double", value):
            return f"{value:.3f}"
        case ("call", "substringof", part, text):
            return f"contains({written_in_four(text)},{written_in_four(part)})"
        case ("call", name, *arguments):
            return f"{name}({','.join(written_in_four(argument) for argument in arguments)})"
        case ("in", it, *items):
            return f"{written_in_four(it)} in ({','.join(written_in_four(item) for item in items)})"
        case ("not", it):
            return f"not ({written_in_four(it)})"
        case ("minus", it):
            return f"-({written_in_four(it)})"
        case (operator, left, right):
            return f"({written_in_four(left)} {operator} {written_in_four(right)})"
    return written(tree)


def written(tree: Tree) -> str:
    """The expression as it stands in an address of version 3, fully bracketed."""
    match tree:
        case ("field", name):
            return str(name)
        case ("text", value):
            return "'" + value.replace("'", "''") + "'"
        case ("int", value):
            return f"{value}"
        case ("decimal", value):
            return f"{float(value):.3f}M"
        case ("double", value):
            return f"{value:.2f}"
        case ("moment", value):
            return f"datetime'{value:%Y-%m-%dT%H:%M:%S}'"
        case ("truth", value):
            return "true" if value else "false"
        case ("null",):
            return "null"
        case ("not", it):
            return f"not ({written(it)})"
        case ("minus", it):
            return f"-({written(it)})"
        case ("call", name, *arguments):
            return f"{name}({','.join(written(argument) for argument in arguments)})"
        case (operator, left, right):
            return f"({written(left)} {operator} {written(right)})"
    raise AssertionError(tree)


def kept(tree: Tree, rows: list[Row], keys: set[str]) -> list[Row]:
    """The rows that the filter gives."""
    return [row for row in rows if value(tree, row, keys) is True]


def value(tree: Tree, row: Row, keys: set[str]) -> Any:
    """What the expression is for one row."""
    match tree:
        case ("field", name):
            found = row[name]
            return found.strip(" ") if name in keys and found is not None else found
        case ("null",):
            return None
        case ("text" | "int" | "decimal" | "double" | "moment" | "truth", it):
            return it
        case ("and", left, right):
            sides = [value(left, row, keys), value(right, row, keys)]
            return False if False in sides else None if None in sides else True
        case ("or", left, right):
            sides = [value(left, row, keys), value(right, row, keys)]
            return True if True in sides else None if None in sides else False
        case ("not", it):
            found = value(it, row, keys)
            return None if found is None else not found
        case ("minus", it):
            found = value(it, row, keys)
            return None if found is None else -found
        case ("in", it, *items):
            return any(compare("eq", value(it, row, keys), value(item, row, keys), is_key(it, keys)) for item in items)
        case ("call", name, *arguments):
            found = [value(argument, row, keys) for argument in arguments]
            if None in found:
                return None
            if name == "replace" and is_key(arguments[0], keys):
                found[1] = found[1].strip(" ") or found[1]
            if name not in {"startswith", "endswith", "substringof", "indexof"}:
                return called(name, found)
            ways = [
                called(name, forgiven(arguments, texts, keys)) for texts in (found, [as_it_came(each, row, keys) for each in arguments])
            ]
            return ways[0] if name == "indexof" and ways[0] >= 0 else ways[1] if name == "indexof" else any(ways)
        case ("eq" | "ne" | "gt" | "ge" | "lt" | "le" as operator, left, right):
            keyed = is_key(left, keys) or is_key(right, keys)
            ways = [compare(operator, value(left, row, keys), value(right, row, keys), keyed)]
            if keyed and operator in {"eq", "ne"}:
                ways.append(compare(operator, as_it_came(left, row, keys), as_it_came(right, row, keys), keyed))
            return all(ways) if operator == "ne" else any(ways)
        case (operator, left, right):
            return calculate(operator, value(left, row, keys), value(right, row, keys))
    raise AssertionError(tree)


def forgiven(arguments: tuple[Tree, ...], texts: list[str], keys: set[str]) -> list[str]:
    """Texts to be searched with, without the blanks around them where one is a key; a literal of blanks only stays."""
    if not any(is_key(argument, keys) for argument in arguments):
        return texts
    return [
        text if argument[0] == "text" and not text.strip(" ") else text.strip(" ") for argument, text in zip(arguments, texts, strict=True)
    ]


def as_it_came(tree: Tree, row: Row, keys: set[str]) -> Any:
    """The value with the blanks that pad a key left on, also inside `concat`."""
    match tree:
        case ("field", name):
            return row[name]
        case ("call", "concat", left, right):
            sides = [as_it_came(left, row, keys), as_it_came(right, row, keys)]
            return None if None in sides else sides[0] + sides[1]
        case ("call", "tolower" | "toupper" | "trim" as name, it):
            found = as_it_came(it, row, keys)
            return None if found is None else called(name, [found])
    return value(tree, row, keys)


def is_key(tree: Tree, keys: set[str]) -> bool:
    """Whether a text is a key, or a piece of one."""
    if tree[0] == "field":
        return tree[1] in keys
    if tree[0] == "call" and tree[1] == "concat":
        return is_key(tree[2], keys) or is_key(tree[3], keys)
    return tree[0] == "call" and tree[1] in {"tolower", "toupper", "trim", "substring", "replace"} and is_key(tree[2], keys)


def compare(operator: str, left: Any, right: Any, keyed: bool) -> bool:
    if left is None or right is None:
        same = left is None and right is None
        return {"eq": same, "ne": not same}.get(operator, False)
    if isinstance(left, str):
        left, right = (text.strip(" ") if keyed else text.rstrip(" ") for text in (left, right))
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    return {
        "eq": left == right,
        "ne": left != right,
        "gt": left > right,
        "ge": left >= right,
        "lt": left < right,
        "le": left <= right,
    }[operator]  # fmt: skip


def calculate(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    doubles = isinstance(left, float) or isinstance(right, float)
    decimals = isinstance(left, Fraction) or isinstance(right, Fraction)
    if operator in {"add", "sub", "mul"}:
        if doubles:
            left, right = float(left), float(right)
        return {"add": left + right, "sub": left - right, "mul": left * right}[operator]
    if doubles or (decimals and operator == "div"):
        return divide(float(left), float(right)) if operator == "div" else remainder(float(left), float(right))
    if right == 0:
        return None
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if operator == "div" else left - quotient * right


def divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def remainder(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def called(name: str, given: list[Any]) -> Any:
    first = given[0]
    match name:
        case "startswith":
            return first.startswith(given[1])
        case "endswith":
            return first.endswith(given[1])
        case "substringof":
            return first in given[1]
        case "indexof":
            return first.find(given[1])
        case "length":
            return len(first)
        case "concat":
            return first + given[1]
        case "replace":
            return first.replace(given[1], given[2])
        case "substring":
            start = max(0, given[1])
            return first[start:] if len(given) == 2 else first[start : start + max(0, given[2])]
        case "tolower":
            return first.lower()
        case "toupper":
            return first.upper()
        case "trim":
            return first.strip()
        case "round" if isinstance(first, float):
            return first if math.isinf(first) or math.isnan(first) else math.copysign(math.floor(abs(first) + 0.5), first)
        case "round":
            return int(math.copysign(math.floor(abs(first) + Fraction(1, 2)), first)) if first else 0
        case "floor" | "ceiling" if isinstance(first, float):
            whole = math.floor if name == "floor" else math.ceil
            return first if math.isinf(first) or math.isnan(first) else float(whole(first))
        case "floor":
            return math.floor(first)
        case "ceiling":
            return math.ceil(first)
    assert isinstance(first, dt.datetime)
    return getattr(first, name)
