"""The op-orde report: what is counted, who is compared with, and what a coordinator sees."""

import io
import json
import re
from dataclasses import asdict, replace
from datetime import date

import openpyxl
import polars as pl
import pytest

from gmsd import op_orde
from gmsd.op_orde.comparison import choose_peers, quartiles
from gmsd.op_orde.views import change_words, peers_words
from gmsd.reference import municipalities
from gmsd.rounds import HalfYear
from tests.unit import samples as s

SCHEMA = {
    "line": pl.Int64, "person": pl.Int64, "product_category": pl.Int16, "start_date": pl.Date, "end_date": pl.Date,
    "delivery_form": pl.Int16, "allocation_number": pl.Int64, "volume": pl.Int64, "unit": pl.Int16, "frequency": pl.Int16,
    "end_reason": pl.Int16, "change_reason": pl.Int16,
}  # fmt: skip
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
SIMILAR = ("0363", "0599", "0344", "0014", "0855", "1680", "0202")


def records(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Rows of person, category, start, end, form, allocation number."""
    full = [(number, *row[:5], row[5], None, None, None, None, None) for number, row in enumerate(rows, start=2)]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


FRAME = records(
    (1, 1, date(2019, 1, 1), date(2019, 8, 31), 1, None),
    (1, 1, date(2019, 9, 2), None, 1, None),
    (1, 15, date(2019, 8, 1), date(2019, 12, 31), 2, 5),
    (2, 2, date(2018, 1, 1), None, 2, 6),
    (None, 2, date(2019, 7, 1), date(2019, 7, 31), 1, None),
    (3, 11, date(2018, 1, 1), date(2019, 6, 30), 1, None),
)


def summary(frame: pl.DataFrame = FRAME, half_year: HalfYear = s.H2, municipality: str = "0518", **other: bool) -> op_orde.OpOrdeSummary:
    return op_orde.summarise(frame, half_year, municipality=municipality, delivery_id=f"{half_year}.{municipality}.01", **other)


def other(municipality: str, scale: int, half_year: HalfYear = s.H2) -> dict[str, object]:
    rows = [
        (person, 1 + person % 18, date(2019, 1 + person % 12, 1), None if person % 3 else date(2019, 12, 1), 1 + person % 2, person)
        for person in range(scale)
    ]
    return summary(records(*rows), half_year, municipality).to_json()


def full_report(**changes: object) -> op_orde.OpOrdeReport:
    own = op_orde.OpOrdeSummary.of(other("0518", 2400))
    return op_orde.compare(
        replace(own, **changes), [other(code, 1000 + 300 * place) for place, code in enumerate(SIMILAR)],
        previous_half_year=other("0518", 1900, H1), previous_delivery={**other("0518", 2300), "delivery_id": "2019-H2.0518.02"},
    )  # fmt: skip


CONTEXT = op_orde.OpOrdeContext(s.PARTY, s.THIRD, s.moment(5, 9, 15), s.ROUND)
REPORTS = {
    "full": full_report(),
    "emptied": full_report(facultative_used=False),
    "alone": op_orde.compare(summary(), [other("0363", 900)], expected=29),
}


def test_a_delivery_of_which_nothing_is_in_scope_has_every_group_and_type_with_zeros() -> None:
    found = summary(records((1, 1, date(2015, 1, 1), date(2015, 2, 1), 1, None)))
    assert [count.code for count in found.groups] == [count.code for count in summary().groups]
    assert [count.code for count in found.types] == [f"{category:02d}" for category in range(1, 19)]
    assert {(count.clients, count.arrangements) for count in (*found.groups, *found.types)} == {(0, 0)}


def test_a_delivery_is_summarised_and_every_record_is_accounted_for() -> None:
    found = summary()
    assert (found.records, found.out_of_scope, found.merged, found.arrangements) == (6, 1, 1, 4)
    assert (found.persons, found.clients, found.unknown) == (3, 2, 1)
    assert (found.personal_budget, found.open_ended) == (2, 2)
    assert (found.standing, found.started, found.ended) == (2, 2, 2)
    groups = {count.code: (count.clients, count.arrangements) for count in found.groups}
    assert groups["T001024"] == (2, 4)
    assert groups["A019508"] == (1, 1)
    assert {count.code: count.clients for count in found.types}["02"] == 1
    assert found.filled["Nummer_toewijzing"] == 2
    assert op_orde.OpOrdeSummary.of(json.loads(json.dumps(found.to_json()))) == found


def test_emptied_facultative_variables_are_shown_and_not_counted_with() -> None:
    frame = FRAME.filter(pl.col("product_category") == 1).with_columns(end_reason=pl.Series([19, None], dtype=pl.Int16))
    assert summary(frame).merged == 0
    emptied = summary(frame, facultative_used=False)
    assert emptied.merged == 1
    assert emptied.filled["Reden_beeindiging"] == 1


def test_an_empty_delivery_gives_zeros() -> None:
    found = summary(FRAME.clear())
    assert (found.records, found.arrangements, found.clients) == (0, 0, 0)
    assert "None" not in op_orde.op_orde_html(op_orde.compare(found, []), CONTEXT)


@pytest.mark.parametrize(
    ("sizes", "classes", "chosen"),
    [
        ([12_000] * 5 + [7_000], ("10-20k",), "01234"),
        ([12_000] * 4 + [7_000, 30_000], ("5-10k", "10-20k"), "01234"),
        ([12_000] * 3 + [7_000, 30_000, 60_000], ("5-10k", "10-20k", "20-50k"), "01234"),
    ],
)
def test_a_thin_class_joins_the_next_smaller_then_the_next_larger(sizes: list[int], classes: tuple[str, ...], chosen: str) -> None:
    assert choose_peers(15_000, {str(place): size for place, size in enumerate(sizes)}) == (classes, tuple(chosen))


def test_the_largest_class_joins_downwards() -> None:
    assert choose_peers(500_000, dict.fromkeys("abcde", 120_000))[0] == ("100-150k", "150-250k", ">=250k")


def test_under_five_others_nothing_is_compared() -> None:
    report = REPORTS["alone"]
    assert peers_words(report.peers) == "nog geen vergelijking (1 van 29 geleverd)"
    assert all(row.quartiles is None for table in report.tables for row in table.rows)


def test_quartiles_are_whole_and_never_the_ends() -> None:
    assert quartiles([1.0, 10.4, 20.5, 30.6, 99.0]) == (10, 21, 31)


def test_own_deliveries_and_other_half_years_are_no_others() -> None:
    others = [other("0518", 50), other("0363", 50, H1)]
    assert op_orde.compare(summary(), others).peers.delivered == 0


def test_the_set_and_not_its_order_decides() -> None:
    others = [other(code, 1000 + 300 * place) for place, code in enumerate(SIMILAR)]
    assert op_orde.compare(summary(), others) == op_orde.compare(summary(), others[::-1])


@pytest.mark.parametrize("delivered", [0, 1, 4, 5, 30, len(municipalities(H2))])
@pytest.mark.parametrize("own", ["0518", "0363", "0034", "0093", "1901"])
def test_those_of_similar_size_are_all_that_is_needed_of_the_others(own: str, delivered: int) -> None:
    """A report reads the counts of those it is set beside, and of the rest only how many there are."""
    codes = [code for code in sorted(municipalities(H2)) if code != own][:: max(1, len(municipalities(H2)) // max(1, delivered))]
    alike = other("0363", 10)
    others = {code: {**alike, "municipality": code} for code in codes[:delivered]}
    mine = op_orde.OpOrdeSummary.of({**other("0518", 12), "municipality": own})
    needed = op_orde.peers_among(own, H2, others)
    assert set(needed) <= set(others)
    assert op_orde.compare(mine, [others[code] for code in needed], delivered=len(others)) == op_orde.compare(mine, list(others.values()))


def test_a_report_as_plain_data_is_what_its_fields_are() -> None:
    report = full_report()
    told = report.to_json()
    expected = asdict(report)
    assert list(told) == ["schema", *expected]
    for name in set(expected) - {"summary", "tables"}:
        assert told[name] == expected[name]
    assert list(told["summary"]) == [name for name in expected["summary"] if name not in {"law", "never_sent"}]
    assert told["summary"] == {**{name: value for name, value in expected["summary"].items() if name not in {"law", "never_sent"}},
                               "groups": list(expected["summary"]["groups"]), "types": list(expected["summary"]["types"])}  # fmt: skip
    for table, plain in zip(told["tables"], expected["tables"], strict=True):
        assert list(table) == list(plain)
        assert [{name: value for name, value in row.items() if name != "place"} for row in table["rows"]] == list(plain["rows"])


def test_a_large_change_asks_for_attention() -> None:
    assert any("hoger dan in het vorige halfjaar" in sentence for sentence in REPORTS["full"].attention)
    assert (
        "100,0 % van de regels heeft BSN 999999999."
        in op_orde.compare(summary(FRAME.with_columns(person=pl.lit(None, dtype=pl.Int64))), []).attention
    )


@pytest.mark.parametrize(
    ("new", "old", "unit", "words"),
    [
        (110, 100, "per_1000", "+10,0 %"),
        (0, 0, "per_1000", "gelijk"),
        (3, 0, "per_1000", "nieuw"),
        (90, 100, "per_1000", "-10,0 %"),
        (12.5, 10.0, "share", "+2,5 pp"),
        (9.99, 10.0, "share", "0,0 pp"),
    ],
)
def test_changes_in_words(new: float, old: float, unit: str, words: str) -> None:
    assert change_words(new, old, unit=unit) == words


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_whole_and_self_contained(name: str) -> None:
    page = op_orde.op_orde_html(REPORTS[name], CONTEXT)
    assert page == op_orde.op_orde_html(REPORTS[name], CONTEXT)
    assert page.count("<h1") == 1
    assert not re.search(r"https?://|<script|<link|url\(|None|nan", page)
    assert re.findall(r"<th(?! scope=)[ >]", page) == []
    assert ("nog geen vergelijking (1 van 29 geleverd)" in page) == (name == "alone")
    assert ("Deze variabelen worden niet gebruikt" in page) == (name == "emptied")
    assert ("Vorige levering is 2019-H2.0518.02" in page) == (name != "alone")
    assert not any(code in page for code in SIMILAR if code != "0344")


@pytest.mark.parametrize("name", REPORTS)
def test_workbook_and_json_hold_the_same_figures(name: str) -> None:
    report = REPORTS[name]
    data = op_orde.op_orde_xlsx(report, CONTEXT)
    assert data == op_orde.op_orde_xlsx(report, CONTEXT)
    book = openpyxl.load_workbook(io.BytesIO(data))
    plain = json.loads(op_orde.op_orde_json(report))
    assert plain["summary"]["clients"] == report.summary.clients
    sheet = list(book["cliënten groep"].iter_rows(values_only=True))
    rows = plain["tables"][0]["rows"]
    assert [(row[0], row[2]) for row in sheet[3:]] == [(row["code"], row["value"]) for row in rows]
    assert [row[4] for row in sheet[3:]] == [row["quartiles"][0] if row["quartiles"] else None for row in rows]


def test_lines_that_were_removed_count_for_nothing_and_are_told() -> None:
    day = date(2019, 9, 9)
    removed = pl.col("line") == 2
    frame = FRAME.with_columns(
        start_date=pl.when(removed).then(pl.lit(day)).otherwise("start_date"),
        end_date=pl.when(removed).then(pl.lit(day)).otherwise("end_date"),
        change_reason=pl.when(removed).then(pl.lit(13, pl.Int16)).otherwise("change_reason"),
    )
    made = summary(frame)
    without = summary(FRAME.filter(~removed))
    assert (made.never_sent, made.records) == (1, without.records + 1)
    assert replace(made, never_sent=0, records=without.records, persons=without.persons, filled=without.filled) == without
    assert made.records == made.never_sent + made.out_of_scope + made.merged + made.arrangements
    assert op_orde.OpOrdeSummary.of(made.to_json()) == made
    assert "never_sent" not in without.to_json()
    report = op_orde.compare(made, [])
    assert "alsof ze nooit zijn verstuurd" in op_orde.op_orde_html(report, CONTEXT)
    assert "nooit" not in op_orde.op_orde_html(op_orde.compare(without, []), CONTEXT)
