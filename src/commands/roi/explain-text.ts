import type { Statement } from "../../app/roi/explain-roi.ts";
import type { Explainable, Series } from "../../domain/roi/explain/explainable.ts";
import { type ExplainedRow, type Explanation, isMoney } from "../../domain/roi/explain/explanation.ts";
import type { Figure, MoneyFigure } from "../../domain/roi/report/figure.ts";
import type { RoiReport } from "../../domain/roi/report/report.ts";
import { amountText, evidenceText, numberText, valueText } from "../../domain/roi/report/words.ts";
import { renderTable } from "../table.ts";

/** What can be explained, series by one member: the latest month and week, the first of the others. */
export function renderList(figures: readonly Explainable[], { currency }: RoiReport): string {
  if (figures.length === 0) return "Nothing to explain yet: no handled interaction is loaded.";
  const members = countMembers(figures);
  const shown = figures.filter(({ series }) => series === null || members.get(series.of)?.shown === series.member);
  const rows = shown.map((figure) => [figure.name, figureText(figure.figure, currency), figure.title]);
  const reasons = shown.flatMap(({ name, figure }) => (figure.reason === null ? [] : [`  ${name}: ${figure.reason}`]));
  const absent = reasons.length === 0 ? [] : ["", "Without a figure:", ...reasons];
  const counts = [...members].map(([of, { all }]) => `${all.size} ${of}`).join(", ");
  const more = counts === "" ? [] : ["", `One of each is listed of ${counts}; --json lists all.`];
  const table = renderTable(["name", "figure", "what it is"], rows);
  return [table, ...absent, ...more, "Take one apart with 'gami roi explain NAME'."].join("\n");
}

function countMembers(figures: readonly Explainable[]): ReadonlyMap<Series["of"], { readonly shown: string; readonly all: Set<string> }> {
  const found = new Map<Series["of"], { shown: string; readonly all: Set<string> }>();
  for (const { series } of figures) {
    if (series === null) continue;
    const known = found.get(series.of) ?? { shown: series.member, all: new Set() };
    known.all.add(series.member);
    if (series.of === "months" || series.of === "weeks") known.shown = series.member;
    found.set(series.of, known);
  }
  return found;
}

function figureText(figure: Figure | MoneyFigure, currency: string): string {
  if (isMoney(figure)) return figure.amountMinor === null ? "–" : amountText(figure.amountMinor, currency);
  return figure.value === null ? "–" : valueText(figure.value, figure.unit, figure.unit === "count" ? 0 : 5);
}

/** The figure, how it comes about, the rows that add up to it, and the SQL that gave them. */
export function renderExplanation(
  explanation: Explanation,
  statements: readonly Statement[],
  { currency, rows: most }: { readonly currency: string; readonly rows: number },
): string {
  const { name, title, reported, formula, inputs } = explanation;
  const value = `${figureText(reported, currency)}${intervalText(reported, currency)}`;
  const head = [title, "", `${name} = ${value} (${evidenceText(reported)}${windowText(reported)})`];
  if (reported.reason !== null) return [...head, `No figure: ${reported.reason}.`].join("\n");
  const made = inputs.map(
    (input) => `  ${input.name}: ${input.value}${input.explain === null ? "" : ` (gami roi explain ${input.explain})`}`,
  );
  return [...head, `How: ${formula}`, ...made, "", ...rowLines(explanation, most, currency), ...statements.flatMap(statementLines)].join(
    "\n",
  );
}

function intervalText(figure: Figure | MoneyFigure, currency: string): string {
  if (figure.interval === null) return "";
  if (!isMoney(figure))
    return `, 95 % interval ${valueText(figure.interval[0], figure.unit, 5)} to ${valueText(figure.interval[1], figure.unit, 5)}`;
  const { interval } = figure;
  return interval === null
    ? ""
    : `, 95 % interval ${amountText(interval.fromMinor, currency)} to ${amountText(interval.toMinor, currency)}`;
}

function windowText({ window }: Figure | MoneyFigure): string {
  return window === null ? "" : `, ${window.from} to ${window.to}`;
}

function rowLines({ reported, rows, total, difference, addsUp }: Explanation, most: number, currency: string): string[] {
  const digits = isMoney(reported) ? 2 : 6;
  const shown = rows.slice(0, most);
  const rest = rows.slice(most);
  const labels = Object.keys(rows[0]?.of ?? {});
  const hasNext = rows.some(({ explain }) => explain !== null);
  const lines = shown.map((row) => [
    ...labels.map((label) => cellText(row.of[label])),
    ...numbersOf(row, digits),
    ...(hasNext ? [row.explain ?? ""] : []),
  ]);
  const others = rest.reduce((sum, { contribution }) => sum + contribution, 0);
  const last =
    rest.length === 0 ? [] : [[`${rest.length} more rows`, ...labels.slice(1).map(() => ""), "", "", numberText(others, digits)]];
  const head = [...labels, "weight", "value", "contribution", ...(hasNext ? ["explain"] : [])];
  const unit = isMoney(reported) ? ` (minor units of ${currency})` : "";
  const verdict = addsUp ? "adds up" : "DOES NOT ADD UP: the marts changed under the report, or this is a fault of gami";
  return [
    renderTable(head, [...lines, ...last]),
    "",
    `${rows.length} rows, sum ${numberText(total ?? 0, digits)}${unit}, off the report by ${numberText(difference ?? 0, digits)}: ${verdict}`,
  ];
}

function numbersOf({ weight, value, contribution }: ExplainedRow, digits: number): string[] {
  return [String(Number(weight.toPrecision(6))), numberText(value, digits), numberText(contribution, digits)];
}

function cellText(value: string | number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function statementLines({ file, parameters, text }: Statement): string[] {
  const values = parameters.map((value, index) => `$${index + 1} = ${value === "" ? "''" : value}`);
  return ["", `${file}${values.length === 0 ? "" : ` with ${values.join(", ")}`}`, "", text.trimEnd()];
}
