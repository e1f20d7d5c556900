"""The history of a coordinator's places: what was sent when, how and by whom, what was found, what became of it; and a question."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement, storable
from gmsd.deliveries import check_result
from gmsd.masking import mask_bsn
from gmsd.registration import coordinators
from gmsd.web.portal.forms import FormOfPlace, forms_of
from gmsd.web.portal.receipts import delivery_of
from gmsd.web.portal.work_list import WORDS, items_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from gmsd.deliveries import Delivery
    from gmsd.rounds import Place, Round
    from gmsd.web.portal.visiting import Visit

LONGEST_REPLY = 1_000
SCORES = {"5": "heel makkelijk", "4": "makkelijk", "3": "gaat wel", "2": "moeilijk", "1": "heel moeilijk"}


@dataclass(frozen=True, slots=True)
class Passed:
    """A delivery in the history.

    Attributes:
        delivery: What came in.
        way: By which way: the portal, or another.
        who: An address of who sent it by the portal; '' for another way.
        counts: How often something was found, by level; None while it was not checked, or when it was deleted.
    """

    delivery: Delivery
    way: str
    who: str
    counts: dict[str, int] | None


def show(visit: Visit) -> Response:
    """The history of the rounds that run."""
    found: list[tuple[Place, Round, list[Passed], list[FormOfPlace]]] = []
    with visit.context.engine.connect() as connection:
        known = coordinators(connection)
    for item in items_of(visit):
        with visit.context.engine.connect() as connection:
            rows = connection.execute(statement("web/uploads_of"), {"ids": [each.delivery_id for each in item.deliveries]})
            senders = {row.delivery_id: row.coordinator_id for row in rows}
            passed = []
            for delivery in item.deliveries:
                checked = check_result(connection, delivery.delivery_id)
                sender = senders.get(delivery.delivery_id)
                way, who = ("portaal", known[sender].addresses[0]) if sender else ("bestandsoverdracht", "")
                passed.append(Passed(delivery, way, who, None if checked is None else _counts(checked[0]["findings"])))
        found.append((item.place, item.round, passed, forms_of(visit, item.place)))
    return visit.page("history", found=found, words=WORDS)


def _counts(findings: list[dict[str, object]]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for finding in findings:
        counted[str(finding["level"])] += int(str(finding["count"]))
    return dict(counted)


def show_reply(visit: Visit) -> Response:
    """The question how easy it was, about one delivery."""
    delivery = delivery_of(visit, visit.request.path_params["delivery_id"])
    return visit.page("reply", delivery=delivery, scores=SCORES, most=LONGEST_REPLY, wrong={})


def keep_reply(visit: Visit) -> Response:
    """Keep the answer."""
    delivery = delivery_of(visit, visit.request.path_params["delivery_id"])
    score, words = visit.form.get("oordeel", ""), visit.form.get("woorden", "")[:LONGEST_REPLY]
    if score not in SCORES:
        wrong = {"oordeel": "Kies een van de antwoorden."}
        return visit.page("reply", 422, delivery=delivery, scores=SCORES, most=LONGEST_REPLY, wrong=wrong)
    with visit.context.engine.begin() as connection:
        values = {"delivery_id": delivery.delivery_id, "score": int(score), "words": mask_bsn(storable(words.strip())), "at": visit.now}
        connection.execute(statement("web/keep_reply"), values)
    return visit.page("reply_kept")
