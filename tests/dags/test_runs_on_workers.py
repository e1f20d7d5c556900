"""A round on two workers of Celery, of which the one that has a burst in hand is lost for good in the middle of it."""

from __future__ import annotations

import os
from pathlib import Path

from tests.scale.play import Play, broken
from tests.support.played import Home
from tests.support.stack import PROJECT
from tests.support.workers import workers

MUNICIPALITIES = 12


def test_a_lost_worker_loses_nothing_and_does_nothing_twice(tmp_path):
    home = Home(Path(os.environ.get("GMSD_TEST_WORKERS_HOME") or PROJECT / "var" / "test-workers"))
    try:
        home.start("--executor", "celery", "--workers", "2")
        assert sorted(workers(home)) == ["worker-1", "worker-2"]
        found = Play(home, MUNICIPALITIES, "worker", print).play(tmp_path)
        left = sorted(workers(home))
    finally:
        home.stop()
    assert found.lost is not None
    assert left == sorted({"worker-1", "worker-2"} - {found.lost[0]})
    assert found.lost[1] < MUNICIPALITIES, "it was lost after the burst: the test shows nothing"
    assert broken(found, MUNICIPALITIES) == []
    assert all(found.tasks.values()), f"a worker that did nothing: {found.tasks}"
    left_on_disk = [path for name in found.tasks for path in (home.var / "airflow" / name).rglob("*") if path.is_file()]
    assert left_on_disk == [], "tasks leave nothing in the folder for temporary files of their worker"
