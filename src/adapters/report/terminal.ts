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
    ...reportTables(report).flatMap(drawTable),
  ]
    .join("\n")
    .replaceAll(typographicMinus, "-");
}

/** People search and copy what a terminal shows. */
const typographicMinus = "\u2212";

function drawTable({ title, columns, rows, notes }: ReportTable): string[] {
  const drawn = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map(({ isNumber }) => (isNumber ? "right" : "left")),
    style: { head: [], border: [], compact: true },
    chars: quietLines,
  });
  drawn.push(...rows.map((row) => row.map(plain)));
  return ["", title, ...(rows.length === 0 ? [] : [drawn.toString()]), ...notes.map((note) => `  ${plain(note)}`)];
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
