"""The page where a second person answers whether a release may be published, and the list of such questions."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.releases import Question
    from gmsd.settings import Settings

ANSWERS = {"approve": "approved", "refuse": "refused"}


class Refused(GmsdError):
    """An answer that was not taken; the message says why, `status` is that of the response."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def newest(settings: Settings, release_id: str) -> Question | None:
    """The question about a release that counts; None when nobody asked."""
    from gmsd.database import connect
    from gmsd.releases import questions

    with connect(settings, "loader").connect() as connection:
        return next(iter(questions(connection, release_id=release_id)), None)


def words(settings: Settings, asked: Question) -> list[dict[str, str | None]]:
    """What municipalities wrote, as it would be printed; read where it stands, and kept with no question."""
    from gmsd.database import connect
    from gmsd.releases import explanations_now, words_of
    from gmsd.rounds import HalfYear

    with connect(settings, "loader").connect() as connection:
        return words_of(asked, explanations_now(connection, asked.law, HalfYear.parse(asked.round)))


def every(settings: Settings) -> list[Question]:
    """All questions, newest first."""
    from gmsd.database import connect
    from gmsd.releases import questions

    with connect(settings, "loader").connect() as connection:
        return questions(connection)


def token(secret: str, user: str, question: int) -> str:
    """Proof that a form was made for this user and this question: a page elsewhere cannot make one."""
    return hmac.new(secret.encode(), f"gmsd-approval|{question}|{user}".encode(), hashlib.sha256).hexdigest()


def take(settings: Settings, release_id: str, form: Mapping[str, str], *, user: str, hindrance: str, secret: str) -> Question:
    """Take the answer that a signed-in user gave.

    Args:
        settings: Of the api-server, which alone has the approver's address.
        release_id: Of the page.
        form: `question`, `answer` (approve or refuse), `reason` and `csrf`.
        user: The account that is signed in, as the server knows it.
        hindrance: Why that account cannot answer; empty when it can.
        secret: Of the server, for `token`.

    Raises:
        Refused: it does not count, and why; an attempt by who may not answer stands in the audit trail.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import AnsweredError, ApprovalError, SamePersonError, answer, denied

    number = int(form["question"]) if form.get("question", "").isdecimal() and len(form["question"]) < 9 else -1
    if not hmac.compare_digest(form.get("csrf", "").encode(), token(secret, user, number).encode()):
        raise Refused(403, "this form was not made for you, or not by this server: load the page again")
    if form.get("answer") not in ANSWERS:
        raise Refused(400, "answer with approve or refuse")
    asked = newest(settings, release_id)
    if asked is None or asked.question != number:
        raise Refused(409, "another question stands by now: load the page again")
    if not settings.database_approver.get_secret_value():
        raise Refused(503, "this server has no right to write answers down: set GMSD_DATABASE_APPROVER for it")
    engine, at = connect(settings, "approver"), get_clock(settings).now()
    verb: Any = ANSWERS[form["answer"]]
    try:
        if not hindrance:
            with engine.begin() as connection:
                return answer(connection, number, verb, answered_by=user, reason=form.get("reason", ""), at=at)
    except SamePersonError as error:
        hindrance = str(error)
    except AnsweredError as error:
        raise Refused(409, str(error)) from None
    except ApprovalError as error:
        raise Refused(404, str(error)) from None
    with engine.begin() as connection:
        denied(connection, release_id, by=user, why=hindrance, at=at)
    raise Refused(403, hindrance)


def render(
    asked: Question, explanations: Sequence[Mapping[str, str | None]], *, user: str, hindrance: str, csrf: str, problem: str = ""
) -> str:
    """The page about one release.

    Args:
        asked: The question that counts.
        explanations: What municipalities wrote, of `words`.
        user: The account that is signed in.
        hindrance: Why that account cannot answer; empty when it can.
        csrf: The form's token.
        problem: Why an answer was not taken just now.
    """
    from gmsd.rendering import render_page_of
    from gmsd.tables import all_targets

    return render_page_of(
        "gmsd_airflow",
        "approval",
        asked=asked,
        preview=asked.preview,
        targets=all_targets(),
        explanations=explanations,
        user=user,
        hindrance=hindrance,
        csrf=csrf,
        problem=problem,
    )


def render_list(found: Sequence[Question]) -> str:
    """The list of questions."""
    from gmsd.rendering import render_page_of

    return render_page_of("gmsd_airflow", "approvals", questions=found)
