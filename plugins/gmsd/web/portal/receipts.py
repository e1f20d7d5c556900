"""The receipt of a delivery: what proves that it came in as it was, and the page on which anybody with the file can see that."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync

from gmsd.database import statement
from gmsd.deliveries import UPLOADS_ALLOWED, UnknownDelivery, check_result, extended, get, progress_of
from gmsd.journal import head_of_trail, trail
from gmsd.web.portal.streaming import AROUND, FormStream
from gmsd.web.portal.visiting import NO_FILE, draining, not_there, refuse_forged, visit_of
from gmsd.web.portal.work_list import WORDS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gmsd.deliveries import Delivery
    from gmsd.web.portal.visiting import Visit


_DIGEST = re.compile("[0-9a-f]{64}")
_NO_DIGEST = {
    "sha256": "Dit is geen SHA-256. Dat zijn 64 tekens: cijfers en de letters a tot en met f.",
    "keten": "Dit is geen kenmerk van een regel. Dat zijn 64 tekens: cijfers en de letters a tot en met f.",
}


def delivery_of(visit: Visit, delivery_id: str) -> Delivery:
    """A delivery of the visitor.

    Raises:
        TurnedAway: 404: there is none, or it is another's; with a personal link also one of another round.
    """
    with visit.context.engine.connect() as connection:
        try:
            found = get(connection, delivery_id)
        except UnknownDelivery:
            raise not_there() from None
    if found.place is None or (visit.who.link and found.round != visit.who.link.round):
        raise not_there()
    visit.refuse_other(found.place.whole)
    return found


def show(visit: Visit) -> Response:
    """The receipt."""
    delivery = delivery_of(visit, visit.request.path_params["delivery_id"])
    place, code = delivery.placed
    with visit.context.engine.connect() as connection:
        rows = list(trail(connection, delivery.delivery_id))
        lines = connection.scalar(statement("web/lines_of_upload"), {"delivery_id": delivery.delivery_id})
        checked = check_result(connection, delivery.delivery_id)
        progress = progress_of(connection, place, code)
        head = head_of_trail(connection)
        until = extended(connection).get((place.whole, code))
    of = visit.context.calendar.round(code, place.law)
    return visit.page(
        "receipt",
        delivery=delivery,
        words=WORDS[delivery.state],
        round=of,
        last=until or of.window_last,
        lines=lines if lines is not None else checked and checked[0]["records"] + 1,
        left=max(0, UPLOADS_ALLOWED - progress.counted),
        allowed=UPLOADS_ALLOWED,
        row=next((row for row in rows if row["event"] == "registered"), None),
        head=head,
    )


def prove(visit: Visit) -> Response:
    """The form of the page that recomputes."""
    return visit.page("prove", asked={}, outcome=None, wrong={})


async def recompute(request: Request) -> Response:
    """The hash and size of a file that is sent, as it streams by; nothing of it is kept."""
    settings = request.app.state.portal.context.settings
    visit = await run_sync(visit_of, request)
    stream = FormStream(request, limit=settings.max_file_bytes + AROUND, idle_seconds=settings.portal_upload_idle_seconds)
    async with draining(stream):
        asked, outcome = await _hashed(visit, stream)
    return await run_sync(_told, visit, asked, outcome)


async def _hashed(visit: Visit, stream: FormStream) -> tuple[dict[str, str], dict[str, object]]:
    asked: dict[str, str] = {}
    digest, size, lines, last = hashlib.sha256(), 0, 0, b"\n"
    while (part := await stream.next_part()) is not None:
        if part.name != "bestand" or part.file_name is None:
            asked[part.name] = "".join((await stream.text()).split()).lower()
            continue
        refuse_forged(visit, asked.get("csrf", ""))
        async for piece in stream.pieces():
            digest.update(piece)
            size, lines, last = size + len(piece), lines + piece.count(b"\n"), piece[-1:] or last
    refuse_forged(visit, asked.get("csrf", ""))
    return asked, {"sha256": digest.hexdigest(), "size": size, "lines": lines + (last != b"\n")}


def _told(visit: Visit, asked: dict[str, str], outcome: dict[str, object]) -> Response:
    asked = {name: value for name in ("sha256", "keten") if (value := asked.get(name, ""))}
    wrong = {name: words for name, words in _NO_DIGEST.items() if not _DIGEST.fullmatch(asked.get(name, "0" * 64))}
    if not outcome["size"]:
        wrong["bestand"] = NO_FILE
    if wrong:
        wrong.setdefault("bestand", "Kies het bestand opnieuw: een browser onthoudt dat niet.")
        return visit.page("prove", 422, asked=asked, outcome=None, wrong=wrong)
    row = None
    if "keten" in asked:
        with visit.context.engine.connect() as connection:
            row = connection.execute(statement("web/row_with_hash"), {"hash": asked["keten"]}).first()
    return visit.page("prove", asked=asked, outcome=outcome, row=row, wrong={})
