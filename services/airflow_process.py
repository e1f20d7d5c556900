"""Run one Airflow process: `airflow_process.py scheduler|api-server|dag-processor|triggerer|celery [options]`, in its own environment.

Three things differ from the plain command. It waits for Airflow's database when that is away: Airflow's processes end with it, and would
end again at every start. What the process forks dies with it, so that after a kill -9 no worker goes on with a task that the next scheduler
starts again. And whoever forks the processes of tasks (the scheduler, or a worker of Celery) has what tasks need imported before that, so
that no task pays for it (24 tasks: 57 s without, 5 s with).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_parent = os.getpid()


def _remember_parent() -> None:
    global _parent  # noqa: PLW0603 - the fork hooks have no other way to hand a value to the child
    _parent = os.getpid()


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != _parent:  # it died before the line above
        os._exit(1)


def main() -> None:
    """Hook in, import, and become Airflow's command."""
    os.register_at_fork(before=_remember_parent, after_in_child=_die_with_parent)
    workers = os.environ.get("AIRFLOW__CORE__EXECUTOR") == "CeleryExecutor"
    if sys.argv[1] == ("celery" if workers else "scheduler"):
        from gmsd_airflow.preload import preload

        preload()
    from gmsd_airflow.standby import wait_and_note

    wait_and_note()
    from airflow.__main__ import main as airflow

    sys.argv[0] = "airflow"
    airflow()


if __name__ == "__main__":
    main()
