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
  return {
    columns,
    rows: () => chunk(records, columns),
  } satisfies TableFile;
};

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
    return new SourceBrokenError(`${path} is no regular CSV: ${error.message}`, { code: "CSV_BROKEN", cause: error });
  }
  if (error instanceof Error && "code" in error) {
    const hint = error.code === "ENOENT" ? { hint: "check the path given with --panel" } : {};
    return new SourceBrokenError(`${path} cannot be read: ${error.message}`, { code: "FILE_UNREADABLE", cause: error, ...hint });
  }
  return error;
}
