"""How the counts of a table were protected in a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


SPREAD = 5
"""The draw of a secret threshold has as many values at most, however coarse the rounding: it hides by which client a count went missing."""


@dataclass(frozen=True, slots=True)
class Protection:
    """How counts are rounded and from where on they are shown.

    Attributes:
        rounding: `keyed` rounds up or down at random with chances fixed by a key; `nearest` follows the letter of the published rule and
            lets revisions give counts away (measured: 222 to 269 cells after two releases, against none).
        threshold: `secret` shows from `first_shown` on or a little later, drawn per municipality and group; `fixed` shows from
            `first_shown` on, which makes a count that disappears after a correction of one client known.
        coverage: The least share, in per cents of all inhabitants, that the shown municipalities must hold for the national figure.
        base: What counts are rounded to.
        smallest_shown: The least count that is shown.
        first_shown: The least true count that may be shown.
    """

    rounding: Literal["keyed", "nearest"] = "keyed"
    threshold: Literal["secret", "fixed"] = "secret"
    coverage: int = 75
    base: int = 5
    smallest_shown: int = 10
    first_shown: int = 8

    @property
    def largest_difference(self) -> int:
        """How far a shown count is from the true one at most."""
        return self.base - 1 if self.rounding == "keyed" else self.base // 2

    @property
    def thresholds(self) -> int:
        """How many values the draw of the threshold can have."""
        return min(self.base, SPREAD) if self.threshold == "secret" else 1

    @property
    def last_always_secret(self) -> int:
        """Counts up to this one are never shown."""
        return self.first_shown - 1

    @property
    def last_sometimes_secret(self) -> int:
        """Counts above this one are always shown."""
        return self.last_always_secret + self.thresholds - 1

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Protection:
        """What `describe` said; an older release that does not name the least true count had the one of always."""
        return cls(
            rounding=described["rounding"],
            threshold=described["threshold"],
            coverage=described["national_coverage_per_cent"],
            base=described["base"],
            smallest_shown=described["smallest_shown"],
            first_shown=described.get("first_shown", 8),
        )

    def describe(self) -> dict[str, str | int]:
        """The protection in words a release may carry: the method, never a key or a draw."""
        return {
            "rounding": self.rounding,
            "threshold": self.threshold,
            "base": self.base,
            "largest_difference": self.largest_difference,
            "smallest_shown": self.smallest_shown,
            "first_shown": self.first_shown,
            "national_coverage_per_cent": self.coverage,
        }
