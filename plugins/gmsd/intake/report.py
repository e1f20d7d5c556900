"""Reports in the outbox and the mails that name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd import feedback, letters, rendering
from gmsd.database import statement
from gmsd.deliveries import Delivery, check_lines, check_result, checks_of, locked, progress_of
from gmsd.intake.lines import unpacked
from gmsd.journal import Context, Sent, issues_of, queue_mail, send_queued
from gmsd.letters import party_of, receipt_of, standing_view, to_coordinator
from gmsd.op_orde import OpOrdeContext, OpOrdeReport, OpOrdeSummary, compare, op_orde_html, op_orde_json, op_orde_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Reported:
    """Keys of the reports written, and what became of the mails."""

    reports: tuple[str, ...]
    mails: Sent


def report_delivery(context: Context, delivery_id: str, *, resend: bool = False) -> Reported:
    """Write the reports of a checked delivery, queue its mails, and send what is queued.

    A delivery without a check (late, repeat, ...) or withdrawn has none; its short mail was queued when it was registered. Running it
    again writes the same reports and sends nothing twice.

    Args:
        context: The doors.
        delivery_id: The delivery.
        resend: Send the mails once more, on purpose.

    Raises:
        UnknownDelivery: there is no such delivery.
    """
    with context.engine.begin() as connection:
        delivery = locked(connection, delivery_id)
        stored = check_result(connection, delivery_id)
        reports: tuple[str, ...] = ()
        if stored is not None and delivery.state != "withdrawn":
            reports = _report(context, connection, delivery, *stored, resend=resend)
    return Reported(reports, send_queued(context))


def _report(
    context: Context,
    connection: Connection,
    delivery: Delivery,
    result: Mapping[str, Any],
    op_orde: Mapping[str, Any] | None,
    *,
    resend: bool,
) -> tuple[str, ...]:
    place, round_code = delivery.placed
    party, upload = party_of(place), receipt_of(delivery)
    calendar_round = context.calendar.round(round_code, place.law)
    found = standing_view(progress_of(connection, place, round_code))
    checked_at = delivery.checked_at or context.clock.now()
    rules_url = context.settings.rules_url
    about = feedback.FeedbackContext(checked_at, delivery.received_at, party.municipality_name, delivery.delivery_id, rules_url)
    lines = unpacked(check_lines(connection, delivery.delivery_id))
    checked = feedback.Checked.of(result)
    about_file = {
        "terugkoppeling.html": feedback.feedback_html(checked, about).encode(),
        "terugkoppeling.xlsx": feedback.feedback_xlsx(checked, about, lines=lines),
        "terugkoppeling.json": feedback.feedback_json(checked).encode(),
        "terugkoppeling.validatie.json": feedback.validation_report(checked, about).encode(),
    }
    keys = _write(context, delivery, about_file)
    read = tuple(key for key in keys if not key.endswith(".validatie.json"))  # the exchange of offices, for nobody to read
    verdict = letters.VerdictContext(party, upload, calendar_round, found, checked, read, rules_url)
    _queue(context, connection, delivery, "verdict", letters.verdict_mail(verdict), resend=resend)
    if op_orde is None:
        return keys
    report = _compared(connection, op_orde)
    shown = OpOrdeContext(party, upload, checked_at, calendar_round)
    pages = {
        "op-orde.html": op_orde_html(report, shown).encode(),
        "op-orde.xlsx": op_orde_xlsx(report, shown),
        "op-orde.json": op_orde_json(report).encode(),
    }
    op_orde_keys = _write(context, delivery, pages)
    ready = letters.OpOrdeReadyContext(party, upload, calendar_round, found, op_orde_keys, report.attention)
    _queue(context, connection, delivery, "op_orde", letters.op_orde_ready_mail(ready), resend=resend)
    return keys + op_orde_keys


def _write(context: Context, delivery: Delivery, pages: Mapping[str, bytes]) -> tuple[str, ...]:
    keys = []
    for name, body in pages.items():
        keys.append(delivery.outbox_prefix + name)
        context.store.put(context.settings.bucket_outbox, keys[-1], body, content_type=_TYPES[name.rpartition(".")[2]])
    return tuple(keys)


def _queue(context: Context, connection: Connection, delivery: Delivery, kind: str, mail: rendering.RenderedMail, *, resend: bool) -> None:
    """The first check gives the first mail, a check once more the next; a mail sent again on purpose is numbered apart."""
    if resend:
        again = f"{kind}_again"
        outgoing = to_coordinator(context, delivery, again, mail, issues_of(connection, delivery.delivery_id, again) + 1)
    else:
        outgoing = to_coordinator(context, delivery, kind, mail, checks_of(connection, delivery.delivery_id))
    queue_mail(connection, outgoing, context.clock.now())


def _compared(connection: Connection, op_orde: Mapping[str, Any]) -> OpOrdeReport:
    before, earlier = op_orde["previous_half_year"], op_orde["previous_delivery"]
    ids = [*op_orde["compared_with"], *(each for each in (before, earlier) if each)]
    found = {row.delivery_id: row.summary for row in connection.execute(statement("intake/summaries"), {"ids": ids})}
    return compare(
        OpOrdeSummary.of(op_orde["summary"]),
        [found[each] for each in op_orde["compared_with"] if each in found],
        previous_half_year=found.get(before),
        previous_delivery=found.get(earlier),
    )
