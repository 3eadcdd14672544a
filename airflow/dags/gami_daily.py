"""One day of gami: read the platforms, import files, build the star schema, recognise, report.

Needs Airflow 3.1 or later. gami does the work; this file only says when and in what order. Settings are environment
variables of the workers:

  GAMI_BIN        the program (default: gami)
  GAMI_PROJECT    the folder with gami.config.yaml (default: where the worker runs)
  GAMI_SOURCES    platforms to read, with commas (default: genesys)
  GAMI_IMPORTS    CSV files to import, with commas; {day} stands for the day (default: none)
  GAMI_RECOGNISE  plan to say who earned what, apply to award and tell it (default: neither)
  GAMI_POOL       an Airflow pool for the platforms' reads (default: default_pool)
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import DAG, Asset, BaseOperator, CronDataIntervalTimetable, Param, chain, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

GAMI = os.environ.get("GAMI_BIN", "gami")
PROJECT = os.environ.get("GAMI_PROJECT") or None
SOURCES = [name for name in os.environ.get("GAMI_SOURCES", "genesys").split(",") if name]
IMPORTS = [name for name in os.environ.get("GAMI_IMPORTS", "").split(",") if name]
RECOGNISE = os.environ.get("GAMI_RECOGNISE", "")
POOL = os.environ.get("GAMI_POOL", "default_pool")
RETRY_DELAY = timedelta(seconds=float(os.environ.get("GAMI_RETRY_SECONDS", "300")))

# Other DAGs can be scheduled on it: schedule=[Asset(name="gami_marts", uri="x-gami://warehouse/marts")].
MARTS = Asset(name="gami_marts", uri="x-gami://warehouse/marts")

# The logical date, not data_interval_start: for scheduled and backfill runs they are the same day, but a manual run with
# a logical date gets yesterday's interval in Airflow 3. A run without any date names its day in the parameter.
DAY = "{{ params.day or ds }}"
NEXT_DAY = "{{ macros.ds_add(params.day or ds, 1) }}"

DONE_WITH_REJECTS = 3
FAIL_AT_ONCE = {
    1: "a bug in gami",
    2: "usage or configuration",
    4: "credentials or permissions",
    5: "checks failed",
}


class GamiOperator(BaseOperator):
    """Runs ``gami ARGS --json`` in the project's folder: stderr to the task's log, the JSON object to XCom.

    0 is success, 3 success with a warning and the rejects in XCom; 1, 2, 4 and 5 fail at once; 6, 75 and any death by
    signal are retried. A task that is killed passes SIGTERM on, so that gami finishes the batch in hand.
    """

    template_fields = ("args",)
    template_fields_renderers = {"args": "py"}

    def __init__(self, *, args: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.args = args
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Any) -> dict[str, Any] | None:
        argv = [GAMI, *self.args, "--json"]
        words = " ".join(self.args[:2])
        self.log.info("run: %s", argv)
        self._process = subprocess.Popen(
            argv,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",
            start_new_session=True,  # so that a signal reaches dbt, too
        )
        lines: list[str] = []
        readers = [
            threading.Thread(target=self._copy, args=(self._process.stdout, lines), daemon=True),
            threading.Thread(target=self._copy, args=(self._process.stderr, None), daemon=True),
        ]
        for reader in readers:
            reader.start()
        code = self._process.wait()
        self._signal(signal.SIGKILL)  # whatever outlived gami would hold the pipes open
        for reader in readers:
            reader.join(10)
        result = self._parse(lines[-1] if lines else "")
        why = ((result or {}).get("error") or {}).get("message", "")
        if code in FAIL_AT_ONCE:
            raise AirflowFailException(f"gami {words}: exit {code} ({FAIL_AT_ONCE[code]}), not retried. {why}")
        if code not in (0, DONE_WITH_REJECTS):
            raise AirflowException(f"gami {words}: exit {code}, to be tried again. {why}")
        if code == DONE_WITH_REJECTS:
            self.log.warning("gami %s: done, but more records were refused than allowed", words)
            context["ti"].xcom_push(key="rejects", value=result or {"args": self.args})
        return result

    def _copy(self, stream: Any, keep: list[str] | None) -> None:
        for line in stream:
            if line.strip():
                self.log.info("%s", line.rstrip())
                if keep is not None:
                    keep[:] = [line.strip()]

    @staticmethod
    def _parse(line: str) -> dict[str, Any] | None:
        try:
            parsed = json.loads(line)
        except ValueError:
            return None
        return parsed if isinstance(parsed, dict) else None

    def _signal(self, number: int) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def on_kill(self) -> None:
        if self._process and self._process.poll() is None:
            self.log.warning("stopping gami, process %s", self._process.pid)
            self._signal(signal.SIGTERM)


def gami(task_id: str, *args: str, **kwargs: Any) -> GamiOperator:
    return GamiOperator(task_id=task_id, args=list(args), **kwargs)


with DAG(
    dag_id="gami_daily",
    doc_md=__doc__,
    # "@daily" alone is a trigger without an interval in Airflow 3, on the wrong day.
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    # A task whose worker was lost may still be alive when its retry starts: gami's leases and fences keep the two apart,
    # and one run at a time keeps them few.
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    default_args={
        "owner": "gami",
        "retries": 3,
        "retry_delay": RETRY_DELAY,
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(hours=1),
        "execution_timeout": timedelta(hours=2),
    },
    params={"day": Param(None, type=["null", "string"], format="date", description="a UTC day, for manual runs")},
    tags=["gami"],
) as dag:
    extracts = [
        gami(f"extract_{name}", "extract", "--source", name, "--since", DAY, "--until", NEXT_DAY, pool=POOL)
        for name in SOURCES
    ]
    imports = [
        gami(f"import_{number}", "import", "csv", path.replace("{day}", DAY))
        for number, path in enumerate(IMPORTS, start=1)
    ]
    build = gami("dbt_build", "dbt", "build", outlets=[MARTS])
    report = gami("report", "roi", "report", "--format", "html")

    @task(retries=0, trigger_rule="none_failed")
    def rejects(ti: Any = None) -> list[Any]:
        """Runs only when some load refused more records than allowed, so that it can be alerted on; else it is skipped."""
        names = [operator.task_id for operator in [*extracts, *imports]]
        found = [value for value in (ti.xcom_pull(task_ids=name, key="rejects") for name in names) if value]
        if not found:
            raise AirflowSkipException("no load refused more records than allowed")
        print("REJECTS", json.dumps(found))
        return found

    loads = [*extracts, *imports]
    loads >> build >> report
    if RECOGNISE in ("plan", "apply"):
        apply = ["--apply"] if RECOGNISE == "apply" else []
        chain(
            build,
            # The last final day and whatever late data changed before it: right for a backfill, too.
            gami("evaluate", "evaluate", "milestones", *apply),
            gami("reconcile", "flair", "reconcile", *apply),
            gami("relay", "outbox", "relay", *apply),
        )
    loads >> rejects()
