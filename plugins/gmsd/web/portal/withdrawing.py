"""Withdrawal: what it takes away, the question at the coordinator's own address, and the page of that mail, on which it is confirmed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from gmsd.consent import (
    MAIL_LATE_AFTER,
    CannotWithdraw,
    Malformed,
    NotAsked,
    NotInTime,
    ask_withdrawal,
    asked_withdrawal,
    confirm_withdrawal,
    confirm_without_mail,
    foresee,
    waiting_withdrawal,
)
from gmsd.intake import register_uploads
from gmsd.letters import recipients_of
from gmsd.registration import is_right
from gmsd.store import get_store
from gmsd.web.portal.accounts import refuse_guessing, tries_of
from gmsd.web.portal.forms import NAMELESS, beside_fields, filed, forms_of, open_now
from gmsd.web.portal.links import mailing
from gmsd.web.portal.visiting import TurnedAway, missing
from gmsd.web.portal.work_list import WORDS

if TYPE_CHECKING:
    from starlette.responses import Response

    from gmsd.consent import AskedWithdrawal, Foreseen
    from gmsd.rounds import Place
    from gmsd.web.portal.forms import FormOfPlace
    from gmsd.web.portal.visiting import Visit

_NOT_RIGHT = {
    "": "Het wachtwoord of de code klopt niet. Een code uit de brief werkt één keer.",
    "wachtwoord": "Vul uw wachtwoord opnieuw in.",
    "code": "Vul een nieuwe code in.",
}


# --- asking -----------------------------------------------------------------------------------------------------------------------------


def show(visit: Visit) -> Response:
    """What vanishes, and the form that asks for it."""
    return _page(visit, 200, {})


def ask(visit: Visit) -> Response:
    """Mail the question whether it is meant; nothing is withdrawn before that is confirmed. When no mail leaves, it is confirmed here."""
    place, _ = open_now(visit, "withdrawal")
    if visit.form.get("actie") == "bevestigen":
        return _confirm_without_mail(visit, place)
    wrong = missing(visit, naam=NAMELESS, bevestig="Zet een vinkje als u zeker weet dat u wilt intrekken.")
    if wrong:
        return _page(visit, 422, wrong)
    _refuse_flood(visit, place)
    reason, front = visit.form.get("reden", "").strip() or None, visit.context.settings.portal_url.rstrip("/")
    try:
        until = ask_withdrawal(
            visit.context,
            place,
            name=visit.form.get("naam", ""),
            reason=reason,
            link=lambda token: f"{front}/intrekken/{token}",
            actor=visit.who.coordinator_id,
        )
    except Malformed as malformed:
        return _page(visit, 422, beside_fields(malformed.problems))
    except CannotWithdraw:  # since the page was shown: it says why
        return _page(visit, 409, {})
    addresses = [each.address for each in recipients_of(visit.context, place.municipality, place.law)]
    answer = visit.page("withdrawal_asked", place=place, until=until, addresses=addresses)
    answer.background = mailing(visit)
    return answer


def _refuse_flood(visit: Visit, place: Place) -> None:
    """Each question is a mail: as many as passwords may be asked for.

    Raises:
        TurnedAway: 429.
    """
    whom = f"withdraws {place.id}"
    if not visit.portal.limits.may_try(whom):
        words = "U heeft dit net al een paar keer gevraagd. Kijk in uw mail, of wacht een kwartier."
        raise TurnedAway(429, "Even wachten", words)
    visit.portal.limits.tried(whom)


def _page(visit: Visit, status: int, wrong: dict[str, str]) -> Response:
    place, of = open_now(visit, "withdrawal")
    foreseen, forms = foresee(visit.context, place), forms_of(visit, place)
    other = replace(place, half_year=place.half_year.other)
    with visit.context.engine.connect() as connection:
        waits = waiting_withdrawal(connection, place, visit.now)
    return visit.page(
        "withdrawal",
        status,
        place=place,
        round=of,
        foreseen=foreseen,
        waits=waits,
        without_mail=waits is not None and waits.needs_no_mail(visit.now),
        late_after=MAIL_LATE_AFTER // dt.timedelta(minutes=1),
        under_way=_under_way(foreseen, forms),
        other=other if _can_withdraw(visit, other) else None,
        words=WORDS,
        wrong=wrong,
        form=visit.form,
        forms=forms,
    )


def _under_way(foreseen: Foreseen, forms: list[FormOfPlace]) -> FormOfPlace | None:
    """The withdrawal that takes away all there is, and has not been carried out yet."""
    found = next((each for each in forms if each.kind == "withdrawal" and each.state in ("received", "filed")), None)
    return found if found is not None and all(each.received_at <= found.received_at for each in foreseen.deliveries) else None


def _can_withdraw(visit: Visit, place: Place) -> bool:
    return place in visit.places(place.law, place.half_year) and foresee(visit.context, place).answer == "can"


# --- confirming -------------------------------------------------------------------------------------------------------------------------


def show_confirmation(visit: Visit) -> Response:
    """What the mail leads to: what vanishes, with one button. Whoever only has the mail is asked to sign in; fetching changes nothing."""
    if visit.session is None or not visit.session.has_account:
        return visit.page("sign_in", address="", wrong={}, to=visit.request.url.path)
    asked = _asked(visit)
    if asked.used_at is not None:
        return _confirmed_before(visit, asked)
    return visit.page("withdrawal_confirm", place=asked.place, asked=asked, foreseen=_refuse_ended(visit, asked), words=WORDS)


def confirm(visit: Visit) -> Response:
    """File the withdrawal; pressed twice it is confirmed once."""
    asked = _asked(visit)
    if asked.used_at is not None:
        return _confirmed_before(visit, asked)
    _refuse_ended(visit, asked)
    uploader = get_store(visit.context.settings, "portal")
    try:
        confirm_withdrawal(visit.context, visit.request.path_params["token"], actor=visit.who.coordinator_id, through=uploader)
    except NotAsked:  # at the same moment it was confirmed by another, or asked anew
        return _confirmed_before(visit, asked) if (asked := _asked(visit)).used_at is not None else show_confirmation(visit)
    except NotInTime:
        raise _no_longer(visit, asked.place) from None
    register_uploads(visit.context)
    return filed(visit, asked.place, "withdrawal")


def _confirm_without_mail(visit: Visit, place: Place) -> Response:
    """File the withdrawal that waits for a mail that does not leave, when the password and a new code show who confirms it."""
    with visit.context.engine.connect() as connection:
        waits = waiting_withdrawal(connection, place, visit.now)
    if waits is None or not waits.needs_no_mail(visit.now):  # before a code is used up
        return _page(visit, 409, {})
    wrong = missing(visit, wachtwoord="Vul uw wachtwoord in.", code="Vul een code in.")
    if not wrong:
        whom = tries_of(visit, visit.who.coordinator_id)
        refuse_guessing(visit, *whom)
        given = visit.form.get("wachtwoord", ""), visit.form.get("code", "")
        with visit.context.engine.begin() as connection:
            right = is_right(connection, visit.context.settings, visit.who.coordinator_id, *given, visit.now)
        if not right:
            visit.portal.limits.tried(*whom)
            wrong = _NOT_RIGHT
    if wrong:
        return _page(visit, 422, wrong)
    uploader = get_store(visit.context.settings, "portal")
    try:
        confirm_without_mail(visit.context, place, actor=visit.who.coordinator_id, through=uploader)
    except NotAsked:  # at the same moment confirmed, or asked anew
        return _page(visit, 409, {})
    except NotInTime:
        raise _no_longer(visit, place) from None
    register_uploads(visit.context)
    return filed(visit, place, "withdrawal")


def _asked(visit: Visit) -> AskedWithdrawal:
    """What a token was mailed for.

    Raises:
        TurnedAway: 404, alike for one that is unknown, that gave way to a newer one, and that is another's.
    """
    with visit.context.engine.connect() as connection:
        asked = asked_withdrawal(connection, visit.request.path_params["token"])
    if asked is None or asked.place not in visit.places(asked.place.law, asked.place.half_year):
        words = "Vroeg u vaker om in te trekken? Dan werkt alleen de link in de nieuwste mail."
        raise TurnedAway(404, "Deze link werkt niet (meer)", "Kijk of de link heel is overgenomen uit de mail.", words)
    return asked


def _refuse_ended(visit: Visit, asked: AskedWithdrawal) -> Foreseen:
    """What confirming would do now.

    Raises:
        TurnedAway: 409: the link has ended, or there is nothing to withdraw any more.
    """
    foreseen = foresee(visit.context, asked.place)
    if foreseen.answer not in ("can", "not_delivered", "already_withdrawn"):
        raise _no_longer(visit, asked.place)
    again = (f"/intrekken/{asked.place.folder}", "Opnieuw naar intrekken")
    if foreseen.answer != "can":
        words = "Wat u wilde intrekken, is er niet meer: het is al verwijderd. U hoeft niets te doen."
        raise TurnedAway(409, "Er valt niets meer in te trekken", words, back=again)
    if asked.ends_at <= visit.now:
        words = "De link in de mail werkt één dag. Er is niets verwijderd. Wilt u nog steeds intrekken? Vraag het dan opnieuw."
        raise TurnedAway(409, "Deze link is verlopen", words, back=again)
    return foreseen


def _no_longer(visit: Visit, place: Place) -> TurnedAway:
    contact = visit.context.settings.publisher_contact.removeprefix("mailto:")
    words = f"De termijn om in te trekken is voorbij. Er is niets verwijderd. Moet het toch? Neem dan contact met ons op via {contact}."
    return TurnedAway(409, f"U kunt niet meer intrekken over {place.half_year.upload_code}", words)


def _confirmed_before(visit: Visit, asked: AskedWithdrawal) -> Response:
    forms = [each for each in forms_of(visit, asked.place) if each.kind == "withdrawal"]
    return visit.page("withdrawal_confirmed", place=asked.place, asked=asked, forms=forms)
