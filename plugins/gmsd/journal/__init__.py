"""What every stage writes down and takes in hand: the audit trail, outgoing mail, incidents, locks, and the doors it is handed.

Not here: deliveries, rules, figures and releases. A row, a mail or a lock names what it is about, and whoever writes it knows why.
"""

from gmsd.journal.anchoring import anchor, anchors, verify_trail
from gmsd.journal.audit_trail import Entry, Stage, audit, audit_many, head_of_trail, hidden, trail, verify_chain
from gmsd.journal.context import Context
from gmsd.journal.engineer import tell_engineer
from gmsd.journal.incidents import FailedTask, note_failed_task, note_outage
from gmsd.journal.locks import (
    alone_in_loading,
    lock_audit,
    lock_coordinators,
    lock_place,
    lock_pseudonym_key,
    lock_registration,
    lock_round,
    share_loading,
    share_pseudonym_key,
)
from gmsd.journal.outgoing import Outgoing, Recipient, issues_of, queue_mail, queue_mails
from gmsd.journal.personal import link_address, link_mark, link_token
from gmsd.journal.sending import Sent, send_queued
from gmsd.journal.turns import in_turn

__all__ = [
    "Context",
    "Entry",
    "FailedTask",
    "Outgoing",
    "Recipient",
    "Sent",
    "Stage",
    "alone_in_loading",
    "anchor",
    "anchors",
    "audit",
    "audit_many",
    "head_of_trail",
    "hidden",
    "in_turn",
    "issues_of",
    "link_address",
    "link_mark",
    "link_token",
    "lock_audit",
    "lock_coordinators",
    "lock_place",
    "lock_pseudonym_key",
    "lock_registration",
    "lock_round",
    "note_failed_task",
    "note_outage",
    "queue_mail",
    "queue_mails",
    "send_queued",
    "share_loading",
    "share_pseudonym_key",
    "tell_engineer",
    "trail",
    "verify_chain",
    "verify_trail",
]
