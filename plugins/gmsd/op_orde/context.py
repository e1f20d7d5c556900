"""What an op-orde report shows beside its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from gmsd.rendering import Party, Receipt
    from gmsd.rounds import Round


@dataclass(frozen=True, slots=True)
class OpOrdeContext:
    """What an op-orde report shows beside its figures."""

    party: Party
    upload: Receipt
    made_at: datetime
    round: Round | None = None
