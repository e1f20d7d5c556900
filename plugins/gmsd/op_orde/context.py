"""What an op-orde report shows beside its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gmsd.rendering import Party, Receipt
    from gmsd.rounds import Round


@dataclass(frozen=True, slots=True)
class OpOrdeContext:
    """What an op-orde report shows beside its figures.

    Attributes:
        party: The municipality and half-year.
        upload: The delivery.
        made_at: When.
        round: The round, while it can still be corrected.
        confirmed: The reason given for a remark that is right, by its code.
        large_change: A sentence when the number of clients changed by more than the set share and nobody confirmed it.
    """

    party: Party
    upload: Receipt
    made_at: datetime
    round: Round | None = None
    confirmed: Mapping[str, str] = field(default_factory=dict)
    large_change: str = ""
