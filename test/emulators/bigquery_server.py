"""bqemulator on a free port. Prints {"port": N} at once; /healthz answers once it serves. SIGTERM stops it.

Usage: python bigquery_server.py [DATA_FOLDER]; without one nothing is kept.
"""
import json
import os
import pathlib
import socket
import sys

import duckdb
import duckdb_extension_spatial
import uvicorn
from parent import end_with_parent
from parse_once import parse_once
from typed_tables import type_tables


def link_spatial_extension():
    """It comes as a package; DuckDB looks for it in the home folder, which is one of our own."""
    found = pathlib.Path(duckdb_extension_spatial.__file__).parent
    (source,) = found.glob("extensions/*/spatial.duckdb_extension")
    platform = duckdb.sql("pragma platform").fetchone()[0]
    folder = pathlib.Path.home() / ".duckdb" / "extensions" / source.parent.name / platform
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / source.name
    if not link.exists():
        try:
            link.symlink_to(source)
        except FileExistsError:
            pass  # another emulator of this environment was quicker


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def keep_connections():
    """A client that reads a large answer for more than five seconds would find its connection closed."""
    begin = uvicorn.Config.__init__

    def patient(self, *args, **options):
        begin(self, *args, **{**options, "timeout_keep_alive": 300})

    uvicorn.Config.__init__ = patient


if __name__ == "__main__":
    os.environ["HOME"] = os.path.join(sys.prefix, "home")
    link_spatial_extension()
    keep = ["--persistent", "--data-dir", sys.argv[1]] if len(sys.argv) > 1 else ["--ephemeral"]
    port = free_port()
    print(json.dumps({"port": port}), flush=True)
    end_with_parent()
    type_tables()
    parse_once()
    keep_connections()
    from bqemulator.cli import main

    sys.setrecursionlimit(20_000)  # it walks an expression of sixty parts, and takes its own RecursionError for a missing dataset
    sys.argv = ["bqemulator", "start", "--rest-port", str(port), "--grpc-port", "0", "--log-level", "warning", *keep]
    sys.exit(main())
