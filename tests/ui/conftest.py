"""A demo of thirty municipalities, played once through an Airflow of the tests' own; the tests look at it from outside.

What needs no demo is tested first, while it is played.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.support.played import Home, Played
from tests.support.stack import PROJECT
from tests.support.waiting import patience, until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
PLAY_SECONDS = 900
BROWSER_SECONDS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of the demo waits for the whole of it; what ends it when it hangs is the demo's own patience."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(5400))
    items.sort(key=lambda item: (needs_the_demo(item), plays_again(item)))


def needs_the_demo(item: pytest.Item) -> bool:
    """Whether a test looks at what was played."""
    return item.path.is_relative_to(HERE) and "played" in getattr(item, "fixturenames", ())


def plays_again(item: pytest.Item) -> bool:
    """Whether a test plays over what was played: it comes last."""
    return item.path == HERE / "test_recovery.py"


class Begun(NamedTuple):
    """A demo that is being played."""

    log: Path
    process: subprocess.Popen[str]
    at: float


def finish(home: Home, log: Path, folder: Path, process, begin: float) -> Played:
    """Wait for the player and fetch the releases it made."""
    until(lambda: process.poll() is not None, "the end of the demo", seconds=PLAY_SECONDS, gone=home.gone(), every=1)
    status = process.returncode
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
def begun(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    """The demo, being played without disturbance."""
    log = tmp_path_factory.mktemp("played") / "play.log"
    process = home.play(log)
    yield Begun(log, process, time.monotonic())
    process.kill()


@pytest.fixture(scope="session", autouse=True)
def _begin_early(request: pytest.FixtureRequest) -> None:
    """Whoever needs the demo waits the less for it."""
    if any(map(needs_the_demo, request.session.items)):
        request.getfixturevalue("begun")


@pytest.fixture(scope="session")
def played(home: Home, begun: Begun, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demo, played without disturbance."""
    return finish(home, begun.log, tmp_path_factory.mktemp("releases"), begun.process, begun.at)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """An installed Chromium or Chrome: GMSD_BROWSER's, else the first on the PATH, else playwright's own.

    Whatever a test expects of a page may come as late as a busy machine makes it.
    """
    names = (os.environ.get("GMSD_BROWSER") or "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    expect.set_options(timeout=patience(BROWSER_SECONDS) * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=patience(BROWSER_SECONDS) * 1000)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a desk's width."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def _sheet(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def sheet(_sheet: Page) -> Page:
    """The page of a desk's width that a module's tests put what they made into, one after the other: another browser context costs more."""
    _sheet.set_viewport_size({"width": 1200, "height": 900})
    _sheet.emulate_media(media="screen", color_scheme="light")
    _sheet.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    return _sheet
