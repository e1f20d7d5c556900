"""The public site in a real browser: every kind of page in every situation that the statement about accessibility names. Needs no demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gmsd.web.site.accessibility import accessibility_tried
from tests.support.releases import H1, H2, content
from tests.support.served import release_folder, serving
from tests.support.waiting import patience
from tests.ui.conftest import BROWSER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
}
NOTHING_TO_PRESS = {"rules": {"target-size": {"enabled": False}}}
TRIED = accessibility_tried()
SITUATIONS: dict[str, dict[str, Any]] = {
    "op een breed scherm (1440 pixels)": {"viewport": {"width": 1440, "height": 900}},
    "op een telefoon (360 pixels)": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
    "met 400 procent vergroting (320 pixels)": {"viewport": {"width": 320, "height": 256}},
    "met donkere kleuren": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "met kleuren die de lezer zelf kiest (hoog contrast)": {"viewport": {"width": 1440, "height": 900}, "forced_colors": "active"},
    "op papier": {"viewport": {"width": 794, "height": 1123}, "media": "print"},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(release_folder(tmp_path_factory.mktemp("release"), content(H1, H2, every_table=True))) as found:
        yield f"http://{found}"


def opened(browser: Browser, situation: str) -> tuple[BrowserContext, Page]:
    """A page of a browser that runs no script of the site."""
    options = dict(SITUATIONS[situation])
    media = options.pop("media", None)
    context = browser.new_context(**options)
    context.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    page = context.new_page()
    if media:
        page.emulate_media(media=media)
    return context, page


def test_the_statement_names_what_is_tried() -> None:
    assert list(SITUATIONS) == TRIED["situations"]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_page_breaks_a_rule_or_runs_off_the_screen(browser: Browser, address: str, situation: str) -> None:
    context, page = opened(browser, situation)
    found = {}
    for path in TRIED["pages"]:
        page.goto(address + path)
        report = Axe().run(page, options=RULES if situation != "op papier" else RULES | NOTHING_TO_PRESS)
        if report.violations_count:
            found[path] = report.generate_report()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found[f"{path} is too wide"] = wider
    context.close()
    assert found == {}


@pytest.mark.parametrize("path", TRIED["pages"])
def test_every_page_can_be_walked_with_the_keyboard(browser: Browser, address: str, path: str) -> None:
    """Tab reaches every link, field and table that scrolls, in the order of the page, visibly; the first leads past the menu."""
    context, page = opened(browser, "op een breed scherm (1440 pixels)")
    page.goto(address + path)
    reachable = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility()).length"
    )
    walked = []
    for _ in range(min(reachable, 60)):
        page.keyboard.press("Tab")
        walked.append(
            page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e), all = [...document.querySelectorAll('*')];"
                " return [all.indexOf(e), s.outlineStyle]; })()"
            )
        )
    places = [place for place, _ in walked]
    assert places == sorted(places)
    assert len(set(places)) == min(reachable, 60)
    assert {style for _, style in walked} == {"solid"}
    context.close()


def test_a_municipality_is_found_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Zoek uw gemeente").fill("den haag")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="'s-Gravenhage").click()
    assert page.locator("h1").inner_text() == "'s-Gravenhage"
    page.get_by_role("link", name="Toon als lijst").click()
    assert "weergave=lijst" in page.url
    page.get_by_role("link", name="Uitgaven").first.click()
    assert "weergave=lijst" in page.url
    with page.expect_download() as download:
        page.goto(address + "/gemeente/GM0518")
        page.get_by_role("link", name="Download wat u ziet (CSV)").click()
    assert download.value.suggested_filename == "GM0518-2019HJ02.csv"
    context.close()
