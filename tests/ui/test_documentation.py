"""The documentation in a browser, opened from the disk: accessible, and nothing is asked of the network."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from tests.support.pages import PROJECT
from tests.ui.test_reports import violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

_spec = importlib.util.spec_from_file_location("docs_build_site", PROJECT / "docs" / "build_site.py")
build_site = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build_site)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build_site.build(out)
    return out


@pytest.mark.parametrize("name", ["index", "docs/round", "docs/runbook", "docs/changing", "docs/rules", "docs/architecture"])
def test_page_is_accessible_and_asks_nothing_of_the_network(site: Path, page: Page, name: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.evaluate("document.documentElement.lang") == ("nl" if name == "docs/rules" else "en")
