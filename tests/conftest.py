"""What every category of tests shares."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

# Examples are drawn the same in every run, and a slow machine is no failure.
settings.register_profile("gmsd", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gmsd")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal's width or colours in the caller's environment do not change what commands print."""
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("FORCE_COLOR", "PY_COLORS"):
        if name in os.environ:
            monkeypatch.delenv(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: the collector of garbage need not look through it again and again.

    With some thousand tests that is most of what a test of a command costs.
    """
    gc.collect()
    gc.freeze()
