"""Explanations are read by the engineer before they are printed: approved as they are, or sent back with a reason; never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gmsd.consent.form import form_of
from gmsd.consent.messages import moderated, queue
from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit, lock_place, send_queued
from gmsd.masking import mask_written_bsn
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection, Row

    from gmsd.journal import Context

REASON_LENGTH = 500


class NotWaiting(GmsdError):
    """There is no such explanation, or it does not wait to be read."""


class NoReason(GmsdError):
    """An explanation is sent back with a reason that the coordinator can do something with."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class PublicText:
    """An explanation of a place as it was filed: what is printed with its figures when it has been approved.

    Attributes:
        form_id: Its form.
        version: Its number among those of its place, from 1.
        place: What it explains.
        round: The code of the round that it was filed in.
        received_at: When it came in.
        state: `filed` (it waits to be read), `approved`, `sent_back` or `replaced`.
        reason: Why, where it was sent back or replaced.
        name: Who filed it.
        text: The text, as it would be printed.
    """

    form_id: str
    version: int
    place: Place
    round: HalfYear
    received_at: dt.datetime
    state: str
    reason: str
    name: str = field(repr=False)
    text: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        about = {"form": self.form_id, "version": self.version, **self.place.columns, "round": str(self.round)}
        read = {"received_at": self.received_at.isoformat(), "state": self.state, "reason": self.reason}
        return {**about, **read, "name": self.name, "text": self.text}


def explanations(connection: Connection, *, state: str | None = None, form_id: str | None = None) -> list[PublicText]:
    """Explanations in order of receipt: all, those in a state, or one."""
    return [_explanation(row) for row in connection.execute(statement("consent/explanations"), {"state": state, "form_id": form_id})]


def _explanation(row: Row[Any]) -> PublicText:
    place = Place(row.law, HalfYear.parse(row.half_year), row.municipality)
    code = HalfYear.parse(row.round)
    return PublicText(row.form_id, row.version, place, code, row.received_at, row.state, row.reason, row.name or "", row.text)


def approve_explanation(context: Context, form_id: str, *, by: str) -> PublicText:
    """Let an explanation be printed with the figures from the next release on; the one of before gives way.

    Raises:
        NotWaiting: it does not wait to be read.
    """
    return _moderate(context, form_id, "approved", by=by, reason="")


def send_back_explanation(context: Context, form_id: str, *, by: str, reason: str) -> PublicText:
    """Do not print an explanation, and tell the coordinator why; an earlier one that was approved stays.

    Raises:
        NotWaiting: it does not wait to be read.
        NoReason: there is none, it is too long, or a number in it can be a BSN.
    """
    words = " ".join(reason.split())
    if not words or len(words) > REASON_LENGTH or mask_written_bsn(words) != words:
        raise NoReason(
            f"an explanation is sent back with a reason of 1 to {REASON_LENGTH} characters, in Dutch, without numbers of persons"
        )
    return _moderate(context, form_id, "sent_back", by=by, reason=words)


def _moderate(context: Context, form_id: str, state: str, *, by: str, reason: str) -> PublicText:
    with context.engine.begin() as connection:
        found = next(iter(explanations(connection, form_id=form_id)), None)
        if found is None:
            raise NotWaiting(f"there is no explanation {form_id}; `gmsd explanations list` shows them all")
        lock_place(connection, found.place)
        if not connection.execute(statement("consent/moderate"), {"form_id": form_id, "state": state, "reason": reason}).rowcount:
            raise NotWaiting(f"{form_id} does not wait to be read: it is {explanations(connection, form_id=form_id)[0].state}")
        if state == "approved":
            number = int(form_id.rpartition(".")[2])
            about = {**found.place.columns, "round": str(found.round), "form_id": form_id, "form_number": number}
            connection.execute(statement("consent/give_way"), about)
        details = {"version": found.version, "text_sha256": hashlib.sha256(found.text.encode()).hexdigest()}
        now = context.clock.now()
        # the reason is in the mail and the register; the trail holds no free text
        audit(connection, form_id, state, at=now, actor=by, details=details)
        filed = form_of(connection, form_id)
        queue(
            context, connection, filed, lambda: moderated(context, connection, filed, found.text, reason if state == "sent_back" else None)
        )
        done = explanations(connection, form_id=form_id)[0]
    send_queued(context)
    return done
