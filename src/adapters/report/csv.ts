import type { RoiReport } from "../../domain/roi/report/report.ts";
import { amountDecimal } from "../../domain/roi/report/words.ts";

const header = ["section", "row", "name", "figure", "value", "unit", "n", "of", "from", "to", "low", "high", "reason", "interval_reason"];

interface Place {
  readonly section: string;
  readonly row: string;
  readonly name: string;
  readonly figure: string;
}

/** One line per figure, so that a pivot table needs no reshaping. RFC 4180, CRLF, UTF-8 without a byte order mark. */
export function renderCsv(report: RoiReport): string {
  const lines = [...figureLines(report, { section: "", row: "", name: "", figure: "" }, report.currency)];
  return [header, ...lines].map((cells) => `${cells.map(cellText).join(",")}\r\n`).join("");
}

type Cell = string | number | null;

function* figureLines(value: unknown, place: Place, currency: string): Generator<Cell[]> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* figureLines(entry, { ...place, ...rowOf(entry, index) }, currency);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const line = figureLine(value, place, currency);
  if (line !== null) {
    yield line;
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const next =
      place.section === "" ? { ...place, section: key } : { ...place, figure: place.figure === "" ? key : `${place.figure}.${key}` };
    yield* figureLines(child, next, currency);
  }
}

/** What tells the rows of a list apart, and the name people know the row by. */
function rowOf(entry: unknown, index: number): Pick<Place, "row" | "name"> {
  const text = (key: string): string | null => {
    const found = typeof entry === "object" && entry !== null ? Object.entries(entry).find(([name]) => name === key)?.[1] : null;
    return typeof found === "string" || typeof found === "number" ? String(found) : null;
  };
  return { row: text("label") ?? text("challengeId") ?? text("threshold") ?? String(index), name: text("name") ?? text("label") ?? "" };
}

function figureLine(value: object, { section, row, name, figure }: Place, currency: string): Cell[] | null {
  if (!("reason" in value) || !("n" in value) || !("of" in value)) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const amount = fields.get("amountMinor");
  const isMoney = fields.has("amountMinor");
  const shown = isMoney ? (typeof amount === "bigint" ? amountDecimal(amount, currency) : null) : fields.get("value");
  const window = rangeOf(fields.get("window"));
  const interval = fields.get("interval");
  const [low = null, high = null] = isMoney ? amountEnds(interval, currency) : Array.isArray(interval) ? interval : [];
  return [
    section,
    row,
    name,
    figure,
    plainCell(shown),
    isMoney ? currency : plainCell(fields.get("unit")),
    plainCell(fields.get("n")),
    plainCell(fields.get("of")),
    ...window,
    plainCell(low),
    plainCell(high),
    plainCell(fields.get("reason")),
    plainCell(fields.get("intervalReason")),
  ];
}

function amountEnds(interval: unknown, currency: string): string[] {
  if (typeof interval !== "object" || interval === null || !("fromMinor" in interval) || !("toMinor" in interval)) return [];
  return [interval.fromMinor, interval.toMinor].flatMap((minor) => (typeof minor === "bigint" ? [amountDecimal(minor, currency)] : []));
}

function rangeOf(window: unknown): [Cell, Cell] {
  if (typeof window !== "object" || window === null || !("from" in window) || !("to" in window)) return [null, null];
  return [plainCell(window.from), plainCell(window.to)];
}

function plainCell(value: unknown): Cell {
  return typeof value === "string" || typeof value === "number" ? value : null;
}

/** A spreadsheet runs text that starts like a formula; a plain number is none and stays a number. */
export function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const isNumber = /^-?\d+(\.\d+)?$/.test(cell);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
