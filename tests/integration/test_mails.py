"""Outgoing mail against a server that refuses: what cannot be sent stays queued with the reason, and no mail waits for another."""

from __future__ import annotations

import datetime as dt
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gmsd.journal import Context, Outgoing, Sent, queue_mails, send_queued
from tests.support.stack import PROJECT, SERVICES_PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = dt.datetime(2020, 2, 10, 9, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Words:
    subject: str = "Onderwerp"
    text: str = "Tekst"
    html: str = "<p>Tekst</p>"


@dataclass(frozen=True)
class Strict:
    port: int
    taken: Path

    @property
    def ids(self) -> set[str]:
        return {path.name for path in self.taken.iterdir()}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strict]:
    folder = tmp_path_factory.mktemp("taken")
    command = [str(SERVICES_PYTHON), str(PROJECT / "tests" / "support" / "strict_smtp.py"), "0", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield Strict(int(server.stdout.readline()), folder)
        server.terminate()


@pytest.fixture
def context(settings, strict: Strict) -> Context:
    found = Context.open(settings.model_copy(update={"smtp_port": strict.port, "smtp_host": "127.0.0.1"}))
    with found.engine.begin() as connection:
        connection.execute(text("DELETE FROM mail"))
    return found


def queue(context: Context, **recipients: str) -> None:
    """One mail for each, in this order."""
    with context.engine.begin() as connection:
        for number, (name, recipient) in enumerate(recipients.items()):
            mail = Outgoing(name, "test", None, recipient, Words())
            queue_mails(connection, [mail], AT + dt.timedelta(seconds=number))


def register(context: Context) -> dict[str, tuple[int, str]]:
    with context.engine.connect() as connection:
        rows = connection.execute(text("SELECT subject_id, attempts, last_error FROM mail WHERE sent_at IS NULL ORDER BY queued_at"))
        return {row.subject_id: (row.attempts, row.last_error) for row in rows}


def test_what_cannot_be_sent_is_told_and_holds_up_no_other(context: Context, strict: Strict, gmsd) -> None:
    """An address that needs SMTPUTF8 or is none ended the sending of everything behind it; so did a connection that broke."""
    queue(
        context,
        unknown="weg-1@gemeente.invalid",
        full="vol-1@gemeente.invalid",
        content="inhoud-1@gemeente.invalid",
        hangs="hangop-1@gemeente.invalid",
        accents="café@gemeente.invalid",
        none="geen adres",
        two="a@gemeente.invalid, b@gemeente.invalid",
        injected="a@gemeente.invalid\nBcc: iedereen@gemeente.invalid",
        empty="",
        closing="dicht-1@gemeente.invalid",
        good="goed@gemeente.invalid",
    )
    sent = send_queued(context)
    said = register(context)
    assert strict.ids >= {"good.test"}
    assert (sent.sent, sent.waiting, sent.refused) == (1, 10, 10)
    assert said["unknown"] == (1, "the server answered 550 5.1.1 no such mailbox")
    assert said["full"] == (1, "the server answered 452 4.2.2 mailbox full")
    assert said["content"] == (1, "the server answered 554 5.7.1 refused for its content")
    assert said["hangs"] == (1, "it costs the connection to the server")
    assert "SMTPUTF8" in said["accents"][1]
    for name in ("none", "two", "injected", "empty"):
        assert said[name] == (1, "it cannot be written as a mail (ValueError)") or said[name][1].startswith("it cannot be written")
    queue(context, later="goed@gemeente.invalid")
    assert send_queued(context) == Sent(1, 10)
    assert {attempts for attempts, _ in register(context).values()} == {1}
    assert send_queued(context, paused=True) == Sent(0, 10, 10)
    assert {attempts for attempts, _ in register(context).values()} == {2}
    doctor = gmsd("doctor")
    assert doctor.returncode == 1
    assert "10 of 10 waiting mails could not be sent, such as unknown.test (2 times, last " in doctor.stdout


def test_a_refused_mail_is_tried_again_after_ever_longer(context: Context) -> None:
    queue(context, full="vol-1@gemeente.invalid")

    def paused() -> float:
        with context.engine.connect() as connection:
            return float(connection.scalar(text("SELECT extract(epoch FROM not_before - now()) / 60 FROM mail")) or 0)

    pauses = []
    for _ in range(3):
        assert send_queued(context, paused=True) == Sent(0, 1, 1)
        pauses.append(round(paused()))
        assert send_queued(context) == Sent(0, 1)
    assert pauses == [5, 10, 20]
    with context.engine.begin() as connection:
        connection.execute(text("UPDATE mail SET attempts = 50, not_before = now() - interval '1 minute'"))
    assert send_queued(context) == Sent(0, 1, 1)
    assert round(paused()) == 12 * 60


def test_signs_that_a_database_cannot_keep_cost_no_other_mail(context: Context, strict: Strict) -> None:
    odd = Outgoing("odd", "test", None, "goed@gemeente.invalid", Words("Een\r\nBcc: iedereen\x00", "tekst\x00\ud800", "<p>\ud800</p>"))
    with context.engine.begin() as connection:
        queue_mails(connection, [odd, replace(odd, subject_id="other", mail=Words())], AT)
    assert send_queued(context) == Sent(2, 0)
    assert strict.ids >= {"odd.test", "other.test"}
    with context.engine.connect() as connection:
        assert connection.scalar(text("SELECT subject FROM mail WHERE subject_id = 'odd'")) == "Een Bcc: iedereen\ufffd"


def test_many_that_cost_the_connection_end_the_try_and_the_others_come_first_next_time(context: Context) -> None:
    queue(context, **{f"hangs{n}": f"hangop-{n}@gemeente.invalid" for n in range(4)}, good="goed@gemeente.invalid")
    assert send_queued(context) == Sent(0, 5, 3)
    assert send_queued(context).sent == 1


def test_a_server_that_is_away_counts_for_no_mail(context: Context) -> None:
    away = Context(context.settings.model_copy(update={"smtp_port": 1}), context.engine, context.store, context.clock, context.calendar)
    queue(context, good="goed@gemeente.invalid")
    # the second tells the engineer
    assert send_queued(away) == Sent(0, 2)
    assert {said for name, said in register(context).items() if name == "good" or name.startswith("outage.")} == {(0, "")}
    assert send_queued(context) == Sent(2, 0)
