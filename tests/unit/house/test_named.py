"""What a text tells somebody to run, set, open or press is there: in documentation, Airflow's pages, mails, help and error messages."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from gmsd.cli import root
from gmsd.protocol import laws
from gmsd.settings import Settings
from gmsd.tables import tables_of
from gmsd_airflow.pools import POOLS
from services.state import DATABASE_ROLES

PROJECT = Path(__file__).resolve().parents[3]
FOLDERS = ("docs", "dags", "plugins", "services", "expectations")
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "tests/README.md",
    "Makefile",
    "Dockerfile",
    "docker-compose.yaml",
    ".ci/run",
    "tests/run",
    "tests/impact",
)
ENDINGS = {".md", ".py", ".j2", ".yaml", ".sh", ".conf", ".sql", ""}
HOLE = "\0"  # where a message has a value
AIRFLOW_SAYS = {"Required Actions", "Advanced Options", "Browse > GMSD rounds", "up for retry", "Trigger", "Backfill"}


def constants(tree: ast.AST) -> list[str]:
    """Every string of a program; a value in an f-string is a hole."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            found.append(node.value)
    return found


@cache
def programs() -> dict[str, list[str]]:
    """The strings of every program of ours, the tests' excepted."""
    paths = [path for folder in (*FOLDERS, "sql") for path in (PROJECT / folder).rglob("*.py")]
    return {str(path.relative_to(PROJECT)): constants(ast.parse(path.read_text(encoding="utf-8"))) for path in paths}


@cache
def texts() -> dict[str, list[str]]:
    """Everything that somebody reads, by file: a whole text, or the strings of a program."""
    paths = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.suffix in ENDINGS and path.is_file()]
    paths += [PROJECT / name for name in PAGES]
    plain = {str(path.relative_to(PROJECT)): [path.read_text(encoding="utf-8")] for path in paths if path.suffix != ".py"}
    return plain | programs()


def naming(what: str) -> list[str]:
    """The files in whose texts this stands."""
    return sorted(name for name, parts in texts().items() if any(what in part for part in parts))


@cache
def whole(name: str) -> str:
    """A file's text as it stands; see `texts`."""
    [text] = texts()[name]
    return text


def spans(text: str) -> list[str]:
    """What stands between backticks, on one line or in a block; a line break inside is a blank."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [" ".join(each.split()) for each in re.findall(r"`([^`]+)`", rest)] + [line for block in blocks for line in block.splitlines()]


def wrong_command(words: str) -> str:
    """Why `gmsd <words>` cannot be run; '' when it can."""
    command, path = root(), "gmsd"
    tokens = words.split(" ")
    while hasattr(command, "commands") and tokens and re.fullmatch(r"[a-z][a-z-]*", tokens[0]):
        name = tokens.pop(0)
        if name not in command.commands:
            return f"{path} {name}"
        command, path = command.commands[name], f"{path} {name}"
    options = {each for parameter in command.params for each in (*parameter.opts, *parameter.secondary_opts)} | {"--help", "--version"}
    unknown = [each for each in re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(tokens)) if each not in options]
    return f"{path} {unknown[0]}" if unknown else ""


def named_commands(text: str) -> set[str]:
    """What stands after `gmsd `, as far as it can belong to the command."""
    flat = re.sub(r"[ \n]+(?:# )?", " ", text)
    found = re.findall(r"(?<![\w.=/-])(?:[\w./]*/)?gmsd ([a-z][^`\"'\n|;)]*)", flat)
    return {re.split(r"[.,:] | - | \[?gmsd ", each)[0].strip() for each in found}


@pytest.mark.parametrize("name", [name for name in naming("gmsd ") if not name.endswith(".sql")])
def test_every_command_that_is_named_exists_with_its_options(name):
    assert {wrong for text in texts()[name] for each in named_commands(text) if (wrong := wrong_command(each))} == set()


def test_a_command_that_does_not_exist_is_found():
    text = "See `gmsd audits\nverify` and `gmsd check FILE --stil`; run gmsd setup again, or .venv/bin/gmsd doctor --json."
    assert {wrong_command(each) for each in named_commands(text)} == {"gmsd audits", "gmsd check --stil", ""}


@pytest.mark.parametrize("name", naming("make "))
def test_every_make_target_and_its_variables_exist(name):
    told = [
        each for text in texts()[name] for each in (*spans(text), *re.findall(r"\brun (make [a-z-]+)", text)) if each.startswith("make ")
    ]
    targets = set(re.findall(r"^([a-z-]+):.* ## ", whole("Makefile"), re.MULTILINE))
    assert {each for each in told if re.match(r"make [a-z]", each) and each.split()[1] not in targets} == set()
    known = set(re.findall(r"^([A-Z]+) \?=|\$\(([A-Z]+)\)", whole("Makefile"), re.MULTILINE))
    variables = {part for pair in known for part in pair} | {"PYTHON"}
    assert {given for each in told for given in re.findall(r"\b([A-Z]+)=", each)} <= variables


@cache
def read_variables() -> set[str]:
    """The GMSD_ names that something reads, and the beginnings of those that are put together."""
    found = {f"GMSD_{name.upper()}" for name in Settings.model_fields}
    paths = [path for folder in (*FOLDERS, "tests") for path in (PROJECT / folder).rglob("*.py")]
    for path in paths:
        for each in constants(ast.parse(path.read_text(encoding="utf-8"))):
            found |= {each} if re.fullmatch(r"GMSD_[A-Z0-9_]+", each) else set(re.findall(rf"^(GMSD_[A-Z0-9_]+_){HOLE}", each))
    shell = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests" / "run", PROJECT / "docker-compose.yaml"))
    return found | set(re.findall(r"\$\{(GMSD_[A-Z0-9_]+)", shell))


@pytest.mark.parametrize("name", naming("GMSD_"))
def test_every_setting_that_is_named_is_read(name):
    known = read_variables()
    beginnings = tuple(each for each in known if each.endswith("_"))
    named = {each for text in texts()[name] for each in re.findall(r"\bGMSD_[A-Z0-9_]*", text)} - {"GMSD_"}
    assert {each for each in named if each not in known and not each.startswith(beginnings)} == set()


@cache
def dag_words() -> tuple[set[str], set[str]]:
    """Ids of the DAGs; what the UI calls them, their tasks, the choices of their forms and our own pages."""
    ids, shown = set(), set(programs()["plugins/gmsd_airflow/plugin_pages.py"])
    for path in (PROJECT / "dags").glob("*.py"):
        ids.add(path.stem)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.keyword)
                and node.arg in ("dag_display_name", "task_display_name")
                and isinstance(node.value, ast.Constant)
            ):
                shown.add(str(node.value.value))
            elif isinstance(node, ast.List):
                shown |= {str(each.value) for each in node.elts if isinstance(each, ast.Constant)}
    return ids, shown


SPEAK_TO_AIRFLOW = ("dags/", "plugins/gmsd_airflow/", "plugins/gmsd/demo/")
ABOUT_DAGS = [name for name in naming("gmsd_") if name.startswith(SPEAK_TO_AIRFLOW) or name.endswith((".md", ".j2", ".yaml"))]
PLUGINS_OF_AIRFLOW = {"gmsd_pages", "gmsd_timetable"}


@cache
def indicators() -> set[str]:
    """Codes in the import of Waarstaatjegemeente, which are no names of DAGs."""
    return {code for law in laws() for table in tables_of(law.id) for each in table.indicators for code in each.codes.values()}


@pytest.mark.parametrize("name", ABOUT_DAGS)
def test_every_dag_that_is_named_exists(name):
    ids, _ = dag_words()
    known = ids | {path.name for path in (PROJECT / "plugins").iterdir()} | set(DATABASE_ROLES) | PLUGINS_OF_AIRFLOW | set(POOLS)
    parts = texts()[name]
    if name.startswith("plugins/") and name.endswith(".py"):  # a name alone; a prefix of keys or files is no DAG
        assert {each for each in parts if re.fullmatch(r"gmsd_[a-z_]+", each)} <= known
    else:
        named = {each for text in parts for each in re.findall(r"\bgmsd_[a-z]+(?:_[a-z0-9]+)*", text)}
        assert named - indicators() <= known


@pytest.mark.parametrize("name", [name for name in texts() if name.endswith(".md") and re.search(r"(?<![\w*])\*\w", whole(name))])
def test_what_stands_in_italics_is_shown_by_airflow_or_said_by_a_program(name):
    """*Intake* is a DAG, *check again* a choice of a form, *The next release is ...* a message, or it is a heading of the page."""
    _, shown = dag_words()
    said = [" ".join(each.split()).casefold() for strings in programs().values() for each in strings]
    text = re.sub(r"\*\*|`[^`]*`", "", whole(name))
    phrases = {" ".join(each.split()) for each in re.findall(r"(?<![\w*/])\*([A-Za-z.][^*`|]*?[\w.?)])\*(?![\w*])", text)}
    headings = set(re.findall(r"^#+ (.+)$", whole(name), re.MULTILINE))
    emphasis = {phrase for phrase in phrases if re.fullmatch(r"[a-z-]+", phrase)}
    assert {each for each in phrases - shown - AIRFLOW_SAYS - headings - emphasis if not quoted(each.casefold(), said)} == set()


def quoted(phrase: str, said: list[str]) -> bool:
    """Whether a program says this; values in it may differ, and of a message that is put together four words in a row are enough."""
    parts = [part.strip() for part in re.split(r"\.\.\.|\br?\d+\b", phrase) if part.strip()]
    words = phrase.split()
    runs = [re.escape(" ".join(words[start : start + 4])) for start in range(len(words) - 3)]
    pattern = re.compile("|".join([".*".join(map(re.escape, parts)), *runs]))
    return len(words) > 2 and any(pattern.search(each) for each in said)


def test_every_action_of_the_services_that_is_named_exists():
    from services.__main__ import ACTIONS

    named = {each for parts in texts().values() for text in parts for each in re.findall(r"-m services ([a-z-]+)", text)}
    assert named
    assert named <= set(ACTIONS)


def test_every_file_that_the_documentation_names_exists():
    folders = tuple(f"{path.name}/" for path in PROJECT.iterdir() if path.is_dir() and path.name not in ("var", "build", "dist"))
    missing = {}
    for name in texts():
        if name.endswith(".md"):
            named = [
                each for each in spans(whole(name)) if each.startswith(folders) and re.fullmatch(r"[\w./-]+\.[a-z0-9]+|[\w./-]+/", each)
            ]
            if gone := [each for each in named if not (PROJECT / each).exists()]:
                missing[name] = gone
    assert missing == {}
