"""Addresses of the pages of this project in the Airflow UI, as a browser finds them."""

from __future__ import annotations

from urllib.parse import quote

from airflow.sdk.configuration import conf


def page_address(path: str) -> str:
    """A page below `/gmsd`."""
    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/gmsd/{path}"


def approval_address(release_id: str = "") -> str:
    """The page where a release is approved, or the list of all questions."""
    return page_address(f"releases/{release_id}/approval" if release_id else "releases")


def preview_address(run_id: str) -> str:
    """The preview that a run of the publication made."""
    return page_address(f"previews/{quote(run_id, safe='')}")
