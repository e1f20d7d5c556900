"""The bench's rules in SQL find what ours find, and its ways through the services come to their end."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from gmsd.checking import check_path
from tests.bench import files
from tests.bench.checked import answers
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.settings import Settings


def test_gx_on_postgresql_counts_the_same_faults(settings: Settings, tmp_path: Path) -> None:
    from tests.bench import postgres, stock

    files.large(tmp_path, 3_000)
    files.clean_and_wrong(tmp_path, 3_000)
    server = make_url(settings.database_owner.get_secret_value()).set(drivername="postgresql").render_as_string(False)
    for name in (files.LARGE, files.WRONG):
        ours = answers(check_path(tmp_path / name, **files.KNOWN))
        assert postgres.check(tmp_path / name, stock.suite(), server) == {rule: (count, None) for rule, (count, _) in ours.items()}


def test_the_whole_way_and_the_load_are_measured_stage_by_stage(tmp_path: Path) -> None:
    """This build beside itself, in services of their own: both give the same reports and the same trail."""
    out = tmp_path / "latest.json"
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", "J,K", "--against", str(PROJECT), "--out", str(out)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr
    assert "from the inbox to a release: the same outcome" in done.stderr
    runs = {run["name"]: run for run in json.loads(out.read_text(encoding="utf-8"))["runs"]}
    way = "from the inbox to a release"
    stages = ("register", "check and report", "close", "load", "count", "protect and write")
    for name in (way, *(f"{way}: {stage}" for stage in stages)):
        assert runs[name]["seconds"] > 0
        assert runs[name]["peak_mb"] > 50
        of, colon, stage = name.partition(": ")
        assert runs[name]["ratio_to"] == f"{of}, other build{colon}{stage}"
    assert sum(runs[f"{way}: {stage}"]["seconds"] for stage in stages) <= runs[way]["seconds"]
    assert {name for name in runs if "arrangements: " in name} == {
        f"staged records to arrangements: {stage}" for stage in ("load", "load again, nothing new", "bare \\copy of the same rows")
    }
