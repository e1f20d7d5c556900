"""The inbox is only where the post arrives: what was registered lies in the private place, and no object there stands in another's way."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import resource
import threading
from pathlib import Path

import psycopg
import pytest
from botocore.exceptions import ClientError
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.deliveries import BytesLost, check_result, compare_copies, get, keep_versions, let_in, listing, register
from gmsd.intake import check_delivery, recheck, register_inbox, report_delivery, staged_records
from gmsd.journal import Context, hidden, verify_chain
from gmsd.store import ObjectStore, Version, get_store
from tests.integration.test_intake import BSNS, NAME, Town, lines, withdraw
from tests.support.mails import Maildir, text_of

IN_WINDOW = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(IN_WINDOW)
    return Context.open(settings)


@pytest.fixture(autouse=True)
def in_window(clock) -> None:
    clock.move(IN_WINDOW)


@pytest.fixture
def engineer(settings) -> Maildir:
    return Maildir(Path(settings.maildir), settings.mail_engineer)


def private(context: Context, prefix: str = "") -> dict[str, bytes]:
    """What lies in the private place, by key."""
    store, bucket = context.store, context.settings.bucket_deliveries
    return {key: store.get(bucket, key) for key in store.keys(bucket, prefix)}


def scalar(context: Context, query: str, **values):
    with context.engine.connect() as connection:
        return connection.scalar(text(query), values)


def put(context: Context, key: str, body: bytes = b"x", **more) -> str:
    """Upload as the account that may only upload; gives the version id."""
    client = get_store(context.settings, "portal").client
    answer = client.put_object(Bucket=context.settings.bucket_inbox, Key=key, Body=body, ACL="bucket-owner-full-control", **more)
    return answer.get("VersionId", "null")


def empty_inbox(context: Context) -> None:
    """What an account that may write can do on a store without our gate: every version of everything is gone."""
    bucket = context.settings.bucket_inbox
    for version in list(context.store.versions(bucket)):
        context.store.delete(bucket, version.key, version.version_id)
    assert not list(context.store.versions(bucket))


def test_every_upload_is_copied_whatever_becomes_of_it_and_outlives_the_inbox(context: Context, clock):
    clock.move(dt.datetime(2020, 1, 20, 9, 0, tzinfo=AMSTERDAM))
    early = lines("0503", number=9)
    Town(context, "0503").upload(early)
    register_inbox(context)
    clock.move(IN_WINDOW)
    sent = [lines("0503", number=1), lines("0503", number=2), lines("0503", number=2)]
    for data in sent:
        Town(context, "0503").upload(data)
    put(context, "elders/x.csv", b"nobody's")
    found = register_inbox(context)
    assert private(context, "2019-H2.0503.") == dict(zip([f"2019-H2.0503.{n:02d}" for n in range(1, 5)], [early, *sent], strict=True))
    assert private(context, "unplaced.") == {found.unplaced[0]: b"nobody's"}
    assert Town(context, "0503").states == ["early", "received", "received", "repeat"]
    empty_inbox(context)
    for delivery_id in found.new_deliveries:
        check_delivery(context, delivery_id)
        report_delivery(context, delivery_id)
    assert Town(context, "0503").states == ["early", "superseded", "accepted", "repeat"]
    assert recheck(context, "2019-H2.0503.03", "engineer").state == "accepted"
    context.store.delete(context.settings.bucket_staging, "2019-H2.0503.03.parquet")
    assert staged_records(context, Town(context, "0503").deliveries[2]).height == len(BSNS)
    assert register_inbox(context).nothing
    for delivery in Town(context, "0503").deliveries:
        assert hashlib.sha256(private(context)[delivery.delivery_id]).hexdigest() == delivery.sha256


def test_a_late_upload_is_let_in_from_the_private_place(context: Context, clock):
    clock.move(dt.datetime(2020, 3, 7, 9, 0, tzinfo=AMSTERDAM))
    Town(context, "0505").upload(lines("0505"))
    register_inbox(context)
    empty_inbox(context)
    let_in(context, "2019-H2.0505.01", "engineer")
    assert check_delivery(context, "2019-H2.0505.01").state == "accepted"


@pytest.mark.parametrize("where", ["copied", "announced", "audited"])
def test_a_kill_in_the_middle_of_a_registration_gives_the_same_once_it_runs_again(context: Context, monkeypatch, where: str):
    code = {"copied": "0518", "announced": "0363", "audited": "0599"}[where]
    town = Town(context, code)
    sent = [lines(code, number=n) for n in range(3)]
    for data in sent:
        town.upload(data)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        place = {
            "copied": "gmsd.deliveries.registration._Registration._take_all",
            "announced": "gmsd.deliveries.registration.queue_mails",
            "audited": "gmsd.deliveries.registration.audit_many",
        }
        patched.setattr(place[where], killed)
        with pytest.raises(KeyboardInterrupt):
            register_inbox(context)
    assert town.states == []
    assert len(private(context, f"2019-H2.{code}.")) == 3  # what was copied waits for its receipt
    # what the killed one left may be another upload's by now: here the first has gone meanwhile
    first = next(
        v for v in reversed(list(context.store.versions(context.settings.bucket_inbox, f"H22019/{code}/"))) if not v.is_delete_marker
    )
    context.store.delete(context.settings.bucket_inbox, first.key, first.version_id)
    register_inbox(context)
    assert [d.sha256 for d in town.deliveries] == [hashlib.sha256(data).hexdigest() for data in sent[1:]]
    assert private(context, f"2019-H2.{code}.0")[f"2019-H2.{code}.01"] == sent[1]
    assert private(context, f"2019-H2.{code}.0")[f"2019-H2.{code}.02"] == sent[2]
    # nobody else may have what stood there under another's number
    assert sorted(private(context, f"left/2019-H2.{code}.").values()) == sorted(sent[:2])
    withdraw(context, code)
    assert not private(context, f"left/2019-H2.{code}.")
    assert compare_copies(context).missing == ()


def test_two_intakes_at_once_register_and_copy_each_upload_once(context: Context):
    for number in range(12):
        Town(context, "0344").upload(lines("0344", number=number), name=f"WMO_H22019_{number}.csv")
    found: list[tuple[str, ...]] = []
    runs = [threading.Thread(target=lambda: found.append(register_inbox(context).new_deliveries)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(each for ids in found for each in ids) == [f"2019-H2.0344.{n:02d}" for n in range(1, 13)]
    kept = private(context, "2019-H2.0344.")
    assert {d.delivery_id: d.sha256 for d in Town(context, "0344").deliveries} == {
        key: hashlib.sha256(data).hexdigest() for key, data in kept.items()
    }


def test_a_large_upload_goes_through_in_parts_and_memory_stays_small(context: Context, tmp_path):
    size = 120 * 2**20
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(size // 2**20):
            file.write(bytes([number % 251]) * 2**20)
    get_store(context.settings, "portal").upload_file(
        context.settings.bucket_inbox, "H22019/0034/WMO_H22019_groot.csv", path, acl="bucket-owner-full-control"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    register_inbox(context)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    (delivery,) = Town(context, "0034").deliveries
    assert delivery.size_bytes == size
    assert context.store.digest(context.settings.bucket_deliveries, delivery.delivery_id) == delivery.sha256
    assert delivery.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert grown < 90, f"{grown:.0f} MB more memory for {size >> 20} MB"
    assert compare_copies(context) == compare_copies(context)
    assert not compare_copies(context).missing


def test_what_the_store_refused_is_no_delivery_and_what_was_overwritten_is_one(context: Context):
    town = Town(context, "0014")
    key = f"H22019/0014/{NAME}"
    put(context, key, lines("0014", number=1))
    put(context, key, lines("0014", number=2))
    with pytest.raises(ClientError, match=r"412|Precondition"):
        put(context, key, lines("0014", number=3), IfNoneMatch="*")
    found = register_inbox(context)
    assert found.new_deliveries == ("2019-H2.0014.01", "2019-H2.0014.02")
    for delivery_id in found.new_deliveries:
        check_delivery(context, delivery_id)
    assert town.states == ["superseded", "accepted"]
    put(context, key, lines("0014", number=4))
    with pytest.raises(ClientError):
        put(context, key, lines("0014", number=5), IfNoneMatch="*")
    assert register_inbox(context).new_deliveries == ("2019-H2.0014.03",)
    assert register_inbox(context).nothing
    # a withdrawal takes what was refused along, and nothing that was refused comes up as a new delivery
    withdraw(context, "0014")
    assert [v.key for v in context.store.versions(context.settings.bucket_inbox, "H22019/0014/")] == [
        "H22019/0014/formulieren/intrekking.json"
    ]
    assert register_inbox(context).nothing
    assert not private(context, "2019-H2.0014.")


class Listing(ObjectStore):
    """The real store, but for the listing of one bucket, which stands still at what a test says."""

    def __init__(self, client, bucket: str, *listings: list[Version]) -> None:
        super().__init__(client)
        self.bucket, self.listings = bucket, list(listings)

    def versions(self, bucket: str, prefix: str = ""):
        if bucket != self.bucket:
            return super().versions(bucket, prefix)
        return iter(self.listings.pop(0) if len(self.listings) > 1 else self.listings[0])


def seen(context: Context, *listings: list[Version]) -> Context:
    store = Listing(context.store.client, context.settings.bucket_inbox, *listings)
    return Context(context.settings, context.engine, store, context.clock, context.calendar)


def test_a_version_above_the_current_one_is_noted_and_taken_when_it_turns_out_to_have_been_slow(context: Context):
    key = f"H22019/0037/{NAME}"
    ids = [put(context, key, lines("0037", number=n)) for n in range(2)]
    at = dt.datetime(2020, 2, 10, 8, 0, tzinfo=dt.UTC)
    lower, upper = (Version(key, each, False, False, 10, "", at) for each in ids)

    def current(version: Version) -> Version:
        return Version(version.key, version.version_id, True, False, version.size, "", at)

    assert register_inbox(seen(context, [upper, current(lower)])).new_deliveries == ("2019-H2.0037.01",)
    assert scalar(context, "SELECT what FROM inbox_marker WHERE version_id = :id", id=ids[1]) == "refused by the store"
    assert register_inbox(seen(context, [upper, current(lower)])).nothing
    # the store brings it up because the current one was deleted: it was refused all the same
    assert register_inbox(seen(context, [current(upper)])).nothing
    # it is current above the one that was: the upload only took its time
    assert register_inbox(seen(context, [current(upper), lower])).new_deliveries == ("2019-H2.0037.02",)
    assert register_inbox(seen(context, [current(upper), lower])).nothing
    # seen in the middle of being taken, it is looked at again before anything is noted
    other = f"H22019/0037/anders_{NAME}"
    first, second = (put(context, other, lines("0037", number=n)) for n in (7, 8))
    low, up = (Version(other, each, False, False, 10, "", at) for each in (first, second))
    known = [current(upper), lower]
    found = register_inbox(seen(context, [*known, up, current(low)], [*known, up, current(low)], [*known, current(up), low]))
    assert found.new_deliveries == ("2019-H2.0037.03", "2019-H2.0037.04")


def test_versions_that_were_switched_off_are_on_again_and_each_upload_has_a_receipt(context: Context, engineer: Maildir):
    store, bucket, town = context.store, context.settings.bucket_inbox, Town(context, "0047")

    def off() -> None:
        store.client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})

    off()
    assert put(context, f"H22019/0047/{NAME}", lines("0047", number=1)) == "null"
    assert register_inbox(context).new_deliveries == ("2019-H2.0047.01",)
    assert store.keeps_versions(bucket)
    assert len([s for s in engineer.subjects() if "kept no versions" in s]) == 1
    off()
    put(context, f"H22019/0047/{NAME}", lines("0047", number=2))
    assert register_inbox(context).new_deliveries == ("2019-H2.0047.02",)
    assert len([s for s in engineer.subjects() if "kept no versions" in s]) == 2
    assert not keep_versions(context)
    # the next upload makes the store give the unversioned one an id: it is still the same delivery
    put(context, f"H22019/0047/{NAME}", lines("0047", number=3))
    assert register_inbox(context).new_deliveries == ("2019-H2.0047.03",)
    assert register_inbox(context).nothing
    assert len({d.sha256 for d in town.deliveries}) == 3
    withdraw(context, "0047")
    assert [v.key for v in store.versions(bucket, "H22019/0047/")] == ["H22019/0047/formulieren/intrekking.json"]
    assert register_inbox(context).nothing


def test_markers_of_folders_and_what_programs_leave_are_noted_and_nothing_else(context: Context, engineer: Maildir, maildir: Maildir):
    left = {
        "H22019/0050/": "marker of a folder", "H22019/": "marker of a folder", "H22019/0050/formulieren/": "marker of a folder",
        "H22019/0050": "marker of a folder", "H22019/0050/.DS_Store": "hidden file of a system or program",
        f"H22019/0050/~${NAME}": "lock file of Office or LibreOffice", "H22019/0050/Thumbs.db": "file of Windows",
        f"H22019/0050/{NAME}.filepart": "unfinished upload (WinSCP, Nextcloud, rclone and others)",
        "H22019/0050/_SUCCESS": "mark of a finished or running job (Hadoop, Spark)",
        "__MACOSX/H22019/x": "folder that macOS packs into an archive or leaves on a share",
    }  # fmt: skip
    mailed = len(engineer.mails()) + len(maildir.mails())
    for key, what in left.items():
        put(context, key, b"" if what == "marker of a folder" else lines("0050"))
    put(context, f"H22019/0050/{NAME}", lines("0050"))
    found = register_inbox(context)
    assert (found.new_deliveries, found.unplaced, found.markers) == (("2019-H2.0050.01",), (), len(left))
    assert Town(context, "0050").deliveries[0].attempt == 1
    with context.engine.connect() as connection:
        noted = dict(
            connection.execute(text("SELECT object_key, what FROM inbox_marker WHERE object_key = ANY(:keys)"), {"keys": list(left)}).all()
        )
    assert noted == left
    assert len(engineer.mails()) + len(maildir.mails()) == mailed + 1  # the receipt
    assert set(left) <= set(context.store.keys(context.settings.bucket_inbox))
    assert register_inbox(context).nothing
    withdraw(context, "0050")  # part of a file may lie in what a transfer program left
    assert f"H22019/0050/{NAME}.filepart" not in list(context.store.keys(context.settings.bucket_inbox))


@pytest.mark.parametrize(
    ("key", "told", "named"),
    [
        ("H22019/1979/WMO_H22019_x.csv", ["1979"], ["H22019/0003/", "H22019/0010/", "H22019/0024/", "Appingedam"]),
        ("H22019/1979/formulieren/intrekking.json", ["1979"], ["H22019/0003/", "formulieren"]),
        ("H22022/0457/WMO_H22022_x.csv", ["0363"], ["H22022/0363/", "Amsterdam"]),
        ("H12015/1940/WMO_H12015_x.csv", ["1940"], ["H12015/1921/"]),
        ("H22015/1921/WMO_H22015_x.csv", ["1940"], ["H22015/1940/"]),
        ("H12021/0788/WMO_H12021_x.csv", ["0757", "0824", "0855", "0865"], ["H12021/0757/", "H12021/0865/"]),
    ],
)
def test_who_uses_the_folder_of_another_time_hears_which_one_is_right(context: Context, maildir: Maildir, engineer, key: str, told, named):
    told_before = len(engineer.mails())
    put(context, key, lines("0003"))
    (unplaced,) = register_inbox(context).unplaced
    for code in told:
        mail = next(m for m in maildir.mails(f"wmo-{code}") if unplaced in text_of(m))
        words = " ".join(text_of(mail).split())
        assert "gebruik een andere map" in str(mail["Subject"])
        for each in named:
            assert each in words
            assert each.replace("/", "/<wbr>") in mail.as_string() or each in words
        assert "kolom Gemeentecode" in words
    assert len(engineer.mails()) == told_before
    with context.engine.connect() as connection:
        delivery = get(connection, unplaced)
    assert delivery.state == "unplaced"
    assert "not a municipality" in delivery.reason
    assert private(context, unplaced) == {unplaced: lines("0003")}


def test_a_code_that_never_was_is_told_to_the_engineer_alone(context: Context, maildir: Maildir, engineer: Maildir):
    mailed = len(maildir.mails())
    put(context, "H22019/9999/WMO_H22019_x.csv", b"x")
    (unplaced,) = register_inbox(context).unplaced
    assert len(maildir.mails()) == mailed
    assert [s for s in engineer.subjects() if unplaced in s]


class Failing(ObjectStore):
    """The real store, but for objects that it fails on: `how` by a part of their key."""

    def __init__(self, client, how: dict[str, object]) -> None:
        super().__init__(client)
        self.how = how

    def copy(self, source, bucket, key):
        for part, fault in self.how.items():
            if part in source[1]:
                if callable(fault):
                    fault(source)
                else:
                    raise fault
        return super().copy(source, bucket, key)


def failing(context: Context, **how) -> Context:
    return Context(context.settings, context.engine, Failing(context.store.client, how), context.clock, context.calendar)


def fault_of_store(status: int) -> ClientError:
    return ClientError({"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def test_an_upload_that_cannot_be_read_waits_and_the_others_go_on(context: Context, engineer: Maildir):
    for name in ("a", "kapot", "b"):
        Town(context, "0060").upload(lines("0060", number=len(name)), name=f"WMO_H22019_{name}.csv")
    broken = failing(context, kapot=fault_of_store(500))
    found = register_inbox(broken)
    assert (found.new_deliveries, found.waiting) == (("2019-H2.0060.01", "2019-H2.0060.02"), 1)
    assert [d.file_name for d in Town(context, "0060").deliveries] == ["WMO_H22019_a.csv", "WMO_H22019_b.csv"]
    assert set(private(context, "2019-H2.0060.")) == {"2019-H2.0060.01", "2019-H2.0060.02"}
    assert register_inbox(broken).waiting == 1
    (mail,) = [m for m in engineer.mails() if "cannot be registered" in str(m["Subject"])]
    assert "H22019/0060/WMO_H22019_kapot.csv: its bytes cannot be copied: InternalError (500)" in text_of(mail)
    found = register_inbox(context)
    assert (found.new_deliveries, found.waiting) == (("2019-H2.0060.03",), 0)


def test_a_store_that_is_away_is_no_fault_of_an_upload(context: Context, monkeypatch):
    Town(context, "0080").upload(lines("0080"))
    broken = failing(context, **{"": fault_of_store(503)})
    monkeypatch.setattr(broken.store, "answers", lambda _bucket: False)
    with pytest.raises(ClientError):
        register_inbox(broken)
    assert scalar(context, "SELECT count(*) FROM inbox_trouble") == 0
    assert register_inbox(context).new_deliveries == ("2019-H2.0080.01",)


def test_an_upload_that_vanished_has_a_receipt_that_says_so(context: Context, maildir: Maildir):
    town = Town(context, "0085")
    town.upload(lines("0085"), name="WMO_H22019_weg.csv")
    town.upload(lines("0085"), name="WMO_H22019_er.csv")

    def delete(source) -> None:
        context.store.delete(*source)

    assert register_inbox(failing(context, weg=delete)).new_deliveries == ("2019-H2.0085.01", "2019-H2.0085.02")
    gone, there = town.deliveries
    assert (gone.state, gone.sha256, gone.verdict) == ("unreadable", None, "rejected")
    assert "deleted or overwritten" in gone.reason
    assert there.state == "received"
    assert [s for s in maildir.subjects("wmo-0085") if "was al weg" in s]
    assert not [s for s in maildir.subjects("wmo-0085") if "mogen uw bestand niet lezen" in s]
    assert register_inbox(context).nothing
    with pytest.raises(BytesLost):
        recheck(context, gone.delivery_id, "engineer")


HOSTILE = ["WMO_H22019_\x01\x1b[31m.csv", "WMO_H22019_\u202evsc.exe.csv", "WMO_H22019_a\nBcc: x@y.csv",
           "WMO_H22019_'; DROP TABLE delivery;--.csv",
           "WMO_H22019_{{ 7*7 }}.csv", "WMO_H22019_%00%41.csv", "WMO_H22019_" + "x" * 190 + ".csv"]  # fmt: skip


def test_a_hostile_key_is_an_upload_like_any_other(context: Context):
    for name in HOSTILE:
        put(context, f"H22019/0086/{name}", lines("0086"))
    found = register_inbox(context)
    assert len(found.new_deliveries) == len(HOSTILE)
    for delivery_id in found.new_deliveries:
        check_delivery(context, delivery_id)
        report_delivery(context, delivery_id)
    assert sorted(d.file_name for d in Town(context, "0086").deliveries) == sorted(HOSTILE)
    assert scalar(context, "SELECT count(*) FROM mail WHERE sent_at IS NULL") == 0


def test_what_the_database_refuses_stops_nobody_and_a_name_it_cannot_hold_is_kept_readable(context: Context, engineer: Maildir):
    """Other stores than ours list keys with NUL and broken characters; here the listing is made up, the bytes are real."""
    town = Town(context, "0088")
    names = {
        "WMO_H22019_goed.csv": lines("0088", number=1),
        "WMO_H22019_raar.csv": lines("0088", number=2),
        "WMO_H22019_ook.csv": lines("0088", number=3),
    }
    for name, data in names.items():
        town.upload(data, name=name)
    real = list(context.store.versions(context.settings.bucket_inbox, "H22019/0088/"))
    odd = {v.version_id: v.key.replace("raar", "r\x00a\ud800r") for v in real}

    class Odd(Listing):
        def copy(self, source, bucket, key):
            return super().copy((source[0], source[1].replace("r\x00a\ud800r", "raar"), source[2]), bucket, key)

    listed = [Version(odd[v.version_id], v.version_id, True, False, v.size, v.etag, v.last_modified) for v in real]
    store = Odd(context.store.client, context.settings.bucket_inbox, listed)
    strange = Context(context.settings, context.engine, store, context.clock, context.calendar)
    assert len(register_inbox(strange).new_deliveries) == 3
    assert sorted(d.file_name for d in town.deliveries) == sorted(name.replace("raar", "r\ufffda\ufffdr") for name in names)
    assert register_inbox(strange).nothing

    for version in real:
        context.store.delete(context.settings.bucket_inbox, version.key, version.version_id)

    # a name that the database refuses for a reason that nobody foresaw
    owner = psycopg.connect(context.settings.database_owner.get_secret_value().replace("+psycopg", ""), autocommit=True)
    owner.execute("ALTER TABLE delivery ADD CONSTRAINT no_monday CHECK (file_name NOT LIKE '%maandag%')")
    try:
        for name in ("dinsdag", "maandag", "woensdag"):
            town.upload(lines("0088", number=len(name)), name=f"WMO_H22019_{name}.csv")
        found = register_inbox(context)
        assert (len(found.new_deliveries), found.waiting) == (2, 1)
        assert [d.file_name for d in town.deliveries[-2:]] == ["WMO_H22019_dinsdag.csv", "WMO_H22019_woensdag.csv"]
        assert [d.upload_number for d in town.deliveries] == [1, 2, 3, 4, 5]
        assert set(private(context, "2019-H2.0088.")) == {d.delivery_id for d in town.deliveries}
        assert compare_copies(context).missing == ()
        told = [text_of(m) for m in engineer.mails() if "cannot be registered" in str(m["Subject"]) and "maandag" in text_of(m)]
        assert len(told) == 1
        assert "no_monday" not in told[0]
    finally:
        owner.execute("ALTER TABLE delivery DROP CONSTRAINT no_monday")
        owner.close()
    assert register_inbox(context).new_deliveries == ("2019-H2.0088.06",)
    assert scalar(context, "SELECT count(*) FROM inbox_trouble") == 0


def test_check_again_without_the_bytes_changes_nothing(context: Context):
    town = Town(context, "0090")
    town.upload(lines("0090"))
    town.intake()
    (delivery,) = town.deliveries
    private_key = (context.settings.bucket_deliveries, delivery.delivery_id)
    staged = context.store.get(context.settings.bucket_staging, delivery.staging_key)
    mailed = scalar(context, "SELECT count(*) FROM mail")
    for damage in ("gone", "other"):
        if damage == "gone":
            context.store.delete(*private_key)
        else:
            context.store.put(*private_key, b"something else")
        with pytest.raises(Exception, match=r"bytes of 2019-H2\.0090\.01"):
            recheck(context, delivery.delivery_id, "engineer")
        assert town.deliveries == [delivery]
        assert context.store.get(context.settings.bucket_staging, delivery.staging_key) == staged
        with context.engine.connect() as connection:
            assert check_result(connection, delivery.delivery_id) is not None
    assert scalar(context, "SELECT count(*) FROM mail") == mailed
    context.store.delete(*private_key)
    compare_copies(context)


def test_intake_compares_the_register_with_the_private_place(context: Context, engineer: Maildir, gmsd):
    town = Town(context, "0093")
    for number in range(3):
        town.upload(lines("0093", number=number), name=f"WMO_H22019_{number}.csv")
    town.intake()
    first, second, third = town.deliveries
    bucket, store = context.settings.bucket_deliveries, context.store
    assert compare_copies(context).missing == ()
    assert json.loads(gmsd("doctor", "--json").stdout)["checks"]["deliveries"]["ok"]
    store.delete(bucket, first.delivery_id)  # the inbox still holds the bytes
    store.delete(bucket, second.delivery_id)
    store.delete(second.bucket, second.object_key, second.version_id)
    store.put(bucket, third.delivery_id, lines("0093", number=5))
    found = json.loads(gmsd("doctor", "--json").stdout)["checks"]["deliveries"]
    assert not found["ok"]
    assert all(d.delivery_id in found["detail"] for d in (first, second, third))
    register_inbox(context)
    assert store.digest(bucket, first.delivery_id) == first.sha256
    register_inbox(context)
    (mail,) = [m for m in engineer.mails() if "bytes of 2 deliveries are missing" in str(m["Subject"])]
    assert second.delivery_id in text_of(mail)
    assert third.delivery_id in text_of(mail)
    assert first.delivery_id not in text_of(mail)
    store.delete(bucket, third.delivery_id)
    store.put(bucket, second.delivery_id, lines("0093", number=1))  # the engineer puts a backup back
    assert compare_copies(context).made == (second.delivery_id, third.delivery_id)
    assert compare_copies(context) == compare_copies(context)
    assert json.loads(gmsd("doctor", "--json").stdout)["checks"]["deliveries"]["ok"]


def test_what_was_registered_before_there_was_a_private_place_is_copied(context: Context):
    town = Town(context, "0096")
    for number in range(2):
        town.upload(lines("0096", number=number), name=f"WMO_H22019_{number}.csv")
    town.intake()
    with context.engine.begin() as connection:
        connection.execute(text("DELETE FROM delivery_copy WHERE delivery_id LIKE '2019-H2.0096.%'"))
    for key in list(private(context, "2019-H2.0096.")):
        context.store.delete(context.settings.bucket_deliveries, key)
    assert recheck(context, "2019-H2.0096.01", "engineer").state == "superseded"  # until then from where it arrived
    register_inbox(context)
    assert {k: hashlib.sha256(v).hexdigest() for k, v in private(context, "2019-H2.0096.").items()} == {
        d.delivery_id: d.sha256 for d in town.deliveries
    }


def test_a_withdrawal_erases_the_private_copy_and_nothing_brings_it_back(context: Context):
    town = Town(context, "0098")
    town.upload(lines("0098"))
    town.upload(lines("0363"))
    town.intake()
    context.store.put(context.settings.bucket_deliveries, "2019-H2.0098.07", b"left by a registration that was killed")
    withdraw(context, "0098")
    assert town.states == ["withdrawn", "withdrawn"]
    assert not private(context, "2019-H2.0098.")
    assert compare_copies(context).made == ()
    assert not private(context, "2019-H2.0098.")
    assert register_inbox(context).nothing


def test_no_name_or_key_of_a_sender_stands_in_the_trail(context: Context):
    name = "WMO_H22019_mevrouw_Jansen.csv"
    put(context, f"H22019/0106/{name}", lines("0106"))
    context.store.delete(context.settings.bucket_inbox, f"H22019/0106/{name}")
    put(context, "mevrouw Jansen/brief.txt", b"x")
    form = {"half_year": "H22019", "municipality": "0106", "name": "mevrouw Jansen", "reason": "mevrouw Jansen vroeg het"}
    put(context, "H22019/0106/formulieren/intrekking.json", json.dumps(form).encode())
    found = register_inbox(context)
    check_delivery(context, found.new_deliveries[0])
    process_forms(context)
    with context.engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM audit")).mappings()]
        assert verify_chain(connection).whole
        keys = {d.object_key for d in listing(connection)} | {d.file_name for d in listing(connection)}
    trail = json.dumps(rows, default=str, ensure_ascii=False)
    assert "Jansen" not in trail
    assert not [key for key in keys - {""} if key in trail]
    key = hidden(context.settings.key("reference"), f"H22019/0106/{name}")
    events = [(row["subject"], row["event"]) for row in rows if row["details"].get("key_hash") == key]
    assert sorted(events) == [("2019-H2.0106.01", "erased"), ("2019-H2.0106.01", "registered"), ("inbox", "delete marker")]


def test_registering_alone_needs_no_comparison(context: Context):
    put(context, f"H22019/0109/{NAME}", lines("0109"))
    assert register(context, lambda _connection, _taken: []).new_deliveries == ("2019-H2.0109.01",)
    assert private(context, "2019-H2.0109.") == {"2019-H2.0109.01": lines("0109")}
