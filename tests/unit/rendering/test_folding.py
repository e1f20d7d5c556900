"""Folding gives the lines that `textwrap` gives, at every width."""

import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from gmsd.rendering.folding import fold, height

WORDS = st.lists(st.text("abé-1.,'€", min_size=1, max_size=12), max_size=20)
INDENTS = st.sampled_from(["", "- ", "    "])


@given(WORDS, st.integers(8, 40), INDENTS, INDENTS)
@example(["a" * 50, "b"], 20, "- ", "  ")
@example(["a", "bbbbbb"], 8, "    ", "")
def test_a_paragraph_is_folded_as_textwrap_folds_it(words: list[str], width: int, first: str, rest: str):
    text = " ".join(words)
    right = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    assert fold(text, width, first=first, rest=rest) == right


@given(st.one_of(WORDS.map(" ".join), st.text("ab -\t\n\u00a0\u2028.", max_size=80)), st.integers(5, 40))
@example("goed op-orde-rapport", 10)
@example("", 10)
def test_a_cell_is_as_high_as_the_lines_of_textwrap(text: str, width: int):
    assert height(text, width) == (len(textwrap.wrap(text, width)) or 1)
