"""What is past its period of retention is shown, announced, and thrown away some days later; nothing else is."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.deletion import due_now, enforce, flush, retention
from gmsd.deliveries import get
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context, send_queued
from gmsd.warehouse import sweep_staging
from tests.integration.test_deletion import Killed, _killed, read_anew
from tests.integration.test_rounds import file_of
from tests.support.mails import Maildir, text_of

WORD = "Vergeet-mij-nietje"


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """A delivery with its reports, mails and an explanation of early 2020, and one of autumn 2022."""
    context = Context.open(settings)
    clock.move(dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM))
    put(context, f"H22019/0518/WMO_H22019_{WORD}.csv", file_of("0518"))
    form = {"half_year": "H22019", "municipality": "0518", "name": f"Coördinator {WORD}", "reason": WORD}
    put(context, "H22019/0363/formulieren/intrekking.json", json.dumps({**form, "municipality": "0363"}).encode())
    process_forms(context)
    return context


def put(context: Context, key: str, data: bytes) -> None:
    context.store.put(context.settings.bucket_inbox, key, data)
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(context, delivery_id)
        report_delivery(context, delivery_id)


def test_nothing_is_due_before_its_time_and_the_command_shows_what_is(context: Context, gmsd, clock):
    assert not any(due_now(context).values())
    clock.move(dt.datetime(2021, 4, 1, 9, tzinfo=AMSTERDAM))
    due = json.loads(gmsd("retention", "--json").stdout)
    assert {kind: len(due[kind]["due"]) for kind in ("files", "reports", "forms")} == {"files": 0, "reports": 1, "forms": 0}
    assert len(due["mails"]["due"]) >= 3
    assert "kept" not in gmsd("retention").stderr


def test_it_is_announced_first_and_thrown_away_after_the_days_of_notice(context: Context, clock, maildir):
    found = enforce(context)
    assert (found.announced["reports"], sum(found.gone.values())) == (1, 0)
    assert list(context.store.keys(context.settings.bucket_outbox, "H22019/0518/"))
    send_queued(context)
    told = text_of(Maildir(maildir.folder).mails(context.settings.mail_engineer)[-1])
    assert "1 x reports in the outbox, kept 400 days (setting keep_reports_days)" in told
    clock.move(dt.datetime(2021, 4, 7, 9, tzinfo=AMSTERDAM))
    assert not sum(enforce(context).gone.values())
    clock.move(dt.datetime(2021, 4, 8, 9, tzinfo=AMSTERDAM))
    done = enforce(context)
    assert (done.gone["reports"], done.gone["files"], done.gone["forms"]) == (1, 0, 0)
    assert done.gone["mails"] >= 3
    assert not list(context.store.keys(context.settings.bucket_outbox, "H22019/0518/"))
    assert not any(enforce(context).gone.values())
    with context.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM mail WHERE body_text = ''")) == done.gone["mails"]
        assert get(connection, "2019-H2.0518.01").deleted_at is None


def test_files_and_forms_go_with_their_names_from_the_disk_too_whenever_it_is_killed(context: Context, clock, stack, monkeypatch):
    clock.move(dt.datetime(2023, 3, 1, 9, tzinfo=AMSTERDAM))
    enforce(context)
    clock.move(dt.datetime(2023, 3, 8, 9, tzinfo=AMSTERDAM))
    with monkeypatch.context() as patched:
        patched.setattr(retention, "rewrite", _killed)
        with pytest.raises(Killed):
            enforce(context)
    flush(context.settings)
    assert read_anew(stack.state / "postgres", WORD), "the rows are gone, and still in the database's files"
    assert not any(enforce(context).gone.values()), "what is gone goes once; its tables are written anew"
    with context.engine.connect() as connection:
        gone = dict(connection.execute(text("SELECT kind, count(cleaned_at) FROM expiry WHERE done_at = cleaned_at GROUP BY kind")).all())
        assert connection.scalar(text("SELECT count(*) FROM audit WHERE event = 'expired' AND subject = '2019-H2.0518.01'")) == 2
    assert (gone["files"], gone["forms"]) == (1, 1)
    with context.engine.connect() as connection:
        receipt = get(connection, "2019-H2.0518.01")
        event = connection.execute(text("SELECT event, actor FROM audit WHERE subject = '2019-H2.0518.01' ORDER BY sequence DESC")).first()
    assert (receipt.state, receipt.file_name, receipt.deleted_at is not None, bool(receipt.sha256)) == ("accepted", "", True, True)
    assert tuple(event) == ("expired", "housekeeping")
    for bucket in ("deliveries", "staging"):
        assert not list(context.store.keys(getattr(context.settings, f"bucket_{bucket}"), "2019-H2.0518"))
    flush(context.settings)
    assert read_anew(stack.state / "postgres", WORD) == []
    assert sweep_staging(context)["made_again"] == 0


def test_a_longer_period_keeps_what_was_announced(context: Context, clock):
    clock.move(dt.datetime(2023, 3, 9, 9, tzinfo=AMSTERDAM))
    enforce(context)
    longer = Context(
        context.settings.model_copy(update={"keep_mails_days": 5000, "keep_notice_days": 0}),
        context.engine, context.store, context.clock, context.calendar,
    )  # fmt: skip
    assert not enforce(longer).gone["mails"]
    with context.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM expiry WHERE done_at IS NULL AND kind = 'mails'")) == 0
