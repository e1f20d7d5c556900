"""The migration that makes the law a column: what was there is of the Wmo, what forgets the law fails, and rounds are compared by time."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.database import connect, migrate, sql_folder
from gmsd.deliveries import get
from gmsd.installation import prepare
from gmsd.rounds import HalfYear, Place
from tests.support.stack import installation

BEFORE = "r0008_approval"
FILLED = (
    """INSERT INTO delivery (delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256,
    size_bytes, received_at, registered_at, state)
VALUES ('2019-H1.0518.01', '2019-H1', '0518', 1, '2019-H1', 'b', 'k', '1', 'f.csv', 'aa', 1, now(), now(), 'loaded'),
    ('unplaced.0001', NULL, NULL, 1, NULL, 'b', 'elders', '2', 'g.csv', 'bb', 1, now(), now(), 'unplaced')""",
    """INSERT INTO form (form_id, form_number, kind, half_year, municipality, round, bucket, object_key, version_id, size_bytes,
    received_at, state, content)
VALUES ('form.0001', 1, 'explanation', '2019-H1', '0518', '2019-H1', 'b', 'k', '3', 1, now(), 'filed', '{"text": "x"}'),
    ('form.0002', 2, 'unknown', NULL, NULL, NULL, 'b', 'k', '4', 1, now(), 'malformed', NULL)""",
    "INSERT INTO round_close VALUES ('2019-H1', '2019-H1', now(), 1)",
    "INSERT INTO frozen VALUES ('2019-H1', '2019-H1', '0518', 'delivered', '2019-H1.0518.01')",
    "INSERT INTO load_account VALUES ('2019-H1', '0518', '2019-H1.0518.01', 1, 1, 0, 0, 0, 0, 1, 1, now())",
    """INSERT INTO record (half_year, municipality, line, product_category, start_date, delivery_form)
VALUES ('2019-H1', '0518', 2, 1, '2019-01-01', 1)""",
    """INSERT INTO arrangement (half_year, municipality, product_category, start_date, delivery_form, records)
VALUES ('2019-H1', '0518', 1, '2019-01-01', 1, 1)""",
)
TABLES = ("delivery", "form", "round_close", "frozen", "load_account", "record", "arrangement")


@pytest.fixture(scope="module")
def upgraded(stack, tmp_path_factory):
    """An installation that had data before the law was a column; what its rows said then."""
    for settings in installation(stack, tmp_path_factory.mktemp("keys")):
        migrate(settings, BEFORE)
        with connect(settings, "loader").begin() as connection:
            for each in FILLED:
                connection.exec_driver_sql(each)
        before = {table: rows_of(settings, table) for table in TABLES}
        prepare(settings)
        yield settings, before


def rows_of(settings, table: str) -> list[dict[str, object]]:
    with connect(settings, "loader").connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
    return sorted((dict(row) for row in found), key=repr)


def run(settings, role: str, sql: str) -> None:
    with connect(settings, role).begin() as connection:
        connection.exec_driver_sql(sql)


def test_what_was_there_is_of_the_wmo_and_says_what_it_said(upgraded):
    settings, before = upgraded
    for table, rows in before.items():
        after = rows_of(settings, table)
        if table == "form":
            # an explanation was printed as soon as it came in; what was printed is approved by a later step
            after = [{**row, "state": "filed"} if row["state"] == "approved" else row for row in after]
        assert [{name: row[name] for name in before} for row, before in zip(after, rows, strict=True)] == rows
        assert [row["law"] for row in after] == [None if row.get("half_year") is None else "wmo" for row in rows]
    with connect(settings, "loader").connect() as connection:
        assert get(connection, "2019-H1.0518.01").placed == (Place.parse("2019-H1.0518"), HalfYear(2019, 1))
        assert get(connection, "unplaced.0001").place is None


@pytest.mark.parametrize("forgetting", FILLED)
def test_what_forgets_the_law_fails(upgraded, forgetting):
    settings, _ = upgraded
    with pytest.raises(DBAPIError, match=r"null value in column \"law\"|constraint \"(delivery|form)_place\""):
        run(settings, "loader", forgetting)


@pytest.mark.parametrize("table", TABLES)
def test_no_default_is_left(upgraded, table):
    settings, _ = upgraded
    query = "SELECT column_default FROM information_schema.columns WHERE table_name = :table AND column_name = 'law'"
    with connect(settings, "owner").connect() as connection:
        assert connection.execute(text(query), {"table": table}).all() == [(None,)]


@pytest.mark.parametrize(
    "refused",
    [
        "UPDATE delivery SET law = 'jeugd' WHERE half_year IS NOT NULL",
        "UPDATE form SET law = 'jeugd' WHERE half_year IS NOT NULL",
        "UPDATE form SET municipality = '0363' WHERE half_year IS NOT NULL",
    ],
)
@pytest.mark.parametrize("role", ["loader", "owner"])
def test_the_law_of_a_receipt_never_changes(upgraded, role, refused):
    with pytest.raises(DBAPIError, match="never change"):
        run(upgraded[0], role, refused)


@pytest.mark.parametrize("wrong", ["jeugd.2019-H2", "2019HJ02", "H22019", "2019-H3", "2019-H2 ", "02019-H2", "999-H1", "2019-H2\n", ""])
def test_what_is_no_half_year_has_no_place_in_time_and_no_row(upgraded, wrong):
    settings, _ = upgraded
    with connect(settings, "loader").begin() as connection, pytest.raises(DBAPIError, match="not a half-year"):
        connection.execute(text("SELECT half_year_order(:wrong)"), {"wrong": wrong})
    with connect(settings, "loader").begin() as connection, pytest.raises(DBAPIError, match="not a half-year"):
        connection.execute(text("INSERT INTO round_close VALUES (:wrong, '2019-H1', now(), 0, 'wmo')"), {"wrong": wrong})


def test_half_years_stand_in_the_order_of_time(upgraded):
    with connect(upgraded[0], "loader").connect() as connection:
        made = [f"{year:04d}-H{half}" for year in (1, 999, 2015, 2019, 9999) for half in (1, 2)]
        order = [connection.scalar(text("SELECT half_year_order(:half)"), {"half": half}) for half in made]
        assert connection.scalar(text("SELECT half_year_order(NULL)")) is None
    assert order == sorted(set(order))


ASKED = {"law": "wmo", "half_year": "2019-H1", "round": "2019-H2", "takes": ["2019-H1", "2019-H2"], "now": True, "release": ""}
ASKED |= {"half_years": ["2019-H1"], "release_id": "r0001"}
COMPARING = {
    "warehouse/newest_close": "round_close",
    "warehouse/in_force": "round_close",
    "warehouse/earlier_open": "delivery",
    "warehouse/earlier": "frozen",
    "figures/not_loaded": "frozen",
    "figures/participation": "frozen",
    "releases/inputs": "frozen",
    "releases/explanations": "form",
    "releases/withdrawn_since": "frozen",
    "releases/newest_closed_round": "round_close",
}


@pytest.mark.parametrize("name", COMPARING)
def test_a_round_that_would_sort_wrongly_as_text_cannot_slip_through(upgraded, name):
    """`zzz.2019-H1` is after every half-year as text: even where it stands in a table, no statement takes it for the newest."""
    settings, _ = upgraded
    wrong = "zzz.2019-H1"
    with connect(settings, "owner").connect() as connection:
        connection.execute(text("ALTER TABLE round_close DROP CONSTRAINT round_close_half_year"))
        connection.execute(text("ALTER TABLE delivery DROP CONSTRAINT delivery_half_year"))
        connection.execute(text("ALTER TABLE form DROP CONSTRAINT form_half_year"))
        connection.execute(text("ALTER TABLE delivery DISABLE TRIGGER USER"))
        connection.execute(text("INSERT INTO round_close VALUES (:wrong, '2019-H1', now(), 1, 'wmo')"), {"wrong": wrong})
        connection.execute(text("INSERT INTO frozen VALUES (:wrong, '2019-H1', '0518', 'withdrawn', NULL, 'wmo')"), {"wrong": wrong})
        connection.execute(text("UPDATE delivery SET round = :wrong, state = 'accepted' WHERE law IS NOT NULL"), {"wrong": wrong})
        connection.execute(text("UPDATE form SET round = :wrong WHERE law IS NOT NULL"), {"wrong": wrong})
        sql = (sql_folder() / f"{name}.sql").read_text(encoding="utf-8").replace("%(", ":").replace(")s", "")
        assert COMPARING[name] in sql
        with pytest.raises(DBAPIError, match=r"not a half-year: zzz\.2019-H1"):
            connection.execute(text(sql), {key: value for key, value in ASKED.items() if f":{key}" in sql}).all()
        connection.rollback()


def test_no_other_statement_orders_rounds():
    """Whoever compares or sorts rounds does it by time; the statements that do are those above."""
    found = set()
    for path in sorted(sql_folder().rglob("*.sql")):
        if "migrations" in path.parts:
            continue
        sql = " ".join(path.read_text(encoding="utf-8").split())
        name = path.relative_to(sql_folder()).with_suffix("").as_posix()
        assert "max(round)" not in sql, name
        assert "min(round)" not in sql, name
        assert "round <" not in sql, name
        assert "round DESC" not in sql, name
        if "half_year_order(" in sql:
            found.add(name)
    assert found == set(COMPARING)
