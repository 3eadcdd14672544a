import * as Plot from "@observablehq/plot";
import type { EngagementSection, StatusStudy } from "../../../domain/roi/report/report.ts";
import { figureText, numberText } from "../../../domain/roi/report/words.ts";
import type { Html } from "../html/markup.ts";
import { drawChart } from "./svg.ts";

/** How many agents stand where, with the configured thresholds. Null without a score. */
export function engagementHistogram({ distribution, thresholds, belowRisk }: EngagementSection): Html | null {
  const total = distribution.reduce((sum, { agents }) => sum + agents, 0);
  if (total === 0) return null;
  const rules = [
    { at: thresholds.risk * 100, text: "risk", lift: -9 },
    { at: thresholds.trigger * 100, text: "adjust", lift: -21 },
    { at: thresholds.riskCost * 100, text: "risk cost", lift: -9 },
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
          Plot.text([rule], { x: "at", frameAnchor: "top", dy: rule.lift, text: "text", fill: "var(--muted)", textAnchor: "middle" }),
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
  const points = study.days.map(({ offset, mean, agents }) => ({ offset, mean: mean * 100, radius: 0.8 + 2.4 * Math.sqrt(agents / most) }));
  const levels = [
    { from: -14, to: 0, mean: (study.before.value ?? Number.NaN) * 100 },
    { from: 0, to: 14, mean: (study.after.value ?? Number.NaN) * 100 },
  ].filter(({ mean }) => Number.isFinite(mean));
  return drawChart(
    {
      id: `status-${index}`,
      title: `Engagement around ${study.changedOn}: ${study.name} became ${study.status}`,
      description: `Mean of its participants by day, from 14 days before to 28 days after. Two weeks before: ${figureText(study.before)}; two weeks after: ${figureText(study.after)}.`,
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
        Plot.ruleX([0], { stroke: "var(--muted)", strokeDasharray: "3 3" }),
        Plot.ruleY(levels, { x1: "from", x2: "to", y: "mean", stroke: "var(--muted)", strokeWidth: 5, strokeOpacity: 0.35 }),
        Plot.line(points, { x: "offset", y: "mean", stroke: "var(--c2)", strokeWidth: 1.5 }),
        Plot.dot(points, { x: "offset", y: "mean", r: ({ radius }: { radius: number }) => radius, fill: "var(--c2)" }),
      ],
    }),
  );
}
