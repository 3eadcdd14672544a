import type { RoiReport } from "../../domain/roi/report/report.ts";
import { figureText, moneyText, signedFigureText } from "../../domain/roi/report/words.ts";
import type { ReportFrame } from "../../ports/report-renderer.ts";
import { reportTables } from "./report-tables.ts";
import { bracketsText, type Table } from "./tables.ts";

/** The report as CommonMark with tables. Text from outside is escaped: it can make no link, image, heading or HTML. */
export function renderMarkdown(report: RoiReport, frame: ReportFrame): string {
  const { evidence, headline, keyFigures, currency, window } = report;
  const keys: [string, string][] = [
    ["Handled interactions", figureText(keyFigures.handledInteractions)],
    ["Average handle time", figureText(keyFigures.averageHandleTime)],
    ["Gain", moneyText(keyFigures.gain, currency)],
    ["Cost", moneyText(keyFigures.cost, currency)],
    ["ROI", keyFigures.roi.reason ?? `${signedFigureText(keyFigures.roi)}${bracketsText(keyFigures.roi)}`],
  ];
  return `${[
    `# ROI report: ${escapeMarkdown(frame.organisation)}`,
    "",
    `> ${escapeMarkdown(headline.text)}`,
    "",
    `**Evidence grade ${evidence.grade}** (${evidence.reading}): ${escapeMarkdown(evidence.meaning)}`,
    "",
    ...evidence.reasons.map((reason) => `- ${escapeMarkdown(reason)}`),
    `- Better: ${escapeMarkdown(evidence.toImprove)}`,
    "",
    window === null
      ? "No data."
      : `Window ${window.from} to ${window.to}, known as of ${report.asOf ?? "never"}, zone ${escapeMarkdown(report.zone ?? "unknown")}.`,
    "",
    ...keys.map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`),
    ...reportTables(report).flatMap(drawTable),
    "",
    `gami ${escapeMarkdown(frame.version)}, report schema ${report.schemaVersion}`,
  ].join("\n")}\n`.replaceAll("\u2212", "-");
}

function drawTable({ title, columns, rows, notes }: Table): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  const body = [
    line(columns.map((column) => column.title)),
    `| ${columns.map(({ isNumber }) => (isNumber ? "---:" : "---")).join(" | ")} |`,
    ...rows.map(line),
  ];
  const told = notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${escapeMarkdown(note)}`)];
  return ["", `## ${title}`, "", ...(rows.length === 0 ? [] : body), ...told];
}

/** Line breaks become spaces; every character that could start markup is escaped, `&` and `<` as entities. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]#|~!]/g, "\\$&")
    .replace(/^([+-]|\d+[.)])(?=\s)/, "\\$1")
    .replace(/(https?|ftp):/gi, "$1&#58;")
    .replace(/\bwww\./gi, "www&#46;");
}
