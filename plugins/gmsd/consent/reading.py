"""Reading a coordinator's form: what stands in it, or in plain Dutch what is wrong with it and how to mend it."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError
from gmsd.masking import mask_written_bsn, without_unseen

if TYPE_CHECKING:
    from gmsd.rounds import Place

MAX_BYTES = 64 * 1024
MAX_TEXT = 2_000
MAX_NAME = 200

# A spreadsheet takes a cell that begins so for a formula, and a semicolon begins a cell in Dutch; a dash with a blank is an enumeration.
_FORMULA = re.compile(r"(?:^|;)[\s'\"]*(?:[=@]|[+-](?!\s))")
# What a browser or a Markdown reader acts on; `leeftijd < 18` and `B&W;` are words.
_MARKUP = re.compile(r"<[a-z/!?]|&(?:#\w+|lt|gt|amp|quot|apos|nbsp);|!\[|\][(\[]|^\s*\[[^\]]*\]:", re.IGNORECASE | re.MULTILINE)
# Unassigned, half and private characters, steering signs, and those that turn the direction of a line.
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class FormContent:
    """What a well-formed form says; a withdrawal may give a `reason`, an explanation has a `text`."""

    name: str
    reason: str | None = None
    text: str | None = None

    def to_json(self) -> dict[str, str]:
        """What is kept of it."""
        return {key: value for key, value in (("name", self.name), ("reason", self.reason), ("text", self.text)) if value is not None}


class Malformed(GmsdError):
    """The form cannot be used; `problems` are Dutch sentences for the coordinator."""

    exit_status = 2

    def __init__(self, *problems: str) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems

    @property
    def told(self) -> str:
        """The problems, for who files the form; a log gets their number, as they may repeat what a person wrote."""
        return " ".join(self.problems)


def read_form(data: bytes, *, kind: str, place: Place) -> FormContent:
    """Read a form of the given kind (`withdrawal` or `explanation`) from the folder of a place.

    Signs that nobody sees are taken out of its texts. Only an explanation is public, so only there formulas and markup are refused: a
    withdrawal is not held up by what its reason looks like.

    Raises:
        Malformed: it is not JSON of the agreed form, speaks of another municipality or half-year than its folder, or holds text that
            may not be kept or printed.

    Source: assumed; the form that the mails to coordinators show.
    """
    content = _object(data)
    problems = _field(content, "half_year", place.half_year.upload_code, "het halfjaar")
    problems += _field(content, "municipality", place.municipality, "de gemeente")
    name, reason = _text(content, "name", problems), _text(content, "reason", problems)
    text = _text(content, "text", problems) if kind == "explanation" else None
    if name is None or not name.strip():
        problems.append("Het veld name is leeg of geen tekst. Vul uw naam in.")
    elif len(name.splitlines()) > 1 or "\t" in name:
        problems.append("Het veld name moet één regel zijn, zonder tabs.")
    elif len(name) > MAX_NAME:
        problems.append(_too_long("name", name, MAX_NAME))
    if reason is not None and len(reason) > MAX_TEXT:
        problems.append(_too_long("reason", reason, MAX_TEXT))
    if kind == "explanation":
        problems += _public(text)
    if problems or name is None:
        raise Malformed(*dict.fromkeys(problems))
    return FormContent(name.strip(), reason, text.strip() if text else None)


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise Malformed("Het formulier is te groot; het mag hooguit 64 kB zijn.")
    try:
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Malformed("Het formulier is geen geldig JSON-bestand in UTF-8.") from None
    if not isinstance(content, dict):
        raise Malformed("Het formulier moet één JSON-object zijn, tussen accolades.")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A field that is given twice says two things: which of them is meant, nobody can tell."""
    if len(dict(pairs)) < len(pairs):
        raise Malformed("In het formulier staat een veld twee keer. Laat elk veld één keer staan.")
    return dict(pairs)


def _no_number(name: str) -> float:
    """NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(name)


def _field(content: dict[str, Any], field: str, wanted: str, what: str) -> list[str]:
    given = content.get(field)
    if not isinstance(given, str):
        return [f"Het veld {field} ontbreekt. Vul {what} in: {wanted}."]
    if given.strip().casefold() != wanted.casefold():
        return [f"Het veld {field} noemt {what} niet dat bij deze map hoort. Vul in: {wanted}."]
    return []


def _text(content: dict[str, Any], field: str, problems: list[str]) -> str | None:
    """A field's text as it is kept, without signs that nobody sees; what may not be kept is added to the problems."""
    given = content.get(field)
    if given is None:
        return None
    if not isinstance(given, str):
        problems.append(f"Het veld {field} is leeg of geen tekst.")
        return None
    kept = without_unseen(given)
    if any(unicodedata.category(sign) in _NOT_TEXT and sign not in "\n\r\t" for sign in kept):
        problems.append(f"In het veld {field} staat een teken dat wij niet kunnen lezen of afdrukken. Typ de tekst over zonder dat teken.")
    if mask_written_bsn(kept) != kept:
        problems.append(
            f"In het veld {field} staat een getal van negen cijfers dat een BSN kan zijn. "
            "Haal het weg: persoonsgegevens mogen hier niet in."
        )
    return kept


def _public(text: str | None) -> list[str]:
    """What keeps an explanation from being printed with the figures."""
    if text is None or not text.strip():
        return ["Het veld text is leeg of geen tekst. Schrijf daar uw toelichting."]
    problems = []
    plain = unicodedata.normalize("NFKC", text)
    if len(text) > MAX_TEXT:
        problems.append(_too_long("text", text, MAX_TEXT))
    if any(_FORMULA.search(line) for line in plain.splitlines()):
        problems.append(
            "In het veld text begint een regel met een teken waarmee een rekenblad een formule begint (=, +, - of @). "
            "Zet er een woord voor, of een spatie achter het streepje van een opsomming."
        )
    if _MARKUP.search(plain):
        problems.append("In het veld text staat opmaak, zoals <b> of een [link](adres). Schrijf gewone tekst; een los webadres mag.")
    return problems


def _too_long(field: str, given: str, longest: int) -> str:
    return f"De tekst in het veld {field} is te lang: {len(given)} tekens, hooguit {longest} mag."
