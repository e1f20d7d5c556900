"""Registers pages in the Airflow UI: "GMSD rounds", for signed-in users who may see the runs, and the catalogue of rules, for everybody.

Only the api-server needs this file.
"""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse

from gmsd.protocol import expectations_folder, protocols

# The dependency holds for every route of the app. There is no openapi.json: it would be a route without it.
app = FastAPI(title="GMSD", dependencies=[Depends(requires_access_dag(method="GET"))], openapi_url=None, docs_url=None, redoc_url=None)
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'", "Cache-Control": "no-store"}


@app.get("/rounds", response_class=HTMLResponse)
def rounds() -> HTMLResponse:
    """Rounds, participation, who has not delivered, and every delivery's state and reason."""
    from gmsd.settings import get_settings
    from gmsd_airflow.rounds_page import render, view

    return HTMLResponse(render(view(get_settings())), headers=_HEADERS)


# Coordinators have no account here: mails and reports link each fault to its rule. Nothing but the text of the rules can be read.
rules = FastAPI(title="GMSD rules", openapi_url=None, docs_url=None, redoc_url=None)


@rules.get("/", response_class=HTMLResponse)
@rules.get("/{protocol}", response_class=HTMLResponse)
def rule_catalogue(protocol: str | None = None) -> HTMLResponse:
    """The catalogue of rules of one protocol, the newest when none is named."""
    from gmsd.reporting import rules_html

    every = protocols(expectations_folder())
    found = every[-1] if protocol is None else next((each for each in every if each.id == protocol), None)
    if found is None:
        raise HTTPException(404, f"Dit protocol is er niet; er is {', '.join(each.id for each in every)}.")
    return HTMLResponse(rules_html(found), headers=_HEADERS | {"Cache-Control": "public, max-age=600"})


class PagesPlugin(AirflowPlugin):
    """The pages of this project in the UI."""

    name = "gmsd_pages"
    fastapi_apps = [  # noqa: RUF012 - Airflow's own form; the longer prefix first, or the other takes its requests
        {"name": "GMSD rules", "app": rules, "url_prefix": "/gmsd/regels"},
        {"name": "GMSD", "app": app, "url_prefix": "/gmsd"},
    ]
    external_views = [  # noqa: RUF012 - Airflow's own form
        {"name": "GMSD rounds", "href": "/gmsd/rounds", "url_route": "gmsd-rounds", "destination": "nav", "category": "browse"}
    ]
