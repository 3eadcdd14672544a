import Table from "cli-table3";
import type { RoiReport } from "../../domain/roi/report/report.ts";
import { figureText, moneyText, signedFigureText } from "../../domain/roi/report/words.ts";
import type { ReportFrame } from "../../ports/report-renderer.ts";
import { reportTables } from "./report-tables.ts";
import { bracketsText, type Table as ReportTable } from "./tables.ts";

/** The report as text for a terminal, without colours: it is also what lands in a log. */
export function renderTerminal(report: RoiReport, frame: ReportFrame): string {
  const { evidence, headline, keyFigures, currency } = report;
  const window = report.window === null ? "no data" : `${report.window.from} to ${report.window.to}`;
  const keys: [string, string][] = [
    ["Agents", figureText(keyFigures.agents)],
    ["Handled interactions", figureText(keyFigures.handledInteractions)],
    ["Average handle time", figureText(keyFigures.averageHandleTime)],
    ["Average quality", figureText(keyFigures.averageQuality)],
    ["Mean engagement", figureText(keyFigures.meanEngagement)],
    ["Gain / cost", `${moneyText(keyFigures.gain, currency)} / ${moneyText(keyFigures.cost, currency)}`],
    [
      "ROI",
      `${signedFigureText(keyFigures.roi)}${bracketsText(keyFigures.roi)}${keyFigures.roi.reason === null ? "" : ` (${keyFigures.roi.reason})`}`,
    ],
  ];
  return [
    plain(`ROI report for ${frame.organisation}, ${window}${report.asOf === null ? "" : `, known as of ${report.asOf}`}`),
    "",
    plain(headline.text),
    "",
    `Evidence grade ${evidence.grade} (${evidence.reading}): ${evidence.meaning}`,
    ...evidence.reasons.map((reason) => `  - ${plain(reason)}`),
    `  Better: ${evidence.toImprove}`,
    "",
    ...keys.map(([name, value]) => `${name.padEnd(22)} ${value}`),
    ...reportTables(report).flatMap((table) => drawTable(table, frame.width ?? null)),
  ]
    .join("\n")
    .replaceAll(typographicMinus, "-");
}

/** People search and copy what a terminal shows. */
const typographicMinus = "\u2212";

function drawTable({ title, columns, rows, notes }: ReportTable, width: number | null): string[] {
  const colWidths = width === null ? [] : fitColumns(columns, rows, width);
  const drawn = new Table({
    ...(colWidths.length === 0 ? {} : { colWidths, wordWrap: true }),
    head: columns.map((column) => column.title),
    colAligns: columns.map(({ isNumber }) => (isNumber ? "right" : "left")),
    style: { head: [], border: [], compact: true },
    chars: quietLines,
  });
  drawn.push(...rows.map((row) => row.map(plain)));
  return ["", title, ...(rows.length === 0 ? [] : [drawn.toString()]), ...notes.map((note) => `  ${plain(note)}`)];
}

/** A blank on each side of a cell. */
const padding = 2;

/**
 * Widths with which a table stays inside the terminal, the widest columns giving way first; none where it fits as it is.
 * No column becomes narrower than its longest word: what is still too wide then is left to the terminal.
 */
function fitColumns(columns: ReportTable["columns"], rows: ReportTable["rows"], width: number): number[] {
  const texts = columns.map(({ title }, index) => [title, ...rows.map((row) => row[index] ?? "")]);
  const longest = (parts: readonly string[]) => Math.max(...parts.map((part) => part.length)) + padding;
  const widths = texts.map(longest);
  // A short number stays with its unit.
  const parts = (cell: string, index: number) =>
    columns[index]?.isNumber && cell.length <= 12 && /\d/.test(cell) ? [cell] : cell.split(" ");
  const least = texts.map((cells, index) => longest(cells.flatMap((cell) => parts(cell, index))));
  const isTooWide = () => widths.reduce((sum, one) => sum + one + 1, 0) > width;
  if (!isTooWide()) return [];
  while (isTooWide()) {
    const widest = widths.reduce((best, one, index) => (one > (least[index] ?? 0) && one > (widths[best] ?? 0) ? index : best), -1);
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

const quietLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: " ",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
};

/** Names come from outside: control characters would let them move the cursor or forge lines. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, "\u{fffd}");
}
