"""Letters: what is written to a coordinator or the engineer about a delivery or form, to whom, and the note of a run in Airflow.

Not here: whether and when a letter is queued, which a stage decides; of a check and a comparison only the results are read.
"""

from gmsd.letters.addressed import address_of, coordinator_address, party_of, receipt_of, standing_view, to_coordinator
from gmsd.letters.contexts import (
    FormContext,
    OpOrdeReadyContext,
    OtherFolderContext,
    ReceiptContext,
    Standing,
    UnplacedContext,
    UploadContext,
    VerdictContext,
    WithdrawalDoneContext,
)
from gmsd.letters.mails import (
    early_mail,
    explanation_received_mail,
    form_malformed_mail,
    late_mail,
    new_device_mail,
    op_orde_ready_mail,
    other_folder_mail,
    over_limit_mail,
    receipt_mail,
    repeat_mail,
    unplaced_mail,
    unreadable_right_mail,
    vanished_mail,
    verdict_mail,
    withdrawal_done_mail,
    withdrawal_received_mail,
    withdrawal_too_late_mail,
)
from gmsd.letters.notes import state_note, verdict_note
from gmsd.letters.notices import WORKING_DAYS_TO_VERDICT, announcements, unreadable_right

__all__ = [
    "WORKING_DAYS_TO_VERDICT",
    "FormContext",
    "OpOrdeReadyContext",
    "OtherFolderContext",
    "ReceiptContext",
    "Standing",
    "UnplacedContext",
    "UploadContext",
    "VerdictContext",
    "WithdrawalDoneContext",
    "address_of",
    "announcements",
    "coordinator_address",
    "early_mail",
    "explanation_received_mail",
    "form_malformed_mail",
    "late_mail",
    "new_device_mail",
    "op_orde_ready_mail",
    "other_folder_mail",
    "over_limit_mail",
    "party_of",
    "receipt_mail",
    "receipt_of",
    "repeat_mail",
    "standing_view",
    "state_note",
    "to_coordinator",
    "unplaced_mail",
    "unreadable_right",
    "unreadable_right_mail",
    "vanished_mail",
    "verdict_mail",
    "verdict_note",
    "withdrawal_done_mail",
    "withdrawal_received_mail",
    "withdrawal_too_late_mail",
]
