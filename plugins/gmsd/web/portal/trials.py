"""The trial check: the pipeline's own check on a file that is not delivered. Nothing is stored, and no attempt is used.

A whole file is needed in memory for it, and much more while it is judged: it is done in a process beside this one, one file at a time.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync
from markupsafe import Markup

from gmsd.clock import AMSTERDAM
from gmsd.errors import GmsdError
from gmsd.feedback import FeedbackContext, feedback_part
from gmsd.reference import name
from gmsd.web.portal.streaming import AROUND, FormStream, TooLargeError
from gmsd.web.portal.uploads import place_of
from gmsd.web.portal.visiting import NO_FILE, draining, refuse_forged, turned_away, visit_of
from gmsd.web.portal.work_list import read_item

if TYPE_CHECKING:
    import datetime as dt

    from starlette.requests import Request
    from starlette.responses import Response

    from gmsd.rounds import Place, Round
    from gmsd.web.portal.visiting import Visit

log = logging.getLogger("gmsd.portal")


class TrialFailedError(GmsdError):
    """The process that checks a file broke down."""


@dataclass
class Trials:
    """The process that checks, started with the first file."""

    _pool: ProcessPoolExecutor | None = field(default=None, repr=False)
    _starting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self, data: bytes, file_name: str, place: Place, now: dt.datetime) -> dict[str, Any]:
        """The result of the check, as JSON gives it.

        Raises:
            TrialFailedError: the process broke down, such as for want of memory; the next file gets a new one.
        """
        with self._starting:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_portal, max_tasks_per_child=20
                )
            pool = self._pool
        try:
            return pool.submit(_check, data, file_name, place, now.astimezone(AMSTERDAM).date()).result()
        except OSError as error:  # BrokenProcessPool is none, and is told below
            raise TrialFailedError("the process that checks could not be spoken to") from error
        except RuntimeError as error:
            with self._starting:
                self._pool = None if self._pool is pool else self._pool
            raise TrialFailedError("the process that checks broke down") from error

    def close(self) -> None:
        """End the process; a check that still runs in it is waited for."""
        with self._starting:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _end_with_portal() -> None:
    """In the process beside: end when the portal is gone, also one that could not say so."""
    portal = multiprocessing.parent_process()
    assert portal is not None

    def wait() -> None:
        portal.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _check(data: bytes, file_name: str, place: Place, today: dt.date) -> dict[str, Any]:
    """In the process beside."""
    from gmsd.checking import check_file

    result = check_file(
        data, file_name=file_name, municipality=place.municipality, half_year=place.half_year, received_on=today, law_id=place.law
    )
    return result.to_json()


def show(visit: Visit) -> Response:
    """The form."""
    return _asked(visit, 200, {})


def _asked(visit: Visit, status: int, wrong: dict[str, str]) -> Response:
    place, of = place_of(visit)
    most = visit.context.settings.portal_trial_bytes
    return visit.page("trial", status, place=place, round=of, key=secrets.token_hex(16), most=most, wrong=wrong)


async def receive(request: Request) -> Response:
    """Check a file and show what the check says; nothing of it is kept."""
    visit = await run_sync(visit_of, request)
    turned_away(visit, "session")
    settings = visit.context.settings
    stream = FormStream(request, limit=settings.max_file_bytes + AROUND, idle_seconds=settings.portal_upload_idle_seconds)
    async with draining(stream):
        file_name, data = await _file(visit, stream)
        place, of = await run_sync(place_of, visit)
    if not file_name:
        return await run_sync(_asked, visit, 422, {"bestand": NO_FILE})
    result = await run_sync(request.app.state.trials.check, data, file_name, place, visit.now)
    return await run_sync(_told, visit, place, of, result)


async def _file(visit: Visit, stream: FormStream) -> tuple[str, bytes]:
    fields: dict[str, str] = {}
    most, file_name, data = visit.context.settings.portal_trial_bytes, "", bytearray()
    while (part := await stream.next_part()) is not None:
        if part.name != "bestand" or part.file_name is None:
            fields[part.name] = await stream.text()
            continue
        refuse_forged(visit, fields.get("csrf", ""))
        file_name = part.file_name.replace("\\", "/").rpartition("/")[2].strip()
        async for piece in stream.pieces():
            data += piece
            if len(data) > most:
                data.clear()
                raise TooLargeError("more was sent than is checked here")
    refuse_forged(visit, fields.get("csrf", ""))
    return file_name, bytes(data)


def _told(visit: Visit, place: Place, of: Round, result: dict[str, Any]) -> Response:
    context = FeedbackContext(visit.now, municipality_name=name(place.municipality), rules_url=visit.context.settings.rules_url)
    part = Markup(feedback_part(result, context))  # noqa: S704  a page of ours, rendered with escaping
    with visit.context.engine.connect() as connection:
        may_upload = read_item(connection, place, of, visit.now).may_upload
    return visit.page("trial_result", place=place, part=part, may_upload=may_upload)
