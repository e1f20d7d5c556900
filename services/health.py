"""Whether each service answers, asked the way its clients ask."""

from __future__ import annotations

import http.client
import json
import smtplib
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from services import broker, postgres, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.state import State

COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


def object_store(state: State) -> str:
    """Empty when it answers, else what is wrong."""
    for name in ("account", "container", "object"):
        problem = _storage_server(state.ports[name])
        if problem:
            return f"its {name} server {problem}"
    try:
        with urllib.request.urlopen(f"{state.url('s3')}/healthcheck", timeout=5) as answer:  # noqa: S310 - our own http address
            return "" if answer.status == 200 else f"status {answer.status}"
    except OSError as error:
        return f"no answer ({error})"


def _storage_server(port: int) -> str:
    """A storage server must refuse us: we ask as any account of this machine could, without proof of belonging to the store."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthcheck")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return "does not answer"
    finally:
        connection.close()
    return "" if status == http.HTTPStatus.FORBIDDEN else f"answers to anybody on this machine (status {status})"


def database(state: State) -> str:
    """As `object_store`."""
    return "" if postgres.answers(state) else "no answer"


def mail(state: State) -> str:
    """As `object_store`."""
    try:
        with smtplib.SMTP("127.0.0.1", state.ports["smtp"], timeout=5) as client:
            client.noop()
    except (OSError, smtplib.SMTPException) as error:
        return f"no answer ({error})"
    return ""


def airflow(state: State) -> str:
    """As `object_store`; it answers when all its parts are healthy."""
    try:
        with urllib.request.urlopen(f"{state.url('airflow')}/api/v2/monitor/health", timeout=5) as answer:  # noqa: S310 - as above
            parts = json.load(answer)
    except (OSError, ValueError) as error:
        return f"no answer ({error})"
    ill = [name for name in COMPONENTS if (parts.get(name) or {}).get("status") != "healthy"]
    return f"not healthy: {', '.join(ill)}" if ill else ""


def portal(state: State) -> str:
    """As `object_store`."""
    try:
        with urllib.request.urlopen(f"{state.url('portal')}/gezond", timeout=5) as answer:  # noqa: S310 - as above
            return "" if answer.read() == b"ok" else "it answers something else"
    except OSError as error:
        return f"no answer ({error})"


def site(state: State) -> str:
    """As `object_store`."""
    try:
        with urllib.request.urlopen(f"{state.url('site')}/gezond", timeout=5) as answer:  # noqa: S310 - as above
            return "" if answer.read() == b"ok" else "it answers something else"
    except OSError as error:
        return f"no answer ({error})"


def workers(state: State) -> str:
    """As `object_store`; asked of the broker."""
    return broker.answers(state) or broker.workers_missing(state, settings.executor(state).workers)


BASE: dict[str, Callable[[State], str]] = {"PostgreSQL": database, "Object store": object_store, "Mail": mail}


def probes(state: State, *, with_airflow: bool) -> dict[str, Callable[[State], str]]:
    """What has to answer in this installation, by name."""
    if not with_airflow:
        return BASE
    return BASE | {"Airflow": airflow, "Portal": portal, "Site": site} | ({"Workers": workers} if settings.executor(state).celery else {})
