import { sourceFamily } from "../../domain/records/streams.ts";
import { LockHeldError } from "../../errors.ts";
import type { BatchFile, BatchTotals, ModelInputBatch, StreamClaim, Warehouse, WarehouseRebuild } from "../../ports/warehouse.ts";
import { type CompareWithArchive, checkTables } from "./check-tables.ts";
import type { Connection } from "./connection.ts";
import { hashContent } from "./content-hash.ts";
import { currentKeys } from "./current-keys.ts";
import { claimCursor, forgetPosition, moveCursor, movePosition } from "./cursors.ts";
import { type FileRelation, type JudgedBatch, judgeBatch, type Load, planLoad, writeBatch } from "./load-batch.ts";
import { loadInput } from "./model-input.ts";
import { readOwner, writeOwner } from "./owner.ts";
import {
  countQuarantine,
  findBatches,
  readBatches,
  readCursors,
  readDataRange,
  readSettings,
  readZoneOffsets,
  readZonesInUse,
  streamQuarantine,
} from "./read-meta.ts";
import { readingCosts } from "./reading-costs.ts";
import { addReport, findReport } from "./reports.ts";
import { type Spelling, spell, withoutComments } from "./spelling.ts";
import { cursorTable, inputCursorTables } from "./tables.ts";

export type Use = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** What each kind of warehouse does its own way; all the rest is the same everywhere. */
export interface WarehouseKind {
  readonly spelling: Spelling;
  /** Lends a connection for a piece of work; the tables are there. */
  readonly use: Use;
  /** The same for who only asks: a warehouse that is not there stays so, and answers as an empty one. Left out where `use` will do. */
  readonly ask?: Use;
  /** A failure in our words. */
  explain(error: unknown): Error;
  createTables(connection: Connection): Promise<void>;
  /** Brings the batch's file to where statements can read it, while `work` lasts. */
  withFile<T>(connection: Connection, batch: BatchFile, work: (file: FileRelation) => Promise<T>): Promise<T>;
  /** Keeps it as loads want it while they last; left out where there is nothing to keep. */
  whileLoading?<T>(work: () => Promise<T>): Promise<T>;
  readonly compareWithArchive: CompareWithArchive;
  rebuild(): Promise<WarehouseRebuild>;
  release(): Promise<void>;
}

export function warehouseOf(kind: WarehouseKind): Warehouse {
  const { use, ask = use } = kind;
  const asked = (sql: string) => withoutComments(spell(sql, kind.spelling));
  return {
    spelled: (sql) => spell(sql, kind.spelling),
    rows: (sql, values) => ask((connection) => connection.rows(asked(sql), values)),
    stream: (sql, values) => streamThrough(ask, kind.explain, (connection) => connection.stream(asked(sql), values)),
    columns: (sql, values) => streamThrough(ask, kind.explain, (connection) => connection.columns(asked(sql), values)),
    createTables: () => use((connection) => kind.createTables(connection)),
    claim: (source, streams) =>
      use(async (connection) => {
        const family = sourceFamily(source);
        const claims: StreamClaim[] = [];
        for (const stream of streams) {
          claims.push({ family, stream, ...(await claimCursor(connection, cursorTable(family, stream))) });
        }
        return claims;
      }),
    findBatches: (batchIds) => ask((connection) => findBatches(connection, batchIds)),
    currentKeys: (source, stream, column, values) => ask((connection) => currentKeys(connection, { source, stream, column, values })),
    whileLoading: (work) => kind.whileLoading?.(work) ?? work(),
    commit: (batches) =>
      commitOnce(
        use,
        batches.map(({ batchId }) => batchId),
        (connection) => loadBatches(kind, connection, batches),
      ),
    savePosition: (claims, position) =>
      use((connection) =>
        connection.transact(async (transaction) => {
          for (const { family, stream, fence, seq } of claims)
            await movePosition(transaction, connection.dialect, cursorTable(family, stream), { fence, seq, position });
        }),
      ),
    resetCursor: (source, stream) => use((connection) => forgetPosition(connection, cursorTable(sourceFamily(source), stream))),
    cursors: () => ask(readCursors),
    batches: () => ask(readBatches),
    quarantineCounts: () => ask(countQuarantine),
    quarantined: (filter) => streamThrough(ask, kind.explain, (connection) => streamQuarantine(connection, filter)),
    settings: () => ask(readSettings),
    zoneOffsets: () => ask(readZoneOffsets),
    zonesInUse: () => ask(readZonesInUse),
    dataRange: () => ask(readDataRange),
    claimInput: (input) => use((connection) => claimCursor(connection, inputCursorTables[input])),
    commitInput: (batch) => use((connection) => commitInput(connection, batch)),
    findReport: (inputsId) => ask((connection) => findReport(connection, inputsId)),
    addReport: (report) => use((connection) => addReport(connection, report)),
    owner: () => ask(readOwner),
    setOwner: (owner, before) => use((connection) => writeOwner(connection, owner, before)),
    rebuild: () => kind.rebuild(),
    check: (resolveFile) => ask((connection) => checkTables(connection, { resolveFile, compareWithArchive: kind.compareWithArchive })),
    contentHash: (options) => ask((connection) => hashContent(connection, options?.versions ?? false)),
    readingCosts: () => ask(readingCosts),
    release: () => kind.release(),
    close: () => kind.release(),
  };
}

/** All batches are told apart first, each of another stream, and then written in one transaction behind their cursors. */
async function loadBatches(kind: WarehouseKind, connection: Connection, batches: readonly BatchFile[]): Promise<BatchTotals[]> {
  const { dialect } = connection;
  return withLoads(kind, connection, batches, async (loads) => {
    const judged: (readonly [Load, JudgedBatch])[] = [];
    for (const load of loads) judged.push([load, await judgeBatch(connection, load)]);
    await connection.transact(async (transaction) => {
      for (const { batch } of loads) await moveCursor(transaction, dialect, cursorTable(sourceFamily(batch.source), batch.stream), batch);
      for (const [load, found] of judged) await writeBatch(transaction, dialect, load, found);
    });
    return judged.map(([, { totals }]) => totals);
  });
}

async function withLoads<T>(
  kind: WarehouseKind,
  connection: Connection,
  batches: readonly BatchFile[],
  work: (loads: readonly Load[]) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = batches;
  if (first === undefined) return work([]);
  return kind.withFile(connection, first, (file) =>
    withLoads(kind, connection, rest, (loads) => work([planLoad(connection.dialect, first, file), ...loads])),
  );
}

async function commitInput(connection: Connection, batch: ModelInputBatch): Promise<void> {
  await connection.transact(async (transaction) => {
    await moveCursor(transaction, connection.dialect, inputCursorTables[batch.input.kind], { ...batch, position: null });
    await loadInput(transaction, connection.dialect, batch);
  });
}

/** When a commit fails without our knowing how far it came, the batches are looked for: all of them are in, or none. */
async function commitOnce<T>(use: Use, batchIds: readonly string[], commit: (connection: Connection) => Promise<T[]>) {
  try {
    return await use(commit);
  } catch (error) {
    if (error instanceof LockHeldError) throw error;
    const found = await use((connection) => findBatches(connection, batchIds)).catch(() => new Map());
    const totals = batchIds.flatMap((batchId) => found.get(batchId)?.totals ?? []);
    if (totals.length !== batchIds.length) throw error;
    return totals;
  }
}

async function* streamThrough<T>(
  ask: Use,
  explain: WarehouseKind["explain"],
  open: (connection: Connection) => AsyncIterable<T>,
): AsyncIterable<T> {
  const handedOver = Promise.withResolvers<Connection>();
  const done = Promise.withResolvers<void>();
  const using = ask(async (connection) => {
    handedOver.resolve(connection);
    await done.promise;
  });
  using.catch(handedOver.reject);
  try {
    yield* open(await handedOver.promise);
  } catch (error) {
    throw explain(error);
  } finally {
    done.resolve();
    await using;
  }
}
