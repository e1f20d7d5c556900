"""A delimited text file from its bytes: of which kind it is, its encoding, its lines and fields.

Not here: laws, rules, and words for people.
"""

from gmsd.delimited.lines import Body, Lines, physical_lines, places, split_body, texts_of
from gmsd.delimited.text import read_text

__all__ = ["Body", "Lines", "physical_lines", "places", "read_text", "split_body", "texts_of"]
