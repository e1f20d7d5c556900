"""`gmsd compare`: the promised shape, exit statuses, and lines that a person can act on."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from gmsd.cli import build

RUN = CliRunner()


def run(*arguments):
    return RUN.invoke(build(), ["compare", *arguments])


def test_json_has_the_promised_shape():
    result = run("GM0518", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert list(answer) == ["municipality", "year", "number", "z", "themes", "filters", "traits", "neighbours", "not_comparable", "verdict"]
    assert (answer["municipality"], answer["year"], answer["number"], answer["verdict"]) == ("GM0518", 2020, 10, "goed")
    assert answer["themes"] == ["omvang", "leeftijd", "huishoudens", "inkomen", "wonen", "gezondheid"]
    assert all(list(each) == ["name", "values"] for each in answer["filters"])
    assert [list(each) for each in answer["traits"]] == [["name", "theme", "unit", "transform", "weight", "source", "date"]] * 12
    assert sum(each["weight"] for each in answer["traits"]) == pytest.approx(6, abs=1e-5)
    keys = ["municipality", "distance", "word", "z", "share", "mutual", "stability", "dropped_without"]
    assert [list(each) for each in answer["neighbours"]] == [keys] * 10
    assert all(sum(each["share"].values()) == pytest.approx(1, abs=1e-5) for each in answer["neighbours"])
    assert max(len(text.partition(".")[2].rstrip("},]\n ")) for text in result.stdout.split() if text[0].isdigit()) <= 6


def test_options_reach_the_answer():
    answer = json.loads(run("0518", "--json", "--number", "alle", "--filter", "provincie=Utrecht", "--weight", "wonen=2").stdout)
    assert answer["number"] == 354
    assert len(answer["neighbours"]) + len(answer["not_comparable"]) == 26
    assert {each["weight"] for each in answer["traits"] if each["theme"] == "wonen"} == {1.0}
    assert run("0518", "--unlike").stdout.count("GM") > 10
    assert "Lijkt, maar niet in: Inkomen" in run("0518", "--alike-but", "inkomen").stdout


def test_comparable_with_nobody_is_an_answer():
    result = run("0003")
    assert result.exit_code == 0
    assert "Er is geen gemeente om mee te vergelijken." in result.stdout
    assert "Van Appingedam zijn 8 van de 12 kenmerken niet bekend: die van 1 januari 2021." in result.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["9999"], "er is geen gemeente met de code '9999'"),
        (["Urk"], "er is geen gemeente met de code 'Urk'"),
        (["1979"], "Eemsdelta (1979) bestaat sinds 2021-01-01"),
        (["0518", "--year", "2016"], "er zijn: 2020"),
        (["0518", "--alike-but", "weer"], "er zijn: omvang, leeftijd, huishoudens, inkomen, wonen, gezondheid"),
        (["0518", "--weight", "weer=1"], "er zijn: omvang"),
        (["0518", "--weight", "wonen=zwaar"], "een getal, zoals 1.5"),
        (["0518", "--weight", "wonen"], "zoals wonen=1.5"),
        (["0518", "--weight", "wonen=1", "--weight", "wonen=2"], "twee gewichten"),
        (["0518", "--filter", "weer=nat"], "er zijn: provincie"),
        (["0518", "--filter", "provincie=Holland"], "er zijn: Drenthe"),
        (["0518", "--filter", "provincie"], "zoals provincie=Utrecht"),
        (["0518", "--number", "0"], "1 of meer"),
        (["0518", "--number", "tien"], "een geheel getal"),
        (["0518", "--unlike", "--alike-but", "wonen"], "niet allebei"),
        ([], "GEMEENTE"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_status_two(arguments, line):
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert line in result.stderr
    assert result.stderr.count("\ngmsd: ") == 1


def test_help_names_themes_and_filters():
    text = run("--help").stdout
    assert "gezondheid" in text
    assert "provincie" in text
    assert "None" not in text
