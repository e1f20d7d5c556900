"""Pictures of numbers as SVG, drawn on the server: lines with a band, dots with quartiles, funnels, maps; colours are the style sheet's.

Not here: which numbers (`readers`), and the sentence beside a picture (`web`). Numbers in, SVG out, the same each time; a missing number is
a hatch with a word.
"""

from gmsd.charts.boundaries import Boundaries, BoundariesError, read_boundaries
from gmsd.charts.funnels import funnel, limits_of
from gmsd.charts.lines import Point, line
from gmsd.charts.profiles import profile
from gmsd.charts.spread import Strip, strips
from gmsd.charts.tiles import Spot, boundary_map, tile_map

__all__ = [
    "Boundaries",
    "BoundariesError",
    "Point",
    "Spot",
    "Strip",
    "boundary_map",
    "funnel",
    "limits_of",
    "line",
    "profile",
    "read_boundaries",
    "strips",
    "tile_map",
]
