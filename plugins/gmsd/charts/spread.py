"""How numbers are spread, a strip for each group: a dot for each number, the middle half as a box, the median as a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.charts.drawing import WIDTH, dutch, svg, ticks, words

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT, _RIGHT, _TOP, _ROW, _BOTTOM = 150.0, 20.0, 8.0, 40.0, 34.0


@dataclass(frozen=True, slots=True)
class Strip:
    """One group: its name, its numbers, its quartiles where there are enough of them, and the number that is pointed out."""

    label: str
    values: tuple[int, ...]
    quartiles: tuple[float, float, float] | None
    own: int | None = None


def strips(rows: Sequence[Strip], *, label: str) -> str:
    """The picture; the groups from the top down on one axis."""
    every = [value for row in rows for value in row.values]
    scale = ticks(min(every, default=0), max(every, default=1))
    low, high = scale[0], scale[-1]
    height = _TOP + _ROW * len(rows) + _BOTTOM
    floor = height - _BOTTOM

    def x(value: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (value - low) / (high - low)

    parts = []
    for tick in scale:
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{_TOP}" y2="{floor}" class="grid"/>')
        parts.append(words(x(tick), height - 12, dutch(tick)))
    for at, row in enumerate(rows):
        middle = _TOP + _ROW * (at + 0.5)
        parts.append(words(_LEFT - 10, middle + 5, row.label, anchor="end"))
        if row.quartiles:
            first, median, third = row.quartiles
            parts.append(
                f'<rect x="{x(first):.1f}" y="{middle - 12}" width="{max(x(third) - x(first), 1):.1f}" height="24" class="box"/>'
                f'<line x1="{x(median):.1f}" x2="{x(median):.1f}" y1="{middle - 14}" y2="{middle + 14}" class="median"/>'
            )
        placed: dict[float, int] = {}
        for value in sorted(row.values):
            step = placed[round(x(value))] = placed.get(round(x(value)), -1) + 1
            away = ((step + 1) // 2) * 3.2 * (1 if step % 2 else -1)
            parts.append(f'<circle cx="{x(value):.1f}" cy="{middle + max(-15.0, min(15.0, away)):.1f}" r="2.6" class="dot faint"/>')
        if row.own is not None:
            parts.append(f'<circle cx="{x(row.own):.1f}" cy="{middle:.1f}" r="6.5" class="own"/>')
    return svg(parts, height=height, label=label)
