import * as Plot from "@observablehq/plot";
import type { Comparison } from "../../../domain/roi/report/comparison.ts";
import { figureText } from "../../../domain/roi/report/words.ts";
import type { Html } from "../html/markup.ts";
import { drawChart } from "./svg.ts";

/** The two averages as bars from zero, so that their lengths compare. Null when one is missing. */
export function comparisonBars({ before, after }: Comparison): Html | null {
  if (before.averageHandleTime.value === null || after.averageHandleTime.value === null) return null;
  const bars = [
    { label: before.period.label, value: before.averageHandleTime.value, text: figureText(before.averageHandleTime), colour: "var(--c4)" },
    { label: after.period.label, value: after.averageHandleTime.value, text: figureText(after.averageHandleTime), colour: "var(--c1)" },
  ];
  const longest = Math.max(...bars.map(({ label }) => label.length));
  return drawChart(
    {
      id: "comparison",
      title: "Average handle time before and after",
      description: bars.map(({ label, text }) => `${label}: ${text}`).join("; "),
    },
    (base, size) => ({
      ...base,
      height: 132,
      marginLeft: Math.min(size === "wide" ? 190 : 150, 14 + longest * 7),
      marginTop: 8,
      marginRight: 64,
      x: { grid: true, nice: true, label: "seconds per handled interaction", labelArrow: "none", labelAnchor: "center", ticks: 5 },
      y: { label: null, domain: bars.map(({ label }) => label), padding: 0.3, tickSize: 0 },
      marks: [
        Plot.barX(bars, { x: "value", y: "label", fill: "colour" }),
        Plot.text(bars, { x: "value", y: "label", text: "text", dx: 6, textAnchor: "start", fill: "var(--ink)" }),
        Plot.ruleX([0], { stroke: "currentColor" }),
      ],
    }),
    { full: true },
  );
}
