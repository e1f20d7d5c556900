#!/usr/bin/env bash
# premailer 3.10.0 moves the rules of a style sheet into the elements of a mail. A rule with !important, which a browser obeys before an element's own
# style, is dropped where the element has one: a warning that the sheet makes red stays blue in the mail. strip_important=False, which is to keep the
# word, changes nothing in it. css-inline 0.23.1 gives the red of the page.
# Guessed: the mail looks as the page does in a browser. What helps: no style in the element, or css-inline.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check premailer==3.10.0 css-inline==0.23.1
"$work/env/bin/python" - <<'PY'
import re
from importlib.metadata import version

import css_inline
import premailer

MAIL = '<html><head><style>td { color: #a51234 !important }</style></head><body><table><tr><td style="color:#12345a">late</td></tr></table></body></html>'
made = {
    "premailer": premailer.transform(MAIL),
    "premailer, strip_important=False": premailer.transform(MAIL, strip_important=False),
    "css-inline": css_inline.inline(MAIL),
}
print("premailer", version("premailer"), "css-inline", version("css-inline"))
found = {}
for name, mail in made.items():
    style = re.search(r'<td style="([^"]*)"', mail).group(1)
    found[name] = re.findall(r"#\w+", style)
    print(f"{name}: {style}")
assert found == {"premailer": ["#12345a"], "premailer, strip_important=False": ["#12345a"], "css-inline": ["#a51234"]}, "important rules are kept now"
PY
