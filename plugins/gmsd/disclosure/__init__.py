"""Protection of counts: what may be shown of a true count, and everything computed from what is shown.

Pure: a frame of true counts and a key in, a frame of shown counts, rates and reasons out. The rule and what it was measured on:
docs/decisions (keyed rounding with a secret threshold).
"""

from gmsd.disclosure.keyed import draw
from gmsd.disclosure.nation import NATION
from gmsd.disclosure.protect import protect
from gmsd.disclosure.rule import Rule

__all__ = ["NATION", "Rule", "draw", "protect"]
