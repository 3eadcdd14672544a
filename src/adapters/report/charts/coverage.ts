import * as Plot from "@observablehq/plot";
import type { DataQuality } from "../../../domain/roi/report/report.ts";
import type { Html } from "../html/markup.ts";
import { drawChart } from "./svg.ts";

const dayMs = 86_400_000;
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

interface Cell {
  readonly week: Date;
  readonly weekday: string;
  readonly agents: number;
  readonly isEmpty: boolean;
}

/** A calendar: one cell per day, darker with more agents at work, framed where nothing was loaded. Null without a day. */
export function coverageCalendar({ days }: DataQuality): Html | null {
  if (days.length === 0) return null;
  const cells = days.map(cellOf);
  const most = Math.max(...cells.map(({ agents }) => agents), 1);
  const missing = cells.filter(({ isEmpty }) => isEmpty);
  const weeks = new Set(cells.map(({ week }) => week.getTime())).size;
  const ticks = monthStarts(cells, weeks);
  return drawChart(
    {
      id: "coverage",
      title: "Days loaded",
      description: `One cell per day from ${days[0]?.date} to ${days.at(-1)?.date}: agents with work, at most ${most}. ${missing.length === 0 ? "No day is empty." : `${missing.length} days are empty.`}`,
    },
    (base, size) => ({
      ...base,
      height: size === "wide" ? 176 : 150,
      marginTop: 22,
      marginBottom: 8,
      marginLeft: 36,
      padding: 0,
      x: {
        type: "band",
        axis: "top",
        label: null,
        tickSize: 0,
        ticks: size === "wide" ? ticks : ticks.filter((_, index) => index % 3 === 0),
        tickFormat: monthName,
        padding: 0.08,
      },
      y: { type: "band", label: null, domain: weekdays, tickSize: 0, padding: 0.08 },
      opacity: { domain: [0, most], range: [0.18, 1] },
      marks: [
        Plot.cell(
          cells.filter(({ isEmpty }) => !isEmpty),
          { x: "week", y: "weekday", fill: "var(--c1)", fillOpacity: ({ agents }: Cell) => 0.18 + (0.82 * agents) / most },
        ),
        Plot.cell(missing, { x: "week", y: "weekday", fill: "none", stroke: "var(--warn)", strokeWidth: 1.5, inset: 1 }),
      ],
    }),
    { full: weeks > 24 },
  );
}

function cellOf({ date, agents, handled }: DataQuality["days"][number]): Cell {
  const day = Date.parse(`${date}T00:00:00Z`);
  const weekday = (new Date(day).getUTCDay() + 6) % 7;
  return { week: new Date(day - weekday * dayMs), weekday: weekdays[weekday] ?? "Mon", agents, isEmpty: agents === 0 && handled === 0 };
}

/** The first whole week of every month, or every week where there are few. */
function monthStarts(cells: readonly Cell[], weeks: number): Date[] {
  const starts = [...new Map(cells.map(({ week }) => [week.getTime(), week])).values()];
  if (weeks <= 8) return starts;
  return starts.filter((week, index) => index > 0 && week.getUTCMonth() !== starts[index - 1]?.getUTCMonth());
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function monthName(week: Date): string {
  return `${months[week.getUTCMonth()]} ${week.getUTCDate()}`;
}
