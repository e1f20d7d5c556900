"""The addresses of OData: catalogue, service lists, `$metadata`, entity sets and paging, as CBS answers them in OData 3 and 4."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode
from zlib import crc32

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from gmsd.errors import GmsdError
from gmsd.odata import (
    OPEN,
    Answer,
    JsonV3,
    JsonV4,
    NotAcceptableError,
    QueryError,
    RowPage,
    by_key,
    cut,
    matching,
    metadata,
    named,
    read_options,
    selected,
)
from gmsd.web.site.answers import Made, as_made, as_taken, knows, packed
from gmsd.web.site.odata.observations import datasets
from gmsd.web.site.odata.tables import ServedTable, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from starlette.requests import Request

    from gmsd.odata import EntitySet, Json, Options
    from gmsd.web.site.current import Current

PAGE = 10_000
_THREE: Final[Json] = JsonV3()
_FOUR: Final[Json] = JsonV4()


# Fixed parts of a path, in capitals or not.
_WORDS: Final = {
    "service": "ODataFeed|ODataApi",
    "odata": "OData",
    "four": "v4",
    "cbs": "CBS",
    "above": r"(?:Catalogs|Datasets)(?:\([^/]*\))?",
    "catalogue": "ODataCatalog",
    "metadata": r"\$metadata",
    "count": r"\$count",
}
for _name, _words in _WORDS.items():
    register_url_convertor(_name, type("_Word", (StringConvertor,), {"regex": f"(?i:{_words})"})())


def odata_routes(current: Current) -> list[Route]:
    """The addresses of the service over the releases in force.

    Paths follow CBS; capitals do not matter in them. Version 3: `/ODataFeed/odata/83262NED/`, the same under `/ODataApi/odata/`, and
    `/ODataCatalog/`. Version 4: `/odata/v4/83262NED/`, the same under `/odata/v4/CBS/`, and `/odata/v4/` with the datasets.
    """
    pages = _Pages(current)
    routes = []
    four = "/{odata:odata}/{four:four}"
    for root, sets in {
        "/{catalogue:catalogue}": "{name}",
        "/{service:service}/{odata:odata}/{table_id}": "{name}",
        four: "{name:above}",
        four + "/{cbs:cbs}": "{name:above}",
        four + "/{cbs:cbs}/{table_id}": "{name}",
        four + "/{table_id}": "{name}",
    }.items():
        routes += [
            Route(root, pages.service_list),
            Route(root + "/", pages.service_list),
            Route(root + "/{_:metadata}", pages.metadata),
            Route(f"{root}/{sets}", pages.entity_set),
            Route(f"{root}/{sets}/{{_:count}}", pages.count),
        ]
    return routes


def is_odata(request: Request) -> bool:
    """Whether an address is of the service, there or not."""
    return re.match("/odata", request.url.path, re.IGNORECASE) is not None


def _json(request: Request) -> Json:
    """How the asker is answered, by the address."""
    return _FOUR if re.match(r"/odata/v4(?:/|$)", request.url.path, re.IGNORECASE) else _THREE


def _refused(request: Request, error: Exception) -> Response:
    return _json(request).error(400, str(error))


def _not_acceptable(request: Request, error: Exception) -> Response:
    return _json(request).error(406, str(error))


def odata_error(request: Request, status: int, said: str, headers: dict[str, str] | None = None) -> Response:
    """A refusal in the form of the version that the address is of."""
    known = said if status != 404 or said != "Not Found" else "dit adres bestaat niet; de lijst van tabellen staat op /ODataCatalog/Tables"
    return _json(request).error(status, known, headers)


ODATA_ERRORS: Final = {QueryError: _refused, NotAcceptableError: _not_acceptable}
"""What only this service raises, and how it is told."""


class _NotFound(GmsdError, HTTPException):
    """An address under a known root that leads nowhere; the detail is Dutch."""

    def __init__(self, detail: str) -> None:
        super().__init__(404, detail)


@dataclass(frozen=True, slots=True)
class _Service:
    """What one root address gives."""

    json: Json
    address: str
    sets: dict[str, EntitySet]
    namespace: str
    container: str
    prefix: str
    release: str

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says of itself."""
        return {**self.json.said, **OPEN, **self.release_header}

    @property
    def release_header(self) -> dict[str, str]:
        """The release that is answered from."""
        return {"X-Release": self.release}

    def page(self, rows: pl.DataFrame, names: list[str], entities: EntitySet) -> RowPage:
        """Rows of a set, to be written."""
        return RowPage(rows, names, entities, self.namespace, self.prefix, self.address)


class _Pages:
    """The handlers; each reads the tables in force anew."""

    def __init__(self, current: Current) -> None:
        self._current = current

    def service_list(self, request: Request) -> Response:
        """The names of the entity sets."""
        service = self._service(request)
        asked = service.json.asked(request, _options(request, service, Answer.DOCUMENT).format)
        return as_made(request, service.json.sets(service.sets.values(), asked, service.address, service.release_header))

    def metadata(self, request: Request) -> Response:
        """The model of the service."""
        service = self._service(request)
        if _options(request, service, Answer.DOCUMENT).format not in {None, "xml", "application/xml"}:
            raise QueryError("$format: $metadata is er alleen als xml")
        document = metadata(service.json.version, service.namespace, service.container, service.sets.values())
        return as_made(request, Response(document, 200, service.headers, "application/xml; charset=utf-8"))

    def entity_set(self, request: Request) -> Response:
        """The rows of an entity set, at most a page of them, and where the next page is; or one row by its key.

        What has no filter is made once of a release: it is what a reader of a whole table asks for, page by page.
        """
        now, query = self._current.get(), request.scope["query_string"]
        if b"filter" in query.lower():
            return as_made(request, self._rows(request))
        heard = [request.headers.get(name, "") for name in _json(request).heard]
        address = "\n".join([str(request.url), *heard])
        etag = f'W/"{now.stamp[:32]}-{crc32(repr(heard).encode()):x}"'
        if knows(request, etag) and address in now.kept.pages:
            return Response(status_code=304, headers={"ETag": etag, **OPEN})
        made = now.kept.get(address, lambda: _made(self._rows(request)))
        return as_taken(request, made, {**dict(made.headers), "ETag": etag, "Last-Modified": now.modified})

    def _rows(self, request: Request) -> Response:
        service = self._service(request)
        name = request.path_params["name"]
        entities = named(service.sets, name)
        if entities is None:
            return self._entity(request, service, name)
        if entities.single:
            return self._one(request, service, entities, entities.rows)
        options = _options(request, service, Answer.LIST)
        asked = service.json.asked(request, options.format)
        names = selected(entities, options)
        rows = matching(entities, options)
        wanted = cut(rows, options)
        page = replace(
            service.page(wanted.head(PAGE), names, entities),
            count=rows.height if options.count else None,
            following=_following(service, entities, options) if wanted.height > PAGE else None,
        )
        return service.json.rows(page, asked, service.release_header)

    def _entity(self, request: Request, service: _Service, asked_key: str) -> Response:
        found = by_key(service.sets, asked_key)
        if found is None:
            raise _NotFound(f"er is geen {asked_key[:60]}; wel {', '.join(service.sets)}")
        entities, row = found
        if row.is_empty():
            raise _NotFound(f"er is geen {asked_key[:60]}: in {entities.name} heeft niets die sleutel")
        return self._one(request, service, entities, row)

    def _one(self, request: Request, service: _Service, entities: EntitySet, row: pl.DataFrame) -> Response:
        options = _options(request, service, Answer.ENTITY)
        page = service.page(row, selected(entities, options), entities)
        return service.json.row(page, service.json.asked(request, options.format), service.release_header)

    def count(self, request: Request) -> Response:
        """How many rows a set has after its options: a bare number, which is JSON too."""
        service = self._service(request)
        name = request.path_params["name"]
        entities = named(service.sets, name)
        if entities is None or entities.single:
            raise _NotFound(f"er is geen {name[:60]} om te tellen; wel {', '.join(service.sets)}")
        options = _options(request, service, Answer.COUNT)
        if options.format not in {None, "json", "application/json", "text/plain"}:
            raise QueryError("$format: een aantal is er als text/plain of json")
        number = str(cut(matching(entities, options), options).height)
        media = "application/json" if options.format in {"json", "application/json"} else "text/plain"
        return Response(number, 200, service.headers, f"{media}; charset=utf-8")

    def _service(self, request: Request) -> _Service:
        tables = self._current.get().tables
        origin, path = _origin(request), request.path_params
        if "table_id" not in path:
            return _catalogue(origin, path, tables)
        table = next((each for each in tables.values() if each.table_id.upper() == path["table_id"].upper()), None)
        if table is None:
            listed = f"{origin}/odata/v4/Datasets" if "four" in path else f"{origin}/ODataCatalog/Tables"
            raise _NotFound(f"er is geen tabel {path['table_id'][:40]}; de lijst van tabellen staat op {listed}")
        address = f"{_root(origin, path)}{table.table_id}/"
        if "four" in path:
            return _Service(_FOUR, address, table.observed, "Cbs.OData", "Default", "", table.release_id)
        return _Service(_THREE, address, table.sets, "Cbs.OData", "WebAPI", "Cbs.OData.WebAPI.", table.release_id)


def _made(answer: Response) -> Made:
    """An answer to be kept: its headers but for those of its length and kind, which are told anew."""
    kept = tuple((name, value) for name, value in answer.headers.items() if name not in {"content-length", "content-type"})
    return Made(answer.status_code, answer.headers["content-type"], packed(bytes(answer.body)), kept)


def _catalogue(origin: str, path: Mapping[str, str], tables: Mapping[str, ServedTable]) -> _Service:
    """What stands above all tables."""
    releases = ", ".join(sorted({table.release_id for table in tables.values()}))
    if "four" in path:
        sets = datasets([table.observed for table in tables.values()])
        return _Service(_FOUR, _root(origin, path), sets, "Cbs.OData", "Default", "", releases)
    addresses = {each: (f"{origin}/ODataApi/odata/{each}", f"{origin}/ODataFeed/odata/{each}") for each in tables}
    sets = catalogue(list(tables.values()), addresses)
    return _Service(_THREE, _root(origin, path), sets, "Cbs.OData.Catalog", "Catalog", "", releases)


def _root(origin: str, path: Mapping[str, str]) -> str:
    """The address above a table, or of a catalogue, as the asker wrote it."""
    return "/".join([origin, *(path[word] for word in ("catalogue", "service", "odata", "four", "cbs") if word in path), ""])


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _options(request: Request, service: _Service, answer: Answer) -> Options:
    return read_options(request.scope["query_string"], answer, service.json.version)


def _following(service: _Service, entities: EntitySet, options: Options) -> str:
    more = options.given | {"$skip": str(options.skip + PAGE)}
    if options.top is not None:
        more["$top"] = str(options.top - PAGE)
    return f"{service.address}{entities.name}?{urlencode(more, safe='$', quote_via=quote)}"
