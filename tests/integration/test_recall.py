"""Releases built again byte for byte, one half-year recalled and put back, two releases compared, a cell traced to its inputs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.database import connect, statement
from gmsd.journal import Context
from gmsd.releases import compare_releases, get_document, get_release, lift_recall, recall_half_year, trace_cell, verify_release
from gmsd.releases.recall import RecallError
from gmsd.releases.trace import NoCellError
from gmsd.rounds import WMO, HalfYear
from tests.support.published import close_and_count, deliver, file_of, publish

if TYPE_CHECKING:
    from collections.abc import Callable

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Two rounds of three municipalities, one of which delivered its first half-year again; a release of each."""
    context = Context.open(settings)
    sizes = {"0518": 120, "0363": 70, "0034": 9}
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, size) for code, size in sizes.items()})
    close_and_count(context, clock, "2019-H1")
    assert publish(context, "first") == "r0001"
    second = {("H22019", code): file_of("H22019", code, size, skipped=10, numbered=code == "0363") for code, size in sizes.items()}
    deliver(context, clock, "2019-H2", {**second, ("H12019", "0518"): file_of("H12019", "0518", 131)})
    close_and_count(context, clock, "2019-H2")
    assert publish(context, "second") == "r0002"
    return context


def files(context: Context, release_id: str) -> dict[str, bytes]:
    return get_release(context.store, context.settings.bucket_publication, release_id)


def deletions(release: dict[str, bytes]) -> dict[str, set[str]]:
    """Table -> the periods of which a release tells users of SDMX to delete cells; it tells them to change nothing else."""
    found = {path.removeprefix("sdmx/changes/"): data for path, data in release.items() if path.startswith("sdmx/changes/")}
    assert {path.rpartition("-")[2] for path in found} == {"delete.csv"}
    rows = {path.partition("-")[0]: list(csv.DictReader(io.StringIO(data.decode()))) for path, data in found.items()}
    assert {row["ACTION"] for table in rows.values() for row in table} == {"D"}
    return {table: {row["TIME_PERIOD"] for row in read} for table, read in rows.items()}


def compared(context: Context, before: str, after: str) -> list[dict[str, Any]]:
    with connect(context.settings, "publisher").connect() as connection:
        return compare_releases(connection, before, after).summary.to_dicts()


@pytest.mark.parametrize(("period", "tables"), [("2019HJ01", {"83262NED", "86050NED"}), ("2019JJ00", {"83262NED", "86050NED", "GMSDMA01"})])
def test_a_count_that_stays_missing_is_held_in_the_tables_that_show_it_in_such_periods(
    context: Context, period: str, tables: set[str]
) -> None:
    """The total without stay is in the building block too, which has years only."""
    repair = {"law": WMO, "period": period, "municipality": "0363", "content": "A048188", "since": "r0002"}
    with connect(context.settings, "publisher").connect() as connection:
        before = {
            (row["table_id"], row["period"]): row["held"] for row in compare_releases(connection, "r0001", "r0002").summary.to_dicts()
        }
        connection.execute(statement("releases/keep_repair"), repair)
        after = {(row["table_id"], row["period"]): row["held"] for row in compare_releases(connection, "r0001", "r0002").summary.to_dicts()}
        connection.rollback()
    more = {key: held - before.get(key, 0) for key, held in after.items() if held != before.get(key, 0)}
    assert more == {(table, period): 1 for table in tables}


@pytest.mark.parametrize("release_id", ["r0001", "r0002"])
def test_a_release_is_built_again_from_what_counted_then(context: Context, release_id: str) -> None:
    """The warehouse holds another first half-year by now; the deliveries of the first release are found all the same."""
    with connect(context.settings, "publisher").connect() as connection:
        found = verify_release(context, connection, release_id)
    assert (found.differing, found.gone) == ((), ())
    assert found.files == len(files(context, release_id))


def test_a_release_built_with_another_key_comes_out_otherwise(context: Context, tmp_path) -> None:
    """The keys are part of what is frozen: an installation that lost them sees it."""
    (tmp_path / "other.key").write_text("5a" * 32)
    other = replace(context, settings=context.settings.model_copy(update={"rounding_key_file": tmp_path / "other.key"}))
    with connect(context.settings, "publisher").connect() as connection:
        found = verify_release(other, connection, "r0001")
    assert "release.json" in found.differing
    assert [path for path in found.differing if path.startswith("statline/") and path.endswith("/data.csv")]


def test_a_trace_leads_from_a_cell_to_its_deliveries(context: Context) -> None:
    with connect(context.settings, "publisher").connect() as connection:
        found = trace_cell(connection, "83262NED", "0518", "2019", true_values=True)
        assert (found.release_id, found.region, found.period, found.group) == ("r0002", "GM0518", "2019JJ00", "T001024")
        assert [(row["half_year"], row["delivery_id"]) for row in found.deliveries] == [
            ("2019-H1", "2019-H1.0518.02"),
            ("2019-H2", "2019-H2.0518.01"),
        ]
        assert found.true_values == {"T001024": 131}
        shown = {row["measure"]: row["value"] for row in found.values}
        assert abs(shown["WmoClienten_1"] - 131) <= 4
        assert trace_cell(connection, "83268NED", "GM0034", "2019-H1").content == ("in|T001024", "out|T001024", "stand|T001024")
        assert trace_cell(connection, "83262NED", "0518", "2019HJ01").true_values is None
        with pytest.raises(NoCellError, match="groups are T001024"):
            trace_cell(connection, "83262NED", "0518", "2019HJ01", "A999999")
        with pytest.raises(NoCellError, match="no period 2018"):
            trace_cell(connection, "83262NED", "0518", "2018")
    with connect(context.settings, "reader").connect() as connection, pytest.raises(DBAPIError):
        trace_cell(connection, "83262NED", "0518", "2019HJ01", true_values=True)


def test_one_half_year_is_recalled_and_put_back_and_nothing_else_changes(context: Context) -> None:
    at = context.clock.now()
    publisher = connect(context.settings, "publisher")
    with publisher.begin() as connection:
        with pytest.raises(RecallError, match="reason"):
            recall_half_year(connection, WMO, H1, reason=" ", by="engineer", at=at)
        with pytest.raises(RecallError, match="does not show 2020-H1"):
            recall_half_year(connection, WMO, HalfYear(2020, 1), reason="x", by="engineer", at=at)
        with pytest.raises(RecallError, match="not recalled"):
            lift_recall(connection, WMO, H1, by="engineer", at=at)
        recall_half_year(connection, WMO, H1, reason="too early end dates", by="engineer", at=at)
        with pytest.raises(RecallError, match="recalled already"):
            recall_half_year(connection, WMO, H1, reason="again", by="engineer", at=at)
    assert publish(context, "recall") == "r0003"
    document = get_document(context.store, context.settings.bucket_publication, "r0003")
    assert [(half["half_year"], half["status"]) for half in document["half_years"]] == [("2019-H2", "Voorlopig")]
    assert document["years"] == []
    summary = compared(context, "r0002", "r0003")
    assert {row["period"] for row in summary} == {"2019HJ01", "2019JJ00"}
    assert all(row["new"] == row["changed"] == 0 and row["gone"] for row in summary)
    assert b"too early" not in b"".join(files(context, "r0003").values()), "the reason stays inside"
    assert deletions(files(context, "r0003")) == {
        **{key: {"2019-S1", "2019"} for key in ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDNL01")},
        "GMSDMA01": {"2019"},
    }
    with publisher.connect() as connection:
        assert verify_release(context, connection, "r0003").is_equal
        assert verify_release(context, connection, "r0002").is_equal, "what was public is still built as it was"

    with publisher.begin() as connection:
        lift_recall(connection, WMO, H1, by="engineer", at=at)
    assert publish(context, "again") == "r0004"
    assert compared(context, "r0002", "r0004") == []
    back = compared(context, "r0003", "r0004")
    assert {row["period"] for row in back} == {"2019HJ01", "2019JJ00"}
    assert all(row["changed"] == row["gone"] == 0 for row in back)
    before, after = files(context, "r0002"), files(context, "r0004")
    for table in ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01", "GMSDNL01"):
        assert before[f"statline/{table}/data.csv"] == after[f"statline/{table}/data.csv"]


def test_the_recall_of_the_second_half_gives_the_first_its_earlier_status_back(context: Context) -> None:
    at = context.clock.now()
    with connect(context.settings, "publisher").begin() as connection:
        recall_half_year(connection, WMO, H2, reason="wrong mapping", by="engineer", at=at)
    assert publish(context, "second half") == "r0005"
    document = get_document(context.store, context.settings.bucket_publication, "r0005")
    assert [(half["half_year"], half["status"]) for half in document["half_years"]] == [("2019-H1", "Voorlopig")]
    with connect(context.settings, "publisher").begin() as connection:
        lift_recall(connection, WMO, H2, by="engineer", at=at)


def test_who_recalled_and_why_stands_in_the_trail(context: Context) -> None:
    with connect(context.settings, "publisher").connect() as connection:
        rows = connection.execute(
            text("SELECT event, actor, reason FROM audit WHERE subject = 'half-year 2019-H1' ORDER BY sequence")
        ).all()
    assert [tuple(row) for row in rows if row.event.startswith("recall")] == [
        ("recalled", "engineer", "too early end dates"),
        ("recall lifted", "engineer", ""),
    ]


def test_the_commands(context: Context, gmsd: Callable[..., Any]) -> None:
    told = gmsd("releases", "diff", "r0003", "r0004", "--json")
    assert told.returncode == 0, told.stderr
    assert {row["table_id"] for row in json.loads(told.stdout)["summary"]} == {"83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01"}
    assert "r0004 shows what r0002 shows." in gmsd("releases", "diff", "r0002", "r0004").stdout
    explained = json.loads(gmsd("releases", "explain", "83262NED", "GM0518", "2019HJ02", "--release", "r0004", "--json").stdout)
    assert "true_values" not in explained
    assert json.loads(gmsd("releases", "explain", "83262NED", "GM0518", "2019HJ01", "--true-value", "--json").stdout)["true_values"] == {
        "T001024": 131
    }
    verified = gmsd("releases", "verify", "r0001")
    assert (verified.returncode, "files are equal, byte for byte" in verified.stdout) == (0, True)
    assert gmsd("releases", "verify", "r0099").returncode == 1
    assert gmsd("releases", "recall", "2019-H1").returncode == 2
    recalled = gmsd("releases", "recall", "2019-H1", "--reason", "a try")
    assert (recalled.returncode, "r0006" in recalled.stdout) == (0, True)
    assert gmsd("releases", "recall", "2019-H1", "--lift").returncode == 0


def test_a_release_whose_data_was_deleted_is_said_to_be_so(context: Context) -> None:
    """A withdrawal after publication takes the data away; what is public stays, and cannot be built again."""
    for bucket, key in (
        (context.settings.bucket_staging, "2019-H1.0034.01.parquet"),
        (context.settings.bucket_deliveries, "2019-H1.0034.01"),
    ):
        context.store.delete(bucket, key)
    with connect(context.settings, "publisher").connect() as connection:
        found = verify_release(context, connection, "r0002")
    assert (found.gone, found.is_equal) == (("2019-H1.0034.01",), False)
