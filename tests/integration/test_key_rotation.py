"""`gmsd keys rotate`: every pseudonym made anew from the raw files, broken off anywhere and gone on with, and figures that stay."""

from __future__ import annotations

import io
import secrets
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.checking import pseudonymise, read_records_of
from gmsd.deliveries import delivered_bytes, get, listing
from gmsd.figures import NotLoadedError, compute
from gmsd.installation import KeyBeingRotated, KeyChanged, check_key, fingerprint, prepare
from gmsd.intake import check_delivery, register_inbox, staged_records
from gmsd.journal import Context, share_loading, trail
from gmsd.rounds import WMO, HalfYear
from gmsd.warehouse import LoadRuns, NotAllThere, close_round, load_half_year, rotate_pseudonym_key, rotation, sweep_staging
from tests.integration.test_rounds import file_of, moment, rows_of, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
PLACES = ("0344", "0363", "0518")
FIGURES = "SELECT law, period, municipality, content, value FROM figure ORDER BY 1, 2, 3, 4"
# Everything of a row but whose it is; persons are compared by who is the same.
PLAIN = "SELECT half_year, municipality, unknown_person, product_category, start_date, end_date FROM {} ORDER BY 1, 2, 4, 5, 6, 3"
PERSONS = "SELECT half_year, municipality, line, person FROM record ORDER BY 1, 2, 3"


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Two rounds: a half-year of which one place was delivered again, and a second one, loaded and counted; and one that is not closed."""
    clock.move(moment(2019, 9, 10, 9))
    context = Context.open(settings)
    for municipality in PLACES:
        upload(context, "H12019", municipality, file_of(municipality, numbers=municipality == "0518"))
    upload(context, "H12019", "0599", b"nothing of a file\n")
    check_all(context)
    clock.move(moment(2019, 10, 21))
    close_round(context, "2019-H1")
    load_half_year(context, "2019-H1")
    clock.move(moment(2020, 2, 10, 9))
    upload(context, "H12019", "0363", file_of("0363", numbers=True))
    for municipality in PLACES[:2]:
        upload(context, "H22019", municipality, file_of(municipality))
    check_all(context)
    clock.move(moment(2020, 3, 23))
    close_round(context, "2019-H2")
    for half_year in ("2019-H1", "2019-H2"):
        load_half_year(context, half_year)
    count(context)
    return context


def check_all(context: Context) -> None:
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(context, delivery_id)


def count(context: Context) -> None:
    with context.engine.begin() as connection:
        compute(connection, WMO, H2, context.clock.now())


def noted(context: Context) -> str:
    return str(rows_of(context, "SELECT fingerprint FROM key_fingerprint WHERE name = 'pseudonym'")[0][0])


def at_hand(context: Context) -> str:
    return fingerprint("pseudonym", context.settings.key("pseudonym"))


def files(context: Context) -> list[str]:
    path = context.settings.pseudonym_key_file
    return sorted(each.name for each in path.parent.glob(f"{path.name}*"))


def assert_of_one_key(context: Context) -> None:
    """Every record that is staged, and every row, is the raw file under the key at hand, and all that tells of a key says that one."""
    key = context.settings.key("pseudonym")
    with context.engine.connect() as connection:
        kept = [each for each in listing(connection) if each.verdict in ("accepted", "accepted_without_facultative")]
    assert len(kept) == 6
    for delivery in kept:
        place = delivery.placed[0]
        expected = pseudonymise(read_records_of(delivered_bytes(context, delivery), place.half_year, WMO), key)
        staged = staged_records(context, delivery)
        assert staged.equals(expected)
        rows = rows_of(context, f"SELECT line, person FROM record JOIN load_account USING (law, half_year, municipality)"
                                f" WHERE delivery_id = '{delivery.delivery_id}'")  # fmt: skip
        persons = dict(zip(expected["line"], expected["person"], strict=True))
        assert {line: persons[line] for line, _ in rows} == dict(rows)
    assert noted(context) == at_hand(context)
    assert rows_of(context, "SELECT DISTINCT key_fingerprint FROM load_account") == [(noted(context),)]
    assert files(context) == [context.settings.pseudonym_key_file.name]


def alike(persons: list[tuple]) -> list[list[int]]:
    """Which rows are of the same person, whoever that is."""
    found: dict[Any, list[int]] = {}
    for number, row in enumerate(persons):
        found.setdefault(row[-1], []).append(number)
    return sorted(found.values())


class Killed(BaseException):
    """Stands for the end of the process."""


STEPS = {
    "the new key is written": ("KeyFiles.make_next", "after"),
    "a delivery is staged": ("write_staged", "after"),
    "a delivery's rows are replaced": ("replace_place", "after"),
    "the last delivery is done": ("_Rotation._finish", "before"),
    "the new key takes over": ("KeyFiles.take_over", "before"),
    "the new key has taken over": ("KeyFiles.take_over", "after"),
    "the old key is destroyed": ("KeyFiles.destroy_old", "before the second"),
}


def kill_at(patched: pytest.MonkeyPatch, step: str) -> None:
    name, when = STEPS[step]
    owner: Any = rotation
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    whole, calls = getattr(owner, last), 0

    def killed(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "before" or (when == "before the second" and calls == 2):
            raise Killed
        done = whole(*arguments, **named)
        if when == "after":
            raise Killed
        return done

    patched.setattr(owner, last, killed)


def test_every_pseudonym_is_made_anew_and_nothing_else_changes(context: Context) -> None:
    assert_of_one_key(context)
    before, old = noted(context), context.settings.key("pseudonym")
    figures, persons = rows_of(context, FIGURES), rows_of(context, PERSONS)
    plain = {table: rows_of(context, PLAIN.format(table)) for table in ("record", "arrangement")}
    told: list[tuple[int, int]] = []
    done = rotate_pseudonym_key(context, "engineer", lambda made, of: told.append((made, of)))
    assert (done.rotation, done.deliveries, done.records, done.loaded, done.went_on) == (1, 6, 30, 5, False)
    assert told == [(number, 6) for number in range(1, 7)]
    assert noted(context) != before
    assert context.settings.key("pseudonym") != old
    assert_of_one_key(context)
    now = rows_of(context, PERSONS)
    assert alike(now) == alike(persons)
    assert not {row[-1] for row in now} & {row[-1] for row in persons if row[-1] is not None}
    assert {table: rows_of(context, PLAIN.format(table)) for table in ("record", "arrangement")} == plain
    count(context)
    assert rows_of(context, FIGURES) == figures
    for half_year in ("2019-H1", "2019-H2"):  # what is loaded is known to be the same content
        assert load_half_year(context, half_year)["replaced"] == 0
    with context.engine.connect() as connection:
        events = [(row["event"], row["actor"], row["details"]) for row in trail(connection, "pseudonym key")]
    assert events == [
        ("change began", "engineer", {"rotation": 1, "from": before, "to": noted(context)}),
        ("changed", "engineer", {"rotation": 1, "from": before, "to": noted(context), "deliveries": 6, "records": 30}),
    ]


@pytest.mark.parametrize("step", STEPS)
def test_broken_off_anywhere_it_is_gone_on_with(context: Context, monkeypatch, step: str) -> None:
    assert_of_one_key(context)
    before, figures = noted(context), rows_of(context, FIGURES)
    with monkeypatch.context() as patched:
        kill_at(patched, step)
        with pytest.raises(Killed):
            rotate_pseudonym_key(context, "engineer")
    begun = bool(rows_of(context, "SELECT FROM key_rotation WHERE finished_at IS NULL"))
    if begun:  # neither key is used for anything meanwhile, and what is half one and half the other is not counted
        for refused in (lambda: load_half_year(context, "2019-H1"), lambda: make_again(context)):
            with pytest.raises(KeyBeingRotated, match="gmsd keys rotate"):
                refused()
    assert begun == (step not in ("the new key is written", "the old key is destroyed"))
    done = rotate_pseudonym_key(context, "engineer")
    assert done.went_on == begun
    assert noted(context) != before
    assert_of_one_key(context)
    count(context)
    assert rows_of(context, FIGURES) == figures


def make_again(context: Context) -> None:
    """Records that are missing cannot be made with either key."""
    with context.engine.connect() as connection:
        delivery = get(connection, "2019-H1.0363.01")
    kept = context.store.get(context.settings.bucket_staging, delivery.staging_key)
    context.store.delete(context.settings.bucket_staging, delivery.staging_key)
    try:
        staged_records(context, delivery)
    finally:
        context.store.put(context.settings.bucket_staging, delivery.staging_key, kept)


def test_half_of_the_places_under_the_new_key_are_not_counted(context: Context, monkeypatch) -> None:
    """The same person would be two in the year: of the place that is made anew already it says that it is not loaded."""
    figures = rows_of(context, FIGURES)
    whole = rotation.replace_place

    def once(connection: Any, about: Any, basis: Any, *rest: Any) -> None:
        if basis.delivery.delivery_id != "2019-H1.0344.01":
            raise Killed
        whole(connection, about, basis, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "replace_place", once)
        with pytest.raises(Killed):
            rotate_pseudonym_key(context, "engineer")
    with pytest.raises(NotLoadedError, match=r"2019-H1\.0344\.01"):
        count(context)
    assert rows_of(context, FIGURES) == figures
    assert rotate_pseudonym_key(context, "engineer").went_on
    count(context)
    assert rows_of(context, FIGURES) == figures


def test_it_refuses_while_a_half_year_is_loaded_or_counted(context: Context, gmsd) -> None:
    before = noted(context)
    with context.engine.begin() as connection:
        share_loading(connection)
        with pytest.raises(LoadRuns, match="being loaded or counted"):
            rotate_pseudonym_key(context, "engineer")
        done = gmsd("keys", "rotate")
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert noted(context) == before
    assert_of_one_key(context)


def test_it_refuses_to_begin_when_a_raw_file_is_missing(context: Context) -> None:
    private, kept = context.settings.bucket_deliveries, "2019-H1.0363.01"
    data = context.store.get(private, kept)
    context.store.delete(private, kept)
    try:
        with pytest.raises(NotAllThere, match=r"^the raw files of 2019-H1\.0363\.01 are gone.*nothing has been changed"):
            rotate_pseudonym_key(context, "engineer")
        assert_none_begun(context)
    finally:
        context.store.put(private, kept, data)


def assert_none_begun(context: Context) -> None:
    assert rows_of(context, "SELECT FROM key_rotation WHERE finished_at IS NULL") == []
    assert noted(context) == at_hand(context)


def test_it_does_not_begin_with_a_key_that_is_not_the_noted_one(context: Context) -> None:
    path = context.settings.pseudonym_key_file
    kept = path.read_text()
    path.write_text(secrets.token_hex(32))
    try:
        with pytest.raises(KeyChanged):
            rotate_pseudonym_key(context, "engineer")
    finally:
        path.write_text(kept)
    assert_none_begun(context)


def test_the_new_key_lost_half_way_is_asked_for(context: Context, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        kill_at(patched, "a delivery is staged")
        with pytest.raises(Killed):
            rotate_pseudonym_key(context, "engineer")
    path = rotation.KeyFiles(context.settings).next
    kept = path.read_text()
    path.unlink()
    with pytest.raises(KeyChanged, match="the new key is not at hand"):
        rotate_pseudonym_key(context, "engineer")
    assert not path.exists()
    path.write_text(kept)
    rotate_pseudonym_key(context, "engineer")
    assert_of_one_key(context)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE key_fingerprint SET fingerprint = 'other' WHERE name = 'pseudonym'",
        "UPDATE key_fingerprint SET fingerprint = 'other' WHERE name = 'rounding'",
        "UPDATE key_fingerprint SET name = 'other' WHERE name = 'pseudonym'",
        "DELETE FROM key_fingerprint",
    ],
)
def test_a_fingerprint_changes_by_a_change_of_the_key_alone(context: Context, statement: str) -> None:
    from gmsd.database import connect

    with pytest.raises(DBAPIError, match="never changes"), connect(context.settings, "owner").begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_fingerprint_does_not_change_while_rows_are_of_the_old_key(context: Context) -> None:
    begin = text("INSERT INTO key_rotation VALUES (99, :old, 'new', now(), 'engineer', NULL)")
    with context.engine.connect() as connection:
        connection.execute(begin, {"old": noted(context)})
        with pytest.raises(DBAPIError, match="made with the old key"):
            connection.execute(text("UPDATE key_fingerprint SET fingerprint = 'new' WHERE name = 'pseudonym'"))
    assert_none_begun(context)


def test_the_command_tells_what_it_did_and_what_is_left_to_do(context: Context, gmsd) -> None:
    done = gmsd("keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert "6 deliveries made anew, 30 records in all, 5 deliveries in the warehouse too" in done.stdout
    assert "Back up the new key, and destroy the backups of the old one." in done.stdout
    assert_of_one_key(context)
    assert "goes on where it stopped" in gmsd("keys", "rotate", "--help").stdout


def test_afterwards_the_installation_works_with_the_new_key(context: Context) -> None:
    prepare(context.settings)
    check_key(context.settings, "pseudonym")
    assert sweep_staging(context)["made_again"] == 0
    with context.engine.connect() as connection:
        delivery = get(connection, "2019-H1.0363.01")
    before = context.store.get(context.settings.bucket_staging, delivery.staging_key)
    context.store.delete(context.settings.bucket_staging, delivery.staging_key)
    assert sweep_staging(context)["made_again"] == 1
    assert context.store.get(context.settings.bucket_staging, delivery.staging_key) == before
    staged = pl.read_parquet(io.BytesIO(before))
    assert staged["unknown_person"].to_list() == staged["person"].is_null().to_list() == [False, False, False, False, True]


@pytest.fixture(autouse=True)
def _nothing_left_begun(context: Context) -> Iterator[None]:
    """A test that fails half-way must not make the others fail."""
    yield
    if rows_of(context, "SELECT FROM key_rotation WHERE finished_at IS NULL"):
        rotate_pseudonym_key(context, "engineer")
