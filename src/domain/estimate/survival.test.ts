import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Employment, estimateAttrition, estimateLeavingHazard, testLeaving } from "./attrition.ts";
import { fitCox } from "./cox.ts";
import {
  type Duration,
  estimateSurvival,
  eventsNeeded,
  medianSurvival,
  restrictedMean,
  survivalAt,
  survivalInterval,
  testLogRank,
} from "./survival.ts";

/** Remission times of 42 leukaemia patients (Freireich et al. 1963). */
const treatedTimes = [10, 7, 32, 23, 22, 6, 16, 34, 32, 25, 11, 20, 19, 6, 17, 35, 6, 13, 9, 6, 10];
const treatedEvents = [1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0];
const controlTimes = [1, 22, 3, 12, 8, 17, 2, 11, 8, 12, 2, 5, 4, 15, 8, 23, 5, 11, 4, 1, 8];
const treated: Duration[] = treatedTimes.map((time, index) => ({ time, hasEvent: treatedEvents[index] === 1 }));
const control: Duration[] = controlTimes.map((time) => ({ time, hasEvent: true }));

describe("remission times", () => {
  const steps = estimateSurvival(treated);

  test("Kaplan-Meier with Greenwood's error", () => {
    expect(survivalAt(steps, 6).survival).toBeCloseTo(0.857143, 6);
    expect(survivalAt(steps, 6).standardError).toBeCloseTo(0.07636, 6);
    expect(survivalAt(steps, 10).survival).toBeCloseTo(0.752941, 6);
    expect(survivalAt(steps, 16).survival).toBeCloseTo(0.627451, 6);
    expect(survivalAt(steps, 23).survival).toBeCloseTo(0.448179, 6);
    expect(survivalAt(steps, 23).standardError).toBeCloseTo(0.134591, 6);
  });

  test("medians and restricted means", () => {
    expect([medianSurvival(steps), medianSurvival(estimateSurvival(control))]).toEqual([23, 8]);
    expect(restrictedMean(steps, 23)).toBeCloseTo(17.909244, 6);
    expect(restrictedMean(estimateSurvival(control), 23)).toBeCloseTo(8.666667, 6);
  });

  test("log-rank", () => {
    const both = [
      ...treated.map((duration) => ({ ...duration, isFirst: true })),
      ...control.map((duration) => ({ ...duration, isFirst: false })),
    ];
    const logRank = testLogRank(both);
    expect(logRank?.observed).toBe(9);
    expect(logRank?.expected).toBeCloseTo(19.250501, 6);
    expect(logRank?.statistic).toBeCloseTo(16.79294, 5);
  });

  const intervals = [
    ...treated.map(({ time, hasEvent }) => ({ start: 0, stop: time, hasEvent, covariates: [1] })),
    ...control.map(({ time, hasEvent }) => ({ start: 0, stop: time, hasEvent, covariates: [0] })),
  ];

  test("Cox with Efron's and with Breslow's ties [T62]", () => {
    expect(fitCox(intervals)?.ratios[0]?.logRatio).toBeCloseTo(-1.572125, 6);
    expect(fitCox(intervals)?.ratios[0]?.standardError).toBeCloseTo(0.412397, 6);
    expect(fitCox(intervals, "breslow")?.ratios[0]?.logRatio).toBeCloseTo(-1.509191, 6);
  });

  test("time cut into pieces changes nothing while the covariates stay the same", () => {
    const cut = intervals.flatMap((interval) =>
      interval.stop > 7
        ? [
            { ...interval, stop: 7, hasEvent: false },
            { ...interval, start: 7 },
          ]
        : [interval],
    );
    expect(fitCox(cut)?.ratios[0]?.logRatio).toBeCloseTo(fitCox(intervals)?.ratios[0]?.logRatio ?? 0, 9);
  });

  test("no events, no spread and all events on one side have no hazard ratio", () => {
    expect(fitCox(intervals.map((interval) => ({ ...interval, hasEvent: false })))).toBeNull();
    expect(fitCox(intervals.map((interval) => ({ ...interval, covariates: [1] })))).toBeNull();
    expect(fitCox(intervals.map((interval) => ({ ...interval, hasEvent: interval.hasEvent && interval.covariates[0] === 0 })))).toBeNull();
  });
});

test("survival never rises and its interval stays between 0 and 1", () => {
  const duration = fc.record({ time: fc.integer({ min: 1, max: 50 }), hasEvent: fc.boolean() });
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 60 }), (durations) => {
      let last = 1;
      for (const step of estimateSurvival(durations)) {
        expect(step.survival).toBeLessThanOrEqual(last);
        const { low, high } = survivalInterval(step);
        expect(low >= 0 && low <= step.survival && step.survival <= high && high <= 1).toBe(true);
        last = step.survival;
      }
    }),
  );
});

test("events needed to see a hazard ratio [T62]", () => {
  expect([eventsNeeded(3.2, 0.3), eventsNeeded(0.7, 0.5), eventsNeeded(0.85, 0.5)]).toEqual([28, 247, 1189]);
});

describe("attrition", () => {
  /** Ten teams of twenty; teams 0-4 enrol on day 100 and lose one in ten by day 160, the others two in ten. */
  const employments: Employment[] = Array.from({ length: 200 }, (_, index) => {
    const team = Math.floor(index / 20);
    const isTreated = team < 5;
    const leaves = index % 20 < (isTreated ? 2 : 4);
    return {
      agent: `a${index}`,
      cluster: `t${team}`,
      hired: -(index % 7) * 50,
      until: leaves ? 130 + (index % 3) * 10 : 200,
      hasLeft: leaves,
      enrolled: isTreated ? 100 : null,
    };
  });
  const options = { horizonDays: 90, dataEnd: 200, draws: 199, seed: 1 };

  test("the difference in the share that leaves within 90 days, and leavers avoided", () => {
    const result = estimateAttrition(employments, options);
    expect(result.kind === "effect" && result.effect.estimate).toBeCloseTo(-0.1, 12);
    expect(result.kind === "effect" && result.effect.excessLeavers).toBeCloseTo(-10, 9);
    expect(result.kind === "effect" && [result.effect.leaversTreated, result.effect.leaversControl]).toEqual([10, 20]);
  });

  test("the log-rank test of leaving sees the enrolled of a day against their controls of that day and tenure, within 90 days only", () => {
    const day = employments.map(({ hired, until, hasLeft, enrolled }) => ({
      time: until - 100,
      hasEvent: hasLeft,
      isFirst: enrolled !== null,
      stratum: hired === -300 ? "over 365" : "91-365",
    }));
    expect(testLeaving(employments, options)).toEqual(testLogRank(day));
    expect(testLeaving(employments, options)).toMatchObject({ observed: 10 });
    const later = employments.map((one) => ({ ...one, until: one.hasLeft ? 195 : 200 }));
    expect(testLeaving(later, options)).toBeNull();
  });

  test("before 90 days of follow-up there is no figure but the days so far", () => {
    expect(estimateAttrition(employments, { ...options, dataEnd: 140 })).toEqual({
      kind: "refused",
      reason: "No cohort has 90 days of follow-up yet: the first has 40.",
    });
  });

  test("nobody enrolled and nobody to compare with are refused in words", () => {
    expect(
      estimateAttrition(
        employments.map((one) => ({ ...one, enrolled: null })),
        options,
      ),
    ).toEqual({ kind: "refused", reason: "Nobody is enrolled." });
    expect(
      estimateAttrition(
        employments.map((one) => ({ ...one, enrolled: 100 })),
        options,
      ).kind,
    ).toBe("refused");
  });

  test("a hazard ratio is refused under 20 leavers per arm [T62]", () => {
    expect(estimateLeavingHazard(employments)).toEqual({
      kind: "refused",
      reason: "10 leavers while enrolled and 20 while not; 20 of each are the least.",
    });
  });

  test("time before enrolment counts as not enrolled, so that surviving until then is no merit of the programme", () => {
    // Nobody leaves before day 100 of tenure and everybody enrols on it; leaving afterwards is a coin that ignores enrolment.
    const many: Employment[] = Array.from({ length: 400 }, (_, index) => ({
      agent: `a${index}`,
      cluster: `t${index % 20}`,
      hired: 0,
      until: 100 + ((index * 37) % 211) + 1,
      hasLeft: true,
      enrolled: index % 2 === 0 ? 100 : null,
    }));
    const result = estimateLeavingHazard(many);
    if (result.kind !== "fit") throw new Error(result.reason);
    const [ratio] = result.fit.ratios;
    expect(Math.abs(ratio?.logRatio ?? 9)).toBeLessThan(2 * (ratio?.standardError ?? 0));
  });
});
