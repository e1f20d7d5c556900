"""The bench's ways through the services, in services of their own, come to their end."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path


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
