import { encodingOfMark, openDecoder } from "./decode.ts";
import { type Dialect, detectDialect } from "./dialect.ts";
import { type ColumnLook, lookAtColumn } from "./infer-type.ts";
import { inspectFile, refuseNulBytes } from "./inspect-file.ts";
import { readRawRows } from "./open-file.ts";

const examinedRows = 10_000;
const untold = { delimiter: "auto", quote: '"', line_ends: "auto", skip_lines: 0 } as const;

/** What the beginning of a file shows of the whole. */
export interface Sample {
  readonly encoding: string;
  readonly dialect: Dialect;
  readonly hasHeader: boolean;
  readonly columns: readonly ColumnLook[];
  readonly rows: number;
}

/** Looks at the first 10,000 records of a file. @throws SourceBrokenError as inspectFile. */
export async function readSample(file: string): Promise<Sample> {
  const { beginning, path, bytes } = await inspectFile(file);
  const encoding = encodingOfMark(beginning) ?? guessEncoding(beginning);
  refuseNulBytes({ path, bytes, beginning }, encoding);
  const dialect = detectDialect((await openDecoder(encoding)).write(beginning), untold);
  const rows: string[][] = [];
  for await (const block of readRawRows({ file, encoding, dialect, onBytes: () => undefined })) {
    for (const row of block) if (row.problem === null) rows.push(row.cells);
    if (rows.length > examinedRows) break;
  }
  const [first = [], ...rest] = rows.slice(0, examinedRows + 1);
  const hasHeader = isHeader(first);
  const body = (hasHeader ? rest : [first, ...rest]).filter((cells) => cells.length === first.length);
  const columns = first.map((name, index) =>
    lookAtColumn(
      hasHeader ? name.trim() : String(index + 1),
      body.map((cells) => cells[index] ?? ""),
    ),
  );
  return { encoding, dialect, hasHeader, columns, rows: body.length };
}

/** Bytes that are no UTF-8 are most often the Windows encoding of western Europe. */
function guessEncoding(beginning: Buffer): string {
  // The sample may end inside a character.
  const whole = beginning.subarray(0, Math.max(0, beginning.length - 4));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(whole, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** Names are different words; data have numbers, dates or the same value twice. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  return names.length > 0 && new Set(names).size === names.length && names.every((name) => /\p{L}/u.test(name) && !/^\d/.test(name));
}
