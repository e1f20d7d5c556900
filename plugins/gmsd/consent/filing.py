"""Filing a form on behalf of a coordinator: it goes into the inbox like any other, and intake deals with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from gmsd.consent.reading import read_form
from gmsd.consent.timing import last_moment, timing_of
from gmsd.deliveries import FORM_FOLDER, is_closed
from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from gmsd.journal import Context
    from gmsd.rounds import Place
    from gmsd.store import ObjectStore

_FILES = {"withdrawal": "intrekking.json", "explanation": "toelichting.json"}


class NoRound(GmsdError):
    """No round of the calendar takes the half-year: there is nothing to withdraw or to explain."""

    exit_status = 2


class NotInTime(GmsdError):
    """The form would be refused as too early or too late."""


def file_form(
    context: Context,
    kind: Literal["withdrawal", "explanation"],
    *,
    place: Place,
    name: str,
    reason: str | None = None,
    text: str | None = None,
    through: ObjectStore | None = None,
) -> str:
    """Put a form into the inbox; returns its key. What intake would refuse is refused here, and nothing is put.

    Args:
        context: The doors.
        kind: What it is.
        place: What it is about.
        name: Who files it.
        reason: Of a withdrawal; may be left out.
        text: Of an explanation.
        through: The store as another user than that of the context, who may put into the inbox.

    Raises:
        Malformed: it would be refused as malformed.
        NoRound: no round takes the half-year.
        NotInTime: its round has not begun, or its last day is over, or the round has been closed.
    """
    content = form_to_file(kind, place=place, name=name, reason=reason, text=text)
    _refuse_out_of_time(context, kind, place)
    key = f"{place.folder}/{FORM_FOLDER}/{_FILES[kind]}"
    data = json.dumps(content, ensure_ascii=False, indent=1).encode()
    (through or context.store).put(
        context.settings.bucket_inbox, key, data, content_type="application/json", acl="bucket-owner-full-control"
    )
    return key


def form_to_file(
    kind: Literal["withdrawal", "explanation"], *, place: Place, name: str, reason: str | None, text: str | None = None
) -> dict[str, str | None]:
    """What a form will hold.

    Raises:
        Malformed: it would be refused as malformed.
    """
    content: dict[str, str | None] = {
        "half_year": place.half_year.upload_code,
        "municipality": place.municipality,
        "name": name,
        "reason": reason,
    }
    if kind == "explanation":
        content["text"] = text
    # escaped, so that what no file can hold (half a character of a terminal) is refused by the reader like anything else
    read_form(json.dumps(content).encode(), kind=kind, place=place)
    return content


def _refuse_out_of_time(context: Context, kind: str, place: Place) -> None:
    now, half_year = context.clock.now(), place.half_year
    timing = timing_of(context.calendar, kind, place, now)
    if timing.round is None:
        raise NoRound(f"no round of the calendar takes {half_year}; `gmsd rounds list` shows them")
    code = timing.round.id
    if timing.state == "too_early":
        raise NotInTime(f"not filed, too early: round {code}, which takes {half_year}, opens on {timing.round.window_first}")
    if timing.state == "too_late":
        raise NotInTime(
            f"not filed, too late: for {half_year} in round {code} it could be filed before {last_moment(timing.round, kind):%Y-%m-%d}"
        )
    with context.engine.connect() as connection:
        if is_closed(connection, place, timing.round.code):
            raise NotInTime(f"not filed, too late: round {code} has been closed for {half_year}")
