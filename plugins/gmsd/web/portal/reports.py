"""Reports and own files: streamed through the portal to who signed in with a second factor, never by an address of the store."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import StreamingResponse

from gmsd.consent import PROOFS
from gmsd.deliveries import NoPlace
from gmsd.store import Gone
from gmsd.web.portal.forms import forms_of
from gmsd.web.portal.receipts import delivery_of
from gmsd.web.portal.uploads import place_of
from gmsd.web.portal.visiting import not_there
from gmsd.web.portal.work_list import WORDS, items_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from gmsd.deliveries import Delivery
    from gmsd.web.portal.visiting import Visit

log = logging.getLogger("gmsd.portal")

NAMES: Final = {
    "terugkoppeling.html": "Technische terugkoppeling",
    "terugkoppeling.xlsx": "Technische terugkoppeling, alle regels (Excel)",
    "terugkoppeling.json": "Technische terugkoppeling (JSON)",
    "terugkoppeling.validatie.json": "Validatierapport (JSON)",
    "op-orde.html": "Op-orderapport",
    "op-orde.xlsx": "Op-orderapport (Excel)",
    "op-orde.json": "Op-orderapport (JSON)",
}
"""What a report is called."""
PROOF_NAMES: Final = ("bewijs.html", "bewijs.json")
OWN: Final = "bestand"
_MEDIA: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A report has its style within it, and nothing else that runs or is fetched.
_OF_A_REPORT: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox allow-popups"


def show(visit: Visit) -> Response:
    """Every delivery of the rounds that run, with what there is of it."""
    deliveries = [(item, delivery) for item in items_of(visit) for delivery in item.deliveries]
    found = [(item, delivery, _there(visit, delivery)) for item, delivery in deliveries]
    return visit.page("reports", found=found, names=NAMES, words=WORDS, own=OWN)


def _there(visit: Visit, delivery: Delivery) -> list[str]:
    prefix = delivery.outbox_prefix
    there = {key.removeprefix(prefix) for key in visit.context.store.keys(visit.context.settings.bucket_outbox, prefix)}
    return [name for name in NAMES if name in there]


def fetch(visit: Visit) -> Response:
    """One report, or the file as it was delivered."""
    delivery, name = delivery_of(visit, visit.request.path_params["delivery_id"]), visit.request.path_params["name"]
    settings = visit.context.settings
    if name == OWN:
        bucket, key, shown, media = settings.bucket_deliveries, delivery.delivery_id, delivery.file_name, "application/octet-stream"
    elif name in NAMES:
        bucket, key, shown, media = settings.bucket_outbox, f"{delivery.outbox_prefix}{name}", name, _MEDIA[name.rpartition(".")[2]]
    else:
        raise not_there()
    return _streamed(visit, bucket, key, shown, media, of=delivery.delivery_id)


def fetch_proof(visit: Visit) -> Response:
    """The proof that what a place withdrew was deleted, as a page or JSON."""
    place, _ = place_of(visit)
    form_id, name = visit.request.path_params["form_id"], visit.request.path_params["name"]
    if name not in PROOF_NAMES or form_id not in {each.form_id for each in forms_of(visit, place) if each.is_proved}:
        raise not_there()
    return _streamed(
        visit, visit.context.settings.bucket_outbox, f"{PROOFS}{form_id}/{name}", name, _MEDIA[name.rpartition(".")[2]], of=form_id
    )


def _streamed(visit: Visit, bucket: str, key: str, shown: str, media: str, *, of: str) -> Response:
    name = key.rpartition("/")[2]
    try:
        size, pieces = visit.context.store.reading(bucket, key)
    except (Gone, NoPlace):
        raise not_there() from None
    log.info("fetched: %s of %s", name, of)
    how = "inline" if name.endswith(".html") else "attachment"
    headers = {"content-length": str(size), "content-disposition": f"{how}; filename*=UTF-8''{quote(shown)}"}
    if name.endswith(".html"):
        headers["content-security-policy"] = _OF_A_REPORT
    return StreamingResponse(pieces, media_type=media, headers=headers)
