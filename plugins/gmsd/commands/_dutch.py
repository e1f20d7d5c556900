"""A command whose usage, help and refusals are Dutch, for what a coordinator types. A refusal is one line on stderr, exit status 2."""

from __future__ import annotations

import errno
from typing import IO, TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand

from gmsd.masking import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

_REASONS = {
    errno.ENOENT: "bestaat niet",
    errno.EACCES: "u hebt er geen rechten voor",
    errno.EPERM: "u hebt er geen rechten voor",
    errno.ENAMETOOLONG: "de naam is te lang",
    errno.ENOTDIR: "een deel van het pad is geen map",
    errno.EISDIR: "het is een map",
    errno.ELOOP: "de koppelingen verwijzen naar elkaar",
    errno.ENOSPC: "de schijf is vol",
    errno.EROFS: "de schijf is alleen te lezen",
    errno.EIO: "de schijf geeft een fout",
    errno.EBUSY: "een ander programma gebruikt het",
    errno.EINVAL: "de naam kan niet",
    errno.ESTALE: "de netwerkschijf antwoordt niet",
}


def reason(error: OSError) -> str:
    """Why a file cannot be opened or written."""
    return _REASONS.get(error.errno or 0, f"het systeem geeft fout {error.errno}")


class Refusal(typer.BadParameter):
    """An option or argument that cannot be used; `message` is one Dutch line, without a full stop."""

    def format_message(self) -> str:
        """The line, fit for a terminal."""
        return printable(f"{self.param_hint}: {self.message}" if self.param_hint else self.message)

    def show(self, file: IO[Any] | None = None) -> None:
        """A usage hint, and the line."""
        if self.ctx is not None:
            typer.echo(f"{self.ctx.get_usage()}\nUitleg: {self.ctx.command_path} --help\n", file=file, err=True)
        typer.echo(f"gmsd: {self.format_message()}", file=file, err=True)


class DutchCommand(TyperCommand):
    """A command that says everything in Dutch, what the library has to say included."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the arguments; what is wrong with them is refused in Dutch."""
        context = self.context_class(self, info_name=info_name, parent=parent, **{**self.context_settings, **extra})
        try:
            with context.scope(cleanup=False):
                self.parse_args(context, args)
        except typer.Exit:
            raise
        except _USAGE_ERROR as error:
            raise _in_dutch(error, context) from None
        return context

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a refusal of its own gets its usage hint."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            refusal.ctx = ctx
            raise

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The usage line."""
        formatter.write_usage(ctx.command_path, f"[OPTIES] {' '.join(_arguments(self.params))}", prefix="Gebruik: ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments and options with their explanations."""
        listed: list[Any] = self.get_params(ctx)
        arguments = [(each.metavar, each.help) for each in listed if each.param_type_name == "argument"]
        options = [_option(each) for each in listed if each.param_type_name == "option"]
        for title, rows in (("Argumenten", arguments), ("Opties", options)):
            with formatter.section(title):
                formatter.write_dl(rows)


# The library keeps the name of this class to itself.
_USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]


def _arguments(params: Sequence[Any]) -> list[str]:
    return [f"{each.metavar}{'...' if each.nargs == -1 else ''}" for each in params if each.param_type_name == "argument"]


def _option(param: Any) -> tuple[str, str]:
    name = ", ".join(param.opts)
    if param.name == "help":
        return name, "Toont deze uitleg."
    return name if param.is_flag else f"{name} {param.metavar}", param.help


def _in_dutch(error: Any, context: Any) -> Refusal:
    """What the library refuses, told by the kind of the error and never by its words."""
    if isinstance(error, Refusal):
        error.ctx = context
        return error
    kind, param = type(error).__name__, getattr(error, "param", None)
    name = getattr(error, "option_name", None)
    options = {opt: each for each in context.command.get_params(context) for opt in each.opts}
    if kind == "NoSuchOption":
        meant = getattr(error, "possibilities", None)
        line = f"de optie {name} bestaat niet" + (f"; bedoelt u {' of '.join(sorted(meant))}?" if meant else "")
    elif kind == "MissingParameter" and param is not None:
        line = f"noem {param.metavar or ' of '.join(param.opts)}: {param.help[:1].lower()}{param.help[1:].removesuffix('.')}"
    elif name in options:
        line = f"bij {name} hoort geen waarde" if options[name].is_flag else f"bij {name} ontbreekt de waarde ({options[name].metavar})"
    elif param is not None:
        line = f"{' of '.join(param.opts)}: deze waarde kan niet ({param.metavar})"
    else:
        line = "de opdracht klopt niet"
    return Refusal(line, ctx=context)
