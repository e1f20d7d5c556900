"""Remarks of the op-orde report that are right: confirmed with a reason, which may serve as explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement, storable
from gmsd.deliveries import Delivery, WrongState, check_result, get, locked
from gmsd.errors import GmsdError
from gmsd.intake.report import LARGE_CHANGE, SAME_SAID, remarks_of, report_delivery
from gmsd.journal import Context, audit, hidden
from gmsd.masking import mask_written_bsn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.op_orde import Remark

LONGEST_REASON = 2000  # as an explanation


class NoConfirmation(GmsdError):
    """A confirmation that cannot be: the report has no such remark, or the reason is empty or too long."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A remark that was confirmed.

    Attributes:
        delivery_id: Of which delivery.
        code: The remark.
        reason: As it was kept: a BSN in it is masked.
        explanation: What may be filed as explanation: the reasons of all remarks of the delivery that were confirmed.
    """

    delivery_id: str
    code: str
    reason: str
    explanation: str


def confirm(context: Context, delivery_id: str, code: str, reason: str, *, actor: str, report: bool = True) -> Confirmation:
    """Keep that a remark of the report of a delivery is right, and why.

    Sent again it replaces the reason.

    Args:
        context: The doors.
        delivery_id: An accepted delivery that counts now.
        code: Of a remark of its report, as the report names it.
        reason: In the coordinator's words, 1 to 2,000 characters.
        actor: Who confirms, for the audit trail: never a person's name of a municipality.
        report: Whether the report is made again at once, which takes the right to write in the outbox; the portal has none, and shows the
            reason itself.

    Raises:
        UnknownDelivery: there is no such delivery.
        WrongState: it is not accepted, or superseded.
        NoConfirmation: the report has no such remark, or the reason is empty or too long.
    """
    kept = mask_written_bsn(storable(reason)).strip()
    if not 0 < len(kept) <= LONGEST_REASON:
        raise NoConfirmation(f"a reason has 1 to {LONGEST_REASON} characters, this one {len(kept)}")
    with context.engine.begin() as connection:
        delivery = locked(connection, delivery_id)
        stored = check_result(connection, delivery_id)
        if delivery.state != "accepted" or stored is None:
            raise WrongState(
                f"delivery {delivery_id} is {delivery.state}; only one that counts can be confirmed, until its round is closed"
            )
        codes = [remark.code for remark in remarks_of(context, connection, delivery, stored)]
        if code not in codes:
            raise NoConfirmation(f"the report of {delivery_id} has no remark {code}" + (f"; it has {', '.join(codes)}" if codes else ""))
        now = context.clock.now()
        connection.execute(statement("intake/confirm"), {"delivery_id": delivery_id, "code": code, "reason": kept, "at": now})
        details = {"remark": code, "reason_hash": hidden(context.settings.key("reference"), kept)}
        audit(connection, delivery_id, "confirmed", at=now, actor=actor, details=details)
        found = Confirmation(delivery_id, code, kept, offered_explanation(connection, delivery))
    if report:
        report_delivery(context, delivery_id)
    return found


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What a delivery is remarked on and what was said of it.

    Attributes:
        remarks: The remarks that can be confirmed now; none of a delivery that does not count.
        given: By code the reason of those that were confirmed.
        explanation: The reasons as one text that fits an explanation; empty without.
    """

    remarks: tuple[Remark, ...]
    given: Mapping[str, str]
    explanation: str


def to_confirm(context: Context, delivery_id: str) -> ToConfirm:
    """The remarks of a delivery with what was confirmed. A large change stands among them where no remark says the same.

    Raises:
        UnknownDelivery: there is no such delivery.
    """
    with context.engine.connect() as connection:
        delivery, stored = get(connection, delivery_id), check_result(connection, delivery_id)
        found = remarks_of(context, connection, delivery, stored) if stored is not None and delivery.state == "accepted" else ()
        said = any(remark.code in SAME_SAID - {LARGE_CHANGE} for remark in found)
        remarks = tuple(remark for remark in found if remark.code != LARGE_CHANGE or not said)
        given = {row.code: row.reason for row in connection.execute(statement("intake/confirmed"), {"delivery_id": delivery_id})}
        return ToConfirm(remarks, given, offered_explanation(connection, delivery))


def offered_explanation(connection: Connection, delivery: Delivery) -> str:
    """The reasons given for remarks of a delivery as one text that fits an explanation; empty without."""
    rows = connection.execute(statement("intake/confirmed"), {"delivery_id": delivery.delivery_id})
    return "\n\n".join(dict.fromkeys(row.reason for row in rows))[:LONGEST_REASON].rstrip()
