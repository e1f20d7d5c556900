"""The files of the Jeugdwet and the Participatiewet: each fault by its finding, the generator's files accepted, planted faults found."""

from __future__ import annotations

import random
import re
from functools import cache

import polars as pl
import pytest

from gmsd.checking import check_file, pseudonymise, read_records
from gmsd.demo.other_laws import benefit_delivery, youth_deliveries
from gmsd.protocol import expectations_folder, protocols
from gmsd.rounds import HalfYear
from tests.spec.checking import check
from tests.spec.table import OTHER_LAWS
from tests.spec.table.other_laws import BENEFIT, UNBORN, YOUTH
from tests.spec.test_check_faults import test_fault_gives_its_findings as tell

CASES = [case for cases in OTHER_LAWS.values() for case in cases]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.fault) for case in CASES])
def test_fault_gives_its_findings(case):
    tell(case)


def test_every_rule_is_met():
    met = {(result.law, finding.rule) for case in CASES for result in (check(case.data, **case.changes),) for finding in result.findings}
    known = {(law, code) for law in ("jeugd", "participatie") for each in protocols(expectations_folder(), law) for code in each.rules}
    assert known - met == set()


@cache
def made():
    """Files of municipalities of different sizes, first and last half-years there are among them."""
    files = []
    for code, half_year in (("0344", HalfYear(2019, 2)), ("0448", HalfYear(2017, 1)), ("0301", HalfYear(2023, 2))):
        files += [*youth_deliveries(3, code, half_year), benefit_delivery(3, code, half_year)]
    return files


def judged(each, data=None):
    received = each.half_year.last_day.replace(year=each.half_year.year + 1)
    return check_file(
        each.data if data is None else data,
        file_name=each.file_name,
        municipality=each.municipality,
        half_year=each.half_year,
        received_on=received,
        law_id=each.law,
    )


def test_generated_files_are_accepted():
    for each in made():
        result = judged(each)
        assert (each.file_name, result.verdict, result.content_errors) == (each.file_name, "accepted", 0)
        assert result.records == each.records
        assert {finding.field for finding in result.findings} <= {"BSN"}


PLANTED = {  # column -> how a cell is spoilt; of the wrong form, so that no other rule tells it
    "Aanbiedercode": lambda cell: cell[1:],
    "Gemeentecode": lambda cell: f"GM{cell}",
    "BSN": lambda cell: cell[:-1],
    "Geboortedatum": lambda cell: f"{cell[6:]}-{cell[4:6]}-{cell[:4]}",
    "Huishouden": lambda cell: f"{cell},0",
    "Hulpvorm": lambda _cell: "zorg",
    "Soort": lambda cell: f"0{cell}",
    "Startdatum": lambda cell: f"{cell[:4]}-{cell[4:6]}-{cell[6:]}",
    "Reden_beeindiging": lambda cell: cell[-1],
    "Verwijzer": lambda cell: cell[-1],
}


def test_planted_faults_are_each_found_and_explained():
    drawn = random.Random(5)
    for each in made():
        header, *rows = each.data.decode().splitlines()
        columns = header.split(";")
        cells = [row.split(";") for row in rows]
        planted: dict[str, set[int]] = {}
        for column in PLANTED.keys() & set(columns):
            at = columns.index(column)
            filled = [line for line, row in enumerate(cells, start=2) if row[at] and row[columns.index("BSN")] != "000000000"]
            planted[column] = set(drawn.sample(filled, k=min(4, len(filled))))
            for line in planted[column]:
                cells[line - 2][at] = PLANTED[column](cells[line - 2][at])
        result = judged(each, "\n".join([header, *map(";".join, cells), ""]).encode())
        found = {finding.field: finding for finding in result.findings if finding.level != "notice"}
        assert {field: set(finding.lines) for field, finding in found.items()} == {
            field: lines for field, lines in planted.items() if lines
        }
        for finding in found.values():
            assert re.search(r"\d keer ", finding.message), finding.message  # what was done to the cells
            assert ";" in finding.repair, finding.repair


def test_who_has_no_number_is_nobody():
    """An unborn child and an unknown person leave the check as nobody, so that two of them are not taken for one."""
    rows = [*YOUTH.rows, UNBORN, UNBORN.replace(";32;", ";41;"), YOUTH.row(BSN="999999999")]
    data = YOUTH.file_of(*rows)
    result = check(data, law_id="jeugd", file_name=YOUTH.name)
    records = pseudonymise(read_records(data, result), b"k" * 32)
    assert records["person"].is_null().to_list() == [False, False, True, True, True]
    assert records["person"].drop_nulls().n_unique() == 2
    assert records.select("provider", "birth_date", "product_category").row(0) == (
        98051801,
        pl.date(2008, 4, 15).pipe(pl.select).item(),
        32,
    )
    benefits = read_records(
        BENEFIT.file_of(*BENEFIT.rows), check(BENEFIT.file_of(*BENEFIT.rows), law_id="participatie", file_name=BENEFIT.name)
    )
    assert benefits["household"].to_list() == [12, 13]
