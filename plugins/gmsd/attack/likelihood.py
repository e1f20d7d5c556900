"""The second attack: how sure the best guess of a count is, by what is likely and not by what is possible.

The attacker knows how counts of a content are spread over municipalities of a size (fitted to what is published), the method, and every
figure of the content in a municipality, in all periods and releases, which share their draws. He does not use other contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from gmsd.attack.assembly import assemble
from gmsd.attack.reading import read
from gmsd.attack.system import MISSING
from gmsd.attack.windows import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from gmsd.attack.method import Method, PublicRelease, Truth
    from gmsd.attack.published import Series
    from gmsd.attack.system import Batch, System

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

MOST = 2 / 3
"""The largest chance of a best guess; by itself a shown count is guessed with 1/5."""
MOST_GAINED = 0.25
"""By how much the chance for a missing count may be larger than its one figure gives, where that alone is more than the other bound."""
_WIDTH = 14
_KEPT_BY_A_CORRECTION = 0.75
"""The chance that a count stays as it is when a client of the municipality is corrected [assumed]: most clients are in other groups."""
_SPREADS = (0.3, 0.6, 1.0, 2.0, 4.0, 8.0, 16.0, 40.0)


@dataclass(frozen=True, slots=True)
class Guessed:
    """How well counts of one kind can be guessed.

    Attributes:
        kind: `missing` or `shown`.
        cells: How many there are.
        alone: The mean chance of the best guess by the one figure and what is known of the country.
        all: The mean chance by every figure of the content.
        right_alone: The share of best guesses by the one figure that are right; None without the truth.
        right: The share of best guesses by every figure that are right.
        largest: The largest chance of a best guess by every figure.
        over: How many counts are over the bound.
    """

    kind: Literal["missing", "shown"]
    cells: int
    alone: float
    all: float
    right_alone: float | None
    right: float | None
    largest: float
    over: int


@dataclass(frozen=True, slots=True)
class Guess:
    """A count that is guessed better than the bound allows."""

    release_id: str
    region: str
    period: str
    content: str
    kind: Literal["missing", "shown"]
    alone: float
    all: float


@dataclass(frozen=True, slots=True)
class GuessResult:
    """What guessing comes to.

    Attributes:
        kinds: By kind.
        over: Counts over the bound, the surest first.
    """

    kinds: tuple[Guessed, ...]
    over: tuple[Guess, ...]

    @property
    def passed(self) -> bool:
        """Whether the bound holds everywhere."""
        return not self.over


def guess(releases: Sequence[PublicRelease], method: Method, truth: Truth | None = None) -> GuessResult:
    """Guess every count of a series of releases.

    Args:
        releases: Oldest first.
        method: How figures are made.
        truth: The true counts, to know which guesses are right.

    Returns:
        For missing and shown counts how sure the best guesses are. The bound: a count is guessed with a chance of at most `MOST`, a
        missing one that is surer than that from its one figure with at most `MOST_GAINED` more.
    """
    series = read(releases, method, truth)
    system, batch = assemble(series)
    people = _people(series, releases)
    shape = batch.low.shape
    alone, every = np.zeros(shape), np.zeros(shape)
    best_alone, best = np.full(shape, MISSING, dtype=np.int64), np.full(shape, MISSING, dtype=np.int64)
    for figures in system.figures_of_draws:
        _guess_draw(series, system, batch, people, figures, (alone, every, best_alone, best))
    asked = (batch.needed > 0) & (best != MISSING)
    limit = np.where(batch.shown, MOST, np.maximum(MOST, alone + MOST_GAINED))
    over = asked & (every > limit + 1e-9)
    kinds: list[Guessed] = []
    for kind, mine in (("missing", asked & ~batch.shown), ("shown", asked & batch.shown)):
        if not mine.any():
            continue
        right = None if batch.known is None else float((best == batch.known)[mine].mean())
        right_alone = None if batch.known is None else float((best_alone == batch.known)[mine].mean())
        kinds.append(
            Guessed(
                "missing" if kind == "missing" else "shown",
                int(mine.sum()),
                float(alone[mine].mean()),
                float(every[mine].mean()),
                right_alone,
                right,
                float(every[mine].max()),
                int((over & mine).sum()),
            )
        )
    found = [
        Guess(
            system.counts[count].release,
            batch.places[place],
            system.counts[count].period,
            system.counts[count].content,
            "shown" if batch.shown[count, place] else "missing",
            round(float(alone[count, place]), 3),
            round(float(every[count, place]), 3),
        )
        for count, place in zip(*np.nonzero(over), strict=True)
    ]
    return GuessResult(tuple(kinds), tuple(sorted(found, key=lambda each: -each.all)))


def _people(series: Series, releases: Sequence[PublicRelease]) -> Real:
    """Inhabitants by state and place."""
    made = np.full((len(series.states), len(series.places)), np.nan)
    for release in releases:
        known = {
            (period, f"GM{code}"): number
            for period, code, number in release.inhabitants.select("period", "municipality", "inhabitants").iter_rows()
        }
        for state, (period, held) in enumerate(series.states):
            if held == release.release_id:
                made[state] = [known.get((period, place)) or np.nan for place in series.places]
    return np.where(np.isnan(made), np.nanmedian(made) if not np.isnan(made).all() else 1.0, made)


def _guess_draw(series: Series, system: System, batch: Batch, people: Real, figures: Whole, into: tuple[Real, Real, Whole, Whole]) -> None:
    """All chains of counts (a content and period through the releases) whose figures share one draw."""
    chains = [_chain(series, system, batch, people, chain) for chain in _chains(system, figures)]
    draws = np.prod([chain.weight for chain in chains], axis=0)
    draws /= np.maximum(draws.sum(axis=0), 1e-300)
    alone, every, best_alone, best = into
    for chain in chains:
        for position, count in enumerate(chain.counts):
            chance = np.einsum("tm,tmw->mw", draws, chain.marginal[position])
            single = chain.single[position]
            better = chance.max(axis=1) > every[count]
            every[count] = np.where(better, chance.max(axis=1), every[count])
            best[count] = np.where(better, chain.base[position] + chance.argmax(axis=1), best[count])
            alone[count] = np.where(better, single.max(axis=1), alone[count])
            best_alone[count] = np.where(better, chain.base[position] + single.argmax(axis=1), best_alone[count])


def _chains(system: System, figures: Whole) -> Iterator[list[int]]:
    by_count: dict[tuple[int, str, str], list[int]] = {}
    for figure in figures.tolist():
        what = system.counts[int(system.figures[figure])]
        by_count.setdefault((what.slot, what.content, what.period), []).append(figure)
    yield from by_count.values()


@dataclass(frozen=True, slots=True)
class _Chain:
    counts: list[int]
    base: list[Whole]
    single: list[Real]
    marginal: list[Real]
    weight: Real


def _chain(series: Series, system: System, batch: Batch, people: Real, figures: list[int]) -> _Chain:
    """Forward and backward over the releases, for each pair of draws: the chance of every value of every count of the chain."""
    counts = [int(system.figures[figure]) for figure in figures]
    size = len(series.method.contents)
    states = [count // size for count in counts]
    pairs = system.turns[0] * system.turns[1]
    bits = (1 << np.arange(pairs, dtype=np.int64))[:, None, None]
    base, fits, prior = [], [], []
    for figure, state in zip(figures, states, strict=True):
        low = batch.first[figure] - 1
        low = np.where(batch.told[figure] == MISSING, 0, low)
        values = low[:, None] + np.arange(_WIDTH)
        draws = batch.windows.draws(batch.window[figure][:, None], batch.first[figure][:, None], values)
        likely = _prior(batch, figure, people[state])(values)
        base.append(low)
        fits.append(((draws[None] & bits) != 0).astype(float))
        prior.append(likely / np.maximum(likely.sum(axis=1, keepdims=True), 1e-300))
    steps = [
        _step(
            series, states[n], states[n + 1], base[n], base[n + 1], prior[n + 1], series.method.contents[counts[n] % size].unit == "clients"
        )
        for n in range(len(figures) - 1)
    ]
    forward = [fits[0] * prior[0]]
    for n, step in enumerate(steps):
        forward.append(np.einsum("tmi,mij->tmj", forward[-1], step) * fits[n + 1])
    backward = [np.ones_like(fits[-1])]
    for n in range(len(steps) - 1, -1, -1):
        backward.insert(0, np.einsum("mij,tmj->tmi", steps[n], backward[0] * fits[n + 1]))
    weight = forward[-1].sum(axis=2)
    marginal = [one * other for one, other in zip(forward, backward, strict=True)]
    marginal = [each / np.maximum(each.sum(axis=2, keepdims=True), 1e-300) for each in marginal]
    single = [(fit * likely).sum(axis=0) for fit, likely in zip(fits, prior, strict=True)]
    single = [each / np.maximum(each.sum(axis=1, keepdims=True), 1e-300) for each in single]
    return _Chain(counts, base, single, marginal, weight)


def _step(series: Series, before: int, after: int, low: Whole, then: Whole, prior: Real, clients: bool) -> Real:
    """The chance of each value after each value before, as far as the attacker knows of the correction."""
    arrangements, persons = series.most_changes(before, after)
    most = persons if clients else arrangements
    both = series.delivered[before] & series.delivered[after]
    most = np.where(both, most, NO_LIMIT)
    differ = (then[:, None] + np.arange(_WIDTH))[:, None, :] - (low[:, None] + np.arange(_WIDTH))[:, :, None]
    bound = most[:, None, None]
    moved = (1 - _KEPT_BY_A_CORRECTION) / (2 * np.maximum(bound, 1))
    known = np.where(differ == 0, np.where(bound == 0, 1.0, _KEPT_BY_A_CORRECTION), np.where(np.abs(differ) <= bound, moved, 0.0))
    down = np.minimum((low[:, None] + np.arange(_WIDTH))[:, :, None], bound)
    known = known / np.where(bound == 0, 1.0, _KEPT_BY_A_CORRECTION + moved * (bound + np.maximum(down, 0)))
    return np.where(bound >= NO_LIMIT, prior[:, None, :], known)


def _prior(batch: Batch, figure: int, people: Real) -> _Spread:
    """Counts of municipalities of a size: negative binomial, its rate and spread fitted to the figures, missing ones by what they leave."""
    told, first = batch.told[figure], batch.first[figure]
    says = batch.window[figure] != batch.silent
    shown = says & (told != MISSING)
    missing = says & (told == MISSING)
    if not says.any():
        return _Spread(people * 0.001, 1.0)
    rate = max(told[shown].sum() + 3.0 * missing.sum(), 1.0) / max(people[says].sum(), 1.0)
    best: tuple[float, float, float] = (-np.inf, rate, 1.0)
    centre = told[shown].astype(float)
    for factor in np.exp(np.linspace(-1.2, 0.6, 13)):
        for spread in _SPREADS:
            mean = np.maximum(people * rate * factor, 1e-6)
            chance = spread / (spread + mean)
            score = log_chance(centre, spread, chance[shown]).sum()
            score += np.log(np.maximum(chance_up_to(first[missing] + 1, spread, chance[missing]), 1e-12)).sum()
            best = max(best, (float(score), rate * float(factor), spread))
    return _Spread(np.maximum(people * best[1], 1e-6), best[2])


def log_chance(number: Whole | Real, spread: float, chance: Real) -> Real:
    """The logarithm of the chance of a number, 0 or more, that is negative binomial.

    As `scipy.stats.nbinom` has it, which takes as long to import as all the rest of this room, and checks its arguments at every call.
    """
    coefficient = special.gammaln(spread + number) - special.gammaln(number + 1) - special.gammaln(spread)
    found: Real = coefficient + spread * np.log(chance) + special.xlog1py(number, -chance)
    return found


def chance_up_to(number: Whole, spread: float, chance: Real) -> Real:
    """The chance of that number, 0 or more, or a smaller one."""
    found: Real = special.betainc(spread, number + 1, chance)
    return found


@dataclass(frozen=True, slots=True)
class _Spread:
    mean: Real
    spread: float

    def __call__(self, values: Whole) -> Real:
        within = np.exp(log_chance(np.maximum(values, 0), self.spread, (self.spread / (self.spread + self.mean))[:, None]))
        chance: Real = np.where(values >= 0, within, 0.0)
        # an outlier's figure has no chance by the spread of the others: within its few values all are then alike
        total = chance.sum(axis=1, keepdims=True)
        return np.where(total > 1e-12, chance, (values >= 0).astype(float))
