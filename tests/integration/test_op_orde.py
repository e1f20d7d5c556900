"""The op-orde report on a real register: set beside others anew when there are more, once each, and the same after a kill."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.intake import check_delivery, compare_again, register_inbox, report_delivery
from gmsd.intake import report as reporting
from gmsd.journal import Context, trail
from tests.support.mails import text_of
from tests.support.published import deliver, file_of

if TYPE_CHECKING:
    from typing import Any

    from tests.support.mails import Maildir

FIRST, OTHERS = "0518", ("0344", "0363", "0599", "0772", "0855", "0014", "0034", "0193", "0202", "0268")
ID = f"2019-H1.{FIRST}.01"


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2019, 9, 9, 9, tzinfo=AMSTERDAM))
    return Context.open(settings)


def report_of(context: Context, delivery_id: str = ID) -> dict[str, Any]:
    place, code = delivery_id.split(".")[1], "H12019" if "H1" in delivery_id else "H22019"
    return json.loads(context.store.get(context.settings.bucket_outbox, f"{code}/{place}/{delivery_id}/op-orde.json"))


def test_the_first_report_says_what_it_could_not_look_at_and_until_when(context: Context, clock) -> None:
    deliver(context, clock, "2019-H1", {("H12019", FIRST): file_of("H12019", FIRST, 60)})
    told = report_of(context)
    assert told["peers"]["delivered"] == 0
    assert all("op zijn laatst op maandag 7 oktober 2019" in each["reason"] for each in told["not_run"] if "gemeenten" in each["check"])
    assert compare_again(context) == []


def test_a_killed_comparison_leaves_everything_as_it_was_and_is_made_by_the_next(context: Context, clock, monkeypatch) -> None:
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, 50 + 3 * n) for n, code in enumerate(OTHERS[:5])})
    before = report_of(context)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reporting, "queue_mail", killed)
    with pytest.raises(KeyboardInterrupt):
        compare_again(context)
    monkeypatch.undo()
    report_delivery(context, ID)  # writes it again from what the register says
    assert report_of(context) == before
    assert ID in compare_again(context)
    assert report_of(context)["peers"]["delivered"] == 5


def test_it_is_made_again_once_for_all_that_more_others_allow(context: Context, clock, maildir: Maildir) -> None:
    assert compare_again(context) == []
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, 70 + n) for n, code in enumerate(OTHERS[5:])})
    assert ID in compare_again(context)
    assert compare_again(context) == []
    told = report_of(context)
    assert told["peers"]["delivered"] == len(OTHERS)
    assert any(row["expected"] for table in told["tables"] for row in table["rows"])
    assert not any(code in json.dumps(told) for code in OTHERS)
    mails = [text_of(mail) for mail in maildir.mails(f"wmo-{FIRST}") if "op_orde_beside" in str(mail["Message-ID"])]
    assert len(mails) == 2
    assert all("Er hebben nu meer gemeenten geleverd" in mail for mail in mails)
    with context.engine.connect() as connection:
        events = [row for row in trail(connection) if row["subject"] == ID and row["event"] == "compared again"]
    assert [row["details"]["others"] for row in events] == [5, 10]


def test_after_the_working_day_that_follows_the_window_nothing_is_made_again(context: Context, clock) -> None:
    clock.move(dt.datetime(2019, 10, 8, 9, tzinfo=AMSTERDAM))
    assert compare_again(context) == []


def test_a_half_that_is_missing_is_said_beside_the_half_year_before(context: Context, clock) -> None:
    deliver(context, clock, "2019-H2", {("H22019", FIRST): file_of("H22019", FIRST, 25)})
    told = report_of(context, f"2019-H2.{FIRST}.01")
    assert told["previous"] == "2019-H1"
    assert told["remarks"][0]["code"] == "deel_ontbreekt"
    assert "vorig halfjaar waren het er 60" in told["remarks"][0]["sentence"]
    context.store.put(context.settings.bucket_inbox, f"H22019/{FIRST}/WMO_H22019_y.csv", file_of("H22019", FIRST, 60))
    (corrected,) = register_inbox(context).new_deliveries
    check_delivery(context, corrected)
    report_delivery(context, corrected)
    assert report_of(context, corrected)["remarks"] == []
    assert report_of(context, corrected)["tables"][0]["rows"][0]["earlier"] == 25
