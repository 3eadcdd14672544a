import { compileFormat } from "./date-format.ts";
import { scaleDecimal } from "./decimal.ts";
import { parseDuration } from "./duration.ts";

/** What the values of a column look like; several at once where they leave it open. */
export interface ColumnLook {
  readonly name: string;
  readonly values: number;
  /** No value comes twice in the sample, and none is missing. */
  readonly isUnique: boolean;
  readonly cells: readonly string[];
  /** Up to 12 different values; null where there are more. */
  readonly distinct: readonly string[] | null;
  /** Words that seem to mean "unknown". */
  readonly nulls: readonly string[];
  /** Which of the known ways of writing fit every value, the likeliest first. */
  readonly fits: readonly Look[];
  /** Letters and no digit in every value: words or names. */
  readonly isWords: boolean;
}

export type Look =
  | { readonly kind: "whole" | "boolean" }
  | { readonly kind: "number"; readonly decimal: "." | "," }
  | { readonly kind: "duration"; readonly unit: "h:mm:ss" | "mm:ss" | "iso-8601" }
  | { readonly kind: "instant" | "date" | "time"; readonly format: string };

const unknownWords = new Set(["null", "n/a", "na", "none", "nan", "-", "--", "?", "unknown", "#n/a", "\\n"]);

/** Tried in this order; day before month where both fit, since most of the world writes so. */
const instantFormats = [
  "iso-8601",
  "yyyy-MM-dd HH:mm:ss",
  "dd.MM.yyyy HH:mm:ss",
  "dd.MM.yyyy HH:mm",
  "d/M/yyyy H:mm:ss",
  "d/M/yyyy H:mm",
  "M/d/yyyy H:mm:ss",
  "M/d/yyyy H:mm",
  "M/d/yyyy h:mm:ss a",
  "M/d/yyyy h:mm a",
  "d/M/yyyy h:mm:ss a",
  "yyyy/MM/dd HH:mm:ss",
  "yyyyMMdd HHmmss",
  "yyyyMMddHHmmss",
];
const dateFormats = ["yyyy-MM-dd", "dd.MM.yyyy", "d/M/yyyy", "M/d/yyyy", "yyyy/MM/dd", "yyyyMMdd", "yyMMdd", "dd-MMM-yyyy", "d MMM yyyy"];
const timeFormats = ["H:mm:ss", "H:mm", "h:mm:ss a", "h:mm a"];
const point = { decimal: ".", thousands: "" };
const comma = { decimal: ",", thousands: "" };

interface Candidate {
  readonly look: Look;
  readonly fits: (text: string) => boolean;
}

function candidates(): Candidate[] {
  const moments = (kind: "instant" | "date" | "time", formats: readonly string[]) =>
    formats.map((format): Candidate => {
      const { read } = compileFormat(format, 70);
      return { look: { kind, format }, fits: (text) => fitsMoment(kind, read(text)) };
    });
  const duration = (unit: "h:mm:ss" | "mm:ss" | "iso-8601"): Candidate => ({
    look: { kind: "duration", unit },
    fits: (text) => typeof parseDuration(text, unit, point, "down") === "number",
  });
  return [
    { look: { kind: "boolean" }, fits: (text) => /^(true|false|yes|no|y|n)$/i.test(text) },
    ...moments("instant", instantFormats),
    { look: { kind: "instant", format: "epoch_milliseconds" }, fits: (text) => /^1[0-9]{12}$/.test(text) },
    { look: { kind: "instant", format: "epoch_seconds" }, fits: (text) => /^(9|1[0-9])[0-9]{8}(\.[0-9]+)?$/.test(text) },
    { look: { kind: "instant", format: "excel_serial" }, fits: (text) => /^[34][0-9]{4}\.[0-9]{3,}$/.test(text) },
    ...moments("date", dateFormats),
    duration("h:mm:ss"),
    ...moments("time", timeFormats),
    duration("mm:ss"),
    duration("iso-8601"),
    { look: { kind: "whole" }, fits: (text) => /^-?[0-9]{1,15}$/.test(text) },
    {
      look: { kind: "number", decimal: "." },
      fits: (text) => typeof scaleDecimal(text, point, { multiply: 1, round: "down" }) === "number",
    },
    {
      look: { kind: "number", decimal: "," },
      fits: (text) => typeof scaleDecimal(text, comma, { multiply: 1, round: "down" }) === "number",
    },
  ];
}

function fitsMoment(kind: "instant" | "date" | "time", parts: ReturnType<ReturnType<typeof compileFormat>["read"]>): boolean {
  if (parts === null) return false;
  return kind === "time" ? parts.millisecondOfDay !== null : (parts.millisecondOfDay !== null) === (kind === "instant");
}

/** Looks at all values of one column of a sample. */
export function lookAtColumn(name: string, cells: readonly string[]): ColumnLook {
  const texts = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const nulls = [...new Set(texts.filter((text) => unknownWords.has(text.toLowerCase())))];
  const values = texts.filter((text) => !nulls.includes(text));
  const different = new Set(values);
  const fits = values.length === 0 ? [] : candidates().filter((candidate) => values.every((text) => candidate.fits(text)));
  return {
    name,
    values: values.length,
    cells,
    isUnique: values.length > 1 && different.size === cells.length,
    distinct: different.size <= 12 ? [...different].sort() : null,
    nulls,
    fits: fits.map(({ look }) => look),
    isWords: values.length > 0 && values.every((text) => /\p{L}/u.test(text) && !/\d/.test(text)),
  };
}
