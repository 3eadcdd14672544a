import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createEmptyWarehouse } from "../../../test/support/empty-warehouse.ts";
import { bankLikeRows, createMartsWarehouse, programmeRows, runInWarehouse } from "../../../test/support/roi-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { ReportScope } from "../../domain/roi/report/report.ts";
import { exitCodeOf } from "../../exit-codes.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { buildRoi, type RoiDeps } from "./build-roi.ts";
import { reportRoi } from "./report-roi.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-roi-"));
const opened: Warehouse[] = [];
afterEach(async () => {
  for (const warehouse of opened.splice(0)) await warehouse.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const everything: ReportScope = { month: null, challenge: null, compare: null };
let files = 0;

async function depsOver(rows: readonly string[]): Promise<RoiDeps & { readonly path: string }> {
  const path = join(folder, `${++files}.duckdb`);
  await createMartsWarehouse(path, rows);
  return { path, ...open(path) };
}

function open(path: string): RoiDeps {
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 1 });
  opened.push(warehouse);
  return { warehouse, clock: { now: () => Date.UTC(2026, 3, 1) }, version: "1.0.0" };
}

async function keptReports({ warehouse }: RoiDeps): Promise<number> {
  const [row] = await warehouse.rows("select count(*) as reports from meta.roi_result");
  return Number(row?.reports);
}

describe("the report from a warehouse", () => {
  test("[T63] two weeks of the bank log compare as a loss of 42.75171 hours", async () => {
    const deps = await depsOver(bankLikeRows);
    const { report } = await reportRoi(deps, { ...everything, compare: "1999-W05:1999-W08" });
    expect(report.comparison?.savedHours.value).toBe(-42.75171);
    expect(report.comparison).toMatchObject({ verdict: "loss", provisionalDays: 1, before: { daysUsed: 1, daysExpected: 7 } });
    expect(report.evidence.grade).toBe("D");
    expect(report).toMatchObject({ asOf: "1999-02-01", window: { from: "1999-02-01", to: "1999-02-22" } });
    expect(report.dataQuality.days).toHaveLength(22);
    expect(report.dataQuality.daysUsed.value).toBe(2);
  });

  test("[S4-R36] [T59] figures come from the marts: sums, months, challenges, horizons, risk", async () => {
    const { report } = await reportRoi(await depsOver(programmeRows), everything);
    expect(report.evidence).toMatchObject({
      grade: "C",
      reasons: expect.arrayContaining(["enrolled agents: 1; at work and never enrolled: 1"]),
    });
    expect(report.weeks).toHaveLength(12);
    expect(report.weeks[0]).toMatchObject({
      label: "2026-W02",
      daysUsed: 7,
      isFinal: true,
      averageHandleTime: { value: 299.5 },
      meanEngagement: { value: 0.6 },
    });
    const [february] = report.months;
    expect(february).toMatchObject({
      label: "2026-02",
      pointsPaid: { value: 45 },
      pointsWeighted: { value: 30 },
      pointsUnweighted: { value: 35 },
    });
    expect([february?.gain.amountMinor, february?.cost.amountMinor, february?.cost.n]).toEqual([4_500n, 80_000n, 2]);
    expect(report.money.notes).toEqual(["cost entries in another currency than USD, or without a kind, day or amount, not counted: 1"]);
    expect(report.challenges.map(({ name, status }) => [name, status])).toEqual([["Sprint", "expired"]]);
    expect(report.challenges[0]).toMatchObject({
      gain: { amountMinor: 120_000n },
      gainWeighted: { amountMinor: 100_000n },
      roi: { value: 0.5 },
      roiWeighted: { value: 0.25 },
    });
    expect(report.lifecycle[0]).toMatchObject({
      status: "expired",
      changedOn: "2026-03-01",
      days: expect.arrayContaining([{ offset: -14, mean: 0.6, low: null, high: null, agents: 1 }]),
      change: { value: 0, intervalReason: "fewer than 5 teams were observed" },
      recoveryDay: { value: null, reason: "whether there is a dip is not known: fewer than 5 teams were observed" },
    });
    expect(report.lifecycle[0]?.days).toHaveLength(43);
    expect(report.horizons[0]).toMatchObject({
      state: "measured",
      averageHandleTimeChange: { value: -10, n: 140 },
      gain: { amountMinor: 1_500n },
    });
    expect(report.horizons[1]).toMatchObject({ state: "not_yet", reason: "not yet: 56 of 90 days of follow-up are loaded, 34 to go" });
    expect(report.turnover.rows.map(({ threshold, atRiskShare }) => [threshold, atRiskShare.value])).toEqual([
      [0.4, 0.125],
      [0.5, 0.5],
    ]);
    expect(report.dataQuality.duplicateRate).toMatchObject({ value: 0.03, interval: [0.01724, 0.0517], n: 400 });
    expect(report.engagement.distribution.find(({ agents }) => agents > 0)).toEqual({ from: 0.6, to: 0.65, agents: 2 });
  });

  test("[S4-R44] a boost of gami's ledger is among the changes of its challenge, once, with what engagement did before and after", async () => {
    const entry = (no: number, challenge: string, action: string, state: string, source = "'genesys'") =>
      `insert into raw.gami_ledger_entry (business_key, source, revision, row_hash, seq, superseded_seq, is_deleted, event_at, recorded_at, batch_id,
         mapper_version, award_key, entry_no, definition_id, period_id, kind, action, amount, unit, commit_state, occurred_at, posted_at, rule_hash,
         reason, challenge_native_id, challenge_source)
       values (uuid(), 'gami', 1, uuid(), ${no}, ${state}, false, timestamp '2026-02-16 09:00', timestamp '2026-02-16 09:00', 'b', 'ledger-2', 'k${no}', 1,
         'engagement_boost', '2026-W07', 'adjustment', '${action}', 1200, 'multiplier_milli', 'final', timestamp '2026-02-16 09:00',
         timestamp '2026-02-16 09:00', 'r', 'multiplier 1 to 1.2 for 7 days: engagement 2026-W06 0.490', '${challenge}', ${source})`;
    const deps = await depsOver([
      ...programmeRows,
      entry(1, "c-1", "grant", "null"),
      entry(2, "c-1", "grant", "3"),
      entry(3, "another", "grant", "null"),
      // Another platform's challenge of the same id, on another day.
      entry(4, "c-1", "grant", "null", "'cxone'").replaceAll("02-16", "02-18"),
      // Approved before entries named the platform.
      entry(5, "c-1", "grant", "null", "null"),
      // The platform tells of the same boost: it is one change. Its end is another.
      `insert into marts.dim_challenge select challenge_id, challenge_name, challenge_native_id, starts_at, ends_at, timestamp '2026-02-16 10:00', 1.2, 10, 85, source
         from marts.dim_challenge where valid_from < timestamp '2000-01-01'`,
    ]);
    const { report } = await reportRoi(deps, everything);
    const terms = report.lifecycle.filter(({ kind }) => kind === "terms");
    expect(terms).toMatchObject([
      {
        status: "boost: multiplier 1 to 1.2 for 7 days",
        changedOn: "2026-02-16",
        before: { value: 0.6 },
        change: { value: 0, n: 14, intervalReason: "fewer than 5 teams were observed" },
      },
    ]);
  });

  test("a month narrows the report, and a month without data is refused with the days there are", async () => {
    const deps = await depsOver(programmeRows);
    const { report } = await reportRoi(deps, { ...everything, month: "2026-02" });
    expect(report.window).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(report.keyFigures.handledInteractions.value).toBe(560);
    await expect(reportRoi(deps, { ...everything, month: "2025-02" })).rejects.toThrow(
      "--month 2025-02 lies outside the loaded days, 2026-01-05 to 2026-03-29",
    );
    await expect(reportRoi(deps, { ...everything, month: "2026-13" })).rejects.toThrow("--month 2026-13 is no month");
  });

  test("a challenge is found by its id and by the platform's own, and an unknown one is refused", async () => {
    const deps = await depsOver(programmeRows);
    for (const challenge of ["c-1", "00000000-0000-0000-0000-0000000000c1"]) {
      expect((await reportRoi(deps, { ...everything, challenge })).report.challenges).toHaveLength(1);
    }
    await expect(reportRoi(deps, { ...everything, challenge: "c-9'; drop table meta.build" })).rejects.toThrow(
      "has no event, effect or cost",
    );
    expect(await keptReports(deps)).toBe(2);
  });
});

test("[S4-R67] refused records are a share of what others sent: settings do not count, and what a retry took in is refused no more", async () => {
  const batch = (id: string, source: string, received: number, refused: number) =>
    `insert into meta.batch values
      ('${id}', '${source}', 's', 1, null, null, null, timestamp '2026-04-01', ${received}, ${received - refused}, 0, 0, 0, 0, ${refused})`;
  const deps = await depsOver([
    ...programmeRows,
    batch("a", "csv:calls", 100, 10),
    batch("b", "csv:calls", 4, 0),
    batch("c", "gami", 70, 0),
    "insert into meta.quarantine_retry values ('a', 'line 1', 'b'), ('a', 'line 2', 'b'), ('a', 'line 3', 'b'), ('a', 'line 4', 'b')",
  ]);
  const { report } = await reportRoi(deps, everything);
  expect(report.dataQuality.quarantineRate).toMatchObject({ value: 0.06, n: 100 });
});

test("a month's share of interactions left out is of that month alone; what has no instant is in the whole report only", async () => {
  const deps = await depsOver([
    ...programmeRows,
    "insert into marts.fct_interaction select '2026-02-10', 'answered', '00000000-0000-0000-0000-000000000001' from range(9)",
    `insert into intermediate.int_interactions_resolved
      select false, true, '2026-01-10', timestamp '2026-01-10 10:00' from range(8)
      union all select false, false, null, timestamp '2026-02-10 10:00'
      union all select false, true, null, null
      union all select true, true, '2026-02-10', timestamp '2026-02-10 10:00'
      union all select false, false, '2026-02-10', timestamp '2026-02-10 10:00'`,
  ]);
  const leftOut = async (month: string | null) => (await reportRoi(deps, { ...everything, month })).report.dataQuality.leftOutRate;
  expect(await leftOut("2026-02")).toMatchObject({ value: 0.1, n: 10 });
  expect(await leftOut("2026-03")).toMatchObject({ value: null });
  expect(await leftOut(null)).toMatchObject({ value: 0.52632, n: 19 });
});

test("a challenge's participants are all who took part in the window, not those of its largest month", async () => {
  const deps = await depsOver([
    ...programmeRows,
    `insert into marts.fct_gamification_event
      select '00000000-0000-0000-0000-0000000000c1', cast('00000000-0000-0000-0000-00000000000' || agent as uuid), cast(day as date), 1
      from (values (1, '2026-02-11'), (2, '2026-02-11'), (2, '2026-03-02'), (3, '2026-03-02'), (4, '2026-03-03')) as events(agent, day)`,
    `insert into marts.fct_challenge_month values
      ('2026-03', '00000000-0000-0000-0000-0000000000c1', 'Sprint', false, 3, 3, 3, 3, 3, 0, 0, 0, null)`,
  ]);
  const participants = async (month: string | null) =>
    (await reportRoi(deps, { ...everything, month })).report.challenges.map((challenge) => challenge.participants.value);
  expect(await participants(null)).toEqual([4]);
  expect(await participants("2026-02")).toEqual([2]);
  expect(await participants("2026-03")).toEqual([3]);
});

test("days used are counted over the whole window, beyond the 400 days that are shown", async () => {
  const deps = await depsOver([
    ...programmeRows,
    `insert into marts.fct_agent_day
      select '00000000-0000-0000-0000-000000000001', cast(day as date), strftime(day, '%Y-%m'), strftime(day, '%G-W%V'), true, 'final', 10, 10, 3000, 80, 1, 0.6, 2, 5, 0.6
      from generate_series(timestamp '2024-03-30', timestamp '2026-01-04', interval 1 day) as days(day)`,
  ]);
  const { report } = await reportRoi(deps, everything);
  expect(report.dataQuality.daysUsed).toMatchObject({ value: 730, n: 730 });
  expect(report.dataQuality.days).toHaveLength(400);
});

describe("keeping reports", () => {
  test("[S4-R44] building twice adds nothing, and a report reads what was kept", async () => {
    const deps = await depsOver(programmeRows);
    const first = await buildRoi(deps, everything);
    const second = await buildRoi(deps, everything);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.resultId).toBe(first.resultId);
    const read = await reportRoi(deps, everything);
    expect(read).toMatchObject({ resultId: first.resultId, isNew: false });
    expect(read.report).toEqual(first.report);
    expect(await keptReports(deps)).toBe(1);
  });

  test("a new dbt build makes a new report beside the old one", async () => {
    const deps = await depsOver(programmeRows);
    await reportRoi(deps, everything);
    await deps.warehouse.release();
    await runInWarehouse(deps.path, [
      "insert into meta.build values ('build-2', 0, timestamp '2026-04-02 06:00:00')",
      "update marts.fct_agent_day set handle_seconds = handle_seconds + 1",
    ]);
    expect((await reportRoi(deps, everything)).isNew).toBe(true);
    expect(await keptReports(deps)).toBe(2);
  });
});

describe("what a report refuses", () => {
  test("[S4-R44] a warehouse without marts asks for a dbt build and exits 5, so that no scheduler tries for ever", async () => {
    const path = join(folder, "empty.duckdb");
    await createEmptyWarehouse(path);
    const error: unknown = await reportRoi(open(path), everything).catch((thrown: unknown) => thrown);
    expect(exitCodeOf(error)).toBe(5);
    expect(error).toMatchObject({ code: "MARTS_MISSING", hint: "run 'gami dbt build', then ask for the report again" });
  });

  test("marts of a failed build are not read, and the exit code is 5", async () => {
    const deps = await depsOver([...programmeRows, "insert into meta.build values ('build-2', 3, timestamp '2026-04-02 06:00:00')"]);
    const error: unknown = await reportRoi(deps, everything).catch((thrown: unknown) => thrown);
    expect(exitCodeOf(error)).toBe(5);
    expect(error).toMatchObject({ code: "BUILD_FAILED", message: expect.stringContaining("failed in 3 models or tests") });
    expect(await keptReports(deps)).toBe(0);
  });

  test("marts without a row give a report that says there is nothing", async () => {
    const { report } = await reportRoi(await depsOver(programmeRows.slice(0, 1)), everything);
    expect(report).toMatchObject({
      asOf: null,
      window: null,
      headline: { text: "Nothing to report yet: no handled interaction is loaded." },
    });
  });

  test("two periods the wrong way round are refused with an example", async () => {
    const deps = await depsOver(programmeRows);
    await expect(reportRoi(deps, { ...everything, compare: "1999-W08:1999-W05" })).rejects.toMatchObject({ code: "COMPARE" });
  });
});
