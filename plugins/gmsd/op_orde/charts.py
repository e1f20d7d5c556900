"""The drawings of the op-orde report: SVG made here, each with a sentence that says the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gmsd.dutch import dutch_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.op_orde.comparison import ComparisonRow, ComparisonTable

_WIDTH, _EDGE = 152, 5

whole = lru_cache(maxsize=4096)(dutch_number)
"""A whole number in Dutch notation; a report writes a thousand, most of them small."""


def scale_of(table: ComparisonTable) -> float:
    """The right end of the drawings of a table: one scale, so that rows can be compared with each other."""
    ends: list[float] = [three[2] for row in table.rows for three in (row.quartiles, row.nearest) if three is not None]
    ends += [row.rate for row in table.rows if row.rate is not None]
    return max(ends, default=0) or 1


def place_drawn(row: ComparisonRow, scale: float, unit: str) -> str:
    """The middle half of both groups as bars with their medians, and this municipality as a dot; empty without others."""
    if row.rate is None or row.quartiles is None:
        return ""
    step = (_WIDTH - 2 * _EDGE) / scale
    low, middle, high = row.quartiles
    said = f"{place_words(row)}: uw gemeente {dutch_number(row.rate, 1)}{unit}; gemeenten van uw grootte {low} tot {high}, midden {middle}"
    bars = _bar(row.quartiles, 3, "#9cc6cf", step)
    if row.nearest is not None:
        said += f"; de dichtstbijzijnde {row.nearest[0]} tot {row.nearest[2]}, midden {row.nearest[1]}"
        bars += _bar(row.nearest, 13, "#d9c7a3", step)
    dot = f'<circle cx="{_EDGE + step * row.rate:.1f}" cy="11" r="4.5" fill="#c4572a" stroke="#fff"/>'
    return f'<svg class="range" viewBox="0 0 {_WIDTH} 22" role="img" aria-label="{said}">{bars}{dot}</svg>'


def place_words(row: ComparisonRow) -> str:
    """Where a row stands, in words."""
    place = {"lager": "lager dan de meeste", "hoger": "hoger dan de meeste", "midden": "in de middelste helft", None: "niet vergeleken"}
    return place[row.place]


def _bar(three: tuple[int, int, int], top: int, colour: str, step: float) -> str:
    low, middle, high = three
    left, wide = _EDGE + step * low, max(step * (high - low), 1)
    bar = f'<path d="M{left:.1f} {top}h{wide:.1f}v6h-{wide:.1f}z" fill="{colour}"/>'
    return f'{bar}<path d="M{_EDGE + step * middle:.1f} {top - 2}v10" stroke="#0b4f6c" stroke-width="2"/>'


def past_drawn(moments: Sequence[tuple[str, int]], what: str) -> str:
    """Counts of several moments as bars, the last one being now.

    Args:
        moments: The words for each moment and its count, at least one.
        what: What is counted, as the text alternative says it.
    """
    top = max(value for _, value in moments) or 1
    said = f"{what}: " + ", ".join(f"{words} {dutch_number(value)}" for words, value in moments)
    bars = []
    for place, (words, value) in enumerate(moments):
        y, width, last = 4 + 34 * place, 300 * value / top, place == len(moments) - 1
        bars.append(
            f'<text x="0" y="{y + 17}">{words}</text>'
            f'<rect x="170" y="{y}" width="{max(width, 1):.1f}" height="24" fill="{"#c4572a" if last else "#9cc6cf"}"/>'
            f'<text x="{178 + width:.1f}" y="{y + 17}" font-weight="700">{dutch_number(value)}</text>'
        )
    return f'<svg class="past" viewBox="0 0 560 {8 + 34 * len(moments)}" role="img" aria-label="{said}">{"".join(bars)}</svg>'


def expected_drawn(row: ComparisonRow) -> str:
    """The count of this municipality on the band of what is to be expected; empty where there are no limits."""
    if row.expected is None:
        return ""
    low, high = row.expected
    end = 1.25 * max(high, row.value) or 1
    step = 520 / end
    words = {None: "binnen", "near": "net buiten", "far": "ver buiten"}[row.outside]
    said = f"{row.label}: {dutch_number(row.value)}, {words} wat te verwachten is: {dutch_number(low)} tot {dutch_number(high)}"
    return (
        f'<svg class="past" viewBox="0 0 560 64" role="img" aria-label="{said}"><path d="M10 30H550" stroke="#d5dcdf" stroke-width="2"/>'
        f'<rect x="{10 + step * low:.1f}" y="18" width="{max(step * (high - low), 2):.1f}" height="24" fill="#9cc6cf"/>'
        f'<circle cx="{10 + step * row.value:.1f}" cy="30" r="8" fill="#c4572a" stroke="#fff" stroke-width="2"/>'
        f'<text x="{10 + step * low:.1f}" y="60" text-anchor="middle">{dutch_number(low)}</text>'
        f'<text x="{10 + step * high:.1f}" y="60" text-anchor="middle">{dutch_number(high)}</text>'
        f'<text x="{10 + step * row.value:.1f}" y="13" text-anchor="middle" font-weight="700">{dutch_number(row.value)}</text></svg>'
    )
