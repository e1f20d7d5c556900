"""Who may answer whether a release may be published: the right, the role that has it, and who cannot use it."""

from __future__ import annotations

from typing import Any

from gmsd_airflow.runs import PUBLISH_DAG

APPROVER = "Approver"
ACTION, RESOURCE = "can_edit", "GMSD approvals"
# Each of these is a way to ask for a publication, or to bring its run further.
_CHANGES = (
    ("POST", "RUN"),
    ("PUT", "RUN"),
    ("DELETE", "RUN"),
    ("POST", "TASK_INSTANCE"),
    ("PUT", "TASK_INSTANCE"),
    ("DELETE", "TASK_INSTANCE"),
)


def may_see_cells(manager: Any, user: Any) -> bool:
    """Whether a signed-in user may have figures that are not public yet: who may start the publication, and who may answer it.

    Args:
        manager: Airflow's auth manager.
        user: Its user.
    """
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails

    return bool(
        manager.is_authorized_custom_view(method=ACTION, resource_name=RESOURCE, user=user)
        or manager.is_authorized_dag(method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=PUBLISH_DAG), user=user)
    )


def why_not(manager: Any, user: Any) -> str:
    """Why a signed-in user cannot answer; empty when they can.

    One person holds one side only. Airflow gives its Admin every right there is, this one included: whoever may start or change runs of the
    publication does not answer, whatever else they may.

    Args:
        manager: Airflow's auth manager.
        user: Its user.
    """
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails

    if not manager.is_authorized_custom_view(method=ACTION, resource_name=RESOURCE, user=user):
        return f"the account {user.get_name()} does not have the right to answer; the role {APPROVER} has it"
    details = DagDetails(id=PUBLISH_DAG)
    if any(
        manager.is_authorized_dag(method=method, access_entity=DagAccessEntity[entity], details=details, user=user)
        for method, entity in _CHANGES
    ):
        return f"the account {user.get_name()} may start or change runs of the publication, and who may ask cannot answer"
    return ""
