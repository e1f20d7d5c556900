"""The attack on what is published: everything that a reader who keeps every release can work out about a true count, by exact means.

Not here: connections, files and how a release is built. Frames in, findings out. What it measures, what it cannot see, and what was found
of the method in use: docs/decisions/0033.
"""

from gmsd.attack.findings import Disclosure
from gmsd.attack.hiding import repair, repair_and_guess
from gmsd.attack.likelihood import Guess, GuessResult, guess
from gmsd.attack.method import CELLS, Method, PublicRelease, Truth, method_of
from gmsd.attack.series import AuditResult, audit

__all__ = [
    "CELLS",
    "AuditResult",
    "Disclosure",
    "Guess",
    "GuessResult",
    "Method",
    "PublicRelease",
    "Truth",
    "audit",
    "guess",
    "method_of",
    "repair",
    "repair_and_guess",
]
