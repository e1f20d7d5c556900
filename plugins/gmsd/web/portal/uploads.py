"""Sending a file: passed on to the store in parts while it comes in, hashed on its way, and registered before the answer.

Nothing lies on disk, and of a file there are never more than two parts in memory. What the beginning shows to be wrong is refused before
anything is stored; what is cut off leaves nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

from anyio import CancelScope, CapacityLimiter
from anyio.to_thread import run_sync
from starlette.background import BackgroundTask

from gmsd.checking import check_beginning, half_year_in_name, others_at_first
from gmsd.database import statement, storable
from gmsd.deliveries import of_version
from gmsd.dutch import dutch_day, dutch_list
from gmsd.errors import GmsdError
from gmsd.intake import register_uploads
from gmsd.journal import send_queued
from gmsd.protocol import law_of, protocol_or_newest
from gmsd.reference import name
from gmsd.rounds import HalfYear, Place
from gmsd.store import LEAST_PART, get_store
from gmsd.web.portal.sessions import token_hash
from gmsd.web.portal.streaming import AROUND, BadFormError, FormStream
from gmsd.web.portal.visiting import NO_FILE, TurnedAway, draining, not_there, refuse_forged, turned_away, visit_of
from gmsd.web.portal.work_list import read_item

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from gmsd.deliveries import Delivery
    from gmsd.rounds import Round
    from gmsd.store import ArrivingObject, Stored
    from gmsd.web.portal.visiting import Visit
    from gmsd.web.portal.work_list import WorkItem

_LONGEST_NAME: Final = 200
_LONGEST_KEY: Final = 100
# Whoever sends more than this at once is not read to the end: the browser shows its own page then.
_DRAINED: Final = 2 * 2**30
# Threads that speak to the store and the database for uploads, apart from those that make pages.
_threads: Final = CapacityLimiter(12)


class OtherBytesError(GmsdError):
    """The store gave other bytes of an upload than were sent."""


@dataclass
class Queue:
    """What uploads of this process wait for: one form is taken once at a time, and one upload is registered at a time."""

    registering: asyncio.Lock = field(default_factory=asyncio.Lock)
    _forms: defaultdict[str, list[asyncio.Lock | int]] = field(default_factory=lambda: defaultdict(lambda: [asyncio.Lock(), 0]))

    @asynccontextmanager
    async def alone(self, form: str) -> AsyncIterator[None]:
        """Hold a form while its file is taken."""
        held = self._forms[form]
        held[1] += 1  # type: ignore[operator]
        try:
            async with held[0]:  # type: ignore[union-attr]
                yield
        finally:
            held[1] -= 1  # type: ignore[operator]
            if not held[1]:
                self._forms.pop(form, None)


def place_of(visit: Visit) -> tuple[Place, Round]:
    """The place of an address and the round that takes it now.

    Raises:
        TurnedAway: 404: there is none, or it is not the visitor's.
    """
    params = visit.request.path_params
    try:
        half_year = HalfYear.parse(params["code"])
    except ValueError:
        raise not_there() from None
    place = Place(params.get("law", "wmo"), half_year, params["municipality"])
    placing = visit.context.calendar.place(place, visit.now)
    if half_year.upload_code != params["code"] or placing.round is None:
        raise not_there()
    visit.refuse_other(place)
    return place, placing.round


def item_to_upload(visit: Visit) -> WorkItem:
    """The place that a file is sent for.

    Raises:
        TurnedAway: 404 as in `place_of`; 409 outside the window, or when no upload would count any more.
    """
    place, of = place_of(visit)
    with visit.context.engine.connect() as connection:
        item = read_item(connection, place, of, visit.now)
    if item.may_upload:
        return item
    if visit.now < of.opens_at:
        raise TurnedAway(409, "U kunt nog niet leveren", f"U kunt dit halfjaar leveren vanaf {dutch_day(of.window_first)}.")
    if item.attempts_left:
        words = f"U kon dit halfjaar leveren tot en met {dutch_day(item.last)}. Neem contact met ons op als u alsnog wilt leveren."
        raise TurnedAway(409, "De levertijd is voorbij", words)
    raise TurnedAway(409, "Alle pogingen zijn gebruikt", "U heeft in deze ronde 21 keer een bestand gestuurd. Neem contact met ons op.")


def show(visit: Visit) -> Response:
    """The form."""
    return _asked(visit, 200, {})


def _asked(visit: Visit, status: int, wrong: dict[str, str]) -> Response:
    item, most = item_to_upload(visit), visit.context.settings.max_file_bytes
    return visit.page("upload", status, item=item, key=secrets.token_hex(16), most=most, wrong=wrong)


async def receive(request: Request) -> Response:
    """Take a file: 303 to its receipt, or 4xx with a page that says why nothing was stored."""
    visit = await run_sync(visit_of, request)
    turned_away(visit, "session")
    settings = visit.context.settings
    stream = FormStream(request, limit=_DRAINED, idle_seconds=settings.portal_upload_idle_seconds)
    async with draining(stream):
        if int(request.headers.get("content-length") or 0) > settings.max_file_bytes + AROUND:
            _refuse_size(visit)
        return await _form(visit, stream)


def _refuse_size(visit: Visit) -> NoReturn:
    most = visit.context.settings.max_file_bytes >> 20
    raise TurnedAway(413, "Dit bestand is te groot", f"Een bestand mag hoogstens {most} MB zijn. Er is niets opgeslagen.")


async def _form(visit: Visit, stream: FormStream) -> Response:
    fields: dict[str, str] = {}
    while (part := await stream.next_part()) is not None:
        if part.name != "bestand" or part.file_name is None:
            fields[part.name] = await stream.text()
            continue
        refuse_forged(visit, fields.get("csrf", ""))
        item = await run_sync(item_to_upload, visit)
        key = fields.get("sleutel", "")
        file_name = part.file_name.replace("\\", "/").rpartition("/")[2].strip()
        if not 0 < len(key) <= _LONGEST_KEY:
            raise BadFormError("De sleutel van het formulier ontbreekt.")
        if not file_name:
            await stream.drain()
            break
        form_hash = token_hash(f"{visit.who.coordinator_id}|{item.place.id}|{key}")
        queue: Queue = visit.request.app.state.queue
        async with queue.alone(form_hash):
            known = await run_sync(_known, visit, form_hash, limiter=_threads)
            if known:
                await stream.drain()
                return visit.to(f"/ontvangst/{known}")
            return await _take(visit, item, stream, file_name, form_hash, queue)
    refuse_forged(visit, fields.get("csrf", ""))
    return await run_sync(_asked, visit, 422, {"bestand": NO_FILE})


def _again(item: WorkItem) -> tuple[str, str]:
    return f"/levering/{item.address}", "Terug naar het formulier"


def _known(visit: Visit, form_hash: str) -> str | None:
    known = {"coordinator_id": visit.who.coordinator_id, "form_hash": form_hash}
    with visit.context.engine.connect() as connection:
        found: str | None = connection.scalar(statement("web/upload_of_form"), known)
    return found


@dataclass
class _Passing:
    """A file on its way through."""

    arriving: ArrivingObject
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0
    lines: int = 0
    ends_open: bool = False

    def seen(self, part: bytes) -> bytes:
        """Count a part."""
        self.digest.update(part)
        self.size += len(part)
        self.lines += part.count(b"\n")
        self.ends_open = not part.endswith(b"\n") if part else self.ends_open
        return part

    def add(self, part: bytes) -> None:
        """Count and write a part."""
        self.arriving.add(self.seen(part))

    def finish(self, part: bytes) -> Stored:
        """Count and write the last part, and let the object be there."""
        self.seen(part)
        self.lines += self.ends_open
        return self.arriving.finish(part)


async def _take(visit: Visit, item: WorkItem, stream: FormStream, file_name: str, form_hash: str, queue: Queue) -> Response:
    settings = visit.context.settings
    key = f"{item.place.folder}/{file_name}"
    store = get_store(settings, "portal")
    passing = _Passing(store.arriving(settings.bucket_inbox, key, content_type="text/csv", acl="bucket-owner-full-control"))
    part, looked = bytearray(), False
    try:
        async for piece in stream.pieces():
            part += piece
            if len(part) < LEAST_PART:
                continue
            if passing.size + len(part) > settings.max_file_bytes:
                _refuse_size(visit)
            whole, part = bytes(part), bytearray()
            if not looked:
                await run_sync(_refuse_beginning, visit, item, file_name, whole, False, limiter=_threads)
                looked = True
            await run_sync(passing.add, whole, limiter=_threads)
            del whole
        await stream.finish()
        if passing.size + len(part) > settings.max_file_bytes:
            _refuse_size(visit)
        if not looked:
            await run_sync(_refuse_beginning, visit, item, file_name, bytes(part), True, limiter=_threads)
        stored = await run_sync(passing.finish, bytes(part), limiter=_threads)
    except BaseException:
        with CancelScope(shield=True):
            await run_sync(passing.arriving.abort, limiter=_threads)
        raise
    delivery = None
    async with queue.registering:
        delivery = await run_sync(_registered, visit, stored, passing, form_hash, limiter=_threads)
    mails = BackgroundTask(send_queued, visit.context)
    if delivery is None:
        page = await run_sync(lambda: visit.page("waiting", 202, item=item, passing=passing, sha256=passing.digest.hexdigest()))
        page.background = mails
        return page
    answer = visit.to(f"/ontvangst/{delivery.delivery_id}")
    answer.background = mails
    return answer


def _registered(visit: Visit, stored: Stored, passing: _Passing, form_hash: str) -> Delivery | None:
    """Register an upload as intake does, and note which form it came by; None when it has to wait for the next intake."""
    context = visit.context
    delivery = _find(visit, stored)
    if delivery is None:  # else an upload before this one, or intake, took it along
        register_uploads(context)
        delivery = _find(visit, stored)
    if delivery is None:
        return None
    if delivery.sha256 not in (None, passing.digest.hexdigest()):
        raise OtherBytesError(f"delivery {delivery.delivery_id} has other bytes in the store than were sent")
    values = {"coordinator_id": visit.who.coordinator_id, "form_hash": form_hash, "delivery_id": delivery.delivery_id}
    with context.engine.begin() as connection:
        connection.execute(statement("web/note_upload"), {**values, "lines": passing.lines, "at": visit.now})
    return delivery


def _find(visit: Visit, stored: Stored) -> Delivery | None:
    bucket, store = visit.context.settings.bucket_inbox, visit.context.store
    names = [stored.version_id] if stored.version_id else []
    if not names:  # a store that tells no version of what it just took: the newest of these bytes
        found = [each for each in store.versions(bucket, stored.key) if each.key == stored.key and each.etag == stored.etag]
        names = [each.identity for each in sorted(found, key=lambda each: each.last_modified, reverse=True)[:1]]
    with visit.context.engine.connect() as connection:
        return next((one for each in names if (one := of_version(connection, bucket, storable(stored.key), each))), None)


# --- what the beginning of a file shows -----------------------------------------------------------------------------------------------


def _refuse_beginning(visit: Visit, item: WorkItem, file_name: str, beginning: bytes, whole: bool) -> None:
    """Refuse a file that could only be rejected, before anything of it is stored.

    Raises:
        TurnedAway: 422.
    """
    place = item.place
    if len(file_name) > _LONGEST_NAME:
        raise TurnedAway(422, "De naam van het bestand is te lang", f"Gebruik hoogstens {_LONGEST_NAME} tekens.", back=_again(item))
    rules = protocol_or_newest(place.half_year, place.law)
    found = check_beginning(beginning, whole=whole, file_name=file_name, place=place, received_on=visit.today)
    codes = {finding.rule for finding in found}
    stays = "Er is niets opgeslagen, en dit telt niet als poging."
    other = half_year_in_name(file_name, law_of(place.law))
    if other is not None and other != place.half_year:
        raise TurnedAway(
            422,
            "Dit bestand is van een ander halfjaar",
            f"Volgens de naam gaat het bestand over {other.upload_code} (het {other.dutch}). U koos {place.half_year.upload_code}.",
            "Kies het bestand van dit halfjaar, of ga naar uw werklijst en kies daar het andere halfjaar.",
            stays,
            back=_again(item),
        )
    titles = {
        "empty": "Dit bestand is leeg",
        "no_records": "Dit bestand is nog niet ingevuld",
        "undecodable": "Dit is geen csv-bestand",
        "columns_missing": "Dit is niet het bestand van deze uitvraag",
    }
    if found:
        title = next(
            (words for check, words in titles.items() if rules.rule_of(check).code in codes), "Dit bestand kunnen wij niet aannemen"
        )
        sentences = [f"{finding.message} {finding.repair}" for finding in found]
        raise TurnedAway(422, title, *dict.fromkeys(sentences), stays, back=_again(item))
    others = others_at_first(beginning, place)
    if others:
        named = dutch_list([f"{code} ({name(code)})" for code in others[:3]])
        raise TurnedAway(
            422,
            "Dit bestand is van een andere gemeente",
            f"In de eerste regels staat gemeentecode {named}. U levert voor {place.municipality} ({name(place.municipality)}).",
            "Kies het bestand van deze gemeente, of ga naar uw werklijst en kies daar de andere gemeente.",
            stays,
            back=_again(item),
        )
