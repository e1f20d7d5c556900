"""The coordinator's forms: withdrawal with the deletion it asks for, and explanation."""

from gmsd.consent.filing import file_form
from gmsd.consent.forms import process_forms
from gmsd.consent.reading import Form, Malformed, read_form
from gmsd.consent.withdrawal import carry_out

__all__ = ["Form", "Malformed", "carry_out", "file_form", "process_forms", "read_form"]
