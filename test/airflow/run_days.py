"""Runs the DAG for some days in one process: run_days.py DAY... Prints one JSON line a day: the tasks' states.

A day written as DAY=TASK,TASK runs these tasks only and marks the others as done.
With GAMI_KILL_WHEN=PATTERN the first gami process is killed (SIGKILL) as soon as a file matches PATTERN.
"""

from __future__ import annotations

import glob
import json
import os
import signal
import sys
import threading
import time
from datetime import datetime, timezone

from airflow.dag_processing.dagbag import DagBag


def kill_first(pattern: str) -> None:
    pid_file = os.environ["GAMI_PID_FILE"]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if os.path.exists(pid_file) and glob.glob(pattern):
            os.kill(int(open(pid_file).read()), signal.SIGKILL)
            print(json.dumps({"killed": True}), flush=True)
            return
        time.sleep(0.005)


bag = DagBag()
if bag.import_errors:
    print(json.dumps({"importErrors": {str(path): str(error) for path, error in bag.import_errors.items()}}), flush=True)
    sys.exit(1)
dag = bag.dags["gami_daily"]
if pattern := os.environ.get("GAMI_KILL_WHEN"):
    threading.Thread(target=kill_first, args=(pattern,), daemon=True).start()
for argument in sys.argv[1:]:
    day, _, only = argument.partition("=")
    others = [name for name in dag.task_ids if only and name not in only.split(",")]
    run = dag.test(
        logical_date=datetime.fromisoformat(day).replace(tzinfo=timezone.utc),
        mark_success_pattern="^(" + "|".join(others) + ")$" if others else None,
    )
    tasks = {
        ti.task_id: {"state": str(ti.state), "tries": ti.try_number} for ti in run.get_task_instances()
    }
    print(json.dumps({"day": day, "state": str(run.state), "tasks": tasks}), flush=True)
