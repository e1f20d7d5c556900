"""`gmsd doctor`: what is configured, what answers, what is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gmsd.errors import GmsdError
from gmsd.masking import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.settings import Settings

LEAST_FREE_MB = 1000
_NAMED = 5
AIRFLOW_PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
AIRFLOW_USERS = ("engineer", "approver", "viewer", "intake")


class Missing(GmsdError):
    """Something is not as it should be; the message says what."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    show_passwords: Annotated[bool, typer.Option("--show-passwords", help="Print the passwords of Airflow's accounts too.")] = False,
) -> None:
    """Ask every service and every precondition how it is. Exit status 1 when something is missing."""
    from gmsd.settings import get_settings

    settings = get_settings()
    services = {name: {"address": address} | _ask(ask, settings) for name, (address, ask) in _services(settings).items()}
    checks: dict[str, dict[str, Any]] = {}
    for name, (needs, ask) in _CHECKS.items():
        away = needs is not None and not services[needs]["ok"]
        checks[name] = {"ok": False, "detail": f"cannot be told while {needs} is away"} if away else _ask(ask, settings)
    ok = all(finding["ok"] for finding in (*services.values(), *checks.values()))
    users = {name: _user(settings, name, show_passwords=show_passwords) for name in AIRFLOW_USERS}
    found = {"ok": ok, "services": services, "checks": checks, "users": users, "maildir": settings.maildir, "home": str(settings.home)}
    if as_json:
        typer.echo(json.dumps(found, indent=1))
    else:
        _print(found)
    raise typer.Exit(0 if ok else 1)


def _print(found: dict[str, Any]) -> None:
    for name, finding in found["services"].items():
        typer.echo(f"{'ok ' if finding['ok'] else 'NO '} {name:14} {finding['address']:34} {finding['detail']}")
    for name, finding in found["checks"].items():
        typer.echo(f"{'ok ' if finding['ok'] else 'NO '} {name:14} {finding['detail']}")
    for role, user in found["users"].items():
        typer.echo(f"    {role:14} account {user['user']}" + (f", password {user['password']}" if "password" in user else ""))
    if found["maildir"]:
        typer.echo(f"    {'mails':14} {found['maildir']}")


def _user(settings: Settings, role: str, *, show_passwords: bool) -> dict[str, str]:
    user = {"user": str(getattr(settings, f"airflow_{role}_user"))}
    if show_passwords:
        user["password"] = getattr(settings, f"airflow_{role}_password").get_secret_value()
    return user


def _ask(ask: Callable[[Settings], str], settings: Settings) -> dict[str, Any]:
    """Run one check. A service that fails in a way of its own is a finding here, whatever it raises."""
    try:
        return {"ok": True, "detail": ask(settings)}
    except GmsdError as problem:
        return {"ok": False, "detail": str(problem)}
    except Exception as error:  # noqa: BLE001 - the other checks must go on, and the message names what happened
        lines = str(error).strip().splitlines()
        return {"ok": False, "detail": f"{type(error).__name__}: {lines[0] if lines else 'no message'}"}


def _services(settings: Settings) -> dict[str, tuple[str, Callable[[Settings], str]]]:
    from sqlalchemy import make_url

    owner = settings.database_owner.get_secret_value()
    url = make_url(owner) if owner else None
    database = f"postgresql://{url.host}:{url.port}/{url.database}" if url else "not configured"
    return {
        "s3": (settings.s3_endpoint, _object_store),
        "postgres": (database, _database),
        "smtp": (f"smtp://{settings.smtp_host}:{settings.smtp_port}", _mail),
        "airflow": (settings.airflow_url, _airflow),
        "portal": (settings.portal_url, _portal),
        "site": (settings.site_url, _site),
    }


def _object_store(settings: Settings) -> str:
    import httpx

    server = httpx.get(settings.s3_endpoint, timeout=5).headers.get("server", "")
    return f"answers{f' ({server})' if server else ''}"


def _database(settings: Settings) -> str:
    from gmsd.database import connect

    found = ""
    for role in ("owner", "loader", "publisher", "reader", "portal"):
        with connect(settings, role).connect() as connection:
            found = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    return f"PostgreSQL {found}; owner, loader, publisher, reader and portal can log in"


def _mail(settings: Settings) -> str:
    import smtplib

    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=5) as server:
        server.noop()
    return "answers"


def _airflow(settings: Settings) -> str:
    import httpx

    health = httpx.get(f"{settings.airflow_url}/api/v2/monitor/health", timeout=10).json()
    ill = [name for name in AIRFLOW_PARTS if (health.get(name) or {}).get("status") != "healthy"]
    if ill:
        raise Missing(f"not healthy: {', '.join(ill)}")
    found = httpx.get(f"{settings.airflow_url}/api/v2/version", timeout=10).json().get("version", "?")
    return f"Airflow {found}; scheduler, triggerer and dag processor are healthy"


def _portal(settings: Settings) -> str:
    return _healthy(settings.portal_url)


def _site(settings: Settings) -> str:
    return _healthy(settings.site_url)


def _healthy(address: str) -> str:
    import httpx

    answer = httpx.get(f"{address.rstrip('/')}/gezond", timeout=10)
    if answer.text != "ok":
        raise Missing(f"something else answers there (status {answer.status_code})")
    return "answers"


def _buckets(settings: Settings) -> str:
    from botocore.exceptions import ClientError

    from gmsd.store import get_store

    client = get_store(settings).client
    names = [
        settings.bucket_inbox,
        settings.bucket_deliveries,
        settings.bucket_outbox,
        settings.bucket_staging,
        settings.bucket_publication,
        settings.bucket_accounts,
    ]
    missing = []
    for name in names:
        try:
            client.head_bucket(Bucket=name)
        except ClientError as error:
            missing.append(f"{name} ({error.response['Error']['Code']})")
    if missing:
        raise Missing(f"{', '.join(missing)}: run `gmsd setup`")
    if not get_store(settings).keeps_versions(settings.bucket_inbox):
        raise Missing(f"{settings.bucket_inbox} keeps no versions: run `gmsd setup`, or wait for intake to switch it on again")
    return ", ".join(names)


def _closed(settings: Settings) -> str:
    from gmsd.installation import private_buckets, refuse_open_store

    refuse_open_store(settings)
    return f"{len(private_buckets(settings))} private buckets answer to nobody without an account"


def _deliveries(settings: Settings) -> str:
    from gmsd.database import connect, statement
    from gmsd.deliveries import differing
    from gmsd.store import get_store

    with connect(settings, "loader").connect() as connection:
        missing = differing(connection, get_store(settings), settings.bucket_deliveries)
        waiting = connection.execute(statement("deliveries/trouble"), {"bucket": settings.bucket_inbox}).all()
        registered = connection.execute(statement("deliveries/copies")).all()
    found = [f"{len(waiting)} uploads cannot be registered ({waiting[0].problem})"] if waiting else []
    if missing:
        named = ", ".join(missing[:_NAMED]) + (f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else "")
        found.append(f"the private copy of {named} is missing, differs, or was never made: run *Intake*, then see the runbook")
    if found:
        raise Missing("; ".join(found))
    return f"the bytes of {len(registered)} deliveries are in {settings.bucket_deliveries} as they were registered"


def _as_new_as_store(settings: Settings) -> str:
    from gmsd.database import connect
    from gmsd.journal import anchors, head_of_trail
    from gmsd.releases import unknown_releases
    from gmsd.store import get_store

    store = get_store(settings)
    anchored = max((head.sequence for head in anchors(store, settings)), default=0)
    with connect(settings, "publisher").connect() as connection:
        unknown = unknown_releases(connection, store, settings)
        head = head_of_trail(connection)
    rows = head.sequence if head else 0
    if anchored > rows or unknown:
        about = [f"{', '.join(unknown)} public and unknown to it"] * bool(unknown)
        about += [f"{anchored - rows} rows of the audit trail gone that were anchored outside"] * (anchored > rows)
        raise Missing(
            f"the database is older than the store ({'; '.join(about)}): see the runbook, 'An older database beside a newer store'"
        )
    return "the database knows everything that the store shows"


def _migrations(settings: Settings) -> str:
    from gmsd.database import connect, known_revisions, revision_of

    head = known_revisions()[0]
    with connect(settings, "owner").connect() as connection:
        stands = revision_of(connection)
    if stands != head:
        raise Missing(f"the database stands at {stands or 'nothing'}, the code at {head}: run `gmsd setup`")
    return f"at head ({head})"


def _keys(settings: Settings) -> str:
    from gmsd.database import connect, statement
    from gmsd.installation import KEYS, fingerprint_of

    with connect(settings, "loader").connect() as connection:
        for name in KEYS:
            noted = connection.scalar(statement("keys/read"), {"name": name})
            if noted is None:
                raise Missing(f"no fingerprint of the {name} key is noted: run `gmsd setup`")
            if noted != fingerprint_of(settings, name):
                raise Missing(f"the {name} key is not the one this database was made with: put back the backup of {name}.key")
    return "pseudonym, rounding and reference keys are those of this database"


def _mails(settings: Settings) -> str:
    from gmsd.clock import SystemClock
    from gmsd.database import connect, statement

    with connect(settings, "loader").connect() as connection:
        waiting = len(connection.execute(statement("journal/mail_unsent"), {"now": SystemClock().now()}).all())
        refused = list(connection.execute(statement("journal/mail_trouble")))
    if refused:
        tried = "; ".join(
            f"{row.message_id} ({row.attempts} times, last {row.tried_at:%Y-%m-%d %H:%M}: {row.last_error})" for row in refused
        )
        raise Missing(printable(f"{refused[0].refused} of {waiting} waiting mails could not be sent, such as {tried}"))
    return f"{waiting or 'no'} mails wait to be sent"


def _disk(settings: Settings) -> str:
    import shutil

    free = shutil.disk_usage(settings.home).free >> 20
    if free < LEAST_FREE_MB:
        raise Missing(f"{free} MB free at {settings.home}, at least {LEAST_FREE_MB} MB is needed")
    return f"{free >> 10} GB free"


# check -> the service it asks
_CHECKS: dict[str, tuple[str | None, Callable[[Settings], str]]] = {
    "buckets": ("s3", _buckets),
    "closed": ("s3", _closed),
    "migrations": ("postgres", _migrations),
    "deliveries": ("s3", _deliveries),
    "keys": ("postgres", _keys),
    "newness": ("postgres", _as_new_as_store),
    "mails": ("postgres", _mails),
    "disk": (None, _disk),
}
