"""Every DAG is imported and serialised, says what it is for, and costs nothing to parse."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys

import pytest

from gmsd.protocol import laws
from gmsd.rounds import load_calendar
from gmsd.tables import all_targets

# Airflow's own reading of .airflowignore warns.
pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern:DeprecationWarning")

DAGS = {"gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping"}
HEAVY = {"great_expectations", "polars", "pandas", "psycopg", "numpy", "gmsd.intake", "gmsd.releases"}


def test_every_dag_file_imports(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == DAGS


def test_every_dag_survives_serialisation(bag):
    """What the dag-processor does after parsing; it fails for a timetable that no plugin registers."""
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in bag.dags.values():
        assert DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).dag_id == dag.dag_id


@pytest.mark.parametrize("dag_id", sorted(DAGS))
def test_every_dag_explains_itself(bag, dag_id):
    dag = bag.dags[dag_id]
    for part in ("**Purpose.**", "**When.**", "**Needs.**", "**When it fails.**"):
        assert part in dag.doc_md
    assert "gmsd" in dag.tags
    assert all(task.task_display_name != task.task_id for task in dag.tasks)
    assert all(task.retries >= 2 for task in dag.tasks)
    assert all(dag.params.get_param(name).schema["title"] for name in dag.params)


def test_the_assets_tell_the_story_of_the_house(bag):
    """Each asset is made by one DAG and taken by the next."""
    makes, takes = {}, {}
    for dag in bag.dags.values():
        for task in dag.tasks:
            makes |= {each.name: dag.dag_id for each in task.outlets}
            for each in task.inlets:
                takes.setdefault(each.name, set()).add(dag.dag_id)
    assert makes == {
        "deliveries": "gmsd_intake",
        "frozen half-year": "gmsd_optout_close",
        "loaded half-year": "gmsd_load",
        "release": "gmsd_publish",
    }
    assert takes == {
        "inbox": {"gmsd_intake"},
        "deliveries": {"gmsd_delivery", "gmsd_optout_close"},
        "frozen half-year": {"gmsd_load"},
        "loaded half-year": {"gmsd_publish"},
    }


def test_tasks_lead_to_the_pages_about_what_they_did(bag):
    from airflow.serialization.serialized_objects import DagSerialization

    links = {
        (dag.dag_id, task.task_id): set(task.operator_extra_link_dict)
        for dag in (DagSerialization.deserialize_dag(DagSerialization.serialize_dag(each)) for each in bag.dags.values())
        for task in dag.tasks
        if task.operator_extra_link_dict
    }
    assert links == {
        ("gmsd_delivery", "report"): {"Receipt, reports and history"},
        ("gmsd_optout_close", "freeze"): {"Ronde-overzicht"},
        ("gmsd_load", "load"): {"Ronde-overzicht"},
        ("gmsd_publish", "preview"): {"Preview", "Approve or refuse"},
        ("gmsd_publish", "approve"): {"Preview", "Approve or refuse"},
        ("gmsd_publish", "embargo"): {"Preview", "Approve or refuse"},
        ("gmsd_publish", "publish"): {"Preview"},
    }


def test_an_overview_is_that_of_the_newest_round_that_takes_the_half_year():
    from gmsd_airflow.links import overview_address

    assert overview_address("2019-H1").endswith("/gmsd/rounds?round=2019-H2&half_year=2019-H1")
    assert overview_address("jeugd.2019-H1").endswith("/gmsd/rounds?")


def test_a_delivery_is_named_by_its_id_of_any_law(bag):
    pattern = bag.dags["gmsd_delivery"].params.get_param("delivery").schema["pattern"]
    for right in ("2019-H2.0518.03", "jeugd.2019-H2.0518.03", "2019-H2.0518.103", "unplaced.0001"):
        assert re.search(pattern, right), right
    for wrong in ("2019-H2.0518", "Jeugd.2019-H2.0518.03", "jeugd2019-H2.0518.03", "jeugd.bw.2019-H2.0518.03", "jeugd.unplaced.0001"):
        assert not re.search(pattern, wrong), wrong


def test_a_delivery_has_at_most_two_tasks(bag):
    assert [task.task_id for task in bag.dags["gmsd_delivery"].topological_sort()] == ["check", "report"]


def test_nothing_is_built_before_the_approval(bag):
    dag = bag.dags["gmsd_publish"]
    steps = ["preview", "approve", "build", "embargo", "targets", "publish"]
    assert [task.task_id for task in dag.topological_sort()] == steps
    assert [dag.task_dict[step].upstream_task_ids for step in steps] == [set(), *({step} for step in steps[:-1])]


def test_the_form_of_the_publication_begins_as_a_dry_run_and_its_choices_are_data(bag):
    params = bag.dags["gmsd_publish"].params
    assert params.dump() == {
        "action": "publish",
        "law": None,
        "round": None,
        "half_year": None,
        "targets": [each.id for each in all_targets()],
        "embargo_date": None,
        "embargo_time": None,
        "reason": None,
        "dry_run": True,
    }
    schema = {name: params.get_param(name).schema for name in params}
    assert all(each["title"] and (each.get("description_md") or each.get("description")) for each in schema.values())
    rounds = [each.id for each in load_calendar().rounds][::-1]
    assert schema["round"]["enum"] == [None, *rounds]
    assert schema["round"]["values_display"]["2019-H2"] == "2019-H2: takes 2019-H1 and 2019-H2 and the year 2019"
    halves = sorted({str(half) for each in load_calendar().rounds for half in each.takes}, reverse=True)
    assert halves[:2] == ["2019-H2", "2019-H1"]
    assert schema["half_year"]["enum"] == [None, *halves]
    assert schema["law"]["enum"] == [None, *(law.id for law in laws() if law.tables)]
    assert schema["targets"]["items"]["enum"] == schema["targets"]["examples"] == [each.id for each in all_targets()]
    assert "Only Waarstaatjegemeente can be left out" in schema["targets"]["description_md"]


@pytest.mark.parametrize(
    "conf",
    [
        {"round": "2019-H3"},
        {"round": "2029-H1"},
        {"half_year": "1999-H1"},
        {"law": "unknown"},
        {"targets": ["fax"]},
        {"embargo_time": "25:00"},
        {"embargo_date": "4 May 2020"},
        {"dry_run": "perhaps"},
        {"action": "delete"},
        {"reason": "x" * 501},
    ],
)
def test_a_field_that_cannot_be_is_refused_before_there_is_a_run(bag, conf):
    from airflow.sdk.exceptions import ParamValidationError

    def fill_in() -> None:
        params = copy.deepcopy(bag.dags["gmsd_publish"].params)
        params.update(conf)
        params.validate()

    with pytest.raises(ParamValidationError):
        fill_in()


def test_every_target_is_a_task_of_its_own(bag):
    task = bag.dags["gmsd_publish"].task_dict["targets"]
    assert task.op_kwargs_expand_input.value == {"target": [each.id for each in all_targets()]}
    assert task.map_index_template == "{{ target }}"


def test_no_step_of_the_publication_takes_what_another_returned(bag):
    for task in bag.dags["gmsd_publish"].tasks:
        assert not getattr(task, "op_args", ()), "an engineer can write it"
        assert not getattr(task, "op_kwargs", {}), "an engineer can write it"
        assert "xcom" not in str(getattr(task, "template_fields", ())).lower()


def test_no_dag_file_imports_what_is_heavy():
    """In a process of its own: here others have imported them already. (boto3 is imported by Airflow itself.)"""
    code = (
        "import os, sys, runpy, pathlib\n"
        "[runpy.run_path(str(p)) for p in pathlib.Path(os.environ['AIRFLOW__CORE__DAGS_FOLDER']).glob('*.py')]\n"
        f"print({HEAVY!r} & set(sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"]}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip().splitlines()[-1] == "set()"


def test_only_the_registrations_are_searched_for_plugins():
    """Airflow imports whatever it finds in the folder of plugins; the library must not be among it."""
    code = (
        "import sys\n"
        "from airflow import plugins_manager\n"
        "found = plugins_manager._get_plugins()[0]\n"
        "print(sorted(p.name for p in found if str(p.name).startswith('gmsd')))\n"
        "print(sorted(m for m in sys.modules if m in ('gmsd.cli', 'polars', 'great_expectations')))"
    )
    environment = os.environ | {"PYTHONPATH": os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"]}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip().splitlines()[-2:] == ["['gmsd_pages', 'gmsd_timetable']", "[]"]
