"""What is told of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.comparison.policy import Filter
    from gmsd.comparison.terms import Terms
    from gmsd.comparison.traits import Trait, TraitSet

Verdict = Literal["goed", "matig", "geen goede vergelijking"]
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One municipality that another is compared with.

    Attributes:
        municipality: Four digits.
        distance: Over all themes, by the weights of the question.
        word: What that means, by the fixed cut-points of the year.
        z: Trait -> its z-score; None where it is unknown.
        share: Theme -> its part in the squared distance.
        mutual: Whether it counts the other among its own nearest, by the same number, weights and filters.
        stability: In which share of the draws it stays among those that are shown.
        dropped_without: How many traits drop it when they are left out.
    """

    municipality: str
    distance: float
    word: str
    z: Mapping[str, float | None]
    share: Mapping[str, float]
    mutual: bool
    stability: float
    dropped_without: int

    def to_json(self) -> dict[str, Any]:
        """As in the answer of `gmsd compare --json`."""
        return {
            "municipality": f"GM{self.municipality}",
            "distance": _rounded(self.distance),
            "word": self.word,
            "z": {name: _rounded(value) for name, value in self.z.items()},
            "share": {name: _rounded(value) for name, value in self.share.items()},
            "mutual": self.mutual,
            "stability": _rounded(self.stability),
            "dropped_without": self.dropped_without,
        }


@dataclass(frozen=True, slots=True)
class ComparisonAnswer:
    """A municipality beside its neighbours, in the order that was asked for.

    Attributes:
        municipality: Four digits.
        number: How many neighbours were asked for, at most all there are.
        weights: The weight of each trait, after the split over its theme.
        filters: The filters that there are, whether they were used or not.
        z: Its own z-scores.
        not_comparable: Who is inside the filters and has too little in common to be compared.
        verdict: Whether there is anybody like it, whatever the order that was asked for.
    """

    municipality: str
    terms: Terms
    number: int
    traits: TraitSet
    weights: tuple[float, ...]
    filters: tuple[Filter, ...]
    z: Mapping[str, float | None]
    neighbours: tuple[Neighbour, ...]
    not_comparable: tuple[str, ...]
    verdict: Verdict

    @property
    def unknown(self) -> tuple[Trait, ...]:
        """The traits that the municipality itself has no value of: why it may be comparable with nobody."""
        return tuple(trait for trait in self.traits.traits if self.z[trait.name] is None)

    def to_json(self) -> dict[str, Any]:
        """The answer of `gmsd compare --json`, with six decimals."""
        return {
            "municipality": f"GM{self.municipality}",
            "year": self.traits.year,
            "number": self.number,
            "z": {name: _rounded(value) for name, value in self.z.items()},
            "themes": [name for name, _ in self.traits.themes],
            "filters": [{"name": each.name, "values": list(each.values)} for each in self.filters],
            "traits": [
                {
                    "name": trait.name,
                    "theme": trait.theme,
                    "unit": trait.unit,
                    "transform": trait.transform,
                    "weight": _rounded(weight),
                    "source": trait.source,
                    "date": trait.date.isoformat(),
                }
                for trait, weight in zip(self.traits.traits, self.weights, strict=True)
            ],
            "neighbours": [each.to_json() for each in self.neighbours],
            "not_comparable": [f"GM{code}" for code in self.not_comparable],
            "verdict": self.verdict,
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS) + 0.0  # no minus before a zero
