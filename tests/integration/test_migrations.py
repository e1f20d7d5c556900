"""The schema from the first release to the newest and back, with data in it, on the oldest PostgreSQL that is served and on our own."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.clock import AMSTERDAM
from gmsd.database import connect, downgrade, migrate, sql_folder
from gmsd.journal import audit, verify_chain
from tests.support.postgres import binaries_of, server
from tests.support.stack import installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gmsd.settings import Settings

FIRST = "r0001_house"
AT = dt.datetime(2020, 5, 4, 9, 30, tzinfo=AMSTERDAM)
TABLES = (
    "clock", "key_fingerprint", "delivery", "check_result", "form", "inbox_marker", "audit", "mail", "round_close", "frozen",
    "load_account", "record", "arrangement", "figure", "release", "release_cell",
)  # fmt: skip
FILLED = (
    "INSERT INTO clock VALUES (1, '2020-05-04 09:30+02')",
    "INSERT INTO key_fingerprint VALUES ('pseudonym', 'aa', '2020-01-01 00:00+01'), ('rounding', 'bb', '2020-01-01 00:00+01')",
    """INSERT INTO delivery (delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256,
    size_bytes, received_at, registered_at, state, attempt, verdict, checked_at, facultative_used)
VALUES ('2019-H1.0518.01', '2019-H1', '0518', 1, '2019-H1', 'b', 'H12019/0518/f.csv', '1', 'f.csv', 'aa', 1, now(), now(), 'superseded', 1,
        'accepted', now(), true),
    ('2019-H1.0518.02', '2019-H1', '0518', 2, '2019-H2', 'b', 'H12019/0518/f.csv', '2', 'f.csv', 'ab', 1, now(), now(), 'published', 1,
        'accepted_without_facultative', now(), false),
    ('2019-H2.0518.01', '2019-H2', '0518', 1, '2019-H2', 'b', 'H22019/0518/f.csv', '3', 'f.csv', NULL, 1, now(), now(), 'rejected', 1,
        'rejected', now(), NULL),
    ('2019-H2.0363.01', '2019-H2', '0363', 1, '2019-H2', 'b', 'H22019/0363/f.csv', '4', 'f.csv', 'ac', 1, now(), now(), 'accepted', 1,
        'accepted', now(), true),
    ('unplaced.0001', NULL, NULL, 1, NULL, 'b', 'elders', '5', 'g.csv', 'ad', 1, now(), now(), 'unplaced', NULL, NULL, NULL, NULL)""",
    """INSERT INTO check_result VALUES ('2019-H1.0518.02', '{"records": 2, "findings": []}', '{"summary": {}}', 'wmo-2020:x', now()),
    ('2019-H2.0518.01', '{"records": 0, "findings": []}', NULL, 'wmo-2020:x', now())""",
    """INSERT INTO form (form_id, form_number, kind, half_year, municipality, round, bucket, object_key, version_id, size_bytes,
    received_at, state, content)
VALUES ('form.0001', 1, 'explanation', '2019-H1', '0518', '2019-H1', 'b', 'k', '6', 1, now(), 'filed', '{"text": "uitleg"}'),
    ('form.0002', 2, 'unknown', NULL, NULL, NULL, 'b', 'k', '7', 1, now(), 'malformed', NULL)""",
    "INSERT INTO inbox_marker VALUES ('b', 'H12019/0363/weg.csv', '8', now())",
    """INSERT INTO mail (message_id, subject_id, kind, municipality, recipient, subject, body_text, body_html, queued_at, sent_at, attempts)
VALUES ('m1', '2019-H1.0518.01', 'receipt', '0518', 'a@b.invalid', 's', 't', 'h', now(), now(), 1),
    ('m2', '2019-H1.0518.02', 'receipt', '0518', 'a@b.invalid', 's', 't', 'h', now(), NULL, 2)""",
    "INSERT INTO round_close VALUES ('2019-H1', '2019-H1', now(), 1), ('2019-H2', '2019-H1', now(), 1)",
    """INSERT INTO frozen VALUES ('2019-H1', '2019-H1', '0518', 'delivered', '2019-H1.0518.01'),
    ('2019-H2', '2019-H1', '0518', 'delivered', '2019-H1.0518.02'), ('2019-H2', '2019-H1', '0363', 'withdrawn', NULL)""",
    "INSERT INTO load_account VALUES ('2019-H1', '0518', '2019-H1.0518.02', 3, 2, 1, 0, 1, 0, 2, 1, now())",
    """INSERT INTO record VALUES ('2019-H1', '0518', 2, 81, 1, '2019-01-01', '2019-02-01', 1, 11, 4, 1, 2, 19, NULL),
    ('2019-H1', '0518', 3, NULL, 2, '2019-01-01', NULL, 2, NULL, NULL, NULL, NULL, NULL, NULL)""",
    """INSERT INTO arrangement VALUES ('2019-H1', '0518', 81, 1, 1, '2019-01-01', '2019-02-01', 1),
    ('2019-H1', '0518', NULL, 2, 2, '2019-01-01', NULL, 1)""",
    """INSERT INTO figure VALUES ('83262NED', '2019HJ01', '0518', 'T001024', 12, now()),
    ('83262NED', '2019HJ01', '0518', 'A019508', 3, now())""",
    """INSERT INTO release (release_id, number, round, state, created_at, published_at, half_years, document, account_sha256)
VALUES ('r0001', 1, '2019-H1', 'published', now(), now(), '["2019-H1"]', '{"id": "r0001"}', 'ff'),
    ('r0002', 2, '2019-H2', 'proposed', now(), NULL, '["2019-H1"]', '{"id": "r0002"}', 'fe')""",
    """INSERT INTO release_cell VALUES ('r0001', '83262NED', '2019HJ01', 'GM0518', 'T001024', 10, 2, 'shown'),
    ('r0001', '83262NED', '2019HJ01', 'GM0518', 'A019508', NULL, NULL, 'suppressed'),
    ('r0001', '83262NED', '2019HJ01', 'GM0363', 'T001024', 25, NULL, 'shown'),
    ('r0002', '83262NED', '2019HJ01', 'GM0518', 'T001024', 15, 3, 'shown')""",
)  # fmt: skip

# What the schema is, whatever the order in which its parts came.
CATALOGUE = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prosrc, provolatile::text, proconfig::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "rights": """SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants WHERE table_schema = 'public'
AND table_name !~ '_h[12]$' AND table_name <> 'alembic_version'""",
    "rights on columns": """SELECT grantee, table_name, column_name, privilege_type FROM information_schema.column_privileges
WHERE table_schema = 'public' AND table_name !~ '_h[12]$'""",
    "comments": """SELECT objoid::regclass::text, objsubid > 0, description FROM pg_description
WHERE classoid = 'pg_class'::regclass AND objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)""",
}


@pytest.fixture(scope="module", params=[15, 18], ids=["PostgreSQL 15", "PostgreSQL 18"])
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Where databases can be made: Debian's version 15, and the services' own."""
    if request.param == 18:
        yield request.getfixturevalue("stack")
        return
    binaries = binaries_of(request.param)
    if binaries is None:
        pytest.skip(f"no PostgreSQL {request.param} on this machine: the package postgresql-{request.param} is not installed")
    yield from server(binaries, tmp_path_factory.mktemp("postgres"))


@pytest.fixture
def empty(servers: Any, tmp_path) -> Iterator[Settings]:
    """A database without tables."""
    yield from installation(servers, tmp_path)


def revisions() -> list[str]:
    """All of them, the oldest first."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(sql_folder() / "migrations"))
    return [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def catalogue(settings: Settings) -> dict[str, Counter[tuple[Any, ...]]]:
    with connect(settings, "owner").connect() as connection:
        return {name: Counter(tuple(row) for row in connection.exec_driver_sql(query)) for name, query in CATALOGUE.items()}


def fill(settings: Settings) -> None:
    """What an installation of the first release held after two rounds."""
    with connect(settings, "owner").begin() as connection:
        for each in FILLED:
            connection.exec_driver_sql(each)
        audit(connection, "2019-H1.0518.01", "registered", at=AT, actor="intake", details={"key": "H12019/0518/f.csv", "bytes": 1})
        audit(connection, "2019-H1.0518.01", "checked", at=AT, actor="check", reason="accepted")


def rows(settings: Settings, table: str, *without: str) -> list[dict[str, Any]]:
    with connect(settings, "owner").connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
    return sorted(({name: value for name, value in row.items() if name not in without} for row in found), key=repr)


def everything(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(settings, table) for table in TABLES}


def run(settings: Settings, role: str, *statements: str) -> None:
    with connect(settings, role).begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)


def test_each_step_down_leaves_the_schema_that_was_there_before_it(empty: Settings) -> None:
    known = revisions()
    assert known[0] == FIRST
    found = {}
    for revision in known:
        assert migrate(empty, revision) == revision
        found[revision] = catalogue(empty)
    for revision in known[-2::-1]:
        assert downgrade(empty, revision) == revision
        now = catalogue(empty)
        for part, expected in found[revision].items():
            assert (now[part] - expected, expected - now[part]) == (Counter(), Counter()), f"{part} at {revision}"
    assert migrate(empty) == known[-1]
    assert catalogue(empty) == found[known[-1]]


def test_what_the_first_release_held_survives_the_way_up_down_and_up(empty: Settings) -> None:
    migrate(empty, FIRST)
    fill(empty)
    first = everything(empty)
    newest = migrate(empty)
    up = everything(empty)
    downgrade(empty, FIRST)
    down = everything(empty)
    # The trail was written anew on the way up (names of senders became hashes), and stays so.
    assert {table: found for table, found in down.items() if table != "audit"} == {t: found for t, found in first.items() if t != "audit"}
    assert down["audit"] == up["audit"] != first["audit"]
    assert migrate(empty) == newest
    assert everything(empty) == up
    with connect(empty, "owner").connect() as connection:
        assert verify_chain(connection).whole


def test_it_can_be_worked_with_after_each_way(empty: Settings) -> None:
    """What is guarded is guarded again, and whoever may write may write again."""
    migrate(empty, FIRST)
    fill(empty)
    migrate(empty)
    downgrade(empty, FIRST)
    run(empty, "loader", "UPDATE key_fingerprint SET fingerprint = fingerprint", "UPDATE delivery SET reason = 'x'")
    run(empty, "reader", "SELECT reason FROM release_cell")
    migrate(empty)
    for role, refused in (
        ("owner", "UPDATE delivery SET sha256 = 'other' WHERE sha256 IS NOT NULL"),
        ("owner", "DELETE FROM audit"),
        ("owner", "UPDATE release_cell SET value = 1 WHERE release_id = 'r0001'"),
        ("loader", "UPDATE key_fingerprint SET fingerprint = 'x'"),
        ("reader", "SELECT reason FROM release_cell"),
    ):
        with pytest.raises(DBAPIError):
            run(empty, role, refused)


def test_what_the_first_schema_cannot_hold_is_lost_and_nothing_else(empty: Settings) -> None:
    migrate(empty, FIRST)
    fill(empty)
    newest = migrate(empty)
    before = everything(empty)
    run(
        empty,
        "owner",
        "UPDATE check_result SET lines = 'x'",
        "UPDATE mail SET last_error = 'no such user', tried_at = now() WHERE sent_at IS NULL",
        "INSERT INTO incident VALUES ('mail server', now(), now())",
        "INSERT INTO delivery_copy VALUES ('2019-H1.0518.01', 1, 'etag', now(), NULL)",
        "INSERT INTO inbox_trouble VALUES ('b', 'k', '9', now(), 'unreadable')",
        "INSERT INTO inbox_marker VALUES ('b', 'Thumbs.db', '9', now(), 'left by Windows', NULL)",
        "UPDATE load_account SET content = 'c'",
    )
    downgrade(empty, FIRST)
    migrate(empty)
    after = everything(empty)
    assert [row for row in after["inbox_marker"] if row["object_key"] == "Thumbs.db"] != []  # still noted, not what it is
    for table, without in (("check_result", ("lines",)), ("mail", ("last_error", "tried_at")), ("load_account", ("content",))):
        assert rows(empty, table, *without) == sorted(
            ({name: value for name, value in row.items() if name not in without} for row in before[table]), key=repr
        )
    with connect(empty, "owner").connect() as connection:
        for gone in ("incident", "delivery_copy", "inbox_trouble"):
            assert connection.scalar(text(f"SELECT count(*) FROM {gone}")) == 0
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            """INSERT INTO delivery (delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id,
file_name, size_bytes, received_at, registered_at, state)
VALUES ('jeugd.2019-H1.0518.01', 'jeugd', '2019-H1', '0518', 1, '2019-H1', 'b', 'k', 'v', 'f', 1, now(), now(), 'received')""",
            "cannot hold what is of jeugd",
        ),
        (
            "INSERT INTO key_rotation VALUES (1, 'aa', 'ab', now(), 'engineer', NULL)",
            "being made anew with another key: finish it first",
        ),
    ],
    ids=["another law", "a change of the key"],
)
def test_what_cannot_be_given_up_is_refused_and_nothing_is_changed(empty: Settings, statement: str, told: str) -> None:
    migrate(empty)
    run(empty, "owner", statement)
    before = catalogue(empty)
    with pytest.raises(psycopg.Error, match=told):
        downgrade(empty, FIRST)
    assert catalogue(empty) == before


def test_a_database_with_receipts_is_not_taken_down_to_nothing(empty: Settings) -> None:
    migrate(empty, FIRST)
    downgrade(empty, "base")
    migrate(empty, FIRST)
    fill(empty)
    with pytest.raises(psycopg.Error, match="holds receipts"):
        downgrade(empty, "base")


def test_two_deliveries_that_count_of_one_place_stop_the_way_up_and_are_named(empty: Settings) -> None:
    migrate(empty, FIRST)
    fill(empty)
    run(empty, "owner", "UPDATE delivery SET state = 'published' WHERE delivery_id = '2019-H1.0518.01'")
    with pytest.raises(psycopg.Error, match=r"more than one delivery counts of a place.*: wmo 2019-H1 0518"):
        migrate(empty)


def test_every_migration_has_its_way_back_and_says_what_is_lost() -> None:
    for script in sorted((sql_folder() / "migrations" / "versions").glob("r*.py")):
        assert "def downgrade() -> None:" in script.read_text(encoding="utf-8"), script.name
        back = script.with_suffix(".down.sql")
        if script.with_suffix(".sql").exists():
            assert back.read_text(encoding="utf-8").startswith("-- "), back.name


def test_the_first_release_is_filled_in_every_table(empty: Settings) -> None:
    """So that nothing is compared that is empty on both sides."""
    migrate(empty, FIRST)
    fill(empty)
    assert [table for table, found in everything(empty).items() if not found] == []
