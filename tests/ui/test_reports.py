"""What coordinators read, in a real browser: accessible by axe, complete in itself, and whole on a phone and on paper. Needs no demo."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from gmsd import reporting
from gmsd.checking import check_file
from gmsd.protocol import newest_protocol, protocol_for
from tests.unit import reporting_samples as s
from tests.unit import test_reporting as mails
from tests.unit import test_reporting_op_orde as op_orde

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WCAG_21_AA = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
RULES_URL = "https://gmsd.invalid/gmsd/regels/wmo-2020"
DESKTOP, PHONE = 1200, 360
FEEDBACK = replace(s.FEEDBACK, rules_url=RULES_URL)


def wrong_everywhere() -> dict:
    """The real check of a file with most of the faults there are."""
    good = ["20200203", "0518", "999900006", "01", "20180101", "", "1", "1", "10", "04", "2", "", ""]
    spoilt = [{0: "2020-02-03"}, {1: "518"}, {2: "99990000"}, {3: "19"}, {4: "1-7-2019"}, {5: "20170101"}, {6: "3"}, {7: "1.000"}]
    spoilt += [{8: "1,5E+05"}, {9: "99"}, {10: "9"}, {11: "02"}, {12: "x"}, {2: "999999999"}, {12: "01;"}, {4: "20300101"}]
    rows = []
    for number in range(40 * len(spoilt)):
        fields = list(good)
        fields[7] = str(number + 1)
        for place, value in spoilt[number % len(spoilt)].items():
            fields[place] = value
        rows.append(";".join(fields))
    header = ";".join(newest_protocol().header)
    data = "\r\n".join([header, *rows, ""]).encode()
    return check_file(data, file_name=s.FILE, municipality="0518", half_year=s.H2, received_on=dt.date(2020, 2, 10)).to_json()


def pages() -> dict[str, str]:
    """Every page and the mail of every verdict."""
    results = {**s.RESULTS, "wrong_everywhere": wrong_everywhere()}
    results["not_run"] = s.result("rejected", [], not_run=[{"rule": "BSN-02", "reason": "De regel kon niet worden uitgevoerd."}])
    made = {f"report {name}": reporting.feedback_html(result, FEEDBACK) for name, result in results.items()}
    context = replace(s.verdict("rejected"), rules_url=RULES_URL)
    made |= {f"mail verdict {name}": reporting.verdict_mail(replace(context, result=result)).html for name, result in results.items()}
    made |= {f"mail {name}": mail.html for name, mail in mails.MAILS.items() if not name.startswith("verdict")}
    made |= {f"op-orde {name}": reporting.op_orde_html(op_orde.REPORTS[name], op_orde.CONTEXT) for name in ("full", "alone")}
    return made | {"rules": reporting.rules_html(protocol_for(s.H2))}


PAGES = pages()
REPORTS = [name for name in PAGES if not name.startswith("mail")]


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path or None, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": DESKTOP, "height": 900})
    yield page
    page.close()


def violations(page: Page) -> list[str]:
    """What axe holds against a page, each with the first element it is about."""
    found = Axe().run(page, options=WCAG_21_AA).response
    assert found["passes"], "axe looked at nothing"
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_against_it(page: Page, name: str) -> None:
    page.set_content(PAGES[name])
    assert violations(page) == []


@pytest.mark.parametrize("name", ["report rejected", "mail verdict rejected", "op-orde alone"])
def test_axe_finds_nothing_against_it_on_a_phone(page: Page, name: str) -> None:
    page.set_viewport_size({"width": PHONE, "height": 700})
    page.set_content(PAGES[name])
    assert violations(page) == []


def test_axe_can_find_something(page: Page) -> None:
    page.set_content(PAGES["report rejected"].replace("color: #4a5963", "color: #c9d2d6").replace('<html lang="nl">', "<html>"))
    assert {each.partition(":")[0] for each in violations(page)} == {"color-contrast", "html-has-lang"}


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_for_nothing_and_runs_nothing(browser: Browser, name: str, tmp_path) -> None:
    asked: list[str] = []
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "page.html"
    file.write_text(PAGES[name], encoding="utf-8")
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert page.locator("h1").first.is_visible()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page, name: str) -> None:
    """Only tables of figures and codes may be wider: their own frame scrolls, so that rows can be compared. Faults never."""
    page.set_viewport_size({"width": PHONE, "height": 700})
    page.set_content(PAGES[name])
    wider = """() => [...document.querySelectorAll('body *')]
        .filter(each => !each.closest('.scroll, .skip') && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map(each => each.outerHTML.slice(0, 150))"""
    assert page.evaluate(wider) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    if name.startswith(("report", "mail")):
        assert page.locator(".scroll").count() == 0


@pytest.mark.parametrize("name", REPORTS)
def test_on_paper_nothing_is_cut_off(page: Page, name: str) -> None:
    """An A4 page with margins is about 180 mm wide: 680 pixels; colours that mean something are printed."""
    page.set_viewport_size({"width": 680, "height": 960})
    page.set_content(PAGES[name])
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert page.locator(".skip").count() == 0 or not page.locator(".skip").is_visible()
    adjusted = page.locator(".verdict, .tag").evaluate_all("all => all.map(each => getComputedStyle(each).printColorAdjust)")
    assert set(adjusted) <= {"exact"}


def test_each_code_leads_to_its_explanation_and_to_the_catalogue(page: Page) -> None:
    page.set_content(PAGES["report wrong_everywhere"])
    codes = page.locator(".overview a.tag")
    assert codes.count() > 12
    catalogue = PAGES["rules"]
    for link in codes.all():
        code, target = link.inner_text(), link.get_attribute("href") or ""
        card = page.locator(f"[id='{target.removeprefix('#')}']")
        assert card.count() == 1
        for heading in ("Wat is er mis", "Waar", "Hoe herstelt u het"):
            assert card.get_by_text(heading, exact=True).is_visible()
        assert card.get_by_role("link").get_attribute("href") == f"{RULES_URL}#{code}"
        assert f'id="{code}"' in catalogue
