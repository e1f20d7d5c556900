"""An empty installation: rights of its database roles and store users, noted keys, repeatable set-up."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.clock import AMSTERDAM
from gmsd.database import connect, migrate
from gmsd.installation import KeyChanged, prepare
from gmsd.store import get_store
from tests.support.stack import installation


def test_set_up_is_safe_to_repeat(settings):
    assert prepare(settings) == prepare(settings)


def test_before_the_first_release_an_attack_finds_nothing_in_the_form_of_every_other(settings, gmsd):
    prepare(settings)
    done = gmsd("releases", "audit", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"cells": 0, "disclosed": 0, "repaired": 0, "seconds": 0.0, "findings": []})
    assert gmsd("releases", "audit").stdout == "No release of wmo has been published yet.\n"


def test_warehouse_of_the_first_release_is_brought_up_to_date(stack, tmp_path):
    for old in installation(stack, tmp_path):
        migrate(old, "r0001_house")
        with connect(old, "loader").begin() as connection:
            connection.execute(text("INSERT INTO key_fingerprint VALUES ('old', 'x', now())"))
        assert prepare(old)["schema"] != "r0001_house"
        with connect(old, "loader").connect() as connection:
            assert connection.execute(text("SELECT lines FROM check_result")).all() == []
            assert connection.scalar(text("SELECT fingerprint FROM key_fingerprint WHERE name = 'old'")) == "x"


def test_lost_key_is_noticed_and_refused(settings):
    kept = settings.rounding_key_file.read_text()
    settings.rounding_key_file.write_text(secrets.token_hex(32))
    try:
        with pytest.raises(KeyChanged):
            prepare(settings)
    finally:
        Path(settings.rounding_key_file).write_text(kept)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("reader", "SELECT count(*) FROM record"),
        ("reader", "SELECT count(*) FROM figure"),
        ("reader", "SELECT reason FROM release_cell"),
        ("reader", "SELECT document FROM release"),
        ("reader", "SELECT deliveries FROM round_close"),
        ("publisher", "DELETE FROM record"),
        ("publisher", "UPDATE figure SET value = 0"),
        ("loader", "DELETE FROM release_cell"),
        ("loader", "DELETE FROM audit"),
        ("owner", "DELETE FROM audit"),
        ("owner", "TRUNCATE audit"),
        ("reader", "SELECT count(*) FROM key_rotation"),
        ("publisher", "INSERT INTO key_rotation VALUES (1, 'a', 'b', now(), 'x', NULL)"),
        ("loader", "DELETE FROM key_rotation_done"),
        ("loader", "UPDATE key_rotation SET to_fingerprint = 'x'"),
        ("publisher", "UPDATE key_fingerprint SET fingerprint = 'x'"),
    ],
)
def test_role_may_not_do_more_than_its_work(settings, role, statement):
    with connect(settings, role).connect() as connection, pytest.raises(DBAPIError, match=r"permission denied|append-only"):
        connection.execute(text(statement))


def test_portal_may_write_to_the_inbox_and_read_nothing(settings, store):
    portal = get_store(settings, "portal")
    portal.put(settings.bucket_inbox, "H22019/0518/x.csv", b"x", owner=settings.s3_pipeline_id, reader=settings.s3_pipeline_id)
    assert store.get(settings.bucket_inbox, "H22019/0518/x.csv") == b"x"
    for bucket in (settings.bucket_deliveries, settings.bucket_outbox, settings.bucket_staging, settings.bucket_publication):
        with pytest.raises(ClientError):
            portal.put(bucket, "x", b"x")
    with pytest.raises(ClientError):
        list(portal.keys(settings.bucket_inbox))


def test_reader_cannot_see_what_is_private(settings):
    reader = get_store(settings, "reader")
    for bucket in (settings.bucket_inbox, settings.bucket_outbox, settings.bucket_staging, settings.bucket_accounts):
        with pytest.raises(ClientError):
            list(reader.keys(bucket))


def test_all_processes_read_the_moved_clock(settings, clock):
    moment = dt.datetime(2019, 9, 2, 9, 0, tzinfo=AMSTERDAM)
    clock.move(moment)
    assert clock.now() == moment
