"""What the store remembers of a bucket while objects are put is never older than the bucket."""

from __future__ import annotations

import subprocess

import pytest
from botocore.exceptions import ClientError

from gmsd.store import get_store
from tests.support.stack import PROJECT, SERVICES_PYTHON
from tests.support.waiting import patience

KEY = "H22019/0518/WMO_H22019_x.csv"


def put(portal, bucket, body):
    portal.client.put_object(Bucket=bucket, Key=KEY, Body=body, ACL="bucket-owner-full-control")


def test_a_right_that_is_taken_away_holds_for_the_next_put(store, settings):
    bucket = settings.bucket_inbox
    portal = get_store(settings, "portal")
    put(portal, bucket, b"1")
    before = store.client.get_bucket_acl(Bucket=bucket)
    store.client.put_bucket_acl(Bucket=bucket, ACL="private")
    try:
        with pytest.raises(ClientError, match="AccessDenied"):
            put(portal, bucket, b"22")
    finally:
        store.client.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Grants": before["Grants"], "Owner": before["Owner"]})
    put(portal, bucket, b"333")
    assert store.get(bucket, KEY) == b"333"


def test_a_bucket_that_is_gone_takes_nothing_and_one_that_comes_back_does(store):
    store.client.create_bucket(Bucket="short-lived")
    store.put("short-lived", "x", b"1")
    store.delete("short-lived", "x")
    store.client.delete_bucket(Bucket="short-lived")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.put("short-lived", "x", b"1")
    store.client.create_bucket(Bucket="short-lived")
    store.put("short-lived", "x", b"2")
    assert store.get("short-lived", "x") == b"2"


def test_versions_that_are_switched_on_hold_for_the_next_put(store):
    store.client.create_bucket(Bucket="later-versioned")
    store.put("later-versioned", "x", b"1")
    store.client.put_bucket_versioning(Bucket="later-versioned", VersioningConfiguration={"Status": "Enabled"})
    store.put("later-versioned", "x", b"2")
    store.put("later-versioned", "x", b"3")
    assert sorted(version.size for version in store.versions("later-versioned", "x")) == [1, 1, 1]


def test_a_wrong_signature_is_told_as_such(store, settings):
    wrong = get_store(settings.model_copy(update={"s3_portal_secret_key": settings.s3_secret_key}), "portal")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        put(wrong, settings.bucket_inbox, b"1")


LATE = """
from swift.common.swob import Request
from services.gate import WRITES_OBJECT
from services.shortcuts import Shortcuts

rights, asked = ["before"], []

def store(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        rights[0] = "after"
    told = rights[0]
    if environ["REQUEST_METHOD"] == "HEAD":
        asked.append(told)
        if len(asked) == 1:  # somebody changes the bucket while this answer is under way
            Request.blank("/v1/a/c", method="POST").get_response(shortcuts)
    start_response("204 No Content", [("X-Rights", told)])
    return [b""]

shortcuts = Shortcuts(store)
ask = lambda: Request.blank("/v1/a/c", method="HEAD", environ={WRITES_OBJECT: True}).get_response(shortcuts).headers["X-Rights"]
print(ask(), ask(), ask(), len(asked))
"""


def test_an_answer_that_a_change_overtakes_is_not_remembered():
    done = subprocess.run(
        [str(SERVICES_PYTHON), "-c", LATE], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=patience(60)
    )
    assert done.stdout.split() == ["before", "after", "after", "2"], done.stderr
