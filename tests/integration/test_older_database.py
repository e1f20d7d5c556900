"""An older database beside a newer store: what refuses, how it is recognised, and the way out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from gmsd.clock import AMSTERDAM
from gmsd.commands import doctor
from gmsd.database import connect
from gmsd.figures import compute
from gmsd.journal import anchor, audit
from gmsd.releases import (
    OlderDatabaseError,
    ReleaseDamagedError,
    build_release,
    plan_release,
    recover_releases,
    unknown_releases,
)
from gmsd.releases.build import staged_prefix
from gmsd.rounds import WMO, HalfYear
from tests.integration.test_releases import PLACES, close_and_load
from tests.support.stack import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

H1 = HalfYear(2019, 1)
FIRST = dt.datetime(2019, 12, 2, 9, tzinfo=AMSTERDAM)
LATER = dt.datetime(2020, 1, 7, 9, tzinfo=AMSTERDAM)


def built(settings: Settings, store: ObjectStore, at: dt.datetime):
    with connect(settings, "publisher").begin() as connection:
        plan = plan_release(connection, settings, WMO, H1, at)
        return build_release(connection, store, settings, plan)


def ledger(settings: Settings) -> list[tuple]:
    query = "SELECT * FROM release_cell ORDER BY release_id, table_id, measure, period, region, group_code"
    with connect(settings, "publisher").connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture(scope="module")
def older(settings: Settings, store: ObjectStore, stack) -> Iterator[Settings]:
    """The database as it was before the first release; the release itself is public since."""
    if not stack.admin:
        pytest.skip("a copy of the database takes an account that may make databases")
    close_and_load(connect(settings, "loader"), H1, H1, dict.fromkeys(PLACES, "delivered"))
    with connect(settings, "loader").begin() as connection:
        compute(connection, WMO, H1, FIRST)
    name = f"{make_url(settings.database_owner.get_secret_value()).database}_older"
    fields = {f"database_{role}": make_url(getattr(settings, f"database_{role}").get_secret_value()) for role in ROLES}
    for role in ROLES:
        connect(settings, role).dispose()
    with psycopg.connect(stack.admin, autocommit=True) as connection:
        current = sql.Identifier(fields["database_owner"].database)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER gmsd_owner").format(sql.Identifier(name), current))
    copied = {field: type(settings.database_owner)(url.set(database=name).render_as_string(False)) for field, url in fields.items()}
    make_public(settings, store, built(settings, store, FIRST).document_sha256)
    yield settings.model_copy(update=copied)
    for role in ROLES:
        connect(settings.model_copy(update=copied), role).dispose()
    with psycopg.connect(stack.admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def make_public(settings: Settings, store: ObjectStore, document_sha256: str) -> None:
    """What the newer database's publication left in the store, and the anchor that it laid down."""
    prefix = f"bundles/{document_sha256}/"
    for key in store.keys(settings.bucket_accounts, prefix):
        store.put(settings.bucket_publication, f"releases/r0001/{key.removeprefix(prefix)}", store.get(settings.bucket_accounts, key))
    assert staged_prefix(store.get(settings.bucket_publication, "releases/r0001/release.json")) == prefix
    publisher = connect(settings, "publisher")
    with publisher.begin() as connection:
        for event in ("asked", "answered", "published"):
            audit(connection, "r0001", event, at=FIRST, actor="test")
    anchor(publisher, store, settings, at=FIRST, occasion="release r0001 published")


def test_it_is_recognised(older: Settings, store: ObjectStore):
    with connect(older, "publisher").connect() as connection:
        assert unknown_releases(connection, store, older) == ["r0001"]
    with pytest.raises(doctor.Missing, match=r"r0001 public and unknown to it; 4 rows of the audit trail gone.*runbook"):
        doctor._as_new_as_store(older)


def test_a_number_that_is_public_is_not_given_again(older: Settings, store: ObjectStore):
    """The same figures at another moment are another document: said clearly, before anything is written anywhere."""
    public = {key: store.get(older.bucket_publication, key) for key in store.keys(older.bucket_publication)}
    staged = list(store.keys(older.bucket_accounts))
    with pytest.raises(OlderDatabaseError, match=r"r0001 is public already .*older than the store.*gmsd releases recover"):
        built(older, store, LATER)
    assert {key: store.get(older.bucket_publication, key) for key in store.keys(older.bucket_publication)} == public
    assert list(store.keys(older.bucket_accounts)) == staged
    assert ledger(older) == []


@pytest.mark.parametrize("lost", ["account", "file", "changed"])
def test_nothing_is_recovered_from_a_damaged_release(settings: Settings, older: Settings, store: ObjectStore, lost):
    with connect(settings, "publisher").connect() as connection:
        account = connection.scalar(text("SELECT account_sha256 FROM release"))
    bucket, key = {
        "account": (older.bucket_accounts, f"{account}.json"),
        "file": (older.bucket_publication, "releases/r0001/CHANGES.md"),
        "changed": (older.bucket_publication, "releases/r0001/CHANGES.md"),
    }[lost]
    kept = store.get(bucket, key)
    store.delete(bucket, key) if lost != "changed" else store.put(bucket, key, kept + b" ")
    try:
        with connect(older, "publisher").begin() as connection, pytest.raises(ReleaseDamagedError, match=r"put it back from a backup"):
            recover_releases(connection, store, older, LATER)
    finally:
        store.put(bucket, key, kept)
    assert ledger(older) == []


def test_recovered_release_is_the_one_that_is_public(settings: Settings, older: Settings, store: ObjectStore):
    for _ in range(2):  # the second time as after a kill
        with connect(older, "publisher").begin() as connection:
            assert recover_releases(connection, store, older, LATER) == ["r0001"]
    assert ledger(older) == ledger(settings)
    assert ledger(older)
    with connect(older, "publisher").connect() as connection:
        again = connection.execute(
            text("SELECT release_id, number, round, created_at, half_years, document, account_sha256 FROM release")
        ).all()
    with connect(settings, "publisher").connect() as connection:
        query = text("SELECT release_id, number, round, created_at, half_years, document, account_sha256 FROM release")
        assert connection.execute(query).all() == again
    # planned and built again, whenever that is, it has the bytes that are public: publishing it changes none
    assert built(older, store, LATER).document_sha256 == built(settings, store, FIRST).document_sha256


def test_command_says_what_is_next(gmsd, older: Settings):
    done = gmsd("releases", "recover")
    assert done.returncode == 0
    assert "r0001 is written down again as a proposal; publish it again" in done.stdout
