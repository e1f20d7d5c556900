"""Where `gmsd rules impact` takes its two sides from: deliveries in folders or made up, earlier rules from git or a folder."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gmsd.checking import check_file
from gmsd.demo.corpus import corpus
from gmsd.impact import NoArchive, NoRules, from_folders
from gmsd.impact.rules import earlier
from gmsd.protocol import protocol_for
from gmsd.rounds import WMO, HalfYear
from tests.support.rule_changes import RIGHT, clone, commit, git, put, repository
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

H2 = HalfYear(2019, 2)
PERSON = "999900006"


@pytest.fixture
def copied(tmp_path) -> Path:
    return clone(repository(tmp_path / "checkout"), tmp_path / "home")


def test_names_are_shown_without_what_steers_a_terminal(tmp_path):
    for name in ("a\nb\x1b[31m\u202e.csv", f"{PERSON}.csv", os.fsdecode(b"\xff.csv")):
        put(tmp_path, f"H22019/0518/{name}", RIGHT)
    names = [item.name for item in from_folders([tmp_path]).items]
    assert names == ["H22019/0518/*********.csv", "H22019/0518/a\ufffdb\ufffd[31m\ufffd.csv", "H22019/0518/?.csv"]


def test_day_of_receipt_is_the_options_the_sidecars_or_the_files(tmp_path):
    for name in "ab":
        path = put(tmp_path, f"H22019/0518/{name}.csv", RIGHT)
        os.utime(path, (0, dt.datetime(2020, 3, 1, 23, 30, tzinfo=dt.UTC).timestamp()))
    (tmp_path / "received.json").write_text('{"H22019/0518/a.csv": "2020-02-10"}')
    days = [(item.received_on.isoformat(), item.told_by) for item in from_folders([tmp_path]).items]
    assert days == [("2020-02-10", "received.json"), ("2020-03-02", "the file's time")]
    given = from_folders([tmp_path, tmp_path / "H22019"], dt.date(2020, 5, 4))
    assert given.days_told_by == {"--received-on": 4}
    assert {(item.municipality, item.half_year) for item in given.items} == {("0518", H2)}


@pytest.mark.parametrize(
    ("content", "words"),
    [("x", "no JSON"), ("[]", "an object"), ('{"a": "10-2-2020"}', "a: a day such as"), ('{"a": 1}', "a: a day such as")],
)
def test_sidecar_that_is_not_in_order_is_refused(tmp_path, content, words):
    put(tmp_path, "H22019/0518/a.csv", RIGHT)
    (tmp_path / "received.json").write_text(content)
    with pytest.raises(NoArchive, match=words):
        from_folders([tmp_path])


def test_folder_without_deliveries_is_refused(tmp_path):
    put(tmp_path, "H22019/0518/formulieren/intrekking.json")
    with pytest.raises(NoArchive, match="holds no deliveries"):
        from_folders([tmp_path])


def test_earlier_rules_come_from_a_revision_or_a_folder(copied, tmp_path, monkeypatch):
    """A revision goes before a folder of that name; a hook's repository is not looked into; what the code needs since then is supplied."""
    expectations = copied / "expectations"
    git(copied, "tag", "voorheen")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.chdir(copied)
    (copied / "voorheen" / "wmo").mkdir(parents=True)
    found = earlier("voorheen", expectations, tmp_path / "1")
    assert (found.commit, found.supplied) == (git_less(copied), ())
    assert sorted(path.name for path in (tmp_path / "1/expectations/wmo").iterdir()) == sorted(
        path.name for path in (expectations / "wmo").iterdir()
    )
    (expectations / "wmo" / "nieuw.yaml").write_text("x: 1\n")
    for number, folder in enumerate((PROJECT, PROJECT / "expectations"), start=2):
        found = earlier(str(folder), expectations, tmp_path / str(number))
        assert (found.commit, found.supplied) == (None, ("expectations/wmo/nieuw.yaml",))


def git_less(folder: Path) -> str:
    """The commit of HEAD as git itself keeps it."""
    return (folder / ".git" / (folder / ".git" / "HEAD").read_text().split()[1]).read_text()[:10]


def test_without_a_checkout_a_folder_must_be_given(tmp_path):
    shutil.copytree(PROJECT / "expectations", tmp_path / "expectations")
    with pytest.raises(NoRules, match=r"is not in a git checkout .*; give a folder that holds expectations"):
        earlier("HEAD", tmp_path / "expectations", tmp_path / "to")


def test_revision_without_expectations_and_shallow_clone_are_told(copied, tmp_path):
    git(copied, "rm", "-q", "-r", "--cached", "expectations")
    git(copied, "commit", "-q", "-m", "none")
    with pytest.raises(NoRules, match=r"^HEAD \([0-9a-f]{10}\) holds no expectations"):
        earlier("HEAD", copied / "expectations", tmp_path / "to")
    commit(copied)
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{copied}", str(tmp_path / "shallow")], check=True)
    with pytest.raises(NoRules, match="this clone is shallow"):
        earlier("HEAD~1", tmp_path / "shallow" / "expectations", tmp_path / "to")


def test_corpus_meets_every_rule_in_the_file_that_is_there_for_it():
    met, right = {}, set()
    for file in corpus():
        result = check_file(
            file.data,
            file_name=file.file_name,
            municipality=file.municipality,
            half_year=file.half_year,
            received_on=file.received_on,
            max_bytes=file.max_bytes,
        )
        assert result.not_run == ()
        met.setdefault(file.label, set()).update(finding.rule for finding in result.findings)
        if file.label == "right":
            right.add(result.verdict)
    assert right == {"accepted"}
    labels = set(protocol_for(H2, WMO).rules)
    assert labels <= met.keys()
    # who starts that far off or falls outside is told of that too, and so is an unknown person
    beside = {"BEST-06": {"REC-01"}, "BEST-07": {"BSN-09"}, "START-05": {"REC-01"}}
    assert {label: found - {label} for label, found in met.items() if label in labels and found != {label}} == beside
