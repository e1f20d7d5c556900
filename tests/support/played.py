"""An installation with Airflow in a home of its own, in which the demo is played: what the tests of the whole look at from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.settings import Settings
from tests.support.commands import run_gmsd
from tests.support.stack import PROJECT, admin_of, read_values, services, services_gone
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

EDITED = ("expectations", "sql")  # what a home holds beside `var`


@dataclass(frozen=True)
class Home:
    """One installation with a state folder of its own; in it `home` takes the checkout's place, with links to what belongs there."""

    var: Path

    @property
    def folder(self) -> Path:
        """What GMSD_HOME names."""
        return self.var / "home"

    def _furnish(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, target in {"var": self.var, **{name: PROJECT / name for name in EDITED}}.items():
            link = self.folder / name
            if not link.is_symlink():
                link.symlink_to(target)

    @property
    def demo(self) -> Path:
        """The generated files: the only place where BSNs may stand in the open."""
        return self.var / "demo"

    def start(self, *options: str, settings: str = "") -> None:
        """An empty installation with the secrets of before, and everything running.

        Args:
            options: Of `services up`, such as `--executor`.
            settings: Lines of the home's own file of settings.
        """
        services("reset", self.var, home=self.folder)
        self._furnish()
        (self.folder / ".env").write_text(settings, encoding="utf-8")
        services("up", self.var, *options, home=self.folder)

    def stop(self) -> None:
        """No process left, and no BSN in the open."""
        services("down", self.var, home=self.folder)
        shutil.rmtree(self.demo, ignore_errors=True)

    def gone(self) -> Callable[[], str]:
        """For `waiting.until`: that this installation does not run any more."""
        return services_gone(self.var, self.folder)

    @property
    def values(self) -> dict[str, str]:
        """The settings that the services wrote."""
        return read_values((self.var / "secrets" / "gmsd.env").read_text(encoding="utf-8"))

    @property
    def settings(self) -> Settings:
        """The same, as the pipeline reads them."""
        fields = {name.removeprefix("GMSD_").lower(): value for name, value in self.values.items()}
        return Settings(_env_file=None, home=self.folder, **fields)

    @property
    def admin(self) -> str:
        """The address of PostgreSQL's own account."""
        return admin_of(self.var, self.values)

    @property
    def environment(self) -> dict[str, str]:
        """What a `gmsd` command of this installation has in its environment."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("GMSD_", "AIRFLOW__"))}
        return plain | self.values | {"GMSD_HOME": str(self.folder), "PYTHONPATH": str(PROJECT / "plugins"), "PYTHONUNBUFFERED": "1"}

    def gmsd(self, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """The `gmsd` command as this installation."""
        return run_gmsd(*arguments, environment=self.environment, seconds=patience(seconds))

    def play(self, log: Path) -> subprocess.Popen[str]:
        """Begin to play the demo; what it says goes to `log`."""
        command = [sys.executable, "-m", "gmsd.cli", "demo", "play", "--municipalities", "30", "--seed", "1"]
        with log.open("w", encoding="utf-8") as stream:
            return subprocess.Popen(command, env=self.environment, stdout=stream, stderr=subprocess.STDOUT, text=True, cwd=self.folder)

    @property
    def manifest(self) -> list[dict[str, Any]]:
        """What the demo uploaded, and what should have become of it."""
        return list(json.loads((self.demo / "manifest.json").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Played:
    """A demo that has been played."""

    home: Home
    output: str
    seconds: float
    releases: Path

    @property
    def in_force(self) -> Sequence[dict[str, Any]]:
        """The manifest's deliveries that are published at the end."""
        return [row for row in self.home.manifest if row["expected_state"] == "published"]
