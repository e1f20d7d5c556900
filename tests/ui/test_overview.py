"""The engineer's pages of rounds, municipalities and deliveries in a real browser: accessible, by keyboard, no wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dags import test_overview_pages as made
from tests.ui.test_reports import FONTS, PHONE, WIDER, set_font, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize("name", list(made.PAGES))
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_axe_finds_nothing_against_it(sheet: Page, name: str, width: int) -> None:
    sheet.set_viewport_size({"width": width, "height": 900})
    sheet.set_content(made.PAGES[name])
    assert violations(sheet) == []


@pytest.mark.parametrize("name", list(made.PAGES))
@pytest.mark.parametrize("width", [PHONE, 800])
def test_only_tables_may_be_wider_than_the_screen(sheet: Page, name: str, width: int) -> None:
    sheet.set_viewport_size({"width": width, "height": 900})
    sheet.set_content(made.PAGES[name])
    set_font(sheet, FONTS["DejaVu"])
    assert sheet.evaluate(WIDER) == []
    assert sheet.evaluate("document.documentElement.scrollWidth") <= width


def test_every_link_field_and_table_is_reached_by_tab_and_shows_where_one_is(page: Page) -> None:
    page.set_content(made.PAGES["overview"])
    wanted = page.locator("a[href], input:not([type=hidden]), select, button, summary, [tabindex='0']").evaluate_all(
        "all => all.filter(each => !each.closest('details:not([open])') || each.tagName === 'SUMMARY').length"
    )
    reached = set()
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert len(reached) == wanted
