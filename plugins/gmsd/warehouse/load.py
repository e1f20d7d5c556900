"""Loading a frozen half-year: records and arrangements of each municipality are replaced as a whole, and every row is accounted for."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.counting import allocation_filled, arrangements, as_sent, in_scope
from gmsd.database import copy_frame, statement
from gmsd.deliveries import Change, Delivery, transition_many
from gmsd.errors import GmsdError
from gmsd.journal import Stage, audit
from gmsd.rounds import parse_partition, prefixed
from gmsd.warehouse.staged import records_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import HalfYear

logger = logging.getLogger(__name__)

MUNICIPALITIES_AT_ONCE = 24
READERS = 4


class NotClosed(GmsdError):
    """No round that takes the half-year has been closed, so nothing counts yet."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the rows of one delivery went.

    rows_in = rows_used + rows_out_of_scope + rows_never_sent, and rows_used = arrangements + rows_merged.
    """

    municipality: str
    delivery_id: str
    rows_in: int
    rows_used: int
    rows_out_of_scope: int
    rows_never_sent: int
    rows_unknown_person: int
    rows_merged: int
    arrangements: int
    persons: int
    allocation_filled: bool

    def __post_init__(self) -> None:
        left_out = self.rows_out_of_scope + self.rows_never_sent
        if self.rows_in != self.rows_used + left_out or self.rows_used != self.arrangements + self.rows_merged:
            raise ValueError(f"the rows of {self.delivery_id} do not add up: {asdict(self)}")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What one delivery gives the warehouse."""

    account: Account
    records: pl.DataFrame
    joined: pl.DataFrame


def load_half_year(context: Context, partition: str, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Load every delivery that counts of a half-year, as of the newest close that takes it.

    A batch of municipalities is replaced in one transaction; a killed load leaves whole municipalities, and running it again gives the
    same rows. Municipalities that no longer count are removed.

    Args:
        context: The doors.
        partition: The half-year, such as `2019-H1`; of another law `jeugd.2019-H1`.
        progress: Called with (municipalities done, in all) after each batch.

    Returns:
        The account over all municipalities: `half_year` and `round` (both as partitions), `municipalities` and the row counts of `Account`.

    Raises:
        NotClosed: no round that takes it has been closed.
        ValueError: it is no half-year of a law.
        StagingLost: the records of a delivery cannot be had.
    """
    law, half = parse_partition(partition)
    about = {"law": law, "half_year": str(half)}
    with context.engine.connect() as connection:
        round_code = connection.scalar(statement("warehouse/newest_close"), about)
        if round_code is None:
            raise NotClosed(f"no round that takes {partition} has been closed")
        counting = _in_force(connection, law, half)
        other = {_municipality(d): d for d in _in_force(connection, law, half.next if half.half == 1 else half.previous)}
    round_id = prefixed(law, ".") + round_code
    with context.engine.begin() as connection:
        gone = sorted(set(connection.scalars(statement("warehouse/loaded"), about)) - {_municipality(d) for d in counting})
        _clear(connection, about, gone)
    for start in range(0, len(counting), MUNICIPALITIES_AT_ONCE):
        batch = counting[start : start + MUNICIPALITIES_AT_ONCE]
        with ThreadPoolExecutor(READERS) as pool:
            read = list(pool.map(lambda delivery: records_of(context, delivery), batch))
        loaded = [
            _prepare(context, half, delivery, records, other.get(_municipality(delivery)))
            for delivery, records in zip(batch, read, strict=True)
        ]
        _replace(context, partition, about, batch, loaded)
        done = start + len(batch)
        logger.info(
            "%s: %d of %d municipalities, %d rows in this batch", partition, done, len(counting), sum(l_.account.rows_in for l_ in loaded)
        )
        if progress is not None:
            progress(done, len(counting))
    with context.engine.begin() as connection:
        account = dict(connection.execute(statement("warehouse/account"), about).mappings().one())
        audit(
            connection,
            f"half-year {partition}",
            "loaded",
            at=context.clock.now(),
            actor=Stage.LOAD,
            reason=f"as of round {round_id}",
            details=account,
        )
    return {"half_year": partition, "round": round_id, **account}


def _in_force(connection: Connection, law: str, half_year: HalfYear) -> list[Delivery]:
    rows = connection.execute(statement("warehouse/in_force"), {"law": law, "half_year": str(half_year)}).mappings()
    return [Delivery.of(row) for row in rows]


def _municipality(delivery: Delivery) -> str:
    return delivery.placed[0].municipality


def _prepare(context: Context, half: HalfYear, delivery: Delivery, records: pl.DataFrame, other: Delivery | None) -> _Loaded:
    sent = as_sent(records)
    used = in_scope(sent, half)
    # The rule speaks of all deliveries of the calendar year, so the other half is asked where this one fills the number.
    filled = allocation_filled(records)
    by_allocation = filled and (other is None or allocation_filled(records_of(context, other)))
    joined = arrangements(used, by_allocation=by_allocation)
    account = Account(
        municipality=_municipality(delivery),
        delivery_id=delivery.delivery_id,
        rows_in=records.height,
        rows_used=used.height,
        rows_out_of_scope=sent.height - used.height,
        rows_never_sent=records.height - sent.height,
        rows_unknown_person=used["person"].null_count(),
        rows_merged=used.height - joined.height,
        arrangements=joined.height,
        persons=used["person"].drop_nulls().n_unique(),
        allocation_filled=filled,
    )
    if int(joined["records"].sum()) != used.height:
        raise ValueError(f"the arrangements of {delivery.delivery_id} do not hold every row used")
    return _Loaded(account, used, joined)


def _replace(context: Context, partition: str, about: Mapping[str, str], batch: Sequence[Delivery], loaded: Sequence[_Loaded]) -> None:
    at = context.clock.now()
    placed = [pl.lit(value).alias(name) for name, value in about.items()]
    accounts = pl.DataFrame([asdict(each.account) for each in loaded]).with_columns(*placed, pl.lit(at.isoformat()).alias("loaded_at"))
    with context.engine.begin() as connection:
        connection.execute(statement("journal/lock"), {"name": f"gmsd:load:{partition}"})
        _clear(connection, about, [each.account.municipality for each in loaded])
        for table, frames in (("record", [each.records for each in loaded]), ("arrangement", [each.joined for each in loaded])):
            for each, frame in zip(loaded, frames, strict=True):
                rows = frame.with_columns(*placed, pl.lit(each.account.municipality).alias("municipality"))
                if copy_frame(connection, table, rows) != frame.height:
                    raise ValueError(f"not every row of {each.account.delivery_id} reached the table {table}")
        copy_frame(connection, "load_account", accounts)
        changes = [Change(d.delivery_id, "loaded", "in the warehouse") for d in batch if d.state == "approved"]
        transition_many(connection, changes, actor=Stage.LOAD, at=at)


def _clear(connection: Connection, about: Mapping[str, str], municipalities: Sequence[str]) -> None:
    if municipalities:
        values = {**about, "municipalities": list(municipalities)}
        for table in ("record", "arrangement", "load_account"):
            connection.execute(statement(f"warehouse/delete_{table}"), values)
