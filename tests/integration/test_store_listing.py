"""A bucket's list tells what was put, also when the server that keeps it was slow or gone in that moment: intake finds files by it."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gmsd.deletion.objects import erase_delivery
from gmsd.deliveries import listing
from gmsd.intake import register_inbox
from services.state import open_state
from tests.support.outage import asked
from tests.support.waiting import until

if TYPE_CHECKING:
    from gmsd.journal import Context
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore
    from services.state import State
    from tests.support.stack import Stack

SLOW_SECONDS = 3.0


@pytest.fixture
def state(stack: Stack) -> State:
    if stack.state is None:
        pytest.fail("a server of the store is stopped here: these have to be the tests' own services")
    return open_state(stack.state)


def test_what_is_acknowledged_is_listed_however_slow_the_list_is(store: ObjectStore, settings: Settings, state: State) -> None:
    store.put(settings.bucket_inbox, "H22019/0518/before.csv", b"1")  # the store knows of the bucket
    lists = int(asked(state, "getProcessInfo", "storage:container")["pid"])
    sent = threading.Thread(target=store.put, args=(settings.bucket_inbox, "H22019/0518/slow.csv", b"2"))
    os.kill(lists, signal.SIGSTOP)
    try:
        sent.start()
        time.sleep(SLOW_SECONDS)
        acknowledged = not sent.is_alive()
    finally:
        os.kill(lists, signal.SIGCONT)
    sent.join()
    assert not acknowledged
    assert "H22019/0518/slow.csv" in list(store.keys(settings.bucket_inbox))


def test_what_the_list_was_not_told_it_is_told_later(store: ObjectStore, settings: Settings, state: State) -> None:
    store.put(settings.bucket_inbox, "H22019/0518/before.csv", b"1")
    asked(state, "stopProcess", "storage:container")
    try:
        store.put(settings.bucket_inbox, "H22019/0518/late.csv", b"2")
    finally:
        asked(state, "startProcess", "storage:container")
    assert store.get(settings.bucket_inbox, "H22019/0518/late.csv") == b"2"
    until(lambda: "H22019/0518/late.csv" in list(store.keys(settings.bucket_inbox)), "the list to have the file", seconds=60)


def test_what_no_list_shows_is_deleted_all_the_same(context: Context, state: State) -> None:
    store, bucket, key = context.store, context.settings.bucket_inbox, "H22019/0518/WMO_H22019_x.csv"
    store.put(bucket, key, b"1")
    register_inbox(context)
    with context.engine.connect() as connection:
        delivery = next(each for each in listing(connection) if each.object_key == key)
    erase_delivery(context, delivery)
    asked(state, "stopProcess", "storage:object-updater")
    asked(state, "stopProcess", "storage:container")
    try:
        later = replace(delivery, version_id=store.put(bucket, key, b"2"))
        store.put(context.settings.bucket_deliveries, delivery.delivery_id, b"2")
    finally:
        asked(state, "startProcess", "storage:container")
    try:
        assert key not in list(store.keys(bucket))
        assert delivery.delivery_id not in list(store.keys(context.settings.bucket_deliveries))
        assert store.version(bucket, key, later.version_id) is not None
        erase_delivery(context, later)
    finally:
        asked(state, "startProcess", "storage:object-updater")
    assert store.version(bucket, key, later.version_id) is None
    assert not store.exists(bucket, key)
    assert not store.exists(context.settings.bucket_deliveries, delivery.delivery_id)
