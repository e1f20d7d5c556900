"""The attack on what is published: everything that a reader who keeps every release can work out about a true count, by exact means.

Not here: connections, files and how a release is built. Frames in, findings out. What it measures, what it cannot see, and what was found
of the method in use: docs/decisions/0030.
"""

from gmsd.attack.audit import AuditResult, audit
from gmsd.attack.findings import Disclosure, Fault
from gmsd.attack.likelihood import Guess, Guessed, GuessResult, guess
from gmsd.attack.method import CELLS, TRUTH, Method, PublicRelease, PublishedColumn, Rounding, Truth, method_of
from gmsd.attack.repairs import REPAIR, repair, repairs

__all__ = [
    "CELLS",
    "REPAIR",
    "TRUTH",
    "AuditResult",
    "Disclosure",
    "Fault",
    "Guess",
    "GuessResult",
    "Guessed",
    "Method",
    "PublicRelease",
    "PublishedColumn",
    "Rounding",
    "Truth",
    "audit",
    "guess",
    "method_of",
    "repair",
    "repairs",
]
