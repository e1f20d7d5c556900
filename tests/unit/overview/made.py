"""Deliveries and rows of the overview for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gmsd.deliveries import Delivery
from gmsd.overview import MunicipalityRow, Remarks
from gmsd.reference import name
from gmsd.rounds import WMO, Place
from tests.unit import samples as s

_VERDICTS = {"rejected": "rejected", **dict.fromkeys(("accepted", "superseded", "approved", "loaded", "published"), "accepted")}


def delivery(state: str, code: str = "0518", number: int = 1, **changed: Any) -> Delivery:
    """An upload of round 2019-H2, received and checked on 4 March 2020."""
    place = Place(WMO, s.H2, code)
    checked = state in _VERDICTS
    made = Delivery(
        delivery_id=f"{place.id}.{number:02d}", place=place, upload_number=number, round=s.H2, bucket="inbox",
        object_key=f"{place.folder}/{s.FILE}", version_id=f"v{number}", file_name=s.FILE, sha256=s.SHA, size_bytes=1_482_310,
        received_at=s.moment(4), registered_at=s.moment(4), state=state, reason="", attempt=number, verdict=_VERDICTS.get(state),
        checked_at=s.moment(4) if checked else None, facultative_used=True if checked else None, deleted_at=None,
    )  # fmt: skip
    return replace(made, **changed)


def row(code: str = "0518", **changed: Any) -> MunicipalityRow:
    """A row: one accepted upload, unless something else is said."""
    accepted = delivery("accepted", code)
    values: dict[str, Any] = {
        "place": Place(WMO, s.H2, code), "name": name(code), "standing": accepted, "newest": accepted, "uploads": 1, "attempts": 1,
        "remarks": Remarks(100, 0, 0, 0, 0, has_op_orde=True), "kept": None, "participation": None, "withdrawal": None,
        "explanation": None, "deadline": None, "coordinator": f"wmo-{code}@gemeente.invalid", "mails_waiting": 0,
    }  # fmt: skip
    return MunicipalityRow(**values | changed)
