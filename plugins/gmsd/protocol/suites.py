"""Reads the expectation suites of a protocol, and tells what Great Expectations would refuse in them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from gmsd.protocol.layout import Derived, Field, Rule, check_regex, read_derived, read_rule
from gmsd.protocol.reading import Key, nearest, refused_pattern
from gmsd.protocol.vocabulary import CODES, LAST_DAY, MUNICIPALITIES, PROVIDERS, RECEIVED_ON, YEAR_LATER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gmsd.protocol.reading import Node

PARAMETER = "$PARAMETER"
_SUITE = {"name": Key(str), "meta": Key(dict, required=False), "notes": Key(str, required=False), "expectations": Key(list)}
_META = {"derived": Key(list, required=False)}
_EXPECTATION = {
    "type": Key(str),
    "kwargs": Key(dict),
    "meta": Key(dict),
    "description": Key(str, required=False),
    "notes": Key(str, required=False),
    "severity": Key(str, required=False, among=("critical", "warning", "info")),
}
_NEEDED = {"_match_regex": "regex", "_match_regex_list": "regex_list", "_in_set": "value_set"}


class SuiteFile:
    """What has been read of one suite.

    Attributes:
        suite: Its values, as Great Expectations takes them.
        derived: Its derived columns.
        rules: Its rules with the node of each.
        expectations: Its expectations that are in order so far, with the node of each.
        patterns: The nodes of derived columns that have a pattern.
    """

    def __init__(self) -> None:
        self.suite: dict[str, Any] = {}
        self.derived: list[Derived] = []
        self.rules: list[tuple[Rule, Node]] = []
        self.expectations: list[Node] = []
        self.patterns: list[Node] = []


def parameter_names(code_lists: Collection[str]) -> tuple[str, ...]:
    """The parameters that a suite may ask for."""
    return (RECEIVED_ON, LAST_DAY, YEAR_LATER, MUNICIPALITIES, PROVIDERS, *(f"{CODES}{name.upper()}" for name in code_lists))


def asked(kwargs: Mapping[str, Any]) -> set[str]:
    """The parameters that an expectation asks for."""
    return {value[PARAMETER] for value in kwargs.values() if isinstance(value, dict) and PARAMETER in value}


def filled(kwargs: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with their parameters filled in, as plain values."""
    values = dict(kwargs)
    for key, value in kwargs.items():
        if isinstance(value, dict) and PARAMETER in value:
            given = parameters[value[PARAMETER]]
            values[key] = list(given) if isinstance(given, tuple) else given
    return values


def read_suite(
    root: Node, fields: dict[str, Field] | None, columns: dict[str, frozenset[str]], code_lists: Collection[str], levels: Collection[str]
) -> SuiteFile:
    """Read one suite.

    Args:
        root: The file.
        fields: The fields by name; None when those could not be read, and nothing is said of columns then.
        columns: The columns there are, each with the fields it is made of; this suite's derived columns are added.
        code_lists: The names of the code lists.
        levels: The levels that the rules of this file can have.
    """
    found = SuiteFile()
    read = root.read(_SUITE)
    if read is None:
        return found
    found.suite = root.value
    meta = root.at("meta").read(_META) if read["meta"] else None
    if meta is not None and meta["derived"] and fields is not None:
        _read_derived(root.at("meta").at("derived"), found, columns, code_lists)
    for node in root.at("expectations").each():
        if node.read(_EXPECTATION) is None:
            continue
        rule = read_rule(node.at("meta"), fields, check=False, levels=levels)
        named = node.named(f"rule {node.value['meta'].get('code', '?')}")
        if rule is not None:
            found.rules.append((rule, named.at("meta")))
        right = _whole(named) and _arguments(named.at("kwargs"), columns if fields is not None else None, code_lists, rule)
        if right:
            found.expectations.append(named)
    return found


def _whole(expectation: Node) -> bool:
    """Tell arguments that are empty, or that Great Expectations does without and then finds everything right."""
    kwargs, before = expectation.at("kwargs"), len(expectation.document.mistakes)
    for key, value in kwargs.value.items():
        if not isinstance(key, str):
            kwargs.fault(f'unknown argument "{key}"; an argument has a name', key)
        elif value in ("", {}, []):
            kwargs.fault(f"argument {key} is empty; leave it out or give it a value", key)
    for end, argument in _NEEDED.items():
        if expectation.value["type"].endswith(end) and argument not in kwargs.value:
            kwargs.fault(f"argument {argument} is missing; without it every value would be right")
    return len(kwargs.document.mistakes) == before


def _read_derived(listed: Node, found: SuiteFile, columns: dict[str, frozenset[str]], code_lists: Collection[str]) -> None:
    for node in listed.each():
        before = len(node.document.mistakes)
        derived = read_derived(node, columns, code_lists)
        if derived is not None:
            found.derived.append(derived)
            if "regex" in derived.settings and len(node.document.mistakes) == before:
                found.patterns.append(node.named(f"derived column {derived.column}"))
        column, made_of = node.value.get("column"), node.value.get("of")
        if isinstance(column, str):  # also of one that is not in order, so that its mistake is not told again where it is used
            parts = [columns.get(part, frozenset()) for part in made_of if isinstance(part, str)] if isinstance(made_of, list) else []
            columns.setdefault(column, frozenset().union(*parts))


def _arguments(kwargs: Node, columns: dict[str, frozenset[str]] | None, code_lists: Collection[str], rule: Rule | None) -> bool:
    """Tell what is wrong with the arguments of an expectation, as far as that can be told without Great Expectations."""
    before = len(kwargs.document.mistakes)
    for keys, value in _inside(kwargs.value, ()):
        if isinstance(value, dict) and PARAMETER in value:
            _parameter(kwargs, keys, value[PARAMETER], parameter_names(code_lists))
        elif keys and (keys[-1] == "regex" or keys[:-1] == ("regex_list",)):
            check_regex(kwargs, value, *keys)
    if columns is not None:
        _looks_at(kwargs, columns, rule)
    return len(kwargs.document.mistakes) == before


def _parameter(kwargs: Node, keys: tuple[str | int, ...], name: Any, known: Collection[str]) -> None:
    if len(keys) > 1:
        kwargs.fault(f"{PARAMETER} stands inside {keys[0]}; only a whole argument is filled in", *keys)
    elif name not in known:
        hint = nearest(name, known)
        others = "" if hint.startswith("known") else f" (known are {', '.join(known)})"
        kwargs.fault(f'no parameter "{name}"; {hint}{others}', *keys)


def _looks_at(kwargs: Node, columns: dict[str, frozenset[str]], rule: Rule | None) -> None:
    """Tell columns that are not there, and a rule that is told at a field it does not look at."""
    fields: set[str] = set()
    for keys, column in _columns(kwargs.value):
        if column not in columns:
            kwargs.fault(f'no column "{column}"; {nearest(column, columns)}', *keys)
        elif keys[0] != "row_condition":
            fields |= columns[column]
    field = rule.field if rule is not None else None
    if field in columns and fields and field not in fields:
        kwargs.fault(f"it looks at {', '.join(sorted(fields))}, but is told at {field}; let meta.field be one of those")


def _inside(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """A value and every value in it, with the keys that lead there."""
    yield keys, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in below:
        yield from _inside(inner, (*keys, key))


def _columns(kwargs: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The columns that an expectation names, with the keys that lead there."""
    for keys, value in _inside(kwargs, ()):
        own = len(keys) == 1 and keys[0] in ("column", "column_A", "column_B")
        listed = len(keys) == 2 and keys[0] in ("column_list", "column_set")
        condition = len(keys) > 2 and keys[0] == "row_condition" and keys[-2:] == ("column", "name")
        if isinstance(value, str) and (own or listed or condition):
            yield keys, value


def tell_patterns(nodes: Collection[Node]) -> None:
    """Tell the patterns of derived columns that polars cannot run; those of expectations can go another way."""
    for node in nodes:
        refused = refused_pattern(node.value["regex"])
        if refused is not None:
            node.fault(f"regex does not run: {refused}", "regex")


def tell_refused(expectations: Collection[Node], parameters: Mapping[str, Any]) -> None:
    """Tell the expectations that Great Expectations does not know or whose arguments it refuses.

    Args:
        expectations: The nodes of those that are in order so far.
        parameters: A value for each parameter, of the right type.
    """
    import great_expectations as gx
    from great_expectations.expectations import registry

    known = registry.list_registered_expectation_implementations() or sorted(dir(gx.expectations))
    for node in expectations:
        name = node.value["type"]
        if name not in known:
            node.fault(f'Great Expectations has no expectation "{name}"; {_like(name, known)}', "type")
            continue
        expectation: Any = registry.get_expectation_impl(name)
        try:
            expectation(**filled(node.value["kwargs"], parameters), meta=node.value["meta"])
        except ValueError as error:
            refused: set[str] = set()
            faults = error.errors() if hasattr(error, "errors") else [{"loc": ("__root__",), "msg": str(error), "type": ""}]
            for fault in faults:
                argument = str(fault["loc"][0])
                if argument not in refused:
                    refused.add(argument)
                    _argument_fault(node.at("kwargs"), argument, fault, [key for key in expectation.__fields__ if key not in _OWN])


_OWN = frozenset(
    {"id", "meta", "notes", "rendered_content", "description", "severity", "windows", "batch", "result_format", "catch_exceptions"}
)


def _like(name: str, known: Collection[str]) -> str:
    suggestion = nearest(name, known)
    return suggestion if suggestion.startswith("did you") else "see docs/gx_polars.md for those there are"


def _argument_fault(kwargs: Node, argument: str, fault: dict[str, Any], known: Collection[str]) -> None:
    """One line for what pydantic says of an argument."""
    if fault["type"] == "value_error.extra":
        kwargs.fault(f'unknown argument "{argument}"; {nearest(argument, known)}', argument)
    elif fault["type"] == "value_error.missing" and len(fault["loc"]) == 1:
        kwargs.fault(f"argument {argument} is missing")
    elif argument == "__root__":
        kwargs.fault(f"Great Expectations refuses these arguments: {fault['msg']}")
    elif argument == "row_condition":
        kwargs.fault(
            "row_condition is no condition of Great Expectations, such as {type: nullity, column: {name: BSN}, is_null: false}", argument
        )
    else:
        kwargs.fault(f"Great Expectations refuses argument {argument}: {fault['msg']}", argument)


def build(name: str, expectations: list[dict[str, Any]]) -> Any:
    """The suite as Great Expectations has it; None when it does not take all of it."""
    import great_expectations as gx

    logger = logging.getLogger("great_expectations.core.expectation_suite")
    before, logger.disabled = logger.disabled, True  # an expectation that it does not know is only logged, with a traceback
    try:
        suite = gx.ExpectationSuite(name=name, expectations=expectations)
    except (ValueError, TypeError, gx.exceptions.GreatExpectationsError):
        return None
    finally:
        logger.disabled = before
    return suite if len(suite.expectations) == len(expectations) else None
