/**
 * Rows per second of a load into Snowflake and BigQuery against the bare driver twice: the same files by the same PUT and
 * COPY, or load job, and one insert per batch with nothing told apart; and the same with the closing and inserting of versions
 * in a transaction. Batch by batch in turn, so that what else the machine does weighs on all three. Says where gami's time
 * went. For BigQuery also the same batch as Parquet and as NDJSON. On emulators.
 *
 *   npx node bench/warehouse-load.ts [ROWS, default 1000000] [snowflake|bigquery]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openParquetArchive } from "../src/adapters/archive/parquet/archive.ts";
import { bigqueryDialect } from "../src/adapters/warehouses/bigquery/dialect.ts";
import { openService, type Service } from "../src/adapters/warehouses/bigquery/driver.ts";
import { bigqueryUpload, openBigQueryWarehouse } from "../src/adapters/warehouses/bigquery/warehouse.ts";
import type { Connection } from "../src/adapters/warehouses/connection.ts";
import { type LocalFiles, openLocalFiles, type Upload, type UploadFormat } from "../src/adapters/warehouses/duckdb/local-files.ts";
import { openDuckDbWarehouse } from "../src/adapters/warehouses/duckdb/warehouse.ts";
import { openSessions, type Sessions } from "../src/adapters/warehouses/snowflake/driver.ts";
import { copyFile, makeFileTable, openSnowflakeWarehouse, snowflakeUpload } from "../src/adapters/warehouses/snowflake/warehouse.ts";
import { batchFileOf, loadRead } from "../src/app/ingest/load-read.ts";
import type { Archive } from "../src/ports/archive.ts";
import type { BatchFile, Warehouse } from "../src/ports/warehouse.ts";
import { type Emulator, type EmulatorKind, emulatorKinds, startEmulator } from "../test/emulators/emulators.ts";
import { bigqueryConfig, snowflakeConfig } from "../test/support/cloud-warehouses.ts";
import { readOf, recordItem } from "../test/support/item-read.ts";

const rows = Number(process.argv[2] ?? 1_000_000);
const kinds = emulatorKinds.filter((kind) => process.argv[3] === undefined || process.argv[3] === kind);
const folder = mkdtempSync(join(tmpdir(), "gami-bench-"));
const source = "csv:bench";

function call(number: number) {
  const at = Date.UTC(2025, 0, 1) + number * 37_000;
  return recordItem("interaction", String(number), {
    interaction_id: `C${number}`,
    agent_native_id: `agent-${number % 300}`,
    segment_id: "0",
    queue_native_id: `Q${number % 12}`,
    channel: "voice",
    entered_at: at,
    started_at: at + 20_000,
    talk_ms: (number * 13_000) % 900_000,
    handle_ms: (number * 13_000) % 900_000,
    outcome: "answered",
  });
}

/** Makes the archived files once; how long that takes is no part of this. */
async function archiveCalls(archive: Archive): Promise<BatchFile[]> {
  const warehouse = openDuckDbWarehouse({ path: join(folder, "bench.duckdb") });
  const read = readOf([], { source, streams: ["interaction"] });
  const items = async function* () {
    for (let from = 0; from < rows; from += 1000)
      yield Array.from({ length: Math.min(1000, rows - from) }, (_, index) => call(from + index));
  };
  await loadRead({ warehouse, archive, clock: { now: () => Date.UTC(2026, 0, 1) } }, { ...read, items });
  await warehouse.close();
  return (await archive.committed()).filter(({ path }) => path !== null).map((manifest) => batchFileOf(archive, manifest, "interaction"));
}

/** Milliseconds by what they were spent on. */
type Spent = Map<string, number>;

async function timed<T>(spent: Spent, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    spent.set(what, (spent.get(what) ?? 0) + performance.now() - began);
  }
}

/** What a statement of gami is for, by how it begins. */
function partOf(sql: string): string {
  const text = sql.trim().toLowerCase();
  if (/^(put|copy|create (or replace )?temporary (stage|table "gami_file))/.test(text)) return "PUT and COPY";
  if (/^(begin|commit|insert|update)/.test(text)) return "transaction";
  return text.startsWith("drop") ? "clean-up" : "telling apart";
}

/** The same connection, which notes how long each statement takes until its answer is there. */
function watched(connection: Connection, spent: Spent): Connection {
  const { run, rows: read, script, transact } = connection;
  return {
    ...connection,
    run: (sql, values) => timed(spent, partOf(sql), () => run(sql, values)),
    rows: (sql, values) => timed(spent, partOf(sql), () => read(sql, values)),
    script: (statements) => timed(spent, "telling apart", () => script(statements)),
    transact: (work) => timed(spent, "transaction", () => transact(work)),
  };
}

function watchedFiles(spent: Spent): LocalFiles {
  const files = openLocalFiles();
  return {
    ...files,
    async withUpload(batch, format, work) {
      const written = Promise.withResolvers<void>();
      void timed(spent, "file", () => written.promise);
      return files.withUpload(batch, format, (upload) => {
        written.resolve();
        return work(upload);
      });
    },
  };
}

function openWatched(kind: EmulatorKind, emulator: Emulator, spent: Spent): Warehouse {
  const files = watchedFiles(spent);
  if (kind === "snowflake") {
    const open: typeof openSessions = (config, prepare): Sessions => {
      const sessions = openSessions(config, prepare);
      return { ...sessions, use: (work) => sessions.use((connection) => work(watched(connection, spent))) };
    };
    return openSnowflakeWarehouse(snowflakeConfig(emulator), { open, files });
  }
  const open: typeof openService = async (config): Promise<Service> => {
    const service = await openService(config);
    return {
      ...service,
      connection: watched(service.connection, spent),
      loadFile: (...args) => timed(spent, "load job", () => service.loadFile(...args)),
    };
  };
  return openBigQueryWarehouse(bigqueryConfig(emulator), { open, files });
}

/** A driver alone; the file is there already. */
interface Bare {
  /** The file comes in, and one insert brings it to a table, nothing told apart. */
  load(upload: Upload, index: number): Promise<void>;
  /** The file comes in; what it supersedes is closed and what is not there yet inserted, in one transaction. */
  loadVersions(upload: Upload, index: number): Promise<void>;
  close(): Promise<void>;
}

const insertInto = (index: number) =>
  index === 0 ? "create table bare.loaded as select * from bare.file" : "insert into bare.loaded select * from bare.file";

/** The same tables as the CSV benchmark's DuckDB makes by hand. */
async function writeVersions({ run, transact, dialect }: Connection, index: number): Promise<void> {
  if (index === 0) {
    const empty = `cast(null as ${dialect.types.integer})`;
    await run(`create table bare.versions as
      select file.*, 1 as revision, 0 as seq, ${empty} as superseded_seq from bare.file as file where false`);
  }
  await run(`create or replace table bare.matched as
    select business_key, row_hash, revision from bare.versions
    where superseded_seq is null and business_key in (select business_key from bare.file)`);
  await transact(async (transaction) => {
    await transaction.run(`update bare.versions set superseded_seq = ${index} where superseded_seq is null and business_key in (
      select file.business_key from bare.file as file
      inner join bare.matched as matched on matched.business_key = file.business_key
      where file.row_hash <> matched.row_hash)`);
    await transaction.run(`insert into bare.versions
      select file.*, coalesce(matched.revision, 0) + 1, ${index}, null from bare.file as file
      left join bare.matched as matched on matched.business_key = file.business_key
      where matched.business_key is null or matched.row_hash <> file.row_hash`);
  });
}

function openBareSnowflake(emulator: Emulator): Bare {
  const sessions = openSessions(snowflakeConfig(emulator, { database: "BENCH" }), async ({ run }) => {
    await run("create schema if not exists bare");
    await run("create stage if not exists bare.load");
  });
  const bringIn = async (connection: Connection, upload: Upload, index: number) => {
    await makeFileTable(connection, "table", "bare.file", upload.columns);
    await copyFile(connection, upload, "bare.file", `@bare.load/${index}/`);
  };
  return {
    load: (upload, index) =>
      sessions.use(async (connection) => {
        await bringIn(connection, upload, index);
        await connection.run(insertInto(index));
      }),
    loadVersions: (upload, index) =>
      sessions.use(async (connection) => {
        await bringIn(connection, upload, index);
        await writeVersions(connection, index);
      }),
    close: sessions.close,
  };
}

async function openBareBigQuery(emulator: Emulator): Promise<Bare> {
  const service = await openService(bigqueryConfig(emulator, { project: "bare-test" }));
  await service.createDataset("bare");
  return {
    async load({ path, columns }, index) {
      await service.loadFile("bare.file", path, columns);
      await service.connection.run(insertInto(index));
    },
    async loadVersions({ path, columns }, index) {
      await service.loadFile("bare.file", path, columns);
      await writeVersions(service.connection, index);
    },
    close: async () => undefined,
  };
}

/** The same batch by a load job of each format: what its file takes to write, how large it is, and how long the job lasts. */
async function compareFormats(emulator: Emulator, files: LocalFiles, batch: BatchFile): Promise<void> {
  const { BigQuery } = await import("@google-cloud/bigquery");
  const authClient = Object({ getRequestHeaders: async () => new Headers() });
  const client = new BigQuery({ projectId: "format-test", apiEndpoint: emulator.url, authClient, autoRetry: false });
  const [dataset] = await client.createDataset("formats");
  const ndjson: UploadFormat = { ...snowflakeUpload, extension: "ndjson", options: "format json" };
  const { types } = bigqueryDialect("bench");
  for (const [sourceFormat, format] of [
    ["PARQUET", bigqueryUpload],
    ["NEWLINE_DELIMITED_JSON", ndjson],
  ] as const) {
    const began = performance.now();
    await files.withUpload(batch, format, async ({ path, columns }) => {
      const written = performance.now();
      const fields = columns.map(({ name, type }) => ({ name, type: types[type].toUpperCase() }));
      await dataset.table(format.extension).load(path, { sourceFormat, schema: { fields } });
      console.log(
        JSON.stringify({
          format: format.extension,
          rows: batch.received,
          fileMegabytes: Number((statSync(path).size / 1e6).toFixed(1)),
          writeSeconds: Number(((written - began) / 1000).toFixed(2)),
          loadSeconds: Number(((performance.now() - written) / 1000).toFixed(2)),
        }),
      );
    });
  }
}

async function measure(kind: EmulatorKind, batches: readonly BatchFile[]): Promise<void> {
  const emulator = await startEmulator(kind);
  const files = openLocalFiles();
  const sides: Spent = new Map();
  const parts: Spent = new Map();
  const warehouse = openWatched(kind, emulator, parts);
  try {
    await warehouse.createTables();
    const [claim] = await warehouse.claim(source, ["interaction"]);
    const bare = kind === "snowflake" ? openBareSnowflake(emulator) : await openBareBigQuery(emulator);
    parts.clear();
    for (const [index, batch] of batches.entries()) {
      const began = performance.now();
      await files.withUpload(batch, kind === "snowflake" ? snowflakeUpload : bigqueryUpload, async (upload) => {
        sides.set("file", (sides.get("file") ?? 0) + performance.now() - began);
        await timed(sides, "bare", () => bare.load(upload, index));
        await timed(sides, "bare versions", () => bare.loadVersions(upload, index));
      });
      await timed(sides, "gami", () => warehouse.commit([{ ...batch, fence: claim?.fence ?? 0 }]));
    }
    await bare.close();
    const [held] = await warehouse.rows("select count(*) as n from raw.csv_interaction");
    if (held?.n !== rows) throw new Error(`${held?.n} of ${rows} rows are there`);
    const millis = (side: string) => sides.get(side) ?? 0;
    const ratio = (bareMillis: number) => Number((bareMillis / millis("gami")).toFixed(2));
    console.log(
      JSON.stringify({
        kind,
        rows,
        batches: batches.length,
        rowsPerSecond: Object.fromEntries([...sides].map(([side, spent]) => [side, Math.round((rows / spent) * 1000)])),
        "bare load, its file given": ratio(millis("bare")),
        "bare load, its file written too": ratio(millis("bare") + millis("file")),
        "bare closing and inserting, its file given": ratio(millis("bare versions")),
        "bare closing and inserting, its file written too": ratio(millis("bare versions") + millis("file")),
        "gami's seconds": Object.fromEntries([...parts].map(([part, spent]) => [part, Number((spent / 1000).toFixed(1))])),
      }),
    );
    const [first] = batches;
    if (kind === "bigquery" && first !== undefined) await compareFormats(emulator, files, first);
  } finally {
    await warehouse.close();
    await files.close();
    await emulator.stop();
  }
}

const archive = openParquetArchive({ path: join(folder, "archive") });
try {
  const batches = await archiveCalls(archive);
  for (const kind of kinds) await measure(kind, batches);
} finally {
  await archive.close();
  rmSync(folder, { recursive: true, force: true });
}
