"""Filing a form on behalf of a coordinator: it goes into the inbox like any other, and intake deals with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from gmsd.consent.reading import read_form
from gmsd.deliveries import FORM_FOLDER

if TYPE_CHECKING:
    from gmsd.deliveries import Context
    from gmsd.rounds import HalfYear

_FILES = {"withdrawal": "intrekking.json", "explanation": "toelichting.json"}


def file_form(
    context: Context,
    kind: Literal["withdrawal", "explanation"],
    *,
    half_year: HalfYear,
    municipality: str,
    name: str,
    reason: str | None = None,
    text: str | None = None,
) -> str:
    """Put a form into the inbox; returns its key.

    Raises:
        Malformed: it would be refused as malformed.
    """
    code = half_year.upload_code
    content: dict[str, str | None] = {"half_year": code, "municipality": municipality, "name": name, "reason": reason}
    if kind == "explanation":
        content["text"] = text
    data = json.dumps(content, ensure_ascii=False, indent=1).encode()
    read_form(data, kind=kind, upload_code=code, municipality=municipality)
    key = f"{code}/{municipality}/{FORM_FOLDER}/{_FILES[kind]}"
    context.store.put(context.settings.bucket_inbox, key, data, content_type="application/json")
    return key
