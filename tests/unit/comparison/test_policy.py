"""Filters: the province, and policy traits from the files of an institute; what is wrong in them is told with its line."""

from __future__ import annotations

import pytest

from gmsd.comparison import Comparisons, Terms, load_filters, policy_folder
from gmsd.protocol import ProtocolError, expectations_folder
from gmsd.settings import Settings

EXAMPLE = expectations_folder() / "comparison" / "example"
QUESTIONS = """
synthetic: false
source: Enquête onder gemeenten
date: 2020-03-01
traits:
  inkoop: {title: Hoe wordt ingekocht, values: {taak: Per taak, uur: Per uur}}
"""


def filled(folder, answers, questions=QUESTIONS):
    (folder / "2020.yaml").write_text(questions, encoding="utf-8")
    (folder / "2020.csv").write_text(answers, encoding="utf-8")
    return folder


@pytest.mark.parametrize("answers", ["gemeentecode;inkoop\n0518;uur\n0344;\n", "\ufeffinkoop,gemeentecode\nuur,0518\n"])
def test_what_is_not_filled_in_is_unknown_and_an_answer_of_its_own(tmp_path, answers):
    province, policy = load_filters(2020, filled(tmp_path, answers))
    assert (province.name, policy.name, policy.synthetic) == ("provincie", "inkoop", False)
    assert list(policy.values) == ["taak", "uur", "onbekend"]
    assert (policy.answers["0518"], policy.answers["0344"], policy.answers["0363"]) == ("uur", "onbekend", "onbekend")
    held = Comparisons(2020, (province, policy))
    assert held.compare("0344", Terms(filters={"inkoop": frozenset({"taak"})})).neighbours == ()
    assert [each.municipality for each in held.compare("0344", Terms(filters={"inkoop": frozenset({"uur"})})).neighbours] == ["0518"]
    unknown = held.compare("0344", Terms(number=354, filters={"inkoop": frozenset({"onbekend"})}))
    assert len(unknown.neighbours) + len(unknown.not_comparable) == 353


def test_filters_are_joined_by_and_values_by_or():
    held = Comparisons(2020, load_filters(2020, EXAMPLE))
    wanted = {"provincie": frozenset({"Utrecht", "Drenthe"}), "inkoop": frozenset({"taak"})}
    province, purchase = held.filters["provincie"].answers, held.filters["inkoop"].answers
    inside = {code for code in held.codes if province[code] in wanted["provincie"] and purchase[code] == "taak"} - {"0518"}
    answer = held.compare("0518", Terms(number=354, filters=wanted))
    assert {each.municipality for each in answer.neighbours} == inside - set(answer.not_comparable)
    assert inside


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("gemeentecode;prijs\n", "2020.csv:1: the columns are gemeentecode, inkoop"),
        ("", "2020.csv:1: the columns are"),
        ("gemeentecode;inkoop\n0518;uur\n0518;uur\n", '2020.csv:3: "0518" stands twice'),
        ("gemeentecode;inkoop\n1979;uur\n", '2020.csv:2: "1979" is no municipality of the year'),
        ("gemeentecode;inkoop\n0518;gratis\n", '2020.csv:2: inkoop is "gratis"; known are taak, uur'),
    ],
)
def test_a_mistake_in_the_answers_is_told_with_its_line(tmp_path, answers, told):
    with pytest.raises(ProtocolError) as refused:
        load_filters(2020, filled(tmp_path, answers))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("date: 2020-03-01", "date: maart"), "a day"),
        (("{taak: Per taak, uur: Per uur}", "{onbekend: Onbekend}"), "what an empty cell means"),
        (("inkoop: {", "provincie: {"), "not that of another filter"),
        (("synthetic: false", "echt: true"), 'unknown key "echt"'),
    ],
)
def test_a_mistake_in_the_questions_is_told(tmp_path, change, told):
    with pytest.raises(ProtocolError) as refused:
        load_filters(2020, filled(tmp_path, "gemeentecode;inkoop\n", QUESTIONS.replace(*change)))
    assert told in str(refused.value)


def test_answers_that_are_not_there_are_told(tmp_path):
    (tmp_path / "2020.yaml").write_text(QUESTIONS, encoding="utf-8")
    with pytest.raises(ProtocolError, match="cannot be read"):
        load_filters(2020, tmp_path)


def test_only_a_demo_takes_the_made_up_example(tmp_path):
    assert policy_folder(Settings(synthetic=False)) is None
    assert policy_folder(Settings(synthetic=True)) == EXAMPLE
    assert policy_folder(Settings(synthetic=True, home=tmp_path, comparison_policy="mine")) == tmp_path / "mine"
    example = load_filters(2020, EXAMPLE)[1:]
    assert example
    assert all(each.synthetic and len(each.answers) == 355 and "onbekend" in each.values for each in example)
    assert [each.name for each in load_filters(2020, None)] == ["provincie"]
