import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { prepareForModels } from "../../src/app/ingest/prepare-for-models.ts";
import { readEmployments } from "../../src/app/roi/assess-programme.ts";
import type { StreamName } from "../../src/domain/records/streams.ts";
import type { Row } from "../../src/ports/warehouse.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

type Columns = Readonly<Record<string, string | number | boolean | null>>;

const day = (date: string) => Date.parse(`${date}T12:00:00Z`);
const dayNumber = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** Who was employed when, from the records of the agents to every mart that counts people. */
describe.runIf(requireOrSkip("python"))("the employment of people who left and came back", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-employment-"));
  const file = join(folder, "gami.duckdb");
  let now = Date.parse("2026-05-20T00:00:00Z");

  beforeAll(async () => {
    const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
    const archive = openParquetArchive({ path: join(folder, "archive") });
    const stores = { warehouse, archive, clock: { now: () => (now += 60_000) } };
    let reads = 0;
    const load = async (stream: StreamName, source: string, records: readonly Columns[]) => {
      reads++;
      const items = records.map((columns, index) => recordItem(stream, `${reads}:${index}`, columns));
      const { totals } = await loadRead(stores, readOf(items, { source, streams: [stream], mapperVersion: `read-${reads}` }));
      expect(totals.quarantined).toBe(0);
    };
    const call = (agent: string, date: string) => ({
      interaction_id: `${agent} ${date}`,
      agent_native_id: agent,
      started_at: day(date),
      entered_at: day(date),
      handle_ms: 60_000,
      talk_ms: 60_000,
      outcome: "answered",
    });
    await load("agent", "csv:one", [
      { agent_native_id: "stays", hired_on: "2025-01-01" },
      { agent_native_id: "moves", hired_on: "2025-01-01", left_on: "2026-01-20", left_reason: "voluntary", team_id: "old" },
    ]);
    for (const dates of [
      { hired_on: "2025-02-01" },
      { hired_on: "2025-02-01", left_on: "2026-01-19", left_reason: "involuntary" },
      { hired_on: "2025-02-01", left_on: "2026-01-20", left_reason: "involuntary" },
      { hired_on: "2026-03-09" },
      { hired_on: "2026-03-10" },
    ])
      await load("agent", "csv:one", [{ agent_native_id: "returns", ...dates }]);
    await load("agent", "csv:two", [{ agent_native_id: "moves", hired_on: "2026-03-10", team_id: "new" }]);
    await load("interaction", "csv:one", [call("stays", "2026-01-05"), call("moves", "2026-01-06"), call("stays", "2026-04-30")]);
    await load("interaction", "csv:one", [call("returns", "2026-01-06"), call("returns", "2026-03-11")]);
    await load("interaction", "csv:two", [call("moves", "2026-03-11")]);
    await load("identity", "csv:links", [
      link("csv:one", "stays", "stays"),
      link("csv:one", "returns", "returns"),
      link("csv:one", "moves", "moves"),
      link("csv:two", "moves", "moves"),
    ]);
    await load(
      "enrolment",
      "csv:one",
      ["stays", "moves", "returns"].map((agent) => ({ programme: "p", agent_native_id: agent, enrolled_at: day("2026-01-08") })),
    );
    await prepareForModels(stores, { organisation_zone: "UTC", identity: "mapped" });
    await warehouse.close();
    await archive.close();
    const dbt = startDbtServer(dbtEnvironment() ?? "", join(folder, "target"));
    try {
      await dbt.run(file, "build", "--exclude-resource-type", "unit_test");
    } finally {
      await dbt.close();
    }
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function link(system: string, account: string, person: string): Columns {
    return {
      source_system: system,
      agent_native_id: account,
      effective_at: Date.parse("2025-01-01T00:00:00Z"),
      agent_id: person,
      method: "manual",
    };
  }

  async function asked<T>(ask: (warehouse: ReturnType<typeof openDuckDbWarehouse>) => Promise<T>): Promise<T> {
    const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
    try {
      return await ask(warehouse);
    } finally {
      await warehouse.close();
    }
  }
  const rows = (sql: string): Promise<Row[]> => asked((warehouse) => warehouse.rows(sql));

  const months = (person: string) =>
    rows(`select months.year_month, months.employed_days::integer as days, months.has_left, months.left_reason as reason
      from marts.fct_agent_month as months
      where months.agent_id in (select agent_id from marts.dim_agent where agent_native_id = '${person}') order by months.year_month`);

  /** Hired, the end of observation and whether it was a leaving, of the stint that attrition counts. */
  async function observed(person: string) {
    const [known] = await rows(`select distinct agent_id::varchar as id from marts.dim_agent where agent_native_id = '${person}'`);
    const employments = await asked((warehouse) => readEmployments(warehouse, "2026-04-29"));
    return employments.filter(({ agent }) => agent === known?.id).map(({ hired, until, hasLeft }) => ({ hired, until, hasLeft }));
  }

  test("[T78] the days between two accounts of one person are no employment: a leaver in January, a joiner in March", async () => {
    expect(await months("moves")).toEqual([
      { year_month: "2026-01", days: 16, has_left: true, reason: "voluntary" },
      { year_month: "2026-02", days: 0, has_left: false, reason: null },
      { year_month: "2026-03", days: 22, has_left: false, reason: null },
      { year_month: "2026-04", days: 30, has_left: false, reason: null },
    ]);
    expect(await observed("moves")).toEqual([{ hired: dayNumber("2025-01-01"), until: dayNumber("2026-01-20"), hasLeft: true }]);
  });

  test("[T56] who left and was hired again was employed before, and is a leaver in January and a joiner in March", async () => {
    expect(await months("returns")).toEqual([
      { year_month: "2026-01", days: 16, has_left: true, reason: "involuntary" },
      { year_month: "2026-02", days: 0, has_left: false, reason: null },
      { year_month: "2026-03", days: 22, has_left: false, reason: null },
      { year_month: "2026-04", days: 30, has_left: false, reason: null },
    ]);
    expect(await observed("returns")).toEqual([{ hired: dayNumber("2025-02-01"), until: dayNumber("2026-01-20"), hasLeft: true }]);
  });

  test("[T56] a day has the team of the account the person worked under then, not of the closed one", async () => {
    const teams = await rows(`
      select agents.team_id as team, min(days.work_date)::varchar as first, max(days.work_date)::varchar as last
      from marts.fct_agent_day as days inner join marts.dim_agent as agents using (agent_key)
      where agents.agent_native_id = 'moves' group by agents.team_id order by first`);
    expect(teams).toEqual([
      { team: "old", first: "2026-01-05", last: "2026-03-09" },
      { team: "new", first: "2026-03-10", last: "2026-04-30" },
    ]);
  });

  test("[T54] head-counts, leavers and the days that bear cost follow employment", async () => {
    const counts = await rows(`
      select year_month, agents_employed::integer as employed, agents_employed_at_start::integer as at_start,
        stability_leavers::integer as leavers, stability_agents::integer as followed
      from marts.fct_program_month order by year_month`);
    expect(counts).toEqual([
      { year_month: "2026-01", employed: 3, at_start: 3, leavers: null, followed: 0 },
      { year_month: "2026-02", employed: 1, at_start: 1, leavers: null, followed: 0 },
      { year_month: "2026-03", employed: 3, at_start: 1, leavers: null, followed: 0 },
      { year_month: "2026-04", employed: 3, at_start: 3, leavers: 2, followed: 3 },
    ]);
    const [bearing] = await rows(`
      select count(*)::integer as n from intermediate.int_effects_by_agent_day as effects
      inner join marts.fct_agent_day as days using (agent_id, work_date) where not days.is_employed`);
    expect(bearing).toEqual({ n: 0 });
  });
});
