"""The few calls of Airflow's REST API that the pipeline and the demo make."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from gmsd.settings import Settings

Account = Literal["engineer", "approver", "viewer", "intake"]
NOTE_LENGTH = 1000
PAGE = 100
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


class AirflowError(GmsdError):
    """Airflow refused a request, or could not answer it (`status` 500 and up)."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Airflow:
    """Airflow's API as one account; it logs in at the first call. Close it, or use it in a `with`."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.user = user
        self._password = password
        # an api-server that restarts refuses connections for some seconds
        self._http = httpx.Client(base_url=url, timeout=60, transport=httpx.HTTPTransport(retries=5))

    @classmethod
    def of(cls, settings: Settings, account: Account) -> Airflow:
        """The API as one of the accounts in the settings."""
        secret = getattr(settings, f"airflow_{account}_password")
        return cls(settings.airflow_url, getattr(settings, f"airflow_{account}_user"), secret.get_secret_value())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def start(
        self,
        dag_id: str,
        run_id: str | None = None,
        *,
        conf: dict[str, Any] | None = None,
        partition_key: str | None = None,
        note: str = "",
        run_after: dt.datetime | None = None,
    ) -> str | None:
        """Start a run, at once or after a moment; returns its id, None when a run of that id is there already.

        Raises:
            AirflowError: the DAG is unknown, or it refuses the parameters or the key.
        """
        body: dict[str, Any] = {"logical_date": None, "conf": conf or {}}
        body |= {"dag_run_id": run_id} if run_id else {}
        body |= {"partition_key": partition_key} if partition_key else {}
        body |= {"note": note[:NOTE_LENGTH]} if note else {}
        body |= {"run_after": run_after.isoformat()} if run_after else {}
        answer = self._request("POST", f"/dags/{dag_id}/dagRuns", accept=(409,), json=body)
        return None if answer.status_code == 409 else str(answer.json()["dag_run_id"])

    def run(self, dag_id: str, run_id: str) -> dict[str, Any] | None:
        """One run, None when there is none of that id."""
        answer = self._request("GET", f"/dags/{dag_id}/dagRuns/{run_id}", accept=(404,))
        return None if answer.status_code == 404 else dict(answer.json())

    def runs(self, dag_id: str, *, states: tuple[str, ...] = (), newest: bool = False) -> list[dict[str, Any]]:
        """The runs of a DAG in any of the states (all without), oldest first; with `newest` only the newest page, newest first."""
        found: list[dict[str, Any]] = []
        order = "-run_after" if newest else "run_after"
        while True:
            params: dict[str, Any] = {"limit": PAGE, "offset": len(found), "order_by": order, "state": list(states)}
            page = self._request("GET", f"/dags/{dag_id}/dagRuns", params=params).json()
            found += page["dag_runs"]
            if newest or not page["dag_runs"] or len(found) >= page["total_entries"]:
                return found

    def count(self, dag_id: str, *states: str) -> int:
        """How many runs of a DAG are in any of the states."""
        params: dict[str, Any] = {"limit": 1, "state": list(states)}
        return int(self._request("GET", f"/dags/{dag_id}/dagRuns", params=params).json()["total_entries"])

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run."""
        params = {"limit": PAGE}
        return list(self._request("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", params=params).json()["task_instances"])

    def result(self, dag_id: str, run_id: str, task_id: str) -> Any:
        """What a task returned; None when it returned nothing."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        answer = self._request("GET", path, accept=(404,), params={"deserialize": True})
        return None if answer.status_code == 404 else answer.json()["value"]

    def paused(self, dag_id: str) -> bool:
        """Whether a DAG is paused."""
        return bool(self._request("GET", f"/dags/{dag_id}").json()["is_paused"])

    def has_pool(self, name: str) -> bool:
        """Whether there is a pool of this name."""
        return self._request("GET", f"/pools/{name}", accept=(404,)).status_code != 404

    def caused_by(self, dag_id: str, run_id: str) -> list[str] | None:
        """The ids of the runs whose events of assets started a run, none when it was started otherwise.

        None when Airflow (3.3.2) cannot tell yet: it answers 500 as long as a run that came of such an event has not begun.
        """
        answer = self._request("GET", f"/dags/{dag_id}/dagRuns/{run_id}/upstreamAssetEvents", accept=(500,))
        if answer.status_code == 500:
            return None
        found = answer.json()["asset_events"]
        return [event["source_run_id"] for event in found if event["source_run_id"]]

    def backfill(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Start a backfill; returns it, None when one of the same DAG is not over yet.

        Raises:
            AirflowError: Airflow refuses the range, or there is nothing in it.
        """
        answer = self._request("POST", "/backfills", accept=(409,), json=body)
        return None if answer.status_code == 409 else dict(answer.json())

    def backfill_preview(self, body: dict[str, Any]) -> list[str]:
        """The partitions of which a backfill would make a run, in order."""
        return [str(each["partition_key"]) for each in self._request("POST", "/backfills/dry_run", json=body).json()["backfills"]]

    def backfills(self, dag_id: str) -> list[dict[str, Any]]:
        """The backfills of a DAG, newest first."""
        params: dict[str, Any] = {"dag_id": dag_id, "order_by": "-id", "limit": PAGE}
        return list(self._request("GET", "/backfills", params=params).json()["backfills"])

    def clear(self, dag_id: str, run_id: str) -> None:
        """Run every task of a run again."""
        self._request("POST", f"/dags/{dag_id}/dagRuns/{run_id}/clear", json={"dry_run": False, "only_failed": False})

    def succeed(self, dag_id: str, run_ids: Sequence[str]) -> None:
        """Mark runs as ended well: tasks that have not run are skipped."""
        entities = [{"dag_run_id": each, "state": "success"} for each in run_ids]
        if not entities:
            return
        body = {"actions": [{"action": "update", "entities": entities}]}
        answer = self._request("PATCH", f"/dags/{dag_id}/dagRuns", json=body).json()
        if answer["update"]["errors"]:
            raise AirflowError(f"runs of {dag_id} could not be marked: {answer['update']['errors']}")

    def note(self, dag_id: str, run_id: str, text: str) -> None:
        """Write the note of a run, which the list of runs shows."""
        self._request("PATCH", f"/dags/{dag_id}/dagRuns/{run_id}", params={"update_mask": "note"}, json={"note": text[:NOTE_LENGTH]})

    def answer(self, dag_id: str, run_id: str, task_id: str, option: str) -> None:
        """Answer a task that waits for a person."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        self._request("PATCH", path, json={"chosen_options": [option], "params_input": {}})

    def question(self, dag_id: str, run_id: str, task_id: str) -> dict[str, Any] | None:
        """What a task asks a person; None while it has not asked."""
        answer = self._request("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails", accept=(404,))
        return None if answer.status_code == 404 else dict(answer.json())

    def approval_page(self, release_id: str) -> httpx.Response:
        """The page where a second person answers, as this account sees it; 404 while nobody has asked."""
        return self._request("GET", f"/releases/{release_id}/approval", accept=(404,), root="/gmsd")

    def approve(self, release_id: str, *, answer: Literal["approve", "refuse"] = "approve", reason: str = "") -> bool:
        """Answer at that page, by its form, as a person does; false while it asks nothing of this account.

        Raises:
            AirflowError: the answer is not taken.
        """
        fields = dict(_FIELD.findall(self.approval_page(release_id).text))
        if not fields:
            return False
        form = fields | {"answer": answer, "reason": reason}
        self._request("POST", f"/releases/{release_id}/approval", root="/gmsd", data=form)
        return True

    def unpause(self, dag_id: str, seconds: float = 120) -> None:
        """Let a DAG run, waiting until Airflow knows it."""
        end = time.monotonic() + seconds
        while True:
            answer = self._request(
                "PATCH", f"/dags/{dag_id}", accept=(404,), params={"update_mask": "is_paused"}, json={"is_paused": False}
            )
            if answer.status_code != 404:
                return
            if time.monotonic() > end:
                raise AirflowError(f"Airflow does not know the DAG {dag_id}")
            time.sleep(0.5)

    def import_errors(self) -> list[str]:
        """What Airflow could not import."""
        found = self._request("GET", "/importErrors", params={"limit": PAGE}).json()["import_errors"]
        return [f"{error['filename']}: {error['stack_trace']}" for error in found]

    def unhealthy(self) -> list[str]:
        """The components that do not report themselves healthy."""
        health = self._http.get("/api/v2/monitor/health").raise_for_status().json()
        return [name for name in COMPONENTS if health[name]["status"] != "healthy"]

    def _log_in(self) -> None:
        answer = self._http.post("/auth/token", json={"username": self.user, "password": self._password})
        if answer.is_error:
            raise AirflowError(f"Airflow does not let {self.user} in: {answer.status_code}", answer.status_code)
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _request(self, method: str, path: str, *, accept: tuple[int, ...] = (), root: str = "/api/v2", **kwargs: Any) -> httpx.Response:
        if "Authorization" not in self._http.headers:
            self._log_in()
        answer = self._http.request(method, root + path, **kwargs)
        if answer.status_code == 401:  # the token is past its time
            self._log_in()
            answer = self._http.request(method, root + path, **kwargs)
        if answer.is_error and answer.status_code not in accept:
            raise AirflowError(f"{method} {path}: {answer.status_code} {answer.text[:500]}", answer.status_code)
        return answer
