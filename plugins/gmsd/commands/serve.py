"""`gmsd serve`: the public site over the releases in force: pages for people, OData 3 and 4 for programs."""

from __future__ import annotations

import socket
from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gmsd.readers import Source

PREFERRED_PORT = 8099


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.command()(serve)


def serve(
    *,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help=f"Port to listen on. Default {PREFERRED_PORT}.")] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    release: Annotated[
        str | None, typer.Option("--release", help="Serve this release, such as r0001, instead of the one in force.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Serve a release that `gmsd releases get` wrote there instead of the one in force."),
    ] = None,
) -> None:
    """Serve the public site until interrupted: pages at /, OData 3 at /ODataCatalog and /ODataApi/odata, OData 4 at /odata/v4.

    Read it with cbsodata: options.use_https = False; get_data("83262NED", catalog_url="127.0.0.1:PORT"). Or with cbsodata4:
    get_observations("83262NED", base_url="http://127.0.0.1:PORT/odata/v4").
    """
    import uvicorn

    from gmsd.charts import read_boundaries
    from gmsd.comparison import policy_folder
    from gmsd.settings import get_settings
    from gmsd.web.site import create_app

    source = source_of(folder, release)
    settings = get_settings()
    boundaries = read_boundaries(settings.home / settings.site_boundaries) if settings.site_boundaries else None
    app = create_app(
        source, requests_per_second=settings.site_requests_per_second, boundaries=boundaries, policy=policy_folder(settings), ahead=True
    )
    told = _told(source, given=release is not None or folder is not None)
    listener = listen(host, port, PREFERRED_PORT)
    address = f"{host}:{listener.getsockname()[1]}"
    typer.echo(f"{told}: http://{address}/  (catalog_url {address}; stop with Ctrl-C)")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    server.run(sockets=[listener])


def _told(source: Source, *, given: bool) -> str:
    """What is served; a release that was asked for must be there, but before the first publication the site answers that there is none."""
    from gmsd.readers import tables_of_release
    from gmsd.releases import NoReleaseError

    try:
        return f"Release {', '.join(each for each in source.current() if tables_of_release(source, each))}"
    except NoReleaseError:
        if given:
            raise
        return "Nothing has been published yet"


def source_of(folder: Path | None, release: str | None) -> Source:
    """Where the site finds releases: a folder, else the publication bucket."""
    from gmsd.readers import BucketSource, FolderSource
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    if folder is not None and release is not None:
        typer.echo("gmsd: --folder holds one release; leave out --release", err=True)
        raise typer.Exit(2)
    if folder is not None and not folder.is_dir():
        typer.echo(f"gmsd: no folder {folder}", err=True)
        raise typer.Exit(2)
    if folder is not None:
        return FolderSource(folder)
    settings = get_settings()
    return BucketSource(get_store(settings, "reader"), settings.bucket_publication, release)


def listen(host: str, port: int | None, preferred: int) -> socket.socket:
    """A listening socket on the port asked for; without one on the preferred port, or on any free one when that is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, preferred if port is None else port))
    except OSError as error:
        if port is not None:
            typer.echo(f"gmsd: cannot listen on {host}:{port}: {error.strerror}", err=True)
            raise typer.Exit(1) from None
        listener.bind((host, 0))
        typer.echo(f"Port {preferred} is taken; another one is used.")
    listener.listen(128)
    return listener
