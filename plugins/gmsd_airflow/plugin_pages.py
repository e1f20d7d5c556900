"""Registers the page "GMSD rounds" in the Airflow UI, for signed-in users who may see the runs. Only the api-server needs this file."""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

# The dependency holds for every route of the app. There is no openapi.json: it would be a route without it.
app = FastAPI(title="GMSD", dependencies=[Depends(requires_access_dag(method="GET"))], openapi_url=None, docs_url=None, redoc_url=None)
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'", "Cache-Control": "no-store"}


@app.get("/rounds", response_class=HTMLResponse)
def rounds() -> HTMLResponse:
    """Rounds, participation, who has not delivered, and every delivery's state and reason."""
    from gmsd.settings import get_settings
    from gmsd_airflow.rounds_page import render, view

    return HTMLResponse(render(view(get_settings())), headers=_HEADERS)


class PagesPlugin(AirflowPlugin):
    """The pages of this project in the UI."""

    name = "gmsd_pages"
    fastapi_apps = [{"name": "GMSD", "app": app, "url_prefix": "/gmsd"}]  # noqa: RUF012 - Airflow's own form
    external_views = [  # noqa: RUF012 - Airflow's own form
        {"name": "GMSD rounds", "href": "/gmsd/rounds", "url_route": "gmsd-rounds", "destination": "nav", "category": "browse"}
    ]
