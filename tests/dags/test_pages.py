"""Which pages of the UI somebody without an account can see: the catalogue of rules, and nothing else."""

from __future__ import annotations

import asyncio
import warnings

import httpx
import pytest

from gmsd.protocol import expectations_folder, protocols


@pytest.fixture(scope="module")
def pages():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own
        from gmsd_airflow import plugin_pages

    return plugin_pages


def ask(pages, path: str) -> httpx.Response:
    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(pages.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get(path)

    return asyncio.run(answer())


def test_every_route_asks_who_it_is_except_the_catalogue(pages):
    asking = {(*route.methods, route.path): bool(route.dependencies) for route in pages.app.routes}
    assert asking == {
        ("GET", "/rounds"): True,
        ("GET", "/municipalities/{code}"): True,
        ("GET", "/deliveries/{delivery_id}"): True,
        ("GET", "/deliveries/{delivery_id}/reports/{name}"): True,
        ("GET", "/releases"): True,
        ("GET", "/releases/{release_id}/approval"): True,
        ("POST", "/releases/{release_id}/approval"): True,
        ("GET", "/previews/{run_id}"): True,
        ("GET", "/previews/{run_id}/cells.csv"): True,
        ("GET", "/regels"): False,
        ("GET", "/regels/{protocol}"): False,
    }
    inside = ("/municipalities/0518", "/deliveries/2019-H2.0518.01", "/deliveries/2019-H2.0518.01/reports/op-orde.html")
    for path in (
        "/rounds",
        "/rounds?state=nothing",
        *inside,
        "/releases",
        "/releases/r0001/approval",
        "/previews/r0001",
        "/previews/r0001/cells.csv",
    ):
        assert ask(pages, path).status_code == 401
    for path in ("/openapi.json", "/docs", "/redoc", "/"):
        assert ask(pages, path).status_code == 404


def test_catalogue_of_every_protocol_is_read_without_an_account(pages):
    for protocol in protocols(expectations_folder()):
        page = ask(pages, f"/regels/{protocol.id}")
        assert page.status_code == 200
        assert all(f'id="{code}"' in page.text for code in protocol.rules)
        assert "script" not in page.text
    newest = ask(pages, "/regels")
    assert (newest.status_code, newest.headers["location"]) == (307, f"regels/{protocol.id}")
    assert ask(pages, "/regels/wmo-1900").status_code == 404
