import * as Plot from "@observablehq/plot";
import type { MoneyFigure } from "../../../domain/roi/report/figure.ts";
import type { MoneyTable } from "../../../domain/roi/report/report.ts";
import { amountText } from "../../../domain/roi/report/words.ts";
import type { Html } from "../html/markup.ts";
import { compactNumber, type DrawChart, drawChart } from "./svg.ts";

interface Step {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly colour: string;
  readonly text: string;
}

interface Amount {
  readonly name: string;
  readonly amountMinor: bigint;
  readonly kind: "gain" | "cost";
}

/** From nothing over every benefit and cost to the net. Null when there is not one amount to draw. */
export function moneyWaterfall(
  id: string,
  title: string,
  table: Pick<MoneyTable, "parts" | "net">,
  currency: string,
  digits: number,
): Html | null {
  const amounts = table.parts.flatMap(({ name, kind, figure }) =>
    figure.amountMinor === null
      ? []
      : [{ name, amountMinor: figure.amountMinor, kind: kind === "benefit" ? ("gain" as const) : ("cost" as const) }],
  );
  return waterfall(id, title, amounts, table.net, currency, digits, true);
}

/** The same for one horizon: its gain, its own cost, what is left. */
export function horizonWaterfall(
  id: string,
  title: string,
  { gain, cost }: { readonly gain: MoneyFigure; readonly cost: MoneyFigure },
  currency: string,
  digits: number,
): Html | null {
  if (gain.amountMinor === null || cost.amountMinor === null) return null;
  const amounts: Amount[] = [
    { name: "Gain", amountMinor: gain.amountMinor, kind: "gain" },
    { name: "Cost", amountMinor: cost.amountMinor, kind: "cost" },
  ];
  return waterfall(id, title, amounts, { ...gain, amountMinor: gain.amountMinor - cost.amountMinor }, currency, digits);
}

function waterfall(
  id: string,
  title: string,
  amounts: readonly Amount[],
  net: MoneyFigure,
  currency: string,
  digits: number,
  full = false,
): Html | null {
  if (amounts.length === 0) return null;
  const steps = stepsOf(amounts, net, currency, digits);
  const told = steps.map(({ name, text }) => `${name} ${text}`).join("; ");
  const draw: DrawChart = (base, size) => ({
    ...base,
    height: steps.length * 30 + 58,
    marginLeft: 16 + Math.max(...steps.map(({ name }) => name.length)) * 7,
    // The amounts stand right of the bars: room for the longest of them.
    marginRight: 14 + Math.max(...steps.map(({ text }) => text.length)) * 7.6,
    x: { grid: true, nice: true, label: currency, labelArrow: "none", ticks: size === "wide" ? 6 : 2, tickFormat: compactNumber },
    y: { label: null, domain: steps.map(({ name }) => name), padding: 0.28, tickSize: 0 },
    marks: [
      Plot.barX(steps, { x1: "from", x2: "to", y: "name", fill: "colour" }),
      Plot.ruleX([0], { stroke: "currentColor" }),
      Plot.text(steps, { x: rightEnd, y: "name", text: "text", textAnchor: "start", dx: 6, fill: "var(--ink)" }),
    ],
  });
  return drawChart({ id, title, description: `${told}.` }, draw, { full });
}

function rightEnd({ from, to }: Step): number {
  return Math.max(from, to);
}

function stepsOf(amounts: readonly Amount[], net: MoneyFigure, currency: string, digits: number): Step[] {
  const unit = 10 ** digits;
  let level = 0;
  const steps = amounts.map(({ name, amountMinor, kind }): Step => {
    const change = (kind === "gain" ? Number(amountMinor) : -Number(amountMinor)) / unit;
    const from = level;
    level += change;
    const text = amountText(kind === "gain" ? amountMinor : -amountMinor, currency);
    return { name, from, to: level, colour: change < 0 ? "var(--down)" : "var(--up)", text };
  });
  if (net.amountMinor === null) return steps;
  return [
    ...steps,
    { name: "Net", from: 0, to: Number(net.amountMinor) / unit, colour: "var(--total)", text: amountText(net.amountMinor, currency) },
  ];
}
