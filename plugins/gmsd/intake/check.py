"""Checking the deliveries of a place one after the other, in order of receipt."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from gmsd import letters
from gmsd.database import statement
from gmsd.deliveries import (
    NOT_READABLE,
    BytesLost,
    Delivery,
    ReceiptBroken,
    WrongState,
    check_result,
    counts_now,
    get,
    keep_verdict,
    locked,
    refuse_closed,
    refuse_other_bytes,
    set_unreadable,
    stored_bytes,
    unchecked_up_to,
)
from gmsd.installation import PseudonymKey
from gmsd.intake.judge import cannot_be_read, judge, rules_version
from gmsd.intake.lines import packed
from gmsd.intake.staging import stage
from gmsd.journal import Context, Stage, audit, queue_mail
from gmsd.letters import unreadable_right
from gmsd.op_orde import summarise
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from gmsd.checking import CheckResult
    from gmsd.op_orde import OpOrdeSummary
    from gmsd.rounds import Place

log = logging.getLogger(__name__)

_CHECKED = ("unreadable", "rejected", "accepted", "superseded")
_NAMED_RULES = 5


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """Where a delivery stands after its check; `note` is markdown for the run in Airflow, without personal data."""

    delivery_id: str
    state: str
    verdict: str | None
    reason: str
    note: str

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return asdict(self)


def check_delivery(context: Context, delivery_id: str) -> CheckOutcome:
    """Check a delivery, and before it the unchecked ones of the same place that came earlier.

    A delivery that is not to be checked (late, repeat, withdrawn, ...) or was checked before is left as it is: what it is, is the outcome.
    Waits while another task checks the same place. Each check is one transaction; a kill leaves the delivery to be checked again.

    Raises:
        UnknownDelivery: there is no such delivery.
        ReceiptBroken: the store gives other bytes than those of the receipt, or none (BytesLost).
        KeyChanged: the key for pseudonyms has changed.
    """
    with context.engine.connect() as connection:
        delivery = get(connection, delivery_id)
        waiting = unchecked_up_to(connection, delivery) if delivery.state == "received" else []
    for each in waiting:
        try:
            _check(context, each, actor=Stage.CHECK, again=False)
        except ReceiptBroken as error:
            if each == delivery_id:
                raise
            log.warning("%s; the uploads after it go on", error)  # its own run fails with the same words
    return outcome(context, delivery_id)


def recheck(context: Context, delivery_id: str, actor: str) -> CheckOutcome:
    """Check a delivery again by the rules of today; the result replaces the earlier one. Only until its round is closed.

    When its bytes cannot be had, nothing is changed.

    Raises:
        BytesLost: its bytes are gone, or could never be read.
        ReceiptBroken: the store gives other bytes than those of the receipt.
        UnknownDelivery: there is no such delivery.
        WrongState: it has not been checked (late, repeat, withdrawn, ...).
        RoundClosed: its round has been closed.
    """
    with context.engine.connect() as connection:
        delivery = get(connection, delivery_id)
    if delivery.state == "received":
        return check_delivery(context, delivery_id)
    _check(context, delivery_id, actor=actor, again=True)
    return outcome(context, delivery_id)


def outcome(context: Context, delivery_id: str) -> CheckOutcome:
    """Where a delivery stands now."""
    with context.engine.connect() as connection:
        delivery = get(connection, delivery_id)
        stored = check_result(connection, delivery_id)
    if stored is not None:
        note = letters.verdict_note(stored[0])
    elif delivery.state in ("unplaced", "early", "late", "repeat", "over_limit", "unreadable"):
        note = letters.state_note(delivery.state, detail=delivery.shown_reason)
    else:
        note = f"**{delivery.state.capitalize()}** {delivery.shown_reason}".strip()
    return CheckOutcome(delivery_id, delivery.state, delivery.verdict, delivery.shown_reason, note)


def _check(context: Context, delivery_id: str, *, actor: str, again: bool) -> None:
    with in_hand(context, delivery_id, actor=actor, again=again) as check:
        check.keep(check.work())


@contextmanager
def in_hand(context: Context, delivery_id: str, *, actor: str = Stage.CHECK, again: bool = False) -> Iterator[_Check]:
    """A delivery to be checked, with its transaction and locks; leaving it commits what was kept."""
    with context.engine.begin() as connection:
        key = PseudonymKey.of(connection, context.settings)
        delivery = locked(connection, delivery_id)
        if again:
            if delivery.place is not None and delivery.round is not None:
                refuse_closed(connection, delivery.place, delivery.round)
            if delivery.state not in _CHECKED:
                raise WrongState(f"delivery {delivery_id} is {delivery.state}: there is nothing to check again")
        yield _Check(context, connection, delivery, actor, again, key)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the check of a delivery found: nothing of its bytes when they could never be read; of an accepted one what it holds."""

    result: CheckResult | None = None
    summary: OpOrdeSummary | None = None


@dataclass(frozen=True, slots=True)
class _Check:
    """The check of one delivery within its transaction."""

    context: Context
    connection: Connection
    delivery: Delivery
    actor: str
    again: bool
    key: PseudonymKey

    def work(self) -> _Judged | None:
        """Judge its bytes, and stage its records when they are accepted; None when another task was first."""
        context, delivery = self.context, self.delivery
        if not self.again and delivery.state != "received":
            return None
        try:
            data = stored_bytes(context, delivery) if delivery.size_bytes <= context.settings.max_file_bytes else None
        except NotReadable:
            return _Judged()
        result = judge(context, delivery, data)
        refuse_other_bytes(delivery, result.sha256)
        if not result.accepted or data is None:
            return _Judged(result)
        place = delivery.placed[0]
        summary = summarise(
            stage(context, delivery, data, result, self.key),
            place.half_year,
            municipality=place.municipality,
            delivery_id=delivery.delivery_id,
            law_id=place.law,
            facultative_used=result.facultative_used,
        )
        return _Judged(result, summary)

    def keep(self, judged: _Judged | None) -> None:
        """Keep the verdict and what follows from it."""
        if judged is None:
            return
        if judged.result is not None:
            self._keep(judged.result, judged.summary)
            return
        if self.again:
            raise BytesLost(f"the bytes of {self.delivery.delivery_id} could never be read: there is nothing to check again")
        set_unreadable(self.connection, self.delivery, reason=NOT_READABLE, actor=self.actor, at=self.context.clock.now())
        queue_mail(self.connection, unreadable_right(self.context, self.connection, self.delivery), self.context.clock.now())

    def _keep(self, result: CheckResult, summary: OpOrdeSummary | None) -> None:
        now = self.context.clock.now()
        version = rules_version(self.delivery)
        op_orde = None
        if summary is not None:
            op_orde = _op_orde(self.connection, self.delivery, summary)
        elif self.delivery.verdict not in (None, "rejected"):  # accepted by an earlier check
            self.context.store.delete(self.context.settings.bucket_staging, self.delivery.staging_key)
        state: Literal["accepted", "rejected", "unreadable"] = "accepted" if result.accepted else "rejected"
        if cannot_be_read(self.delivery, result):
            state = "unreadable"
        audit(
            self.connection,
            self.delivery.delivery_id,
            "checked",
            at=now,
            actor=self.actor,
            reason=result.verdict,
            details={"rules": version},
        )
        keep_verdict(
            self.connection,
            self.delivery,
            state,
            result=result.to_json(),
            op_orde=op_orde,
            lines=packed(result),
            rules_version=version,
            reason=_reason(result),
            actor=self.actor,
            at=now,
        )


def _op_orde(connection: Connection, delivery: Delivery, summary: OpOrdeSummary) -> dict[str, Any]:
    """The counts of the op-orde report, and which deliveries it is set beside as of now, so that it can be made again."""
    place = delivery.placed[0]
    before = {**place.asked, "received_at": delivery.received_at, "upload_number": delivery.upload_number}
    half_year = place.half_year.previous
    counted_then, last_year = (counts_now(connection, replace(place, half_year=each)) for each in (half_year, half_year.previous))
    return {
        "summary": summary.to_json(),
        "compared_with": compared_with(connection, place),
        "previous_half_year": counted_then.delivery_id if counted_then else None,
        "last_year": last_year.delivery_id if last_year else None,
        "previous_delivery": connection.scalar(statement("intake/previous_delivery"), before),
    }


def compared_with(connection: Connection, place: Place) -> list[str]:
    """The deliveries of other municipalities that a report is set beside; of a provider none: a municipality has as many as it likes."""
    return [] if place.provider else list(connection.scalars(statement("intake/compared_with"), place.columns))


def _reason(result: CheckResult) -> str:
    faults = [finding for finding in result.findings if finding.level != "notice"]
    if not faults:
        return "no errors"
    named = ", ".join(f"{finding.rule} x {finding.count}" for finding in faults[:_NAMED_RULES])
    more = f" and {len(faults) - _NAMED_RULES} more" if len(faults) > _NAMED_RULES else ""
    return f"{named}{more}"
