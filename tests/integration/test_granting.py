"""What the engineer grants and a coordinator confirms: extensions, late deliveries let in, remarks with a reason, large changes told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.deliveries import UPLOADS_ALLOWED, NoExtension, NoUploadLeft, RoundClosed, WrongState, get
from gmsd.intake import NoConfirmation, check_delivery, confirm, extend, let_in, offered_explanation, register_inbox, report_delivery
from gmsd.journal import Context, trail
from gmsd.rounds import WMO, HalfYear, Place
from gmsd.warehouse import close_round
from tests.integration.test_rounds import withdraw
from tests.support.mails import Maildir, text_of
from tests.support.published import close_and_count, deliver, file_of

if TYPE_CHECKING:
    from collections.abc import Callable

H1 = HalfYear(2019, 1)
ID = "2019-H2.0518.01"


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2019, 9, 9, 9, tzinfo=AMSTERDAM))
    return Context.open(settings)


@pytest.fixture(scope="module")
def put(context: Context, clock) -> Callable[..., str]:
    def at(code: str, municipality: str, persons: int, *moment: int, name: str = "x") -> str:
        clock.move(dt.datetime(*moment, tzinfo=AMSTERDAM))
        context.store.put(
            context.settings.bucket_inbox, f"{code}/{municipality}/WMO_{code}_{name}.csv", file_of(code, municipality, persons)
        )
        (found,) = register_inbox(context).new_deliveries
        return found

    return at


def events(context: Context, subject: str) -> list[dict]:
    with context.engine.connect() as connection:
        return [row for row in trail(connection) if row["subject"] == subject]


def engineer_told(context: Context, subject: str) -> list[str]:
    mails = Maildir(Path(context.settings.maildir)).mails(context.settings.mail_engineer)
    return [" ".join(text_of(mail).split()) for mail in mails if subject in " ".join(str(mail["Subject"]).split())]


def state_of(context: Context, delivery_id: str) -> str:
    with context.engine.connect() as connection:
        return get(connection, delivery_id).state


def test_an_extension_lets_one_place_deliver_after_the_window_and_nobody_else(context: Context, put, maildir: Maildir) -> None:
    deliver_first = put("H12019", "0363", 100, 2019, 9, 10, 9)
    assert check_delivery(context, deliver_first).state == "accepted"
    known, place = context.calendar.round("2019-H1"), Place(WMO, H1, "0518")
    extend(context, place, known, dt.date(2019, 10, 9), reason="fire at the supplier", actor="engineer")
    in_time = put("H12019", "0518", 100, 2019, 10, 9, 22)
    other = put("H12019", "0599", 60, 2019, 10, 9, 23)
    after = put("H12019", "0518", 110, 2019, 10, 10, 0, name="y")
    assert [state_of(context, each) for each in (in_time, other, after)] == ["received", "late", "late"]
    (row,) = events(context, place.id)
    assert (row["event"], row["actor"], row["reason"], row["details"]["until"]) == (
        "extended",
        "engineer",
        "fire at the supplier",
        "2019-10-09",
    )
    (mail,) = [text_of(each) for each in maildir.mails("wmo-0518") if "u kunt langer leveren" in " ".join(str(each["Subject"]).split())]
    assert "tot en met woensdag 9 oktober 2019" in " ".join(mail.split())


def test_an_extension_is_after_the_window_and_before_the_close(context: Context) -> None:
    known, place = context.calendar.round("2019-H1"), Place(WMO, H1, "0518")
    for day in (known.window_last, known.close):
        with pytest.raises(NoExtension):
            extend(context, place, known, day, reason="x", actor="engineer")
    with pytest.raises(NoExtension):
        extend(context, Place(WMO, HalfYear(2018, 1), "0518"), known, dt.date(2019, 10, 9), reason="x", actor="engineer")
    assert len(events(context, place.id)) == 1


def test_a_late_delivery_is_let_in_with_a_reason_and_its_coordinator_knows(context: Context, maildir: Maildir) -> None:
    for _ in range(2):  # the second changes nothing
        assert let_in(context, "2019-H1.0599.01", "engineer", "agreed by telephone").attempt == 1
    told = [row for row in events(context, "2019-H1.0599.01") if row["to_state"] == "received" and row["from_state"] == "late"]
    assert [row["reason"] for row in told] == ["a late upload, let in: agreed by telephone"]
    mails = [each for each in maildir.mails("wmo-0599") if "telt toch mee" in " ".join(str(each["Subject"]).split())]
    assert len(mails) == 1
    for each in ("2019-H1.0518.01", "2019-H1.0599.01"):
        assert check_delivery(context, each).state == "accepted"
        report_delivery(context, each)


def test_after_the_close_nothing_is_granted(context: Context, clock) -> None:
    clock.move(dt.datetime(2019, 10, 21, 9, tzinfo=AMSTERDAM))
    close_round(context, "2019-H1")
    with pytest.raises(RoundClosed):
        extend(context, Place(WMO, H1, "0518"), context.calendar.round("2019-H1"), dt.date(2019, 10, 15), reason="x", actor="engineer")
    with pytest.raises(WrongState):
        confirm(context, "2019-H1.0518.01", "te_veel", "x", actor="engineer")
    close_and_count(context, clock, "2019-H1")


def test_a_new_half_year_that_changes_a_lot_is_told_to_both_before_it_counts(context: Context, clock, maildir: Maildir) -> None:
    deliver(
        context, clock, "2019-H2", {("H22019", "0518"): file_of("H22019", "0518", 50), ("H22019", "0363"): file_of("H22019", "0363", 103)}
    )
    (told,) = engineer_told(context, f"{ID} changes its number of clients a lot")
    assert "more than 30 percent from the half-year before, 2019-H1" in told
    assert not {"50", "100"} & set(told.split())
    assert not engineer_told(context, "2019-H2.0363.01 changes")
    ready = [
        " ".join(text_of(each).split())
        for each in maildir.mails("wmo-0518")
        if ID in str(each["Message-ID"]) and "op_orde" in str(each["Message-ID"])
    ]
    assert all("meer dan 30 % lager dan in het vorige halfjaar" in each for each in ready)
    report_delivery(context, ID)
    assert len(engineer_told(context, f"{ID} changes")) == 1
    assert [row["event"] for row in events(context, ID)].count("large change") == 1


def page(context: Context) -> str:
    return context.store.get(context.settings.bucket_outbox, f"H22019/0518/{ID}/op-orde.html").decode()


def test_a_remark_is_confirmed_with_a_reason_that_is_offered_as_explanation(context: Context) -> None:
    assert "grote_verandering" in page(context)
    for code, reason in (("dubbele_regels", "zo is het"), ("deel_ontbreekt", "  "), ("deel_ontbreekt", "x" * 2001)):
        with pytest.raises(NoConfirmation):
            confirm(context, ID, code, reason, actor="engineer")
    first = confirm(context, ID, "deel_ontbreekt", "De regeling is per 1 juli versoberd.", actor="engineer")
    again = confirm(context, ID, "deel_ontbreekt", "De regeling is versoberd. Vragen: 999900006.", actor="engineer")
    assert first.explanation == "De regeling is per 1 juli versoberd."
    assert again.explanation == "De regeling is versoberd. Vragen: *********."
    with context.engine.connect() as connection:
        assert offered_explanation(connection, get(connection, ID)) == again.explanation
    assert "Bevestigd</span> De regeling is versoberd." in page(context)
    assert "grote_verandering" not in page(context)
    rows = [row for row in events(context, ID) if row["event"] == "confirmed"]
    assert [row["details"]["remark"] for row in rows] == ["deel_ontbreekt"] * 2
    assert not any("versoberd" in str(row) for row in events(context, ID))


def test_the_reason_goes_with_a_withdrawal(context: Context) -> None:
    assert "carried_out" in withdraw(context, "H22019", "0518").values() or process_forms(context)
    with context.engine.connect() as connection:
        assert offered_explanation(connection, get(connection, ID)) == ""


def test_a_late_delivery_is_never_let_in_as_the_twenty_second(context: Context, clock) -> None:
    def put(number: int) -> None:
        data = file_of("H22019", "0080", 1 + number)
        context.store.put(context.settings.bucket_inbox, f"H22019/0080/WMO_H22019_{number}.csv", data)

    for moment, numbers in (((2020, 2, 11), range(UPLOADS_ALLOWED - 1)), ((2020, 3, 10), range(30, 32))):
        clock.move(dt.datetime(*moment, 9, tzinfo=AMSTERDAM))
        for number in numbers:
            put(number)
        found = register_inbox(context).new_deliveries
    assert [state_of(context, each) for each in found] == ["late", "late"]
    assert let_in(context, found[0], "engineer", "the last").attempt == UPLOADS_ALLOWED
    with pytest.raises(NoUploadLeft, match=f"{UPLOADS_ALLOWED} uploads of 2019-H2.0080 have counted"):
        let_in(context, found[1], "engineer", "one too many")
    assert state_of(context, found[1]) == "late"
