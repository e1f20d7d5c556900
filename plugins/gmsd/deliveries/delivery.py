"""The delivery: one uploaded version of one file, as the warehouse holds it, and the questions asked of deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import lock_place, lock_round
from gmsd.masking import printable
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, RowMapping

    from gmsd.rounds import Round

CORRECTIONS_ALLOWED = 20
UPLOADS_ALLOWED = 1 + CORRECTIONS_ALLOWED
ARCHIVE = "archive:"
"""What stands for the bucket of a delivery that was taken in from an archive; no store has a bucket of that name."""


class UnknownDelivery(GmsdError):
    """There is no delivery of that id."""


class NoPlace(GmsdError):
    """The upload is in no place, and so in no round: nothing is decided about it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A receipt (everything up to `registered_at`, which never changes) and where the delivery stands.

    `object_key` and `file_name` are the sender's own and may hold a BSN: they are for decisions and for the store. Whoever writes for
    people (page, terminal, mail, report, note) takes `shown_key`, `shown_name` and `shown_reason`; the raw ones are in no representation.

    `place` and `round` (its code) are both there or both absent: an upload that is in no place is in no round.
    """

    delivery_id: str
    place: Place | None
    upload_number: int
    round: HalfYear | None
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

    @classmethod
    def of(cls, row: RowMapping) -> Delivery:
        """The delivery of a row of the view `delivery_row`."""
        values = dict(row)
        law, half_year, municipality = (values.pop(name) for name in ("law", "half_year", "municipality"))
        provider = values.pop("provider", "")  # a backup may be taken of tables from before there were any
        place = None if law is None else Place(law, HalfYear.parse(half_year), municipality, provider)
        code = values.pop("round")
        return cls(place=place, round=None if code is None else HalfYear.parse(code), **values)

    @property
    def placed(self) -> tuple[Place, HalfYear]:
        """Its place and the code of its round.

        Raises:
            NoPlace: it is in none.
        """
        if self.place is None or self.round is None:
            raise NoPlace(f"delivery {self.delivery_id} is {self.state}: it is in no place and in no round")
        return self.place, self.round

    @property
    def from_archive(self) -> bool:
        """Whether it was taken in from an archive: nobody is mailed about it by itself, and only the private place has its bytes."""
        return self.bucket == ARCHIVE

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
        """Where its reports lie in the outbox.

        Raises:
            NoPlace: it is in no place, and has none.
        """
        return f"{self.placed[0].folder}/{self.delivery_id}/"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a municipality is with a place: the delivery that counts now, and how many uploads of the round have counted."""

    counts_now: Delivery | None
    counted: int

    @property
    def corrections_left(self) -> int:
        """How many of the twenty corrections are left."""
        return max(0, min(CORRECTIONS_ALLOWED, UPLOADS_ALLOWED - self.counted))


def get(connection: Connection, delivery_id: str) -> Delivery:
    """One delivery.

    Raises:
        UnknownDelivery: there is none of that id.
    """
    row = connection.execute(statement("deliveries/get"), {"delivery_id": delivery_id}).mappings().first()
    if row is None:
        raise UnknownDelivery(f"there is no delivery {delivery_id}; `gmsd deliveries list` shows them all")
    return Delivery.of(row)


def of_version(connection: Connection, bucket: str, object_key: str, version_id: str) -> Delivery | None:
    """The delivery of one version of the inbox; None while that is not registered."""
    known = {"bucket": bucket, "object_key": object_key, "version_id": version_id}
    row = connection.execute(statement("deliveries/of_version"), known).mappings().first()
    return None if row is None else Delivery.of(row)


def locked(connection: Connection, delivery_id: str) -> Delivery:
    """One delivery, with its round shared and its place held to the end of the transaction: nothing is decided about it meanwhile.

    Raises:
        UnknownDelivery: there is none of that id.
    """
    delivery = get(connection, delivery_id)
    if delivery.place is None or delivery.round is None:
        return delivery
    lock_round(connection, delivery.place.law, delivery.round, alone=False)
    lock_place(connection, delivery.place)
    return get(connection, delivery_id)


def listing(
    connection: Connection,
    *,
    law: str | None = None,
    half_year: HalfYear | None = None,
    municipality: str | None = None,
    state: str | None = None,
    round_code: HalfYear | None = None,
) -> list[Delivery]:
    """Deliveries in order of receipt; each filter that is None lets everything through."""
    filters = {
        "law": law,
        "half_year": half_year and str(half_year),
        "municipality": municipality,
        "state": state,
        "round": round_code and str(round_code),
    }
    return [Delivery.of(row) for row in connection.execute(statement("deliveries/list"), filters).mappings()]


def pending(connection: Connection) -> list[str]:
    """Ids of the deliveries of the inbox that still have to be checked, in order of receipt."""
    return list(connection.scalars(statement("deliveries/pending"), {"archive": ARCHIVE}))


def unchecked_up_to(connection: Connection, delivery: Delivery) -> list[str]:
    """Ids of the unchecked deliveries of the same place, in order of receipt, up to and including this one."""
    values = {**delivery.placed[0].columns, "received_at": delivery.received_at, "upload_number": delivery.upload_number}
    return list(connection.scalars(statement("deliveries/unchecked_up_to"), values))


def progress_of(connection: Connection, place: Place, round_code: HalfYear | None) -> Progress:
    """How far a municipality is now: an accepted delivery of this round counts, else the one kept from an earlier round."""
    counted = connection.scalar(statement("deliveries/counted"), {**place.asked, "round": round_code and str(round_code)})
    return Progress(counts_now(connection, place), int(counted or 0))


def counts_now(connection: Connection, place: Place) -> Delivery | None:
    """The delivery of a place that counts now; None when none does."""
    row = connection.execute(statement("deliveries/counts_now"), place.asked).mappings().first()
    return None if row is None else Delivery.of(row)


def counting_now(connection: Connection, places: Iterable[Place]) -> dict[Place, Delivery]:
    """The delivery that counts now of each of some places, where there is one."""
    found = map(Delivery.of, connection.execute(statement("deliveries/counting_now"), wanted_places(places)).mappings())
    return {delivery.placed[0]: delivery for delivery in found}


def wanted_places(places: Iterable[Place]) -> dict[str, list[str]]:
    """Some places as the parameters of a statement: `laws`, `half_years`, `municipalities` and `providers`, side by side."""
    columns = [place.asked for place in sorted(set(places))]
    names = {"laws": "law", "half_years": "half_year", "municipalities": "municipality", "providers": "provider"}
    return {name: [each[column] for each in columns] for name, column in names.items()}


def checks_of(connection: Connection, delivery_id: str) -> int:
    """How many times a delivery has been checked."""
    return int(connection.scalar(statement("deliveries/checks_of"), {"subject": delivery_id}) or 0)


def not_delivered(connection: Connection, known: Round, half_year: HalfYear, municipalities: Sequence[str]) -> list[str]:
    """Which of the municipalities have no delivery of a half-year in a round that is accepted or may become so."""
    values = {"law": known.law, "half_year": str(half_year), "round": str(known.code)}
    have = set(connection.scalars(statement("deliveries/delivering"), values))
    return [code for code in municipalities if code not in have]


def check_result(connection: Connection, delivery_id: str) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
    """The stored result of the check (schema gmsd-check/1) and the counts of the op-orde report; None when there is none (any more)."""
    row = connection.execute(statement("deliveries/check_result"), {"delivery_id": delivery_id}).first()
    return None if row is None else (row.result, row.op_orde)


def check_lines(connection: Connection, delivery_id: str) -> bytes | None:
    """The line numbers of the check that its stored result does not name, as they were packed; None when there are none."""
    packed: bytes | None = connection.scalar(statement("deliveries/check_lines"), {"delivery_id": delivery_id})
    return packed
