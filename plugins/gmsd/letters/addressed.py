"""Whom a letter goes to and which upload it is about, filled from the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import CORRECTIONS_ALLOWED
from gmsd.journal import Outgoing, Recipient
from gmsd.letters import contexts
from gmsd.reference import name
from gmsd.registration import serving_on
from gmsd.rendering import Party, Receipt
from gmsd.rounds import WMO

if TYPE_CHECKING:
    from gmsd.deliveries import Delivery, Progress
    from gmsd.journal import Context
    from gmsd.registration import Serving
    from gmsd.rendering import RenderedMail
    from gmsd.rounds import Place
    from gmsd.settings import Settings


def party_of(place: Place) -> Party:
    """The place that a message is about."""
    return Party(place, name(place.municipality))


def receipt_of(delivery: Delivery) -> Receipt:
    """A delivery as the coordinator knows it."""
    return Receipt(
        delivery.shown_name,
        delivery.received_at,
        delivery.delivery_id,
        delivery.size_bytes,
        delivery.sha256,
        delivery.attempt,
        delivery.place,
    )


def standing_view(found: Progress) -> contexts.Standing:
    """Where a municipality stands, as a mail tells it."""
    now = found.counts_now
    return contexts.Standing(
        receipt_of(now) if now else None,
        found.corrections_left,
        counts_facultative=now is None or bool(now.facultative_used),
        corrections_allowed=CORRECTIONS_ALLOWED,
    )


def recipients_of(context: Context, municipality: str, law: str = WMO, duty: Serving | None = None) -> tuple[Recipient, ...]:
    """Who is mailed about a municipality today; see `recipients_among`. `duty` is who serves what, when that has been read already."""
    return recipients_among(context.settings, duty or on_duty(context), municipality, law)


def recipients_among(settings: Settings, duty: Serving, municipality: str, law: str) -> tuple[Recipient, ...]:
    """Every address of every coordinator that serves a municipality.

    Where nobody is registered it is the address that its code makes, or that of who took it over; of one that was split its own.
    """
    serving = duty.of_municipality(municipality, law)
    if not serving:
        return (Recipient(settings.mail_template_address.format(municipality=duty.in_place_of(municipality))),)
    return tuple(Recipient(address, each.coordinator_id) for each in serving for address in each.addresses)


def on_duty(context: Context) -> Serving:
    """Who serves what today, as it is committed."""
    with context.engine.connect() as connection:
        return serving_on(connection, context.clock.now().astimezone(AMSTERDAM).date())


def to_coordinator(
    context: Context, delivery: Delivery, kind: str, mail: RenderedMail, issue: int = 1, duty: Serving | None = None
) -> Outgoing:
    """A mail about a delivery to who serves its municipality."""
    place = delivery.placed[0]
    return Outgoing(
        delivery.delivery_id, kind, place.municipality, recipients_of(context, place.municipality, place.law, duty), mail, issue
    )
