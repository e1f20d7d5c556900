"""The query options of a request: each is honoured or refused, on every path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from gmsd.odata.literals import QueryError

if TYPE_CHECKING:
    from collections.abc import Collection

FORMAT: Final = "$format"
LIST: Final = frozenset((FORMAT, "$filter", "$select", "$orderby", "$top", "$skip", "$inlinecount"))
COUNT: Final = frozenset((FORMAT, "$filter", "$top", "$skip"))
ENTITY: Final = frozenset((FORMAT, "$select"))
DOCUMENT: Final = frozenset((FORMAT,))
_REASONS: Final = {
    "$expand": "deze dienst kent geen verwijzingen tussen sets",
    "$skiptoken": "deze dienst geeft geen $skiptoken uit; volg odata.nextLink of gebruik $skip",
}
_LARGEST: Final = 2**31
_MOST: Final = 50


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


def read_options(query: bytes, allowed: Collection[str]) -> Options:
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
    given: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("$"):
            _known(name, allowed)
            if name in given:
                raise QueryError(f"{name} staat er twee keer")
            if not value.strip():
                raise QueryError(f"{name} is leeg")
            if "\x00" in value:
                raise QueryError(f"{name} heeft een teken dat niet kan")
            given[name] = value
        elif (meant := f"${name.strip().lower()}") in LIST - {FORMAT} | _REASONS.keys():
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
        count=_counted(given.get("$inlinecount")),
        format=given.get(FORMAT),
    )


def _known(name: str, allowed: Collection[str]) -> None:
    if name in allowed:
        return
    if name in _REASONS:
        raise QueryError(f"{name}: {_REASONS[name]}")
    listed = ", ".join(sorted(allowed))
    if name in LIST:
        raise QueryError(f"{name} kan hier niet; hier kan {listed}")
    raise QueryError(f"de optie {name[:40]} is niet bekend; hier kan {listed}")


def _names(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise QueryError("$select: tussen twee komma's staat geen veld")
    return tuple(dict.fromkeys(names))


def _counted(text: str | None) -> bool:
    if text not in {None, "none", "allpages"}:
        raise QueryError("$inlinecount is allpages of none")
    return text == "allpages"


def _whole(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < _LARGEST):
        raise QueryError(f"{name} is een geheel getal van 0 tot {_LARGEST}")
    return int(text)
