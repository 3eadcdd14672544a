"""fakesnow's server, adapted so that the real Node driver (snowflake-sdk) works against it.

Adds to fakesnow 0.12.1: JSON rowsets for SELECT (fakesnow sends Arrow, the Node driver reads JSON only), the result
parameters that driver needs, the routes it calls, and errors as HTTP 200 + success:false (drivers retry 5xx for
minutes). Python clients (dbt) keep Arrow. Prints {"port": N} once it accepts connections; stop it with SIGTERM.
Usage: python snowflake_server.py [DATA_FOLDER]; without one nothing is kept. One process per folder.
"""
import contextvars
import gzip
import importlib
import json
import logging
import pathlib
import socket
import sys
from base64 import b64decode

import pyarrow as pa
import uvicorn
from fakesnow.instance import FakeSnow
from parent import end_with_parent
from parse_once import parse_once
from sqlglot import exp
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

server = importlib.import_module("fakesnow.server")  # fakesnow also has a function of that name

NOPS = [  # accepted and ignored; fakesnow rejects them
    r"\s*alter\s+session\s+(set|unset)\s+(?!autocommit)",
    r"\s*(grant|revoke|use\s+(role|warehouse|secondary)|create\s+(or\s+replace\s+)?(role|warehouse)|comment\s+on)\b",
]
PARAMS = {
    "TIMEZONE": "Etc/UTC", "BINARY_OUTPUT_FORMAT": "HEX", "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS.FF9", "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3", "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
}
asked: dict[str, dict] = {}  # session token -> session parameters sent with the login
last_error: contextvars.ContextVar = contextvars.ContextVar("last_error", default=None)


def fix_fakesnow():
    cursor, transforms = importlib.import_module("fakesnow.cursor"), importlib.import_module("fakesnow.transforms")
    parse = cursor.parse_one

    def parse_one(sql):
        e = parse(sql)
        if isinstance(e, exp.Create) and e.kind in ("TABLE", "VIEW"):
            # DuckDB has no CREATE TEMPORARY TABLE db.schema.t (dbt does that): make it an ordinary one
            if (temp := e.find(exp.TemporaryProperty)) and e.find(exp.Table).db:
                temp.pop()
            # Snowflake does not enforce keys, DuckDB does; fakesnow also takes them for columns in a CTAS
            if e.kind == "TABLE" and isinstance(e.this, exp.Schema):
                for key in list(e.this.find_all(exp.PrimaryKey, exp.ForeignKey, exp.UniqueColumnConstraint,
                                                exp.PrimaryKeyColumnConstraint, exp.Reference)):
                    holder = key.parent
                    (holder if isinstance(holder, (exp.Constraint, exp.ColumnConstraint)) else key).pop()
        if isinstance(e, exp.Merge):  # INSERT ... VALUES (col): qualify the bare names, as dbt leaves them
            for when in e.args["whens"].expressions:
                if isinstance(then := when.args["then"], exp.Insert) and then.expression:
                    for col in list(then.expression.find_all(exp.Column)):
                        if not col.table:
                            col.set("table", exp.to_identifier(e.args["using"].alias_or_name))
        return e

    def not_for_temp(f):  # these write to a second database, which breaks MERGE inside BEGIN ... COMMIT
        return lambda e: e if isinstance(e, exp.Create) and e.find(exp.TemporaryProperty) else f(e)

    cursor.parse_one = parse_one
    for name in ("extract_text_length", "extract_comment_on_table"):
        setattr(transforms, name, not_for_temp(getattr(transforms, name)))
    server.gcs_stage_info = lambda _request, _expr, put: put["stageInfo"]  # LOCAL_FS: its fake GCS breaks the Node driver


class KeepError(logging.Handler):
    """fakesnow logs the cause of an unexpected error, but leaves it out of its reply."""
    def emit(self, record):
        if record.exc_info:
            last_error.set(record.exc_info[1])


class BoundedCache(dict):
    """fakesnow keeps every result for ever; keep the last few (enough for RESULT_SCAN)."""
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        if len(self) > 20:
            del self[next(iter(self))]


def ns(v):  # nanoseconds -> 'seconds.nnnnnnnnn'
    return f"{v // 10**9}.{v % 10**9:09d}"


def stamp(v):  # a struct {epoch, fraction[, timezone]}: the fraction always counts up from the floor
    if v["epoch"] is None:
        return None
    text = f"{v['epoch']}.{v['fraction']:09d}"
    if v["epoch"] < 0 and v["fraction"]:
        text = f"-{-v['epoch'] - 1}.{10**9 - v['fraction']:09d}"
    return f"{text} {v['timezone']}" if "timezone" in v else text


def date(v):
    return str(v.toordinal() - 719163)


CELL = {
    "fixed": lambda v: format(v, "f") if hasattr(v, "as_tuple") else str(int(v)),
    "real": repr, "boolean": lambda v: "1" if v else "0", "date": date, "time": ns,
    "timestamp_ntz": stamp, "timestamp_ltz": stamp, "timestamp_tz": stamp, "binary": lambda v: bytes(v).hex().upper(),
}


def rowset(b64, rowtype):
    if not b64:
        return []
    table = pa.ipc.open_stream(b64decode(b64)).read_all()
    cols = []
    for col, info in zip(table.columns, rowtype):
        f = CELL.get(info["type"], str)
        cols.append([None if v is None else f(v) for v in col.to_pylist()])
    return [list(row) for row in zip(*cols)]


async def query(request):
    try:
        return await _query(request)
    except Exception as e:
        message = f"{type(e).__name__}: {e}"
        data = {"errorCode": "261000", "sqlState": "XX000"}
        return JSONResponse({"data": data, "code": "261000", "message": message, "success": False})


async def _query(request):
    last_error.set(None)
    response = await server.query_request(request)
    if response.status_code >= 400:  # 5xx would be retried; 401 with 39010x is understood by the drivers
        if response.status_code < 500:
            return response
        body = json.loads(response.body)
        cause = last_error.get()
        body["message"] = f"{type(cause).__name__}: {cause}"
        body["data"] = {"errorCode": body["code"], "sqlState": "XX000"}
        return JSONResponse(body)
    if not request.headers.get("user-agent", "").startswith("JavaScript"):
        return response
    body = json.loads(response.body)
    data = body.get("data") or {}
    if "rowtype" in data:
        if data.pop("queryResultFormat", "") == "arrow":
            data["rowset"] = rowset(data.pop("rowsetBase64"), data["rowtype"])
        params = {**PARAMS, **asked.get(server.to_token(request), {})}
        data.update(queryResultFormat="json", returned=len(data["rowset"]), version=1,
                    parameters=[{"name": k, "value": v} for k, v in params.items()])
    return JSONResponse(body)


async def login(request):
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    response = await server.login_request(request)
    sent = json.loads(body)["data"].get("SESSION_PARAMETERS", {})
    asked[json.loads(response.body)["data"]["token"]] = {k: v for k, v in sent.items() if k.startswith("JS_")}
    return response


async def ok(_request):
    return JSONResponse({"data": {}, "code": None, "message": None, "success": True})


OWN = {"/session/v1/login-request": login, "/queries/v1/query-request": query, 
       "/telemetry/send": ok, "/session/token-request": ok}
app = Starlette(routes=[Route(p, f, methods=["POST"]) for p, f in OWN.items()]
                + [r for r in server.routes if r.path not in OWN])

if __name__ == "__main__":
    db_dir = sys.argv[1] if len(sys.argv) > 1 else None
    server.logger.handlers, server.logger.propagate = [KeepError()], False
    parse_once()
    fix_fakesnow()
    server.shared_fs = FakeSnow(db_path=db_dir, nop_regexes=NOPS)
    server.shared_fs.results_cache = BoundedCache()
    for file in pathlib.Path(db_dir).glob("*.db") if db_dir else []:
        server.shared_fs.connect(database=file.stem)  # attach what an earlier run left
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each reply waits 40 ms for an acknowledgement
    print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
    end_with_parent()
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[sock])
    server.sessions.clear()
    server.shared_fs.duck_conn.close()
