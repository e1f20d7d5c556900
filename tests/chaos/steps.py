"""The steps of a round as tasks do them: one function each, with what the step before it left in the warehouse and the store."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.rounds import WMO, HalfYear

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.journal import Context

ROUND, CODE, RUN = "2019-H1", "H12019", "r0001"
SIZES = {"0518": 120, "0363": 70, "0034": 90, "0050": 60, "0599": 40, "0344": 50}
FAULTY, CORRECTED, WITHDRAWN, EXPLAINED = "0599", "0363", "0344", "0034"
FIRST = f"{ROUND}.0518.01"
IN_WINDOW, FORMS_AT, CLOSED, RELEASED, NIGHT = (
    dt.datetime(2019, *parts, tzinfo=AMSTERDAM)  # type: ignore[arg-type, misc]
    for parts in ((9, 10, 9), (10, 9, 10), (10, 21, 9), (12, 2, 9, 30), (12, 3, 3, 15))
)


@dataclass(frozen=True)
class Step:
    """What one task does.

    Attributes:
        name: As the table calls it; of a step of one delivery with its id behind a colon.
        at: The moment of the clock.
        run: The task.
        before: What people do before it: uploads.
    """

    name: str
    at: dt.datetime
    run: Callable[[Context], object]
    before: Callable[[Context], None] = lambda context: None


def _upload(context: Context) -> None:
    from tests.support.published import file_of

    bucket = context.settings.bucket_inbox
    for code, size in SIZES.items():
        data = file_of(CODE, code, size)
        context.store.put(bucket, f"{CODE}/{code}/WMO_{CODE}_x.csv", data.replace(b";01;", b";99;") if code == FAULTY else data)
    context.store.put(bucket, f"{CODE}/{CORRECTED}/WMO_{CODE}_y.csv", file_of(CODE, CORRECTED, SIZES[CORRECTED] + 5))
    context.store.put(bucket, f"aanlevering/WMO_{CODE}_x.csv", b"?")


def _file_forms(context: Context) -> None:
    for municipality, kind, fields in (
        (WITHDRAWN, "intrekking", {"reason": None}),
        (EXPLAINED, "toelichting", {"text": "In de eerste helft van het jaar zijn wij van aanbieder gewisseld."}),
    ):
        body = {"half_year": CODE, "municipality": municipality, "name": "Coördinator Wmo", **fields}
        context.store.put(context.settings.bucket_inbox, f"{CODE}/{municipality}/formulieren/{kind}.json", json.dumps(body).encode())


def _register(context: Context) -> object:
    from gmsd.intake import register_inbox

    return register_inbox(context)


def _check(context: Context) -> object:
    from gmsd.intake import check_delivery

    return check_delivery(context, FIRST)


def _report(context: Context) -> object:
    from gmsd.intake import report_delivery

    return report_delivery(context, FIRST)


def _burst(context: Context) -> object:
    """All that were registered, as the task is told them: again those that had been checked when it was killed, and not reported on."""
    from gmsd.intake import check_and_report

    return check_and_report(context, DELIVERIES)


def _forms(context: Context) -> object:
    from gmsd.consent import process_forms

    return process_forms(context)


def _close(context: Context) -> object:
    from gmsd.warehouse import close_round

    return close_round(context, ROUND)


def _load(context: Context) -> object:
    from gmsd.warehouse import load_half_year

    return load_half_year(context, ROUND)


def _count(context: Context) -> object:
    from gmsd.figures import compute

    with context.engine.begin() as connection:
        return compute(connection, WMO, HalfYear.parse(ROUND), context.clock.now())


def _preview(context: Context) -> object:
    from gmsd.database import connect
    from gmsd.releases import Proposal, propose

    proposal, named = Proposal(WMO, HalfYear.parse(ROUND)), {"run_id": RUN, "named": RUN, "started_by": "engineer"}
    with connect(context.settings, "publisher").begin() as connection:
        return propose(connection, context.store, context.settings, proposal, **named, at=context.clock.now())


def _answer(context: Context) -> object:
    """As the api-server does for who is signed in; a second click of the same person finds it answered."""
    from gmsd.database import connect
    from gmsd.releases import AnsweredError, answer, question_of

    with connect(context.settings, "approver").begin() as connection:
        asked = question_of(connection, RUN)
        try:
            return answer(connection, asked.question, "approved", answered_by="approver", reason="", at=context.clock.now())
        except AnsweredError:
            return asked


def _build(context: Context) -> object:
    from gmsd.database import connect
    from gmsd.releases import build_approved, take_answer

    engine, at = connect(context.settings, "publisher"), context.clock.now()
    take_answer(engine, RUN, at)
    return build_approved(engine, context.store, context.settings, RUN, at)


def _target(context: Context) -> object:
    from gmsd.database import connect
    from gmsd.releases import publish_target_approved

    return publish_target_approved(
        connect(context.settings, "publisher"), context.store, context.settings, RUN, "statline", context.clock.now()
    )


def _publish(context: Context) -> object:
    from gmsd.database import connect
    from gmsd.releases import publish_approved

    return publish_approved(connect(context.settings, "publisher"), context.store, context.settings, RUN, context.clock.now())


def _sweep(context: Context) -> object:
    from gmsd.warehouse import sweep_staging

    return sweep_staging(context)


def _abort(context: Context) -> object:
    from gmsd.deliveries import abort_unfinished

    return abort_unfinished(context)


def _anchor(context: Context) -> object:
    from gmsd.journal import anchor, verify_trail

    report = verify_trail(context.engine, context.store, context.settings)
    if not report.whole:
        raise AssertionError(f"the audit trail is broken at row {report.broken_at}: {report.reason}")
    return anchor(context.engine, context.store, context.settings, at=context.clock.now(), occasion="housekeeping")


def _attention(context: Context) -> object:
    from gmsd.journal import send_queued
    from gmsd.watch import look_around

    told = look_around(context, "http://127.0.0.1/gmsd/rounds?late=yes")
    send_queued(context)
    return told


STEPS = (
    Step("register", IN_WINDOW, _register, _upload),
    Step("check", IN_WINDOW, _check),
    Step("report", IN_WINDOW, _report),
    Step("burst", IN_WINDOW, _burst),
    Step("register forms", FORMS_AT, _register, _file_forms),
    Step("forms", FORMS_AT, _forms),
    Step("close", CLOSED, _close),
    Step("load", CLOSED, _load),
    Step("count", CLOSED, _count),
    Step("preview", RELEASED, _preview),
    Step("answer", RELEASED, _answer),
    Step("build", RELEASED, _build),
    Step("target", RELEASED, _target),
    Step("publish", RELEASED, _publish),
    Step("sweep", NIGHT, _sweep),
    Step("uploads", NIGHT, _abort),
    Step("audit", NIGHT, _anchor),
    Step("attention", NIGHT, _attention),
)
DELIVERIES = (*(f"{ROUND}.{code}.01" for code in SIZES), f"{ROUND}.{CORRECTED}.02", "unplaced.0001")


def step_of(name: str) -> Step:
    """A step by its name; `check:ID` and `report:ID` are those of one delivery."""
    kind, _, delivery_id = name.partition(":")
    found = next(step for step in STEPS if step.name == kind)
    if not delivery_id:
        return found
    from gmsd.intake import check_delivery, report_delivery

    run = check_delivery if kind == "check" else report_delivery
    return Step(name, found.at, lambda context: run(context, delivery_id))


def needed() -> dict[str, set[str]]:
    """Every step of a round, one for each delivery where a delivery has its own -> the steps that must have been done before it."""
    found: dict[str, set[str]] = {"register": set()}
    for each in DELIVERIES:
        found[f"check:{each}"] = {"register"}
        found[f"report:{each}"] = {f"check:{each}"}
    checks = {f"check:{each}" for each in DELIVERIES}
    # the window for corrections closes before that for withdrawals opens: whatever is checked by then was delivered in time
    found |= {"register forms": checks, "forms": {"register forms"}, "close": {"forms"}, "load": {"close"}, "count": {"load"}}
    found |= {"preview": {"count"}, "answer": {"preview"}, "build": {"answer"}, "target": {"build"}, "publish": {"build"}}
    return found | {name: {"register"} for name in ("sweep", "uploads", "audit", "attention")}
