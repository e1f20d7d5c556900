"""Reference data: counts of CBS and the awkward municipalities every date rule must stand."""

import subprocess
import sys
from datetime import date

import pytest

from gmsd import reference
from gmsd.rounds import HalfYear

COUNTS = {
    2015: 393,
    2016: 390,
    2017: 388,
    2018: 380,
    2019: 355,
    2020: 355,
    2021: 352,
    2022: 345,
    2023: 342,
    2024: 342,
    2025: 342,
    2026: 342,
}


def half(text: str) -> HalfYear:
    return HalfYear.parse(text)


@pytest.mark.parametrize(("year", "count"), COUNTS.items())
def test_number_of_municipalities_on_1_january_is_that_of_cbs(year: int, count: int) -> None:
    assert len(reference.municipalities_on(date(year, 1, 1))) == count


def test_both_halves_of_2019_have_355_municipalities() -> None:
    assert len(reference.municipalities(half("2019-H1"))) == len(reference.municipalities(half("2019-H2"))) == 355


@pytest.mark.parametrize(
    ("code", "first_absent", "last_present"),
    [
        ("0457", "2022-H2", "2022-H1"),  # Weesp, dissolved in the middle of a half-year
        ("1921", "2015-H2", "2015-H1"),  # De Friese Meren, renamed on the first day of a half-year
        ("0788", "2021-H1", "2020-H2"),  # Haaren, split over four
        ("0053", "2019-H1", "2018-H2"),  # Winsum, split over several
    ],
)
def test_dissolved_municipality_is_one_until_its_last_half_year(code: str, first_absent: str, last_present: str) -> None:
    assert reference.is_municipality(code, half(last_present))
    assert not reference.is_municipality(code, half(first_absent))
    assert reference.name(code)


def test_de_fryske_marren_takes_over_on_1_july_2015() -> None:
    assert not reference.is_municipality("1940", half("2015-H1"))
    assert reference.is_municipality("1940", half("2015-H2"))
    assert "1921" not in reference.municipalities_on(date(2015, 7, 1))
    assert "1921" in reference.municipalities_on(date(2015, 6, 30))


def test_weesp_exists_until_23_march_2022() -> None:
    assert "0457" in reference.municipalities_on(date(2022, 3, 23))
    assert "0457" not in reference.municipalities_on(date(2022, 3, 24))


@pytest.mark.parametrize(
    ("code", "half_year", "expected"),
    [
        ("1979", "2020-H2", ("0003", "0010", "0024")),
        ("1979", "2021-H1", ()),  # it exists itself and its parts do not
        ("0363", "2022-H1", ("0457",)),  # both exist: Weesp until 24 March
        ("0363", "2022-H2", ()),
        ("1940", "2015-H1", ("1921",)),
        ("1945", "2015-H2", ("0241",)),
        ("0824", "2020-H2", ("0788",)),  # one of four that share Haaren
        ("0014", "2018-H2", ("0009", "0017")),
        ("0014", "2016-H2", ("0009", "0017")),  # and not 0040, which gave up land only
        ("0518", "2020-H2", ()),
        ("9999", "2020-H2", ()),
    ],
)
def test_predecessors_are_those_of_the_half_year(code: str, half_year: str, expected: tuple[str, ...]) -> None:
    assert reference.predecessors(code, half(half_year)) == expected


@pytest.mark.parametrize(
    ("code", "half_year", "expected"),
    [
        ("0003", "2021-H1", ("1979",)),
        ("0003", "2020-H2", ()),
        ("0788", "2021-H1", ("0757", "0824", "0855", "0865")),
        ("0053", "2019-H1", ("1966", "1969")),
        ("0241", "2019-H1", ("1945",)),
        ("0282", "2019-H1", ("1945",)),  # over Groesbeek, which was renamed a year later
        ("0530", "2022-H2", ()),
        ("0530", "2023-H1", ("1992",)),
        ("0370", "2021-H2", ()),  # who takes it over exists already
        ("0370", "2022-H1", ("0439",)),
        ("0518", "2023-H1", ()),
    ],
)
def test_successors_are_those_of_the_half_year(code: str, half_year: str, expected: tuple[str, ...]) -> None:
    assert reference.successors(code, half(half_year)) == expected


def test_who_took_over_and_was_there_already_stands_in_nobodys_place() -> None:
    found = reference.dissolved([half("2019-H2"), half("2020-H2")], half("2022-H1"))
    assert found["0003"] == ("1979",)
    assert "0370" not in found
    assert "0370" in reference.municipalities(half("2019-H2"))


def test_every_municipality_that_ended_has_a_successor_from_the_day_it_ended() -> None:
    ended = {m.code: m.valid_to for m in reference.all_municipalities() if m.valid_to is not None}
    links = {link.code_from: link.day for link in reference.successions() if link.day > date(2015, 1, 1)}
    assert links == ended
    for link in reference.successions():
        assert reference.municipality(link.code_to).exists_on(link.day)
    assert {link.kind for link in reference.successions()} == {"merged", "renamed", "split"}


def test_shares_of_a_municipality_add_up_to_all_of_it() -> None:
    shares: dict[str, float] = {}
    for link in reference.successions():
        if link.share is not None:
            shares[link.code_from] = shares.get(link.code_from, 0) + link.share
    assert {round(share, 3) for share in shares.values()} == {1.0}


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("1979", "2021-H1", None),
        ("0003", "1970-H1", "2020-H2"),
        ("0457", None, "2022-H1"),
        ("1921", None, "2015-H1"),
        ("1940", "2015-H2", None),
    ],
)
def test_the_half_years_in_which_a_code_existed(code: str, first: str | None, last: str | None) -> None:
    began, ended = reference.existence(code)
    assert first is None or began == half(first)
    assert ended == (half(last) if last else None)


def test_a_code_that_nobody_has_never_existed() -> None:
    with pytest.raises(KeyError):
        reference.existence("9999")


def test_inhabitants_use_one_date_for_a_whole_year() -> None:
    days = [reference.inhabitants_date(half(text)) for text in ("2015-H1", "2016-H2", "2019-H1", "2019-H2", "2020-H2", "2026-H2")]
    assert days == [date(year, 1, 1) for year in (2016, 2016, 2019, 2019, 2020, 2023)]
    assert reference.inhabitants("0014", half("2020-H1")) == reference.inhabitants("0014", half("2020-H2")) == 232_880
    assert reference.inhabitants("0014", half("2021-H1")) == 233_273


def test_a_municipality_without_inhabitants_of_the_day_has_those_of_the_nearest_one() -> None:
    assert reference.inhabitants_day("0003", half("2019-H1")) == date(2020, 1, 1)
    assert reference.inhabitants_day("0005", half("2018-H2")) == date(2017, 1, 1)
    assert reference.inhabitants_day("0363", half("2019-H1")) == date(2019, 1, 1)
    assert reference.inhabitants_day("0381", half("2015-H1")) == date(2014, 1, 1)
    assert reference.inhabitants_day("1980", half("2022-H1")) == date(2022, 1, 1)


def test_inhabitants_of_all_of_2020_sum_to_the_country() -> None:
    half_year = half("2020-H1")
    assert sum(reference.inhabitants(code, half_year) for code in reference.municipalities(half_year)) == 17_407_758


def test_inhabitants_of_a_municipality_without_a_figure_are_those_of_the_same_area() -> None:
    assert reference.inhabitants("1921", half("2015-H1")) == reference.inhabitants("1940", half("2015-H2"))


def test_inhabitants_are_never_guessed() -> None:
    with pytest.raises(reference.InhabitantsUnknownError, match="9999"):
        reference.inhabitants("9999", half("2018-H2"))


@pytest.mark.parametrize("text", ["2015-H1", "2017-H2", "2018-H1", "2019-H1", "2020-H1", "2022-H1", "2023-H1", "2026-H2"])
def test_every_municipality_since_2015_has_inhabitants(text: str) -> None:
    assert all(reference.inhabitants(code, half(text)) > 0 for code in reference.municipalities(half(text)))


def test_size_classes_open_at_their_lower_bound() -> None:
    edges = (0, 4_999, 5_000, 10_000, 19_999, 20_000, 50_000, 100_000, 149_999, 150_000, 249_999, 250_000)
    expected = ["<5k", "<5k", "5-10k", "10-20k", "10-20k", "20-50k", "50-100k", "100-150k", "100-150k", "150-250k", "150-250k", ">=250k"]
    assert [reference.size_class(edge) for edge in edges] == expected
    assert sorted(set(expected), key=expected.index) == list(reference.SIZE_CLASSES)


def test_import_is_light() -> None:
    code = "import sys, gmsd.reference; print([name for name in ('polars', 'pandas', 'numpy') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
