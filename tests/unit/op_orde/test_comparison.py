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
from gmsd.op_orde.peers import choose_nearest, choose_peers
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


def stored(municipality: str, scale: int, half_year: HalfYear = s.H2, **changes: object) -> str:
    """The counts of a delivery as if they were of another half-year."""
    return json.dumps({**other(municipality, scale), "half_year": str(half_year), **changes})


def full_report(**changes: object) -> op_orde.OpOrdeReport:
    own = op_orde.OpOrdeSummary.of(other("0518", 2400))
    before, last_year = stored("0518", 1900, H1), stored("0518", 1800, HalfYear(2018, 2))
    return op_orde.compare(
        replace(own, **changes), [stored(code, 1000 + 300 * place) for place, code in enumerate(SIMILAR)],
        past=op_orde.Past(before, last_year, stored("0518", 2300, delivery_id="2019-H2.0518.02")), made_again=date(2020, 3, 9),
    )  # fmt: skip


CONTEXT = op_orde.OpOrdeContext(s.PARTY, s.THIRD, s.moment(5, 9, 15), s.ROUND)
REPORTS = {
    "full": full_report(),
    "emptied": full_report(facultative_used=False),
    "alone": op_orde.compare(summary(), [stored("0363", 900)], expected=29, made_again=date(2020, 3, 9)),
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


def test_own_deliveries_and_other_half_years_are_no_others() -> None:
    others = [stored("0518", 50), stored("0363", 50, H1)]
    assert op_orde.compare(summary(), others).peers.delivered == 0


def test_the_set_and_not_its_order_decides() -> None:
    others = [stored(code, 1000 + 300 * place) for place, code in enumerate(SIMILAR)]
    assert op_orde.compare(summary(), others) == op_orde.compare(summary(), others[::-1])


@pytest.mark.parametrize("delivered", [0, 1, 4, 5, 30, len(municipalities(H2))])
@pytest.mark.parametrize("own", ["0518", "0363", "0034", "0093", "1901"])
def test_those_of_similar_size_are_all_that_is_needed_of_the_others(own: str, delivered: int) -> None:
    """A report reads the counts of those it is set beside, and of the rest only how many there are."""
    codes = [code for code in sorted(municipalities(H2)) if code != own][:: max(1, len(municipalities(H2)) // max(1, delivered))]
    alike = other("0363", 10)
    others = {code: json.dumps({**alike, "municipality": code}) for code in codes[:delivered]}
    mine = op_orde.OpOrdeSummary.of({**other("0518", 12), "municipality": own})
    needed = op_orde.peers_among(own, H2, others)
    assert set(needed) <= set(others)
    assert op_orde.compare(mine, [others[code] for code in needed], delivered=len(others)) == op_orde.compare(mine, list(others.values()))


def test_a_report_as_plain_data_is_what_its_fields_are() -> None:
    report = full_report()
    told = report.to_json()
    expected = asdict(report)
    assert list(told) == ["schema", *expected]
    for name in set(expected) - {"summary", "tables", "stock", "remarks", "not_run"}:
        assert told[name] == expected[name]
    assert told["stock"] == {**expected["stock"], "difference": report.stock.difference}
    assert (told["remarks"], told["not_run"]) == (list(expected["remarks"]), list(expected["not_run"]))
    untold = {"law", "never_sent", "doubled"}
    summary = {name: value for name, value in expected["summary"].items() if name not in untold}
    assert list(told["summary"]) == list(summary)
    assert told["summary"] == summary | {part: list(summary[part]) for part in ("groups", "types")}
    for table, plain in zip(told["tables"], expected["tables"], strict=True):
        assert list(table) == list(plain)
        assert [{name: value for name, value in row.items() if name != "place"} for row in table["rows"]] == list(plain["rows"])


def test_a_large_change_asks_for_attention() -> None:
    assert REPORTS["full"].remarks[0].code == "te_veel"
    assert "vorig halfjaar waren het er 1.900 (+26,3 %). Als dit een fout is, stijgt uw cijfer van" in REPORTS["full"].attention[0]
    assert (
        "100,0 % van de regels heeft BSN 999999999."
        in op_orde.compare(summary(FRAME.with_columns(person=pl.lit(None, dtype=pl.Int64))), []).attention
    )


def test_the_largest_effect_stands_first_and_no_more_than_five_stand() -> None:
    nothing = stored("0518", 2400, H1, open_ended=0, standing=0, personal_budget=0, ended=2400)
    own = op_orde.OpOrdeSummary.of({**other("0518", 600), "unknown": 60, "out_of_scope": 50, "doubled": 40, "merged": 0})
    report = op_orde.compare(own, [], past=op_orde.Past(nothing))
    effects = [remark.effect for remark in report.remarks]
    assert effects == sorted(effects, reverse=True)
    assert (len(report.remarks), report.remarks[0].code) == (5, "minder_einddatums")
    assert report.more_remarks >= 1
    assert str(report.more_remarks) in op_orde.op_orde_html(report, CONTEXT)


def test_a_group_that_fell_as_everything_did_says_nothing_of_its_own() -> None:
    report = op_orde.compare(op_orde.OpOrdeSummary.of(other("0518", 1200)), [], past=op_orde.Past(stored("0518", 2400, H1)))
    assert [remark.kind for remark in report.remarks] == ["deel_ontbreekt"]


def test_a_half_year_before_that_was_wrong_makes_no_remark_where_the_year_before_agrees() -> None:
    past = op_orde.Past(stored("0518", 1200, H1), stored("0518", 2400, HalfYear(2018, 2)))
    report = op_orde.compare(op_orde.OpOrdeSummary.of(other("0518", 2400)), [], past=past)
    assert "te_veel" not in {remark.kind for remark in report.remarks}


def test_the_stock_goes_on_from_the_half_year_before() -> None:
    stock = REPORTS["full"].stock
    assert stock.begin + stock.started - stock.ended == stock.standing == REPORTS["full"].summary.standing
    assert stock.difference == stock.begin - json.loads(stored("0518", 1900, H1))["standing"]
    assert REPORTS["alone"].stock.difference is None


def test_what_could_not_be_looked_at_is_told_with_numbers_and_a_day() -> None:
    found = {each.check: each.reason for each in REPORTS["alone"].not_run}
    assert (
        "1 van 29. Er zijn er minstens 5 nodig." in found["Naast gemeenten van uw grootte, en naast de twintig die het dichtst bij u staan"]
    )
    assert all("op zijn laatst op maandag 9 maart 2020" in reason for check, reason in found.items() if "Naast gemeenten" in check)
    assert "eerste halfjaar van 2019" in found["Naast uw vorige halfjaar, en of de stand aansluit"]
    full = {each.check for each in REPORTS["full"].not_run}
    assert "Naast twintig gemeenten" in full
    assert not any("vorige halfjaar" in check or "vorig jaar" in check for check in full)


def test_a_class_that_has_too_few_members_is_not_waited_for() -> None:
    large = ("0599", "0344", "0363", "0772", "0855", "0014")
    own = op_orde.OpOrdeSummary.of(other("0518", 2400))
    report = op_orde.compare(own, [stored(code, 2000) for code in large], made_again=date(2020, 3, 9))
    (reason,) = [each.reason for each in report.not_run if each.check.startswith("Hoe ver")]
    assert f"er zijn er {report.peers.count} van {report.peers.members}." in reason
    assert ("Elke dag" in reason) == (report.peers.members >= 10)


def test_the_twenty_nearest_are_near_by_proportion() -> None:
    sizes = {f"{number:04d}": number * 1000 for number in range(1, 60)}
    assert choose_nearest(20_000, sizes)[:3] == ("0020", "0021", "0019")
    assert len(choose_nearest(20_000, sizes)) == 20
    assert choose_nearest(20_000, {"0001": 40_000, "0002": 10_000}) == ("0001", "0002")
    assert choose_nearest(20_000, {}) == ()


def test_more_others_are_enough_for_more_looks() -> None:
    near = sorted(municipalities(H2))
    looks = [op_orde.looks_at("0345", H2, near[:number]) for number in (4, 5, 40, 355)]
    assert looks == sorted(looks)
    assert (looks[0], looks[1], looks[3]) == (0, 1, 4)
    assert op_orde.looks_at("0788", HalfYear(2030, 1), near) in range(5)


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
    sheet = list(book["cijfers"].iter_rows(values_only=True))
    rows = [row for table in plain["tables"] for row in table["rows"]]
    assert [(row[1], row[3]) for row in sheet[3:]] == [(row["code"], row["value"]) for row in rows]
    assert [row[5] for row in sheet[3:]] == [row["quartiles"][0] if row["quartiles"] else None for row in rows]
    assert [row[-1] for row in sheet[3:]] == [row["earlier"] for row in rows]
    front = [row[1] for row in book["samenvatting"].iter_rows(values_only=True)]
    assert {*report.attention, *(each.reason for each in report.not_run)} <= set(front)


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
