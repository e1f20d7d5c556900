"""The Airflow UI in a real browser, as the data engineer sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gmsd_airflow.api import Airflow
from tests.support.waiting import patience
from tests.ui.conftest import BROWSER_SECONDS
from tests.ui.test_reports import violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

RELEASE = "r0001"
DAGS = ("gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping")


@pytest.fixture(scope="module")
def page(played, browser) -> Iterator[Page]:
    """Airflow's UI, signed in as the engineer."""
    settings = played.home.settings
    page = browser.new_page(viewport={"width": 1500, "height": 950}, locale="en-US")
    page.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    page.goto(f"{settings.airflow_url}/auth/login/")
    page.fill("input[name=username]", settings.airflow_engineer_user)
    page.fill("input[name=password]", settings.airflow_engineer_password.get_secret_value())
    page.click("input[type=submit]")
    page.wait_for_url(f"{settings.airflow_url}/")
    yield page
    page.close()


def test_each_delivery_is_a_run_of_its_own(played, page):
    page.goto(f"{played.home.settings.airflow_url}/dags/gmsd_delivery/runs?limit=100")
    for row in played.in_force[-3:]:
        page.goto(f"{played.home.settings.airflow_url}/dags/gmsd_delivery/runs/{row['delivery']}")
        expect(page.get_by_text(row["delivery"]).first).to_be_visible()
        expect(page.get_by_text("Success").first).to_be_visible()


def test_list_of_runs_names_them(played, page):
    page.goto(f"{played.home.settings.airflow_url}/dags/gmsd_delivery/runs")
    expect(page.get_by_text("2019-H2.").first).to_be_visible()


def test_every_dag_is_shown_and_none_failed(played, page):
    page.goto(f"{played.home.settings.airflow_url}/dags?tags=gmsd")
    for name in ("Intake", "Delivery", "Close of a round", "Load", "Publication"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()


@pytest.fixture(scope="module")
def airflow(played) -> Iterator[Airflow]:
    """Airflow's API, as somebody who may only look."""
    found = Airflow.of(played.home.settings, "viewer")
    yield found
    found._http.close()


def test_reason_of_a_rejection_stands_in_the_runs_note(played, airflow):
    rejected = [row["delivery"] for row in played.home.manifest if row["expected_state"] == "rejected"]
    assert rejected
    for delivery in rejected:
        run = airflow.run("gmsd_delivery", delivery)
        assert run is not None, delivery
        assert run["state"] == "success", delivery
        assert str(run["note"]).startswith("rejected: "), delivery


def test_no_run_failed_and_nothing_failed_to_import(airflow):
    assert airflow.import_errors() == []
    assert {dag: airflow.runs(dag, states=("failed",)) for dag in DAGS} == {dag: [] for dag in DAGS}


def test_every_checked_delivery_has_its_run(played, airflow):
    runs = {run["dag_run_id"] for run in airflow.runs("gmsd_delivery")}
    checked = {row["delivery"] for row in played.home.manifest if row["expected_verdict"] is not None}
    assert checked <= runs


def test_rounds_page_shows_who_has_not_delivered(played, page):
    page.goto(f"{played.home.settings.airflow_url}/gmsd/rounds")
    text = page.text_content("body")
    assert "Scherpenzeel" in text
    assert newest_in_force(played)["delivery"] in text


def newest_in_force(played) -> dict:
    return [row for row in played.in_force if row["half_year"] == "2019-H2"][-1]


def follow(page: Page, link: str) -> None:
    """By the keyboard alone."""
    page.get_by_role("link", name=link, exact=True).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_overview_is_walked_by_keyboard_and_each_view_has_an_address(played, page):
    base = f"{played.home.settings.airflow_url}/gmsd"
    page.goto(f"{base}/rounds?round=2019-H2")
    page.get_by_role("searchbox").focus()
    page.keyboard.type(newest_in_force(played)["municipality"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 355 municipalities shown", exact=False)).to_be_visible()
    assert f"q={newest_in_force(played)['municipality']}" in page.url
    address = page.url
    follow(page, newest_in_force(played)["delivery"])
    assert page.url == f"{base}/deliveries/{newest_in_force(played)['delivery']}"
    expect(page.get_by_role("heading", name="Row accounting")).to_be_visible()
    assert page.locator("section, main").get_by_text("missing", exact=False).count() == 0
    page.goto(address)
    expect(page.get_by_text("1 of 355 municipalities shown", exact=False)).to_be_visible()


def test_report_of_the_outbox_opens_from_the_page_of_its_delivery(played, page):
    delivery = newest_in_force(played)["delivery"]
    page.goto(f"{played.home.settings.airflow_url}/gmsd/deliveries/{delivery}")
    follow(page, "terugkoppeling.html")
    assert page.url.endswith(f"/gmsd/deliveries/{delivery}/reports/terugkoppeling.html")
    expect(page.get_by_text("Goedgekeurd", exact=False).first).to_be_visible()


def test_overview_of_the_demo_is_accessible(played, page):
    base, delivery = f"{played.home.settings.airflow_url}/gmsd", newest_in_force(played)["delivery"]
    for path in ("rounds", "rounds?round=2019-H2&half_year=2019-H1&sort=late&order=desc", f"deliveries/{delivery}"):
        page.goto(f"{base}/{path}")
        assert violations(page) == []


def test_whoever_follows_the_link_to_an_approval_signs_in_first_and_comes_back(played, browser):
    settings = played.home.settings
    page = browser.new_page(locale="en-US")
    page.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    wanted = f"{settings.airflow_url}/gmsd/releases/{RELEASE}/approval"
    page.goto(wanted)
    page.fill("input[name=username]", settings.airflow_approver_user)
    page.fill("input[name=password]", settings.airflow_approver_password.get_secret_value())
    page.click("input[type=submit]")
    page.wait_for_url(wanted)
    expect(page.get_by_role("heading", name=f"May {RELEASE} be published?")).to_be_visible()
    page.close()
