"""`gmsd check` as a person at a terminal meets it, and what files and folders may do to it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from io import BytesIO

import openpyxl
import pytest
from typer.testing import CliRunner

from gmsd.cli import build
from gmsd.settings import get_settings
from tests.spec.checking import ROWS, cell, clean, file_of, running

COMMAND = [sys.executable, "-m", "gmsd.cli", "check"]
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture(autouse=True)
def _system_clock(monkeypatch):
    monkeypatch.setenv("GMSD_CLOCK", "system")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def check(*arguments: object):
    return CliRunner().invoke(build(), ["check", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "in"
    (place / "0518").mkdir(parents=True)
    (place / "WMO_H22019_goed.csv").write_bytes(clean())
    (place / "0518" / "WMO_H22019_fout.csv").write_bytes(cell("BSN", *["123"] * 15))
    (place / "0518" / "WMO_H22019_deels.csv").write_bytes(running("Eenheid", "99"))
    return place


def test_verdict_comes_first_then_what_to_do_then_what_where_and_how(folder):
    told = check(folder / "0518" / "WMO_H22019_fout.csv", "--municipality", "0518")
    words = " ".join(told.stdout.split())
    assert (told.exit_code, told.stderr) == (1, "")
    assert told.stdout.startswith("Afgekeurd: WMO_H22019_fout.csv\n")
    order = [
        "Wat u nu doet",
        "(0518)",
        "BASISVARIABELEN",
        "BSN (15 fouten)",
        "Wat is er mis",
        "Waar",
        "Hoe herstelt u het",
        "--format xlsx",
    ]
    places = [words.find(word) for word in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)
    assert "regels 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 en nog 5 regels" in words


def test_facultative_consequence_is_a_paragraph_of_its_own(folder):
    told = check(folder / "0518" / "WMO_H22019_deels.csv")
    assert told.exit_code == 0
    [paragraph] = [part for part in told.stdout.split("\n\n") if part.startswith("Gevolg:")]
    assert "alle facultatieve variabelen leeg" in " ".join(paragraph.split())


@pytest.mark.parametrize("width", [45, 80, 300])
def test_lines_are_as_long_as_the_terminal_is_wide(folder, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    lengths = [len(line) for line in check(folder).stdout.splitlines() if "gmsd check BESTAND" not in line]
    assert 0.8 * min(width, 100) <= max(lengths) <= min(width, 100)


def test_folder_is_a_line_per_file_then_the_faulty_ones_then_a_summary(folder):
    told = check(folder)
    lines = told.stdout.splitlines()
    assert told.exit_code == 1
    assert [line.split(maxsplit=1)[0] for line in lines[:3]] == ["Zonder", "Afgekeurd", "Goedgekeurd"]
    assert [line.split()[-1] for line in (lines[2],)] == ["WMO_H22019_goed.csv"]
    details = [line for line in lines if ": 0518/" in line]
    assert [line.rpartition("/")[2] for line in details] == ["WMO_H22019_deels.csv", "WMO_H22019_fout.csv"]
    assert lines[-4:] == ["3 bestanden gecontroleerd", "1 goedgekeurd", "1 goedgekeurd, zonder facultatieve variabelen", "1 afgekeurd"]


def test_reports_of_a_folder_lie_as_the_files_do_and_are_not_checked_themselves(folder):
    out = folder / "rapporten"
    for _ in range(2):
        told = check(folder, "--format", "xlsx", "--out", out)
        assert (told.exit_code, told.stdout.count("rapport: ")) == (1, 3)
    written = sorted(str(path.relative_to(out)) for path in out.rglob("*.*"))
    assert written == ["0518/WMO_H22019_deels.csv.xlsx", "0518/WMO_H22019_fout.csv.xlsx", "WMO_H22019_goed.csv.xlsx"]
    book = openpyxl.load_workbook(BytesIO((out / written[1]).read_bytes()))
    numbers = [row[0] for row in book["fouten"].iter_rows(values_only=True) if isinstance(row[0], int) and row[2] == "basis"]
    assert numbers == list(range(5, 20))


def test_one_report_is_written_and_told(folder, tmp_path):
    out = tmp_path / "rapport.html"
    told = check(folder / "WMO_H22019_goed.csv", "--format", "html", "--out", out)
    assert (told.exit_code, told.stdout.split()[0]) == (0, "Goedgekeurd")
    assert str(out) in told.stdout
    assert out.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{in}", "--format", "html"), "needs a folder"),
        (("{in}/WMO_H22019_goed.csv", "--format", "xlsx"), "xlsx needs a file"),
        (("{in}", "--format", "html", "--out", "{in}/WMO_H22019_goed.csv"), "not a folder"),
        (("{in}/WMO_H22019_goed.csv", "--format", "json", "--out", "{in}/WMO_H22019_goed.csv"), "a file that is checked"),
        (("{in}/WMO_H22019_goed.csv", "--out", "{in}"), "a folder"),
        (("{in}/WMO_H22019_goed.csv", "--out", "{in}/nergens/a.txt"), "no such folder"),
        (("{in}/nergens.csv",), "no such file"),
        (("{in}/fifo",), "neither a file nor a folder"),
        (("{in}/\x1b[2J\n999900006",), "?[2J?*********: cannot be opened"),
        (("{in}/" + "a" * 300,), "name too long"),
    ],
)
def test_what_cannot_be_done_is_refused_before_a_file_is_checked(folder, arguments, words):
    os.mkfifo(folder / "fifo")
    told = check(*(argument.replace("{in}", str(folder)) for argument in arguments))
    assert (told.exit_code, told.stdout) == (2, "")
    assert words in told.stderr
    assert (folder / "WMO_H22019_goed.csv").read_bytes() == clean()


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_name_of_a_file_steers_no_terminal_and_tells_no_number(tmp_path, form):
    (tmp_path / "in").mkdir()
    hostile = "WMO_H22019_\x1b[2Jrood\u202e\x9b31m\n\r999900006.csv"
    (tmp_path / "in" / hostile).write_bytes(clean())
    (tmp_path / "in" / "WMO_H22019_\udcff.csv").write_bytes(b"x")  # a byte that is no character
    out = ("--out", tmp_path / "uit") if form == "html" else ()
    told = check(tmp_path / "in", "--format", form, *out)
    assert told.exit_code == 1
    assert not CONTROL.search(told.stdout)
    assert "999900006" not in told.stdout
    if form == "json":
        assert json.loads(told.stdout)[0]["file"] == hostile.replace("999900006", "*" * 9)
    for path in (tmp_path / "uit").rglob("*.html"):
        assert not CONTROL.search(path.name)
        assert "999900006" not in path.name


def test_links_in_a_circle_have_an_end_and_what_is_no_file_is_passed_by(folder):
    (folder / "0518" / "rond").symlink_to("..")
    (folder / "nergens.csv").symlink_to("weg")
    (folder / ".verborgen.csv").write_bytes(b"x")
    os.mkfifo(folder / "fifo")
    assert len(json.loads(check(folder, "--format", "json").stdout)) == 3


# A process counts the memory of the one it was split off from: the one that is measured is split off from a small one.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


def test_file_over_the_limit_is_told_by_its_own_size_and_hash(tmp_path, monkeypatch):
    path = tmp_path / "WMO_H22019_groot.csv"
    with path.open("wb") as opened:
        opened.truncate(2**29)
    monkeypatch.setenv("GMSD_MAX_FILE_BYTES", "1000000")
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *COMMAND, str(path), "--format", "json"], capture_output=True, text=True, check=False
    )
    result = json.loads(done.stdout)
    assert (done.returncode, result["bytes"], [f["rule"] for f in result["findings"]]) == (1, 2**29, ["BEST-05"])
    assert int(done.stderr) < 500_000, "the file was read into memory"


def test_reader_that_goes_away_is_no_trouble(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(5):
        (folder / f"WMO_H22019_{number}.csv").write_bytes(file_of(*ROWS, *[f"{n};0518;1;2;3;4;5;6;7;8;9;10" for n in range(500)]))
    done = subprocess.run(["/bin/bash", "-c", '"$@" | head -c 1', "-", *COMMAND, str(folder)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("A", "")


def test_colours_are_for_a_terminal_only(folder):
    path = str(folder / "0518" / "WMO_H22019_fout.csv")
    shown = {}
    for name, change in (("terminal", {}), ("no colour", {"NO_COLOR": "1"})):
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | change
        reader, writer = pty.openpty()
        with subprocess.Popen([*COMMAND, path], stdout=writer, stderr=subprocess.PIPE, env=environment) as process:
            os.close(writer)
            parts = []
            while True:
                try:
                    part = os.read(reader, 65536)
                except OSError:  # how the end of a terminal is told
                    break
                if not part:
                    break
                parts.append(part)
            assert process.wait() == 1
        os.close(reader)
        shown[name] = b"".join(parts)
    assert {name: b"\x1b[" in output for name, output in shown.items()} == {"terminal": True, "no colour": False}
    assert b"\x1b[" not in check(path).stdout_bytes


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="an administrator may read everything")
def test_one_file_of_a_folder_that_may_not_be_read_is_told_and_the_others_are_checked(folder):
    closed = folder / "WMO_H22019_dicht.csv"
    closed.write_bytes(clean())
    closed.chmod(0)
    without_rights = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.geteuid() == 0 else []
    done = subprocess.run([*without_rights, *COMMAND, str(folder), "--format", "json"], capture_output=True, text=True, check=False)
    assert (done.returncode, len(json.loads(done.stdout))) == (2, 3)
    assert done.stderr == f"gmsd: {closed}: cannot be opened: permission denied\n"
