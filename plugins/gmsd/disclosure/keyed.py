"""Draws that are random to everybody without the key, and the same for ever to the one who holds it."""

import hashlib
import hmac

DRAWS = 5
"""How many values a draw can take: one for each remainder of the rounding base."""


def draw(key: bytes, purpose: str, region: str, group_code: str) -> int:
    """Draw a number from 0 to 4 for one region and group.

    The period and the release are not in the message: the year stays at or above each half, and a release that is built again shows
    the same figures without a memory of values. The group is: one draw for several groups would make their difference sharp.

    Args:
        key: The rounding key of the installation.
        purpose: `t` for rounding, `s` for the threshold of what is shown.
        region: StatLine's region code, such as GM0518.
        group_code: StatLine's code of the group, such as A019508.
    """
    digest = hmac.new(key, f"{purpose}|{region}|{group_code}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest, "big") % DRAWS
