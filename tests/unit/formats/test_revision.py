"""What changed since the release before, as `CHANGES.md` and a table's own text say it; and what they may not say."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from gmsd.disclosure import SUPPRESSED, Protection
from gmsd.formats import ReleaseContent, change_list
from gmsd.formats.revision import revisions
from gmsd.formats.texts import render
from gmsd.releases.cells import changes_between
from gmsd.rounds import HalfYear
from tests.support.releases import H1, H2, TABLE, content, release_before

NEXT, LATER = HalfYear(2020, 1), HalfYear(2021, 1)
FIRST = content(H1)


def following(before: ReleaseContent, *half_years: HalfYear, every_table: bool = False) -> ReleaseContent:
    """A release after another of the one table."""
    return content(*half_years, release_id="r0002", before=before.tables[0].cells, every_table=every_table)


def sections(said: ReleaseContent) -> dict[str, list[str]]:
    """Heading -> the lines below it that are not empty."""
    text = change_list(said).decode()
    found = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {heading: [line for line in body.splitlines() if line] for heading, body in zip(found[1::2], found[2::2], strict=True)}


def test_the_first_release_adds_its_periods_and_revises_nothing() -> None:
    found = sections(FIRST)
    assert found["Toegevoegde cijfers"] == ["- 1e halfjaar 2019: voorlopig."]
    assert "Herziene cijfers" not in found
    assert found["Deelname"] == ["- 1e halfjaar 2019: 4 van de 355 gemeenten."]
    text = change_list(FIRST).decode()
    assert text.startswith("# Wijzigingen per 4 mei 2020\n")
    assert "Dit is de eerste uitgave" in text
    assert "verzonnen" in text
    assert "verzonnen" not in change_list(replace(FIRST, synthetic=False)).decode()


def test_statuses_move_on_and_what_is_new_is_told() -> None:
    found = sections(following(FIRST, H1, H2))
    assert found["Toegevoegde cijfers"] == ["- 2e halfjaar 2019: voorlopig.", "- 2019: voorlopig."]
    assert found["Herziene cijfers"] == ["- 1e halfjaar 2019: nader voorlopig (was voorlopig)."]
    assert found["Vervallen cijfers"] == ["Geen."]
    assert found["Status van de cijfers"] == ["- Voorlopig: 2e halfjaar 2019 en 2019.", "- Nader voorlopig: 1e halfjaar 2019."]
    final = sections(following(content(H1, H2), H1, H2, NEXT))
    assert "- 2019: definitief (was voorlopig)." in final["Herziene cijfers"]
    assert "- 1e halfjaar 2019: definitief (was nader voorlopig)." in final["Herziene cijfers"]


def test_a_period_of_which_only_figures_changed_is_revised_too() -> None:
    before = content(H1, H2)
    here = (pl.col("region") == "GM0363") & (pl.col("period") == H2.statline) & pl.col("value").is_not_null()
    cells = before.tables[0].cells.with_columns(value=pl.when(here).then(pl.col("value") + 5).otherwise(pl.col("value")))
    table = replace(before.tables[0], cells=cells, changes=changes_between(before.tables[0].cells, cells))
    now = replace(before, tables=(table,), before=release_before(before.tables[0].cells))
    found = sections(now)
    assert found["Herziene cijfers"] == ["- 2e halfjaar 2019: voorlopig; cijfers gewijzigd."]
    rows = [line for line in found["Aantallen gewijzigde cijfers"] if line.startswith(f"| {TABLE.table_id} | 2e")]
    assert rows == [f"| {TABLE.table_id} | 2e halfjaar 2019 | voorlopig | 0 | 6 | 0 |"]


def test_a_half_year_that_was_recalled_and_a_table_without_periods_are_told() -> None:
    every = content(H1, H2, every_table=True)
    years = next(each for each in every.tables if each.table.periods == ("years",))
    now = replace(following(content(H1, H2), H1), gone=((years.table, years.cells),))
    found = sections(now)
    said = "ingetrokken. Gebruik ook in eerdere uitgaven de cijfers over deze periode niet meer."
    assert found["Vervallen cijfers"] == [
        f"- 2e halfjaar 2019: {said}",
        f"- 2019: {said}",
        f"- Tabel {years.table.title} ({years.table.table_id}): heeft in deze uitgave geen perioden.",
    ]
    assert found["Herziene cijfers"] == ["- 1e halfjaar 2019: voorlopig (was nader voorlopig)."]


def test_tables_that_are_new_are_named_and_revise_nothing() -> None:
    found = sections(following(content(H1, H2, all_places=True), H1, H2, every_table=True))
    assert len([line for line in found["Toegevoegde cijfers"] if line.startswith("- Nieuwe tabel: ")]) == 5
    first = following(FIRST, H1, every_table=True)
    assert sections(first)["Herziene cijfers"] == ["Geen."]


def test_municipalities_that_ended_in_what_is_added_are_told_by_whom_they_were_taken_over() -> None:
    found = sections(following(FIRST, H1, LATER))["Gemeentelijke indeling"]
    assert found[1:] == [
        "- Per 1 januari 2021 zijn Appingedam, Delfzijl en Loppersum opgegaan in Eemsdelta.",
        "- Per 1 januari 2021 is Haaren verdeeld over Boxtel, Oisterwijk, Tilburg en Vught.",
    ]
    assert len(sections(following(content(H1, LATER), H1, LATER))["Gemeentelijke indeling"]) == 1
    renamed = sections(content(HalfYear(2015, 2)))["Gemeentelijke indeling"]
    assert "- Per 1 juli 2015 heet De Friese Meren (GM1921) De Fryske Marren (GM1940)." in renamed


def test_another_way_of_protecting_counting_or_grouping_is_told() -> None:
    now = following(FIRST, H1)
    assert sections(now)["Methode"] == ["Niet gewijzigd."]
    nearest = replace(now.tables[0], protection=Protection(rounding="nearest", coverage=80))
    (rounded, covered) = sections(replace(now, tables=(nearest,)))["Methode"]
    assert rounded.startswith(f"- De aantallen in {TABLE.table_id} zijn voortaan afgerond op het dichtstbijzijnde vijftal")
    assert "minder dan 80 procent" in covered
    assert now.before is not None
    versions = {"counting": "b/2", "mapping": {"2019-H1": "Y"}}
    then = {"counting": "b/1", "mapping": {"2019-H1": "X"}}
    counted = replace(now, versions=versions, before=replace(now.before, versions=then))
    assert sections(counted)["Methode"] == [
        "- De telling van cliënten en arrangementen volgt voortaan b/2 (was b/1).",
        "- Voor het eerste halfjaar van 2019 geldt indeling Y van productcategorieën in groepen (eerder X).",
    ]


def test_it_tells_nothing_that_the_figures_of_two_releases_do_not_tell() -> None:
    """Of a missing figure neither whether it is hidden nor how many are: the same cells with other reasons give the same bytes."""
    now = following(content(H1, H2, all_places=True), H1, H2, every_table=True)
    assert any(SUPPRESSED in each.cells["reason"] for each in now.tables)
    blind = tuple(
        replace(
            each, cells=each.cells.with_columns(reason=pl.when(pl.col("value").is_null()).then(pl.lit("not_delivered")).otherwise("reason"))
        )
        for each in now.tables
    )
    assert change_list(replace(now, tables=blind)) == change_list(now)
    text = change_list(now).decode()
    assert not re.search(r"GM\d{4}|geheim|ingetrokken door", text)


def test_a_tables_own_text_says_it_with_the_same_words() -> None:
    now = following(FIRST, H1, H2)
    text = render("short_description", now, now.tables[0])
    assert "- 1e halfjaar 2019: nader voorlopig (was voorlopig); 0 cijfers nieuw" in text
    assert "- 2e halfjaar 2019: toegevoegd, voorlopig; " in text
    (first, *_) = revisions(now, now.tables[0])
    assert (first.title, first.status, first.was) == ("1e halfjaar 2019", "nader voorlopig", "voorlopig")
