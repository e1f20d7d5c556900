"""A publication from proposal to pointer: dry run, embargo, targets side by side, one that fails, a recall through the same door."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.journal import Context
from gmsd.releases import (
    EmbargoError,
    NoReleaseError,
    NotApprovedError,
    PlanChangedError,
    Proposal,
    RecallError,
    ReleaseDamagedError,
    answer,
    build_approved,
    cells_of_preview,
    compare_releases,
    get_document,
    in_force,
    lift_recall,
    list_releases,
    look,
    preview_of_run,
    propose,
    publish_approved,
    publish_target_approved,
    questions,
    recall_half_year,
    verify_release,
)
from gmsd.releases.build import staged_prefix
from gmsd.releases.files import to_json
from gmsd.rounds import WMO, HalfYear
from gmsd.store import get_store
from gmsd.tables import all_targets
from tests.support.fewer_tables import MAIN, home_with
from tests.support.published import close_and_count, deliver, file_of, publish

if TYPE_CHECKING:
    from gmsd.releases import Question

home = home_with(MAIN)
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
TARGETS = [each.id for each in all_targets()]
EMBARGO = dt.datetime(2020, 5, 4, 6, 30, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Two rounds of three municipalities; the first is published. One comes to the first half-year in the second round only."""
    context = Context.open(settings)
    sizes = {"0518": 120, "0363": 70}
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, size) for code, size in sizes.items()})
    close_and_count(context, clock, "2019-H1")
    assert publish(context, "first") == "r0001"
    second = {("H22019", code): file_of("H22019", code, size, skipped=10) for code, size in sizes.items()}
    deliver(context, clock, "2019-H2", {**second, ("H12019", "0034"): file_of("H12019", "0034", 90)})
    close_and_count(context, clock, "2019-H2")
    return context


def asked(context: Context, proposal: Proposal, run_id: str) -> Question:
    with connect(context.settings, "publisher").begin() as connection:
        return propose(
            connection,
            context.store,
            context.settings,
            proposal,
            run_id=run_id,
            named="",
            started_by="engineer",
            at=context.clock.now(),
        )


def approved_and_built(context: Context, proposal: Proposal, run_id: str) -> str:
    question = asked(context, proposal, run_id)
    with connect(context.settings, "approver").begin() as connection:
        answer(connection, question.question, "approved", answered_by="approver", reason="", at=context.clock.now())
    build_approved(connect(context.settings, "publisher"), context.store, context.settings, run_id, context.clock.now())
    return question.release_id


def to_target(context: Context, run_id: str, target: str) -> int:
    engine = connect(context.settings, "publisher")
    return publish_target_approved(engine, context.store, context.settings, run_id, target, context.clock.now())


def to_all(context: Context, run_id: str) -> dict[str, Any]:
    engine = connect(context.settings, "publisher")
    return publish_approved(engine, context.store, context.settings, run_id, context.clock.now())[1]


def public(context: Context, release_id: str) -> set[str]:
    """What a reader finds of a release in the public bucket, whether anything points to it or not."""
    reader = get_store(context.settings, "reader")
    return {
        key.removeprefix(f"releases/{release_id}/") for key in reader.keys(context.settings.bucket_publication, f"releases/{release_id}/")
    }


def state_of(context: Context, release_id: str) -> str | None:
    with connect(context.settings, "loader").connect() as connection:
        return connection.scalar(text("SELECT state FROM release WHERE release_id = :r"), {"r": release_id})


def test_a_dry_run_asks_nobody_and_leaves_the_number_and_every_bucket_of_readers_alone(context: Context) -> None:
    settings = context.settings
    before = list(context.store.keys(settings.bucket_publication))
    with connect(settings, "publisher").begin() as connection:
        shown = look(connection, context.store, settings, Proposal(WMO, H2), run_id="dry", named="", at=context.clock.now())
        assert (shown["release_id"], shown["dry_run"]) == ("r0002", True)
        assert questions(connection, run_id="dry") == []
        kept = preview_of_run(connection, context.store, settings, "dry")
        assert preview_of_run(connection, context.store, settings, "another") is None
    assert kept == json.loads(json.dumps(shown))
    assert state_of(context, "r0002") is None
    assert list(context.store.keys(settings.bucket_publication)) == before
    engine = connect(settings, "publisher")
    with pytest.raises(NotApprovedError, match="asked nothing"):
        build_approved(engine, context.store, settings, "dry", context.clock.now())
    with pytest.raises(NotApprovedError, match="asked nothing"):
        to_target(context, "dry", "statline")


def test_the_preview_says_who_enters_what_is_held_and_what_the_attack_found(context: Context) -> None:
    with connect(context.settings, "loader").connect() as connection:
        shown = preview_of_run(connection, context.store, context.settings, "dry")
    assert shown is not None
    assert {each["period"]: (each["is"], each["entering"], each["leaving"]) for each in shown["movements"]} == {
        "2019HJ01": ("both", 1, 0),
        "2019HJ02": ("new", 2, 0),
        "2019JJ00": ("new", 2, 0),
    }
    assert shown["movements"][0]["enters"] == ["0034 Almere"]
    assert shown["attack"]["cells"] > 0
    assert {"found", "disclosed", "repaired"} <= shown["attack"].keys()
    assert all(period["held"] >= 0 for table in shown["tables"] for period in table["periods"])


def test_under_embargo_a_release_is_built_and_no_reader_finds_any_of_it(context: Context, clock) -> None:
    proposal = Proposal(WMO, H2, embargo=EMBARGO, reason="Kamerbrief")
    clock.move(EMBARGO - dt.timedelta(days=3))
    assert approved_and_built(context, proposal, "embargoed") == "r0002"
    clock.move(EMBARGO - dt.timedelta(seconds=1))
    for target in TARGETS:
        with pytest.raises(EmbargoError, match="r0002 is under embargo until 4 May 2020 06:30"):
            to_target(context, "embargoed", target)
    with pytest.raises(EmbargoError):
        to_all(context, "embargoed")
    assert public(context, "r0002") == set()
    assert state_of(context, "r0002") == "proposed"
    reader = get_store(context.settings, "reader")
    assert {key.partition("/")[0] for key in reader.keys(context.settings.bucket_publication)} == {"releases", "current.json"}
    with pytest.raises(Exception, match=r"AccessDenied|Forbidden|403"):
        list(reader.keys(context.settings.bucket_accounts, "bundles/"))
    with connect(context.settings, "loader").connect() as connection:
        told = connection.execute(
            text("SELECT details FROM audit WHERE subject = 'r0002' AND event = 'asked' ORDER BY sequence DESC")
        ).first()
    assert told is not None
    assert told.details["embargo"] == EMBARGO.isoformat()


def test_a_half_year_that_is_recalled_under_embargo_is_not_let_out_in_it(context: Context, clock) -> None:
    clock.move(EMBARGO)
    at, publisher = context.clock.now(), connect(context.settings, "publisher")
    with publisher.begin() as connection:
        recall_half_year(connection, WMO, H1, reason="wrong mapping", by="engineer", at=at)
    with pytest.raises(PlanChangedError, match="shows 2019-H1, which was recalled"):
        to_target(context, "embargoed", "statline")
    assert public(context, "r0002") == set()
    with publisher.begin() as connection:
        lift_recall(connection, WMO, H1, by="engineer", at=at)


def test_targets_go_side_by_side_and_nothing_points_to_them_yet(context: Context) -> None:
    with ThreadPoolExecutor(len(TARGETS)) as pool:
        numbers = list(pool.map(lambda target: to_target(context, "embargoed", target), TARGETS))
    assert all(numbers)
    assert to_target(context, "embargoed", "statline") == numbers[0], "again"
    assert len(public(context, "r0002")) == sum(numbers)
    assert "release.json" not in public(context, "r0002")
    assert in_force(context.store, context.settings.bucket_publication) == {"wmo": "r0001"}
    assert [each.id for each in list_releases(context.store, context.settings.bucket_publication)] == ["r0001"]
    with pytest.raises(NoReleaseError):
        get_document(context.store, context.settings.bucket_publication, "r0002")
    assert state_of(context, "r0002") == "building"


def test_the_pointer_moves_last_and_makes_all_of_it_visible(context: Context) -> None:
    assert to_all(context, "embargoed")["id"] == "r0002"
    document = get_document(context.store, context.settings.bucket_publication, "r0002")
    assert public(context, "r0002") == {*document["files"], "release.json"}
    assert b"Kamerbrief" not in to_json(document)


def test_the_changed_cells_of_the_preview_are_those_of_the_release(context: Context) -> None:
    with connect(context.settings, "publisher").connect() as connection:
        shown = preview_of_run(connection, context.store, context.settings, "embargoed")
        assert shown is not None
        told = compare_releases(connection, "r0001", "r0002").cells
    data = cells_of_preview(context.store, context.settings, shown)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    found = {
        (row["table"], row["measure"], row["period"], row["region"], row["group"], row["before"], row["after"], row["change"])
        for row in rows
    }
    wanted = {tuple("" if value is None else str(value) for value in row) for row in told.iter_rows()}
    assert len(rows) == shown["cells"]["rows"] == len(found)
    assert found == wanted
    context.store.put(context.settings.bucket_accounts, shown["cells"]["key"], b"other")
    with pytest.raises(ReleaseDamagedError, match="not those"):
        cells_of_preview(context.store, context.settings, shown)


def test_a_target_that_fails_leaves_the_release_before_in_force(context: Context) -> None:
    settings, store = context.settings, context.store
    assert approved_and_built(context, Proposal(WMO, H2), "broken") == "r0003"
    with connect(settings, "loader").connect() as connection:
        document = to_json(connection.scalar(text("SELECT document FROM release WHERE release_id = 'r0003'")))
    path = next(each for each in json.loads(document)["files"] if each.startswith("waarstaatjegemeente/"))
    key = staged_prefix(document) + path
    right = store.get(settings.bucket_accounts, key)
    store.put(settings.bucket_accounts, key, b"half of it")
    assert to_target(context, "broken", "statline")
    with pytest.raises(ReleaseDamagedError, match=path):
        to_target(context, "broken", "waarstaatjegemeente")
    # whoever sets the failed task to success gets no further
    with pytest.raises(ReleaseDamagedError, match=path):
        to_all(context, "broken")
    assert in_force(store, settings.bucket_publication) == {"wmo": "r0002"}
    assert path not in public(context, "r0003")
    assert "release.json" not in public(context, "r0003")
    store.put(settings.bucket_accounts, key, right)
    assert to_target(context, "broken", "waarstaatjegemeente")
    assert to_all(context, "broken")["id"] == "r0003"


def test_a_public_file_that_says_something_else_stops_the_pointer(context: Context) -> None:
    """A target that was handed over is read again before anything points to it."""
    settings, store = context.settings, context.store
    assert approved_and_built(context, Proposal(WMO, H2, targets=("statline", "files")), "changed") == "r0004"
    assert to_target(context, "changed", "waarstaatjegemeente") == 0
    assert to_target(context, "changed", "statline")
    key = "releases/r0004/statline/83262NED/data.csv"
    right = store.get(settings.bucket_publication, key)
    store.put(settings.bucket_publication, key, b"1;2")
    with pytest.raises(ReleaseDamagedError, match="says something else"):
        to_all(context, "changed")
    assert in_force(store, settings.bucket_publication) == {"wmo": "r0003"}
    store.put(settings.bucket_publication, key, right, reader=settings.s3_reader_id, owner=settings.s3_pipeline_id)
    assert to_all(context, "changed")["id"] == "r0004"


def test_a_release_for_fewer_targets_is_built_again_byte_for_byte(context: Context) -> None:
    assert not [path for path in public(context, "r0004") if path.startswith("waarstaatjegemeente/")]
    assert get_document(context.store, context.settings.bucket_publication, "r0004")["targets"] == ["statline", "files"]
    with connect(context.settings, "publisher").connect() as connection:
        assert verify_release(context, connection, "r0004").is_equal
        assert compare_releases(connection, "r0003", "r0004").cells.is_empty()


def recalls(context: Context) -> list[tuple[str, str, str]]:
    with connect(context.settings, "loader").connect() as connection:
        rows = connection.execute(
            text("SELECT event, actor, reason FROM audit WHERE subject = 'half-year 2019-H1' AND actor = 'engineer' ORDER BY sequence")
        )
        return [(row.event, row.actor, row.reason) for row in rows]


def test_a_half_year_is_recalled_by_the_same_steps_and_put_back_by_them(context: Context) -> None:
    before = recalls(context)
    recall = Proposal(WMO, H2, "recall", H1, reason="too early end dates")
    question = asked(context, recall, "recall")
    assert (question.preview["action"], question.preview["half_year"]) == ("recall", "2019-H1")
    assert {each["period"] for table in question.preview["tables"] for each in table["gone_periods"]} == {"2019HJ01", "2019JJ00"}
    assert recalls(context) == before, "nobody has approved it"
    assert approved_and_built(context, recall, "recall again") == "r0005"
    assert recalls(context) == [*before, ("recalled", "engineer", "too early end dates")]
    assert to_all(context, "recall again")["id"] == "r0005"
    document = get_document(context.store, context.settings.bucket_publication, "r0005")
    assert [half["half_year"] for half in document["half_years"]] == ["2019-H2"]
    with pytest.raises(RecallError, match="does not show 2019-H1"):
        asked(context, recall, "twice")

    back = Proposal(WMO, H2, "put back", H1)
    assert approved_and_built(context, back, "back") == "r0006"
    build_approved(connect(context.settings, "publisher"), context.store, context.settings, "back", context.clock.now())
    assert to_all(context, "back")["id"] == "r0006"
    assert recalls(context)[-1][0] == "recall lifted"
    with connect(context.settings, "publisher").connect() as connection:
        assert compare_releases(connection, "r0003", "r0006").cells.is_empty()
    with pytest.raises(RecallError, match="2019-H1 is not recalled"):
        asked(context, back, "back twice")
