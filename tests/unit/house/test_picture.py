"""The picture of the architecture says what the imports say: every room once, in the row of its layer, with the services that it opens."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from docs.house_picture import picture
from tests.support.house import PROJECT, arrows, layers

SVG = "{http://www.w3.org/2000/svg}"
LETTERS = {"database": "P", "store": "S", "mail": "M"}


@pytest.fixture(scope="module")
def rooms() -> dict[str, tuple[float, list[str]]]:
    """Room -> height in the picture and marks."""
    drawn = {}
    for group in ET.fromstring(picture()).iter(f"{SVG}g"):
        name, *marks = (text.text for text in group.iter(f"{SVG}text"))
        [box] = group.iter(f"{SVG}rect")
        drawn[name] = (float(box.get("y")), sorted(marks))
    return drawn


def test_rows_are_the_layers_the_highest_on_top(rooms):
    rows: dict[float, set[str]] = {}
    for name, (height, _) in rooms.items():
        rows.setdefault(height, set()).add(name)
    assert [rows[height] for height in sorted(rows)] == [set(layer) for layer in layers()]


def test_no_import_points_to_a_room_above(rooms):
    upwards = [(name, below) for name, stands_on in arrows().items() for below in stands_on if rooms[below][0] < rooms[name][0]]
    assert upwards == []


def test_marks_are_the_services_that_a_room_opens_and_airflow(rooms):
    for name, stands_on in arrows().items():
        assert [mark for mark in rooms[name][1] if mark != "A"] == sorted(LETTERS[door] for door in LETTERS if door in stands_on), name
    called = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "dags").glob("*.py"))
    for name in ("intake", "warehouse", "journal"):
        assert re.search(rf"\bgmsd\.{name}\b|from gmsd import .*\b{name}\b", called)
        assert "A" in rooms[name][1]
    assert "A" not in rooms["attack"][1]


def test_whoever_does_not_see_it_is_told():
    root = ET.fromstring(picture())
    assert root.get("role") == "img"
    assert {f"{SVG}title", f"{SVG}desc"} <= {child.tag for child in root if (child.text or "").strip()}
