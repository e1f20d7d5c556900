"""The `gmsd` command: what a person or a script can do without Airflow.

Each module of `gmsd.commands` adds its own commands by `register(app)`. They import what is heavy only when a command runs,
so that `gmsd --help` answers at once.
"""

from __future__ import annotations

import gc
import pkgutil
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from gmsd import __version__, commands
from gmsd.commands._imports import imports
from gmsd.errors import GmsdError
from gmsd.masking import printable


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"gmsd {__version__}")
        raise typer.Exit


@cache
def build() -> typer.Typer:
    """The whole command with every module's commands registered; made once, because groups of commands would be given theirs again."""
    app = typer.Typer(
        help="Intake-to-publication of the Gemeentelijke Monitor Sociaal Domein.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def _root(
        version: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)] = False,
    ) -> None:
        """Intake-to-publication of the Gemeentelijke Monitor Sociaal Domein."""

    for module in pkgutil.iter_modules(commands.__path__):
        if module.name.startswith("_"):
            continue
        import_module(f"gmsd.commands.{module.name}").register(app)
    return app


@cache
def root() -> Any:
    """The same as what runs: typer reads the signature of every command for it, which takes longer than many a command."""
    return typer.main.get_command(build())


_NO_DATABASE = "the database does not answer: start the services with `make up`, or see `gmsd doctor`"
_NO_STORE = "the object store does not answer: start the services with `make up`, or see `gmsd doctor`"
_NO_AIRFLOW = "Airflow does not answer: start the services with `make up`, or see `gmsd doctor`"
_NO_MAIL = "the mail server does not answer: start the services with `make up`, or see `gmsd doctor`"
# A service that ends while a command works has as many types of errors as there are moments: `gmsd.outages` knows them.
_SILENT = {"PostgreSQL": _NO_DATABASE, "object store": _NO_STORE, "Airflow": _NO_AIRFLOW, "mail server": _NO_MAIL}
_CHECK_ONLY = "only the check is installed here; this command needs the pipeline's packages: install gmsd[pipeline]"
_PIPELINE = frozenset(
    {
        "alembic",
        "boto3",
        "botocore",
        "holidays",
        "httpx",
        "limits",
        "psycopg",
        "pyarrow",
        "pysdmx",
        "python_multipart",
        "scipy",
        "sqlalchemy",
        "starlette",
        "uvicorn",
    }
)
_SERVERS_OWN = 500
_ANSWERS = {
    "psycopg.errors.UndefinedTable": "the warehouse has no tables yet: run `gmsd setup`",
    "psycopg.errors.InsufficientPrivilege": "the database refuses this to the account that the settings name; see `gmsd doctor`",
    "botocore.errorfactory.NoSuchBucket": "the buckets are not there yet: run `gmsd setup`",
    "botocore.exceptions.ClientError": "the object store refuses this to the account that the settings name; see `gmsd doctor`",
}


def _plain(error: Exception) -> tuple[str, int] | None:
    """What to tell and the exit status: of our own family by its type, of others for what a person can repair (services, paths); else None.

    The libraries are told by name, as none of them may be loaded before a command needs it.
    """
    if _needs_pipeline(error):
        return _CHECK_ONLY, 2
    if isinstance(error, GmsdError):
        return error.told, error.exit_status
    for cause in (getattr(error, "orig", None), error):
        for kind in type(cause).__mro__:
            line = _ANSWERS.get(f"{kind.__module__}.{kind.__name__}")
            if line is not None and not _broke_down(cause):
                return line, 1
    if isinstance(error, OSError) and error.filename is not None:
        return f"{printable(str(error.filename))}: cannot be opened: {(error.strerror or type(error).__name__).lower()}", 2
    return _silent(error)


def _broke_down(error: object) -> bool:
    """Whether a store answered that it failed itself, which says nothing of the account that asked."""
    response = getattr(error, "response", None)
    return isinstance(response, dict) and int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= _SERVERS_OWN


def _silent(error: Exception) -> tuple[str, int] | None:
    """What to tell when a service or the machine failed in the middle, whatever the type of the error."""
    from gmsd.outages import service_of

    service = service_of(error)
    if service is None:
        return None
    reason = getattr(error, "strerror", None) or type(error).__name__
    return _SILENT.get(service, f"the machine or its network failed: {reason.lower()}; see *Disk full* in the runbook"), 1


def _needs_pipeline(error: Exception) -> bool:
    """Whether the command stumbled over the packages of the extra `pipeline`, which a machine that only checks does not have."""
    if isinstance(error, ModuleNotFoundError):
        return (error.name or "").partition(".")[0] in _PIPELINE
    from gmsd.database import NoDatabaseAddressError

    return isinstance(error, NoDatabaseAddressError) and find_spec("sqlalchemy") is None


def main() -> None:
    """Run the command; exit status 0 = done, 1 = the answer is no, 2 = wrong usage."""
    try:
        with imports():
            app = root()
        app()
    except Exception as error:
        plain = _plain(error)
        if plain is None:
            raise
        sys.stderr.write("gmsd: " + "\n".join(map(printable, plain[0].split("\n"))) + "\n")
        raise SystemExit(plain[1]) from None
    finally:
        gc.freeze()  # the interpreter would look through everything once more before it ends


if __name__ == "__main__":
    main()
