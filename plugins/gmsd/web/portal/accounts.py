"""Accounts: signing in with a password and a second factor, setting the password by a mail, and an authenticator instead of the letter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gmsd.journal import Outgoing, queue_mails
from gmsd.letters import password_mail
from gmsd.registration import (
    SHORTEST_PASSWORD,
    BadAddressError,
    PasswordRefusedError,
    UnknownCoordinatorError,
    codes_left,
    coordinator_of,
    has_authenticator,
    is_right,
    new_authenticator,
    of_password_token,
    password_token,
    places_of,
    set_authenticator,
    set_password,
)
from gmsd.web.portal.guarding import client_of
from gmsd.web.portal.links import begin_session, mailing
from gmsd.web.portal.sessions import token_hash
from gmsd.web.portal.visiting import TurnedAway, missing

if TYPE_CHECKING:
    from starlette.responses import Response

    from gmsd.registration import Coordinator
    from gmsd.web.portal.visiting import Visit

_SECRET = re.compile("[A-Z2-7]{32}")
# The one page outside the work list that a mail leads to; nothing else is led to after signing in.
_MAILED = re.compile(r"/intrekken/[A-Za-z0-9_-]{43}")
_NOT_RIGHT = {
    "": "Het adres, het wachtwoord of de code klopt niet. Een code uit de brief werkt één keer.",
    "wachtwoord": "Vul uw wachtwoord opnieuw in.",
    "code": "Vul een nieuwe code in.",
}


def show(visit: Visit) -> Response:
    """How to come in."""
    return visit.page("sign_in", address="", wrong={}, to="")


def enter(visit: Visit) -> Response:
    """Sign in; what was wrong is not told."""
    address, to = visit.form.get("adres", "").strip(), visit.form.get("naar", "")
    to = to if _MAILED.fullmatch(to) else ""
    wrong = missing(visit, adres="Vul uw mailadres in.", wachtwoord="Vul uw wachtwoord in.", code="Vul een code in.")
    if wrong:
        return visit.page("sign_in", 422, address=address, wrong=wrong, to=to)
    whom = tries_of(visit, address)
    refuse_guessing(visit, *whom)
    with visit.context.engine.begin() as connection:
        known = _coordinator(visit, address)
        password, code = visit.form.get("wachtwoord", ""), visit.form.get("code", "")
        right = is_right(connection, visit.context.settings, known.coordinator_id if known else None, password, code, visit.now)
    if not right or known is None:
        visit.portal.limits.tried(*whom)
        return visit.page("sign_in", 422, address=address, wrong=_NOT_RIGHT, to=to)
    return begin_session(visit, known.coordinator_id, to=to or "/")


def tries_of(visit: Visit, account: str) -> tuple[str, str]:
    """Under which names wrong passwords are counted: that of where they come from, and that of the account."""
    return f"address {client_of(visit.request.scope)}", f"account {token_hash(account.casefold())}"


def refuse_guessing(visit: Visit, *whom: str) -> None:
    """Refuse who guesses.

    Raises:
        TurnedAway: 429.
    """
    if not visit.portal.limits.may_try(*whom):
        words = "Er is te vaak een verkeerd wachtwoord of een verkeerde code ingevuld. Wacht een kwartier en probeer het opnieuw."
        raise TurnedAway(429, "Even wachten", words, back=("/inloggen", "Terug"))


def _coordinator(visit: Visit, address: str) -> Coordinator | None:
    """Who has an address and serves something today."""
    with visit.context.engine.connect() as connection:
        try:
            known = coordinator_of(connection, address)
        except (BadAddressError, UnknownCoordinatorError):
            return None
        return known if places_of(connection, known.coordinator_id, visit.today) else None


# --- the password -----------------------------------------------------------------------------------------------------------------------


def show_ask(visit: Visit) -> Response:
    """The form that asks for the mail."""
    return visit.page("password_ask", asked=False, wrong={})


def ask(visit: Visit) -> Response:
    """Mail a link to set a password with, to who is known; the answer is the same for everybody."""
    address = visit.form.get("adres", "").strip()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        return visit.page("password_ask", 422, asked=False, wrong={"adres": "Vul een mailadres in, zoals wmo@gemeente.nl."})
    whom = (f"asks {client_of(visit.request.scope)}", f"asks {token_hash(address.casefold())}")
    refuse_guessing(visit, *whom)
    visit.portal.limits.tried(*whom)
    known = _coordinator(visit, address)
    if known is not None:
        with visit.context.engine.begin() as connection:
            token = password_token(connection, visit.context.settings, known.coordinator_id, visit.now)
            mail = password_mail(f"{visit.context.settings.portal_url.rstrip('/')}/wachtwoord/{token}", visit.now)
            about = f"{known.coordinator_id}.password.{token_hash(token)[:12]}"
            queue_mails(connection, [Outgoing(about, "password", None, address, mail)], visit.now)
    answer = visit.page("password_ask", asked=True, wrong={})
    answer.background = mailing(visit)
    return answer


def show_password(visit: Visit) -> Response:
    """The form that a mail led to; fetching it changes nothing."""
    _of_token(visit)
    return visit.page("password_set", wrong={}, shortest=SHORTEST_PASSWORD)


def keep_password(visit: Visit) -> Response:
    """Set the password."""
    coordinator_id = _of_token(visit)
    password = visit.form.get("wachtwoord", "")
    if password != visit.form.get("nogmaals", ""):
        wrong = {"nogmaals": "De twee wachtwoorden zijn niet gelijk. Vul beide opnieuw in."}
        return visit.page("password_set", 422, wrong=wrong, shortest=SHORTEST_PASSWORD)
    try:
        with visit.context.engine.begin() as connection:
            set_password(connection, coordinator_id, password, at=visit.now)
    except PasswordRefusedError as refused:
        return visit.page("password_set", 422, wrong={"wachtwoord": str(refused)}, shortest=SHORTEST_PASSWORD)
    return visit.to("/inloggen")


def _of_token(visit: Visit) -> str:
    with visit.context.engine.connect() as connection:
        found = of_password_token(connection, visit.context.settings, visit.request.path_params["token"], visit.now)
    if found is None:
        words = "Een link om een wachtwoord te kiezen werkt één uur en één keer. Vraag een nieuwe aan."
        raise TurnedAway(404, "Deze link werkt niet (meer)", words, back=("/wachtwoord", "Nieuwe link aanvragen"))
    return found


# --- the authenticator --------------------------------------------------------------------------------------------------------------------


def show_account(visit: Visit) -> Response:
    """What the account has, and an authenticator to set up."""
    return _account(visit, new_authenticator())


def keep_authenticator(visit: Visit) -> Response:
    """Keep an authenticator that shows the right code."""
    secret = visit.form.get("geheim", "")
    if not _SECRET.fullmatch(secret):
        return _account(visit, new_authenticator(), 422, is_wrong=True)
    with visit.context.engine.begin() as connection:
        code = visit.form.get("code", "")
        kept = set_authenticator(connection, visit.context.settings, visit.who.coordinator_id, secret, code, at=visit.now)
    return visit.to("/account") if kept else _account(visit, secret, 422, is_wrong=True)


def _account(visit: Visit, secret: str, status: int = 200, *, is_wrong: bool = False) -> Response:
    with visit.context.engine.connect() as connection:
        left = codes_left(connection, visit.who.coordinator_id)
        has = has_authenticator(connection, visit.who.coordinator_id)
    words = "De code klopt niet. Kijk of de sleutel goed is overgenomen en of de klok van uw telefoon gelijk loopt."
    return visit.page("account", status, secret=secret, wrong={"code": words} if is_wrong else {}, left=left, has=has)
