"""The files of a release: their shape, what they say about what is missing, and what they must not say."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import polars as pl
import pytest

from gmsd.disclosure import Protection
from gmsd.releases import Bundle, bundle
from gmsd.releases.cells import CELL, changes_between
from tests.support.releases import H1, H2, content

ACCOUNT = "0" * 64


@pytest.fixture(scope="module")
def files() -> Bundle:
    first = content(H1)
    return bundle(content(H1, H2, release_id="r0002", before=first.tables[0].cells), ACCOUNT)


def rows(files: Bundle, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[path].decode())))


def test_the_same_content_gives_the_same_bytes(files: Bundle) -> None:
    first = content(H1)
    assert bundle(content(H1, H2, release_id="r0002", before=first.tables[0].cells), ACCOUNT) == files
    assert all(b"\r" not in data for path, data in files.items() if path.endswith((".csv", ".md", ".json", ".jsonld")))


def test_the_cube_is_dense_and_numbered_row_by_row(files: Bundle) -> None:
    data = rows(files, "statline/83262NED/data.csv")
    lists = {
        name: [row["Key"] for row in rows(files, f"statline/83262NED/{name}.csv")]
        for name in ("Geslacht", "KenmerkenVanPersonen", "TypeMaatwerkarrangement", "RegioS", "Perioden")
    }
    assert lists["RegioS"][0] == "NL01  "
    assert len(data) == 6 * 356 * 3
    for number, row in enumerate(data):
        group, rest = divmod(number, 356 * 3)
        region, period = divmod(rest, 3)
        assert int(row["ID"]) == number
        assert (row["TypeMaatwerkarrangement"], row["RegioS"], row["Perioden"]) == (
            lists["TypeMaatwerkarrangement"][group],
            lists["RegioS"][region],
            lists["Perioden"][period],
        )


def test_counts_are_multiples_of_five_from_ten_or_missing(files: Bundle) -> None:
    counts = [row["WmoClienten_1"] for row in rows(files, "statline/83262NED/data.csv")]
    shown = [int(count) for count in counts if count]
    assert shown
    assert all(count >= 10 and count % 5 == 0 for count in shown)


def test_the_withdrawn_half_and_its_year_are_missing_and_the_first_half_is_not(files: Bundle) -> None:
    of_place = [row for row in rows(files, "statline/83262NED/data.csv") if row["RegioS"] == "GM0034"]
    shown = {
        period: [row["WmoClienten_1"] for row in of_place if row["Perioden"] == period] for period in ("2019HJ01", "2019HJ02", "2019JJ00")
    }
    assert all(shown["2019HJ01"])
    assert not any(shown["2019HJ02"] + shown["2019JJ00"])


def test_special_values_tell_hidden_from_unknown(files: Bundle) -> None:
    by_place = {row["geoitem"]: row for row in rows(files, "waarstaatjegemeente/gmsd_wmo_2019HJ02.csv")}
    assert len(by_place) == 355
    codes = [name for name in by_place["34"] if name not in {"period", "geolevel", "geoitem"}]
    assert len(codes) == 12
    assert all(len(code) <= 50 and code.replace("_", "").isalnum() and code == code.lower() for code in codes)
    assert {by_place["34"][code] for code in codes} == {"-99999"}
    assert {by_place["3"][code] for code in codes} == {"-99999"}
    assert {by_place["50"][code] for code in codes} == {"-99997"}
    assert {by_place["518"]["period"], by_place["518"]["geolevel"]} == {"2019HJ02", "gemeente"}
    described = {row["Indicator code"] for row in rows(files, "waarstaatjegemeente/indicatoren.csv")}
    assert described == set(codes)


def test_an_explanation_is_printed_on_one_line(files: Bundle) -> None:
    assert rows(files, "waarstaatjegemeente/toelichting.csv") == [
        {"period": "2019HJ01", "geolevel": "gemeente", "geoitem": "518", "toelichting": 'Een "nieuw" systeem; meer cliënten.'}
    ]
    assert files["waarstaatjegemeente/toelichting.csv"].count(b"\n") == 2


def test_the_document_names_every_file_and_nothing_that_undoes_the_protection(files: Bundle) -> None:
    document = json.loads(files["release.json"])
    assert set(document["files"]) == set(files) - {"release.json"}
    assert document["half_years"][0] == {
        "half_year": "2019-H1",
        "period": "2019HJ01",
        "status": "NaderVoorlopig",
        "participation": {"n": 4, "of": 355},
        "inhabitants_date": "2019-01-01",
        "inhabitants_other_dates": dict.fromkeys(
            ("GM0003", "GM0010", "GM0024", "GM0757", "GM0788", "GM0824", "GM0855", "GM0865"), "2020-01-01"
        ),
    }
    assert document["years"][0]["status"] == "Voorlopig"
    assert document["synthetic"] is True
    public = json.dumps(document)
    for word in ("suppressed", "rows_in", "WMO_", "GM0518", "withdrawn", "arn:", "dag"):
        assert word not in public


def test_the_texts_say_how_counts_are_protected(files: Bundle) -> None:
    info = rows(files, "statline/83262NED/TableInfos.csv")[0]
    text = " ".join(info["ExplanatoryText"].split())
    for said in (
        "willekeurig naar boven of naar beneden afgerond, met vaste kansen",
        "hoogstens 4 van het werkelijke aantal",
        "enkele groepen worden daar niet op aangepast",
        "1 januari 2020",
        "verzonnen",
    ):
        assert said in text
    assert "eerste uitgave" not in info["Description"]
    assert "r0001" in files["CHANGES.md"].decode()
    assert "{" not in files["CHANGES.md"].decode() + info["ExplanatoryText"]


@pytest.mark.parametrize("rounding", ["keyed", "nearest"])
@pytest.mark.parametrize("threshold", ["secret", "fixed"])
def test_every_text_describes_the_rule_that_was_set(rounding: str, threshold: str) -> None:
    protection = Protection(rounding=rounding, threshold=threshold)  # type: ignore[arg-type]
    made = bundle(content(H1, H2, protection=protection), ACCOUNT)
    info = rows(made, "statline/83262NED/TableInfos.csv")[0]
    measures = [row["Description"] for row in rows(made, "statline/83262NED/DataProperties.csv") if row["Key"] == "WmoClienten_1"]
    counts = [row["Description"] for row in rows(made, "waarstaatjegemeente/indicatoren.csv") if row["Unit"] == "aantal"]
    said = {
        "willekeurig naar boven of naar beneden afgerond, met vaste kansen": rounding == "keyed",
        "hoogstens 4 van het werkelijke aantal": rounding == "keyed",
        "afgerond op het dichtstbijzijnde vijftal": rounding == "nearest",
        "hoogstens 2 van het werkelijke aantal": rounding == "nearest",
        "Aantallen van 0 tot en met 7 zijn geheim": True,
        "en soms ook een aantal van 8 tot en met 11": threshold == "secret",
        "Het kleinste getoonde aantal is 10": True,
    }
    for text in (info["ExplanatoryText"], info["Description"], *measures, *counts):
        assert {words for words in said if words in text} == {words for words, wanted in said.items() if wanted}
    everything = "\n".join(data.decode() for path, data in made.items() if not path.endswith((".parquet", ".ods", ".xlsx")))
    only_in = {"willekeurig": "keyed", "vaste kansen": "keyed", "iets hoger zijn afgerond": "keyed", "dichtstbijzijnde vijf": "nearest"}
    for words, only in only_in.items():
        assert (words in everything) == (rounding == only), words
    assert ("soms ook" in everything) == (threshold == "secret")
    assert "{rounding}" not in everything


def test_the_default_selection_is_of_keys_that_show_a_figure() -> None:
    def selected(made: Bundle) -> list[dict[str, str]]:
        selection = rows(made, "statline/83262NED/TableInfos.csv")[0]["DefaultSelection"]
        assert selection.startswith("$filter=((Geslacht eq 'T001038')) and ")
        wanted: dict[str, set[str]] = {}
        for name, key in re.findall(r"\((\w+) eq '([^']*)'\)", selection):
            wanted.setdefault(name, set()).add(key)
        assert set(wanted) == {"Geslacht", "KenmerkenVanPersonen", "TypeMaatwerkarrangement", "RegioS", "Perioden"}
        return [row for row in rows(made, "statline/83262NED/data.csv") if all(row[name] in keys for name, keys in wanted.items())]

    national = selected(bundle(content(H1, H2, all_places=True), ACCOUNT))
    assert {(row["RegioS"], row["Perioden"]) for row in national} == {("NL01  ", "2019JJ00")}
    assert all(row["WmoClienten_1"] for row in national)
    few = selected(bundle(content(H1, H2), ACCOUNT))  # too few municipalities for a national figure
    assert len(few) == 6
    assert {(row["RegioS"], row["Perioden"]) for row in few} == {("GM0363", "2019JJ00")}
    assert any(row["WmoClienten_1"] for row in few)
    first = content(H1)
    empty = replace(first.tables[0], cells=first.tables[0].cells.with_columns(value=pl.lit(None, pl.Int64)))
    nothing = replace(first, tables=(empty,))
    assert {row["RegioS"] for row in selected(bundle(nothing, ACCOUNT))} == {"NL01  "}


def test_changes_tell_new_changed_and_gone_apart() -> None:
    def cell(period: str, shown: int | None, rate: int | None = 1) -> list[tuple[object, ...]]:
        key = (period, "GM0518", "T001024")
        return [("count", *key, shown, "shown"), ("rate", *key, rate if shown else None, "shown")]

    def cells(*found: list[tuple[object, ...]]) -> pl.DataFrame:
        return pl.DataFrame([row for each in found for row in each], schema=CELL, orient="row")

    before = cells(cell("a", 10), cell("b", 10), cell("c", 10), cell("d", None), cell("f", 10, 1))
    after = cells(cell("a", 10), cell("b", 15), cell("d", 20), cell("e", None), cell("f", 10, 2))
    found = {change.period: (change.new, change.changed, change.gone) for change in changes_between(before, after)}
    assert found == {"a": (0, 0, 0), "b": (0, 1, 0), "c": (0, 0, 1), "d": (1, 0, 0), "e": (0, 0, 0), "f": (0, 1, 0)}
