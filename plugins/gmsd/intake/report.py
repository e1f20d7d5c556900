"""Reports in the outbox and the mails that name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd import feedback, letters, rendering
from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.deliveries import Delivery, check_lines, check_result, checks_of, locked, progress_of
from gmsd.intake.check import compared_with
from gmsd.intake.lines import unpacked
from gmsd.journal import Context, Sent, Stage, audit, issues_of, queue_mail, send_queued, tell_engineer
from gmsd.letters import party_of, receipt_of, standing_view, to_coordinator
from gmsd.op_orde import (
    OpOrdeContext,
    OpOrdeReport,
    OpOrdeSummary,
    Past,
    Remark,
    compare,
    looks_at,
    op_orde_html,
    op_orde_json,
    op_orde_xlsx,
    peers_among,
)
from gmsd.protocol import law_of
from gmsd.rounds import add_working_days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.rounds import Round

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
            checked = _read(context, connection, delivery, *stored)
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
    confirmed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Made:
    """The reports written: their keys, and the mails that name them by kind."""

    keys: tuple[str, ...] = ()
    mails: tuple[tuple[str, rendering.RenderedMail], ...] = ()


def _read(
    context: Context, connection: Connection, delivery: Delivery, result: Mapping[str, Any], op_orde: Mapping[str, Any] | None
) -> _Checked:
    place, round_code = delivery.placed
    return _Checked(
        result,
        unpacked(check_lines(connection, delivery.delivery_id)),
        None if op_orde is None else _compared(connection, delivery, op_orde, last_look(context.calendar.round(round_code, place.law))),
        standing_view(progress_of(connection, place, round_code)),
        {row.code: row.reason for row in connection.execute(statement("intake/confirmed"), {"delivery_id": delivery.delivery_id})},
    )


LARGE_CHANGE = "grote_verandering"
"""The code under which a large change is confirmed, where no remark says it."""
SAME_SAID = frozenset({LARGE_CHANGE, "deel_ontbreekt", "te_veel"})
"""Who confirms one of these has confirmed the large change."""
_ABOUT_LARGE = (
    "Meestal ontbreekt een deel van het bestand, of is er een ander systeem of een andere regeling gekomen.",
    "Vergelijk het aantal met uw eigen administratie. Klopt het niet, lever dan een correctie.",
)


@dataclass(frozen=True, slots=True)
class _LargeChange:
    """The number of clients differs by more than the set share from the delivery it follows.

    Attributes:
        sentence: For the coordinator.
        beside: For the engineer, without a count.
        clients: How many clients it differs.
    """

    sentence: str
    beside: str
    clients: int


def _large_change(context: Context, report: OpOrdeReport) -> _LargeChange | None:
    """What is told of a correction beside the delivery before it, or of a new half-year beside the one before."""
    row, settings = report.tables[0].rows[0], context.settings
    before, words, beside = (
        (row.earlier, "uw vorige levering van dit halfjaar", f"the delivery before it, {report.earlier}")
        if row.earlier is not None
        else (row.previous, "het vorige halfjaar", f"the half-year before, {report.previous}")
    )
    if before is None or abs(row.value - before) <= max(settings.large_change_clients, settings.large_change_percent * before / 100):
        return None
    more = "hoger" if row.value > before else "lager"
    percent = settings.large_change_percent
    sentence = law_of(report.summary.law).say(f"Uw aantal cliënten is meer dan {percent} % {more} dan in {words}.")
    return _LargeChange(sentence, f"more than {percent} percent from {beside}", abs(row.value - before))


def remarks_of(context: Context, connection: Connection, delivery: Delivery, stored: tuple[Any, Any]) -> tuple[Remark, ...]:
    """What can be confirmed of a delivery: the remarks of its report, and a large change."""
    report = _read(context, connection, delivery, *stored).report
    if report is None:
        return ()
    large = _large_change(context, report)
    return (*report.remarks, *([] if large is None else [Remark(LARGE_CHANGE, large.clients, large.sentence, *_ABOUT_LARGE)]))


@dataclass(frozen=True, slots=True)
class _Reporting:
    """The reports of one delivery within its transaction."""

    context: Context
    connection: Connection
    delivery: Delivery
    checked: _Checked | None
    resend: bool
    compared_again: bool = False

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
            large = self._large(found.report, found.confirmed)
            shown = OpOrdeContext(party, upload, checked_at, calendar_round, found.confirmed, large)
            pages = {
                "op-orde.html": op_orde_html(found.report, shown).encode(),
                "op-orde.xlsx": op_orde_xlsx(found.report, shown),
                "op-orde.json": op_orde_json(found.report).encode(),
            }
            op_orde_keys = tuple(delivery.outbox_prefix + name for name in pages)
            ready = letters.OpOrdeReadyContext(
                party, upload, calendar_round, found.standing, op_orde_keys, found.report.attention, self.compared_again, large
            )
            mails.append(("op_orde", letters.op_orde_ready_mail(ready)))
        written = {delivery.outbox_prefix + name: body for name, body in (about_file | pages).items()}
        context.store.put_all(context.settings.bucket_outbox, written, lambda key: _TYPES[key.rpartition(".")[2]])
        return _Made(keys + op_orde_keys, tuple(mails))

    def _large(self, report: OpOrdeReport, confirmed: Mapping[str, str]) -> str:
        """What the coordinator is told of a large change that nobody confirmed; the engineer is told once of each delivery."""
        found = _large_change(self.context, report) if self.delivery.state == "accepted" else None
        if found is None or confirmed.keys() & SAME_SAID:
            return ""
        delivery_id, now = self.delivery.delivery_id, self.context.clock.now()
        text = (
            f"The number of clients in {delivery_id} differs by {found.beside}. Its coordinator is told too.\n\n"
            "What it means: often half of a file, or a change of system. It can be right. It counts at the close, as it stands.\n\n"
            "What to do: look at its op-orde report; ask the coordinator when the change is not confirmed with a reason "
            "(`gmsd deliveries show` has it in its history).\n\nYou get one mail about this."
        )
        subject = f"GMSD: {delivery_id} changes its number of clients a lot"
        if tell_engineer(self.connection, self.context.settings, delivery_id, "large_change", subject, text, now):
            audit(self.connection, delivery_id, "large change", at=now, actor=Stage.REPORT, reason=found.beside)
        return found.sentence

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


def _compared(connection: Connection, delivery: Delivery, op_orde: Mapping[str, Any], made_again: dt.date) -> OpOrdeReport:
    """The comparison with those it was to be set beside when it was checked, as far as their counts are still there."""
    place = delivery.placed[0]
    by_place = _by_place(connection.scalars(statement("intake/summaries_there"), {"ids": op_orde["compared_with"]}))
    peers = [by_place[code] for code in peers_among(place.municipality, place.half_year, by_place)]
    before, last_year, earlier = (op_orde.get(name) for name in ("previous_half_year", "last_year", "previous_delivery"))
    ids = [*peers, *(each for each in (before, last_year, earlier) if each)]
    found = {row.delivery_id: row.summary for row in connection.execute(statement("intake/summaries"), {"ids": ids})}
    return compare(
        OpOrdeSummary.of(op_orde["summary"]),
        [found[each] for each in peers],
        past=Past(found.get(before), found.get(last_year), found.get(earlier)),
        delivered=len(by_place),
        made_again=made_again,
    )


def _by_place(delivery_ids: Iterable[str]) -> dict[str, str]:
    """Deliveries of a half-year by municipality; of two of a place the later one."""
    return {each.rpartition(".")[0].rpartition(".")[2]: each for each in delivery_ids}


def last_look(known: Round) -> dt.date:
    """The last day on which a report is set beside others anew: the working day after the window, when everybody has delivered who will."""
    return add_working_days(known.window_last, 1)


def compare_again(context: Context) -> list[str]:
    """Make the op-orde reports again that could not be set beside others enough, now that more of them have been accepted.

    Only of deliveries that count, in a round whose window is open or ended the working day before. A report is made again, and its
    coordinator mailed, each time that more can be said of the others: at most four times. Killed at any point it can be run again.

    Returns:
        The deliveries whose report was made again.
    """
    now, made = context.clock.now(), []
    for known in context.calendar.rounds:
        if not known.opens_at <= now or now.astimezone(AMSTERDAM).date() > last_look(known):
            continue
        with context.engine.connect() as connection:
            ids = list(connection.scalars(statement("intake/counting_in_round"), {"law": known.law, "round": str(known.code)}))
        made += [each for each in ids if _compare_again(context, each)]
    send_queued(context)  # also of an attempt that was killed before it came here
    return made


def _compare_again(context: Context, delivery_id: str) -> bool:
    with context.engine.begin() as connection:
        delivery = locked(connection, delivery_id)
        stored = check_result(connection, delivery_id)
        if delivery.state != "accepted" or stored is None or stored[1] is None:
            return False
        result, op_orde = stored[0], stored[1]
        place = delivery.placed[0]
        others = compared_with(connection, place)
        before, after = (looks_at(place.municipality, place.half_year, _by_place(ids)) for ids in (op_orde["compared_with"], others))
        if after <= before:
            return False
        connection.execute(statement("intake/compare_anew"), {"delivery_id": delivery_id, "ids": others})
        said = {"others": len(others), "before": len(op_orde["compared_with"])}
        audit(connection, delivery_id, "compared again", at=context.clock.now(), actor=Stage.REPORT, reason="more others", details=said)
        checked = _read(context, connection, delivery, result, {**op_orde, "compared_with": others})
        reporting = _Reporting(context, connection, delivery, checked, resend=False, compared_again=True)
        mail = dict(reporting.write().mails)["op_orde"]
        queue_mail(connection, to_coordinator(context, delivery, "op_orde_beside", mail, after), context.clock.now())
        return True
