"""The migration that takes names of senders out of an audit trail which cannot be changed: what it changes, says and refuses."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.clock import AMSTERDAM
from gmsd.database import connect, migrate
from gmsd.installation import prepare
from gmsd.journal import Entry, audit_many, head_of_trail, hidden, verify_chain
from tests.support.stack import installation

BEFORE = "r0006_private_copies"
AT = dt.datetime(2020, 2, 10, 9, 0, 0, 123456, tzinfo=AMSTERDAM)
NAME, PERSON = "WMO_H22019_mevrouw_Jansen.csv", "999900006"
KEYS = {
    "2019-H2.0518.01": f"H22019/0518/{NAME}",
    "2019-H2.0518.02": f"H22019/0518/WMO_H22019_{PERSON}.csv",
    "unplaced.0001": "van Jansen/é.txt",
}
MASKED = "H22019/0518/WMO_H22019_*********.csv"


@pytest.fixture
def old(stack, tmp_path):
    """An installation as the release before it left it: keys in the trail, plain hashes of erased ones, a row that names nobody."""
    for settings in installation(stack, tmp_path):
        migrate(settings, BEFORE)
        with connect(settings, "loader").begin() as connection:
            for delivery_id, key in KEYS.items():
                connection.execute(
                    text(
                        "INSERT INTO delivery (delivery_id, upload_number, bucket, object_key, version_id, file_name, sha256, size_bytes,"
                        " received_at, registered_at, state) VALUES (:id, 1, 'inbox', :key, '1', 'x', 'x', 1, :at, :at, 'unplaced')"
                    ),
                    {"id": delivery_id, "key": key, "at": AT},
                )
            connection.execute(
                text("INSERT INTO inbox_marker VALUES ('inbox', :key, '2', :at, 'delete marker')"),
                {"key": KEYS["2019-H2.0518.02"], "at": AT},
            )
            written = {**KEYS, "2019-H2.0518.02": MASKED}
            audit_many(connection, [Entry("round 2019-H2", "opened", AT, "engineer", details={"n": [1, {"é": "x"}]})])
            audit_many(
                connection,
                [
                    Entry(each, "registered", AT, "intake", to_state="received", details={"key": key, "bytes": 1})
                    for each, key in written.items()
                ],
            )
            audit_many(connection, [Entry("inbox", "delete marker", AT, "intake", MASKED)])
            sha256 = hashlib.sha256(KEYS["2019-H2.0518.01"].encode()).hexdigest()
            audit_many(
                connection, [Entry("2019-H2.0518.01", "erased", AT, "gmsd_intake", details={"form": "form.0001", "key_sha256": sha256})]
            )
        yield settings


def rows_of(settings) -> list[dict]:
    with connect(settings, "loader").connect() as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM audit ORDER BY sequence")).mappings()]


def test_names_become_keyed_hashes_and_a_last_row_says_what_happened_to_the_chain(old):
    before = rows_of(old)
    prepare(old)
    after = rows_of(old)
    with connect(old, "loader").connect() as connection:
        assert verify_chain(connection).whole
        assert head_of_trail(connection).sequence == len(before) + 1
    assert "Jansen" not in json.dumps(after, default=str)
    assert "key_sha256" not in json.dumps(after, default=str)
    assert PERSON not in json.dumps(after, default=str)
    assert after[0] == before[0]
    key = old.key("reference")
    told = {row["subject"]: row["details"] for row in after if row["event"] == "registered"}
    assert told == {each: {"bytes": 1, "key_hash": hidden(key, name)} for each, name in KEYS.items()}
    marker, erased, last = after[4:]
    assert (marker["reason"], marker["details"]) == ("", {"key_hash": hidden(key, KEYS["2019-H2.0518.02"])})
    assert erased["details"] == {"form": "form.0001", "key_hash": hidden(key, KEYS["2019-H2.0518.01"])}
    assert (last["subject"], last["event"], last["actor"]) == ("audit", "written anew", "r0007_hidden_names")
    assert last["details"] == {"rows": 6, "changed": 5, "first_changed": 2, "previous_head": before[-1]["hash"]}
    untouched = ("sequence", "at", "subject", "event", "from_state", "to_state", "actor")
    assert [[row[name] for name in untouched] for row in after[:-1]] == [[row[name] for name in untouched] for row in before]
    assert prepare(old)["schema"] != BEFORE  # again: nothing is left to do
    assert rows_of(old) == after
    with connect(old, "owner").connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("DELETE FROM audit"))


def test_the_file_of_the_table_holds_no_name_any_more(old, stack):
    def on_disk() -> bytes:
        with connect(old, "owner").connect() as connection:
            connection.commit()
            return Path(folder, connection.scalar(text("SELECT pg_relation_filepath('audit')"))).read_bytes()

    if not stack.admin:
        pytest.fail("the folder of PostgreSQL is asked for, which needs an account that may: GMSD_TEST_ADMIN")
    import psycopg

    with psycopg.connect(stack.admin, autocommit=True) as admin:
        folder = admin.execute("SHOW data_directory").fetchone()[0]
        admin.execute("CHECKPOINT")
        assert NAME.encode() in on_disk()
        prepare(old)
        admin.execute("CHECKPOINT")
    assert NAME.encode() not in on_disk()


def test_a_broken_chain_is_not_made_to_fit(old):
    with connect(old, "owner").begin() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE sequence = 3"))
        connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))
    before = rows_of(old)
    with pytest.raises(Exception, match="broken at row 3"):
        migrate(old)
    assert rows_of(old) == before
    with connect(old, "owner").connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == BEFORE


def test_another_reference_key_is_refused(old):
    with connect(old, "loader").begin() as connection:
        connection.execute(text("INSERT INTO key_fingerprint VALUES ('reference', 'another', now())"))
    before = rows_of(old)
    with pytest.raises(Exception, match=r"reference\.key"):
        migrate(old)
    assert rows_of(old) == before


def test_an_empty_trail_stays_empty_and_needs_no_key(stack, tmp_path):
    for settings in installation(stack, tmp_path):
        (tmp_path / "reference.key").unlink()
        migrate(settings)
        assert rows_of(settings) == []
