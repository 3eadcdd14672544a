/**
 * Rows per second of a load into Snowflake and BigQuery against the bare driver: the same files by the same PUT and COPY, or
 * load job, and one insert per batch, with nothing told apart. Batch by batch in turn, so that what else the machine does
 * weighs on both. For BigQuery also the same batch as Parquet and as NDJSON. On emulators.
 *
 *   npx node bench/warehouse-load.ts [ROWS, default 1000000] [snowflake|bigquery]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openParquetArchive } from "../src/adapters/archive/parquet/archive.ts";
import { bigqueryDialect } from "../src/adapters/warehouses/bigquery/dialect.ts";
import { openService } from "../src/adapters/warehouses/bigquery/driver.ts";
import { openBigQueryWarehouse } from "../src/adapters/warehouses/bigquery/warehouse.ts";
import { type LocalFiles, openLocalFiles, type Upload, type UploadFormat } from "../src/adapters/warehouses/duckdb/local-files.ts";
import { openDuckDbWarehouse } from "../src/adapters/warehouses/duckdb/warehouse.ts";
import { snowflakeDialect } from "../src/adapters/warehouses/snowflake/dialect.ts";
import { openSessions } from "../src/adapters/warehouses/snowflake/driver.ts";
import { openSnowflakeWarehouse } from "../src/adapters/warehouses/snowflake/warehouse.ts";
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

/** One batch by the driver alone; the file is there already. */
type LoadBare = (batch: BatchFile, index: number) => Promise<void>;

/** Writes the file first, which is counted on its own: gami writes the same one, and it is in gami's time. */
async function withFile(files: LocalFiles, batch: BatchFile, format: UploadFormat, work: (upload: Upload) => Promise<void>): Promise<void> {
  const began = performance.now();
  await files.withUpload(batch, format, async (upload) => {
    spent.file += performance.now() - began;
    await timed("bare", () => work(upload));
  });
}

const uploads: Readonly<Record<EmulatorKind, UploadFormat>> = {
  snowflake: {
    extension: "parquet",
    options: "format parquet, compression zstd",
    cast: (name, type) => (["key", "json", "instant"].includes(type) ? `cast(${name} as varchar)` : name),
  },
  bigquery: {
    extension: "parquet",
    options: "format parquet, compression zstd",
    cast: (name, type) =>
      type === "instant" ? `cast(${name} as timestamptz)` : ["key", "json"].includes(type) ? `cast(${name} as varchar)` : name,
  },
};
const insertInto = (index: number) =>
  index === 0 ? "create table bare.loaded as select * from bare.file" : "insert into bare.loaded select * from bare.file";

async function withBareSnowflake(emulator: Emulator, files: LocalFiles, work: (load: LoadBare) => Promise<void>): Promise<void> {
  const sessions = openSessions(snowflakeConfig(emulator, { database: "BENCH" }), async ({ run }) => {
    await run("create schema if not exists bare");
    await run("create stage if not exists bare.bare_load");
  });
  await work((batch, index) =>
    withFile(files, batch, uploads.snowflake, ({ path, columns }) =>
      sessions.use(async ({ run }) => {
        const { types } = snowflakeDialect;
        await run(`create or replace table bare.file (${columns.map(({ name, type }) => `"${name}" ${types[type]}`).join(", ")})`);
        await run(`put 'file://${path}' @bare.bare_load/${index}/ auto_compress=false overwrite=true`);
        await run(`copy into bare.file from (select ${columns.map(({ name, type }) => `$1:"${name}"::${types[type]}`).join(", ")}
            from @bare.bare_load/${index}/) file_format = (type = parquet) purge = true`);
        await run(insertInto(index));
      }),
    ),
  );
  await sessions.close();
}

async function withBareBigQuery(emulator: Emulator, files: LocalFiles, work: (load: LoadBare) => Promise<void>): Promise<void> {
  const service = await openService(bigqueryConfig(emulator, { project: "bare-test" }));
  await service.createDataset("bare");
  await work((batch, index) =>
    withFile(files, batch, uploads.bigquery, async ({ path, columns }) => {
      await service.loadFile("bare.file", path, columns);
      await service.connection.run(insertInto(index));
    }),
  );
}

/** The same batch by a load job of each format: what its file takes to write, how large it is, and how long the job lasts. */
async function compareFormats(emulator: Emulator, files: LocalFiles, batch: BatchFile): Promise<void> {
  const { BigQuery } = await import("@google-cloud/bigquery");
  const authClient = Object({ getRequestHeaders: async () => new Headers() });
  const client = new BigQuery({ projectId: "format-test", apiEndpoint: emulator.url, authClient, autoRetry: false });
  const [dataset] = await client.createDataset("formats");
  const ndjson: UploadFormat = { ...uploads.snowflake, extension: "ndjson", options: "format json" };
  const { types } = bigqueryDialect("bench");
  for (const [sourceFormat, format] of [
    ["PARQUET", uploads.bigquery],
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

const spent = { bare: 0, gami: 0, file: 0 };
async function timed<T>(who: keyof typeof spent, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  spent[who] += performance.now() - began;
  return result;
}

async function measure(kind: EmulatorKind, batches: readonly BatchFile[]): Promise<void> {
  const emulator = await startEmulator(kind);
  const files = openLocalFiles();
  const warehouse: Warehouse =
    kind === "snowflake" ? openSnowflakeWarehouse(snowflakeConfig(emulator)) : openBigQueryWarehouse(bigqueryConfig(emulator));
  try {
    await warehouse.createTables();
    const [claim] = await warehouse.claim(source, ["interaction"]);
    Object.assign(spent, { bare: 0, gami: 0, file: 0 });
    const withBare = kind === "snowflake" ? withBareSnowflake : withBareBigQuery;
    await withBare(emulator, files, async (loadBare) => {
      for (const [index, batch] of batches.entries()) {
        await loadBare(batch, index);
        await timed("gami", () => warehouse.commit([{ ...batch, fence: claim?.fence ?? 0 }]));
      }
    });
    const [held] = await warehouse.rows("select count(*) as n from raw.csv_interaction");
    if (held?.n !== rows) throw new Error(`${held?.n} of ${rows} rows are there`);
    const perSecond = (milliseconds: number) => Math.round((rows / milliseconds) * 1000);
    const [bareRowsPerSecond, gamiRowsPerSecond] = [perSecond(spent.bare), perSecond(spent.gami)];
    const ratio = Number((spent.bare / spent.gami).toFixed(2));
    const withoutFile = Number((spent.bare / (spent.gami - spent.file)).toFixed(2));
    console.log(JSON.stringify({ kind, rows, batches: batches.length, bareRowsPerSecond, gamiRowsPerSecond, ratio, withoutFile }));
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
