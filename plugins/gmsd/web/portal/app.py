"""The portal as an application: which address leads to what, and who is let in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gmsd.rendering import web_style
from gmsd.web.portal import accounts, forms, history, links, receipts, remarks, reports, trials, uploads, withdrawing, work_list
from gmsd.web.portal.guarding import Guard, Limits
from gmsd.web.portal.trials import Trials
from gmsd.web.portal.uploads import Queue
from gmsd.web.portal.visiting import LONGEST_FORM, Portal, TurnedAway, failed, no_such, page, posted, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from gmsd.journal import Context

_PLACE: Final = ("/{code}/{municipality}", "/{law}/{code}/{municipality}")


def _both(path: str, endpoint: object, method: str, rest: str = "") -> list[Route]:
    """The addresses of a place: those of the Wmo name no law. Only those to which files are sent take more than a form."""
    most = None if path in ("/levering", "/proef") else LONGEST_FORM
    return [Route(path + place + rest, endpoint, methods=[method], max_body_size=most) for place in _PLACE]  # type: ignore[arg-type]


def routes() -> list[Route]:
    """Every address of the portal."""
    return [
        Route("/gezond", healthy),
        Route("/stijl.css", style),
        Route("/link/{token}", page(links.show, needs="nobody")),
        Route("/link/{token}", posted(links.enter, needs="nobody"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/inloggen", page(accounts.show, needs="nobody")),
        Route("/inloggen", posted(accounts.enter, needs="nobody"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/wachtwoord", page(accounts.show_ask, needs="nobody")),
        Route("/wachtwoord", posted(accounts.ask, needs="nobody"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/wachtwoord/{token}", page(accounts.show_password, needs="nobody")),
        Route("/wachtwoord/{token}", posted(accounts.keep_password, needs="nobody"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/account", page(accounts.show_account, needs="account")),
        Route("/account", posted(accounts.keep_authenticator, needs="account"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/uitloggen", posted(links.leave), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/", page(work_list.show)),
        *_both("/levering", page(uploads.show), "GET"),
        *_both("/levering", uploads.receive, "POST"),
        *_both("/proef", page(trials.show), "GET"),
        *_both("/proef", trials.receive, "POST"),
        Route("/intrekken/{token}", page(withdrawing.show_confirmation, needs="nobody")),
        Route("/intrekken/{token}", posted(withdrawing.confirm, needs="account"), methods=["POST"], max_body_size=LONGEST_FORM),
        *_both("/intrekken", page(withdrawing.show, needs="account"), "GET"),
        *_both("/intrekken", posted(withdrawing.ask, needs="account"), "POST"),
        *_both("/bewijs", page(reports.fetch_proof, needs="account"), "GET", "/{form_id}/{name}"),
        *_both("/toelichting", page(forms.show_explanation, needs="account"), "GET"),
        *_both("/toelichting", posted(forms.explain, needs="account"), "POST"),
        Route("/bevestigen/{delivery_id}", page(remarks.show, needs="account")),
        Route("/bevestigen/{delivery_id}", posted(remarks.keep, needs="account"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/geschiedenis", page(history.show)),
        Route("/reactie/{delivery_id}", page(history.show_reply)),
        Route("/reactie/{delivery_id}", posted(history.keep_reply), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/portaal.js", script),
        Route("/rapporten", page(reports.show, needs="account")),
        Route("/rapporten/{delivery_id}/{name}", page(reports.fetch, needs="account")),
        Route("/ontvangst/{delivery_id}", page(receipts.show)),
        Route("/controleren", page(receipts.prove, needs="nobody")),
        Route("/controleren", receipts.recompute, methods=["POST"]),
    ]


def healthy(_: Request) -> Response:
    """For health checks."""
    return PlainTextResponse("ok")


def style(_: Request) -> Response:
    """The style sheet."""
    return Response(web_style(), media_type="text/css; charset=utf-8", headers={"cache-control": "public, max-age=300"})


def script(_: Request) -> Response:
    """What pages do more where scripts run; every page works without."""
    body = (files("gmsd.web.portal") / "portaal.js").read_text(encoding="utf-8")
    return Response(body, media_type="text/javascript; charset=utf-8", headers={"cache-control": "public, max-age=300"})


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """What runs beside the application ends with it."""
    yield
    await run_sync(app.state.trials.close)


def create_app(context: Context) -> ASGIApp:
    """The portal over an installation, with the doors of its own role."""
    settings = context.settings
    portal = Portal(context, Limits(settings.portal_requests_per_minute, settings.portal_tries_per_quarter))
    app = Starlette(
        routes=routes(), exception_handlers={TurnedAway: refused, HTTPException: no_such, Exception: failed}, lifespan=_lifespan
    )
    app.router.redirect_slashes = False
    app.state.portal, app.state.queue, app.state.trials = portal, Queue(), Trials()
    return Guard(app, portal.limits, behind_tls=portal.behind_tls)
