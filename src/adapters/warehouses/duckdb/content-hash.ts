import { createHash } from "node:crypto";
import { type StreamDefinition, sourceFamilies, streams } from "../../../domain/records/streams.ts";
import { quoteName } from "./dialect.ts";
import type { Connection } from "./driver.ts";
import { rawTable } from "./tables.ts";

const contentColumns = ["business_key", "source", "revision", "row_hash", "is_deleted", "subject_id", "event_at"];
const versionColumns = [...contentColumns, "seq", "superseded_seq", "batch_id", "mapper_version"];

/** One line of text per row, in which an unknown value cannot be mistaken for a text. */
export function rowText(columns: readonly string[]): string {
  return `concat_ws(chr(31), ${columns.map((column) => `coalesce(cast(${column} as varchar), chr(30))`).join(", ")})`;
}

/**
 * A hash of what the raw tables say, independent of the order of rows: of the current content, or of every version with
 * its numbers. The time of recording never counts, so a run repeated another day is equal.
 */
export async function hashContent(connection: Connection, versions: boolean): Promise<string> {
  const hash = createHash("sha256");
  for (const family of sourceFamilies) {
    for (const stream of streams) {
      const table = rawTable(family, stream.name);
      const [row] = await connection.rows(`
        select count(*) as row_count, cast(bit_xor(md5_number(${rowText(columnsOf(stream, versions))})) as varchar) as digest
        from ${table}
        ${versions ? "" : "where superseded_seq is null and not is_deleted"}`);
      if (Number(row?.row_count) > 0) hash.update(`${table} ${row?.row_count} ${row?.digest}\n`);
    }
  }
  return hash.digest("hex");
}

function columnsOf(stream: StreamDefinition, versions: boolean): string[] {
  return [...(versions ? versionColumns : contentColumns), ...stream.columns.map(({ name }) => quoteName(name))];
}
