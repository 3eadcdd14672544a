import { setImmediate } from "node:timers/promises";
import { addTotals, type BatchTotals, noTotals, totalsWhenKnown } from "../../domain/load/batch-totals.ts";
import type { Archive, BatchManifest } from "../../ports/archive.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SourceItem, SourceRead } from "../../ports/source.ts";
import type { BatchFile, StreamClaim, Warehouse } from "../../ports/warehouse.ts";
import { createPacker, type PackedBatch } from "./pack-batches.ts";
import { refuseStaleWarehouse } from "./refuse-stale-warehouse.ts";
import { settlePending } from "./settle-pending.ts";
import { createRejectSummary, type RejectSummary } from "./summarise-rejects.ts";
import { syncSettings } from "./sync-settings.ts";

export type { RejectSummary } from "./summarise-rejects.ts";

/** What is read faster is kept together: a day of a small stream is no batch worth a file. */
const keptEveryMs = 5_000;

/** After so many items the steps of the batch that is being loaded may go on: about a millisecond. */
const itemsPerTurn = 128;

export interface LoadDeps {
  readonly warehouse: Warehouse;
  readonly archive: Archive;
  readonly clock: Clock;
}

export interface LoadOptions {
  /** Aborted with a StoppedError as reason: the batch in hand is finished, then that error is thrown. */
  readonly signal?: AbortSignal;
  /** Loads batches that are already in as if they were new ones. */
  readonly again?: boolean;
  /** Smaller batches than the largest allowed; where the cuts lie is part of what a batch is named by. */
  readonly batchRecords?: number;
  /** Called after each batch with the totals so far. */
  readonly onProgress?: (totals: BatchTotals) => void;
}

export interface LoadedBatch {
  readonly batchId: string;
  readonly stream: string;
  readonly seq: number;
  readonly totals: BatchTotals;
  /** True when the batch was in the warehouse before this read. */
  readonly isKnown: boolean;
}

export interface LoadResult {
  readonly totals: BatchTotals;
  readonly batches: readonly LoadedBatch[];
  /** Most frequent first. */
  readonly rejects: readonly RejectSummary[];
}

/**
 * Loads everything a read yields, in batches of which each is one archived file and one transaction.
 * Repeating it adds nothing; after a crash it goes on with the first batch that is not in. While one batch is being
 * loaded the next is being packed, never more.
 * @throws LockHeldError when another process took the stream over. WarehouseError when the warehouse stands behind its archive. StoppedError after `signal`. ChecksFailedError when totals do not add up.
 */
export async function loadRead(deps: LoadDeps, read: SourceRead, options: LoadOptions = {}): Promise<LoadResult> {
  const { warehouse, archive } = deps;
  if (read.zone !== null) await syncSettings(deps, { [`source_zone.${read.source}`]: read.zone });
  const archived = new Map(
    await Promise.all(read.streams.map(async (stream) => [stream, await archive.lastSeq(read.source, stream)] as const)),
  );
  const claims = await warehouse.claim(read.source, read.streams);
  for (const { stream, seq } of claims) refuseStaleWarehouse({ source: read.source, stream, archivedSeq: archived.get(stream) ?? 0, seq });
  for (const stream of read.streams) await settlePending(deps, read.source, stream);
  return warehouse.whileLoading(() => loadClaimed(deps, read, claims, options));
}

async function loadClaimed(deps: LoadDeps, read: SourceRead, claims: readonly StreamClaim[], options: LoadOptions): Promise<LoadResult> {
  const { archive, clock } = deps;
  const rejects = createRejectSummary();
  const loader = createLoader(deps, read, claims, options);
  const packer = createPacker(archive, read, rejects.add, options.batchRecords);
  let loading: Promise<void> = Promise.resolve();
  let position: string | null = null;
  let keptAt = clock.now();
  let sinceTurn = 0;
  const keep = async (work: (packed: readonly PackedBatch[]) => Promise<void>) => {
    await loading;
    options.signal?.throwIfAborted();
    keptAt = clock.now();
    loading = work(packer.take());
    // Its failure is thrown where it is awaited; until then it must not end the process.
    loading.catch(() => undefined);
  };
  const keepWithPosition = (reached: string | null) =>
    keep(async (packed) => {
      await loader.load(packed);
      await loader.savePosition(reached);
    });
  try {
    for await (const chunk of untilStopped(read.items(), options.signal)) {
      for (const item of chunk) {
        packer.add(item);
        if (packer.isFull()) await keep(loader.load);
        sinceTurn += 1;
        if (sinceTurn < itemsPerTurn) continue;
        sinceTurn = 0;
        await setImmediate();
      }
      position = read.position?.() ?? null;
      packer.endChunk(position);
      const checkpoint = read.checkpoint?.() ?? "none";
      if (checkpoint === "now" || (checkpoint === "due" && clock.now() - keptAt >= keptEveryMs)) await keepWithPosition(position);
      if (checkpoint === "now") await loading;
    }
    await loading;
    options.signal?.throwIfAborted();
    await loader.load(packer.take());
    await loader.savePosition(position);
    return { ...loader.result(), rejects: rejects.list() };
  } finally {
    await loading.catch(() => undefined);
    await packer.discard();
  }
}

/** Ends the reading as soon as the signal says so, even while the source keeps us waiting. */
async function* untilStopped(
  items: AsyncIterable<readonly SourceItem[]>,
  signal: AbortSignal | undefined,
): AsyncIterable<readonly SourceItem[]> {
  if (signal === undefined) return yield* items;
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextOrAborted(iterator, signal);
      if (next === "aborted" || next.done === true) return;
      yield next.value;
    }
  } finally {
    // A source that hangs may never answer; it is told and not waited for.
    void iterator.return?.()?.catch(() => undefined);
  }
}

/** Not a race with one promise for the whole read: that would hold on to every chunk until the end. */
function nextOrAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T> | "aborted"> {
  if (signal.aborted) return Promise.resolve("aborted");
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve("aborted");
    signal.addEventListener("abort", onAbort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

interface Loader {
  load(packed: readonly PackedBatch[]): Promise<void>;
  /** After the last batch: what the source said behind it, or without any, must not be lost. */
  savePosition(position: string | null): Promise<void>;
  result(): Pick<LoadResult, "totals" | "batches">;
}

function createLoader(deps: LoadDeps, read: SourceRead, claims: readonly StreamClaim[], { again, onProgress }: LoadOptions): Loader {
  const { warehouse, archive, clock } = deps;
  const lastSeq = new Map(claims.map(({ stream, seq }) => [stream, seq]));
  const fences = new Map(claims.map(({ stream, fence }) => [stream, fence]));
  const batches: LoadedBatch[] = [];
  let totals = noTotals;
  let saved = claims[0]?.position ?? null;
  const add = (loaded: LoadedBatch) => {
    batches.push(loaded);
    totals = addTotals(totals, loaded.totals);
  };
  const saltOf = (batch: PackedBatch) => {
    // Whole batches may have been refused: taken in later, they are another batch of the same records.
    if (read.retryOf !== undefined) return `retry ${read.retryOf}`;
    return again === true ? `again ${fences.get(batch.stream)}` : undefined;
  };

  async function archiveBatch(packed: PackedBatch): Promise<BatchManifest> {
    const seq = (lastSeq.get(packed.stream) ?? 0) + 1;
    lastSeq.set(packed.stream, seq);
    return archive.write(packed.spool, {
      batchId: packed.batchId(saltOf(packed)),
      source: read.source,
      stream: packed.stream,
      seq,
      fence: fences.get(packed.stream) ?? 0,
      mapperVersion: read.mapperVersion,
      recordedAt: new Date(clock.now()).toISOString(),
      position: packed.position,
      received: packed.received,
      retryOf: read.retryOf ?? null,
    });
  }

  return {
    async load(packed) {
      const stored = await warehouse.findBatches(packed.map((batch) => batch.batchId(saltOf(batch))));
      const manifests: BatchManifest[] = [];
      const files: BatchFile[] = [];
      for (const batch of packed) {
        const known = stored.get(batch.batchId(saltOf(batch)));
        if (known !== undefined) {
          await batch.spool.discard();
          add({ batchId: known.batchId, stream: batch.stream, seq: known.seq, totals: totalsWhenKnown(known.totals), isKnown: true });
          continue;
        }
        const manifest = await archiveBatch(batch);
        manifests.push(manifest);
        files.push(batchFileOf(archive, manifest, batch.stream));
      }
      if (files.length > 0) {
        const loaded = await warehouse.commit(files);
        // Streams without a row in this commit keep their old position until the end of the read.
        saved = files.length === claims.length ? (files.at(-1)?.position ?? saved) : saved;
        for (const [index, manifest] of manifests.entries()) {
          const batchTotals = loaded[index] ?? noTotals;
          await archive.settle(manifest, batchTotals);
          add({ batchId: manifest.batchId, stream: manifest.stream, seq: manifest.seq, totals: batchTotals, isKnown: false });
        }
      }
      onProgress?.(totals);
    },
    async savePosition(position) {
      if (position === null || position === saved) return;
      await warehouse.savePosition(
        claims.map((claim) => ({ ...claim, seq: lastSeq.get(claim.stream) ?? claim.seq })),
        position,
      );
      saved = position;
    },
    result: () => ({ totals, batches }),
  };
}

/** An archived batch as the warehouse loads it. */
export function batchFileOf(archive: Archive, manifest: BatchManifest, stream: BatchFile["stream"]): BatchFile {
  const archivePath = manifest.path ?? "";
  return {
    ...manifest,
    stream,
    recordedAt: Date.parse(manifest.recordedAt),
    archivePath,
    file: archive.resolve(archivePath),
  };
}
