"""Whole-file mistakes, planted in deliveries of a small, a middle and a large municipality: the remark that names one stands first.

| mistake | what was done to the file | first remark |
|---|---|---|
| half missing | only the first half of the persons is in it | `deel_ontbreekt` |
| codes swapped | 01 and 02 stand for each other | `codes_verwisseld.01-02` |
| code replaced | 01 is written as 06 | `codes_verwisseld.01-06` |
| end dates empty | no record has an end date | `einddatums_leeg` |
| doubled | every record stands in it twice | `dubbele_regels` |
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

from gmsd.checking import pseudonymise, read_records_of
from gmsd.demo import delivery
from gmsd.op_orde import OpOrdeReport, Past, compare, peers_among, summarise
from gmsd.reference import inhabitants
from gmsd.rounds import WMO, HalfYear

if TYPE_CHECKING:
    from collections.abc import Callable

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
SMALL, MIDDLE, LARGE = "0944", "0345", "0599"
# The ten nearest in size of each would do; these are of the same or a neighbouring class.
BESIDE = {
    SMALL: ("0024", "0060", "0093", "0277", "0279", "0317", "0339", "0370", "0431", "0638", "0744", "1695"),
    MIDDLE: ("0153", "0356", "0362", "0402", "0484", "0502", "0513", "0546", "0603", "0622", "0637"),
    LARGE: ("0014", "0034", "0153", "0193", "0202", "0268", "0344", "0518", "0772", "0855", "1680"),
}
TYPE = pl.col("product_category")


def as_type(*pairs: tuple[int, int]) -> pl.Expr:
    """The types with one code written as another."""
    return TYPE.replace(dict(pairs)).cast(pl.Int16)


MISTAKES: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "half missing": (lambda records: records.filter(pl.col("person").rank("dense") <= records["person"].n_unique() / 2), "deel_ontbreekt"),
    "codes swapped": (lambda records: records.with_columns(as_type((1, 2), (2, 1))), "codes_verwisseld.01-02"),
    "code replaced": (lambda records: records.with_columns(as_type((1, 6))), "codes_verwisseld.01-06"),
    "end dates empty": (lambda records: records.with_columns(end_date=pl.lit(None, pl.Date)), "einddatums_leeg"),
    "doubled": (lambda records: pl.concat([records, records]), "dubbele_regels"),
}


@cache
def records_of(code: str, half_year: HalfYear) -> pl.DataFrame:
    return pseudonymise(read_records_of(delivery(1, code, half_year).data, half_year, WMO), b"k" * 32)


@cache
def stored(code: str, half_year: HalfYear) -> str:
    return json.dumps(summarise(records_of(code, half_year), half_year, municipality=code, delivery_id=f"{half_year}.{code}.01").to_json())


def report(code: str, mistake: Callable[[pl.DataFrame], pl.DataFrame] | None = None, *, past: bool = True) -> OpOrdeReport:
    records = records_of(code, H2)
    summary = summarise(mistake(records) if mistake else records, H2, municipality=code, delivery_id=f"{H2}.{code}.01")
    others = [stored(each, H2) for each in peers_among(code, H2, BESIDE[code])]
    return compare(summary, others, past=Past(half_year=stored(code, H1)) if past else None)


def test_they_are_small_middle_and_large() -> None:
    assert [inhabitants(code, H2) // 1_000 for code in (SMALL, MIDDLE, LARGE)] == [7, 65, 644]


@pytest.mark.parametrize("past", [True, False], ids=["with a past", "without"])
@pytest.mark.parametrize("code", [SMALL, MIDDLE, LARGE])
def test_a_file_without_a_mistake_gets_no_remark(code: str, *, past: bool) -> None:
    assert report(code, past=past).attention == ()


@pytest.mark.parametrize("code", [SMALL, MIDDLE, LARGE])
@pytest.mark.parametrize("name", MISTAKES)
def test_the_remark_that_names_the_mistake_stands_first(name: str, code: str) -> None:
    mistake, expected = MISTAKES[name]
    found = report(code, mistake)
    assert found.remarks[0].code == expected
    assert len(found.remarks) <= 5
    assert found.remarks[0].effect == max(remark.effect for remark in found.remarks)
    assert any(character.isdigit() for character in found.remarks[0].sentence) or name == "end dates empty"


@pytest.mark.parametrize("code", [SMALL, MIDDLE, LARGE])
@pytest.mark.parametrize("name", MISTAKES)
def test_without_a_past_the_others_give_it_away(name: str, code: str) -> None:
    mistake, expected = MISTAKES[name]
    assert report(code, mistake, past=False).remarks[0].code == expected


# An island: its class of below 5,000 inhabitants has four members in all, and hardly anybody has delivered.
TINY, ISLANDS = "0088", ("0060", "0093", "0096", "0448")


@pytest.mark.parametrize(
    ("name", "with_past", "without"),
    [
        ("half missing", "deel_ontbreekt", ""),
        ("code replaced", "codes_verwisseld.01-06", ""),
        ("end dates empty", "einddatums_leeg", ""),
        ("doubled", "dubbele_regels", "dubbele_regels"),
        ("codes swapped", "", ""),  # of 26 and 15 clients: no more than half-years differ by
    ],
)
def test_of_an_island_that_hardly_anybody_stands_beside_its_own_past_tells_what_can_be_told(
    name: str, with_past: str, without: str
) -> None:
    summary = summarise(MISTAKES[name][0](records_of(TINY, H2)), H2, municipality=TINY, delivery_id=f"{H2}.{TINY}.01")
    others = [stored(each, H2) for each in ISLANDS]
    for past, expected in ((Past(half_year=stored(TINY, H1)), with_past), (None, without)):
        found = compare(summary, others, past=past)
        assert next((remark.code for remark in found.remarks), "") == expected
        assert "4 van 354. Er zijn er minstens 5 nodig." in found.not_run[0].reason


def test_an_island_without_a_mistake_gets_no_remark() -> None:
    summary = summarise(records_of(TINY, H2), H2, municipality=TINY, delivery_id=f"{H2}.{TINY}.01")
    assert compare(summary, [stored(each, H2) for each in ISLANDS], past=Past(half_year=stored(TINY, H1))).attention == ()
