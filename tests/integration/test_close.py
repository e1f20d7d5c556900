"""A round closes over nothing that came in before it: not over a form, not over a delivery, not over what intake has not seen yet."""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM, DatabaseClock, FixedClock
from gmsd.consent import process_forms
from gmsd.installation import prepare
from gmsd.intake import check_delivery, register_inbox
from gmsd.journal import Context, anchors, head_of_trail, lock_round
from gmsd.rounds import WMO, Calendar, HalfYear
from gmsd.store import ObjectStore
from gmsd.warehouse import NothingAccepted, StillUnchecked, close_preview, close_round, leave_open
from tests.integration.test_forms import form, put
from tests.integration.test_rounds import file_of
from tests.support.stack import Stack, installation
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROUND = "2019-H1"
PLACES = ("0363", "0344", "0599", "0772", "0014", "0855")


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture
def context(stack: Stack, tmp_path: Path) -> Iterator[Context]:
    """An installation of its own for each test: a round closes once."""
    for settings in installation(stack, tmp_path):
        prepare(settings)
        found = Context.open(settings)
        at(found, 2019, 9, 10, 9)
        yield found


def at(context: Context, *parts: int) -> None:
    assert isinstance(context.clock, DatabaseClock)
    context.clock.move(moment(*parts))


def deliver(context: Context, *places: str) -> None:
    for place in places:
        context.store.put(context.settings.bucket_inbox, f"H12019/{place}/WMO_H12019_x.csv", file_of(place))


def withdraw(context: Context, *places: str) -> None:
    for place in places:
        put(context, place, form(place, "H12019"), code="H12019")


def check_all(context: Context) -> None:
    for delivery_id in register_inbox(context).new_deliveries:
        check_delivery(context, delivery_id)


def states(context: Context) -> dict[str, str]:
    with context.engine.connect() as connection:
        query = "SELECT delivery_id, state FROM delivery UNION ALL SELECT form_id, state FROM form"
        return dict(connection.execute(text(query)).all())


def refusal(context: Context) -> str:
    with pytest.raises(StillUnchecked) as refused:
        close_round(context, ROUND)
    assert close_preview(context, ROUND)["waits_for"] in str(refused.value)
    return str(refused.value)


def test_the_close_waits_for_every_step_of_what_came_in_before_it(context: Context) -> None:
    """From the inbox to the deletion: the figures of a municipality that withdrew in time were frozen while its form waited."""
    deliver(context, "0518", "0363")
    check_all(context)
    at(context, 2019, 10, 18, 23)
    deliver(context, "0344")
    withdraw(context, "0518")
    at(context, 2019, 10, 21)
    said = refusal(context)
    assert "2 objects of the inbox to be registered (H12019/0344 version " in said
    assert "intrekking" not in said
    assert "WMO_" not in said
    at(context, 2019, 10, 18, 23)
    register_inbox(context)
    at(context, 2019, 10, 21)
    assert "1 form to be dealt with (form.0001)" in refusal(context)
    deliver(context, "0599")
    register_inbox(context)
    with context.engine.begin() as connection:  # an upload that was let in and waits for its check
        connection.execute(text("UPDATE delivery SET state = 'received', attempt = 1 WHERE municipality = '0344'"))
    assert "1 delivery to be checked (2019-H1.0344.01); 1 form" in refusal(context)
    with context.engine.begin() as connection:
        connection.execute(text("UPDATE form SET state = 'filed', round = '2019-H1' WHERE form_id = 'form.0001'"))
    assert "1 form to be dealt with (form.0001)" in refusal(context)
    assert process_forms(context) == {"form.0001": "carried_out"}
    check_delivery(context, "2019-H1.0344.01")
    assert close_preview(context, ROUND)["waits_for"] == ""
    assert close_round(context, ROUND) == {ROUND: {"delivered": 2, "withdrawn": 1, "not_delivered": 352}}
    assert states(context)["2019-H1.0518.01"] == "withdrawn"


def test_what_can_never_count_holds_no_round(context: Context) -> None:
    deliver(context, "0518")
    context.store.put(context.settings.bucket_inbox, "H12019/0363/WMO_H12019_leeg.csv", b"")
    put(context, "0599", b"{", code="H12019")
    put(context, "0599", form("0599", "H12019", text="=1+1"), code="H12019", kind="toelichting")
    check_all(context)
    process_forms(context)
    at(context, 2019, 10, 21)
    bucket = context.settings.bucket_inbox
    context.store.put(bucket, "wie/weet.csv", b"x")  # nobody's
    context.store.put(bucket, "H12019/9999/WMO_H12019_x.csv", b"x")
    put(context, "0518", form("0518"))  # of another round's half-year
    context.store.delete(bucket, "H12019/0518/WMO_H12019_x.csv")  # a marker is no withdrawal
    assert close_round(context, ROUND)[ROUND]["delivered"] == 1


@pytest.mark.parametrize(("days", "holds"), [(1, True), (0, False)])
def test_with_the_real_clock_the_moment_of_receipt_decides(context: Context, days: int, holds: bool) -> None:
    """The store says when an object came in: one after the close is late, and holds nothing."""
    deliver(context, "0518")
    check_all(context)
    withdraw(context, "0518")
    today = dt.datetime.now(AMSTERDAM).date()
    close = today + dt.timedelta(days=days)
    now = dt.datetime.combine(close, dt.time(23, 59), AMSTERDAM)
    known = replace(context.calendar.round(ROUND), withdrawal_last=close - dt.timedelta(days=1), close=close, release=close)
    real = Context(
        context.settings.model_copy(update={"clock": "system"}), context.engine, context.store, FixedClock(now), Calendar((known,))
    )
    if holds:
        assert "1 object of the inbox" in refusal(real)
    else:
        assert close_round(real, ROUND)[ROUND]["delivered"] == 1
    register_inbox(real)
    assert list(process_forms(real).values()) == ["carried_out" if holds else "too_late"]
    assert close_round(real, ROUND)[ROUND].get("delivered", 0) == (0 if holds else 1)


def test_a_form_that_is_being_registered_is_waited_for(context: Context) -> None:
    """Intake holds the round while it writes its receipts: the close comes after it and sees them."""
    deliver(context, "0518")
    check_all(context)
    withdraw(context, "0518")
    outcome: list[object] = []

    def close() -> None:
        try:
            outcome.append(close_round(context, ROUND))
        except StillUnchecked as error:
            outcome.append(str(error))

    with context.engine.begin() as connection:
        lock_round(connection, WMO, HalfYear.parse(ROUND), alone=False)
        register_inbox(context)
        at(context, 2019, 10, 21)
        closing = threading.Thread(target=close)
        closing.start()
        time.sleep(0.5)
        assert outcome == []
    closing.join(patience(60))
    assert "form.0001" in str(outcome[0])


def test_what_arrives_while_the_round_is_frozen_is_late(context: Context) -> None:
    deliver(context, "0518", "0363")
    check_all(context)
    at(context, 2019, 10, 21)

    class Slow(ObjectStore):
        """Somebody files a withdrawal right after the inbox was looked at."""

        def versions(self, *arguments: str):
            yield from super().versions(*arguments)
            withdraw(context, "0518")

    slow = Context(context.settings, context.engine, Slow(context.store.client), context.clock, context.calendar)
    assert close_round(slow, ROUND)[ROUND]["delivered"] == 2
    register_inbox(context)
    assert list(process_forms(context).values()) == ["too_late"]
    assert states(context)["2019-H1.0518.01"] == "approved"


def test_intake_and_close_at_once_honour_every_withdrawal(context: Context) -> None:
    """Whoever comes first, no municipality that withdrew in time is frozen as delivered."""
    deliver(context, "0518", *PLACES)
    check_all(context)
    withdraw(context, *PLACES)
    closed: list[dict[str, dict[str, int]]] = []
    troubles: list[BaseException] = []

    def until_closed(step: Callable[[], object]) -> None:
        end = time.monotonic() + 120
        while not closed and time.monotonic() < end:
            try:
                step()
            except StillUnchecked:
                time.sleep(0.01)
            except BaseException as error:
                troubles.append(error)
                raise

    def intake() -> None:
        register_inbox(in_time)
        process_forms(in_time)

    # intake's clock stands before the last day, the close's after it: what intake registers came in in time
    in_time = Context(context.settings, context.engine, context.store, FixedClock(moment(2019, 10, 18, 23)), context.calendar)
    over = Context(context.settings, context.engine, context.store, FixedClock(moment(2019, 10, 21)), context.calendar)
    threads = [
        threading.Thread(target=until_closed, args=(intake,)),
        threading.Thread(target=until_closed, args=(intake,)),
        threading.Thread(target=until_closed, args=(lambda: closed.append(close_round(over, ROUND)),)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(180))
    assert troubles == []
    assert closed[0] == {ROUND: {"delivered": 1, "withdrawn": len(PLACES), "not_delivered": 354 - len(PLACES)}}
    assert [state for name, state in states(context).items() if name.startswith("form")] == ["carried_out"] * len(PLACES)


def test_a_round_in_which_nobody_did_anything_is_closed_by_somebodys_name(context: Context) -> None:
    at(context, 2019, 10, 21)
    assert close_preview(context, ROUND)["empty"] is True
    with pytest.raises(NothingAccepted):
        close_round(context, ROUND)
    leave_open(context, ROUND, refused_by="engineer")
    closed = close_round(context, ROUND, empty_confirmed_by="other")
    assert closed == {ROUND: {"not_delivered": 355}}
    assert close_round(context, ROUND) == closed
    with context.engine.connect() as connection:
        told = connection.execute(
            text("SELECT event, actor FROM audit WHERE subject = :s ORDER BY sequence"), {"s": f"round {ROUND}"}
        ).all()
        assert list(anchors(context.store, context.settings)) == [head_of_trail(connection)]
    assert told == [("left open", "engineer"), ("empty close confirmed", "other"), ("closed", "close")]


def test_a_round_from_which_everybody_withdrew_is_no_empty_one(context: Context) -> None:
    deliver(context, "0518")
    check_all(context)
    at(context, 2019, 10, 18, 23)
    withdraw(context, "0518")
    register_inbox(context)
    process_forms(context)
    at(context, 2019, 10, 21)
    assert close_preview(context, ROUND)["empty"] is False
    assert close_round(context, ROUND) == {ROUND: {"withdrawn": 1, "not_delivered": 354}}
