"""What an attack finds: counts that the figures tell, and figures that are not made as the method says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """Something published that is not as the method says: the proof does not hold for it, so nothing is published with it.

    Attributes:
        kind: `rate`, `nation`, `figure` (not made of the true count), `two_figures` (of one content), `merged` (a period restated for a
            municipality that did not exist) or `unknown_column`.
        release_id: Where.
        where: Table, region, period and content, as far as it has them.
        words: What is wrong.
    """

    kind: Literal["rate", "nation", "figure", "two_figures", "merged", "unknown_column"]
    release_id: str
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A count that the figures tell.

    Attributes:
        release_id: The release whose count it is.
        region: GM0518.
        period: StatLine's key.
        content: What is counted.
        kind: `missing`, `shown` or `unpublished`.
        low: Its least possible value.
        high: Its largest.
        values: How many values are known to be possible.
        settled: Whether no others are; False: the time was up, and it counts as disclosed.
        equations: What tells it, in words; empty where there was no time to look for few.
        about: (release id, period, content) of the counts in these equations.
        repair: (period, content) that would have to be hidden in the newest release; None: nothing of it would help.
    """

    release_id: str
    region: str
    period: str
    content: str
    kind: Literal["missing", "shown", "unpublished"]
    low: int
    high: int
    values: int
    settled: bool
    equations: tuple[str, ...] = ()
    about: tuple[tuple[str, str, str], ...] = ()
    repair: tuple[str, str] | None = None
