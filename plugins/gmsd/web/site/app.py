"""The public site as one application: pages, files of releases, and OData, over the releases in force; read-only."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gmsd.formats import media_type
from gmsd.readers import CHANGES
from gmsd.releases import DOCUMENT, NoReleaseError
from gmsd.web.site import comparing, pages
from gmsd.web.site.answers import Made, as_taken, knows, packed
from gmsd.web.site.choices import Choices, UnknownPlaceError, UnknownValueError, read_query
from gmsd.web.site.current import Current
from gmsd.web.site.limits import Allowance
from gmsd.web.site.odata.app import ODATA_ERRORS, is_odata, odata_error, odata_routes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator
    from pathlib import Path

    from starlette.requests import Request

    from gmsd.charts import Boundaries
    from gmsd.readers import Source
    from gmsd.web.site.current import OnShow

AHEAD_SECONDS, AHEAD_BYTES = 60.0, 192 << 20
_METHODS: Final = "GET, HEAD, OPTIONS"
SAFE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
"""What every page says to a browser: nothing from elsewhere, no script at all, no frame."""
_log = logging.getLogger(__name__)


def create_app(
    source: Source, *, requests_per_second: int = 0, boundaries: Boundaries | None = None, policy: Path | None = None, ahead: bool = False
) -> Starlette:
    """The site over the releases in force.

    Args:
        source: Where releases are.
        requests_per_second: The most that one address may ask, on average; 0 = no limit.
        boundaries: The shapes of municipalities for maps; without them a square stands for each.
        policy: The folder with policy traits to filter the comparison by.
        ahead: Make the pages of every municipality and table before somebody asks, by a thread that gives way.
    """
    current = Current(source, boundaries, policy)
    site = _Site(current, ahead=ahead)
    routes = [
        Route("/", site.start),
        Route("/gezond", site.healthy),
        Route("/stijl.css", site.style),
        Route("/gemeente/{region}", site.municipality),
        Route("/onderwerp/{table_id}", site.topic),
        Route("/vergelijken/{region}", site.comparison),
        Route("/aankondigingen", site.plain(pages.announcements)),
        Route("/verwijzen", site.plain(pages.citing)),
        Route("/open-data", site.plain(pages.open_data)),
        Route("/toegankelijkheid", site.plain(pages.accessibility)),
        Route("/uitgaven", site.plain(pages.releases)),
        Route("/uitgaven.atom", site.feed),
        Route("/uitgaven/{release_id}", site.release),
        Route("/uitgaven/{release_id}/{path:path}", site.file),
        *odata_routes(current),
    ]
    readers = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=["DataServiceVersion", "OData-Version", "X-Release"],
    )
    limited = [Middleware(Allowance, per_second=requests_per_second)] if requests_per_second else []
    return Starlette(
        routes=routes,
        middleware=[*limited, readers],
        exception_handlers={
            **ODATA_ERRORS,
            UnknownValueError: _wrong,
            UnknownPlaceError: _absent,
            NoReleaseError: _nothing,
            HTTPException: _no_such,
            Exception: _failed,
        },
    )


class _Site:
    """The handlers of the pages: what was made once of a release is given again."""

    def __init__(self, current: Current, *, ahead: bool) -> None:
        self._current = current
        self._ahead = ahead
        self._made_of: OnShow | None = None

    async def healthy(self, _: Request) -> Response:
        """For health checks."""
        return PlainTextResponse("ok", headers={"Access-Control-Allow-Origin": "*"})

    async def style(self, request: Request) -> Response:
        """The style sheet, which belongs to the release as the pages do."""
        return self._given(request, (), lambda now, _: Made(200, "text/css; charset=utf-8", packed(now.style.encode())))

    async def start(self, request: Request) -> Response:
        """What is published now."""
        return self._page(request, pages.START, pages.start)

    async def municipality(self, request: Request) -> Response:
        """One municipality."""
        region = request.path_params["region"]
        return self._page(request, pages.MUNICIPALITY, lambda now, asked: pages.municipality(now, asked, region))

    async def comparison(self, request: Request) -> Response:
        """One municipality beside others."""
        region = request.path_params["region"]
        return self._page(request, comparing.NAMES, lambda now, asked: pages.comparison(now, asked, region), families=comparing.FAMILIES)

    async def topic(self, request: Request) -> Response:
        """One figure of all municipalities."""
        table = request.path_params["table_id"]
        return self._page(request, pages.TOPIC, lambda now, asked: pages.topic(now, asked, table))

    def plain(self, make: Callable[[OnShow, Choices], pages.View]) -> Callable[[Request], Awaitable[Response]]:
        """The handler of a page without choices of its own."""

        async def answer(request: Request) -> Response:
            return self._page(request, pages.PLAIN, make)

        return answer

    async def feed(self, request: Request) -> Response:
        """The releases, for a reader of feeds."""
        return self._given(request, (), lambda now, _: pages.feed(now))

    async def release(self, request: Request) -> Response:
        """One release."""
        release = request.path_params["release_id"]
        return self._page(request, pages.PLAIN, lambda now, asked: pages.release(now, asked, release))

    def file(self, request: Request) -> Response:
        """A file of a release, while nothing in that has been recalled or withdrawn."""
        now, release, path = self._current.get(), request.path_params["release_id"], request.path_params["path"]
        found = next((each for each in now.publications if each.release_id == release), None)
        if found is None or not (path == DOCUMENT or path in found.files):
            raise UnknownPlaceError("er is geen bestand op dit adres")
        if not found.is_given:
            raise HTTPException(410, "de bestanden van deze uitgave geven wij niet meer: er zijn sindsdien cijfers ingetrokken")
        source = self._current.source
        data = source.document(release) if path == DOCUMENT else source.files(release, path)[path]
        name = path.rpartition("/")[2]
        said = {**SAFE, "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "public, no-cache"}
        etag = f'"{found.files.get(path, found.digest)}"'
        if knows(request, etag):
            return Response(status_code=304, headers={"ETag": etag})
        return Response(data, 200, {**said, "ETag": etag}, "text/markdown; charset=utf-8" if path == CHANGES else media_type(path))

    def _page(
        self, request: Request, known: Collection[str], make: Callable[[OnShow, Choices], pages.View], families: Collection[str] = ()
    ) -> Response:
        return self._given(request, known, lambda now, asked: pages.written(make(now, asked), now, asked), families)

    def _given(
        self, request: Request, known: Collection[str], make: Callable[[OnShow, Choices], Made], families: Collection[str] = ()
    ) -> Response:
        """What was made of the release for this address, made now when it was not; 304 to who has it."""
        now = self._current.get()
        if self._ahead and self._made_of is not now:
            self._made_of = now
            threading.Thread(target=_make_ahead, args=(now, lambda: self._made_of is now), name="ahead", daemon=True).start()
        asked = read_query(request.scope["path"], request.scope["query_string"], known, families=families)
        address = asked.other(formaat=asked.given.get("formaat"))
        etag = f'W/"{now.stamp[:32]}"'
        if knows(request, etag) and address in now.kept.pages:
            return Response(status_code=304, headers={"ETag": etag, "Cache-Control": "public, no-cache"})
        made = now.kept.get(address, lambda: make(now, asked))
        said = {**SAFE, **dict(made.headers), "ETag": etag, "Last-Modified": now.modified, "Cache-Control": "public, no-cache"}
        return as_taken(request, made, said | {"X-Release": ", ".join(each.release_id for each in now.editions.values())})


def _written(now: OnShow, asked: Choices, make: Callable[[OnShow, Choices], pages.View]) -> Made:
    return pages.written(make(now, asked), now, asked)


def _make_ahead(now: OnShow, wanted: Callable[[], bool]) -> None:
    """What is asked for most, one page after the other, resting as long as each took; a minute later what a choice leads to.

    Ends when another release is in force, and before a page that would push out one that was made.
    """
    for asked, make in chain(pages.first_pages(now), _later(AHEAD_SECONDS), pages.further_pages(now)):
        if not wanted() or now.kept.size > AHEAD_BYTES:
            return
        begin = time.monotonic()
        now.kept.get(asked.other(), partial(_written, now, asked, make))
        time.sleep(time.monotonic() - begin)


def _later(seconds: float) -> Iterator[tuple[Choices, Callable[[OnShow, Choices], pages.View]]]:
    """No page, after a while: a site that was started for a moment does not make what nobody will ask for."""
    time.sleep(seconds)
    yield from ()


def _told(request: Request, status: int, said: str, headers: dict[str, str] | None = None) -> Response:
    """The page of what did not go, with a number that the log has too."""
    reference = secrets.token_hex(4)
    _log.info("%s %s: %s", reference, status, said)
    return as_taken(request, pages.failure(status, said, reference), {**SAFE, "Cache-Control": "no-store", **(headers or {})})


def _wrong(request: Request, error: Exception) -> Response:
    return _told(request, 400, str(error))


def _absent(request: Request, error: Exception) -> Response:
    return _told(request, 404, str(error))


def _nothing(request: Request, error: Exception) -> Response:
    _log.warning("nothing to serve: %s", error)
    said = "er is nog geen uitgave gepubliceerd"
    return odata_error(request, 503, said) if is_odata(request) else _told(request, 503, said)


def _no_such(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _METHODS, "Access-Control-Allow-Origin": "*"})
        said = f"deze dienst geeft alleen gegevens; {request.method[:20]} kan niet"
        return odata_error(request, 405, said, {"Allow": _METHODS}) if is_odata(request) else _told(request, 405, said, {"Allow": _METHODS})
    if is_odata(request):
        return odata_error(request, error.status_code, error.detail)
    return _told(request, error.status_code, "dit adres bestaat niet" if error.status_code == 404 else error.detail)


def _failed(request: Request, error: Exception) -> Response:
    _log.error("an answer failed", exc_info=error)
    said = "er ging iets mis bij ons; probeer het later nog eens"
    return odata_error(request, 500, said) if is_odata(request) else _told(request, 500, said)
