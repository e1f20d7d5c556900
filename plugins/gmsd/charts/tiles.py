"""Maps: a square for each municipality, laid out from coordinates so that each has as much room; or its own shape, where that is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from gmsd.charts.drawing import hatch, svg, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.charts.boundaries import Boundaries

_SIDE = 24.0
_GAP = 2.0
_ROOM = 1.45
"""How many places there are for each square: more keeps squares nearer to where they belong, fewer closes the holes."""
_ROUNDS = 2_000


@dataclass(frozen=True, slots=True)
class Spot:
    """One municipality on a map.

    Attributes:
        key: Such as `GM0518`.
        point: Longitude and latitude.
        rank: Its class, from 0; None where it shows nothing.
        told: What a pointer is told.
        own: Whether it is pointed out.
    """

    key: str
    point: tuple[float, float]
    rank: int | None
    told: str
    own: bool = False


def tile_map(places: Sequence[Spot], *, label: str, name: str) -> str:
    """A square for each municipality; its class is its colour and a number in it, and a hatch stands for what is missing."""
    cells = layout(tuple((each.key, *each.point) for each in places))
    width = (max((column for column, _ in cells.values()), default=0) + 1) * _SIDE
    height = (max((row for _, row in cells.values()), default=0) + 1) * _SIDE
    parts = [hatch(name)]
    for each in places:
        column, row = cells[each.key]
        x, y = column * _SIDE, row * _SIDE
        fill = f'fill="url(#{name})"' if each.rank is None else f'class="c{each.rank}"'
        mark = "" if each.rank is None else words(x + _SIDE / 2 - 1, y + _SIDE / 2 + 4, str(each.rank + 1), kind=f"rank r{each.rank}")
        edge = ' stroke-width="3"' if each.own else ""
        parts.append(
            f'<g><title>{escape(each.told)}</title><rect x="{x + _GAP / 2:g}" y="{y + _GAP / 2:g}" width="{_SIDE - _GAP:g}" '
            f'height="{_SIDE - _GAP:g}" rx="2" {fill}{edge}/>{mark}</g>'
        )
    return svg(parts, height=height, width=width, label=label)


def boundary_map(places: Sequence[Spot], boundaries: Boundaries, *, label: str, name: str) -> str:
    """The shape of each municipality that the boundaries hold."""
    parts = [hatch(name)]
    for each in places:
        path = boundaries.paths.get(each.key)
        if path is not None:
            fill = f'fill="url(#{name})"' if each.rank is None else f'class="c{each.rank}"'
            edge = ' stroke-width="3"' if each.own else ""
            parts.append(f'<path d="{path}" {fill}{edge}><title>{escape(each.told)}</title></path>')
    return svg(parts, height=boundaries.height, width=boundaries.width, label=label)


@lru_cache(maxsize=32)
def layout(places: tuple[tuple[str, float, float], ...]) -> dict[str, tuple[int, int]]:
    """A place in a grid (column, row from the top) for each point, near to where it lies on the map; the same points give the same grid.

    Every point begins at the free place nearest to it, from the middle outwards; then the two that gain most by it change places, until
    nobody gains. Longitude is narrowed by the latitude of the Netherlands.
    """
    if not places:
        return {}
    points = np.array([(x * 0.614, -y) for _, x, y in places])
    points -= points.min(axis=0)
    span = np.maximum(points.max(axis=0), 1e-6)
    per_degree = np.sqrt(_ROOM * len(places) / (span[0] * span[1]))
    columns, rows = (int(np.ceil(each * per_degree)) + 1 for each in span)
    grid = np.array([(column, row) for row in range(rows) for column in range(columns)], dtype=float)
    wanted = points * per_degree
    cost = ((wanted[:, np.newaxis] - grid[np.newaxis]) ** 2).sum(axis=2)
    cost = np.vstack([cost, np.zeros((len(grid) - len(places), len(grid)))])
    held = _greedy(cost, len(places), ((wanted - wanted.mean(axis=0)) ** 2).sum(axis=1))
    for _ in range(_ROUNDS):
        at = cost[:, held]
        own = np.diag(at)
        gain = own[:, np.newaxis] + own[np.newaxis] - at - at.T
        one, other = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[one, other] <= 1e-9:
            break
        held[one], held[other] = held[other], held[one]
    used = grid[held[: len(places)]].astype(int)
    used -= used.min(axis=0)
    return {key: (int(column), int(row)) for (key, _, _), (column, row) in zip(places, used, strict=True)}


def _greedy(cost: np.ndarray, count: int, outwards: np.ndarray) -> np.ndarray:
    held = np.full(len(cost), -1)
    free = np.ones(cost.shape[1], dtype=bool)
    for each in np.argsort(outwards, kind="stable"):
        best = int(np.where(free, cost[each], np.inf).argmin())
        held[each], free[best] = best, False
    held[count:] = np.flatnonzero(free)
    return held
