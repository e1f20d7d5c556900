"""The forms of a place, and the explanation: shown before it is filed, and filed as the forms of the inbox are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gmsd.consent import MAX_TEXT, Malformed, file_form, timing_of
from gmsd.database import statement
from gmsd.deliveries import is_closed
from gmsd.dutch import dutch_day
from gmsd.intake import register_uploads, to_confirm
from gmsd.store import get_store
from gmsd.web.portal.links import mailing
from gmsd.web.portal.receipts import delivery_of
from gmsd.web.portal.uploads import place_of
from gmsd.web.portal.visiting import TurnedAway, missing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from starlette.responses import Response

    from gmsd.rounds import Place, Round
    from gmsd.web.portal.visiting import Visit

Kind = Literal["withdrawal", "explanation"]

STATES = {
    "received": "ontvangen, wordt verwerkt",
    "malformed": "niet bruikbaar",
    "too_late": "te laat",
    "too_early": "te vroeg",
    "filed": "verwerkt",
    "approved": "goedgekeurd: staat bij de cijfers",
    "sent_back": "teruggestuurd: de reden staat in de mail",
    "carried_out": "uitgevoerd: de gegevens zijn verwijderd",
    "replaced": "vervangen door een nieuwere",
    "nothing_to_withdraw": "er was niets om te verwijderen",
}
"""What the state of a form is called."""
_IN_FIELD = re.compile("[Hh]et veld (name|text|reason)")
_FIELDS = {"name": ("naam", "uw naam"), "text": ("tekst", "de toelichting"), "reason": ("reden", "de reden")}
NAMELESS = "Vul uw naam in."


@dataclass(frozen=True, slots=True)
class FormOfPlace:
    """A form that came in for a place, as the register has it; `text` of an explanation that counts."""

    form_id: str
    kind: str
    state: str
    received_at: dt.datetime
    text: str | None

    @property
    def words(self) -> str:
        """Its state in words."""
        return STATES.get(self.state, self.state.replace("_", " "))

    @property
    def is_proved(self) -> bool:
        """Whether there is a proof that what it asked to delete is gone."""
        return self.kind == "withdrawal" and self.state == "carried_out"


def forms_of(visit: Visit, place: Place) -> list[FormOfPlace]:
    """The forms of a place, newest first."""
    with visit.context.engine.connect() as connection:
        return [FormOfPlace(*row) for row in connection.execute(statement("web/forms_of_place"), place.columns)]


def open_now(visit: Visit, kind: Kind) -> tuple[Place, Round]:
    """The place of an address, when such a form can be filed for it now.

    Raises:
        TurnedAway: 404 for a place of others; 409 before or after its time.
    """
    place, of = place_of(visit)
    timing = timing_of(visit.context.calendar, kind, place, visit.now)
    what = "intrekken" if kind == "withdrawal" else "een toelichting geven"
    if timing.state == "too_early":
        raise TurnedAway(409, f"U kunt nog niet {what}", f"Dat kan vanaf {dutch_day(of.window_first)}.")
    with visit.context.engine.connect() as connection:
        closed = timing.round is not None and is_closed(connection, place, timing.round.code)
    if timing.state != "in_time" or timing.round is None or closed:
        words = "Neem contact met ons op: na deze termijn kan alleen het CBS nog iets veranderen."
        raise TurnedAway(409, f"U kunt niet meer {what}", words)
    return place, timing.round


# --- explanation ------------------------------------------------------------------------------------------------------------------------


def show_explanation(visit: Visit) -> Response:
    """The explanation that counts now, and the form for another."""
    return _explanation(visit, 200, {}, seen=False)


def explain(visit: Visit) -> Response:
    """Show how an explanation will look, or file it."""
    place, _ = open_now(visit, "explanation")
    if visit.form.get("actie") != "indienen":
        return _explanation(visit, 200, {}, seen=True)
    wrong = missing(visit, tekst="Schrijf uw toelichting.", naam=NAMELESS)
    wrong = wrong or _file(visit, place, visit.form.get("tekst", "").replace("\r\n", "\n"))
    return _explanation(visit, 422, wrong, seen=False) if wrong else filed(visit, place, "explanation")


def _explanation(visit: Visit, status: int, wrong: dict[str, str], *, seen: bool) -> Response:
    place, of = open_now(visit, "explanation")
    forms = [each for each in forms_of(visit, place) if each.kind == "explanation"]
    now = next((each for each in forms if each.state in ("filed", "approved")), None)
    text = visit.form.get("tekst", _offered(visit, place) or (now.text or "" if now else "")).replace("\r\n", "\n")
    return visit.page(
        "explanation", status, place=place, round=of, forms=forms, text=text, wrong=wrong, seen=seen, most=MAX_TEXT, form=visit.form
    )


def _offered(visit: Visit, place: Place) -> str:
    """The reasons for the remarks of a delivery that the address names, as the text to begin with; empty without."""
    of = visit.request.query_params.get("van", "")
    if not of or delivery_of(visit, of).placed[0].whole != place:
        return ""
    return to_confirm(visit.context, of).explanation


# --- filing -----------------------------------------------------------------------------------------------------------------------------


def _file(visit: Visit, place: Place, text: str) -> dict[str, str]:
    """File an explanation and register it; returns what is wrong with it by field, in Dutch, when it was not filed."""
    uploader = get_store(visit.context.settings, "portal")
    name = visit.form.get("naam", "")
    try:
        file_form(visit.context, "explanation", place=place, name=name, text=text, through=uploader)
    except Malformed as malformed:
        return beside_fields(malformed.problems)
    register_uploads(visit.context)
    return {}


def beside_fields(problems: Sequence[str]) -> dict[str, str]:
    """The problems of a form by the field of the page that they are about, in the words of who fills it in."""
    wrong: dict[str, str] = {}
    for problem in problems:
        found = _IN_FIELD.search(problem)
        field, shown = _FIELDS[found[1]] if found else ("", "")
        said = _IN_FIELD.sub(shown, problem.replace("De tekst in het", "Het"))
        wrong[field] = f"{wrong.get(field, '')} {said[:1].upper()}{said[1:]}".strip()
    return wrong


def filed(visit: Visit, place: Place, kind: Kind) -> Response:
    """That a form has come in."""
    forms = [each for each in forms_of(visit, place) if each.kind == kind]
    answer = visit.page("form_filed", place=place, kind=kind, form=forms[0])
    answer.background = mailing(visit)
    return answer
