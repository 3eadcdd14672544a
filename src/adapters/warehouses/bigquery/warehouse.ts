import { createHash } from "node:crypto";
import type { BatchFile, Warehouse } from "../../../ports/warehouse.ts";
import type { Connection } from "../connection.ts";
import { type LocalFiles, openLocalFiles, type UploadFormat } from "../duckdb/local-files.ts";
import type { FileRelation } from "../load-batch.ts";
import { beginRebuildInPlace } from "../rebuild-in-place.ts";
import { addColumnSql, missingFrom, schemaNames, type TableShape, warehouseTables } from "../tables.ts";
import { type Use, warehouseOf } from "../warehouse.ts";
import type { BigQueryConfig } from "./config.ts";
import { bigquerySpelling, workDataset } from "./dialect.ts";
import { openService, type Service } from "./driver.ts";
import { explainFailure } from "./failures.ts";

const dayMillis = 86_400_000;

/** What the warehouse is made of; a benchmark looks on between. */
interface Parts {
  readonly open?: typeof openService;
  readonly files?: LocalFiles;
}

/** The warehouse in the datasets of one BigQuery project; gami makes the datasets and tables it lacks. */
export function openBigQueryWarehouse(config: BigQueryConfig, { open = openService, files = openLocalFiles() }: Parts = {}): Warehouse {
  let opening: Promise<Service> | null = null;
  const ready = () => {
    opening ??= open(config).then(async (service) => {
      await ensureTables(service);
      return service;
    });
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };
  const use: Use = async (work) => work((await ready()).connection);
  const withFile = async <T>(connection: Connection, batch: BatchFile, work: (file: FileRelation) => Promise<T>) =>
    withLoadedFile({ service: await ready(), connection, files, tidying }, batch, work);
  const tidying = new Set<Promise<unknown>>();
  return warehouseOf({
    spelling: bigquerySpelling,
    use,
    explain: (error) => explainFailure(error, config),
    createTables: async () => makeMissing(await ready()),
    withFile,
    compareWithArchive: files.compare,
    rebuild: () =>
      beginRebuildInPlace({
        use,
        withFile,
        makeShadow: async () => makeShadow(await ready()),
        makeShadowTables: async (_, shapes) => makeTables(await ready(), shapes, (name) => `gami_rebuild_${name}`),
        dropShadow: async () => dropShadow(await ready()),
      }),
    async release() {
      await Promise.all(tidying);
      await files.close();
    },
  });
}

/** As BigQuery reads Parquet: an instant is one that says it is UTC; keys and JSON are text. */
export const bigqueryUpload: UploadFormat = {
  extension: "parquet",
  options: "format parquet, compression zstd",
  cast: (name, type) => {
    if (type === "instant") return `cast(${name} as timestamptz)`;
    return type === "key" || type === "json" ? `cast(${name} as varchar)` : name;
  },
};

interface Loading {
  readonly service: Service;
  readonly connection: Connection;
  readonly files: LocalFiles;
  /** Work tables being dropped. */
  readonly tidying: Set<Promise<unknown>>;
}

/** A load job into a table of this load alone. Load jobs cost nothing, and nothing of raw or meta is touched by them. */
async function withLoadedFile<T>(
  { service, connection, files, tidying }: Loading,
  batch: BatchFile,
  work: (file: FileRelation) => Promise<T>,
): Promise<T> {
  const { workTable } = connection.dialect;
  const table = workTable("file", batch);
  const { columns, counts } = await files.withUpload(batch, bigqueryUpload, async (upload) => {
    await service.loadFile(table, upload.path, upload.columns);
    return upload;
  });
  const result = await work({ relation: table, columns: new Set(columns.map(({ name }) => name)), counts });
  const drops = ["file", "stored", "verdict"].map((name) => `drop table if exists ${workTable(name, batch)};`);
  // The next batch does not wait for it; what stays, because the run ends or the service fails, expires.
  const dropping = connection.run(drops.join("\n")).catch(() => undefined);
  tidying.add(dropping);
  void dropping.then(() => tidying.delete(dropping));
  return result;
}

/** What the tables look like in this version of gami, as a label can say it. */
const tablesVersion = createHash("sha256").update(JSON.stringify(warehouseTables())).digest("hex").slice(0, 16);

/** Most runs find the mark of an earlier one on `meta`, and look no further. */
async function ensureTables(service: Service): Promise<void> {
  if ((await service.datasets()).get("meta") !== tablesVersion) await makeMissing(service);
}

/** Lists of datasets and tables cost nothing; columns are asked for only where the tables may be of another version. */
async function makeMissing(service: Service): Promise<void> {
  const { connection } = service;
  const there = await service.datasets();
  for (const name of schemaNames.filter((schema) => !there.has(schema))) await service.createDataset(name);
  if (!there.has(workDataset)) await service.createDataset(workDataset, { expiresAfterMillis: dayMillis });
  const known = new Set((await Promise.all(["raw", "meta"].filter((name) => there.has(name)).map(service.tables))).flat());
  await makeTables(
    service,
    warehouseTables().filter(({ name }) => !known.has(name)),
    (name) => name,
  );
  if (there.get("meta") === tablesVersion) return;
  if (known.size > 0)
    for (const { table, column } of missingFrom(await columnsOf(connection)).columns)
      await connection.run(addColumnSql(connection.dialect, table, column));
  await service.markTables("meta", tablesVersion);
}

async function columnsOf(connection: Connection): Promise<ReadonlySet<string>> {
  const rows = await connection.rows(
    "select concat(table_schema, '.', table_name, '.', column_name) as name from raw.INFORMATION_SCHEMA.COLUMNS",
  );
  return new Set(rows.map(({ name }) => String(name)));
}

/** Tables made at once; the service takes a hundred requests a second. */
const tablesAtOnce = 8;

async function makeTables(service: Service, shapes: readonly TableShape[], nameOf: (name: string) => string): Promise<void> {
  const plain = shapes.filter(({ isCursor }) => !isCursor);
  for (let start = 0; start < plain.length; start += tablesAtOnce) {
    await Promise.all(
      plain.slice(start, start + tablesAtOnce).map(({ name, columns, dividedBy }) =>
        service.createTable(nameOf(name), {
          columns,
          dividedBy,
          clusteredBy: dividedBy === null ? [] : ["subject_id", "business_key"],
        }),
      ),
    );
  }
  const cursors = shapes.filter(({ isCursor }) => isCursor).map((shape) => createCursorSql(service.connection, shape, nameOf));
  if (cursors.length > 0) await service.connection.run(cursors.join("\n"));
}

/** A cursor's table comes with its row: of two first claims at once each would insert one. */
function createCursorSql({ dialect }: Connection, { name, columns }: TableShape, nameOf: (name: string) => string): string {
  const values = columns.map(
    (column) => `cast(${column.type === "integer" ? "0" : "null"} as ${dialect.types[column.type]}) as ${dialect.quoteName(column.name)}`,
  );
  return `create table if not exists ${nameOf(name)} as select ${values.join(", ")};`;
}

const shadowSchemas = ["gami_rebuild_raw", "gami_rebuild_meta"];

/** Those in use are made too, where somebody dropped one. */
async function makeShadow(service: Service): Promise<void> {
  await makeMissing(service);
  for (const name of shadowSchemas) await service.createDataset(name);
}

async function dropShadow(service: Service): Promise<void> {
  for (const name of shadowSchemas) await service.dropDataset(name);
}
