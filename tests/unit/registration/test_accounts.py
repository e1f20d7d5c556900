"""One-time codes as RFC 6238 gives them."""

from __future__ import annotations

import pytest

from gmsd.registration.accounts import one_time_code


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(second, code):
    assert one_time_code(b"12345678901234567890", second // 30) == code
