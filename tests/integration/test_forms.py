"""Forms in a queue: each is judged by itself, whatever stands in it and whatever is away, and the close hears of those that wait."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import FormsWait, process_forms
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context
from gmsd.store import ObjectStore
from tests.integration.test_rounds import file_of
from tests.support.mails import Maildir, text_of
from tests.support.waiting import patience

BAD = {
    "0363": b'{"half_year": "H22019", "municipality": "0363", "name": "x\\u0000", "reason": null}',
    "0344": b'{"half_year": "H22019", "municipality": "0344", "name": "x", "reason": "\\ud800"}',
    "0599": b"[" * 50_000,
    "0772": b'{"half_year": "H22019", "municipality": "0772", "name": "x", "name": "y"}',
    "0014": b'{"half_year": "H22019", "municipality": "0014", "name": "x", "reason": NaN}',
    "0855": b'{"half_year": "H22019", "municipality": "0855", "name": ' + b"1" * 9000 + b"}",
    "0080": b"\xff\xfe",
}


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(moment(2020, 2, 10, 9))
    return Context.open(settings)


def put(context: Context, municipality: str, data: bytes, *, code: str = "H22019", kind: str = "intrekking") -> None:
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/formulieren/{kind}.json", data)


def form(municipality: str, code: str = "H22019", **fields: str) -> bytes:
    return json.dumps({"half_year": code, "municipality": municipality, "name": "Coördinator", "reason": None, **fields}).encode()


def upload(context: Context, municipality: str, code: str = "H22019") -> None:
    context.store.put(context.settings.bucket_inbox, f"{code}/{municipality}/WMO_{code}_x.csv", file_of(municipality))
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(context, delivery_id)


def forms(context: Context, *, by: str = "municipality") -> dict[str, tuple[str, str]]:
    with context.engine.connect() as connection:
        rows = connection.execute(text("SELECT form_id, municipality, state, reason FROM form ORDER BY form_number")).mappings()
        return {row[by]: (row["state"], row["reason"]) for row in rows}


def engineers(context: Context, maildir) -> list:
    return Maildir(maildir.folder).mails(context.settings.mail_engineer)


def mailed(maildir, address: str) -> str:
    return " ".join(" ".join(text_of(mail).split()) for mail in maildir.mails(address))


class Stumbling(ObjectStore):
    """The real store, which answers for some keys as a store in trouble does, or as no store ever should."""

    def __init__(self, store: ObjectStore, **broken: Exception) -> None:
        super().__init__(store.client)
        self.broken = broken

    def get(self, bucket: str, key: str, version_id: str = "") -> bytes:
        error = self.broken.get(f"m{key.split('/')[1]}")
        if error is not None:
            raise error
        return super().get(bucket, key, version_id)


def with_store(context: Context, store: ObjectStore) -> Context:
    return Context(context.settings, context.engine, store, context.clock, context.calendar)


def test_forms_that_cannot_be_used_do_not_hold_up_one_that_can(context: Context, maildir):
    """Each stands before the good one in the queue; a half-year without a round and lone halves of characters stopped all of it."""
    upload(context, "0518")
    for municipality, data in BAD.items():
        put(context, municipality, data)
    put(context, "0518", form("0518", "H22030"), code="H22030")
    put(context, "0518", form("0518", "H12031", text="Goed."), code="H12031", kind="toelichting")
    put(context, "0518", form("0518"))
    register_inbox(context)
    assert list(process_forms(context).values()) == ["malformed"] * (len(BAD) + 2) + ["carried_out"]
    for municipality in BAD:
        assert "formulieren/intrekking.json" in mailed(maildir, f"wmo-{municipality}")
    told = mailed(maildir, "wmo-0518")
    assert "Voor het 2e halfjaar 2030 is er geen ronde, dus er valt niets in te trekken" in told
    assert "Voor het 1e halfjaar 2031 is er geen ronde, dus er valt niets toe te lichten" in told
    assert not engineers(context, maildir)
    assert process_forms(context) == {}


def test_a_form_that_went_away_is_malformed_and_one_whose_store_stumbles_waits(context: Context, maildir):
    put(context, "0342", form("0342"))
    put(context, "0355", form("0355"))
    put(context, "0307", form("0307"))
    register_inbox(context)
    gone = next(iter(context.store.versions(context.settings.bucket_inbox, "H22019/0342/")))
    context.store.delete(gone_bucket := context.settings.bucket_inbox, gone.key, gone.version_id)
    assert gone_bucket
    busy = ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "GetObject")
    with pytest.raises(FormsWait, match=r"1 forms wait, such as form\.00\d\d \(ClientError") as waits:
        process_forms(with_store(context, Stumbling(context.store, m0355=busy)))
    assert waits.value.__cause__ is busy, "whoever runs it again looks at the service, not at the form"
    found = forms(context)
    assert found["0342"][0] == "malformed"
    assert found["0355"] == ("received", "")
    assert found["0307"][0] == "nothing_to_withdraw"
    assert "het is weggehaald nadat het binnenkwam" in mailed(maildir, "wmo-0342")
    assert not maildir.mails("wmo-0355")
    assert list(process_forms(context).values()) == ["nothing_to_withdraw"]


def test_a_store_that_is_away_leaves_every_form_waiting(context: Context):
    put(context, "0310", form("0310"))
    put(context, "0313", form("0313"))
    register_inbox(context)

    class Away(Stumbling):
        def answers(self, bucket: str) -> bool:
            del bucket
            return False

    away = Away(context.store, m0310=ConnectionError("away"), m0313=AssertionError("a store that is away is asked once"))
    with pytest.raises(FormsWait, match="2 forms wait"):
        process_forms(with_store(context, away))
    assert {forms(context)[each][0] for each in ("0310", "0313")} == {"received"}
    process_forms(context)


def test_what_nobody_foresaw_is_malformed_told_to_both_and_says_nothing_of_the_form(context: Context, maildir, caplog):
    put(context, "0317", form("0317", reason="Geheim verhaal"))
    put(context, "0321", form("0321"))
    register_inbox(context)
    with context.engine.begin() as connection:  # as an older version could leave one behind
        connection.execute(
            text(
                "INSERT INTO form (form_id, form_number, kind, bucket, object_key, version_id, size_bytes, received_at, state)"
                " VALUES ('form.0000', 0, 'unknown', 'b', 'k', 'v', 1, '2020-02-10', 'received')"
            )
        )
    with caplog.at_level(logging.ERROR):
        dealt = process_forms(with_store(context, Stumbling(context.store, m0317=KeyError("Geheim verhaal"))))
    assert list(dealt.values()) == ["malformed", "malformed", "nothing_to_withdraw"]
    assert "KeyError at" in caplog.text
    assert "Geheim" not in caplog.text
    assert "onze beheerder is op de hoogte" in mailed(maildir, "wmo-0317")
    engineer = mailed(Maildir(maildir.folder), context.settings.mail_engineer)
    assert "Geheim" not in engineer
    assert engineer.count("met an error that nobody foresaw") == 2
    assert "KeyError at" in engineer
    assert "(unknown, in no place)" in engineer


def test_a_mail_that_cannot_be_made_costs_nobody_the_withdrawal(context: Context, maildir, monkeypatch):
    upload(context, "0327")
    put(context, "0327", form("0327"))
    register_inbox(context)

    def broken(_: object) -> None:
        raise LookupError("no such value")

    with monkeypatch.context() as patched:
        patched.setattr("gmsd.letters.withdrawal_received_mail", broken)
        patched.setattr("gmsd.letters.withdrawal_done_mail", broken)
        assert list(process_forms(context).values()) == ["carried_out"]
    told = engineers(context, maildir)[-1]
    assert str(told["Subject"]).startswith("GMSD: form form.")
    assert "Tell the municipality yourself" in text_of(told)


def test_a_filed_withdrawal_that_stumbles_waits_and_is_carried_out_later(context: Context, maildir):
    upload(context, "0331")
    put(context, "0331", form("0331"))
    put(context, "0335", form("0335"))
    register_inbox(context)

    class Stuck(ObjectStore):
        def delete(self, bucket: str, key: str, version_id: str = "") -> None:
            if "/0331/" in key:
                raise ValueError(key)
            super().delete(bucket, key, version_id)

    before = len(engineers(context, maildir))
    for _ in range(2):
        with pytest.raises(FormsWait, match="ValueError at"):
            process_forms(with_store(context, Stuck(context.store.client)))
    assert (forms(context)["0331"][0], forms(context)["0335"][0]) == ("filed", "nothing_to_withdraw")
    assert len(engineers(context, maildir)) == before + 1
    assert list(process_forms(context).values()) == ["carried_out"]


def test_an_older_explanation_never_replaces_a_newer_one(context: Context):
    put(context, "0340", form("0340", text="De eerste."), kind="toelichting")
    register_inbox(context)
    busy = ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "GetObject")
    with pytest.raises(FormsWait):
        process_forms(with_store(context, Stumbling(context.store, m0340=busy)))
    put(context, "0340", form("0340", text="De tweede."), kind="toelichting")
    register_inbox(context)
    first, second = list(process_forms(context).items())
    with context.engine.connect() as connection:
        state = dict(
            connection.execute(text("SELECT form_id, state FROM form WHERE form_id = ANY(:ids)"), {"ids": [first[0], second[0]]}).all()
        )
    assert (state[first[0]], state[second[0]]) == ("replaced", "filed")


class Meeting(ObjectStore):
    """The real store, in which both of two tasks have read a form before either goes on."""

    def __init__(self, store: ObjectStore, barrier: threading.Barrier) -> None:
        super().__init__(store.client)
        self.barrier = barrier

    def get(self, bucket: str, key: str, version_id: str = "") -> bytes:
        data = super().get(bucket, key, version_id)
        if "/formulieren/" in key:
            self.barrier.wait()
        return data


def test_two_tasks_with_the_same_form_file_it_once_and_carry_it_out_once(context: Context):
    upload(context, "0202")
    put(context, "0202", form("0202"))
    (form_id,) = register_inbox(context).forms
    barrier = threading.Barrier(2, timeout=patience(60))

    def task(_number: int) -> str:
        own = Context(context.settings, context.engine, Meeting(context.store, barrier), context.clock, context.calendar)
        return process_forms(own)[form_id]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(task, range(2))) == ["carried_out", "carried_out"]
    with context.engine.connect() as connection:
        subjects = {"subjects": [form_id, "2019-H2.0202.01"]}
        rows = connection.execute(text("SELECT subject, event FROM audit WHERE subject = ANY(:subjects) ORDER BY sequence"), subjects)
        told = Counter(row.event for row in rows)
        assert connection.scalar(text("SELECT count(*) FROM mail WHERE subject_id = :form"), {"form": form_id}) == 2
    assert {event: told[event] for event in ("filed", "carried_out", "erased")} == {"filed": 1, "carried_out": 1, "erased": 1}


def test_the_mail_about_a_late_withdrawal_names_the_right_day_and_what_is_used(context: Context, clock, maildir):
    """Its last day was that of the next round, and the facultative variables were never mentioned."""
    clock.move(moment(2020, 3, 2, 9))
    faulty = file_of("0353", faulty_unit=True)
    context.store.put(context.settings.bucket_inbox, "H22019/0353/WMO_H22019_x.csv", faulty)
    for delivery_id in register_inbox(context).new_deliveries:
        assert check_delivery(context, delivery_id).state == "accepted"
    clock.move(moment(2020, 3, 21, 9))
    put(context, "0353", form("0353"))
    put(context, "0353", b"{}", kind="toelichting")
    register_inbox(context)
    assert list(process_forms(context).values()) == ["too_late", "malformed"]
    late = mailed(maildir, "wmo-0353")
    assert "Intrekken kon tot en met vrijdag 20 maart 2020" in late
    assert late.count("De facultatieve variabelen van dit bestand gebruiken wij niet.") >= 1


def test_a_form_on_behalf_of_a_coordinator_hears_the_same_at_once(context: Context, clock, gmsd):
    clock.move(moment(2019, 11, 1, 9))
    before = len(list(context.store.versions(context.settings.bucket_inbox)))
    for arguments, status, said in (
        (("withdraw", "0518", "H22030", "--name", "A"), 2, "no round of the calendar takes 2030-H2"),
        (("withdraw", "0518", "H22019", "--name", "A"), 1, "too early"),
        (("withdraw", "0518", "H12019", "--name", "A"), 1, "before 2019-10-19"),
        (("explain", "0518", "H12019", "--name", "A", "--text", "=1+1"), 2, "rekenblad"),
        (("withdraw", "0518", "H12019", "--name", "A\udcff"), 2, "teken"),
    ):
        done = gmsd(*arguments)
        assert done.returncode == status, done.stderr
        assert said in " ".join(done.stderr.replace("│", " ").split())
        assert done.stderr.startswith("gmsd: ")
        assert len(done.stderr.splitlines()) == 1
    assert len(list(context.store.versions(context.settings.bucket_inbox))) == before
