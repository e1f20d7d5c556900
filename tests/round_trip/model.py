"""What should have become of each upload, computed from what was sent when; nothing here asks the pipeline.

The facts are: when an upload was registered, whether it was checked, which forms were carried out, what an engineer granted. With the
clock of a demo the moment of registration is that of receipt.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from gmsd.rounds import Place, Round

COUNTED = 21
"""A delivery and twenty corrections (domain, section 5)."""


@dataclass
class Sent:
    """An upload.

    Attributes:
        place: What it is about.
        key: Where it lies in the inbox.
        data: Its bytes.
        good: Whether it will be accepted.
        number: Its number of its place; 0 as long as nobody registered it.
        at: When it was registered.
        state: What it should be now.
        attempt: Which counted upload it is; None when it is none.
    """

    place: Place
    key: str
    data: bytes = field(repr=False)
    good: bool
    number: int = 0
    at: dt.datetime | None = None
    state: str = ""
    attempt: int | None = None

    @property
    def delivery_id(self) -> str:
        """What it is called when it has been registered."""
        return f"{self.place.id}.{self.number:02d}"

    @property
    def name(self) -> str:
        """Its file name."""
        return self.key.rpartition("/")[2]

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def registered_at(self) -> dt.datetime:
        """When it was registered."""
        assert self.at is not None
        return self.at


@dataclass
class Model:
    """A round of some places.

    Attributes:
        of: The round.
        waiting: Uploads that nobody registered yet, in order.
        sent: Those that were, by place, in order.
        granted: Until which day a place may deliver.
    """

    of: Round
    waiting: list[Sent] = field(default_factory=list)
    sent: dict[Place, list[Sent]] = field(default_factory=dict)
    granted: dict[Place, dt.date] = field(default_factory=dict)

    def all_sent(self) -> Iterator[Sent]:
        """Every registered upload."""
        for found in self.sent.values():
            yield from found

    def is_open(self, place: Place, at: dt.datetime) -> bool:
        """Whether an upload of that moment would count."""
        until = self.granted.get(place)
        in_extension = until is not None and at >= self.of.window_ends_at and at.astimezone(AMSTERDAM).date() <= until
        return self.of.opens_at <= at < self.of.window_ends_at or in_extension

    def left(self, place: Place) -> int:
        """How many uploads of a place still count."""
        return max(0, COUNTED - sum(each.attempt is not None for each in self.sent.get(place, ())))

    def register(self, sent: Sent, at: dt.datetime) -> None:
        """An upload is registered."""
        before = self.sent.setdefault(sent.place, [])
        counted = [each for each in before if each.attempt is not None]
        sent.number, sent.at = len(before) + 1, at
        if not self.is_open(sent.place, at):
            sent.state = "early" if at < self.of.opens_at else "late"
        elif counted and self._is_repeat(sent, counted[-1], at):
            sent.state = "repeat"
        else:
            sent.attempt = max((each.attempt or 0 for each in counted), default=0) + 1
            sent.state = "received" if sent.attempt <= COUNTED else "over_limit"
        before.append(sent)

    def _is_repeat(self, sent: Sent, last: Sent, at: dt.datetime) -> bool:
        if (sent.sha256, sent.name) != (last.sha256, last.name) or last.state == "withdrawn":
            return False
        return not (last.state == "received" and at.astimezone(AMSTERDAM).date() > last.registered_at.astimezone(AMSTERDAM).date())

    def check(self, sent: Sent) -> None:
        """An upload has been checked."""
        if sent.state != "received":
            return
        sent.state = "accepted" if sent.good else "rejected"
        accepted = [each for each in self.sent[sent.place] if each.state in ("accepted", "superseded")]
        for each in accepted:
            each.state = "accepted" if each is accepted[-1] else "superseded"

    def let_in(self, sent: Sent) -> None:
        """An engineer lets a late upload in."""
        sent.state = "received"
        sent.attempt = max((each.attempt or 0 for each in self.sent[sent.place]), default=0) + 1

    def takes(self, place: Place, at: dt.datetime) -> list[Sent]:
        """What a withdrawal of that moment takes away."""
        return [each for each in self.sent.get(place, ()) if each.registered_at <= at and each.state != "withdrawn"]

    def withdraw(self, place: Place, at: dt.datetime) -> str:
        """A form of that moment is carried out; what becomes of it."""
        if at < self.of.opens_at:
            return "too_early"
        if at >= self.of.withdrawal_ends_at:
            return "too_late"
        found = self.takes(place, at)
        for each in found:
            each.state = "withdrawn"
        # one that came in after the form counts, or the one before it does again
        accepted = [each for each in self.sent.get(place, ()) if each.state in ("accepted", "superseded")]
        for each in accepted:
            each.state = "accepted" if each is accepted[-1] else "superseded"
        return "carried_out" if found else "nothing_to_withdraw"

    def counts(self, place: Place) -> str | None:
        """The delivery of a place that counts."""
        return next((each.delivery_id for each in reversed(self.sent.get(place, [])) if each.state == "accepted"), None)
