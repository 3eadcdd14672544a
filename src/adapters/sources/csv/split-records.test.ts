import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Dialect } from "./dialect.ts";
import { createRecordSplitter, type RawRow } from "./split-records.ts";

const comma: Dialect = { delimiter: ",", quote: '"', escape: '"', lineEnd: "\n", keepsCarriageReturn: false, skipLines: 0 };

function split(text: string, dialect: Dialect = comma, blockLength = text.length): RawRow[] {
  const splitter = createRecordSplitter(dialect);
  const rows: RawRow[] = [];
  for (let at = 0; at < text.length; at += Math.max(1, blockLength))
    rows.push(...splitter.push(text.slice(at, at + Math.max(1, blockLength))));
  return [...rows, ...splitter.end()];
}

const cellsOf = (rows: readonly RawRow[]) => rows.map(({ cells }) => cells);
const problemsOf = (rows: readonly RawRow[]) => rows.map(({ line, problem }) => [line, problem]);

const plainCell = fc.string({ maxLength: 12 });
const awkwardCell = fc.string({
  unit: fc.constantFrom("a", "ä", "😀", '"', ",", ";", "\t", "\n", "\r", "|", "'", "\\", " ", "="),
  maxLength: 8,
});
const tables = fc
  .integer({ min: 2, max: 6 })
  .chain((width) =>
    fc.array(fc.array(fc.oneof(plainCell, awkwardCell), { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
  )
  // A NUL byte makes a row unreadable on purpose, and a line of nothing is no record.
  .map((rows) => rows.map((row) => row.map((cell) => cell.replaceAll("\0", "").replaceAll("\ufffd", ""))));

/** Quotes where RFC 4180 needs them, and wherever `always` says so. */
function render(
  rows: readonly (readonly string[])[],
  { delimiter, quote, escape: escapeSign }: Dialect,
  lineEnd: string,
  always: boolean,
): string {
  const renderCell = (cell: string) => {
    const escaped = escapeSign === quote ? cell.replaceAll(quote, quote + quote) : cell.replaceAll(quote, escapeSign + quote);
    const needs = always || [...delimiter, quote, "\n", "\r"].some((sign) => cell.includes(sign));
    return needs ? `${quote}${escaped}${quote}` : cell;
  };
  return rows.map((row) => row.map(renderCell).join(delimiter)).join(lineEnd);
}

test("a table written with any delimiter, quote and line end, cut into any blocks, is read back cell by cell", () => {
  fc.assert(
    fc.property(
      tables,
      fc.constantFrom(",", ";", "\t", "|", "::"),
      fc.constantFrom('"', "'"),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      (rows, delimiter, quote, lineEnd, always, endsWithLineEnd, blockLength) => {
        const dialect: Dialect = { ...comma, delimiter, quote, escape: quote, lineEnd: lineEnd === "\r" ? "\r" : "\n" };
        // A carriage return before the line end could not be told from CRLF without quotes; the writer quotes it.
        const text = render(rows, dialect, lineEnd, always) + (endsWithLineEnd ? lineEnd : "");
        const found = split(text, dialect, blockLength);
        expect(cellsOf(found)).toEqual(rows);
      },
    ),
    { numRuns: 500 },
  );
});

test("without a fault, the cells are those csv-parse finds in the whole text", () => {
  fc.assert(
    fc.property(tables, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, lineEnd, always) => {
      const text = render(rows, comma, lineEnd, always);
      const expected: string[][] = parse(text, { record_delimiter: lineEnd, relax_column_count: true, skip_empty_lines: true });
      expect(cellsOf(split(text, comma, 64))).toEqual(expected);
    }),
  );
});

test("any text at all is read to its end, and every line is in a record, refused or blank", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "\0"), maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      (text, blockLength) => {
        const whole = split(text);
        expect(split(text, comma, blockLength).map(({ line, cells, problem }) => ({ line, cells, problem }))).toEqual(
          whole.map(({ line, cells, problem }) => ({ line, cells, problem })),
        );
        const lines = whole.map(({ line }) => line);
        expect(lines).toEqual([...lines].sort((a, b) => a - b));
        expect(new Set(lines).size).toBe(lines.length);
      },
    ),
    { numRuns: 1000 },
  );
});

test("with a backslash as escape, a quote inside quotes does not end them", () => {
  const dialect = { ...comma, escape: "\\" };
  expect(cellsOf(split('"say \\"hi\\"",2\n"b",3\n', dialect))).toEqual([
    ['say "hi"', "2"],
    ["b", "3"],
  ]);
});

test("line numbers are those of an editor: skipped lines, blank lines and lines inside quotes count", () => {
  const text = 'title\n\na,b\n"x\ny",2\nc,d\n';
  expect(split(text, { ...comma, skipLines: 1 }).map(({ line, cells }) => [line, cells])).toEqual([
    [3, ["a", "b"]],
    [4, ["x\ny", "2"]],
    [6, ["c", "d"]],
  ]);
});

test("a quote nobody closes costs its own line, not the rest of the file", () => {
  const rows = split('a,b\n1,"open\n3,4\n5,6\n"x","y"\n7,8\n');
  expect(problemsOf(rows)).toEqual([
    [1, null],
    [2, "bad_quotes"],
    [3, null],
    [4, null],
    [5, null],
    [6, null],
  ]);
});

test("a stray quote inside a cell is refused with its line", () => {
  expect(problemsOf(split('a,b\n5" pipe,2\n6" hose,3\n7,8\n'))).toEqual([
    [1, null],
    [2, "bad_quotes"],
    [3, "bad_quotes"],
    [4, null],
  ]);
});

test("where quotes mean nothing, they are characters", () => {
  expect(cellsOf(split('5" pipe,2\n', { ...comma, quote: "", escape: "" }))).toEqual([['5" pipe', "2"]]);
});

test("a line of two megabytes is refused by its length, hash and beginning, and the next line is read", () => {
  const rows = split(`a,b\n${"x".repeat(2_000_000)},2\nc,d\n`, comma, 65_536);
  expect(problemsOf(rows)).toEqual([
    [1, null],
    [2, "record_too_large"],
    [3, null],
  ]);
  const [, long] = rows;
  expect(long?.problem === null ? "" : long?.text).toContain('"characters":2000002');
  expect((long?.problem === null ? "" : (long?.text ?? "")).length).toBeLessThan(5000);
});

test("a last line without a line end is marked, a complete one is not", () => {
  expect(split("a,b\n1,2").map((row) => row.problem === null && row.isCutOff)).toEqual([false, true]);
  expect(split("a,b\n1,2\n").map((row) => row.problem === null && row.isCutOff)).toEqual([false, false]);
});

test("NUL bytes and characters outside the encoding refuse their row only", () => {
  expect(problemsOf(split("a,b\n1,\0\n2,\ufffd\n3,4\n"))).toEqual([
    [1, null],
    [2, "nul_byte"],
    [3, "bad_encoding"],
    [4, null],
  ]);
});

test("carriage returns before line feeds belong to the line end also where only some lines have them", () => {
  expect(cellsOf(split("a,b\r\n1,2\n3,4\r\n"))).toEqual([
    ["a", "b"],
    ["1", "2"],
    ["3", "4"],
  ]);
});
