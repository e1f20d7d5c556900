"""Physical deletion of what a place delivered: steps that may be killed and done again, the search for what is left, and the proof.

Not here: who asked for it, whether in time, and what the coordinator is told (`consent`).
"""

from gmsd.deletion.deletion import Deletion, DeletionWaits, begin, deletion_of, finish, kept_proof
from gmsd.deletion.files import Needle, Searched, search_files
from gmsd.deletion.inventory import needles_of, take_inventory
from gmsd.deletion.proof import digest_of, proof_of, proof_page
from gmsd.deletion.retention import KINDS, due_now, enforce, periods_of
from gmsd.deletion.rows import delete_rows, keep_out_loading
from gmsd.deletion.steps import carry_on, clean_files
from gmsd.deletion.traces import flush, searched_folders, trace_patterns, unloaded, unused

__all__ = [
    "KINDS",
    "Deletion",
    "DeletionWaits",
    "Needle",
    "Searched",
    "begin",
    "carry_on",
    "clean_files",
    "delete_rows",
    "deletion_of",
    "digest_of",
    "due_now",
    "enforce",
    "finish",
    "flush",
    "keep_out_loading",
    "kept_proof",
    "needles_of",
    "periods_of",
    "proof_of",
    "proof_page",
    "search_files",
    "searched_folders",
    "take_inventory",
    "trace_patterns",
    "unloaded",
    "unused",
]
