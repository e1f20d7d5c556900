"""Remarks of the op-orde report that are right: confirmed with a reason, which is offered as explanation afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.deliveries import WrongState
from gmsd.dutch import dutch_number
from gmsd.intake import LONGEST_REASON, NoConfirmation, confirm, to_confirm
from gmsd.web.portal.receipts import delivery_of
from gmsd.web.portal.visiting import TurnedAway

if TYPE_CHECKING:
    from starlette.responses import Response

    from gmsd.deliveries import Delivery
    from gmsd.web.portal.visiting import Visit


def show(visit: Visit) -> Response:
    """The remarks of a delivery, each with its reason or a form for it."""
    return _page(visit, delivery_of(visit, visit.request.path_params["delivery_id"]))


def keep(visit: Visit) -> Response:
    """Confirm one remark."""
    delivery = delivery_of(visit, visit.request.path_params["delivery_id"])
    code, reason = visit.form.get("code", ""), visit.form.get("reden", "").replace("\r\n", "\n")
    try:
        confirm(visit.context, delivery.delivery_id, code, reason, actor=visit.who.coordinator_id, report=False)
    except NoConfirmation:
        return _page(visit, delivery, 422, wrong_at=code)
    except WrongState:
        words = "Deze levering telt niet (meer) mee, of de ronde is gesloten. Kijk op uw werklijst hoe het staat."
        raise TurnedAway(409, "U kunt dit niet meer bevestigen", words) from None
    return _page(visit, delivery, kept=code)


def _page(visit: Visit, delivery: Delivery, status: int = 200, *, wrong_at: str | None = None, kept: str = "") -> Response:
    found = to_confirm(visit.context, delivery.delivery_id)
    wrong = {}
    if any(remark.code == wrong_at for remark in found.remarks):
        wrong[f"reden-{wrong_at}"] = f"Schrijf een reden van hoogstens {dutch_number(LONGEST_REASON)} tekens."
    elif wrong_at is not None:
        wrong[""] = "Deze opmerking staat niet (meer) in het rapport."
    return visit.page("remarks", status, delivery=delivery, found=found, wrong=wrong, kept=kept, most=LONGEST_REASON)
