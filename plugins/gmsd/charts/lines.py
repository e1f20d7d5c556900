"""A figure over time: a line through what is shown, with the band that rounding leaves, and a hatch where nothing is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.charts.drawing import WIDTH, dutch, hatch, svg, ticks, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 84.0, 24.0, 16.0, 44.0, 260.0


@dataclass(frozen=True, slots=True)
class Point:
    """One moment: what stands below it, the number, and the word where that is missing."""

    label: str
    value: int | None
    missing: str = ""


def line(points: Sequence[Point], *, band: float, label: str, name: str, beside: Sequence[float | None] = ()) -> str:
    """The picture.

    Args:
        points: In order of time.
        band: How far the true number is from a shown one at most; 0 draws no band.
        label: The sentence that it is to a screen reader.
        name: What its parts are called on the page.
        beside: Numbers of the same moments that it is set beside, drawn with dashes.
    """
    shown = [each for each in (*(each.value for each in points), *beside) if each is not None]
    room = max(band, 0.1 * max(shown, default=1))
    scale = ticks(max(0.0, min(shown, default=0) - room), max(shown, default=1) + room)
    low, high = scale[0], scale[-1]
    inner = WIDTH - _LEFT - _RIGHT

    def x(at: int) -> float:
        return _LEFT + inner * (at + 0.5) / len(points)

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (value - low) / (high - low))

    parts = [hatch(name)]
    for tick in scale:
        parts.append(f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" class="grid"/>')
        parts.append(words(_LEFT - 8, y(tick) + 5, dutch(tick), anchor="end"))
    every, last = max(1, -(-len(points) // 6)), len(points) - 1
    for at, each in enumerate(points):
        if at == last or (at % every == 0 and last - at >= every):
            parts.append(words(x(at), _HEIGHT - 16, each.label))
        if each.value is None:
            wide, tall = inner / len(points), _HEIGHT - _TOP - _BOTTOM
            parts.append(f'<rect x="{x(at) - wide / 2:.1f}" y="{_TOP}" width="{wide:.1f}" height="{tall:.1f}" fill="url(#{name})"/>')
            parts.append(words(x(at), _HEIGHT / 2, each.missing, kind="gapword"))
    for other in _runs(beside):
        if len(other) > 1:
            parts.append(f'<polyline points="{" ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in other)}" class="beside"/>')
        parts += [f'<rect x="{x(at) - 3.5:.1f}" y="{y(value) - 3.5:.1f}" width="7" height="7" class="other"/>' for at, value in other]
    for run in _runs([each.value for each in points]):
        parts += _run([(x(at), y(value), y(value + band), y(max(value - band, 0))) for at, value in run], banded=band > 0)
    return svg(parts, height=_HEIGHT, label=label)


def _run(places: list[tuple[float, float, float, float]], *, banded: bool) -> Iterator[str]:
    """What is shown in a row, each as x, y, and y of the ends of its band."""
    if banded:
        above = " ".join(f"{x:.1f},{high:.1f}" for x, _, high, _ in places)
        below = " ".join(f"{x:.1f},{low:.1f}" for x, _, _, low in reversed(places))
        yield f'<polygon points="{above} {below}" class="band"/>'
    yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in places)}" class="line"/>'
    for x, y, high, low in places:
        if banded:
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{high:.1f}" y2="{low:.1f}" class="whisker"/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" class="dot"/>'


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """What is shown in a row: nothing is drawn across what is missing."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, each in enumerate(values):
        if each is None:
            runs.append([])
        else:
            runs[-1].append((at, each))
    return [run for run in runs if run]
