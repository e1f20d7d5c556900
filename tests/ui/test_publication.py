"""The publication in a real browser: its pages are accessible and fit the screen, its form explains itself and begins as a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gmsd_airflow.api import Airflow
from tests.support.runs import ended
from tests.ui.test_airflow_ui import page as signed_in  # noqa: F401 - a fixture
from tests.ui.test_reports import FONTS, PHONE, WIDER, set_font, violations
from tests.unit.releases import test_preview_page as made

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DAG = "gmsd_publish"


@pytest.fixture
def empty(browser: Browser):
    """An empty page."""
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    yield found
    found.close()


@pytest.mark.parametrize("name", list(made.PAGES))
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_axe_finds_nothing_against_it(empty: Page, name: str, width: int) -> None:
    empty.set_viewport_size({"width": width, "height": 900})
    empty.set_content(made.PAGES[name])
    assert violations(empty) == []


@pytest.mark.parametrize("name", list(made.PAGES))
@pytest.mark.parametrize("width", [PHONE, 800])
def test_only_tables_may_be_wider_than_the_screen(empty: Page, name: str, width: int) -> None:
    empty.set_viewport_size({"width": width, "height": 900})
    empty.set_content(made.PAGES[name])
    set_font(empty, FONTS["DejaVu"])
    assert empty.evaluate(WIDER) == []
    assert empty.evaluate("document.documentElement.scrollWidth") <= width
