import { addTotals, type BatchTotals, noTotals } from "../../domain/load/batch-totals.ts";
import { isStreamName, type StreamName } from "../../domain/records/streams.ts";
import type { Archive, ArchivedRow, BatchManifest } from "../../ports/archive.ts";
import type { SourceItem } from "../../ports/source.ts";
import type { Warehouse, WarehouseRebuild } from "../../ports/warehouse.ts";
import { batchFileOf } from "./load-read.ts";
import { createPacker } from "./pack-batches.ts";
import type { FindRemapper, Remapper } from "./remapper.ts";
import { requireWholeFile } from "./require-whole-file.ts";

export interface RebuildDeps {
  readonly warehouse: Warehouse;
  readonly archive: Archive;
}

export interface RebuildOptions {
  readonly signal?: AbortSignal;
  /** Runs today's mapper over the archived source records first; absent: what was mapped stays as it is. */
  readonly findRemapper?: FindRemapper;
  readonly onProgress?: (done: number, all: number) => void;
}

export interface RebuildResult {
  readonly batches: number;
  readonly remapped: number;
  readonly totals: BatchTotals;
}

/**
 * Makes raw, meta.batch, change log, quarantine and cursors again from the archive, with the same numbers and times, beside
 * the warehouse in use, and swaps the new one in. dbt's models are gone afterwards and come back with the next build.
 * @throws LockHeldError when somebody else holds the warehouse. WarehouseError when an archived file is missing or was changed. The old one stays whatever goes wrong.
 */
export async function rebuildWarehouse({ warehouse, archive }: RebuildDeps, options: RebuildOptions = {}): Promise<RebuildResult> {
  const rebuild = await warehouse.rebuild();
  try {
    const { findRemapper } = options;
    const remapped = findRemapper === undefined ? 0 : await remapArchive(archive, findRemapper, options.signal);
    const manifests = await archive.committed();
    const loaded: BatchTotals[] = [];
    for (const [index, manifest] of manifests.entries()) {
      options.signal?.throwIfAborted();
      loaded.push(await loadManifest(rebuild, archive, manifest));
      options.onProgress?.(index + 1, manifests.length);
    }
    await rebuild.finish();
    await settleLoaded(archive, manifests, loaded);
    return { batches: manifests.length, remapped, totals: loaded.reduce(addTotals, noTotals) };
  } catch (error) {
    await rebuild.abandon();
    throw error;
  }
}

/** A batch that was still pending is in now, and one that was mapped anew has other totals. */
async function settleLoaded(archive: Archive, manifests: readonly BatchManifest[], loaded: readonly BatchTotals[]): Promise<void> {
  for (const [index, manifest] of manifests.entries()) {
    const totals = loaded[index] ?? noTotals;
    if (manifest.input === null && JSON.stringify(manifest.totals) !== JSON.stringify(totals)) await archive.settle(manifest, totals);
  }
}

async function loadManifest(rebuild: WarehouseRebuild, archive: Archive, manifest: BatchManifest): Promise<BatchTotals> {
  const { batchId, seq, fence, sha256, input, stream } = manifest;
  if (input !== null) {
    const recordedAt = Date.parse(manifest.recordedAt);
    await rebuild.loadInput({ batchId, seq, fence, recordedAt, archivePath: null, sha256, input, touched: manifest.touched ?? [] });
    return noTotals;
  }
  if (!isStreamName(stream)) throw new RangeError(`the archive holds a batch of ${stream}, which is no stream`);
  await requireWholeFile(archive, manifest);
  return rebuild.load(batchFileOf(archive, manifest, stream));
}

/**
 * Writes each batch a second time under the mapper of today, with the same number and a higher fence, by which it is the one
 * that counts. Nothing counts before all of them are written: they are confirmed together at the end.
 */
async function remapArchive(archive: Archive, findRemapper: FindRemapper, signal: AbortSignal | undefined): Promise<number> {
  const written: BatchManifest[] = [];
  for (const manifest of await archive.committed()) {
    signal?.throwIfAborted();
    if (manifest.path === null) continue;
    if (!isStreamName(manifest.stream)) continue;
    const remapper = await findRemapper(manifest.source, manifest.mapperVersion, manifest.stream);
    if (remapper !== null) written.push(await remapBatch(archive, manifest, remapper));
  }
  for (const manifest of written) await archive.settle(manifest, noTotals);
  return written.length;
}

async function remapBatch(archive: Archive, manifest: BatchManifest, remapper: Remapper): Promise<BatchManifest> {
  const { source, stream } = manifest;
  const { mapperVersion, datedBy, documentOf } = remapper;
  if (!isStreamName(stream)) throw new RangeError(`the archive holds a batch of ${stream}, which is no stream`);
  const packer = createPacker(archive, { source, streams: [stream], mapperVersion, datedBy }, () => undefined);
  try {
    let last: string | null = null;
    for await (const rows of archive.rows(manifest)) {
      for (const row of rows) {
        const document = documentOf?.(row.place) ?? row.place;
        // The rows made from one record stand together: it is mapped once.
        if (documentOf !== undefined && document === last) continue;
        last = document;
        for (const item of itemsOf(remapper, stream, { ...row, place: document })) packer.add(item);
      }
    }
    const [packed] = packer.take();
    if (packed === undefined) throw new RangeError(`batch ${manifest.batchId} has no rows`);
    const draft = { ...manifest, batchId: packed.batchId(`remap ${manifest.batchId}`), fence: manifest.fence + 1, mapperVersion };
    const { batchId, seq, fence, recordedAt, position, retryOf } = draft;
    return await archive.write(packed.spool, {
      batchId,
      source,
      stream,
      seq,
      fence,
      mapperVersion,
      recordedAt,
      position,
      received: packed.received,
      retryOf,
    });
  } finally {
    await packer.discard();
  }
}

/** What a record gives to the stream of its batch. */
function itemsOf({ map }: Remapper, stream: StreamName, { place, kind, payload }: ArchivedRow): readonly SourceItem[] {
  if (payload === null) return [{ kind: "reject", place, payload: "", reject: { reason: "no_payload", field: null, value: null } }];
  const items = map({ place, payload });
  const own = items.filter((item) => item.kind !== "record" || item.stream === stream);
  // What was refused may fill several streams now, and only a load of its own can commit them together.
  if (kind === "reject" && own.length < items.length) {
    return [{ kind: "reject", place, payload, reject: { reason: "to_be_retried", field: null, value: null } }];
  }
  return own.length > 0 ? own : [{ kind: "filtered", place, payload }];
}
