"""Who is let in where in Airflow: our pages for every role and verb, and Airflow's own interface for who is nobody or only looks."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gmsd_airflow.api import Airflow
from gmsd_airflow.approval_page import token
from tests.dags.conftest import FAULTY
from tests.support.access import matrix
from tests.support.runs import ended
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTES = matrix("routes")
# One that is there for each part of an address; a release that nobody asked for is answered with 404 to who is let in.
PARTS = {
    "code": FAULTY,
    "delivery_id": f"2019-H1.{FAULTY}.01",
    "name": "terugkoppeling.json",
    "release_id": "r0999",
    "run_id": "r0999",
    "protocol": "wmo-2020",
}
LET_IN = "let in"
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@pytest.fixture(scope="module")
def secrets(home) -> dict[str, str]:
    return json.loads((home.var / "secrets" / "services.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def signed_in(delivered, engineer, settings, secrets) -> dict[str, dict[str, str]]:
    """Role -> the headers of its requests."""
    ended(engineer, "gmsd_delivery", PARTS["delivery_id"])
    found: dict[str, dict[str, str]] = {"anonymous": {}}
    for role in ROUTES["roles"][1:]:
        with Airflow(settings.airflow_url, role, secrets[f"airflow_user_{role}"]) as account:
            account._request("GET", "/version")
            found[role] = {"Authorization": account._http.headers["Authorization"]}
    return found


@pytest.fixture(scope="module")
def client(settings) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=settings.airflow_url, timeout=patience(60), trust_env=False) as found:
        yield found


def answer_of(status: int) -> str:
    """What a status says of who asks: whoever is let in may still hear that there is no such thing, or that the form is wrong."""
    return {401: "sign in", 403: "no", 405: "no such verb"}.get(status, LET_IN)


def test_every_route_of_our_pages_stands_in_the_matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own
        from gmsd_airflow import plugin_pages
    there = {f"{method} {route.path}" for route in plugin_pages.app.routes for method in route.methods}
    assert there == set(ROUTES["plugin"])
    assert all(set(said["in"]) <= set(ROUTES["roles"]) for said in ROUTES["plugin"].values())


@pytest.mark.parametrize("path", sorted({route.split(" ")[1] for route in ROUTES["plugin"]}))
def test_a_role_is_let_in_where_the_matrix_says_and_nowhere_else(client, signed_in, secrets, path):
    address = "/gmsd" + path.format(**PARTS)
    for role, headers in signed_in.items():
        form = {"question": "x", "csrf": token(secrets["airflow_api"], role, -1)}  # a form as good as any, that answers nothing
        for verb in ROUTES["verbs"]:
            said = ROUTES["plugin"].get(f"{verb} {path}")
            if said is None:
                wanted = "no such verb"
            elif role in said["in"]:
                wanted = LET_IN
            else:
                wanted = "sign in" if role == "anonymous" else "no"
            answer = client.request(verb, address, headers=headers, data=form if verb == "POST" else None)
            assert answer_of(answer.status_code) == wanted, (role, verb, answer.status_code)


def test_somebody_who_is_not_signed_in_is_led_to_the_page_to_sign_in_at(client):
    answer = client.get("/gmsd/rounds", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert "/auth/login" in answer.headers["location"]


def routes_of(client: httpx.Client) -> set[tuple[str, str]]:
    """Every method and address of Airflow's own interface, as it tells them itself; what it tells nobody is taken from its code."""
    from airflow.api_fastapi.core_api.routes.ui import ui_router
    from airflow.api_fastapi.execution_api.routes import execution_api_router

    found = set()
    for root, router in (("/ui", ui_router), ("/execution", execution_api_router)):
        found |= {(method, f"{root}{route.path.removeprefix(root)}") for route in router.routes for method in route.methods}
    for root in ("", "/auth"):
        told = client.get(f"{root}/openapi.json")
        assert told.status_code == 200, root
        for path, methods in told.json()["paths"].items():
            found |= {(method.upper(), f"{root}{path}") for method in methods if method.upper() in {*CHANGES, "GET", "HEAD"}}
    return found


def filled(path: str) -> str:
    """An address with something in each of its places: a DAG that is there, and words that are not."""
    return re.sub(r"{(\w+)[^}]*}", r"\1", path.replace("{dag_id}", "gmsd_intake"))


def test_airflows_own_interface_answers_nobody_who_is_not_signed_in(client, delivered):
    routes = routes_of(client)
    assert len(routes) > 150
    open_to_anybody = {}
    for method, path in sorted(routes):
        answer = client.request(method, filled(path), json={} if method in CHANGES else None)
        if answer.status_code not in (401, 403):
            open_to_anybody[f"{method} {path}"] = answer.status_code
    assert set(open_to_anybody) == set(ROUTES["airflow_for_anybody"]), open_to_anybody


def test_a_viewer_changes_nothing_by_any_route_of_airflow(client, signed_in):
    """Each is asked with what it asks for where it looks at that first, and else with nothing: what says 422 would let them in."""
    headers = signed_in["viewer"]
    token = client.get("/api/v2/dags/gmsd_intake", headers=headers).json()["file_token"]
    allowed: dict[str, Any] = {}
    for method, path in sorted((method, path) for method, path in routes_of(client) if method in CHANGES):
        body = ROUTES["airflow_bodies"].get(f"{method} {path}", {})
        answer = client.request(method, filled(path.replace("{file_token}", token)), json=body, headers=headers)
        if answer.status_code not in (401, 403):
            allowed[f"{method} {path}"] = answer.status_code
    assert set(allowed) == set(ROUTES["airflow_for_viewers"]), allowed
