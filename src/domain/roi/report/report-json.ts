import type { RoiReport } from "./report.ts";

/** The report as plain JSON values: money is text in minor units, everything else as it is. */
export function reportToJson(report: RoiReport): Readonly<Record<string, unknown>> {
  return JSON.parse(reportToText(report));
}

/** The stored and comparable form: keys in the model's order, no spaces, the same bytes for the same report. */
export function reportToText(report: RoiReport): string {
  return JSON.stringify(report, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** Every amount of the report, and nothing else, ends like this. */
const moneySuffix = "Minor";

/**
 * Reads what `reportToText` wrote.
 * @throws SyntaxError when the text is not JSON.
 */
export function reportFromText(text: string): RoiReport {
  const revived: RoiReport = JSON.parse(text, (key, value: unknown) =>
    key.endsWith(moneySuffix) && typeof value === "string" ? BigInt(value) : value,
  );
  return revived;
}
