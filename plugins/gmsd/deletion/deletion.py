"""The deletion of what a place delivered, as the warehouse holds it: what was there when it began, and the proof when it is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.errors import GmsdError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.rounds import Place


# The tables in which a withdrawal before the close leaves deleted rows.
ALWAYS = ("delivery", "check_result", "confirmation", "portal_reply", "delivery_copy", "inbox_marker", "mail", "withdrawal_request")


class DeletionWaits(GmsdError):
    """A deletion is not over: what is done stays done, and it is tried again. `by_itself`: nobody has to do anything about it."""

    by_itself = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a form takes away of a place.

    Attributes:
        form_id: The withdrawal that asked for it.
        place: Of which place; None of an upload that belonged to none.
        began_at: When it began.
        inventory: What was there then (`take_inventory`).
    """

    form_id: str
    place: Place | None
    began_at: dt.datetime
    inventory: Mapping[str, Any]

    @property
    def delivery_ids(self) -> list[str]:
        """The deliveries whose data go."""
        return [each["delivery_id"] for each in self.inventory["deliveries"]]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it leaves deleted rows in: the partitions of its half-year only where it was loaded."""
        if self.place is None or not self.inventory["counts"]["load_accounts"]:
            return ALWAYS
        part = f"{self.place.half_year.year}_h{self.place.half_year.half}"
        return (*ALWAYS, f"record_{part}", f"arrangement_{part}", "load_account", "figure")


def begin(connection: Connection, form_id: str, place: Place | None, inventory: Mapping[str, Any], at: dt.datetime) -> Deletion:
    """Note what a deletion will take away, in the caller's transaction."""
    connection.execute(statement("deletion/begin"), {"form_id": form_id, "began_at": at, "inventory": json.dumps(inventory)})
    return Deletion(form_id, place, at, inventory)


def deletion_of(connection: Connection, form_id: str, place: Place | None) -> Deletion | None:
    """The deletion that a form began; None when it has not."""
    row = connection.execute(statement("deletion/get"), {"form_id": form_id}).first()
    return None if row is None else Deletion(form_id, place, row.began_at, row.inventory)


def kept_proof(connection: Connection, form_id: str) -> str | None:
    """The proof of a deletion as it was written, JSON; None when there is none (yet)."""
    row = connection.execute(statement("deletion/get"), {"form_id": form_id}).first()
    return None if row is None else row.proof


def finish(connection: Connection, form_id: str, proof: str, at: dt.datetime) -> bool:
    """Keep the proof, once; whether that was new."""
    return bool(connection.execute(statement("deletion/prove"), {"form_id": form_id, "proof": proof, "at": at}).rowcount)
