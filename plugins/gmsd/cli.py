"""The `gmsd` command: what a person or a script can do without Airflow.

Each module of `gmsd.commands` adds its own commands by `register(app)`. They import what is heavy only when a command runs,
so that `gmsd --help` answers at once.
"""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from typing import Annotated

import typer

from gmsd import __version__, commands


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"gmsd {__version__}")
        raise typer.Exit


def build() -> typer.Typer:
    """The whole command with every module's commands registered."""
    app = typer.Typer(
        help="Intake-to-publication of the Gemeentelijke Monitor Sociaal Domein.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        version: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)] = False,
    ) -> None:
        """Intake-to-publication of the Gemeentelijke Monitor Sociaal Domein."""

    for module in pkgutil.iter_modules(commands.__path__):
        import_module(f"gmsd.commands.{module.name}").register(app)
    return app


def _unreachable(error: Exception) -> str | None:
    """One line for a service that does not answer or a setting that is missing; None for anything else."""
    kind = f"{type(error).__module__}.{type(error).__name__}"
    if kind == "sqlalchemy.exc.OperationalError":
        return "the database does not answer: start the services with `make up`, or see `gmsd doctor`"
    if kind in {"botocore.exceptions.EndpointConnectionError", "botocore.exceptions.ConnectTimeoutError"}:
        return "the object store does not answer: start the services with `make up`, or see `gmsd doctor`"
    if kind in {"httpx.ConnectError", "httpx.ConnectTimeout"}:
        return "Airflow does not answer: start the services with `make up`, or see `gmsd doctor`"
    if isinstance(error, ValueError) and str(error).startswith("no database address"):
        return str(error)
    return None


def main() -> None:
    """Run the command; exit status 0 = done, 1 = the answer is no, 2 = wrong usage."""
    try:
        build()()
    except Exception as error:
        line = _unreachable(error)
        if line is None:
            raise
        sys.stderr.write(f"gmsd: {line}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
