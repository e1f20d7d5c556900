"""Comparing the municipalities of a year: what is the same for every question is computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from gmsd.comparison.answer import ComparisonAnswer, Neighbour
from gmsd.comparison.distances import distances, first, in_order
from gmsd.comparison.measurements import measurements
from gmsd.comparison.terms import NUMBER, NotOfYearError, Terms, TermsError
from gmsd.comparison.traits import comparison_year, trait_sets
from gmsd.reference import all_municipalities

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from gmsd.comparison.answer import Verdict
    from gmsd.comparison.policy import Filter
    from gmsd.rounds import HalfYear

# Of all pairs of the year, under even weights: below the first percentile a pair is much alike, below the second alike.
_PERCENTILES = (5, 20)
WORDS = ("lijkt sterk", "lijkt", "lijkt weinig")
_GOOD = 5


class Comparisons:
    """Every comparison of a year that can be asked for.

    Attributes:
        traits: The traits of the year.
        filters: The filters of the year, by name.
        codes: The municipalities of the year, four digits, in order.
    """

    def __init__(self, year: int, filters: Iterable[Filter] = ()) -> None:
        """Take the traits of a year, and the filters of `load_filters`.

        Raises:
            TermsError: No traits are held of that year.
        """
        if year not in trait_sets():
            raise TermsError(f"van het jaar {year} zijn geen kenmerken bekend; er zijn: {', '.join(map(str, trait_sets()))}")
        self._held = measurements(year)
        self.traits, self.codes = self._held.traits, self._held.codes
        self.filters = {each.name: each for each in filters}
        self._z = self._held.z()
        self._known = self._held.known.astype(np.float64)
        self._rows = {code: row for row, code in enumerate(self.codes)}

    @cached_property
    def cut_points(self) -> tuple[float, float]:
        """Below which distance a pair is much alike, and alike: percentiles of all pairs of the year under even weights."""
        rows = np.arange(len(self.codes))
        found = distances(*self._from(rows), self._weights({})[np.newaxis])
        low, high = np.nanpercentile(found[np.triu_indices(len(rows), 1)], _PERCENTILES)
        return float(low), float(high)

    def word(self, distance: float) -> str:
        """What a distance means, by the fixed cut-points."""
        return WORDS[sum(distance >= cut for cut in self.cut_points)]

    def compare(self, municipality: str, terms: Terms | None = None) -> ComparisonAnswer:
        """Compare a municipality with the others of the year.

        Args:
            municipality: Four digits.
            terms: What is asked for; by default the ten nearest under even weights.

        Raises:
            NotOfYearError: The year has no such municipality.
            TermsError: The terms name something that does not exist.
        """
        terms = terms or Terms()
        me = self._row(municipality)
        terms.check(tuple(name for name, _ in self.traits.themes), {name: tuple(each.values) for name, each in self.filters.items()})
        number = min(terms.number, len(self.codes) - 1)
        inside = self._inside(terms)
        others = inside & (np.arange(len(self.codes)) != me)
        seen = self._from(np.array([me]))
        weights = self._weights(terms.weights)
        found = distances(*seen, weights[np.newaxis])[0]
        keys = self._keys(seen, others, terms)
        rows = in_order(keys)[0, : min(number, np.count_nonzero(~np.isnan(keys)))]
        stays, dropped = self._stability(me, rows, others, terms, number)
        mutual = self._mutual(me, rows, inside, terms, number)
        neighbours = tuple(
            Neighbour(
                municipality=self.codes[row],
                distance=float(found[row]),
                word=self.word(float(found[row])),
                z=self._scores(row),
                share=self._shares(seen[0][0, row] * weights),
                mutual=bool(mutual[position]),
                stability=float(stays[position]),
                dropped_without=int(dropped[position]),
            )
            for position, row in enumerate(rows.tolist())
        )
        return ComparisonAnswer(
            municipality=municipality,
            terms=terms,
            number=number,
            traits=self.traits,
            weights=tuple(weights.tolist()),
            filters=tuple(self.filters.values()),
            z=self._scores(me),
            neighbours=neighbours,
            not_comparable=tuple(self.codes[row] for row in np.flatnonzero(others & np.isnan(found)).tolist()),
            verdict=self._verdict(np.where(others, found, np.nan), number),
        )

    def group(self, municipality: str) -> ComparisonGroup:
        """The comparison group of a municipality: the ten nearest by even weights, without what is told of each neighbour.

        Raises:
            NotOfYearError: The year has no such municipality.
        """
        me = self._row(municipality)
        others = np.arange(len(self.codes)) != me
        keys = self._keys(self._from(np.array([me])), others, Terms())
        rows = in_order(keys)[0, : min(NUMBER, np.count_nonzero(~np.isnan(keys)))]
        return ComparisonGroup(
            municipality, self.traits.year, tuple(self.codes[row] for row in rows.tolist()), self._verdict(keys[0], NUMBER)
        )

    def _verdict(self, found: NDArray[np.float64], number: int) -> Verdict:
        """By how many of the nearest look alike, whatever the order that was asked for."""
        alike = int(np.count_nonzero(found[first(found, number)] < self.cut_points[1]))
        return "goed" if alike >= _GOOD else "matig" if alike else "geen goede vergelijking"

    def _row(self, municipality: str) -> int:
        if municipality in self._rows:
            return self._rows[municipality]
        known = next((each for each in all_municipalities() if each.code == municipality), None)
        if known is None:
            raise NotOfYearError(f"er is geen gemeente met de code {municipality!r:.20}; schrijf een code zoals 0518 of GM0518")
        day = f"{self.traits.year}-01-01"
        why = (
            f"bestond tot {known.valid_to}" if known.valid_to and known.valid_to.isoformat() <= day else f"bestaat sinds {known.valid_from}"
        )
        raise NotOfYearError(f"{known.name} ({known.code}) {why}, en heeft dus geen kenmerken van {self.traits.year}")

    def _weights(self, themes: Mapping[str, float]) -> NDArray[np.float64]:
        """The weight of each trait: that of its theme, split evenly."""
        return np.array([themes.get(trait.theme, 1.0) / len(self.traits.of_theme(trait.theme)) for trait in self.traits.traits])

    def _inside(self, terms: Terms) -> NDArray[np.bool_]:
        inside = np.ones(len(self.codes), dtype=bool)
        for name, values in terms.filters.items():
            answers = self.filters[name].answers
            inside &= np.array([answers[code] in values for code in self.codes])
        return inside

    def _from(self, rows: NDArray[np.int64], z: NDArray[np.float64] | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Squared differences, and where both have a value, looked from each of these rows; with `z` of many draws from one row in each."""
        both = self._known[rows, np.newaxis, :] * self._known[np.newaxis]
        scores = self._z[np.newaxis] if z is None else z
        own = self._z[rows][:, np.newaxis, :] if z is None else z[:, rows, :]
        return (scores - own) ** 2 * both, both

    def _keys(
        self,
        seen: tuple[NDArray[np.float64], NDArray[np.float64]],
        others: NDArray[np.bool_],
        terms: Terms,
        kept: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """By what the municipalities are ordered, lowest first; NaN for who does not take part.

        Args:
            seen: Squared differences, and where both have a value.
            others: Who is inside the filters.
            terms: What is asked for.
            kept: Samples x traits: the traits that are not left out.
        """
        kept = np.ones((1, len(self.traits.traits)), dtype=bool) if kept is None else kept
        weights = np.where(kept, self._weights(terms.weights), 0.0)
        found = np.where(others, distances(*seen, weights), np.nan)
        if terms.order == "alike":
            return found
        if terms.order == "unlike":
            return -found
        of_theme = np.array([trait.theme == terms.theme for trait in self.traits.traits])
        in_theme = distances(*seen, np.where(of_theme & kept, 1.0, 0.0), enough=0)
        elsewhere = distances(*seen, np.where(of_theme, 0.0, weights), enough=0)
        comparable = ~(np.isnan(found) | np.isnan(in_theme) | np.isnan(elsewhere))
        farthest = first(np.where(comparable, -in_theme, np.nan), comparable.sum(axis=-1) // 4)
        return np.where(farthest, elsewhere, np.nan)

    def _stability(
        self, me: int, rows: NDArray[np.int64], others: NDArray[np.bool_], terms: Terms, number: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Of each neighbour: in which share of the draws it stays, and how many traits drop it when they are left out."""
        drawn = self._from(np.array([me]), self._held.jittered)
        stays = first(self._keys(drawn, others, terms), number)[:, rows].mean(axis=0)
        kept = ~np.eye(len(self.traits.traits), dtype=bool)
        without = first(self._keys(self._from(np.array([me])), others, terms, kept), number)[:, rows]
        return stays, np.count_nonzero(~without, axis=0)

    def _mutual(self, me: int, rows: NDArray[np.int64], inside: NDArray[np.bool_], terms: Terms, number: int) -> NDArray[np.bool_]:
        """Whether the municipality is among the nearest of each neighbour, by the same weights and filters."""
        others = inside & (np.arange(len(self.codes)) != rows[:, np.newaxis])
        nearest = Terms(weights=terms.weights)
        return first(self._keys(self._from(rows), others, nearest), number)[:, me]

    def _scores(self, row: int) -> dict[str, float | None]:
        known = self._held.known[row]
        return {trait.name: float(self._z[row, at]) if known[at] else None for at, trait in enumerate(self.traits.traits)}

    def _shares(self, parts: NDArray[np.float64]) -> dict[str, float]:
        """The part of each theme in the squared distance; all zero for two that are the same."""
        whole = float(parts.sum()) or 1.0
        return {theme: float(parts[list(self.traits.of_theme(theme))].sum()) / whole for theme, _ in self.traits.themes}


@cache
def _of_year(year: int) -> Comparisons:
    return Comparisons(year)


@dataclass(frozen=True, slots=True)
class ComparisonGroup:
    """The municipalities that figures of a municipality are set beside: its ten nearest in the comparison year, in order, by even weights.

    Made of the traits of that year alone, it stays what it is for every half-year of the year and in every release.
    """

    municipality: str
    year: int
    members: tuple[str, ...]
    verdict: Verdict


@cache
def comparison_group(municipality: str, half_year: HalfYear) -> ComparisonGroup | None:
    """The comparison group of a municipality (four digits) for figures of a half-year.

    Returns:
        None when the municipality did not exist in the comparison year; no members when it is comparable with nobody.
    """
    held = _of_year(comparison_year(half_year))
    if municipality not in held.codes:
        return None
    return held.group(municipality)
