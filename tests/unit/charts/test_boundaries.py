"""Boundaries of a TopoJSON file: arcs forwards and backwards, quantised or not, and words for what cannot be read."""

from __future__ import annotations

import json

import pytest

from gmsd.charts import BoundariesError, Spot, boundary_map, read_boundaries

SQUARES = {
    "type": "Topology",
    "source": "een bron",
    "transform": {"scale": [10, 10], "translate": [100, 200]},
    "objects": {
        "gemeenten": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "GM0001", "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "GM0002", "arcs": [[[2, -1]]]},
            ],
        }
    },
    "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
}


def test_shapes_share_an_arc_and_stand_with_north_up(tmp_path):
    (tmp_path / "b.json").write_text(json.dumps(SQUARES))
    found = read_boundaries(tmp_path / "b.json", width=200)
    assert found.source == "een bron"
    assert (found.width, found.height) == (200, 100)
    assert found.paths["GM0001"].startswith("M100.0 100.0L100.0 0.0")
    assert found.paths["GM0002"].endswith("L100.0 100.0Z")
    drawn = boundary_map([Spot("GM0001", (0, 0), 1, "x"), Spot("GM0002", (0, 0), None, "y")], found, label="Kaart", name="h")
    assert drawn.count("<path") == 2
    assert drawn.count('fill="url(#h)"') == 1


@pytest.mark.parametrize("text", ["", "{}", '{"objects": {"a": {"geometries": []}}, "arcs": []}', '{"objects": {}, "arcs": []}'])
def test_what_is_no_topojson_of_municipalities_is_refused(tmp_path, text):
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(BoundariesError):
        read_boundaries(tmp_path / "b.json")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BoundariesError, match="No such file"):
        read_boundaries(tmp_path / "none.json")
