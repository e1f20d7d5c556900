"""The family of exceptions that this library raises on purpose: what it was asked for cannot be done, and a person can read why.

An exception of a room lies in that room and derives from `GmsdError`. A mistake of the programmer (a wrong argument) is none of them: that
is a `ValueError` or `TypeError` as anywhere else, and ends a command with a traceback.
"""

from __future__ import annotations

from typing import ClassVar


class GmsdError(Exception):
    """Something was asked for that cannot be done; its text says why, in a line or a few, without personal data.

    Attributes:
        exit_status: With what a command ends: 1 = the answer is no, 2 = wrong usage, or something that cannot be opened or used.
    """

    exit_status: ClassVar[int] = 1

    @property
    def told(self) -> str:
        """What a command tells of it on the terminal of who gave it; a log gets the text."""
        return str(self)
