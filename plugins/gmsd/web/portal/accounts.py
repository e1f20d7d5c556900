"""Who comes in without a personal link."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

    from gmsd.web.portal.visiting import Visit


def show(visit: Visit) -> Response:
    """How to come in."""
    return visit.page("sign_in")
