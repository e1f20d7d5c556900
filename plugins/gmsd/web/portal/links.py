"""The personal link: a page that changes nothing however often a mail scanner fetches it, and the button that begins a session."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.journal import Outgoing, queue_mails, send_queued
from gmsd.letters import new_device_mail
from gmsd.registration import coordinators, find_link
from gmsd.web.portal import sessions
from gmsd.web.portal.visiting import DEVICE, TurnedAway

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from starlette.background import BackgroundTask
    from starlette.responses import Response

    from gmsd.registration import PersonalLink
    from gmsd.web.portal.visiting import Visit


def show(visit: Visit) -> Response:
    """What the link opens, with one button."""
    link = _link(visit)
    of = visit.context.calendar.round(link.round, link.law)
    places = [place for half_year in of.takes for place in visit.serving.places(link.coordinator_id, link.law, half_year)]
    return visit.page("link", places=places, round=of)


def enter(visit: Visit) -> Response:
    """Begin a session that may upload; the address after it holds no token."""
    link = _link(visit)
    token = visit.request.path_params["token"]
    return begin_session(visit, link.coordinator_id, link_token=token, to="/")


def begin_session(visit: Visit, coordinator_id: str, *, to: str, link_token: str | None = None) -> Response:
    """End the session that there was, begin a new one under a new id, and tell the coordinator when the device is new."""
    device = visit.request.cookies.get(visit.portal.cookie(DEVICE), "") or secrets.token_urlsafe(24)
    with visit.context.engine.begin() as connection:
        sessions.end(connection, visit.session_id, visit.now)
        session_id = sessions.begin(connection, coordinator_id, at=visit.now, link_token=link_token)
        told = _tell_of_device(visit, connection, coordinator_id, device)
    answer = visit.to(to)
    answer.background = mailing(visit) if told else None
    return visit.enter(answer, session_id, device)


def mailing(visit: Visit) -> BackgroundTask:
    """Sends what was queued, once the answer has gone."""
    from starlette.background import BackgroundTask

    return BackgroundTask(send_queued, visit.context)


def leave(visit: Visit) -> Response:
    """End the session here, on the server."""
    with visit.context.engine.begin() as connection:
        sessions.end(connection, visit.session_id, visit.now)
    return visit.to("/inloggen")


def _link(visit: Visit) -> PersonalLink:
    """The link of the address.

    Raises:
        TurnedAway: 404, alike for one that is unknown, ended or revoked.
    """
    with visit.context.engine.connect() as connection:
        found = find_link(connection, visit.context.calendar, visit.request.path_params["token"], visit.now)
    if found is None:
        raise TurnedAway(
            404,
            "Deze link werkt niet (meer)",
            "Een persoonlijke link werkt tot het einde van de intrekperiode van zijn ronde, of tot wij hem intrekken.",
            "Kijk of de link heel is overgenomen uit de mail. Werkt hij dan nog niet? Vraag ons om een nieuwe.",
            back=("/inloggen", "Inloggen met een account"),
        )
    return found


def _tell_of_device(visit: Visit, connection: Connection, coordinator_id: str, device: str) -> bool:
    device_hash = sessions.token_hash(device)
    known = {"coordinator_id": coordinator_id, "device_hash": device_hash, "at": visit.now}
    if connection.execute(statement("web/note_device"), known).first() is None:
        return False
    kind = f"new_device.{device_hash[:12]}"
    mail = new_device_mail(visit.now)
    addresses = coordinators(connection, coordinator_id)[coordinator_id].addresses
    told = [Outgoing(coordinator_id, kind, None, address, mail, number) for number, address in enumerate(addresses, 1)]
    queue_mails(connection, told, visit.now)
    return True
