// How far is `gami import csv` from DuckDB's own read_csv into the same columns, with the same closing and inserting of versions?
// Run: npm run build && npx node bench/csv-import.ts [rows] [rows ...]   (default 1000000; several sizes compare the memory)
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createTablesSql } from "../src/adapters/warehouses/duckdb/warehouse.ts";
import { streamDefinition } from "../src/domain/records/streams.ts";

const sizes = process.argv.slice(2).map(Number);
const program = join(import.meta.dirname, "../bin/gami.js");

const columns = [
  "interaction_id",
  "agent_native_id",
  "conversation_id",
  "queue_native_id",
  "channel",
  "direction",
  "entered_at",
  "queue_ms",
  "started_at",
  "ended_at",
  "talk_ms",
  "hold_ms",
  "after_call_ms",
  "handle_ms",
  "outcome",
  "disposition_code",
  "is_primary_agent",
  "source_updated_at",
] as const;

const mapping = `source: bench
stream: interaction
zone: UTC
columns:
${columns.map((name) => (name.endsWith("_ms") ? `  ${name}: { column: ${name}, unit: milliseconds }` : `  ${name}: ${name}`)).join("\n")}
`;

function line(row: number): string {
  const at = Date.UTC(2024, 0, 1) + row * 700;
  const iso = (instant: number) => new Date(instant).toISOString();
  const [talk, hold, after] = [(row * 7919) % 600_000, row % 1000, row % 30_000];
  const handle = talk + hold + after;
  return `${[
    `conversation-${row}`,
    `agent-${row % 500}`,
    `c${row}`,
    `queue-${row % 20}`,
    "voice",
    "inbound",
    iso(at - 5000),
    5000,
    iso(at),
    iso(at + handle),
    talk,
    hold,
    after,
    handle,
    row % 20 === 0 ? "abandoned" : "answered",
    `code ${row % 7}`,
    "true",
    iso(at + handle + 1000),
  ].join(",")}\n`;
}

async function writeCsv(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${columns.join(",")}\n`);
  for (let start = 0; start < rows; start += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - start) }, (_, index) => line(start + index)).join("");
    if (!file.write(lines)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}

/** What DuckDB needs when nothing is validated, archived, counted or fenced. */
async function loadByDuckDb(folder: string, csv: string): Promise<number> {
  const instance = await DuckDBInstance.create(join(folder, "floor.duckdb"), { threads: "2", memory_limit: "1GB" });
  const connection = await instance.connect();
  for (const sql of createTablesSql()) await connection.run(sql);
  const types = { text: "varchar", integer: "bigint", instant: "timestamp", date: "date", boolean: "boolean", json: "json" } as const;
  const stream = streamDefinition("interaction");
  const typed = columns.map((name) => `${name}: '${types[stream.columns.find((column) => column.name === name)?.type ?? "text"]}'`);
  const record = stream.columns.map(({ name, type }) =>
    columns.some((column) => column === name) ? name : `cast(null as ${types[type]})`,
  );
  const startedAt = performance.now();
  await connection.run("begin");
  await connection.run(`create temp table staged as
    select
        cast(md5(interaction_id || agent_native_id) as uuid) as business_key,
        cast(md5(concat_ws('|', ${columns.join(", ")})) as uuid) as row_hash,
        cast(md5(agent_native_id) as uuid) as subject_id,
        *
    from read_csv('${csv}', header = true, auto_detect = false, columns = {${typed.join(", ")}})`);
  await connection.run(`create temp table matched as select t.rowid as row_id, t.business_key, t.row_hash
    from raw.csv_interaction as t where t.superseded_seq is null and t.business_key in (select business_key from staged)`);
  await connection.run(`update raw.csv_interaction set superseded_seq = 1 where rowid in (
    select matched.row_id from matched inner join staged using (business_key) where matched.row_hash <> staged.row_hash)`);
  await connection.run(`insert into raw.csv_interaction
    select business_key, 'csv:bench', 1, row_hash, 1, null, false, subject_id, started_at, now()::timestamp, 'batch', 'mapper', ${record.join(", ")}
    from staged where not exists (select 1 from matched where matched.business_key = staged.business_key and matched.row_hash = staged.row_hash)`);
  await connection.run("commit");
  connection.closeSync();
  instance.closeSync();
  return performance.now() - startedAt;
}

interface Measured {
  readonly millis: number;
  readonly peakMegabytes: number;
  readonly result: { readonly new: number; readonly unchanged: number };
}

async function importByGami(folder: string, csv: string): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, "import", "csv", csv, "--json"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  let peakMegabytes = 0;
  const watch = setInterval(() => {
    const peak = /VmHWM:\s+(\d+)/.exec(readStatus(child.pid))?.[1];
    if (peak !== undefined) peakMegabytes = Math.max(peakMegabytes, Math.round(Number(peak) / 1024));
  }, 100);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  await once(child, "close");
  clearInterval(watch);
  return { millis: performance.now() - startedAt, peakMegabytes, result: JSON.parse(output) };
}

function readStatus(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

async function measure(rows: number) {
  const folder = mkdtempSync(join(tmpdir(), "gami-bench-"));
  try {
    mkdirSync(folder, { recursive: true });
    const csv = join(folder, "calls.csv");
    await writeCsv(csv, rows);
    writeFileSync(join(folder, "calls.mapping.yaml"), mapping);
    await once(spawn(process.execPath, [program, "init", "--yes"], { cwd: folder, stdio: "ignore" }), "close");
    const before = await loadByDuckDb(folder, csv);
    rmSync(join(folder, "floor.duckdb"));
    const first = await importByGami(folder, csv);
    const floor = Math.min(before, await loadByDuckDb(folder, csv));
    const again = await importByGami(folder, csv);
    if (first.result.new !== rows || again.result.unchanged !== rows)
      throw new Error(`not everything came in: ${JSON.stringify(first.result)}`);
    return {
      rows,
      "file MB": Math.round(statSync(csv).size / 1e6),
      "DuckDB s": (floor / 1000).toFixed(1),
      "gami s": (first.millis / 1000).toFixed(1),
      "rows/s": Math.round(rows / (first.millis / 1000)),
      "share of DuckDB's speed": (floor / first.millis).toFixed(2),
      "again s": (again.millis / 1000).toFixed(1),
      "peak MB": first.peakMegabytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = [];
for (const rows of sizes.length > 0 ? sizes : [1_000_000]) results.push(await measure(rows));
console.table(results);
