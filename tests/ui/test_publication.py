"""The publication in a real browser: its pages are accessible and fit the screen, its form explains itself and begins as a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from gmsd_airflow.api import Airflow
from tests.support.runs import ended, until
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


def test_the_form_explains_itself_and_as_it_begins_it_is_a_dry_run(played, signed_in: Page) -> None:  # noqa: F811 - a fixture
    settings, page = played.home.settings, signed_in
    page.goto(f"{settings.airflow_url}/dags/{DAG}")
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    for field in ("What to do", "Law", "Round", "Targets", "Embargo: day", "Embargo: time in the Netherlands", "Reason", "Dry run"):
        expect(dialog.get_by_text(field).first).to_be_visible()
    expect(dialog.get_by_text("public site and catalogues stand on the others", exact=False)).to_be_visible()
    expect(dialog.get_by_text("Waarstaatjegemeente (waarstaatjegemeente)", exact=False)).to_be_visible()
    with Airflow.of(settings, "viewer") as airflow:
        before = airflow.count(DAG)
        dialog.get_by_role("button", name="Trigger").click()
        until(lambda: airflow.count(DAG) > before, "the run")
        run = airflow.runs(DAG, newest=True)[0]
        assert run["conf"]["dry_run"] is True
        assert ended(airflow, DAG, run["dag_run_id"])["state"] == "success"
        assert "nothing has been asked" in airflow.run(DAG, run["dag_run_id"])["note"]
    page.goto(f"{settings.airflow_url}/gmsd/previews/{quote(run['dag_run_id'], safe='')}")
    expect(page.get_by_role("heading", name="Preview of r0003")).to_be_visible()
    expect(page.get_by_text("0 cells are new, changed or gone", exact=False)).to_be_visible()


def test_what_a_recall_would_take_away_is_shown_and_downloaded(played, signed_in: Page) -> None:  # noqa: F811 - a fixture
    settings, page = played.home.settings, signed_in
    with Airflow.of(settings, "engineer") as airflow:
        recall = {"action": "recall", "half_year": "2019-H1", "reason": "a try", "dry_run": True}
        run_id = str(airflow.start(DAG, conf=recall))
        assert ended(airflow, DAG, run_id)["state"] == "success"
    page.goto(f"{settings.airflow_url}/gmsd/previews/{quote(run_id, safe='')}")
    expect(page.get_by_text("Recall 2019-H1: a release without it", exact=False)).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them as CSV").click()
    assert download.value.suggested_filename == "r0003-changed-cells.csv"
