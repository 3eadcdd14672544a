import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { SourceBrokenError } from "../../errors.ts";
import type { OpenTableFile, TableFile } from "../../ports/table-file.ts";

const chunkRows = 1000;

/** Reads a CSV file (UTF-8, header line, comma) as it comes. */
export const openCsvTable: OpenTableFile = async (path) => {
  const records = readRecords(path);
  const first = await records.next();
  const columns = first.done === true ? [] : first.value;
  checkHeader(columns, path);
  return {
    columns,
    rows: () => chunk(records, columns),
  } satisfies TableFile;
};

const separatorHint = "save it with commas between the cells and points in decimals";

/** A header of one cell with other separators in it: the whole file would be one column. */
function checkHeader(columns: readonly string[], path: string): void {
  const [only = "", second] = columns;
  if (columns.length === 0)
    throw new SourceBrokenError(`${path} is empty: it has no header line`, {
      code: "FILE_EMPTY",
      hint: "export the file again and check that the export finished",
    });
  const separator = second === undefined ? ([";", "\t", "|"].find((sign) => only.includes(sign)) ?? null) : null;
  if (separator === null) return;
  throw new SourceBrokenError(`${path} separates its cells with ${separator === "\t" ? "tabs" : `"${separator}"`}, not with commas`, {
    code: "CSV_SEPARATOR",
    hint: separatorHint,
  });
}

async function* readRecords(path: string): AsyncGenerator<readonly string[], void> {
  const parser = parse({ bom: true, skip_empty_lines: true });
  const stream = createReadStream(path);
  stream.on("error", (error) => parser.destroy(error));
  try {
    for await (const record of stream.pipe(parser)) yield record;
  } catch (error) {
    throw explain(error, path);
  }
}

async function* chunk(records: AsyncGenerator<readonly string[], void>, columns: readonly string[]) {
  let rows: Readonly<Record<string, string>>[] = [];
  for await (const record of records) {
    rows.push(Object.fromEntries(columns.map((column, index) => [column, record[index] ?? ""])));
    if (rows.length === chunkRows) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof CsvError) {
    return new SourceBrokenError(`${path} is no regular CSV: ${error.message}`, {
      code: "CSV_BROKEN",
      hint: / expect 1, /.test(error.message)
        ? separatorHint
        : "every line needs as many cells as the header; quote cells with commas or line breaks in them",
      cause: error,
    });
  }
  if (error instanceof Error && "code" in error) {
    if (error.code === "EISDIR")
      return new SourceBrokenError(`${path} is a folder, not a CSV file`, {
        code: "FILE_UNREADABLE",
        hint: "name the file in it",
        cause: error,
      });
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      return new SourceBrokenError(`${path} does not exist: expected a CSV file`, {
        code: "FILE_MISSING",
        hint: "check the path; it is relative to the folder you are in",
        cause: error,
      });
    }
    return new SourceBrokenError(`${path} cannot be read: ${error.message}`, {
      code: "FILE_UNREADABLE",
      hint: "check the disk or the mount the file lies on",
      cause: error,
    });
  }
  return error;
}
