"""The load: a place at a time, whole or not at all, nothing that is there already, and every row held against its account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd import warehouse
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context, head_of_trail
from gmsd.warehouse import RowsLost, close_round, load_half_year
from tests.integration.test_rounds import file_of, moment, rows_of, upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from gmsd.database import Rows

PLACES = ("0344", "0363", "0518", "0599")
ROWS = {
    "record": "SELECT municipality, line, person, unknown_person, start_date, end_date, unit FROM record ORDER BY 1, 2",
    "arrangement": "SELECT municipality, person, unknown_person, product_category, start_date, end_date, records FROM arrangement"
    " ORDER BY 1, 4, 5, 2",
}  # fmt: skip
WRITTEN = "SELECT tableoid, ctid, xmin::text FROM {} ORDER BY 1, 2"


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Four places of a closed half-year, each loaded once."""
    clock.move(moment(2019, 9, 10, 9))
    context = Context.open(settings)
    for municipality in PLACES:
        upload(context, "H12019", municipality, file_of(municipality, numbers=municipality == "0518"))
    for delivery_id in register_inbox(context).new_deliveries:
        assert check_delivery(context, delivery_id).state == "accepted"
    clock.move(moment(2019, 10, 21))
    close_round(context, "2019-H1")
    return context


def loaded(context: Context) -> dict[str, list[tuple]]:
    return {table: rows_of(context, query) for table, query in ROWS.items()}


def written(context: Context) -> dict[str, list[tuple]]:
    """Where every row lies, and the transaction that wrote it."""
    return {table: rows_of(context, WRITTEN.format(table)) for table in ("record", "arrangement", "load_account", "delivery", "audit")}


def change(context: Context, statement: str) -> None:
    with context.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("killed", PLACES)
@pytest.mark.parametrize("table", ["record", "arrangement"])
def test_a_load_that_is_killed_leaves_whole_places_and_goes_on(context: Context, monkeypatch, killed: str, table: str) -> None:
    """Each place has two copies: records and arrangements. Killed at any of them, what is there of the other places is whole."""
    whole = warehouse.load.copy_rows

    def copy(connection: Connection, name: str, rows: Rows) -> int:
        if name == table and killed.encode() in rows.text.partition(b"\n")[0]:
            raise KeyboardInterrupt
        return whole(connection, name, rows)

    change(context, "DELETE FROM record")
    change(context, "DELETE FROM arrangement")
    change(context, "DELETE FROM load_account")
    with monkeypatch.context() as patched:
        patched.setattr(warehouse.load, "copy_rows", copy)
        with pytest.raises(KeyboardInterrupt):
            load_half_year(context, "2019-H1")
    held = rows_of(context, "SELECT municipality FROM load_account ORDER BY 1")
    assert (killed,) not in held
    assert set(PLACES[: PLACES.index(killed)]) <= {municipality for (municipality,) in held}
    for each in ROWS:
        assert rows_of(context, f"SELECT DISTINCT municipality FROM {each} ORDER BY 1") == held
    done = load_half_year(context, "2019-H1")
    assert (done["replaced"], done["unchanged"]) == (4 - len(held), len(held))
    assert (done["municipalities"], done["rows_in"], done["rows_used"], done["rows_unknown_person"]) == (4, 20, 16, 4)
    assert loaded(context) == loaded_once(context)


_once: dict[int, dict[str, list[tuple]]] = {}


def loaded_once(context: Context) -> dict[str, list[tuple]]:
    """What the first load that was not disturbed gave."""
    return _once.setdefault(id(context), loaded(context))


def test_a_second_load_of_the_same_writes_nothing_and_says_so(context: Context) -> None:
    first = load_half_year(context, "2019-H1")
    before = written(context)
    told: list[tuple[int, int]] = []
    again = load_half_year(context, "2019-H1", progress=lambda done, of: told.append((done, of)))
    assert written(context) == before
    assert told == [(4, 4)]
    assert (again["replaced"], again["unchanged"], again["removed"]) == (0, 4, 0)
    sums = {"half_year", "round", "municipalities", "rows_in", "rows_used", "arrangements"}
    assert {name: again[name] for name in sums} == {name: first[name] for name in sums}


def _another_key(context: Context) -> None:
    change(context, "UPDATE load_account SET content = 'made with another key' WHERE municipality = '0363'")


def _lost_row(context: Context) -> None:
    change(context, "DELETE FROM record WHERE municipality = '0363' AND line = 2")


def _doubled_row(context: Context) -> None:
    change(context, "INSERT INTO arrangement SELECT * FROM arrangement WHERE municipality = '0363' LIMIT 1")


def _other_records(context: Context) -> None:
    staging, key = context.settings.bucket_staging, "2019-H1.0363.01.parquet"
    context.store.delete(staging, key)


@pytest.mark.parametrize("differs", [_another_key, _lost_row, _doubled_row, _other_records])
def test_a_place_that_differs_is_replaced_and_no_other(context: Context, differs: Callable[[Context], None]) -> None:
    load_half_year(context, "2019-H1")
    before, rows = written(context), loaded(context)
    differs(context)
    done = load_half_year(context, "2019-H1")
    assert (done["replaced"], done["unchanged"]) == (1, 3)
    assert loaded(context) == rows
    others = "SELECT tableoid, ctid, xmin::text FROM record WHERE municipality <> '0363' ORDER BY 1, 2"
    assert set(rows_of(context, others)) < set(before["record"])


def test_another_rule_of_joining_is_another_content(context: Context, monkeypatch) -> None:
    load_half_year(context, "2019-H1")
    monkeypatch.setattr(warehouse.load, "_code", lambda: "another rule")
    assert load_half_year(context, "2019-H1")["replaced"] == 4


def test_rows_that_do_not_arrive_are_missed(context: Context, monkeypatch) -> None:
    """A table that takes a row and does not keep it: the account is held against what is there."""
    load_half_year(context, "2019-H1")
    monkeypatch.setattr(warehouse.load, "_code", lambda: "yet another rule")
    whole = warehouse.load.copy_rows

    def swallowing(connection: Any, table: str, rows: Any) -> int:
        count = whole(connection, table, rows)
        if table == "record" and b",0344\n" in rows.text:
            connection.exec_driver_sql("DELETE FROM record WHERE municipality = '0344' AND line = 2")
        return count

    monkeypatch.setattr(warehouse.load, "copy_rows", swallowing)
    with pytest.raises(RowsLost, match=r"2019-H1: .* of 0344 \(1 in all\)"):
        load_half_year(context, "2019-H1")


@pytest.mark.parametrize("table", ["record", "arrangement"])
@pytest.mark.parametrize(("person", "mark"), [("NULL", "false"), ("12", "true"), ("NULL", "DEFAULT")])
def test_nobody_without_the_mark_of_nobody_and_no_pseudonym_with_it(context: Context, table: str, person: str, mark: str) -> None:
    more = "line" if table == "record" else "records"
    values = f"('wmo', '2019-H1', '0518', {person}, {mark}, 1, '2019-01-01', 1, 1)"
    columns = f"(law, half_year, municipality, person, unknown_person, product_category, start_date, delivery_form, {more})"
    with pytest.raises(DBAPIError, match=f"{table}_person"), context.engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO {table} {columns} VALUES {values}")


def test_who_was_delivered_as_999999999_bears_the_mark(context: Context) -> None:
    load_half_year(context, "2019-H1")
    for table in ROWS:
        found = rows_of(
            context, f"SELECT municipality, count(*) FROM {table} WHERE unknown_person AND person IS NULL GROUP BY 1 ORDER BY 1"
        )
        assert found == [(municipality, 1) for municipality in PLACES]
        assert rows_of(context, f"SELECT count(*) FROM {table} WHERE person IS NULL") == [(4,)]


def test_nothing_of_a_load_stands_in_the_trail_when_it_wrote_nothing(context: Context) -> None:
    load_half_year(context, "2019-H1")
    with context.engine.connect() as connection:
        before = head_of_trail(connection)
    load_half_year(context, "2019-H1")
    with context.engine.connect() as connection:
        assert head_of_trail(connection) == before


def test_a_load_that_was_killed_before_it_told_the_trail_tells_it_the_next_time(context: Context, monkeypatch) -> None:
    told = "SELECT count(*) FROM audit WHERE event = 'loaded'"
    load_half_year(context, "2019-H1")
    [(before,)] = rows_of(context, told)
    change(context, "DELETE FROM load_account WHERE municipality = '0363'")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    context.clock.move(moment(2019, 10, 22))  # type: ignore[attr-defined]
    with monkeypatch.context() as patched:
        patched.setattr(warehouse.load._Load, "_account", killed)
        with pytest.raises(KeyboardInterrupt):
            load_half_year(context, "2019-H1")
    assert rows_of(context, told) == [(before,)]
    assert load_half_year(context, "2019-H1")["replaced"] == 0
    assert load_half_year(context, "2019-H1")["replaced"] == 0
    assert rows_of(context, told) == [(before + 1,)]
