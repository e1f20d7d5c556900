"""The states of a municipality in a round (delivered, kept, withdrawn, ...), used from the close to the published table."""

from __future__ import annotations

from enum import StrEnum


class Participation(StrEnum):
    """Whether there are figures of a place, and if not why."""

    DELIVERED = "delivered"
    """A delivery of this round counts."""
    KEPT = "kept"
    """The delivery of an earlier round still counts."""
    WITHDRAWN = "withdrawn"
    NOT_DELIVERED = "not_delivered"
    DISSOLVED = "dissolved"
    """The municipality did not exist any more."""

    @property
    def has_figures(self) -> bool:
        """Whether a delivery counts."""
        return self in {Participation.DELIVERED, Participation.KEPT}
