"""What `gmsd check` answers: by its exit status, in JSON, in a list, in other forms, and to wrong use."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from gmsd.cli import build
from tests.spec.checking import cell, check, clean

BSN = "999900006"


def run(*arguments: str):
    return CliRunner().invoke(build(), ["check", *arguments])


@pytest.fixture
def delivery(tmp_path):
    def write(data: bytes = clean(), name: str = "WMO_H22019_x.csv") -> str:
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


def test_command_answers_by_its_exit_status(delivery):
    assert run(delivery(), "--municipality", "0518").exit_code == 0
    assert run(delivery(cell("Eenheid", "99"))).exit_code == 0
    assert run(delivery(cell("BSN", "x"))).exit_code == 1


def test_command_gives_the_contracts_json(delivery):
    result = run(delivery(cell("BSN", "x", "")), "--municipality", "0518", "--format", "json")
    told = json.loads(result.stdout)
    assert told["schema"] == "gmsd-check/1"
    assert {(f["level"], f["field"], f["count"], tuple(f["lines"])) for f in told["findings"]} == {
        ("base", "BSN", 1, (5,)),
        ("base", "BSN", 1, (6,)),
    }
    assert set(told) == set(check(clean()).to_json())


def test_folder_gives_a_list_and_one_rejected_file_decides(delivery, tmp_path):
    delivery()
    delivery(name="fout.csv")
    result = run(str(tmp_path), "--format", "json")
    assert [told["verdict"] for told in json.loads(result.stdout)] == ["accepted", "rejected"]
    assert result.exit_code == 1


def test_wrong_use_is_one_line_and_status_two(delivery, tmp_path):
    (tmp_path / "empty").mkdir()
    for arguments in (
        (str(tmp_path / f"absent_{BSN}.csv"),),
        (str(tmp_path / "empty"),),
        (delivery(), "--municipality", "518"),
        (delivery(), "--municipality", "9999"),
        (delivery(), "--half-year", "2019"),
        (delivery(), "--half-year", "H22014"),
        (delivery(), "--format", "xlsx"),
        (delivery(), "--format", "pdf"),
        (delivery(), "--format", "html", "--out", str(tmp_path / "no" / "where.html")),
    ):
        result = run(*arguments)
        assert result.exit_code == 2, arguments
        assert BSN not in result.output
        assert len(result.stderr.splitlines()) in (1, 4), "one line, or two of usage, an empty one and one line"
        assert "Traceback" not in result.output


def test_municipality_of_a_file_without_half_year_is_four_digits_only(delivery):
    assert run(delivery(name="x.csv"), "--municipality", "9999").exit_code == 1


def test_other_forms_are_written(delivery, tmp_path):
    assert run(delivery(), "--format", "html").stdout.startswith("<!DOCTYPE html>")
    out = tmp_path / "out.xlsx"
    assert run(delivery(), "--format", "xlsx", "--out", str(out)).exit_code == 0
    assert out.read_bytes().startswith(b"PK")
