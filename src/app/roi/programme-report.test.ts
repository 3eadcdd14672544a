import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createMartsWarehouse } from "../../../test/support/roi-marts.ts";
import { reportSchema } from "../../../test/support/roi-report-schema.ts";
import { type RollOutRows, rollOut, rollOutRows } from "../../../test/support/roll-out-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { ReportScope, RoiReport } from "../../domain/roi/report/report.ts";
import { reportToJson, reportToText } from "../../domain/roi/report/report-json.ts";
import { buildRoi } from "./build-roi.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-programme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const everything: ReportScope = { month: null, challenge: null, compare: null };
let files = 0;

/** The report as `gami roi report` makes it, over marts written by hand. */
async function reportOver(changes: Partial<RollOutRows> = {}, scope: ReportScope = everything): Promise<RoiReport> {
  const path = join(folder, `${++files}.duckdb`);
  await createMartsWarehouse(path, rollOutRows(changes));
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 1 });
  try {
    return (await buildRoi({ warehouse, clock: { now: () => Date.UTC(2026, 11, 31) }, version: "1.0.0" }, scope)).report;
  } finally {
    await warehouse.close();
  }
}

describe("a staggered roll-out", () => {
  test("[S4-R30] [T63] reaches grade B: ROI with interval and chance, and the true effect of -8 s inside", async () => {
    const report = await reportOver();
    expect(report.evidence).toMatchObject({ grade: "B", reading: "causal", design: "staggered_roll_out" });
    expect(report.headline).toMatchObject({ roiStated: true, reason: null });
    expect(report.headline.text).toMatch(/^The programme returned .+ on its cost, 95 % interval .+ evidence grade B\.$/);
    const [handleTime] = report.effect?.outcomes ?? [];
    const [low = 0, high = 0] = handleTime?.overall.interval ?? [];
    expect(low).toBeLessThan(-8);
    expect(high).toBeGreaterThan(-8);
    expect(handleTime).toMatchObject({ enrolledAgents: 40, controlAgents: 20, teams: 12, controls: "not-yet" });
    const { roi, probabilityPositive } = report.effect?.money ?? {};
    expect(roi?.interval?.[0]).toBeLessThan(roi?.value ?? 0);
    expect(probabilityPositive?.value).toBeGreaterThan(0);
    expect(reportSchema.safeParse(reportToJson(report)).error?.issues ?? []).toEqual([]);
  });

  test("what holds all weeks at once is never narrower than a week by itself, with few teams neither", async () => {
    const weeks = (await reportOver()).effect?.outcomes[0]?.eventWeeks ?? [];
    expect(weeks.length).toBeGreaterThan(10);
    for (const { low, high, bandLow, bandHigh } of weeks) {
      expect(bandLow ?? Number.NaN).toBeLessThanOrEqual(low ?? Number.NaN);
      expect(bandHigh ?? Number.NaN).toBeGreaterThanOrEqual(high ?? Number.NaN);
    }
  });

  test("the gain is the effect times contacts, hours' rate and realisation, and its error that of the effect", async () => {
    const { effect, money } = await reportOver();
    const [handleTime] = effect?.outcomes ?? [];
    const perSecond = ((effect?.money.gain.n ?? 0) / 3600) * 3_000 * 0.6;
    expect(Number(effect?.money.gain.amountMinor)).toBeCloseTo(-(handleTime?.overall.value ?? 0) * perSecond, -1);
    expect(Number(effect?.money.standardErrorMinor)).toBeCloseTo((handleTime?.standardError ?? 0) * perSecond, -1);
    expect(money.gain.amountMinor).toBe(effect?.money.gain.amountMinor);
    expect(money.cost.amountMinor).toBe(200_000n);
  });

  test("[T63] at other rates the interval scales with the gain, and the ROI in force is the headline's", async () => {
    const { money } = await reportOver();
    const inForce = money.rates.rows.find(({ isConfigured }) => isConfigured);
    expect(inForce?.roi).toEqual(money.roi);
    const other = money.rates.rows.find(({ ratePerHourMinor, realisation }) => ratePerHourMinor === 3_750n && realisation === 1);
    const factor = 3_750 / (3_000 * 0.6);
    expect(((other?.roi.interval?.[1] ?? 0) + 1) / ((money.roi.interval?.[1] ?? 0) + 1)).toBeCloseTo(factor, 3);
    const { amountMinor, interval } = money.rates.breakEvenPerHour;
    expect(Number(amountMinor) / 1_800).toBeCloseTo(1 / ((money.roi.value ?? 0) + 1), 2);
    expect(interval === null || interval.fromMinor < (amountMinor ?? 0n)).toBe(true);
  });

  test("[S4-R31] contributions of what is counted add up to the ROI plus one, and a priced quality point joins by resampling teams", async () => {
    const priced = "insert into meta.setting values ('usd_per_quality_point_minor', '500')";
    const better = `${rollOut.quality} + case when treated then 2 else 0 end`;
    const { effect } = await reportOver({ more: [priced], quality: better });
    const counted = effect?.money.parts.filter(({ isCounted }) => isCounted) ?? [];
    expect(counted.map(({ name }) => name)).toEqual(["Handle time", "Quality"]);
    const sum = counted.reduce((total, { contribution }) => total + (contribution.value ?? Number.NaN), 0);
    expect(sum - 1).toBeCloseTo(effect?.money.roi.value ?? Number.NaN, 4);
    expect(Number(effect?.money.standardErrorMinor)).toBeGreaterThan(0);
  });

  test("a challenge has its own effect, beside agents in none meanwhile; one that is the programme has the programme's", async () => {
    const events = (challenge: number, where: string, weeks: string) => `insert into marts.fct_gamification_event
      select '00000000-0000-0000-0000-00000000000${challenge}', agent_id, enrolled_on + 7 * cast(week as integer), 5
      from intermediate.int_first_enrolments, generate_series(${weeks}) as run(week) where ${where}`;
    const one = events(1, "true", "0, 10");
    const treatedFrom = "case when team % 2 = 0 then 9 end";
    const { effect } = await reportOver({ treatedFrom, more: [one] });
    expect(effect?.challenges).toMatchObject([{ launchedIn: "2026-W11", participants: 30, controls: 30 }]);
    const [measured] = effect?.challenges ?? [];
    expect(measured?.effect.value).toBeCloseTo(effect?.outcomes[0]?.overall.value ?? Number.NaN, 4);
    const [low, high] = measured?.effect.interval ?? [];
    expect((low ?? 0) < -8 && -8 < (high ?? -99)).toBe(true);
    const few = events(2, "agent_id < '00000000-0000-0000-0000-000000000004'", "0, 2");
    const chosen = await reportOver({ treatedFrom, allocation: "performance", more: [one, few] });
    expect(chosen.effect?.challenges.map(({ effect: figure }) => figure.reason)).toEqual([
      "withheld: agents were chosen by their results",
      "withheld: agents were chosen by their results",
    ]);
    const small = await reportOver({ treatedFrom, more: [few] });
    expect(small.effect?.challenges[0]?.effect.reason).toMatch(/^fewer than 10 agents in it/);
  });

  test("the same data gives the same bytes twice, with bands, placebos and bootstraps in them", async () => {
    expect(reportToText(await reportOver())).toBe(reportToText(await reportOver()));
  });

  test("a month or a challenge has no comparison group of its own: grade C and no ROI in the headline", async () => {
    const report = await reportOver({}, { ...everything, month: "2026-04" });
    expect(report).toMatchObject({ effect: null, evidence: { grade: "C" }, headline: { roiStated: false } });
  });
});

describe("agents enrolled because of their results", () => {
  test("[T63] get a bracket and no ROI anywhere", async () => {
    const report = await reportOver({ allocation: "performance" });
    expect(report.evidence.grade).toBe("C");
    expect(report.evidence.reasons.join(" ")).toMatch(
      /were \d+\.\d s (slower|faster) than all: \d+\.\d s of a change to (faster|slower) would come by itself/,
    );
    expect(report.headline.text).toMatch(/only to lie between .+ and no ROI can be stated\.$/);
    expect(report.effect?.bracket).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
    for (const roi of [report.keyFigures.roi, report.money.roi, report.effect?.money.roi, ...report.months.map((month) => month.roi)])
      expect(roi?.value).toBeNull();
    for (const { roi } of [...report.horizons, ...report.challenges]) expect(roi.value).toBeNull();
    expect(report.keyFigures.gain).toMatchObject({ amountMinor: null, reason: expect.stringContaining("move back to their average") });
  });
});

test("a last final day in the next month brings no cost of that month: cost is the sum of its parts", async () => {
  const later =
    "insert into intermediate.int_costs (year_month, kind, amount_minor, is_counted) values ('2026-06', 'licence', 77777, true)";
  const { effect, money } = await reportOver({ weeks: 22, isThere: "week < 21 or day < 2", more: [later] });
  expect(effect?.window?.to).toBe("2026-05-31");
  const parts = money.parts.filter(({ kind }) => kind === "cost").map(({ figure }) => figure.amountMinor ?? 0n);
  expect([money.cost.amountMinor, parts.reduce((sum, part) => sum + part, 0n)]).toEqual([200_000n, 200_000n]);
});
