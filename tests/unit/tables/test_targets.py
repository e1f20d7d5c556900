"""Where a release goes: every format to one target, and what is left out is left out whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from gmsd.formats import formats
from gmsd.releases import bundle
from gmsd.releases.plan import Plan
from gmsd.rounds import HalfYear
from gmsd.tables import TargetError, all_targets, chosen_targets, target_of
from tests.support.releases import content

H1 = HalfYear(2019, 1)
WITHOUT = ("statline", "files")


def test_every_format_goes_to_one_target_and_every_target_has_formats() -> None:
    folders = [folder for each in all_targets() for folder in sorted(each.folders)]
    assert sorted(folders) == sorted({each.folder for each in formats()})


def test_what_belongs_to_no_folder_belongs_to_all() -> None:
    assert target_of("waarstaatjegemeente/gmsd_wmo_2019HJ01.csv") == "waarstaatjegemeente"
    assert target_of("statline/83262NED/data.csv") == "statline"
    assert {target_of("release.json"), target_of("CHANGES.md")} == {None}


def test_choosing_all_is_choosing_nothing_in_particular() -> None:
    assert chosen_targets(None) is None
    assert chosen_targets(each.id for each in all_targets()[::-1]) is None
    assert chosen_targets(WITHOUT[::-1]) == WITHOUT


@pytest.mark.parametrize(
    ("names", "told"), [(["statline", "fax"], "no target 'fax'"), ([], "StatLine"), (["statline"], "cannot be left out")]
)
def test_a_choice_that_cannot_be_made_is_answered_in_words(names: list[str], told: str) -> None:
    with pytest.raises(TargetError, match=told):
        chosen_targets(names)


def test_a_release_for_some_targets_says_so_and_is_otherwise_the_same() -> None:
    whole = content(H1, every_table=True)
    part = replace(whole, targets=WITHOUT)
    files, fewer = bundle(whole, "0" * 64), bundle(part, "0" * 64)
    gone = {path for path in files if path.startswith("waarstaatjegemeente/")}
    assert gone
    assert set(fewer) == set(files) - gone
    assert json.loads(fewer["release.json"])["targets"] == list(WITHOUT)
    assert "targets" not in json.loads(files["release.json"])
    # what describes all files describes fewer of them
    assert {path for path in fewer if fewer[path] != files[path]} == {"metadata/dcat.jsonld", "release.json"}
    assert json.loads(fewer["release.json"])["files"]["CHANGES.md"] == hashlib.sha256(files["CHANGES.md"]).hexdigest()
    assert Plan(1, H1, whole).fingerprint != Plan(1, H1, part).fingerprint
