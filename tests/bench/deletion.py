"""A withdrawal of a large municipality that was loaded, while a round runs beside it; then the search of every store, and of the disk."""

from __future__ import annotations

import itertools
import multiprocessing
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.bench.whole import INBOX, empty, upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.synchronize import Event
    from pathlib import Path

    from gmsd.journal import Context
    from gmsd.settings import Settings

LARGE, OTHERS = "0363", ("0518", "0344", "0599", "0014", "0855", "0080")
_CODE, _NEXT = "H12019", "H22019"
# Of `file_of`: a wheelchair for each third person, and supported housing for each ninth.
_ROWS_A_PERSON = 13 / 9
_PERSONS = 1_000
# Of a trail that has run for years.
_TRAIL = 100_000
STAGES = ("withdrawal beside a round", "search of every store", "search of the disk", "audit trail of 100,000 rows recomputed")


def deliveries(folder: Path, rows: int) -> int:
    """`inbox/<key>`: a large municipality with about so many rows, and a few others."""
    from tests.support.published import file_of

    made = 0
    for code, persons in ((LARGE, int(rows / _ROWS_A_PERSON) + 1), *((each, _PERSONS) for each in OTHERS)):
        path = folder / INBOX / _CODE / code / f"WMO_{_CODE}_{code}_{'groot' if code == LARGE else 'klein'}.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(file_of(_CODE, code, persons))
        made += path.read_bytes().count(b"\n") - 1
    return made


def withdrawn(folder: Path) -> Callable[[], dict[str, Any]]:
    """The half-year is loaded and counted; the next round is delivered without a pause while the engineer withdraws."""
    from gmsd.clock import DatabaseClock
    from gmsd.database import connect
    from gmsd.figures import compute
    from gmsd.intake import check_and_report, register_inbox
    from gmsd.rounds import WMO, HalfYear
    from gmsd.warehouse import close_round, load_half_year
    from tests.support.published import CLOSED, IN_WINDOW

    context = empty(folder)
    clock = DatabaseClock(connect(context.settings, "loader"))
    context = replace(context, clock=clock)
    clock.move(IN_WINDOW["2019-H1"])
    upload(context, folder / INBOX)
    register_inbox(context)
    check_and_report(context)
    clock.move(CLOSED["2019-H1"])
    close_round(context, "2019-H1")
    load_half_year(context, "2019-H1")
    with connect(context.settings, "loader").begin() as connection:
        compute(connection, WMO, HalfYear(2019, 1), clock.now())
    clock.move(IN_WINDOW["2019-H2"])
    _lengthen_trail(context)

    def run() -> dict[str, Any]:
        spawning = multiprocessing.get_context("spawn")
        ready, over = spawning.Event(), spawning.Event()
        beside = spawning.Process(target=_round, args=(context.settings, ready, over))
        beside.start()
        try:
            assert ready.wait(120), "the round beside it did not begin"
            took = _withdrawal(context)
        finally:
            over.set()
            beside.join()
        assert beside.exitcode == 0
        return {"stages": {name: {"seconds": seconds, "cpu": 0.0, "peak_mb": 0} for name, seconds in took.items()}}

    return run


def _lengthen_trail(context: Context) -> None:
    from gmsd.journal import Entry, audit_many, head_of_trail

    at, of_deliveries = context.clock.now(), {"bytes": 123_456, "sha256": "0" * 64, "lines": 1_234}
    with context.engine.begin() as connection:
        head = head_of_trail(connection)
        begun = head.sequence if head else 0
        audit_many(
            connection, [Entry(f"2015-H1.0000.{number}", "noted", at, "bench", details=of_deliveries) for number in range(begun, _TRAIL)]
        )


def _withdrawal(context: Context) -> dict[str, float]:
    from gmsd.consent import find_left, proofs, search_disk, withdraw_published
    from gmsd.journal import verify_trail
    from gmsd.rounds import WMO, HalfYear, Place

    took = [time.perf_counter()]
    _, state = withdraw_published(context, Place(WMO, HalfYear(2019, 1), LARGE), by="bench", reason="measured")
    assert state == "carried_out"
    took.append(time.perf_counter())
    with context.engine.connect() as connection:
        gone = proofs(connection)
    assert find_left(context, gone) == []
    took.append(time.perf_counter())
    found, searched = search_disk(context, gone)
    assert (found, searched.files > 0) == ([], True)
    took.append(time.perf_counter())
    assert verify_trail(context.engine, context.store, context.settings).whole
    took.append(time.perf_counter())
    return {name: end - begin for name, (begin, end) in zip(STAGES, itertools.pairwise(took), strict=True)}


def _round(settings: Settings, ready: Event, over: Event) -> None:
    """Deliveries of the next round, one after the other, until that is enough."""
    from gmsd.intake import check_delivery, register_inbox, report_delivery
    from gmsd.journal import Context
    from tests.support.published import file_of

    context = Context.open(settings)
    for number in itertools.count():
        if over.is_set():
            return
        code = OTHERS[number % len(OTHERS)]
        key = f"{_NEXT}/{code}/WMO_{_NEXT}_{code}_{number}.csv"
        context.store.put(settings.bucket_inbox, key, file_of(_NEXT, code, _PERSONS, skipped=number))
        for delivery_id in register_inbox(context).new_deliveries:
            check_delivery(context, delivery_id)
            report_delivery(context, delivery_id)
        ready.set()
