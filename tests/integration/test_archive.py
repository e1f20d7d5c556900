"""An archive on real services: every line of its manifest becomes a checked delivery, once, and nobody is mailed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gmsd.archive import MANIFEST, ManifestFaulty, import_archive, manifest_text, read_manifest
from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.deliveries import LEFT, compare_copies, get, listing, pending
from gmsd.intake import register_inbox, staged_records
from gmsd.journal import Context, verify_chain
from gmsd.overview import round_overview, rounds_with_deliveries
from gmsd.rounds import HalfYear
from gmsd.warehouse import NotYetTime, close_preview, close_round, load_half_year
from gmsd_airflow.bursts import _sizes
from tests.integration.test_intake import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.mails import Maildir

RIGHT, WRONG = "999900006", "999900007"


def content(municipality: str, *, bsn: str = RIGHT, rows: int = 2) -> bytes:
    line = f"20160120;{municipality};{bsn};01;20140101;;1;;;;;;"
    return "\n".join([HEAD, *[line.replace(";01;", f";0{row + 1};") for row in range(rows)], ""]).encode()


def row(folder: Path, municipality: str, data: bytes, **more: str) -> dict[str, str | int]:
    half_year = more.get("half_year", "2015-H2")
    code = f"H{half_year[-1]}{half_year[:4]}"
    name = f"{code}/{municipality}/WMO_{code}_{more.pop('name', 'x')}.csv"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    told = {
        "law": "wmo", "half_year": half_year, "municipality": municipality, "round": "2015-H2", "received_on": "2016-02-01", "file": name,
        "sha256": hashlib.sha256(data).hexdigest(), "records": data.count(b"\n") - 1, "consent": "given",
    }  # fmt: skip
    return told | more


def archive(folder: Path, *rows: dict[str, str | int]) -> Path:
    (folder / MANIFEST).write_text(manifest_text(rows), encoding="utf-8")
    return folder


def taken(context: Context, folder: Path, **more):
    manifest = read_manifest(folder, context.calendar, context.clock.now().date())
    return import_archive(context, manifest, actor="engineer", **more)


def states(context: Context, **which) -> dict[str, str]:
    with context.engine.connect() as connection:
        return {each.delivery_id: each.state for each in listing(connection, **which)}


def count(context: Context, table: str) -> int:
    with context.engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")))  # a name of this test


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM))
    return Context.open(settings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("archive")
    return archive(
        at,
        row(at, "0518", content("0518")),
        row(at, "0518", content("0518", rows=3), name="beter", received_on="2016-03-01"),
        row(at, "0363", content("0363"), half_year="2015-H1"),
        row(at, "1921", content("1921"), half_year="2015-H1"),
        row(at, "0344", content("0344", bsn=WRONG)),
        row(at, "0599", content("0599"), consent="withheld"),
        row(at, "0772", content("0772", rows=4), records="5"),
    )


class Killed(Exception):
    pass


def test_an_import_that_is_killed_after_any_line_is_finished_by_the_next(context: Context, folder: Path):
    """What the first left stays; other bytes that stand under a number without a receipt are put aside, not lost."""
    private = context.settings.bucket_deliveries
    context.store.put(private, "2015-H2.0518.01", b"of a registration that was killed")
    for after in (1, 2, 4):

        def kill(done: int, _of: int, after: int = after) -> None:
            if done == after:
                raise Killed

        with pytest.raises(Killed):
            taken(context, folder, progress=kill)
        assert len(states(context)) == after
    done = taken(context, folder)
    assert (done.lines, done.withheld, done.before, done.new) == (7, 1, 4, 2)
    left = list(context.store.keys(private, f"{LEFT}2015-H2.0518.01/"))
    assert [context.store.get(private, key) for key in left] == [b"of a registration that was killed"]


def test_every_line_is_a_delivery_with_receipt_state_and_audit(context: Context, folder: Path):
    assert states(context) == {
        "2015-H1.0363.01": "accepted",
        "2015-H1.1921.01": "accepted",
        "2015-H2.0344.01": "rejected",
        "2015-H2.0518.01": "superseded",
        "2015-H2.0518.02": "accepted",
        "2015-H2.0772.01": "accepted",
    }
    with context.engine.connect() as connection:
        found = get(connection, "2015-H2.0518.02")
        events = connection.execute(text("SELECT event, actor FROM audit WHERE subject = '2015-H2.0518.02' ORDER BY sequence")).all()
        assert verify_chain(connection).whole
    assert (str(found.round), found.received_at.astimezone(AMSTERDAM).date(), found.verdict) == (
        "2015-H2",
        dt.date(2016, 3, 1),
        "accepted",
    )
    assert events[0] == ("taken in", "engineer")
    assert {event for event, _ in events} == {"taken in", "checked", "state"}
    assert staged_records(context, found).height == 3


def test_doing_it_again_changes_nothing_and_gives_the_same_account(context: Context, folder: Path, gmsd):
    before = {table: count(context, table) for table in ("delivery", "audit", "check_result", "mail")}
    answer = gmsd("archive", "import", str(folder), "--json")
    assert (answer.returncode, answer.stderr) == (1, "")
    told = json.loads(answer.stdout)
    assert {name: told[name] for name in ("lines", "withheld", "new", "before", "counting", "replaced", "refused", "gone", "records")} == {
        "lines": 7, "withheld": 1, "new": 0, "before": 6, "counting": 4, "replaced": 1, "refused": 1, "gone": 0, "records": 13
    }  # fmt: skip
    assert told["half_years"] == {"2015-H1": 2, "2015-H2": 4}
    assert [(each["line"], each["delivery_id"]) for each in told["troubles"]] == [(6, "2015-H2.0344.01"), (8, "2015-H2.0772.01")]
    assert "holds 4 records, the manifest says 5" in told["troubles"][1]["what"]
    assert {table: count(context, table) for table in before} == before


def test_nobody_is_mailed_and_intake_leaves_it_alone(context: Context, maildir: Maildir):
    register_inbox(context)
    assert count(context, "mail") == 0
    with context.engine.connect() as connection:
        assert pending(connection) == []
    assert compare_copies(context).missing == ()


def test_a_burst_leaves_alone_what_an_import_has_not_checked_yet(context: Context):
    """Taken along, it would be reported on, and its coordinator mailed."""
    change = text("UPDATE delivery SET state = :state WHERE delivery_id = '2015-H2.0344.01'")
    with connect(context.settings, "owner").begin() as connection:
        connection.execute(change, {"state": "received"})
    try:
        with context.engine.connect() as connection:
            assert pending(connection) == []
        assert _sizes(context, [], waiting=True) == {}
    finally:
        with connect(context.settings, "owner").begin() as connection:
            connection.execute(change, {"state": "rejected"})


def test_a_round_of_today_does_not_wait_for_an_archive_but_the_next_of_then_does(context: Context):
    with pytest.raises(NotYetTime, match="closes at 2020-03-23"):
        close_preview(context, "2019-H2")
    assert close_preview(context, "2019-H1")["empty"]
    assert close_preview(context, "2015-H2")["accepted"] == 4


def test_the_overview_tells_it_on_its_days_of_receipt(context: Context):
    known, half_year = context.calendar.round("2015-H2"), HalfYear(2015, 2)
    with context.engine.connect() as connection:
        assert rounds_with_deliveries(connection) == {"2015-H2"}
        found = round_overview(connection, context.settings, context.calendar, known, half_year, context.clock.now())
    by_day = {each.day.isoformat(): each.counts for each in found.totals}
    assert [by_day[day]["accepted"] for day in ("2016-01-31", "2016-02-01", "2016-03-01")] == [0, 2, 2]
    assert [by_day[day]["rejected"] for day in ("2016-01-31", "2016-02-01")] == [0, 1]
    assert {row.place.municipality: row.state for row in found.rows if row.standing} == {
        "0344": "rejected", "0518": "accepted", "0772": "accepted"
    }  # fmt: skip


def test_its_rounds_are_closed_and_loaded_like_any_other_and_take_no_more(context: Context, folder: Path):
    closed = close_round(context, "2015-H2")
    assert closed["2015-H1"] == {"delivered": 2, "not_delivered": 391}
    assert closed["2015-H2"] == {"delivered": 2, "not_delivered": 391}
    account = load_half_year(context, "2015-H2")
    assert (account["municipalities"], account["rows_in"], account["replaced"]) == (2, 7, 2)
    assert load_half_year(context, "2015-H2")["unchanged"] == 2
    assert taken(context, folder).new == 0
    later = archive(folder, row(folder, "0518", content("0518", rows=1), name="later", received_on="2016-03-20"))
    with pytest.raises(ManifestFaulty, match=r"manifest.csv line 2: round 2015-H2 has been closed for 2015-H2"):
        taken(context, later)


def test_bytes_that_are_lost_are_told_and_not_looked_for_in_a_bucket(context: Context):
    context.store.delete(context.settings.bucket_deliveries, "2015-H2.0344.01")
    assert compare_copies(context).missing == ("2015-H2.0344.01",)


def test_a_manifest_that_is_wrong_takes_nothing_in(context: Context, tmp_path: Path, gmsd):
    before = count(context, "delivery")
    archive(tmp_path, row(tmp_path, "0518", content("0518"), half_year="2016-H1", round="2016-H1", received_on="2016-09-01", records="x"))
    answer = gmsd("archive", "import", str(tmp_path))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "gmsd: manifest.csv line 2: records 'x' is no number of records\n"
    assert count(context, "delivery") == before
    absent = gmsd("archive", "import", str(tmp_path / "absent"))
    assert (absent.returncode, absent.stderr.count("\n")) == (2, 1)
