"""An approval is a fact in the warehouse, and the warehouse itself refuses what goes around it: by hand, with every role's own rights."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.journal import audit, verify_chain
from gmsd.releases import (
    APPROVED,
    REFUSED,
    AnsweredError,
    ApprovalError,
    NotApprovedError,
    Question,
    SamePersonError,
    answer,
    approval_of,
    ask,
    publish,
    questions,
    take_back,
)

if TYPE_CHECKING:
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore

AT = dt.datetime(2019, 12, 2, 9, tzinfo=AMSTERDAM)
RELEASE = "INSERT INTO release (release_id, number, law, round, state, created_at, half_years)"
PREVIEW = {"release_id": "r0001", "law": "wmo", "tables": [], "round": "2019-H1", "fingerprint": "f1"}


def asked(settings: Settings, *, by: str = "engineer", run: str = "r0001", **preview: str) -> Question:
    with connect(settings, "publisher").begin() as connection:
        return ask(connection, PREVIEW | preview, run_id=run, asked_by=by, at=AT)


def answered(settings: Settings, question: Question, how: Any = APPROVED, *, by: str = "approver", reason: str = "") -> Question:
    with connect(settings, "approver").begin() as connection:
        return answer(connection, question.question, how, answered_by=by, reason=reason, at=AT)


def proposed(settings: Settings, release: str = "r0001", fingerprint: str = "f1", *, is_attacked: bool = True) -> None:
    """A release as a build leaves it, without files."""
    with connect(settings, "publisher").begin() as connection:
        values = {
            "r": release,
            "n": int(release[1:]),
            "f": fingerprint,
            "at": AT,
            "d": json.dumps({"id": release, "created": "x", "files": {}}),
        }
        connection.execute(
            text(
                "INSERT INTO release (release_id, number, law, round, state, created_at, half_years, document, account_sha256, fingerprint)"
                " VALUES (:r, :n, 'wmo', '2019-H1', 'proposed', :at, '[]', :d, 'a', :f)"
            ),
            values,
        )
        told(connection, release, "built", "proposed")
    if is_attacked:
        attacked(settings, release, fingerprint)


def attacked(settings: Settings, release: str = "r0001", fingerprint: str = "f1", *, lets_out: bool = True) -> None:
    """What the attack leaves when it found nothing."""
    columns = "release_id, fingerprint, law, attacked_at, cells, disclosed, repaired, lets_out, seconds, report"
    with connect(settings, "publisher").begin() as connection:
        connection.execute(
            text(f"INSERT INTO attack_report ({columns}) VALUES (:r, :f, 'wmo', :at, 1, :d, 0, :out, 1, '{{}}')"),
            {"r": release, "f": fingerprint, "at": AT, "d": int(not lets_out), "out": lets_out},
        )


def told(connection: Any, release: str, event: str, to: str | None) -> None:
    from gmsd.journal import Entry, audit_many

    audit_many(connection, [Entry(release, event, AT, "hand", to_state=to)])


def by_hand(settings: Settings, role: str, statement: str, *, tell: str | None = None, release: str = "r0001", **values: Any) -> None:
    with connect(settings, role).begin() as connection:
        connection.execute(text(statement), values)
        if tell:
            told(connection, release, "by hand", tell)


@pytest.fixture
def empty(settings: Settings) -> Settings:
    """No question, no answer, no release; emptied as only the owner can, who takes the triggers away first."""
    with connect(settings, "owner").begin() as connection:
        tables = ("release_cell", "release_figure", "repair", "attack_report", "release", "release_answer", "release_question", "audit")
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(f"TRUNCATE {', '.join(tables)}"))
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    return settings


def state_of(settings: Settings, release: str = "r0001") -> str | None:
    with connect(settings, "publisher").connect() as connection:
        return connection.scalar(text("SELECT state FROM release WHERE release_id = :r"), {"r": release})


# By the library -------------------------------------------------------------------------------------------------------


def test_nothing_is_published_that_nobody_else_approved(empty, store: ObjectStore):
    proposed(empty)
    engine = connect(empty, "publisher")
    with pytest.raises(NotApprovedError, match="nobody asked"):
        publish(engine, store, empty, "r0001", AT)
    question = asked(empty)
    with pytest.raises(NotApprovedError, match="has not been answered"):
        publish(engine, store, empty, "r0001", AT)
    answered(empty, question, REFUSED)
    with pytest.raises(NotApprovedError, match="refused by approver"):
        publish(engine, store, empty, "r0001", AT)
    assert state_of(empty) == "proposed"
    assert list(store.keys(empty.bucket_publication)) == []


@pytest.mark.parametrize("by", ["engineer", "Engineer", "ENGINEER"])
def test_who_asked_cannot_answer(empty, by):
    question = asked(empty)
    with pytest.raises(SamePersonError):
        answered(empty, question, by=by)
    with pytest.raises(SamePersonError):
        answered(empty, question, REFUSED, by=by)


def test_one_answer_to_a_question_for_good(empty):
    question = asked(empty)
    answered(empty, question, REFUSED)
    with pytest.raises(AnsweredError):
        answered(empty, question)
    with pytest.raises(ApprovalError), connect(empty, "approver").begin() as connection:
        answer(connection, 99, APPROVED, answered_by="approver", reason="", at=AT)


def test_asking_the_same_again_is_one_question_and_after_a_refusal_another(empty):
    first = asked(empty)
    assert asked(empty) == first
    answered(empty, first)
    assert asked(empty).question == first.question, "a preview that is run again keeps its answer"
    other = asked(empty, run="another run")
    assert other.question == first.question + 1
    answered(empty, other, REFUSED)
    assert asked(empty, run="another run").question == other.question + 1


def test_an_answer_counts_for_one_release_and_for_what_it_said(empty, store: ObjectStore):
    proposed(empty, "r0001", "f1")
    answered(empty, asked(empty, release_id="r0002", fingerprint="f1"))
    answered(empty, asked(empty, fingerprint="f0"))
    with connect(empty, "publisher").connect() as connection:
        with pytest.raises(NotApprovedError, match="something else"):
            approval_of(connection, "r0001", "f1")
        assert approval_of(connection, "r0002", "f1").answered_by == "approver"
    with pytest.raises(NotApprovedError, match="something else"):
        publish(connect(empty, "publisher"), store, empty, "r0001", AT)


def test_an_earlier_approval_does_not_count_when_something_else_was_asked_since(empty, store: ObjectStore):
    proposed(empty)
    answered(empty, asked(empty))
    later = asked(empty, fingerprint="f2")
    with pytest.raises(NotApprovedError):
        publish(connect(empty, "publisher"), store, empty, "r0001", AT)
    answered(empty, later, REFUSED)
    with pytest.raises(NotApprovedError, match="refused"):
        publish(connect(empty, "publisher"), store, empty, "r0001", AT)


def test_an_answer_to_a_question_that_gave_way_is_refused(empty):
    older = asked(empty)
    asked(empty, fingerprint="f2")
    with pytest.raises(AnsweredError, match="newer"):
        answered(empty, older)


def test_everything_about_a_release_stands_in_the_trail(empty):
    question = asked(empty)
    answered(empty, question, reason="looks right")
    proposed(empty)
    with connect(empty, "publisher").begin() as connection:
        take_back(connection, "r0001", AT)
        rows = connection.execute(text("SELECT event, actor, details FROM audit WHERE subject = 'r0001' ORDER BY sequence")).all()
        assert verify_chain(connection).whole
    assert [(row.event, row.actor) for row in rows] == [
        ("asked", "engineer"),
        ("approved", "approver"),
        ("built", "hand"),
        ("taken back", "publication"),
    ]
    assert rows[1].details["fingerprint"] == "f1"
    assert "looks right" not in json.dumps([dict(row.details) for row in rows])


# By hand --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["publisher", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET state = 'published', published_at = now() WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'building' WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'building', approval = 1 WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'building', approval = 2 WHERE release_id = 'r0001'",
        "UPDATE release SET approval = 2 WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'building', approval = 3, fingerprint = 'f3' WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'building', approval = 4 WHERE release_id = 'r0001'",
    ],
)
def test_no_connection_lets_a_release_out_without_its_approval(empty, role, statement):
    proposed(empty)
    answered(empty, asked(empty), REFUSED)
    answered(empty, asked(empty, release_id="r0002"))
    answered(empty, asked(empty, fingerprint="f3"))
    asked(empty, fingerprint="f1", run="open")
    with pytest.raises(DBAPIError, match=r"has not been approved|does not let|cannot become|never changes|foreign key"):
        by_hand(empty, role, statement, tell="building")
    assert state_of(empty) == "proposed"


def test_an_approval_is_used_once_and_stays_with_its_release(empty):
    proposed(empty)
    answered(empty, asked(empty))
    by_hand(empty, "publisher", "UPDATE release SET state = 'building', approval = 1 WHERE release_id = 'r0001'", tell="building")
    for statement in (
        "UPDATE release SET approval = NULL WHERE release_id = 'r0001'",
        "UPDATE release SET fingerprint = 'f9' WHERE release_id = 'r0001'",
        "UPDATE release SET state = 'proposed' WHERE release_id = 'r0001'",
        "DELETE FROM release",
    ):
        for role in ("publisher", "owner"):
            with pytest.raises(DBAPIError, match=r"never changes|cannot become|never deleted|permission denied"):
                by_hand(empty, role, statement)
    proposed(empty, "r0002", "f1")
    with pytest.raises(DBAPIError, match=r"does not let release r0002 out"):
        by_hand(empty, "publisher", "UPDATE release SET state = 'building', approval = 1 WHERE release_id = 'r0002'", tell="building")


@pytest.mark.parametrize("role", ["publisher", "owner"])
@pytest.mark.parametrize("found", ["nothing was attacked", "another plan was", "it tells counts"])
def test_an_approved_release_is_not_let_out_before_it_passed_the_attack(empty, store: ObjectStore, role, found):
    proposed(empty, is_attacked=False)
    answered(empty, asked(empty))
    if found != "nothing was attacked":
        attacked(empty, fingerprint="f2" if found == "another plan was" else "f1", lets_out=found == "another plan was")
    with pytest.raises(DBAPIError, match="has not passed the attack"):
        by_hand(empty, role, "UPDATE release SET state = 'building', approval = 1 WHERE release_id = 'r0001'", tell="building")
    with pytest.raises(DBAPIError, match="has not passed the attack"):
        publish(connect(empty, "publisher"), store, empty, "r0001", AT)
    assert state_of(empty) == "proposed"


@pytest.mark.parametrize("role", ["loader", "publisher", "owner", "reader"])
def test_nobody_but_the_approver_answers(empty, role):
    asked(empty)
    with pytest.raises(DBAPIError, match=r"only gmsd_approver answers|permission denied"):
        by_hand(empty, role, "INSERT INTO release_answer VALUES (1, 'approved', 'approver', now(), '')", tell=None)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("approver", "INSERT INTO release_question VALUES (9, 'r0001', 'f1', '2019-H1', 'x', 'somebody', now(), '{}', 'wmo')"),
        ("approver", "UPDATE release SET state = 'building'"),
        ("approver", "SELECT * FROM figure"),
        ("approver", "SELECT * FROM delivery"),
        ("approver", "SELECT * FROM release_cell"),
        ("approver", "INSERT INTO release_answer VALUES (1, 'approved', 'engineer', now(), '')"),
        ("approver", "INSERT INTO release_answer VALUES (1, 'approved', ' ENGINEER', now(), '')"),
        ("approver", "INSERT INTO release_answer VALUES (1, 'maybe', 'approver', now(), '')"),
        ("approver", "INSERT INTO release_answer VALUES (8, 'approved', 'approver', now(), '')"),
        ("loader", "INSERT INTO release_question VALUES (9, 'r0001', 'f1', '2019-H1', 'x', 'somebody', now(), '{}', 'wmo')"),
        ("owner", "UPDATE release_question SET asked_by = 'other'"),
        ("owner", "DELETE FROM release_question"),
        ("owner", "TRUNCATE release_question CASCADE"),
        ("owner", "UPDATE release_answer SET answer = 'approved'"),
        ("owner", "DELETE FROM release_answer"),
        ("owner", "TRUNCATE release_answer CASCADE"),
        ("approver", "UPDATE release_answer SET answer = 'approved'"),
        ("approver", "DELETE FROM audit"),
    ],
)
def test_each_role_has_one_side(empty, role, statement):
    answered(empty, asked(empty, release_id="r0009"), REFUSED)
    with connect(empty, "publisher").begin() as connection:
        found = questions(connection)
    asked(empty)
    with pytest.raises(DBAPIError, match=r"permission denied|never change|cannot answer|violates|only gmsd_approver"):
        by_hand(empty, role, statement.replace("(1,", "(2,"))
    with connect(empty, "publisher").begin() as connection:
        assert questions(connection)[1:] == found


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("publisher", "INSERT INTO release_question VALUES (9, 'r0003', 'f1', '2019-H1', 'x', 'somebody', now(), '{}', 'wmo')"),
        ("approver", "INSERT INTO release_answer VALUES (1, 'approved', 'approver', now(), '')"),
        ("publisher", "UPDATE release SET state = 'refused' WHERE release_id = 'r0001'"),
        (
            "publisher",
            f"{RELEASE} VALUES ('r5', 5, 'wmo', 'x', 'proposed', now(), '[]')",
        ),
    ],
)
def test_what_the_trail_has_no_row_about_is_not_done(empty, role, statement):
    proposed(empty)
    asked(empty)
    with pytest.raises(DBAPIError, match="the audit trail has no row"):
        by_hand(empty, role, statement)


def test_a_table_of_the_same_name_that_a_session_makes_itself_changes_nothing(empty):
    """A publisher may make temporary tables, which PostgreSQL looks at first."""
    proposed(empty)
    with connect(empty, "publisher").connect() as connection:
        connection.execute(
            text("CREATE TEMPORARY TABLE release_question AS SELECT 1 AS question, 'r0001' AS release_id, 'f1' AS fingerprint")
        )
        connection.execute(text("CREATE TEMPORARY TABLE release_answer AS SELECT 1 AS question, 'approved' AS answer"))
        audit(connection, "r0001", "x", at=AT, actor="hand")
        with pytest.raises(DBAPIError, match=r"does not let|foreign key"):
            connection.execute(text("UPDATE release SET state = 'building', approval = 1 WHERE release_id = 'r0001'"))


def test_what_was_published_before_answers_were_kept_stays_and_can_be_recalled(empty):
    with connect(empty, "owner").begin() as connection:
        connection.execute(text("ALTER TABLE release DISABLE TRIGGER USER"))
        connection.execute(
            text(
                f"{RELEASE} SELECT 'r000' || n, n, 'wmo', '2019-H1', s, :at, '[]'"
                " FROM (VALUES (1, 'published'), (2, 'building')) AS old (n, s)"
            ),
            {"at": AT},
        )
        connection.execute(text("ALTER TABLE release ENABLE TRIGGER USER"))
    by_hand(empty, "publisher", "UPDATE release SET state = 'recalled' WHERE release_id = 'r0001'", tell="recalled")
    assert state_of(empty) == "recalled"
    with pytest.raises(DBAPIError, match="has not been approved"):
        by_hand(empty, "publisher", "UPDATE release SET state = 'published' WHERE release_id = 'r0002'", tell="published", release="r0002")
