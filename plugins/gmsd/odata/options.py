"""The query options of a request: each is honoured or refused, on every path."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from gmsd.odata.literals import QueryError
from gmsd.odata.version import ODataVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Answer(Enum):
    """What a path gives, and with it the options that it takes."""

    LIST = "list"
    COUNT = "count"
    ENTITY = "entity"
    DOCUMENT = "document"


FORMAT: Final = "$format"
_LARGEST: Final = 2**31
_MOST: Final = 50
_COUNTED: Final = {ODataVersion.V3: "$inlinecount", ODataVersion.V4: "$count"}
_YES_NO: Final = {ODataVersion.V3: ("allpages", "none"), ODataVersion.V4: ("true", "false")}
_ROWS: Final = frozenset(("$filter", "$select", "$orderby", "$top", "$skip"))
_ANY: Final = _ROWS | {*_COUNTED.values()}
_REASONS: Final = {
    "$expand": "deze dienst kent geen verwijzingen tussen sets",
    "$skiptoken": "deze dienst geeft geen $skiptoken uit; volg nextLink of gebruik $skip",
}


def allowed(answer: Answer, version: ODataVersion) -> frozenset[str]:
    """The options that may be given for an answer; in version 4 what would not change a bare number is none of them."""
    taken = {
        Answer.LIST: _ROWS | {_COUNTED[version]},
        Answer.COUNT: {"$filter", "$top", "$skip"} if version is ODataVersion.V3 else {"$filter"},
        Answer.ENTITY: {"$select"},
        Answer.DOCUMENT: set(),
    }
    return frozenset({FORMAT, *taken[answer]})


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks for; None or empty where it does not say.

    Attributes:
        given: Every option of the request with its value, for the address of the next page.
        filter: `$filter`.
        order: `$orderby`.
        select: Names of `$select`.
        top: `$top`.
        skip: `$skip`.
        count: Whether the number of rows is asked for.
        format: `$format`.
    """

    given: dict[str, str] = field(default_factory=dict)
    filter: str | None = None
    order: str | None = None
    select: tuple[str, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    format: str | None = None


def read_options(query: bytes, answer: Answer, version: ODataVersion) -> Options:
    """The options of a query string.

    Raises:
        QueryError: for an option that is unknown, is not for this path, stands there twice, or has a value it cannot have.
    """
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except UnicodeDecodeError:
        raise QueryError("het adres is niet te lezen: bijzondere tekens staan als UTF-8, met procenttekens") from None
    except ValueError:
        raise QueryError(f"meer dan {_MOST} opties") from None
    taken = allowed(answer, version)
    given: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("$"):
            _known(name, taken, version)
            if name in given:
                raise QueryError(f"{name} staat er twee keer")
            if not value.strip():
                raise QueryError(f"{name} is leeg")
            if "\x00" in value:
                raise QueryError(f"{name} heeft een teken dat niet kan")
            given[name] = value
        elif (meant := f"${name.strip().lower()}") in _ROWS | {_COUNTED[version]} | _REASONS.keys():
            raise QueryError(f"{name.strip()} is geen optie; bedoelt u {meant}?")
        elif "$" in name:  # " $top", "amp;$top": an option whose sign does not stand first, and no parameter of somebody else's
            raise QueryError(f"{name.strip()[:40]} is geen optie; een optie begint met $, direct na ? of &")
    return Options(
        given=given,
        filter=given.get("$filter"),
        order=given.get("$orderby"),
        select=_names(given.get("$select")),
        top=_whole(given, "$top"),
        skip=_whole(given, "$skip") or 0,
        count=_counted(given, version),
        format=given.get(FORMAT),
    )


def _known(name: str, taken: Collection[str], version: ODataVersion) -> None:
    if name in taken:
        return
    if name in _REASONS:
        raise QueryError(f"{name}: {_REASONS[name]}")
    listed = ", ".join(sorted(taken))
    if name in _ANY - allowed(Answer.LIST, version):
        raise QueryError(f"{name} is van een andere versie; in versie {version.value[0]} heet dit {_COUNTED[version]}")
    if name in _ANY:
        raise QueryError(f"{name} kan hier niet; hier kan {listed}")
    raise QueryError(f"de optie {name[:40]} is niet bekend; hier kan {listed}")


def _names(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise QueryError("$select: tussen twee komma's staat geen veld")
    return tuple(dict.fromkeys(names))


def _counted(given: Mapping[str, str], version: ODataVersion) -> bool:
    yes, no = _YES_NO[version]
    text = given.get(_COUNTED[version], no)
    if text not in {yes, no}:
        raise QueryError(f"{_COUNTED[version]} is {yes} of {no}")
    return text == yes


def _whole(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < _LARGEST):
        raise QueryError(f"{name} is een geheel getal van 0 tot {_LARGEST}")
    return int(text)
