import { createHash, type Hash } from "node:crypto";
import { CsvError, parse } from "csv-parse/sync";
import type { Dialect } from "./dialect.ts";

/** One record of a file: its cells, or why it has none. `line` is the number of its first line, from 1. */
export type RawRow =
  // isPlain: no cell has a character that JSON would have to escape.
  | { readonly line: number; readonly cells: string[]; readonly isCutOff: boolean; readonly isPlain: boolean; readonly problem: null }
  | { readonly line: number; readonly cells: null; readonly problem: RawProblem; readonly text: string };
export type RawProblem = "bad_quotes" | "record_too_large" | "bad_encoding" | "nul_byte";

export interface RecordSplitter {
  /** The records that are complete with this block of text. */
  push(text: string): RawRow[];
  /** What is left when the file ends. */
  end(): RawRow[];
}

/** A longer record is refused by its hash and its beginning, so that no file can fill the memory. */
const maximumRecord = 1024 * 1024;
const keptPrefix = 4096;
/** A quote that nobody closes swallows at most this many lines before its first one is given up. */
const maximumLines = 1000;

/** A record with quotes, whose cells csv-parse has still to find. */
interface QuotedRecord {
  readonly line: number;
  readonly lines: readonly string[];
}

/**
 * Cuts text into records. Lines with one reading only, nearly all of a call log, are split at once; other records with quotes go to
 * csv-parse, many at a time. (For a million rows of 17 cells csv-parse takes 7.1 s of CPU, this 1.7 s, and DuckDB 7.6 s to read and load them: decision 0007.)
 * A record with quotes ends at the first line end where its quotes are balanced, which is where RFC 4180 ends it.
 */
export function createRecordSplitter(dialect: Dialect): RecordSplitter {
  const { lineEnd } = dialect;
  const lookAt = prepareLookAt(dialect);
  const splitSimple = prepareSplitSimple(dialect);
  let carry = "";
  let lineNumber = 0;
  let open: string[] | null = null;
  let openSize = 0;
  let openAt = 0;
  let overlong: OverlongLine | null = null;

  const withoutCarriageReturn = (line: string) => (dialect.keepsCarriageReturn || !line.endsWith("\r") ? line : line.slice(0, -1));

  function readLine(raw: string, rows: RawRow[], quoted: Map<number, QuotedRecord>, block: BlockFacts): void {
    lineNumber += 1;
    if (lineNumber <= dialect.skipLines) return;
    if (open !== null) {
      continueRecord(raw, rows, quoted);
      return;
    }
    if (raw.length > maximumRecord) {
      rows.push(tooLarge(lineNumber, startOverlong(raw)));
      return;
    }
    const line = withoutCarriageReturn(raw);
    if (line === "") return;
    const problem = block.isSuspect ? damage(line) : null;
    if (problem !== null) {
      rows.push({ line: lineNumber, cells: null, problem, text: line.slice(0, keptPrefix) });
      return;
    }
    const cells = splitSimple(line);
    if (cells !== null) rows.push({ line: lineNumber, cells, isCutOff: false, isPlain: block.isPlain, problem: null });
    else if (areQuotesBalanced(line, dialect)) queueRecord({ line: lineNumber, lines: [line] }, rows, quoted);
    else [open, openSize, openAt] = [[raw], raw.length, lineNumber];
  }

  function continueRecord(raw: string, rows: RawRow[], quoted: Map<number, QuotedRecord>): void {
    if (open === null) return;
    open.push(raw);
    openSize += raw.length + 1;
    if (!areQuotesBalanced(raw, dialect)) {
      const record = { line: openAt, lines: [...open.slice(0, -1), withoutCarriageReturn(raw)] };
      open = null;
      queueRecord(record, rows, quoted);
      return;
    }
    if (openSize > maximumRecord || open.length > maximumLines) giveUpFirstLine(rows, quoted);
  }

  /** The first line of an open record is refused, and the lines behind it are read anew. */
  function giveUpFirstLine(rows: RawRow[], quoted: Map<number, QuotedRecord>): void {
    const [first = "", ...rest] = open ?? [];
    rows.push({ line: openAt, cells: null, problem: "bad_quotes", text: withoutCarriageReturn(first).slice(0, keptPrefix) });
    open = null;
    lineNumber = openAt;
    for (const line of rest) readLine(line, rows, quoted, unknownBlock);
  }

  function finish(rows: RawRow[], quoted: Map<number, QuotedRecord>): RawRow[] {
    return quoted.size === 0 ? rows : parseQuoted(rows, quoted, dialect);
  }

  return {
    push(block) {
      const rows: RawRow[] = [];
      const quoted = new Map<number, QuotedRecord>();
      let text = block;
      if (overlong !== null) {
        const end = text.indexOf(lineEnd);
        extendOverlong(overlong, end < 0 ? text : text.slice(0, end));
        if (end < 0) return rows;
        lineNumber += 1;
        rows.push(tooLarge(lineNumber, overlong));
        overlong = null;
        text = text.slice(end + 1);
      }
      text = carry + text;
      const lines = text.split(lineEnd);
      carry = lines.pop() ?? "";
      const facts = lookAt(text);
      for (const line of lines) readLine(line, rows, quoted, facts);
      if (carry.length > maximumRecord && open === null) {
        overlong = startOverlong(carry);
        carry = "";
      }
      if (open !== null && openSize + carry.length > maximumRecord) giveUpFirstLine(rows, quoted);
      return finish(rows, quoted);
    },
    end() {
      const rows: RawRow[] = [];
      const quoted = new Map<number, QuotedRecord>();
      if (overlong !== null) {
        lineNumber += 1;
        return [tooLarge(lineNumber, overlong)];
      }
      const last = carry;
      if (last !== "") readLine(last, rows, quoted, unknownBlock);
      while (open !== null) giveUpFirstLine(rows, quoted);
      const complete = finish(rows, quoted);
      return last === ""
        ? complete
        : complete.map((row, index) => (index === complete.length - 1 && row.problem === null ? { ...row, isCutOff: true } : row));
    },
  };
}

/** What is known of all lines of a block at once, so that nearly no line is looked at for it. */
interface BlockFacts {
  /** Somewhere in it is a NUL byte or a character that does not fit the encoding. */
  readonly isSuspect: boolean;
  readonly isPlain: boolean;
}

const unknownBlock: BlockFacts = { isSuspect: true, isPlain: false };

/** A carriage return inside a line, quotes that are not this file's, control characters and backslashes need escapes in JSON. */
function prepareLookAt({ delimiter, quote, lineEnd, keepsCarriageReturn }: Dialect): (text: string) => BlockFacts {
  const mayBePlain = [",", ";", "|", "\t"].includes(delimiter) && !keepsCarriageReturn;
  const strangers = new RegExp(
    `[${delimiter === "\t" ? "" : "\\t"}\\\\\\0-\\x08\\x0b\\x0c\\x0e-\\x1f]${lineEnd === "\n" ? "|\\r(?!\\n)" : "|\\n"}`,
  );
  return (text) => ({
    isSuspect: text.includes("\0") || text.includes("\ufffd") || !text.isWellFormed(),
    isPlain: mayBePlain && (quote === '"' || !text.includes('"')) && !strangers.test(text),
  });
}

/**
 * The cells of a line that has one reading only: no quotes at all, or every cell in quotes and none inside; null for other lines.
 */
function prepareSplitSimple({ delimiter, quote, escape: escapeSign }: Dialect): (line: string) => string[] | null {
  const between = quote + delimiter + quote;
  return (line) => {
    if (quote === "" || !line.includes(quote)) return line.split(delimiter);
    if (escapeSign !== quote || line.length < 2 || !line.startsWith(quote) || !line.endsWith(quote)) return null;
    const cells = line.slice(1, -1).split(between);
    return cells.some((cell) => cell.includes(quote)) ? null : cells;
  };
}

function queueRecord(record: QuotedRecord, rows: RawRow[], quoted: Map<number, QuotedRecord>): void {
  quoted.set(rows.length, record);
  rows.push({ line: record.line, cells: [], isCutOff: false, isPlain: false, problem: null });
}

function damage(line: string): RawProblem | null {
  if (line.includes("\0")) return "nul_byte";
  return line.includes("\ufffd") || !line.isWellFormed() ? "bad_encoding" : null;
}

/** Whether a line leaves quotes as it found them: an even number, those behind an escape sign not counted. */
function areQuotesBalanced(line: string, { quote, escape: escapeSign }: Dialect): boolean {
  if (quote === "") return true;
  let count = 0;
  for (let at = line.indexOf(quote); at >= 0; at = line.indexOf(quote, at + 1)) {
    if (escapeSign === quote || line[at - 1] !== escapeSign) count += 1;
  }
  return count % 2 === 0;
}

/** Puts the cells csv-parse finds in the places kept for them. */
function parseQuoted(rows: readonly RawRow[], quoted: ReadonlyMap<number, QuotedRecord>, dialect: Dialect): RawRow[] {
  const records = [...quoted.values()];
  const all = parseRecords(records, dialect);
  const found: RawRow[][] =
    all === null
      ? records.map((record) => parseAlone(record, dialect))
      : records.map((record, index) => parsedRow(record, all[index] ?? []));
  let next = 0;
  return rows.flatMap((row, index) => {
    if (!quoted.has(index)) return [row];
    next += 1;
    return found[next - 1] ?? [];
  });
}

/** The cells of each record; null when csv-parse refuses one or sees other records than we do. */
function parseRecords(records: readonly QuotedRecord[], { delimiter, quote, escape: escapeSign, lineEnd }: Dialect): string[][] | null {
  const text = records.map(({ lines }) => lines.join(lineEnd)).join(lineEnd);
  try {
    const parsed: string[][] = parse(text, {
      delimiter,
      quote,
      escape: escapeSign,
      record_delimiter: lineEnd,
      relax_column_count: true,
      cast: false,
    });
    return parsed.length === records.length ? parsed : null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

/** A record csv-parse refuses loses its first line only; what follows is read as lines of their own. */
function parseAlone(record: QuotedRecord, dialect: Dialect): RawRow[] {
  const cells = parseRecords([record], dialect)?.[0];
  if (cells !== undefined) return parsedRow(record, cells);
  const [first = "", ...rest] = record.lines;
  const refused: RawRow = { line: record.line, cells: null, problem: "bad_quotes", text: first.slice(0, keptPrefix) };
  if (rest.length === 0) return [refused];
  const inner = createRecordSplitter({ ...dialect, skipLines: 0 });
  const found = [...inner.push(rest.map((line) => line + dialect.lineEnd).join("")), ...inner.end()];
  return [refused, ...found.map((row) => ({ ...row, line: row.line + record.line }))];
}

function parsedRow({ line, lines }: QuotedRecord, cells: string[]): RawRow[] {
  const problem = lines.map(damage).find((found) => found !== null) ?? null;
  if (problem !== null) return [{ line, cells: null, problem, text: lines.join("\n").slice(0, keptPrefix) }];
  return [{ line, cells, isCutOff: false, isPlain: false, problem: null }];
}

interface OverlongLine {
  readonly prefix: string;
  readonly hash: Hash;
  length: number;
}

function startOverlong(text: string): OverlongLine {
  return { prefix: text.slice(0, keptPrefix), hash: createHash("sha256").update(text), length: text.length };
}

function extendOverlong(line: OverlongLine, text: string): void {
  line.hash.update(text);
  line.length += text.length;
}

function tooLarge(line: number, { prefix, hash, length }: OverlongLine): RawRow {
  return {
    line,
    cells: null,
    problem: "record_too_large",
    text: JSON.stringify({ characters: length, sha256: hash.digest("hex"), prefix }),
  };
}
