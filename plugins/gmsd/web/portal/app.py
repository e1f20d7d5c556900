"""The portal as an application: which address leads to what, and who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gmsd.rendering import web_style
from gmsd.web.portal import accounts, links, receipts, uploads, work_list
from gmsd.web.portal.guarding import Guard, Limits
from gmsd.web.portal.uploads import Queue
from gmsd.web.portal.visiting import LONGEST_FORM, Portal, TurnedAway, failed, no_such, page, posted, refused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from gmsd.journal import Context

_PLACE: Final = ("/{code}/{municipality}", "/{law}/{code}/{municipality}")


def _both(path: str, endpoint: object, method: str) -> list[Route]:
    """The addresses of a place: those of the Wmo name no law."""
    return [Route(path + place, endpoint, methods=[method]) for place in _PLACE]  # type: ignore[arg-type]


def routes() -> list[Route]:
    """Every address of the portal."""
    return [
        Route("/gezond", healthy),
        Route("/stijl.css", style),
        Route("/link/{token}", page(links.show, needs="nobody")),
        Route("/link/{token}", posted(links.enter, needs="nobody"), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/inloggen", page(accounts.show, needs="nobody")),
        Route("/uitloggen", posted(links.leave), methods=["POST"], max_body_size=LONGEST_FORM),
        Route("/", page(work_list.show)),
        *_both("/levering", page(uploads.show), "GET"),
        *_both("/levering", uploads.receive, "POST"),
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


def create_app(context: Context) -> ASGIApp:
    """The portal over an installation, with the doors of its own role."""
    settings = context.settings
    portal = Portal(context, Limits(settings.portal_requests_per_minute, settings.portal_tries_per_quarter))
    app = Starlette(routes=routes(), exception_handlers={TurnedAway: refused, HTTPException: no_such, Exception: failed})
    app.router.redirect_slashes = False
    app.state.portal, app.state.queue = portal, Queue()
    return Guard(app, portal.limits, behind_tls=portal.behind_tls)
