"""A demo of thirty municipalities, played once through an Airflow of the tests' own; the tests look at it from outside."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.played import Home, Played
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAY_SECONDS = 900


def finish(home: Home, log: Path, folder: Path, process, begin: float) -> Played:
    """Wait for the player and fetch the releases it made."""
    status = process.wait(PLAY_SECONDS)
    output = log.read_text(encoding="utf-8")
    assert status == 0, output[-4000:]
    for release in ("r0001", "r0002"):
        done = home.gmsd("releases", "get", release, "--to", str(folder / release))
        assert done.returncode == 0, done.stderr
    return Played(home, output, time.monotonic() - begin, folder)


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """A running installation with Airflow, stopped afterwards. GMSD_TEST_KEEP=1 leaves it, and takes it as it is next time."""
    found = Home(Path(os.environ.get("GMSD_TEST_HOME") or PROJECT / "var" / "test-ui"))
    keep = bool(os.environ.get("GMSD_TEST_KEEP"))
    if not (keep and (found.demo / "manifest.json").exists()):
        found.start()
    yield found
    if not keep:
        found.stop()


@pytest.fixture(scope="session")
def played(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demo, played without disturbance."""
    log = tmp_path_factory.mktemp("played") / "play.log"
    begin = time.monotonic()
    return finish(home, log, tmp_path_factory.mktemp("releases"), home.play(log), begin)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """An installed Chromium or Chrome: GMSD_BROWSER's, else the first on the PATH, else '' = playwright's own."""
    names = (os.environ.get("GMSD_BROWSER") or "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), "")
