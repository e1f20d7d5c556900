"""gx_polars by itself, on data that has nothing to do with us: what one small file costs, and a large one of which half is wrong."""

from __future__ import annotations

import resource
import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tests.bench.commands import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from great_expectations import ExpectationSuite

FILES, FILES_OF_PANDAS, RECORDS = 390, 20, 220
_HALF_WRONG = "half-wrong.parquet"


def orders(rows: int, seed: int, wrong: float) -> pl.DataFrame:
    """Orders of a shop; `wrong` is the share of cells that are no good, or missing."""
    random = np.random.default_rng(seed)
    customer = random.integers(10**8, 10**9 - 1, rows).astype(str)
    ordered = np.datetime64("2023-01-01") + random.integers(0, 700, rows).astype("timedelta64[D]")
    frame = pl.DataFrame(
        {
            "line": np.arange(2, rows + 2),
            "customer": np.where(random.random(rows) < wrong, np.char.add("X", customer), customer),
            "kind": random.choice(["10A", "10B", "20C", "30D", "99Z"], rows, p=[0.3, 0.2, 0.2, 0.3 - wrong / 2, wrong / 2]),
            "way": random.choice(["M", "V", "O", "?"], rows, p=[0.5, 0.45, 0.04, 0.01]),
            "amount": np.round(random.gamma(2, 500, rows) - 20, 2),
            "pieces": random.integers(-1, 40, rows),
            "year": random.integers(1900, 2025, rows),
            "paid": np.where(random.random(rows) < wrong, "2023-13-45", np.datetime_as_string(ordered)),
            "ordered": ordered.astype("datetime64[us]"),
            "sent": (ordered + random.integers(-5, 400, rows).astype("timedelta64[D]")).astype("datetime64[us]"),
            "place": random.choice([f"P{place:04d}" for place in range(340)], rows),
            "note": random.choice(["", "a", "bb", "c" * 30], rows),
        }
    )
    with_gaps = ("customer", "kind", "amount", "way", "note", "sent")
    return frame.with_columns(pl.when(pl.Series(random.random(rows) >= wrong)).then(pl.col(name)).alias(name) for name in with_gaps)


def suite() -> ExpectationSuite:
    """Twenty-five rules of every kind."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    return gx.ExpectationSuite(
        name="orders",
        expectations=[
            gxe.ExpectColumnValuesToNotBeNull(column="customer"),
            gxe.ExpectColumnValuesToNotBeNull(column="kind", mostly=0.95),
            gxe.ExpectColumnValuesToNotBeNull(column="amount"),
            gxe.ExpectColumnValuesToMatchRegex(column="customer", regex=r"^\d{9}$"),
            gxe.ExpectColumnValuesToMatchRegex(column="place", regex=r"^P\d{4}$"),
            gxe.ExpectColumnValuesToMatchRegex(column="kind", regex=r"^[0-9]{2}[A-Z]$"),
            gxe.ExpectColumnValuesToNotMatchRegex(column="note", regex=r"c{5,}"),
            gxe.ExpectColumnValuesToBeInSet(column="kind", value_set=["10A", "10B", "20C", "30D"]),
            gxe.ExpectColumnValuesToBeInSet(column="way", value_set=["M", "V", "O"]),
            gxe.ExpectColumnValuesToNotBeInSet(column="way", value_set=["?"]),
            gxe.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=5000),
            gxe.ExpectColumnValuesToBeBetween(column="pieces", min_value=0),
            gxe.ExpectColumnValuesToBeBetween(column="year", min_value=1905, max_value=2024, mostly=0.9),
            gxe.ExpectColumnValueLengthsToBeBetween(column="note", min_value=1, max_value=20),
            gxe.ExpectColumnValueLengthsToEqual(column="customer", value=9),
            gxe.ExpectColumnValuesToMatchStrftimeFormat(column="paid", strftime_format="%Y-%m-%d"),
            gxe.ExpectColumnValuesToBeUnique(column="line"),
            gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A="sent", column_B="ordered", or_equal=True, ignore_row_if="either_value_is_missing"
            ),
            gxe.ExpectCompoundColumnsToBeUnique(column_list=["customer", "kind", "paid"]),
            gxe.ExpectTableRowCountToBeBetween(min_value=1),
            gxe.ExpectTableColumnsToMatchSet(column_set=["line", "customer"], exact_match=False),
            gxe.ExpectColumnToExist(column="place"),
            gxe.ExpectColumnMeanToBeBetween(column="amount", min_value=100, max_value=2000),
            gxe.ExpectColumnMaxToBeBetween(column="pieces", max_value=39),
            gxe.ExpectColumnUniqueValueCountToBeBetween(column="place", min_value=1, max_value=340),
        ],
    )


def half_wrong(folder: Path, rows: int) -> int:
    """Keep a large frame of which half is wrong."""
    orders(rows, 1, 0.5).write_parquet(folder / _HALF_WRONG, compression="uncompressed")
    return rows


def complete(folder: Path) -> Callable[[], None]:
    """Everything that is wrong in the large frame, by its line number."""
    import gx_polars

    rules = suite()
    gx_polars.validate(orders(RECORDS, 1, 0.5), rules, result_format="COMPLETE", unexpected_index_column_names=["line"])
    frame = pl.read_parquet(folder / _HALF_WRONG)

    def run() -> None:
        result = gx_polars.validate(frame, rules, result_format="COMPLETE", unexpected_index_column_names=["line"])
        customers = result.results[3].result
        assert len(customers["unexpected_index_list"]) == customers["unexpected_count"] > frame.height // 8

    return run


def small_on_polars(_folder: Path) -> Callable[[], Measured]:
    """What a small file costs on polars."""
    import gx_polars

    rules = suite()
    return _per_file(lambda frame: gx_polars.validate(frame, rules, unexpected_index_column_names=["line"]), _frames(FILES))


def small_on_pandas(_folder: Path) -> Callable[[], Measured]:
    """What it costs on the pandas engine, the frame being one of pandas' already."""
    from great_expectations.execution_engine import PandasExecutionEngine

    from tests.bench.stock import validator_of

    rules = [each.configuration for each in suite().expectations]
    result_format = {"result_format": "SUMMARY", "unexpected_index_column_names": ["line"]}

    def validate(frame: Any) -> Any:
        engine = PandasExecutionEngine(batch_data_dict={"file": frame})
        return validator_of(engine).graph_validate(rules, {"result_format": dict(result_format)})

    return _per_file(validate, [frame.to_pandas() for frame in _frames(FILES_OF_PANDAS)])


def _frames(count: int) -> list[pl.DataFrame]:
    return [orders(RECORDS, seed, 0.02) for seed in range(count)]


def _per_file(validate: Callable[[Any], Any], frames: Sequence[Any]) -> Callable[[], Measured]:
    """The median over files that differ, the first of which is for warming up."""
    validate(frames[0])

    def run() -> Measured:
        by_clock, by_core = [], []
        for frame in frames:
            start, busy = time.perf_counter(), time.process_time()
            validate(frame)
            by_clock.append(time.perf_counter() - start)
            by_core.append(time.process_time() - busy)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return Measured(statistics.median(by_clock), statistics.median(by_core), peak)

    return run
