"""A visit: one request, with who asks; and the ways a page is let in, answered and refused."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from anyio.to_thread import run_sync
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gmsd.clock import AMSTERDAM
from gmsd.errors import GmsdError
from gmsd.outages import is_outage
from gmsd.reference import name as name_of
from gmsd.registration import serving_on
from gmsd.rendering import render_page
from gmsd.web.portal import sessions
from gmsd.web.portal.sessions import Session, csrf_of
from gmsd.web.portal.streaming import BadFormError, CutOffError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.requests import Request

    from gmsd.journal import Context
    from gmsd.registration import Serving
    from gmsd.rounds import HalfYear, Place
    from gmsd.web.portal.guarding import Limits
    from gmsd.web.portal.streaming import FormStream

log = logging.getLogger("gmsd.portal")

SESSION, BEFORE, DEVICE = "gmsd_sessie", "gmsd_formulier", "gmsd_apparaat"
_A_YEAR: Final = 365 * 24 * 3600
# The longest form without a file: an explanation of 2,000 characters, each written as nine.
LONGEST_FORM: Final = 64 * 1024
NO_FILE: Final = "Kies een bestand."


class TurnedAway(GmsdError):
    """A request that is answered with a page that says why not, in Dutch."""

    def __init__(self, status: int, title: str, *words: str, back: tuple[str, str] = ("/", "Naar uw werklijst")) -> None:
        super().__init__(title)
        self.status, self.title, self.words, self.back = status, title, words, back


def not_there() -> TurnedAway:
    """The answer for what is not there, and alike for what is another's."""
    return TurnedAway(
        404, "Deze pagina is er niet", "Het adres klopt niet, of deze pagina is niet voor u. Op uw werklijst staat wat u kunt doen."
    )


@dataclass(frozen=True)
class Portal:
    """What every page works with."""

    context: Context
    limits: Limits

    @property
    def behind_tls(self) -> bool:
        """Whether browsers reach it by https: then its cookies are for https only."""
        return self.context.settings.portal_url.startswith("https:")

    def cookie(self, name: str) -> str:
        """The name of a cookie; behind TLS no other host can set it."""
        return f"__Host-{name}" if self.behind_tls else name


@dataclass
class Visit:
    """One request, who asks, and when it is."""

    portal: Portal
    request: Request
    session: Session | None
    now: dt.datetime
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        """Its day."""
        return self.now.astimezone(AMSTERDAM).date()

    @property
    def context(self) -> Context:
        """The doors."""
        return self.portal.context

    @property
    def who(self) -> Session:
        """The session of a page that asks for one."""
        assert self.session is not None
        return self.session

    @cached_property
    def serving(self) -> Serving:
        """Who serves what today."""
        with self.context.engine.connect() as connection:
            return serving_on(connection, self.today)

    def places(self, law: str, half_year: HalfYear) -> tuple[Place, ...]:
        """The places of the visitor."""
        return self.serving.places(self.who.coordinator_id, law, half_year)

    def refuse_other(self, place: Place) -> None:
        """Refuse what is about a place that the visitor does not serve, or that its link is not for, as if it were not there.

        Raises:
            TurnedAway: 404.
        """
        link = self.who.link
        of_link = link is None or any(
            (each.law, each.code) == (link.law, link.round) for each in self.context.calendar.taking(place.half_year, place.law)
        )
        if not of_link or place not in self.places(place.law, place.half_year):
            raise not_there()

    @cached_property
    def before(self) -> str:
        """The random mark of a visitor without a session, that its forms are bound to."""
        return self.request.cookies.get(self.portal.cookie(BEFORE), "") or secrets.token_urlsafe(24)

    @property
    def csrf(self) -> str:
        """What a form of this visit carries."""
        return self.session.csrf if self.session else csrf_of(self.before)

    def page(self, name: str, status: int = 200, **values: object) -> Response:
        """A page of the portal."""
        answer = HTMLResponse(render_page(f"web/portal/{name}", visit=self, named=name_of, **values), status)
        if self.session is None:
            self.set_cookie(answer, BEFORE, self.before)
        return answer

    def to(self, address: str) -> Response:
        """Lead on by GET."""
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    def set_cookie(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Give a cookie that no script reads and no other site sends along with a form."""
        answer.set_cookie(self.portal.cookie(name), value, max_age=seconds, secure=self.portal.behind_tls, httponly=True, samesite="lax")

    def enter(self, answer: Response, session_id: str, device: str) -> Response:
        """Give the cookies of a session that was begun, and of the device it was begun on."""
        self.set_cookie(answer, SESSION, session_id)
        self.set_cookie(answer, DEVICE, device, _A_YEAR)
        answer.delete_cookie(self.portal.cookie(BEFORE))
        return answer

    @property
    def session_id(self) -> str:
        """What stands in the cookie."""
        return self.request.cookies.get(self.portal.cookie(SESSION), "")


def page(view: Callable[[Visit], Response], *, needs: str = "session") -> Callable[[Request], Awaitable[Response]]:
    """An address that is asked with GET.

    Args:
        view: Makes the answer, in a thread.
        needs: Who is let in: `nobody` anybody, `session` who came in by a link or an account, `account` the latter.
    """

    async def endpoint(request: Request) -> Response:
        return await run_sync(_answer, request, {}, view, needs)

    return endpoint


def posted(view: Callable[[Visit], Response], *, needs: str = "session") -> Callable[[Request], Awaitable[Response]]:
    """An address that a form without a file is sent to; see `page`."""

    async def endpoint(request: Request) -> Response:
        form = await request.form(max_fields=50)
        return await run_sync(_answer, request, {name: str(value) for name, value in form.items()}, view, needs)

    return endpoint


def visit_of(request: Request, form: Mapping[str, str] | None = None) -> Visit:
    """Who asks; in a thread."""
    portal: Portal = request.app.state.portal
    session_id, now = request.cookies.get(portal.cookie(SESSION), ""), portal.context.clock.now()
    return Visit(portal, request, sessions.find(portal.context, session_id, now), now, form or {})


def _answer(request: Request, form: Mapping[str, str], view: Callable[[Visit], Response], needs: str) -> Response:
    visit = visit_of(request, form)
    if request.method == "POST":
        refuse_forged(visit, form.get("csrf", ""))
    away = turned_away(visit, needs)
    return away if away is not None else view(visit)


def refuse_forged(visit: Visit, csrf: str) -> None:
    """Refuse a form that another site may have sent.

    Raises:
        TurnedAway: 403.
    """
    known = bool(visit.session) or bool(visit.request.cookies.get(visit.portal.cookie(BEFORE)))
    if not known or not secrets.compare_digest(csrf.encode("utf-8", "replace"), visit.csrf.encode()):
        raise TurnedAway(
            403,
            "Dit formulier is niet meer geldig",
            "U bent intussen uitgelogd, of het formulier stond te lang open. Er is niets verstuurd of opgeslagen.",
            "Open de pagina opnieuw en probeer het nog een keer.",
        )


def missing(visit: Visit, **asked: str) -> dict[str, str]:
    """What to say beside the fields of a form that were left empty; `asked` has the sentence of each that may not be."""
    return {name: words for name, words in asked.items() if not visit.form.get(name, "").strip()}


def turned_away(visit: Visit, needs: str) -> Response | None:
    """Where somebody is led who may not be here (yet); None for who may.

    Raises:
        TurnedAway: 403: a form was sent that an account is asked for.
    """
    if needs == "nobody" or (visit.session and (needs == "session" or visit.session.has_account)):
        return None
    if visit.request.method not in ("GET", "HEAD"):
        words = "Log eerst in met uw account en uw tweede code. Uw persoonlijke link is alleen om bestanden te versturen."
        raise TurnedAway(403, "Hiervoor moet u inloggen", words, back=("/inloggen", "Inloggen"))
    return visit.to("/inloggen")


@asynccontextmanager
async def draining(stream: FormStream) -> AsyncIterator[None]:
    """Answer what is wrong with a form only when the sender has sent it all: before that a browser shows no answer.

    Raises:
        TurnedAway: that of the block; 400, 408 or 413 for a form that is not whole, stood still or is too large.
    """
    try:
        yield
    except (TurnedAway, BadFormError, TooLargeError) as problem:
        with suppress(CutOffError, TooLargeError, BadFormError):
            await stream.drain()
        if isinstance(problem, TooLargeError):
            raise TurnedAway(413, "Dit bestand is te groot", "Er is niets opgeslagen.") from None
        if isinstance(problem, BadFormError):
            raise TurnedAway(400, "Het formulier kwam niet goed over", str(problem), "Er is niets opgeslagen.") from None
        raise
    except CutOffError as cut:
        log.info("a form was cut off: %s", cut)
        raise TurnedAway(408, "Het versturen is afgebroken", "Uw bestand kwam niet helemaal aan. Er is niets opgeslagen.") from None


# --- when it goes wrong ---------------------------------------------------------------------------------------------------------------


async def refused(request: Request, error: Exception) -> Response:
    """The page for a refusal."""
    assert isinstance(error, TurnedAway)
    return await run_sync(_problem, request, error.status, error.title, error.words, error.back)


async def failed(request: Request, error: Exception) -> Response:
    """The page for what we did not foresee: no word of what happened, and a number by which the log tells it."""
    reference = secrets.token_hex(4)
    log.error("request failed, reference %s", reference, exc_info=error)
    if is_outage(error):
        title, words = "Wij zijn even niet bereikbaar", ["Een van onze systemen antwoordt niet. Probeer het over een paar minuten opnieuw."]
    else:
        title, words = "Er ging iets mis bij ons", ["Dit ligt niet aan u. Wij hebben een melding gekregen."]
    words.append(f"Blijft het misgaan? Mail ons dan met dit nummer: {reference}.")
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_outage(error) else HTTPStatus.INTERNAL_SERVER_ERROR
    return await run_sync(_problem, request, status, title, words, ("/", "Naar uw werklijst"))


async def no_such(request: Request, error: Any) -> Response:
    """The page for an address that is not there, or not for this verb."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        refusal = TurnedAway(405, "Dat kan hier niet", "Dit adres is er niet voor.")
    elif error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        refusal = TurnedAway(413, "Dat is te veel", "Wat u verstuurde is te groot voor dit formulier.")
    else:
        refusal = not_there()
    answer = await run_sync(_problem, request, refusal.status, refusal.title, refusal.words, refusal.back)
    answer.headers.update(error.headers or {})
    return answer


def _problem(request: Request, status: int, title: str, words: Any, back: tuple[str, str]) -> Response:
    visit = Visit(request.app.state.portal, request, None, dt.datetime.now(AMSTERDAM))
    return HTMLResponse(render_page("web/portal/problem", visit=visit, title=title, words=words, back=back), status)
