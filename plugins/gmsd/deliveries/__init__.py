"""Receipts of what came in, the state machine of a delivery, its audit trail and outgoing mail."""

from gmsd.deliveries.anchors import anchor, anchors, verify_trail
from gmsd.deliveries.audit import ChainReport, Entry, Head, audit, audit_many, head_of_trail, trail, verify_chain
from gmsd.deliveries.context import Context
from gmsd.deliveries.delivery import (
    CORRECTIONS_ALLOWED,
    UPLOADS_ALLOWED,
    Delivery,
    Standing,
    UnknownDelivery,
    check_lines,
    check_result,
    checks_of,
    counting_now,
    get,
    listing,
    not_delivered,
    pending,
    standing,
    unchecked_up_to,
)
from gmsd.deliveries.engineer import tell_engineer
from gmsd.deliveries.inbox import FORM_FOLDER, Place, abort_unfinished, in_order_of_receipt, inbox_fingerprint, masked_key, parse_key
from gmsd.deliveries.incidents import FailedTask, note_failed_task, note_outage
from gmsd.deliveries.locks import lock_place, lock_round
from gmsd.deliveries.outgoing import Outgoing, Sent, issues_of, queue_mail, queue_mails, send_queued
from gmsd.deliveries.registration import NOT_READABLE, Registered, Taken, register
from gmsd.deliveries.states import STATES, Change, WrongState, mark_published, transition, transition_many
from gmsd.deliveries.verdicts import RoundClosed, is_closed, keep_verdict, let_in, set_unreadable
from gmsd.deliveries.waiting import Waiting, waiting_for

__all__ = [
    "CORRECTIONS_ALLOWED",
    "FORM_FOLDER",
    "NOT_READABLE",
    "STATES",
    "UPLOADS_ALLOWED",
    "ChainReport",
    "Change",
    "Context",
    "Delivery",
    "Entry",
    "FailedTask",
    "Head",
    "Outgoing",
    "Place",
    "Registered",
    "RoundClosed",
    "Sent",
    "Standing",
    "Taken",
    "UnknownDelivery",
    "Waiting",
    "WrongState",
    "abort_unfinished",
    "anchor",
    "anchors",
    "audit",
    "audit_many",
    "check_lines",
    "check_result",
    "checks_of",
    "counting_now",
    "get",
    "head_of_trail",
    "in_order_of_receipt",
    "inbox_fingerprint",
    "is_closed",
    "issues_of",
    "keep_verdict",
    "let_in",
    "listing",
    "lock_place",
    "lock_round",
    "mark_published",
    "masked_key",
    "not_delivered",
    "note_failed_task",
    "note_outage",
    "parse_key",
    "pending",
    "queue_mail",
    "queue_mails",
    "register",
    "send_queued",
    "set_unreadable",
    "standing",
    "tell_engineer",
    "trail",
    "transition",
    "transition_many",
    "unchecked_up_to",
    "verify_chain",
    "verify_trail",
    "waiting_for",
]
