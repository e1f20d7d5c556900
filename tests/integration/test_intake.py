"""One municipality through a round on real services: what each upload becomes, what is mailed, what a withdrawal leaves."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading

import openpyxl
import psycopg
import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.deliveries import WrongState, check_lines, check_result, get, let_in, listing, transition
from gmsd.intake import check_delivery, recheck, register_inbox, report_delivery, staged_records
from gmsd.journal import Context, send_queued, tell_engineer, verify_chain
from gmsd.store import get_store
from tests.support.mails import Maildir, text_of

HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
BSNS = ("999900006", "999900018", "999900031")
NAME = "WMO_H22019_gemeenteDenHaag.CSV"


def lines(municipality: str, *, number: int = 1, bsns: tuple[str, ...] = BSNS, unit: str = "04") -> bytes:
    rows = [f"20200203;{municipality};{bsn};0{number % 9 + 1};20180101;;1;1;10;{unit};2;;" for bsn in bsns]
    return "\n".join([HEAD, *rows, ""]).encode()


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM))
    return Context.open(settings)


class Town:
    """A municipality that uploads; `states` are those of its deliveries, by upload number."""

    def __init__(self, context: Context, code: str) -> None:
        self.context, self.code = context, code
        self.portal = get_store(context.settings, "portal")

    def upload(self, data: bytes, name: str = NAME, *, readable: bool = True) -> None:
        self.portal.client.put_object(
            Bucket=self.context.settings.bucket_inbox,
            Key=f"H22019/{self.code}/{name}",
            Body=data,
            **({"ACL": "bucket-owner-full-control"} if readable else {}),
        )

    def intake(self) -> None:
        for delivery_id in register_inbox(self.context).new_deliveries:
            check_delivery(self.context, delivery_id)
            report_delivery(self.context, delivery_id)

    @property
    def deliveries(self):
        with self.context.engine.connect() as connection:
            return listing(connection, municipality=self.code)

    @property
    def states(self) -> list[str]:
        return [delivery.state for delivery in self.deliveries]


def withdraw(context: Context, municipality: str) -> str:
    """File the form and carry it out; gives its key."""
    form = {"half_year": "H22019", "municipality": municipality, "name": "Coördinator Wmo", "reason": None}
    key = f"H22019/{municipality}/formulieren/intrekking.json"
    context.store.put(context.settings.bucket_inbox, key, json.dumps(form).encode())
    register_inbox(context)
    process_forms(context)
    return key


def test_a_correction_supersedes_and_a_rejected_one_does_not(context: Context, maildir: Maildir):
    town = Town(context, "0518")
    town.upload(lines("0518"))
    town.intake()
    town.upload(lines("0518", number=2))
    town.intake()
    town.upload(lines("0363"))
    town.intake()
    assert town.states == ["superseded", "accepted", "rejected"]
    subjects = maildir.subjects("wmo-0518")
    assert [s for s in subjects if "ontvangen" in s and "2019-H2.0518.01" in s]
    verdict = next(text_of(mail) for mail in maildir.mails("wmo-0518") if "afgekeurd" in str(mail["Subject"]))
    flat = " ".join(verdict.split())
    assert "2019-H2.0518.02" in flat  # what counts now is the one before the rejected one
    assert "18 correcties" in flat
    assert "vrijdag 6 maart 2020" in flat
    assert "vrijdag 20 maart 2020" in flat
    keys = list(context.store.keys(context.settings.bucket_outbox, "H22019/0518/2019-H2.0518.02/"))
    assert [key.rpartition("/")[2] for key in keys] == [
        "op-orde.html", "op-orde.json", "op-orde.xlsx", "terugkoppeling.html", "terugkoppeling.json",
        "terugkoppeling.validatie.json", "terugkoppeling.xlsx",
    ]  # fmt: skip


def test_running_everything_again_changes_and_mails_nothing(context: Context, maildir: Maildir):
    town = Town(context, "0518")
    before, mailed = town.deliveries, len(maildir.mails("wmo-0518"))
    assert register_inbox(context).nothing
    for delivery in before:
        check_delivery(context, delivery.delivery_id)
        report_delivery(context, delivery.delivery_id)
    assert town.deliveries == before
    assert len(maildir.mails("wmo-0518")) == mailed
    report_delivery(context, before[1].delivery_id, resend=True)
    assert len(maildir.mails("wmo-0518")) == mailed + 2


def test_a_burst_is_checked_in_order_of_receipt_whichever_run_comes_first(context: Context, maildir: Maildir):
    town = Town(context, "0363")
    for number in range(1, 23):
        town.upload(lines("0363", bsns=(f"99990{number:04d}",) if number == 7 else BSNS, number=number), name=f"WMO_H22019_{number}.csv")
    town.upload(lines("0363", number=22), name="WMO_H22019_22.csv")
    ids = register_inbox(context).new_deliveries
    runs = [threading.Thread(target=check_delivery, args=(context, each)) for each in reversed(ids[:6])]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    check_delivery(context, ids[20])
    assert town.states == ["superseded"] * 6 + ["rejected"] + ["superseded"] * 13 + ["accepted", "over_limit", "repeat"]
    accepted = town.deliveries[20]
    assert (accepted.file_name, accepted.attempt, accepted.facultative_used) == ("WMO_H22019_21.csv", 21, True)
    assert [s for s in maildir.subjects("wmo-0363") if "geen correcties meer" in s]


def test_unreadable_in_every_way(context: Context, maildir: Maildir):
    town = Town(context, "0344")
    town.upload(b"", name="WMO_H22019_leeg.csv")
    town.upload(lines("0344"), name="WMO_H22019_geen_recht.csv", readable=False)
    town.upload("a;b".encode("utf-16"), name="WMO_H22019_utf16.csv")
    small = Context(
        context.settings.model_copy(update={"max_file_bytes": 400}), context.engine, context.store, context.clock, context.calendar
    )
    town.upload(lines("0344", bsns=BSNS * 4), name="WMO_H22019_groot.csv")
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(small, delivery_id)
        report_delivery(small, delivery_id)
    assert town.states == ["unreadable"] * 4
    assert [d.verdict for d in town.deliveries] == ["rejected"] * 4
    assert [s for s in maildir.subjects("wmo-0344") if "mogen uw bestand niet lezen" in s]
    with context.engine.connect() as connection:
        stored = check_result(connection, town.deliveries[3].delivery_id)
    assert stored is not None
    assert (stored[0]["sha256"], stored[0]["bytes"]) == (town.deliveries[3].sha256, town.deliveries[3].size_bytes)
    assert len([f for f in stored[0]["findings"] if f["level"] == "file"]) == 1


def test_nobody_knows_the_key_and_a_marker_is_no_withdrawal(context: Context, maildir: Maildir):
    context.store.put(context.settings.bucket_inbox, "wie/weet.csv", b"x")
    context.store.delete(context.settings.bucket_inbox, f"H22019/0518/{NAME}")
    found = register_inbox(context)
    assert (found.unplaced, found.markers, found.new_deliveries) == (("unplaced.0001",), 1, ())
    assert "accepted" in Town(context, "0518").states
    assert [s for s in Maildir(maildir.folder).subjects(context.settings.mail_engineer) if "unplaced.0001" in s]
    assert check_delivery(context, "unplaced.0001").state == "unplaced"


def test_facultative_faults_keep_what_was_filled_in_and_a_recheck_replaces(context: Context):
    town = Town(context, "0599")
    town.upload(lines("0599", unit="99"))
    town.intake()
    (delivery,) = town.deliveries
    assert (delivery.state, delivery.verdict, delivery.facultative_used) == ("accepted", "accepted_without_facultative", False)
    staged = context.store.get(context.settings.bucket_staging, delivery.staging_key)
    assert staged_records(context, delivery)["unit"].to_list() == [99, 99, 99]
    context.store.delete(context.settings.bucket_staging, delivery.staging_key)
    staged_records(context, delivery)
    assert context.store.get(context.settings.bucket_staging, delivery.staging_key) == staged
    assert recheck(context, delivery.delivery_id, "engineer").state == "accepted"
    with pytest.raises(WrongState):
        recheck(context, "unplaced.0001", "engineer")


def test_a_kill_before_the_commit_leaves_the_delivery_to_be_checked(context: Context, monkeypatch):
    town = Town(context, "0772")
    town.upload(lines("0772"))
    (delivery_id,) = register_inbox(context).new_deliveries

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gmsd.intake.check.keep_verdict", killed)
        with pytest.raises(KeyboardInterrupt):
            check_delivery(context, delivery_id)
    assert town.states == ["received"]
    assert check_delivery(context, delivery_id).state == "accepted"


def test_every_faulty_line_reaches_the_workbook_and_goes_with_the_delivery(context: Context, monkeypatch):
    """Check and report are two tasks: what joins them is stored with the verdict, survives a kill of either, and is erased with it."""
    town = Town(context, "0228")
    bad = lines("0228", bsns=tuple(f"9999{number:05d}" for number in range(40)))  # most of them fail the 11-proef
    town.upload(bad)
    (delivery_id,) = register_inbox(context).new_deliveries
    assert check_delivery(context, delivery_id).state == "rejected"
    with context.engine.connect() as connection:
        stored = check_result(connection, delivery_id)
    assert stored is not None
    (finding,) = [each for each in stored[0]["findings"] if each["field"] == "BSN"]
    assert finding["count"] > len(finding["lines"]) == 10

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("gmsd.intake.report._queue", killed)
        with pytest.raises(KeyboardInterrupt):
            report_delivery(context, delivery_id)
    keys = report_delivery(context, delivery_id).reports
    (key,) = [each for each in keys if each.endswith("terugkoppeling.xlsx")]
    workbook = context.store.get(context.settings.bucket_outbox, key)
    rows = list(openpyxl.load_workbook(io.BytesIO(workbook))["fouten"].iter_rows(min_row=5, values_only=True))
    numbers = [row[0] for row in rows if row[1] == finding["rule"]]
    assert numbers[:10] == finding["lines"]
    assert len(numbers) == finding["count"]
    report_delivery(context, delivery_id, resend=True)
    assert context.store.get(context.settings.bucket_outbox, key) == workbook
    withdraw(context, "0228")
    with context.engine.connect() as connection:
        assert check_lines(connection, delivery_id) is None
    assert not [k for k in context.store.keys(context.settings.bucket_staging) if ".0228." in k]


def test_a_withdrawal_removes_everything_and_what_comes_after_is_delivered_anew(context: Context, clock, maildir: Maildir):
    town = Town(context, "0995")
    town.upload(lines("0363"))
    town.upload(lines("0995"))
    town.intake()
    assert town.states == ["rejected", "accepted"]
    key = withdraw(context, "0995")
    assert town.states == ["withdrawn", "withdrawn"]
    settings = context.settings
    assert all(delivery.deleted_at for delivery in town.deliveries)
    assert [v.key for v in context.store.versions(settings.bucket_inbox, "H22019/0995/")] == [key]
    assert not list(context.store.keys(settings.bucket_outbox, "H22019/0995/"))
    assert not [k for k in context.store.keys(settings.bucket_staging) if ".0995." in k]
    with context.engine.connect() as connection:
        assert check_result(connection, town.deliveries[1].delivery_id) is None
    assert [s for s in maildir.subjects("wmo-0995") if "gegevens zijn verwijderd" in s]
    assert report_delivery(context, town.deliveries[1].delivery_id, resend=True).reports == ()
    clock.move(dt.datetime(2020, 2, 11, 9, 0, tzinfo=AMSTERDAM))
    town.upload(lines("0995"))
    town.intake()
    assert town.states == ["withdrawn", "withdrawn", "accepted"]
    assert town.deliveries[2].attempt == 3


def test_late_it_is_not_checked_unless_let_in(context: Context, clock, maildir: Maildir):
    clock.move(dt.datetime(2020, 3, 7, 9, 0, tzinfo=AMSTERDAM))
    town = Town(context, "0518")
    town.upload(lines("0518", number=5))
    town.intake()
    assert town.states[-1] == "late"
    assert [s for s in maildir.subjects("wmo-0518") if "te laat" in s]
    late = town.deliveries[-1].delivery_id
    let_in(context, late, "engineer")
    check_delivery(context, late)
    assert town.states == ["superseded", "superseded", "rejected", "accepted"]
    assert town.deliveries[-1].attempt == 4


def test_a_mail_server_that_is_away_leaves_the_mails_queued(context: Context, maildir: Maildir):
    away = Context(context.settings.model_copy(update={"smtp_port": 1}), context.engine, context.store, context.clock, context.calendar)
    town = Town(context, "0014")
    town.upload(lines("0014"))
    register_inbox(away)
    assert maildir.subjects("wmo-0014") == []
    assert send_queued(context).waiting == 0
    assert len(maildir.subjects("wmo-0014")) == 1


def test_the_engineer_is_told_each_thing_once_in_english_and_after_the_mail_server_is_back(context: Context, maildir: Maildir):
    away = Context(context.settings.model_copy(update={"smtp_port": 1}), context.engine, context.store, context.clock, context.calendar)
    mine = Maildir(maildir.folder, context.settings.mail_engineer)
    before = len(mine.mails())
    for about, again in (("outage.0001", False), ("outage.0001", True), ("outage.0002", False)):
        with context.engine.begin() as connection:
            told = tell_engineer(
                connection,
                context.settings,
                about,
                "down",
                "GMSD: the\nstore <is> down",
                "First 123456782.\n\nThen.",
                context.clock.now(),
            )
        assert told is not again
        assert send_queued(away).waiting
    assert len(mine.mails()) == before
    assert send_queued(context).waiting == 0
    first, second = mine.mails()[before:]
    assert [first["Message-ID"], second["Message-ID"]] == ["<outage.0001.down@gmsd.invalid>", "<outage.0002.down@gmsd.invalid>"]
    assert (first["Subject"], first["Content-Language"]) == ("GMSD: the store <is> down", "en")
    assert text_of(first) == "First *********.\n\nThen.\n"
    assert '<html lang="en">' in first.get_body(("html",)).get_content()


def test_the_audit_trail_is_whole_append_only_and_shows_a_change(context: Context, settings):
    with context.engine.connect() as connection:
        report = verify_chain(connection)
    assert report.whole
    assert report.rows > 100
    owner = settings.database_owner.get_secret_value().replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(owner, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute("UPDATE audit SET reason = 'x' WHERE sequence = 5")
        connection.execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
        connection.execute("UPDATE audit SET reason = 'x' WHERE sequence = 5")
    with context.engine.connect() as connection:
        assert verify_chain(connection).broken_at == 5
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("DELETE FROM audit WHERE sequence = 5")
    with context.engine.connect() as connection:
        assert verify_chain(connection).broken_at == 5


def test_a_change_that_the_state_machine_does_not_know_is_refused(context: Context):
    with pytest.raises(WrongState), context.engine.begin() as connection:
        transition(connection, "unplaced.0001", "accepted", reason="", actor="test", at=context.clock.now())
    with context.engine.connect() as connection:
        assert get(connection, "unplaced.0001").state == "unplaced"


def test_no_person_number_left_checking(context: Context, maildir: Maildir, settings):
    owner = settings.database_owner.get_secret_value().replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(owner) as connection:
        for table in ("delivery", "check_result", "audit", "mail", "form"):
            text = "\n".join(row[0] for row in connection.execute(f"SELECT t::text FROM {table} t").fetchall())
            assert not any(bsn in text for bsn in BSNS), table
    assert not any(bsn in mail.as_string() for mail in maildir.mails() for bsn in BSNS)
