"""A BSN in the name of a file: masked wherever a person reads of the delivery, and kept for the decisions that need the name."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context
from gmsd_airflow.overview_page import (
    delivery_page,
    municipality_page,
    overview_page,
    render_delivery,
    render_municipality,
    render_overview,
)
from tests.integration.test_intake import Town, lines
from tests.support.mails import Maildir, text_of

BSN, MASK = "999900006", "*********"
# the same number in other digits: to a reader it is the same
WRITTEN = {"plain": BSN, "full-width": "９９９９００００６", "arabic": "٩٩٩٩٠٠٠٠٦"}  # noqa: RUF001 - that is the point
NAMES = [f"WMO_H22019_{number}.csv" for number in WRITTEN.values()]
STEERING = "\u202e\x1b[31m"


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM))
    return Context.open(settings)


@pytest.fixture(scope="module")
def played(context: Context) -> Town:
    """Uploads of every fate whose name, folder or key holds a BSN: accepted, rejected, repeated, not readable, late, unplaced."""
    town = Town(context, "0518")
    for number, name in enumerate(NAMES):
        town.upload(lines("0518", number=number), name)
        town.intake()
    town.upload(lines("0518", number=len(NAMES) - 1), NAMES[-1])
    town.upload(lines("0518", number=5), f"WMO_H22019_{BSN}_b.csv", readable=False)
    town.upload(b"", f"WMO_H22019_{BSN}_c{STEERING}.csv")
    context.store.put(context.settings.bucket_inbox, f"{BSN}/{BSN}/{BSN}.csv", b"x")
    context.store.put(context.settings.bucket_inbox, f"H22019/{BSN}/{BSN}.csv", b"x")
    town.intake()
    context.clock.move(dt.datetime(2020, 4, 20, 9, 0, tzinfo=AMSTERDAM))
    town.upload(lines("0518", number=7), f"WMO_H22019_{BSN}_d.csv")
    town.intake()
    return town


def assert_masked(shown: str, *, masked: bool = True, screen: bool = True) -> None:
    """On a screen nothing of a name may steer it either; JSON is data, which a program reads."""
    for number in WRITTEN.values():
        assert number not in shown, "a number that can be a BSN stands there"
    assert MASK in shown or not masked
    assert not (screen and set(STEERING[:2]) & set(shown))


def test_pages_of_the_overview(settings, played):
    assert_masked(render_overview(overview_page(settings, {})))
    page = render_municipality(municipality_page(settings, "0518"))
    assert page.count(MASK) >= 6
    assert_masked(page)
    for delivery in played.deliveries:
        assert_masked(render_delivery(delivery_page(settings, delivery.delivery_id)))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_list_and_show_of_the_command(gmsd, played, options):
    assert_masked(gmsd("deliveries", "list", *options).stdout, screen=not options)
    for delivery in played.deliveries:
        assert_masked(gmsd("deliveries", "show", delivery.delivery_id, *options).stdout, screen=not options)


def test_every_mail_that_was_sent_or_waits(context, played, maildir: Maildir):
    mails = maildir.mails("wmo-0518")
    assert len(mails) >= 8
    for mail in mails:
        assert_masked("\n".join([text_of(mail), *(str(value) for value in mail.values())]))
        assert_masked("".join(part.get_content() for part in mail.walk() if part.get_content_type() == "text/html"))
    with context.engine.connect() as connection:
        for row in connection.execute(text("SELECT * FROM mail")).mappings():
            assert_masked(json.dumps({name: str(value) for name, value in row.items()}, ensure_ascii=False), masked=False, screen=False)


def test_every_report_in_the_outbox(context, played):
    keys = list(context.store.keys(context.settings.bucket_outbox))
    assert len(keys) >= 9
    for key in keys:
        data = context.store.get(context.settings.bucket_outbox, key)
        if key.endswith(".xlsx"):
            book = zipfile.ZipFile(BytesIO(data))
            data = b"".join(book.read(name) for name in book.namelist())
        assert BSN not in key
        assert_masked(data.decode(errors="replace"), masked=False, screen=key.endswith(".html"))


def test_note_and_result_of_a_run(context, played):
    for delivery in played.deliveries:
        outcome = check_delivery(context, delivery.delivery_id)
        assert_masked(outcome.note, masked=False)
        assert MASK not in outcome.note, "the name of a file stands in no note: what Airflow keeps is not deleted with a withdrawal"
        assert_masked(f"{outcome}", masked=False)


def test_nothing_that_prints_a_delivery_prints_its_name(played):
    """A log that holds a delivery's representation, or a failing assertion."""
    for delivery in played.deliveries:
        assert_masked(f"{delivery} {delivery!r}", masked=False)


def test_audit_trail_and_doctor(gmsd, context, played):
    with context.engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM audit")).mappings()]
    assert rows
    assert_masked(json.dumps(rows, default=str, ensure_ascii=False), masked=False, screen=False)
    assert_masked(gmsd("doctor", "--json").stdout, masked=False)


def test_the_name_itself_still_decides(context, played):
    """The same bytes under the same name are a repeat; under a name that is masked alike they are not."""
    states = [delivery.state for delivery in played.deliveries]
    assert states == ["superseded", "superseded", "accepted", "repeat", "unreadable", "unreadable", "late"]
    assert [delivery.file_name for delivery in played.deliveries][:3] == NAMES
    assert register_inbox(context).nothing
