"""A put that the store refuses leaves nothing that looks like a delivery, whatever came before and after it."""

from __future__ import annotations

import threading

import pytest
from botocore.exceptions import ClientError

KEY = "H22019/0518/WMO_H22019_x.csv"


def listed(store, settings) -> list[tuple[int, bool]]:
    return [(version.size, version.is_latest) for version in store.versions(settings.bucket_inbox, KEY)]


def test_refused_bytes_are_not_kept_also_when_a_good_upload_follows(store, settings):
    bucket = settings.bucket_inbox
    store.put(bucket, KEY, b"1")
    for _ in range(2):
        with pytest.raises(ClientError, match=r"412|PreconditionFailed"):
            store.client.put_object(Bucket=bucket, Key=KEY, Body=b"22", IfNoneMatch="*")
    assert listed(store, settings) == [(1, True)]
    store.put(bucket, KEY, b"333")
    assert listed(store, settings) == [(3, True), (1, False)]
    assert store.get(bucket, KEY) == b"333"


def test_of_many_at_once_only_those_stay_whose_sender_heard_that_they_were_taken(store, settings):
    key, answers = f"{KEY}.csv", []

    def put(number: int) -> None:
        try:
            store.client.put_object(Bucket=settings.bucket_inbox, Key=key, Body=b"x" * (number + 1), IfNoneMatch="*")
            answers.append(number)
        except ClientError:
            pass

    runs = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    # two that are judged at the same moment may both be taken: the store's own check is not one step with its write
    assert sorted(version.size for version in store.versions(settings.bucket_inbox, key)) == sorted(number + 1 for number in answers)
    assert 1 <= len(answers) < 8


def test_a_key_that_was_deleted_may_be_put_again(store, settings):
    bucket, key = settings.bucket_inbox, f"{KEY}.txt"
    store.put(bucket, key, b"1")
    store.delete(bucket, key)
    store.client.put_object(Bucket=bucket, Key=key, Body=b"22", IfNoneMatch="*")
    assert store.get(bucket, key) == b"22"
    assert store.put_new(settings.bucket_deliveries, "x", b"1")
    assert not store.put_new(settings.bucket_deliveries, "x", b"2")
    assert store.get(settings.bucket_deliveries, "x") == b"1"
