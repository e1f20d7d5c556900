"""The pieces that pictures are made of: an SVG element, a hatch for what is missing, an axis with round numbers."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from gmsd.dutch import dutch_number

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 640


def svg(parts: Iterable[str], *, height: float, label: str, width: float = WIDTH) -> str:
    """A picture that is one image to a screen reader, with a sentence as its name."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(parts)}</svg>"
    )


def hatch(name: str) -> str:
    """The pattern that stands for a missing figure; each picture of a page has its own name for it."""
    return (
        f'<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" class="gapfill"/><line x1="0" y1="0" x2="0" y2="6" class="hatchline"/></pattern></defs>'
    )


def words(x: float, y: float, text: str, *, anchor: str = "middle", kind: str = "tick") -> str:
    """A text in a picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def ticks(lowest: float, highest: float, about: int = 5) -> list[float]:
    """Round numbers from at or below the lowest to at or above the highest."""
    span = max(highest - lowest, 1e-9)
    raw = span / about
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    step = max(step, 1)
    first = math.floor(lowest / step)
    last = math.ceil(highest / step)
    return [at * step for at in range(first, max(last, first + 1) + 1)]


def dutch(value: float) -> str:
    """A number on an axis."""
    return dutch_number(value, 0 if value == int(value) else 1)
