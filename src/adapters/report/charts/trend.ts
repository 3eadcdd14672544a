import * as Plot from "@observablehq/plot";
import type { Figure } from "../../../domain/roi/report/figure.ts";
import type { PeriodRow } from "../../../domain/roi/report/report.ts";
import { figureText } from "../../../domain/roi/report/words.ts";
import { type Html, html } from "../html/markup.ts";
import { compactNumber, drawChart } from "./svg.ts";

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly colour: string;
  readonly scale: number;
  figure(week: PeriodRow): Figure;
}

const panels: readonly Panel[] = [
  {
    id: "handle-time",
    title: "Average handle time",
    unit: "seconds",
    colour: "var(--c1)",
    scale: 1,
    figure: (week) => week.averageHandleTime,
  },
  { id: "quality", title: "Average quality", unit: "points", colour: "var(--c3)", scale: 1, figure: (week) => week.averageQuality },
  {
    id: "engagement",
    title: "Mean engagement",
    unit: "% of the scale",
    colour: "var(--c2)",
    scale: 100,
    figure: (week) => week.meanEngagement,
  },
];

interface Point {
  readonly day: Date;
  readonly value: number;
  readonly isWhole: boolean;
}

/** One panel per figure over the weeks, and the volume behind them. Weeks with missing or provisional days are hollow. */
export function trendCharts(weeks: readonly PeriodRow[], startedOn: string | null): Html[] {
  const drawn = panels.flatMap((panel) => {
    const points = weeks.flatMap((week) => pointOf(week, panel));
    return points.length < 2 ? [] : [panelFigure(panel, points, weeks, startedOn)];
  });
  return weeks.length < 2 ? drawn : [...drawn, volumeFigure(weeks)];
}

function pointOf(week: PeriodRow, { figure, scale }: Panel): Point[] {
  const { value } = figure(week);
  if (value === null) return [];
  return [{ day: dayOf(week.range.from), value: value * scale, isWhole: week.isFinal && week.daysUsed === week.daysExpected }];
}

/** All panels share one span, so that they can be read against each other. */
function spanOf(weeks: readonly PeriodRow[]): [Date, Date] {
  return [dayOf(weeks[0]?.range.from ?? ""), dayOf(weeks.at(-1)?.range.from ?? "")];
}

/** Never less than one unit high: a flat curve looks flat, and its labels stay short. */
function heightOf(points: readonly Point[]): [number, number] {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const missing = Math.max(0, 1 - (high - low)) / 2;
  return [low - missing, high + missing];
}

function dayOf(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

function panelFigure(panel: Panel, points: readonly Point[], weeks: readonly PeriodRow[], startedOn: string | null): Html {
  const start = startedOn !== null && startedOn >= (weeks[0]?.range.from ?? "") ? [dayOf(startedOn)] : [];
  const known = weeks.filter((week) => panel.figure(week).value !== null);
  const [first, last] = [known[0], known.at(-1)];
  const ends =
    first === undefined || last === undefined
      ? ""
      : `${figureText(panel.figure(first))} in ${first.label}, ${figureText(panel.figure(last))} in ${last.label}`;
  const chart = drawChart(
    {
      id: `trend-${panel.id}`,
      title: `${panel.title} by week`,
      description: `${panel.unit}, ${known.length} weeks: ${ends}.${start.length > 0 ? ` The first enrolment, on ${startedOn}, is marked.` : ""}`,
    },
    (base) => ({
      ...base,
      x: { type: "utc", label: null, ticks: 5, domain: spanOf(weeks) },
      y: { grid: true, nice: true, label: panel.unit, labelArrow: "none", ticks: 5, domain: heightOf(points) },
      marks: [
        Plot.ruleX(start, { stroke: "var(--muted)", strokeDasharray: "3 3" }),
        Plot.text(start, {
          x: (day: Date) => day,
          frameAnchor: "top",
          dx: 4,
          dy: -12,
          text: () => "first enrolment",
          textAnchor: "start",
          fill: "var(--muted)",
        }),
        Plot.line(points, { x: "day", y: "value", stroke: panel.colour, strokeWidth: 2, curve: "linear" }),
        Plot.dot(points, {
          x: "day",
          y: "value",
          r: 2.6,
          stroke: panel.colour,
          strokeWidth: 1.5,
          fill: ({ isWhole }: Point) => (isWhole ? panel.colour : "var(--surface)"),
        }),
      ],
    }),
  );
  return html`<figure class="panel"><figcaption><b>${panel.title}</b> <span>${ends}</span></figcaption>${chart}</figure>`;
}

function volumeFigure(weeks: readonly PeriodRow[]): Html {
  const bars = weeks.map((week) => ({ day: dayOf(week.range.from), end: dayOf(week.range.to), n: week.handledInteractions.value ?? 0 }));
  const total = bars.reduce((sum, { n }) => sum + n, 0);
  const chart = drawChart(
    {
      id: "trend-volume",
      title: "Handled interactions by week",
      description: `The number of interactions behind the averages: ${total} over ${bars.length} weeks.`,
    },
    (base) => ({
      ...base,
      x: { type: "utc", label: null, ticks: 5 },
      y: { grid: true, nice: true, label: "interactions", labelArrow: "none", ticks: 5, tickFormat: compactNumber },
      marks: [
        Plot.rectY(bars, { x1: "day", x2: "end", y: "n", fill: "var(--c4)", insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleY([0], { stroke: "currentColor" }),
      ],
    }),
  );
  return html`<figure class="panel"><figcaption><b>Handled interactions</b> <span>the n behind every average</span></figcaption>${chart}</figure>`;
}
