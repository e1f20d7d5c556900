"""Where the two versions of the rules come from, and their copies in a folder that is there for one comparison only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from gmsd.errors import GmsdError

# A variable of git's that a hook sets would point every call below at the hook's own repository.
_GIT_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


class NoRules(GmsdError):
    """What was asked for holds no rules; the text is one line for the person who asked."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One version of the rules.

    Attributes:
        name: How it was asked for.
        commit: The commit it stands for, shortened; None for a folder.
        home: The folder that holds its `expectations`.
        supplied: Files that it did not have yet and that the code of now needs: taken from the rules of now.
    """

    name: str
    commit: str | None
    home: Path
    supplied: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Its name, with the commit where it has one that the name does not tell."""
        return self.name if self.commit is None or self.name.startswith(self.commit) else f"{self.name} ({self.commit})"


def present(expectations: Path, to: Path) -> RulesVersion:
    """A copy of the rules as they are now: what is edited while a comparison runs does not change its outcome.

    Args:
        expectations: The folder with the rules.
        to: An empty folder for the copy.
    """
    shutil.copytree(expectations, to / "expectations")
    return RulesVersion("the rules as they are now", None, to)


def earlier(against: str, expectations: Path, to: Path) -> RulesVersion:
    """A copy of the rules to compare with.

    Args:
        against: A git revision of the repository that holds `expectations`, else a folder that is or holds a folder with expectations.
        expectations: The folder with the rules of now.
        to: An empty folder for the copy.

    Raises:
        NoRules: When it is neither, or holds no rules.
    """
    if not against:
        raise NoRules("no revision or folder to compare with is named")
    to.mkdir(parents=True, exist_ok=True)
    top, trouble = _repository(expectations)
    commit = None if top is None else _commit(top, against)
    if top is not None and commit is not None:
        _take_out(top, against, commit, expectations.resolve().relative_to(top), to / "expectations")
        return RulesVersion(against, commit[:10], to, _supply(expectations, to / "expectations"))
    for folder in (Path(against), Path(against) / "expectations"):
        if _law_folders(folder):
            shutil.copytree(folder, to / "expectations")
            return RulesVersion(against, None, to, _supply(expectations, to / "expectations"))
    if Path(against).is_dir():
        raise NoRules(f"{against} holds no expectations: the folder of a law, such as wmo, is looked for in it and in its `expectations`")
    if top is None:
        raise NoRules(f"{against} is no folder, and no revision can be looked up: {trouble}; give a folder that holds expectations")
    shallow = _git(top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    hint = "; this clone is shallow, `git fetch --unshallow` brings the rest" if shallow else ""
    raise NoRules(f"{against} is neither a revision of {top} nor a folder that holds expectations{hint}")


def _law_folders(folder: Path) -> list[Path]:
    """The folders of laws below a folder with expectations, told by a protocol in them: an old version has no file that says so."""
    return sorted({structure.parents[1] for structure in folder.glob("*/*/structuur.yaml")})


def _supply(present_ones: Path, to: Path) -> tuple[str, ...]:
    """Add files beside the protocols that are missing, so that the rest can be compared: rules and code lists lie in folders, not there."""
    supplied = []
    for law in _law_folders(to):
        for path in sorted((present_ones / law.name).glob("*.yaml")):
            if not (law / path.name).exists():
                shutil.copy(path, law / path.name)
                supplied.append(f"expectations/{law.name}/{path.name}")
    return tuple(supplied)


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_PLACES} | {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
    }
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, env=environment, check=False)


def _words(answer: subprocess.CompletedProcess[bytes]) -> str:
    lines = answer.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"git ended with status {answer.returncode}"


def _repository(folder: Path) -> tuple[Path | None, str]:
    """The top of the checkout that the folder lies in; None and why not."""
    try:
        answer = _git(folder, "rev-parse", "--show-toplevel")
    except FileNotFoundError:
        return None, "git is not installed"
    if answer.returncode:
        return None, f"{folder} is not in a git checkout ({_words(answer)})"
    return Path(os.fsdecode(answer.stdout.rstrip(b"\n"))).resolve(), ""


def _commit(top: Path, revision: str) -> str | None:
    answer = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    return None if answer.returncode else answer.stdout.decode("ascii").strip()


def _take_out(top: Path, revision: str, commit: str, place: Path, to: Path) -> None:
    """Write the folder `place` as it was at a commit.

    Raises:
        NoRules: When it was not there.
    """
    answer = _git(top, "archive", "--format=tar", f"{commit}:{place.as_posix()}")
    if answer.returncode:
        raise NoRules(f"{revision} ({commit[:10]}) holds no {place}: {_words(answer)}")
    with tarfile.open(fileobj=BytesIO(answer.stdout)) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # came with 3.11.4
        archive.extractall(to)  # noqa: S202  git's own archive of the caller's own checkout
    if not _law_folders(to):
        raise NoRules(f"{revision} ({commit[:10]}) holds no rules in {place}")
