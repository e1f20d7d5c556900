"""A backup of an installation with data, put back on an empty one elsewhere: the same rows, objects and releases, and played on."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import time
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gmsd.backup import BackupRefused, RestoreRefused, back_up, restore
from gmsd.backup.tables import filled, tables_of
from gmsd.consent import FormsWait, process_forms, proofs
from gmsd.database import connect, downgrade, revision_of
from gmsd.deletion.pages import rewrite
from gmsd.deliveries import get, listing
from gmsd.installation import prepare
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context
from gmsd.releases import get_release
from gmsd.store import get_store
from tests.support.commands import run_gmsd
from tests.support.published import close_and_count, deliver, file_of, publish
from tests.support.stack import PROJECT, Stack, environment_of, installation, own_stack
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gmsd.settings import Settings

SIZES = {"0518": 120, "0363": 70, "0034": 9}
WITHDRAWN = "2019-H2.0034.01"
# Nothing answers there: Airflow does not run beside a restore.
NO_AIRFLOW = {"airflow_url": "http://127.0.0.1:9"}
SIDE = ("inbox", "deliveries", "outbox", "staging", "publication", "accounts")


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_gmsd(*arguments, environment=environment_of(settings), seconds=patience(240))


def quiet(what: str, done: int, of: int) -> None:
    """Nobody looks."""


def withdraw(context: Context, code: str, municipality: str) -> None:
    form = {"half_year": code, "municipality": municipality, "name": "Coördinator", "reason": None}
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/formulieren/intrekking.json", json.dumps(form).encode())


@pytest.fixture(scope="module")
def played(settings, clock) -> Context:
    """A published round; a second in which one municipality withdrew, one filed a form that nobody looked at, one uploaded just now."""
    context = Context.open(settings)
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, size) for code, size in SIZES.items()})
    close_and_count(context, clock, "2019-H1")
    assert publish(context, "first") == "r0001"
    deliver(context, clock, "2019-H2", {("H22019", code): file_of("H22019", code, size, skipped=10) for code, size in SIZES.items()})
    withdraw(context, "H22019", "0034")
    register_inbox(context)
    assert list(process_forms(context).values()) == ["carried_out"]
    context.store.put(
        context.settings.bucket_inbox,
        "H22019/0518/formulieren/toelichting.json",
        json.dumps({"half_year": "H22019", "municipality": "0518", "name": "Coördinator", "text": "Een nieuw systeem."}).encode(),
    )
    register_inbox(context)
    context.store.put(context.settings.bucket_inbox, "H22019/0363/WMO_H22019_x.csv", file_of("H22019", "0363", 75))
    return context


@pytest.fixture(scope="module")
def folder(played, tmp_path_factory) -> Path:
    """Its backup."""
    found = tmp_path_factory.mktemp("backups") / "first"
    done = run(played.settings, "backup", str(found))
    assert (done.returncode, done.stderr) == (0, "")
    assert "holds the secret keys" in done.stdout
    return found


@pytest.fixture(scope="module")
def empty_machine(stack) -> Iterator[Stack]:
    """Services of their own in another folder, with other ports, passwords and keys."""
    yield from own_stack(PROJECT / "var" / "test-restored")


@pytest.fixture
def elsewhere(empty_machine, played, tmp_path) -> Iterator[Settings]:
    """An installation there that was set up and holds nothing; its buckets are called as they are everywhere."""
    for made in installation(empty_machine, tmp_path):
        names = {f"bucket_{name}": getattr(played.settings, f"bucket_{name}") for name in SIDE}
        found = made.model_copy(update={**names, **NO_AIRFLOW})
        made.rounding_key_file.write_text(token_hex(32), encoding="ascii")  # a new installation has drawn its own
        prepare(found)
        store = get_store(found)
        for bucket in names.values():  # what another test left
            for key in {version.key for version in store.versions(bucket)}:
                store.erase(bucket, key)
        yield found


def rows(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the warehouse, table by table."""
    found = {}
    with connect(settings, "owner").connect() as connection:
        for name, columns in tables_of(connection):
            query = f"SELECT {', '.join(columns)} FROM {name} ORDER BY {', '.join(f'CAST({column} AS text)' for column in columns)}"
            found[name] = [tuple(map(str, row)) for row in connection.execute(text(query))]
    return found


def objects(settings: Settings, bucket: str) -> dict[str, tuple[bytes, str]]:
    store = get_store(settings)
    name = getattr(settings, f"bucket_{bucket}")
    return {key: (store.get(name, key), store.client.head_object(Bucket=name, Key=key)["ContentType"]) for key in store.keys(name)}


def test_backup_is_plain_files_that_anybody_can_check_and_only_its_owner_can_read(folder):
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    summed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == summed | {"SHA256SUMS"}
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert {"database/delivery.csv", "database/record.csv", "keys/pseudonym.key", "objects/deliveries/2019-H1.0518.01"} <= there
    assert not [name for name in there if WITHDRAWN in name]


def test_what_is_withdrawn_or_not_of_the_database_is_not_in_it(folder, played):
    manifest = json.loads((folder / "manifest.json").read_text())
    inbox = [(each["key"], each["form"]) for each in manifest["objects"] if each["bucket"] == "inbox"]
    assert inbox == [("H22019/0518/formulieren/toelichting.json", "form.0002"), ("H22019/0363/WMO_H22019_x.csv", None)]
    assert [each["delivery_id"] for each in json.loads((folder / "withdrawn.json").read_text())["deliveries"]] == [WITHDRAWN]
    with played.engine.connect() as connection:
        last = connection.execute(text("SELECT actor, details FROM audit WHERE event = 'backed up' ORDER BY sequence LIMIT 1")).one()
    assert last.details == {"backup": manifest["backup"], "audit_rows": manifest["audit_rows"], "with_keys": "true"}


def test_a_folder_with_something_in_it_is_refused(played, folder):
    done = run(played.settings, "backup", str(folder))
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not empty: name a new folder" in done.stderr


def test_a_changed_file_is_found_before_anything_is_touched(folder, elsewhere, tmp_path):
    copy = tmp_path / "changed"
    shutil.copytree(folder, copy)
    (copy / "objects/deliveries/2019-H1.0518.01").write_bytes(b"other")
    for said in ("2019-H1.0518.01 of the backup is not what was written", "2019-H1.0518.01 of the backup is missing"):
        done = run(elsewhere, "restore", str(copy))
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        (copy / "objects/deliveries/2019-H1.0518.01").unlink(missing_ok=True)
    with connect(elsewhere, "owner").connect() as connection:
        assert filled(connection) == []
    assert [bucket for bucket in SIDE if objects(elsewhere, bucket)] == []


def test_an_installation_that_holds_anything_is_refused(played, folder, elsewhere):
    done = run(played.settings.model_copy(update=NO_AIRFLOW), "restore", str(folder))
    assert (done.returncode, done.stdout) == (1, "")
    assert "this installation is not empty: there are rows in" in done.stderr
    store = get_store(elsewhere)
    for bucket, key in ((elsewhere.bucket_accounts, "x.json"), (elsewhere.bucket_inbox, "H22019/0518/x.csv")):
        store.put(bucket, key, b"somebody's")
        refused = run(elsewhere, "restore", str(folder))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "this installation is not empty" in refused.stderr
        assert store.get(bucket, key) == b"somebody's"
        store.erase(bucket, key)
    with pytest.raises(RestoreRefused, match="receipts name the bucket"):
        restore(
            elsewhere.model_copy(update={"bucket_inbox": elsewhere.bucket_staging}),
            folder, keys=None, withdrawn=(), database_only=False, actor="test", progress=quiet,
        )  # fmt: skip


def test_a_restore_beside_a_running_airflow_is_refused(folder, elsewhere):
    """Anything that answers where Airflow should be does."""
    running = elsewhere.model_copy(update={"airflow_url": elsewhere.s3_endpoint})
    with pytest.raises(RestoreRefused, match="Airflow runs at"):
        restore(running, folder, keys=None, withdrawn=(), database_only=False, actor="test", progress=quiet)


def test_restored_elsewhere_after_a_kill_it_is_the_same_and_plays_on(played, folder, elsewhere, tmp_path):
    """The whole way: killed while objects are put back, repeated, compared, and the round played to its end on both installations."""
    store = get_store(elsewhere)
    command = [sys.executable, "-m", "gmsd.cli", "restore", str(folder)]
    log = tmp_path / "killed.log"
    with log.open("w") as stream:
        killed = subprocess.Popen(command, env=environment_of(elsewhere), stdout=stream, stderr=stream)
    end = time.monotonic() + patience(120)
    while not list(store.keys(elsewhere.bucket_outbox)):
        assert killed.poll() is None, log.read_text()
        assert time.monotonic() < end
    killed.kill()
    killed.wait()
    with connect(elsewhere, "owner").connect() as connection:
        assert filled(connection) == []
    prepare(elsewhere)  # the services can be started meanwhile: the new installation's keys are still in place

    done = run(elsewhere, "restore", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("r0001 comes out byte for byte", "the audit trail is whole", "what 1 deletion proofs say is gone, is gone"):
        assert said in done.stdout
    assert "1 uploads had not been registered" in done.stdout

    _same_rows(played.settings, elsewhere)
    for bucket in ("deliveries", "outbox", "staging", "publication"):
        assert objects(elsewhere, bucket) == objects(played.settings, bucket), bucket
    reader = get_store(elsewhere, "reader")
    assert get_release(reader, elsewhere.bucket_publication, "r0001") == get_release(
        played.store, played.settings.bucket_publication, "r0001"
    )
    for name in ("pseudonym", "rounding", "reference"):
        path = getattr(elsewhere, f"{name}_key_file")
        assert elsewhere.key(name) == played.settings.key(name)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    there = Context.open(elsewhere)
    assert _play_on(there) == _play_on(played)
    for release_id in ("r0001", "r0002"):
        assert get_release(there.store, elsewhere.bucket_publication, release_id) == get_release(
            played.store, played.settings.bucket_publication, release_id
        )
    for name in ("audit", "consent"):
        assert run(elsewhere, name, "verify").returncode == 0


def _same_rows(before: Settings, after: Settings) -> None:
    was, now = rows(before), rows(after)
    assert now.keys() == was.keys()
    for name in was.keys() - {"audit", "form"}:
        assert now[name] == was[name], name
    with connect(before, "owner").connect() as one, connect(after, "owner").connect() as other:
        query = text("SELECT hash, event FROM audit ORDER BY sequence")
        first, second = one.execute(query).all(), other.execute(query).all()
        assert first[-1].event == "backed up"
        assert second[-1].event == "restored"
        assert second[:-1] == first[:-1]
        forms = text("SELECT form_id, state, object_key, received_at, content FROM form ORDER BY form_id")
        assert one.execute(forms).all() == other.execute(forms).all()


def _play_on(context: Context) -> tuple[str, ...]:
    """What came in before the backup and was not dealt with, a correction, the close and a publication."""
    new = register_inbox(context).new_deliveries
    for delivery_id in new:
        assert check_delivery(context, delivery_id).state == "accepted"
        report_delivery(context, delivery_id)
    forms = process_forms(context)
    context.store.put(context.settings.bucket_inbox, "H22019/0518/WMO_H22019_x.csv", file_of("H22019", "0518", 121, skipped=9))
    later = register_inbox(context).new_deliveries
    for delivery_id in later:
        assert check_delivery(context, delivery_id).state == "accepted"
    clock = context.clock
    close_and_count(context, clock, "2019-H2")
    return (*new, *forms.values(), *later, publish(context, "second"))


@pytest.fixture
def small(stack, tmp_path, played) -> Iterator[Context]:
    """An installation with one accepted delivery in an open round, beside the other."""
    (tmp_path / "small").mkdir()
    for made in installation(stack, tmp_path / "small"):
        prepare(made)
        context = Context.open(made)
        deliver(context, context.clock, "2019-H1", {("H12019", code): file_of("H12019", code, 20) for code in ("0518", "0363")})
        yield context


@pytest.fixture
def machine(empty_machine, small, tmp_path) -> Iterator[Settings]:
    """An empty installation for it."""
    (tmp_path / "machine").mkdir()
    for made in installation(empty_machine, tmp_path / "machine"):
        names = {f"bucket_{name}": getattr(small.settings, f"bucket_{name}") for name in SIDE}
        found = made.model_copy(update={**names, **NO_AIRFLOW})
        prepare(found)
        yield found


def taken(context: Context, folder: Path, progress: Callable[[str, int, int], None] = quiet):
    return back_up(context.settings, folder, with_keys=True, actor="test", progress=progress)


def test_keys_that_travel_apart_are_asked_for_and_compared(small, machine, tmp_path):
    apart, keys = tmp_path / "apart", tmp_path / "kept"
    done = run(small.settings, "backup", str(apart), "--without-keys", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["keys"] is False
    assert not (apart / "keys").exists()
    values = [small.settings.key(name).hex() for name in ("pseudonym", "rounding", "reference")]
    assert not [path for path in apart.rglob("*") if path.is_file() and any(value.encode() in path.read_bytes() for value in values)]

    refused = run(machine, "restore", str(apart))
    assert refused.returncode == 1
    assert "was taken without its pseudonym key: name the folder of its keys with --keys" in refused.stderr
    keys.mkdir()
    for name, value in zip(("pseudonym", "rounding", "reference"), values, strict=True):
        (keys / f"{name}.key").write_text(value if name != "reference" else "5a" * 32)
    refused = run(machine, "restore", str(apart), "--keys", str(keys))
    assert refused.returncode == 1
    assert "is not the reference key of this backup" in refused.stderr
    (keys / "reference.key").write_text(values[2])
    done = run(machine, "restore", str(apart), "--keys", str(keys))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("told", ["at once", "afterwards"])
def test_an_old_backup_does_not_bring_back_what_was_withdrawn_since(small, machine, tmp_path, told):
    """With the list at hand nothing of it is put back; with a list that turns up later it goes again."""
    taken(small, tmp_path / "old")
    withdraw(small, "H12019", "0363")
    register_inbox(small)
    assert list(process_forms(small).values()) == ["carried_out"]
    listed = tmp_path / "withdrawn.json"
    listed.write_text(run(small.settings, "consent", "list", "--json").stdout)
    options = ("--withdrawn", str(listed)) if told == "at once" else ()
    done = run(machine, "restore", str(tmp_path / "old"), *options)
    assert (done.returncode, done.stderr) == (0, "")
    there = Context.open(machine)
    if told == "afterwards":
        assert "are not known here: run this again with --withdrawn" in done.stdout
        assert "2019-H1.0363.01" in objects(machine, "deliveries")
        done = run(machine, "restore", str(tmp_path / "old"), "--withdrawn", str(listed))
        assert (done.returncode, done.stderr) == (0, "")
        assert "had been put back already" in done.stdout
    assert "Withdrawn since, and not put back: 2019-H1.0363.01" in done.stdout
    for bucket in SIDE:
        assert not [key for key in objects(machine, bucket) if "0363" in key], bucket
    with there.engine.connect() as connection:
        assert get(connection, "2019-H1.0363.01").state == "withdrawn"
        assert get(connection, "2019-H1.0363.01").deleted_at is not None
        assert get(connection, "2019-H1.0518.01").state == "accepted"
    proved = run(machine, "consent", "verify", "--json")
    assert proved.returncode == 0
    assert json.loads(proved.stdout).items() >= {"proofs": 1, "gone": True, "found": []}.items()


def test_what_comes_in_and_what_is_withdrawn_while_it_is_taken(small, machine, tmp_path, monkeypatch):
    """Between the snapshot and the objects: an upload is registered and checked, a delivery is withdrawn.

    The backup reads the database as it was before, so the withdrawal ends after it, and is in the list of later withdrawals.
    """
    monkeypatch.setitem(rewrite.__kwdefaults__, "patience", 0.5)
    key = "H12019/0034/WMO_H12019_x.csv"

    def meanwhile(what: str, done: int, of: int) -> None:
        if (what, done) == ("Tables written", of):
            small.store.put(small.settings.bucket_inbox, key, file_of("H12019", "0034", 12))
            for delivery_id in register_inbox(small).new_deliveries:
                check_delivery(small, delivery_id)
            withdraw(small, "H12019", "0363")
            register_inbox(small)
            with pytest.raises(FormsWait, match="StillRead"):
                process_forms(small)

    found = taken(small, tmp_path / "running", meanwhile)
    assert list(process_forms(small).values()) == ["carried_out"]
    assert found.left_out == ("2019-H1.0363.01",)
    assert found.manifest.missing == ()
    kept = {(each.bucket, each.key) for each in found.manifest.objects}
    assert ("inbox", key) in kept
    assert not [each for each in kept if each[0] != "inbox" and ("0363" in each[1] or "0034" in each[1])]
    with small.engine.connect() as connection:
        later = proofs(connection)
    done = restore(machine, tmp_path / "running", keys=None, withdrawn=later, database_only=False, actor="test", progress=quiet)
    assert (done.faults, done.withdrawn) == ((), ("2019-H1.0363.01",))
    there = Context.open(machine)
    assert register_inbox(there).new_deliveries == ("2019-H1.0034.01",)


def test_a_copy_that_is_lost_is_told_and_the_rest_is_backed_up(small, tmp_path):
    small.store.delete(small.settings.bucket_deliveries, "2019-H1.0518.01")
    version = next(each for each in small.store.versions(small.settings.bucket_inbox) if "/0518/" in each.key)
    small.store.delete(small.settings.bucket_inbox, version.key, version.version_id)
    done = run(small.settings, "backup", str(tmp_path / "lossy"))
    assert done.returncode == 1
    assert "not whole: the store did not have 2019-H1.0518.01" in done.stderr
    assert json.loads((tmp_path / "lossy" / "manifest.json").read_text())["missing"] == ["2019-H1.0518.01"]


def test_a_copy_that_is_still_in_the_inbox_is_taken_from_there(small, machine, tmp_path):
    small.store.delete(small.settings.bucket_deliveries, "2019-H1.0518.01")
    assert taken(small, tmp_path / "mended").manifest.missing == ()
    done = restore(machine, tmp_path / "mended", keys=None, withdrawn=(), database_only=False, actor="test", progress=quiet)
    assert done.faults == ()
    assert "2019-H1.0518.01" in objects(machine, "deliveries")


def test_no_backup_while_pseudonyms_are_made_anew(small, tmp_path):
    with small.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO key_rotation SELECT 1, fingerprint, 'x', now(), 'test' FROM key_fingerprint WHERE name = 'pseudonym'")
        )
    with pytest.raises(BackupRefused, match="gmsd keys rotate"):
        taken(small, tmp_path / "rotating")


def test_a_backup_of_an_earlier_schema_is_brought_up_to_date(small, machine, tmp_path):
    downgrade(small.settings, "r0012_warehouse")
    assert taken(small, tmp_path / "earlier").manifest.revision == "r0012_warehouse"
    done = restore(machine, tmp_path / "earlier", keys=None, withdrawn=(), database_only=False, actor="test", progress=quiet)
    assert done.faults == ()
    with connect(machine, "owner").connect() as connection:
        assert revision_of(connection) not in ("", "r0012_warehouse")
        assert {each.delivery_id: each.state for each in listing(connection)} == {
            "2019-H1.0363.01": "accepted",
            "2019-H1.0518.01": "accepted",
        }


def test_only_the_database_was_lost(small, stack, tmp_path):
    """It is put back beside the store, and intake takes up from the inbox what came in since."""
    taken(small, tmp_path / "night")
    small.store.put(small.settings.bucket_inbox, "H12019/0034/WMO_H12019_x.csv", file_of("H12019", "0034", 12))
    register_inbox(small)
    (tmp_path / "new").mkdir()
    for made in installation(stack, tmp_path / "new"):
        names = {f"bucket_{name}": getattr(small.settings, f"bucket_{name}") for name in SIDE}
        found = made.model_copy(update={**names, **NO_AIRFLOW})
        prepare(found)
        done = run(found, "restore", str(tmp_path / "night"), "--database-only")
        assert (done.returncode, done.stderr) == (0, "")
        assert register_inbox(Context.open(found)).new_deliveries == ("2019-H1.0034.01",)


def test_consent_verify_finds_what_came_back(small):
    assert run(small.settings, "consent", "verify").stdout.startswith("What 0 deletion proofs say is gone, is gone.\n")
    withdraw(small, "H12019", "0363")
    register_inbox(small)
    process_forms(small)
    assert run(small.settings, "consent", "verify", "form.0001").returncode == 0
    settings, data = small.settings, file_of("H12019", "0363", 20)
    for bucket, key in (
        (settings.bucket_deliveries, "2019-H1.0363.01"),
        (settings.bucket_deliveries, "left/2019-H1.0363.01/x"),
        (settings.bucket_staging, "2019-H1.0363.01.parquet"),
        (settings.bucket_outbox, "H12019/0363/2019-H1.0363.01/op-orde.html"),
        (settings.bucket_inbox, "H12019/0363/anders.csv"),
    ):
        small.store.put(bucket, key, data)
        found = run(settings, "consent", "verify")
        assert (found.returncode, found.stdout) == (1, ""), key
        where = f"{bucket}/{key}" if bucket != settings.bucket_inbox else "not registered"
        assert "2019-H1.0363.01 was withdrawn and is in" in found.stderr
        assert where in found.stderr
        assert "anders" not in found.stderr
        small.store.erase(bucket, key)
    with small.engine.begin() as connection:
        connection.execute(text("INSERT INTO check_result VALUES ('2019-H1.0363.01', '{}', NULL, 'x', now())"))
    assert "table check_result" in run(settings, "consent", "verify").stderr
    # delivered again, the same bytes are a delivery of their own
    with small.engine.begin() as connection:
        connection.execute(text("DELETE FROM check_result WHERE delivery_id = '2019-H1.0363.01'"))
    small.store.put(settings.bucket_inbox, "H12019/0363/anders.csv", data)
    assert register_inbox(small).new_deliveries == ("2019-H1.0363.02",)
    assert run(settings, "consent", "verify").returncode == 0
    assert run(settings, "consent", "verify", "form.0009").returncode == 2
