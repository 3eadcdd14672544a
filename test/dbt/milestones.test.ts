import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { listStore } from "../support/decisions.ts";
import { gami } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const streams = ["agents", "queues", "badges", "challenges", "challenge_statuses", "enrolments", "costs", "shifts", "adherence"];
const files = [...streams, "interactions", "evaluations", "surveys", "gamification_events"].map((name) => join("sim", `${name}.csv`));
const definitions = join(import.meta.dirname, "../../fixtures/milestones/simulated.yaml");

const opened: (() => void)[] = [];
/** Lets go of the warehouse, which one process holds at a time. */
function closeAll(): void {
  for (const close of opened.splice(0)) close();
}
afterEach(closeAll);

describe.runIf(requireOrSkip("python"))("milestones of a simulated centre, through import, dbt and the ledger", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-milestones-"));

  beforeAll(async () => {
    const run = async (...args: readonly string[]) => expect(await gami(folder, "--quiet", ...args)).toMatchObject({ code: 0 });
    await run("init", "--yes");
    await run("simulate", "files", "--out", "sim", "--seed", "marts", "--agents", "20", "--days", "45", "--start", "2026-02-16");
    await run("import", "csv", ...files);
    cpSync(definitions, join(folder, "milestones", "simulated.yaml"));
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function evaluate(...args: readonly string[]) {
    const { code, stdout, stderr } = await gami(folder, "evaluate", "milestones", "--json", ...args);
    return { code, stderr, ...JSON.parse(stdout) };
  }

  const stored = async () => listStore(await openSqliteStore({ path: join(folder, "gami.sqlite"), clock: { now: () => 0 } }));

  test("before dbt built anything there is nothing to decide on, and waiting would not help", async () => {
    expect(await evaluate("--apply")).toMatchObject({ code: 5, error: { code: "MARTS_MISSING" } });
  });

  test("a plan writes nothing, and says what would be written", { timeout: 300_000 }, async () => {
    expect(await gami(folder, "--quiet", "dbt", "run")).toMatchObject({ code: 0 });
    const plan = await evaluate("--since", "2026-02-16");
    expect(plan).toMatchObject({ code: 0, isApplied: false, asOf: "2026-03-31" });
    expect(plan.entries.grant).toBeGreaterThan(10);
    expect((await stored()).ledger).toEqual([]);
    const applied = await evaluate("--since", "2026-02-16", "--apply");
    expect(applied).toMatchObject({ code: 0, isApplied: true, totals: plan.totals, entries: plan.entries });
    expect((await stored()).ledger).toHaveLength(plan.entries.grant);
  });

  test("[S3-R17] the same evaluation again leaves the ledger and the decisions as they are", { timeout: 120_000 }, async () => {
    const before = await stored();
    const again = await evaluate("--since", "2026-02-16", "--apply");
    expect(again).toMatchObject({ code: 0, status: "nothing_to_do", totals: { granted: 0, duplicate: before.ledger.length } });
    expect(await stored()).toEqual(before);
  });

  test("[S3-R14] each award was earned on the day, and with the value, that the true contacts of the agent say", async () => {
    const rows = await queries(folder, [
      `create view truth as select * from read_csv('${join(folder, "sim", "truth", "agent_day.csv")}')`,
      "create view agents as select distinct agent_id::varchar as agent_id, agent_native_id from centre.marts.dim_agent",
    ]);
    const known = await rows(`
      with running as (
        select agent_native_id, work_date, sum(contacts) over (partition by agent_native_id order by work_date) as contacts
        from truth where work_date between '2026-03-01' and '2026-03-31'
      )
      select agents.agent_id, min(work_date)::varchar as day, arg_min(contacts, work_date)::varchar as value
      from running inner join agents on running.agent_native_id = agents.agent_native_id
      where contacts >= 300 group by all order by 1`);
    expect(known.length).toBeGreaterThan(10);
    const { ledger, decisions } = await stored();
    const awards = ledger
      .filter(({ definitionId }) => definitionId === "contacts_300")
      .map(({ subjectId, evidence }) => ({ agent_id: subjectId, day: JSON.parse(evidence).asOf, value: JSON.parse(evidence).value }));
    expect(awards.toSorted((one, other) => (one.agent_id < other.agent_id ? -1 : 1))).toEqual(known);
    const handleTimes = await rows(`
      select agents.agent_id, round(sum(handle_ms) / sum(contacts))::bigint::varchar as value, sum(contacts)::int as n
      from truth inner join agents on truth.agent_native_id = agents.agent_native_id
      where work_date between '2026-03-18' and '2026-03-31' group by 1 order by 1`);
    const found = decisions
      .filter(({ definitionId, verdict }) => definitionId === "aht_gold" && (verdict === "not_met" || verdict === "insufficient_data"))
      .map(({ subjectId, evidence }) => ({ agent_id: subjectId, value: JSON.parse(evidence).valueMilli, n: JSON.parse(evidence).n }));
    expect(found.length).toBeGreaterThan(10);
    const isFound = ({ agent_id: id }: Record<string, unknown>) => found.some((one) => one.agent_id === id);
    expect(found.toSorted((one, other) => (one.agent_id < other.agent_id ? -1 : 1))).toEqual(handleTimes.filter(isFound));
  });

  test("[S3-R57] an award is explained from what was stored, to the last condition", async () => {
    const { ledger } = await stored();
    const award = ledger.find(({ definitionId }) => definitionId === "aht_gold");
    const asked = ["--agent", award?.subjectId ?? "", "--milestone", "aht_gold"];
    const { stdout } = await gami(folder, "explain", "award", ...asked, "--json");
    expect(JSON.parse(stdout).periods).toMatchObject([
      { periodId: "2026-Q1", isAwarded: true, entries: [{ action: "grant", evidence: JSON.parse(award?.evidence ?? "{}") }] },
    ]);
    const { stdout: text } = await gami(folder, "explain", "milestone", ...asked);
    expect(text).toMatch(/^pass {2}at least 51 interactions {2}\d+$/m);
  });

  test("every yes and no is in the warehouse, as it was decided", async () => {
    const { decisions } = await stored();
    const rows = await queries(folder, []);
    const found = await rows(`
      select definition_id, agent_id, period_id, verdict, value_milli::varchar as value, n::int as n, window_to::date::varchar as until, rule_hash
      from centre.raw.gami_decision where superseded_seq is null order by 1, 2, 3`);
    expect(found).toEqual(
      decisions.map(({ definitionId, subjectId, periodId, verdict, evidence, ruleHash }) => {
        const { valueMilli, n, windowUntil } = JSON.parse(evidence);
        return {
          definition_id: definitionId,
          agent_id: subjectId,
          period_id: periodId,
          verdict,
          value: valueMilli,
          n,
          until: windowUntil,
          rule_hash: ruleHash,
        };
      }),
    );
    expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(["met", "not_met", "out_of_scope"]));
  });

  test("the ledger comes back as facts with the next build, and deciding on that build ages nothing", { timeout: 300_000 }, async () => {
    const before = await stored();
    expect(await gami(folder, "--quiet", "dbt", "run")).toMatchObject({ code: 0 });
    const rows = await queries(folder, []);
    const facts = await rows(`
      select awards.definition_id, sum(awards.award_count)::int as awards, count(milestones.milestone_key)::int as with_definition
      from centre.marts.fct_award as awards
      left join centre.marts.dim_milestone as milestones on awards.milestone_key = milestones.milestone_key
      group by 1 order by 1`);
    const counted = Map.groupBy(before.ledger, ({ definitionId }) => definitionId);
    expect(facts).toEqual(
      [...counted]
        .map(([id, entries]) => ({ definition_id: id, awards: entries.length, with_definition: entries.length }))
        .toSorted((one, other) => (one.definition_id < other.definition_id ? -1 : 1)),
    );
    closeAll();
    expect(await evaluate("--apply")).toMatchObject({ code: 0, status: "nothing_to_do", exported: { new: 0 } });
    expect(await stored()).toEqual(before);
  });

  test("[D1] what was decided stands in the chain and in the archive when the command ends", async () => {
    const { ledger } = await stored();
    const verified = await gami(folder, "state", "verify", "--json");
    expect(JSON.parse(verified.stdout)).toMatchObject({
      entries: ledger.length,
      chained: ledger.length,
      archivedEntries: ledger.length,
      findings: [],
    });
  });

  test("[T67] boosts are judged per challenge on its own participants, from the marts as dbt builds them", async () => {
    const judged = async () => JSON.parse((await gami(folder, "challenges", "adjust", "--json")).stdout).challenges;
    const asIs = await judged();
    expect(asIs).toHaveLength(3);
    expect(asIs.every(({ verdict, reasons }: { verdict: string; reasons: string[] }) => verdict === "held" && reasons.length > 0)).toBe(
      true,
    );
    // The same people with less interest, better work and steady handle times: what is left is that all of it is long past.
    await changeMarts(folder, [
      `update intermediate.int_agent_days_rolled set
         engagement = case when iso_week = '2026-W12' then 0.49 else 0.48 end, handle_count = 50,
         handle_seconds = 15000 * (1 + 0.1 * (day(work_date) % 2)), quality_count = 1,
         quality_sum = 80 + 0.2 * date_diff('day', date '2026-03-01', work_date) + (hash(agent_id, work_date) % 5) / 10`,
      "update marts.dim_challenge set multiplier = 1, ends_at = null, budget_minor = null",
    ]);
    const first = (await judged()).find(({ gates }: { gates: { name: string; pass: boolean | null }[] }) =>
      gates.some(({ name, pass }) => name === "engagement" && pass),
    );
    expect(first).toMatchObject({ week: "2026-W13", verdict: "held" });
    const failed = first.gates.filter(({ pass }: { pass: boolean | null }) => pass !== true).map(({ name }: { name: string }) => name);
    expect(failed).toEqual(["weeks", "shift_plan"]);
    expect(first.gates.find(({ name }: { name: string }) => name === "engagement").value).toMatch(
      /^2026-W12 0\.490 of \d+ in \d+ agents, 2026-W13 0\.480 of \d+ in \d+ agents$/,
    );
  });
});

/** Questions to a DuckDB of its own, with the project's warehouse attached as `centre`. */
async function queries(folder: string, first: readonly string[]) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`attach '${join(folder, "gami.duckdb")}' as centre (read_only)`);
  for (const sql of first) await connection.run(sql);
  opened.push(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

async function changeMarts(folder: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, "gami.duckdb"));
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
