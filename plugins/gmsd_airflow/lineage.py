"""What OpenLineage events say of this pipeline: which run of which DAG and task, when, in which order, and how it ended.

The provider puts all it knows into an event: a run's note, the form it was started with, who started it, labels of mapped tasks, the
message and stack of an error. The name of a file, a key of the inbox or a word of a person may stand in those, and no deletion reaches
what was written beside Airflow. So an event is made anew of what is listed here; what a later provider adds stays out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent
from openlineage.client.transport.transform.transform import EventTransformer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openlineage.client.client import Event

_WHOLE: Final = frozenset(("parent", "nominalTime", "processing_engine", "airflowState", "jobType"))
"""Facets that name DAGs, tasks, states, versions and moments, and nothing else."""
_PARTS: Final = {
    "dag": ("dag_id",),
    "dagRun": ("run_id", "run_type", "partition_key", "run_after", "start_date", "end_date"),
    "task": ("task_id", "trigger_rule", "upstream_task_ids", "downstream_task_ids"),
    "taskInstance": ("try_number", "map_index", "pool"),
}
"""Of Airflow's own facets: part -> what stays of it. The id of a run holds that of a delivery, which is kept everywhere."""


class Bare(EventTransformer):
    """Lets through what is listed above."""

    def transform(self, event: Event) -> RunEvent | None:
        """The event without a word of a person; None for one that is not of a run."""
        if not isinstance(event, RunEvent):
            return None
        return RunEvent(
            eventTime=event.eventTime,
            producer=event.producer,
            eventType=event.eventType,
            run=Run(event.run.runId, _facets(event.run.facets or {})),
            job=Job(event.job.namespace, event.job.name, _facets(event.job.facets or {})),
            inputs=[InputDataset(each.namespace, each.name) for each in event.inputs or ()],
            outputs=[OutputDataset(each.namespace, each.name) for each in event.outputs or ()],
        )


def _facets(facets: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: facet for name, facet in facets.items() if name in _WHOLE}
    for name in ("airflow", "airflowDagRun"):
        facet = facets.get(name)
        if facet is not None and hasattr(facet, "dagRun"):
            for part, fields in _PARTS.items():
                if hasattr(facet, part):
                    setattr(facet, part, {field: value for field, value in getattr(facet, part).items() if field in fields})
            kept[name] = facet
    return kept
