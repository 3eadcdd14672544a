import * as Plot from "@observablehq/plot";
import type { EffectBracket, EventWeek, OutcomeEffect } from "../../../domain/roi/programme/programme-assessment.ts";
import { numberText } from "../../../domain/roi/report/words.ts";
import type { Html } from "../html/markup.ts";
import { drawChart } from "./svg.ts";

/** Effects by week since enrolment, each with its interval, and the band that holds all of them at once. Null without weeks. */
export function eventStudyChart({ name, eventWeeks }: OutcomeEffect): Html | null {
  const after = eventWeeks.filter(({ week }) => week >= 0);
  return weeksChart(`event-${name}`, "Effect by week since enrolment", after, unitOf(name));
}

/** Changes from week to week before enrolment, where there can be no effect. */
export function preTrendChart({ name, eventWeeks, preTest }: OutcomeEffect): Html | null {
  const shown = preTest === null ? 6 : preTest.numeratorDegrees;
  const before = eventWeeks.filter(({ week }) => week < 0).slice(-shown);
  return weeksChart(`pre-${name}`, "Change against controls before enrolment", before, unitOf(name));
}

function unitOf(name: OutcomeEffect["name"]): string {
  return name === "handle_time" ? "seconds per interaction" : "points";
}

function weeksChart(id: string, title: string, weeks: readonly EventWeek[], unit: string): Html | null {
  if (weeks.length === 0) return null;
  const told = weeks.map(({ week, estimate }) => `week ${week}: ${numberText(estimate, 1)}`).join("; ");
  const banded = weeks.filter(({ bandLow, bandHigh }) => bandLow !== null && bandHigh !== null);
  const known = weeks.filter(({ low, high }) => low !== null && high !== null);
  return drawChart({ id, title, description: `${unit}, ${told}.` }, (base, size) => ({
    ...base,
    x: {
      label: "weeks since enrolment",
      labelArrow: "none",
      labelAnchor: "center",
      ticks: tickWeeks(weeks, size === "wide" ? 12 : 7),
      tickFormat: "d",
    },
    y: { grid: true, nice: true, label: unit, labelArrow: "none", ticks: 6 },
    marks: [
      Plot.areaY(banded, { x: "week", y1: "bandLow", y2: "bandHigh", fill: "var(--c1)", fillOpacity: 0.14 }),
      Plot.ruleY([0], { stroke: "currentColor" }),
      Plot.ruleX(known, { x: "week", y1: "low", y2: "high", stroke: "var(--c1)", strokeWidth: 1.5 }),
      Plot.dot(weeks, { x: "week", y: "estimate", r: 3.2, fill: "var(--c1)" }),
    ],
  }));
}

function tickWeeks(weeks: readonly EventWeek[], most: number): number[] {
  const step = Math.max(1, Math.ceil(weeks.length / most));
  return weeks.map(({ week }) => week).filter((week) => week % step === 0);
}

/** Two estimates that err to opposite sides, and how far sampling error reaches beyond them. */
export function bracketChart({ low, high, widestLow, widestHigh }: EffectBracket): Html {
  const description = `Between ${numberText(low, 1)} and ${numberText(high, 1)} seconds, with sampling error ${numberText(widestLow, 1)} to ${numberText(widestHigh, 1)}.`;
  const text = { id: "bracket", title: "Where the effect on handle time lies", description };
  const bars = [
    { row: "effect", from: widestLow, to: widestHigh, opacity: 0.22 },
    { row: "effect", from: low, to: high, opacity: 1 },
  ];
  return drawChart(
    text,
    (base, size) => ({
      ...base,
      height: 118,
      marginLeft: 16,
      marginTop: 26,
      x: {
        grid: true,
        nice: true,
        label: "seconds per interaction",
        labelArrow: "none",
        labelAnchor: "center",
        ticks: size === "wide" ? 8 : 5,
      },
      y: { label: null, domain: ["effect"], axis: null },
      marks: [
        Plot.ruleX([0], { stroke: "currentColor" }),
        Plot.barX(bars, { x1: "from", x2: "to", y: "row", fill: "var(--c1)", fillOpacity: "opacity" }),
      ],
    }),
    { full: true },
  );
}
