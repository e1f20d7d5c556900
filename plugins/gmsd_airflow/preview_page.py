"""The page of a preview, and the changed cells that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.settings import Settings


class NoPreviewError(GmsdError):
    """The run made no preview, or its changed cells are gone."""


def preview(settings: Settings, run_id: str) -> dict[str, Any]:
    """What a run showed last.

    Raises:
        NoPreviewError: there is no such run, or its preview has not been worked out.
    """
    from gmsd.database import connect
    from gmsd.releases import preview_of_run
    from gmsd.store import get_store

    with connect(settings, "loader").connect() as connection:
        found = preview_of_run(connection, get_store(settings), settings, run_id)
    if found is None:
        raise NoPreviewError("this run has made no preview (yet)")
    return found


def changed_cells(settings: Settings, run_id: str) -> tuple[str, bytes]:
    """The release id, and its changed cells as CSV.

    Raises:
        NoPreviewError: the run made no preview, or they are gone.
    """
    from gmsd.releases import ReleaseDamagedError, cells_of_preview
    from gmsd.store import get_store

    found = preview(settings, run_id)
    if "cells" not in found:
        raise NoPreviewError("this preview was made before changed cells were kept")
    try:
        return found["release_id"], cells_of_preview(get_store(settings), settings, found)
    except ReleaseDamagedError as error:
        raise NoPreviewError(str(error)) from None


def render(found: Mapping[str, Any], run_id: str, *, may_download: bool) -> str:
    """The page of a preview.

    Args:
        found: The preview.
        run_id: The run that made it.
        may_download: Whether who is signed in may have the changed cells.
    """
    from gmsd.rendering import render_page_of
    from gmsd.tables import all_targets

    return render_page_of("gmsd_airflow", "preview", preview=found, run_id=run_id, targets=all_targets(), may_download=may_download)
