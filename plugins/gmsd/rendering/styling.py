"""The style sheet of the web faces: that of reports and mails, with its colours by name, and what only pages have."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_TOKEN = re.compile(r"(--[a-z-]+): (#[0-9a-f]{6});")


@cache
def web_style() -> str:
    """Tokens, style sheet and what only pages have, as one sheet.

    Mail programs know no names for colours: `style.css` has them as they are, and here each is replaced by its name in `tokens.css`.

    Raises:
        KeyError: a colour of `style.css` has no name.
    """
    folder = files("gmsd.rendering") / "templates"
    tokens, shared, own = ((folder / name).read_text(encoding="utf-8") for name in ("tokens.css", "style.css", "web.css"))
    named = {colour: token for token, colour in reversed(_TOKEN.findall(tokens.partition("@media")[0]))}
    screen = shared.replace(":root { color-scheme: light; }\n", "")
    return tokens + _COLOUR.sub(lambda found: f"var({named[found[0]]})", screen) + own
