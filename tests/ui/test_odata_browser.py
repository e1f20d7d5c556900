"""The OData service as a page of another site meets it, in a real browser: requests with and without a preflight. Needs no demo."""

from __future__ import annotations

import http.server
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.releases import H1, H2, content
from tests.support.served import TABLE, release_folder, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

READ = """async ([address, headers]) => {
    const answer = await fetch(address, {headers});
    return {status: answer.status, release: answer.headers.get("X-Release"), type: answer.type, said: await answer.json()};
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(release_folder(tmp_path_factory.mktemp("release"), content(H1, H2, all_places=True))) as found:
        yield found


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty page of another origin."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<!doctype html><title>elsewhere</title>", encoding="utf-8")
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(http.server.SimpleHTTPRequestHandler, directory=folder))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}/"
    site.shutdown()
    site.server_close()


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}, {"Accept": "application/json", "MaxDataServiceVersion": "3.0"}])
def test_a_page_of_another_site_reads_figures(page: Page, elsewhere: str, address: str, headers: dict[str, str]) -> None:
    """The last header is one that a browser asks leave for first."""
    page.goto(elsewhere)
    path = f"http://{address}/ODataApi/odata/{TABLE}/TypedDataSet?$filter=startswith(RegioS,'NL01  ')&$orderby=Perioden desc&$top=2"
    found: dict[str, Any] = page.evaluate(READ, [path, headers])
    assert (found["status"], found["type"], found["release"]) == (200, "cors", "r0001")
    assert [row["Perioden"] for row in found["said"]["value"]] == ["2019JJ00", "2019JJ00"]


def test_a_page_of_another_site_reads_why_it_was_refused(page: Page, elsewhere: str, address: str) -> None:
    page.goto(elsewhere)
    found: dict[str, Any] = page.evaluate(READ, [f"http://{address}/ODataCatalog/Tables?$filter=Nobody eq 1", {}])
    assert found["status"] == 400
    assert "geen veld Nobody" in found["said"]["odata.error"]["message"]["value"]
