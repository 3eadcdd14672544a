"""Runs dbt again and again in one process: starting Python and parsing the project costs more than a small build.

Reads one JSON object per line: {"file": ..., "args": [...]}; answers one: {"success": ..., "failures": [...]}. What dbt says goes to stderr.
Usage: dbt_server.py PROJECT_FOLDER TARGET_FOLDER. All files must have the same name, since the parsed project holds it.
The parsed project is kept beside the environment for the next server; dbt reads anew what has changed since.
"""

import hashlib
import json
import os
import shutil
import sys

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

project, target = sys.argv[1], sys.argv[2]
common = ["--project-dir", project, "--profiles-dir", project, "--target-path", target, "--log-path", target, "--quiet"]
manifest = None


def parsed_project(file_name):
    """What dbt keeps holds the path of the warehouse as well, so it is parsed for one that is nobody's."""
    digest = hashlib.sha256(f"{project} {file_name}".encode()).hexdigest()
    kept = os.path.join(sys.prefix, "parsed", digest[:16])
    written = os.path.join(target, "partial_parse.msgpack")
    os.makedirs(target, exist_ok=True)
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    if os.path.exists(kept):
        shutil.copyfile(kept, written)
    os.environ["GAMI_DUCKDB"] = os.path.join(os.path.dirname(kept), file_name)
    os.environ["GAMI_DUCKDB_TEMP"] = "spill"
    parsed = dbtRunner().invoke(["parse", *common])
    if parsed.success and os.path.exists(written):
        shutil.copyfile(written, f"{kept}.{os.getpid()}")
        os.replace(f"{kept}.{os.getpid()}", kept)
    return parsed.result


# dbt and what it starts must find nothing to read or to add to: these lines are between the test and this process.
calls = os.fdopen(os.dup(0), "r")
answers = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)

for line in iter(calls.readline, ""):
    call = json.loads(line)
    if manifest is None:
        manifest = parsed_project(os.path.basename(call["file"]))
    os.environ["GAMI_DUCKDB"] = call["file"]
    os.environ["GAMI_DUCKDB_TEMP"] = os.path.join(target, "spill")
    done = dbtRunner(manifest=manifest).invoke([*call["args"], *common])
    failures = []
    if done.exception is not None:
        failures.append(str(done.exception))
    for result in getattr(done.result, "results", None) or []:
        if str(result.status) not in ("success", "pass", "skipped", "no-op"):
            failures.append(f"{result.node.name}: {result.message}")
    # dbt-duckdb keeps the file open until the process ends; nobody else could open it.
    DuckDBConnectionManager.close_all_connections()
    print(json.dumps({"success": bool(done.success), "failures": failures}), file=answers, flush=True)
