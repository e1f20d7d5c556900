"""The bytes of an upload: read and hashed at registration and at the check, once each, and other bytes than the receipt's are noticed."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import check_result, get
from gmsd.intake import ReceiptBroken, check_delivery, register_inbox
from gmsd.journal import Context
from tests.integration.test_intake import lines

if TYPE_CHECKING:
    from gmsd.store import ObjectStore


class Reading:
    """A store that notes which bucket is read."""

    def __init__(self, store: ObjectStore) -> None:
        self.store, self.read = store, []

    def __getattr__(self, name: str):
        return getattr(self.store, name)

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        self.read.append(bucket)
        return self.store.get(bucket, key, *([] if version is None else [version]))


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM))
    return Context.open(settings)


@pytest.fixture
def hashed(monkeypatch) -> list[int]:
    """The sizes of what is hashed, by whoever does it."""
    sizes: list[int] = []
    real = hashlib.sha256

    def noting(data: bytes = b"", **more: object):
        sizes.append(len(data))
        return real(data, **more)

    monkeypatch.setattr(hashlib, "sha256", noting)
    return sizes


def test_a_check_reads_and_hashes_once_and_so_does_a_registration(context: Context, hashed: list[int]):
    data = lines("0518", bsns=("999900006",) * 2_000)
    context.store.put(context.settings.bucket_inbox, "H22019/0518/WMO_H22019_x.csv", data)
    (delivery_id,) = register_inbox(context).new_deliveries
    assert hashed.count(len(data)) == 1
    hashed.clear()
    store = Reading(context.store)
    assert check_delivery(replace(context, store=store), delivery_id).state == "accepted"
    assert store.read == [context.settings.bucket_deliveries]
    assert hashed.count(len(data)) == 1


def test_other_bytes_than_those_of_the_receipt_are_noticed_and_nothing_is_kept_of_them(context: Context):
    context.store.put(context.settings.bucket_inbox, "H22019/0363/WMO_H22019_x.csv", lines("0363"))
    (delivery_id,) = register_inbox(context).new_deliveries
    context.store.put(context.settings.bucket_deliveries, delivery_id, lines("0363", number=2))
    with pytest.raises(ReceiptBroken, match="not those of its receipt"):
        check_delivery(context, delivery_id)
    with context.engine.connect() as connection:
        assert get(connection, delivery_id).state == "received"
        assert check_result(connection, delivery_id) is None
    assert not list(context.store.keys(context.settings.bucket_staging, delivery_id))
