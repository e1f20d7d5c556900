"""A burst of uploads in a real Airflow: worked off together, each with its run; the last of the runs, after outages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import text

from gmsd.database import connect
from gmsd.demo import delivery
from gmsd.demo.faults import FAULTS
from gmsd.rounds import HalfYear
from tests.support.runs import ended, states, until

if TYPE_CHECKING:
    from gmsd.settings import Settings

BURST = ("0363", "0344", "0518", "0599", "0014", "0080", "0106", "0114", "0119", "0141", "0150", "0153")
REJECTED = "0153"
H2 = HalfYear(2019, 2)


def mails_of(settings: Settings) -> Counter[tuple[str, str]]:
    with connect(settings, "loader").connect() as connection:
        found = connection.execute(text("SELECT subject_id, kind FROM mail WHERE sent_at IS NOT NULL")).all()
    return Counter((row.subject_id, row.kind) for row in found)


def test_a_burst_is_worked_off_together_and_each_of_it_has_its_run(delivered, settings, engineer, move, upload):
    until(lambda: engineer.count("gmsd_intake", "queued", "running") == 0, "intake to stand still")
    move(2020, 2, 13, 10)
    engineer._request("PATCH", "/dags/gmsd_intake", json={"is_paused": True})
    for municipality in BURST:
        made = delivery(1, municipality, H2)
        upload(made.key, FAULTS["base"](made.data) if municipality == REJECTED else made.data)
    twice = delivery(1, BURST[0], H2)
    upload(twice.key, twice.data)
    engineer.unpause("gmsd_intake")
    ids = [f"2019-H2.{municipality}.01" for municipality in BURST] + [f"2019-H2.{BURST[0]}.02"]
    until(lambda: all((engineer.run("gmsd_delivery", each) or {}).get("state") == "success" for each in ids), "the runs")

    notes = {each: engineer.run("gmsd_delivery", each)["note"].partition("\n")[0] for each in ids}
    assert notes.pop(f"2019-H2.{REJECTED}.01").startswith("rejected: ")
    assert notes.pop(f"2019-H2.{BURST[0]}.02").startswith("repeat: ")
    assert set(notes.values()) == {"accepted: no errors"}
    assert {tuple(states(engineer, "gmsd_delivery", each).values()) for each in ids} == {("skipped", "skipped")}
    mailed = mails_of(settings)
    assert all(mailed[each, "verdict"] == mailed[each, "op_orde"] == 1 for each in notes)
    assert (mailed[f"2019-H2.{REJECTED}.01", "verdict"], mailed[f"2019-H2.{REJECTED}.01", "op_orde"]) == (1, 0)

    # such a run does its work when it is cleared, and no mail goes twice
    cleared = f"2019-H2.{BURST[1]}.01"
    engineer.clear("gmsd_delivery", cleared)
    until(lambda: set(states(engineer, "gmsd_delivery", cleared).values()) == {"success"}, "the run to do its work")
    assert ended(engineer, "gmsd_delivery", cleared)["note"].startswith("accepted: no errors")
    assert mails_of(settings) == mailed
