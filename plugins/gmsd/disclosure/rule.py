"""The rule that a release was protected by."""

from dataclasses import dataclass
from typing import Literal

from gmsd.disclosure.keyed import DRAWS


@dataclass(frozen=True, slots=True)
class Rule:
    """How counts are rounded and from where on they are shown.

    Attributes:
        rounding: `keyed` rounds up or down at random with chances fixed by a key; `nearest` follows the letter of the published rule and
            lets revisions give counts away (measured: 222 to 269 cells after two releases, against none).
        threshold: `secret` shows from 8 to 12 on, drawn per municipality and group; `fixed` shows from 8 on, which makes a count that
            disappears after a correction of one client known.
        coverage: The least share, in per cents of all inhabitants, that the shown municipalities must hold for the national figure.
    """

    rounding: Literal["keyed", "nearest"] = "keyed"
    threshold: Literal["secret", "fixed"] = "secret"
    coverage: int = 75

    BASE = 5
    SMALLEST_SHOWN = 10
    FIRST_SHOWN = 8

    @property
    def largest_difference(self) -> int:
        """How far a shown count is from the true one at most."""
        return self.BASE - 1 if self.rounding == "keyed" else self.BASE // 2

    @property
    def last_always_secret(self) -> int:
        """Counts up to this one are never shown."""
        return self.FIRST_SHOWN - 1

    @property
    def last_sometimes_secret(self) -> int:
        """Counts above this one are always shown."""
        return self.last_always_secret + (DRAWS - 1 if self.threshold == "secret" else 0)

    def describe(self) -> dict[str, str | int]:
        """The rule in words a release may carry: the method, never a key or a draw."""
        return {
            "rounding": self.rounding,
            "threshold": self.threshold,
            "base": self.BASE,
            "largest_difference": self.largest_difference,
            "smallest_shown": self.SMALLEST_SHOWN,
            "national_coverage_per_cent": self.coverage,
        }
