"""DAGs are parsed here without services, and run for real in an Airflow of the tests' own.

The environment is set before the first import of airflow, which reads its configuration when it is imported.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.played import Home
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.dag_processing.dagbag import DagBag

for _name in [name for name in os.environ if name.startswith("AIRFLOW__")]:
    del os.environ[_name]  # never the metadata database of a running installation
_HOME = Path(tempfile.mkdtemp(prefix="gmsd-airflow-"))
os.environ |= {
    "AIRFLOW_HOME": str(_HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME}/airflow.db",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
}


@pytest.fixture(scope="session")
def bag() -> DagBag:
    """All DAGs, parsed as the dag-processor parses them; no database needed."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(collect_dags=True)


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """A running installation with Airflow, empty, stopped afterwards."""
    found = Home(Path(os.environ.get("GMSD_TEST_DAGS_HOME") or PROJECT / "var" / "test-dags"))
    found.start()
    yield found
    found.stop()
