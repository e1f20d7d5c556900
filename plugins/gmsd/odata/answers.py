"""What is answered, whatever the version: a page of rows, one row, the list of sets, an error; and which form a request asks for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Final

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import polars as pl
    from starlette.requests import Request
    from starlette.responses import Response

    from gmsd.odata.sets import EntitySet
    from gmsd.odata.version import ODataVersion

OPEN: Final = {"Access-Control-Allow-Origin": "*"}
"""Public figures may be read by any page; said on every answer, so that no cache holds one without it."""


class JsonForm(Enum):
    """How rows are written.

    `LIGHT` is the JSON of versions 3 and 4, `BARE` the same without metadata, `VERBOSE` the form of versions 1 and 2, and of version 3 when
    it is asked for; `BOTH` is for who says nothing but `application/json` to version 3: a script that looks for `value`, or a client of
    version 2 that looks for `d`.
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


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows to be written.

    Attributes:
        rows: With all their properties.
        names: The properties that are written.
        entities: The set that they are of.
        namespace: Of its types.
        prefix: Of the set's name, where the answer says what its rows are.
        service: The address of the service.
        count: How many rows there are in all, when that is asked for.
        following: The address of the next page, when there is one.
    """

    rows: pl.DataFrame
    names: list[str]
    entities: EntitySet
    namespace: str
    prefix: str
    service: str
    count: int | None = None
    following: str | None = None


class Json(ABC):
    """The answers of one version.

    Attributes:
        version: Of OData.
        said: Headers of every answer.
        heard: Headers of a request that its answer hangs on.
    """

    version: ClassVar[ODataVersion]
    said: ClassVar[Mapping[str, str]]
    heard: ClassVar[tuple[str, ...]]

    @abstractmethod
    def asked(self, request: Request, given: str | None) -> Asked:
        """What `$format`, or else the headers, ask for.

        Raises:
            QueryError: when `$format` is another than JSON.
            NotAcceptableError: when the headers allow no JSON that there is.
        """

    @abstractmethod
    def rows(self, page: RowPage, asked: Asked, headers: Mapping[str, str]) -> Response:
        """A page of a set."""

    @abstractmethod
    def row(self, page: RowPage, asked: Asked, headers: Mapping[str, str]) -> Response:
        """The one row of a page."""

    @abstractmethod
    def sets(self, sets: Collection[EntitySet], asked: Asked, base: str, headers: Mapping[str, str]) -> Response:
        """The list of the sets of a service."""

    @abstractmethod
    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
        """An error; the message is Dutch, and says so."""


def accepted_form(accepted: str, plain: JsonForm, read: Callable[[str], JsonForm | None]) -> JsonForm:
    """The best form that an Accept header allows; `read` tells the form of a media type, `plain` is that of who takes anything.

    Raises:
        NotAcceptableError: when it allows none.
    """
    ranges = [part for part in accepted.split(",") if part.strip()]
    for part in sorted(ranges, key=_quality, reverse=True):
        if _quality(part) > 0:
            found = plain if part.partition(";")[0].strip() in {"*/*", "application/*"} else read(part)
            if found is not None:
                return found
    if ranges:
        raise NotAcceptableError("deze dienst antwoordt in JSON (application/json); Atom wordt niet gegeven")
    return plain


def media_type(text: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters of a media type, in small letters."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    pairs = (part.partition("=") for part in parameters)
    return name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}


def _quality(part: str) -> float:
    try:
        return float(media_type(part)[1].get("q", 1))
    except ValueError:
        return 0.0
