"""JSON with an indent is that of Python's own encoder."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gmsd.rendering import pretty_json

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
VALUES = st.recursive(SCALARS, lambda each: st.one_of(st.lists(each), st.lists(each).map(tuple), st.dictionaries(st.text(), each)))


@given(VALUES)
@example({"a": [], "b": {}, "c": [[1, True], {'é\n"': None}], "d": 1e300})
def test_json_is_that_of_the_slow_encoder(value: object):
    assert pretty_json(value) == json.dumps(value, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {2}}, [object()]])
def test_what_has_no_json_is_refused(value: object):
    with pytest.raises(TypeError):
        pretty_json(value)
