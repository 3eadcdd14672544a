import { noPosition } from "../../domain/extract/slices.ts";
import { addTotals, type BatchTotals, noTotals } from "../../domain/load/batch-totals.ts";
import { StoppedError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Output } from "../../ports/output.ts";
import type { FieldDrift, Platform, ReadDescription } from "../../ports/platform.ts";
import { type LeaseDeps, underLease } from "../connect/under-lease.ts";
import { checkWish, type ExtractWish, planRead, positionOf } from "./extract-plan.ts";
import { findGone } from "./find-gone.ts";
import { type LoadDeps, loadRead } from "./load-read.ts";
import { platformRead } from "./platform-read.ts";
import type { RejectSummary } from "./summarise-rejects.ts";

export interface ExtractDeps extends LoadDeps, LeaseDeps {
  readonly clock: Clock;
  readonly output: Output;
}

export interface ExtractRequest extends ExtractWish {
  readonly reads: readonly ReadDescription[];
  /** Forgets first where the reads resume. */
  readonly isReset: boolean;
  readonly signal: AbortSignal;
}

export interface ExtractedRead {
  readonly source: string;
  readonly read: string;
  readonly streams: readonly string[];
  readonly slices: number;
  readonly isBackfill: boolean;
  /** First and last instant of the slices; null when there was nothing to read. */
  readonly from: number | null;
  readonly to: number | null;
  readonly totals: BatchTotals;
  readonly batches: number;
  readonly rejects: readonly RejectSummary[];
  readonly counts: ReturnType<Platform["counts"]>;
}

export interface ExtractReport {
  readonly totals: BatchTotals;
  readonly reads: readonly ExtractedRead[];
  readonly drift: readonly FieldDrift[];
}

/**
 * Reads one platform, read by read. What was read is kept, with where to go on, slice by slice or every few seconds.
 * @throws LockHeldError naming who reads the same. Everything planRead, Platform.pages and loadRead throw.
 */
export async function extract(deps: ExtractDeps, platform: Platform, request: ExtractRequest): Promise<ExtractReport> {
  const reads: ExtractedRead[] = [];
  // A wish that cannot be had is refused before the first request, not between two reads.
  for (const read of request.reads) {
    const known = request.isReset ? noPosition : await positionOf(deps.warehouse, platform, read);
    checkWish(platform, read, known, request, deps.clock.now());
  }
  for (const read of request.reads) {
    if (request.signal.aborted && request.signal.reason instanceof StoppedError) throw request.signal.reason;
    const { source } = platform;
    const lease = { name: `extract:${source}:${read.name}`, doing: `reading ${source} ${read.name}`, code: "EXTRACT_RUNNING" };
    reads.push(await underLease(deps, lease, (lost) => extractRead(deps, platform, read, request, lost)));
  }
  return { reads, totals: reads.map(({ totals }) => totals).reduce(addTotals, noTotals), drift: platform.drift?.() ?? [] };
}

async function extractRead(
  deps: ExtractDeps,
  platform: Platform,
  read: ReadDescription,
  request: ExtractRequest,
  lost: AbortSignal,
): Promise<ExtractedRead> {
  const { warehouse, clock, output } = deps;
  const countsBefore = platform.counts();
  if (request.isReset) for (const stream of read.streams) await warehouse.resetCursor(platform.source, stream);
  const known = await positionOf(warehouse, platform, read);
  const { before, plan } = await planRead(platform, read, known, request, clock.now());
  let inHand = "";
  const source = platformRead(platform, read, before, plan, {
    findGone: (items, whole) => findGone(warehouse, platform.source, items, whole),
    onSlice: ({ from }) => {
      inHand = read.kind === "snapshot" ? "" : `, ${new Date(from).toISOString().slice(0, 10)} in hand`;
    },
  });
  const { totals, batches, rejects } = await loadRead(deps, source, {
    signal: AbortSignal.any([request.signal, lost]),
    // What a platform says again may be what it said before something else: equal pages are no proof of a known batch.
    again: true,
    onProgress: ({ received }) =>
      output.progress(`${platform.source} ${read.name}: ${received} records, ${platform.counts().requests} requests${inHand}`),
  });
  output.progressDone();
  return {
    source: platform.source,
    read: read.name,
    streams: read.streams,
    slices: plan.slices.length,
    isBackfill: plan.isBackfill,
    from: plan.slices[0]?.from ?? null,
    to: plan.slices.at(-1)?.to ?? null,
    totals,
    batches: batches.length,
    rejects,
    counts: difference(platform.counts(), countsBefore),
  };
}

type Counts = ReturnType<Platform["counts"]>;

function difference(after: Counts, before: Counts): Counts {
  return {
    requests: after.requests - before.requests,
    throttled: after.throttled - before.throttled,
    faults: after.faults - before.faults,
    waitedMs: Math.round(after.waitedMs - before.waitedMs),
  };
}
