// CPU and wall time of an evaluation against the bare statement of the same definitions, which DuckDB computes and keeps to itself:
// npx node bench/evaluate.ts [agents, default 5000] [milestones, default 100] [days of history, default 90] ["plan": nothing is written]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { openSqliteStore } from "../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../src/adapters/warehouses/duckdb/warehouse.ts";
import { evaluateMilestones } from "../src/app/recognise/evaluate-milestones.ts";
import { compileEvaluation } from "../src/app/recognise/evaluation-sql.ts";
import { listWindows } from "../src/app/recognise/plan-windows.ts";
import { datesBetween } from "../src/domain/calendar.ts";
import type { MilestoneDefinition } from "../src/domain/recognise/definition.ts";
import { builtRows, createMilestoneMarts } from "../test/support/milestone-marts.ts";

const [agents = 5_000, milestones = 100, days = 90] = process.argv.slice(2, 5).map(Number);
const isPlanOnly = process.argv[5] === "plan";
const folder = mkdtempSync(join(tmpdir(), "gami-bench-"));
const file = join(folder, "gami.duckdb");
const asOf = "2024-03-30";

/** Ten windows, ten thresholds: what a centre with many tiers has. */
const definitions = Array.from({ length: milestones }, (_, no): MilestoneDefinition => {
  const isTotal = no % 3 === 0;
  return {
    id: `m${no}`,
    name: `M${no}`,
    goal: isTotal
      ? { metric: "interactions", direction: "higher", thresholdMilli: (100 + no * 10) * 1000, unit: "interactions", isStrict: false }
      : { metric: "handle_time", direction: "lower", thresholdMilli: 250_000 + no * 1000, unit: "seconds", isStrict: true },
    window: { unit: "days", last: 1 + (no % 10) * 3 },
    minimum: { interactions: 5 },
    floorMilli: isTotal ? null : 10_000,
    guards: [],
    scope: { site: [], team: [], role: [], employment: [], queue: [] },
    tier: { name: "T", rank: 1 },
    reset: "quarter",
    valid: { from: "2024-01-01", to: null },
    onChange: "prospective",
    flair: null,
  };
});

async function prepare(): Promise<void> {
  const agent = "cast(printf('00000000-0000-0000-0000-%012d', no) as uuid)";
  await createMilestoneMarts(file, [
    `insert into marts.dim_agent select ${agent}, ${agent}, 'csv:bench', 'n' || no, 'UTC', 't' || no % 200, 'Team', 'North', 'agent', 'full', null, null, true, false,
       timestamp '1900-01-01', timestamp '9999-01-01' from range(${agents}) as numbers(no)`,
    `insert into intermediate.int_agent_spans select ${agent}, ${agent}, 'UTC', 0, timestamp '1900-01-01', timestamp '9999-01-01' from range(${agents}) as numbers(no)`,
    `insert into intermediate.int_agent_links select ${agent}, ${agent}, 'csv:bench', 'n' || no, timestamp '1900-01-01', timestamp '9999-01-01' from range(${agents}) as numbers(no)`,
    `insert into marts.fct_agent_day
       select ${agent}, date '${asOf}' - cast(ago as integer), true, true, 'final', 'final', calls, calls, calls * (180 + (no * 37 + ago * 53) % 240), 80, 1, null, 0, 28800, 27000, 0.6, 5
       from (select no, ago, 10 + (no * 7 + ago * 3) % 30 as calls from range(${agents}) as numbers(no), range(${days}) as back(ago))`,
    ...builtRows(1, { lastDate: "2024-04-01", finalDate: asOf }),
  ]);
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<{ readonly cpu: number; readonly result: T }> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(used);
  const cpu = (user + system) / 1000;
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${name.padEnd(38)} ${(performance.now() - began).toFixed(0).padStart(7)} ms wall ${cpu.toFixed(0).padStart(7)} ms CPU   peak ${peak} MB`,
  );
  return { cpu, result };
}

/** The day that is decided and the one before it, which may have become final since: as a nightly run asks. */
function statement() {
  const windows = listWindows();
  for (const day of datesBetween("2024-03-29", asOf)) for (const definition of definitions) windows.numberOf(definition, day);
  return compileEvaluation(windows.windows, definitions);
}

async function bare(): Promise<void> {
  const instance = await DuckDBInstance.create(file, { threads: "1" });
  const connection = await instance.connect();
  const { sql, values } = statement();
  await connection.run(
    `create temp table figures as ${sql}`,
    values.map((value) => (typeof value === "bigint" ? Number(value) : value)),
  );
  // Verdicts of all definitions, in SQL: what a team without gami would write.
  const verdict = ({ goal, window, minimum }: MilestoneDefinition, no: number) => {
    const value = goal.metric === "interactions" ? "interactions * 1000" : "handle_ms / nullif(handle_count, 0)";
    const sign = goal.direction === "lower" ? "<" : ">=";
    const last = window.unit === "days" ? window.last : 0;
    return `select agent_id, ${no} as milestone, interactions >= ${minimum.interactions ?? 0} and ${value} ${sign} ${goal.thresholdMilli} as is_met
      from figures where window_no % ${windowsPerDay} = ${(last - 1) / 3}`;
  };
  const windowsPerDay = Math.min(10, milestones);
  await connection.run(`create temp table verdicts as ${definitions.map(verdict).join(" union all ")}`);
  connection.closeSync();
  instance.closeSync();
}

async function evaluate(apply: boolean, name: string) {
  const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
  const state = await openSqliteStore({ path: join(folder, `${name}.sqlite`), clock: { now: () => 0 } });
  const quiet = { note: () => {}, warn: () => {}, detail: () => {}, progress: () => {}, progressDone: () => {} };
  try {
    return await evaluateMilestones(
      { warehouse, store: state.decisions, clock: { now: () => Date.UTC(2024, 3, 2) }, output: quiet, runId: "bench" },
      { definitions, targets: [], zone: "UTC", asOf, since: null, apply, signal: new AbortController().signal },
    );
  } finally {
    await state.close();
    await warehouse.close();
  }
}

try {
  await prepare();
  console.log(`${agents} agents x ${milestones} milestones x ${days} days of history`);
  await timed("warm-up", bare);
  const floor = await timed("bare SQL, figures and verdicts", bare);
  const plan = await timed("evaluate, plan only", () => evaluate(false, "plan"));
  console.log(`decided ${plan.result.totals.input}, CPU of the plan against bare SQL: ${(plan.cpu / floor.cpu).toFixed(2)}`);
  if (!isPlanOnly) {
    const first = await timed("evaluate --apply, first night", () => evaluate(true, "apply"));
    await timed("evaluate --apply, the same again", () => evaluate(true, "apply"));
    console.log(`granted ${first.result.totals.granted}, CPU of the first night against bare SQL: ${(first.cpu / floor.cpu).toFixed(2)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
