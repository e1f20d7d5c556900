"""The definitions of a year: what is wrong in a file is told, and which year a half-year has; the facts behind 2020 do not change."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil

import pytest

from gmsd.comparison import comparison_group, comparison_year, trait_sets
from gmsd.protocol import ProtocolError, expectations_folder
from gmsd.reference import municipalities_on, printed_trait
from gmsd.rounds import HalfYear


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home whose definitions a test may spoil."""
    shutil.copytree(expectations_folder() / "comparison", tmp_path / "expectations" / "comparison")
    monkeypatch.setenv("GMSD_HOME", str(tmp_path))
    trait_sets.cache_clear()
    yield tmp_path / "expectations" / "comparison"
    trait_sets.cache_clear()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("year: 2020", "year: 2021"), "the file is of the year 2020"),
        (("theme: wonen", "theme: weer"), 'the theme "weer" is none of omvang'),
        (("  wonen: Wonen", "  wonen: Wonen\n  weer: Weer"), 'the theme "weer" has no trait'),
        (("transform: log", "transform: root"), "transform"),
        (("name: dwelling_value", "name: inhabitants"), "two traits have one name"),
        (("from: 2019-H1", "from: 2019-Q1"), "not a half-year"),
        (("divided_by: 100", "divided_by: 0"), "divided_by is a whole number or a column"),
    ],
)
def test_a_mistake_in_the_definitions_is_told(home, change, told):
    path = home / "2020.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(ProtocolError) as refused:
        trait_sets()
    assert told in str(refused.value)


@pytest.mark.parametrize(("half_year", "year"), [("2016-H1", 2020), ("2019-H1", 2020), ("2020-H2", 2020), ("2024-H2", 2020)])
def test_year_of_a_half_year(half_year, year):
    assert comparison_year(HalfYear.parse(half_year)) == year


def test_a_later_year_takes_over_from_its_first_half_year_on(home):
    text = (home / "2020.yaml").read_text(encoding="utf-8")
    (home / "2022.yaml").write_text(text.replace("year: 2020", "year: 2022").replace("2019-H1, to: 2020-H2", "2022-H1, to: 2022-H2"))
    years = [comparison_year(HalfYear.parse(text)) for text in ("2018-H1", "2020-H2", "2021-H2", "2022-H1", "2023-H1")]
    assert years == [2020, 2020, 2020, 2022, 2022]


def test_facts_are_whole():
    classes = ["age_0_9", "age_10_19", "age_70_79", "age_80_89", "age_90_plus"]
    inhabitants = printed_trait("inhabitants", dt.date(2020, 1, 1))
    assert set(inhabitants) == set(municipalities_on(dt.date(2020, 1, 1)))
    assert sum(map(int, inhabitants.values())) == 17_407_585
    for code, number in inhabitants.items():
        assert sum(int(printed_trait(name, dt.date(2020, 1, 1))[code]) for name in classes) < int(number)
    with pytest.raises(KeyError):
        printed_trait("inhabitants", dt.date(1900, 1, 1))


def test_groups_that_readers_know_stay_what_they_are():
    """A change of method or facts changes groups in figures that are published: that is a decision, and this line with it."""
    codes = sorted(municipalities_on(dt.date(2020, 1, 1)))
    groups = "\n".join(" ".join((code, *comparison_group(code, HalfYear(2020, 1)).members)) for code in codes)
    assert hashlib.sha256(groups.encode()).hexdigest() == "ee70e8ede826d8e3909178116d92f932ce301e16c8fdb571f28af3e1de0a3b5a"
