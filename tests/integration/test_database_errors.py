"""What an error of the database tells in a log: enough to act on, and nothing that a row held."""

from __future__ import annotations

import io
import logging
import pickle
import traceback

import polars as pl
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.database import connect, copy_frame, read_frame, statement
from gmsd.database_errors import values_kept_out

BSN = "999990019"


MADE = """
CREATE TABLE limits (name text PRIMARY KEY, number integer NOT NULL CHECK (number < 100), day date, parent text REFERENCES limits,
 short varchar(4));;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.short = 'no' THEN RAISE EXCEPTION 'append-only' USING DETAIL = NEW.name; END IF; RETURN NEW; END $$;;
CREATE TRIGGER refuse BEFORE INSERT ON limits FOR EACH ROW EXECUTE FUNCTION refuse()
"""


@pytest.fixture(scope="module")
def tables(settings):
    """A table with every kind of limit, beside the warehouse's own."""
    with connect(settings, "owner").begin() as connection:
        for made in MADE.split(";;"):
            connection.execute(text(made))
        connection.execute(text("INSERT INTO limits (name, number) VALUES (:bsn, 1)"), {"bsn": BSN})


def insert(connection, **values):
    names = ", ".join(values)
    connection.execute(text(f"INSERT INTO limits ({names}) VALUES ({', '.join(':' + name for name in values)})"), values)


def copy(connection, **values):
    copy_frame(connection, "limits", pl.DataFrame({name: [value] for name, value in values.items()}))


def cast(connection, **values):
    connection.execute(text("SELECT CAST(CAST(:value AS text) AS integer)"), values)


def read(connection, **values):
    read_frame(connection, "figures/read", {"x": pl.String}, **values)


def raw(connection, **values):
    with values_kept_out():
        connection.connection.driver_connection.execute("INSERT INTO limits (name, number) VALUES (%(name)s, %(number)s)", values)


def many(connection, **values):
    connection.execute(text("INSERT INTO limits (name, number) VALUES (:name, :number)"), [values, values])


# what is done, with what, the SQLSTATE that must stay, and a word that the engineer acts on
CASES = {
    "key twice": (insert, {"name": BSN, "number": 1}, "23505", "limits_pkey"),
    "key twice, by COPY": (copy, {"name": BSN, "number": 1}, "23505", "limits_pkey"),
    "key twice, of many": (many, {"name": BSN, "number": 1}, "23505", "limits_pkey"),
    "key twice, raw": (raw, {"name": BSN, "number": 1}, "23505", "limits_pkey"),
    "check": (insert, {"name": "x", "number": int(BSN)}, "23514", "limits_number_check"),
    "check, by COPY": (copy, {"name": BSN, "number": 1000}, "23514", "limits_number_check"),
    "null": (insert, {"name": BSN, "number": None}, "23502", "number"),
    "no parent": (insert, {"name": "x", "number": 1, "parent": BSN + "1"}, "23503", "limits_parent_fkey"),
    "trigger": (insert, {"name": BSN + "2", "number": 1, "short": "no"}, "P0001", "append-only"),
    "too long": (insert, {"name": "x", "number": 1, "short": BSN}, "22001", "varying(4)"),
    "too long, by COPY": (copy, {"name": "x", "number": 1, "short": BSN}, "22001", "line 1"),
    "no number, by COPY": (copy, {"name": "x", "number": f"a{BSN}"}, "22P02", "column number"),
    "no day, by COPY": (copy, {"name": "x", "number": 1, "day": BSN}, "22", "column day"),
    "too great, by COPY": (copy, {"name": "x", "number": BSN + BSN}, "22003", "column number"),
    "no number": (cast, {"value": f"a{BSN}"}, "22P02", "InvalidTextRepresentation"),
    "too great": (cast, {"value": BSN + BSN}, "22003", "NumericValueOutOfRange"),
    "NUL in a text": (insert, {"name": BSN + "\0", "number": 1}, None, "NUL"),
    "half a character": (insert, {"name": BSN + "\ud800", "number": 1}, None, "surrogates"),
    "no such type": (insert, {"name": {BSN: object()}, "number": 1}, None, "ProgrammingError"),
    "query, by COPY": (read, {"release_id": BSN}, None, ""),
}


def everything(error: BaseException) -> str:
    """What anybody who prints, logs, stores or pickles an exception gets to see, its causes included."""
    stream = io.StringIO()
    logger = logging.getLogger("gmsd.told")
    logger.handlers = [logging.StreamHandler(stream)]
    logger.error("failed: %s", error, exc_info=error)
    told = [stream.getvalue(), "".join(traceback.format_exception(error))]
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None:
            continue
        told += [str(each), repr(each), repr(each.args), repr(each.__dict__), str(getattr(each, "params", ""))]
        if isinstance(each, psycopg.Error):
            told += [repr({name: getattr(each.diag, name) for name in dir(each.diag) if not name.startswith("_")}), repr(each.pgresult)]
            told.append(repr(pickle.dumps(each)))
        waiting += [each.__cause__, each.__context__]
    return "\n".join(told)


@pytest.mark.parametrize("name", CASES)
def test_an_error_holds_no_value_and_says_what_to_look_at(settings, tables, name):
    attempt, values, state, word = CASES[name]
    with connect(settings, "owner").connect() as connection, pytest.raises(Exception) as caught:  # noqa: PT011 - of several libraries
        attempt(connection, **values)
    told = everything(caught.value)
    assert BSN not in told
    assert word in str(caught.value)
    original = getattr(caught.value, "orig", caught.value)
    if state:
        assert original.sqlstate.startswith(state)
        assert f"SQLSTATE {state}" in str(caught.value)
    if name.startswith(("key twice", "check")):
        assert original.diag.constraint_name == word


def test_statement_stays_and_its_parameters_do_not(settings, tables):
    with connect(settings, "owner").connect() as connection, pytest.raises(DBAPIError) as caught:
        insert(connection, name=BSN, number=1)
    assert "INSERT INTO limits" in str(caught.value)
    assert "parameters" not in str(caught.value).replace("SQL parameters hidden", "")


def test_a_name_twice_in_the_register_is_told_without_the_name(settings):
    """A statement of the project's own, on a table that holds file names."""
    values = {
        "bucket": "b",
        "object_key": f"H22019/0518/WMO_{BSN}.csv",
        "version_id": "v",
        "at": None,
        "what": BSN,
        "current_version": None,
    }
    with connect(settings, "loader").connect() as connection, pytest.raises(DBAPIError) as caught:
        connection.execute(statement("deliveries/note_marker"), values)
    assert BSN not in everything(caught.value)


def test_server_logs_no_value_either(settings, tables, stack):
    """PostgreSQL's own log, in the folder of the embedded services, after all of the above."""
    if stack.state is None:
        pytest.skip("the database under test is not the embedded one: its log is its owner's")
    log = stack.state / "log" / "postgres.log"
    for attempt, values, _, _ in CASES.values():
        with connect(settings, "owner").connect() as connection, pytest.raises(Exception):  # noqa: B017, PT011 - of several libraries
            attempt(connection, **values)
    with connect(settings, "owner").connect() as connection:
        assert connection.scalar(text("SHOW log_error_verbosity")) == "terse"
    found = log.read_text(errors="replace")
    assert "database system is ready" in found, "nothing at all is logged: the test would prove nothing"
    assert BSN not in found
    assert "limits" not in found
