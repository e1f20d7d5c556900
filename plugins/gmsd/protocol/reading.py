"""Where the protocol's files lie and how they are read."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from gmsd.settings import home


class ProtocolError(Exception):
    """A file of the protocol is not in order; the text names the file and what is wrong."""


def expectations_folder() -> Path:
    """The folder with the suites: that of the installation's home, else the copy in the package."""
    local = home() / "expectations"
    if local.is_dir():
        return local
    packaged = Path(str(files("gmsd"))) / "_data" / "expectations"
    if packaged.is_dir():
        return packaged
    raise ProtocolError(f"no folder with expectations: neither {local} nor {packaged}")


def read_mapping(path: Path) -> dict[str, Any]:
    """A YAML file that holds one mapping.

    Raises:
        ProtocolError: When it is absent, no YAML, or something else than a mapping.
    """
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        read = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  a safe loader, the quick one where there is one
    except OSError as error:
        raise ProtocolError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise ProtocolError(f"{path}: no YAML: {error}") from None
    if not isinstance(read, dict):
        raise ProtocolError(f"{path}: a mapping is expected")
    return read


def wanted(mapping: dict[str, Any], key: str, kind: type | tuple[type, ...], path: Path, where: str = "") -> Any:
    """A value that must be there and of its kind.

    Raises:
        ProtocolError: When it is absent or of another kind.
    """
    place = f"{path}: {where + ': ' if where else ''}{key}"
    if key not in mapping:
        raise ProtocolError(f"{place} is missing")
    if not isinstance(mapping[key], kind):
        raise ProtocolError(f"{place} is a {type(mapping[key]).__name__}")
    return mapping[key]
