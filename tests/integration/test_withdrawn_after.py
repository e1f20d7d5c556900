"""After publication only the engineer withdraws: everything goes, a release under embargo stops, and the next shows it nowhere."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import approve_explanation, explanations, find_left, process_forms, proofs, search_disk
from gmsd.database import connect
from gmsd.figures import compute
from gmsd.intake import register_inbox
from gmsd.journal import Context
from gmsd.releases import (
    EmbargoError,
    PlanChangedError,
    Proposal,
    answer,
    build_approved,
    explanations_now,
    get_document,
    propose,
    publish_approved,
    verify_release,
)
from gmsd.rounds import WMO, HalfYear
from gmsd.warehouse import load_half_year
from tests.integration.test_deletion import read_anew
from tests.support.mails import text_of
from tests.support.published import close_and_count, deliver, file_of, publish

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
# What a row of the place looks like in the files of the tables that hold persons, and in no other.
ROW = "\0\x112019-H1\x0b0363\0\0\0"
EMBARGO = dt.datetime(2020, 5, 4, 6, 30, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    """Two rounds of three municipalities; the first is published, the second is approved and built, and waits for its embargo."""
    context = Context.open(settings)
    sizes = {"0518": 120, "0363": 70, "0034": 90}
    deliver(context, clock, "2019-H1", {("H12019", code): file_of("H12019", code, size) for code, size in sizes.items()})
    close_and_count(context, clock, "2019-H1")
    assert publish(context, "first") == "r0001"
    deliver(context, clock, "2019-H2", {("H22019", code): file_of("H22019", code, size, skipped=10) for code, size in sizes.items()})
    explanation = {"half_year": "H22019", "municipality": "0518", "name": "Coördinator", "text": "De regeling is verruimd."}
    context.store.put(context.settings.bucket_inbox, "H22019/0518/formulieren/toelichting.json", json.dumps(explanation).encode())
    register_inbox(context)
    assert list(process_forms(context).values()) == ["filed"]
    close_and_count(context, clock, "2019-H2")
    build(context, "embargoed")
    return context


def build(context: Context, run_id: str) -> None:
    settings, at = context.settings, context.clock.now()
    with connect(settings, "publisher").begin() as connection:
        proposal = Proposal(WMO, H2, embargo=EMBARGO, reason="Kamerbrief")
        asked = propose(connection, context.store, settings, proposal, run_id=run_id, named="", started_by="engineer", at=at)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
    build_approved(connect(settings, "publisher"), context.store, settings, run_id, at)


def let_out(context: Context, run_id: str) -> str:
    return publish_approved(connect(context.settings, "publisher"), context.store, context.settings, run_id, context.clock.now())[
        0
    ].release_id


def cells(context: Context, release_id: str, region: str) -> dict[str, set[str]]:
    """Period -> the reasons of its cells in the ledger."""
    with context.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT period, reason FROM release_cell WHERE release_id = :release AND region = :region"),
            {"release": release_id, "region": region},
        ).all()
    return {period: {row.reason for row in rows if row.period == period} for period in {row.period for row in rows}}


def count(context: Context, table: str, **about: str) -> int:
    where = " AND ".join(f"{name} = :{name}" for name in about)
    with context.engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"), about) or 0)


def test_a_coordinator_is_too_late_and_is_told_whom_to_turn_to(context: Context, maildir):
    form = {"half_year": "H12019", "municipality": "0363", "name": "Coördinator", "reason": None}
    context.store.put(context.settings.bucket_inbox, "H12019/0363/formulieren/intrekking.json", json.dumps(form).encode())
    register_inbox(context)
    assert list(process_forms(context).values()) == ["too_late"]
    told = " ".join(text_of(maildir.mails("wmo-0363")[-1]).split())
    assert "Neem dan zo snel mogelijk contact met ons op" in told
    assert "gmsd@cbs.invalid" in told
    assert count(context, "record", municipality="0363") > 0


def test_the_engineer_withdraws_what_is_public_and_it_is_gone_from_every_disk(context: Context, gmsd, stack, maildir):
    refused = gmsd("withdraw", "0363", "2019-H1", "--name", "beheer", "--after-publication")
    assert (refused.returncode, "has a reason" in refused.stderr) == (2, True)
    assert read_anew(stack.state / "postgres", ROW)
    done = gmsd("withdraw", "0363", "2019-H1", "--name", "beheer", "--after-publication", "--reason", "verkeerd bestand", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    form = json.loads(done.stdout)["form"]
    assert json.loads(done.stdout)["state"] == "carried_out"
    for table in ("record", "arrangement", "load_account"):
        assert count(context, table, half_year="2019-H1", municipality="0363") == 0
        assert count(context, table, half_year="2019-H2", municipality="0363") > 0
    assert (
        count(context, "figure", period="2019HJ01", municipality="0363")
        == count(context, "figure", period="2019JJ00", municipality="0363")
        == 0
    )
    assert read_anew(stack.state / "postgres", ROW) == []
    with context.engine.connect() as connection:
        searched = proofs(connection, form)
        told = [dict(row) for row in connection.execute(text("SELECT * FROM audit WHERE subject = :form"), {"form": form}).mappings()]
    assert (told[0]["event"], told[0]["actor"], told[0]["reason"]) == ("filed", "beheer", "verkeerd bestand")
    assert find_left(context, searched) == []
    assert search_disk(context, searched)[0] == []
    proof = json.loads(gmsd("consent", "proof", form).stdout)
    assert {each["what"]: each["count"] for each in proof["removed"]}["records"] > 50
    assert any("uitgaven die al gepubliceerd" in each["what"] for each in proof["stays"])
    mail = " ".join(text_of(maildir.mails("wmo-0363")[-1]).split())
    assert "De volgende uitgave laat uw gemeente voor dit halfjaar weg, ook in het jaarcijfer over 2019" in mail
    again = gmsd("withdraw", "0363", "2019-H1", "--name", "beheer", "--after-publication", "--reason", "nog eens")
    assert (again.returncode, "has been withdrawn already" in again.stderr) == (1, True)


def test_a_load_or_count_afterwards_brings_nothing_back(context: Context):
    loaded = load_half_year(context, "2019-H1")
    assert (loaded["municipalities"], loaded["removed"]) == (2, 0)
    with connect(context.settings, "loader").begin() as connection:
        compute(connection, WMO, H2, context.clock.now())
    assert count(context, "record", half_year="2019-H1", municipality="0363") == 0
    assert count(context, "figure", period="2019JJ00", municipality="0363") == 0


def test_what_was_approved_before_is_not_let_out_and_the_next_release_shows_it_nowhere(context: Context, clock):
    with pytest.raises(EmbargoError):
        let_out(context, "embargoed")
    clock.move(EMBARGO)
    with pytest.raises(PlanChangedError, match=r"r0002 counts 2019-H1\.0363\.01, which was withdrawn since it was built"):
        let_out(context, "embargoed")
    build(context, "after")
    assert let_out(context, "after") == "r0002"
    before, now = cells(context, "r0001", "GM0363"), cells(context, "r0002", "GM0363")
    assert "shown" in before["2019HJ01"]
    assert (now["2019HJ01"], now["2019JJ00"]) == ({"withdrawn"}, {"withdrawn"})
    assert "shown" in now["2019HJ02"]
    assert "shown" in cells(context, "r0002", "GM0518")["2019HJ01"]
    document = get_document(context.store, context.settings.bucket_publication, "r0002")
    taking_part = {each["half_year"]: each["participation"]["n"] for each in document["half_years"]}
    assert taking_part == {"2019-H1": 2, "2019-H2": 3}
    account = json.loads(context.store.get(context.settings.bucket_accounts, f"{document['account']}.json"))
    assert "2019-H1.0363.01" not in json.dumps(account)
    assert [each["status"] for each in account["inputs"] if (each["half_year"], each["municipality"]) == ("2019-H1", "0363")] == [
        "withdrawn"
    ]


def test_a_release_of_before_says_that_it_cannot_be_made_again(context: Context):
    with connect(context.settings, "publisher").connect() as connection:
        found = verify_release(context, connection, "r0001")
        assert found.gone == ("2019-H1.0363.01",)
        assert verify_release(context, connection, "r0002").is_equal


def test_an_explanation_that_is_approved_later_changes_nothing_of_a_release_of_before(context: Context):
    with context.engine.connect() as connection:
        (waiting,) = explanations(connection, state="filed")
    approve_explanation(context, waiting.form_id, by="engineer")
    with connect(context.settings, "publisher").connect() as connection:
        assert [each["text"] for each in explanations_now(connection, WMO, H2)] == ["De regeling is verruimd."]
        assert verify_release(context, connection, "r0002").is_equal


def test_an_upload_that_belongs_to_no_place_is_deleted_by_the_engineer_only(context: Context, gmsd, stack):
    word = "Boterbloem-nergens"
    context.store.put(context.settings.bucket_inbox, f"los/{word}.csv", b"x;y\n1;2\n")
    (unplaced,) = register_inbox(context).unplaced
    assert read_anew(stack.state / "postgres", word)
    refused = gmsd("deliveries", "erase", "2019-H2.0518.01", "--reason", "x")
    assert (refused.returncode, "goes with a withdrawal of that place" in refused.stderr) == (1, True)
    done = gmsd("deliveries", "erase", unplaced, "--reason", "hoort nergens bij", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(context.store.versions(context.settings.bucket_inbox, "los/"))
    assert read_anew(stack.state / "swift", word) == []
    # the mail about it to the engineer names the key, and goes with it
    assert read_anew(stack.state / "postgres", word) == []
    form = json.loads(done.stdout)["form"]
    assert "Een bestand dat bij geen gemeente hoorde" in gmsd("consent", "proof", form, "--format", "html").stdout
    assert gmsd("consent", "verify", form).returncode == 0
    assert register_inbox(context).nothing
