import { sourceFamilies, sourceFamily, streamNames } from "../../domain/records/streams.ts";
import type { BatchFile, WarehouseRebuild } from "../../ports/warehouse.ts";
import type { Connection } from "./connection.ts";
import { placeCursor } from "./cursors.ts";
import type { Dialect } from "./dialect.ts";
import { filledTables } from "./filled-tables.ts";
import { type FileRelation, judgeBatch, planLoad, writeBatch } from "./load-batch.ts";
import { loadInput } from "./model-input.ts";
import { cursorTable, inputCursorTables, rawTable, type TableShape, warehouseTables } from "./tables.ts";
import type { Use } from "./warehouse.ts";

/** A claim made before the rebuilding may have left no trace; no fence of the new tables can be equal to its. */
const fenceLeap = 1000;
/** What dbt and the operational store wrote; no archive holds it. */
const kept = ["meta.owner", "meta.bound", "meta.applied", "meta.build", "meta.roi_result"];

export interface RebuildParts {
  readonly use: Use;
  withFile<T>(connection: Connection, batch: BatchFile, work: (file: FileRelation) => Promise<T>): Promise<T>;
  /** Makes another pair of schemas. */
  makeShadow(connection: Connection): Promise<void>;
  /** Makes some of their tables, empty. */
  makeShadowTables(connection: Connection, shapes: readonly TableShape[]): Promise<void>;
  dropShadow(connection: Connection): Promise<void>;
}

/** The same tables in schemas of their own: `raw.csv_queue` stands for `gami_rebuild_raw.csv_queue`. */
export function shadowOf(dialect: Dialect): Dialect {
  return { ...dialect, table: (name) => dialect.table(`gami_rebuild_${name}`) };
}

/** Makes the tables again beside those in use, and puts their rows in place of the old ones in one transaction at the end. */
export async function beginRebuildInPlace(parts: RebuildParts): Promise<WarehouseRebuild> {
  const { use, withFile, makeShadow, makeShadowTables, dropShadow } = parts;
  /** Tables are made when a batch needs them: most of the sixty stay empty. */
  const made = new Set<string>();
  const inShadow = <T>(names: readonly string[], work: (connection: Connection) => Promise<T>) =>
    use(async (connection) => {
      const missing = warehouseTables().filter(({ name }) => names.includes(name) && !made.has(name));
      if (missing.length > 0) await makeShadowTables(connection, missing);
      for (const { name } of missing) made.add(name);
      return work({ ...connection, dialect: shadowOf(connection.dialect) });
    });
  await use(async (connection) => {
    await dropShadow(connection);
    await makeShadow(connection);
  });
  const metaTables = warehouseTables().flatMap(({ name, isCursor }) =>
    name.startsWith("meta.") && !isCursor && !kept.includes(name) ? [name] : [],
  );
  await inShadow(metaTables, async () => undefined);
  return {
    load: (batch) =>
      inShadow(tablesOf(batch), (connection) =>
        withFile(connection, batch, async (file) => {
          const { dialect } = connection;
          const load = planLoad(dialect, batch, file);
          const judged = await judgeBatch(connection, load);
          await connection.transact(async (transaction) => {
            await placeCursor(transaction, dialect, cursorTable(sourceFamily(batch.source), batch.stream), batch);
            await writeBatch(transaction, dialect, load, judged);
          });
          return judged.totals;
        }),
      ),
    loadInput: (batch) =>
      inShadow([inputCursorTables[batch.input.kind]], (connection) =>
        connection.transact(async (transaction) => {
          await placeCursor(transaction, connection.dialect, inputCursorTables[batch.input.kind], { ...batch, position: null });
          await loadInput(transaction, connection.dialect, batch);
        }),
      ),
    finish: () =>
      use(async (connection) => {
        await swapIn(connection, made);
        await dropShadow(connection);
      }),
    abandon: () => use(dropShadow),
  };
}

function tablesOf({ source, stream }: BatchFile): string[] {
  const family = sourceFamily(source);
  return [rawTable(family, stream), cursorTable(family, stream)];
}

/** Tables that are empty before and after are left alone: a transaction may touch only so many. */
async function swapIn(connection: Connection, made: ReadonlySet<string>): Promise<void> {
  const { dialect } = connection;
  const shadow = shadowOf(dialect);
  const names = warehouseTables()
    .filter(({ name, isCursor }) => !isCursor && !kept.includes(name))
    .map(({ name }) => name);
  const madeNames = names.filter((name) => made.has(name));
  const filled = new Set([...(await filledTables(connection, dialect, names)), ...(await filledTables(connection, shadow, madeNames))]);
  const cursors = [
    ...sourceFamilies.flatMap((family) => streamNames.map((stream) => cursorTable(family, stream))),
    ...Object.values(inputCursorTables),
  ];
  const selects = cursors.flatMap((name) =>
    [["old", dialect] as const, ...(made.has(name) ? [["fresh", shadow] as const] : [])].map(
      ([side, { table }]) => `select '${name}' as table_name, '${side}' as side, fence, seq, position, batch_id from ${table(name)}`,
    ),
  );
  const rows = await connection.rows(`select * from (${selects.join(" union all ")}) as cursors where fence > 0 or seq > 0`);
  const sides = Map.groupBy(rows, (row) => String(row.table_name));
  await connection.transact(async (transaction) => {
    for (const { name, columns } of warehouseTables().filter((shape) => filled.has(shape.name))) {
      const list = columns.map((column) => dialect.quoteName(column.name)).join(", ");
      await transaction.run(`delete from ${dialect.table(name)} where true`);
      if (made.has(name)) await transaction.run(`insert into ${dialect.table(name)} (${list}) select ${list} from ${shadow.table(name)}`);
    }
    for (const [name, both] of sides) {
      const fresh = both.find(({ side }) => side === "fresh");
      const fence = Math.max(...both.map((row) => Number(row.fence))) + fenceLeap;
      await transaction.run(
        `update ${dialect.table(name)}
        set fence = $1, seq = $2, position = cast($3 as ${dialect.types.text}), batch_id = cast($4 as ${dialect.types.text})
        where true`,
        [fence, Number(fresh?.seq ?? 0), fresh?.position ?? null, fresh?.batch_id ?? null],
      );
    }
  });
}
