"""Whether each service answers, asked the way its clients ask."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from services import postgres, supervise

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.state import State

COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


def object_store(state: State) -> str:
    """Empty when it answers, else what is wrong."""
    silent = [name for name in ("account", "container", "object") if not supervise.listens(state.ports[name])]
    if silent:
        return f"no answer from its {', '.join(silent)} server"
    try:
        with urllib.request.urlopen(f"{state.url('s3')}/healthcheck", timeout=5) as answer:  # noqa: S310 - our own http address
            return "" if answer.status == 200 else f"status {answer.status}"
    except OSError as error:
        return f"no answer ({error})"


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


BASE: dict[str, Callable[[State], str]] = {"PostgreSQL": database, "Object store": object_store, "Mail": mail}
AIRFLOW: dict[str, Callable[[State], str]] = {"Airflow": airflow}
