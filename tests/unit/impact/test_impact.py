"""`gmsd rules impact`: real processes, a real git repository with edited rules, exact figures on small archives."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gmsd.impact import Archive, Impact, Item, compare_rules, from_folders, impact_text
from gmsd.impact.comparing import compare, rule_changes
from gmsd.impact.running import Run, Side
from gmsd.store import NotReadable
from tests.support.commands import run_gmsd
from tests.support.rule_changes import HEADER, RIGHT, clone, commit, edit, put, repository, rule
from tests.support.stack import PROJECT
from tests.support.waiting import ended, patience, until

LIMITS = {"max_bytes": 2**20, "max_lines": 1000}
PREFIX = "gmsd-rules-impact-"
END_BEFORE_START = "20200203;0518;999900006;01;20190901;20190801;1;;;;;;"
LONG_VOLUME = "20200203;0518;999900018;01;20180101;;1;;123456789;;;;"
UNIT_82 = "20200203;0518;999900018;01;20180101;;1;;;82;;;"
DOUBLED = (RIGHT, RIGHT)
NO_REASON_FORM = "20200203;0518;999900018;01;20180101;20190930;1;;;;;2;"
PERSON = "999900006"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return repository(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def copied(checkout, tmp_path) -> Path:
    return clone(checkout, tmp_path / "home")


def gmsd(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")}
    return run_gmsd("rules", "impact", *arguments, environment=known | {"GMSD_HOME": str(home)} | environment, seconds=patience(300))


ROWS = {"a": (RIGHT,), "b": (END_BEFORE_START,), "c": (RIGHT, LONG_VOLUME), "d": (UNIT_82,), "e": DOUBLED, "f": (NO_REASON_FORM,)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """Six deliveries, each about one rule; received on 10 February 2020."""
    folder = tmp_path_factory.mktemp("archive")
    for name, lines in ROWS.items():
        put(folder, f"H22019/0518/WMO_H22019_{name}.csv", *lines)
    (folder / "received.json").write_text(json.dumps({f"H22019/0518/WMO_H22019_{name}.csv": "2020-02-10" for name in ROWS}))
    return folder


def edited(home: Path) -> None:
    """Every kind of change at once; each is about another file of the archive, the last about none."""

    def base(suite: dict) -> None:
        rule(suite, "EIND-03")["meta"]["level"] = "notice"
        rule(suite, "REC-02")["meta"]["message"] = "Anders gezegd."

    def facultative(suite: dict) -> None:
        rule(suite, "VOL-02")["kwargs"]["regex"] = "^[0-9]{1,9}$"
        suite["expectations"].remove(rule(suite, "BEEIN-02"))
        for code, of, regex in (("VOL-05", "VOL-02", "^[0-9]$"), ("TOEW-05", "TOEW-02", "^[0-9]{1,9}$")):
            added = json.loads(json.dumps(rule(suite, of)))
            added["kwargs"]["regex"], added["meta"]["code"] = regex, code
            suite["expectations"].append(added)

    edit(home, "wmo-2020/basis.yaml", base)
    edit(home, "wmo-2020/facultatief.yaml", facultative)
    edit(home, "codes/eenheid.yaml", lambda read: read["codes"].remove(next(each for each in read["codes"] if each["code"] == "82")))


@pytest.fixture(scope="module")
def impact(checkout, archive, tmp_path_factory) -> Impact:
    home = tmp_path_factory.mktemp("edited") / "home"
    clone(checkout, home)
    edited(home)
    return compare_rules("HEAD", home / "expectations", from_folders([archive]), limits=LIMITS, jobs=1)


def test_verdicts_are_counted_from_and_to(impact):
    assert impact.comparison.verdicts == {
        ("accepted", "accepted_without_facultative"): 3,
        ("accepted_without_facultative", "accepted"): 1,
        ("accepted_without_facultative", "accepted_without_facultative"): 1,
        ("rejected", "accepted"): 1,
    }
    assert (impact.comparison.compared, impact.comparison.records, impact.answer) == (6, 8, "changed")
    assert (impact.status(), impact.status(allow_changes=True)) == (1, 0)


def test_findings_are_counted_by_rule(impact):
    rules = {each.rule: (each.levels, +each.files, each.old_faults, each.new_faults) for each in impact.comparison.rules}
    assert rules == {
        "BEEIN-02": (("facultative",), {"gone": 1}, 1, 0),
        "EENH-03": (("facultative",), {"new": 1}, 0, 1),
        "EIND-03": (("base", "notice"), {"changed": 1}, 1, 1),
        "REC-02": (("notice",), {"wording": 1}, 1, 1),
        "VOL-02": (("facultative",), {"gone": 1}, 1, 0),
        "VOL-05": (("facultative",), {"new": 3}, 0, 5),
    }


def test_changed_rules_are_named_also_when_no_file_meets_them(impact):
    assert impact.rule_changes == {
        "added": ["TOEW-05", "VOL-05"],
        "removed": ["BEEIN-02"],
        "redefined": ["EENH-03", "EIND-03", "VOL-02"],
        "reworded": ["REC-02"],
    }
    assert impact.untried == ["TOEW-05"]


def test_files_are_told_apart_and_other_words_alone_are_no_change(impact):
    changes = {file.file[-5]: [(each.rule, each.change) for each in file.findings] for file in impact.comparison.files}
    assert changes == {
        "a": [("VOL-05", "new")],
        "b": [("EIND-03", "changed")],
        "c": [("VOL-02", "gone"), ("VOL-05", "new")],
        "d": [("EENH-03", "new")],
        "e": [("REC-02", "wording"), ("VOL-05", "new")],
        "f": [("BEEIN-02", "gone")],
    }


def test_time_and_memory_of_each_are_told(impact):
    cost = impact.to_json()["cost"]
    for side in ("old", "new"):
        assert cost[side]["start_cpu_seconds"] > 0
        assert cost[side]["check_seconds"] > 0
        assert 50 < cost[side]["peak_mb"] < 2500
    assert cost["ratio"]["peak_mb"] == pytest.approx(cost["new"]["peak_mb"] / cost["old"]["peak_mb"], abs=0.01)


def test_page_shows_the_summary_first(impact):
    page = impact_text(impact)
    heads = ["Rules: HEAD (", "Verdicts: 5 of 6", "Findings, in files", "Rules added: 2", "Files: 6 changed", "Time and memory", "Answer: "]
    places = [page.index(head) for head in heads]
    assert places == sorted(places)
    assert re.search(r"VOL-05 +facultative +3 +0 +0 +0 +0 +5\n", page)
    assert re.search(r"all +4 +2 +1 +1 +4 +8\n", page)
    assert "EIND-03 changed: base -> notice, count 1\n" in page
    assert "says nothing of them: 1 (TOEW-05)" in page


def outcome(verdict: str = "accepted", **findings: int) -> dict:
    told = {code: {"level": "base", "field": None, "count": count, "lines": "x", "wording": "x"} for code, count in findings.items()}
    return {"verdict": verdict, "records": 1, "findings": told, "not_run": []}


def test_long_lists_are_cut_with_their_true_lengths(impact):
    names = [f"file {number}" for number in range(30)]
    found = compare(names, [outcome()] * 30, [outcome("rejected", **{f"R-{number:02d}": 1 for number in range(12)})] * 30)
    page = impact_text(Impact(impact.old, impact.new, impact.archive, impact.sides, found, (), {}))
    assert "Files: 30 changed" in page
    assert page.count("rejected\n") == 20
    assert "... and 10 more; --json lists all" in page
    assert page.count("... and 4 more") == 20


def test_other_lines_of_as_many_faults_are_a_change():
    other = outcome(R=2)
    other["findings"]["R"]["lines"] = "y"
    assert not compare(["f"], [outcome(R=2)], [outcome(R=2)]).changed
    assert compare(["f"], [outcome(R=2)], [other]).changed


def test_protocol_that_is_new_is_named_as_a_whole(impact):
    rules = {"R": {"level": "base", "definition": "x", "wording": "x"}}
    assert rule_changes({"p": rules}, {"p": rules, "q": rules})["added"] == ["q"]
    sides = {"old": Side(rules={"p": rules}), "new": Side(rules={"q": rules})}
    for protocol, untried in (("p", ["q"]), ("q", [])):
        found = compare(["f"], [outcome() | {"protocol": "p"}], [outcome() | {"protocol": protocol}])
        assert Impact(impact.old, impact.new, impact.archive, sides, found, (), {}).untried == untried


def test_rule_that_stops_is_a_change_and_fails():
    stopped = outcome("rejected") | {"not_run": ["R"]}
    found = compare(["f", "g"], [outcome(), stopped], [stopped, stopped])
    assert (found.failing, found.rules[0].files) == (2, {"stopped": 1})
    assert compare(["f"], [outcome()], [{"failed": "x"}]).verdicts == {("accepted", "could not run"): 1}


def test_unchanged_rules_on_hostile_files(checkout, tmp_path):
    """Names that would steer a terminal or hold a person's number, what cannot be read, forms, hidden files, a file without a place."""
    folder = tmp_path / "hostile"
    for name in ("WMO_H22019_a\nb\x1b[31m.csv", f"WMO_H22019_{PERSON}.csv", os.fsdecode(b"WMO_H22019_\xff.csv"), "-rf *;.csv"):
        put(folder, f"H22019/0518/{name}", RIGHT)
    put(folder, "elders/WMO_H22019_x.csv", RIGHT)
    put(folder, "H22019/0518/formulieren/intrekking.json")
    put(folder, "H22019/0518/.verborgen")
    (folder / "H22019" / "0518" / "WMO_H22019_weg.csv").symlink_to("nergens")
    (folder / "H22019" / "0518" / "kring").symlink_to(folder)
    os.mkfifo(folder / "H22019" / "0518" / "WMO_H22019_pijp.csv")
    done = gmsd(checkout, "--archive", str(folder), "--received-on", "2020-02-10", "--json")
    assert done.returncode == 2, done.stderr
    told = json.loads(done.stdout)
    assert told["answer"] == "unchanged"
    days = {"--received-on": 5}
    assert told["archive"] | {"title": ""} == {"title": "", "files": 5, "unplaced": 1, "compared": 5, "records": 5, "received_on": days}
    assert [(each["file"][-8:], each["reason"]) for each in told["unreadable"]] == [
        ("pijp.csv", "neither a file nor a folder"),
        ("_weg.csv", "no such file or directory"),
    ]
    assert told["new_verdicts"] == {"accepted": 3, "rejected": 2}
    assert PERSON not in done.stdout + done.stderr


BROKEN = "expectations:\n  - [\n"


def test_new_rules_that_cannot_be_run_fail_also_where_changes_are_allowed(copied, archive):
    (copied / "expectations/wmo/wmo-2020/basis.yaml").write_text(BROKEN)
    done = gmsd(copied, "--archive", str(archive), "--allow-changes")
    assert done.returncode == 1, done.stderr
    assert "The new rules cannot be run:\n  expectations/wmo/wmo-2020/basis.yaml:" in done.stdout
    assert "Answer: the new rules, or some of them, cannot be run." in done.stdout


def test_old_rules_that_cannot_be_run_leave_nothing_to_compare_with(copied, archive):
    right = (copied / "expectations/wmo/wmo-2020/basis.yaml").read_text()
    (copied / "expectations/wmo/wmo-2020/basis.yaml").write_text(BROKEN)
    revision = commit(copied)
    (copied / "expectations/wmo/wmo-2020/basis.yaml").write_text(right)
    done = gmsd(copied, "--against", revision[:12], "--archive", str(archive), "--allow-changes")
    assert done.returncode == 0, done.stderr
    assert f"The rules of {revision[:12]} cannot be run:\n  expectations/wmo/wmo-2020/basis.yaml:" in done.stdout
    assert re.search(r"accepted_without_facultative +2\n", done.stdout)
    assert "Answer: the new rules run; what they change cannot be told." in done.stdout


def test_file_that_kills_the_check_costs_the_others_nothing(checkout):
    items = [Item(name, f"{name}.csv", None, None, dt.date(2020, 2, 10), "", HEADER.encode()) for name in "abc"]
    homes = {"old": checkout, "new": checkout}
    run = Run(homes, Archive("three", tuple(items)), LIMITS, 1, lambda done: [each.end() for each in run._processes] if done == 1 else None)
    run.check()
    for side in run.sides.values():
        assert [outcome.get("verdict") for outcome in side.outcomes] == ["rejected", None, "rejected"]
        assert side.outcomes[1] == {"failed": "the process was ended by signal 9"}


def test_file_that_cannot_be_fetched_is_in_no_count(checkout):
    def gone() -> bytes:
        raise NotReadable("404")

    items = (
        Item("a", "a.csv", None, None, dt.date(2020, 2, 10), "", gone),
        Item("b", "b.csv", None, None, dt.date(2020, 2, 10), "", bytes),
    )
    found = compare_rules(str(checkout), checkout / "expectations", Archive("two", items), limits=LIMITS, jobs=1)
    assert found.unreadable == (("a", "no right to read it, or gone"),)
    assert (found.comparison.compared, found.status(allow_changes=True)) == (1, 2)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_broken_off_half_way_nothing_stays(checkout, tmp_path, number):
    temporary, log = tmp_path / "temporary", tmp_path / "log"
    temporary.mkdir()
    environment = os.environ | {"GMSD_HOME": str(checkout), "TMPDIR": str(temporary)}
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, "-m", "gmsd.cli", "rules", "impact"], env=environment, stdout=stream, stderr=stream)
    until(lambda: len(workers(temporary)) == 2, "two workers", seconds=120, gone=ended(process, log))
    process.send_signal(number)
    until(lambda: process.poll() is not None, "its end", seconds=120)
    assert process.returncode != 0
    assert "Traceback" not in log.read_text()
    until(lambda: not workers(temporary) and not list(temporary.iterdir()), "its leavings to go", seconds=120)


def workers(temporary: Path) -> list[int]:
    """The processes whose rules lie in a temporary folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and f"GMSD_HOME={temporary}/{PREFIX}".encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--against", "nergens"), "nergens is neither a revision of"),
        (("--against", "--help"), "--help is neither a revision of"),
        (("--against", ""), "no revision or folder"),
        (("--against", str(PROJECT / "docs")), "holds no expectations"),
        (("--archive", "/nowhere"), "/nowhere: cannot be opened: no such file or directory"),
        (("--received-on", "2020-02-10"), "--received-on"),
        (("--jobs", "0"), "--jobs"),
        (("--from-store", "--archive", "."), "--from-store"),
    ],
)
def test_wrong_usage_is_told_in_one_line(checkout, arguments, words):
    done = gmsd(checkout, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
