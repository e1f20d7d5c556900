"""`gmsd site`: the public site as files."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotation when it runs
from typing import Annotated

import typer

app = typer.Typer(help="The public site as files that open from disk.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the command."""
    root.add_typer(app, name="site")


@app.callback()
def site() -> None:
    """The public site as files that open from disk."""


@app.command("export")
def export(
    *,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; made when absent.", file_okay=False)],
    release: Annotated[str | None, typer.Option("--release", help="This release, such as r0001, instead of the one in force.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="A release that `gmsd releases get` wrote there instead of the one in force.")
    ] = None,
) -> None:
    """Write the site as files: begin at index.html. The same releases give the same bytes.

    A file is written of each municipality, topic and release; choices in between, such as an older period of one municipality, are on the
    site itself.
    """
    from gmsd.charts import read_boundaries
    from gmsd.commands.serve import source_of
    from gmsd.comparison import policy_folder
    from gmsd.settings import get_settings
    from gmsd.web.site import read_in_force, write_site

    settings = get_settings()
    source = source_of(folder, release)
    boundaries = read_boundaries(settings.home / settings.site_boundaries) if settings.site_boundaries else None
    now = read_in_force(source, source.current(), boundaries, policy_folder(settings))
    try:
        count = write_site(now, source, to)
    except OSError as error:
        typer.echo(f"gmsd: cannot write to {to}: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{count} files in {to}; open {to / 'index.html'}")
