"""All that is known of one municipality, and of one delivery: history, findings, row accounting, mails, and where its reports lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.deliveries import check_result, get, listing
from gmsd.feedback import Checked
from gmsd.letters import recipients_among
from gmsd.masking import printable
from gmsd.op_orde import OpOrdeSummary
from gmsd.overview.accounting import AccountedStep, of_check, of_load, of_op_orde
from gmsd.overview.round import remarks_of
from gmsd.protocol import laws
from gmsd.reference import municipality as municipality_of
from gmsd.registration import coordinators, serving_on, terms_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection, RowMapping

    from gmsd.deliveries import Delivery
    from gmsd.overview.rows import Remarks
    from gmsd.registration import Coordinator, Term
    from gmsd.settings import Settings

MOST_MAILS, MOST_ROWS_OF_HISTORY = 100, 300
REPORTS: Mapping[str, str] = {
    "terugkoppeling.html": "text/html; charset=utf-8",
    "terugkoppeling.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "terugkoppeling.json": "application/json",
    "op-orde.html": "text/html; charset=utf-8",
    "op-orde.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "op-orde.json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of the audit trail, as people read it."""

    sequence: int
    at: dt.datetime
    subject: str
    event: str
    from_state: str | None
    to_state: str | None
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that was queued; its words are not here."""

    subject_id: str
    kind: str
    recipient: str
    queued_at: dt.datetime
    sent_at: dt.datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class FiledForm:
    """A withdrawal or an explanation; its words are not here."""

    form_id: str
    kind: str
    law: str
    half_year: str
    round: str | None
    received_at: dt.datetime
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryAccount:
    """One delivery.

    Attributes:
        delivery: Its receipt and state.
        name: Of its municipality; empty when it is in no place.
        checked: The result of its check; None when there is none (any more).
        steps: Its row accounting, step by step.
        history: What the audit trail tells of it, oldest first.
        releases: Ids of the releases it went into, as the trail tells.
        mails: About it, the newest first.
        reports: Names of its reports in the outbox, as its state has them.
        now: The moment, by the pipeline's clock.
    """

    delivery: Delivery
    name: str
    checked: Checked | None
    steps: tuple[AccountedStep, ...]
    history: tuple[Happening, ...]
    releases: tuple[str, ...]
    mails: tuple[Letter, ...]
    reports: tuple[str, ...]
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class MunicipalityAccount:
    """One municipality: its uploads and forms of all rounds, newest first, with what the trail tells of them.

    Attributes:
        coordinator: Addresses that are mailed about it today.
        terms: Who is, was or will be registered for it, in order of day.
    """

    code: str
    name: str
    coordinator: str
    deliveries: tuple[Delivery, ...]
    remarks: Mapping[str, Remarks]
    forms: tuple[FiledForm, ...]
    mails: tuple[Letter, ...]
    history: tuple[Happening, ...]
    now: dt.datetime
    terms: tuple[tuple[Coordinator, Term], ...] = ()


def delivery_account(connection: Connection, delivery_id: str, now: dt.datetime) -> DeliveryAccount:
    """All that is known of one delivery.

    Raises:
        UnknownDelivery: there is none of that id.
    """
    delivery = get(connection, delivery_id)
    stored = None if delivery.state == "withdrawn" else check_result(connection, delivery_id)
    checked = Checked.of(stored[0]) if stored else None
    steps, reports = [], []
    if checked:
        steps.append(of_check(checked))
        reports += [name for name in REPORTS if name.startswith("terugkoppeling")]
    if stored and stored[1]:
        steps.append(of_op_orde(OpOrdeSummary.of(stored[1]["summary"])))
        reports += [name for name in REPORTS if name.startswith("op-orde")]
    loaded = connection.execute(statement("overview/load_of"), {"delivery_id": delivery_id}).mappings().first()
    if loaded:
        steps.append(of_load(dict(loaded)))
    trail = connection.execute(statement("journal/audit_of"), {"subject": delivery_id}).mappings().all()
    releases = dict.fromkeys(str(row["details"]["release"]) for row in trail if row["to_state"] == "published")
    return DeliveryAccount(
        delivery=delivery,
        name=municipality_of(delivery.place.municipality).name if delivery.place else "",
        checked=checked,
        steps=tuple(steps),
        history=tuple(map(_happening, trail)),
        releases=tuple(releases),
        mails=_mails(connection, subject=delivery_id),
        reports=tuple(reports),
        now=now,
    )


def municipality_account(connection: Connection, settings: Settings, code: str, now: dt.datetime) -> MunicipalityAccount:
    """All that is known of one municipality.

    Raises:
        KeyError: no municipality had this code on or after 1 January 2015.
    """
    name = municipality_of(code).name
    trail = connection.execute(statement("overview/history"), {"municipality": code, "most": MOST_ROWS_OF_HISTORY}).mappings()
    known, duty = coordinators(connection), serving_on(connection, now.astimezone(AMSTERDAM).date())
    addresses = dict.fromkeys(each.address for law in laws() for each in recipients_among(settings, duty, code, law.id))
    return MunicipalityAccount(
        code=code,
        name=name,
        coordinator=", ".join(addresses),
        deliveries=tuple(listing(connection, municipality=code)[::-1]),
        remarks=remarks_of(connection, municipality=code),
        forms=tuple(FiledForm(**row) for row in connection.execute(statement("overview/forms_of"), {"municipality": code}).mappings()),
        mails=_mails(connection, municipality=code),
        history=tuple(map(_happening, trail)),
        now=now,
        terms=tuple((known[term.coordinator_id], term) for term in terms_of(connection, code)),
    )


def _mails(connection: Connection, *, municipality: str | None = None, subject: str | None = None) -> tuple[Letter, ...]:
    values = {"municipality": municipality, "subject": subject, "most": MOST_MAILS}
    return tuple(Letter(**row) for row in connection.execute(statement("overview/mails_of"), values).mappings())


def _happening(row: RowMapping) -> Happening:
    values: dict[str, Any] = {name: row[name] for name in Happening.__dataclass_fields__}
    return Happening(**values | {"reason": printable(values["reason"])})
