"""The other laws' files and the population behind them: one set of persons and households, of the sizes that CBS publishes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
from typer.testing import CliRunner

from gmsd import reference
from gmsd.cli import build
from gmsd.demo.choice import DEFAULT_MUNICIPALITIES
from gmsd.demo.deliveries import delivery
from gmsd.demo.other_laws import BENEFIT_COLUMNS, YOUTH_COLUMNS, benefit_delivery, deliveries_of_laws, youth_deliveries
from gmsd.demo.population import FIRST, LAST, population_of
from gmsd.demo.register import EPOCH
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from datetime import date

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
# Clients and households by law and combination, as CBS published them (85994NED, 85637NED, 85375NED, 86193NED); None is a dot there.
PUBLISHED = {
    "0344": ("year", {"J": (8970, 5780), "P": (11835, 8425), "JP": (115, 830), "JW": (195, 475), "PW": (3400, 3280), "JPW": (None, 235)}),
    "0917": ("half", {"J": (1810, 1160), "P": (4845, 3830), "JP": (None, 285), "JW": (None, 90), "PW": (680, 675), "JPW": (None, None)}),
    "0301": ("year", {"J": (1470, 1080), "P": (1815, 1400), "JP": (None, 110), "JW": (None, 105), "PW": (485, 475), "JPW": (None, 55)}),
    "0281": ("year", {"J": (1430, 840), "P": (1360, 865), "JP": (None, 145), "JW": (None, 105), "PW": (370, 340), "JPW": (None, 50)}),
}


def records(made) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.data.decode()), delimiter=";"))


def days(first: date, last: date) -> tuple[int, int]:
    return (first - EPOCH).days, (last - EPOCH).days


def in_files(municipality: str, half_years: tuple[HalfYear, ...]) -> dict[str, set[int]]:
    """Law -> the persons in its files who have support in one of these half-years, read from the files alone."""
    found: dict[str, set[int]] = defaultdict(set)
    for made in made_for(municipality, half_years):
        begins, ends = made.half_year.first_day.strftime("%Y%m%d"), made.half_year.last_day.strftime("%Y%m%d")
        start, end = ("Startdatum_ondersteuning", "Einddatum_ondersteuning") if made.law == "wmo" else ("Startdatum", "Einddatum")
        for row in csv.DictReader(io.StringIO(made.data.decode("utf-8-sig"), newline=""), delimiter=";"):
            if row[start] <= ends and (not row[end] or row[end] >= begins) and row["BSN"] not in {"999999999", "000000000"}:
                found[made.law[0].upper()].add(int(row["BSN"]))
    return found


def made_for(municipality: str, half_years: tuple[HalfYear, ...]):
    for half_year in half_years:
        yield delivery(1, municipality, half_year)
        yield from youth_deliveries(1, municipality, half_year)
        yield benefit_delivery(1, municipality, half_year)


def households(municipality: str, half_years: tuple[HalfYear, ...], persons: dict[str, set[int]]) -> Counter[str]:
    """Combination of laws -> households, of the persons in the files, by their household on the last day."""
    population = population_of(1, municipality)
    first, last = days(half_years[0].first_day, half_years[-1].last_day)
    rows, holders = population.held(np.arange(len(population.cycle)), first, last)
    of = dict(zip(population.bsn(rows, holders).tolist(), population.household(rows, holders, last).tolist(), strict=True))
    laws = defaultdict(set)
    for law, known in persons.items():
        for person in known & of.keys():
            laws[of[person]].add(law)
    return Counter("".join(sorted(each, key="JPW".index)) for each in laws.values())


def clients(persons: dict[str, set[int]]) -> Counter[str]:
    everyone = set().union(*persons.values())
    return Counter("".join(law for law in "JPW" if person in persons[law]) for person in everyone)


def test_files_of_the_wmo_are_what_they_were():
    """Byte for byte: the demo's story, its releases and other people's recordings rest on them."""
    digest = hashlib.sha256()
    for code in sorted(DEFAULT_MUNICIPALITIES)[::3]:
        for half_year, revision in ((HalfYear(2016, 1), 0), (H2, 0), (H2, 1), (HalfYear(2027, 2), 0)):
            made = delivery(7, code, half_year, revision=revision)
            digest.update(made.key.encode() + made.data)
    assert digest.hexdigest() == "c38229205f5d1a49fb572ee90bd1b74d25a9a13fa1fcf45cad7f9c4c327b2eab"


@pytest.mark.parametrize("municipality", sorted(PUBLISHED))
def test_persons_and_households_combine_laws_as_published(municipality):
    period, published = PUBLISHED[municipality]
    half_years = (H1, H2) if period == "year" else (H1,)
    persons = in_files(municipality, half_years)
    of_persons, of_households = clients(persons), households(municipality, half_years, persons)
    for kind, wanted in published.items():
        for found, number in zip((of_persons[kind], of_households[kind]), wanted, strict=True):
            # A number under 50 was rounded to fives.
            assert number is None or abs(found - number) <= max(0.1 * number, 5), (kind, found, number)


def test_the_country_has_what_is_published_of_it():
    """Every fifth municipality, by inhabitants; the largest four are among them as they weigh most."""
    codes = sorted(reference.municipalities(H2))
    codes = sorted({*codes[::5], "0344", "0363", "0518", "0599"})
    first, last = days(H1.first_day, H2.last_day)
    kinds, stock, flow, inhabitants, young, assistance = Counter(), Counter(), Counter(), 0, 0, 0
    for code in codes:
        population = population_of(1, code)
        inhabitants += population.register.inhabitants
        rows, holders, start, _ = population.supported("J", first, last)
        young += len(np.unique(population.bsn(rows, holders)))
        for form in range(8, 11):
            of_form = population.form[rows] == form
            stock[form] += int((of_form & (start < first)).sum())
            flow[form] += int((of_form & (start >= first)).sum())
        assistance += int(population.assistance[population.supported("P", last, last)[0]].sum())
        wmo, holder = population.held(np.flatnonzero(population.wmo), first, last)
        laws = defaultdict(set)
        for law, (some, held) in {
            "W": (wmo, holder),
            "J": population.supported("J", first, last)[:2],
            "P": population.supported("P", first, last)[:2],
        }.items():
            for household in population.household(some, held, last).tolist():
                laws[household].add(law)
        kinds.update(len(each) for each in laws.values())
    country = 17_407_585 / inhabitants
    assert (kinds[2] + kinds[3]) / kinds.total() == pytest.approx(0.13, rel=0.1)
    assert young * country == pytest.approx(435_760, rel=0.1)
    for form, begin, entering in ((8, 20_845, 9_330), (9, 9_900, 1_345), (10, 5_980, 5_730)):
        assert stock[form] * country == pytest.approx(begin, rel=0.1)
        assert flow[form] * country == pytest.approx(entering, rel=0.1)
    assert assistance * country == pytest.approx(513_980, rel=0.1)  # 83747NED, 2016


def test_a_person_is_the_same_in_all_files():
    """One BSN is one birth date, in the files of both laws and in every half-year."""
    born = defaultdict(set)
    for half_year in (FIRST, H1, H2, LAST):
        for made in (*youth_deliveries(1, "0301", half_year), benefit_delivery(1, "0301", half_year)):
            for row in records(made):
                born[row["BSN"]].add(row["Geboortedatum"])
    unknown = {"999999999", "000000000"}
    assert {len(dates) for person, dates in born.items() if person not in unknown} == {1}


def test_persons_of_the_wmo_keep_their_numbers_to_themselves():
    """A number in a file of the Wmo is in another law's file only as the same holder of the same place."""
    population = population_of(1, "0301")
    first, last = days(FIRST.first_day, LAST.last_day)
    rows, holders = population.held(np.arange(len(population.cycle)), first, last)
    numbers = population.bsn(rows, holders)
    assert len(np.unique(numbers)) == len(numbers)
    in_wmo = set()
    for half_year in (HalfYear(2015, 1), HalfYear(2021, 1), HalfYear(2027, 2)):
        in_wmo |= {int(row["BSN"]) for row in records(delivery(1, "0301", half_year))}
    assert not in_wmo & set(numbers[~population.wmo[rows]].tolist())


@pytest.mark.parametrize("code", ["0339", "0088", "0917", "0344", "0599", "1980", "1987", "0005"])
def test_numbers_suffice_for_every_holder(code):
    population = population_of(1, code)
    others = np.flatnonzero(~population.wmo)
    rows, holders = population.held(others, *days(FIRST.first_day, LAST.last_day))
    assert population.bsn(rows, holders).min() >= 900_000_000


def test_every_cell_obeys_the_layout():
    made = list(youth_deliveries(2, "0355", H2))
    assert [each.key for each in made] == sorted(each.key for each in made)
    assert made[0].key == "jeugd/H22019/0355/JEUGD_H22019_98035500.csv"
    persons = defaultdict(set)
    for each in made:
        rows = records(each)
        assert each.data.decode().split("\n", 1)[0] == ";".join(YOUTH_COLUMNS)
        assert len(rows) == each.records > 0
        assert {row["Aanbiedercode"] for row in rows} == {each.file_name[-12:-4]}
        for row in rows:
            assert len(row["BSN"]) == 9
            assert row["Startdatum"] <= "20191231"
            assert row["Einddatum"] == "" or "20190701" <= row["Einddatum"] <= "20191231"
            assert (row["Reden_beeindiging"] == "") == (row["Einddatum"] == "")
            assert (row["Geboortedatum"] == "") == (row["Geslacht"] == "") == (row["BSN"] == "000000000")
            assert row["Hulpvorm"] in {"31", "32", "33", "34", "35", "36", "37", "38", "41", "43", "51"}
            if row["Geboortedatum"]:
                assert int(row["Startdatum"]) - int(row["Geboortedatum"]) < 23_0000
            persons[row["BSN"]].add(row["Gemeentecode"])
    assert set().union(*persons.values()) == {"0355"}
    benefit = benefit_delivery(2, "0355", H2)
    assert benefit.key == "participatie/H22019/0355/PW_H22019_Zeist.csv"
    assert benefit.data.decode().split("\n", 1)[0] == ";".join(BENEFIT_COLUMNS)
    for row in records(benefit):
        assert 18_0000 <= int(row["Startdatum"]) - int(row["Geboortedatum"]) < 67_0000
        assert row["Soort"] in {"1", "2"}
        assert int(row["Huishouden"]) >= 0


def test_the_same_seed_gives_the_same_files_and_another_gives_others():
    def made(seed):
        return [(each.key, each.data) for each in deliveries_of_laws(seed, 2, (H1,), ("jeugd", "participatie"))]

    population_of.cache_clear()
    assert made(1) == made(1) != made(2)


def test_residence_is_one_place_on_every_day_and_changes_with_moves():
    population = population_of(1, "0355")
    rows, holders = population.held(np.arange(len(population.cycle)), *days(H1.first_day, H2.last_day))
    begin = population.taken_over(rows, holders)
    here = np.array([population.residence(rows, holders, int(day)) for day in (begin.min() - 40_000, 2_000)])
    during = population.residence(rows[:1000], holders[:1000], days(H1.last_day, H1.last_day)[0])
    assert (during == 355).mean() > 0.85
    assert (here[0] != 355).all()
    existing = {int(code) for code in reference.municipalities(HalfYear(2020, 1))}
    assert set(np.unique(here).tolist()) <= existing


@pytest.mark.parametrize("half_year", [HalfYear(2016, 2), HalfYear(2024, 1)])
def test_half_years_without_files_are_refused(half_year):
    with pytest.raises(ValueError, match="2017-H1 up to and including 2023-H2"):
        benefit_delivery(1, "0301", half_year)
    with pytest.raises(ValueError, match="no municipality"):
        next(youth_deliveries(1, "1979", H1))


def test_command_writes_all_laws_as_inbox_keys(tmp_path):
    result = CliRunner().invoke(build(), ["demo", "deliveries", "--to", str(tmp_path), "--municipalities", "2", "--law", "all", "--json"])
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    assert Counter(entry["law"] for entry in written).keys() == {"wmo", "jeugd", "participatie"}
    assert {entry["key"] for entry in written} == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    for arguments, line in (
        (["--law", "wlz"], "give wmo, jeugd, participatie or all"),
        (["--law", "all", "--half-year", "H12016"], "2017-H1 and 2023-H2"),
    ):
        refused = CliRunner().invoke(build(), ["demo", "deliveries", "--to", str(tmp_path), *arguments])
        assert refused.exit_code == 2
        assert line in refused.stderr
