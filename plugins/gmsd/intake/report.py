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
from gmsd.op_orde import (
    OpOrdeContext,
    OpOrdeReport,
    OpOrdeSummary,
    compare,
    op_orde_html,
    op_orde_json,
    op_orde_xlsx,
    peers_among,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        checked = None
        if stored is not None and delivery.state != "withdrawn":
            checked = _read(connection, delivery, *stored)
        reporting = _Reporting(context, connection, delivery, checked, resend=resend)
        reports = reporting.write()
        reporting.queue(reports)
    return Reported(reports.keys, send_queued(context))


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is told of a checked delivery, as it stands in the database."""

    result: Mapping[str, Any]
    lines: Mapping[str, Sequence[int]]
    report: OpOrdeReport | None
    standing: letters.Standing


@dataclass(frozen=True, slots=True)
class _Made:
    """The reports written: their keys, and the mails that name them by kind."""

    keys: tuple[str, ...] = ()
    mails: tuple[tuple[str, rendering.RenderedMail], ...] = ()


def _read(connection: Connection, delivery: Delivery, result: Mapping[str, Any], op_orde: Mapping[str, Any] | None) -> _Checked:
    place, round_code = delivery.placed
    return _Checked(
        result,
        unpacked(check_lines(connection, delivery.delivery_id)),
        None if op_orde is None else _compared(connection, delivery, op_orde),
        standing_view(progress_of(connection, place, round_code)),
    )


@dataclass(frozen=True, slots=True)
class _Reporting:
    """The reports of one delivery within its transaction."""

    context: Context
    connection: Connection
    delivery: Delivery
    checked: _Checked | None
    resend: bool

    def write(self) -> _Made:
        """Write the reports to the outbox, and the mails that name them."""
        if self.checked is None:
            return _Made()
        context, delivery, found = self.context, self.delivery, self.checked
        place, round_code = delivery.placed
        party, upload = party_of(place), receipt_of(delivery)
        calendar_round = context.calendar.round(round_code, place.law)
        checked_at = delivery.checked_at or context.clock.now()
        rules_url = context.settings.rules_url
        about = feedback.FeedbackContext(checked_at, delivery.received_at, party.municipality_name, delivery.delivery_id, rules_url)
        checked = feedback.Checked.of(found.result)
        about_file = {
            "terugkoppeling.html": feedback.feedback_html(checked, about).encode(),
            "terugkoppeling.xlsx": feedback.feedback_xlsx(checked, about, lines=found.lines),
            "terugkoppeling.json": feedback.feedback_json(checked).encode(),
            "terugkoppeling.validatie.json": feedback.validation_report(checked, about).encode(),
        }
        keys = tuple(delivery.outbox_prefix + name for name in about_file)
        read = tuple(key for key in keys if not key.endswith(".validatie.json"))  # the exchange of offices, for nobody to read
        verdict = letters.VerdictContext(party, upload, calendar_round, found.standing, checked, read, rules_url)
        mails = [("verdict", letters.verdict_mail(verdict))]
        pages: dict[str, bytes] = {}
        op_orde_keys: tuple[str, ...] = ()
        if found.report is not None:
            shown = OpOrdeContext(party, upload, checked_at, calendar_round)
            pages = {
                "op-orde.html": op_orde_html(found.report, shown).encode(),
                "op-orde.xlsx": op_orde_xlsx(found.report, shown),
                "op-orde.json": op_orde_json(found.report).encode(),
            }
            op_orde_keys = tuple(delivery.outbox_prefix + name for name in pages)
            ready = letters.OpOrdeReadyContext(party, upload, calendar_round, found.standing, op_orde_keys, found.report.attention)
            mails.append(("op_orde", letters.op_orde_ready_mail(ready)))
        written = {delivery.outbox_prefix + name: body for name, body in (about_file | pages).items()}
        context.store.put_all(context.settings.bucket_outbox, written, lambda key: _TYPES[key.rpartition(".")[2]])
        return _Made(keys + op_orde_keys, tuple(mails))

    def queue(self, made: _Made) -> None:
        """Queue the mails."""
        for kind, mail in made.mails:
            _queue(self.context, self.connection, self.delivery, kind, mail, resend=self.resend)


def _queue(context: Context, connection: Connection, delivery: Delivery, kind: str, mail: rendering.RenderedMail, *, resend: bool) -> None:
    """The first check gives the first mail, a check once more the next; a mail sent again on purpose is numbered apart."""
    if resend:
        again = f"{kind}_again"
        outgoing = to_coordinator(context, delivery, again, mail, issues_of(connection, delivery.delivery_id, again) + 1)
    else:
        outgoing = to_coordinator(context, delivery, kind, mail, checks_of(connection, delivery.delivery_id))
    queue_mail(connection, outgoing, context.clock.now())


def _compared(connection: Connection, delivery: Delivery, op_orde: Mapping[str, Any]) -> OpOrdeReport:
    """The comparison with those it was to be set beside when it was checked, as far as their counts are still there."""
    place = delivery.placed[0]
    there = connection.scalars(statement("intake/summaries_there"), {"ids": op_orde["compared_with"]})
    by_place = {each.rpartition(".")[0].rpartition(".")[2]: each for each in there}  # of two of a place the later one
    peers = [by_place[code] for code in peers_among(place.municipality, place.half_year, by_place)]
    before, earlier = op_orde["previous_half_year"], op_orde["previous_delivery"]
    ids = [*peers, *(each for each in (before, earlier) if each)]
    found = {row.delivery_id: row.summary for row in connection.execute(statement("intake/summaries"), {"ids": ids})}
    return compare(
        OpOrdeSummary.of(op_orde["summary"]),
        [found[each] for each in peers],
        previous_half_year=found.get(before),
        previous_delivery=found.get(earlier),
        delivered=len(by_place),
    )
