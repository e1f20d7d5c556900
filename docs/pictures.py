"""Take the pictures of docs/round.md from a played demo: `.venv/bin/python docs/pictures.py`, after `make demo`.

It signs in as the data engineer and as the approver, walks through the last round, publishes once more under an embargo, tries a
recall, and takes in an archive of 2018 for a backfill. The demo has one release and two half-years more afterwards: play it again with
`make demo RESET=1`. Needs a Chromium or Chrome (GMSD_BROWSER, else the first on the path).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "plugins"), str(PROJECT)]

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from gmsd.settings import Settings

OUT = PROJECT / "docs" / "images" / "round"
ROUND = "2019-H2"
PATIENCE = 120_000  # milliseconds
SCROLLED = {"late": "Municipalities", "rows": "Row accounting"}
REASON = "Looked at the changed cells; agreed with the answer to the preview"
RECALLED = "2019-H1"
EMBARGO = "06:30"
PAST = ("2018-H1", "2018-H2")


def gmsd(*arguments: str) -> str:
    """What the command prints."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "plugins")}
    command = [sys.executable, "-m", "gmsd.cli", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def signed_in(browser: Browser, settings: Settings, who: str) -> Page:
    """A page of Airflow's UI for one of the accounts in the settings."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-US")
    page.set_default_timeout(PATIENCE)
    page.goto(f"{settings.airflow_url}/auth/login/")
    page.fill("input[name=username]", getattr(settings, f"airflow_{who}_user"))
    page.fill("input[name=password]", getattr(settings, f"airflow_{who}_password").get_secret_value())
    page.click("input[type=submit]")
    page.wait_for_url(f"{settings.airflow_url}/")
    return page


def taken(page: Page, name: str) -> None:
    """Keep what the page shows now."""
    OUT.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(4000)  # Airflow's UI goes on asking, and draws after each answer
    page.screenshot(path=str(OUT / f"{name}.png"))
    sys.stdout.write(f"{name}\n")


def of_the_round(page: Page, settings: Settings) -> None:
    """The overview, who is late, a rejected delivery with its report, the close, the load and the account of rows."""
    from gmsd_airflow.api import Airflow

    deliveries = json.loads(gmsd("deliveries", "list", "--round", ROUND, "--half-year", ROUND, "--json"))
    rejected = next(each["delivery_id"] for each in deliveries if each["state"] == "rejected")
    counted = next(each["delivery_id"] for each in reversed(deliveries) if each["state"] == "published")
    with Airflow.of(settings, "engineer") as airflow:
        close, load = (airflow.runs(dag, newest=True)[0]["dag_run_id"] for dag in ("gmsd_optout_close", "gmsd_load"))
    views = {
        "overview": f"gmsd/rounds?round={ROUND}",
        "late": f"gmsd/rounds?round={ROUND}&sort=late&order=desc&late=yes",
        "municipality": f"gmsd/municipalities/{rejected.split('.')[1]}?round={ROUND}&half_year={ROUND}",
        "rejected": f"dags/gmsd_delivery/runs/{rejected}",
        "report": f"gmsd/deliveries/{rejected}/reports/terugkoppeling.html",
        "close": f"dags/gmsd_optout_close/runs/{close}",
        "load": f"dags/gmsd_load/runs/{load}",
        "rows": f"gmsd/deliveries/{counted}",
    }
    for name, path in views.items():
        page.set_viewport_size({"width": 1280, "height": 1180 if name == "overview" else 800})
        page.goto(f"{settings.airflow_url}/{path}")
        if name in SCROLLED:
            page.get_by_role("heading", name=SCROLLED[name]).evaluate("each => each.scrollIntoView()")
        taken(page, name)


def mail(browser: Browser, settings: Settings) -> None:
    """The mail about the newest rejected file, as its reader sees it."""
    for path in sorted(Path(settings.maildir).glob("new/*"), reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("html",))
        if "afgekeurd" in str(message["subject"]).lower() and body is not None:
            page = browser.new_page(viewport={"width": 900, "height": 800})
            page.set_content(body.get_content())
            taken(page, "mail")
            page.close()
            return
    raise SystemExit("no mail about a rejected file")


def publication(engineer: Page, approver: Page, settings: Settings) -> None:
    """The form, the preview, the question, the answer, the embargo, and what the engineer sees of it all."""
    from gmsd_airflow.api import Airflow

    now = json.loads(gmsd("clock", "show", "--json"))["now"]
    day = dt.datetime.fromisoformat(now).date() + dt.timedelta(days=2)
    form(engineer, settings, {"Embargo: day": day.isoformat(), "Embargo: time in the Netherlands": EMBARGO}, "form")
    release = f"r{len(json.loads(gmsd('releases', 'list', '--json'))) + 1:04d}"
    address = f"{settings.airflow_url}/gmsd/releases/{release}/approval"
    with Airflow.of(settings, "engineer") as airflow:
        wanted = {"round": ROUND, "embargo_date": day.isoformat(), "embargo_time": EMBARGO, "dry_run": False}
        run = airflow.start("gmsd_publish", release, conf=wanted) or airflow.start("gmsd_publish", conf=wanted)
        assert run is not None
        waiting(lambda: is_open(approver, address), f"the question of {release}")
        preview(engineer, settings, run, "preview")
        approver.goto(address)
        taken(approver, "question")
        approver.fill("textarea[name=reason]", REASON)
        approver.get_by_role("button", name="Approve").scroll_into_view_if_needed()
        taken(approver, "answer")
        approver.get_by_role("button", name="Approve").click()
        waiting(lambda: "under embargo until" in str((airflow.run("gmsd_publish", run) or {}).get("note")), f"the embargo of {release}")
        engineer.goto(f"{settings.airflow_url}/dags/gmsd_publish/runs/{quote(run, safe='')}")
        taken(engineer, "embargo")
        gmsd("clock", "move", f"{day.isoformat()}T{EMBARGO}")
        waiting(lambda: str((airflow.run("gmsd_publish", run) or {}).get("state")) in {"success", "failed"}, f"the end of {release}")
        engineer.goto(f"{settings.airflow_url}/dags/gmsd_publish/runs")
        taken(engineer, "publications")
        recall = airflow.start("gmsd_publish", conf={"action": "recall", "half_year": RECALLED, "reason": REASON, "dry_run": True})
        assert recall is not None
        waiting(lambda: str((airflow.run("gmsd_publish", recall) or {}).get("state")) in {"success", "failed"}, "the preview of a recall")
        preview(engineer, settings, recall, "recall")


def form(page: Page, settings: Settings, fields: dict[str, str], name: str) -> None:
    """The form of a publication, with some of its fields filled in; it is not sent."""
    page.goto(f"{settings.airflow_url}/dags/gmsd_publish")
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    for label, value in fields.items():
        dialog.get_by_text(label).first.locator("xpath=following::input[1]").fill(value)
    dialog.get_by_text(next(iter(fields))).first.evaluate("each => each.scrollIntoView({block: 'center'})")
    taken(page, name)


def preview(page: Page, settings: Settings, run: str, name: str) -> None:
    """The page of what a run would publish."""
    page.goto(f"{settings.airflow_url}/gmsd/previews/{quote(run, safe='')}")
    taken(page, name)


def past(page: Page, settings: Settings) -> None:
    """An archive of two half-years, and the backfill that makes figures of it."""
    with tempfile.TemporaryDirectory() as folder:
        gmsd(
            "demo", "deliveries", "--to", folder, "--municipalities", "3", *(part for half in PAST for part in ("--half-year", code(half)))
        )
        gmsd("archive", "import", folder)
    page.goto(f"{settings.airflow_url}/dags/gmsd_optout_close")
    page.get_by_role("button", name="Trigger").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Backfill", exact=True).first.click()
    taken(page, "backfill")
    gmsd("backfill", PAST[0], ROUND)
    page.goto(f"{settings.airflow_url}/dags/gmsd_optout_close/backfills")
    taken(page, "backfills")


def code(half_year: str) -> str:
    """2018-H1 as the municipalities write it: H12018."""
    year, half = half_year.split("-")
    return half + year


def is_open(page: Page, address: str) -> bool:
    """Whether the question is there and has no answer yet."""
    page.goto(address)
    return page.locator("textarea[name=reason]").count() > 0


def waiting(done: Callable[[], bool], what: str) -> None:
    """Until it is done, for at most five minutes."""
    for _ in range(150):
        if done():
            return
        time.sleep(2)
    raise SystemExit(f"{what} did not come")


def main() -> None:
    """All pictures, in the order of the page."""
    from playwright.sync_api import sync_playwright

    from gmsd.settings import get_settings

    settings = get_settings()
    names = (os.environ.get("GMSD_BROWSER") or "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        engineer = signed_in(browser, settings, "engineer")
        of_the_round(engineer, settings)
        mail(browser, settings)
        publication(engineer, signed_in(browser, settings, "approver"), settings)
        past(engineer, settings)
        browser.close()


if __name__ == "__main__":
    main()
