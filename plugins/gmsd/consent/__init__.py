"""The coordinator's forms: withdrawal with the deletion it asks for, and explanation.

Not here: whose forms exist (`deliveries`), and what a close makes of a withdrawal (`warehouse`).
"""

from gmsd.consent.filing import file_form
from gmsd.consent.form import open_forms
from gmsd.consent.forms import FormsWait, process_forms
from gmsd.consent.proving import DeletedAgain, Proof, delete_again, find_left, proofs
from gmsd.consent.reading import MAX_TEXT, FormContent, Malformed, read_form
from gmsd.consent.timing import timing_of

__all__ = [
    "MAX_TEXT",
    "DeletedAgain",
    "FormContent",
    "FormsWait",
    "Malformed",
    "Proof",
    "delete_again",
    "file_form",
    "find_left",
    "open_forms",
    "process_forms",
    "proofs",
    "read_form",
    "timing_of",
]
