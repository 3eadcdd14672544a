import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bankFacts, emptyFacts, programmeFacts, settings } from "../../../../test/support/roi-facts.ts";
import { isoWeekOf } from "../../calendar.ts";
import type { RoiFacts } from "./facts.ts";
import { roundFigure } from "./figure.ts";
import { parseComparison, parsePeriod } from "./period.ts";
import { planReport } from "./plan-report.ts";
import { halfLife, wilsonInterval } from "./rates.ts";
import { reportFromText, reportToText } from "./report-json.ts";
import { handleTimeGainMinor, hoursSaved, returnOnInvestment } from "./return-on-investment.ts";
import { amountDecimal, amountText, numberText } from "./words.ts";

const everything = { month: null, challenge: null, compare: null };

describe("money", () => {
  test("[S4-R30] [T58] a handle time effect of -9 s over 40,000 contacts is worth 1,800 at 30 an hour and 0.6 realised", () => {
    const gain = handleTimeGainMinor({ changeSeconds: -9, contacts: 40_000, loadedRateMinorPerHour: 3_000n, realisationPpm: 600_000 });
    expect(gain).toBe(180_000n);
    expect(handleTimeGainMinor({ changeSeconds: 2.5, contacts: 40_000, loadedRateMinorPerHour: 3_000n, realisationPpm: 600_000 })).toBe(
      -50_000n,
    );
  });

  test("[T63] the ROI of that gain over a cost of 1,200 is 0.50", () => {
    expect(returnOnInvestment(180_000n, 120_000n)).toEqual({ kind: "defined", roi: 0.5, benefitCostRatio: 1.5 });
  });

  test("[G20] 3,000 of benefit over 2,500 of cost is 0.20, and a zero cost is undefined in words", () => {
    expect(returnOnInvestment(300_000n, 250_000n)).toMatchObject({ kind: "defined", roi: 0.2 });
    expect(returnOnInvestment(300_000n, 0n)).toEqual({
      kind: "undefined",
      reason: "no cost is recorded, and a return on nothing is undefined",
    });
  });

  test("amounts print exactly in the currency's own digits", () => {
    expect(amountText(-123_456n, "USD")).toBe("−1,234.56 USD");
    expect(amountText(5n, "USD")).toBe("0.05 USD");
    expect(amountText(1_234n, "JPY")).toBe("1,234 JPY");
    expect(amountDecimal(-5n, "USD")).toBe("-0.05");
    expect(numberText(-0.001, 2)).toBe("0.00");
  });
});

describe("periods", () => {
  test("1999-W05 is 1 to 7 February 1999", () => {
    expect(parsePeriod("1999-W05")).toEqual({ label: "1999-W05", from: "1999-02-01", to: "1999-02-07" });
    expect(parsePeriod("2021-W53")).toBeNull();
    expect(parsePeriod("2020-W53")).toMatchObject({ from: "2020-12-28", to: "2021-01-03" });
    expect(parsePeriod("2024-02")).toMatchObject({ from: "2024-02-01", to: "2024-02-29" });
    expect(parsePeriod("2023-02-29")).toBeNull();
    expect(parsePeriod("2024-02-01..2024-02-03")).toMatchObject({ from: "2024-02-01", to: "2024-02-03" });
  });

  test("a comparison needs two periods in order that do not overlap", () => {
    expect(parseComparison("1999-W05:1999-W08")?.after.to).toBe("1999-02-28");
    expect(parseComparison("1999-W08:1999-W05")).toBeNull();
    expect(parseComparison("1999-W05")).toBeNull();
    expect(parseComparison("1999-W05:1999-W05")).toBeNull();
    expect(parseComparison("a:b:c")).toBeNull();
  });

  test("every week text parses back to days of that week", () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 40_000 }), (day) => {
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const period = parsePeriod(isoWeekOf(date));
        expect(period !== null && period.from <= date && date <= period.to).toBe(true);
      }),
    );
  });
});

describe("rates", () => {
  test("[S4-R61] Wilson's interval is honest at zero", () => {
    expect(wilsonInterval(12, 400).map((bound) => Number(bound.toFixed(5)))).toEqual([0.01724, 0.0517]);
    expect(wilsonInterval(0, 100).map((bound) => Number(bound.toFixed(5)))).toEqual([0, 0.03699]);
  });

  test("[S4-R40] engagement that halves every two weeks has a half-life of 14 days from its peak", () => {
    const series = [{ week: 0, mean: 0.2 }, ...[1, 2, 3, 4].map((week) => ({ week, mean: 0.8 * 0.5 ** ((week - 1) / 2) }))];
    expect(halfLife(series, "it does")).toMatchObject({ kind: "decays", days: expect.closeTo(14, 9), weeks: 4 });
    expect(halfLife(series.slice(0, 3), "it does")).toMatchObject({ kind: "none", reason: "needs 3 weeks from the peak on, has 2" });
    expect(
      halfLife(
        [0, 1, 2].map((week) => ({ week, mean: 0.5 })),
        "it does",
      ),
    ).toMatchObject({ kind: "none" });
    expect(
      halfLife(
        [0, 1, 2].map((week) => ({ week, mean: 0.5 - week / 1_000 })),
        "it does",
      ),
    ).toMatchObject({
      kind: "none",
      reason: "it does not fall fast enough after the peak to give a half-life",
    });
  });

  test("figures carry five decimals and no negative zero", () => {
    expect(roundFigure(-42.751_712_9)).toBe(-42.75171);
    expect(Object.is(roundFigure(-0.000_000_1), 0)).toBe(true);
    expect(roundFigure(1.5e21)).toBe(1.5e21);
  });
});

describe("before and after", () => {
  test("[T63] the bank log's slow-down shows as a loss of 42.75171 hours, grade D, no ROI", () => {
    const report = planReport(bankFacts(), { ...everything, compare: "1999-W05:1999-W08" });
    expect(report.comparison?.before.averageHandleTime.value).toBe(170.42785);
    expect(report.comparison?.after.averageHandleTime.value).toBe(195.42885);
    expect(report.comparison?.savedHours.value).toBe(-42.75171);
    expect(report.comparison?.verdict).toBe("loss");
    expect(report.evidence).toMatchObject({ grade: "D", reading: "associational", design: "before_after" });
    expect(report.headline.roiStated).toBe(false);
    expect(report.headline.text).toBe(
      "Handle time rose from 170.4 s to 195.4 s per interaction between 1999-W05 and 1999-W08: over the 6,156 handled interactions of 1999-W08 that is a loss of 42.75 hours, and no ROI can be stated.",
    );
    expect(report.keyFigures.roi.value).toBeNull();
    expect(report.money.roi.reason).toBe("withheld: nothing sound to compare with (nobody, or agents chosen by their results)");
  });

  test("the hours are the difference of the means at the later volume, for any volumes", () => {
    expect(hoursSaved({ changeSeconds: 1_203_060 / 6_156 - 1_244_805 / 7_304, contacts: 6_156 })).toBeCloseTo(-42.75171, 5);
  });

  test("a period without a handled interaction is no comparison, and says which", () => {
    const facts = bankFacts();
    const comparison =
      facts.comparison === null
        ? null
        : { ...facts.comparison, activityBefore: { ...facts.comparison.activityBefore, handled: 0, timed: 0 } };
    const report = planReport({ ...facts, comparison }, everything);
    expect(report.comparison?.savedHours).toMatchObject({ value: null, reason: "no handled interaction in 1999-W05" });
    expect(report.headline.text).toContain("cannot be compared");
  });
});

describe("the report", () => {
  test("[S4-R42] [S4-R43] the operational and the stability horizon stand apart, each with its own cost", () => {
    const [operational, stability] = planReport(programmeFacts(), everything).horizons;
    expect(operational).toMatchObject({ name: "operational", days: 14, state: "measured", averageHandleTimeChange: { value: -3.1 } });
    expect(operational?.cost.amountMinor).toBe(6_200n);
    expect(stability?.cost.amountMinor).toBe(69_705n);
    expect(stability).toMatchObject({
      basis: "modelled",
      roi: { value: null, reason: "withheld: the gain is modelled, not measured" },
    });
  });

  test("[S4-R42] stability says 'not yet' and how many days are missing", () => {
    const facts = programmeFacts();
    const horizons = facts.horizons.map((horizon) => ({ ...horizon, followUpDays: 33 }));
    const [operational, stability] = planReport({ ...facts, horizons }, everything).horizons;
    expect(operational?.state).toBe("measured");
    expect(stability).toMatchObject({ state: "not_yet", reason: "not yet: 33 of 90 days of follow-up are loaded, 57 to go" });
    expect(stability?.gain.amountMinor).toBeNull();
  });

  test("[T58] enrolled agents against their own past are grade C: an associational ratio, never a headline ROI", () => {
    const report = planReport(programmeFacts(), everything);
    expect(report.evidence).toMatchObject({ grade: "C", reading: "associational" });
    expect(report.headline.roiStated).toBe(false);
    expect(report.headline.text).toContain("not shown to come from it");
    expect(report.money.roi.value).not.toBeNull();
    expect(report.money.gain.amountMinor).toBe(report.money.parts.find(({ name }) => name === "Handle time")?.figure.amountMinor);
  });

  test("selection by performance is named as a reason", () => {
    const facts = programmeFacts();
    const report = planReport({ ...facts, settings: { ...settings, allocation: "performance" } }, everything);
    expect(report.evidence.reasons.join()).toContain("chosen by their results");
  });

  test("[S4-R32] [T61] the three thresholds stand side by side, and the configured one is marked", () => {
    const { rows, label } = planReport(programmeFacts(), everything).turnover;
    expect(rows.map(({ threshold, isConfigured }) => [threshold, isConfigured])).toEqual([
      [0.4, true],
      [0.5, false],
      [0.6, false],
    ]);
    expect(label).toContain("A scenario, not a measurement");
  });

  test("[T61] [T63] the same seconds at other rates: the gain in proportion, the line in force as it is, and what an hour must be worth", () => {
    const { money } = planReport(programmeFacts(), everything);
    const { rows, breakEvenPerHour, reason } = money.rates;
    expect(reason).toBeNull();
    expect(rows.map(({ ratePerHourMinor, realisation }) => [ratePerHourMinor, realisation])).toEqual(
      [2_250n, 3_000n, 3_750n].flatMap((rate) => [0.6, 1].map((realisation) => [rate, realisation])),
    );
    const inForce = rows.filter(({ isConfigured }) => isConfigured);
    expect(inForce).toMatchObject([{ realisation: 0.6, gain: money.gain, roi: money.roi }]);
    const whole = rows.find(({ ratePerHourMinor, realisation }) => ratePerHourMinor === 3_000n && realisation === 1);
    expect(Number(whole?.gain.amountMinor)).toBeCloseTo(Number(money.gain.amountMinor) / 0.6, -1);
    const paysAt = Number(breakEvenPerHour.amountMinor) / (3_000 * 0.6);
    expect(paysAt * Number(money.gain.amountMinor)).toBeCloseTo(Number(money.cost.amountMinor), -3);
    const unpriced = programmeFacts();
    const without = planReport({ ...unpriced, settings: { ...unpriced.settings, loadedRateMinorPerHour: null } }, everything).money.rates;
    expect(without).toMatchObject({ rows: [], reason: expect.stringContaining("finance.loadedRatePerHour") });
  });

  test("[T62] the turnover scenario enters no gain", () => {
    const facts = programmeFacts();
    const without = planReport({ ...facts, risk: [] }, everything);
    expect(planReport(facts, everything).money).toEqual(without.money);
    expect(without.turnover.reason).toContain("no engagement was observed");
  });

  test("[T65] unweighted stands next to weighted for every challenge and month", () => {
    const report = planReport(programmeFacts(), everything);
    for (const row of report.challenges) {
      expect(row.pointsUnweighted.value).toBeGreaterThan(row.pointsWeighted.value ?? 0);
      expect(row.gain.amountMinor).not.toBe(row.gainWeighted.amountMinor);
    }
    expect(report.challenges[2]?.roi).toMatchObject({ value: null, reason: "no cost is recorded, and a return on nothing is undefined" });
  });

  test("[S4-R64] days without data are counted in the week and stand in the calendar", () => {
    const report = planReport(programmeFacts(), everything);
    expect(report.weeks.find(({ daysUsed }) => daysUsed < 7)).toMatchObject({ label: "2026-W10", daysUsed: 5, daysExpected: 7 });
    expect(report.dataQuality.daysUsed).toMatchObject({ value: 264, n: 266 });
    expect(report.dataQuality.days.filter(({ agents }) => agents === 0).map(({ date }) => date)).toEqual(["2026-03-05", "2026-03-06"]);
  });

  test("a report about one challenge speaks of its share and its cost", () => {
    const facts = programmeFacts();
    const report = planReport({ ...facts, challenges: facts.challenges.slice(0, 1) }, { ...everything, challenge: "5e1f-1" });
    expect(report.headline.text).toContain("Quality sprint is credited with 2,100.00 EUR");
    expect([report.keyFigures.gain.amountMinor, report.keyFigures.cost.amountMinor, report.money.net.amountMinor]).toEqual([
      210_000n,
      150_000n,
      60_000n,
    ]);
    expect(report.keyFigures.roi.value).toBeNull();
  });

  test("[T64] the dip after a challenge ends is shown as measured", () => {
    const [study] = planReport(programmeFacts(), everything).lifecycle;
    expect(study?.before.value).toBeGreaterThan(0.67);
    expect(study?.after.value).toBeLessThan(0.6);
    expect(Math.min(...(study?.days.map(({ mean }) => mean) ?? []))).toBeLessThan(0.51);
  });

  test("every absent figure says why, and no figure is NaN, whatever is missing", () => {
    for (const facts of [programmeFacts(), bankFacts(), emptyFacts, { ...programmeFacts(), total: emptyFacts.total }]) {
      const report = planReport(facts, everything);
      expect(silentFigures(JSON.parse(reportToText(report)))).toEqual([]);
      expect(reportToText(report)).not.toMatch(/NaN|Infinity/);
    }
  });

  test("the same facts give the same bytes, and the stored text reads back as the same report", () => {
    const report = planReport(programmeFacts(), everything);
    expect(reportToText(planReport(programmeFacts(), everything))).toBe(reportToText(report));
    expect(reportFromText(reportToText(report))).toEqual(report);
  });

  test("shares stay shares and money whole minor units for any counts", () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(
        count,
        count,
        count,
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        fc.bigInt(0n, 10n ** 12n),
        (raw, extra, handled, gain, cost) => {
          const report = planReport(anyFacts(raw, extra, handled, gain, cost), everything);
          for (const figure of [report.dataQuality.duplicateRate, report.dataQuality.overlapRate]) {
            if (figure.value !== null) expect(figure.value).toBeGreaterThanOrEqual(0);
            if (figure.value !== null) expect(figure.value).toBeLessThanOrEqual(1);
          }
          expect(silentFigures(JSON.parse(reportToText(report)))).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

function anyFacts(raw: number, extra: number, handled: number, gain: bigint, cost: bigint): RoiFacts {
  const facts = programmeFacts();
  return {
    ...facts,
    total: { ...facts.total, handled, timed: handled },
    months: facts.months.map((month) => ({ ...month, handleGainMinor: gain, costs: [{ kind: "reward", amountMinor: cost, entries: 1 }] })),
    quality: { ...facts.quality, eventsSent: raw + extra, eventsRepeated: extra, pointEvents: raw + extra, overlappingEvents: extra },
  };
}

/** Paths of figures that are null without a reason. */
function silentFigures(value: unknown, path = "report"): string[] {
  if (typeof value !== "object" || value === null) return [];
  const silent =
    "reason" in value &&
    value.reason === null &&
    (("value" in value && value.value === null) || ("amountMinor" in value && value.amountMinor === null));
  return [...(silent ? [path] : []), ...Object.entries(value).flatMap(([key, child]) => silentFigures(child, `${path}.${key}`))];
}

test.each([
  [null, ["operational"], "operational (enrolment records)"],
  [null, ["operational", "random"], "operational and random (enrolment records)"],
  ["random", [], "random"],
  ["operational", ["operational"], "operational"],
  ["random", ["performance"], "random (config), performance (enrolment records)"],
  [null, [], "not configured, and no enrolment record says it"],
])("who was enrolled: config %s and records %j are told as %s", (allocation, allocations, told) => {
  const facts = programmeFacts();
  const report = planReport(
    { ...facts, settings: { ...facts.settings, allocation }, enrolment: { ...facts.enrolment, allocations } },
    everything,
  );
  expect(report.assumptions.find(({ name }) => name === "Who was enrolled")?.value).toBe(told);
});
