"""The words of `$filter` and `$orderby`: names, signs, and literals with the value that they stand for."""

from __future__ import annotations

import datetime as dt
import math
import re
import struct
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from gmsd.clock import AMSTERDAM
from gmsd.errors import GmsdError
from gmsd.odata.version import ODataVersion

LONGEST = 20_000
"""Characters of an expression: a list of all 410 regions of the table, written as `RegioS eq '...' or ...`, takes 11,000."""
_DIGITS = 29  # of a decimal, by the specification

_STRING = r"(?P<string>'(?:[^']|'')*')"
_NUMBER = r"(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_NAMES = r"(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?P<sign>[(),\-])"
_WORDS = {
    ODataVersion.V3: rf"(?P<typed>(?:datetimeoffset|datetime|time|guid|binary|X)'[^']*')|{_STRING}|{_NUMBER}[LlMmDdFf]?(?![\w.]))|{_NAMES}",
    ODataVersion.V4: rf"(?P<moment>\d{{4}}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+ -]\d\d:\d\d)?)?)|{_STRING}|{_NUMBER}(?![\w.]))|{_NAMES}",
}
_TOKEN = {version: re.compile(rf"\s*(?:{words})") for version, words in _WORDS.items()}
_OLDER = re.compile(r"\s*(?:(?:datetime(?:offset)?|time|guid|binary|X)'|\d[\d.]*[LlMmDdFf]\b)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)(Z|[+ -]\d\d:\d\d)?)?", re.ASCII)
_EXAMPLES = {
    "datetime": "datetime'2020-05-04T09:00:00'",
    "datetimeoffset": "datetimeoffset'2020-05-04T09:00:00+02:00'",
    "": "2020-05-04 of 2020-05-04T09:00:00+02:00",
}
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)

Constant = str | int | float | Decimal | bool | dt.datetime | dt.timedelta | UUID | bytes | None


class QueryError(GmsdError, ValueError):
    """A query option that cannot be understood; the message is Dutch and may be shown to the asker."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression.

    Attributes:
        kind: `word`, `sign`, `end`, or for a literal the kind of its value: `text`, `int`, `decimal`, `double`, `datetime`, `offset`,
            `time`, `guid`, `binary`.
        text: As it stands in the expression.
        value: What a literal stands for.
    """

    kind: str
    text: str
    value: Constant = None


def tokens(option: str, text: str, version: ODataVersion) -> list[Token]:
    """The tokens of an expression, `end` being the last.

    Version 4 writes literals without a prefix or suffix: `2020-05-04T09:00:00+02:00`, `12.5`.

    Raises:
        QueryError: when the text is too long or a piece of it cannot be read; `option` is named in the message.
    """
    if len(text) > LONGEST:
        raise QueryError(f"{option}: langer dan {LONGEST} tekens; vraag in delen, of kies met $select en $top")
    found = []
    rest = text.rstrip()
    position = 0
    while position < len(rest):
        match = _TOKEN[version].match(rest, position)
        older = version is ODataVersion.V4 and _OLDER.match(rest, position)
        if match is None or match.lastgroup is None or older:
            hint = "; in versie 4 staan waarden zonder datetime'...' of L, M, D, F: 2020-05-04T09:00:00+02:00, 12.5" if older else ""
            raise QueryError(f"{option}: niet te lezen vanaf: {rest[position : position + 30].strip()}{hint}")
        found.append(_token(option, match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return [*found, Token("end", "het einde")]


def _token(option: str, group: str, text: str) -> Token:
    try:
        if group == "string":
            return Token("text", text, text[1:-1].replace("''", "'"))
        if group == "number":
            return number(text)
        if group == "typed":
            return _typed(text)
        if group == "moment":
            return _moment("", text, text)
    except (ValueError, OverflowError, struct.error) as error:
        said = f" ({error})" if isinstance(error, QueryError) else ""
        raise QueryError(f"{option}: geen geldige waarde: {text[:60]}{said}") from None
    return Token(group, text)


def number(text: str) -> Token:
    """A number: `12`, `12L`, `12.5M`, `12.5`, `12.5d`, `12.5f`, `1e3`; without a suffix a fraction is a double."""
    suffix = text[-1].lower()
    body = text[:-1] if suffix in "lmdf" else text
    if suffix == "m":
        if len(body.replace(".", "").lstrip("0")) > _DIGITS or "e" in body.lower():
            raise QueryError(f"een decimaal getal heeft ten hoogste {_DIGITS} cijfers en geen exponent")
        return Token("decimal", text, Decimal(body))
    if suffix in "df" or not body.isdigit():
        if suffix == "l":
            raise QueryError("een geheel getal heeft geen decimalen")
        value = float(body)
        if not math.isfinite(value):
            raise QueryError("het getal is te groot")
        return Token("double", text, struct.unpack("f", struct.pack("f", value))[0] if suffix == "f" else value)
    if int(body) >= 2**63:
        raise QueryError("een geheel getal is kleiner dan 9223372036854775808")
    return Token("int", text, int(body))


def _typed(text: str) -> Token:
    prefix, _, body = text[:-1].partition("'")
    if prefix == "guid":
        if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", body):
            raise QueryError("geschreven als guid'12345678-aaaa-bbbb-cccc-ddddeeeeffff'")
        return Token("guid", text, UUID(body))
    if prefix in {"binary", "X"}:
        return Token("binary", text, bytes.fromhex("".join(body.split())))
    if prefix == "time":
        found = _DURATION.fullmatch(body)
        if found is None or body.endswith(("P", "T")):
            raise QueryError("geschreven als time'PT13H20M'")
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
        value = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return Token("time", text, -value if found[1] else value)
    return _moment(prefix, text, body)


def _moment(prefix: str, text: str, body: str) -> Token:
    """A date and time; one without an offset is local time in the Netherlands, as CBS writes it. Version 4 has no prefix."""
    found = _MOMENT.fullmatch(body)
    needed = prefix == "datetimeoffset" or (not prefix and found is not None and found[2] is not None)
    if found is None or (needed and found[3] is None):
        raise QueryError(f"geschreven als {_EXAMPLES[prefix]}")
    day, clock, offset = found.groups()
    # An offset's + that was not written as %2B in the address arrives as a blank.
    value = dt.datetime.fromisoformat(f"{day}T{_microseconds(clock or '00:00')}{(offset or '').replace(' ', '+')}")
    if value.tzinfo is None:
        return Token("datetime", text, value)
    value.astimezone(AMSTERDAM)  # overflows at the calendar's two ends, which is an invalid literal too
    return Token("offset", text, value)


def _microseconds(clock: str) -> str:
    """Python reads three or six digits; the specification allows one to seven."""
    whole, point, fraction = clock.partition(".")
    return f"{whole}.{fraction[:6]:0<6}" if point else whole
