"""The terms of a comparison: how many, in which order, by which weights, among whom."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Mapping

Order = Literal["alike", "unlike", "alike_but"]
NUMBER = 10
_LEAST, _MOST = 0.001, 1000.0


class TermsError(GmsdError):
    """What was asked for cannot be compared; the text is one Dutch sentence that names what there is to choose from."""

    exit_status: ClassVar[int] = 2


class NotOfYearError(TermsError):
    """There is no such municipality in the comparison year."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a reader asks for beside the municipality.

    Attributes:
        number: How many neighbours; all there are when it is larger.
        order: `alike` (nearest first), `unlike` (farthest first), or `alike_but` (alike in all but `theme`).
        theme: The theme of `alike_but`.
        filters: Filter -> the values that take part; several values are joined by "or", several filters by "and".
        weights: Theme -> its weight; 1 for one that is not named.
    """

    number: int = NUMBER
    order: Order = "alike"
    theme: str | None = None
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)

    def check(self, themes: tuple[str, ...], filters: Mapping[str, tuple[str, ...]]) -> None:
        """Refuse what does not exist.

        Args:
            themes: The themes that there are.
            filters: The filters that there are, with their values.

        Raises:
            TermsError: One of the terms is unknown or out of range.
        """
        if self.number < 1:
            raise TermsError("het aantal gemeenten is 1 of meer")
        for theme in (*self.weights, *([self.theme] if self.order == "alike_but" else [])):
            if theme not in themes:
                raise TermsError(f"het thema {str(theme)!r:.60} bestaat niet; er zijn: {', '.join(themes)}")
        for theme, weight in self.weights.items():
            if not (weight == 0 or (math.isfinite(weight) and _LEAST <= weight <= _MOST)):
                raise TermsError(f"het gewicht van {theme} is 0, of een getal van {_LEAST} tot en met {_MOST:.0f}")
        if not any(self.weights.get(theme, 1) for theme in themes if self.order != "alike_but" or theme != self.theme):
            raise TermsError("geef ten minste één (ander) thema een gewicht boven 0")
        self._check_filters(filters)

    def _check_filters(self, filters: Mapping[str, tuple[str, ...]]) -> None:
        for name, values in self.filters.items():
            if name not in filters:
                raise TermsError(f"het filter {name!r:.60} bestaat niet; er zijn: {', '.join(filters)}")
            for value in sorted(values):
                if value not in filters[name]:
                    raise TermsError(f"het filter {name} kent de waarde {value!r:.60} niet; er zijn: {', '.join(filters[name])}")
