import { open, stat } from "node:fs/promises";
import { SourceBrokenError } from "../../../errors.ts";

/** The beginning of a file and how long the whole is. */
export interface FileSample {
  readonly path: string;
  readonly bytes: number;
  readonly beginning: Buffer;
}

const sampleBytes = 256 * 1024;

/** @throws SourceBrokenError when there is no file to read, it is empty, or it is no text. */
export async function inspectFile(path: string): Promise<FileSample> {
  const facts = await factsOf(path);
  if (facts.isDirectory()) {
    throw new SourceBrokenError(`${path} is a folder: expected a CSV file`, {
      code: "FILE_IS_FOLDER",
      hint: `name the files in it, for example ${path}/*.csv`,
    });
  }
  if (!facts.isFile()) {
    throw new SourceBrokenError(`${path} is not a regular file: expected a CSV file that can be read twice`, {
      code: "FILE_NOT_REGULAR",
      hint: "save the data as a file first",
    });
  }
  if (facts.size === 0) {
    throw new SourceBrokenError(`${path} is empty (0 bytes): expected at least a header line`, {
      code: "FILE_EMPTY",
      hint: "export the file again and check that the export finished",
    });
  }
  const beginning = await readBeginning(path);
  refuseBinary(path, beginning);
  return { path, bytes: facts.size, beginning };
}

async function factsOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readBeginning(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, "r");
    const buffer = Buffer.alloc(sampleBytes);
    const { bytesRead } = await file.read(buffer, 0, sampleBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function unreadable(path: string, cause: unknown): SourceBrokenError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new SourceBrokenError(`${path} does not exist: expected a CSV file`, {
      code: "FILE_MISSING",
      hint: "check the path; it is relative to the folder you are in",
      cause,
    });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new SourceBrokenError(`${path} may not be read by this user`, {
      code: "FILE_FORBIDDEN",
      hint: `make it readable, for example with 'chmod u+r ${path}'`,
      cause,
    });
  }
  return new SourceBrokenError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: "FILE_UNREADABLE",
    hint: "check the disk or the mount the file lies on",
    cause,
  });
}

/** First bytes of formats that are often taken for CSV, and what to do instead. */
const magicNumbers: readonly (readonly [hex: string, what: string, hint: string])[] = [
  ["504b0304", "a ZIP archive or an Excel workbook (.xlsx)", "open it in the spreadsheet and save the sheet as CSV, or unzip it"],
  ["d0cf11e0a1b11ae1", "an old Excel workbook (.xls)", "open it in the spreadsheet and save the sheet as CSV"],
  ["1f8b", "compressed with gzip", "unpack it with 'gunzip --keep FILE' first"],
  ["28b52ffd", "compressed with zstd", "unpack it with 'zstd -d FILE' first"],
  ["425a68", "compressed with bzip2", "unpack it with 'bunzip2 --keep FILE' first"],
  ["fd377a585a00", "compressed with xz", "unpack it with 'unxz --keep FILE' first"],
  ["377abcaf271c", "a 7z archive", "unpack it first"],
  ["50415231", "a Parquet file", "write it as CSV first, for example with DuckDB: copy 'FILE' to 'FILE.csv'"],
  ["53514c69746520666f726d6174203300", "an SQLite database", "export the table as CSV first"],
  ["25504446", "a PDF", "ask for the data as CSV"],
];

function refuseBinary(path: string, beginning: Buffer): void {
  const hex = beginning.subarray(0, 16).toString("hex");
  const known = magicNumbers.find(([magic]) => hex.startsWith(magic));
  if (known !== undefined) {
    const [, what, hint] = known;
    throw new SourceBrokenError(`${path} is ${what}: expected a text file with delimiters`, { code: "FILE_BINARY", hint });
  }
}

/** Text has no NUL bytes unless two bytes make a character. @throws SourceBrokenError */
export function refuseNulBytes({ path, beginning }: FileSample, encoding: string): void {
  if (/^utf-?(16|32)|^ucs-?2/i.test(encoding)) return;
  const at = beginning.indexOf(0);
  if (at < 0) return;
  const isWide = at < 4 && beginning.length > 4 && beginning.indexOf(0, at + 1) === at + 2;
  throw new SourceBrokenError(`${path} has a NUL byte at offset ${at}: expected text in ${encoding}`, {
    code: "FILE_BINARY",
    hint: isWide
      ? `it looks like UTF-16: write 'encoding: utf-16${at === 1 ? "le" : "be"}' in the mapping`
      : "it is a binary or damaged file; export it again as CSV",
  });
}
