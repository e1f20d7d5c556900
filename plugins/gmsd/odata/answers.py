"""Answers in the JSON forms of OData: version 3 as CBS gives it ("light"), the verbose form of versions 1 and 2, and errors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import polars.selectors as cs
from starlette.responses import Response

from gmsd.errors import GmsdError
from gmsd.odata.literals import QueryError
from gmsd.odata.sets import MOMENT, TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from gmsd.odata.sets import EntitySet

OPEN: Final = {"Access-Control-Allow-Origin": "*"}
"""Public figures may be read by any page; said on every answer, so that no cache holds one without it."""
_JSON: Final = frozenset(("application/json", "json"))
_LEVELS: Final = {"": "light", "minimalmetadata": "light", "light": "light", "nometadata": "bare", "verbose": "verbose"}
_SECOND: Final = 2


class JsonForm(Enum):
    """How rows are written.

    `LIGHT` is version 3's JSON, `BARE` the same without metadata, `VERBOSE` the form of versions 1 and 2, and of version 3 when it is
    asked for; `BOTH` is for who says nothing but `application/json`: a script that looks for `value`, or a client of version 2 that looks
    for `d`.
    """

    LIGHT = "light"
    BARE = "bare"
    VERBOSE = "verbose"
    BOTH = "both"


class NotAcceptableError(GmsdError):
    """A request for a representation that there is not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The form of an answer, and the version of OData that its dates are written in."""

    form: JsonForm
    version: int


def asked_form(request: Request, given: str | None) -> Asked:
    """What `$format`, or else the headers, ask for.

    Raises:
        QueryError: when `$format` is another than JSON.
        NotAcceptableError: when the Accept header allows no JSON that there is.
    """
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
    ranges = [part for part in accepted.split(",") if part.strip()]
    for part in sorted(ranges, key=_quality, reverse=True):
        if _quality(part) > 0:
            found = plain if part.partition(";")[0].strip() in {"*/*", "application/*"} else _form(part, plain)
            if found is not None:
                return Asked(found, version)
    if ranges:
        raise NotAcceptableError("deze dienst antwoordt in JSON (application/json); Atom wordt niet gegeven")
    return Asked(plain, version)


def _version(text: str | None) -> int:
    """The highest version that the asker understands; 3 when not said."""
    first = (text or "3")[0]
    return int(first) if first.isascii() and first.isdigit() else 3


def _quality(part: str) -> float:
    for parameter in part.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _form(media_type: str, plain: JsonForm) -> JsonForm | None:
    name, *parameters = (part.strip().lower() for part in media_type.split(";"))
    if name not in _JSON:
        return None
    level = next((value.strip('"') for key, _, value in (part.partition("=") for part in parameters) if key == "odata"), "")
    if level not in _LEVELS:
        return None
    return JsonForm(_LEVELS[level]) if level else plain


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows to be written.

    Attributes:
        rows: With all their properties.
        names: The properties that are written.
        entities: The set that they are of.
        namespace: Of its types.
        service: The address of the service.
        count: How many rows there are in all, when that is asked for.
        following: The address of the next page, when there is one.
    """

    rows: pl.DataFrame
    names: list[str]
    entities: EntitySet
    namespace: str
    service: str
    count: int | None = None
    following: str | None = None


def rows_answer(page: RowPage, asked: Asked, *, context: str, headers: Mapping[str, str]) -> Response:
    """A page of a set; `context` says what its rows are: `...$metadata#set`."""
    counted = None if page.count is None else str(page.count)
    parts = []
    if asked.form is not JsonForm.VERBOSE:
        parts += [] if asked.form is JsonForm.BARE else [_member("odata.metadata", context)]
        parts += [] if counted is None else [_member("odata.count", counted)]
        parts.append('"value":' + _light(page, asked.form))
        parts += [] if page.following is None else [_member("odata.nextLink", page.following)]
    if asked.form in {JsonForm.VERBOSE, JsonForm.BOTH}:
        inner = ['"results":' + _verbose(page, asked)]
        inner += [] if counted is None else [_member("__count", counted)]
        inner += [] if page.following is None else [_member("__next", page.following)]
        parts.append('"d":{' + ",".join(inner) + "}")
    return _json("{" + ",".join(parts) + "}", asked, headers)


def row_answer(page: RowPage, asked: Asked, *, context: str, headers: Mapping[str, str]) -> Response:
    """The one row of a page."""
    parts = []
    if asked.form is not JsonForm.VERBOSE:
        parts += [] if asked.form is JsonForm.BARE else [_member("odata.metadata", f"{context}/@Element")]
        parts.append(_light(page, asked.form)[2:-2])
    if asked.form in {JsonForm.VERBOSE, JsonForm.BOTH}:
        parts.append('"d":' + _verbose(page, asked)[1:-1])
    return _json("{" + ",".join(parts) + "}", asked, headers)


def sets_answer(names: list[str], asked: Asked, *, base: str, headers: Mapping[str, str]) -> Response:
    """The list of the sets of a service."""
    document: dict[str, Any] = {}
    if asked.form is not JsonForm.VERBOSE:
        document = {} if asked.form is JsonForm.BARE else {"odata.metadata": f"{base}$metadata"}
        document["value"] = [{"name": name, "url": base + name} for name in names]
    if asked.form in {JsonForm.VERBOSE, JsonForm.BOTH}:
        document["d"] = {"EntitySets": names}
    return _json(json.dumps(document), asked, headers)


def error_answer(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the form of OData v3; the message is Dutch, and says so."""
    document = {"odata.error": {"code": "", "message": {"lang": "nl", "value": message}}}
    said = {"DataServiceVersion": "3.0;", "Content-Language": "nl", **OPEN, **(headers or {})}
    return Response(json.dumps(document, ensure_ascii=False), status, said, "application/json; charset=utf-8")


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
