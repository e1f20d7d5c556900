"""The same rules by Great Expectations' own pandas engine: reading and the derived columns by pandas and numpy, whole columns at a time."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.validator.validator import Validator

from gmsd.protocol import Protocol, protocol_for
from gmsd.reference import municipalities
from gmsd.rounds import WMO
from tests.bench import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from great_expectations.execution_engine import ExecutionEngine

Answers = dict[str, tuple[int, list[int] | None]]
SHOWN = 10


def with_lines(folder: Path) -> Callable[[], Answers]:
    """With the first ten line numbers of each rule."""
    return _case(folder, lines=True)


def without_lines(folder: Path) -> Callable[[], Answers]:
    """Counts only."""
    return _case(folder, lines=False)


def _case(folder: Path, *, lines: bool) -> Callable[[], Answers]:
    expectations = suite()
    check(folder / files.ONE, expectations, lines=lines)
    return lambda: check(folder / files.LARGE, expectations, lines=lines)


def check(path: Path, expectations: list[Any], *, lines: bool) -> Answers:
    """Read a file, make the derived columns, run the rules."""
    frame = read(path)
    derive(frame, protocol_for(files.HALF_YEAR, WMO))
    return validated(PandasExecutionEngine(batch_data_dict={"file": frame}), expectations, lines=lines)


def suite() -> list[Any]:
    """The configurations of the protocol's rules.

    A day is written as a moment: a pandas column of days cannot be compared with a date.
    """
    configurations = [each.configuration for each in protocol_for(files.HALF_YEAR, WMO).suite(**files.KNOWN).expectations]
    for each in configurations:
        for bound in {"min_value", "max_value"} & each.kwargs.keys():
            if each.kwargs[bound] is not None:
                each.kwargs[bound] = f"{each.kwargs[bound]}T00:00:00"
    return configurations


def validated(engine: ExecutionEngine, configurations: list[Any], *, lines: bool) -> Answers:
    """Counts and, when asked, line numbers, of the rules that are broken.

    Raises:
        AssertionError: When a rule could not run.
    """
    result_format: dict[str, Any] = {"result_format": "SUMMARY", "partial_unexpected_count": SHOWN, "exclude_unexpected_values": True}
    if lines:
        result_format["unexpected_index_column_names"] = ["line"]
    found: Answers = {}
    for result in validator_of(engine).graph_validate(configurations, {"result_format": copy.deepcopy(result_format)}):
        code = result.expectation_config.meta["code"]
        assert not result.exception_info.get("raised_exception", True), f"{code}: {result.exception_info}"
        if not result.success:
            named = result.result["partial_unexpected_index_list"][0]["line"][:SHOWN] if lines else None
            found[code] = (int(result.result["unexpected_count"]), None if named is None else [int(line) for line in named])
    return found


def validator_of(engine: ExecutionEngine) -> Validator:
    """GX's own way from rules to results, without its progress bars on stderr."""
    validator = Validator(execution_engine=engine)
    validator._determine_progress_bars = lambda: False
    validator.metrics_calculator.show_progress_bars = False
    return validator


def read(path: Path) -> pd.DataFrame:
    """Strings; only an empty cell is missing."""
    frame = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, na_values=[""], quoting=3, encoding="utf-8-sig")
    frame["line"] = np.arange(2, len(frame) + 2)
    return frame


def derive(frame: pd.DataFrame, protocol: Protocol) -> None:
    """Add the protocol's derived columns."""
    for derived in protocol.derived:
        frame[derived.column] = _KINDS[derived.kind](frame, derived, protocol)


def _matching(frame: pd.DataFrame, derived: Any, _protocol: Protocol) -> Any:
    cells = frame[derived.of[0]]
    return cells.where(cells.str.match(derived.settings["regex"]).fillna(False).astype(bool))


def _calendar_date(frame: pd.DataFrame, derived: Any, _protocol: Protocol) -> pd.Series:
    """Each day that occurs is looked at once: there are few of them."""
    codes, days = pd.factorize(frame[derived.of[0]], use_na_sentinel=True)
    days = pd.Series(days)
    formed = days.where(days.str.match(r"^[0-9]{8}$").fillna(False).astype(bool))
    known = pd.to_datetime(formed, format="%Y%m%d", errors="coerce").to_numpy()
    return pd.Series(np.append(known, np.datetime64("NaT"))[codes], index=frame.index)


def _eleven_test(frame: pd.DataFrame, derived: Any, _protocol: Protocol) -> Any:
    cells = frame[derived.of[0]]
    formed = cells.str.match(r"^[0-9]{9}$").fillna(False).to_numpy(dtype=bool)
    number = cells.where(formed, "0").astype("int64").to_numpy()
    total = sum(weight * (number // 10 ** (weight - 1) % 10) for weight in range(2, 10)) - number % 10
    passes = formed & (((total % 11 == 0) & (number > 0)) | (number == int(derived.settings["exception"])))
    return cells.where(passes)


def _in_codes(frame: pd.DataFrame, derived: Any, protocol: Protocol) -> Any:
    cells = frame[derived.of[0]]
    return cells.where(cells.isin(protocol.codes(derived.settings["codes"], files.HALF_YEAR)))


def _municipality(frame: pd.DataFrame, derived: Any, _protocol: Protocol) -> Any:
    cells = frame[derived.of[0]]
    return cells.where(cells.isin(list(municipalities(files.HALF_YEAR))))


def _outside(frame: pd.DataFrame, derived: Any, _protocol: Protocol) -> Any:
    start, end = frame[derived.of[0]], frame[derived.of[1]]
    running = frame[derived.of[2]].isna()
    first, last = pd.Timestamp(files.HALF_YEAR.first_day), pd.Timestamp(files.HALF_YEAR.last_day)
    outside = ((start > last) | (end < first)).astype("boolean")
    return outside.where(start.notna() & (running | end.notna()))


def _repeated(frame: pd.DataFrame, _derived: Any, protocol: Protocol) -> Any:
    return frame.duplicated(subset=list(protocol.header))


_KINDS: dict[str, Callable[[pd.DataFrame, Any, Protocol], Any]] = {
    "matching": _matching,
    "calendar_date": _calendar_date,
    "eleven_test": _eleven_test,
    "in_codes": _in_codes,
    "municipality": _municipality,
    "outside": _outside,
    "repeated": _repeated,
}
