"""Which container of docker-compose.yaml is given the right to answer whether a release may be published."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from services.container import _environment
from services.state import secret_names

COMPOSE = Path(__file__).parents[3] / "docker-compose.yaml"


RIGHT = {"GMSD_DATABASE_APPROVER", "GMSD_SECRET_PG_GMSD_APPROVER"}


def test_only_the_api_server_may_write_an_answer_and_the_database_knows_its_password():
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    given = {name: set(service.get("environment", ())) for name, service in services.items()}
    assert {name: found & RIGHT for name, found in given.items() if found & RIGHT} == {
        "api-server": RIGHT,
        "postgres": {"GMSD_SECRET_PG_GMSD_APPROVER"},
    }
    assert given["api-server"] - given["scheduler"] == RIGHT
    assert given["scheduler"] - given["api-server"] == set()


@pytest.fixture
def _secrets(monkeypatch):
    for name in secret_names():
        monkeypatch.setenv(f"GMSD_SECRET_{name.upper()}", f"secret-{name}")


@pytest.mark.usefixtures("_secrets")
def test_a_container_hands_the_address_to_no_other_program(monkeypatch):
    assert "secret-pg_gmsd_approver" in _environment(answers=True)["GMSD_DATABASE_APPROVER"]
    monkeypatch.delenv("GMSD_SECRET_PG_GMSD_APPROVER")
    environment = _environment(answers=False)
    assert not RIGHT & set(environment)
    assert "gmsd_approver" not in str(environment)
    with pytest.raises(SystemExit, match="GMSD_SECRET_PG_GMSD_APPROVER"):
        _environment(answers=True)


def test_containers_publish_their_ports_to_this_machine_only():
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert published
    assert [port for port in published if not str(port).startswith("127.0.0.1:")] == []
