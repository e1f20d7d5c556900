"""The watch on a real warehouse: each alert when it is time and not before, once, by a mail that says what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.journal import Context, Outgoing, queue_mail, send_queued
from gmsd.watch import look_around
from gmsd_airflow.runs import AuditBrokenError, tell_what_needs_attention, verify_audit
from tests.support.fewer_tables import MAIN, home_with
from tests.support.mails import Maildir, text_of
from tests.support.published import close_and_count, deliver, file_of, publish

if TYPE_CHECKING:
    from collections.abc import Callable

home = home_with(MAIN)
ADDRESS = "http://airflow/gmsd/rounds?late=yes"


@pytest.fixture(scope="module")
def look(context: Context, clock) -> Callable[..., list[str]]:
    def at(*moment: int) -> list[str]:
        if moment:
            clock.move(dt.datetime(*moment, tzinfo=AMSTERDAM))
        return look_around(context, ADDRESS)

    return at


def said(context: Context, subject: str) -> str:
    """The one mail to the engineer with this subject."""
    send_queued(context)
    mails = Maildir(Path(context.settings.maildir)).mails(context.settings.mail_engineer)
    (mail,) = (each for each in mails if subject in " ".join(str(each["Subject"]).split()))
    return " ".join(text_of(mail).split())


def test_a_round_goes_by_with_one_mail_for_each_deadline(context: Context, clock, look) -> None:
    assert look(2019, 8, 18, 9) == []
    assert look(2019, 9, 10, 9) == ["no_coordinator round.2019-H1"]
    assert look() == []
    assert "`gmsd coordinators add" in said(context, "round 2019-H1: nobody is registered for 355 municipalities")
    deliver(
        context, clock, "2019-H1", {("H12019", "0518"): file_of("H12019", "0518", 120), ("H12019", "0363"): file_of("H12019", "0363", 100)}
    )
    assert look(2019, 9, 29, 9) == []
    assert look(2019, 10, 1, 9) == ["window_ends round.2019-H1"]
    assert look(2019, 10, 4, 23, 59) == []
    told = said(context, "round 2019-H1: the delivery window ends on 4 October 2019, 353 municipalities have not delivered")
    assert "353 of 355 municipalities have nothing in it" in told
    assert "What to do: Look at Browse > GMSD rounds" in told
    assert ADDRESS in told

    assert look(2019, 10, 21, 9) == []
    assert look(2019, 10, 22, 9) == ["close_overdue round.2019-H1"]
    assert "What it means: Nothing of the round is loaded" in said(context, "should have been closed on 21 October 2019")
    clock.move(dt.datetime(2019, 10, 22, 10, tzinfo=AMSTERDAM))


def test_a_release_that_is_due_is_told_of_until_there_is_one(context: Context, clock, look, monkeypatch) -> None:
    from tests.support import published

    monkeypatch.setitem(published.CLOSED, "2019-H1", dt.datetime(2019, 10, 22, 10, tzinfo=AMSTERDAM))
    close_and_count(context, clock, "2019-H1")
    assert look(2019, 11, 20, 9) == []
    assert look(2019, 11, 29, 9) == ["release_due round.2019-H1"]
    assert "first as a dry run" in said(context, "round 2019-H1: its release is due on 2 December 2019")
    assert publish(context, "first") == "r0001"
    assert look(2019, 12, 2, 9) == []


def test_a_municipality_that_changed_a_lot_is_named_without_a_count(context: Context, clock, look) -> None:
    second = {("H22019", "0518"): file_of("H22019", "0518", 121), ("H22019", "0363"): file_of("H22019", "0363", 50)}
    deliver(context, clock, "2019-H2", second)
    close_and_count(context, clock, "2019-H2")
    assert look() == ["large_change change.2019-H2.2019-H2"]
    told = said(context, "half-year 2019-H2: 1 municipalities have a total far from that of the half-year before")
    assert "the half-year before: 0363 Amsterdam." in told
    assert "0518" not in told
    assert not {"50", "100", "49", "51"} & set(told.replace(".", " ").split())
    assert look() == []


def test_a_full_disk_is_told_once_a_week_while_it_lasts(look, monkeypatch) -> None:
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000, 901, 99))
    assert look(2020, 4, 6, 9) == ["disk disk.2020-W15"]
    assert look(2020, 4, 10, 9) == []
    assert look(2020, 4, 13, 9) == ["disk disk.2020-W16"]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000, 900, 100))
    assert look(2020, 4, 20, 9) == []


def test_a_changed_key_is_told_of_before_anything_needs_it(context: Context, tmp_path) -> None:
    (tmp_path / "other.key").write_text("5a" * 32)
    other = replace(context, settings=context.settings.model_copy(update={"rounding_key_file": tmp_path / "other.key"}))
    (told,) = look_around(other, ADDRESS)
    assert told.startswith("key_changed key.rounding.")
    assert look_around(other, ADDRESS) == []
    assert "Put back the backup" in said(context, "the rounding key is not the one")


def test_a_mail_that_nobody_takes_for_a_day_is_told_of_and_the_next_one_too(context: Context, look) -> None:
    def refused(name: str) -> None:
        mail = type("Plain", (), {"subject": "x", "text": "x", "html": "<p>x</p>"})()
        with context.engine.begin() as connection:
            queue_mail(connection, Outgoing(name, "receipt", None, "nobody@gemeente.invalid", mail), context.clock.now())
            connection.execute(text("UPDATE mail SET attempts = 3, last_error = '550 unknown' WHERE subject_id = :n"), {"n": name})

    look(2020, 5, 1, 9)
    refused("2019-H2.0599.01")
    assert look(2020, 5, 2, 8) == []
    (first,) = look(2020, 5, 2, 10)
    assert first.startswith("mail_refused mails.")
    assert look() == []
    refused("2019-H2.0344.01")
    (second,) = look(2020, 5, 3, 11)
    assert second != first


def test_what_housekeeping_does_sends_what_it_tells(context: Context, settings, clock) -> None:
    with context.engine.begin() as connection:
        connection.execute(text("DELETE FROM mail WHERE sent_at IS NULL"))
    clock.move(dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM))
    assert tell_what_needs_attention(settings) == ["release_due round.2019-H2"]
    assert "rounds?late=yes" not in said(context, "round 2019-H2: its release is due")


def test_a_broken_trail_is_told_of_by_a_mail_that_does_not_say_repair(context: Context, settings) -> None:
    with connect(settings, "owner").begin() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE audit SET reason = 'other' WHERE sequence = 2"))
        connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))
    for _ in range(2):
        with pytest.raises(AuditBrokenError, match="row 2"):
            verify_audit(settings)
    told = said(context, "the audit trail does not fit from row 2 on")
    assert "Repair nothing" in told
