"""In front of the embedded store: what the uploading account may do, who gets in, and which names the store can hold."""

from __future__ import annotations

import time
from contextlib import contextmanager

import boto3
import httpx
import pytest
from botocore.client import Config
from botocore.exceptions import ClientError

from tests.support.waiting import patience

KEY = "H22019/0518/WMO_H22019_door.csv"
FULL = "bucket-owner-full-control"


@pytest.fixture(scope="module", autouse=True)
def embedded(stack):
    """These are promises of the embedded store's own gate."""
    if stack.state is None:
        pytest.skip("the store under test is not the embedded one: its rights are its owner's to set")


@pytest.fixture(scope="module")
def portal(settings):
    return client_of(settings, settings.s3_portal_access_key, settings.s3_portal_secret_key.get_secret_value())


def client_of(settings, access, secret, **config):
    """A client that tries once: a refusal must not look like a success of the third attempt."""
    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        region_name=settings.s3_region,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1, "mode": "standard"}, **config),
    )


@pytest.fixture(scope="module")
def delivered(portal, settings):
    """A delivery of the portal's, with the id of its version."""
    return portal.put_object(Bucket=settings.bucket_inbox, Key=KEY, Body=b"first", ACL=FULL)["VersionId"]


@contextmanager
def added(client, header: str, value: str):
    """Every request of the client carries this header, and its signature holds it."""

    def add(request, **_):
        request.headers[header] = value

    client.meta.events.register("before-sign.s3", add)
    try:
        yield
    finally:
        client.meta.events.unregister("before-sign.s3", add)


def refusal(call, *arguments, **values) -> str:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **values)
    return caught.value.response["Error"]["Code"] or str(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])


def test_uploading_account_puts_objects_whole_and_in_parts(portal, settings, store):
    portal.put_object(Bucket=settings.bucket_inbox, Key="H22019/0363/a b+é.csv", Body=b"whole", ACL=FULL, Metadata={"mtime": "1"})
    assert store.get(settings.bucket_inbox, "H22019/0363/a b+é.csv") == b"whole"
    bucket, key = settings.bucket_inbox, "H22019/0363/parts.csv"
    upload = portal.create_multipart_upload(Bucket=bucket, Key=key, ACL=FULL)["UploadId"]
    pieces = [b"x" * 5 * 2**20, b"y"]
    tags = [
        portal.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=piece)["ETag"]
        for number, piece in enumerate(pieces, 1)
    ]
    parts = {"Parts": [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]}
    portal.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload=parts)
    assert store.get(bucket, key) == b"".join(pieces)
    given_up = portal.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    portal.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=given_up)
    assert store.client.list_multipart_uploads(Bucket=bucket, Prefix=key).get("Uploads", []) == []


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_uploading_account_may_hand_out_an_address_to_put_to(settings, store, version):
    signer = client_of(settings, settings.s3_portal_access_key, settings.s3_portal_secret_key.get_secret_value(), signature_version=version)
    address = signer.generate_presigned_url("put_object", Params={"Bucket": settings.bucket_inbox, "Key": f"H22019/0518/{version}.csv"})
    assert httpx.put(address, content=b"x", timeout=patience(20)).status_code == 200
    assert f"H22019/0518/{version}.csv" in store.keys(settings.bucket_inbox)
    for method, called in (("GET", "get_object"), ("DELETE", "delete_object")):
        address = signer.generate_presigned_url(called, Params={"Bucket": settings.bucket_inbox, "Key": f"H22019/0518/{version}.csv"})
        assert httpx.request(method, address, timeout=patience(20)).status_code == 403


# what else an account with write right can ask of S3: (call, further arguments); bucket, key and version are filled in where they are known
ATTACKS = [
    ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Suspended"}}),
    ("get_bucket_versioning", {}),
    ("put_bucket_acl", {"ACL": "public-read"}),
    ("get_bucket_acl", {}),
    ("put_object_acl", {"Key": KEY, "ACL": "public-read"}),
    ("get_object_acl", {"Key": KEY}),
    ("get_object", {"Key": KEY}),
    ("get_object", {"Key": KEY, "VersionId": "?"}),
    ("head_object", {"Key": KEY}),
    ("head_object", {"Key": KEY, "VersionId": "?"}),
    ("get_object_attributes", {"Key": KEY, "ObjectAttributes": ["ObjectSize"]}),
    ("get_object_tagging", {"Key": KEY}),
    ("put_object_tagging", {"Key": KEY, "Tagging": {"TagSet": []}}),
    ("delete_object", {"Key": KEY}),
    ("delete_object", {"Key": KEY, "VersionId": "?"}),
    ("delete_objects", {"Delete": {"Objects": [{"Key": KEY}]}}),
    ("copy_object", {"Key": "H22019/0518/copied.csv", "CopySource": "{bucket}/" + KEY}),
    ("copy_object", {"Key": KEY, "CopySource": "{bucket}/" + KEY, "MetadataDirective": "REPLACE"}),
    ("list_objects", {}),
    ("list_objects_v2", {}),
    ("list_object_versions", {}),
    ("list_multipart_uploads", {}),
    ("list_parts", {"Key": KEY, "UploadId": "x"}),
    ("head_bucket", {}),
    ("delete_bucket", {}),
    ("create_bucket", {}),
    ("get_bucket_location", {}),
    ("put_bucket_policy", {"Policy": "{}"}),
    ("put_bucket_lifecycle_configuration", {"LifecycleConfiguration": {"Rules": []}}),
    ("put_object", {"Key": KEY, "Body": b"x", "ACL": "public-read"}),
    ("put_object", {"Key": KEY, "Body": b"x", "ACL": "authenticated-read"}),
    ("put_object", {"Key": KEY, "Body": b"x", "GrantRead": "id=gmsd:reader"}),
    ("put_object", {"Key": KEY, "Body": b"x", "GrantFullControl": "id=gmsd:pipeline,id=gmsd:portal"}),
    ("put_object", {"Key": KEY, "Body": b"x", "WebsiteRedirectLocation": "/elsewhere"}),
    ("put_object", {"Key": KEY, "Body": b"x", "Tagging": "a=b"}),
    ("create_multipart_upload", {"Key": KEY, "ACL": "public-read-write"}),
]


@pytest.mark.parametrize(("call", "values"), ATTACKS, ids=[f"{call}-{number}" for number, (call, _) in enumerate(ATTACKS)])
def test_uploading_account_can_do_nothing_else(portal, settings, store, delivered, call, values):
    filled = {name: value.format(bucket=settings.bucket_inbox) if name == "CopySource" else value for name, value in values.items()}
    filled |= {"VersionId": delivered} if "VersionId" in values else {}
    before = [(v.key, v.version_id, v.is_latest, v.is_delete_marker) for v in store.versions(settings.bucket_inbox, KEY)]
    assert refusal(getattr(portal, call), Bucket=settings.bucket_inbox, **filled) in ("AccessDenied", "403")
    assert [(v.key, v.version_id, v.is_latest, v.is_delete_marker) for v in store.versions(settings.bucket_inbox, KEY)] == before
    assert store.client.get_bucket_versioning(Bucket=settings.bucket_inbox)["Status"] == "Enabled"
    assert store.get(settings.bucket_inbox, KEY, delivered) == b"first"


def test_uploading_account_cannot_copy_into_a_part(portal, settings, delivered):
    upload = portal.create_multipart_upload(Bucket=settings.bucket_inbox, Key=KEY)["UploadId"]
    values = {"Bucket": settings.bucket_inbox, "Key": KEY, "UploadId": upload, "PartNumber": 1}
    assert refusal(portal.upload_part_copy, CopySource=f"{settings.bucket_inbox}/{KEY}", **values) == "AccessDenied"
    portal.abort_multipart_upload(Bucket=settings.bucket_inbox, Key=KEY, UploadId=upload)


@pytest.mark.parametrize(
    "header",
    [
        ("X-Delete-After", "1"),
        ("X-Delete-At", "1"),
        ("X-Object-Manifest", "x/y"),
        ("X-Symlink-Target", "x/y"),
        ("X-Copy-From", "x/y"),
        ("X-Object-Meta-A", "b"),
        ("X-Timestamp", "1000000000.00000"),
        ("X-Auth-Token", "x"),
        ("X-Storage-Policy", "single"),
        ("X-Versions-Enabled", "false"),
        ("X-Container-Read", ".r:*"),
    ],
    ids=lambda header: header[0],
)
def test_uploading_account_cannot_speak_to_what_lies_below_s3(portal, settings, store, delivered, header):
    with added(portal, *header):
        assert refusal(portal.put_object, Bucket=settings.bucket_inbox, Key=KEY, Body=b"x") == "AccessDenied"
    assert store.get(settings.bucket_inbox, KEY) == b"first"


def test_uploading_account_puts_into_the_inbox_only(portal, settings):
    for bucket in (settings.bucket_outbox, settings.bucket_staging, settings.bucket_publication, settings.bucket_accounts, "gmsd-new"):
        assert refusal(portal.put_object, Bucket=bucket, Key="x", Body=b"x") in ("AccessDenied", "NoSuchBucket")


def test_a_claim_of_another_account_opens_nothing(settings, delivered):
    """The gate lets the owner's claim through; the signature behind it does not hold."""
    secret = settings.s3_portal_secret_key.get_secret_value()
    for version in ("s3", "s3v4"):
        liar = client_of(settings, settings.s3_access_key, secret, signature_version=version)
        assert refusal(liar.get_object, Bucket=settings.bucket_inbox, Key=KEY) == "SignatureDoesNotMatch"
        address = liar.generate_presigned_url("get_object", Params={"Bucket": settings.bucket_inbox, "Key": KEY})
        assert httpx.get(address, timeout=patience(20)).status_code == 403
    portal = client_of(settings, settings.s3_portal_access_key, secret)
    address = portal.generate_presigned_url("get_object", Params={"Bucket": settings.bucket_inbox, "Key": KEY})
    for more in (
        "AWSAccessKeyId=gmsd:pipeline&Signature=x&Expires=9999999999",
        "X-Amz-Credential=gmsd:pipeline/20200101/eu-west-1/s3/aws4_request",
    ):
        assert httpx.get(f"{address}&{more}", timeout=patience(20)).status_code == 403
    assert httpx.get(address, headers={"Authorization": "AWS gmsd:pipeline:x"}, timeout=patience(20)).status_code == 403


def test_reading_account_changes_nothing(settings, store):
    store.put(settings.bucket_publication, "current.json", b"{}", reader=settings.s3_reader_id, owner=settings.s3_pipeline_id)
    reader = client_of(settings, settings.s3_reader_access_key, settings.s3_reader_secret_key.get_secret_value())
    assert reader.get_object(Bucket=settings.bucket_publication, Key="current.json")["Body"].read() == b"{}"
    bucket = settings.bucket_publication
    assert refusal(reader.put_object, Bucket=bucket, Key="current.json", Body=b"x") == "AccessDenied"
    assert refusal(reader.delete_object, Bucket=bucket, Key="current.json") == "AccessDenied"
    assert refusal(reader.put_bucket_acl, Bucket=bucket, ACL="public-read") == "AccessDenied"


# --- names ----------------------------------------------------------------------------------------------------------------------------


def named(sign: str, length: int) -> str:
    key = "n/" + sign * ((length - 2) // len(sign.encode()))
    return key + "x" * (length - len(key.encode()))


def refused_as(call, *arguments, **values) -> tuple[int, str] | None:
    """Status and code of the refusal; None when it was done."""
    try:
        call(*arguments, **values)
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    return None


def put_whole(client, bucket: str, key: str) -> None:
    client.put_object(Bucket=bucket, Key=key, Body=b"named", ACL=FULL)


def put_in_parts(client, bucket: str, key: str) -> None:
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, ACL=FULL)["UploadId"]
    tag = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"named")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload=parts)


SIGNS = {"letter": "a", "blank": " ", "percent": "%", "quote": '"', "accent": "é", "euro": "€", "emoji": "\U0001f600", "slash": "s/"}
KINDS = [(sign, put_whole) for sign in SIGNS] + [(sign, put_in_parts) for sign in ("letter", "percent", "quote", "emoji")]
LENGTHS = (80, 84, 88, 92, 170, 255, 256, 430, 440, 450, 768, 1024, 1025, 2000)


@pytest.mark.parametrize(("sign", "way"), KINDS)
def test_a_name_is_kept_whole_or_refused_and_the_next_put_works(settings, store, sign, way):
    """At every length: it can be read and deleted afterwards, or the answer is KeyTooLongError and a good put works at once."""
    owner = client_of(settings, settings.s3_access_key, settings.s3_secret_key.get_secret_value())
    bucket, held = settings.bucket_inbox, []
    for length in LENGTHS:
        key = named(SIGNS[sign], length)
        answer = refused_as(way, owner, bucket, key)
        if answer is None:
            held.append(length)
            continue
        assert answer == (400, "KeyTooLongError"), (sign, length)
        begin = time.monotonic()
        owner.put_object(Bucket=bucket, Key="H22019/0518/good.csv", Body=b"x")
        assert time.monotonic() - begin < 10
    assert store.get(bucket, named(SIGNS[sign], held[-1])) == b"named"
    assert store.erase(bucket, named(SIGNS[sign], held[-1])) >= 1
    assert held[-1] < 600
    assert held[-1] >= (430 if sign == "letter" else 80)


def test_metadata_that_does_not_fit_is_refused_and_the_next_put_works(portal, settings):
    """Metadata and name share one place; whatever fills it up, the answer is an error of the sender's and no failure of the store."""
    bucket, codes = settings.bucket_inbox, set()
    brothers = [{"Metadata": {"a": "b" * size}} for size in (250, 255, 500, 700, 850, 1000, 2000)] + [
        {"Metadata": {f"a{number}": "b" * 20 for number in range(count)}} for count in (4, 6, 60)
    ]
    brothers += [
        {name: "a/" + "b" * size}
        for name in ("ContentType", "ContentDisposition", "CacheControl", "ContentLanguage")
        for size in (900, 1500, 3000)
    ]
    for values in brothers:
        for way in (portal.put_object, portal.create_multipart_upload):
            body = {"Body": b"x"} if way == portal.put_object else {}
            try:
                answer = way(Bucket=bucket, Key=KEY, ACL=FULL, **body, **values)
            except ClientError as error:
                codes.add(error.response["Error"]["Code"])
            else:
                if "UploadId" in answer:
                    tag = portal.upload_part(Bucket=bucket, Key=KEY, UploadId=answer["UploadId"], PartNumber=1, Body=b"x")["ETag"]
                    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
                    portal.complete_multipart_upload(Bucket=bucket, Key=KEY, UploadId=answer["UploadId"], MultipartUpload=parts)
            portal.put_object(Bucket=bucket, Key="H22019/0518/good.csv", Body=b"x")
    assert codes <= {"MetadataTooLarge", "InvalidRequest", "InvalidArgument"}
    assert "MetadataTooLarge" in codes


def test_a_name_that_xml_cannot_hold_begins_no_upload_in_parts(portal, settings, store):
    for sign in ("\x01", "\x1f", "\ufffe"):
        code = refusal(portal.create_multipart_upload, Bucket=settings.bucket_inbox, Key=f"H22019/0518/{sign}.csv")
        assert code == "InvalidArgument"
    assert store.client.list_multipart_uploads(Bucket=settings.bucket_inbox)["ResponseMetadata"]["HTTPStatusCode"] == 200
