import * as Plot from "@observablehq/plot";
import type { EngagementMeasures, EngagementSection, StatusStudy } from "../../../domain/roi/report/report.ts";
import { changeText, figureText, numberText, weeksLater } from "../../../domain/roi/report/words.ts";
import type { Html } from "../html/markup.ts";
import { drawChart } from "./svg.ts";

/** How many agents stand where, with the configured thresholds. Null without a score. */
export function engagementHistogram({ distribution, thresholds, belowRisk }: EngagementSection): Html | null {
  const total = distribution.reduce((sum, { agents }) => sum + agents, 0);
  if (total === 0) return null;
  const rules = [
    { at: thresholds.risk * 100, text: "risk", lift: -3 },
    { at: thresholds.trigger * 100, text: "adjust", lift: -15 },
    { at: thresholds.riskCost * 100, text: "risk cost", lift: -3 },
  ];
  const bars = distribution.map(({ from, to, agents }) => ({ from: from * 100, to: to * 100, agents }));
  return drawChart(
    {
      id: "engagement",
      title: "Agents by mean engagement",
      description: `${total} agents; ${figureText(belowRisk)} of them below the risk threshold of ${numberText(thresholds.risk, 2)}.`,
    },
    (base) => ({
      ...base,
      marginTop: 40,
      x: { label: "mean engagement, % of the scale", labelArrow: "none", labelAnchor: "center", domain: [0, 100], ticks: 5 },
      y: { grid: true, nice: true, label: "agents", labelArrow: "none", ticks: 5, tickFormat: "d" },
      marks: [
        Plot.rectY(bars, {
          x1: "from",
          x2: "to",
          y: "agents",
          fill: ({ to }: { to: number }) => (to <= thresholds.risk * 100 ? "var(--down)" : "var(--c2)"),
          inset: 0.5,
        }),
        Plot.ruleY([0], { stroke: "currentColor" }),
        Plot.ruleX(rules, { x: "at", stroke: "var(--muted)", strokeDasharray: "3 3" }),
        ...rules.map((rule) =>
          Plot.text([rule], { x: "at", frameAnchor: "top", lineAnchor: "bottom", dy: rule.lift, text: "text", fill: "var(--muted)" }),
        ),
      ],
    }),
  );
}

/** Measured engagement from 14 days before a status change to 28 after: the cliff, if there is one, is not smoothed. */
export function statusChangeChart(study: StatusStudy, index: number): Html | null {
  if (study.days.length < 2) return null;
  const most = Math.max(...study.days.map(({ agents }) => agents));
  // The area of a dot is its number of agents: a weekend's spike of three people looks like one.
  const points = study.days.map(({ offset, mean, low, high, agents }) => ({
    offset,
    mean: mean * 100,
    low: (low ?? mean) * 100,
    high: (high ?? mean) * 100,
    radius: 0.8 + 2.4 * Math.sqrt(agents / most),
  }));
  const { value: recovered, interval } = study.recoveryDay;
  const recovery =
    recovered === null || interval === null ? [] : [{ from: interval[0], to: study.isRecoveryOpen ? 28 : interval[1], recovered }];
  const levels = [
    { from: -14, to: 0, mean: (study.before.value ?? Number.NaN) * 100 },
    { from: 0, to: 14, mean: (study.after.value ?? Number.NaN) * 100 },
  ].filter(({ mean }) => Number.isFinite(mean));
  return drawChart(
    {
      id: `status-${index}`,
      title: `Engagement around ${study.changedOn}: ${study.name} ${changeText(study)}`,
      description: `Mean of its participants by day, from 14 days before to 28 days after. Two weeks before: ${figureText(study.before)}; two weeks after: ${figureText(study.after)}. ${recoveryWords(study)}`,
    },
    (base) => ({
      ...base,
      x: {
        label: "days since the change",
        labelArrow: "none",
        labelAnchor: "center",
        domain: [-14, 28],
        ticks: [-14, -7, 0, 7, 14, 21, 28],
      },
      y: { grid: true, nice: true, label: "% of the scale", labelArrow: "none", ticks: 5 },
      marks: [
        Plot.rect(recovery, { x1: "from", x2: "to", fill: "var(--c3)", fillOpacity: 0.14 }),
        Plot.ruleX(recovery, { x: "recovered", stroke: "var(--c3)", strokeWidth: 1.5 }),
        Plot.text(recovery, { x: "recovered", frameAnchor: "top", dy: -12, text: () => "over", fill: "var(--muted)" }),
        Plot.ruleX([0], { stroke: "var(--muted)", strokeDasharray: "3 3" }),
        Plot.ruleX(points, { x: "offset", y1: "low", y2: "high", stroke: "var(--c2)", strokeOpacity: 0.3, strokeWidth: 1 }),
        Plot.ruleY(levels, { x1: "from", x2: "to", y: "mean", stroke: "var(--muted)", strokeWidth: 5, strokeOpacity: 0.35 }),
        Plot.line(points, { x: "offset", y: "mean", stroke: "var(--c2)", strokeWidth: 1.5 }),
        Plot.dot(points, { x: "offset", y: "mean", r: ({ radius }: { radius: number }) => radius, fill: "var(--c2)" }),
      ],
    }),
  );
}

function recoveryWords({ recoveryDay }: StatusStudy): string {
  if (recoveryDay.value === null) return `No day of recovery: ${recoveryDay.reason ?? "unknown"}.`;
  return `The dip is over after ${figureText(recoveryDay, 0)}.`;
}

interface Ranged {
  readonly at: number | string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How points of a week go with quality of later weeks. Null where no lag has an estimate. */
export function lagChart({ triggerToQuality }: EngagementMeasures): Html | null {
  const points = triggerToQuality.lags.flatMap(({ lagWeeks, correlation: { value, interval } }): Ranged[] =>
    value === null ? [] : [{ at: lagWeeks, value, low: interval?.[0] ?? value, high: interval?.[1] ?? value }],
  );
  if (points.length === 0) return null;
  const told = points.map(({ at, value }) => `${weeksLater(Number(at))}: ${numberText(value, 2)}`).join("; ");
  return drawChart({ id: "lags", title: "Points and quality, weeks apart", description: `Correlation, ${told}.` }, (base) => ({
    ...base,
    x: {
      label: "weeks from points to quality",
      labelArrow: "none",
      labelAnchor: "center",
      ticks: points.map(({ at }) => at),
      tickFormat: "d",
      inset: 24,
    },
    y: { grid: true, nice: true, label: "correlation", labelArrow: "none", ticks: 5 },
    marks: [
      Plot.ruleY([0], { stroke: "currentColor" }),
      Plot.ruleX(points, { x: "at", y1: "low", y2: "high", stroke: "var(--c1)", strokeWidth: 1.5 }),
      Plot.dot(points, { x: "at", y: "value", r: 3.2, fill: "var(--c1)" }),
    ],
  }));
}

/** Engagement by the local hours in which shifts start. Null without shifts. */
export function shiftStartChart({ byShiftStart }: EngagementMeasures): Html | null {
  const points = byShiftStart.bands.flatMap(({ fromHour, toHour, engagement: { value, interval } }): Ranged[] =>
    value === null
      ? []
      : [
          {
            at: `${fromHour}\u2013${toHour}`,
            value: value * 100,
            low: (interval?.[0] ?? value) * 100,
            high: (interval?.[1] ?? value) * 100,
          },
        ],
  );
  if (points.length === 0) return null;
  const told = points.map(({ at, value }) => `${at} h: ${numberText(value, 1)} %`).join("; ");
  return drawChart({ id: "shift-starts", title: "Engagement by shift start", description: `${told}.` }, (base) => ({
    ...base,
    x: {
      type: "point",
      label: "shift starts, local hour",
      labelArrow: "none",
      labelAnchor: "center",
      domain: points.map(({ at }) => at),
      padding: 0.6,
    },
    y: { grid: true, nice: true, label: "% of the scale", labelArrow: "none", ticks: 5 },
    marks: [
      Plot.ruleX(points, { x: "at", y1: "low", y2: "high", stroke: "var(--c2)", strokeWidth: 1.5 }),
      Plot.dot(points, { x: "at", y: "value", r: 3.2, fill: "var(--c2)" }),
    ],
  }));
}
