"""A funnel: rates beside the number of inhabitants, with the limits that chance and the usual differences of municipalities explain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gmsd.charts.drawing import WIDTH, dutch, svg, ticks, words

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 64.0, 20.0, 34.0, 56.0, 360.0
_TRIMMED = 0.1
_WIDE = 1.96
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: the middle rate, and how many times wider than chance alone municipalities differ.

    The spread beyond chance is estimated from the standardised differences with the outermost tenth on either side drawn in (Spiegelhalter,
    Handling over-dispersion of performance indicators, 2005).
    """

    middle: float
    widening: float
    per: int

    def around(self, inhabitants: float) -> tuple[float, float]:
        """The lowest and the highest usual rate of a municipality of some size."""
        wide = _WIDE * self.widening * math.sqrt(max(self.middle, 0.0) * self.per / inhabitants)
        return max(self.middle - wide, 0.0), self.middle + wide


def limits_of(rates: Sequence[int], inhabitants: Sequence[int], per: int) -> Usual | None:
    """The limits of some rates; None where too few are shown to say what is usual.

    Args:
        rates: Published rates.
        inhabitants: Of the same municipalities.
        per: For how many inhabitants a rate is.
    """
    if len(rates) < 10:
        return None
    rate, people = np.asarray(rates, dtype=float), np.asarray(inhabitants, dtype=float)
    middle = float((rate * people).sum() / people.sum())
    if middle <= 0:
        return None
    z = (rate - middle) / np.sqrt(middle * per / people)
    low, high = np.quantile(z, [_TRIMMED, 1 - _TRIMMED])
    widening = math.sqrt(max(1.0, float(np.mean(np.clip(z, low, high) ** 2))))
    return Usual(middle, widening, per)


def funnel(rates: Sequence[int], inhabitants: Sequence[int], limits: Usual, *, unit: str, label: str) -> str:
    """The picture: inhabitants on a scale of tenfolds, a dot for each municipality, filled when it lies outside the limits."""
    low_x, high_x = math.log10(min(inhabitants)), math.log10(max(inhabitants))
    sizes = [10 ** (low_x + (high_x - low_x) * at / _STEPS) for at in range(_STEPS + 1)]
    highest = max(rates)
    widest = limits.around(sizes[0])[1]
    scale = ticks(0, widest if highest < widest < 2 * highest else highest)

    def x(people: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (math.log10(people) - low_x) / max(high_x - low_x, 1e-9)

    def y(rate: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - min(rate, scale[-1]) / scale[-1])

    above = " ".join(f"{x(each):.1f},{y(limits.around(each)[1]):.1f}" for each in sizes)
    below = " ".join(f"{x(each):.1f},{y(limits.around(each)[0]):.1f}" for each in reversed(sizes))
    parts = [f'<polygon points="{above} {below}" class="band"/>']
    for tick in scale:
        parts.append(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" class="grid"/>')
        parts.append(words(_LEFT - 8, y(tick) + 5, dutch(tick), anchor="end"))
    round_sizes = (1_000, 5_000, 10_000, 50_000, 100_000, 500_000)
    parts += [words(x(each), _HEIGHT - 32, dutch(each)) for each in round_sizes if low_x <= math.log10(each) <= high_x]
    parts.append(words(_LEFT + (WIDTH - _LEFT - _RIGHT) / 2, _HEIGHT - 10, "inwoners van de gemeente"))
    parts.append(words(_LEFT, _TOP - 16, unit, anchor="start"))
    parts.append(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y(limits.middle):.1f}" y2="{y(limits.middle):.1f}" class="median"/>')
    for rate, people in zip(rates, inhabitants, strict=True):
        least, most = limits.around(people)
        kind = "dot faint" if least <= rate <= most else "own"
        parts.append(f'<circle cx="{x(people):.1f}" cy="{y(rate):.1f}" r="{3.2 if kind != "own" else 4.4}" class="{kind}"/>')
    return svg(parts, height=_HEIGHT, label=label)
