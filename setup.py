"""The wheel carries `expectations/` and `sql/` inside the package: `gmsd check` must work where there is no checkout."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

DATA = ("expectations", "sql")


class BuildWithData(build_py):
    """Build the package anew, with the project's data as `gmsd/_data`; an editable installation reads the checkout's own folders."""

    def run(self) -> None:
        """Build into an empty folder: what an earlier build left there is no part of this one."""
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        for folder in DATA:
            target = Path(self.build_lib) / "gmsd" / "_data" / folder
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": BuildWithData})
