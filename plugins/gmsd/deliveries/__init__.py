"""Deliveries: the receipt of what came in, the states a delivery can have, and the private copy of its bytes.

Not here: what stands in a file (`checking`) and what is said of it to its sender (`feedback`, `letters`).
"""

from gmsd.deliveries.arrival import NOT_READABLE
from gmsd.deliveries.copies import (
    BytesLost,
    ReceiptBroken,
    compare_copies,
    delivered_bytes,
    differing,
    keep_versions,
    refuse_other_bytes,
    stored_bytes,
)
from gmsd.deliveries.copying import LEFT, VANISHED
from gmsd.deliveries.delivery import (
    ARCHIVE,
    CORRECTIONS_ALLOWED,
    UPLOADS_ALLOWED,
    Delivery,
    NoPlace,
    Progress,
    UnknownDelivery,
    check_lines,
    check_result,
    checks_of,
    counting_now,
    counts_now,
    get,
    listing,
    locked,
    not_delivered,
    of_version,
    pending,
    progress_of,
    unchecked_up_to,
)
from gmsd.deliveries.extensions import NoExtension, extend
from gmsd.deliveries.from_archive import Archived, archived_before, take_in
from gmsd.deliveries.inbox import (
    FORM_FOLDER,
    REFUSED,
    abort_unfinished,
    identities,
    in_order_of_receipt,
    inbox_fingerprint,
    parse_key,
    unregistered,
)
from gmsd.deliveries.registration import Registered, register
from gmsd.deliveries.states import STATES, Change, WrongState, mark_published, transition, transition_many
from gmsd.deliveries.taking import Taken
from gmsd.deliveries.verdicts import RoundClosed, is_closed, keep_verdict, let_in, refuse_closed, set_unreadable
from gmsd.deliveries.waiting import waiting_for

__all__ = [
    "ARCHIVE",
    "CORRECTIONS_ALLOWED",
    "FORM_FOLDER",
    "LEFT",
    "NOT_READABLE",
    "REFUSED",
    "STATES",
    "UPLOADS_ALLOWED",
    "VANISHED",
    "Archived",
    "BytesLost",
    "Change",
    "Delivery",
    "NoExtension",
    "NoPlace",
    "Progress",
    "ReceiptBroken",
    "Registered",
    "RoundClosed",
    "Taken",
    "UnknownDelivery",
    "WrongState",
    "abort_unfinished",
    "archived_before",
    "check_lines",
    "check_result",
    "checks_of",
    "compare_copies",
    "counting_now",
    "counts_now",
    "delivered_bytes",
    "differing",
    "extend",
    "get",
    "identities",
    "in_order_of_receipt",
    "inbox_fingerprint",
    "is_closed",
    "keep_verdict",
    "keep_versions",
    "let_in",
    "listing",
    "locked",
    "mark_published",
    "not_delivered",
    "of_version",
    "parse_key",
    "pending",
    "progress_of",
    "refuse_closed",
    "refuse_other_bytes",
    "register",
    "set_unreadable",
    "stored_bytes",
    "take_in",
    "transition",
    "transition_many",
    "unchecked_up_to",
    "unregistered",
    "waiting_for",
]
