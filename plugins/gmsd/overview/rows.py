"""One row of the overview: where a municipality stands with a half-year in a round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import CORRECTIONS_ALLOWED
from gmsd.letters import WORKING_DAYS_TO_VERDICT
from gmsd.rounds import add_working_days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from gmsd.deliveries import Delivery
    from gmsd.rounds import Place, Round

NOT_DELIVERED = "not_delivered"
COUNTS = frozenset({"accepted", "approved", "loaded", "published"})
WORKING_DAYS_TO_OP_ORDE = 2


@dataclass(frozen=True, slots=True)
class Remarks:
    """What a check remarked: how often, by level, and how many rows it saw."""

    records: int
    file_faults: int
    base_faults: int
    facultative_faults: int
    notices: int
    has_op_orde: bool
    reported_at: dt.datetime | None = None  # when the op-orde report was made and its mail queued

    @property
    def faults(self) -> int:
        """Everything but notices."""
        return self.file_faults + self.base_faults + self.facultative_faults


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is to happen next, by which day it is due, and how many days late it is (0: not late).

    Attributes:
        what: `delivery` (the municipality's), `verdict` or `op-orde` (ours).
        due: The last day in time.
        days_late: Calendar days after `due`, until today or until it was done.
        done: The day on which it was done; None while it is not.
    """

    what: str
    due: dt.date
    days_late: int
    done: dt.date | None = None


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """One municipality.

    Attributes:
        place: Law, half-year and municipality.
        name: Of the municipality.
        standing: The upload of this round that counts; else the newest one; None when there is none.
        newest: The newest upload of this round.
        uploads: How many there were.
        attempts: How many of them counted: the first, and at most twenty corrections.
        remarks: What the check of `standing` remarked; None when it was not checked, or its result is gone.
        kept: The delivery of an earlier round that still counts, when none of this round does.
        participation: What the close laid down; None before it.
        withdrawal: The state of its newest withdrawal form (intrekking).
        explanation: The state of its newest explanation form (toelichting).
        deadline: What is due; None when nothing is.
        coordinator: Addresses that are mailed.
        mails_waiting: Mails to it that are not sent yet.
        registered: Whether somebody is registered for it; else the address is that which its code makes.
    """

    place: Place
    name: str
    standing: Delivery | None
    newest: Delivery | None
    uploads: int
    attempts: int
    remarks: Remarks | None
    kept: Delivery | None
    participation: str | None
    withdrawal: str | None
    explanation: str | None
    deadline: Deadline | None
    coordinator: str
    mails_waiting: int
    registered: bool = True

    @property
    def state(self) -> str:
        """The state of the upload it stands with, `not_delivered` when there is none."""
        return self.standing.state if self.standing else NOT_DELIVERED

    @property
    def verdict(self) -> str | None:
        """The verdict of that upload."""
        return self.standing.verdict if self.standing else None

    @property
    def done(self) -> tuple[Deadline, ...]:
        """What we promised of the upload it stands with and have done: the verdict, the op-orde report; when, and how late."""
        found = []
        if self.standing is not None and self.standing.checked_at is not None and not self.standing.from_archive:
            checked = _day(self.standing.checked_at)
            found.append(_done("verdict", _day(self.standing.received_at), WORKING_DAYS_TO_VERDICT, checked))
            if self.remarks is not None and self.remarks.reported_at is not None:
                found.append(_done("op-orde", checked, WORKING_DAYS_TO_OP_ORDE, _day(self.remarks.reported_at)))
        return tuple(found)

    @property
    def corrections(self) -> int:
        """How many of the twenty corrections are used."""
        return min(CORRECTIONS_ALLOWED, max(0, self.attempts - 1))

    @property
    def days_late(self) -> int:
        """How late it is; 0 when it is not."""
        return self.deadline.days_late if self.deadline else 0


def standing_of(states: Mapping[str, str], order: Sequence[str]) -> str | None:
    """Which upload a municipality stands with: the newest that counts, else the newest; None when there is none.

    Args:
        states: Id -> state of its uploads.
        order: Their ids, oldest first.
    """
    counting = [each for each in order if states[each] in COUNTS]
    return next(reversed(counting or list(order)), None)


def deadline_of(known: Round, standing: Delivery | None, remarks: Remarks | None, now: dt.datetime) -> Deadline | None:
    """What is due next of a municipality in a round.

    A file that waits for its verdict is due within three working days of its receipt, the op-orde report within two of the verdict, and a
    delivery that counts by the end of the window. After the close nothing gets any later.
    """
    today = min(now.astimezone(AMSTERDAM).date(), known.close)
    if standing is not None and standing.state == "received":
        due = add_working_days(_day(standing.received_at), WORKING_DAYS_TO_VERDICT)
        return _deadline("verdict", due, today)
    if standing is not None and standing.state in COUNTS:
        if standing.state != "accepted" or standing.checked_at is None or (remarks is not None and remarks.has_op_orde):
            return None
        return _deadline("op-orde", add_working_days(_day(standing.checked_at), WORKING_DAYS_TO_OP_ORDE), today)
    if standing is not None and standing.state in ("withdrawn", "superseded"):
        return None
    done = _day(standing.received_at) if standing is not None and standing.state == "late" else today
    return _deadline("delivery", known.window_last, min(done, today))


def _done(what: str, since: dt.date, days: int, done: dt.date) -> Deadline:
    due = add_working_days(since, days)
    return Deadline(what, due, max(0, (done - due).days), done)


def _deadline(what: str, due: dt.date, until: dt.date) -> Deadline:
    return Deadline(what, due, max(0, (until - due).days))


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(AMSTERDAM).date()
