"""`gmsd portal`: the coordinators' portal."""

from __future__ import annotations

from typing import Annotated

import typer

from gmsd.commands.serve import listen

PREFERRED_PORT = 8095


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(portal)


def portal(
    *,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help=f"Port to listen on. Default {PREFERRED_PORT}.")] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Let coordinators in until interrupted: work list, uploads and receipts, by personal link or account.

    It works with the database role gmsd_portal and the store's users `portal` and `desk`. `make up` runs it; on a network it belongs
    behind a proxy with TLS (docs/security.md).
    """
    import logging

    import uvicorn

    from gmsd.journal import Context
    from gmsd.web.portal import create_app

    app = create_app(Context.of_portal())
    listener = listen(host, port, PREFERRED_PORT)
    typer.echo(f"Portal: http://{host}:{listener.getsockname()[1]}/  (stop with Ctrl-C)")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("gmsd.portal").setLevel(logging.INFO)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_keep_alive=20)
    uvicorn.Server(config).run(sockets=[listener])
