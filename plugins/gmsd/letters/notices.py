"""The letters about uploads that were just registered, or that turned out not to be readable, filled from the register."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import UPLOADS_ALLOWED, VANISHED, Progress, counting_now, parse_key, progress_of
from gmsd.journal import Outgoing
from gmsd.letters.addressed import on_duty, party_of, receipt_of, recipients_of, standing_view, to_coordinator
from gmsd.letters.contexts import OtherFolderContext, ReceiptContext, UnplacedContext, UploadContext
from gmsd.letters.mails import (
    early_mail,
    late_mail,
    other_folder_mail,
    over_limit_mail,
    receipt_mail,
    repeat_mail,
    unplaced_mail,
    unreadable_right_mail,
    vanished_mail,
)
from gmsd.reference import is_municipality, predecessors, successors
from gmsd.rounds import HalfYear, add_working_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery, Taken
    from gmsd.journal import Context
    from gmsd.registration import Serving
    from gmsd.rounds import Round

WORKING_DAYS_TO_VERDICT = 3


def announcements(context: Context, connection: Connection, taken: Sequence[Taken]) -> list[Outgoing]:
    """The mails about uploads just registered: a receipt for what will be checked, a short one for what will not, one to the engineer."""
    counting = counting_now(connection, [t.delivery.place for t in taken if t.delivery.place])
    mails, duty = [], on_duty(context) if taken else None
    for each in taken:
        delivery = each.delivery
        if delivery.place is None or delivery.round is None:
            mails += _elsewhere(context, delivery) or [_unplaced(context, delivery)]
            continue
        if delivery.attempt is None:
            found = progress_of(connection, delivery.place, delivery.round)
        else:
            found = Progress(counting.get(delivery.place), min(delivery.attempt, UPLOADS_ALLOWED))
        mails.append(_about(context, each, context.calendar.round(delivery.round, delivery.place.law), found, duty))
    return mails


def _about(context: Context, taken: Taken, calendar_round: Round, found: Progress, duty: Serving | None) -> Outgoing:
    delivery = taken.delivery
    party, upload = party_of(delivery.placed[0]), receipt_of(delivery)
    if delivery.state == "received":
        until = add_working_days(delivery.received_at.date(), WORKING_DAYS_TO_VERDICT)
        receipt = ReceiptContext(party, upload, calendar_round, standing_view(found), until)
        return to_coordinator(context, delivery, "receipt", receipt_mail(receipt), duty=duty)
    earlier = receipt_of(taken.repeats) if taken.repeats else None
    about = UploadContext(party, upload, calendar_round, standing_view(found), earlier)
    kind, render = {
        "late": ("late", late_mail),
        "early": ("early", early_mail),
        "repeat": ("repeat", repeat_mail),
        "over_limit": ("over_limit", over_limit_mail),
        "unreadable": ("unreadable_right", unreadable_right_mail),
        VANISHED: ("vanished", vanished_mail),
    }[delivery.reason if delivery.reason == VANISHED else delivery.state]
    return to_coordinator(context, delivery, kind, render(about), duty=duty)


def unreadable_right(context: Context, connection: Connection, delivery: Delivery) -> Outgoing:
    """The mail about an upload that turned out not to be readable when it was to be checked."""
    place, code = delivery.placed
    view = standing_view(progress_of(connection, place, code))
    about = UploadContext(party_of(place), receipt_of(delivery), context.calendar.round(code, place.law), view)
    return to_coordinator(context, delivery, "unreadable_right", unreadable_right_mail(about))


def _elsewhere(context: Context, delivery: Delivery) -> list[Outgoing]:
    """The mails to who serves the right folders, when a municipality's folder was used for a half-year in which it was none."""
    place = parse_key(delivery.object_key).not_then
    if place is None:
        return []
    then = predecessors(place.municipality, place.half_year)
    right = then or successors(place.municipality, place.half_year)
    today = HalfYear.of(delivery.received_at.astimezone(AMSTERDAM).date())
    asked = (place.municipality,) if then else right
    told = sorted({code for each in asked for code in (successors(each, today) if not is_municipality(each, today) else ()) or (each,)})
    known = context.calendar.place(place, delivery.received_at)
    mails = []
    for number, code in enumerate(told if right else (), 1):
        about = OtherFolderContext(
            party=party_of(replace(place, municipality=code)),
            used=party_of(place),
            right=tuple(party_of(replace(place, municipality=each)) for each in right),
            before=bool(then),
            upload=receipt_of(delivery),
            round=known.round if known.timing == "open" else None,
        )
        mail = other_folder_mail(about)
        mails.append(Outgoing(delivery.delivery_id, "other_folder", code, recipients_of(context, code, place.law), mail, number))
    return mails


def _unplaced(context: Context, delivery: Delivery) -> Outgoing:
    about = UnplacedContext(
        delivery.delivery_id,
        delivery.bucket,
        delivery.shown_key,
        delivery.version_id,
        delivery.received_at,
        delivery.size_bytes,
        delivery.shown_reason,
    )
    return Outgoing(delivery.delivery_id, "unplaced", None, context.settings.mail_engineer, unplaced_mail(about))
