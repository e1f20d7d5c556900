"""Suite parameters: values of a rule that are known only when it runs."""

from __future__ import annotations

import copy
import re
from threading import Lock
from typing import TYPE_CHECKING, Any

from great_expectations.core.suite_parameters import is_suite_parameter, parse_suite_parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_$]*")
_parsing = Lock()


def open_parameters(expectation: Any) -> dict[str, Any]:
    """The arguments of a rule that are written as `{"$PARAMETER": ...}`, as they stand there."""
    return {key: value for key, value in vars(expectation).items() if is_suite_parameter(value)}


def parameter_values(written: Mapping[str, Any], suite_parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the open arguments of a rule come to.

    Args:
        written: What `open_parameters` gives.
        suite_parameters: Values by name. An argument may also be an expression of GX's parser, such as `LIMIT * 2` or `now()`.

    Raises:
        SuiteParameterError: When a name has no value; the text names it.
    """
    return {key: _value(value, suite_parameters) for key, value in written.items()}


def _value(written: dict[str, Any], suite_parameters: Mapping[str, Any]) -> Any:
    expression = written["$PARAMETER"]
    default = f"$PARAMETER.{expression}"  # GX's way of writing a value beside the name, for a first exploration
    if default in written:
        return written[default]
    if _NAME.fullmatch(str(expression)) and expression in suite_parameters:
        return suite_parameters[expression]
    with _parsing:  # GX has one parser with one stack for the whole process
        return parse_suite_parameter(expression, dict(suite_parameters))


def with_values(configuration: Any, values: Mapping[str, Any]) -> Any:
    """The expectation with its open arguments filled in, checked by GX's model as when they had been written down.

    Raises:
        ValidationError: When a value is none that the rule can have.
    """
    filled = copy.deepcopy(configuration)
    filled.kwargs.update(copy.deepcopy(dict(values)))
    return filled.to_domain_obj()
