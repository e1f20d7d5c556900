"""The steps of a round as tasks, the portal and the engineer do them: one function each, with what the step before it left.

After the round comes what an engineer does later: a withdrawal after publication, a recall, an archive with the backfill of its half-year,
and what housekeeping throws away when its period of retention is over.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.rounds import WMO, HalfYear, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.journal import Context

ROUND, CODE, RUN = "2019-H1", "H12019", "r0001"
SIZES = {"0518": 120, "0363": 70, "0034": 90, "0050": 60, "0599": 40, "0344": 50, "0200": 45}
FAULTY, CORRECTED, WITHDRAWN, EXPLAINED, CONFIRMED = "0599", "0363", "0344", "0034", "0200"
BY_PORTAL, WAITS_FOR_MAIL = "0034", "0050"
WITHDRAWN_AFTER, UNPLACED = "0050", "unplaced.0001"
ENGINEER = "beheer"
OLD, ARCHIVED = HalfYear(2018, 2), ("0050", "0060")
TOKEN = "t" * 43
FIRST = f"{ROUND}.0518.01"
IN_WINDOW, FORMS_AT, CLOSED, RELEASED, NIGHT, LATER, ANNOUNCED, EXPIRED = (
    dt.datetime(*parts, tzinfo=AMSTERDAM)  # type: ignore[arg-type, misc]
    for parts in (
        (2019, 9, 10, 9), (2019, 10, 9, 10), (2019, 10, 21, 9), (2019, 12, 2, 9, 30), (2019, 12, 3, 3, 15), (2019, 12, 10, 9),
        (2023, 3, 1, 3, 15), (2023, 3, 9, 3, 15),
    )
)  # fmt: skip


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


def _register_coordinators(context: Context) -> None:
    from gmsd.registration import add_term

    now = context.clock.now()
    with context.engine.begin() as connection:
        for code in (BY_PORTAL, "0518"):
            address = context.settings.mail_template_address.format(municipality=code)
            add_term(connection, address, code, dt.date(2019, 1, 1), at=now, actor=ENGINEER)


def _put(context: Context, code: str) -> None:
    from tests.support.published import file_of

    data = file_of(CODE, code, SIZES[code])
    key = f"{CODE}/{code}/WMO_{CODE}_x.csv"
    context.store.put(context.settings.bucket_inbox, key, data.replace(b";01;", b";99;") if code == FAULTY else data)


def _register_without_mailing(context: Context) -> None:
    from gmsd.intake import register_uploads

    _put(context, WAITS_FOR_MAIL)
    register_uploads(context)


def _upload(context: Context) -> None:
    from tests.support.published import file_of

    bucket = context.settings.bucket_inbox
    for code in SIZES:
        if code not in (BY_PORTAL, WAITS_FOR_MAIL):
            _put(context, code)
    context.store.put(bucket, f"{CODE}/{CORRECTED}/WMO_{CODE}_y.csv", file_of(CODE, CORRECTED, SIZES[CORRECTED] + 5))
    context.store.put(bucket, f"aanlevering/WMO_{CODE}_x.csv", b"?")


def _file_forms(context: Context) -> None:
    for municipality, kind, fields in (
        (WITHDRAWN, "intrekking", {"reason": None}),
        (EXPLAINED, "toelichting", {"text": "In de eerste helft van het jaar zijn wij van aanbieder gewisseld."}),
    ):
        body = {"half_year": CODE, "municipality": municipality, "name": "Coördinator Wmo", **fields}
        context.store.put(context.settings.bucket_inbox, f"{CODE}/{municipality}/formulieren/{kind}.json", json.dumps(body).encode())


def _ask_withdrawal(context: Context) -> None:
    """By the portal's page; the token that its mail holds is made known to who confirms."""
    from unittest.mock import patch

    from gmsd.consent import ask_withdrawal

    with patch("gmsd.consent.asking.secrets.token_urlsafe", return_value=TOKEN):
        ask_withdrawal(context, _place(CONFIRMED), name="Coördinator Wmo", reason=None, link=lambda _token: "http://127.0.0.1/")


def _place(code: str, half_year: HalfYear | None = None) -> Place:
    return Place(WMO, half_year or HalfYear.parse(ROUND), code)


def _calendar(context: Context) -> object:
    from gmsd.journal import send_queued
    from gmsd.round_mails import queue_round_mails

    queued = queue_round_mails(context)
    send_queued(context)
    return queued


def _by_portal(context: Context) -> object:
    """What the portal does once an upload of it lies in the inbox."""
    from gmsd.intake import register_uploads
    from gmsd.journal import Context as Doors
    from gmsd.journal import send_queued

    portal = Doors.of_portal(context.settings)
    registered = register_uploads(portal)
    send_queued(portal)
    return registered


def _mails(context: Context) -> object:
    from gmsd.journal import send_queued

    return send_queued(context, paused=True)


def _confirm(context: Context) -> object:
    """As the portal does; a second click of the same person finds it confirmed."""
    from gmsd.consent import NotAsked, confirm_withdrawal

    with contextlib.suppress(NotAsked):
        return confirm_withdrawal(context, TOKEN)
    return None


def _approve(context: Context) -> object:
    """The engineer's command; a second time it says that it is approved."""
    from gmsd.consent import approve_explanation, explanations
    from gmsd.consent.moderation import NotWaiting

    with context.engine.connect() as connection:
        found = explanations(connection)[-1]
    with contextlib.suppress(NotWaiting):
        return approve_explanation(context, found.form_id, by=ENGINEER)
    return None


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


def _retention(context: Context) -> object:
    from gmsd.deletion import enforce
    from gmsd.deliveries import abort_unfinished
    from gmsd.journal import send_queued

    done = enforce(context)
    send_queued(context)
    return done, abort_unfinished(context)


def _withdraw_after(context: Context) -> object:
    """The engineer's command; once it is carried out, nothing is there any more for it."""
    from gmsd.consent import withdraw_published
    from gmsd.consent.engineer import NotForEngineer

    with contextlib.suppress(NotForEngineer):
        return withdraw_published(context, _place(WITHDRAWN_AFTER), by=ENGINEER, reason="verkeerd bestand")
    return None


def _erase(context: Context) -> object:
    """As that."""
    from gmsd.consent import erase_unplaced
    from gmsd.consent.engineer import NotForEngineer

    with contextlib.suppress(NotForEngineer):
        return erase_unplaced(context, UNPLACED, by=ENGINEER, reason="hoort nergens")
    return None


def _recall(context: Context) -> None:
    """The engineer's command; a second time it says that it is recalled."""
    from gmsd.database import connect
    from gmsd.releases import RecallError, recall_half_year

    with contextlib.suppress(RecallError), connect(context.settings, "publisher").begin() as connection:
        recall_half_year(connection, WMO, HalfYear.parse(ROUND), reason="fout in het bestand", by=ENGINEER, at=context.clock.now())


def _lift(context: Context) -> None:
    """As that."""
    from gmsd.database import connect
    from gmsd.releases import RecallError, lift_recall

    with contextlib.suppress(RecallError), connect(context.settings, "publisher").begin() as connection:
        lift_recall(connection, WMO, HalfYear.parse(ROUND), by=ENGINEER, at=context.clock.now())


def _archive_folder(context: Context) -> Path:
    return Path(str(context.settings.pseudonym_key_file)).parent / "archive"


def _make_archive(context: Context) -> None:
    from gmsd.archive import MANIFEST, manifest_text
    from tests.support.published import file_of

    folder, rows = _archive_folder(context), []
    for place, code in enumerate(ARCHIVED):
        name, data = f"{OLD.upload_code}/{code}/WMO_{OLD.upload_code}_x.csv", file_of(OLD.upload_code, code, 30 + 10 * place)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        about = {"law": WMO, "half_year": str(OLD), "municipality": code, "round": str(OLD), "received_on": "2019-02-12", "file": name}
        rows.append({**about, "sha256": hashlib.sha256(data).hexdigest(), "records": data.count(b"\n") - 1, "consent": "given"})
    (folder / MANIFEST).write_text(manifest_text(rows), encoding="utf-8")


def _import(context: Context) -> object:
    from gmsd.archive import import_archive, read_manifest

    manifest = read_manifest(_archive_folder(context), context.calendar, context.clock.now().date())
    return import_archive(context, manifest, actor=ENGINEER)


def _close_old(context: Context) -> object:
    from gmsd.warehouse import close_round

    return close_round(context, str(OLD))


def _load_old(context: Context) -> object:
    """Of both half-years that the round takes, as two runs do one after the other."""
    from gmsd.warehouse import load_half_year

    return [load_half_year(context, str(each)) for each in (OLD.previous, OLD)]


def _count_old(context: Context) -> object:
    from gmsd.figures import compute

    with context.engine.begin() as connection:
        return compute(connection, WMO, OLD, context.clock.now())


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
    Step("calendar", IN_WINDOW, _calendar, _register_coordinators),
    Step("portal", IN_WINDOW, _by_portal, lambda context: _put(context, BY_PORTAL)),
    Step("mails", IN_WINDOW, _mails, _register_without_mailing),
    Step("register", IN_WINDOW, _register, _upload),
    Step("check", IN_WINDOW, _check),
    Step("report", IN_WINDOW, _report),
    Step("burst", IN_WINDOW, _burst),
    Step("confirm", FORMS_AT, _confirm, _ask_withdrawal),
    Step("register forms", FORMS_AT, _register, _file_forms),
    Step("forms", FORMS_AT, _forms),
    Step("approve", FORMS_AT, _approve),
    Step("close", CLOSED, _close),
    Step("load", CLOSED, _load),
    Step("count", CLOSED, _count),
    Step("preview", RELEASED, _preview),
    Step("answer", RELEASED, _answer),
    Step("build", RELEASED, _build),
    Step("target", RELEASED, _target),
    Step("publish", RELEASED, _publish),
    Step("sweep", NIGHT, _sweep),
    Step("audit", NIGHT, _anchor),
    Step("attention", NIGHT, _attention),
    Step("retention", NIGHT, _retention),
    Step("recall", LATER, _recall),
    Step("recall lifted", LATER, _lift),
    Step("withdrawal after publication", LATER, _withdraw_after),
    Step("unplaced erased", LATER, _erase),
    Step("archive", LATER, _import, _make_archive),
    Step("backfill close", LATER, _close_old),
    Step("backfill load", LATER, _load_old),
    Step("backfill count", LATER, _count_old),
    Step("retention announced", ANNOUNCED, _retention),
    Step("retention enforced", EXPIRED, _retention),
)
DELIVERIES = (*(f"{ROUND}.{code}.01" for code in SIZES), f"{ROUND}.{CORRECTED}.02", UNPLACED)


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
    found: dict[str, set[str]] = {"calendar": set(), "portal": {"calendar"}, "mails": {"portal"}, "register": {"mails"}}
    for each in DELIVERIES:
        found[f"check:{each}"] = {"register"}
        found[f"report:{each}"] = {f"check:{each}"}
    checks = {f"check:{each}" for each in DELIVERIES}
    # the window for corrections closes before that for withdrawals opens: whatever is checked by then was delivered in time
    found |= {"confirm": checks, "register forms": {"confirm"}, "forms": {"register forms"}, "approve": {"forms"}}
    found |= {"close": {"forms"}, "load": {"close"}, "count": {"load"}}
    found |= {"preview": {"count", "approve"}, "answer": {"preview"}, "build": {"answer"}, "target": {"build"}, "publish": {"build"}}
    return found | {name: {"register"} for name in ("sweep", "audit", "attention", "retention")}
