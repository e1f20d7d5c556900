"""What a council member wants to know of the site, from its first page on: each answer stands at most three clicks away. Needs no demo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.releases import H1, H2, content
from tests.support.served import release_folder, serving
from tests.support.waiting import patience
from tests.ui.conftest import BROWSER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

CLICKS = 3
PICTURES = os.environ.get("GMSD_PICTURES")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site over a second release: in it are more tables than in the first, and 0034 withdrew a half-year."""
    before = content(H1, release_id="r0001").tables[0].cells
    second = content(H1, H2, release_id="r0002", before=before, every_table=True)
    with serving(release_folder(tmp_path_factory.mktemp("release"), second)) as found:
        yield f"http://{found}"


class Visit:
    """Somebody at the first page, whose clicks are counted; without script."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 1000})
        self._context.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
        self.page: Page = self._context.new_page()
        self.page.goto(address)
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def to_municipality(self, words: str, name: str) -> None:
        self.page.get_by_label("Zoek uw gemeente").fill(words)
        self.click(self.page.get_by_role("button", name="Zoek"))
        if self.page.locator("h1").inner_text() != name:
            self.click(self.page.get_by_role("link", name=name, exact=True))
        assert self.page.locator("h1").inner_text() == name

    def end(self, picture: str) -> None:
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"walk-{picture}.png"))
        self._context.close()
        assert self.clicks <= CLICKS


def test_how_a_municipality_does_is_found(browser: Browser, address: str) -> None:
    visit = Visit(browser, address)
    visit.to_municipality("haag", "'s-Gravenhage")
    assert visit.page.locator('td[data-table="83262NED"][data-region="GM0518"][data-group="T001024"]').first.get_attribute("data-value")
    visit.end("figures")


def test_whom_to_compare_with_is_found(browser: Browser, address: str) -> None:
    visit = Visit(browser, address)
    visit.to_municipality("haag", "'s-Gravenhage")
    visit.click(visit.page.get_by_role("link", name="Vergelijk met gemeenten die lijken op 's-Gravenhage"))
    assert visit.page.get_by_role("link", name="Rotterdam").first.is_visible()
    visit.end("comparison")


def test_what_changed_since_the_last_release_is_found(browser: Browser, address: str) -> None:
    visit = Visit(browser, address)
    visit.click(visit.page.locator("main").get_by_role("link", name="r0002"))
    assert visit.page.get_by_role("heading", name="Wat is er veranderd?").is_visible()
    said = visit.page.locator("main").inner_text()
    assert "Vergeleken met uitgave r0001" in " ".join(said.split())
    assert "Nieuwe tabel: Wmo-cliënten; productcategorie, regio (86050NED)." in said
    visit.end("changes")


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("zeewolde", "Zeewolde", "te weinig mensen om het te tonen"),
        ("almere", "Almere", "leverde geen gegevens, of trok ze in"),
        ("rotterdam", "Rotterdam", "leverde geen gegevens, of trok ze in"),
    ],
    ids=["too few people", "withdrawn", "not delivered"],
)
def test_why_a_figure_is_missing_is_found(browser: Browser, address: str, words: str, name: str, said: str) -> None:
    visit = Visit(browser, address)
    visit.to_municipality(words, name)
    assert said in " ".join(visit.page.locator("main").inner_text().split())
    visit.end(f"missing-{words}")
