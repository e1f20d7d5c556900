"""A profile of z-scores: a line for each trait, the municipality as a large dot among the small ones of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.charts.drawing import WIDTH, svg, words

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEFT, _RIGHT, _TOP, _ROW, _BOTTOM = 250.0, 20.0, 8.0, 30.0, 30.0
_FARTHEST = 3.0
_LETTERS = 34


def profile(rows: Sequence[tuple[str, float | None, tuple[float | None, ...]]], *, label: str) -> str:
    """The picture.

    Args:
        rows: Of each trait its title, the z-score of the municipality, and those of the others; None where it is unknown.
        label: The sentence that it is to a screen reader.
    """
    height = _TOP + _ROW * len(rows) + _BOTTOM

    def x(z: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (max(-_FARTHEST, min(_FARTHEST, z)) + _FARTHEST) / (2 * _FARTHEST)

    parts = []
    for tick in (-3, -2, -1, 0, 1, 2, 3):
        kind = "median" if tick == 0 else "grid"
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{_TOP}" y2="{height - _BOTTOM}" class="{kind}"/>')
        parts.append(words(x(tick), height - 8, str(tick).replace("-", "\N{MINUS SIGN}")))
    for at, (title, own, others) in enumerate(rows):
        y = _TOP + _ROW * (at + 0.5)
        parts.append(
            words(_LEFT - 10, y + 5, title if len(title) <= _LETTERS else f"{title[: _LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}", anchor="end")
        )
        parts += [f'<circle cx="{x(z):.1f}" cy="{y:.1f}" r="3.2" class="dot faint"/>' for z in others if z is not None]
        if own is not None:
            parts.append(f'<circle cx="{x(own):.1f}" cy="{y:.1f}" r="6.5" class="own"/>')
    return svg(parts, height=height, label=label)
