"""The last day that a receipt names: three working days on, over holidays and days of a royal decree."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.intake import register_inbox
from gmsd.journal import Context
from gmsd.rounds import Calendar, HalfYear, Round
from tests.integration.test_intake import Town, lines
from tests.support.mails import Maildir, text_of

CODE = HalfYear.parse("2018-H2")


@pytest.mark.parametrize(
    ("municipality", "received", "told"),
    [
        ("0518", dt.date(2019, 12, 24), "donderdag 2 januari 2020"),  # not 27 December, a day of a decree: 30, 31 and 2
        ("0363", dt.date(2018, 12, 21), "woensdag 2 januari 2019"),  # two days of a decree: 27, 28 and 2
        ("0344", dt.date(2019, 5, 29), "woensdag 5 juni 2019"),  # not 31 May: 3, 4 and 5 June
    ],
)
def test_receipt_names_the_last_day(settings, clock, maildir: Maildir, municipality, received, told):
    day = dt.timedelta(days=1)
    own = Round(
        CODE, (CODE,), received, received + 30 * day, received + 31 * day, received + 40 * day, received + 41 * day, received + 50 * day
    )
    clock.move(dt.datetime.combine(received, dt.time(9), AMSTERDAM))
    context = replace(Context.open(settings), calendar=Calendar((own,)))
    town = Town(context, municipality)
    context.store.put(settings.bucket_inbox, f"H22018/{municipality}/WMO_H22018_x.csv", lines(municipality))
    register_inbox(context)
    assert town.states == ["received"]
    (receipt,) = maildir.mails(f"wmo-{municipality}")
    assert f"uiterlijk op {told}" in " ".join(text_of(receipt).split())
