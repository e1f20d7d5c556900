"""### Publication: build a release and make it public.

**Purpose.** The protected figures as of a round's close become a release of one law: StatLine tables, Waarstaatjegemeente files,
`release.json`, `CHANGES.md`. A preview comes first: all releases are attacked together with the one to come, and what that would tell is
hidden; participation and who enters and leaves; cells new, changed, gone and held, and the changed ones as a file. Then the run waits
until a **second person** answers at "GMSD approvals" (the run's note has the address). The answer is a fact in the warehouse, written
where that person is signed in, with a right that no task and no engineer has; *Build* and *Publish* read it there. States of tasks, XComs
and notes decide nothing, and whoever started the run cannot answer. What is approved is built, waits for its **embargo** where it has one,
goes to its **targets** side by side, and becomes visible in one step: the pointer to the release in force moves last, so readers see all
of it or none.

**When.** Somebody starts it with the form, which begins as a **dry run**: that ends with the preview and asks nobody. Or by itself when
all half-years of a round are loaded, where `GMSD_PUBLISH_WHEN_LOADED` is set. A run that is started without the form (API, command) is a
dry run only where its configuration says `"dry_run": true`. Give the run the id of the release (`r0002`) under *Advanced Options*: it is
refused when another release comes next. (A dry run goes without: Airflow uses an id once.) A recall makes a release without one half-year,
and putting it back one with it again, by the same steps.

**Needs.** Figures of every municipality that counts (`gmsd_load`), the rounding key, the object store, and somebody with the role
Approver.

**A refusal** is a result: the run succeeds, its note says who refused, nothing was public and the number is used again.

**When it fails.** *Preview* fails at once when the form does not go together (the note says what would be right), and when the release
would tell counts whatever is hidden: see the runbook. *Build*, *To its targets* and *Publish* fail without an approval of exactly what
would be published, before the embargo is over, and when a half-year in it was recalled meanwhile; they say what is there instead. A target
that fails leaves the release before in force. When the figures (or the code) changed after the preview, clear *Preview*: the run asks
again, and the earlier answer no longer counts. *Publish* can be cleared at any time: what is public already stays as it is. What is
published once is public for ever: withdraw it only by a recall. Who asked, answered and published stands in the audit trail: `gmsd audit
show r0002`.
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.sdk import dag, get_current_context, task

from gmsd_airflow.approval import PreviewLink, PreviewOperator, SecondPersonOperator
from gmsd_airflow.assets import FIGURES, RELEASE
from gmsd_airflow.embargo import EmbargoOperator
from gmsd_airflow.failures import DEFAULT_ARGS
from gmsd_airflow.links import with_links
from gmsd_airflow.publication_form import fields, target_names


@dag(
    schedule=None,
    start_date=pendulum.datetime(2019, 1, 1, tz="Europe/Amsterdam"),
    catchup=False,
    # a dry run can be made while another run waits for an answer or its embargo; two that would publish refuse each other
    max_active_runs=4,
    tags=["gmsd", "figures"],
    dag_display_name="Publication",
    doc_md=__doc__,
    default_args=DEFAULT_ARGS,
    params=fields(),
)
def gmsd_publish() -> None:
    """Preview, four eyes, build, embargo, targets, publish."""
    preview = PreviewOperator(task_id="preview", task_display_name="Preview", inlets=[FIGURES])
    approve = SecondPersonOperator(task_id="approve", task_display_name="Wait for a second person")

    @task(task_display_name="Build")
    def build() -> dict[str, Any]:
        """Ledger, files and full account; refused when nobody else approved it, or when it would say something else by now."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import build_in_run

        return build_in_run(get_settings(), get_current_context()["dag_run"].run_id)

    embargo = EmbargoOperator(task_id="embargo", task_display_name="Wait for the embargo")

    @task(task_display_name="To its targets", map_index_template="{{ target }}")
    def targets(target: str) -> dict[str, Any]:
        """The files of one target, to which nothing points yet; refused like Publish."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import publish_target_in_run

        now = get_current_context()
        now["target"] = target
        return publish_target_in_run(get_settings(), now["dag_run"].run_id, target)

    @task(inlets=[FIGURES], outlets=[RELEASE], task_display_name="Publish")
    def publish() -> dict[str, Any]:
        """Whatever of the files is missing still, then the pointer; refused when nobody else approved exactly this, or too early."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import publish_in_run

        return publish_in_run(get_settings(), get_current_context()["dag_run"].run_id)

    preview >> approve >> build() >> embargo >> targets.expand(target=target_names()) >> with_links(publish(), PreviewLink())


gmsd_publish()
