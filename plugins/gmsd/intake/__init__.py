"""What happens to an upload from the inbox to the coordinator's mail: registered, checked, reported on. One function for each task.

Every function may be killed at any line and run again. Mails leave after the commit that causes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.deliveries import Context, Registered, register, send_queued
from gmsd.intake.check import CheckOutcome, check_delivery, outcome, recheck
from gmsd.intake.judge import ReceiptBroken
from gmsd.intake.notices import address_of, announcements, party_of, standing_view, upload_of
from gmsd.intake.report import Reported, report_delivery
from gmsd.intake.staging import StagingLost, staged_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Outgoing, Taken

__all__ = [
    "CheckOutcome",
    "ReceiptBroken",
    "Reported",
    "StagingLost",
    "address_of",
    "check_delivery",
    "outcome",
    "party_of",
    "recheck",
    "register_inbox",
    "report_delivery",
    "staged_records",
    "standing_view",
    "upload_of",
]


def register_inbox(context: Context) -> Registered:
    """Register every upload, form and delete marker of the inbox that is not known yet, in order of receipt, and mail about it at once."""

    def announce(connection: Connection, taken: Sequence[Taken]) -> Sequence[Outgoing]:
        return announcements(context, connection, taken)

    registered = register(context, announce)
    send_queued(context)
    return registered
