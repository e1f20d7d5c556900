"""Random numbers for rounding and threshold, derived from a secret key, so that a rebuild gives the same."""

import hashlib
import hmac


def draw(key: bytes, purpose: str, region: str, group_code: str, *, drawn_as: str = "", base: int = 5) -> int:
    """Draw a number from 0 up to the base of the rounding, for one region and group: one value for each remainder.

    The period and the release are not in the message: the year stays at or above each half, and a release that is built again shows
    the same figures without a memory of values. The group is: one draw for several groups would make their difference sharp.

    Args:
        key: The rounding key of the installation.
        purpose: `t` for rounding, `s` for the threshold of what is shown.
        region: StatLine's region code, such as GM0518.
        group_code: StatLine's code of the group, such as A019508.
        drawn_as: Sets the count apart from others of the same region and group; empty for the clients of 83262NED.
        base: How many values there are.
    """
    message = f"{purpose}|{region}|{group_code}" + (f"|{drawn_as}" if drawn_as else "")
    return int.from_bytes(hmac.new(key, message.encode(), hashlib.sha256).digest(), "big") % base
