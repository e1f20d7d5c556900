"""Loading a frozen half-year: what each delivery gives is replaced as a whole, and every row is accounted for."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd import counting
from gmsd.counting import allocation_filled, half_year_arrangements
from gmsd.database import copy_rows, statement, written_rows
from gmsd.deliveries import Change, Delivery, transition_many
from gmsd.errors import GmsdError
from gmsd.installation import PseudonymKey
from gmsd.journal import Stage, audit, in_turn, share_loading
from gmsd.protocol import law_of
from gmsd.rounds import HalfYear, parse_partition, prefixed
from gmsd.warehouse.staged import records_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from gmsd.database import Rows
    from gmsd.journal import Context
    from gmsd.rounds import Place
    from gmsd.store import Stored

logger = logging.getLogger(__name__)

READERS = 4
LOGGED_EVERY = 50


class NotClosed(GmsdError):
    """No round that takes the half-year has been closed, so nothing counts yet."""


class RowsLost(GmsdError):
    """The warehouse does not hold the rows that its account says it holds."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where the rows of one delivery went.

    rows_in = rows_used + rows_out_of_scope + rows_never_sent, and rows_used = arrangements + rows_merged.
    """

    municipality: str
    provider: str
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


def load_half_year(context: Context, partition: str, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Load every delivery that counts of a half-year, as of the newest close that takes it.

    One load of a half-year goes after the other; those of several may go side by side. A place is replaced in one transaction; a killed
    load leaves whole places, and running it again gives the same rows. A place that holds the same delivery with the same content is left
    alone, so that a second load writes nothing. Municipalities that no longer count are removed. In the end the rows in the tables are
    counted, and held against the account.

    Args:
        context: The doors.
        partition: The half-year, such as `2019-H1`; of another law `jeugd.2019-H1`.
        progress: Called with (municipalities done, in all) after each of them.

    Returns:
        The account over all municipalities: `half_year` and `round` (both as partitions), `municipalities` and the row counts of `Account`;
        of the deliveries `replaced` were written this time, and `unchanged` were held already; `removed` do not count any more. Of a law
        whose files come from municipalities each of these has one.

    Raises:
        NotClosed: no round that takes it has been closed.
        ValueError: it is no half-year of a law.
        StagingLost: the records of a delivery cannot be had; the others have been loaded.
        KeyBeingRotated: the pseudonyms are being made anew.
        RowsLost: the tables do not hold what was written.
    """
    law, half = parse_partition(partition)
    with context.engine.begin() as held:
        share_loading(held)
        held.execute(statement("journal/lock"), {"name": f"gmsd:loading:{law}:{half}"})
        return _Load(context, law, half, PseudonymKey.of(held, context.settings)).run(progress)


def newest_close(connection: Connection, law: str, half: HalfYear) -> HalfYear | None:
    """The newest closed round that takes a half-year: what is loaded of it is as of that round; None while there is none."""
    found = connection.scalar(statement("warehouse/newest_close"), {"law": law, "half_year": str(half)})
    return None if found is None else HalfYear.parse(found)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one delivery gives the warehouse: its account, and its rows as they are copied."""

    account: Account
    records: Rows
    joined: Rows


@dataclass(frozen=True, slots=True)
class Basis:
    """A delivery, and what decides which rows it gives.

    Attributes:
        delivery: The delivery.
        other: That of the same municipality in the other half of the year, where one counts: it decides how records are joined.
        other_allocated: Whether every record of it has an allocation number, as its check found; None when that is not known.
        key_fingerprint: Of the key for pseudonyms.
        content: A hash over the staged records, the other half's delivery, the law's columns, the key and the code that joins; empty when
            the staged records are missing: they are made again, and loaded.
    """

    delivery: Delivery
    other: Delivery | None
    other_allocated: bool | None
    key_fingerprint: str
    content: str = ""

    def with_content(self, staged: Stored | None) -> Basis:
        """The same, with the content that follows from the staged records as the store lists them."""
        if staged is None:
            return replace(self, content="")
        other = (self.other.delivery_id, self.other.sha256, self.other.facultative_used) if self.other else None
        law = repr(law_of(self.delivery.placed[0].law).record)
        own = (self.delivery.delivery_id, self.delivery.facultative_used, staged.etag, staged.size)
        told = [own, other, law, self.key_fingerprint, _code()]
        return replace(self, content=hashlib.sha256(json.dumps(told).encode()).hexdigest())

    def staged_anew(self, context: Context) -> Basis:
        """The same, as its records are staged now."""
        key = self.delivery.staging_key
        found = (each for each in context.store.objects(context.settings.bucket_staging, key) if each.key == key)
        return self.with_content(next(found, None))


class _Load:
    """One load of one half-year."""

    def __init__(self, context: Context, law: str, half: HalfYear, key: PseudonymKey) -> None:
        self.context, self.law, self.half, self.key = context, law, half, key
        self.about = {"law": law, "half_year": str(half)}
        self.partition = prefixed(law, ".") + str(half)

    def run(self, progress: Callable[[int, int], None] | None) -> dict[str, Any]:
        """Replace what differs, remove what no longer counts, hold the rows against the account."""
        self.key.refuse_rotation()
        with self.context.engine.connect() as connection:
            round_code = newest_close(connection, self.law, self.half)
            if round_code is None:
                raise NotClosed(f"no round that takes {self.partition} has been closed")
            in_force = _in_force(connection, self.law, self.half)
            wanted = bases_of(self.context, connection, self.law, self.half, in_force, self.key.noted)
            held = {(row.municipality, row.provider): row for row in connection.execute(statement("warehouse/loaded"), self.about)}
        gone = sorted(set(held) - {_whose(basis.delivery) for basis in wanted})
        same = {_whose(each.delivery) for each in wanted if _holds(held.get(_whose(each.delivery)), each)}
        if same:  # what somebody took out of the tables is loaded again
            differing = self._differing()
            same = {(code, provider) for code, provider in same if (code, int(provider or 0)) not in differing}
        todo = [each for each in wanted if _whose(each.delivery) not in same or each.delivery.state == "approved"]
        if gone:
            with self.context.engine.begin() as connection:
                clear(connection, self.about, gone)
        self._replace_all(todo, len(wanted), progress)
        if (todo or gone) and (lost := self._differing()):
            named = f"{', '.join(f'{code} {provider}' if provider else code for code, provider in lost[:5])} ({len(lost)} in all)"
            raise RowsLost(f"{self.partition}: the tables do not hold the rows that the account says of {named}")
        round_id = prefixed(self.law, ".") + str(round_code)
        return self._account(round_id, replaced=len(todo), unchanged=len(wanted) - len(todo), removed=len(gone))

    def _differing(self) -> list[tuple[str, int]]:
        """Municipality and provider, 0 = none."""
        with self.context.engine.connect() as connection:
            return [(row.municipality, row.provider) for row in connection.execute(statement("warehouse/differing"), self.about)]

    def _replace_all(self, todo: Sequence[Basis], of: int, progress: Callable[[int, int], None] | None) -> None:
        done = of - len(todo)

        def told() -> None:
            nonlocal done
            done += 1
            if done % LOGGED_EVERY == 0 or done == of:
                logger.info("%s: %d of %d municipalities", self.partition, done, of)
            if progress is not None:
                progress(done, of)

        def take(basis: Basis) -> AbstractContextManager[_Replacing]:
            return nullcontext(_Replacing(self, basis, told))

        if progress is not None and not todo:
            progress(done, of)
        failed = in_turn(todo, take, apart=lambda basis: basis.delivery.delivery_id, at_once=READERS)
        if failed:
            first = failed[0].error
            for each in failed[1:]:
                first.add_note(f"and of {each.item.delivery.delivery_id}: {each.error}")
            raise first

    def _account(self, round_id: str, *, replaced: int, unchanged: int, removed: int) -> dict[str, Any]:
        written = {"replaced": replaced, "unchanged": unchanged, "removed": removed}
        with self.context.engine.begin() as connection:
            account = dict(connection.execute(statement("warehouse/account"), self.about).mappings().one())
            subject = f"half-year {self.partition}"
            told = {**self.about, "subject": subject, "account": json.dumps(account)}
            if replaced or removed or connection.scalar(statement("warehouse/untold"), told):
                audit(
                    connection,
                    subject,
                    "loaded",
                    at=self.context.clock.now(),
                    actor=Stage.LOAD,
                    reason=f"as of round {round_id}",
                    details={**account, **written},
                )
        return {"half_year": self.partition, "round": round_id, **account, **written}


@dataclass(frozen=True, slots=True)
class _Replacing:
    """The rows of one place, read and joined beside others, and written in its turn: PostgreSQL takes several at a time no sooner."""

    load: _Load
    basis: Basis
    told: Callable[[], None]

    def work(self) -> Loaded:
        """Read the staged records, join them, and write them as they are copied."""
        return prepared(self.load.context, self.load.half, self.basis)

    def keep(self, loaded: Loaded) -> None:
        """Replace the place."""
        load, at = self.load, self.load.context.clock.now()
        with load.context.engine.begin() as connection:
            connection.execute(statement("journal/lock"), {"name": f"gmsd:load:{load.partition}"})
            # each place is whole by itself; the commit of the account after all of them makes all of them last
            connection.execute(statement("warehouse/lazily"))
            replace_place(connection, load.about, self.basis, loaded, at.isoformat())
            change = Change(self.basis.delivery.delivery_id, "loaded", "in the warehouse")
            transition_many(connection, [change] if self.basis.delivery.state == "approved" else [], actor=Stage.LOAD, at=at)
        self.told()


def bases_of(
    context: Context, connection: Connection, law: str, half: HalfYear, deliveries: Sequence[Delivery], key_fingerprint: str
) -> list[Basis]:
    """What decides which rows some deliveries of a half-year give, in their order."""
    others = {_whose(d): d for d in _in_force(connection, law, half.other)}
    ids = [each.delivery_id for each in others.values()]
    allocated = {row.delivery_id: row.allocated for row in connection.execute(statement("warehouse/allocated"), {"ids": ids})}
    staged = {each.key: each for each in context.store.objects(context.settings.bucket_staging, f"{prefixed(law, '.')}{half}.")}
    found = []
    for delivery in deliveries:
        other = others.get(_whose(delivery))
        known = None if other is None else allocated.get(other.delivery_id)
        basis = Basis(delivery, other, known, key_fingerprint)
        found.append(basis.with_content(staged.get(delivery.staging_key)))
    return found


@cache
def _code() -> str:
    """A hash over the code that makes arrangements of records: another rule is another content."""
    digest = hashlib.sha256()
    for path in (*sorted(Path(counting.__file__).parent.glob("*.py")), Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _holds(held: Any, basis: Basis) -> bool:
    """Whether the warehouse holds this delivery with this content already."""
    return held is not None and bool(basis.content) and (held.delivery_id, held.content) == (basis.delivery.delivery_id, basis.content)


def _whose(delivery: Delivery) -> tuple[str, str]:
    """Municipality and provider: what is replaced as a whole."""
    place = delivery.placed[0]
    return place.municipality, place.provider


def _in_force(connection: Connection, law: str, half: HalfYear) -> list[Delivery]:
    rows = connection.execute(statement("warehouse/in_force"), {"law": law, "half_year": str(half)}).mappings()
    return [Delivery.of(row) for row in rows]


def prepared(context: Context, half: HalfYear, basis: Basis, records: pl.DataFrame | None = None) -> Loaded:
    """The rows of a delivery, from its staged records, where they are not given.

    Raises:
        StagingLost: its records cannot be had.
    """
    delivery, other = basis.delivery, basis.other
    if records is None:
        records = records_of(context, delivery)
    found = half_year_arrangements(
        records,
        half,
        other_filled=lambda: other is None or _allocated(context, other, basis.other_allocated),
        counting=law_of(delivery.placed[0].law).counting,
    )
    used, joined = found.used, found.joined
    account = Account(
        municipality=delivery.placed[0].municipality,
        provider=delivery.placed[0].provider,
        delivery_id=delivery.delivery_id,
        rows_in=records.height,
        rows_used=used.height,
        rows_out_of_scope=found.sent.height - used.height,
        rows_never_sent=records.height - found.sent.height,
        rows_unknown_person=used["person"].null_count(),
        rows_merged=used.height - joined.height,
        arrangements=joined.height,
        persons=used["person"].drop_nulls().n_unique(),
        allocation_filled=found.filled,
    )
    if int(joined["records"].sum()) != used.height:
        raise ValueError(f"the arrangements of {delivery.delivery_id} do not hold every row used")
    place = delivery.placed[0]
    return Loaded(account, written_rows(_placed(used, place)), written_rows(_placed(joined, place)))


def _allocated(context: Context, other: Delivery, known: bool | None) -> bool:
    return allocation_filled(records_of(context, other)) if known is None else known


def _placed(frame: pl.DataFrame, place: Place) -> pl.DataFrame:
    marked = pl.col("person").is_null().alias("unknown_person")
    whose = {"provider": pl.lit(int(place.provider), pl.Int64)} if place.provider else {}
    return frame.with_columns(marked, *(pl.lit(value).alias(name) for name, value in place.columns.items()), **whose)


def replace_place(connection: Connection, about: Mapping[str, str], basis: Basis, loaded: Loaded, loaded_at: str) -> None:
    """Replace the rows of one place by those of a delivery, in the caller's transaction."""
    made_of = {"content": basis.content, "key_fingerprint": basis.key_fingerprint, "loaded_at": loaded_at}
    account = {**asdict(loaded.account), **about, **made_of}
    clear(connection, about, [(loaded.account.municipality, loaded.account.provider)])
    for table, rows in (("record", loaded.records), ("arrangement", loaded.joined)):
        if copy_rows(connection, table, rows) != rows.count:
            raise RowsLost(f"not every row of {loaded.account.delivery_id} reached the table {table}")
    connection.execute(statement("warehouse/keep_account"), account)


def clear(connection: Connection, about: Mapping[str, str], whose: Sequence[tuple[str, str]]) -> None:
    """Remove the rows and the accounts of some municipalities and providers of a half-year."""
    values = {**about, "municipalities": [code for code, _ in whose], "providers": [provider for _, provider in whose]}
    for table in ("record", "arrangement", "load_account"):
        connection.execute(statement(f"warehouse/delete_{table}"), values)
