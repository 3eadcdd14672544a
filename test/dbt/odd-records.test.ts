import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { prepareForModels } from "../../src/app/ingest/prepare-for-models.ts";
import type { StreamName } from "../../src/domain/records/streams.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { onFile } from "../support/random-history.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const eve = { agent_native_id: "eve" };

const ahead = (stream: StreamName, columns: Readonly<Record<string, string | number>>) =>
  [stream, recordItem(stream, "1", columns)] as const;
/** Dated ten years too late by mistake, one of each kind of work; and what may well be planned for then. */
const recordsAhead = [
  ahead("agent", { ...eve, hired_on: "2026-03-01", zone: "UTC" }),
  ahead("evaluation", { ...eve, evaluation_id: "q1", score_milli: 8, max_score_milli: 10, evaluated_at: at("2036-06-01") }),
  ahead("survey", { ...eve, survey_id: "s1", score_milli: 4, answered_at: at("2036-07-01") }),
  ahead("performance_day", { ...eve, work_date: "2036-08-01", interactions: 3, handle_ms: 60_000 }),
  ahead("adherence", {
    ...eve,
    starts_at: at("2036-09-01"),
    ends_at: at("2036-09-01") + 60_000,
    scheduled_ms: 60_000,
    adherent_ms: 60_000,
  }),
  ahead("gamification_event", {
    ...eve,
    event_id: "e2",
    metric: "m",
    occurred_at: at("2036-10-01"),
    event_kind: "points_earned",
    points_milli: 1_000,
  }),
  ahead("enrolment", { ...eve, programme: "p", enrolled_at: at("2026-03-02") }),
  ahead("shift", { ...eve, shift_native_id: "1", starts_at: at("2036-11-01"), ends_at: at("2036-11-01") + 3_600_000 }),
  ahead("challenge", { challenge_native_id: "c1", name: "c1", starts_at: at("2026-03-01"), ends_at: at("2036-12-01") }),
];

/** Records that a source may well send, and that no data test of the build may fall over. */
describe.runIf(requireOrSkip("python"))("a build over odd records", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-odd-"));
  const file = join(folder, "gami.duckdb");

  beforeAll(async () => {
    const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
    const archive = openParquetArchive({ path: join(folder, "archive") });
    const stores = { warehouse, archive, clock: { now: () => Date.parse("2026-03-20T00:00:00Z") } };
    await loadRead(
      stores,
      readOf([recordItem("agent", "1", { agent_native_id: "ann", zone: "America/Los_Angeles" })], { streams: ["agent"] }),
    );
    const call = (no: number, at: string, agent = "ann") =>
      recordItem("interaction", `${no}`, {
        interaction_id: `i${no}`,
        agent_native_id: agent,
        started_at: Date.parse(at),
        handle_ms: 60_000,
        outcome: "answered",
      });
    // The first one is dated by a platform's zero: in Los Angeles that is New Year's Eve of 1969.
    await loadRead(stores, readOf([call(1, "1970-01-01T00:00:00Z"), call(2, "2026-03-02T18:00:00Z")]));
    const event = recordItem("gamification_event", "1", {
      event_id: "e1",
      agent_native_id: "ann",
      metric: "m",
      occurred_at: Date.parse("2026-03-02T18:00:00Z"),
      event_kind: "points_earned",
      points_milli: -1_000,
    });
    await loadRead(stores, readOf([event], { streams: ["gamification_event"] }));
    for (const [stream, item] of [["interaction", call(3, "2036-05-01T12:00:00Z", "eve")], ...recordsAhead] as const)
      await loadRead(stores, readOf([item], { streams: [stream] }));
    await prepareForModels(stores, { organisation_zone: "UTC", identity: "self" });
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

  test("an interaction at the zero of all clocks counts on its local day, the last of 1969", async () => {
    const days = await onFile(file, (rows) =>
      rows(
        "select cast(work_date as varchar) as day, interactions::integer as n from marts.fct_agent_day where interactions > 0 order by day",
      ),
    );
    expect(days).toEqual([
      { day: "1969-12-31", n: 1 },
      { day: "2026-03-02", n: 1 },
      { day: "2036-05-01", n: 1 },
      { day: "2036-08-01", n: 3 },
    ]);
  });

  test("a month in which one point was taken away adds up over its challenges", async () => {
    const months = await onFile(file, (rows) => rows("select points_credited from marts.fct_program_month where year_month = '2026-03'"));
    expect(months).toEqual([{ points_credited: -1 }]);
  });

  test("what is dated ahead of its loading keeps its day and its agent, and draws no other day, agent or month out to it", async () => {
    const ask = (sql: string) => onFile(file, (rows) => rows(sql));
    expect(await ask("select distinct cast(last_date as varchar) as day from intermediate.int_sources_loaded")).toEqual([
      { day: "2026-03-02" },
    ]);
    const ahead = await ask(`
      select cast(days.work_date as varchar) as day, agents.agent_native_id as agent, days.is_employed
      from marts.fct_agent_day as days inner join marts.dim_agent as agents on days.agent_key = agents.agent_key
      where days.work_date > date '2026-03-03' order by all`);
    const days = ["05", "06", "07", "08", "09", "10"].map((month) => `2036-${month}-01`);
    expect(ahead).toEqual(days.map((day) => ({ day, agent: "eve", is_employed: false })));
    for (const mart of ["fct_agent_month", "fct_program_month", "fct_challenge_month"]) {
      const months = await ask(`select distinct year_month from marts.${mart} where year_month between '2026-04' and '2036-04'`);
      expect(months, mart).toEqual([]);
    }
  });

  test("what is dated ahead of its loading is counted, in the month it says", async () => {
    const counted = await onFile(file, (rows) =>
      rows(`select year_month, records_ahead from marts.fct_data_quality_month where records_ahead > 0 order by year_month`),
    );
    const months = ["05", "06", "07", "08", "10"].map((month) => `2036-${month}`);
    expect(counted).toEqual(months.map((month) => ({ year_month: month, records_ahead: "1" })));
  });
});
