"""A place, a partition and a round in their notations: the Wmo without a prefix, every other law with one, and nothing else passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gmsd.deliveries import parse_key
from gmsd.rounds import WMO, HalfYear, Place, UnknownRoundError, load_calendar, parse_partition, partition

if TYPE_CHECKING:
    from pathlib import Path

H2 = HalfYear(2019, 2)
LAWS = {WMO, "jeugd"}
ROUND = """
- round: {code}
  {law}
  takes: [{code}]
  window: {{first: 2020-02-03, last: 2020-03-06}}
  withdrawal: {{first: 2020-03-09, last: 2020-03-20}}
  close: 2020-03-23
  release: 2020-05-04
"""


@pytest.mark.parametrize(
    ("law", "id_", "folder", "part"),
    [(WMO, "2019-H2.0518", "H22019/0518", "2019-H2"), ("jeugd", "jeugd.2019-H2.0518", "jeugd/H22019/0518", "jeugd.2019-H2")],
)
def test_a_place_is_written_with_the_law_unless_it_is_the_wmo(law: str, id_: str, folder: str, part: str):
    place = Place(law, H2, "0518")
    assert (place.id, str(place), place.folder, partition(law, H2)) == (id_, id_, folder, part)
    assert Place.parse(id_) == place
    assert parse_partition(part) == (law, H2)
    assert parse_key(f"{folder}/x.csv", LAWS).place == place
    assert parse_key(f"{folder}/formulieren/intrekking.json", LAWS).form == "withdrawal"
    assert place.columns == {"law": law, "half_year": "2019-H2", "municipality": "0518"}


@pytest.mark.parametrize(
    "text",
    ["", "2019-H2", "wmo.2019-H2.0518", "Jeugd.2019-H2.0518", "a.b.2019-H2.0518", ".2019-H2.0518", "2019-H3.0518", "2019-H2.518", "x.0518"],
)
def test_what_is_no_place_is_refused(text: str):
    with pytest.raises(ValueError, match="not a place"):
        Place.parse(text)


@pytest.mark.parametrize(
    "text", ["", "wmo.2019-H2", "jeugd.", ".2019-H2", "jeugd/2019-H2", "jeugd.bw.2019-H2", "jeugd.2019", "2019-H2.jeugd"]
)
def test_what_is_no_partition_is_refused(text: str):
    with pytest.raises(ValueError, match="half-year"):
        parse_partition(text)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("participatie/H22019/0518/x.csv", "the first part of the key is no law that there are rules for"),
        ("Jeugd/H22019/0518/x.csv", "the first part of the key is no law that there are rules for"),
        ("participatie/H22019/0518/formulieren/intrekking.json", "the first part of the key is no law that there are rules for"),
        ("wmo/H22019/0518/x.csv", "the first part of the key is wmo"),
        ("jeugd/H22019/x.csv", "the key is not jeugd/{code uitvraag}/{gemeentecode}/{file name}"),
        ("jeugd/H32019/0518/x.csv", "the second part of the key is not a code uitvraag"),
        ("jeugd/H22019/9999/x.csv", "the third part of the key is not a municipality in 2019-H2"),
        ("jeugd/jeugd/H22019/0518/x.csv", "the key is not jeugd/"),
        ("jeugd", "the key is not {code uitvraag}"),
    ],
)
def test_a_key_in_no_place_says_why(key: str, problem: str):
    found = parse_key(key, LAWS)
    assert found.place is None
    assert found.problem.startswith(problem)


def test_the_folders_with_a_law_are_the_laws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert parse_key("wlz/H22019/0518/x.csv").place is None
    for law in ("wlz", "calendar"):
        (tmp_path / "expectations" / law).mkdir(parents=True)
    (tmp_path / "expectations" / "wlz" / "law.yaml").touch()
    monkeypatch.setenv("GMSD_HOME", str(tmp_path))
    assert parse_key("wlz/H22019/0518/x.csv").place == Place("wlz", H2, "0518")
    assert parse_key("calendar/H22019/0518/x.csv").place is None


def test_a_round_is_of_a_law(tmp_path: Path):
    path = tmp_path / "rounds.yaml"
    path.write_text(ROUND.format(code="2019-H2", law="status: seed") + ROUND.format(code="2019-H2", law="law: jeugd"), encoding="utf-8")
    calendar = load_calendar(path)
    assert sorted(known.id for known in calendar.rounds) == ["2019-H2", "jeugd.2019-H2"]
    assert calendar.round(H2).law == calendar.round("2019-H2").law == WMO
    assert calendar.round(H2, "jeugd") == calendar.round("jeugd.2019-H2") == calendar.taking(H2, "jeugd")[0]
    with pytest.raises(UnknownRoundError, match=r"no round bw\.2019-H2"):
        calendar.round("bw.2019-H2")


def test_a_round_stands_in_the_calendar_once(tmp_path: Path):
    path = tmp_path / "rounds.yaml"
    path.write_text(ROUND.format(code="2019-H2", law="law: jeugd") * 2, encoding="utf-8")
    with pytest.raises(ValueError, match=r"round jeugd\.2019-H2 stands there twice"):
        load_calendar(path)
