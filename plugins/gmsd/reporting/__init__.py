"""Reports and mails: view models in, HTML, text, XLSX and JSON out. No database, no store, no clock.

A context of `contexts` and the JSON of a check go in; what comes out is the same bytes each time.
"""

from gmsd.reporting.comparison import OpOrdeReport, compare
from gmsd.reporting.contexts import (
    FeedbackContext,
    FormContext,
    OpOrdeContext,
    OpOrdeReadyContext,
    OtherFolderContext,
    Party,
    ReceiptContext,
    Standing,
    UnplacedContext,
    Upload,
    UploadContext,
    VerdictContext,
    WithdrawalDoneContext,
)
from gmsd.reporting.dutch import dutch_date
from gmsd.reporting.feedback import feedback_html, feedback_json, feedback_xlsx
from gmsd.reporting.mails import (
    early_mail,
    explanation_received_mail,
    form_malformed_mail,
    late_mail,
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
from gmsd.reporting.notes import state_note, verdict_note
from gmsd.reporting.op_orde import OpOrdeSummary, summarise
from gmsd.reporting.op_orde_views import op_orde_html, op_orde_json, op_orde_xlsx
from gmsd.reporting.rendering import RenderedMail, compile_templates
from gmsd.reporting.rules_page import rules_html, rules_markdown
from gmsd.reporting.terminal import feedback_line, feedback_summary, feedback_text
from gmsd.reporting.validation_report import validation_report

__all__ = [
    "FeedbackContext",
    "FormContext",
    "OpOrdeContext",
    "OpOrdeReadyContext",
    "OpOrdeReport",
    "OpOrdeSummary",
    "OtherFolderContext",
    "Party",
    "ReceiptContext",
    "RenderedMail",
    "Standing",
    "UnplacedContext",
    "Upload",
    "UploadContext",
    "VerdictContext",
    "WithdrawalDoneContext",
    "compare",
    "compile_templates",
    "dutch_date",
    "early_mail",
    "explanation_received_mail",
    "feedback_html",
    "feedback_json",
    "feedback_line",
    "feedback_summary",
    "feedback_text",
    "feedback_xlsx",
    "form_malformed_mail",
    "late_mail",
    "op_orde_html",
    "op_orde_json",
    "op_orde_ready_mail",
    "op_orde_xlsx",
    "other_folder_mail",
    "over_limit_mail",
    "receipt_mail",
    "repeat_mail",
    "rules_html",
    "rules_markdown",
    "state_note",
    "summarise",
    "unplaced_mail",
    "unreadable_right_mail",
    "validation_report",
    "vanished_mail",
    "verdict_mail",
    "verdict_note",
    "withdrawal_done_mail",
    "withdrawal_received_mail",
    "withdrawal_too_late_mail",
]
