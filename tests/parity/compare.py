"""The same rule on the same frame by both engines, and where the results part."""

from __future__ import annotations

import copy
import datetime as dt
import math
import warnings
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.validator.validator import Validator

import gx_polars
from tests.parity.frames import INDEX

if TYPE_CHECKING:
    from tests.parity.rules import Case

ABSENT = "<absent>"
LISTED = 7


@dataclass(frozen=True)
class Difference:
    """One field of a result that is not as the pandas engine gives it.

    Attributes:
        field: `success`, `raised` or a key of `result`.
        ours: What gx_polars gives.
        theirs: What GX's pandas engine gives.
        text: What the engine that raised has to say.
    """

    field: str
    ours: Any
    theirs: Any
    text: str = ""


def ours(case: Case) -> dict[str, Any]:
    """The result of gx_polars, in plain values."""
    suite = gx.ExpectationSuite(name="parity", expectations=[copy.deepcopy(case.rule)])
    return _told(gx_polars.validate(case.frame, suite, result_format=copy.deepcopy(case.result_format)).results[0])


def without_gx(case: Case) -> tuple[Any, Any] | None:
    """What is found of the rule as a suite file writes it, without GX and by `validate`; None when it has no form without GX."""
    written = {key: value for key, value in case.rule.configuration.kwargs.items() if key != "mostly"}
    rule = {"type": case.rule.configuration.type, "kwargs": written}
    try:
        (found,) = gx_polars.find_unexpected(case.frame, [rule], limit=LISTED, unexpected_index_column_names=[INDEX])
    except gx_polars.Unsupported:
        return None
    faulty = gx_polars.UnexpectedRows(limit=LISTED)
    suite = gx.ExpectationSuite(name="parity", expectations=[copy.deepcopy(rule)])
    judged = gx_polars.validate(case.frame, suite, unexpected_index_column_names=[INDEX], unexpected_rows=faulty).results[0]
    kept = faulty.of(0)
    rows = [] if kept is None else kept[INDEX].to_list()
    mine = {"success": not found.count, "count": found.count, "rows": found.rows[INDEX].to_list() if found.count else []}
    return mine, {"success": judged.success, "count": judged.result.get("unexpected_count"), "rows": rows}


def theirs(case: Case) -> dict[str, Any]:
    """The result of GX's own pandas engine on `frame.to_pandas()`, in plain values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        validator = Validator(execution_engine=PandasExecutionEngine(batch_data_dict={"parity": case.frame.to_pandas()}))
        validator._metrics_calculator.show_progress_bars = False
        runtime = {"result_format": copy.deepcopy(case.result_format)}
        try:
            return _told(validator.graph_validate([copy.deepcopy(case.rule.configuration)], runtime)[0])
        except Exception as error:  # noqa: BLE001  GX asks some first questions outside its own net: a raised rule
            return {"success": False, "result": {}, "exception_info": {"raised_exception": True, "exception_message": str(error)}}


def _told(result: Any) -> dict[str, Any]:
    native = "gx_polars" not in (result.meta or {})
    return {"success": bool(result.success), "result": plain(result.result), "exception_info": result.exception_info, "native": native}


def plain(value: Any) -> Any:
    """Python's own values: numpy's and pandas' scalars as what they hold, every sort of missing as None (as GX's JSON has it)."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, pd.DataFrame):
        return plain(value.to_dict("records"))
    if isinstance(value, list | tuple | set | np.ndarray | pd.Series):
        return [plain(item) for item in value]
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, np.datetime64 | pd.Timestamp):
        return pd.Timestamp(value).to_pydatetime(warn=False)
    if isinstance(value, np.timedelta64 | pd.Timedelta):
        return pd.Timedelta(value).to_pytimedelta()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dt.datetime):
        return dt.datetime.combine(value.date(), value.timetz())
    return float(value) if isinstance(value, Decimal) else value


def raised(result: dict[str, Any]) -> bool:
    """Whether a rule could not run; a broken metric keys its information by metric id, so that the flag is absent there."""
    return bool(result["exception_info"].get("raised_exception", True))


def messages(result: dict[str, Any]) -> list[str]:
    """What was said by whatever raised."""
    info = result["exception_info"]
    if not raised(result):
        return []
    return [
        str(getattr(each, "exception_message", each))
        for each in (info.values() if "raised_exception" not in info else [info["exception_message"]])
    ]


def same(mine: Any, reference: Any) -> bool:
    """Equal by value: 4 and 4.0 are equal, True and 1 are not; floats to nine digits, since sums are added in another order."""
    if isinstance(mine, dict) and isinstance(reference, dict):
        return mine.keys() == reference.keys() and all(same(mine[key], reference[key]) for key in mine)
    if isinstance(mine, list) and isinstance(reference, list):
        return len(mine) == len(reference) and all(map(same, mine, reference))
    if isinstance(mine, bool) or isinstance(reference, bool):
        return mine is reference
    if isinstance(mine, int) and isinstance(reference, int):
        return mine == reference
    if isinstance(mine, int | float) and isinstance(reference, int | float):
        return math.isclose(mine, reference, rel_tol=1e-9, abs_tol=1e-12)
    return type(mine) is type(reference) and bool(mine == reference)


def differences(mine: dict[str, Any], reference: dict[str, Any]) -> list[Difference]:
    """Every field in which two results are not the same."""
    if raised(mine) != raised(reference):
        return [Difference("raised", raised(mine), raised(reference), " ".join(messages(mine) or messages(reference)))]
    if raised(mine):
        return []
    found = [] if same(mine["success"], reference["success"]) else [Difference("success", mine["success"], reference["success"])]
    for key in sorted(mine["result"].keys() | reference["result"].keys()):
        pair = mine["result"].get(key, ABSENT), reference["result"].get(key, ABSENT)
        if not same(*pair):
            found.append(Difference(key, *pair))
    return found
