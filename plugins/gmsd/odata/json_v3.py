"""Answers in the JSON forms of OData 3: as CBS gives it ("light"), and the verbose form of versions 1 and 2."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

import polars as pl
import polars.selectors as cs
from starlette.responses import Response

from gmsd.odata.answers import OPEN, Asked, Json, JsonForm, RowPage, accepted_form, media_type
from gmsd.odata.literals import QueryError
from gmsd.odata.sets import MOMENT, TYPE
from gmsd.odata.version import ODataVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

    from gmsd.odata.sets import EntitySet

_JSON: Final = frozenset(("application/json", "json"))
_LEVELS: Final = {"minimalmetadata": "light", "light": "light", "nometadata": "bare", "verbose": "verbose"}
_SECOND: Final = 2


class JsonV3(Json):
    """The answers of version 3."""

    version = ODataVersion.V3
    said: ClassVar = {"DataServiceVersion": "3.0;"}
    heard: ClassVar = ("Accept", "MaxDataServiceVersion")

    def asked(self, request: Request, given: str | None) -> Asked:
        """What `$format`, or else the headers, ask for."""
        version = _version(request.headers.get("MaxDataServiceVersion"))
        plain = JsonForm.LIGHT if version > _SECOND else JsonForm.VERBOSE
        if given is not None:
            form = JsonForm.VERBOSE if given.strip().lower() == "verbosejson" else _form(given, plain)
            if form is None:
                raise QueryError("$format: alleen json, eventueel met odata=verbose, minimalmetadata of nometadata")
            return Asked(form, version)
        accepted = request.headers.get("Accept", "").strip()
        if accepted == "application/json" and "MaxDataServiceVersion" not in request.headers:
            return Asked(JsonForm.BOTH, version)
        return Asked(accepted_form(accepted, plain, lambda part: _form(part, plain)), version)

    def rows(self, page: RowPage, asked: Asked, headers: Mapping[str, str]) -> Response:
        """A page of a set."""
        counted = None if page.count is None else str(page.count)
        parts = []
        if asked.form is not JsonForm.VERBOSE:
            parts += [] if asked.form is JsonForm.BARE else [_member("odata.metadata", _context(page))]
            parts += [] if counted is None else [_member("odata.count", counted)]
            parts.append('"value":' + _light(page, asked.form))
            parts += [] if page.following is None else [_member("odata.nextLink", page.following)]
        if asked.form in {JsonForm.VERBOSE, JsonForm.BOTH}:
            inner = ['"results":' + _verbose(page, asked)]
            inner += [] if counted is None else [_member("__count", counted)]
            inner += [] if page.following is None else [_member("__next", page.following)]
            parts.append('"d":{' + ",".join(inner) + "}")
        return _json("{" + ",".join(parts) + "}", asked, headers)

    def row(self, page: RowPage, asked: Asked, headers: Mapping[str, str]) -> Response:
        """The one row of a page."""
        parts = []
        if asked.form is not JsonForm.VERBOSE:
            parts += [] if asked.form is JsonForm.BARE else [_member("odata.metadata", f"{_context(page)}/@Element")]
            parts.append(_light(page, asked.form)[2:-2])
        if asked.form in {JsonForm.VERBOSE, JsonForm.BOTH}:
            parts.append('"d":' + _verbose(page, asked)[1:-1])
        return _json("{" + ",".join(parts) + "}", asked, headers)

    def sets(self, sets: Collection[EntitySet], asked: Asked, base: str, headers: Mapping[str, str]) -> Response:
        """The list of the sets of a service."""
        names = [entities.name for entities in sets]
        document: dict[str, Any] = {}
        if asked.form is not JsonForm.VERBOSE:
            document = {} if asked.form is JsonForm.BARE else {"odata.metadata": f"{base}$metadata"}
            document["value"] = [{"name": name, "url": base + name} for name in names]
        if asked.form in {JsonForm.VERBOSE, JsonForm.BOTH}:
            document["d"] = {"EntitySets": names}
        return _json(json.dumps(document), asked, headers)

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        """An error; the message is Dutch, and says so."""
        document = {"odata.error": {"code": "", "message": {"lang": "nl", "value": message}}}
        said = {**self.said, "Content-Language": "nl", **OPEN, **(headers or {})}
        return Response(json.dumps(document, ensure_ascii=False), status, said, "application/json; charset=utf-8")


def _version(text: str | None) -> int:
    """The highest version that the asker understands; 3 when not said."""
    first = (text or "3")[0]
    return int(first) if first.isascii() and first.isdigit() else 3


def _form(text: str, plain: JsonForm) -> JsonForm | None:
    name, parameters = media_type(text)
    if name not in _JSON:
        return None
    if not parameters.get("odata"):
        return plain
    level = _LEVELS.get(parameters["odata"])
    return None if level is None else JsonForm(level)


def _context(page: RowPage) -> str:
    return f"{page.service}$metadata#{page.prefix}{page.entities.name}"


def _member(name: str, value: str | None) -> str:
    return f"{json.dumps(name)}:{json.dumps(value)}"


def _json(text: str, asked: Asked, headers: Mapping[str, str]) -> Response:
    version = "2.0;" if asked.form is JsonForm.VERBOSE and asked.version <= _SECOND else "3.0;"
    level = {JsonForm.BARE: "odata=nometadata; ", JsonForm.VERBOSE: "odata=verbose; "}.get(asked.form, "odata=minimalmetadata; ")
    return Response(text, 200, {"DataServiceVersion": version, **OPEN, **headers}, f"application/json; {level}charset=utf-8")


def _light(page: RowPage, form: JsonForm) -> str:
    rows = page.rows.select(name for name in page.names if name != TYPE or form is not JsonForm.BARE)
    return rows.with_columns(cs.datetime().dt.strftime(MOMENT)).write_json()


def _verbose(page: RowPage, asked: Asked) -> str:
    """Rows with `__metadata`; dates of version 2 count milliseconds."""
    old = asked.form is JsonForm.BOTH or asked.version <= _SECOND
    key = pl.col(page.entities.key)
    if page.entities.rows.schema[page.entities.key] == pl.String:
        key = pl.format("'{}'", key.str.replace_all("'", "''", literal=True).str.replace_all(" ", "%20", literal=True))
    kind = pl.col(TYPE) if TYPE in page.rows.columns else pl.lit(f"{page.namespace}.{page.entities.entity_type}")
    known = pl.struct(uri=pl.format("{}({})", pl.lit(page.service + page.entities.name), key), type=kind).alias("__metadata")
    written = [
        pl.format("/Date({})/", pl.col(name).dt.timestamp("ms")).alias(name) if old else pl.col(name).dt.strftime(MOMENT)
        for name in page.rows.select(cs.datetime()).columns
    ]
    return page.rows.with_columns(known).with_columns(written).select("__metadata", *(n for n in page.names if n != TYPE)).write_json()
