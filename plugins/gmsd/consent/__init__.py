"""The coordinator's forms: withdrawal with the deletion it asks for, and explanation."""

from gmsd.consent.filing import NoRound, NotInTime, file_form
from gmsd.consent.forms import FormsWait, process_forms
from gmsd.consent.reading import Form, Malformed, read_form
from gmsd.consent.timing import Timing, timing_of
from gmsd.consent.withdrawal import carry_out

__all__ = [
    "Form",
    "FormsWait",
    "Malformed",
    "NoRound",
    "NotInTime",
    "Timing",
    "carry_out",
    "file_form",
    "process_forms",
    "read_form",
    "timing_of",
]
