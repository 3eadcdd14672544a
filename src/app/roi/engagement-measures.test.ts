import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createMartsWarehouse } from "../../../test/support/roi-marts.ts";
import { type RollOutRows, rollOutRows } from "../../../test/support/roll-out-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import { t95 } from "../../domain/estimate/distributions.ts";
import type { RoiReport } from "../../domain/roi/report/report.ts";
import { buildRoi } from "./build-roi.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-measures-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

async function reportOver(changes: Partial<RollOutRows>): Promise<{ report: RoiReport; rows: readonly Record<string, unknown>[] }> {
  const path = join(folder, `${++files}.duckdb`);
  await createMartsWarehouse(path, rollOutRows(changes));
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 1 });
  try {
    const scope = { month: null, challenge: null, compare: null };
    const { report } = await buildRoi({ warehouse, clock: { now: () => 0 }, version: "1.0.0" }, scope);
    const rows = await warehouse.rows(`select cast(agent_id as varchar) as agent, week_start_date as week, points / worked_days as points,
      quality_sum / quality_count as quality from marts.fct_agent_week order by all`);
    return { report, rows };
  } finally {
    await warehouse.close();
  }
}

const chance = (of: string) => `(('0x' || left(md5(${of}), 6))::integer / 16777216.0 - 0.5)`;
const eachWeek = `case when treated then 20 + 10 * ${chance("'p' || agent || '-' || week")} else 0 end`;
const earlier = (weeks: number) => `10 * ${chance(`'p' || agent || '-' || (week - ${weeks})`)}`;

describe("engagement measures, summed in the warehouse", () => {
  test("[S4-R65] velocity is the change a week within agents: engagement that rises by one point a week has 0.01", async () => {
    const { report } = await reportOver({ engagement: `0.4 + 0.01 * week + 0.1 * (team % 3) + 0.004 * ${chance("agent || 'e' || week")}` });
    const { velocity } = report.engagement.measures;
    expect(velocity.value).toBeCloseTo(0.01, 4);
    expect(velocity.interval?.[0]).toBeLessThan(0.01);
    expect(velocity.interval?.[1]).toBeGreaterThan(0.0095);
    expect(velocity).toMatchObject({ n: 60, unit: "share", window: { from: "2026-03-30", to: "2026-05-24" } });
  });

  test("[S4-R5] points that come back as quality two weeks later are found at a lag of two weeks, and nowhere else", async () => {
    const quality = `80 + ${earlier(2)} + 4 * ${chance("'q' || agent || '-' || week")}`;
    const { report } = await reportOver({ points: eachWeek, quality });
    const { lags, strongestLagWeeks, reason } = report.engagement.measures.triggerToQuality;
    expect([strongestLagWeeks, reason]).toEqual([2, null]);
    expect(lags.map(({ lagWeeks, correlation }) => [lagWeeks, (correlation.interval?.[0] ?? 0) > 0.5])).toEqual([
      [0, false],
      [1, false],
      [2, true],
      [3, false],
      [4, false],
    ]);
  });

  test("[S4-R5] correlation and its team-clustered interval equal the same sums done by hand", async () => {
    const quality = `80 + 0.3 * ${earlier(0)} + 4 * ${chance("'q' || agent || '-' || week")}`;
    const { report, rows } = await reportOver({ points: eachWeek, quality });
    const { correlation, standardError, teams, n } = byHand(rows);
    const found = report.engagement.measures.triggerToQuality.lags[0]?.correlation;
    const [z, reach] = [Math.atanh(correlation), (t95(teams - 1) * standardError) / (1 - correlation ** 2)];
    expect(found).toMatchObject({ n, value: expect.closeTo(correlation, 5) });
    expect(found?.interval?.[0]).toBeCloseTo(Math.tanh(z - reach), 5);
    expect(found?.interval?.[1]).toBeCloseTo(Math.tanh(z + reach), 5);
  });

  test("[S4-R65] agents whose points a day rise more and whose quality rises with them show in correlation and slope", async () => {
    const later = "case when week >= 16 and treated then agent % 5 else 0 end";
    const { report } = await reportOver({
      points: `case when treated then 20 + ${later} else 0 end`,
      quality: `80 + 0.5 * (${later}) + ${chance("'q' || agent || '-' || week || '-' || day")}`,
    });
    const { correlation, slope } = report.engagement.measures.accrualToQuality;
    expect(correlation.interval?.[0]).toBeGreaterThan(0.9);
    expect(slope.value).toBeCloseTo(0.5, 1);
    expect(slope).toMatchObject({ n: 40, window: { from: "2026-03-30", to: "2026-05-24" } });
  });

  test("[S4-R56] engagement by the local hour a shift starts, night shifts by themselves", async () => {
    const shifts = `insert into intermediate.int_shifts
      select agent_id, work_date, work_date + case when agent_no % 2 = 0 then interval 21 hour else interval 7 hour end, 'Europe/Berlin', false
      from (select *, cast(right(cast(agent_id as varchar), 4) as integer) as agent_no from marts.fct_agent_day)`;
    const zone =
      "insert into meta.zone_offset values ('Europe/Berlin', '2026-01-01', '2026-03-29 01:00:00', 3600, 't'), ('Europe/Berlin', '2026-03-29 01:00:00', '2027-01-01', 7200, 't')";
    const { report } = await reportOver({ engagement: "0.6 - 0.1 * (agent % 2) + 0.01 * (team % 4)", more: [zone, shifts] });
    const { bands, reason } = report.engagement.measures.byShiftStart;
    expect(reason).toBeNull();
    expect(bands.map(({ fromHour, engagement }) => [fromHour, engagement.n])).toEqual([
      [8, 30],
      [20, 30],
    ]);
    expect(bands[0]?.engagement.value).toBeLessThan((bands[1]?.engagement.value ?? 0) - 0.09);
    expect(bands[1]?.engagement.interval).not.toBeNull();
  });

  test("[S4-R65] what cannot be measured says why", async () => {
    const { report } = await reportOver({ engagement: "null", points: "0", quality: "null" });
    const { velocity, pointDecay, accrualToQuality, triggerToQuality, byShiftStart } = report.engagement.measures;
    expect(velocity.reason).toMatch(/no agent has 4 weeks/);
    expect(pointDecay.reason).toMatch(/no challenge has 3 whole weeks/);
    expect(accrualToQuality.correlation.reason).toMatch(/fewer than 10 agents/);
    expect(triggerToQuality.lags.map(({ correlation }) => correlation.value)).toEqual([null, null, null, null, null]);
    expect(triggerToQuality.reason).toMatch(/no lag has enough/);
    expect(byShiftStart.reason).toMatch(/no shift/);
  });
});

/** The definition of docs/roi-report.md, step by step over the same agent-weeks, at a lag of 0. */
function byHand(rows: readonly Record<string, unknown>[]) {
  const weeks = rows.map((row) => ({
    agent: String(row.agent),
    week: String(row.week),
    x: Number(row.points),
    y: Number(row.quality),
    team: Math.floor(Number(String(row.agent).slice(-6)) / 5),
  }));
  const first = new Map<string, string>();
  for (const { agent, week, x } of weeks) if (x > 0 && !first.has(agent)) first.set(agent, week);
  const pairs = weeks.filter(({ agent, week }) => week >= (first.get(agent) ?? "9"));
  const without = <Key extends "agent" | "week">(of: typeof pairs, key: Key) => {
    const mean = (own: typeof pairs, side: "x" | "y") => own.reduce((sum, pair) => sum + pair[side], 0) / own.length;
    const means = new Map(
      [...Map.groupBy(of, (pair) => pair[key])].map(([name, own]) => [name, [mean(own, "x"), mean(own, "y")] as const]),
    );
    return of.map((pair) => ({ ...pair, x: pair.x - (means.get(pair[key])?.[0] ?? 0), y: pair.y - (means.get(pair[key])?.[1] ?? 0) }));
  };
  const left = without(without(pairs, "week"), "agent");
  const sum = (pick: (pair: (typeof left)[number]) => number) => left.reduce((total, pair) => total + pick(pair), 0);
  const [xx, yy, xy] = [sum(({ x }) => x * x), sum(({ y }) => y * y), sum(({ x, y }) => x * y)];
  const correlation = xy / Math.sqrt(xx * yy);
  const n = left.length;
  const score = ({ x, y }: (typeof left)[number]) =>
    (n * x * y) / Math.sqrt(xx * yy) - (correlation / 2) * ((n * x * x) / xx + (n * y * y) / yy);
  const byTeam = [...Map.groupBy(left, ({ team }) => team).values()].map((own) => own.reduce((total, pair) => total + score(pair), 0));
  const teams = byTeam.length;
  const standardError = Math.sqrt((teams / (teams - 1)) * byTeam.reduce((total, value) => total + value ** 2, 0)) / n;
  return { correlation, standardError, teams, n };
}
