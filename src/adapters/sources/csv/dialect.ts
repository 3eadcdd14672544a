import type { Mapping } from "./mapping-schema.ts";

/** How the text of a file is cut into records and cells. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  /** `\n` also stands for CRLF: a carriage return before it belongs to the line end. */
  readonly lineEnd: "\n" | "\r";
  readonly keepsCarriageReturn: boolean;
  readonly skipLines: number;
}

const delimiters = [",", ";", "\t", "|"];
const examinedLines = 200;

/** What a mapping leaves open is seen from the first lines of the file. */
export function detectDialect(
  text: string,
  mapping: Pick<Mapping, "delimiter" | "quote" | "escape" | "line_ends" | "skip_lines">,
): Dialect {
  const { quote, line_ends: lineEnds } = mapping;
  const lineEnd = lineEnds === "auto" ? detectLineEnd(text) : lineEnds === "cr" ? "\r" : "\n";
  const lines = text.split(lineEnd).slice(mapping.skip_lines, mapping.skip_lines + examinedLines);
  return {
    delimiter: mapping.delimiter === "auto" ? detectDelimiter(lines.length > 1 ? lines.slice(0, -1) : lines, quote) : mapping.delimiter,
    quote,
    escape: mapping.escape ?? quote,
    lineEnd,
    keepsCarriageReturn: lineEnds === "lf",
    skipLines: mapping.skip_lines,
  };
}

function detectLineEnd(text: string): "\n" | "\r" {
  return text.includes("\n") || !text.includes("\r") ? "\n" : "\r";
}

/** The candidate that cuts most lines into the same number of cells, and of those the one that cuts into most. */
export function detectDelimiter(lines: readonly string[], quote: string): string {
  let best = ",";
  let bestScore = 0;
  for (const candidate of delimiters) {
    const counts = lines.filter((line) => line.trim() !== "").map((line) => countOutsideQuotes(line, candidate, quote));
    const [usual, share] = mostFrequent(counts);
    const score = usual === 0 ? 0 : share * 1000 + Math.min(usual, 500);
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}

function countOutsideQuotes(line: string, delimiter: string, quote: string): number {
  if (quote === "") return line.split(delimiter).length - 1;
  return line.split(quote).reduce((sum, part, index) => (index % 2 === 0 ? sum + part.split(delimiter).length - 1 : sum), 0);
}

function mostFrequent(counts: readonly number[]): readonly [value: number, share: number] {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  const [value, most] = [...times].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0]);
  return [value, counts.length === 0 ? 0 : most / counts.length];
}
