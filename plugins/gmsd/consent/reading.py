"""Reading a coordinator's form: what stands in it, or in plain Dutch what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gmsd.masking import mask_bsn

MAX_BYTES = 64 * 1024
MAX_TEXT = 2_000
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Form:
    """What a well-formed form says; a withdrawal may give a `reason`, an explanation has a `text`."""

    name: str
    reason: str | None = None
    text: str | None = None

    def to_json(self) -> dict[str, str]:
        """What is kept of it."""
        return {key: value for key, value in (("name", self.name), ("reason", self.reason), ("text", self.text)) if value is not None}


class Malformed(Exception):
    """The form cannot be used; `problems` are Dutch sentences for the coordinator."""

    def __init__(self, *problems: str) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def read_form(data: bytes, *, kind: str, upload_code: str, municipality: str) -> Form:
    """Read a form of the given kind (`withdrawal` or `explanation`) from the folder of a municipality and half-year.

    Raises:
        Malformed: it is not JSON of the agreed form, or speaks of another municipality or half-year than its folder.

    Source: assumed; the form that the mails to coordinators show.
    """
    content = _object(data)
    problems = [
        *_place(content, "half_year", upload_code, "het halfjaar"),
        *_place(content, "municipality", municipality, "de gemeente"),
        *_text(content, "name", MAX_NAME, required=True),
        *_text(content, "reason", MAX_TEXT, required=False),
    ]
    if kind == "explanation":
        problems += _text(content, "text", MAX_TEXT, required=True)
    if problems:
        raise Malformed(*problems)
    text = content["text"].strip() if kind == "explanation" else None
    return Form(content["name"].strip(), content.get("reason"), text)


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise Malformed("Het formulier is te groot; het mag hooguit 64 kB zijn.")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Malformed("Het formulier is geen geldig JSON-bestand in UTF-8.") from None
    if not isinstance(content, dict):
        raise Malformed("Het formulier moet één JSON-object zijn, tussen accolades.")
    return content


def _place(content: dict[str, Any], field: str, wanted: str, what: str) -> list[str]:
    given = content.get(field)
    if not isinstance(given, str):
        return [f"Het veld {field} ontbreekt. Vul {what} in: {wanted}."]
    if given.strip().casefold() != wanted.casefold():
        return [f"Het veld {field} noemt {what} niet dat bij deze map hoort. Vul in: {wanted}."]
    return []


def _text(content: dict[str, Any], field: str, longest: int, *, required: bool) -> list[str]:
    given = content.get(field)
    if given is None and not required:
        return []
    if not isinstance(given, str) or (required and not given.strip()):
        return [f"Het veld {field} is leeg of geen tekst."]
    if len(given) > longest:
        return [f"De tekst in het veld {field} is te lang: {len(given)} tekens, hooguit {longest} mag."]
    if any(ord(character) < 32 and character not in "\n\r\t" for character in given):
        return [f"In het veld {field} staat een teken dat wij niet kunnen lezen."]
    if mask_bsn(given) != given:
        return [
            (
                f"In het veld {field} staat een getal van negen cijfers dat een BSN kan zijn. "
                "Haal het weg: persoonsgegevens mogen hier niet in."
            )
        ]
    return []
