import type { Archive } from "../../ports/archive.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Place, SourceRead } from "../../ports/source.ts";
import type { BatchTotals, Warehouse } from "../../ports/warehouse.ts";

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

/** All records refused for one reason in one field, with the first few places and values. */
export interface RejectSummary {
  readonly reason: string;
  readonly field: string | null;
  readonly count: number;
  readonly examples: readonly { readonly place: Place; readonly value: string | null }[];
}

export interface LoadResult {
  readonly totals: BatchTotals;
  readonly batches: readonly LoadedBatch[];
  /** Most frequent first. */
  readonly rejects: readonly RejectSummary[];
}

/**
 * Loads everything a read yields, in batches of which each is one archived file and one transaction.
 * Repeating it adds nothing; after a crash it goes on with the first batch that is not in.
 * @throws LockHeldError when another process took the stream over. StoppedError after `signal`. ChecksFailedError when totals do not add up.
 */
export async function loadRead(_deps: LoadDeps, _read: SourceRead, _options: LoadOptions = {}): Promise<LoadResult> {
  throw new Error("not built yet");
}
