"""The differences that are right, each with its reason; docs/gx_polars.md lists the same names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.compare import Difference
    from tests.parity.rules import Case


@dataclass(frozen=True)
class Reason:
    """A difference on purpose.

    Attributes:
        name: As docs/gx_polars.md has it.
        holds: Whether it explains this difference, with the two results at hand.
    """

    name: str
    holds: Callable[[Case, Difference, dict[str, Any], dict[str, Any]], bool]


ALLOWED: list[Reason] = [
    Reason("no index query", lambda case, difference, ours, theirs: difference.field == "unexpected_index_query" and difference.ours in ("<absent>", None)),
]


def reason(case: Case, difference: Difference, ours: dict[str, Any], theirs: dict[str, Any]) -> str | None:
    """The name of the reason that explains a difference, or None."""
    return next((each.name for each in ALLOWED if each.holds(case, difference, ours, theirs)), None)
