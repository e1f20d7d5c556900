"""The coordinator's forms: withdrawal with the deletion it asks for, and explanation.

Not here: whose forms exist (`deliveries`), and what a close makes of a withdrawal (`warehouse`).
"""

from gmsd.consent.filing import file_form
from gmsd.consent.forms import FormsWait, process_forms
from gmsd.consent.reading import FormContent, Malformed, read_form
from gmsd.consent.timing import timing_of

__all__ = [
    "FormContent",
    "FormsWait",
    "Malformed",
    "file_form",
    "process_forms",
    "read_form",
    "timing_of",
]
