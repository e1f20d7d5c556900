"""The door to the object store: uploads that were never finished, and stores that are open to others."""

from __future__ import annotations

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from gmsd.deliveries import abort_unfinished
from gmsd.installation import OpenStore, prepare, refuse_open_store

if TYPE_CHECKING:
    from gmsd.journal import Context

DAY = dt.timedelta(days=1)
KEYS = ["H22019/0518/a b+c%41é.csv", "H22019/0518/a b+c%41é.csv", "H22019/0363/other.csv", "x"]


def begun(store, bucket, keys=KEYS):
    return [store.client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in keys]


def test_uploads_that_were_never_finished_are_aborted_after_a_day(context: Context, clock, store):
    bucket = context.settings.bucket_inbox
    begun(store, bucket)
    found = list(store.unfinished(bucket))
    assert sorted(each.key for each in found) == sorted(KEYS)
    clock.move(min(each.begun for each in found) + DAY - dt.timedelta(seconds=5))
    assert abort_unfinished(context) == 0
    assert len(list(store.unfinished(bucket))) == 4
    clock.move(max(each.begun for each in found) + DAY + dt.timedelta(seconds=5))
    assert abort_unfinished(context) == 4
    assert abort_unfinished(context) == 0
    assert list(store.unfinished(bucket)) == []


def test_every_page_of_unfinished_uploads_is_read(context: Context, store, monkeypatch):
    bucket = context.settings.bucket_inbox
    begun(store, bucket)
    listed = store.client.list_multipart_uploads
    monkeypatch.setattr(store.client, "list_multipart_uploads", lambda **values: listed(**values, MaxUploads=1))
    assert sorted(each.key for each in store.unfinished(bucket)) == sorted(KEYS)
    assert store.abort_uploads(bucket, KEYS[0]) == 2
    assert sorted(each.key for each in store.unfinished(bucket)) == ["H22019/0363/other.csv", "x"]


def test_a_store_whose_rights_let_everybody_in_is_refused(settings, store):
    """Its owner sets the rights (we have no id to grant to): set-up says which bucket is open, and goes no further."""
    theirs = settings.model_copy(update={"s3_pipeline_id": ""})
    prepare(theirs)
    for right in ("public-read", "authenticated-read", "public-read-write"):
        store.client.put_bucket_acl(Bucket=settings.bucket_staging, ACL=right)
        with pytest.raises(OpenStore, match=f"{settings.bucket_staging} .*is open.*rights"):
            prepare(theirs)
    store.client.put_bucket_acl(Bucket=settings.bucket_staging, ACL="private")
    prepare(theirs)


def test_a_store_that_lists_without_credentials_is_refused(settings):
    """A store as people run it for themselves: it asks nobody who he is."""

    class Open(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></ListBucketResult>'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Open) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            open_one = settings.model_copy(update={"s3_endpoint": f"http://127.0.0.1:{server.server_port}"})
            with pytest.raises(OpenStore, match="lists its objects to anybody"):
                refuse_open_store(open_one)
        finally:
            server.shutdown()
            thread.join()


def test_doctor_and_setup_tell_that_a_bucket_is_open(gmsd, settings, store):
    store.client.put_bucket_acl(Bucket=settings.bucket_accounts, ACL="public-read")
    try:
        done = gmsd("doctor", "--json")
        assert f"the bucket {settings.bucket_accounts}" in done.stdout
        assert done.returncode == 1
    finally:
        store.client.put_bucket_acl(Bucket=settings.bucket_accounts, ACL="private")
    assert "5 private buckets answer to nobody without an account" in gmsd("doctor", "--json").stdout
