/**
 * What dbt costs on volume: `node bench/dbt-build.ts [INTERACTIONS]`, ten million unless told; prints one table.
 * 1. `dbt build` on a year of interactions against the same compiled SQL run by the driver, on two threads.
 * 2. one new day (80,000 new, 1,000 changed rows) against the full run, by the models' own time; the same content as a
 *    full refresh. The tests are timed apart.
 * 3. a second new day whose corrections are of the last week, as they mostly are: its tests look at that week only.
 * Needs the dbt environment of `npm run setup`, and about 6 GB of disk.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { createTablesSql } from "../src/adapters/warehouses/duckdb/warehouse.ts";
import { dbtProject } from "../test/support/dbt-server.ts";
import { dbtEnvironment } from "../test/support/require.ts";

const interactions = Number(process.argv[2] ?? 10_000_000);
const home = mkdtempSync(join(tmpdir(), "gami-dbt-bench-"));
const file = join(home, "gami.duckdb");
const limits = { threads: "2", memory_limit: "4GB", temp_directory: join(home, "spill") };

interface Run {
  readonly wallSeconds: number;
  /** Sum over the models of run_results.json; two run side by side. */
  readonly modelSeconds: number;
  /** The same of the tests, unit tests left out. */
  readonly testSeconds: number;
  readonly peakMegabytes: number;
}

const lines: string[][] = [];
try {
  await onFile(file, (connection) => makeYear(connection));
  const full = await dbt(file, "build");
  report("dbt build, everything", full);
  const compiled = compiledModels();
  const bareCopy = join(home, "bare.duckdb");
  copyFileSync(file, bareCopy);
  const bare = await onFile(bareCopy, (connection) => runBare(connection, compiled));
  rmSync(bareCopy);
  lines.push(["same SQL by the driver", bare.toFixed(1), "", "", "", `dbt/driver ${(full.modelSeconds / bare).toFixed(2)}`]);
  await onFile(file, (connection) => addDay(connection, { seq: 2, correctedFrom: "2026-01-01" }));
  const day = await dbt(file, "build");
  report("dbt build, one new day", day, ratios(day, full));
  const stepwise = await onFile(file, contentOf);
  report("dbt build --full-refresh", await dbt(file, "build", "--full-refresh"));
  const refreshed = await onFile(file, contentOf);
  lines.push(["content equals full refresh", "", "", "", "", JSON.stringify(stepwise) === JSON.stringify(refreshed) ? "yes" : "NO"]);
  await onFile(file, (connection) => addDay(connection, { seq: 3, correctedFrom: "2026-12-25" }));
  const second = await dbt(file, "build");
  report("one more day, last week corrected", second, ratios(second, full));
} finally {
  rmSync(home, { recursive: true, force: true });
}
console.log(table([["step", "wall s", "models s", "tests s", "peak MB", ""], ...lines]));

function ratios(day: Run, full: Run): string {
  return `models ${(day.modelSeconds / full.modelSeconds).toFixed(3)}, tests ${(day.testSeconds / full.testSeconds).toFixed(3)} of full`;
}

function report(step: string, run: Run, note = ""): void {
  lines.push([
    step,
    run.wallSeconds.toFixed(1),
    run.modelSeconds.toFixed(1),
    run.testSeconds.toFixed(1),
    run.peakMegabytes.toFixed(0),
    note,
  ]);
  console.error(lines.at(-1)?.join("  "));
}

/** 500 agents in four zones with shifts, a year of interactions; every agent and day in the change log, as the loader writes it. */
async function makeYear(connection: DuckDBConnection): Promise<void> {
  for (const sql of createTablesSql()) await connection.run(sql);
  const technical = (key: string, seq: number, subject: string, at: string) =>
    `md5(${key})::uuid as business_key, 'csv:bench' as source, 1 as revision, md5(${key} || '${seq}')::uuid as row_hash, ${seq} as seq,
     false as is_deleted, md5(${subject})::uuid as subject_id, ${at} as event_at, timestamp '2026-01-01' as recorded_at, 'b${seq}' as batch_id, '1' as mapper_version`;
  const agent = "'a' || (n % 500)";
  await connection.run(`insert into raw.csv_agent by name select ${technical("'agent' || n", 1, agent, "null")}, ${agent} as agent_native_id,
    ['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Sydney'][1 + n % 4] as zone, 't' || (n % 20) as team_id from range(500) as t (n)`);
  const starts = "timestamp '2026-01-01 08:00:00' + to_days((n // 500)::integer)";
  await connection.run(`insert into raw.csv_shift by name select ${technical("'shift' || n", 1, agent, starts)}, ${agent} as agent_native_id, 's' || n as shift_native_id,
    ${starts} as starts_at, ${starts} + interval 8 hours as ends_at, false as is_leave from range(365 * 500) as t (n)`);
  await connection.run(`insert into meta.zone_offset
    select zone, unnest([timestamp '1900-01-01', changes_at, back_at]), unnest([changes_at, back_at, timestamp '9999-01-01']), unnest([winter, winter + 3600, winter]), 'bench'
    from (values ('America/New_York', timestamp '2026-03-08 07:00:00', timestamp '2026-11-01 06:00:00', -18000), ('Europe/Berlin', timestamp '2026-03-29 01:00:00', timestamp '2026-10-25 01:00:00', 3600),
      ('Asia/Kolkata', timestamp '9998-01-01', timestamp '9998-01-02', 19800), ('Australia/Sydney', timestamp '2026-04-04 16:00:00', timestamp '2026-10-03 16:00:00', 36000)) as t (zone, changes_at, back_at, winter)`);
  await connection.run(interactionsSql({ seq: 1, from: 0, count: interactions }));
  for (const stream of ["agent", "shift", "interaction"]) await note(connection, stream, 1);
  await connection.run("checkpoint");
}

function interactionsSql({ seq, from, count }: { seq: number; from: number; count: number }): string {
  const at = `timestamp '2026-01-01 00:00:00' + to_seconds((n * 31536000 // ${interactions})::bigint)`;
  return `insert into raw.csv_interaction by name select md5('i' || n)::uuid as business_key, 'csv:bench' as source, 1 as revision, md5(n || 'x')::uuid as row_hash, ${seq} as seq,
    false as is_deleted, md5('a' || (hash(n * 11) % 500))::uuid as subject_id, ${at} as event_at, timestamp '2026-01-01' as recorded_at, 'b${seq}' as batch_id, '1' as mapper_version,
    'i' || n as interaction_id, 'a' || (hash(n * 11) % 500) as agent_native_id, '0' as segment_id, 'q' || (hash(n * 7) % 10) as queue_native_id, 'voice' as channel, 'inbound' as direction,
    ${at} as entered_at, ${at} as started_at, ${at} + interval 5 minutes as ended_at, (hash(n * 3) % 60) * 1000 as queue_ms, (hash(n * 5) % 600) * 1000 as talk_ms, 0 as hold_ms, 20000 as after_call_ms,
    0 as other_ms, (hash(n * 5) % 600) * 1000 + 20000 as handle_ms, case when n % 20 = 0 then 'abandoned' else 'answered' end as outcome, md5('c' || (n % 1000000)) as customer_key
    from range(${from}, ${from + count}) as t (n)`;
}

/** The next day after the year, and a thousand corrections of rows from a date on. */
async function addDay(connection: DuckDBConnection, { seq, correctedFrom }: { seq: number; correctedFrom: string }): Promise<void> {
  const ofDay = Math.round(interactions / 125);
  await connection.run(interactionsSql({ seq, from: interactions + (seq - 2) * ofDay, count: ofDay }));
  const current = `from raw.csv_interaction where seq < ${seq} and superseded_seq is null and event_at >= timestamp '${correctedFrom}'`;
  await connection.run(
    `create temporary table corrected as select * ${current}
     and hash(interaction_id) % (select greatest(1, count(*) // 1000) ${current}) = 0`,
  );
  await connection.run(
    `update raw.csv_interaction set superseded_seq = ${seq} where business_key in (select business_key from corrected) and superseded_seq is null and seq < ${seq}`,
  );
  await connection.run(
    `insert into raw.csv_interaction select * replace (${seq} as seq, revision + 1 as revision, 'b${seq}' as batch_id, talk_ms + 1000 as talk_ms, handle_ms + 1000 as handle_ms) from corrected`,
  );
  await connection.run("drop table corrected");
  await note(connection, "interaction", seq);
}

async function note(connection: DuckDBConnection, stream: string, seq: number): Promise<void> {
  await connection.run(`insert into meta.batch by name select 'b-${stream}-${seq}' as batch_id, 'csv:bench' as source, '${stream}' as stream, ${seq} as seq, timestamp '2026-01-01' as recorded_at,
    0 as rows_received, 0 as rows_new, 0 as rows_changed, 0 as rows_unchanged, 0 as rows_duplicate, 0 as rows_filtered, 0 as rows_quarantined`);
  const reach = stream === "shift" ? "max(ends_at)" : "max(event_at)";
  await connection.run(
    `insert into meta.change_log select 'csv:bench', '${stream}', ${seq}, subject_id, min(event_at), ${reach} from raw.csv_${stream} where seq = ${seq} group by subject_id, event_at::date`,
  );
}

/** Runs dbt as a user does, and watches how much memory it takes. */
async function dbt(path: string, ...args: readonly string[]): Promise<Run> {
  const began = performance.now();
  const child = spawn(join(dbtEnvironment() ?? "", "bin", "dbt"), [...args, "--exclude-resource-type", "unit_test", "--quiet"], {
    cwd: dbtProject,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      GAMI_DUCKDB: path,
      GAMI_DUCKDB_TEMP: limits.temp_directory,
      GAMI_DUCKDB_MEMORY: limits.memory_limit,
      DBT_TARGET_PATH: join(home, "target"),
      DBT_LOG_PATH: join(home, "logs"),
      DO_NOT_TRACK: "1",
    },
  });
  let peakKilobytes = 0;
  const watch = setInterval(() => {
    peakKilobytes = Math.max(peakKilobytes, residentPeak(child.pid));
  }, 200);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`dbt ${args.join(" ")} ended with ${code}`);
  const slowest = runResults()
    .results.toSorted((a, b) => b.execution_time - a.execution_time)
    .slice(0, 8);
  console.error(slowest.map(({ unique_id, execution_time }) => `  ${execution_time.toFixed(2)} ${unique_id.split(".")[2]}`).join("\n"));
  const secondsOf = (kind: string) =>
    runResults().results.reduce((sum, { unique_id, execution_time }) => sum + (unique_id.startsWith(kind) ? execution_time : 0), 0);
  return {
    wallSeconds: (performance.now() - began) / 1000,
    modelSeconds: secondsOf("model."),
    testSeconds: secondsOf("test."),
    peakMegabytes: peakKilobytes / 1024,
  };
}

function residentPeak(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

interface RunResults {
  readonly results: readonly {
    readonly unique_id: string;
    readonly execution_time: number;
    readonly compiled_code: string | null;
    readonly relation_name: string | null;
  }[];
}

function runResults(): RunResults {
  return JSON.parse(readFileSync(join(home, "target", "run_results.json"), "utf8"));
}

interface CompiledModel {
  readonly relation: string;
  readonly sql: string;
  readonly isView: boolean;
}

/** The models in the order dbt finished them, which respects who reads whom. */
function compiledModels(): CompiledModel[] {
  const manifest: { nodes: Record<string, { config: { materialized: string } }> } = JSON.parse(
    readFileSync(join(home, "target", "manifest.json"), "utf8"),
  );
  return runResults().results.flatMap(({ unique_id, compiled_code, relation_name }) =>
    compiled_code === null || relation_name === null
      ? []
      : [
          {
            relation: relation_name.split(".").slice(1).join("."),
            sql: compiled_code.replaceAll('"gami".', ""),
            isView: manifest.nodes[unique_id]?.config.materialized === "view",
          },
        ],
  );
}

async function runBare(connection: DuckDBConnection, models: readonly CompiledModel[]): Promise<number> {
  for (const { relation, isView } of models.toReversed())
    await connection.run(`drop ${isView ? "view" : "table"} if exists ${relation} cascade`);
  const began = performance.now();
  for (const { relation, sql, isView } of models) await connection.run(`create ${isView ? "view" : "table"} ${relation} as ${sql}`);
  return (performance.now() - began) / 1000;
}

/** Content of the large models and of the marts on top, whatever order the rows are in. */
async function contentOf(connection: DuckDBConnection): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const name of ["marts.fct_interaction", "marts.fct_agent_day", "marts.fct_agent_week", "marts.fct_agent_month", "marts.dim_agent"]) {
    const rows = await connection.runAndReadAll(`select count(*) as n, bit_xor(hash(t)) as h from ${name} as t`);
    found.push(...rows.getRowsJson());
  }
  return found;
}

async function onFile<T>(path: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(path, limits);
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'; set preserve_insertion_order = false");
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
    )
    .join("\n");
}
