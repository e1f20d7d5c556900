"""Answers in the JSON of OData 4."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

import polars.selectors as cs
from starlette.responses import Response

from gmsd.clock import AMSTERDAM
from gmsd.odata.answers import OPEN, Asked, Json, JsonForm, NotAcceptableError, RowPage, accepted_form, media_type
from gmsd.odata.literals import QueryError
from gmsd.odata.version import ODataVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

    from gmsd.odata.sets import EntitySet

_JSON: Final = frozenset(("application/json", "json"))
_LEVELS: Final = {"": JsonForm.LIGHT, "minimal": JsonForm.LIGHT, "none": JsonForm.BARE}
_FOURTH: Final = 4
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S%:z"


class JsonV4(Json):
    """The answers of version 4."""

    version = ODataVersion.V4
    said: ClassVar = {"OData-Version": "4.0"}
    heard: ClassVar = ("Accept", "OData-MaxVersion")

    def asked(self, request: Request, given: str | None) -> Asked:
        """What `$format`, or else the headers, ask for; who takes no version above 3 gets none."""
        most = request.headers.get("OData-MaxVersion", "4").strip()[:1]
        if not (most.isascii() and most.isdigit()) or int(most) < _FOURTH:
            raise NotAcceptableError("dit adres geeft versie 4; versie 3 staat op /ODataApi/odata en /ODataFeed/odata")
        if given is None:
            return Asked(accepted_form(request.headers.get("Accept", ""), JsonForm.LIGHT, _form), _FOURTH)
        form = _form(given)
        if form is None:
            raise QueryError("$format: alleen json, eventueel als application/json;odata.metadata=minimal of none")
        return Asked(form, _FOURTH)

    def rows(self, page: RowPage, asked: Asked, headers: Mapping[str, str]) -> Response:
        """A page of a set."""
        parts = [_member("@odata.context", _context(page))] if asked.form is JsonForm.LIGHT else []
        parts += [] if page.count is None else [_member("@odata.count", page.count)]
        parts.append('"value":' + _written(page))
        parts += [] if page.following is None else [_member("@odata.nextLink", page.following)]
        return self._json("{" + ",".join(parts) + "}", asked, headers)

    def row(self, page: RowPage, asked: Asked, headers: Mapping[str, str]) -> Response:
        """The one row of a page."""
        entity = "" if page.entities.single else "/$entity"
        parts = [_member("@odata.context", _context(page) + entity)] if asked.form is JsonForm.LIGHT else []
        parts.append(_written(page)[2:-2])
        return self._json("{" + ",".join(parts) + "}", asked, headers)

    def sets(self, sets: Collection[EntitySet], asked: Asked, base: str, headers: Mapping[str, str]) -> Response:
        """The list of the sets of a service."""
        document: dict[str, Any] = {} if asked.form is JsonForm.BARE else {"@odata.context": f"{base}$metadata"}
        document["value"] = [{"name": each.name, "kind": "Singleton" if each.single else "EntitySet", "url": each.name} for each in sets]
        return self._json(json.dumps(document), asked, headers)

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        """An error; the message is Dutch, and says so. The code is the name of the status."""
        document = {"error": {"code": HTTPStatus(status).name.title().replace("_", ""), "message": message}}
        said = {**self.said, "Content-Language": "nl", **OPEN, **(headers or {})}
        return Response(json.dumps(document, ensure_ascii=False), status, said, "application/json; charset=utf-8")

    def _json(self, text: str, asked: Asked, headers: Mapping[str, str]) -> Response:
        level = "none" if asked.form is JsonForm.BARE else "minimal"
        return Response(text, 200, {**self.said, **OPEN, **headers}, f"application/json; odata.metadata={level}; charset=utf-8")


def _form(text: str) -> JsonForm | None:
    name, parameters = media_type(text)
    level = parameters.get("odata.metadata", parameters.get("metadata", ""))
    return _LEVELS.get(level) if name in _JSON else None


def _context(page: RowPage) -> str:
    """What the rows are; a selection is named."""
    chosen = "" if page.names == page.entities.rows.columns else f"({','.join(page.names)})"
    return f"{page.service}$metadata#{page.prefix}{page.entities.name}{chosen}"


def _member(name: str, value: str | int) -> str:
    return f"{json.dumps(name)}:{json.dumps(value)}"


def _written(page: RowPage) -> str:
    """Rows as JSON; a moment has the offset that the clock in the Netherlands had."""
    moments = cs.datetime().dt.replace_time_zone(str(AMSTERDAM), ambiguous="earliest", non_existent="null").dt.strftime(_MOMENT)
    return page.rows.select(page.names).with_columns(moments).write_json()
