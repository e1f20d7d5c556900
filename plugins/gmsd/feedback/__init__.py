"""What is said of one checked file: its result read, explained, and shown as page, workbook, text, JSON and ValidatReport.

Not here: databases, stores, the clock, and mail (`letters`). Values in, bytes or text out, the same each time.
"""

from gmsd.feedback.context import FeedbackContext
from gmsd.feedback.explanation import explain, missed
from gmsd.feedback.report import feedback_html, feedback_json, feedback_part, feedback_xlsx
from gmsd.feedback.result import Checked, ReportedFinding
from gmsd.feedback.rule_catalogue import rules_html, rules_markdown
from gmsd.feedback.terminal import feedback_line, feedback_summary, feedback_text
from gmsd.feedback.validat_report import validation_report

__all__ = [
    "Checked",
    "FeedbackContext",
    "ReportedFinding",
    "explain",
    "feedback_html",
    "feedback_json",
    "feedback_line",
    "feedback_part",
    "feedback_summary",
    "feedback_text",
    "feedback_xlsx",
    "missed",
    "rules_html",
    "rules_markdown",
    "validation_report",
]
