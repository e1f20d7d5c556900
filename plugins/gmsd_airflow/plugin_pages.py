"""Registers pages in the Airflow UI: "GMSD rounds" and "GMSD approvals" for signed-in users who may see the runs, the rules for everybody.

Only the api-server needs this file.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gmsd.protocol import expectations_folder, newest_protocol, protocols
from gmsd.rounds import WMO
from gmsd_airflow.runs import DELIVERY_DAG

# There is no openapi.json: it would be a route that asks nobody who it is.
app = FastAPI(title="GMSD", openapi_url=None, docs_url=None, redoc_url=None)
signed_in = APIRouter(dependencies=[Depends(requires_access_dag(method="GET"))])
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
_HEADERS = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
_FORM_BYTES = 20_000


@app.exception_handler(HTTPException)
async def to_login(request: Request, refusal: HTTPException) -> Response:
    """Lead a browser that nobody is signed in with to the login and back; everything else is told that it may not."""
    if refusal.status_code == HTTPStatus.UNAUTHORIZED and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return RedirectResponse(get_auth_manager().get_url_login(next_url=str(request.url)), status_code=303, headers=_HEADERS)
    return await http_exception_handler(request, refusal)


@signed_in.get("/rounds", response_class=HTMLResponse)
def rounds(request: Request) -> HTMLResponse:
    """The Ronde-overzicht: calendar, totals, and a row for every municipality, as the address asks for."""
    from gmsd.overview import BadSelectionError
    from gmsd.settings import get_settings
    from gmsd_airflow.overview_page import overview_page, render_overview

    try:
        return HTMLResponse(render_overview(overview_page(get_settings(), request.query_params)), headers=_HEADERS)
    except BadSelectionError as error:
        raise HTTPException(400, str(error)) from None


@signed_in.get("/municipalities/{code}", response_class=HTMLResponse)
def municipality(code: str) -> HTMLResponse:
    """One municipality: its deliveries, forms, mails and history."""
    from gmsd.settings import get_settings
    from gmsd_airflow.overview_page import NotThereError, municipality_page, render_municipality

    try:
        return HTMLResponse(render_municipality(municipality_page(get_settings(), code)), headers=_HEADERS)
    except NotThereError as error:
        raise HTTPException(404, str(error)) from None


@signed_in.get("/deliveries/{delivery_id}", response_class=HTMLResponse)
def delivery(delivery_id: str) -> HTMLResponse:
    """One delivery: receipt, findings, row accounting, reports, mails and history."""
    from gmsd.settings import get_settings
    from gmsd_airflow.overview_page import NotThereError, delivery_page, render_delivery

    try:
        return HTMLResponse(render_delivery(delivery_page(get_settings(), delivery_id)), headers=_HEADERS)
    except NotThereError as error:
        raise HTTPException(404, str(error)) from None


# What a report counts is not protected: it is for who runs the deliveries, not for who may only look.
@signed_in.get(
    "/deliveries/{delivery_id}/reports/{name}", dependencies=[Depends(requires_access_dag("POST", DagAccessEntity.RUN, DELIVERY_DAG))]
)
def delivery_report(delivery_id: str, name: str) -> Response:
    """One report of a delivery, as it lies in the outbox."""
    from gmsd.settings import get_settings
    from gmsd_airflow.overview_page import NotThereError, report

    try:
        found = report(get_settings(), delivery_id, name)
    except NotThereError as error:
        raise HTTPException(404, str(error)) from None
    headers = {"Content-Security-Policy": f"{_POLICY}; sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(found.body, media_type=found.media_type, headers=_HEADERS | headers)


@signed_in.get("/releases", response_class=HTMLResponse)
def approvals() -> HTMLResponse:
    """What was asked to be published, and what was answered."""
    from gmsd.settings import get_settings
    from gmsd_airflow.approval_page import every, render_list

    return HTMLResponse(render_list(every(get_settings())), headers=_HEADERS)


@signed_in.get("/releases/{release_id}/approval", response_class=HTMLResponse)
def approval(release_id: str, user: GetUserDep) -> HTMLResponse:
    """May this release be published? With two buttons for who may answer."""
    return _approval(release_id, user)


@signed_in.get("/previews/{run_id}", response_class=HTMLResponse)
def preview(run_id: str, user: GetUserDep) -> HTMLResponse:
    """What a run of the publication would publish, or was asked with."""
    from gmsd.settings import get_settings
    from gmsd_airflow import preview_page
    from gmsd_airflow.rights import may_see_cells

    try:
        found = preview_page.preview(get_settings(), run_id)
    except preview_page.NoPreviewError as error:
        raise HTTPException(404, str(error)) from None
    page = preview_page.render(found, run_id, may_download=may_see_cells(get_auth_manager(), user))
    return HTMLResponse(page, headers=_HEADERS)


@signed_in.get("/previews/{run_id}/cells.csv")
def changed_cells(run_id: str, user: GetUserDep) -> Response:
    """The cells that are new, changed or gone: not public yet, so not for everybody who may look."""
    from gmsd.settings import get_settings
    from gmsd_airflow import preview_page
    from gmsd_airflow.rights import may_see_cells

    if not may_see_cells(get_auth_manager(), user):
        raise HTTPException(403, "figures that are not public yet are for who may start the publication or answer it")
    try:
        release_id, body = preview_page.changed_cells(get_settings(), run_id)
    except preview_page.NoPreviewError as error:
        raise HTTPException(404, str(error)) from None
    headers = {"Content-Disposition": f'attachment; filename="{release_id}-changed-cells.csv"', "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type="text/csv; charset=utf-8", headers=_HEADERS | headers)


async def _form(request: Request) -> dict[str, str]:
    """A small form as a browser sends it; of a field that comes twice the last counts."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _FORM_BYTES:
            raise HTTPException(413, "the form is too large")
    return dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True))


@signed_in.post("/releases/{release_id}/approval", response_model=None)
def answer(release_id: str, user: GetUserDep, form: Annotated[dict[str, str], Depends(_form)]) -> HTMLResponse | RedirectResponse:
    """Take the answer of who is signed in; the name is the server's, whatever the form says."""
    from gmsd.settings import get_settings
    from gmsd_airflow.approval_page import Refused, take
    from gmsd_airflow.rights import why_not

    try:
        take(get_settings(), release_id, form, user=user.get_name(), hindrance=why_not(get_auth_manager(), user), secret=_secret())
    except Refused as refusal:
        return _approval(release_id, user, problem=str(refusal), status=refusal.status)
    return RedirectResponse("approval", status_code=303)


def _approval(release_id: str, user: GetUserDep, *, problem: str = "", status: int = 200) -> HTMLResponse:
    from gmsd.settings import get_settings
    from gmsd_airflow.approval_page import newest, render, token, words
    from gmsd_airflow.rights import why_not

    settings = get_settings()
    asked = newest(settings, release_id)
    if asked is None:
        raise HTTPException(404, f"nobody has asked for a release {release_id!r:.20}")
    name = user.get_name()
    page = render(
        asked,
        words(settings, asked),
        user=name,
        hindrance=why_not(get_auth_manager(), user),
        csrf=token(_secret(), name, asked.question),
        problem=problem,
    )
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


def _secret() -> str:
    return conf.get_mandatory_value("api", "secret_key")


# Coordinators have no account here: mails and reports link each fault to its rule. Nothing but the text of the rules can be read.
@app.get("/regels")
def newest_rules() -> RedirectResponse:
    """Where the newest layout is told; a browser keeps the rule that an address ends with."""
    return RedirectResponse(f"regels/{newest_protocol(WMO).id}", headers={"Cache-Control": "public, max-age=600"})


@app.get("/regels/{protocol}", response_class=HTMLResponse)
def rules(protocol: str) -> HTMLResponse:
    """The catalogue of rules of one protocol."""
    from gmsd.feedback import rules_html

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
        {"name": "GMSD rounds", "href": "/gmsd/rounds", "url_route": "gmsd-rounds", "destination": "nav", "category": "browse"},
        {"name": "GMSD approvals", "href": "/gmsd/releases", "url_route": "gmsd-approvals", "destination": "nav", "category": "browse"},
    ]
