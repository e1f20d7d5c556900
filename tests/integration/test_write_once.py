"""What no role may change, the owner included: receipts, fingerprints of keys, and releases from their first public object on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.clock import AMSTERDAM
from gmsd.database import connect

if TYPE_CHECKING:
    from gmsd.settings import Settings

AT = dt.datetime(2019, 12, 2, 9, tzinfo=AMSTERDAM)
RELEASE = "INSERT INTO release (release_id, number, law, round, state, created_at, half_years)"
DELIVERIES = """
    INSERT INTO delivery (delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name,
        sha256, size_bytes, received_at, registered_at, state)
    SELECT id, 'wmo', '2019-H1', '0518', n, '2019-H1', 'b', 'k', id, 'f.csv', h, 1, :at, :at, s
    FROM (VALUES ('2019-H1.0518.01', 1, 'aa', 'published'), ('2019-H1.0518.02', 2, NULL, 'received')) AS made (id, n, h, s)
"""
FORM = """
    INSERT INTO form (form_id, form_number, kind, bucket, object_key, version_id, size_bytes, received_at, state)
    VALUES ('form.0001', 1, 'withdrawal', 'b', 'k', 'v', 1, :at, 'filed')
"""
REFUSED = r"never change|never delete|cannot become|permission denied|begins as proposed|has not been approved"


def run(settings: Settings, role: str, statement: str, **values: object) -> None:
    with connect(settings, role).begin() as connection:
        connection.execute(text(statement), values)


@pytest.fixture(scope="module")
def filled(settings: Settings) -> Settings:
    """A delivery, a form, and a release in each state, with cells that are missing for different reasons."""
    run(settings, "loader", DELIVERIES, at=AT)
    run(settings, "loader", FORM, at=AT)
    for number, state in enumerate(("proposed", "building", "published", "recalled"), start=1):
        release = f"r{number:04d}"
        with connect(settings, "owner").begin() as connection:
            values = {"r": release, "n": number, "at": AT}
            connection.execute(text("ALTER TABLE release DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE release_cell DISABLE TRIGGER USER"))
            connection.execute(text(f"{RELEASE} VALUES (:r, :n, 'wmo', '2019-H1', :s, :at, '[]')"), values | {"s": state})
            connection.execute(
                text(
                    "INSERT INTO release_cell SELECT :r, '83262NED', '2019HJ01', region, 'T001024', value, reason, 'WmoClienten_1'"
                    " FROM (VALUES"
                    " ('GM0363', 100, 'shown'), ('GM0518', NULL, 'suppressed'), ('GM0034', NULL, 'withdrawn')) AS c (region, value, reason)"
                ),
                values,
            )
            connection.execute(text("ALTER TABLE release ENABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE release_cell ENABLE TRIGGER USER"))
    return settings


RECEIPT = {
    "delivery_id": "'x'", "law": "'jeugd'", "half_year": "'2020-H1'", "municipality": "'0363'", "upload_number": "9", "round": "NULL",
    "bucket": "'x'",
    "object_key": "'x'", "version_id": "'x'", "file_name": "'x'", "sha256": "'bb'", "size_bytes": "2", "received_at": "now()",
    "registered_at": "registered_at + '1 s'",
}  # fmt: skip


@pytest.mark.parametrize("role", ["loader", "owner"])
@pytest.mark.parametrize("column", RECEIPT)
def test_no_column_of_a_receipt_changes(filled, role, column):
    with pytest.raises(DBAPIError, match=REFUSED):
        run(filled, role, f"UPDATE delivery SET {column} = {RECEIPT[column]} WHERE delivery_id = '2019-H1.0518.01'")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE delivery SET file_name = '' WHERE delivery_id = '2019-H1.0518.01'",
        "UPDATE delivery SET file_name = '', sha256 = NULL, deleted_at = received_at WHERE delivery_id = '2019-H1.0518.01'",
        "DELETE FROM delivery",
        "TRUNCATE delivery CASCADE",
        "UPDATE form SET received_at = received_at + '1 s'",
        "UPDATE form SET object_key = 'other'",
        "UPDATE form SET law = 'wmo', half_year = '2019-H1', municipality = '0518'",
        "DELETE FROM form",
        "TRUNCATE form CASCADE",
        "UPDATE key_fingerprint SET fingerprint = 'x'",
        "DELETE FROM key_fingerprint",
        "TRUNCATE key_fingerprint",
        "TRUNCATE release CASCADE",
        "TRUNCATE release_cell",
    ],
)
def test_not_even_the_owner_changes_a_receipt_or_a_fingerprint_or_empties_a_table(filled, statement):
    with pytest.raises(DBAPIError, match=REFUSED):
        run(filled, "owner", statement)


def test_a_name_goes_with_the_data_and_the_proof_stays(filled):
    receipt = "delivery_id = '2019-H1.0518.02'"
    run(filled, "loader", f"UPDATE delivery SET sha256 = 'bb' WHERE {receipt}")
    run(filled, "loader", f"UPDATE delivery SET file_name = '', object_key = '', deleted_at = received_at WHERE {receipt}")
    for change in ("file_name = 'f.csv'", "deleted_at = NULL", "sha256 = 'cc'"):
        with pytest.raises(DBAPIError, match=REFUSED):
            run(filled, "owner", f"UPDATE delivery SET {change} WHERE {receipt}")
    run(filled, "loader", f"UPDATE delivery SET state = 'superseded', reason = 'x' WHERE {receipt}")


@pytest.mark.parametrize("role", ["publisher", "owner"])
@pytest.mark.parametrize("release", ["r0002", "r0003", "r0004"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET document = '{}' WHERE release_id = :r",
        "UPDATE release SET account_sha256 = 'x' WHERE release_id = :r",
        "UPDATE release SET half_years = '[1]' WHERE release_id = :r",
        "UPDATE release SET created_at = created_at + '1 s' WHERE release_id = :r",
        "UPDATE release SET release_id = 'r0009' WHERE release_id = :r",
        "UPDATE release SET state = 'proposed' WHERE release_id = :r",
        "UPDATE release SET state = 'refused' WHERE release_id = :r",
        "DELETE FROM release_cell WHERE release_id = :r",
        "DELETE FROM release WHERE release_id = :r",
        "UPDATE release_cell SET value = 5 WHERE release_id = :r AND reason = 'shown'",
        "UPDATE release_cell SET release_id = 'r0001', period = 'x' WHERE release_id = :r",
        "UPDATE release_cell SET release_id = :r, period = 'x' WHERE release_id = 'r0001'",
        "INSERT INTO release_cell VALUES (:r, 't', 'p', 'GM0001', 'g', 5, 'shown', 'm')",
    ],
)
def test_what_a_release_says_never_changes_once_it_is_on_its_way_out(filled, role, release, statement):
    with pytest.raises(DBAPIError, match=REFUSED):
        run(filled, role, statement, r=release)


@pytest.mark.parametrize(
    "statement",
    [
        f"{RELEASE} VALUES ('r0009', 9, 'wmo', '2019-H1', 'published', now(), '[]')",
        "UPDATE release SET state = 'published' WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'recalled' WHERE release_id = 'r0001'",
        "UPDATE release SET published_at = created_at WHERE release_id = 'r0001'",
        "UPDATE release SET published_at = created_at WHERE release_id = 'r0003'",
        "UPDATE release SET state = 'building' WHERE release_id = 'r0003'",
        "UPDATE release SET state = 'published' WHERE release_id = 'r0004'",
    ],
)
def test_a_release_goes_one_way(filled, statement):
    with pytest.raises(DBAPIError, match=REFUSED):
        run(filled, "publisher", statement)


def test_a_published_release_can_be_recalled_and_a_proposal_replaced(filled):
    with connect(filled, "publisher").connect() as connection:
        for change in (
            "UPDATE release SET state = 'recalled' WHERE release_id = 'r0003'",
            "DELETE FROM release_cell WHERE release_id = 'r0001'",
            "UPDATE release SET document = '{}' WHERE release_id = 'r0001'",
        ):
            assert connection.execute(text(change)).rowcount
        connection.rollback()


def test_the_reader_sees_what_is_public_and_not_why_a_cell_is_missing(filled):
    with connect(filled, "reader").connect() as connection:
        assert connection.execute(text("SELECT release_id FROM published_release")).scalars().all() == ["r0003"]
        found = connection.execute(text("SELECT * FROM published_cell ORDER BY region")).mappings().all()
    assert [(row["release_id"], row["region"], row["value"]) for row in found] == [
        ("r0003", "GM0034", None),
        ("r0003", "GM0363", 100),
        ("r0003", "GM0518", None),
    ]
    hidden = [{name: value for name, value in row.items() if name != "region"} for row in found if row["value"] is None]
    assert hidden[0] == hidden[1]


@pytest.mark.parametrize("column", ["reason", "*"])
@pytest.mark.parametrize("table", ["release_cell", "release", "frozen", "delivery", "figure", "form", "round_close", "audit"])
def test_the_reader_reads_no_table(filled, table, column):
    with connect(filled, "reader").connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|does not exist"):
        connection.execute(text(f"SELECT {column} FROM {table}"))
