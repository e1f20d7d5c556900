"""The coordinator's forms: withdrawal with the deletion it asks for, and explanation.

Not here: whose forms exist (`deliveries`), and what a close makes of a withdrawal (`warehouse`).
"""

from gmsd.consent.asking import (
    MAIL_LATE_AFTER,
    AskedWithdrawal,
    CannotWithdraw,
    Foreseen,
    NotAsked,
    ask_withdrawal,
    asked_withdrawal,
    confirm_withdrawal,
    confirm_without_mail,
    foresee,
    waiting_withdrawal,
)
from gmsd.consent.engineer import erase_unplaced, withdraw_published
from gmsd.consent.filing import NotInTime, file_form
from gmsd.consent.form import open_forms
from gmsd.consent.forms import FormsWait, process_forms
from gmsd.consent.messages import PROOFS
from gmsd.consent.moderation import PublicText, approve_explanation, explanations, send_back_explanation
from gmsd.consent.proving import DeletedAgain, Proof, check_document, delete_again, find_left, proofs, search_disk
from gmsd.consent.reading import MAX_TEXT, FormContent, Malformed, read_form
from gmsd.consent.timing import timing_of

__all__ = [
    "MAIL_LATE_AFTER",
    "MAX_TEXT",
    "PROOFS",
    "AskedWithdrawal",
    "CannotWithdraw",
    "DeletedAgain",
    "Foreseen",
    "FormContent",
    "FormsWait",
    "Malformed",
    "NotAsked",
    "NotInTime",
    "Proof",
    "PublicText",
    "approve_explanation",
    "ask_withdrawal",
    "asked_withdrawal",
    "check_document",
    "confirm_withdrawal",
    "confirm_without_mail",
    "delete_again",
    "erase_unplaced",
    "explanations",
    "file_form",
    "find_left",
    "foresee",
    "open_forms",
    "process_forms",
    "proofs",
    "read_form",
    "search_disk",
    "send_back_explanation",
    "timing_of",
    "waiting_withdrawal",
    "withdraw_published",
]
