"""Whom a letter goes to and which upload it is about, filled from the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import CORRECTIONS_ALLOWED
from gmsd.journal import Outgoing
from gmsd.letters import contexts
from gmsd.reference import is_municipality, name, successors
from gmsd.rendering import Party, Receipt
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.deliveries import Delivery, Progress
    from gmsd.journal import Context
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


def address_of(context: Context, municipality: str) -> str:
    """The address of a municipality's coordinator: that of who took it over once it has ended, but for one that was split."""
    return coordinator_address(context.settings, municipality, context.clock.now())


def coordinator_address(settings: Settings, municipality: str, at: dt.datetime) -> str:
    """The same at a moment, for who asks of many municipalities."""
    today = HalfYear.of(at.astimezone(AMSTERDAM).date())
    serving = () if is_municipality(municipality, today) else successors(municipality, today)
    return settings.mail_template_address.format(municipality=serving[0] if len(serving) == 1 else municipality)


def to_coordinator(context: Context, delivery: Delivery, kind: str, mail: RenderedMail, issue: int = 1) -> Outgoing:
    """A mail about a delivery to the coordinator of its municipality."""
    municipality = delivery.placed[0].municipality
    return Outgoing(delivery.delivery_id, kind, municipality, address_of(context, municipality), mail, issue)
