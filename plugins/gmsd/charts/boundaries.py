"""Boundaries of municipalities from a TopoJSON file that an institute names: paths in a plane, north up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class BoundariesError(GmsdError):
    """The file is no TopoJSON with municipalities; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The shapes of municipalities.

    Attributes:
        paths: Region key (`GM0518`) -> an SVG path in a plane of `width` by `height`.
        width: Of the plane.
        height: Of the plane.
        source: Whom they come from, as the file says.
    """

    paths: dict[str, str]
    width: float
    height: float
    source: str


def read_boundaries(path: Path, *, width: float = 560.0) -> Boundaries:
    """Read a TopoJSON file (version 1, quantised or not) whose first object is a collection of polygons with ids such as `GM0518`.

    Coordinates in metres or degrees are drawn as they are, the second one upwards; degrees are narrowed by the latitude.

    Raises:
        BoundariesError: it cannot be read.
    """
    try:
        said = json.loads(path.read_bytes())
        collection = next(iter(said["objects"].values()))["geometries"]
        arcs = [list(_points(arc, said.get("transform"))) for arc in said["arcs"]]
        rings = {str(each["id"]): list(_rings(each, arcs)) for each in collection if each.get("type") in {"Polygon", "MultiPolygon"}}
    except OSError as error:
        raise BoundariesError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, IndexError, TypeError, StopIteration):
        raise BoundariesError(f"{path} is no TopoJSON of municipalities (objects with geometries that have an id, arcs)") from None
    every = [point for found in rings.values() for ring in found for point in ring]
    if not every:
        raise BoundariesError(f"{path} holds no shape")
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    low, high = min(y for _, y in every), max(y for _, y in every)
    narrow = 0.61 if abs(right) <= 180 and abs(high) <= 90 else 1.0
    scale = width / ((right - left) * narrow)
    paths = {
        key: "".join("M" + "L".join(f"{(x - left) * narrow * scale:.1f} {(high - y) * scale:.1f}" for x, y in ring) + "Z" for ring in found)
        for key, found in sorted(rings.items())
    }
    return Boundaries(paths, width, (high - low) * scale, str(said.get("source", "")))


def _points(arc: list[list[float]], transform: dict[str, Any] | None) -> Iterator[tuple[float, float]]:
    if transform is None:
        yield from ((float(x), float(y)) for x, y in arc)
        return
    (by_x, by_y), (from_x, from_y) = transform["scale"], transform["translate"]
    x = y = 0.0
    for more_x, more_y in arc:
        x, y = x + more_x, y + more_y
        yield x * by_x + from_x, y * by_y + from_y


def _rings(geometry: dict[str, Any], arcs: list[list[tuple[float, float]]]) -> Iterator[list[tuple[float, float]]]:
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    for polygon in polygons:
        for ring in polygon:
            found: list[tuple[float, float]] = []
            for number in ring:
                piece = arcs[number] if number >= 0 else arcs[~number][::-1]
                found += piece[1:] if found else piece
            yield found
