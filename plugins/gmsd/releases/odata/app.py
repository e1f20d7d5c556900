"""The web service: service list, entity sets, paging and the catalogue, as CBS answers them in OData v3."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gmsd.figures import WMO_CLIENTS
from gmsd.releases.catalogue import NoReleaseError
from gmsd.releases.odata.filters import QueryError, parse_filter
from gmsd.releases.odata.tables import Table, read_table

if TYPE_CHECKING:
    import polars as pl
    from starlette.requests import Request

    from gmsd.releases.odata.sources import Source

PAGE = 10_000
REFRESH_SECONDS = 5.0
_OPTIONS = frozenset(("$format", "$filter", "$select", "$top", "$skip"))
_log = logging.getLogger(__name__)


class CurrentTable:
    """The table of the release in force, read again when the pointer moves; looked at every few seconds at most."""

    def __init__(self, source: Source, table_id: str) -> None:
        self._source = source
        self._table_id = table_id
        self._lock = threading.Lock()
        self._table: Table | None = None
        self._looked = 0.0

    def get(self) -> Table:
        """The table now in force.

        When the store does not answer, the release known last goes on being served.

        Raises:
            NoReleaseError: when nothing has been published yet.
        """
        with self._lock:
            if self._table is None:
                self._table = self._read(self._source.current())
            elif time.monotonic() - self._looked > REFRESH_SECONDS:
                self._table = self._refreshed(self._table)
            else:
                return self._table
            self._looked = time.monotonic()
            return self._table

    def _read(self, release_id: str) -> Table:
        return read_table(self._table_id, release_id, self._source.statline(release_id, self._table_id))

    def _refreshed(self, table: Table) -> Table:
        try:
            release_id = self._source.current()
            return table if release_id == table.release_id else self._read(release_id)
        except Exception:  # noqa: BLE001 - readers keep the last release whatever happens to the store; the log says why
            _log.warning("the store does not give the release in force; %s goes on being served", table.release_id, exc_info=True)
            return table


def create_app(source: Source) -> Starlette:
    """The service over the release in force.

    Paths follow CBS: `/ODataFeed/odata/83262NED/`, the same under `/ODataApi/odata/`, and `/ODataCatalog/Tables`.
    """
    service = _Service(CurrentTable(source, WMO_CLIENTS.table_id))
    routes = [Route("/", service.home), Route("/ODataCatalog/Tables", service.catalogue)]
    for root in ("/ODataFeed/odata", "/ODataFeed/OData", "/ODataApi/odata", "/ODataApi/OData"):
        routes += [
            Route(root + "/{table_id}", service.service_list),
            Route(root + "/{table_id}/", service.service_list),
            Route(root + "/{table_id}/{name}", service.entity_set),
            Route(root + "/{table_id}/{name}/$count", service.count),
        ]
    return Starlette(routes=routes, exception_handlers={QueryError: _refused, NoReleaseError: _nothing})


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"odata.error": {"code": "", "message": {"lang": "nl", "value": message}}}, status_code=status)


def _refused(_: Request, error: Exception) -> Response:
    return _error(400, str(error))


def _nothing(_: Request, error: Exception) -> Response:
    return _error(503, str(error))


class _Service:
    """The handlers; each reads the table in force anew."""

    def __init__(self, current: CurrentTable) -> None:
        self._current = current

    def home(self, request: Request) -> Response:
        """Lead a person with a browser to the table."""
        return RedirectResponse(f"{request.url.scheme}://{request.url.netloc}/ODataFeed/odata/{WMO_CLIENTS.table_id}/")

    def catalogue(self, request: Request) -> Response:
        """The list of tables: the one there is."""
        table = self._current.get()
        rows = _queried(request, table.sets["TableInfos"]).to_dicts()
        base = f"{request.url.scheme}://{request.url.netloc}/ODataCatalog"
        return JSONResponse({"odata.metadata": f"{base}/$metadata#Tables", "value": rows})

    def service_list(self, request: Request) -> Response:
        """The names of the entity sets."""
        table = self._table(request)
        if table is None:
            return _error(404, f"no table {request.path_params['table_id']}")
        base = _base(request)
        value = [{"name": name, "url": base + name} for name in table.sets]
        return JSONResponse({"odata.metadata": base + "$metadata", "value": value})

    def entity_set(self, request: Request) -> Response:
        """The rows of an entity set, at most a page of them, and where the next page is."""
        name = request.path_params["name"]
        table = self._table(request)
        if table is None or name not in table.sets:
            return _error(404, f"no {name} of table {request.path_params['table_id']}")
        asked = _whole(request, "$top")
        skip = _whole(request, "$skip") or 0
        rows = _queried(request, table.sets[name]).slice(skip)
        wanted = rows if asked is None else rows.head(asked)
        page = wanted.head(PAGE)
        base = _base(request)
        answer: dict[str, Any] = {"odata.metadata": f"{base}$metadata#Cbs.OData.WebAPI.{name}", "value": page.to_dicts()}
        if wanted.height > PAGE:
            options = dict(request.query_params) | {"$skip": str(skip + PAGE)}
            if asked is not None:
                options["$top"] = str(asked - PAGE)
            answer["odata.nextLink"] = f"{base}{name}?{urlencode(options, safe='$', quote_via=quote)}"
        return JSONResponse(answer, headers={"DataServiceVersion": "3.0", "X-Release": table.release_id})

    def count(self, request: Request) -> Response:
        """How many rows a set has after its filter."""
        name = request.path_params["name"]
        table = self._table(request)
        if table is None or name not in table.sets:
            return _error(404, f"no {name} of table {request.path_params['table_id']}")
        return PlainTextResponse(str(_queried(request, table.sets[name]).height))

    def _table(self, request: Request) -> Table | None:
        table = self._current.get()
        return table if request.path_params["table_id"] == table.table_id else None


def _base(request: Request) -> str:
    root = "/".join(request.url.path.split("/")[:3])
    return f"{request.url.scheme}://{request.url.netloc}{root}/{request.path_params['table_id']}/"


def _queried(request: Request, rows: pl.DataFrame) -> pl.DataFrame:
    """Apply `$filter` and `$select`; an option we do not know is refused, never ignored."""
    options = request.query_params
    unknown = sorted(name for name in options if name.startswith("$") and name not in _OPTIONS)
    if unknown:
        raise QueryError(f"unknown option {unknown[0]}; known are {', '.join(sorted(_OPTIONS))}")
    if options.get("$format", "json").partition(";")[0] not in {"json", "application/json"}:
        raise QueryError("$format: only json")
    found = rows.filter(parse_filter(options["$filter"], rows.schema)) if options.get("$filter", "").strip() else rows
    selected = [name.strip() for name in options.get("$select", "").split(",") if name.strip()]
    missing = [name for name in selected if name not in found.columns and name != "*"]
    if missing:
        raise QueryError(f"$select: no field {missing[0]}")
    return found.select(list(dict.fromkeys(selected))) if selected and "*" not in selected else found


def _whole(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise QueryError(f"{name} must be a whole number")
    return int(text)
