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
        (("{in}", "--format", "html"), "noem een map om de html-bestanden in te schrijven"),
        (("{in}/WMO_H22019_goed.csv", "--format", "xlsx"), "noem een bestand om het xlsx-bestand"),
        (("{in}", "--format", "html", "--out", "{in}/WMO_H22019_goed.csv"), "het is geen map"),
        (("{in}/WMO_H22019_goed.csv", "--format", "json", "--out", "{in}/WMO_H22019_goed.csv"), "een bestand dat wordt gecontroleerd"),
        (("{in}/WMO_H22019_goed.csv", "--out", "{in}"), "het is een map"),
        (("{in}/WMO_H22019_goed.csv", "--out", "{in}/nergens/a.txt"), "die map bestaat niet"),
        (("{in}/nergens.csv",), "bestaat niet"),
        (("{in}/fifo",), "geen bestand en geen map"),
        (("{in}/\x1b[2J\n999900006",), "?[2J?*********: kan niet worden geopend"),
        (("{in}/" + "a" * 300,), "de naam is te lang"),
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
    assert done.stderr == f"gmsd: {closed}: kan niet worden geopend: u hebt er geen rechten voor\n"


ENGLISH = re.compile(
    r"\b(?:usage|error|try|invalid|value|missing|argument|option|options|such|required|file|folder|cannot|opened|not|the|show|exit)\b",
    re.IGNORECASE,
)
OPTIONS = re.compile(r"--[a-z-]+|-h\b")
LEAVINGS = {
    "README.docx": b"x",
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "desktop.ini": b"[.ShellClassInfo]",
    "~$WMO_H22019_goed.csv": b"x",
    ".~lock.WMO_H22019_goed.csv#": b"x",
    ".DS_Store": b"x",
    "__MACOSX/._WMO_H22019_goed.csv": b"x",
    ".git/config": b"x",
    "WMO_H22019_half.csv.filepart": b"x",
}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "noem BESTAND"),
        (("--bestand", "x"), "de optie --bestand bestaat niet"),
        (("{in}", "--munici", "0518"), "bedoelt u --municipality?"),
        (("{in}", "-x"), "de optie -x bestaat niet"),
        (("{in}", "--municipality"), "bij --municipality ontbreekt de waarde (CODE)"),
        (("{in}", "--help=x"), "bij --help hoort geen waarde"),
        (("{in}", "--format", "pdf"), "deze waarde kan niet (text|json|html|xlsx)"),
        (("{in}", "--municipality", "051"), "een gemeentecode heeft vier cijfers"),
        (("{in}", "--municipality", "\u0660\u0665\u0661\u0668"), "een gemeentecode heeft vier cijfers"),
        (("{in}", "--municipality", "9999"), "9999 is geen gemeente"),
        (("{in}", "--half-year", "H32019"), "dit is geen halfjaar"),
        (("{in}", "--half-year", "H22014"), "voor het 2e halfjaar 2014 is er geen protocol"),
        (("{in}", "--format", "html"), "noem een map"),
        (("{in}/nergens.csv",), "bestaat niet"),
        (("{in}/leeg",), "een map zonder bestanden om te controleren"),
        (("",), "er staat een lege naam"),
        (("{in}", " "), "er staat een lege naam"),
        (("{in}", "--out", ""), "er staat een lege naam"),
    ],
)
def test_refusal_is_a_dutch_line_after_a_usage_hint_at_most(folder, arguments, words):
    (folder / "leeg").mkdir()
    told = check(*(argument.replace("{in}", str(folder)) for argument in arguments))
    assert (told.exit_code, told.stdout) == (2, "")
    *hint, line = told.stderr.splitlines()
    assert line.startswith("gmsd: ")
    assert words in line
    assert [part.split(":")[0] for part in hint if part] in ([], ["Gebruik", "Uitleg"])
    assert not ENGLISH.search(OPTIONS.sub("", told.stderr.replace(str(folder), ""))), told.stderr


def test_help_is_dutch():
    told = check("--help")
    assert told.exit_code == 0
    assert "Argumenten:" in told.stdout
    assert not ENGLISH.search(
        re.sub(r"[\w.]+\.(?:csv|xlsx)|gmsd check [^\n]*", "", OPTIONS.sub("", told.stdout.replace("[OPTIES]", "")))
    ), told.stdout


@pytest.mark.parametrize("code", ["1979", "0003"])
def test_successor_hears_under_which_codes_and_in_which_folders_an_earlier_half_year_is_delivered(tmp_path, code):
    path = tmp_path / "WMO_H22020_Eemsdelta.csv"
    path.write_bytes(file_of(ROWS[0].replace("0518", code)))
    folders = [f"{each} in map H22020/{each[:4]}" for each in ("0003 (Appingedam)", "0010 (Delfzijl)", "0024 (Loppersum)")]
    refused = check(path, "--municipality", "1979")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "1979 (Eemsdelta) bestond niet in het 2e halfjaar 2020" in refused.stderr
    assert [each for each in folders if each not in refused.stderr] == []
    without, old = (" ".join(check(path, *more).stdout.split()) for more in ((), ("--municipality", "0003")))
    for words in (without, old):
        if code == "1979":
            assert words.startswith("Afgekeurd")
            assert [each for each in folders if each not in words] == []
        else:
            assert words.startswith("Goedgekeurd")
    ended = tmp_path / "WMO_H12021_Appingedam.csv"
    ended.write_bytes(path.read_bytes())
    assert "onder 1979 (Eemsdelta) in map H12021/1979" in check(ended, "--municipality", "0003").stderr


@pytest.mark.parametrize("code", ["0518", "1979", "0003"])
@pytest.mark.parametrize("half_year", ["H21919", "H12014", "H10001"])
def test_half_year_without_a_protocol_is_a_fault_of_the_file_whoever_delivers(tmp_path, half_year, code):
    path = tmp_path / f"WMO_{half_year}_x.csv"
    path.write_bytes(file_of(ROWS[0]))
    told = check(path, "--municipality", code, "--format", "json")
    assert (told.exit_code, told.stderr) == (1, "")
    assert [finding["rule"] for finding in json.loads(told.stdout)["findings"]] == ["NAAM-04"]


def test_leavings_of_systems_and_programs_are_passed_over_and_counted_in_one_line(tmp_path):
    for name, data in LEAVINGS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    only = check(tmp_path, "--municipality", "0518")
    assert only.stdout.splitlines()[-1] == "8 bestanden van een systeem of overdrachtsprogramma zijn overgeslagen"
    (tmp_path / "WMO_H22019_goed.csv").write_bytes(clean())
    told = check(tmp_path, "--municipality", "0518")
    assert told.exit_code == 1
    assert [line.split()[:2] for line in told.stdout.splitlines()[:2]] == [
        ["Afgekeurd", "README.docx"],
        ["Goedgekeurd", "WMO_H22019_goed.csv"],
    ]
    assert [line for line in told.stdout.splitlines() if "overgeslagen" in line] == [
        "8 bestanden van een systeem of overdrachtsprogramma zijn overgeslagen"
    ]
    listed = check(tmp_path, "--municipality", "0518", "--format", "json")
    assert [result["file"] for result in json.loads(listed.stdout)] == ["README.docx", "WMO_H22019_goed.csv"]
    assert listed.stderr == "gmsd: 8 bestanden van een systeem of overdrachtsprogramma zijn overgeslagen\n"
    (tmp_path / "README.docx").unlink()
    (tmp_path / "WMO_H22019_goed.csv").unlink()
    nothing = check(tmp_path)
    assert (nothing.exit_code, nothing.stdout) == (2, "")
    assert "8 bestanden van een systeem" in nothing.stderr


def test_place_of_delivery_that_is_not_told_is_not_compared_and_that_is_said(tmp_path):
    path = tmp_path / "WMO_H22019_twee.csv"
    path.write_bytes(cell("Gemeentecode", "0599"))
    told = check(path)
    words = " ".join(told.stdout.split())
    assert told.exit_code == 1
    assert "'s-Gravenhage (0518), volgens de eerste regel met een bestaande code; de plaats van levering is niet vergeleken" in words
    assert "0599 (Rotterdam)" in words
    assert "niet vergeleken" not in check(path, "--municipality", "0518").stdout
