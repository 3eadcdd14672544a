"""The same pages into DuckDB by dlt, as fast as its documentation makes it: requests and orjson instead of its own client,
lists of pages, explicit columns, parquet files, several workers. `arrow` hands it tables that are flat and typed already."""

import os
import sys
from datetime import datetime

import orjson
import requests

settings = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "ERROR",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "50000",
    "DATA_WRITER__DISABLE_COMPRESSION": "true",
    "SOURCES__DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "NORMALIZE__WORKERS": "2",
    "LOAD__WORKERS": "2",
    "EXTRACT__WORKERS": "2",
}
os.environ.update(settings)

import dlt  # noqa: E402  (the settings are read while it is imported)

mode, url, token, queries_path, database, folder = sys.argv[1:7]
with open(queries_path, "rb") as file:
    queries = file.read().splitlines()

names = [
    "timestamp", "user.id", "user.timezone", "challenge.id", "badge.id", "points_earned", "engagement_score", "event_type",
    "action_type", "event.id", "interaction.id", "metric",
]
numbers = {"points_earned", "engagement_score"}


def kind(name: str) -> str:
    if name == "timestamp":
        return "timestamp"
    return "double" if name in numbers else "text"


columns = {name.replace(".", "_"): {"data_type": kind(name)} for name in names}


def pages(part: list[bytes]):
    session = requests.Session()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    for query in part:
        cursor = None
        while True:
            extra = {} if cursor is None else {"x-pagination-cursor": cursor}
            answer = session.post(f"{url}/analytics/v2/export/data", data=query, headers=headers | extra)
            answer.raise_for_status()
            yield orjson.loads(answer.content)["data"]
            cursor = answer.headers.get("x-pagination-cursor")
            if cursor is None:
                break


def lists(part: list[bytes]):
    rows: list[dict] = []
    for page in pages(part):
        rows.extend(page)
        if len(rows) >= 10_000:
            yield rows
            rows = []
    if rows:
        yield rows


def tables(part: list[bytes]):
    import pyarrow as pa

    types = {"text": pa.string(), "double": pa.float64(), "timestamp": pa.timestamp("ms", tz="UTC")}
    schema = pa.schema([(name.replace(".", "_"), types[kind(name)]) for name in names])

    def cell(name: str, value):
        return datetime.fromisoformat(value) if name == "timestamp" else value

    def table(rows: list[dict]):
        arrays = [
            pa.array([cell(name, row[name]) for row in rows] if name == "timestamp" else [row[name] for row in rows], types[kind(name)])
            for name in names
        ]
        return pa.Table.from_arrays(arrays, schema=schema)

    rows: list[dict] = []
    for page in pages(part):
        rows.extend(page)
        if len(rows) >= 50_000:
            yield table(rows)
            rows = []
    if rows:
        yield table(rows)


def resource(number: int, part: list[bytes]):
    read = tables if mode == "arrow" else lists
    given = {} if mode == "arrow" else {"columns": columns}
    return dlt.resource(
        read, name=f"events_{number}", table_name="events", write_disposition="append", file_format="parquet", parallelized=True, **given
    )(part)


@dlt.source
def export():
    half = (len(queries) + 1) // 2
    return [resource(number, part) for number, part in enumerate([queries[:half], queries[half:]])]


if __name__ == "__main__":
    pipeline = dlt.pipeline(
        "events", destination=dlt.destinations.duckdb(database), dataset_name="export", pipelines_dir=folder, progress=None
    )
    pipeline.run(export())
