import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type StreamDefinition, streamDefinition } from "../../../domain/records/streams.ts";
import type { BatchFile, Finding } from "../../../ports/warehouse.ts";
import { fileColumns } from "../batch-columns.ts";
import type { CompareWithArchive } from "../check-tables.ts";
import type { Connection } from "../connection.ts";
import { digestColumns, digestText } from "../content-hash.ts";
import type { DataType } from "../dialect.ts";
import { countFile, type FileCounts } from "../load-batch.ts";
import { archivedRowText, heldRowText, readFiles } from "./compare-with-archive.ts";
import { duckdbDialect, quoteName, quoteText } from "./dialect.ts";
import { type Database, openDatabase } from "./driver.ts";

/** The archive's files, read by a DuckDB in memory on behalf of a warehouse that cannot reach them. */
export interface LocalFiles {
  /** Writes what a warehouse needs of a batch, and lends the file while `work` lasts. */
  withUpload<T>(batch: BatchFile, format: UploadFormat, work: (upload: Upload) => Promise<T>): Promise<T>;
  readonly compare: CompareWithArchive;
  close(): Promise<void>;
}

export interface UploadFormat {
  /** `parquet` or `ndjson` */
  readonly extension: string;
  /** As DuckDB's COPY takes them. */
  readonly options: string;
  /** A column as the warehouse reads it best. */
  cast(name: string, type: DataType): string;
}

export interface Upload {
  readonly path: string;
  readonly columns: readonly UploadColumn[];
  readonly counts: FileCounts;
}

export interface UploadColumn {
  readonly name: string;
  readonly type: DataType;
}

export function openLocalFiles(): LocalFiles {
  const database = openDatabase({
    path: ":memory:",
    memoryLimit: "512MB",
    threads: Math.min(2, availableParallelism()),
    lockWaitSeconds: 0,
    idleReleaseMillis: 5_000,
    onWait: () => undefined,
    prepare: async () => undefined,
  });
  return {
    async withUpload(batch, format, work) {
      const folder = await mkdtemp(join(tmpdir(), "gami-upload-"));
      try {
        return await work(await writeUpload(database, batch, format, join(folder, `${batch.batchId}.${format.extension}`)));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    compare: (connection, comparison) => compareDigests(database, connection, comparison),
    close: () => database.release(),
  };
}

export function uploadColumns({ stream }: Pick<BatchFile, "stream">): readonly UploadColumn[] {
  return fileColumns(streamDefinition(stream)).map(([name, type]) => ({ name, type }));
}

/**
 * The source record as received stays in the archive; a warehouse gets it of refused records only, and of the places in the
 * source what quarantine needs.
 */
function writeUpload(database: Database, { file, stream, retryOf }: BatchFile, format: UploadFormat, path: string): Promise<Upload> {
  return database.use(async (connection) => {
    const archived = `read_parquet(${quoteText(file)})`;
    const inFile = new Set((await connection.rows(`select name from parquet_schema(${quoteText(file)})`)).map(({ name }) => String(name)));
    const counts = await countFile(connection, archived);
    const columns = uploadColumns({ stream });
    const isNeeded = (name: string) =>
      name === "payload" ? counts.quarantined > 0 : name !== "place" || counts.quarantined > 0 || retryOf !== null;
    const selects = columns.map(({ name, type }) => {
      if (!inFile.has(name) || !isNeeded(name)) return `cast(null as ${duckdbDialect.types[type]}) as ${quoteName(name)}`;
      const read = name === "payload" ? "case when kind = 'reject' then payload end" : format.cast(quoteName(name), type);
      return `${read} as ${quoteName(name)}`;
    });
    const which = retryOf === null ? " where kind <> 'filtered'" : "";
    await connection.run(`copy (select ${selects.join(", ")} from ${archived}${which}) to ${quoteText(path)} (${format.options})`);
    return { path, columns, counts };
  });
}

/** Every version in raw is in the archive as it stands, and every archived one is in raw: told by their digests. */
async function compareDigests(
  database: Database,
  connection: Connection,
  { table, stream, paths }: { readonly table: string; readonly stream: StreamDefinition; readonly paths: readonly string[] },
): Promise<Finding[]> {
  const { dialect } = connection;
  const archived = await database.use(({ rows }) =>
    rows(`select ${digestColumns(duckdbDialect, "content")} from (
      select distinct business_key, row_hash, md5(${archivedRowText(stream)}) as content
      from ${readFiles(paths)} where kind in ('record', 'deletion')
    ) as versions`),
  );
  const held = await connection.rows(`select ${digestColumns(dialect, "content")} from (
      select distinct business_key, row_hash, ${dialect.md5(heldRowText(connection, stream))} as content from ${dialect.table(table)}
    ) as versions`);
  if (digestText(archived[0]) === digestText(held[0])) return [];
  const detail = `${held[0]?.row_count} versions that differ from the ${archived[0]?.row_count} in the archive (all rows)`;
  return [{ check: "in_archive", place: table, detail }];
}
