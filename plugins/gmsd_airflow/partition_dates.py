"""The times of day that tell the partitions of one law from those of another; light, for commands too."""

from __future__ import annotations

import hashlib

from gmsd.rounds import WMO


def time_of_law(law: str) -> tuple[int, int]:
    """Hour and minute, in Amsterdam, that mark the partitions of a law: they follow from its id, whichever laws there are beside it."""
    if law == WMO:
        return 0, 0
    return divmod(1 + int.from_bytes(hashlib.sha256(law.encode()).digest()[:4], "big") % (24 * 60 - 1), 60)
