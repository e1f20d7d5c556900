"""Synthetic deliveries: right by the layout, the same however they are asked for, and of realistic size."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from gmsd import reference
from gmsd.checking import check_file
from gmsd.cli import build
from gmsd.demo.choice import DEFAULT_MUNICIPALITIES, FEW_IN_SHELTER, municipalities_of
from gmsd.demo.deliveries import COLUMNS, UNKNOWN_BSN, delivery, file_name_of, first_deliveries
from gmsd.demo.register import bsns_of, size_of
from gmsd.rounds import WMO, HalfYear
from gmsd.tables import main_table

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
RATES = {"T001024": (4, 9), "A019507": (2.5, 3), "A019506": (1.5, 2.5), "A019509": (3, 4), "A019508": (0.1, 0.4)}


def rows(data: bytes) -> list[list[str]]:
    lines = data.decode("utf-8-sig").split("\n")
    assert lines[-1] == ""
    return [line.removesuffix("\r").split(";") for line in lines[:-1]]


def passes_eleven(bsn: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return len(bsn) == 9 and sum(weight * int(digit) for weight, digit in zip(weights, bsn, strict=True)) % 11 == 0


def a_date(text: str) -> date:
    assert re.fullmatch(r"\d{8}", text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


@pytest.mark.parametrize("municipality", ["0339", "0744", "1695", "0638", "0431", "0279", "0448", "0221", "0072"])
@pytest.mark.parametrize("revision", [0, 2])
def test_every_cell_obeys_the_layout(municipality: str, revision: int) -> None:
    made = delivery(3, municipality, H2, revision=revision)
    header, *records = rows(made.data)
    assert tuple(header) == COLUMNS
    assert len(records) == made.records
    for record in records:
        created, code, bsn, category, start, end, form, number, volume, unit, frequency, end_reason, change = record
        assert a_date(created) <= date(2020, 2, 2)
        assert code == municipality
        assert bsn == str(UNKNOWN_BSN) or (bsn[0] == "9" and not bsn.startswith("9999") and passes_eleven(bsn))
        assert re.fullmatch("0[1-9]|1[0-8]", category)
        assert form in {"1", "2"}
        assert end == "" or a_date(end) >= a_date(start)
        assert re.fullmatch(r"\d{0,8}", number)
        assert re.fullmatch(r"\d{0,8}", volume)
        assert unit in {"", "01", "04", "14", "16", "82", "83"}
        assert frequency in {"", "1", "2", "4", "6"}
        assert end_reason in {"", "02", "19", "20", "21", "22", "23", "31"}
        assert end_reason == "" or end != ""
        assert change in {"", "03", "04", "05", "07", "08", "09", "12"}


def test_no_other_cell_can_be_taken_for_a_bsn() -> None:
    for made in first_deliveries(1, 12, (H1,)):
        text = made.data.decode("utf-8-sig")
        assert Counter(re.findall(r"(?<!\d)\d{9}(?!\d)", text)).total() == made.records
        assert not re.search(r"\d{9}", made.key)


def test_a_file_does_not_depend_on_what_else_is_made() -> None:
    alone = delivery(1, "0448", H2).data
    among = next(made for made in first_deliveries(1, 5, (H1, H2)) if made.municipality == "0448" and made.half_year == H2)
    assert among.data == alone
    assert delivery(2, "0448", H2).data != alone


def test_persons_keep_their_bsn_over_half_years() -> None:
    persons = [{record[2] for record in rows(delivery(1, "0448", half_year).data)[1:]} for half_year in (H1, H2, HalfYear(2020, 1))]
    for earlier, later in pairwise(persons):
        assert 0.85 < len(earlier & later) / len(earlier) < 0.99


def test_bsns_belong_to_one_municipality_only() -> None:
    seen: set[int] = set()
    for municipality in reference.all_municipalities():
        own = bsns_of(municipality.code, size_of(municipality.code) // 20).tolist()
        assert not seen.intersection(own)
        seen.update(own)
    assert len(seen) > 800_000


@pytest.mark.parametrize("seed", [1, 7])
def test_rates_are_those_of_the_country(seed: int) -> None:
    groups = {group.code: group.categories for group in main_table(WMO).groups(H1)}
    for made in first_deliveries(seed, 30, (H1,)):
        inhabitants = reference.inhabitants(made.municipality, HalfYear(2020, 1))
        persons: dict[str, set[str]] = {code: set() for code in groups}
        for record in rows(made.data)[1:]:
            in_scope = record[4] <= "20190630" and (record[5] == "" or record[5] >= "20190101")
            for code, categories in groups.items():
                if in_scope and record[2] != str(UNKNOWN_BSN) and int(record[3]) in categories:
                    persons[code].add(record[2])
        few = made.municipality in FEW_IN_SHELTER
        assert (len(persons["A019508"]) < 8) == few
        assert few or len(persons["A019508"]) >= 13
        for code, (low, high) in RATES.items():
            if not (few and code == "A019508"):
                noise = 100 * 4 / inhabitants + 0.02
                assert low - noise <= 100 * len(persons[code]) / inhabitants <= high + noise, (made.municipality, code)


def test_size_of_the_default_choice_and_of_a_half_year() -> None:
    classes = Counter(reference.size_class(reference.inhabitants(code, HalfYear(2020, 1))) for code in DEFAULT_MUNICIPALITIES)
    assert classes == dict.fromkeys(("5-10k", "10-20k", "20-50k", "50-100k", "100-150k"), 6)
    assert 135_000 < sum(made.records for made in first_deliveries(1, 30, (H1,))) < 155_000
    assert 85_000 < delivery(1, "0363", H1).records < 110_000
    assert 85 <= delivery(1, "0088", H1).records < 130


def test_a_correction_differs_as_corrections_do() -> None:
    first, second = (rows(delivery(1, "0503", H1, revision=revision).data)[1:] for revision in (0, 1))
    keys = [{(record[2], record[3], record[4]) for record in records} for records in (first, second)]
    assert 0 < len(keys[1] - keys[0]) < 0.03 * len(keys[0])
    assert 0 < len(keys[0] - keys[1]) < 0.01 * len(keys[0])
    ends = [{(record[2], record[3], record[4]): record[5] for record in records} for records in (first, second)]
    assert any(ends[0].get(key) == "" and end for key, end in ends[1].items())


def test_some_files_hold_duplicates_unknown_persons_and_records_out_of_scope_and_some_adjoin() -> None:
    duplicates = unknown = outside = adjoining = 0
    for made in first_deliveries(1, 30, (H1,)):
        records = rows(made.data)[1:]
        duplicates += len(records) - len(set(map(tuple, records)))
        unknown += sum(record[2] == str(UNKNOWN_BSN) for record in records)
        outside += sum(bool(record[5]) and record[5] < "20190101" for record in records)
        lines = {(record[2], record[3], record[5]) for record in records if record[5]}
        for record in records:
            start = a_date(record[4])
            adjoining += any((record[2], record[3], f"{start - timedelta(days=gap):%Y%m%d}") in lines for gap in range(3))
    assert min(duplicates, unknown, outside, adjoining) > 20


@pytest.mark.parametrize("half_year", [HalfYear(2015, 1), H1, HalfYear(2022, 1)], ids=str)
def test_the_technical_check_finds_no_fault_in_any_of_the_default_choice(half_year: HalfYear) -> None:
    for made in first_deliveries(5, 30, (half_year,)):
        result = check_file(
            made.data,
            file_name=made.file_name,
            municipality=made.municipality,
            half_year=half_year,
            received_on=half_year.last_day + timedelta(days=31),
        )
        assert (result.verdict, result.content_errors, result.records) == ("accepted", 0, made.records), made.key
        assert {finding.level for finding in result.findings} <= {"notice"}


def test_choice_of_municipalities() -> None:
    assert set(municipalities_of(30, H1)) == set(DEFAULT_MUNICIPALITIES)
    assert len(municipalities_of("all", H1)) == 355
    assert set(municipalities_of(5, H1)) == set(DEFAULT_MUNICIPALITIES[:5])
    assert set(DEFAULT_MUNICIPALITIES) < set(municipalities_of(31, H1))


def test_dissolved_municipalities_deliver_until_their_end_and_never_after() -> None:
    assert delivery(1, "0053", HalfYear(2018, 2)).records > 500
    with pytest.raises(ValueError, match="no municipality in 2019-H1"):
        delivery(1, "0053", H1)


def test_file_names_obey_the_rules_for_every_municipality() -> None:
    for code in reference.municipalities(H1):
        name = file_name_of(code, H1)
        assert re.fullmatch(r"WMO_H12019_[A-Za-z_-]+\.(csv|CSV|txt)", name), name


def test_command_writes_inbox_keys(tmp_path) -> None:
    arguments = ["deliveries", "--to", str(tmp_path), "--municipalities", "3", "--half-year", "H12019", "H22019", "--json"]
    result = CliRunner().invoke(build(), ["demo", *arguments])
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    assert len(written) == 6
    assert {entry["key"] for entry in written} == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    again = tmp_path / "again"
    assert CliRunner().invoke(build(), ["demo", "deliveries", "--to", str(again), "--municipalities", "2"]).exit_code == 0
    for path in again.rglob("WMO*"):
        assert path.read_bytes() == (tmp_path / path.relative_to(again)).read_bytes()


@pytest.mark.parametrize("wrong", [["--municipalities", "0"], ["--half-year", "2019"], ["--half-year", "H12014"], ["--to", "/proc/none/x"]])
def test_command_refuses_wrong_usage(tmp_path, wrong: list[str]) -> None:
    result = CliRunner().invoke(build(), ["demo", "deliveries", "--to", str(tmp_path), *wrong])
    assert result.exit_code == 2
    assert result.stderr
