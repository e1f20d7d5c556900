"""What happens to an upload from the inbox to the coordinator's mail: registered, checked, reported on; one function for each task.

Not here: how each step is done. Every function may be killed at any line and run again; mails leave after the commit that causes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.deliveries import ReceiptBroken, Registered, compare_copies, keep_versions, register
from gmsd.intake.check import CheckOutcome, check_delivery, outcome, recheck
from gmsd.intake.confirming import LONGEST_REASON, NoConfirmation, confirm, offered_explanation, to_confirm
from gmsd.intake.granting import extend, let_in
from gmsd.intake.report import compare_again, report_delivery
from gmsd.intake.side_by_side import SomeFailed, check_and_report
from gmsd.intake.staging import StagingLost, raw_records, staged_records, write_staged
from gmsd.journal import Context, send_queued
from gmsd.letters import announcements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Taken
    from gmsd.journal import Outgoing

__all__ = [
    "LONGEST_REASON",
    "CheckOutcome",
    "NoConfirmation",
    "ReceiptBroken",
    "SomeFailed",
    "StagingLost",
    "check_and_report",
    "check_delivery",
    "compare_again",
    "confirm",
    "extend",
    "let_in",
    "offered_explanation",
    "outcome",
    "raw_records",
    "recheck",
    "register_inbox",
    "register_uploads",
    "report_delivery",
    "staged_records",
    "to_confirm",
    "write_staged",
]


def register_inbox(context: Context) -> Registered:
    """Register every upload and form of the inbox that is not known yet, in order of receipt, and mail about it at once.

    Before it the inbox is made to keep versions, should somebody have switched that off; after it the register is compared with the
    private place, and what is missing there is made again or told.
    """
    keep_versions(context)
    registered = register_uploads(context)
    compare_copies(context)
    send_queued(context)
    return registered


def register_uploads(context: Context) -> Registered:
    """The registration alone, with its mails queued: for who just put an upload there and gives the receipt at once."""

    def announce(connection: Connection, taken: Sequence[Taken]) -> Sequence[Outgoing]:
        return announcements(context, connection, taken)

    return register(context, announce)
