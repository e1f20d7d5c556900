"""The template environments over the templates of every room: one source of text, rendered as HTML and as plain text.

Every value that reaches a page passes `_clean`: control characters go, and what can be a BSN is masked. HTML escapes
on top of that, so a hostile file name is only ever text. Jinja is imported when the first template is asked for: what is told in plain
words needs none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from gmsd import dutch
from gmsd.masking import mask_bsn
from gmsd.rendering.folding import fold

if TYPE_CHECKING:
    from jinja2 import Environment, PrefixLoader, Template

TEXT_WIDTH = 78
SUBJECT_LENGTH = 150
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_HEXADECIMAL = re.compile("[0-9a-f]*")
_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as it leaves this room: a one-line subject and the same message as plain text and as HTML."""

    subject: str
    text: str
    html: str


def clean_text(text: str) -> str:
    """Take control and direction-changing characters out of a text and mask what can be a BSN in it."""
    return mask_bsn(text if text.isprintable() else _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def one_line(text: str, length: int = SUBJECT_LENGTH) -> str:
    """Make a text fit for a header: one line, no control characters, at most `length` characters."""
    line = _BREAKS.sub(" ", _CONTROL.sub("", _BREAKS.sub(" ", text))).strip()
    line = mask_bsn(line)
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _clean(value: Any) -> Any:  # Jinja hands over whatever a template prints
    if isinstance(value, Markup):
        return value
    return clean_text(value) if isinstance(value, str) else value


def _fill(text: str, first: str = "", rest: str = "") -> str:
    """Wrap one paragraph at the width of a mail, with an indent for its first and for its other lines."""
    return "\n".join(fold(_BREAKS.sub(" ", clean_text(text)).strip(), TEXT_WIDTH, first=first, rest=rest))


def _pad(text: str, width: int) -> str:
    return text.ljust(width)


def _strong(environment: Environment, text: object) -> object:
    return Markup("<strong>{}</strong>").format(_clean(text)) if environment.autoescape else _clean(text)


def _code(environment: Environment, text: object) -> object:
    return Markup("<code>{}</code>").format(_clean(text)) if environment.autoescape else _clean(text)


def _digest(text: str) -> Markup:
    """A hash or a token as it is: nine digits in a row of it are no number of a person, and masked it would be another."""
    if not _HEXADECIMAL.fullmatch(text):
        raise ValueError("a digest is written with 0-9 and a-f only")
    return Markup(text)  # noqa: S704  nothing but digits and letters


def _breakable(text: str) -> Markup:
    """Allow a long file name or key to break after its separators instead of running off the page."""
    return Markup(re.sub(r"([_/.\-])", r"\1<wbr>", str(escape(_clean(text)))))  # noqa: S704  escaped before the breaks go in


@cache
def _templates() -> PrefixLoader:
    """Every room's templates: `letters/receipt.j2` is `receipt.j2` in the folder `templates` of the room `letters`."""
    from jinja2 import PackageLoader, PrefixLoader

    rooms = sorted(each.name for each in files("gmsd").iterdir() if each.joinpath("templates").is_dir())
    return PrefixLoader({room: PackageLoader("gmsd", f"{room}/templates") for room in rooms})


@cache
def environment(kind: str) -> Environment:
    """Give the environment of a kind of output, `html` or `text`; an undefined variable is an error in both."""
    from jinja2 import Environment, StrictUndefined, pass_environment

    made = Environment(
        loader=_templates(),
        autoescape=kind == "html",  # noqa: S701  plain text has nothing to escape
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # templates are part of the package: compiled once a process, never looked for again
    )
    made.globals.update(kit_file=f"rendering/kit/{kind}.j2", layout=f"rendering/kit/mail.{kind}.j2")
    made.globals.update(strong=pass_environment(_strong), code=pass_environment(_code))
    made.filters.update(
        date=dutch.dutch_date,
        day=dutch.dutch_day,
        moment=dutch.dutch_moment,
        moment_en=dutch.english_moment,
        instant=datetime.fromisoformat,
        number=dutch.dutch_number,
        share=dutch.dutch_share,
        counted=dutch.dutch_count,
        half_year=dutch.dutch_half_year,
        listed=dutch.dutch_list,
        lines=dutch.dutch_lines,
        fill=_fill,
        pad=_pad,
        breakable=_breakable,
        digest=_digest,
    )
    return made


def render_page(name: str, **values: object) -> str:
    """Render a page: `feedback/terugkoppeling` is `terugkoppeling.html.j2` of the room `feedback`."""
    return environment("html").get_template(f"{name}.html.j2").render(**values)


def render_part(name: str, **values: object) -> str:
    """Render a piece of a page: `feedback/uitslag` is `uitslag.j2` of the room `feedback`, as HTML."""
    return environment("html").get_template(f"{name}.j2").render(**values)


@cache
def _with_templates_of(package: str) -> Environment:
    from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

    templates = PrefixLoader({package: PackageLoader(package)})
    made = environment("html").overlay()
    made.loader = ChoiceLoader([templates, _templates()])
    return made


def render_page_of(package: str, name: str, **values: object) -> str:
    """Render a page of a package outside the library in the same frame: `rounds` is its `templates/rounds.html.j2`."""
    return _with_templates_of(package).get_template(f"{package}/{name}.html.j2").render(**values)


def render_text(name: str, **values: object) -> str:
    """Render plain text: `formats/changes.md` is `changes.md.j2` of the room `formats`."""
    return environment("text").get_template(f"{name}.j2").render(**values)


def fill(template: str, **values: object) -> str:
    """Fill a template that stands in data, such as the definition of a table, as plain text."""
    return _compiled(template).render(**values)


@cache
def _compiled(template: str) -> Template:
    """A template that stands in data: there are some hundreds, and every period of a release fills the same."""
    return environment("text").from_string(template)


def render_mail(name: str, **values: object) -> RenderedMail:
    """Render a mail, `letters/receipt`: its subject block, and its body once as text and once as HTML."""
    text_template = environment("text").get_template(f"{name}.j2")
    subject = "".join(text_template.blocks["subject"](text_template.new_context(dict(values))))
    text = re.sub(r"\n{3,}", "\n\n", text_template.render(**values)).strip() + "\n"
    html = environment("html").get_template(f"{name}.j2").render(subject_line=one_line(subject), **values)
    return RenderedMail(subject=one_line(subject), text="\n".join(line.rstrip() for line in text.split("\n")), html=html)


def compile_templates() -> None:
    """Compile every template now, so that processes forked from this one find them ready."""
    for kind in ("html", "text"):
        templates = environment(kind)
        for name in templates.list_templates(extensions=("j2",)):
            templates.get_template(name)
