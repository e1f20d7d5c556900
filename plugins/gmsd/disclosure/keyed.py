"""Random numbers for rounding and threshold, derived from a secret key, so that a rebuild gives the same."""

import hmac


def draw(key: bytes, purpose: str, region: str, content: str, *, base: int = 5) -> int:
    """Draw a number from 0 up to the base of the rounding, for one region and content: one value for each remainder.

    The period and the release are not in the message: the year stays at or above each half, and a release that is built again shows
    the same figures without a memory of values. What is counted is, and neither table nor row code: one draw for several counts would
    make their difference sharp, and two draws of one count would narrow it down.

    Args:
        key: The rounding key of the installation.
        purpose: `t` for rounding, `s` for the threshold of what is shown.
        region: StatLine's region code, such as GM0518.
        content: The name of what is counted, such as A019508 or `stand|A019508` (`gmsd.tables.Content`).
        base: How many values there are.
    """
    message = f"{purpose}|{region}|{content}"
    return int.from_bytes(hmac.digest(key, message.encode(), "sha256"), "big") % base
