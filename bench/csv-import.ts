// Rows per second of `gami import csv` against DuckDB's own read_csv into the same columns with keys, hashes, closing and
// inserting of versions, on the same file in the same minutes: node bench/csv-import.ts [rows, default 1000000]
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const rows = Number(process.argv[2] ?? 1_000_000);
const gami = join(import.meta.dirname, "..", "bin", "gami.js");
const folder = mkdtempSync(join(tmpdir(), "gami-bench-"));
const file = join(folder, "calls.csv");

const mapping = `source: bench
stream: interaction
zone: Europe/Berlin
dated_by: entered_at
columns:
  interaction_id: call_id
  agent_native_id: { column: agent, null_when: { column: agent, equals: NONE } }
  queue_native_id: queue
  channel: { constant: voice }
  entered_at: { date: { column: date, format: yyMMdd }, time: { column: entered, format: "H:mm:ss" } }
  started_at: { date: { column: date, format: yyMMdd }, time: { column: started, format: "H:mm:ss" }, after: entered_at }
  queue_ms: { column: waited, unit: seconds }
  talk_ms: { column: talked, unit: seconds }
  handle_ms: { sum: [talk_ms] }
  outcome: { column: outcome, map: { AGENT: answered, HANG: abandoned } }
  priority: { column: priority, nulls: ["0"] }
`;

async function writeCalls(): Promise<void> {
  const out = createWriteStream(file);
  const clock = (seconds: number) =>
    `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  out.write("call_id,agent,queue,date,entered,started,waited,talked,outcome,priority\n");
  for (let n = 0; n < rows; n += 1) {
    const day = 250_100 + (Math.floor((n * 28) / rows) + 1);
    const [entered, waited] = [(n * 37) % 80_000, (n * 7) % 90];
    const isHang = n % 9 === 0;
    const line = `C${n},${isHang ? "NONE" : `agent-${n % 300}`},Q${n % 12},${day},${clock(entered)},${clock(entered + waited)},${waited},${(n * 13) % 900},${isHang ? "HANG" : "AGENT"},${n % 3}\n`;
    if (!out.write(line)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}

/** The floor: read, convert, key, hash, close and insert, all by DuckDB. */
async function loadByDuckDb(): Promise<number> {
  const began = performance.now();
  const instance = await DuckDBInstance.create(join(folder, "floor.duckdb"));
  const connection = await instance.connect();
  const instant = (time: string) => `strptime(date || ' ' || ${time}, '%y%m%d %H:%M:%S')`;
  const uuid = (text: string) => `cast(substr(sha256(${text}), 1, 32) as uuid)`;
  await connection.run(`create temp table staged as select ${uuid("'interaction' || call_id || agent")} as business_key,
    ${uuid("concat_ws('|', call_id, agent, queue, date, entered, started, waited, talked, outcome, priority)")} as row_hash, ${uuid("'agent' || agent")} as subject_id,
    call_id as interaction_id, nullif(agent, 'NONE') as agent_native_id, queue as queue_native_id, 'voice' as channel, ${instant("entered")} as entered_at, ${instant("started")} as started_at,
    cast(waited as bigint) * 1000 as queue_ms, cast(talked as bigint) * 1000 as talk_ms, cast(talked as bigint) * 1000 as handle_ms,
    case outcome when 'AGENT' then 'answered' else 'abandoned' end as outcome, cast(nullif(priority, '0') as bigint) as priority
    from read_csv('${file}', header = true, all_varchar = true)`);
  await connection.run("create table loaded as select *, 1::bigint as seq, null::bigint as superseded_seq from staged where false");
  await connection.run("begin");
  await connection.run(
    "update loaded set superseded_seq = 1 where rowid in (select l.rowid from loaded as l join staged as s using (business_key) where l.superseded_seq is null and l.row_hash <> s.row_hash)",
  );
  await connection.run(
    "insert into loaded select s.*, 1, null from staged as s anti join loaded as l on l.business_key = s.business_key and l.row_hash = s.row_hash and l.superseded_seq is null",
  );
  await connection.run("commit");
  await connection.run("checkpoint");
  connection.closeSync();
  instance.closeSync();
  return performance.now() - began;
}

function importByGami(): { readonly milliseconds: number; readonly peakMegabytes: number } {
  const run = (...args: readonly string[]) => spawnSync(process.execPath, [gami, ...args], { cwd: folder, encoding: "utf8" });
  run("init", "--yes", "--zone", "Europe/Berlin");
  const watch = `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS))`;
  const preload = join(folder, "watch.mjs");
  writeFileSync(preload, watch);
  const began = performance.now();
  const done = spawnSync(process.execPath, ["--import", preload, gami, "import", "csv", file, "--json", "-q"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`the import ended with ${done.status}: ${done.stderr}`);
  const peak = Number(/peak (\d+)/.exec(done.stderr)?.[1] ?? 0);
  return { milliseconds: performance.now() - began, peakMegabytes: Math.round(peak / 1024) };
}

try {
  await writeCalls();
  writeFileSync(join(folder, "calls.mapping.yaml"), mapping);
  const floor = [await loadByDuckDb()];
  rmSync(join(folder, "floor.duckdb"));
  const imported = importByGami();
  floor.push(await loadByDuckDb());
  const best = Math.min(...floor);
  const perSecond = (milliseconds: number) => Math.round((rows / milliseconds) * 1000);
  console.log(
    JSON.stringify({
      rows,
      megabytes: Math.round(statSync(file).size / 1e6),
      duckDbRowsPerSecond: perSecond(best),
      gamiRowsPerSecond: perSecond(imported.milliseconds),
      ratio: Number((best / imported.milliseconds).toFixed(2)),
      peakMegabytes: imported.peakMegabytes,
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
