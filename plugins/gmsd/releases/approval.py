"""Four eyes: the question whether a release may be published, and the answer of another person. Both are facts in the warehouse.

Who asks and who answers have different rights in the database, which itself refuses an answer by who asked, a second answer, an answer to a
question that gave way to a newer one, and a release that no answer lets out (decision 23). What Airflow shows of it decides nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit
from gmsd.rounds import WMO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

Answer = Literal["approved", "refused"]
APPROVED: Answer = "approved"
REFUSED: Answer = "refused"
PIPELINE = "pipeline"
REASON_LENGTH = 500


class ApprovalError(GmsdError):
    """A question or an answer that does not count; the message says why."""


class NotApprovedError(ApprovalError):
    """Nobody else has approved what would be published."""


class SamePersonError(ApprovalError):
    """Who asked for a release cannot answer."""


class AnsweredError(ApprovalError):
    """The question has been answered, or gave way to a newer one."""


@dataclass(frozen=True, slots=True)
class Question:
    """May this be published?

    Attributes:
        question: Its number.
        release_id: Of the release to come.
        fingerprint: Stands for everything that it would say.
        law: The law whose tables it holds.
        round: The round whose close decides what counts.
        run_id: The run that asked.
        asked_by: Who started that run, `pipeline` when nobody did.
        asked_at: When.
        preview: What was shown to who answers; of what municipalities wrote only the hash, so that their words can be deleted.
        answer: approved, refused, or None while nobody has answered.
        answered_by: Who answered.
        answered_at: When.
        reason: Why, in the words of who answered.
        counts: No newer question about this release has been asked.
    """

    question: int
    release_id: str
    fingerprint: str
    law: str
    round: str
    run_id: str
    asked_by: str
    asked_at: dt.datetime
    preview: dict[str, Any]
    answer: Answer | None
    answered_by: str | None
    answered_at: dt.datetime | None
    reason: str | None
    counts: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody can answer it."""
        return self.counts and self.answer is None

    @property
    def approves(self) -> bool:
        """Whether the release may be let out on it, as long as it says the same."""
        return self.counts and self.answer == APPROVED

    @property
    def embargo(self) -> dt.datetime | None:
        """The moment from which on it may be public; None when it may be at once."""
        found = self.preview.get("embargo")
        return None if found is None else dt.datetime.fromisoformat(found)


def questions(
    connection: Connection, *, question: int | None = None, release_id: str | None = None, run_id: str | None = None
) -> list[Question]:
    """Questions with their answers, newest first; each filter that is None lets everything through."""
    found = connection.execute(statement("releases/questions"), {"question": question, "release_id": release_id, "run_id": run_id})
    return [Question(**{**row, "preview": _by_table(row["preview"])}) for row in found.mappings()]


def _by_table(preview: Mapping[str, Any]) -> dict[str, Any]:
    """A preview as it is now: one that was kept when a release had one table has its periods at the top, and never changes."""
    if "tables" in preview:
        return dict(preview)
    only = {"table": "83262NED", "title": "", "periods": preview["periods"], "gone_periods": preview["gone_periods"]}
    return {**preview, "law": WMO, "tables": [only]}


def ask(connection: Connection, preview: Mapping[str, Any], *, run_id: str, asked_by: str, at: dt.datetime) -> Question:
    """Ask that a planned release may be published. Asking the same again, as a task that is run twice does, changes nothing.

    Args:
        connection: With the publisher's rights, in a transaction.
        preview: Of the plan; names release, round and fingerprint.
        run_id: The run that asks.
        asked_by: Who started it, as the server recorded.
        at: The moment of the clock.
    """
    connection.execute(statement("releases/lock"))
    before = questions(connection, release_id=preview["release_id"])
    if before:
        last = before[0]
        same = (last.fingerprint, last.run_id, last.asked_by) == (preview["fingerprint"], run_id, asked_by)
        if same and last.answer != REFUSED:
            return last
    number = int(connection.scalar(statement("releases/next_question")) or 1)
    values = {
        "question": number,
        "release_id": preview["release_id"],
        "fingerprint": preview["fingerprint"],
        "law": preview["law"],
        "round": preview["round"],
        "run_id": run_id,
        "asked_by": asked_by,
        "asked_at": at,
        "preview": json.dumps(without_words(preview)),
    }
    connection.execute(statement("releases/ask"), values)
    details = {"question": number, "fingerprint": preview["fingerprint"], "round": preview["round"]}
    details |= {name: preview[name] for name in ("action", "half_year", "embargo") if preview.get(name)}
    audit(connection, preview["release_id"], "asked", at=at, actor=asked_by, details=details)
    return questions(connection, question=number)[0]


def without_words(preview: Mapping[str, Any]) -> dict[str, Any]:
    """A preview as it may be kept: of what municipalities wrote only the hash."""
    words = [
        {name: value for name, value in each.items() if name != "text"} | {"text_sha256": _hash(each["text"])}
        for each in preview.get("explanations", [])
    ]
    return {**preview, "explanations": words}


def words_of(question: Question, now: Iterable[Mapping[str, str]]) -> list[dict[str, str | None]]:
    """The explanations that a question is about, with the text that would be printed now; None: it is another by now, or gone."""
    texts = {(each["half_year"], each["municipality"]): each["text"] for each in now}
    found = []
    for each in question.preview["explanations"]:
        text = texts.get((each["half_year"], each["municipality"]))
        found.append({**each, "text": text if text is not None and _hash(text) == each["text_sha256"] else None})
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def answer(connection: Connection, question: int, answer: Answer, *, answered_by: str, reason: str, at: dt.datetime) -> Question:
    """Answer a question, for good.

    Args:
        connection: With the approver's rights, in a transaction.
        question: Its number.
        answer: approved or refused.
        answered_by: The account that is signed in where the answer is given; never what a form says.
        reason: In the approver's words; kept with the answer, and as a hash in the audit trail.
        at: The moment of the clock.

    Raises:
        ApprovalError: there is no such question.
        SamePersonError: that person asked.
        AnsweredError: it has been answered, or gave way to a newer one.
    """
    connection.execute(statement("releases/lock"))
    found = questions(connection, question=question)
    if not found:
        raise ApprovalError(f"there is no question {question}")
    asked = found[0]
    if asked.asked_by.lower() == answered_by.lower():
        raise SamePersonError(f"{answered_by} asked for {asked.release_id} and cannot answer: that takes another person")
    if asked.answer is not None:
        raise AnsweredError(f"{asked.release_id} was {asked.answer} by {asked.answered_by} already")
    if not asked.counts:
        raise AnsweredError(f"what {asked.release_id} would say has changed since: a newer question stands")
    words = reason.strip()[:REASON_LENGTH]
    values = {"question": question, "answer": answer, "answered_by": answered_by, "answered_at": at, "reason": words}
    connection.execute(statement("releases/answer"), values)
    details = {"question": question, "fingerprint": asked.fingerprint, "asked_by": asked.asked_by}
    details |= {"reason_sha256": _hash(words)} if words else {}
    audit(connection, asked.release_id, answer, at=at, actor=answered_by, details=details)
    return questions(connection, question=question)[0]


def denied(connection: Connection, release_id: str, *, by: str, why: str, at: dt.datetime) -> None:
    """Note in the audit trail that somebody who may not answer tried to."""
    audit(connection, release_id, "answer denied", at=at, actor=by, reason=why)


def approval_of(connection: Connection, release_id: str, fingerprint: str | None) -> Question:
    """The approval that lets a release out: of exactly this release, for exactly what it says, in answer to the last question about it.

    Raises:
        NotApprovedError: there is none; the message says what is there instead.
    """
    found = questions(connection, release_id=release_id)
    if not found:
        raise NotApprovedError(f"{release_id} has not been approved: nobody asked for it")
    last = found[0]
    if last.answer is None:
        raise NotApprovedError(f"{release_id} has not been approved: question {last.question} of {last.asked_by} has not been answered")
    if last.answer == REFUSED:
        raise NotApprovedError(f"{release_id} was refused by {last.answered_by}")
    if last.fingerprint != fingerprint:
        raise NotApprovedError(f"{release_id} says something else than what {last.answered_by} approved")
    return last
