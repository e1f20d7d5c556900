"""The audit trail from outside: `gmsd audit`, its hashes recomputed from what it prints, and the anchors that tell a cut-off end."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from gmsd.clock import AMSTERDAM
from gmsd.journal import anchor, anchors, audit, head_of_trail, verify_trail
from gmsd_airflow.runs import AuditBrokenError, verify_audit
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gmsd.journal import Context

AT = dt.datetime(2019, 12, 2, 9, 30, tzinfo=AMSTERDAM)
FIELDS = ["sequence", "at", "subject", "event", "from_state", "to_state", "reason", "actor", "details", "previous_hash", "hash"]


def happen(context: Context, *subjects: str) -> None:
    with context.engine.begin() as connection:
        for subject in subjects:
            audit(connection, subject, "tried", at=AT, actor="tester", reason="één reden", details={"b": 1, "a": ["é"]})


@pytest.fixture(scope="module")
def history(context: Context) -> Context:
    happen(context, "r0001", "round 2019-H1", "r0001")
    anchor(context.engine, context.store, context.settings, at=AT, occasion="test")
    happen(context, "r0002", "r0002", "r0002")
    return context


@pytest.fixture
def by_hand(history: Context) -> Iterator[psycopg.Connection]:
    """The owner, who took the trigger away; what was done is put back."""
    address = history.settings.database_owner.get_secret_value().replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT * FROM audit")
        connection.execute("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
        yield connection
        connection.execute("DELETE FROM audit")
        connection.execute("INSERT INTO audit SELECT * FROM kept")
        connection.execute("DROP TABLE kept")
        connection.execute("ALTER TABLE audit ENABLE TRIGGER audit_append_only")


def verified(gmsd: Callable[..., Any], *options: str) -> tuple[int, dict[str, Any]]:
    done = gmsd("audit", "verify", "--json", *options)
    return done.returncode, json.loads(done.stdout)


def published_recipe() -> Callable[[dict[str, Any]], str]:
    """The snippet in docs/audit.md, as somebody outside would run it."""
    text = (PROJECT / "docs" / "audit.md").read_text(encoding="utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(found[1], names)
    return names["row_hash"]


def test_rows_have_the_promised_fields_and_their_hashes_follow_from_the_page_that_says_how(history, gmsd):
    rows = json.loads(gmsd("audit", "show", "--json").stdout)
    assert [row["sequence"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert all(list(row) == FIELDS for row in rows)
    row_hash, previous = published_recipe(), "0" * 64
    for row in rows:
        assert row["previous_hash"] == previous
        assert row_hash(row) == row["hash"]
        previous = row["hash"]
    plain = [[row[name] for name in FIELDS[:-1]] for row in rows]
    texts = [json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for each in plain]
    assert [hashlib.sha256(each.encode()).hexdigest() for each in texts] == [row["hash"] for row in rows], "plain Python, without our page"


def test_one_subject_is_shown(history, gmsd):
    assert [row["sequence"] for row in json.loads(gmsd("audit", "show", "r0001", "--json").stdout)] == [1, 3]
    assert gmsd("audit", "show", "r0001").stdout.splitlines()[0].split() == [
        "1",
        "2019-12-02T08:30:00Z",
        "r0001",
        "tried",
        "één",
        "reden",
        "(tester)",
    ]
    assert json.loads(gmsd("audit", "show", "r0009", "--json").stdout) == []
    assert gmsd("audit", "show", "r0009").stdout == "No row about r0009.\n"


def test_a_whole_trail_is_told_with_its_head(history, gmsd):
    with history.engine.connect() as connection:
        head = head_of_trail(connection).hash
    assert verified(gmsd) == (0, {"rows": 6, "head": head, "intact": True, "broken_at": None})
    assert verified(gmsd, "--head", head.upper()) == (0, {"rows": 6, "head": head, "intact": True, "broken_at": None})
    assert head in gmsd("audit", "verify").stdout


def test_a_head_that_is_not_in_the_trail_is_a_no_and_what_is_no_hash_is_wrong_usage(history, gmsd):
    status, told = verified(gmsd, "--head", "a" * 64)
    assert (status, told["intact"], told["broken_at"]) == (1, False, None)
    for wrong in ("", "abc", "g" * 64, "a" * 65):
        done = gmsd("audit", "verify", "--head", wrong)
        assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("done", "row"),
    [
        ("UPDATE audit SET reason = 'x' WHERE sequence = 2", 2),
        ("UPDATE audit SET at = at + '1 us' WHERE sequence = 6", 6),
        ("UPDATE audit SET details = '{}' WHERE sequence = 1", 1),
        ("DELETE FROM audit WHERE sequence = 4", 4),
        ("DELETE FROM audit WHERE sequence = 1", 1),
        ("DELETE FROM audit WHERE sequence >= 3", 3),
        ("DELETE FROM audit", 1),
    ],
)
def test_a_row_that_is_changed_or_missing_is_named(history, by_hand, gmsd, done, row):
    by_hand.execute(done)
    status, told = verified(gmsd)
    assert (status, told["intact"], told["broken_at"]) == (1, False, row)
    assert f"row {row}" in gmsd("audit", "verify").stderr


def test_an_end_cut_off_behind_the_last_anchor_is_told_by_the_head_that_somebody_noted(history, by_hand, gmsd):
    with history.engine.connect() as connection:
        noted = head_of_trail(connection).hash
    by_hand.execute("DELETE FROM audit WHERE sequence > 4")
    assert verified(gmsd)[0] == 0, "nobody outside knew of rows 5 and 6"
    assert verified(gmsd, "--head", noted)[0] == 1


def test_a_trail_that_was_written_anew_fits_in_itself_and_not_its_anchors(history, by_hand, gmsd):
    by_hand.execute("DELETE FROM audit WHERE sequence > 1")
    happen(history, "other", "other", "other", "other", "other", "other")
    status, told = verified(gmsd)
    assert (status, told["broken_at"]) == (1, 3)


def test_an_anchor_is_never_replaced_and_housekeeping_lays_one_down(history):
    store, settings = history.store, history.settings
    before = list(anchors(store, settings))
    told = verify_audit(settings)
    assert (told["rows"], [head.sequence for head in anchors(store, settings)]) == (6, [*(head.sequence for head in before), 6])
    key = "audit/000000000006.json"
    kept = store.get(settings.bucket_accounts, key)
    anchor(history.engine, store, settings, at=AT + dt.timedelta(days=1), occasion="again")
    assert store.get(settings.bucket_accounts, key) == kept


def test_housekeeping_fails_when_the_end_is_gone(history, by_hand):
    by_hand.execute("DELETE FROM audit WHERE sequence > 1")
    with pytest.raises(AuditBrokenError, match="row 2"):
        verify_audit(history.settings)
    assert verify_trail(history.engine, history.store, history.settings).rows == 1
