"""What the played rounds left behind, counted and searched again by means of our own: no number is taken from the pipeline's word."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import cbsodata
import psycopg
import pytest
from psycopg import sql

from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd.tables import tables_of
from tests.support import slow_contents, slow_count
from tests.support.mails import Maildir, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = "83262NED"
MISSING = ""
NINE_DIGITS = re.compile(rb"(?<![0-9])[0-9]{9}(?![0-9])")
NEVER, WITHDREW_H1, WITHDREW_H2 = "0279", "0473", "0216"


@pytest.fixture(scope="module")
def loader(played) -> Iterator[psycopg.Connection]:
    """The warehouse, for reading what is in it."""
    url = played.home.settings.database_loader.get_secret_value().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        yield connection


@pytest.fixture(scope="module")
def truth(played, loader) -> tuple[dict[tuple[str, str, str], int], dict[tuple[str, str], int]]:
    """The slow count over the files that the manifest calls published."""
    emptied = {row[0] for row in loader.execute("SELECT delivery_id FROM delivery WHERE facultative_used IS FALSE")}
    assert emptied >= {row["delivery"] for row in played.in_force if row["expected_verdict"] == "accepted_without_facultative"}
    in_force = {
        (row["half_year"], row["municipality"]): slow_count.read(played.home.demo / row["file"], facultative=row["delivery"] not in emptied)
        for row in played.in_force
    }
    return slow_count.count(in_force)


@pytest.fixture(scope="module")
def cells(played) -> dict[tuple[str, str, str], tuple[str, str]]:
    """The second release's StatLine file: (period, region, group) -> count and rate as text, '' = missing."""
    text = (played.releases / "r0002" / "statline" / TABLE / "data.csv").read_text(encoding="utf-8")
    return {
        (row["Perioden"].strip(), row["RegioS"].strip(), row["TypeMaatwerkarrangement"].strip()): (
            row["WmoClienten_1"],
            row["WmoClientenPer1000Inwoners_2"],
        )
        for row in csv.DictReader(io.StringIO(text))
    }


def test_deliveries_end_as_the_story_says(played, loader):
    expected = {row["delivery"]: row["expected_state"] for row in played.home.manifest}
    found = dict(loader.execute("SELECT delivery_id, state FROM delivery").fetchall())
    assert found == expected


def test_warehouse_counts_as_plain_python_does(truth, loader):
    clients, _ = truth
    query = "SELECT period, municipality, content, value FROM figure WHERE content = ANY (%s)"
    found = {(period, place, group): number for period, place, group, number in loader.execute(query, [list(slow_count.GROUPS)])}
    assert len(clients) > 450
    assert found == clients


@pytest.fixture(scope="module")
def every_content(played, loader) -> dict[tuple[str, str, str], int]:
    """(period, municipality, content) -> count, by the slow count of everything that the tables show."""
    emptied = {row[0] for row in loader.execute("SELECT delivery_id FROM delivery WHERE facultative_used IS FALSE")}
    halves: defaultdict[str, dict[int, list[slow_contents.Line]]] = defaultdict(dict)
    for row in played.in_force:
        lines = slow_count.read(played.home.demo / row["file"], facultative=row["delivery"] not in emptied)
        halves[row["municipality"]][int(row["half_year"][-1])] = [slow_contents.Line.of(line) for line in lines]
    return {
        (period, place, content): value
        for place, of_place in halves.items()
        for period, found in slow_contents.everything(of_place, 2019).items()
        for content, value in found.items()
    }


def test_every_content_is_counted_as_plain_python_does(every_content, loader):
    """Groups, categories, arrangements per client, stock and flows, of half-years and years."""
    rows = loader.execute("SELECT period, municipality, content, value FROM figure")
    assert {(period, place, content): value for period, place, content, value in rows} == every_content


def test_every_published_count_is_within_the_protection(every_content, played):
    """All tables of the second release, cell by cell: at most four from the slow count, a multiple of five, never one that is secret."""
    shown = 0
    for table in tables_of("wmo"):
        dimensions = {table.dimension(kind).key: kind for kind in ("groups", "regions", "periods")}
        keys = {kind: key for key, kind in dimensions.items()}
        text = (played.releases / "r0002" / "statline" / table.table_id / "data.csv").read_text(encoding="utf-8")
        groups = {group.code: group for group in table.groups(HalfYear(2019, 2))}
        for row in csv.DictReader(io.StringIO(text)):
            for measure in table.counts:
                group = groups[row[keys["groups"]].strip()]
                place = row[keys["regions"]].strip().removeprefix("GM")
                true = every_content.get((row[keys["periods"]].strip(), place, table.content(measure, group).name))
                if row[measure.key] == MISSING or place == "NL01":
                    continue
                shown += 1
                value = int(row[measure.key])
                assert true is not None, (table.table_id, row)
                assert (abs(value - true) <= 4, value % 5, value >= 10, true >= 8) == (True, 0, True, True), (table.table_id, row, true)
    assert shown > 3_000


def test_arrangements_and_rows_add_up(played, truth, loader):
    _, arrangements = truth
    query = "SELECT half_year, municipality, arrangements, rows_in FROM load_account"
    rows = loader.execute(query).fetchall()
    assert {(half, place): number for half, place, number, _ in rows} == arrangements
    lines = {(row["half_year"], row["municipality"]): len(slow_count.read(played.home.demo / row["file"])) for row in played.in_force}
    assert {(half, place): number for half, place, _, number in rows} == lines


def test_published_counts_are_within_four_of_the_truth(truth, cells):
    clients, _ = truth
    shown = 0
    for (period, place, group), true in clients.items():
        count, rate = cells[period, f"GM{place}", group]
        if count == MISSING:
            assert rate == MISSING
            assert true < 13 or cells[period, f"GM{place}", "T001024"][0] == MISSING, (period, place, group)
            continue
        shown += 1
        assert int(count) % 5 == 0
        assert int(count) >= 10
        if group == "A048188":
            assert int(count) <= int(cells[period, f"GM{place}", "T001024"][0])
        assert abs(int(count) - true) <= 4, (period, place, group)
    assert shown >= 400


def test_what_was_not_counted_is_missing(truth, cells):
    clients, _ = truth
    for (period, region, group), pair in cells.items():
        if region != "NL01" and (period, region.removeprefix("GM"), group) not in clients:
            assert pair == (MISSING, MISSING), (period, region, group)
    for group in slow_count.GROUPS:
        assert cells["2019HJ02", f"GM{WITHDREW_H2}", group] == (MISSING, MISSING)
        assert cells["2019JJ00", f"GM{WITHDREW_H2}", group] == (MISSING, MISSING)
        assert cells["2019HJ01", f"GM{WITHDREW_H1}", group] == (MISSING, MISSING)
    assert cells["2019HJ01", f"GM{WITHDREW_H2}", "T001024"][0] != MISSING


def test_nation_is_the_sum_of_what_is_shown_or_missing_by_its_rule(cells):
    """Thirty municipalities hold far less than 75 % of all inhabitants."""
    for (period, region, group), (count, rate) in cells.items():
        if region != "NL01":
            continue
        if count == MISSING:
            assert rate == MISSING
        else:
            shown = [int(pair[0]) for (p, r, g), pair in cells.items() if (p, g) == (period, group) and r != "NL01" and pair[0]]
            assert int(count) == sum(shown)
    assert all(pair == (MISSING, MISSING) for (_, region, _), pair in cells.items() if region == "NL01")


def test_second_release_revises_the_first(played, cells):
    first = (played.releases / "r0001" / "statline" / TABLE / "Perioden.csv").read_text(encoding="utf-8")
    second = (played.releases / "r0002" / "statline" / TABLE / "Perioden.csv").read_text(encoding="utf-8")
    statuses = {row["Key"].strip(): row["Status"] for row in csv.DictReader(io.StringIO(second))}
    assert [row["Key"].strip() for row in csv.DictReader(io.StringIO(first))] == ["2019HJ01"]
    assert statuses == {"2019HJ01": "NaderVoorlopig", "2019HJ02": "Voorlopig", "2019JJ00": "Voorlopig"}
    assert "synthe" in (played.releases / "r0002" / "release.json").read_text(encoding="utf-8")


def swing(played, period: str) -> dict[int, dict[str, str]]:
    text = (played.releases / "r0002" / "waarstaatjegemeente" / f"gmsd_wmo_{period}.csv").read_text(encoding="utf-8")
    return {int(row["geoitem"]): row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize(
    ("period", "municipality"),
    [("2019HJ02", WITHDREW_H2), ("2019JJ00", WITHDREW_H2), ("2019HJ01", WITHDREW_H1), ("2019JJ00", WITHDREW_H1), ("2019HJ01", NEVER)],
)
def test_waarstaatjegemeente_says_unknown_for_withdrawn_and_not_delivered(played, period, municipality):
    row = swing(played, period)[int(municipality)]
    values = {value for column, value in row.items() if column not in {"period", "geolevel", "geoitem"}}
    assert values == {"-99999"}


def test_waarstaatjegemeente_hides_what_is_suppressed(played):
    """Of who delivered, an indicator is hidden where StatLine shows nothing in the same cell, and nowhere else; in every table."""
    found = swing(played, "2019HJ01")
    delivered = {code for code, row in found.items() if "-99999" not in row.values()}
    hidden = 0
    for table in tables_of("wmo"):
        groups, places, times = (table.dimension(kind).key for kind in ("groups", "regions", "periods"))
        text = (played.releases / "r0002" / "statline" / table.table_id / "data.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            code = row[places].strip().removeprefix("GM")
            if row[times].strip() != "2019HJ01" or not code.isdigit() or int(code) not in delivered:
                continue
            for each in table.indicators:
                indicator = each.codes.get(row[groups].strip())
                if indicator is not None:
                    value = found[int(code)][indicator]
                    hidden += value == "-99997"
                    assert value == (row[each.measure] if row[each.measure] != MISSING else "-99997"), (table.table_id, row, indicator)
    assert len(delivered) > 20
    assert hidden >= 2


def test_cbsodata_reads_the_release_in_force(played, cells, monkeypatch):
    monkeypatch.setattr(cbsodata.options, "use_https", False)
    monkeypatch.setattr(cbsodata.options, "requests", {"proxies": {"http": "", "https": ""}})
    command = [sys.executable, "-m", "gmsd.cli", "serve"]
    with subprocess.Popen(command, env=played.home.environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = (re.search(r"catalog_url ([\d.]+:\d+)", line) for line in server.stdout)  # another may have the usual port: it says so first
        found = next(filter(None, said), None)
        assert found
        try:
            data = cbsodata.get_data(TABLE, catalog_url=found[1])
            info = cbsodata.get_info(TABLE, catalog_url=found[1])
        finally:
            server.terminate()
    assert info["Identifier"] == TABLE
    assert len(data) == len(cells)
    shown = [row["WmoClienten_1"] for row in data if row["RegioS"] != "Nederland" and row["WmoClienten_1"] is not None]
    assert sorted(shown) == sorted(int(count) for (_, region, _), (count, _) in cells.items() if region != "NL01" and count)


def test_coordinator_is_told_what_counts(played):
    maildir = Maildir(played.home.var / "mail")
    per_place = Counter(str(mail["To"]) for mail in maildir.mails())
    for row in played.home.manifest:
        if row["municipality"]:
            assert per_place[f"wmo-{row['municipality']}@gemeente.invalid"] >= 1, row
    ids = [str(mail["Message-ID"]) for mail in maildir.mails()]
    assert len(ids) == len(set(ids))
    withdrawn = " ".join(text_of(mail) for mail in maildir.mails(f"wmo-{WITHDREW_H2}@"))
    assert "ingetrokken" in withdrawn or "intrek" in withdrawn
    # who never delivers hears from the calendar only; who has something accepted is not reminded
    never = [str(mail["Subject"]) for mail in maildir.mails(f"wmo-{NEVER}@")]
    said = ("u kunt leveren", "werkdagen om te leveren", "gesloten", "gepubliceerd")
    assert [sum(words in subject for subject in never) for words in said] == [2, 4, 2, 2]
    assert len(never) == 10


@pytest.fixture(scope="module")
def numbers(played) -> frozenset[bytes]:
    """Every BSN in the generated files, but for the one that is nobody's."""
    found = set()
    for path in (played.home.demo / row["file"] for row in played.home.manifest):
        if path.suffix.lower() in {".csv", ".txt", ".xlsx"}:
            found |= set(NINE_DIGITS.findall(path.read_bytes().replace(b"\x00", b"")))
    found = {number for number in found if number.startswith(b"9")} - {slow_count.NOBODY.encode()}
    assert len(found) > 50_000
    return frozenset(found)


def leaks(data: bytes, numbers: frozenset[bytes]) -> int:
    return len(numbers.intersection(NINE_DIGITS.findall(data)))


def files_outside_the_demo(var: Path) -> Iterator[Path]:
    for path in var.rglob("*"):
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(var / "demo"):
            yield path


def test_no_bsn_in_any_file_and_raw_objects_are_encrypted(played, numbers):
    found = {}
    for path in files_outside_the_demo(played.home.var):
        data = path.read_bytes()
        if number := leaks(data, numbers):
            found[str(path)] = number
        if path.suffix == ".data":
            assert b"Gemeentecode" not in data
    assert found == {}


@pytest.mark.parametrize("database", ["gmsd", "airflow"])
def test_no_bsn_in_a_dump_of_the_database(played, numbers, database):
    address = played.home.admin.removesuffix("/postgres") + f"/{database}"
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    with psycopg.connect(address) as connection:
        names = [name for (name,) in connection.execute(tables)]
        assert names
        for name in names:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
                tail = b""
                for block in copy:
                    assert leaks(tail + bytes(block), numbers) == 0, name
                    tail = bytes(block)[-9:]


def test_no_bsn_in_anything_the_pipeline_wrote_to_the_store(played, numbers):
    import polars as pl

    settings = played.home.settings
    store = get_store(settings)
    for bucket in (settings.bucket_outbox, settings.bucket_publication, settings.bucket_accounts):
        for key in store.keys(bucket):
            data = store.get(bucket, key)
            parts = [data]
            if key.endswith((".xlsx", ".ods")):
                with zipfile.ZipFile(io.BytesIO(data)) as book:
                    parts = [book.read(name) for name in book.namelist()]
            assert sum(leaks(part, numbers) for part in parts) == 0, key
    staged = list(store.keys(settings.bucket_staging))
    assert staged
    for key in staged:
        frame = pl.read_parquet(store.get(settings.bucket_staging, key))
        assert frame.schema["person"] == pl.Int64
        assert frame["person"].is_between(100_000_000, 999_999_999).sum() == 0, key
