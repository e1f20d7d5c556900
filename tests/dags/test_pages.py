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


def test_every_route_asks_who_it_is_except_the_catalogue(pages):
    assert [each["url_prefix"] for each in pages.PagesPlugin.fastapi_apps] == ["/gmsd/regels", "/gmsd"]
    assert {route.path for route in pages.rules.routes} == {"/", "/{protocol}"}
    assert all(route.methods == {"GET"} for route in pages.rules.routes)
    assert not pages.rules.router.dependencies
    assert pages.app.router.dependencies
    assert {route.path for route in pages.app.routes} == {"/rounds"}


def test_catalogue_of_every_protocol_is_read_without_an_account(pages):
    def get(path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(pages.rules), base_url="http://x") as client:
                return await client.get(path)

        return asyncio.run(ask())

    for protocol in protocols(expectations_folder()):
        page = get(f"/{protocol.id}")
        assert page.status_code == 200
        assert all(f'id="{code}"' in page.text for code in protocol.rules)
        assert "script" not in page.text
    assert get("/").text == page.text
    assert get("/wmo-1900").status_code == 404
