"""Which rules a verdict was given by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gmsd.intake.judge import rules_version
from gmsd.rounds import HalfYear, Place
from tests.support.rule_changes import edit, repository

PLACE, ROUND = Place.parse("2019-H2.0518"), HalfYear(2019, 2)
DELIVERY = SimpleNamespace(placed=(PLACE, ROUND))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("codes/eenheid.yaml", lambda read: read["codes"].pop()),
        ("wmo-2020/structuur.yaml", lambda read: read["meta"]["limits"].update(lines=7)),
        ("wmo-2020/basis.yaml", lambda read: read["expectations"][0]["meta"].update(level="notice")),
    ],
)
def test_version_of_the_rules_is_another_after_any_change(tmp_path, monkeypatch, name, change):
    versions = []
    for home, changed in (("one", None), ("two", None), ("three", change)):
        monkeypatch.setenv("GMSD_HOME", str(repository(tmp_path / home)))
        if changed is not None:
            edit(tmp_path / home, name, changed)
        versions.append(rules_version(DELIVERY))
    assert versions[0] == versions[1] != versions[2]
