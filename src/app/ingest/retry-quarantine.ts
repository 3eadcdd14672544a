import { maxQuarantinedCharacters } from "../../domain/load/batch-id.ts";
import { addTotals, type BatchTotals, noTotals } from "../../domain/load/batch-totals.ts";
import { type CheckRecord, prepareCheckDeletion, prepareCheckRecord } from "../../domain/records/invariants.ts";
import { isStreamName, type StreamName, streamDefinition } from "../../domain/records/streams.ts";
import type { Archive, BatchManifest } from "../../ports/archive.ts";
import type { SourceItem } from "../../ports/source.ts";
import type { QuarantinedRecord } from "../../ports/warehouse.ts";
import { type LoadDeps, loadRead } from "./load-read.ts";
import type { FindRemapper, Remapper } from "./remapper.ts";
import { requireWholeFile } from "./require-whole-file.ts";

export interface RetryRequest {
  readonly source?: string;
  readonly batchId?: string;
  readonly findRemapper: FindRemapper;
  readonly signal?: AbortSignal;
  /** Says what would be taken in and loads nothing. */
  readonly isDryRun?: boolean;
}

export interface RetryResult {
  readonly tried: number;
  readonly takenIn: number;
  readonly stillRefused: number;
  readonly totals: BatchTotals;
}

/**
 * Maps quarantined records again and loads those that pass now, as batches of their own; the rest stays where it is.
 * What was taken in is noted in meta.quarantine_retry and never tried again.
 * @throws WarehouseError when a file of the archive that is needed is missing or was changed. Everything loadRead throws.
 */
export async function retryQuarantine(deps: LoadDeps, request: RetryRequest): Promise<RetryResult> {
  const manifests = new Map((await deps.archive.committed()).map((manifest) => [manifest.batchId, manifest]));
  const filter = {
    ...(request.source === undefined ? {} : { source: request.source }),
    ...(request.batchId === undefined ? {} : { batchId: request.batchId }),
  };
  const batchIds = new Set<string>();
  let tried = 0;
  for await (const records of deps.warehouse.quarantined(filter)) {
    for (const { batchId } of records) batchIds.add(batchId);
    tried += records.length;
  }
  let totals = noTotals;
  let takenIn = 0;
  for (const batchId of batchIds) {
    request.signal?.throwIfAborted();
    const manifest = manifests.get(batchId);
    const remapper =
      manifest === undefined ? null : await request.findRemapper(manifest.source, manifest.mapperVersion, streamOf(manifest));
    if (manifest === undefined || remapper === null) continue;
    const passing = await collectPassing(deps, manifest, remapper);
    takenIn += passing.length;
    if (passing.length > 0 && request.isDryRun !== true)
      totals = addTotals(totals, await loadPassing(deps, manifest, remapper, passing.flat(), request.signal));
  }
  return { tried, takenIn, stillRefused: tried - takenIn, totals };
}

/**
 * What the records of one batch give that map and pass their checks now: of each record all or nothing. One batch fits into
 * memory by its bound.
 */
async function collectPassing(deps: LoadDeps, manifest: BatchManifest, remapper: Remapper): Promise<SourceItem[][]> {
  const isGood = prepareIsGood();
  const passing: SourceItem[][] = [];
  const payloadOf = preparePayloadOf(deps.archive, manifest);
  let last = "";
  let items: readonly SourceItem[] = [];
  for await (const records of deps.warehouse.quarantined({ batchId: manifest.batchId })) {
    for (const record of records) {
      const document = remapper.documentOf?.(record.place) ?? record.place;
      // Of a record several parts may have been refused: each row brings the whole again, equal parts change nothing.
      if (document !== last) items = mapAgain(remapper, { ...record, payload: await payloadOf(record) }, document);
      last = document;
      if (items.length > 0 && items.every(isGood)) passing.push(items.map((item) => ({ ...item, place: record.place })));
    }
  }
  return passing;
}

function prepareIsGood(): (item: SourceItem) => boolean {
  const checks = new Map<string, { readonly record: CheckRecord; readonly deletion: CheckRecord }>();
  return (item) => {
    if (item.kind !== "record") return item.kind === "filtered";
    const definition = streamDefinition(item.stream);
    const check = checks.get(item.stream) ?? { record: prepareCheckRecord(definition), deletion: prepareCheckDeletion(definition) };
    checks.set(item.stream, check);
    return (item.isDeleted === true ? check.deletion : check.record)(item.record) === null;
  };
}

/** Of a record that was too large only the beginning was kept. */
function mapAgain({ map }: Remapper, { payload, reason }: QuarantinedRecord, place: string): readonly SourceItem[] {
  return payload === null || reason === "record_too_large" ? [] : map({ place, payload });
}

/** The payload of a record, from the archive where the table did not keep it; the batch is read at the first such record. */
function preparePayloadOf(archive: Archive, manifest: BatchManifest): (record: QuarantinedRecord) => Promise<string | null> {
  let archived: Promise<ReadonlyMap<string, string>> | null = null;
  return async ({ place, payload }) => {
    if (payload !== null) return payload;
    archived ??= longPayloads(archive, manifest);
    return (await archived).get(place) ?? null;
  };
}

/** By place. */
async function longPayloads(archive: Archive, manifest: BatchManifest): Promise<ReadonlyMap<string, string>> {
  await requireWholeFile(archive, manifest);
  const found = new Map<string, string>();
  for await (const rows of archive.rows(manifest)) {
    for (const { place, kind, payload } of rows) {
      if (kind === "reject" && payload !== null && payload.length > maxQuarantinedCharacters) found.set(place, payload);
    }
  }
  return found;
}

async function loadPassing(
  deps: LoadDeps,
  manifest: BatchManifest,
  { mapperVersion, datedBy, streams }: Remapper,
  passing: readonly SourceItem[],
  signal: AbortSignal | undefined,
): Promise<BatchTotals> {
  const read = {
    source: manifest.source,
    streams: streams ?? [streamOf(manifest)],
    mapperVersion,
    zone: null,
    datedBy,
    retryOf: manifest.batchId,
    async *items() {
      yield passing;
    },
  };
  return (await loadRead(deps, read, signal === undefined ? {} : { signal })).totals;
}

function streamOf({ stream, batchId }: BatchManifest): StreamName {
  if (isStreamName(stream)) return stream;
  throw new RangeError(`batch ${batchId} is of ${stream}, which is no stream`);
}
