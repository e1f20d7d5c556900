"""Registers pages in the Airflow UI: "GMSD rounds", for signed-in users who may see the runs, and the catalogue of rules, for everybody.

Only the api-server needs this file.
"""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.plugins_manager import AirflowPlugin
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse

from gmsd.protocol import expectations_folder, newest_protocol, protocols

# There is no openapi.json: it would be a route that asks nobody who it is.
app = FastAPI(title="GMSD", openapi_url=None, docs_url=None, redoc_url=None)
signed_in = APIRouter(dependencies=[Depends(requires_access_dag(method="GET"))])
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'", "Cache-Control": "no-store"}


@signed_in.get("/rounds", response_class=HTMLResponse)
def rounds() -> HTMLResponse:
    """Rounds, participation, who has not delivered, and every delivery's state and reason."""
    from gmsd.settings import get_settings
    from gmsd_airflow.rounds_page import render, view

    return HTMLResponse(render(view(get_settings())), headers=_HEADERS)


# Coordinators have no account here: mails and reports link each fault to its rule. Nothing but the text of the rules can be read.
@app.get("/regels")
def newest_rules() -> RedirectResponse:
    """Where the newest layout is told; a browser keeps the rule that an address ends with."""
    return RedirectResponse(f"regels/{newest_protocol().id}", headers={"Cache-Control": "public, max-age=600"})


@app.get("/regels/{protocol}", response_class=HTMLResponse)
def rules(protocol: str) -> HTMLResponse:
    """The catalogue of rules of one protocol."""
    from gmsd.reporting import rules_html

    every = {each.id: each for each in protocols(expectations_folder())}
    if protocol not in every:
        raise HTTPException(404, f"Dit protocol is er niet; er is {', '.join(every)}.")
    return HTMLResponse(rules_html(every[protocol]), headers=_HEADERS | {"Cache-Control": "public, max-age=600"})


app.include_router(signed_in)


class PagesPlugin(AirflowPlugin):
    """The pages of this project in the UI."""

    name = "gmsd_pages"
    fastapi_apps = [{"name": "GMSD", "app": app, "url_prefix": "/gmsd"}]  # noqa: RUF012 - Airflow's own form
    external_views = [  # noqa: RUF012 - Airflow's own form
        {"name": "GMSD rounds", "href": "/gmsd/rounds", "url_route": "gmsd-rounds", "destination": "nav", "category": "browse"}
    ]
