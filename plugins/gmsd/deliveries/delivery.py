"""The delivery: one uploaded version of one file, as the warehouse holds it, and the questions asked of deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.masking import printable
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping

CORRECTIONS_ALLOWED = 20
UPLOADS_ALLOWED = 1 + CORRECTIONS_ALLOWED


class UnknownDelivery(LookupError):
    """There is no delivery of that id."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A receipt (everything up to `registered_at`, which never changes) and where the delivery stands.

    `object_key` and `file_name` are the sender's own and may hold a BSN: they are for decisions and for the store. Whoever writes for
    people (page, terminal, mail, report, note) takes `shown_key`, `shown_name` and `shown_reason`; the raw ones are in no representation.
    """

    delivery_id: str
    half_year: str | None
    municipality: str | None
    upload_number: int
    round: str | None
    bucket: str
    object_key: str = field(repr=False)
    version_id: str
    file_name: str = field(repr=False)
    sha256: str | None
    size_bytes: int
    received_at: dt.datetime
    registered_at: dt.datetime
    state: str
    reason: str = field(repr=False)
    attempt: int | None
    verdict: str | None
    checked_at: dt.datetime | None
    facultative_used: bool | None
    deleted_at: dt.datetime | None

    @property
    def shown_name(self) -> str:
        """The file's name as people may see it: what can be a BSN is masked, and nothing in it steers a screen."""
        return printable(self.file_name)

    @property
    def shown_key(self) -> str:
        """Its place in the inbox, likewise."""
        return printable(self.object_key)

    @property
    def shown_reason(self) -> str:
        """Why it stands where it stands, likewise: it may quote a folder's name."""
        return printable(self.reason)

    @property
    def staging_key(self) -> str:
        """Where its accepted records lie in the staging bucket."""
        return f"{self.delivery_id}.parquet"

    @property
    def outbox_prefix(self) -> str:
        """Where its reports lie in the outbox."""
        code = HalfYear.parse(self.half_year).upload_code if self.half_year else ""
        return f"{code}/{self.municipality}/{self.delivery_id}/"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a municipality stands with a half-year: the delivery that counts now, and how many uploads of the round have counted."""

    counts_now: Delivery | None
    counted: int

    @property
    def corrections_left(self) -> int:
        """How many of the twenty corrections are left."""
        return max(0, min(CORRECTIONS_ALLOWED, UPLOADS_ALLOWED - self.counted))


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**row)


def get(connection: Connection, delivery_id: str) -> Delivery:
    """One delivery.

    Raises:
        UnknownDelivery: there is none of that id.
    """
    row = connection.execute(statement("deliveries/get"), {"delivery_id": delivery_id}).mappings().first()
    if row is None:
        raise UnknownDelivery(f"there is no delivery {delivery_id}; `gmsd deliveries list` shows them all")
    return _delivery(row)


def listing(
    connection: Connection,
    *,
    half_year: str | None = None,
    municipality: str | None = None,
    state: str | None = None,
    round_code: str | None = None,
) -> list[Delivery]:
    """Deliveries in order of receipt; each filter that is None lets everything through."""
    filters = {"half_year": half_year, "municipality": municipality, "state": state, "round": round_code}
    return [_delivery(row) for row in connection.execute(statement("deliveries/list"), filters).mappings()]


def pending(connection: Connection) -> list[str]:
    """Ids of the deliveries that still have to be checked, in order of receipt."""
    return list(connection.scalars(statement("deliveries/pending")))


def unchecked_up_to(connection: Connection, delivery: Delivery) -> list[str]:
    """Ids of the unchecked deliveries of the same municipality and half-year, in order of receipt, up to and including this one."""
    values = {
        "half_year": delivery.half_year,
        "municipality": delivery.municipality,
        "received_at": delivery.received_at,
        "upload_number": delivery.upload_number,
    }
    return list(connection.scalars(statement("deliveries/unchecked_up_to"), values))


def standing(connection: Connection, half_year: str, municipality: str, round_code: str | None) -> Standing:
    """Where a municipality stands now: an accepted delivery of this round counts, else the one kept from an earlier round."""
    place = {"half_year": half_year, "municipality": municipality}
    row = connection.execute(statement("deliveries/counts_now"), place).mappings().first()
    counted = connection.scalar(statement("deliveries/counted"), {**place, "round": round_code})
    return Standing(_delivery(row) if row else None, int(counted or 0))


def counting_now(connection: Connection, deliveries: Sequence[Delivery]) -> dict[tuple[str | None, str | None], Delivery]:
    """The delivery that counts now for the municipality and half-year of each of some deliveries, where there is one."""
    values = {
        "municipalities": sorted({d.municipality for d in deliveries if d.municipality}),
        "half_years": sorted({d.half_year for d in deliveries if d.half_year}),
    }
    found = [_delivery(row) for row in connection.execute(statement("deliveries/counting_now"), values).mappings()]
    return {(delivery.half_year, delivery.municipality): delivery for delivery in found}


def checks_of(connection: Connection, delivery_id: str) -> int:
    """How many times a delivery has been checked."""
    return int(connection.scalar(statement("deliveries/checks_of"), {"subject": delivery_id}) or 0)


def not_delivered(connection: Connection, half_year: str, round_code: str, municipalities: Sequence[str]) -> list[str]:
    """Which of the municipalities have no delivery in a round that is accepted or may become so."""
    have = set(connection.scalars(statement("deliveries/delivering"), {"half_year": half_year, "round": round_code}))
    return [code for code in municipalities if code not in have]


def check_result(connection: Connection, delivery_id: str) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
    """The stored result of the check (schema gmsd-check/1) and the counts of the op-orde report; None when there is none (any more)."""
    row = connection.execute(statement("deliveries/check_result"), {"delivery_id": delivery_id}).first()
    return None if row is None else (row.result, row.op_orde)


def check_lines(connection: Connection, delivery_id: str) -> bytes | None:
    """The line numbers of the check that its stored result does not name, as they were packed; None when there are none."""
    packed: bytes | None = connection.scalar(statement("deliveries/check_lines"), {"delivery_id": delivery_id})
    return packed
