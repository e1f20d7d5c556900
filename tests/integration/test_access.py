"""Who may do what with buckets, tables and the public site: every cell of the matrices tried on the running services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.client import Config
from botocore.exceptions import ClientError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.database import connect
from gmsd.settings import Settings
from gmsd.web.site import create_app
from tests.support.access import allowed, matrix, rights
from tests.support.stack import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

BUCKETS = matrix("buckets")
TABLES = matrix("tables")
ROUTES = matrix("routes")
REFUSED = {"AccessDenied", "SignatureDoesNotMatch", "403"}

# --- buckets --------------------------------------------------------------------------------------------------------------------------


def client_of(settings: Settings, user: str) -> Any:
    access, secret = {
        "pipeline": (settings.s3_access_key, settings.s3_secret_key.get_secret_value()),
        "portal": (settings.s3_portal_access_key, settings.s3_portal_secret_key.get_secret_value()),
        "reader": (settings.s3_reader_access_key, settings.s3_reader_secret_key.get_secret_value()),
        "desk": (settings.s3_desk_access_key, settings.s3_desk_secret_key.get_secret_value()),
        "anybody": (None, None),
        "liar": (settings.s3_access_key, "0" * 48),
    }[user]
    signed = {} if access else {"signature_version": UNSIGNED}
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1, "mode": "standard"}, **signed)
    return boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        aws_access_key_id=access,
        aws_secret_access_key=secret,
        region_name=settings.s3_region,
        config=config,
    )


def in_parts(client: Any, bucket: str) -> None:
    key = "tried/in parts"
    upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    tag = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]})


# what each action asks; the key is there before, put by the pipeline
ACTIONS: dict[str, Callable[[Any, str, str, str], Any]] = {
    "list": lambda client, bucket, key, version: client.list_objects_v2(Bucket=bucket),
    "list versions": lambda client, bucket, key, version: client.list_object_versions(Bucket=bucket),
    "list uploads": lambda client, bucket, key, version: client.list_multipart_uploads(Bucket=bucket),
    "read": lambda client, bucket, key, version: client.get_object(Bucket=bucket, Key=key),
    "read rights": lambda client, bucket, key, version: client.get_bucket_acl(Bucket=bucket),
    "put": lambda client, bucket, key, version: client.put_object(Bucket=bucket, Key="tried/whole", Body=b"x"),
    "put in parts": lambda client, bucket, key, version: in_parts(client, bucket),
    "change rights": lambda client, bucket, key, version: client.put_object_acl(Bucket=bucket, Key=key, ACL="private"),
    "switch versions": lambda client, bucket, key, version: client.put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
    ),
    "delete": lambda client, bucket, key, version: client.delete_object(Bucket=bucket, Key=key),
    "delete version": lambda client, bucket, key, version: client.delete_object(Bucket=bucket, Key=key, VersionId=version),
    "delete bucket": lambda client, bucket, key, version: client.delete_bucket(Bucket=bucket),
}


@pytest.fixture(scope="module")
def embedded(stack) -> None:
    """Rights of buckets are promises of the embedded store; those of another are its owner's to set."""
    if stack.state is None:
        pytest.skip("the store under test is not the embedded one: its rights are its owner's to set")


def test_every_bucket_of_the_settings_stands_in_the_matrix_and_every_action_is_tried():
    assert {f"bucket_{name}" for name in BUCKETS["buckets"]} == {name for name in Settings.model_fields if name.startswith("bucket_")}
    assert set(ACTIONS) == set(BUCKETS["actions"])
    for given in BUCKETS["buckets"].values():
        assert set(given) <= set(BUCKETS["users"])
        assert all(actions == "all" or set(actions) <= set(ACTIONS) for actions in given.values())


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("user", BUCKETS["users"][1:])
@pytest.mark.parametrize("name", BUCKETS["buckets"])
def test_a_user_does_with_a_bucket_what_the_matrix_says_and_nothing_else(settings, store, name, user):
    """The pipeline, which may do everything, is not asked to delete its buckets; all that it does elsewhere in these tests it may."""
    bucket, key, client = getattr(settings, f"bucket_{name}"), "tried/there", client_of(settings, user)
    given = {"reader": settings.s3_reader_id, "owner": settings.s3_pipeline_id} if name == "publication" else {}  # as the pipeline puts
    version = store.put(bucket, key, b"there", **given)
    may = allowed(name, user)
    did = set()
    for action, ask in ACTIONS.items():
        try:
            ask(client, bucket, key, version or "null")
        except ClientError as error:
            code = error.response["Error"]["Code"] or str(error.response["ResponseMetadata"]["HTTPStatusCode"])
            assert code in REFUSED, (action, code)
        else:
            did.add(action)
    assert did == may
    if "delete" not in may:
        assert store.get(bucket, key) == b"there"
    assert store.keeps_versions(settings.bucket_inbox)
    for tried in (key, "tried/whole", "tried/in parts"):
        store.erase(bucket, tried)


@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("user", BUCKETS["users"][1:])
def test_nobody_else_makes_a_bucket(settings, user):
    with pytest.raises(ClientError) as refused:
        client_of(settings, user).create_bucket(Bucket=f"{settings.bucket_inbox}-more")
    assert refused.value.response["Error"]["Code"] in REFUSED


# --- tables ---------------------------------------------------------------------------------------------------------------------------

PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")
OBJECTS = """
    SELECT relname, relispartition FROM pg_class
    WHERE relnamespace = CAST('public' AS regnamespace) AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'alembic_version'
"""
ON_TABLE = "SELECT has_table_privilege(:role, CAST(:name AS regclass), :privilege)"
ON_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = :name AND has_column_privilege(:role, CAST(:name AS regclass), column_name, :privilege)
    ORDER BY column_name
"""


@pytest.fixture(scope="module")
def catalogue(settings):
    with connect(settings, "owner").connect() as connection:
        yield connection


def given(connection: Any, name: str, role: str) -> dict[str, tuple[str, ...]]:
    """What a role may say about a table, as PostgreSQL itself answers; columns where it may not say it of the whole."""
    found = {}
    for privilege in PRIVILEGES:
        values = {"role": f"gmsd_{role}", "name": name, "privilege": privilege}
        if connection.scalar(text(ON_TABLE), values):
            found[privilege] = ()
        elif privilege != "DELETE":
            columns = tuple(connection.scalars(text(ON_COLUMNS), values))
            if columns:
                found[privilege] = columns
    return found


def test_every_table_and_view_stands_in_the_matrix(catalogue):
    there = {row.relname for row in catalogue.execute(text(OBJECTS)) if not row.relispartition}
    assert there == set(TABLES["tables"])
    assert set(TABLES["roles"]) == set(ROLES) - {"owner"}


@pytest.mark.parametrize("name", TABLES["tables"])
def test_a_role_may_say_of_a_table_what_the_matrix_says_and_nothing_else(catalogue, name):
    for role in TABLES["roles"]:
        expected = {statement: tuple(sorted(columns)) for statement, columns in rights(name, role).items()}
        assert given(catalogue, name, role) == expected, role
        for privilege in ("TRUNCATE", "REFERENCES", "TRIGGER"):
            values = {"role": f"gmsd_{role}", "name": name, "privilege": privilege}
            assert not catalogue.scalar(text(ON_TABLE), values), (role, privilege)


def test_a_part_of_a_table_gives_no_more_than_the_table(catalogue):
    parts = [row.relname for row in catalogue.execute(text(OBJECTS)) if row.relispartition]
    assert len(parts) == 84
    for name in parts:
        for role in TABLES["roles"]:
            assert given(catalogue, name, role).items() <= rights(name.partition("_")[0], role).items(), (name, role)


def test_no_role_is_more_than_its_tables(settings, catalogue):
    """No superuser, no other role's rights, no schema or table of its own, nothing of Airflow's database, no file of the server."""
    for role in TABLES["roles"]:
        name = {"role": f"gmsd_{role}"}
        what = "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = :role"
        assert set(catalogue.execute(text(what), name).one()) == {False}, role
        member = "SELECT count(*) FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member WHERE rolname = :role"
        assert catalogue.scalar(text(member), name) == 0, role
        for question in ("has_schema_privilege(:role, 'public', 'CREATE')", "has_database_privilege(:role, current_database(), 'CREATE')"):
            assert catalogue.scalar(text(f"SELECT {question}"), name) is False, (role, question)
        for outside in ("pg_read_file('PG_VERSION')", "pg_ls_dir('.')"):
            with connect(settings, role).connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(f"SELECT {outside}"))


def test_no_function_of_ours_runs_with_the_rights_of_another(catalogue):
    functions = "SELECT proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace) AND prosecdef"
    assert catalogue.scalars(text(functions)).all() == []


def test_a_right_that_the_matrix_has_not_is_noticed(settings, catalogue):
    """The test above can fail: one more right for the reader, taken back with the transaction."""
    with connect(settings, "owner").connect() as connection:
        connection.execute(text("GRANT SELECT (file_name) ON delivery TO gmsd_reader"))
        assert given(connection, "delivery", "reader") == {"SELECT": ("file_name",)}
        connection.rollback()


# --- the public site ------------------------------------------------------------------------------------------------------------------


def test_every_route_of_the_public_site_stands_in_the_matrix():
    assert [route.path for route in create_app(None).routes] == list(ROUTES["site"])


@pytest.mark.parametrize("path", ROUTES["site"].values())
def test_a_route_of_the_public_site_gives_and_takes_nothing(client: httpx.Client, path: str):
    answers = {verb: client.request(verb, path, content=b"x" if verb in ("POST", "PUT", "PATCH") else None) for verb in ROUTES["verbs"]}
    assert {verb: answer.status_code for verb, answer in answers.items() if verb not in ("GET", "HEAD", "OPTIONS")} == dict.fromkeys(
        ("POST", "PUT", "PATCH", "DELETE"), 405
    )
    assert answers["GET"].status_code in (200, 303, 307), path
    assert answers["HEAD"].status_code == answers["GET"].status_code
    assert answers["HEAD"].content == b""
    assert answers["OPTIONS"].status_code in (200, 204)
    for answer in answers.values():
        assert "set-cookie" not in answer.headers
        assert not re.search(r"Traceback|/plugins/|site-packages", answer.text)
